"""By when: the probability that an outcome has become certain, over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from relsim.plots.data import CumulativeCurve
from relsim.plots.style import (
    CENTRE,
    DASHES,
    FAINT,
    GRID,
    LINES,
    TEXT,
    at,
    date_axis,
    inches,
    line_height,
    over,
    say,
    spread_out,
    wrap,
)

TOGETHER = 5
"""Outcomes that one panel holds; more stand in small multiples."""
TITLE_LINES = 4
LABELS = 3.4
"""Inches right of the axes for the labels at the ends of the lines."""
SMOOTH = 90
"""Days from which on a daily curve is drawn without steps."""
RANGE = "#8c8c8c"


def cumulative(ax: Axes, data: Sequence[CumulativeCurve], start: date, end: date) -> Axes:
    """Draw up to `TOGETHER` outcomes in one panel, each named at the end of its line."""
    frame(ax, start, end, highest(data))
    limits = ax.get_xlim()
    per_inch = (limits[1] - limits[0]) / inches(ax)[0]
    points_per_inch = (ax.get_ylim()[1] - ax.get_ylim()[0]) / inches(ax)[1]
    rising = sorted(range(len(data)), key=lambda i: final(data[i]))
    texts, gaps = {}, []
    for i in rising:
        lines = wrap(f"{data[i].text} {data[i].title}", TEXT, LABELS - 0.4 - 0.075 * len(data), TITLE_LINES)
        note = note_of(data[i])
        texts[i] = lines + ([note] if note else [])
        gaps.append((len(texts[i]) * line_height(TEXT) + 0.08) * points_per_inch)
    places = spread_out([100 * final(data[i]) for i in rising], gaps, *ax.get_ylim())
    for i, place in zip(rising, places):
        colour, dash = LINES[i % len(LINES)], DASHES[i % len(DASHES)]
        draw(ax, data[i], end, colour, dash)
        value, rank = 100 * final(data[i]), rising.index(i)
        edge, bar = at(end) + 0.5, at(end) + 0.5 + (0.1 + 0.075 * rank) * per_inch
        label = edge + (0.1 + 0.075 * len(data) + 0.22) * per_inch
        ax.plot(
            [edge + 0.04 * per_inch, label - 0.2 * per_inch, label - 0.04 * per_inch],
            [value, value, place],
            color=colour,
            linewidth=0.7,
            clip_on=False,
        )
        low, high = data[i].weights_low, data[i].weights_high
        if low is not None and high is not None:
            ax.plot([bar] * 2, [100 * low, 100 * high], color=colour, linewidth=2.6, clip_on=False, gid="weights")
        ax.annotate(
            "\n".join(texts[i]),
            (label, place),
            annotation_clip=False,
            va="center",
            ha="left",
            fontsize=TEXT,
            color=colour,
            linespacing=1.1,
            gid="label",
        )
    return ax


def course(
    ax: Axes,
    data: CumulativeCurve,
    start: date,
    end: date,
    *,
    room: float,
    lines: int,
    top: float = 100.0,
    others: Sequence[CumulativeCurve] = (),
) -> Axes:
    """Draw one outcome as a small multiple, its title above; `others` in grey behind it.

    The bar at the right end is the parameter range, 5-95 %.

    Parameters
    ----------
    room, lines : float, int
        Inches that a line of the title may be wide, and how many lines it may take.
    top : float
        Upper end of the vertical axis in percentage points, the same in all panels of a figure.
    """
    frame(ax, start, end, top)
    per_inch = (at(end) - at(start) + 1) / inches(ax)[0]
    for other in others:
        if other.decided_on is None:
            _line(ax, other, end, color=GRID, linewidth=0.8, zorder=1)
    draw(ax, data, end, CENTRE, DASHES[0])
    x = at(end) + 0.5 + 0.07 * per_inch
    if data.weights_low is not None and data.weights_high is not None:
        ax.plot(
            [x, x],
            [100 * data.weights_low, 100 * data.weights_high],
            color=RANGE,
            linewidth=3,
            solid_capstyle="butt",
            clip_on=False,
            zorder=3,
            gid="weights",
        )
    ax.annotate(
        data.text,
        (x + 0.06 * per_inch, 100 * final(data)),
        annotation_clip=False,
        va="center",
        ha="left",
        fontsize=TEXT,
        fontweight="bold",
        color=CENTRE,
        gid="percentage",
    )
    over(ax, wrap(data.title, TEXT, room, lines), note_of(data))
    return ax


def highest(data: Sequence[CumulativeCurve]) -> float:
    """Upper end of a vertical axis that holds all courses and ranges, in percentage points: 100 unless all
    are small.
    """
    reach = max((max(100 * final(item), 100 * (item.weights_high or 0.0)) for item in data), default=100.0)
    return next((top for top in (5.0, 10.0, 20.0, 50.0) if reach <= 0.9 * top), 100.0)


def final(data: CumulativeCurve) -> float:
    """The probability at the end of the window."""
    return data.probability[-1] if data.probability else 0.0


def note_of(data: CumulativeCurve) -> str:
    """When, in a few words."""
    if data.decided_on is not None:
        return f"all on {say(data.decided_on, year=True)}"
    if data.median is not None:
        return f"if so, median date {say(data.median, year=True)}"
    return "on no path" if final(data) == 0 else ""


def frame(ax: Axes, start: date, end: date, top: float) -> None:
    """Axes of days and percentages."""
    ax.set_xlim(at(start) - 0.5, at(end) + 0.5)
    ax.set_ylim(0, top)
    date_axis(ax, start, end, room=inches(ax)[0])
    parts = 4 if inches(ax)[1] < 2 and top in (20, 100) else 5
    ticks = [top * i / parts for i in range(parts + 1)]
    ax.set_yticks(ticks, [f"{tick:g} %" for tick in ticks])
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="y", color=GRID, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.spines["bottom"].set_color(FAINT)


def _line(ax: Axes, data: CumulativeCurve, end: date, *, color: str, linewidth: float, zorder: float) -> Line2D:
    """The curve in steps; on many consecutive days, where steps could not be seen, from day to day."""
    days = [at(day) for day in data.dates]
    values = [100 * value for value in data.probability]
    daily = len(days) > SMOOTH and days[-1] - days[0] == len(days) - 1
    if days:
        days.append(at(end) + 0.5)
        values.append(values[-1])
    style: Literal["default", "steps-post"] = "default" if daily else "steps-post"
    return ax.plot(days, values, color=color, linewidth=linewidth, zorder=zorder, drawstyle=style, snap=False)[0]


def draw(
    ax: Axes,
    data: CumulativeCurve,
    end: date,
    colour: str,
    dash: tuple[float, tuple[float, ...] | None],
    width: float = 1.9,
) -> None:
    """A rising line; where all is decided on one date, a point on it and a stem."""
    if data.decided_on is None:
        line = _line(ax, data, end, color=colour, linewidth=width, zorder=4)
        line.set(linestyle=dash, clip_on=False, gid="course")
        return
    x, value = at(data.decided_on), 100 * final(data)
    ax.plot([x, x], [0, value], color=colour, linewidth=1.2, linestyle=(0, (1, 1.5)), zorder=4, clip_on=False)
    if data.decided_on < end:
        after = ax.plot([x, at(end) + 0.5], [value, value], color=colour, linewidth=width, zorder=4)[0]
        after.set(linestyle=dash, clip_on=False)
    ax.plot(
        [x], [value], marker="o", markersize=2.5 + 1.6 * width, color=colour, zorder=5, clip_on=False, gid="decided"
    )
