"""``relsim questions``: other people's questions in, a run's own out. Floor 8."""

from __future__ import annotations

from pathlib import Path

import click

from relsim.cli.terminal import print_blocks
from relsim.errors import InputError


@click.group(
    epilog="Example:\n\n\b\n"
    "  relsim questions import docs/examples/asked/questions.csv --from csv --map title=Question,closes=Deadline "
    "--out questions.yaml"
)
def questions() -> None:
    """Other people's questions: import them as outcomes to complete, export a run's with its probabilities."""


@questions.command(
    "import",
    epilog="Example:\n\n\b\n"
    "  relsim questions import docs/examples/asked/questions.csv --from csv --map title=Question,closes=Deadline "
    "--out questions.yaml",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--from", "form", type=click.Choice(["forecastbench", "gjp", "metaculus", "csv"]), required=True,
    help="The form of FILE.",
)  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The document to write.")
@click.option("--answers", type=click.Path(path_type=Path), help="Of ForecastBench: the file of its resolutions.")
@click.option("--map", "columns", metavar="FIELD=COLUMN,…", help="Of a CSV: which column is the title, criteria, "
    "opens, closes, source, crowd, answer, answered, id.")  # fmt: skip
@click.option("--date-format", metavar="FORMAT", help="Of a CSV: how dates are written, such as %d/%m/%Y.")
@click.option("--force", is_flag=True, help="Replace the document given with --out.")
@click.option("--json", "as_json", is_flag=True, help="Print what became of each question as JSON.")
def import_(
    file: Path,
    form: str,
    out: Path,
    answers: Path | None,
    columns: str | None,
    date_format: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Write the questions of FILE as outcomes with title, criteria, dates, link, crowd and answer, where it has them.

    An analyst completes each with 'happens', 'value' and so on; 'relsim validate' says where that is missing. Only
    questions of yes or no are taken; every other one is counted under a reason.
    """
    from relsim.files import Writing
    from relsim.questions import import_questions
    from relsim.show.question_tables import questions_blocks

    if out.exists() and not force:
        raise InputError(f"{out}: exists already; --force replaces it")
    found = import_questions(form, file, answers=answers, columns=_columns(columns), date_format=date_format)
    with Writing(out) as change:
        change.file(out).write_text(found.document, encoding="utf-8", newline="\n")
    if as_json:
        click.echo(found.report.to_json(), nl=False)
    else:
        print_blocks(*questions_blocks(found.report))
        click.echo(f"Written to {out}")


@questions.command(
    epilog="Example:\n\n\b\n"
    "  relsim run scenarios/osaka_2019/scenario.yaml --paths 2000 --no-figures --out runs/osaka\n"
    "  relsim questions export runs/osaka --to csv"
)
@click.argument("run")
@click.option("--to", "form", type=click.Choice(["csv", "json"]), required=True, help="The form to write.")
@click.option("--out", type=click.Path(path_type=Path), help="File to write; standard output without.")
@click.option("--force", is_flag=True, help="Replace the file given with --out.")
def export(run: str, form: str, out: Path | None, force: bool) -> None:
    """The questions of a finished run with its probabilities, for platforms that take files."""
    from relsim.api.opening import open_run
    from relsim.files import Writing
    from relsim.questions import exported

    forecast = open_run(Path(run))
    text = exported(Path(run).name, forecast.result, forecast.inputs.scenario, form)
    if out is None:
        click.echo(text, nl=False)
        return
    if out.exists() and not force:
        raise InputError(f"{out}: exists already; --force replaces it")
    with Writing(out) as change:
        change.file(out).write_text(text, encoding="utf-8", newline="")


def _columns(text: str | None) -> dict[str, str]:
    """Field to column."""
    out: dict[str, str] = {}
    for part in filter(None, (text or "").split(",")):
        field, equals, column = part.partition("=")
        if not equals or not column.strip():
            raise InputError(f"--map: found '{part}'; FIELD=COLUMN was expected, such as title=Question")
        out[field.strip()] = column.strip()
    return out
