"""``relsim plot``: the figures of finished runs and comparisons, again. Floor 8."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from relsim.api.opening import draw_again

if TYPE_CHECKING:
    from relsim.plots import Format


@click.command(
    epilog="Example:\n\n\b\n"
    "  relsim run scenarios/osaka_2019/scenario.yaml --paths 2000 --out runs/osaka --no-figures\n"
    "  relsim plot runs/osaka --format svg"
)
@click.argument("runs", nargs=-1, required=True, metavar="RUN...", type=click.Path(path_type=Path))
@click.option(
    "--format", type=click.Choice(["png", "svg", "pdf"]), default="png", help="Kind of file; png unless given."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the figures instead of RUN/figures; of several runs each gets a folder in it.",
)
def plot(runs: tuple[Path, ...], format: Format, out: Path | None) -> None:
    """Draw the figures of finished runs and comparisons again.

    RUN is a folder that 'relsim run' or 'relsim compare' wrote. The figures go into its folder 'figures', replacing
    those of the same name; their paths are printed. Each file's metadata say which run it shows.
    """
    draw_again(runs, out, format, click.echo)
