"""Fans of several scenarios laid over each other, and one beside the baseline as a small multiple."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from relsim.plots.compared import Overlay, OverlayBand
from relsim.plots.data import number, tenths
from relsim.plots.fan import LEAST_SPAN, grade_bands
from relsim.plots.sides import day_of_difference, look_of, mark, since, widths
from relsim.plots.style import (
    GRID,
    SMALL,
    SOFT,
    TEXT,
    at,
    date_axis,
    inches,
    line_height,
    over,
    spread_out,
    width_of,
    wrap,
)

LABELS = 2.75
"""Inches right of the axes for bars and labels."""
BAR = 0.15
"""Inches from one bar at the end to the next."""
TITLE_LINES = 3


def overlay(ax: Axes, data: Overlay) -> Axes:
    """Draw two to five scenarios: each one's median, named at its end, and the baseline's band of 80 % of the paths.

    Lines drawn first are wider, so that all show where they coincide. Bands of several would mix to a colour of
    nobody's: those of the others stand as bars at the end, side by side.
    """
    first, last = window(data.strands)
    frame(ax, data, first, last, reach(data.strands[:1], data.strands))
    thick = widths(len(data.strands))
    for place, (strand, width) in enumerate(zip(data.strands, thick)):
        _strand(ax, strand, width, place, band=place == 0)
        _first_difference(ax, strand, first, last, place)
    _names(ax, data.strands, at(last) + 0.5)
    return ax


def beside(
    ax: Axes, data: Overlay, strand: OverlayBand, limits: tuple[float, float], *, room: float, lines: int, named: bool
) -> Axes:
    """Draw one side's fan with the baseline's behind it, its name above in at most `lines` of `room` inches."""
    first, last = window(data.strands)
    frame(ax, data, first, last, limits, named=named)
    baseline = data.strands[0]
    pair = (baseline, strand) if strand is not baseline else (baseline,)
    for place, (one, width) in enumerate(zip(pair, widths(len(pair)))):
        _strand(ax, one, width, place, band=one is strand)
    _first_difference(ax, strand, first, last, 0)
    note = ", ".join(part for part in (_median(strand), since(strand.side)) if part)
    over(ax, wrap(strand.side.label, TEXT, room, lines), note, colour=look_of(strand.side).colour)
    return ax


def window(strands: tuple[OverlayBand, ...]) -> tuple[date, date]:
    """First and last day that any side has."""
    return min(s.dates[0] for s in strands), max(s.dates[-1] for s in strands)


def reach(banded: Sequence[OverlayBand], strands: Sequence[OverlayBand]) -> tuple[float, float]:
    """Lowest and highest value that the vertical axis must hold: bands of some, medians and last days of all."""
    drawn = [series for s in banded for series in (s.low, s.high)]
    drawn += [series for s in strands for series in (s.median, s.low[-1:], s.high[-1:])]
    values = [value for series in drawn for value in series if math.isfinite(value)] or [0.0]
    low, high = min(values), max(values)
    if high - low < LEAST_SPAN:
        low, high = (low + high - LEAST_SPAN) / 2, (low + high + LEAST_SPAN) / 2
    air = 0.06 * (high - low)
    return low - 2 * air, high + air


def frame(ax: Axes, data: Overlay, first: date, last: date, limits: tuple[float, float], *, named: bool = True) -> None:
    """Axes of days and points, the grades behind and `named` beside the vertical axis where there is room."""
    ax.set_xlim(at(first) - 0.5, at(last) + 0.5)
    ax.set_ylim(*limits)
    per_inch = (limits[1] - limits[0]) / inches(ax)[1]
    for grade, low, high in grade_bands(ax, data.grades, line=1):
        name = grade.name.replace("_", " ")
        if named and (high - low) / per_inch > width_of(name, SMALL) + 0.1:
            ax.annotate(
                name,
                (0, (low + high) / 2),
                xycoords=("axes fraction", "data"),
                xytext=(-34, 0),
                textcoords="offset points",
                rotation=90,
                ha="center",
                va="center",
                fontsize=SMALL,
                color=SOFT,
                gid="grade",
            )
    date_axis(ax, first, last, room=inches(ax)[0])
    ax.yaxis.set_major_locator(MaxNLocator(nbins=max(3, int(inches(ax)[1] / 0.45)), steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_formatter(lambda value, _: number(round(value, 6)))
    ax.tick_params(axis="y", length=3)
    ax.grid(axis="x", color=GRID, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)


def _strand(ax: Axes, strand: OverlayBand, width: float, place: int, *, band: bool) -> None:
    look = look_of(strand.side)
    days = [at(day) for day in strand.dates]
    if band:
        ax.fill_between(days, strand.low, strand.high, color=look.colour, alpha=0.13, linewidth=0, zorder=2, gid="band")
    lines = ax.plot(days, strand.median, color=look.colour, linewidth=width, zorder=4 + 0.1 * place)
    lines[0].set(linestyle=look.dash, gid="median")


def _first_difference(ax: Axes, strand: OverlayBand, first: date, last: date, place: int) -> None:
    """A triangle at the foot, one above the other where several stand on one day."""
    day = day_of_difference(strand.side, first, last)
    if day is None:
        return
    ax.plot(
        [at(day)],
        [0.025 + 0.035 * max(0, place - 1)],
        transform=ax.get_xaxis_transform(),
        marker="^",
        markersize=6,
        markeredgewidth=0,
        color=look_of(strand.side).colour,
        zorder=7,
        gid="first difference",
    )


def _median(strand: OverlayBand) -> str:
    return f"median {tenths(strand.median[-1])} at the end"


def _names(ax: Axes, strands: tuple[OverlayBand, ...], end: float) -> None:
    """Right of the last day: each scenario's bar of 80 %, its mark at the median, and its name."""
    left, right = ax.get_xlim()
    per_inch = (right - left) / inches(ax)[0]
    points_per_inch = (ax.get_ylim()[1] - ax.get_ylim()[0]) / inches(ax)[1]
    label = end + (0.16 + BAR * len(strands) + 0.22) * per_inch
    room = LABELS - 0.16 - BAR * len(strands) - 0.3
    order = sorted(range(len(strands)), key=lambda i: strands[i].median[-1])
    texts = {}
    for i, strand in enumerate(strands):
        notes = [_median(strand), since(strand.side)]
        texts[i] = (wrap(strand.side.label, TEXT, room, TITLE_LINES), [note for note in notes if note])
    heights = {i: len(t) * line_height(TEXT) + len(n) * line_height(SMALL) + 0.1 for i, (t, n) in texts.items()}
    places = spread_out(
        [strands[i].median[-1] for i in order], [heights[i] * points_per_inch for i in order], *ax.get_ylim()
    )
    for i, place in zip(order, places):
        strand, look = strands[i], look_of(strands[i].side)
        x = end + (0.12 + BAR * (i + 0.5)) * per_inch
        low, middle, high = strand.low[-1], strand.median[-1], strand.high[-1]
        ax.plot([x, x], [low, high], color=look.colour, linewidth=5.0, clip_on=False, zorder=5, gid="bar")
        bend = label - 0.2 * per_inch
        ax.plot(
            [x, bend, label - 0.05 * per_inch],
            [middle, middle, place],
            color=look.colour,
            linewidth=0.7,
            clip_on=False,
            zorder=4,
        )
        mark(ax, x, middle, look)
        title, notes = texts[i]
        top = place + (heights[i] / 2 - 0.05) * points_per_inch
        for lines, size, colour, gid in ((title, TEXT, look.colour, "label"), (notes, SMALL, SOFT, "note")):
            for line in lines:
                top -= line_height(size) * points_per_inch
                ax.annotate(
                    line,
                    (label, top + 0.04 * points_per_inch),
                    annotation_clip=False,
                    ha="left",
                    va="baseline",
                    fontsize=size,
                    color=colour,
                    gid=gid,
                )
