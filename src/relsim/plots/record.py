"""The record of an event table: mean value on top, each event's counts below, gaps grey.

With two directions the counts of one rise above the line and those of the other hang below it; acts of both stand
above. With more directions the busiest are drawn as lines.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from relsim.plots.style import (
    FAINT,
    GRID,
    INK,
    LINES,
    SMALL,
    SOFT,
    TEXT,
    TITLE,
    WIDTH,
    at,
    date_axis,
    house_style,
    line_height,
    panel,
    say,
    sheet,
    shorten,
    width_of,
    wrap,
)
from relsim.result.record import EventRecord, EventSeries, Period

LEFT = 0.2
BOTH = "#7d7d7d"
"""Acts of both parties."""
MOST_LINES = 4
FEW = 60
"""Periods below which each is marked by a dot."""
MOST_PANELS = 30
WHOLE = 0.8
"""Share of a period's days below which it is drawn pale."""
VALUE_HEIGHT = 1.35
TALL = 0.72
PALE = 0.4


def save_record(record: EventRecord, path: Path, title: str) -> Path:
    """Draw a record and save it as a PNG without a time of writing."""
    with house_style():
        figure = record_figure(record, title)
        figure.savefig(path, format="png", metadata={"Title": title, "Software": "relsim"})
    return path


def record_figure(record: EventRecord, title: str) -> Figure:
    """The whole figure; at most ``MOST_PANELS`` events, the most frequent ones."""
    names = _chosen(record)
    ways = _directions(record)
    columns = 1 if len(names) <= 2 else 2 if len(names) <= 8 else 3
    rows = math.ceil(len(names) / columns)
    valued = any(v is not None for series in record.values.values() for v in series)
    explained = _explained(record, ways, len(names))
    lines = [line for text in explained for line in wrap(text, TEXT, WIDTH - 2 * LEFT, 2)]
    head = 0.18 + line_height(TITLE) + len(lines) * line_height(TEXT) + 0.42
    above, below, gap, left = 0.27, 0.12, 0.5, 0.55
    value = VALUE_HEIGHT + 0.62 if valued else 0.0
    full = head + value + rows * (above + TALL + below) + 0.5
    figure = sheet(full)
    _write(figure, LEFT, full - 0.18 - line_height(TITLE) * 0.8, shorten(title, TITLE, WIDTH - 0.4), TITLE, INK, True)
    for i, line in enumerate(lines):
        _write(figure, LEFT, full - 0.18 - line_height(TITLE) - (i + 0.8) * line_height(TEXT), line, TEXT, SOFT)
    _key(figure, full - head + 0.2, record, ways)
    if valued:
        ax = panel(figure, left, full - head - VALUE_HEIGHT - 0.2, WIDTH - left - LEFT, VALUE_HEIGHT)
        _values(ax, record, ways)
        _span(ax, record, WIDTH - left - LEFT, labelled=True)
    width = (WIDTH - left - LEFT - gap * (columns - 1)) / columns
    for i, name in enumerate(names):
        row, column = i // columns, i % columns
        y = full - head - value - row * (above + TALL + below) - above - TALL
        ax = panel(figure, left + column * (width + gap), y, width, TALL)
        _events(ax, record, name, ways)
        _span(ax, record, width, labelled=i + columns >= len(names))
        worth = f"  {record.mean_value[name] + 0.0:+.1f}".replace("-0.0", "+0.0") if name in record.mean_value else ""
        worth = worth.replace("-", "−")
        text = shorten(name, SMALL, width - width_of(worth, SMALL), bold=True)
        over = 1 + 0.07 / TALL
        label = ax.text(0, over, text, transform=ax.transAxes, fontsize=SMALL, fontweight="bold", color=INK)
        label.set_gid("title")
        if worth:
            x = width_of(text, SMALL, bold=True) / width
            ax.text(x, over, worth, transform=ax.transAxes, fontsize=SMALL, color=SOFT)
    return figure


