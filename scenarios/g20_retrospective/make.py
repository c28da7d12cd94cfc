"""Write the file of each G20 summit from the tables of leaders' meetings: ``python make.py``.

Reads ``summits.csv`` and ``leader_meetings.csv`` in ``../shared/data/leaders`` beside the repository: 87 meetings and
75 summits, 2000 to 2019, compiled by hand from general knowledge; the American president's presence was checked
against the list of his trips (Office of the Historian, history.state.gov), whether and how he met the Russian one
was not.
``unknown`` is missing: it counts neither for nor against.

For each summit only what lay before its window is read, but for ``resolution``:

- the base rates, k of the n G20 summits before it whose answer is known, and as doubt about the probability the beta
  distribution k + ½, n − k + ½ (Jeffreys' prior);
- how often the two meet formally elsewhere: five years' count, 90 % range of the gamma distribution count + ½;
- the formal meetings of the year before, as history;
- whether the rupture of March 2014 has happened.

``--unknown-as-no FOLDER`` writes there what the files would be if no answer meant no formal meeting.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
TABLES = HERE.parents[2] / "shared" / "data" / "leaders"

LEAD = 45
"""Days from the window's start to the summit's."""
YEARS = 5
"""Years over which formal meetings are counted."""
RUPTURE = date(2014, 3, 17)
SOURCE = "list of leaders' meetings and summits, compiled by hand"


@dataclass(frozen=True)
class Summit:
    """A G20 summit; ``met`` is formal, brief or unknown, ``on`` the day of the meeting where the list has it."""

    place: str
    start: date
    end: date
    met: str
    on: date | None

    @property
    def name(self) -> str:
        return f"{self.place} {self.start.year}"

    @property
    def opens(self) -> date:
        """First day of the window."""
        return self.start - timedelta(days=LEAD)


@dataclass(frozen=True)
class Meeting:
    """A formal meeting of the two presidents."""

    start: date
    place: str


def rows(table: str) -> list[dict[str, str]]:
    with (TABLES / table).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read() -> tuple[list[Summit], list[Meeting]]:
    """The G20 summits, in order of time, and all formal meetings of the two presidents."""
    pairs = [row for row in rows("leader_meetings.csv") if row["dyad"] == "USA-RUS"]
    days = [date.fromisoformat(row["start"]) for row in pairs]
    summits = []
    for row in rows("summits.csv"):
        if row["forum"] == "G20":
            start, end = date.fromisoformat(row["start"]), date.fromisoformat(row["end"])
            on = next((day for day in days if start <= day <= end), None)
            summits.append(Summit(row["place"], start, end, row["us_russia_presidents_met"], on))
    formal = [Meeting(day, row["place"]) for day, row in zip(days, pairs) if row["type"] != "brief"]
    return sorted(summits, key=lambda s: s.start), sorted(formal, key=lambda m: m.start)


def after_recent_meetings() -> dict[bool, tuple[int, int]]:
    """G8 and APEC summits before 2009 by whether a formal meeting lay in the 120 days before: (formal, all)."""
    _, formal = read()
    counts = {True: (0, 0), False: (0, 0)}
    for row in rows("summits.csv"):
        start = date.fromisoformat(row["start"])
        if row["forum"] in ("G8/G7", "APEC") and start.year < 2009:
            recent = any(0 < (start - m.start).days <= 120 for m in formal)
            met, n = counts[recent]
            counts[recent] = met + (row["us_russia_presidents_met"] == "formal"), n + 1
    return counts


def recent_odds_ratio() -> tuple[float, float]:
    """Median and sigma of the odds ratio of a formal meeting in the 120 days before, for the template.

    Counts plus a half (Haldane 1956, doi:10.1111/j.1469-1809.1955.tb01285.x), the logarithm taken as normal, times a
    normal with 5 and 95 % at 1/3 and 3.
    """
    cells = [x + 0.5 for met, n in after_recent_meetings().values() for x in (met, n - met)]
    ratio = math.log(cells[0] * cells[3] / (cells[1] * cells[2]))
    precision, prior = 1 / sum(1 / x for x in cells), (1.6449 / math.log(3)) ** 2
    return math.exp(ratio * precision / (precision + prior)), (precision + prior) ** -0.5


def beta(k: int, n: int) -> str:
    return f"{{beta: {{alpha: {k + 0.5:g}, beta: {n - k + 0.5:g}}}}}"


def named(summits: list[Summit]) -> str:
    return ", ".join(s.name for s in summits) or "none"


def text(summit: Summit, before: list[Summit], meetings: list[Meeting], template: str) -> str:
    """The file of one summit."""
    from scipy.special import gammaincinv

    known = [s for s in before if s.met != "unknown"]
    formal = [s for s in known if s.met == "formal"]
    passing = [s for s in known if s.met != "formal"]
    words = sum(s.met == "brief" for s in passing)
    k, n, any_form = len(formal), len(known), len(formal) + words
    unknown = [s for s in before if s.met == "unknown"]
    aside = f"; not known: {named(unknown)}" if unknown else ""
    opens, last = summit.opens, summit.opens - timedelta(days=1)
    since = opens.replace(year=opens.year - YEARS)
    recent = [m for m in meetings if since <= m.start < opens]
    elsewhere = sum(not any(s.start <= m.start <= s.end for s in before) for m in recent)
    low, high = (gammaincinv(elsewhere + 0.5, q) / YEARS for q in (0.05, 0.95))
    year = opens - timedelta(days=365)
    listed = [m for m in meetings if year <= m.start < opens]
    missing = [s.start + timedelta(days=d) for s in unknown if s.end >= year for d in range((s.end - s.start).days + 1)]
    lines = [
        "# Written by make.py; how stands there and in template.yaml. Only `resolution` looks past the window's start.",
        "relsim: 1",
        f"title: Will the presidents meet at the G20 summit in {summit.name}?",
        f"extends: {template}",
        f"window: {{start: {opens}, end: {summit.end}}}          # from {LEAD} days before the summit to its last day",
        "",
    ]
    if opens > RUPTURE:
        lines += ["conditions: {rupture: {initially: true}}         # since 17 March 2014", ""]
    lines += [
        "events:",
        "  summit:",
        f"    rate: {{value: {low:.2f} to {high:.2f} per year, "
        f'source: "{elsewhere} formal meetings outside G20 summits in the {YEARS} years before {opens} ({SOURCE})"}}',
        "",
        "calendar:",
        "  meeting:",
        f"    between: [{summit.start}, {summit.end}]",
        f'    probability: {{value: {beta(k, n)}, source: "formal at {k} of the {n} known G20 summits before '
        f'({named(formal)}{aside}; {SOURCE})"}}',
        "  word:",
        f"    between: [{summit.start}, {summit.end}]",
        f"    probability: {{value: {beta(words, len(passing))}, "
        f'source: "in passing at {words} of the {len(passing)} without a formal one ({named(passing)}; {SOURCE})"}}',
        "",
        "history:",
        "  meetings:",
        f"    covers: {{from: {year}, to: {last}}}",
        "    types: [summit]",
    ]
    if missing:
        lines.append(f"    missing: [{', '.join(map(str, missing))}]        # where the list does not know")
    lines.append("    events:" if listed else "    events: []")
    lines += [f'      - {{on: {m.start}, event: summit, note: "{m.place}"}}' for m in listed]
    lines += [
        "",
        "outcomes:",
        "  formal:",
        f"    title: They meet formally in {summit.name}",
        "    happens: meeting",
        "    criteria: a sit-down of the two presidents at the summit, as a meeting of its own",
        f"    source: the {SOURCE}",
        "    void_if: the list does not know",
        f'    base_rate: {{count: {k}, of: {n}, source: "the known G20 summits before, as the probability"}}',
        "  any_form:",
        f"    title: They meet in any form in {summit.name}",
        "    any: [formal, {happens: word}]",
        "    criteria: a formal meeting, or any exchange in person at the summit",
        f"    source: the {SOURCE}",
        "    void_if: the list does not know",
        f'    base_rate: {{count: {any_form}, of: {n}, source: "the known G20 summits before"}}',
        "",
        "resolution:             # what came true; not read by `run`",
        *resolution(summit),
    ]
    return "\n".join(lines) + "\n"


def resolution(summit: Summit) -> list[str]:
    if summit.met == "unknown":
        return [f'  {name}: {{void: true, reason: "the {SOURCE}, does not know"}}' for name in ("formal", "any_form")]
    on = f", on: {summit.on}" if summit.on else ""
    source = f'source: "{SOURCE}; unchecked"'
    formal = f"value: true{on}" if summit.met == "formal" else "value: false"
    any_form = f"value: true{on}" if summit.met in ("formal", "brief") else "value: false"
    return [f"  formal: {{{formal}, {source}}}", f"  any_form: {{{any_form}, {source}}}"]


def file_name(summit: Summit) -> str:
    """Year, month and place, so that files lie in order of time."""
    return f"{summit.start:%Y_%m}_{summit.place.lower().replace(' ', '_')}.yaml"


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the file of each G20 summit of 2009 to 2018.")
    parser.add_argument("--unknown-as-no", type=Path, metavar="FOLDER", help="As if no answer meant no formal meeting.")
    folder = parser.parse_args().unknown_as_no
    if not TABLES.is_dir():
        sys.exit(f"nothing written: the tables are not at {TABLES}")
    summits, meetings = read()
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        summits = [Summit(s.place, s.start, s.end, "no" if s.met == "unknown" else s.met, s.on) for s in summits]
    place = folder or HERE
    template = os.path.relpath(HERE / "template.yaml", place.resolve())
    for i, summit in enumerate(summits):
        if summit.start.year >= 2009:
            written = text(summit, summits[:i], meetings, template)
            (place / file_name(summit)).write_text(written, encoding="utf-8")
            print(file_name(summit))
    median, sigma = recent_odds_ratio()
    print(f"template.yaml: odds ratio of a meeting in the 120 days before: median {median:.2f}, sigma {sigma:.2f}")


if __name__ == "__main__":
    main()
