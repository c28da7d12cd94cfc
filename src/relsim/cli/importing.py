"""``relsim import``: coded event data → an event table. Floor 8."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relsim.cli.check import columns_of
from relsim.cli.doctor import findings_text
from relsim.cli.options import listed, mechanisms_of
from relsim.cli.progress import counting
from relsim.errors import InputError

if TYPE_CHECKING:
    from relsim.ingest.countries import Parties
    from relsim.ingest.reading import Wanted
    from relsim.result.imported import ImportReport
    from relsim.scenario import Scenario

_WORST = 3
"""Findings printed, the worst."""
_SHOWN = 12
"""Codes and actors printed; the report of --json has more."""


@click.command(
    "import",
    epilog="Example:\n\n\b\n  relsim import docs/examples/icews.tab --as icews --parties us,ru --out us_ru.parquet\n"
    "  relsim import docs/examples/icews.tab --as icews --scenario bilateral --parties us,ru --out acts.csv\n"
    "  relsim import docs/examples/icews.tab --as icews --scenario record --all-pairs --min-rows 50 --out pairs",
)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...", type=click.Path(path_type=Path))
@click.option(
    "--as",
    "source",
    required=True,
    type=click.Choice(["icews", "gdelt", "polecat", "csv"]),
    help="What the files are; any of them may be .gz, .bz2, .xz or .zip.",
)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="The table, .parquet or .csv; a folder of all pairs."
)
@click.option("--scenario", metavar="FILE", help="Turn codes into this scenario's events; built in: bilateral, record.")
@click.option("--parties", metavar="NAMES", help="Keep what these do to each other: us,ru or eu=DEU+FRA,ru.")
@click.option("--countries", metavar="NAMES", help="Keep what these countries do to each other, each by its code.")
@click.option("--all-pairs", is_flag=True, help="A table for every pair of countries, into a folder, in one pass.")
@click.option(
    "--min-rows", type=click.IntRange(min=1), help="With --all-pairs: rows that a pair has at least; 1 unless given."
)
@click.option(
    "--map",
    "map_file",
    type=click.Path(path_type=Path),
    help="CSV file of lines actor,country that go before the source's own countries.",
)
@click.option("--columns", metavar="ROLE=NAME,...", help="Columns of a csv: date=Day,event=Code,by=From,toward=To.")
@click.option("--codes", type=click.Choice(["cameo", "plover", "own"]), default="cameo", help="Codes of a csv.")
@click.option(
    "--repeats",
    type=click.Choice(["keep", "id", "story", "day"]),
    help="Rows that count: every one, or one per event number, story or day; id, with acts day.",
)
@click.option("--fold", metavar="CODES", help="Count acts of these codes once that are written from both sides: 04.")
@click.option("--encoding", metavar="NAME", help="Of files without a byte-order mark: latin-1, cp1252; UTF-8 else.")
@click.option("--date-format", metavar="FORM", help="How dates are written: '%d %B %Y'; 2019-05-15 or 20190515 else.")
@click.option("--covers-all", is_flag=True, help="With a scenario: the files would tell of every event with codes.")
@click.option("--rows", "keep_rows", is_flag=True, help="With a scenario: keep rows, make no acts of them.")
@click.option("--force", is_flag=True, help="Replace the table or folder given with --out.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON instead of text.")
def import_(
    sources: tuple[Path, ...],
    source: str,
    out: Path,
    scenario: str | None,
    parties: str | None,
    countries: str | None,
    all_pairs: bool,
    min_rows: int | None,
    map_file: Path | None,
    columns: str | None,
    codes: str,
    repeats: str | None,
    fold: str | None,
    encoding: str | None,
    date_format: str | None,
    covers_all: bool,
    keep_rows: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Read event data of ICEWS, GDELT, POLECAT or any CSV table into an event table.

    Without a scenario events keep their codes. With one, each row becomes the event under whose 'codes' it falls, and
    bursts of rows become acts where 'codes' says so. The report tells of every row: kept, or dropped and why. With
    --all-pairs the tables are named after the pairs, IND-PAK.csv; the first country takes the scenario's first party.
    """
    from relsim.ingest.counting import Choices
    from relsim.ingest.countries import party_names, read_map
    from relsim.ingest.days import date_format as checked_format
    from relsim.ingest.importing import import_events
    from relsim.ingest.pairs import Pairs
    from relsim.ingest.plain import named
    from relsim.ingest.reading import Wanted
    from relsim.ingest.rules import rules_of
    from relsim.ingest.text import encoding_of

    if all_pairs:
        _check_pairs(out, parties, force)
    elif min_rows is not None:
        raise InputError("--min-rows goes with --all-pairs")
    elif out.exists() and not force:
        raise InputError(f"{out}: exists already; --force replaces it")
    if source != "csv" and columns is not None:
        raise InputError("--columns goes with --as csv")
    if countries is not None and (parties is not None or scenario is not None) and not all_pairs:
        raise InputError("--countries goes without --parties and --scenario")
    names = listed(parties, "--parties")
    if scenario is not None:
        names = party_names(names)
    of = _scenario(scenario, names, all_pairs) if scenario is not None else None
    sides = tuple(of.parties) if of is not None and all_pairs else ()
    leads_to = [*(name.partition("=")[0].strip() for name in names), *(of.parties if of is not None else ())]
    leads_to = [] if all_pairs else leads_to
    actors = read_map(map_file, leads_to) if map_file is not None else {}
    acts = of is not None and not keep_rows
    scheme = codes if source == "csv" else "plover" if source == "polecat" else "cameo"
    wanted = Wanted(
        source=source,
        parties=_sides(None if all_pairs else of, names, listed(countries, "--countries"), list(actors.values())),
        actors=actors,
        rules=rules_of(of, scheme) if of is not None else None,
        choices=Choices(repeats or ("day" if acts else "id"), tuple(listed(fold, "--fold")), acts),
        columns=named(columns) if source == "csv" else None,
        scheme=scheme,
        encoding=encoding_of(encoding),
        date_format=checked_format(date_format),
        covers_all=covers_all,
        pairs=Pairs(min_rows or 1, sides) if all_pairs else None,
    )
    with counting("rows read") as progress:
        if all_pairs:
            report = _into_folder(sources, wanted, out, force, progress)
        else:
            report = import_events(sources, wanted, out, progress=progress)
    click.echo(report.to_json() if as_json else _text(report, out, of is not None), nl=False)


