"""Charts of a comparison: scenarios laid over each other, their differences, their curves. Floor 6."""

from __future__ import annotations

import math
from collections.abc import Sequence

from relsim.plots.compared import CourseSet, Gap, Overlay, Side
from relsim.plots.data import number
from relsim.plots.style import DASHES, INK, LINES, say
from relsim.report.charts import (
    MEDIUM,
    NARROW,
    WIDE,
    Chart,
    Switch,
    Trace,
    base_layout,
    date_axis,
    iso,
    literal,
    rounded,
    text,
    value_axis,
)
from relsim.report.curves import line, widths
from relsim.report.fans import grade_bands
from relsim.show.hypertext import Html, element, table
from relsim.show.values import Column

SHOWN = 5
"""Scenarios that are shown at first."""
READ = 7
"""Days of which a table has the values, about."""
_COLOURS = LINES[:4]
"""The baseline is black; the others are not."""


def look_of(side: Side) -> tuple[str, str]:
    """Colour and dash of a side; the first five look as in the figures."""
    if side.rank == 0:
        return INK, "solid"
    turn = (side.rank - 1) // len(_COLOURS)
    dash = DASHES[(side.rank + 2 * turn) % len(DASHES)][1]
    return _COLOURS[(side.rank - 1) % len(_COLOURS)], "solid" if dash is None else ",".join(
        f"{2 * d:g}px" for d in dash
    )


def overlay_chart(data: Overlay) -> Chart:
    """Medians and the middle 80 % of an index in all scenarios."""
    traces: list[Trace] = []
    for strand in data.strands:
        colour, dash = look_of(strand.side)
        traces += _band(strand.side, iso(strand.dates), rounded(strand.low, 3), rounded(strand.high, 3), 0.06, 0.8)
        traces.append(
            {
                "x": iso(strand.dates),
                "y": rounded(strand.median, 3),
                "customdata": [list(pair) for pair in zip(rounded(strand.low, 2), rounded(strand.high, 2))],
                "mode": "lines",
                "line": {"color": colour, "width": 2.4, "dash": dash},
                "meta": {"groups": [_group(strand.side)], "name": strand.side.label, "bounds": "80 % of the paths"},
                "hovertemplate": "%{y:.1f} (%{customdata[0]:.1f} to %{customdata[1]:.1f})  "
                + literal(strand.side.label)
                + "<extra></extra>",
            }
        )
    values = [value for strand in data.strands for value in (*strand.low, *strand.high) if math.isfinite(value)]
    low, high = _reach(values)
    bands, names = grade_bands(data.grades, low, high, 340)
    first = data.strands[0]
    ends = "; ".join(f"{s.side.label} {number(round(s.median[-1], 1))}" for s in data.strands)
    return Chart(
        name=f"overlay-{data.name.replace('.', '-')}",
        says=f"{data.title} in {len(data.strands)} scenarios. Medians on the last day: {ends}.",
        traces=traces,
        layout={
            **base_layout(),
            "xaxis": date_axis(first.dates[0], first.dates[-1]),
            "yaxis": value_axis(text(data.unit), low, high),
            "shapes": bands,
            "annotations": names,
        },
        widths=_with_margin(100),
        reading="points",
        table=_overlay_table(data),
        switches=switches([strand.side for strand in data.strands]),
        legend="Scenarios shown",
    )


def gap_chart(gaps: Sequence[Gap]) -> Chart:
    """The daily difference of an index between each scenario and its baseline, path by path."""
    traces: list[Trace] = []
    values = [0.0]
    for gap in gaps:
        colour, dash = look_of(gap.side)
        days = iso(gap.dates)
        middle = next((band for band in gap.bands if band.share == 0.8), None)
        if middle is not None:
            traces += _band(gap.side, days, rounded(middle.low, 3), rounded(middle.high, 3), 0.1)
            values += [*middle.low, *middle.high]
        sure = rounded(gap.low, 3), rounded(gap.high, 3)
        traces += _band(gap.side, days, *sure, 0.4)
        values += [*gap.mean, *gap.low, *gap.high]
        traces.append(
            {
                "x": days,
                "y": rounded(gap.mean, 3),
                "customdata": [list(pair) for pair in zip(*sure)],
                "mode": "lines",
                "line": {"color": colour, "width": 2.2, "dash": dash},
                "meta": {"groups": [_group(gap.side)], "name": gap.side.label, "bounds": "95 % interval"},
                "hovertemplate": "%{y:+.2f} (%{customdata[0]:+.2f} to %{customdata[1]:+.2f})  "
                + literal(gap.side.label)
                + "<extra></extra>",
            }
        )
    low, high = _reach([value for value in values if math.isfinite(value)])
    first = gaps[0]
    return Chart(
        name=f"gap-{first.name.replace('.', '-')}",
        says=f"Difference of {first.title} to the baseline by day, each path with itself. " + _largest(gaps),
        traces=traces,
        layout={
            **base_layout(),
            "xaxis": date_axis(first.dates[0], first.dates[-1]),
            "yaxis": {**value_axis("points, less the baseline", low, high), "zeroline": True, "zerolinecolor": INK},
        },
        widths=_with_margin(16, left=68),
        reading="points",
        table=_gap_table(gaps),
        switches=switches([gap.side for gap in gaps]),
        legend="Scenarios shown",
    )


