"""How the sides of a comparison look: the same in all its figures.

The baseline is black and solid. Each other side has a colour, a dash and a mark of its own, so that it is told in grey
print too. A condition's mark is hollow, because it is no world of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from relsim.plots.compared import Side
from relsim.plots.frame import LEFT, write
from relsim.plots.style import DASHES, INK, LINES, SMALL, WIDTH, line_height, panel, say, width_of

MOST = 5
"""Sides that one chart holds; more stand in small multiples, each beside the baseline."""
MARKS = ("o", "s", "D", "^", "v")
SAMPLE = 0.42
"""Inches of a key's line."""


@dataclass(frozen=True)
class Look:
    """Colour, dash, mark, and whether the mark is hollow."""

    colour: str
    dash: tuple[float, tuple[float, ...] | None]
    mark: str
    hollow: bool


def look_of(side: Side) -> Look:
    """The look that a side has by its rank; those past `MOST` look like the first after the baseline."""
    rank = side.rank if side.rank < MOST else 1
    colour = INK if rank == 0 else LINES[rank - 1]
    return Look(colour, DASHES[rank], MARKS[rank], side.condition)


def widths(count: int, thinnest: float = 1.4, step: float = 0.9) -> list[float]:
    """Widths of lines drawn one upon the other, so that each can be seen where all coincide."""
    return [thinnest + step * (count - 1 - i) for i in range(count)]


def since(side: Side) -> str:
    """From when on a scenario differs, in words; empty for the baseline."""
    if side.rank == 0:
        return ""
    if not side.paired:
        return "not paired with the baseline"
    return "never differs" if side.since is None else f"differs from {say(side.since)}"


def key_rows(sides: tuple[Side, ...]) -> list[list[Side]]:
    """The sides of a key, in as many rows as they need."""
    rows: list[list[Side]] = [[]]
    used = 0.0
    for side in sides:
        need = SAMPLE + 0.36 + width_of(side.label, SMALL)
        if rows[-1] and used + need > WIDTH - 2 * LEFT:
            rows.append([])
            used = 0.0
        rows[-1].append(side)
        used += need
    return rows


def key_height(sides: tuple[Side, ...]) -> float:
    """Inches that `key` takes."""
    return len(key_rows(sides)) * line_height(SMALL) * 1.2 + 0.06


def key(figure: Figure, y: float, sides: tuple[Side, ...]) -> None:
    """Line and mark of each side explained by name, from `y` inches down."""
    for row in key_rows(sides):
        y -= line_height(SMALL) * 1.2
        x = LEFT
        for side in row:
            ax = panel(figure, x, y - 0.05, SAMPLE, 0.2)
            ax.set_axis_off()
            ax.set_xlim(0, 1)
            ax.set_ylim(-1, 1)
            look = look_of(side)
            ax.plot([0, 1], [0, 0], color=look.colour, linestyle=look.dash, linewidth=1.9)
            mark(ax, 0.5, 0.0, look)
            write(figure, x + SAMPLE + 0.08, y, side.label, SMALL, INK)
            x += SAMPLE + 0.36 + width_of(side.label, SMALL)


def mark(ax: Axes, x: float, y: float, look: Look, *, size: float = 6.0, gid: str = "mark") -> None:
    """A side's mark."""
    edge = look.colour if look.hollow else "white"
    thickness = 1.3 if look.hollow else 0.7
    ax.plot(
        [x],
        [y],
        marker=look.mark,
        markersize=size,
        color="white" if look.hollow else look.colour,
        markeredgecolor=edge,
        markeredgewidth=thickness,
        zorder=6,
        clip_on=False,
        gid=gid,
    )


def day_of_difference(side: Side, first: date, last: date) -> date | None:
    """The day to mark, where it lies in a chart's window."""
    return side.since if side.since is not None and first <= side.since <= last else None
