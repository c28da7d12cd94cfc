"""Boxes of parameters in which an outcome is far more, or far less, likely: a row for each restriction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from relsim.plots.data import ShownRun
from relsim.plots.frame import FOOT, LEFT, foot, head
from relsim.plots.style import (
    FAINT,
    INK,
    LINES,
    SMALL,
    SOFT,
    TEXT,
    WIDTH,
    line_height,
    panel,
    sheet,
    wrap,
)
from relsim.result import rounded
from relsim.result.drivers import DiscoveredBox, Discovery, Restriction, WeightDoubt

LABELS = 3.9
"""Inches left of the axes for what the parameters are."""
NOTES = 1.9
"""Inches right of the axes for the support."""
ROW, BETWEEN = 0.62, 0.2
HEADINGS = 3
"""Lines of a box's sentence at most."""
COLOURS = {"higher": LINES[1], "lower": LINES[0]}


def discovery_page(found: Discovery, doubts: Mapping[str, WeightDoubt], run: ShownRun) -> Figure:
    """The boxes one below the other.

    Parameters
    ----------
    doubts : of each parameter, the 5 %, 50 % and 95 % points of its draws
    """
    title = f"Where it hangs together: {found.title}"
    explained = (
        f"Boxes of parameters, of {found.searched} searched over {found.draws:,} draws, in which it is more or less "
        "likely than elsewhere, beyond what chance explains. Each line reaches from the 5 % to the 95 % point of the "
        "draws, with a tick at the median; the box is the thick part.",
        "Right: how often halves of the draws bring the restriction again.",
    )
    heights = [_height(box) for box in found.boxes]
    top = head(sheet(), title, *explained) + 0.1
    figure = sheet(top + sum(heights) + FOOT + 0.2)
    head(figure, title, *explained)
    bottom = FOOT + 0.2 + sum(heights)
    for box, height in zip(found.boxes, heights):
        bottom -= height
        ax = panel(figure, LEFT + LABELS, bottom, WIDTH - LEFT - LABELS - NOTES, height)
        _draw(ax, box, doubts, height)
    foot(figure, run)
    return figure


def _heading(box: DiscoveredBox) -> list[str]:
    return wrap(box.sentence, TEXT, WIDTH - 2 * LEFT, HEADINGS, bold=True)


def _height(box: DiscoveredBox) -> float:
    return len(_heading(box)) * line_height(TEXT) + line_height(SMALL) + 0.1 + ROW * len(box.restrictions) + BETWEEN


def _draw(ax: Axes, box: DiscoveredBox, doubts: Mapping[str, WeightDoubt], height: float) -> None:
    ax.set_xlim(0, 1)
    ax.set_ylim(-height, 0)
    ax.set_axis_off()
    y = 0.0
    held_out = "" if box.held_out is None else f"; {rounded(box.held_out)} on draws left out"
    numbers = (
        f"holds {rounded(box.mass)} of the paths; coverage {rounded(box.coverage)}, density {rounded(box.density)}"
    )
    for line in _heading(box):
        y -= line_height(TEXT)
        _at_left(ax, line, y, TEXT, INK, bold=True)
    y -= line_height(SMALL) + 0.02
    _at_left(ax, numbers + held_out, y, SMALL, SOFT)
    y -= 0.08
    for row in box.restrictions:
        _restriction(ax, row, doubts.get(row.parameter), COLOURS[box.direction], y - ROW / 2)
        y -= ROW


def _at_left(ax: Axes, text: str, y: float, size: float, colour: str, *, bold: bool = False) -> None:
    ax.annotate(
        text,
        (0, y),
        xycoords=("axes fraction", "data"),
        xytext=(-72 * LABELS, 0),
        textcoords="offset points",
        fontsize=size,
        color=colour,
        fontweight="bold" if bold else "normal",
        va="baseline",
        annotation_clip=False,
        gid="box",
    )


def _restriction(ax: Axes, row: Restriction, doubt: WeightDoubt | None, colour: str, y: float) -> None:
    label = wrap(row.label[:1].upper() + row.label[1:], SMALL, LABELS - 0.2, 3)
    _beside(ax, label, y, -8, "right", INK)
    _beside(ax, [f"comes again in {rounded(row.support)}"], y, 10, "left", SOFT)
    if doubt is None or doubt.high <= doubt.low:
        return

    def place(value: float) -> float:
        return min(max((value - doubt.low) / (doubt.high - doubt.low), 0.0), 1.0)

    ax.plot([0, 1], [y, y], color=FAINT, linewidth=2, solid_capstyle="butt", zorder=1)
    middle = place(doubt.median)
    ax.plot([middle, middle], [y - 0.06, y + 0.06], color=SOFT, linewidth=1, zorder=2)
    first = 0.0 if row.above is None else place(row.above)
    last = 1.0 if row.below is None else place(row.below)
    ax.plot([first, last], [y, y], color=colour, linewidth=7, solid_capstyle="butt", zorder=3, gid="restriction")
    for at, text, bounded in ((first, row.above_text, row.above), (last, row.below_text, row.below)):
        if bounded is not None:
            ax.annotate(text, (at, y - 0.1), ha="center", va="top", fontsize=SMALL, color=colour, annotation_clip=False)


def _beside(ax: Axes, lines: Sequence[str], y: float, shift: float, side: str, colour: str) -> None:
    ax.annotate(
        "\n".join(lines),
        (0 if shift < 0 else 1, y),
        xycoords=("axes fraction", "data"),
        xytext=(shift, 0),
        textcoords="offset points",
        ha=side,
        va="center",
        fontsize=SMALL,
        color=colour,
        linespacing=1.1,
        gid="parameter",
    )