def course_chart(sets: Sequence[CourseSet], sides: Sequence[Side]) -> Chart:
    """By when, one outcome at a time, in all scenarios."""
    traces = []
    for chosen in sets:
        for side, course in chosen.courses:
            colour, dash = look_of(side)
            traces.append(line(course, colour, dash, [f"outcome {chosen.name}", _group(side)], side.label, True))
    first = sets[0].courses[0][1]
    rows = []
    for chosen in sets:
        by_side = {side.name: course.text for side, course in chosen.courses}
        rows.append([chosen.title, *(by_side.get(side.name, "-") for side in sides)])
    return Chart(
        name="by-when",
        says="Probability that the chosen outcome has become certain by each day, in each scenario. The table has "
        "where the curves end.",
        traces=traces,
        layout={
            **base_layout(),
            "xaxis": date_axis(first.dates[0], first.dates[-1]),
            "yaxis": value_axis("probability by then", 0, 100, " %"),
        },
        widths=widths(),
        reading="percent",
        table=table(
            "Probability at the end of the window",
            [Column("Outcome"), *(Column(s.label, "number") for s in sides)],
            rows,
        ),
        switches=switches(sides),
        choice=("Outcome", {f"outcome {chosen.name}": chosen.title for chosen in sets}),
        legend="Scenarios shown",
    )


def switches(sides: Sequence[Side]) -> list[Switch]:
    """A box for each scenario; the first ones ticked."""
    return [
        Switch(_group(side), element("span", {}, side.label), *look_of(side), i < SHOWN) for i, side in enumerate(sides)
    ]


def _group(side: Side) -> str:
    return f"scenario {side.name}"


def _band(
    side: Side, days: list[str], low: list[float | None], high: list[float | None], opacity: float, edge: float = 0.0
) -> list[Trace]:
    """The stretch between two series in the side's colour, with edges of so many pixels."""
    colour = look_of(side)[0]
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    shared = {
        "x": days,
        "mode": "lines",
        "line": {"width": edge, "color": colour},
        "hoverinfo": "skip",
        "meta": {"groups": [_group(side)]},
    }
    return [
        {**shared, "y": low},
        {**shared, "y": high, "fill": "tonexty", "fillcolor": f"rgba({red},{green},{blue},{opacity})"},
    ]


def _reach(values: Sequence[float]) -> tuple[float, float]:
    """Ends of an axis that holds the values with a little air."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    air = 0.06 * max(high - low, 0.05)
    return round(low - air, 3), round(high + air, 3)


def _with_margin(right: int, left: int = 56) -> dict[int, dict[str, object]]:
    return {
        NARROW: {
            "height": 300,
            "margin": {"l": left - 4, "r": min(right, 78), "t": 12, "b": 44},
            "xaxis": {"nticks": 5},
        },
        MEDIUM: {"height": 340, "margin": {"l": left, "r": right, "t": 12, "b": 44}},
        WIDE: {"height": 400, "margin": {"l": left, "r": right, "t": 12, "b": 44}},
    }


def _largest(gaps: Sequence[Gap]) -> str:
    said = []
    for gap in gaps:
        known = [(abs(value), value, day) for day, value in zip(gap.dates, gap.mean) if math.isfinite(value)]
        if known:
            _, value, day = max(known, key=lambda item: item[0])
            said.append(f"{gap.side.label} at most {number(round(value, 2))}, on {say(day, year=True)}")
    return "; ".join(said) + "."


def _read(days: int) -> list[int]:
    every = max(1, round(days / READ))
    return list(dict.fromkeys([*range(every - 1, days - every // 2, every), days - 1]))


def _overlay_table(data: Overlay) -> Html:
    dates = data.strands[0].dates
    chosen = _read(len(dates))
    return table(
        f"{data.title}: median by the end of",
        [Column("Scenario"), *(Column(say(dates[i], year=True), "number") for i in chosen)],
        [
            [s.side.label, *(number(round(s.median[i], 1)) if i < len(s.median) else "-" for i in chosen)]
            for s in data.strands
        ],
    )


def _gap_table(gaps: Sequence[Gap]) -> Html:
    dates = gaps[0].dates
    chosen = _read(len(dates))
    rows = []
    for gap in gaps:
        cells = []
        for i in chosen:
            known = i < len(gap.mean) and math.isfinite(gap.mean[i])
            cells.append(_interval(gap.mean[i], gap.low[i], gap.high[i]) if known else "-")
        rows.append([gap.side.label, *cells])
    return table(
        f"{gaps[0].title}: difference to the baseline by the end of, with its 95 % interval",
        [Column("Scenario"), *(Column(say(dates[i], year=True), "number") for i in chosen)],
        rows,
    )


def _interval(mean: float, low: float, high: float) -> str:
    if not (math.isfinite(low) and math.isfinite(high)):
        return number(round(mean, 2))
    return f"{number(round(mean, 2))} ({number(round(low, 2))} to {number(round(high, 2))})"