def _check_pairs(out: Path, parties: str | None, force: bool) -> None:
    """Stop before anything is read where the pairs cannot be named or written."""
    from relsim.result.folder import refuse_folder

    if parties is not None:
        raise InputError("--all-pairs goes without --parties: each pair is two countries (--countries chooses some)")
    if out.suffix in (".csv", ".parquet"):
        raise InputError(f"{out}: found '{out.suffix}'; --all-pairs writes a folder of tables")
    refuse_folder(out, force)


def _into_folder(
    sources: Sequence[Path], wanted: Wanted, out: Path, force: bool, progress: Callable[[int], None]
) -> ImportReport:
    """A table for each pair, the index and a manifest: all of the folder or nothing."""
    from relsim.ingest.importing import import_pairs
    from relsim.result.files import sha256, write_manifest
    from relsim.result.folder import RunFolder

    started, clock = datetime.now().astimezone(), time.monotonic()
    with RunFolder(out, named=True, force=force) as folder:
        report = import_pairs(sources, wanted, folder.path, folder.writing.scratch(), progress=progress)
        about = {"pairs": sum(bool(pair.kept) for pair in report.pairs), "rows": report.rows}
        files = {str(source): sha256(source) for source in sources}
        write_manifest(folder.path, about, ["relsim", *sys.argv[1:]], files, started, time.monotonic() - clock)
    return report


def _scenario(file: str, parties: Sequence[str], all_pairs: bool) -> Scenario:
    """The scenario whose events are wanted. Its own histories are not read: they may be what is about to be made."""
    from relsim.compose.layers import BUILT_IN

    names = ["a", "b"] if all_pairs else [name.partition("=")[0].strip() for name in parties]
    if file in BUILT_IN and len(names) != 2:
        raise InputError(f"'{file}' needs two parties: --parties us,ru")
    scenario = mechanisms_of(file, dict.fromkeys(names) if file in BUILT_IN else {}).scenario
    assert scenario is not None
    if all_pairs and len(scenario.parties) != 2:
        raise InputError(f"{file}: --all-pairs needs a scenario of two parties; it has {', '.join(scenario.parties)}")
    return scenario


def _sides(scenario: Scenario | None, names: list[str], countries: list[str], mapped: Sequence[str]) -> Parties:
    from relsim.ingest.countries import Parties as Sides
    from relsim.ingest.countries import countries_alone, named_parties, scenario_parties

    if names:
        sides = named_parties(names, mapped)
        if scenario is not None:
            for name in sides.names:
                if name not in scenario.parties:
                    raise InputError(f"--parties: '{name}' is no party of the scenario; {', '.join(scenario.parties)}")
        return sides
    if scenario is not None:
        return scenario_parties(scenario.parties, mapped)
    return countries_alone(countries) if countries else Sides()


