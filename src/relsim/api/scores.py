"""How good forecasts were: ``score`` and ``Ledger``. Floor 7."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsim.api.answers import Answer, flat
from relsim.api.event_table import day_of
from relsim.api.forecast import Forecast, reopened
from relsim.api.inputs import Inputs
from relsim.api.progress import Progress, progress_of
from relsim.api.scenario import as_document
from relsim.errors import InputError
from relsim.result.scores import Scores

if TYPE_CHECKING:
    import pandas as pd

    from relsim.ledger import LedgerLine, Standing
    from relsim.score import Resolvable

Run = Forecast | str | os.PathLike[str]
Resolution = str | os.PathLike[str] | Mapping[str, object]
_OTHERS = ("crowd", "base")


def score(
    runs: Run | Ledger | Sequence[Run | Ledger],
    *,
    resolution: Resolution | None = None,
    outcomes: str | Sequence[str] = (),
    against: str | None = None,
    progress: bool | Progress = True,
) -> Answer[Scores]:
    """Score forecasts against what came true, which the scenario's own ``resolution`` says, or another.

    Parameters
    ----------
    runs : Forecast or path, or a sequence of them; Ledger
        Finished runs, or their folders; or one ledger, whose lines that were entered in time are scored. A question
        that several ask counts once.
    resolution : path or mapping, optional
        What came true: a document with a section ``resolution``, laid over each.
    outcomes : str or sequence of str
        These outcomes and quantities alone; all unless given.
    against : {"crowd", "base"}, optional
        Paired with what others said of the same questions: the crowd at opening, or the base rate.
    progress : bool
        Name what is waited for.

    Returns
    -------
    Answer
        ``result.total`` over all questions. Its ``table`` has a row for each question that resolved (index ``name``):
        ``probability``, ``came_true``, ``brier``, ``log``, ``date_score`` in days; all are better when smaller.

    Raises
    ------
    relsim.InputError
        If a run asks no such question, two say differently how one resolved, or there is nothing to score against.

    Examples
    --------
    >>> forecast = relsim.load("docs/examples/osaka.yaml").run(paths=500)
    >>> found = relsim.score(forecast, resolution={"relsim": 1, "resolution": {"summit": {"value": True}}})
    >>> found.result.total.n
    1
    """
    from relsim.score import score as scored

    if against is not None and against not in _OTHERS:
        raise InputError(f"against: found '{against}'; {' or '.join(_OTHERS)} was expected")
    listed = [runs] if isinstance(runs, Forecast | Ledger | str | os.PathLike) else list(runs)
    asked = [outcomes] if isinstance(outcomes, str) else list(outcomes)
    with progress_of(progress).wait("Reading the runs"):
        if (ledger := _ledger_in(listed)) is not None:
            found = _scores_of(ledger, against, resolution is None and not asked)
        else:
            of = [_resolvable(run, resolution) for run in listed if not isinstance(run, Ledger)]
            found = scored(of, asked, against)
    return Answer(found, lambda: map(flat, found.questions), lambda: _blocks(found))


def _ledger_in(runs: Sequence[Run | Ledger]) -> Path | None:
    """The file of a ledger, where that is all that is to be scored."""
    if len(runs) != 1 or isinstance(runs[0], Forecast):
        return None
    file = Path(runs[0].file if isinstance(runs[0], Ledger) else runs[0])
    return file if isinstance(runs[0], Ledger) or file.is_file() else None


def _scores_of(file: Path, against: str | None, whole: bool) -> Scores:
    """The scores of a ledger's lines that were entered in time."""
    from relsim.ledger import read, scores_of, standing

    if not whole:
        raise InputError(f"{file}: a ledger has its answers and is scored whole; --resolution, --outcome are of runs")
    try:
        return scores_of(standing(read(file), date.today()), against)
    except InputError as error:
        raise InputError(f"{file}: {error}") from None


def _blocks(found: Scores) -> Any:
    from relsim.show.score_tables import score_blocks

    return score_blocks(found)


def _opened(run: Run, resolution: Resolution | None) -> tuple[str, Forecast]:
    """A run's name, and the run with what came true laid over its document."""
    forecast = run if isinstance(run, Forecast) else Forecast(*reopened(Path(run)))
    name = _name(forecast)
    if resolution is None:
        return name, forecast
    inputs = forecast.inputs
    layer = as_document(resolution, "<resolution>")
    inputs = replace(inputs.again(replace(inputs.layers, weights=(*inputs.layers.weights, layer))), finished=True)
    known = {*forecast.result.outcomes, *forecast.result.quantities}
    if not known & set(inputs.loaded.resolution):
        said = resolution if isinstance(resolution, str | os.PathLike) else "the resolution"
        raise InputError(f"{said}: resolves none of the questions of {forecast.finished.place}")
    return name, Forecast(forecast.finished, inputs)


