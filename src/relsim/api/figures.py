"""Figures of results, drawn when they are asked for. Floor 7."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from relsim.errors import InputError, suggestion

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from relsim.api.inputs import Inputs
    from relsim.result.forecast import Forecast


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