def _text(report: ImportReport, out: Path, named: bool) -> str:
    """The report for a reader; ends with a newline."""
    files = len(report.files)
    blocks = [f"{' and '.join(report.form)}: {report.rows:,} rows in {files} file{'s' if files > 1 else ''}"]
    rows = [("ROWS", ""), ("kept", f"{report.kept:,}")]
    rows += [(f"dropped: {reason}", f"{n:,}") for reason, n in report.dropped.items()]
    blocks.append(columns_of([*rows, ("read", f"{report.rows:,}")]))
    if report.unreadable:
        blocks.append("\n".join(["UNREADABLE", *(f"{u.file}: {u.message}" for u in report.unreadable)]))
    if report.repaired_lines:
        blocks.append(_repaired(report))
    if report.restored_codes:
        given = ", ".join(f"{code} → {whole}" for code, whole in sorted(report.restored_codes.items())[:_SHOWN])
        blocks.append(f"CODES HAD LOST THEIR LEADING ZERO, as numbers do; given back: {given}")
    if named:
        counted = [
            (c.event, c.by or "both", c.toward or "", f"{c.rows:,}", f"{c.kept:,}", f"{c.events:,}")
            for c in report.counts
        ]
        blocks.append(columns_of([("EVENT", "by", "toward", "rows", "kept", "events"), *counted], left=3))
    strange = [c for c in report.codes if (c.event is None if named else not c.known)]
    if strange:
        title = "CODE OF NO EVENT" if named else "UNKNOWN CODE"
        shown = [(c.code, f"{c.rows:,}", c.meaning) for c in strange[:_SHOWN]]
        blocks.append(_list([(title, "rows", "meaning"), *shown], len(strange)))
    if report.unknown_actors:
        shown = [(a.actor or "-", f"{a.rows:,}", a.country or "-") for a in report.unknown_actors[:_SHOWN]]
        blocks.append(_list([("ACTOR WITHOUT COUNTRY", "rows", "written"), *shown], len(report.unknown_actors)))
    if report.pairs:
        most = sorted(report.pairs, key=lambda pair: (-pair.rows, pair.pair))
        each = [(pair.pair, f"{pair.rows:,}", f"{pair.kept:,}", f"{pair.events:,}") for pair in most[:_SHOWN]]
        more = len(most) - _SHOWN
        table = columns_of([("PAIR", "rows", "kept", "events"), *each])
        blocks.append(table + (f"\nand {more:,} more (index.json)" if more > 0 else ""))
    blocks.append(_coverage(report))
    if odd := [finding for finding in report.findings if finding.severity != "note"][:_WORST]:
        blocks.append("\n".join(["ODD (relsim doctor tells more)", *findings_text(odd)]))
    tables = sum(bool(pair.kept) for pair in report.pairs)
    what = f"{report.events:,} events of {tables:,} pairs" if report.pairs else f"{report.events:,} events"
    blocks.append(f"{what} written to {out}")
    return "\n\n".join(blocks) + "\n"


def _repaired(report: ImportReport) -> str:
    at = report.first_repaired
    first = f"the first is line {at.line} of {at.file}" if at else ""
    return (
        f"{report.repaired_lines:,} lines had bytes that are no UTF-8, each read as �; {first}. "
        "If the file is in Latin-1 or Windows-1252: --encoding latin-1, --encoding cp1252"
    )


def _list(rows: list[tuple[str, str, str]], number: int) -> str:
    more = number - _SHOWN
    width = max(len(name) for name, _, _ in rows)
    wide = max(len(n) for _, n, _ in rows)
    lines = [f"{name:<{width}}  {n:>{wide}}  {text}".rstrip() for name, n, text in rows]
    return "\n".join([*lines, *([f"and {more} more (--json)"] if more > 0 else [])])


def _coverage(report: ImportReport) -> str:
    """Coverage as a history states it."""
    lines = [
        "HISTORY, as the table itself says it",
        f"covers: {{from: {report.covers.from_}, to: {report.covers.to}}}",
        f"missing: [{_days(report.missing)}]",
    ]
    if report.coverage_inferred:
        lines.append("The source holds these parties only: missing are silences that chance hardly explains.")
    if report.thin:
        thin = ", ".join(f"{day.date} ({day.rows:,} of some {day.usual:,})" for day in report.thin[:_SHOWN])
        lines.append(f"Missing though the source has rows, far fewer than usual: {thin}")
    if report.outside_coverage:
        lines.append(f"{report.outside_coverage:,} events of days before or after: told late, and no evidence")
    if report.types:
        lines.append(f"types: [{', '.join(report.types)}]")
    if report.types_not_covered:
        lines.append(
            f"Not covered, as no row has a code of theirs: {', '.join(report.types_not_covered)} (--covers-all, if the "
            "source would have told)"
        )
    if report.empty_days:
        lines.append(f"Taken for quiet, though the source has no row at all: {_days(report.empty_days)}")
    return "\n".join(lines)


def _days(days: Sequence[date]) -> str:
    """Dates, of many the first ones and how many more."""
    shown = ", ".join(map(str, days[:_SHOWN]))
    return f"{shown}, and {len(days) - _SHOWN} more" if len(days) > _SHOWN else shown
