"""The fan chart: where an index goes, with the grades of the scale behind it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from relsim.plots.data import Appointment, Fan, Grade, Happening, days_before, number, tenths
from relsim.plots.style import (
    BEFORE,
    CALENDAR,
    CENTRE,
    EDGE,
    FAINT,
    FAN,
    GRID,
    GROUND,
    INK,
    SMALL,
    SOFT,
    TEXT,
    at,
    date_axis,
    inches,
    line_height,
    say,
    shorten,
    width_of,
)

BRACKETS = 1.36
"""Inches right of the window's end, for the labels of the bands."""
GRADES = 1.22
"""Inches right of the axes, for the names of the grades."""
LEAST_SPAN = 1.0
"""Points that the vertical axis spans at least, so that a quiet index does not look wild."""
MARK = {1: "^", 0: "o", -1: "v"}
"""The mark of an observed event by its direction."""
RUG = 0.03
"""Height of the marks, as a share of the axes'; raising ones stand a little higher, lowering ones lower."""
REPLAYED = "replayed from history"


def view(data: Fan, room: float) -> tuple[float, float]:
    """Ends of the time axis for axes `room` inches wide, in matplotlib's days.

    History gets up to a fifth of the width, no more than reaches its first event, on the same scale of time as the
    window; older history is left out and counted in the list under the fan.
    """
    window = (data.end - data.start).days + 1
    known = [event.on for event in data.history] or list(data.past.dates if data.past else ())
    days = 1.05 * (data.start - min(known)).days + 1 if known else 0
    left = max(0.012 * room, min(0.2 * room, (room - BRACKETS) * days / (window + days)))
    if data.past:
        left = max(left, width_of(REPLAYED, SMALL) + 0.15)
    per_day = (room - left - BRACKETS) / window
    return at(data.start) - 0.5 - left / per_day, at(data.end) + 0.5 + BRACKETS / per_day


