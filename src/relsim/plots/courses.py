"""By when, in several scenarios: the curves of one outcome laid over each other."""

from __future__ import annotations

from datetime import date

from matplotlib.axes import Axes

from relsim.plots.compared import CurveSet
from relsim.plots.cumulative import draw, final, frame, highest
from relsim.plots.sides import look_of, mark, widths
from relsim.plots.style import SMALL, TEXT, at, inches, line_height, over, spread_out, wrap
from relsim.result import rounded

LABELS = 1.2
"""Inches right of the axes for marks and percentages."""
LEADER = 0.2
"""Inches from the last bar to the mark."""
BAR = 0.07
"""Inches from one bar at the end to the next."""


def courses(ax: Axes, data: CurveSet, start: date, end: date, *, room: float, lines: int) -> Axes:
    """Draw one outcome's curve in each side, with mark and percentage at its end.

    The title stands above in at most `lines` of `room` inches.

    Curves drawn first are wider, so that all show where they coincide. Bars at the end are parameter ranges.
    """
    frame(ax, start, end, highest([course for _, course in data.courses]))
    for (side, course), width in zip(data.courses, widths(len(data.courses), step=0.7)):
        look = look_of(side)
        draw(ax, course, end, look.colour, look.dash, width)
    _names(ax, data, at(end) + 0.5)
    over(ax, wrap(data.title, TEXT, room, lines))
    return ax


def _names(ax: Axes, data: CurveSet, end: float) -> None:
    left, right = ax.get_xlim()
    per_inch = (right - left) / inches(ax)[0]
    bottom, top = ax.get_ylim()
    gap = line_height(SMALL) * 1.02 * (top - bottom) / inches(ax)[1]
    # Equal ends stand in the order of the sides, the baseline uppermost.
    order = sorted(range(len(data.courses)), key=lambda i: (final(data.courses[i][1]), -i))
    places = spread_out([100 * final(data.courses[i][1]) for i in order], [gap] * len(order), bottom, top)
    for i, place in zip(order, places):
        side, course = data.courses[i]
        value = 100 * final(course)
        look = look_of(side)
        bar, bars = end + (0.05 + BAR * i) * per_inch, end + BAR * len(data.courses) * per_inch
        if course.weights_low is not None and course.weights_high is not None:
            ends = [100 * course.weights_low, 100 * course.weights_high]
            ax.plot([bar, bar], ends, color=look.colour, linewidth=2.4, alpha=0.6, clip_on=False, gid="range")
        ax.plot(
            [end, bars, bars + LEADER * per_inch],
            [value, value, place],
            color=look.colour,
            linewidth=0.7,
            clip_on=False,
        )
        mark(ax, bars + (LEADER + 0.06) * per_inch, place, look, size=5.0)
        ax.annotate(
            rounded(final(course)),
            (bars + (LEADER + 0.16) * per_inch, place),
            annotation_clip=False,
            va="center_baseline",
            ha="left",
            fontsize=SMALL,
            color=look.colour,
            gid="label",
        )
