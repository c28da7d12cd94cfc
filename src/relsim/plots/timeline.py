"""The timeline under a fan: what happened before the start, and what is due after it, by name."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes

from relsim.plots.data import Fan
from relsim.plots.fan import MARK, direction
from relsim.plots.style import (
    BEFORE,
    CALENDAR,
    GRID,
    INK,
    SMALL,
    SOFT,
    at,
    inches,
    line_height,
    say,
    shorten,
    width_of,
)

MOST_PAST = 8
"""Observed events named at most; the rest are marks, and counted."""
MOST_ROWS = 14
ROW = line_height(SMALL) * 1.08
HEAD = line_height(SMALL) * 1.3
GAP = 0.07
"""Inches between a mark and its label."""


@dataclass(frozen=True)
class Item:
    """A label placed beside its mark. Positions in inches from the left end of the axes."""

    first: float
    last: float
    text: str
    tail: str
    """The end of the text that is never cut."""
    kind: str
    row: int = 0
    side: str = "right"

    @property
    def label(self) -> str:
        """The whole text."""
        return f"{self.text}{self.tail}"


@dataclass(frozen=True)
class Layout:
    """Where everything of a timeline stands."""

    past: tuple[Item, ...]
    due: tuple[Item, ...]
    past_note: str
    due_note: str

    @property
    def rows(self) -> int:
        """Rows needed under the head line."""
        return max([item.row + 1 for item in (*self.past, *self.due)], default=0)

    @property
    def height(self) -> float:
        """Inches needed."""
        return HEAD + self.rows * ROW + 0.06


def layout(data: Fan, limits: tuple[float, float], room: float) -> Layout:
    """Choose what is named and where, for axes `room` inches wide that show the days `limits`."""
    per_day = room / (limits[1] - limits[0])

    def place(day: float) -> float:
        return (day - limits[0]) * per_day

    start = place(at(data.start) - 0.5)
    end = room
    seen = [event for event in data.history if at(event.on) >= limits[0] + 0.06 / per_day]
    named = sorted(sorted(seen, key=lambda event: (-abs(event.push), -at(event.on)))[:MOST_PAST], key=lambda e: e.on)
    past = [
        Item(place(at(event.on)), place(at(event.on)), f"{say(event.on)} {event.label}", "", MARK[direction(event)])
        for event in named
    ]
    due = []
    for entry in data.calendar:
        when = say(entry.first) if entry.first == entry.last else f"{say(entry.first)}–{say(entry.last)}"
        kind = "assumed" if entry.assumed else "entry"
        due.append(Item(place(at(entry.first)), place(at(entry.last)), f"{when} {entry.label}", f": {entry.note}", kind))
    placed_past, _ = _pack(past, 0.0, start - 0.05, prefer="left", rows=MOST_PAST)
    placed_due, left_out = _pack(due, start + 0.03, end, prefer="right", rows=MOST_ROWS)
    older = len(data.history) - len(seen)
    more = len(seen) - len(placed_past)
    notes = [f"+{more} marked, not named"] if more else []
    notes += [f"+{older} earlier"] if older else []
    past_note = "Observed" + (f" ({'; '.join(notes)})" if notes else "") if data.history else ""
    due_note = "Calendar: probability that it happens" if data.calendar else ""
    if left_out:
        due_note += f" (+{left_out} not named)"
    return Layout(tuple(placed_past), tuple(placed_due), past_note, due_note)


def timeline(ax: Axes, data: Fan, plan: Layout) -> Axes:
    """Draw the timeline on axes that share the fan's time axis.

    Left of the start line the observed events that usually move the index most; right of it the calendar, each entry
    with the probability that came out (and the stated one where they differ) and the scenario's assumptions.
    """
    height = inches(ax)[1]
    limits = ax.get_xlim()
    per_inch = (limits[1] - limits[0]) / inches(ax)[0]
    ax.set_ylim(-height, 0)
    start = at(data.start) - 0.5
    for item in (*plan.past, *plan.due):
        y = -(HEAD + (item.row + 0.5) * ROW)
        x0, x1 = limits[0] + item.first * per_inch, limits[0] + item.last * per_inch
        colour = BEFORE if item.kind in MARK.values() else CALENDAR
        if item.first == item.last:
            marker = {"entry": "D", "assumed": "s"}.get(item.kind, item.kind)
            ax.plot([x0, x0], [y, 0], color=colour, linewidth=0.6, alpha=0.45, zorder=1)
            ax.plot([x0], [y], marker=marker, markersize=4.5, markeredgewidth=0, color=colour, zorder=4, gid="mark")
        else:
            ax.plot([x0, x1], [y, y], color=colour, linewidth=3.5, alpha=0.55, solid_capstyle="butt", zorder=3)
        right = item.side == "right"
        ax.text(
            x1 + GAP * per_inch if right else x0 - GAP * per_inch,
            y,
            item.label,
            ha="left" if right else "right",
            va="center_baseline",
            fontsize=SMALL,
            color=INK,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
            zorder=2,
            gid="past" if item.kind in MARK.values() else "due",
        )
    head = -HEAD * 0.5
    inset = 0.06 * per_inch
    for x, side, note in ((start - inset, "right", plan.past_note), (start + inset, "left", plan.due_note)):
        if note:
            ax.text(x, head, note, ha=side, va="center_baseline", fontsize=SMALL, color=SOFT, style="italic", gid="head")
    ax.axvline(start, color=INK, linewidth=1.1, zorder=6)
    ax.set_yticks([])
    ax.grid(axis="x", color=GRID, linewidth=0.6)
    ax.set_axisbelow(True)
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    return ax


def _pack(items: list[Item], low: float, high: float, *, prefer: str, rows: int) -> tuple[list[Item], int]:
    """Give every item, in order, the first row and side where its label is free; count those that find none."""
    taken: list[list[tuple[float, float]]] = [[] for _ in range(rows)]
    placed: list[Item] = []
    left_out = 0
    sides = ("left", "right") if prefer == "left" else ("right", "left")
    for item in items:
        rooms = {"right": high - item.last - GAP, "left": item.first - GAP - low}
        widest = max(rooms.values())
        tail = width_of(item.tail, SMALL) if item.tail else 0.0
        text = shorten(item.text, SMALL, max(0.3, widest - tail - 0.02))
        need = width_of(text, SMALL) + tail
        spots = []
        for rank, side in enumerate(sides):
            if need > rooms[side]:
                continue
            slot = (item.first - 0.05, item.last + GAP + need) if side == "right" else (item.first - GAP - need, item.last + 0.05)
            row = next((r for r in range(rows) if all(slot[1] + 0.1 < a or b + 0.1 < slot[0] for a, b in taken[r])), None)
            if row is not None:
                spots.append((row if prefer == "right" else 0, rank, row, side, slot))
        if not spots:
            left_out += 1
            continue
        _, _, row, side, slot = min(spots)
        taken[row].append(slot)
        placed.append(Item(item.first, item.last, text, item.tail, item.kind, row, side))
    return placed, left_out
