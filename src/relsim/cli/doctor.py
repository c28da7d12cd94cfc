"""``relsim doctor``: what is odd about event data. Floor 8."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from relsim.api.events_import import Reading, source_of
from relsim.cli.progress import waiting
from relsim.cli.terminal import print_blocks
from relsim.errors import InputError

if TYPE_CHECKING:
    from relsim.ingest.reading import Wanted


@click.command(
    epilog="Example:\n\n\b\n  relsim doctor docs/examples/icews.tab\n"
    "  relsim doctor docs/examples/fit.csv --figure fit.png"
)
@click.argument("files", nargs=-1, required=True, metavar="TABLE|SOURCE...", type=click.Path(path_type=Path))
@click.option("--as", "source", type=click.Choice(["icews", "gdelt", "polecat", "csv"]), help="What the files are.")
@click.option("--columns", metavar="ROLE=NAME,...", help="Columns of a csv: date=Day,event=Code,by=From,toward=To.")
@click.option("--codes", type=click.Choice(["cameo", "plover", "own"]), default="cameo", help="Codes of a csv.")
@click.option(
    "--encoding",
    metavar="NAME",
    help="Encoding of files without a byte-order mark: latin-1, cp1252; UTF-8 unless given.",
)
@click.option("--date-format", metavar="FORM", help="Format of dates: '%d %B %Y'; 2019-05-15 or 20190515 unless given.")
@click.option("--figure", type=click.Path(path_type=Path), help="Write a figure of rows per day: .png, .svg or .pdf.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON instead of text.")
def doctor(
    files: tuple[Path, ...],
    source: str | None,
    columns: str | None,
    codes: str,
    encoding: str | None,
    date_format: str | None,
    figure: Path | None,
    as_json: bool,
) -> None:
    """Say what is odd about event data, before anything is fitted to them.

    Event tables are looked at one by one, the files of a source together: lines that cannot be read, gaps and thin
    days, late rows, repetitions by number and by story, unknown codes and actors, changes of the level, time zones,
    encodings. Nothing is written but the figure.
    """
    from relsim.ingest.doctor import examine
    from relsim.result.imported import Checkup
    from relsim.result.json_text import dump, plain
    from relsim.show.event_tables import checkup_blocks

    if figure is not None and figure.suffix not in (".png", ".svg", ".pdf"):
        raise InputError(f"{figure}: found '{figure.suffix}'; a figure is a .png, .svg or .pdf")
    with waiting("Reading the files"):
        found = examine(files, _wanted(source, columns, codes, encoding, date_format))
    if as_json:
        from relsim import __version__

        click.echo(dump(plain(Checkup(__version__, tuple(one.checked() for one in found)))))
    else:
        print_blocks(*(block for checkup in found for block in checkup_blocks(checkup)))
    if figure is not None:
        with waiting("Drawing the figure"):
            from relsim.plots.checkup import save_checkups

            save_checkups(found, figure)
        click.echo(f"\nWritten to {figure}", err=as_json)


def _wanted(
    source: str | None, columns: str | None, codes: str, encoding: str | None, date_format: str | None
) -> Wanted | None:
    """How the files of a source are read; None where their first lines say it."""
    if source is not None:
        return source_of(Reading(source, columns=columns, codes=codes, encoding=encoding, date_format=date_format))
    if columns is not None or encoding is not None or date_format is not None:
        raise InputError("--columns, --encoding and --date-format go with --as")
    return None
