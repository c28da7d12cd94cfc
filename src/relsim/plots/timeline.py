"""Under a fan: a strip on its time axis that shows when things are due, and lists that name what was and what is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from relsim.plots.data import Appointment, Fan, Happening
from relsim.plots.fan import MARK, direction
from relsim.plots.frame import LEFT, write
from relsim.plots.style import (
    BEFORE,
    CALENDAR,
    GRID,
    INK,
    SMALL,
    SOFT,
    WIDTH,
    at,
    inches,
    line_height,
    panel,
    say,
    spread_out,
    width_of,
    wrap,
)

MOST_ENTRIES = 24
"""Calendar entries listed at most; the rest are counted."""
LEAST_PAST = 1.3
"""Inches that the list of observed events may take though the calendar's is shorter."""
MOST_LINES = 3
ROW = line_height(SMALL) * 1.1
APART = 0.03
"""Inches between two entries of a list."""
SIGN = 0.26
"""Inches of a list for number or mark."""
ALONE = 6.5
"""Inches across of a list that stands alone."""
BETWEEN = 0.4
"""Inches between the two lists."""
LEADER = 0.13
"""Inches from the strip's top to the numbers."""


@dataclass(frozen=True)
class TimelineItem:
    """An entry of a list: its number or mark, its text in lines, and what stands at the right end of the first."""

    sign: str
    lines: tuple[str, ...]
    note: str = ""

    @property
    def height(self) -> float:
        """Inches that it needs."""
        return len(self.lines) * ROW + APART


@dataclass(frozen=True)
class Listing:
    """Entries one below the other under a head, `width` inches wide, and a remark on what has no entry."""

    head: str
    entries: tuple[TimelineItem, ...]
    width: float
    remark: tuple[str, ...] = ()
    notes: str = ""
    """What the notes at the right are."""

    @property
    def height(self) -> float:
        """Inches needed."""
        return 1.25 * ROW + sum(entry.height for entry in self.entries) + len(self.remark) * ROW if self.head else 0.0


def widths(data: Fan) -> tuple[float, float]:
    """Inches across of the lists of what was observed and of what is due; both share the sheet's width."""
    full = WIDTH - 2 * LEFT
    if not data.history or not (data.calendar or data.undated):
        return ALONE, ALONE
    return 0.45 * full - BETWEEN / 2, 0.55 * full - BETWEEN / 2


def due(data: Fan, width: float) -> Listing:
    """The calendar, numbered in the order of its dates, with the probabilities that came of the simulation."""
    rows = [(f"{i}", f"{_stretch(one, data)} · {one.label}", one.note) for i, one in enumerate(data.calendar, 1)]
    rows += [("–", f"no fixed date · {text}", "") for text in data.undated]
    entries = []
    for sign, text, note in rows[:MOST_ENTRIES]:
        room = width - SIGN - width_of(note, SMALL) - 0.15
        entries.append(TimelineItem(sign, tuple(wrap(text, SMALL, room, MOST_LINES)), note))
    left_out = len(rows) - len(entries)
    remark = (f"+ {left_out} more",) if left_out else ()
    return Listing("Calendar" if rows else "", tuple(entries), width, remark, "simulated")


def observed(data: Fan, since: float, width: float, height: float) -> Listing:
    """The observed events that usually move what is shown most, as many as `height` inches hold, by date.

    Parameters
    ----------
    since : first day that the fan's axis shows, in matplotlib's days
    """
    if not data.history:
        return Listing("", (), width)
    seen = [event for event in data.history if at(event.on) >= since]
    older = [event for event in data.history if at(event.on) < since]
    chosen: list[tuple[date, TimelineItem]] = []
    room = height - 1.25 * ROW - 2 * ROW  # head and remark
    for event in sorted(seen, key=lambda event: (-abs(event.push), -at(event.on))):
        text = f"{_day(event.on, data)} · {event.label}"
        entry = TimelineItem(MARK[direction(event)], tuple(wrap(text, SMALL, width - SIGN, MOST_LINES)))
        if entry.height > room:
            break
        room -= entry.height
        chosen.append((event.on, entry))
    entries = tuple(entry for _, entry in sorted(chosen, key=lambda pair: pair[0]))
    remark = _remark(len(seen) - len(entries), older)
    return Listing("Observed", entries, width, tuple(wrap(remark, SMALL, width, 2)) if remark else ())


def _remark(unnamed: int, older: Sequence[Happening]) -> str:
    parts = [f"{unnamed} more marked at the foot"] if unnamed else []
    if older:
        parts.append(f"{len(older)} earlier, from {say(min(event.on for event in older), year=True)}")
    return "+ " + "; + ".join(parts) if parts else ""


