"""What changes between scenarios: ``compare`` and ``Comparison``. Floor 7."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from relsim.api.figures import drawn, one_of
from relsim.api.inputs import Layers, given_settings
from relsim.api.named_inputs import (
    Compared,
    NamedInputs,
    Size,
    check_outcomes,
    common_size,
    disagreement,
    named_inputs,
    with_baseline,
)
from relsim.api.progress import Progress, progress_of
from relsim.errors import DocumentError, InputError
from relsim.result.comparison import IGNORE
from relsim.result.comparison import Comparison as ComparisonResult

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from relsim.errors import Problem
    from relsim.scenario import Scenario as ScenarioParts


@dataclass(frozen=True)
class ComparisonFigures:
    """Figures of a comparison, as ``relsim compare`` draws them; each is a ``matplotlib.figure.Figure``."""

    _result: ComparisonResult = field(repr=False)
    _scenarios: Mapping[str, ScenarioParts] = field(repr=False)

    def fan(self, name: str | None = None, *, ax: Axes | None = None) -> Figure:
        """An index in all scenarios: medians, and the band of 80 % of the baseline's paths.

        Parameters
        ----------
        name : str, optional
            The first index unless given; of scenarios without one, the first variable.
        ax : matplotlib.axes.Axes, optional
            Draws the chart there, without what stands around it.
        """
        from relsim.plots.compared import compared_of, overlay_of
        from relsim.plots.comparison_pages import fans_page
        from relsim.plots.overlay import overlay as chart

        data = overlay_of(self._result, self._scenarios, self._index(name))
        return drawn(lambda at: chart(at, data), lambda: fans_page(data, compared_of(self._result)), ax)

    def difference(self, name: str | None = None, scenario: str | None = None, *, ax: Axes | None = None) -> Figure:
        """The difference of an index from the baseline on each day, path by path.

        Parameters
        ----------
        name : str, optional
            The first index unless given.
        scenario : str, optional
            The first that is compared with the baseline unless given.
        ax : matplotlib.axes.Axes, optional
            Draws the chart there, without what stands around it.
        """
        from relsim.plots.compared import compared_of, gaps_of
        from relsim.plots.comparison_pages import difference_page
        from relsim.plots.data import fan_of
        from relsim.plots.difference import difference as chart
        from relsim.plots.difference import limits_of
        from relsim.plots.pages import between

        name = self._index(name)
        baseline = self._result.baseline
        of = fan_of(self._result.scenarios[baseline], self._scenarios[baseline], name)
        gaps = {gap.side.name: gap for gap in gaps_of(self._result, name, of.title + between(of.between))}
        gap = gaps[one_of(scenario, list(gaps), "scenario")]
        shown = compared_of(self._result)
        return drawn(lambda at: chart(at, gap, limits_of([gap])), lambda: difference_page(gap, shown), ax)

    def outcomes(self, *, ax: Axes | None = None) -> Figure:
        """How likely each outcome is in each scenario, and what of the difference is clear."""
        from relsim.plots.compared import bells_of, compared_of
        from relsim.plots.comparison_pages import dumbbell_page
        from relsim.plots.dumbbell import dumbbells as chart

        rows = bells_of(self._result)
        return drawn(lambda at: chart(at, rows), lambda: dumbbell_page(rows, compared_of(self._result)), ax)

    def cumulative(self, *, ax: Axes | None = None) -> Figure:
        """How likely each outcome is to have come true by each day, in each scenario; a panel for each outcome."""
        from relsim.plots.compared import compared_of, course_sets_of, sides_of
        from relsim.plots.comparison_pages import courses_page

        sets = course_sets_of(self._result)
        if not sets:
            raise InputError("there is no outcome that the scenarios have in common")
        return drawn(None, lambda: courses_page(sets, sides_of(self._result), compared_of(self._result)), ax)

    def _index(self, name: str | None) -> str:
        forecast = self._result.scenarios[self._result.baseline]
        return one_of(name, [*forecast.indices, *forecast.variables], "index or variable")


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Scenarios on the same simulated paths, each against the first; made by ``relsim.compare``.

    Examples
    --------
    >>> scenario = relsim.load("docs/examples/first.yaml")
    >>> comparison = relsim.compare(scenario, scenario.variant("no_meeting"), paths=500)
    >>> bool(comparison.outcomes.loc["osaka", "difference"] < 0)
    True
    """

    _result: ComparisonResult
    _inputs: tuple[NamedInputs, ...]
    _size: Size
    _started: datetime
    _seconds: float

    @property
    def result(self) -> ComparisonResult:
        """All numbers of ``comparison.json`` as they are in it; for other use cases of this package."""
        return self._result

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is to be known before a difference is quoted."""
        return self._result.warnings

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What the scenarios' documents give reason to warn of."""
        return tuple(found for one in self._inputs for found in one.inputs.warnings)

    @property
    def scenarios(self) -> dict[str, ScenarioParts]:
        """What is compared, by name; for other use cases of this package."""
        return {one.name: one.inputs.scenario for one in self._inputs}

    @property
    def outcomes(self) -> pd.DataFrame:
        """Outcomes of each scenario against the baseline.

        Returns
        -------
        pandas.DataFrame
            Index ``name``. ``scenario`` (or ``given NAME``, a condition); ``title``; ``baseline`` and ``other``, the
            probability in each; ``difference`` with its standard error and 95 % interval, ``low`` and ``high``;
            ``verdict``: clear, small, within noise or same; ``paths_needed`` to tell it from noise; ``gained`` and
            ``lost``, shares of the paths on which it came true in the one alone; ``sentence``.

        Raises
        ------
        relsim.InputError
            If pandas is not installed.
        """
        from relsim.api import frames

        return frames.contrasts(self._result.contrasts, "outcomes")

    @property
    def quantities(self) -> pd.DataFrame:
        """Quantities of each scenario against the baseline.

        Returns
        -------
        pandas.DataFrame
            As ``outcomes``, with means in place of probabilities and ``share``, of the paths that have both.
        """
        from relsim.api import frames

        return frames.contrasts(self._result.contrasts, "quantities")

    def daily(self, name: str, scenario: str | None = None) -> pd.DataFrame:
        """The difference of an index or variable from the baseline by day.

        Parameters
        ----------
        name : str
            An index or variable.
        scenario : str, optional
            The first that is compared with the baseline unless given.

        Returns
        -------
        pandas.DataFrame
            Index ``date``. ``mean`` with its 95 % interval, ``low`` and ``high``, and quantiles ``2.5`` to ``97.5`` of
            the paths' own differences, all in points of the scale.

        Raises
        ------
        relsim.InputError
            If there is no such index, variable or scenario.
        """
        from relsim.api import frames

        contrast = self._result.contrasts[one_of(scenario, list(self._result.contrasts), "scenario")]
        index = contrast.indices[one_of(name, list(contrast.indices), "index or variable")]
        levels = {"mean": index.mean, "low": index.low, "high": index.high, **frames.percent(index.quantiles)}
        return frames.by_date(self._result.dates, levels)

    @property
    def plot(self) -> ComparisonFigures:
        """Figures: ``plot.fan(name)``, ``plot.difference(name)``, ``plot.outcomes()``, ``plot.cumulative()``."""
        return ComparisonFigures(self._result, self.scenarios)

    def to_json(self) -> str:
        """The text of ``comparison.json``, as ``relsim compare --json`` prints it for the same inputs."""
        return self._result.to_json()

    def to_dict(self) -> dict[str, Any]:
        """All numbers as plain data, as ``comparison.json`` holds them."""
        found: dict[str, Any] = json.loads(self.to_json())
        return found

    def __repr__(self) -> str:
        names = ", ".join(self._result.scenarios)
        return f"<Comparison: {names}, {self._result.paths:,} paths, seed {self._result.seed}>"

    def _repr_html_(self) -> str:
        """What differs, in tables, for a notebook."""
        from relsim.show.comparison_tables import comparison_blocks
        from relsim.show.hypertext import hypertext, together

        return together(map(hypertext, comparison_blocks(self._result, self.scenarios)))


