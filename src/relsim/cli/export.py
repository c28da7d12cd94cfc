"""``relsim export``: tables and figures to paste. Floor 8."""

from __future__ import annotations

from pathlib import Path

import click

from relsim.api.exporting import FORMS, checked_form
from relsim.cli.progress import waiting
from relsim.errors import InputError


@click.command(
    epilog="Example:\n\n\b\n"
    "  relsim run scenarios/osaka_2019/scenario.yaml --paths 2000 --no-figures --out runs/osaka\n"
    "  relsim export runs/osaka --to xlsx --out osaka.xlsx"
)
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--to", "form", type=click.Choice(list(FORMS)), help="Kind of file; the end of --out's name else.")
@click.option("--out", type=click.Path(path_type=Path), help="The file; RUN.xlsx, RUN.docx or RUN.md unless given.")
@click.option("--force", is_flag=True, help="Replace the file, and the folder of its figures.")
def export(run: Path, form: str | None, out: Path | None, force: bool) -> None:
    """Write a finished run or comparison as a workbook, a document or Markdown, to paste from.

    RUN is a folder that 'relsim run' or 'relsim compare' wrote. Outcomes, quantities, calendar, events and parameters
    with their doubt and source, what is compared, and the figures stand in one file; the figures of Markdown in a
    folder beside it. Numbers are numbers, with the digits that tables show; texts stay texts.
    """
    from relsim.api.opening import open as opened

    if out is None:
        if form is None:
            raise InputError(f"say what to write: --to {', --to '.join(FORMS)}, or --out with such an end")
        whole = run.resolve()
        out = whole.with_name(f"{whole.name}.{form}") if run.name in ("", "..") else run.with_name(f"{run.name}.{form}")
    checked_form(out, form)
    with waiting(f"Drawing the figures and writing {out}"):
        opened(run).export(out, force=force)
    click.echo(f"Written to {out}")
