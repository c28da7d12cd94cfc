"""Figures of results, drawn when they are asked for. Floor 7."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from relsim.errors import InputError, suggestion

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from relsim.api.inputs import Inputs
    from relsim.result.comparison import Comparison
    from relsim.result.forecast import Forecast
    from relsim.scenario import Scenario


def drawn(chart: Callable[[Axes], Any] | None, page: Callable[[], Figure], ax: Axes | None) -> Figure:
    """A figure of its own, or a chart on axes that the caller has.

    Parameters
    ----------
    chart : draws on axes; None where the figure is more than one chart
    """
    from relsim.plots.style import house_style

    with house_style():
        if ax is None:
            figure = page()
        else:
            if chart is None:
                raise InputError("ax: this figure has several panels, and so none that one chart could be")
            chart(ax)
            of = ax.get_figure(root=True)
            assert of is not None
            figure = of
        figure.draw_without_rendering()
    return figure


def one_of(name: str | None, known: Sequence[str], what: str) -> str:
    """A name, or the first that is known.

    Raises
    ------
    InputError
        If it is none of them.
    """
    if name is None and known:
        return known[0]
    if name is None or name not in known:
        raise InputError(f"no {what} '{name}'; {suggestion(name or '', known)}" if name else f"there is no {what}")
    return name


@dataclass(frozen=True)
class ForecastFigures:
    """Figures of a forecast, as ``relsim run`` draws them; each is a ``matplotlib.figure.Figure``.

    Examples
    --------
    >>> forecast = relsim.load("docs/examples/osaka.yaml").run(paths=500)
    >>> forecast.plot.fan("tone").savefig("tone.png")
    """

    _result: Forecast = field(repr=False)
    _inputs: Inputs = field(repr=False)

    def fan(self, name: str | None = None, *, ax: Axes | None = None) -> Figure:
        """Where an index or variable goes: median, and bands that hold 50, 80 and 95 % of the paths on each day.

        Parameters
        ----------
        name : str, optional
            The first index unless given; of a scenario without one, the first variable.
        ax : matplotlib.axes.Axes, optional
            Draws the chart there, without what stands around it.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        relsim.InputError
            If there is no index or variable of this name.
        """
        from relsim.plots import fan_page, pasts_of
        from relsim.plots.data import fan_of, run_of
        from relsim.plots.fan import fan as chart

        known = [*self._result.indices, *self._result.variables]
        name = one_of(name, known, "index or variable")
        data = fan_of(self._result, self._inputs.scenario, name, pasts_of(self._inputs.model).get(name))
        return drawn(lambda at: chart(at, data), lambda: fan_page(data, run_of(self._result)), ax)

    def outcomes(self, *, ax: Axes | None = None) -> Figure:
        """How likely each outcome is, with both kinds of doubt, the likeliest first.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Draws the chart there, without what stands around it.

        Returns
        -------
        matplotlib.figure.Figure
        """
        from relsim.plots import outcomes_page
        from relsim.plots.data import chances_of, run_of
        from relsim.plots.outcomes import outcomes as chart

        data = chances_of(self._result)
        return drawn(lambda at: chart(at, data), lambda: outcomes_page(data, run_of(self._result)), ax)

    def cumulative(self, *, ax: Axes | None = None) -> Figure:
        """How likely each outcome is to have come true by each day.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Draws the curves there, all in one chart.

        Returns
        -------
        matplotlib.figure.Figure
        """
        from relsim.plots import cumulative_page
        from relsim.plots.cumulative import cumulative as chart
        from relsim.plots.data import courses_of, run_of

        data, start, end = courses_of(self._result), self._result.start, self._result.end
        return drawn(lambda at: chart(at, data, start, end), lambda: cumulative_page(data, run_of(self._result)), ax)


@dataclass(frozen=True)
class ComparisonFigures:
    """Figures of a comparison, as ``relsim compare`` draws them; each is a ``matplotlib.figure.Figure``."""

    _result: Comparison = field(repr=False)
    _scenarios: Mapping[str, Scenario] = field(repr=False)

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
