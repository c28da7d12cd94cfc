"""``relsim score`` and ``relsim ledger``: how good forecasts were. Floor 8."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import click

import relsim
from relsim.cli.progress import ON_TERMINAL
from relsim.cli.terminal import print_result
from relsim.errors import InputError
from relsim.files import write
from relsim.show.score_tables import ledger_blocks, score_blocks
from relsim.show.values import counted

_LEDGER = Path("ledger.csv")
_DAY = click.DateTime(["%Y-%m-%d"])


@dataclass(frozen=True)
class _Record:
    """The ledger that subcommands work on, and the day on which they do."""

    file: Path
    today: date


@click.command(
    epilog="Example:\n\n\b\n"
    "  relsim run scenarios/osaka_2019/scenario.yaml --paths 2000 --no-figures --out runs/osaka\n"
    "  relsim score runs/osaka"
)
@click.argument("runs", nargs=-1, required=True, metavar="RUN...|LEDGER")
@click.option("--resolution", metavar="FILE", help="What came true: a file with a section 'resolution', overlaid.")
@click.option("--outcome", "only", multiple=True, metavar="NAME", help="Only this outcome or quantity.")
@click.option("--against", type=click.Choice(["crowd", "base"]), help="Paired with what others said of the questions.")
@click.option("--figure", type=click.Path(path_type=Path), help="Calibration figure to write: .png, .svg or .pdf.")
@click.option("--recalibrate", type=click.Path(path_type=Path), help="Layer to write, for 'run --recalibration'.")
@click.option("--force", is_flag=True, help="Replace the files given with --figure and --recalibrate.")
@click.option("--json", "as_json", is_flag=True, help="Print the scores as JSON instead of the table.")
def score(
    runs: tuple[str, ...],
    resolution: str | None,
    only: tuple[str, ...],
    against: str | None,
    figure: Path | None,
    recalibrate: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Score finished runs against what came true, which the scenario's own 'resolution' says, or FILE.

    Brier and log score of every outcome that resolved, in days how far off its date was, and the CRPS of quantities;
    void questions are counted, not scored. All are better when smaller. A question that several runs ask (the same
    scenario, outcome and due date) counts once: its score is the mean over the days on which it stood open.
    """
    from relsim.score.recalibrate import recalibration_layer

    for file in filter(None, (figure, recalibrate)):
        if file.exists() and not force:
            raise InputError(f"{file}: exists already; --force replaces it")
    found = relsim.score(runs, resolution=resolution, outcomes=only, against=against, progress=ON_TERMINAL).result
    if recalibrate is not None:
        write(recalibrate, recalibration_layer(found.questions, found.forecasts))
    if figure is not None:
        from relsim.plots.calibration import calibration_figure

        calibration_figure(found, figure)
    print_result(found, as_json, lambda: score_blocks(found))


@click.group(
    invoke_without_command=True,
    epilog="Example:\n\n\b\n"
    "  relsim run scenarios/osaka_2019/scenario.yaml --paths 2000 --no-figures --out runs/osaka\n"
    "  relsim ledger add runs/osaka\n"
    "  relsim ledger",
)
@click.option(
    "--ledger",
    "file",
    type=click.Path(path_type=Path),
    default=_LEDGER,
    show_default=True,
    help="The file: one question a line, for people and version control.",
)
@click.option("--today", type=_DAY, help="The day that counts as today: questions are due, lines late by it.")
@click.option("--late", is_flag=True, help="Score the lines too that were entered after their question's day.")
@click.option("--json", "as_json", is_flag=True, help="Print the ledger's state as JSON instead of the table.")
@click.pass_context
def ledger(ctx: click.Context, file: Path, today: datetime | None, late: bool, as_json: bool) -> None:
    """The record of forecasts: what is open, what is due, what came true, and the score so far.

    When the day has come, 'relsim ledger resolve NAME yes' writes what came true; so may you, into the file. A
    question that several lines ask (the same scenario, outcome and due date) counts once.
    """
    day = today.date() if today else date.today()
    ctx.obj = _Record(file, day)
    if ctx.invoked_subcommand is not None:
        return
    state = relsim.Ledger(file).standing(today=day, late=late).result
    print_result(state, as_json, lambda: ledger_blocks(str(file), state))


@ledger.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option("--resolution", metavar="FILE", help="What came true: a file with a section 'resolution', overlaid.")
@click.option("--built-in", "built_in", is_flag=True, help="Enter the questions of a built-in model too.")
@click.pass_obj
def add(record: _Record, runs: tuple[str, ...], resolution: str | None, built_in: bool) -> None:
    """Enter the outcomes of finished runs; what the scenario's 'resolution' says came true is entered too.

    A line whose question was due before today is marked late, and scored only with 'relsim ledger --late'.
    """
    ledger = relsim.Ledger(record.file)
    lines = ledger.add(*runs, resolution=resolution, built_in=built_in, today=record.today)
    late = sum(line.late for line in lines)
    after = f"; {late} late, after their day" if late else ""
    click.echo(f"{counted(len(lines), 'question')} entered in {record.file}{after}")


@ledger.command(
    epilog="Example:\n\n\b\n  relsim ledger resolve osaka yes --on 2019-06-28 --source 'TASS, 28 June 2019'"
)
@click.argument("name")
@click.argument("answer", metavar="yes|no|void")
@click.option("--on", type=_DAY, metavar="DATE", help="The day on which it was resolved; the due date unless given.")
@click.option("--source", default="", metavar="TEXT", help="Where it is known from.")
@click.option("--note", default="", metavar="TEXT", help="Of a void question, the reason.")
@click.option("--run", metavar="RUN", help="A run that asks it, where several questions bear the name.")
@click.pass_obj
def resolve(
    record: _Record, name: str, answer: str, on: datetime | None, source: str, note: str, run: str | None
) -> None:
    """Write what came true of the outcome NAME into every line that asks it: yes, no or void (true, false)."""
    lines = relsim.Ledger(record.file).resolve(
        name, answer, on=on and on.date(), source=source, note=note, run=run, today=record.today
    )
    click.echo(f"{lines[0].title or name}: {lines[0].resolved}, in {counted(len(lines), 'line')} of {record.file}")