def _stretch(entry: Appointment, data: Fan) -> str:
    first, last = entry.first, entry.last
    if first == last:
        return _day(first, data)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{_day(last, data)}"
    return f"{_day(first, data)} – {_day(last, data)}"


def _day(day: date, data: Fan) -> str:
    return say(day, year=day.year != data.start.year)


def listing(figure: Figure, x: float, top: float, shown: Listing) -> None:
    """Write a list with its left end at `x` and its top at `top` inches."""
    if not shown.head:
        return
    y = top - ROW
    write(figure, x, y, shown.head, SMALL, INK, bold=True)
    if shown.notes:
        write(figure, x + shown.width - width_of(shown.notes, SMALL), y, shown.notes, SMALL, SOFT)
    y -= 0.25 * ROW
    for entry in shown.entries:
        gid = "due" if shown.notes else "past"
        if entry.sign in MARK.values():
            ax = panel(figure, x, y - ROW, SIGN, ROW)
            ax.set_axis_off()
            ax.set(xlim=(0, 1), ylim=(0, 1))
            ax.plot([0.3], [0.5], marker=entry.sign, markersize=5, markeredgewidth=0, color=BEFORE)
        else:
            write(figure, x, y - 0.78 * ROW, entry.sign, SMALL, CALENDAR, bold=True, gid="number")
        for i, line in enumerate(entry.lines):
            write(figure, x + SIGN, y - (i + 0.78) * ROW, line, SMALL, INK, gid="rest" if i else gid)
        if entry.note:
            left = x + shown.width - width_of(entry.note, SMALL)
            write(figure, left, y - 0.78 * ROW, entry.note, SMALL, INK, gid="simulated")
        y -= entry.height
    for i, line in enumerate(shown.remark):
        write(figure, x, y - (i + 0.78) * ROW, line, SMALL, SOFT, gid="remark")


def strip_rows(data: Fan, limits: tuple[float, float], room: float) -> list[list[int]]:
    """Which entries of the calendar share a row of the strip: those of one day first, then those that last.

    Parameters
    ----------
    limits : ends of the time axis, in matplotlib's days
    room : its length in inches
    """
    per_inch = (limits[1] - limits[0]) / room
    days = [i for i, entry in enumerate(data.calendar[:MOST_ENTRIES]) if entry.first == entry.last]
    rows: list[list[int]] = [days] if days else []
    ends: list[float] = []
    for i, entry in enumerate(data.calendar[:MOST_ENTRIES]):
        if i in days:
            continue
        row = next((k for k, end in enumerate(ends) if at(entry.first) > end), len(ends))
        if row == len(ends):
            ends.append(0.0)
            rows.append([])
        ends[row] = at(entry.last) + (SIGN + 0.1) * per_inch
        rows[row + bool(days)].append(i)
    return rows


def strip_height(rows: Sequence[Sequence[int]]) -> float:
    """Inches that the strip takes."""
    return LEADER + len(rows) * ROW + 0.05 if rows else 0.0


def strip(ax: Axes, data: Fan, rows: Sequence[Sequence[int]]) -> Axes:
    """Draw a strip that shares the fan's time axis: the calendar's numbers under their days, bars of what lasts."""
    width, height = inches(ax)
    left, right = ax.get_xlim()
    per_inch = (right - left) / width
    ax.set_ylim(-height, 0)
    for k, row in enumerate(rows):
        y = -LEADER - (k + 0.5) * ROW
        entries = [data.calendar[i] for i in row]
        if entries[0].first == entries[0].last:
            gaps = [(width_of(f"{i + 1}", SMALL, bold=True) + 0.06) * per_inch for i in row]
            places = spread_out([at(entry.first) for entry in entries], gaps, left, right)
            for i, entry, place in zip(row, entries, places):
                ax.plot([at(entry.first), place], [0, -LEADER], color=CALENDAR, linewidth=0.7, gid="leader")
                _number(ax, i, place, y, "center")
            continue
        for i, entry in zip(row, entries):
            ends = at(entry.first) - 0.5, at(entry.last) + 0.5
            ax.plot(ends, [y, y], color=CALENDAR, linewidth=3.5, solid_capstyle="butt", gid="stretch")
            _number(ax, i, ends[1] + 0.05 * per_inch, y, "left")
    ax.axvline(at(data.start) - 0.5, color=INK, linewidth=1.1, zorder=6)
    ax.set_yticks([])
    ax.grid(axis="x", color=GRID, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "right", "left"]].set_visible(False)
    return ax


def _number(ax: Axes, i: int, x: float, y: float, side: str) -> None:
    ax.text(
        x, y, f"{i + 1}", ha=side, va="center_baseline", fontsize=SMALL, fontweight="bold", color=CALENDAR, gid="place"
    )
