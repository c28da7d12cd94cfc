"""Import of event data: every row is kept or dropped under a reason, and what is kept is counted right."""

from __future__ import annotations

import bz2
import csv
import gzip
import json
import lzma
import random
import zipfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from import_case import CODES, ICEWS, NAMES, Act, counts, gdelt, icews, invoke, report, write

from relsim.ingest.codes import known, meaning, value
from relsim.ingest.countries import spellings
from relsim.ingest.coverage import about
from relsim.ingest.event_table import read_events

ACTS = [
    Act("2019-01-01", "112"),
    Act("2019-01-01", "112", actor="Department of State"),
    Act("2019-01-02", "018", "ru", "us"),
    Act("2019-01-02", "0211", "ru", "us"),
    Act("2019-01-03", "112", "us", "cn"),
    Act("2019-01-04", "190", "us", "us"),
]
MINE = {
    ("2019-01-01", "112", "us", "ru"): 2,
    ("2019-01-02", "018", "ru", "us"): 1,
    ("2019-01-02", "0211", "ru", "us"): 1,
}
DROPPED = {"a country that is no party": 1, "both sides are one party": 1}
SMALL = """\
relsim: 1
window: {start: 2019-06-01, end: 2019-06-30}
parties: {us: United States, ru: Russia}
issues: {arms: Arms control}
variables: {tone: {each: party, half_life: 2 weeks}}
events:
EVENTS
quantities: {tone: {value: tone.us, on: 2019-06-30}}
"""


def scenario(path: Path, events: str) -> Path:
    path.write_text(SMALL.replace("EVENTS", "\n".join(f"  {line}" for line in events.splitlines())), encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["plain", "gz", "bz2", "xz", "zip", "crlf", "bom", "no_end", "no_header", "reordered"])
def test_icews_in_every_wrapping(kind: str, tmp_path: Path) -> None:
    lines = icews(ACTS, header=kind != "no_header")
    if kind == "reordered":
        order = [i for i in reversed(range(20)) if ICEWS[i] not in ("Sentence Number", "City", "District")]
        lines = ["\t".join(line.split("\t")[i] for i in order) for line in lines]
    data = ("\r\n" if kind == "crlf" else "\n").join(lines).encode() + (b"" if kind == "no_end" else b"\n")
    data = b"\xef\xbb\xbf" * (kind == "bom") + data
    source = tmp_path / ("x.tab" if kind not in ("gz", "bz2", "xz", "zip") else f"x.tab.{kind}")
    if kind == "zip":
        with zipfile.ZipFile(source, "w") as archive:
            archive.writestr("a.tab", data)
    else:
        pack = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}.get(kind, bytes)
        source.write_bytes(pack(data))
    found = report(source, "--as", "icews", "--parties", "us,ru", "--out", tmp_path / "t.csv")
    assert (found["rows"], found["kept"], found["events"]) == (6, 4, 4)
    assert found["dropped"] == DROPPED
    assert counts(tmp_path / "t.csv") == MINE


@pytest.mark.parametrize("width", [61, 58, 57])
def test_gdelt_of_every_width(width: int, tmp_path: Path) -> None:
    source = tmp_path / "20190101.export.CSV.zip"
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr("20190101.export.CSV", "\n".join(gdelt(ACTS, width)) + "\n")
    found = report(source, "--as", "gdelt", "--parties", "us,ru", "--out", tmp_path / "t.csv")
    assert found["form"][0].startswith("GDELT 2.0" if width == 61 else "GDELT 1.0")  # type: ignore[index]
    assert found["dropped"] == DROPPED
    assert counts(tmp_path / "t.csv") == MINE


