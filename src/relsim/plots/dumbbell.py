"""Probabilities of the outcomes in several scenarios: from the baseline's dot to each other's."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from relsim.plots.compared import Bell, BellRow, in_words
from relsim.plots.sides import Look, look_of, mark
from relsim.plots.style import (
    GRID,
    INK,
    SMALL,
    SOFT,
    TEXT,
    inches,
    line_height,
    shorten,
    wrap,
)
from relsim.result.comparison import CLEAR, SAME

TITLES = 2.35
"""Inches for the titles of the outcomes, left of the names of the sides."""
NAMES = 1.5
"""Inches for the names of the sides, left of the axes."""
NOTES = 2.68
"""Inches right of the axes for percentage and difference."""
TITLE_LINES = 3
ROW = 0.2
"""Inches from one side to the next."""
BETWEEN = 0.16
"""Inches between two outcomes."""
NOISE_COLOUR = "#8f8f8f"
"""Of what is within noise, or small."""


def height(rows: Sequence[BellRow]) -> float:
    """Inches that the rows need."""
    return sum(map(_height, rows)) if rows else 0.5


def dumbbells(ax: Axes, rows: Sequence[BellRow]) -> Axes:
    """Draw one block for each outcome, in it one row for each side, in the order given.

    The black dot is the counterpart's probability, the coloured mark the side's; the pale bar reaches as far from the
    dot as the 95 % interval of the difference, paired path by path: where it covers the dot the difference is within
    noise, and grey, as it is where it is small. The baseline's own Monte Carlo interval lies behind the block.
    """
    total = height(rows)
    ax.set_xlim(-1, 101)
    ax.set_ylim(-total, 0)
    for place in range(0, 101, 10):
        ax.axvline(place, color=GRID, linewidth=0.9 if place in (0, 50, 100) else 0.6, zorder=0)
    top = 0.0
    for row in rows:
        deep = _height(row)
        _title(ax, row, top - deep / 2)
        if row.low is not None and row.high is not None:
            baseline_interval(ax, row.low, row.high, top - deep + 0.03, top - 0.03)
        y = top - deep / 2 + ROW * (len(row.bells) - 1) / 2
        for bell in row.bells:
            _bell(ax, bell, y)
            y -= ROW
        top -= deep
        if top > -total + 1e-6:
            ax.axhline(top, color=GRID, linewidth=0.5, zorder=0)
    step = 10 if inches(ax)[0] > 4 else 25
    ticks = list(range(0, 101, step))
    ax.set_xticks(ticks, [f"{tick} %" for tick in ticks])
    ax.tick_params(axis="x", length=0, pad=3)
    ax.set_xlabel("probability", color=SOFT)
    ax.set_yticks([])
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    return ax


def dumbbell(ax: Axes, bell: Bell, y: float) -> None:
    """The glyph of one row, at height `y`; the horizontal axis counts percentage points."""
    look = look_of(bell.side)
    colour = look.colour if bell.verdict == CLEAR else NOISE_COLOUR
    before, after = 100 * bell.before, 100 * bell.after
    if bell.low is not None and bell.high is not None and bell.verdict != SAME:
        span = [min(100.0, max(0.0, before + 100 * bound)) for bound in (bell.low, bell.high)]
        ax.plot(span, [y, y], color=colour, alpha=0.35, linewidth=7, zorder=2, clip_on=False, gid="interval")
    if bell.verdict != SAME:
        ax.plot([before, after], [y, y], color=colour, linewidth=1.6, zorder=3, clip_on=False, gid="difference")
    ax.plot(
        [before], [y], marker="o", markersize=5, color=INK, markeredgewidth=0, zorder=5, clip_on=False, gid="before"
    )
    if bell.verdict != SAME:
        mark(ax, after, y, Look(colour, look.dash, look.mark, look.hollow), size=5.5, gid="after")


def baseline_interval(ax: Axes, low: float, high: float, bottom: float, top: float) -> None:
    """The baseline's Monte Carlo interval, grey behind a block."""
    ax.fill_between([100 * low, 100 * high], bottom, top, color="#dcdcdc", linewidth=0, zorder=1, gid="monte carlo")


def _height(row: BellRow) -> float:
    title = len(_lines(row)) * line_height(TEXT) + line_height(SMALL)
    return max(ROW * len(row.bells), title) + BETWEEN


def _lines(row: BellRow) -> list[str]:
    return wrap(row.title, TEXT, TITLES - 0.1, TITLE_LINES)


def _title(ax: Axes, row: BellRow, middle: float) -> None:
    parts = [(line, TEXT, INK, "title") for line in _lines(row)]
    parts.append((f"baseline {row.text}", SMALL, SOFT, "baseline"))
    y = middle + sum(line_height(size) for _, size, _, _ in parts) / 2
    for text, size, colour, gid in parts:
        y -= line_height(size)
        _beside(ax, text, y + 0.045, -(NAMES + 0.08) * 72, "right", size, colour, gid, "baseline")


def _bell(ax: Axes, bell: Bell, y: float) -> None:
    dumbbell(ax, bell, y)
    look = look_of(bell.side)
    colour = look.colour if bell.verdict == CLEAR else SOFT
    style = "italic" if bell.side.condition else "normal"
    name = shorten(in_words(bell.side.name), SMALL, NAMES - 0.15)
    _beside(ax, name, y, -10, "right", SMALL, look.colour, "side", "center_baseline", style)
    _beside(ax, bell.text, y, 54, "right", TEXT, colour, "percentage", "center_baseline", weight="bold")
    note = shorten(bell.note, SMALL, NOTES - 62 / 72)
    _beside(ax, note, y, 62, "left", SMALL, colour, "difference", "center_baseline")


def _beside(
    ax: Axes,
    text: str,
    y: float,
    shift: float,
    side: str,
    size: float,
    colour: str,
    gid: str,
    upright: str,
    style: str = "normal",
    weight: str = "normal",
) -> None:
    """One line outside the axes: `shift` points left of them (negative) or right of them."""
    ax.annotate(
        text,
        (0 if shift < 0 else 1, y),
        xycoords=("axes fraction", "data"),
        xytext=(shift, 0),
        textcoords="offset points",
        ha=side,
        va=upright,
        fontsize=size,
        fontstyle=style,
        fontweight=weight,
        color=colour,
        gid=gid,
    )
