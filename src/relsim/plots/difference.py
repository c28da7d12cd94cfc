"""The paired-difference fan: what a change does to an index, path by path."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from relsim.plots.compared import Gap
from relsim.plots.data import number
from relsim.plots.fan import LEAST_SPAN
from relsim.plots.sides import day_of_difference
from relsim.plots.style import (
    CALENDAR,
    CENTRE,
    EDGE,
    FAN,
    GRID,
    INK,
    SMALL,
    SOFT,
    TEXT,
    at,
    date_axis,
    inches,
    line_height,
    over,
    say,
    width_of,
    wrap,
)
from relsim.result.differences import signed

INTERVAL = "#e69f00"
"""Of the mean's interval: light on the dark bands, dark on white."""
BRACKETS = 1.5
"""Inches right of the axes for the labels of the bands."""
TITLE_LINES = 2


def difference(ax: Axes, data: Gap, limits: tuple[float, float]) -> Axes:
    """Draw the mean difference with its 95 % interval, and bands of the paths' differences around a line at zero.

    The first day on which any path differs is marked; before it all is exactly zero.
    """
    first, last = data.dates[0], data.dates[-1]
    ax.set_xlim(at(first) - 0.5, at(last) + 0.5)
    ax.set_ylim(*limits)
    days = [at(day) for day in data.dates][: len(data.mean)]
    for band in data.bands:
        ax.fill_between(days, band.low, band.high, color=FAN[band.share], linewidth=0, zorder=2, gid="band")
    ax.fill_between(days, data.low, data.high, color=INTERVAL, linewidth=0, zorder=4, gid="interval")
    style = "solid" if data.bands else (0, (4, 1.5))
    ax.plot(days, data.mean, color=CENTRE, linewidth=1.6, linestyle=style, zorder=5, gid="mean")
    ax.axhline(0, color=INK, linewidth=1.0, zorder=4.5, gid="zero")
    day = day_of_difference(data.side, first, last)
    if day is not None:
        ax.axvline(
            at(day) - 0.5, color=CALENDAR, linewidth=1.1, linestyle=(0, (3, 2)), zorder=6, gid="first difference"
        )
    date_axis(ax, first, last, room=inches(ax)[0])
    ax.yaxis.set_major_locator(MaxNLocator(nbins=max(4, int(inches(ax)[1] / 0.4)), steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_formatter(lambda value, _: number(round(value, 6)) if value <= 0 else f"+{round(value, 6):g}")
    ax.tick_params(axis="y", length=3)
    ax.grid(axis="x", color=GRID, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def limits_of(data: Sequence[Gap]) -> tuple[float, float]:
    """Limits of a vertical axis that holds all that is drawn, with zero in it."""
    series = [
        s for gap in data for s in (gap.mean, gap.low, gap.high, *(b for x in gap.bands for b in (x.low, x.high)))
    ]
    values = [0.0, *(value for one in series for value in one if math.isfinite(value))]
    low, high = min(values), max(values)
    if high - low < LEAST_SPAN:
        low, high = low - (LEAST_SPAN - high + low) / 2, high + (LEAST_SPAN - high + low) / 2
    air = 0.08 * (high - low)
    return low - air, high + 2 * air


def first_day(ax: Axes, data: Gap) -> None:
    """Name the first day of difference at the top of its line."""
    day = day_of_difference(data.side, data.dates[0], data.dates[-1])
    if day is None:
        return
    text = f"first difference, {say(day)}"
    left, right = ax.get_xlim()
    free = (right - at(day)) / (right - left) * inches(ax)[0]
    side, shift = ("left", 4) if width_of(text, SMALL) + 0.1 < free else ("right", -4)
    ax.annotate(
        text,
        (at(day) - 0.5, 1),
        xycoords=("data", "axes fraction"),
        xytext=(shift, -4),
        textcoords="offset points",
        ha=side,
        va="top",
        fontsize=SMALL,
        color=CALENDAR,
        path_effects=[withStroke(linewidth=2.5, foreground="white")],
        zorder=8,
        gid="first difference",
    )


def ends(ax: Axes, data: Gap) -> None:
    """Right of the last day: an upright bar for each band with its share on top, and one for the mean."""
    left, right = ax.get_xlim()
    per_inch = (right - left) / inches(ax)[0]
    bars = [(f"{100 * b.share:.0f} %", b.low[-1], b.high[-1], FAN[b.share], EDGE) for b in reversed(data.bands)]
    low, high = (end if math.isfinite(end) else data.mean[-1] for end in (data.low[-1], data.high[-1]))
    bars.append(("mean", low, high, INTERVAL, INTERVAL))
    place = 0.12
    for text, low, high, colour, edge in bars:
        need = max(width_of(text, SMALL), 0.1) + 0.07
        x = right + (place + need / 2) * per_inch
        place += need
        for shade, thickness in ((edge, 7.0), (colour, 6.0)):
            ax.plot([x, x], [low, high], color=shade, linewidth=thickness, clip_on=False, zorder=4, gid="bar")
        if high - low < 0.01 * (ax.get_ylim()[1] - ax.get_ylim()[0]):
            ax.plot([x], [high], marker="_", markersize=7, color=edge, clip_on=False, zorder=4, gid="bar")
        if text == "mean":
            ax.plot([x], [data.mean[-1]], marker="o", markersize=4.5, color=CENTRE, clip_on=False, zorder=6)
        ax.annotate(
            text,
            (x, high),
            xytext=(0, 4),
            textcoords="offset points",
            annotation_clip=False,
            ha="center",
            va="bottom",
            fontsize=SMALL,
            color=INK,
            zorder=8,
            gid="band",
        )
    ax.annotate(
        f"on {say(data.dates[-1], year=True)}",
        (1, 0),
        xycoords="axes fraction",
        xytext=(8, 4),
        textcoords="offset points",
        fontsize=SMALL,
        color=SOFT,
        ha="left",
        va="bottom",
        gid="bands",
    )


def above(ax: Axes, data: Gap, room: float) -> None:
    """Name a small multiple: the side, and the mean difference on the last day."""
    slant = "italic" if data.side.condition else "normal"
    over(ax, wrap(data.side.label, TEXT, room, TITLE_LINES), said(data, len(data.mean) - 1), slant=slant)


def title_height() -> float:
    """Inches that `above` takes over the axes."""
    return TITLE_LINES * line_height(TEXT) + line_height(SMALL) + 0.14


def said(data: Gap, day: int) -> str:
    """The mean difference of a day in words, with its interval."""
    value, low, high = data.mean[day], data.low[day], data.high[day]
    if low == high == 0:
        return f"{say(data.dates[day])}: exactly 0"
    interval = f" ({signed(low, 2)} to {signed(high, 2)})" if math.isfinite(high - low) else ""
    return f"{say(data.dates[day])}: {signed(value, 2)}{interval}"


def widest(data: Gap) -> int:
    """The day on which the mean differs most."""
    return max(range(len(data.mean)), key=lambda i: (abs(data.mean[i]) if math.isfinite(data.mean[i]) else -1.0, -i))