def _chosen(record: EventRecord) -> list[str]:
    """The events drawn, from cooperation to conflict where values are known, else the most frequent first."""
    totals: dict[str, int] = {}
    ways = [*_directions(record), "both"]
    for series in record.series:
        if series.direction not in ways:
            continue
        totals[str(series.event)] = totals.get(str(series.event), 0) + series.total
    names = sorted(totals, key=lambda name: (-totals[name], name))[:MOST_PANELS]
    if not record.mean_value:
        return names
    return sorted(names, key=lambda name: (-record.mean_value.get(name, 0.0), name))


def _directions(record: EventRecord) -> list[str]:
    """Directions that have a colour."""
    return [series.direction for series in record.directions if series.direction != "both"][:MOST_LINES]


def _colour(ways: Sequence[str], way: str) -> str:
    return LINES[ways.index(way)] if way in ways else BOTH


def _explained(record: EventRecord, ways: Sequence[str], shown: int) -> list[str]:
    first, last = record.periods[0].first, record.periods[-1].last
    what = f"Events by {record.by}, {say(first, year=True)} to {say(last, year=True)}, {record.events:,} in all."
    if record.mean_value:
        what += " Beside each name its mean value, −10 conflict to +10 cooperation."
    number = len({series.event for series in record.series})
    more = f" {shown} of {number} events are shown." if number > shown else ""
    if len(record.directions) > len(ways) + any(s.direction == "both" for s in record.directions):
        more += f" The {len(ways)} busiest of {len(record.directions)} directions."
    return [what + more]


def _key(figure: Figure, y: float, record: EventRecord, ways: Sequence[str]) -> None:
    """Colours by name, at `y` inches."""
    entries = [(_colour(ways, way), way + (_side(ways, way))) for way in ways]
    if any(series.direction == "both" for series in record.directions):
        entries.append((BOTH, "acts of both"))
    x = LEFT + 0.02
    for colour, text in entries:
        box = panel(figure, x, y, 0.16, 0.11)
        box.set_axis_off()
        box.add_patch(_rectangle(colour))
        _write(figure, x + 0.23, y + 0.01, text, SMALL, INK)
        x += 0.23 + width_of(text, SMALL) + 0.3
    notes = []
    if record.gaps:
        notes.append("no data" if record.coverage_declared else "silence that chance hardly explains")
    for text in notes:
        box = panel(figure, x, y, 0.16, 0.11)
        box.set_axis_off()
        box.add_patch(_rectangle(FAINT, 0.6))
        _write(figure, x + 0.23, y + 0.01, text, SMALL, INK)
        x += 0.23 + width_of(text, SMALL) + 0.3
    if any(not _is_whole(record, period) for period in record.periods):
        text = f"pale: {record.by} covered in part"
        _write(figure, x, y + 0.01, text, SMALL, SOFT)


def _rectangle(colour: str, alpha: float = 1.0) -> Rectangle:
    """A swatch of the key."""
    return Rectangle((0, 0), 1, 1, facecolor=colour, linewidth=0.0, alpha=alpha)


def _side(ways: Sequence[str], way: str) -> str:
    if len(ways) != 2:
        return ""
    return " (up)" if way == ways[0] else " (down)"


def _is_whole(record: EventRecord, period: Period) -> bool:
    length = 7 if record.by == "week" else 30
    return period.days >= WHOLE * length


