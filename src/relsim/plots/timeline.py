"""Names beside a fan: what was observed before the start, and what is due after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from relsim.plots.data import Fan, Happening
from relsim.plots.fan import GRADES, MARK, RUG, direction
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
    wrap,
)

MOST_PAST = 8
"""Observed events named at most; the rest are marks, and counted."""
MOST_ROWS = 16
TRIES = (*((2, n) for n in range(MOST_PAST, 4, -1)), *((1, n) for n in range(MOST_PAST, 0, -1)))
"""Lines of a label and number of labels, the best first."""
ROW = line_height(SMALL) * 1.12
HEAD = line_height(SMALL) * 1.35
GAP = 0.07
"""Inches between a mark and its label."""
CLEAR = 0.1
"""Inches between two labels of one row."""


@dataclass(frozen=True)
class Item:
    """A label beside its mark. Positions in inches, from the left end and the top of the axes."""

    first: float
    last: float
    lines: tuple[str, ...]
    kind: str
    """The mark: one of `MARK` for an observed event, ``D`` for a calendar entry, ``s`` for an assumption."""
    top: float = 0.0
    side: str = "right"

    @property
    def bar(self) -> bool:
        """Whether it lasts: a bar with its label above, instead of a mark."""
        return self.last > self.first

    @property
    def width(self) -> float:
        """Width of the label."""
        return max(width_of(line, SMALL) for line in self.lines)


@dataclass(frozen=True)
class Plan:
    """Labels of one side and a remark on what has none."""

    items: tuple[Item, ...]
    head: str
    remark: tuple[str, ...] = ()

    @property
    def foot(self) -> float:
        """Inches from the top to the end of the labels."""
        return max([item.top + len(item.lines) * ROW for item in self.items], default=HEAD)

    @property
    def height(self) -> float:
        """Inches needed, head line and remark included."""
        return self.foot + len(self.remark) * ROW + 0.06 if self.head else 0.0


def due(data: Fan, limits: tuple[float, float], room: float) -> Plan:
    """The calendar's labels for axes `room` inches wide that show the days `limits`: packed into few rows.

    They may reach into the margin where a fan names its grades: beside the strip it is empty.
    """
    per_day = room / (limits[1] - limits[0])
    start, end = (at(data.start) - 0.5 - limits[0]) * per_day + 0.04, room + GRADES - 0.15
    taken: list[list[tuple[float, float]]] = [[] for _ in range(MOST_ROWS)]
    items: list[Item] = []
    for entry in data.calendar:
        when = _stretch(entry.first, entry.last, data)
        first, last = ((at(day) - limits[0]) * per_day for day in (entry.first, entry.last))
        kind = "s" if entry.assumed else "D"
        tail = f" · {entry.note}"
        if last > first:
            sides = {"right": end - first, "left": last - start}
        else:
            sides = {"right": end - last - GAP, "left": first - GAP - start}
        longest = max(sides.values()) - width_of(tail, SMALL) - 0.03
        text = shorten(f"{when} · {entry.label}", SMALL, longest) + tail
        item = _free(Item(first, last, (text,), kind), sides, taken)
        if item is not None:
            items.append(item)
    left_out = len(data.calendar) - len(items)
    head = "Calendar: probability that it happens" + (f" (+{left_out} without a name)" if left_out else "")
    return Plan(tuple(items), head if data.calendar else "")


def observed(data: Fan, limits: tuple[float, float], room: float, height: float) -> Plan:
    """Labels of the observed events that usually move the index most, one below the other in at most
    `height` inches.

    Long ones take two lines where there is height enough.
    """
    per_day = room / (limits[1] - limits[0])
    end = (at(data.start) - 0.5 - limits[0]) * per_day
    seen = [event for event in data.history if at(event.on) >= limits[0]]
    older = [event for event in data.history if at(event.on) < limits[0]]
    ranked = sorted(seen, key=lambda event: (-abs(event.push), -at(event.on)))
    head = "Observed" if data.history else ""
    plan = Plan((), head)
    for lines, most in TRIES:
        items = _stack(ranked[:most], data, limits[0], per_day, end, lines)
        remark = _remark(len(seen) - len(items), older)
        plan = Plan(tuple(items), head, tuple(wrap(remark, SMALL, end - 0.1, 3)) if remark else ())
        if plan.height <= height:
            break
    return plan


def _stretch(first: date, last: date, data: Fan) -> str:
    if first == last:
        return _day(first, data)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{_day(last, data)}"
    return f"{_day(first, data)} – {_day(last, data)}"


def _day(day: date, data: Fan) -> str:
    return say(day, year=day.year != data.start.year)


def _stack(events: list[Happening], data: Fan, left: float, per_day: float, end: float, lines: int) -> list[Item]:
    """One item below the other, by date; each label on the side of its mark with room for it, the left if
    both.
    """
    top = HEAD
    items = []
    for event in sorted(events, key=lambda event: event.on):
        place = (at(event.on) - left) * per_day
        room_left, room_right = place - GAP - 0.04, end - place - GAP - 0.06
        text = f"{_day(event.on, data)} · {event.label}"
        side, room = ("right", room_right) if room_right > room_left else ("left", room_left)
        if width_of(text, SMALL) <= room_left:
            side, room = "left", room_left
        item = Item(place, place, tuple(wrap(text, SMALL, room, lines)), MARK[direction(event)], top, side)
        items.append(item)
        top += len(item.lines) * line_height(SMALL) + 0.035
    return items


def _remark(unnamed: int, older: list[Happening]) -> str:
    parts = [f"{unnamed} more marked at the foot"] if unnamed else []
    if older:
        parts.append(f"{len(older)} earlier, from {say(min(event.on for event in older), year=True)}")
    return "+ " + "; + ".join(parts) if parts else ""


def _free(item: Item, sides: dict[str, float], taken: list[list[tuple[float, float]]]) -> Item | None:
    """The item in the first row, on the first side, where its label is free; None where there is no such
    row.
    """
    need = item.width
    for row, slots in enumerate(taken):
        for side, room in sides.items():
            if need > room:
                continue
            if item.bar and side == "right":
                slot = (item.first, max(item.last, item.first + need))
            elif item.bar:
                slot = (min(item.first, item.last - need), item.last)
            elif side == "right":
                slot = (item.first - 0.05, item.last + GAP + need)
            else:
                slot = (item.first - GAP - need, item.last + 0.05)
            if all(slot[1] + CLEAR < a or b + CLEAR < slot[0] for a, b in slots):
                slots.append(slot)
                return replace(item, top=HEAD + row * ROW, side=side)
    return None


def timeline(ax: Axes, data: Fan, before: Plan | None, after: Plan) -> Axes:
    """Draw a strip that shares the fan's time axis: the calendar right of the start line, each entry with
    the probability that came out (and the stated one where they differ) and the scenario's assumptions;
    left of it, where `before` is given, the observed events.
    """
    start = at(data.start) - 0.5
    if before is not None:
        names(ax, data, before, rise=True)
    for item in after.items:
        _draw(ax, item, CALENDAR, "due", to=1.0)
    _head(ax, start, after.head, "left")
    ax.set_ylim(0, 1)
    ax.axvline(start, color=INK, linewidth=1.1, zorder=6)
    ax.set_yticks([])
    ax.grid(axis="x", color=GRID, linewidth=0.6)
    ax.set_axisbelow(True)
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    return ax


def names(ax: Axes, data: Fan, plan: Plan, *, rise: bool = False) -> Axes:
    """Name observed events left of the start line, from the top of the axes down.

    Thin lines lead from each mark to the marks at the fan's foot: down, or with `rise` up (from a strip
    below).
    """
    start = at(data.start) - 0.5
    for item in plan.items:
        _draw(ax, item, BEFORE, "past", to=1.0 if rise else RUG)
    _head(ax, start, plan.head, "right")
    for i, line in enumerate(plan.remark):
        _text(ax, start, 1 - (plan.foot + (i + 0.5) * ROW) / inches(ax)[1], line, "right", -5, SOFT, "remark")
    return ax


def _draw(ax: Axes, item: Item, colour: str, gid: str, *, to: float) -> None:
    width, height = inches(ax)
    left, right = ax.get_xlim()
    per_inch = (right - left) / width
    x0, x1 = left + item.first * per_inch, left + item.last * per_inch
    across = ax.get_xaxis_transform()
    y = 1 - (item.top + 0.5 * ROW) / height
    if item.bar:
        foot = 1 - (item.top + ROW - 0.012) / height
        ax.plot(
            [x0, x1],
            [foot] * 2,
            transform=across,
            color=colour,
            linewidth=2.2,
            solid_capstyle="butt",
            zorder=3,
        )
        end, side = (x0, "left") if item.side == "right" else (x1, "right")
        _text(ax, end, y + 0.01 / height, item.lines[0], side, 0, INK, gid)
        return
    ax.plot([x0, x0], [y, to], transform=across, color=colour, linewidth=0.6, alpha=0.45, zorder=1.5)
    ax.plot(
        [x0],
        [y],
        transform=across,
        marker=item.kind,
        markersize=4.5,
        markeredgewidth=0,
        color=colour,
        zorder=7,
        gid="mark",
    )
    for i, line in enumerate(item.lines):
        shift = GAP * 72 if item.side == "right" else -GAP * 72
        side = "left" if item.side == "right" else "right"
        _text(ax, x0, y - i * line_height(SMALL) / height, line, side, shift, INK, gid)


def _head(ax: Axes, start: float, text: str, side: str) -> None:
    if text:
        y = 1 - 0.5 * HEAD / inches(ax)[1]
        _text(ax, start, y, text, side, 5 if side == "left" else -5, SOFT, "head", style="italic")


def _text(
    ax: Axes,
    x: float,
    y: float,
    text: str,
    side: str,
    shift: float,
    colour: str,
    gid: str,
    style: str = "normal",
) -> None:
    """One line beside `x`, its middle at `y` of the axes' height, edged in white against lines behind."""
    ax.annotate(
        text,
        (x, y),
        xycoords=ax.get_xaxis_transform(),
        xytext=(shift, 0),
        textcoords="offset points",
        ha=side,
        va="center_baseline",
        fontsize=SMALL,
        color=colour,
        fontstyle=style,
        path_effects=[withStroke(linewidth=2.5, foreground="white")],
        zorder=8,
        gid=gid,
    )