def compare(
    *scenarios: Compared,
    variants: str | Sequence[str] | None = None,
    baseline: str | None = None,
    given: str | Sequence[str] = (),
    weights: Sequence[str | os.PathLike[str]] = (),
    settings: Mapping[str, object] | Sequence[str] | None = None,
    paths: int | None = None,
    draws: int | None = None,
    seed: int | None = None,
    median_weights: bool = False,
    ignore: float = IGNORE,
    news: bool = True,
    workers: int | None = None,
    progress: bool | Progress = True,
) -> Comparison:
    """Simulate scenarios on the same paths, and say what changes from the first to each of the others.

    Parameters
    ----------
    *scenarios : Scenario, Forecast or path
        Scenarios, finished runs, files and folders of runs.
    variants : str or sequence of str, optional
        Variants of the one scenario named, or ``all``; they follow it.
    baseline : str, optional
        Name of what all are compared with; the first unless given.
    given : str or sequence of str
        Outcomes: the baseline's paths on which each came true are laid against all of its paths.
    weights, settings
        Laid over each, as in ``load``.
    paths, draws, seed, median_weights, workers, progress
        As in ``Scenario.run``; the same for all.
    ignore : float
        Points below which a clear difference of an outcome is called small.
    news : bool
        Where records alone differ, tell which news moved it.

    Returns
    -------
    Comparison

    Raises
    ------
    relsim.InputError
        If there is nothing to compare, a name is not known, or finished runs were not made on the same paths.

    Examples
    --------
    >>> relsim.compare("docs/examples/first.yaml", variants="all", given="osaka", paths=500)
    <Comparison: first, no_meeting, 500 paths, seed 1>
    """
    from relsim.compare import compare as compare_models
    from relsim.compare import plan_news
    from relsim.engine import in_threads

    started, clock = datetime.now().astimezone(), time.monotonic()
    given = tuple(dict.fromkeys([given] if isinstance(given, str) else given))
    over = Layers("", tuple(str(file) for file in weights), None, *given_settings(settings))
    found = with_baseline(named_inputs(scenarios, variants, over), baseline)
    if len(found) < 2 and not given:
        first = scenarios[0] if scenarios and isinstance(scenarios[0], str | os.PathLike) else "one scenario"
        raise InputError(
            f"{first} alone is nothing to compare; name another file or run, or give --variants or --given"
        )
    check_outcomes(found[0], given)
    size = common_size(found, paths=paths, seed=seed, draws=draws, median_weights=median_weights)
    models = {one.name: one.inputs.model for one in found}
    _check_draws(found, size)
    of, others = found[0].name, found[1:] if news else ()
    plans = {one.name: plan_news(models[of], models[one.name], (of, one.name)) for one in others}
    simulations = len(found) + sum(len(plan.to_simulate) for plan in plans.values())
    with progress_of(progress).bar(size.paths * simulations, "Simulating") as update:
        result = compare_models(
            models,
            titles={one.name: one.title for one in found},
            paths=size.paths,
            seed=size.seed,
            draws=size.draws,
            median_weights=size.median_weights,
            given=given,
            news=plans,
            warnings=size.warnings,
            ignore=ignore,
            run_blocks=in_threads(workers),
            progress=update,
        )
    if not (weights or settings or paths or draws or seed is not None or median_weights):
        told = [disagreement(one, result.scenarios[one.name]) for one in found]
        result = replace(result, warnings=(*result.warnings, *(text for text in told if text)))
    return Comparison(result, tuple(found), size, started, time.monotonic() - clock)


def _check_draws(found: Sequence[NamedInputs], size: Size) -> None:
    """Refuse a scenario of which too many draws are no valid model, before anything is simulated."""
    from relsim.engine import parameters_of

    for one in found:
        try:
            parameters_of(
                one.inputs.model,
                paths=size.paths,
                seed=size.seed,
                draws=size.draws,
                median_weights=size.median_weights,
            )
        except DocumentError as error:
            raise DocumentError(one.inputs.loaded.locate(error.problems)) from None