def _values(ax: Axes, record: EventRecord, ways: Sequence[str]) -> None:
    """Mean value of each direction by period."""
    middles = [(at(p.first) + at(p.last) + 1) / 2 for p in record.periods]
    drawn = [v for way in ways for v in record.values.get(way, ()) if v is not None]
    for way in ways:
        values = [math.nan if v is None else v for v in record.values.get(way, ())]
        colour = _colour(ways, way)
        few = len(values) < FEW
        ax.plot(middles, values, color=colour, linewidth=1.4 if few else 0.8, marker="o", markersize=3 if few else 0)
    low, high = min([*drawn, 0.0]), max([*drawn, 0.0])
    edge = 0.08 * (high - low or 1)
    ax.set_ylim(low - edge, high + edge)
    ax.axhline(0, color=SOFT, linewidth=0.7)
    ax.grid(axis="y", color=GRID, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.text(
        0, 1 + 0.07 / VALUE_HEIGHT, "Mean value of events, cooperation up", transform=ax.transAxes, fontsize=SMALL,
        fontweight="bold", color=INK,
    )  # fmt: skip


def _events(ax: Axes, record: EventRecord, name: str, ways: Sequence[str]) -> None:
    """Counts of one event by period."""
    mine = [series for series in record.series if series.event == name]
    if len(ways) <= 2:
        high, low = 0, 0
        for series in mine:
            sign = -1 if len(ways) == 2 and series.direction == ways[1] else 1
            _bars(ax, record, series, sign, _colour(ways, series.direction))
            most = max((n or 0) for n in series.counts)
            high, low = (max(high, most), low) if sign > 0 else (high, max(low, most))
        ax.set_ylim(-1.12 * low - 0.1 * high * (not low), 1.12 * high + 0.1 * low * (not high) or 1)
        if low == 0 and high == 0:
            return
        marks = [mark for mark, shown in ((high, high > 0.18 * low), (0, True), (-low, low > 0.18 * high)) if shown]
        ax.set_yticks(marks, [f"{abs(mark):,}" for mark in marks])
        ax.axhline(0, color=SOFT, linewidth=0.7)
        return
    middles = [(at(p.first) + at(p.last) + 1) / 2 for p in record.periods]
    most = 0
    for series in mine:
        if series.direction not in ways and series.direction != "both":
            continue
        counts = [math.nan if n is None else n for n in series.counts]
        few = len(counts) < FEW
        ax.plot(
            middles, counts, color=_colour(ways, series.direction), linewidth=1.2 if few else 0.8, marker="o",
            markersize=2.5 if few else 0,
        )  # fmt: skip
        most = max(most, *(n or 0 for n in series.counts))
    ax.set_ylim(0, 1.12 * most or 1)
    ax.set_yticks([0, most] if most else [0], [f"{n:,}" for n in ([0, most] if most else [0])])


def _bars(ax: Axes, record: EventRecord, series: EventSeries, sign: int, colour: str) -> None:
    """One bar a period, pale where it is covered in part."""
    for whole, alpha in ((True, 1.0), (False, PALE)):
        boxes = []
        for period, count in zip(record.periods, series.counts):
            if count and _is_whole(record, period) == whole:
                a, b = at(period.first), at(period.last) + 1
                edge = 0.08 * (b - a)
                top = sign * count
                boxes.append([(a + edge, 0), (a + edge, top), (b - edge, top), (b - edge, 0)])
        if boxes:
            edges = 0.0 if len(record.periods) < 3 * FEW else 0.6  # a bar of less than a dot would fade
            ax.add_collection(
                PolyCollection(boxes, facecolors=colour, edgecolors=colour, alpha=alpha, linewidths=edges)
            )


def _span(ax: Axes, record: EventRecord, room: float, *, labelled: bool) -> None:
    """The time axis and the gaps."""
    first, last = record.periods[0].first, record.periods[-1].last
    ax.set_xlim(at(first), at(last) + 1)
    for a, b in record.gaps:
        ax.axvspan(at(a), at(b + timedelta(days=1)), facecolor=FAINT, alpha=0.6, linewidth=0.0, zorder=0)
    date_axis(ax, first, last, room=room)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.spines["bottom"].set_visible(labelled)
    ax.tick_params(axis="y", length=2, pad=2)
    if not labelled:
        ax.tick_params(axis="x", labelbottom=False, length=0)


def _write(figure: Figure, x: float, y: float, text: str, size: float, colour: str, bold: bool = False) -> None:
    """One line of text with its foot at `x`, `y` inches."""
    width, full = figure.get_size_inches()
    weight = "bold" if bold else "normal"
    figure.text(x / width, y / full, text, fontsize=size, color=colour, fontweight=weight, va="baseline")
