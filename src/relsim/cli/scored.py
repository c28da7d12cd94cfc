"""``relsim score`` and ``relsim ledger``: how good forecasts were. Floor 7."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relsim.errors import InputError

if TYPE_CHECKING:
    from relsim.compose import Loaded
    from relsim.ledger import Line
    from relsim.result.saved import SavedRun
    from relsim.score import Resolvable

_LEDGER = Path("ledger.csv")


@click.command(
    epilog="Example:\n\n\b\n"
    "  relsim run scenarios/osaka_2019/scenario.yaml --paths 2000 --no-figures --out runs/osaka\n"
    "  relsim score runs/osaka"
)
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option("--resolution", metavar="FILE", help="What came true: a file with a section 'resolution', laid over.")
@click.option("--outcome", "only", multiple=True, metavar="NAME", help="Only this outcome or quantity.")
@click.option("--json", "as_json", is_flag=True, help="Print the scores as JSON instead of the table.")
def score(runs: tuple[str, ...], resolution: str | None, only: tuple[str, ...], as_json: bool) -> None:
    """Score finished runs against what came true, which the scenario's own 'resolution' says, or FILE.

    Brier and log score of every outcome that resolved, in days how far off its date was, and the CRPS of quantities;
    void questions are counted, not scored. All are better when smaller.
    """
    from relsim.cli.scores_text import scores_text
    from relsim.score import score as scored

    found = scored([_resolvable(*_opened(run, resolution)) for run in runs], only)
    click.echo(found.to_json() if as_json else scores_text(found), nl=False)


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
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day on which questions are due or not.")
@click.option("--json", "as_json", is_flag=True, help="Print the ledger's state as JSON instead of the table.")
@click.pass_context
def ledger(ctx: click.Context, file: Path, today: datetime | None, as_json: bool) -> None:
    """The record of forecasts: what is open, what is due, what came true, and the score so far.

    When the day has come, write yes, no or void into the column 'resolved', the date into 'on' and where it is
    known from into 'source'.
    """
    ctx.obj = file
    if ctx.invoked_subcommand is not None:
        return
    from relsim.cli.scores_text import ledger_text
    from relsim.ledger import read, standing

    state = standing(read(file), today.date() if today else date.today())
    click.echo(state.to_json() if as_json else ledger_text(str(file), state), nl=False)


@ledger.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option("--resolution", metavar="FILE", help="What came true: a file with a section 'resolution', laid over.")
@click.pass_obj
def add(file: Path, runs: tuple[str, ...], resolution: str | None) -> None:
    """Enter the outcomes of finished runs; what the scenario's 'resolution' says came true is entered too."""
    from relsim.ledger import append

    lines: list[Line] = []
    for run in runs:
        lines += _lines(*_opened(run, resolution))
    append(file, lines)
    click.echo(f"{len(lines)} questions entered in {file}")


def _opened(folder: str, resolution: str | None) -> tuple[SavedRun, Loaded]:
    """A run and its document, what came true laid over it."""
    from relsim.compose import load
    from relsim.result.saved import SavedRun

    saved = SavedRun.read(Path(folder))
    loaded = load(saved.scenario_file, weights=(resolution,) if resolution else (), whole=True)
    known = {*saved.forecast.outcomes, *saved.forecast.quantities}
    if resolution is not None and not known & set(loaded.resolution):
        raise InputError(f"{resolution}: resolves none of the questions of {folder}")
    return saved, loaded


def _resolvable(saved: SavedRun, loaded: Loaded) -> Resolvable:
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


def _lines(saved: SavedRun, loaded: Loaded) -> list[Line]:
    from relsim.ledger import lines_of
    from relsim.model.axes import Axes
    from relsim.outcomes import compile_outcomes, last_days

    assert loaded.scenario is not None
    axes = Axes.of(loaded.scenario)
    entries = [axes.days if e.last is None else axes.day(e.last) for e in loaded.scenario.calendar.values()]
    days = last_days(compile_outcomes(loaded.scenario, axes), entries)
    due = {name: axes.date(day) for name, day in days.items()}
    return lines_of(saved.folder.name, saved.forecast, loaded.scenario, due, loaded.resolution, date.today())
