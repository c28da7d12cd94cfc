"""Probabilities of the outcomes in several scenarios: from the baseline's dot to each other's."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from relsim.plots.compared import DumbbellPoint, DumbbellRow
from relsim.plots.outcomes import probability_axis
from relsim.plots.sides import Look, look_of, mark
from relsim.plots.style import (
    GRID,
    INK,
    SMALL,
    SOFT,
    TEXT,
    line_height,
    shorten,
    wrap,
)
from relsim.result.comparison import CLEAR, SAME

TITLES = 2.05
"""Inches for the titles of the outcomes, left of the names of the sides."""
NAMES = 2.2
"""Inches for the names of the sides, left of the axes."""
NOTES = 2.4
"""Inches right of the axes for percentage and difference."""
TITLE_LINES, NAME_LINES = 4, 3
ROW = 0.2
"""Inches from one side to the next, at least."""
BETWEEN = 0.16
"""Inches between two outcomes."""
NOISE_COLOUR = "#8f8f8f"
"""Of what is within noise, or small."""


def height(rows: Sequence[DumbbellRow]) -> float:
    """Inches that the rows need."""
    return sum(map(_height, rows)) if rows else 0.5


def dumbbells(ax: Axes, rows: Sequence[DumbbellRow]) -> Axes:
    """Draw one block for each outcome, in it one row for each side, in the order given.

    First the baseline with a black dot, then each side with its coloured mark, a line from the counterpart's
    probability to it, and the difference in words; grey where that is within noise, or small. Pale bars are parameter
    ranges.
    """
    total = height(rows)
    probability_axis(ax, total)
    top = 0.0
    for row in rows:
        deep = _height(row)
        _title(ax, row, top - deep / 2)
        bells = (row.baseline, *row.bells)
        y = top - deep / 2 + sum(map(_pitch, bells)) / 2
        for bell in bells:
            _bell(ax, bell, y - _pitch(bell) / 2)
            y -= _pitch(bell)
        top -= deep
        if top > -total + 1e-6:
            ax.axhline(top, color=GRID, linewidth=0.5, zorder=0)
    return ax


def dumbbell(ax: Axes, bell: DumbbellPoint, y: float) -> None:
    """The glyph of one row, at height `y`; the horizontal axis counts percentage points."""
    look = look_of(bell.side)
    colour = look.colour if bell.verdict == CLEAR or bell.side.rank == 0 else NOISE_COLOUR
    before, after = 100 * bell.before, 100 * bell.after
    if bell.low is not None and bell.high is not None:
        span = [100 * bell.low, 100 * bell.high]
        ax.plot(span, [y, y], color=colour, alpha=0.25, linewidth=8, zorder=2, clip_on=False, gid="range")
    if bell.side.rank == 0:
        mark(ax, before, y, look, size=5.5, gid="before")
        return
    if bell.verdict != SAME:
        ax.plot([before, after], [y, y], color=colour, linewidth=1.6, zorder=3, clip_on=False, gid="difference")
    mark(ax, after, y, Look(colour, look.dash, look.mark, look.hollow), size=5.5, gid="after")


def changed(rows: Sequence[DumbbellRow]) -> tuple[list[DumbbellRow], list[DumbbellRow]]:
    """The outcomes that clearly change in any side, and the others; all are in the first where none does."""
    clear = [row for row in rows if any(bell.verdict == CLEAR for bell in row.bells)]
    return (clear, [row for row in rows if row not in clear]) if clear else (list(rows), [])


def _height(row: DumbbellRow) -> float:
    return max(sum(map(_pitch, (row.baseline, *row.bells))), len(_lines(row)) * line_height(TEXT)) + BETWEEN


def _pitch(bell: DumbbellPoint) -> float:
    """Inches from the row of a side to the next."""
    return max(ROW, len(_name(bell)) * line_height(SMALL) + 0.06)


def _name(bell: DumbbellPoint) -> list[str]:
    return ["baseline"] if bell.side.rank == 0 else wrap(bell.side.label, SMALL, NAMES - 0.15, NAME_LINES)


def _lines(row: DumbbellRow) -> list[str]:
    return wrap(row.title, TEXT, TITLES - 0.1, TITLE_LINES)


def _title(ax: Axes, row: DumbbellRow, middle: float) -> None:
    y = middle + len(_lines(row)) * line_height(TEXT) / 2
    for line in _lines(row):
        y -= line_height(TEXT)
        _beside(ax, line, y + 0.045, -(NAMES + 0.08) * 72, "right", TEXT, INK, "title", "baseline")


def _bell(ax: Axes, bell: DumbbellPoint, y: float) -> None:
    dumbbell(ax, bell, y)
    look = look_of(bell.side)
    colour = look.colour if bell.verdict == CLEAR or bell.side.rank == 0 else SOFT
    style = "italic" if bell.side.condition else "normal"
    lines = _name(bell)
    for i, line in enumerate(lines):
        place = y + (0.5 * (len(lines) - 1) - i) * line_height(SMALL)
        _beside(ax, line, place, -10, "right", SMALL, look.colour, "side", "center_baseline", style)
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
