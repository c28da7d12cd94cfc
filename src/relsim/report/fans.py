"""The fan of an index: where it goes, what was observed before, and what is due. Floor 6."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from relsim.plots.data import Appointment, Fan, Grade, Happening, number, span
from relsim.plots.fan import direction
from relsim.plots.style import BEFORE, CALENDAR, CENTRE, FAN, GRID, GROUND, INK, SOFT, say, shorten, width_of, wrap
from relsim.report.charts import (
    MEDIUM,
    NARROW,
    ROOM,
    WIDE,
    Chart,
    Trace,
    base_layout,
    date_axis,
    iso,
    rounded,
    text,
    value_axis,
)
from relsim.show.hypertext import Html, paragraph, table, together
from relsim.show.values import Column

LEFT, HISTORY = 52, {NARROW: 0.16, MEDIUM: 0.3, WIDE: 0.28}
"""Pixels left of a chart; share of its width that history takes."""
RIGHT = {NARROW: 78, MEDIUM: 96, WIDE: 104}
"""Pixels right of a chart, for the names of the grades."""
FIELD = {NARROW: 260, MEDIUM: 300, WIDE: 360}
"""Pixels of the fan's height."""
ROW = {NARROW: 13, MEDIUM: 17, WIDE: 18}
"""Pixels of a row of the strip under the fan."""
TICKS, HEAD, TOP = 46, 20, 10
"""Pixels between fan and strip, of the strip's head line, and above the fan."""
LABEL = 9.0
"""Points of a label: 12 pixels."""
NAMED = 7
"""Observed events that are named beside the fan; all are marked in it, and listed under it."""
READ = 9
"""Days of which the table under a chart has the values, about."""
_TRIANGLES = {1: "triangle-up", 0: "circle", -1: "triangle-down"}
_RAISES = {1: "raises it", 0: "neither raises nor lowers it", -1: "lowers it"}


def fan_chart(data: Fan) -> Chart:
    """The fan with the grades behind it, and under it a strip with the names of what was observed and is due."""
    low, high = _range(data)
    rows = max(len(data.calendar), len(_named(data, WIDE)))
    layout: dict[str, Any] = {
        **base_layout(),
        "xaxis": {**date_axis(data.start, data.end), "anchor": "y"},
        "yaxis": value_axis(text(data.unit), low, high),
        "yaxis2": {"visible": False, "range": [-rows - 0.5, 0.8], "fixedrange": True},
    }
    return Chart(
        name=f"fan-{data.name.replace('.', '-')}",
        says=_sentence(data),
        traces=[*_bands(data), _median(data), *_past(data), *_marks(data, low, high), *_due(data)],
        layout=layout,
        widths={least: _layout(data, rows, least, low, high) for least in (NARROW, MEDIUM, WIDE)},
        reading="points",
        table=_tables(data),
    )


def _sentence(data: Fan) -> str:
    last = {band.share: f"{_points(band.low[-1])} to {_points(band.high[-1])}" for band in data.bands}
    return (
        f"{data.title}, {span(data.start, data.end)}{_known(data)}: the median goes from {_points(data.median[0])} to "
        f"{_points(data.median[-1])}; on the last day half of the paths lie between {last[0.5]} and 95 % between "
        f"{last[0.95]}."
    )


def _known(data: Fan) -> str:
    return f", known up to {say(data.known_to, year=True)} (dotted line)" if data.known_to else ""


def _range(data: Fan) -> tuple[float, float]:
    values = [value for band in data.bands for value in (*band.low, *band.high)]
    values += data.past.values if data.past else ()
    values = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min(values), max(values)
    middle, half = (low + high) / 2, max(high - low, 1.0) / 2
    return round(middle - 1.22 * half, 3), round(middle + 1.06 * half, 3)


