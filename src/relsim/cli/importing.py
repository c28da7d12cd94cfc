"""``relsim import``: coded event data → an event table. Floor 8."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relsim.cli.options import listed, mechanisms_of
from relsim.cli.progress import counting
from relsim.cli.terminal import print_blocks
from relsim.errors import InputError

if TYPE_CHECKING:
    from relsim.ingest.countries import Parties
    from relsim.ingest.reading import Wanted
    from relsim.result.imported import ImportReport
    from relsim.scenario import Scenario


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
    from relsim.ingest.csv_columns import named
    from relsim.ingest.days import date_format as checked_format
    from relsim.ingest.importing import import_events
    from relsim.ingest.pairs import Pairs
    from relsim.ingest.reading import Wanted
    from relsim.ingest.rules import rules_of
    from relsim.ingest.text import encoding_of
    from relsim.show.event_tables import import_blocks

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
    if as_json:
        click.echo(report.to_json(), nl=False)
    else:
        print_blocks(*import_blocks(report, out, of is not None))


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
