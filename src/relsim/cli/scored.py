"""``relsim score`` and ``relsim ledger``: how good forecasts were. Floor 8."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relsim.cli.progress import waiting
from relsim.cli.terminal import print_blocks
from relsim.errors import InputError
from relsim.files import Writing
from relsim.show.values import counted

if TYPE_CHECKING:
    from relsim.compose import LoadedScenario
    from relsim.ledger import LedgerLine
    from relsim.result.saved import SavedRun
    from relsim.result.scores import Scores
    from relsim.score import Resolvable

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
@click.option("--resolution", metavar="FILE", help="What came true: a file with a section 'resolution', laid over.")
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
    from relsim.show.score_tables import score_blocks

    for file in filter(None, (figure, recalibrate)):
        if file.exists() and not force:
            raise InputError(f"{file}: exists already; --force replaces it")
    with waiting("Reading the runs"):
        found = _scores(runs, resolution, only, against)
    if recalibrate is not None:
        from relsim.score.recalibrate import recalibration_layer

        layer = recalibration_layer(found.questions, found.forecasts)
        with Writing(recalibrate) as change:
            change.file(recalibrate).write_text(layer, encoding="utf-8", newline="\n")
    if figure is not None:
        from relsim.plots.calibration import calibration_figure

        calibration_figure(found, figure)
    if as_json:
        click.echo(found.to_json(), nl=False)
    else:
        print_blocks(*score_blocks(found))


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
    from relsim.ledger import read, standing
    from relsim.show.score_tables import ledger_blocks

    lines = read(file)
    try:
        state = standing(lines, day, late)
    except InputError as error:
        raise InputError(f"{file}: {error}") from None
    if as_json:
        click.echo(state.to_json(), nl=False)
    else:
        print_blocks(*ledger_blocks(str(file), state))


@ledger.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option("--resolution", metavar="FILE", help="What came true: a file with a section 'resolution', laid over.")
@click.option("--built-in", "built_in", is_flag=True, help="Enter the questions of a built-in model too.")
@click.pass_obj
def add(record: _Record, runs: tuple[str, ...], resolution: str | None, built_in: bool) -> None:
    """Enter the outcomes of finished runs; what the scenario's 'resolution' says came true is entered too.

    A line whose question was due before today is marked late, and scored only with 'relsim ledger --late'.
    """
    from relsim.ledger import append, lines_of

    lines: list[LedgerLine] = []
    for run in runs:
        saved, loaded = opened(run, resolution)
        assert loaded.scenario is not None
        found = lines_of(saved.folder.name, saved.forecast, loaded.scenario, loaded.resolution, record.today)
        lines += [line for line in found if built_in or not saved.forecast.outcomes[line.outcome].built_in]
    append(record.file, lines)
    late = sum(line.late for line in lines)
    after = f"; {late} late, after their day" if late else ""
    click.echo(f"{counted(len(lines), 'question')} entered in {record.file}{after}")


@ledger.command(
    epilog="Example:\n\n\b\n  relsim ledger resolve osaka yes --on 2019-06-28 --source 'TASS, 28 June 2019'"
)
@click.argument("name")
@click.argument("answer", metavar="yes|no|void")
@click.option("--on", type=_DAY, metavar="DATE", help="The day on which it was settled; due date without.")
@click.option("--source", default="", metavar="TEXT", help="Where it is known from.")
@click.option("--note", default="", metavar="TEXT", help="Of a void question, the reason.")
@click.option("--run", metavar="RUN", help="A run that asks it, where several questions bear the name.")
@click.pass_obj
def resolve(
    record: _Record, name: str, answer: str, on: datetime | None, source: str, note: str, run: str | None
) -> None:
    """Write what came true of the outcome NAME into every line that asks it: yes, no or void (true, false)."""
    from relsim.ledger import resolve as resolved

    lines = resolved(
        record.file, name, answer, today=record.today, run=run, on=on and on.date(), source=source, note=note
    )
    click.echo(f"{lines[0].title or name}: {lines[0].resolved}, in {counted(len(lines), 'line')} of {record.file}")


def opened(folder: str, resolution: str | None) -> tuple[SavedRun, LoadedScenario]:
    """A run and its document, what came true laid over it."""
    from relsim.api.forecast import reopened

    saved, inputs = reopened(Path(folder), (resolution,) if resolution else ())
    loaded = inputs.loaded
    known = {*saved.forecast.outcomes, *saved.forecast.quantities}
    if resolution is not None and not known & set(loaded.resolution):
        raise InputError(f"{resolution}: resolves none of the questions of {folder}")
    return saved, loaded


def _scores(runs: Sequence[str], resolution: str | None, only: Sequence[str], against: str | None) -> Scores:
    """The scores of runs, or of a ledger's lines that were entered in time."""
    if len(runs) == 1 and Path(runs[0]).is_file():
        from relsim.ledger import read, scores_of, standing

        if resolution is not None or only:
            raise InputError(
                f"{runs[0]}: a ledger has its answers and is scored whole; --resolution, --outcome are of runs"
            )
        try:
            return scores_of(standing(read(Path(runs[0])), date.today()), against)
        except InputError as error:
            raise InputError(f"{runs[0]}: {error}") from None
    from relsim.score import score as scored

    return scored([_resolvable(*opened(run, resolution)) for run in runs], only, against)


def _resolvable(saved: SavedRun, loaded: LoadedScenario) -> Resolvable:
    from relsim.score import Resolvable

    assert loaded.scenario is not None
    wanted = set(loaded.resolution) & set(saved.forecast.quantities)
    return Resolvable(
        name=saved.folder.name,
        forecast=saved.forecast,
        scenario=loaded.scenario,
        values=saved.paths().values if wanted else None,
        resolution=loaded.resolution,
    )