def _bands(data: Fan) -> list[Trace]:
    traces = []
    for band in data.bands:
        edge = {"x": iso(data.dates), "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
        traces.append({**edge, "y": rounded(band.low, 3)})
        traces.append({**edge, "y": rounded(band.high, 3), "fill": "tonexty", "fillcolor": FAN[band.share]})
    return traces


def _median(data: Fan) -> Trace:
    bounds = [series for band in reversed(data.bands) for series in (rounded(band.low, 2), rounded(band.high, 2))]
    return {
        "x": iso(data.dates),
        "y": rounded(data.median, 3),
        "customdata": [list(day) for day in zip(*bounds)],
        "mode": "lines",
        "line": {"color": CENTRE, "width": 2.5},
        "meta": {"name": "median", "bounds": "95 % of the paths"},
        "hovertemplate": "<b>median %{y:.1f}</b><br>half of the paths: %{customdata[0]:.1f} to %{customdata[1]:.1f}<br>"
        "80 %: %{customdata[2]:.1f} to %{customdata[3]:.1f}<br>95 %: %{customdata[4]:.1f} to %{customdata[5]:.1f}"
        "<extra></extra>",
    }


def _past(data: Fan) -> list[Trace]:
    if data.past is None:
        return []
    return [
        {
            "x": iso(data.past.dates),
            "y": rounded(data.past.values, 3),
            "mode": "lines",
            "line": {"color": BEFORE, "width": 1.6, "dash": "6px,2px"},
            "meta": {"name": "as replayed from what was observed"},
            "hovertemplate": "as replayed %{y:.1f}<extra></extra>",
        }
    ]


def _marks(data: Fan, low: float, high: float) -> list[Trace]:
    if not data.history:
        return []
    foot = low + 0.05 * (high - low)
    step = 0.012 * (high - low)
    ways = [direction(event) for event in data.history]
    return [
        {
            "x": iso([event.on for event in data.history]),
            "y": [round(foot + step * way, 3) for way in ways],
            "mode": "markers",
            "marker": {"symbol": [_TRIANGLES[way] for way in ways], "size": 8, "color": BEFORE, "opacity": 0.8},
            "hovertext": [text(event.label) for event in data.history],
            "hoverinfo": "text",
        }
    ]


def _due(data: Fan) -> list[Trace]:
    traces: list[Trace] = []
    for row, entry in enumerate(data.calendar):
        lasts = entry.last > entry.first
        traces.append(
            {
                "x": iso([entry.first, entry.last] if lasts else [entry.first]),
                "y": [-row - 1] * (2 if lasts else 1),
                "yaxis": "y2",
                "mode": "lines" if lasts else "markers",
                "line": {"color": CALENDAR, "width": 4},
                "marker": {"symbol": "square" if entry.assumed else "diamond", "size": 8, "color": CALENDAR},
                "hovertext": text(f"{entry.label}: {entry.note}"),
                "hoverinfo": "text",
            }
        )
    return traces


def _layout(data: Fan, rows: int, least: int, low: float, high: float) -> dict[str, Any]:
    """What depends on the room."""
    room = ROOM[least] - LEFT - RIGHT[least]
    first = _first(data, least)
    per_day = room / ((data.end - first).days + 1)
    strip = HEAD + ROW[least] * (rows + 0.5) if rows else 0.0
    field = FIELD[least]
    inner = field + (TICKS + strip if rows else 0.0)
    foot = round(strip / inner, 4)
    axis: dict[str, Any] = {"range": [f"{first - timedelta(1)} 12:00", f"{data.end} 12:00"]}
    if least == NARROW:
        axis["nticks"] = 5
    shapes, notes = grade_bands(data.grades, low, high, field)
    shapes += [_line(data.start - timedelta(1), INK, "12:00", 1.4, "solid")]
    if data.known_to is not None:
        shapes += [_line(data.known_to, INK, "12:00", 1.4, "dot")]
    shapes += [_line(entry.first, GRID, "00:00", 1, "dot") for entry in data.calendar]
    if least != NARROW and rows:
        named = _named(data, least)
        shapes += [
            {**_line(event.on, GRID, "00:00", 1, "dot"), "y1": round(foot + TICKS / inner, 4)} for event in named
        ]
        notes += _observed(named, data.start, first, per_day, 2 if rows >= 2 * len(named) - 1 else 1)
        if data.history:
            notes.append(_note(data.start, 0, "<i>Observed</i>", "right", SOFT))
    if data.calendar:
        head = "Calendar: probability that it happens" if least != NARROW else "Calendar"
        notes.append(_note(data.start, 0, f"<i>{head}</i>", "left", SOFT))
    for row, entry in enumerate(data.calendar):
        notes.append(_name(entry, row + 1, data, per_day, least))
    return {
        "height": round(TOP + inner + (6 if rows else TICKS)),
        "margin": {"l": LEFT, "r": RIGHT[least], "t": TOP, "b": 6 if rows else TICKS},
        "xaxis": axis,
        "yaxis": {"domain": [round((inner - field) / inner, 4), 1]},
        "yaxis2": {"domain": [0, max(foot, 0.001)]},
        "shapes": shapes,
        "annotations": notes,
    }


def _named(data: Fan, least: int) -> list[Happening]:
    """The observed events in view that usually move the index most, by date."""
    seen = [event for event in data.history if event.on >= _first(data, least)]
    return sorted(sorted(seen, key=lambda event: -abs(event.push))[:NAMED], key=lambda event: event.on)


def _first(data: Fan, least: int) -> date:
    if not data.history and data.past is None:
        return data.start - timedelta(1)
    window = (data.end - data.start).days + 1
    share = HISTORY[least]
    return data.start - timedelta(math.ceil(window * share / (1 - share)))


def grade_bands(
    grades: Sequence[Grade], low: float, high: float, field: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Grades behind a chart of so many pixels' height, as shapes and as names in its right margin."""
    shapes, notes = [], []
    for i, grade in enumerate(grades):
        below = low if grade.low is None else max(low, grade.low)
        above = high if grade.high is None else min(high, grade.high)
        if below >= above:
            continue
        shapes.append(
            {
                "type": "rect",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "y0": round(below, 3),
                "y1": round(above, 3),
                "fillcolor": GROUND[i % 2],
                "line": {"width": 0},
                "layer": "below",
            }
        )
        if (above - below) / (high - low) * field >= 14:
            notes.append(
                {
                    "xref": "paper",
                    "x": 1,
                    "y": round((below + above) / 2, 3),
                    "xanchor": "left",
                    "xshift": 4,
                    "showarrow": False,
                    "text": text(grade.name),
                    "font": {"size": 12, "color": SOFT},
                }
            )
    return shapes, notes


def _line(day: date, colour: str, hour: str, width: float, dash: str) -> dict[str, Any]:
    """An upright line through fan and strip."""
    return {
        "type": "line",
        "x0": f"{day} {hour}",
        "x1": f"{day} {hour}",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"color": colour, "width": width, "dash": dash},
        "layer": "below" if colour == GRID else "above",
    }


def _note(day: date, row: int, words: str, side: str, colour: str, shift: int = 7) -> dict[str, Any]:
    """A line of text in the strip, beginning at the ``left`` or ending at the ``right`` beside a day."""
    return {
        "x": day.isoformat(),
        "y": -row,
        "yref": "y2",
        "xanchor": side,
        "xshift": shift if side == "left" else -shift,
        "yanchor": "middle",
        "showarrow": False,
        "text": words,
        "align": side,
        "font": {"size": 12, "color": colour},
    }


def _observed(named: Sequence[Happening], start: date, first: date, per_day: float, lines: int) -> list[dict[str, Any]]:
    notes = []
    for row, event in enumerate(named):
        left, right = (event.on - first).days * per_day + LEFT - 14, (start - event.on).days * per_day - 12
        side, room = ("right", left) if left >= right else ("left", right)
        words = wrap(f"{_day(event.on, start)} · {event.label}", LABEL, room / 96, lines)
        note = _note(event.on, row * lines + 1, "<br>".join(map(text, words)), side, INK)
        notes.append({**note, "yanchor": "top", "yshift": 9})
    return notes


def _name(entry: Appointment, row: int, data: Fan, per_day: float, least: int) -> dict[str, Any]:
    """An entry's name: right of its mark if there is room, else left of it; a long bar carries it."""
    right = (data.end - entry.last).days * per_day + RIGHT[least] - 14
    left = (entry.first - data.start).days * per_day - 14
    bar = (entry.last - entry.first).days * per_day - 10
    when = _day(entry.first, data.start)
    if entry.last > entry.first:
        when = f"{when} – {_day(entry.last, data.start)}"
    label = f"{when} · {entry.label} · "
    if least == NARROW:
        label = ""
    note = entry.note.split(" (")[0] if least == NARROW else entry.note
    need = _width(label + note)
    rooms = {"left": right, "right": left, "bar": bar}
    side = next((side for side, room in rooms.items() if room >= need), max(rooms, key=lambda side: rooms[side]))
    if need > rooms[side]:
        short = shorten(entry.label, LABEL, (rooms[side] - _width(f"{when} ·  · {note}")) / 96)
        label = f"{when} · {short} · "
    if side == "bar":
        return {**_note(entry.first, row, text(label + note), "left", INK, 10), "bgcolor": "white", "borderpad": 1}
    return _note(entry.last if side == "left" else entry.first, row, text(label + note), side, INK)


def _width(words: str) -> float:
    """Pixels of one line of a label; most screens' type is a little narrower than the one that is measured."""
    return width_of(words, LABEL) * 96


def _day(day: date, start: date) -> str:
    return say(day, year=day.year != start.year)


def _points(value: float) -> str:
    return number(round(value, 1))


def _tables(data: Fan) -> Html:
    every = max(1, round(len(data.dates) / (READ - 1)))
    days = [*range(0, len(data.dates) - every // 2, every), len(data.dates) - 1]
    bands = list(reversed(data.bands))
    values = table(
        f"{data.title}, {data.unit}",
        [
            Column("End of"),
            Column("median", "number"),
            *(Column(f"{100 * band.share:g} % of the paths", "number") for band in bands),
        ],
        [
            [
                say(data.dates[i], year=True),
                _points(data.median[i]),
                *(f"{_points(band.low[i])} to {_points(band.high[i])}" for band in bands),
            ]
            for i in dict.fromkeys(days)
        ],
    )
    parts: list[str] = [values]
    if data.history:
        parts.append(
            table(
                "Observed before the start",
                [Column("Day"), Column("What"), Column("Usually")],
                [[say(event.on, year=True), event.label, _RAISES[direction(event)]] for event in data.history],
            )
        )
    if data.calendar:
        parts.append(
            table(
                "Due in the window",
                [Column("When"), Column("What"), Column("Probability")],
                [[_when(entry), entry.label, entry.note] for entry in data.calendar],
            )
        )
    if data.undated:
        parts.append(paragraph(f"Without a fixed date: {'; '.join(data.undated)}."))
    return together(parts)


def _when(entry: Appointment) -> str:
    return say(entry.first, year=True) if entry.first == entry.last else span(entry.first, entry.last)