def test_gdelt_with_a_header_is_read_by_its_names(tmp_path: Path) -> None:
    names = ["SQLDATE", "GLOBALEVENTID", "EventCode"]
    names += [f"Actor{n}{what}" for n in (1, 2) for what in ("Name", "CountryCode")]
    with (tmp_path / "g.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(names)
        for n, a in enumerate(ACTS):
            writer.writerow([a.day.replace("-", ""), n, a.code, 'THE "US", A', CODES[a.by], "B\nB", CODES[a.toward]])
    found = report(tmp_path / "g.csv", "--as", "gdelt", "--parties", "us,ru", "--out", tmp_path / "t.csv")
    assert found["dropped"] == DROPPED
    assert counts(tmp_path / "t.csv") == MINE


def test_polecat_has_types_and_modes(tmp_path: Path) -> None:
    header = ["Event ID", "Event Date", "Event Type", "Event Mode", "Actor Name", "Actor Country"]
    header += ["Recipient Name", "Recipient Country"]
    rows = [
        ["P1", "2023-01-01", "ACCUSE", "allege", "USA", "USA", "RUS", "RUS"],
        ["P2", "2023-01-01", "CONSULT", "None", "USA", "USA", "RUS", "RUS"],
        ["P3", "2023-01-02", "BEFRIEND", "", "RUS", "RUS", "USA", "USA"],
        ["P4", "2023-01-02", "", "", "RUS", "RUS", "USA", "USA"],
    ]
    write(tmp_path / "p.txt", ["\t".join(row) for row in [header, *rows]])
    found = report(tmp_path / "p.txt", "--as", "polecat", "--parties", "us,ru", "--out", tmp_path / "t.csv")
    assert found["dropped"] == {"no event code": 1}
    assert counts(tmp_path / "t.csv") == {
        ("2023-01-01", "ACCUSE:allege", "us", "ru"): 1,
        ("2023-01-01", "CONSULT", "us", "ru"): 1,
        ("2023-01-02", "BEFRIEND", "ru", "us"): 1,
    }
    unknown = [code for code in found["codes"] if not code["known"]]  # type: ignore[attr-defined]
    assert [(code["code"], code["rows"]) for code in unknown] == [("BEFRIEND", 1)]
    named = report(
        *(tmp_path / "p.txt", "--as", "polecat", "--scenario", "bilateral", "--parties", "us,ru", "--rows"),
        *("--out", tmp_path / "n.csv"),
    )
    assert {c["event"]: c["rows"] for c in named["counts"]} == {"accusation": 1, "talks": 1}  # type: ignore[attr-defined]


def test_a_plain_table_by_its_columns(tmp_path: Path) -> None:
    lines = ["When;What;Who;Whom;N;Note", '2019/01/01;112;USA;Russia;3;"a;b"', "20190102;018;ru;us;1;"]
    lines += ["2019-01-02T10:00;018;ru;us;;", "2019-01-03;018;ru;us;-1;", "2019-01-03;018;ru;us;no;"]
    write(tmp_path / "p.csv", lines)
    columns = "date=When,event=What,by=Who,toward=Whom,count=N"
    found = report(
        *(tmp_path / "p.csv", "--as", "csv", "--columns", columns, "--parties", "us,ru", "--out", tmp_path / "t.csv")
    )
    assert found["dropped"] == {"no readable count": 2}
    assert [u["message"] for u in found["unreadable"]] == [  # type: ignore[attr-defined]
        "expected a whole count from 1 to 1,000,000, found '-1' in line 5",
        "expected a whole count from 1 to 1,000,000, found 'no' in line 6",
    ]
    assert (found["kept"], found["events"]) == (3, 5)
    assert counts(tmp_path / "t.csv") == {
        ("2019-01-01", "112", "us", "ru"): 3,
        ("2019-01-02", "018", "ru", "us"): 2,
    }


def by_hand(lines: list[str], parties: dict[str, str]) -> tuple[Counter[tuple[str, ...]], Counter[str]]:
    """What a reader with a pencil makes of ICEWS lines: counts, and reasons against the others."""
    kept: Counter[tuple[str, ...]] = Counter()
    reasons: Counter[str] = Counter()
    seen: set[tuple[str, ...]] = set()
    for line in lines:
        cells = line.split("\t")
        if not line.strip():
            reasons["blank line"] += 1
            continue
        if len(cells) != 20:
            reasons["wrong number of columns"] += 1
            continue
        record = dict(zip(ICEWS, cells))
        told = (
            "Event ID",
            "Event Date",
            "CAMEO Code",
            "Source Name",
            "Source Country",
            "Target Name",
            "Target Country",
        )
        same = tuple(record[name] for name in told)
        try:
            date.fromisoformat(record["Event Date"])
        except ValueError:
            reasons["no readable date"] += 1
            continue
        sides = [record["Source Country"], record["Target Country"]]
        if record["CAMEO Code"] in ("", "NA"):
            reasons["no event code"] += 1
        elif any(side not in (*parties, "NA") and side.lower() in spellings() for side in sides):
            reasons["a country that is no party"] += 1
        elif "NA" in sides:
            reasons["an actor without a country"] += 1
        elif any(side not in parties for side in sides):
            reasons["a country that is not known"] += 1
        elif sides[0] == sides[1]:
            reasons["both sides are one party"] += 1
        elif same in seen:
            reasons["an event number that came before"] += 1
        else:
            seen.add(same)
            kept[(record["Event Date"], record["CAMEO Code"], parties[sides[0]], parties[sides[1]])] += 1
    return kept, reasons


@pytest.mark.parametrize("seed", range(3))
def test_every_row_is_accounted_for(seed: int, tmp_path: Path) -> None:
    """Files with faults strewn in, cut into small pieces, against a count by hand."""
    draw = random.Random(seed)
    days = [(date(2019, 1, 1) + timedelta(n)).isoformat() for n in range(40)] + ["2019-02-30", "", "soon"]
    sides = ["us", "ru", "cn", "", "Atlantis"]
    acts = [
        Act(
            draw.choice(days), draw.choice(["112", "018", "0211", "", "NA", "9999", "1"]), draw.choice(sides),
            draw.choice(sides), id=str(draw.randrange(3000)), actor='say "x"\'s',
        )
        for _ in range(2500)
    ]  # fmt: skip
    lines = icews(acts, header=False)
    for n in draw.sample(range(len(lines)), 60):
        lines[n] = draw.choice(["", "   ", lines[n] + "\tmore", lines[n].partition("\t")[2], "§§"])
    write(tmp_path / "x.tab", ["\t".join(ICEWS), *lines])
    expected, reasons = by_hand(lines, {NAMES["us"]: "us", NAMES["ru"]: "ru"})
    from relsim.ingest.counting import Choices
    from relsim.ingest.countries import named_parties
    from relsim.ingest.importing import Wanted, import_events

    wanted = Wanted("icews", named_parties(["us", "ru"]), {}, None, Choices())
    for size in (1 << 15, 1 << 23):
        found = import_events([tmp_path / "x.tab"], wanted, tmp_path / "t.csv", size=size)
        assert found.rows == len(lines) == found.kept + sum(found.dropped.values())
        assert dict(found.dropped) == dict(reasons)
        assert counts(tmp_path / "t.csv") == expected
        first = next(n for n, line in enumerate(lines) if line.strip() and line.count("\t") != 19)
        dates = [n for n, line in enumerate(lines) if line.count("\t") == 19 and line.split("\t")[1] not in days[:40]]
        assert found.unreadable[0].line == min(first, dates[0]) + 2
        assert {code.code for code in found.codes if not code.known} == {"9999", "1"}


COUNTS = ("3", "1.5", "0", "-2", "2000000", "9" * 25)


def test_messages_name_line_and_what_was_found(tmp_path: Path) -> None:
    lines = gdelt(ACTS)
    lines[2] = lines[2].rpartition("\t")[0]
    lines[3] = lines[3].replace("20190102", "20190132")
    write(tmp_path / "g.csv", lines)
    found = report(tmp_path / "g.csv", "--as", "gdelt", "--parties", "us,ru", "--out", tmp_path / "t.csv")
    assert [(u["line"], u["message"]) for u in found["unreadable"]] == [  # type: ignore[attr-defined]
        (3, "expected 61 columns (GDELT 2.0), found 60 in line 3"),
        (4, "expected a date, found '20190132' in line 4"),
    ]


def test_a_count_that_is_no_whole_number_is_unreadable(tmp_path: Path) -> None:
    lines = ["date,event,by,toward,count"] + [f"2019-01-0{i},112,us,ru,{n}" for i, n in enumerate(COUNTS, 1)]
    write(tmp_path / "g.csv", lines)
    found = report(tmp_path / "g.csv", "--as", "csv", "--parties", "us,ru", "--out", tmp_path / "t.csv")
    assert (found["kept"], found["events"], found["dropped"]) == (1, 3, {"no readable count": 5})
    assert found["unreadable"][0]["message"] == "expected a whole count from 1 to 1,000,000, found '1.5' in line 3"  # type: ignore[index]


def test_bytes_that_are_no_utf_8_are_told_of(tmp_path: Path) -> None:
    lines = [line.encode() for line in icews([Act("2019-01-01", "112", actor="X"), Act("2019-01-02", "112")])]
    (tmp_path / "x.tab").write_bytes(b"\n".join(lines).replace(b"\tX\t", b"\tM\xfcller\t") + b"\n")
    found = report(tmp_path / "x.tab", "--as", "icews", "--parties", "us,ru", "--out", tmp_path / "t.csv")
    assert (found["kept"], found["repaired_lines"]) == (2, 1)


# What counts as one row.


def test_repeats_from_every_row_to_one_a_day(tmp_path: Path) -> None:
    same = {"day": "2019-01-01", "code": "112"}
    acts = [
        Act(**same, id="1", story="a"),
        Act(**same, id="1", story="a"),  # the same event, as in files that overlap
        Act(**same, id="2", story="a"),  # another sentence of the story
        Act(**same, id="3", story="b"),  # another story
        Act(**same, id="4", story="b", actor="Department of State"),
    ]
    write(tmp_path / "x.tab", icews(acts))
    kept = {}
    for level in ("keep", "id", "story", "day"):
        arguments = ("--as", "icews", "--parties", "us,ru", "--repeats", level, "--out", tmp_path / "t.csv")
        kept[level] = report(tmp_path / "x.tab", *arguments)["kept"]
    assert kept == {"keep": 5, "id": 4, "story": 3, "day": 2}


def test_acts_written_from_both_sides_count_once(tmp_path: Path) -> None:
    acts = [
        Act("2019-01-01", "040", "us", "ru", story="a"),
        Act("2019-01-01", "040", "ru", "us", story="a"),
        Act("2019-01-01", "040", "ru", "us", story="b"),  # no mirror in its story
        Act("2019-01-02", "042", "ru", "us", story="c"),  # the guest
        Act("2019-01-02", "043", "us", "ru", story="c"),  # the host
        Act("2019-01-03", "112", "us", "ru", story="d"),  # each accuses the other: two acts
        Act("2019-01-03", "112", "ru", "us", story="d"),
    ]
    write(tmp_path / "x.tab", icews(acts))
    arguments = (tmp_path / "x.tab", "--as", "icews", "--parties", "us,ru", "--out", tmp_path / "t.csv")
    assert report(*arguments)["kept"] == 7
    assert report(*arguments, "--fold", "04")["dropped"] == {"the same act written from the other side": 2}
    # "Russian Federation" comes first in the order of names, and a visit is its guest's.
    assert counts(tmp_path / "t.csv") == {
        ("2019-01-01", "040", "ru", "us"): 2,
        ("2019-01-02", "042", "ru", "us"): 1,
        ("2019-01-03", "112", "us", "ru"): 1,
        ("2019-01-03", "112", "ru", "us"): 1,
    }


# From codes to a scenario's events.

EVENTS = """\
accusation: {each: party, codes: {cameo: ["11"], act: {rows: 2, apart: 3 days}}}
accusation.ru: {codes: {act: {rows: 1}}}
brutality: {each: party, codes: {cameo: ["1121"]}}
talks: {codes: {cameo: ["04"]}}
treaty: {each: issue, codes: {cameo: ["057"]}}"""


def test_the_longest_beginning_wins_and_nothing_is_lost_silently(tmp_path: Path) -> None:
    file = scenario(tmp_path / "s.yaml", EVENTS)
    acts = [
        Act("2019-01-01", "112"),
        Act("2019-01-01", "1121"),
        Act("2019-01-01", "040", actor="A", target="B", story="s"),
        Act("2019-01-01", "040", "ru", "us", actor="B", target="A", story="s"),
        Act("2019-01-02", "057"),
        Act("2019-01-02", "0112"),
        Act("2019-01-02", "40"),
    ]
    write(tmp_path / "x.tab", icews(acts))
    arguments = (tmp_path / "x.tab", "--as", "icews", "--scenario", file, "--out", tmp_path / "t.csv")
    found = report(*arguments, "--rows")
    assert counts(tmp_path / "t.csv") == {
        ("2019-01-01", "accusation", "us", "ru"): 1,
        ("2019-01-01", "brutality", "us", "ru"): 1,
        ("2019-01-01", "talks", "", ""): 1,
    }
    assert found["dropped"] == {
        "a code of no event in the scenario": 2,
        "an event of one issue, which the source does not report": 1,
        "the same act written from the other side": 1,
    }
    left = {code["code"]: code["meaning"] for code in found["codes"] if code["event"] is None}  # type: ignore[attr-defined]
    assert left == {
        "0112": "unknown; begins as 011, Decline comment",
        "40": "unknown; Consult is 040: was a leading zero lost?",
    }


def acts_by_hand(days: list[int], rows: int, apart: int) -> list[int]:
    """First days of acts: a day of enough rows begins one unless the last such day is near."""
    found: list[int] = []
    last = None
    for day in sorted(set(days)):
        if days.count(day) < rows:
            continue
        if last is None or day - last >= apart:
            found.append(day)
        last = day
    return found


@pytest.mark.parametrize("seed", range(4))
def test_bursts_of_rows_become_acts(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    rows, apart = draw.randint(1, 3), draw.randint(1, 6)
    events = f'accusation: {{each: party, codes: {{cameo: ["11"], act: {{rows: {rows}, apart: {apart} days}}}}}}'
    days = {side: sorted(draw.choices(range(60), k=90)) for side in ("us", "ru")}
    acts = [
        Act((date(2019, 1, 1) + timedelta(n)).isoformat(), "112", side, "ru" if side == "us" else "us", actor=str(i))
        for side in days
        for i, n in enumerate(days[side])
    ]
    write(tmp_path / "x.tab", icews(acts))
    file = scenario(tmp_path / "s.yaml", events)
    found = report(tmp_path / "x.tab", "--as", "icews", "--scenario", file, "--out", tmp_path / "t.csv")
    expected = {}
    for side, other in (("us", "ru"), ("ru", "us")):
        for n in acts_by_hand(days[side], rows, apart):
            expected[((date(2019, 1, 1) + timedelta(n)).isoformat(), "accusation", side, other)] = 1
    assert counts(tmp_path / "t.csv") == expected
    few = sum(days[side].count(n) for side in days for n in set(days[side]) if days[side].count(n) < rows)
    assert found["dropped"].get("too few rows on one day to make an act", 0) == few  # type: ignore[attr-defined]


def test_a_members_own_act_is_laid_over_its_items(tmp_path: Path) -> None:
    file = scenario(tmp_path / "s.yaml", EVENTS)
    acts = [Act("2019-01-01", "112"), Act("2019-01-05", "112", "ru", "us"), Act("2019-01-06", "112", "ru", "us")]
    write(tmp_path / "x.tab", icews(acts))
    report(tmp_path / "x.tab", "--as", "icews", "--scenario", file, "--out", tmp_path / "t.csv")
    assert counts(tmp_path / "t.csv") == {("2019-01-05", "accusation", "ru", "us"): 1}  # apart 3 days is inherited


# Parties, and a map of one's own.


def test_a_map_goes_before_the_sources_own_countries(tmp_path: Path) -> None:
    acts = [
        Act("2019-01-01", "112", target="Crimea"),
        Act("2019-01-01", "112", target="Moscow"),
        Act("2019-01-02", "112", "", "ru", actor="NATO"),
        Act("2019-01-03", "112", target="Gazprom"),
    ]
    write(tmp_path / "x.tab", icews(acts))
    write(tmp_path / "m.csv", ["actor,country", "Crimea,Ukraine", "nato,us", "Gazprom,"])
    found = report(
        *(tmp_path / "x.tab", "--as", "icews", "--parties", "us,ru", "--map", tmp_path / "m.csv"),
        *("--out", tmp_path / "t.csv"),
    )
    assert counts(tmp_path / "t.csv") == {
        ("2019-01-01", "112", "us", "ru"): 1,
        ("2019-01-02", "112", "us", "ru"): 1,
    }
    assert found["dropped"] == {"a country that is no party": 1, "an actor left out by the map": 1}


def test_parties_of_several_countries_and_countries_by_themselves(tmp_path: Path) -> None:
    write(tmp_path / "x.tab", icews(ACTS))
    arguments = (tmp_path / "x.tab", "--as", "icews", "--out", tmp_path / "t.csv")
    report(*arguments, "--parties", "east=RUS+CHN,west=USA")
    assert {key[2:] for key in counts(tmp_path / "t.csv")} == {("west", "east"), ("east", "west")}
    report(*arguments, "--countries", "us,china")
    assert {key[2:] for key in counts(tmp_path / "t.csv")} == {("USA", "CHN")}
    report(*arguments)
    assert {key[2:] for key in counts(tmp_path / "t.csv")} == {("USA", "CHN"), ("USA", "RUS"), ("RUS", "USA")}


def test_actors_without_a_country_are_listed(tmp_path: Path) -> None:
    nato = Act("2019-01-01", "112", "", "ru", actor="NATO")
    acts = [nato, nato, Act("2019-01-01", "112", "Atlantis", "ru"), ACTS[0]]
    write(tmp_path / "x.tab", icews(acts))
    found = report(tmp_path / "x.tab", "--as", "icews", "--parties", "us,ru", "--out", tmp_path / "t.csv")
    assert found["unknown_actors"] == [
        {"actor": "NATO", "country": None, "rows": 2},
        {"actor": "Atlantis", "country": "Atlantis", "rows": 1},
    ]


# Coverage.


def test_days_without_any_row_of_the_source_are_missing(tmp_path: Path) -> None:
    days = [date(2019, 1, 1) + timedelta(n) for n in range(20) if n not in (4, 5, 9)]
    acts = [Act(day.isoformat(), "010", "cn", "us") for day in days] + [Act("2019-01-02", "112")]
    write(tmp_path / "x.tab", icews(acts))
    for name in ("t.csv", "t.parquet"):
        found = report(tmp_path / "x.tab", "--as", "icews", "--parties", "us,ru", "--out", tmp_path / name)
        assert found["missing"] == ["2019-01-05", "2019-01-06", "2019-01-10"]
        coverage = read_events(tmp_path / name).coverage
        assert coverage is not None
        assert (coverage.first, coverage.last) == (date(2019, 1, 1), date(2019, 1, 20))
        assert [day.isoformat() for day in coverage.missing] == found["missing"]
        assert about(tmp_path / name).scheme == "cameo"
    assert (tmp_path / "t.csv.json").exists()
    assert not (tmp_path / "t.parquet.json").exists()


def test_of_a_file_of_two_parties_only_long_silences_are_missing(tmp_path: Path) -> None:
    draw = random.Random(5)
    silent = {9, *range(30, 36)}
    acts = [
        Act((date(2019, 1, 1) + timedelta(n)).isoformat(), "112")
        for n in range(80)
        if n not in silent
        for _ in range(draw.randint(3, 7))
    ]
    write(tmp_path / "x.tab", icews(acts))
    found = report(tmp_path / "x.tab", "--as", "icews", "--parties", "us,ru", "--out", tmp_path / "t.csv")
    assert found["missing"] == [f"2019-01-{d}" for d in (31,)] + [f"2019-02-0{d}" for d in range(1, 6)]
    assert found["empty_days"] == ["2019-01-10"]
    assert found["coverage_inferred"] is True


@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
def test_a_history_takes_coverage_from_its_table(name: str, tmp_path: Path) -> None:
    from relsim.compose import load

    days = [date(2019, 1, 1) + timedelta(n) for n in range(20) if n not in (4, 5)]
    acts = [Act(day.isoformat(), "010", "cn", "us") for day in days] + [Act("2019-01-02", "112")]
    write(tmp_path / "x.tab", icews(acts))
    events = 'accusation: {each: party, codes: {cameo: ["11"]}}\ntalks: {codes: {cameo: ["04"]}}'
    file = scenario(tmp_path / "s.yaml", events)
    file.write_text(file.read_text(encoding="utf-8") + f"history: {{icews: {{file: {name}}}}}\n", encoding="utf-8")
    report(tmp_path / "x.tab", "--as", "icews", "--scenario", file, "--out", tmp_path / name)  # not there before
    loaded = load(file)
    assert loaded.scenario is not None
    history = loaded.scenario.history["icews"]
    assert history.covers == (date(2019, 1, 1), date(2019, 1, 20))
    assert history.missing == {date(2019, 1, 5), date(2019, 1, 6)}
    assert history.types == ("accusation.us", "accusation.ru", "talks")
    own = "history: {icews: {missing: [2019-01-11], covers: {from: 2019-01-10, to: 2019-01-12}}}\n"
    (tmp_path / "over.yaml").write_text(f"relsim: 1\nextends: s.yaml\n{own}", encoding="utf-8")
    mine = load(tmp_path / "over.yaml").scenario
    assert mine is not None
    assert mine.history["icews"].covers == (date(2019, 1, 10), date(2019, 1, 12))
    assert mine.history["icews"].missing == {date(2019, 1, 11)}
    if name == "t.csv":
        assert any(file.endswith("t.csv.json") for file in loaded.files)


# What cannot be done.


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("none.tab",), 2, "none.tab: the file does not exist"),
        ((".",), 2, ".: is a folder; name the files in it"),
        (("x.tab", "--as", "gdelt"), 2, "x.tab: line 1: found 20 columns; GDELT's event files have 61 (GDELT 2.0), 58"),
        (("x.tab", "--as", "polecat"), 2, "x.tab: line 1: expected the header of POLECAT"),
        (("g.tab",), 2, "expected the header of ICEWS (Event ID, Event Date, …) or 20 columns, found 61"),
        (("x.tab", "--parties", "us,rusia"), 2, "'rusia' is no country that relsim knows; did you mean 'Russia'"),
        (("x.tab", "--parties", "us=USA,a=USA"), 2, "USA belongs to 'us' and to 'a'"),
        (("x.tab", "--map", "m.csv"), 2, "m.csv:2:8: 'Ukrane' is no country that relsim knows, nor a party"),
        (("x.tab", "--map", "x.tab"), 2, "x.tab:1:1: the header 'actor,country' was expected"),
        (("x.tab", "--columns", "date=Day"), 2, "--columns goes with --as csv"),
        (("x.tab", "--as", "csv", "--columns", "day=Day"), 2, "--columns: unknown 'day'"),
        (("x.tab", "--as", "csv"), 2, "x.tab: line 1: the column 'date' is missing"),
        (("x.tab", "--as", "csv"), 2, "say which columns to read: --columns date=…"),
        (("binary.tab",), 2, "binary.tab: holds bytes that no text has"),
        (("x.tab", "--out", "t.xlsx"), 2, "t.xlsx: found '.xlsx'; a table is written as .parquet or .csv"),
        (("x.tab", "--out", "old.csv"), 2, "old.csv: exists already; --force replaces it"),
        (("x.tab", "--scenario", "bilateral"), 2, "'bilateral' needs two parties: --parties us,ru"),
        (("x.tab", "--scenario", "record", "--parties", "us,ru"), 2, "'record' keeps its parties a and b: --parties a"),
        (("x.tab", "--scenario", "s.yaml", "--parties", "us,cn"), 2, "'cn' is no party of the scenario; us, ru"),
        (("x.tab", "--scenario", "none.yaml"), 2, "none.yaml: the file does not exist"),
        (("x.tab", "--scenario", "bare.yaml"), 2, "no event of 'bare' has codes of cameo"),
        (("x.tab", "--scenario", "typo.yaml"), 2, "unknown key 'labl'"),
        (("x.tab", "--fold", "04'"), 2, "--fold: '04'' is no code"),
        (("bad.tab.gz",), 2, "bad.tab.gz: damaged"),
        (("bad.zip",), 2, "bad.zip: damaged"),
        (("empty.tab",), 2, "empty.tab: no row of data"),
        (("broken.tab",), 2, "expected 20 columns (ICEWS), found 3 in line 2; none of 2 rows could be read"),
        (("blank.tab",), 2, "blank.tab: no row of data"),
        (("gaps.tab",), 2, "gaps.tab: expected 20 columns (ICEWS), found 3 in line 3; none of 2 rows could be read"),
        (("undated.tab", "--as", "gdelt"), 2, "undated.tab: no row says on which day it was added"),
        (("x.tab", "--parties", "jp,cn"), 2, "no event is left of 6 rows: 6 (a country that is no party)"),
    ],
    ids=lambda x: " ".join(x) if isinstance(x, tuple) else "",
)
def test_faults_are_one_clear_line_and_leave_nothing(
    arguments: tuple[str, ...], status: int, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "x.tab", icews(ACTS))
    write(tmp_path / "g.tab", gdelt(ACTS))
    write(tmp_path / "m.csv", ["actor,country", "Crimea,Ukrane"])
    write(tmp_path / "empty.tab", ["\t".join(ICEWS)])
    write(tmp_path / "broken.tab", ["\t".join(ICEWS), "a\tb\tc", "a\tb\tc"])
    write(tmp_path / "blank.tab", ["\t".join(ICEWS), "", "", "\t".join(ICEWS)])
    write(tmp_path / "gaps.tab", ["\t".join(ICEWS), "", "a\tb\tc", "", "a\tb\tc"])
    write(tmp_path / "undated.tab", ["\t".join([*line.split("\t")[:59], "", "x"]) for line in gdelt(ACTS)])
    packed = gzip.compress(("\n".join(icews(ACTS * 50))).encode())
    (tmp_path / "bad.tab.gz").write_bytes(packed[: len(packed) // 2])
    (tmp_path / "binary.tab").write_bytes(b"\x7fELF\0\0\0\n" * 9)
    (tmp_path / "bad.zip").write_bytes(b"PK no archive")
    (tmp_path / "old.csv").write_text("date,event\n", encoding="utf-8")
    scenario(tmp_path / "s.yaml", EVENTS)
    scenario(tmp_path / "bare.yaml", "accusation: {each: party}")
    typo = scenario(tmp_path / "typo.yaml", "accusation: {each: party, labl: X, codes: {cameo: ['11']}}")
    with typo.open("a", encoding="utf-8") as stream:
        stream.write("history: {icews: {file: t.csv}}\n")  # the table to be made is not there, but that is no fault
    before = sorted(tmp_path.iterdir())
    given = list(arguments)
    for option, default in (("--as", "icews"), ("--out", "t.csv")):
        if option not in given:
            given += [option, default]
    if not {"--parties", "--scenario"} & set(given):
        given += ["--parties", "us,ru"]
    done = invoke("import", *given)
    assert done.exit_code == status, done.output
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(tmp_path.iterdir()) == before


def test_the_report_reads_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "x.tab", icews([*ACTS, Act("2019-01-05", "112", "", "ru", actor="NATO"), Act("2019-01-05", "77")]))
    done = invoke("import", "x.tab", "--as", "icews", "--parties", "us,ru", "--out", "t.csv")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("ICEWS (20 columns): 8 rows in 1 file\n\nROWS\n")
    assert "UNKNOWN CODE  rows  meaning\n77               1  unknown" in done.stdout
    assert "ACTOR WITHOUT COUNTRY  rows  written\nNATO                      1  -" in done.stdout
    assert "covers: {from: 2019-01-01, to: 2019-01-05}\nmissing: []\n" in done.stdout
    assert done.stdout.endswith("5 events written to t.csv\n")


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    write(tmp_path / "x.tab", icews(ACTS))
    for name in ("a.csv", "b.csv"):
        report(tmp_path / "x.tab", "--as", "icews", "--out", tmp_path / name)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert json.loads((tmp_path / "a.csv.json").read_text())["scheme"] == "cameo"


def test_values_of_codes() -> None:
    """Two points of Goldstein's scale; an unknown code has the value of what it begins with."""
    assert (value("cameo", "112"), value("cameo", "057"), value("cameo", "1129")) == (-2.0, 8.0, -2.0)
    assert value("cameo", "99") is None
    assert value("own", "112") is None
    assert value("plover", "CONSULT:dance") == value("plover", "CONSULT")
    assert len(known("cameo")) == 312
    assert meaning("cameo", "112") == "Accuse"


def test_parties_of_the_built_in_model_are_known_by_any_name(tmp_path: Path) -> None:
    file = write(tmp_path / "x.tab", icews([Act("2019-01-01", "112", actor=f"A{i}") for i in range(3)]))
    asked = ("--scenario", "bilateral", "--parties", "USA,Russian Federation")
    report(file, "--as", "icews", *asked, "--out", tmp_path / "x.csv")
    assert counts(tmp_path / "x.csv") == {("2019-01-01", "accusation", "us", "ru"): 1}