def fan(ax: Axes, data: Fan) -> Axes:
    """Draw the fan of one index or variable.

    Median and bands of 50, 80 and 95 % of the paths on each day, named at the right end; grades behind,
    named in the right margin; observed events as marks at the foot left of the start line (up: usually
    raises it, down: lowers it); calendar entries as lines right of it. `timeline` names both.
    """
    left, right = view(data, inches(ax)[0])
    ax.set_xlim(left, right)
    ax.set_ylim(*_range(data, inches(ax)[1]))
    name_grades(ax, data.grades, line=3.5)
    _calendar(ax, data.calendar)
    days = [at(day) for day in data.dates]
    for band in data.bands:
        ax.fill_between(days, band.low, band.high, color=FAN[band.share], linewidth=0, zorder=3)
    ax.plot(days, data.median, color=CENTRE, linewidth=1.9, zorder=5, label="median")
    if data.past is not None:
        shown = [(at(day), value) for day, value in zip(data.past.dates, data.past.values) if at(day) >= left]
        if shown:
            ax.plot(*zip(*shown), color=BEFORE, linewidth=1.3, linestyle=(0, (4, 1.5)), zorder=4, label="replayed")
    _history(ax, data.history)
    start = at(data.start) - 0.5
    ax.axvline(start, color=INK, linewidth=1.1, zorder=6)
    _brackets(ax, data)
    _start(ax, data, start)
    date_axis(
        ax,
        max(days_before(data.start, start - left), data.start - timedelta(36500)),
        data.end,
        room=inches(ax)[0],
    )
    ax.yaxis.set_major_locator(MaxNLocator(nbins=max(3, int(inches(ax)[1] / 0.45)), steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_formatter(lambda value, _: number(round(value, 6)))
    ax.set_ylabel(data.unit)
    ax.tick_params(axis="y", length=3)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _range(data: Fan, height: float) -> tuple[float, float]:
    """Limits of the vertical axis: what is drawn and a little air, more at the top for the bands' labels."""
    values = [*data.median, *(value for band in data.bands for value in (*band.low, *band.high))]
    if data.past is not None:
        values += data.past.values
    values = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min(values), max(values)
    if high - low < LEAST_SPAN:
        low, high = (low + high - LEAST_SPAN) / 2, (low + high + LEAST_SPAN) / 2
    above, below = 2.0 * line_height(SMALL) / height, 1.7 * line_height(SMALL) / height
    scale = (high - low) / (1 - above - below)
    return low - below * scale, high + above * scale


def grade_bands(ax: Axes, grades: Sequence[Grade], *, line: float) -> list[tuple[Grade, float, float]]:
    """Shade the bands of the scale by turns, lines between them at height `line` of the drawing; those in sight."""
    bottom, top = ax.get_ylim()
    seen = []
    for i, grade in enumerate(grades):
        low = bottom if grade.low is None else max(bottom, grade.low)
        high = top if grade.high is None else min(top, grade.high)
        if low >= high:
            continue
        ax.axhspan(low, high, color=GROUND[i % 2], linewidth=0, zorder=0)
        if bottom < low:
            ax.axhline(low, color=FAINT, linewidth=0.8, zorder=line)
        seen.append((grade, low, high))
    return seen


def name_grades(ax: Axes, grades: Sequence[Grade], *, line: float) -> None:
    """Bands of the scale, named in the right margin where there is room for the name."""
    per_inch = (ax.get_ylim()[1] - ax.get_ylim()[0]) / inches(ax)[1]
    for grade, low, high in grade_bands(ax, grades, line=line):
        room = (high - low) / per_inch
        if room < line_height(TEXT):
            continue
        lines = [shorten(grade.name.replace("_", " "), TEXT, GRADES - 0.12)]
        if room > 2.2 * line_height(TEXT):
            lines.append(_bounds(grade))
        ax.annotate(
            "\n".join(lines),
            (1, (low + high) / 2),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            ha="left",
            fontsize=TEXT,
            color=SOFT,
            linespacing=1.15,
            gid="grade",
        )


def _bounds(grade: Grade) -> str:
    if grade.low is None:
        return "" if grade.high is None else f"to {number(grade.high)}"
    return f"over {number(grade.low)}" if grade.high is None else f"{number(grade.low)} to {number(grade.high)}"


def _calendar(ax: Axes, calendar: tuple[Appointment, ...]) -> None:
    """A line for every entry with one date; one that may fall on any of several stands in the strip
    only.
    """
    for item in calendar:
        if item.first == item.last:
            ax.axvline(at(item.first), color=CALENDAR, linewidth=0.8, linestyle=(0, (3, 2)), alpha=0.6, zorder=4)


def _history(ax: Axes, history: tuple[Happening, ...]) -> None:
    left = ax.get_xlim()[0]
    for sign, marker in MARK.items():
        days = [at(seen.on) for seen in history if at(seen.on) >= left and direction(seen) == sign]
        if days:
            ax.plot(
                days,
                [RUG + 0.012 * sign] * len(days),
                transform=ax.get_xaxis_transform(),
                linestyle="",
                marker=marker,
                markersize=5,
                markeredgewidth=0,
                color=BEFORE,
                zorder=7,
                gid="history",
            )


def direction(seen: Happening) -> int:
    """1 where an event usually raises what is shown, -1 where it lowers it, 0 where it leaves it."""
    return (seen.push > 1e-9) - (seen.push < -1e-9)


def _brackets(ax: Axes, data: Fan) -> None:
    """Right of the last day: an upright bar for each band, with its share on top; the median named at its
    end.
    """
    left, right = ax.get_xlim()
    per_inch = (right - left) / inches(ax)[0]
    end = at(data.end) + 0.5
    widest = [f"{100 * band.share:.0f} %" for band in data.bands]
    step = max(width_of(text, SMALL) for text in widest) + 0.06
    place = 0.1 + step / 2
    for band, text in sorted(zip(data.bands, widest), key=lambda pair: pair[0].share):
        x = end + place * per_inch
        low, high = band.low[-1], band.high[-1]
        for colour, thickness in ((EDGE, 7.0), (FAN[band.share], 6.0)):
            ax.plot([x, x], [low, high], color=colour, linewidth=thickness, zorder=4, solid_capstyle="butt")
        ax.annotate(
            text,
            (x, high),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=SMALL,
            color=INK,
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
            zorder=8,
            gid="band",
        )
        place += step
    middle = data.median[-1]
    ax.plot([end, end + (place - step / 2) * per_inch], [middle] * 2, color=CENTRE, linewidth=1.0, zorder=5)
    text = f"median {tenths(middle)}"
    days = max(1, round((width_of(text, SMALL) + 0.06) * per_inch))
    beneath = data.median[-days:]
    above = max(beneath) - middle <= middle - min(beneath)
    ax.annotate(
        text,
        (end, middle),
        xytext=(-4, 3 if above else -3),
        textcoords="offset points",
        fontsize=SMALL,
        color=CENTRE,
        va="bottom" if above else "top",
        ha="right",
        path_effects=[withStroke(linewidth=2.5, foreground="white")],
        zorder=8,
        gid="median",
    )
    ax.annotate(
        f"on {say(data.end, year=True)}",
        (end, 0),
        xycoords=("data", "axes fraction"),
        xytext=(6, 4),
        textcoords="offset points",
        fontsize=SMALL,
        color=SOFT,
        ha="left",
        va="bottom",
        zorder=8,
        gid="bands",
    )
    ax.axvline(end, color=FAINT, linewidth=0.7, zorder=2)


def _start(ax: Axes, data: Fan, start: float) -> None:
    lines = [("forecast starts", start, "start")]
    if data.known_to is not None:
        known = at(data.known_to) + 0.5
        ax.axvline(known, color=INK, linewidth=1.1, linestyle=(0, (1, 1.5)), zorder=6)
        lines = [("window starts", start, "start"), (f"known up to {say(data.known_to)}", known, "known")]
    for row, (text, place, gid) in enumerate(lines):
        ax.annotate(
            text,
            (place, 1),
            xycoords=("data", "axes fraction"),
            xytext=(4, -4 - 72 * row * line_height(SMALL)),
            textcoords="offset points",
            ha="left",
            va="top",
            fontsize=SMALL,
            color=INK,
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
            zorder=8,
            gid=gid,
        )
    if data.past is not None:
        ax.annotate(
            REPLAYED,
            (start, 1),
            xycoords=("data", "axes fraction"),
            xytext=(-4, -4),
            textcoords="offset points",
            ha="right",
            va="top",
            fontsize=SMALL,
            color=BEFORE,
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
            zorder=8,
            gid="past",
        )
    ax.set_axisbelow(True)
    ax.grid(axis="x", color=GRID, linewidth=0.6)
