"""``relsim import``: coded event data → an event table. Floor 8."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from relsim.api.events_import import Reading, import_all_pairs, import_into
from relsim.cli.options import listed
from relsim.cli.progress import ON_TERMINAL
from relsim.cli.terminal import print_result
from relsim.errors import InputError
from relsim.show.event_tables import import_blocks


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
    help="CSV file of lines actor,country that override the source's own countries.",
)
@click.option("--columns", metavar="ROLE=NAME,...", help="Columns of a csv: date=Day,event=Code,by=From,toward=To.")
@click.option("--codes", type=click.Choice(["cameo", "plover", "own"]), default="cameo", help="Codes of a csv.")
@click.option(
    "--repeats",
    type=click.Choice(["keep", "id", "story", "day"]),
    help="Rows that count: all, or one per event number, story or day; id unless given, with acts day.",
)
@click.option("--fold", metavar="CODES", help="Count acts of these codes once where both sides are recorded: 04.")
@click.option(
    "--encoding",
    metavar="NAME",
    help="Encoding of files without a byte-order mark: latin-1, cp1252; UTF-8 unless given.",
)
@click.option("--date-format", metavar="FORM", help="Format of dates: '%d %B %Y'; 2019-05-15 or 20190515 unless given.")
@click.option("--covers-all", is_flag=True, help="With a scenario: the files cover every event that has codes.")
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
    bursts of rows become acts where 'codes' says so. The report accounts for every row: kept, or dropped and why. With
    --all-pairs the tables are named after the pairs, IND-PAK.csv; the first country takes the scenario's first party.
    """
    if min_rows is not None and not all_pairs:
        raise InputError("--min-rows goes with --all-pairs")
    how = Reading(
        form=source,
        parties=listed(parties, "--parties"),
        scenario=scenario,
        countries=listed(countries, "--countries"),
        actors=map_file,
        columns=columns,
        codes=codes,
        repeats=repeats,
        fold=listed(fold, "--fold"),
        encoding=encoding,
        date_format=date_format,
        covers_all=covers_all,
        rows=keep_rows,
    )
    if all_pairs:
        command = ["relsim", *sys.argv[1:]]
        report = import_all_pairs(
            sources, how, out, least=min_rows or 1, force=force, command=command, progress=ON_TERMINAL
        )
    else:
        report = import_into(sources, how, out, force=force, progress=ON_TERMINAL)
    print_result(report, as_json, lambda: import_blocks(report, out, scenario is not None))
