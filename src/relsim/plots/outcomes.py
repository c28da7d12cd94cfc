"""Probabilities of the outcomes with both intervals."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from relsim.plots.data import OutcomeBar
from relsim.plots.style import CENTRE, GRID, INK, SOFT, TEXT, inches, line_height, wrap

MONTE_CARLO = "#5b9fcd"
ACROSS = "#33414e"
TITLES = 3.55
"""Inches left of the axes for the titles."""
TITLE_LINES = 3
BETWEEN = 0.14
"""Inches between the titles of two outcomes."""


def titles(data: Sequence[OutcomeBar]) -> list[list[str]]:
    """The titles, wrapped to the room beside the axes."""
    return [wrap(chance.title, TEXT, TITLES - 0.15, TITLE_LINES) for chance in data]


def height(data: Sequence[OutcomeBar]) -> float:
    """Inches that the rows need."""
    return sum(_rows(data)) if data else 0.5


def _rows(data: Sequence[OutcomeBar]) -> list[float]:
    return [max(0.3, len(lines) * line_height(TEXT) + BETWEEN) for lines in titles(data)]


def outcomes(ax: Axes, data: Sequence[OutcomeBar]) -> Axes:
    """Draw one row for each outcome, in the order given, titles left, percentage right.

    The dot is the probability; the thick bar the 95 % Monte Carlo interval; the thin line with ends the
    parameter range, 5-95 %, where there is one.
    """
    rows = _rows(data)
    total = sum(rows) or 1.0
    probability_axis(ax, total)
    top = 0.0
    for chance, lines, row in zip(data, titles(data), rows):
        y = top - row / 2
        top -= row
        glyph(ax, chance, y)
        ax.annotate(
            "\n".join(lines),
            (0, y),
            xycoords=("axes fraction", "data"),
            xytext=(-10, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=TEXT,
            color=INK,
            linespacing=1.1,
            gid="title",
        )
        ax.annotate(
            chance.text,
            (1, y),
            xycoords=("axes fraction", "data"),
            xytext=(46, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=TEXT + 1,
            fontweight="bold",
            color=INK,
            gid="percentage",
        )
        if top > -total + 1e-6:
            ax.axhline(top, color=GRID, linewidth=0.5, zorder=0)
    return ax


def probability_axis(ax: Axes, total: float) -> None:
    """Axes of percentages for rows that take `total` inches, counted downwards from 0."""
    ax.set_xlim(-1, 101)
    ax.set_ylim(-total, 0)
    for place in range(0, 101, 10):
        ax.axvline(place, color=GRID, linewidth=0.9 if place in (0, 50, 100) else 0.6, zorder=0)
    step = 10 if inches(ax)[0] > 4 else 25
    ticks = list(range(0, 101, step))
    ax.set_xticks(ticks, [f"{tick} %" for tick in ticks])
    ax.tick_params(axis="x", length=0, pad=3)
    ax.set_xlabel("probability", color=SOFT)
    ax.set_yticks([])
    ax.spines[["top", "right", "left"]].set_visible(False)


def glyph(ax: Axes, chance: OutcomeBar, y: float) -> None:
    """One outcome's dot, bar and line, at height `y`; the horizontal axis counts percentage points."""
    if chance.low is not None and chance.high is not None:
        ax.plot(
            [100 * chance.low, 100 * chance.high],
            [y, y],
            color=MONTE_CARLO,
            linewidth=9,
            solid_capstyle="butt",
            zorder=3,
            clip_on=False,
            gid="monte carlo",
        )
    if chance.weights_low is not None and chance.weights_high is not None:
        ax.plot(
            [100 * chance.weights_low, 100 * chance.weights_high],
            [y, y],
            color=ACROSS,
            linewidth=1.3,
            marker="|",
            markersize=7,
            markeredgewidth=1.3,
            zorder=4,
            clip_on=False,
            gid="weights",
        )
    ax.plot(
        [100 * chance.probability],
        [y],
        marker="o",
        markersize=6,
        color=CENTRE,
        markeredgecolor="white",
        markeredgewidth=0.7,
        zorder=5,
        clip_on=False,
        gid="probability",
    )