def _name(forecast: Forecast) -> str:
    from relsim.result.folder import run_name
    from relsim.result.saved import SavedRun

    run, scenario = forecast.finished, forecast.inputs.scenario
    if isinstance(run, SavedRun):
        return run.folder.name
    return run_name(forecast.inputs.layers.stem, scenario.variant, scenario.seed)


def _resolvable(run: Run, resolution: Resolution | None) -> Resolvable:
    from relsim.score import Resolvable

    name, forecast = _opened(run, resolution)
    inputs: Inputs = forecast.inputs
    wanted = set(inputs.loaded.resolution) & set(forecast.result.quantities)
    return Resolvable(
        name=name,
        forecast=forecast.result,
        scenario=inputs.scenario,
        values=forecast.finished.paths().values if wanted else None,
        resolution=inputs.loaded.resolution,
    )


@dataclass(frozen=True)
class Ledger:
    """The record of forecasts: a CSV file, a question a line, for people and version control.

    Parameters
    ----------
    file : path
        The file; it begins with the first forecast that is added.

    Examples
    --------
    >>> ledger = relsim.Ledger("ledger.csv")
    >>> forecast = relsim.load("docs/examples/osaka.yaml").run(paths=500)
    >>> len(ledger.add(forecast, today="2019-05-14"))
    3
    >>> len(ledger.resolve("summit", "yes", on="2019-06-28", source="TASS", today="2019-07-01"))
    1
    >>> ledger.standing(today="2019-07-01").result.total.n
    1
    """

    file: str | os.PathLike[str] = "ledger.csv"

    @property
    def lines(self) -> pd.DataFrame:
        """The lines of the file.

        Returns
        -------
        pandas.DataFrame
            Index ``name``, the outcome; the file's columns.

        Raises
        ------
        relsim.InputError
            If there is no such file, or a cell of it cannot be read.
        """
        from relsim.api.frames import listed
        from relsim.ledger import read

        return listed({"name": line.outcome, **flat(line, ("outcome",))} for line in read(Path(self.file)))

    def add(
        self,
        *runs: Run,
        resolution: Resolution | None = None,
        built_in: bool = False,
        today: date | str | None = None,
    ) -> tuple[LedgerLine, ...]:
        """Enter the outcomes of finished runs; what their scenarios say came true is entered too.

        Parameters
        ----------
        *runs : Forecast or path
            Finished runs, or their folders.
        resolution : path or mapping, optional
            What came true, laid over each.
        built_in : bool
            Enter the questions of a built-in model too.
        today : date or str, optional
            The day that counts as today: a line whose question was due before is marked late.

        Returns
        -------
        tuple
            The lines entered.

        Raises
        ------
        relsim.InputError
            If the ledger has one of the runs already, or cannot be written.
        """
        from relsim.ledger import append, lines_of

        day = day_of(today) or date.today()
        lines: list[LedgerLine] = []
        for run in runs:
            name, forecast = _opened(run, resolution)
            inputs, result = forecast.inputs, forecast.result
            found = lines_of(name, result, inputs.scenario, inputs.loaded.resolution, day)
            lines += [line for line in found if built_in or not result.outcomes[line.outcome].built_in]
        append(Path(self.file), lines)
        return tuple(lines)

    def resolve(
        self,
        name: str,
        answer: str,
        *,
        on: date | str | None = None,
        source: str = "",
        note: str = "",
        run: str | None = None,
        today: date | str | None = None,
    ) -> tuple[LedgerLine, ...]:
        """Write what came true of an outcome into every line that asks it.

        Parameters
        ----------
        name : str
            The outcome.
        answer : str
            ``yes``, ``no`` or ``void``.
        on : date or str, optional
            The day on which it was settled; the due date unless given.
        source, note : str
            Where it is known from; of a void question, the reason.
        run : str, optional
            A run that asks it, where several questions bear the name.
        today : date or str, optional
            The day that counts as today.

        Returns
        -------
        tuple
            The lines that were written.

        Raises
        ------
        relsim.InputError
            If no line asks it, or several questions bear the name.
        """
        from relsim.ledger import resolve

        day = day_of(today) or date.today()
        lines = resolve(Path(self.file), name, answer, today=day, run=run, on=day_of(on), source=source, note=note)
        return tuple(lines)

    def standing(self, *, today: date | str | None = None, late: bool = False) -> Answer[Standing]:
        """What is open, what is due, what came true, and the score so far.

        Parameters
        ----------
        today : date or str, optional
            The day by which questions are due.
        late : bool
            Score the lines too that were entered after their question's day.

        Returns
        -------
        Answer

        Raises
        ------
        relsim.InputError
            If the ledger cannot be read.
        """
        from relsim.ledger import read, standing

        lines = read(Path(self.file))
        try:
            state = standing(lines, day_of(today) or date.today(), late)
        except InputError as error:
            raise InputError(f"{self.file}: {error}") from None
        return Answer(state, tuple, lambda: self._blocks(state))

    def _blocks(self, state: Standing) -> Any:
        from relsim.show.score_tables import ledger_blocks

        return ledger_blocks(str(self.file), state)
