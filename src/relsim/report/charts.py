"""Interactive charts as plotly figures, and what stands around one on a page. Floor 6; plotly, lazily.

A chart is drawn by ``page.js`` from the JSON that is written here. Every trace names the groups it belongs to
(``meta.groups``); a control switches one group, and a trace is shown where all of its groups are on. A chart
has a layout for each width of screen, and says in words and in a table what it shows.
"""

from __future__ import annotations

import html
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.util import find_spec
from typing import Any

from relsim.errors import InputError
from relsim.plots.style import DASHES, FAINT, GRID, INK, LINES, SOFT
from relsim.show.hypertext import Html, details, element, paragraph

Trace = dict[str, Any]
"""A trace of a plotly figure."""

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", Arial, sans-serif'
_HOVERED = 60
"""Characters of a name in the box that a pointer opens."""
SIZE = 13
"""Pixels of a chart's text."""


def need_plotly() -> None:
    """Refuse to go on where plotly is not installed.

    Raises
    ------
    InputError
    """
    if find_spec("plotly") is None:
        raise InputError("--report needs plotly: pip install 'relsim[report]'")


@dataclass(frozen=True)
class Switch:
    """A control of one group: a box to tick, with a sample of its line."""

    group: str
    label: Html
    colour: str
    dash: str
    on: bool


@dataclass(frozen=True)
class Chart:
    """A chart with all that stands around it.

    Attributes
    ----------
    name : its id on the page
    says : what it shows, in a sentence or two, for those who do not see it
    traces, layout : the figure
    widths : what of the layout depends on the room: parts of a layout by the pixels from which on they hold
    reading : how ``page.js`` says a value: ``percent`` or ``points``
    table : the same in figures, and what else would be read off it
    switches : boxes that show and hide groups
    choice : label of a list of which one group is on, and the groups with their titles
    """

    name: str
    says: str
    traces: Sequence[Trace]
    layout: Mapping[str, Any]
    widths: Mapping[int, Mapping[str, Any]]
    reading: str
    table: Html
    switches: Sequence[Switch] = ()
    choice: tuple[str, Mapping[str, str]] | None = None
    legend: str = "Show"


def text(typed: str) -> str:
    """What a user typed, as plotly shows it letter by letter: its own markup has no effect."""
    return html.escape(" ".join(typed.split()), quote=False)


def literal(typed: str) -> str:
    """A name inside a hover template, shortened, where ``%{`` would begin a variable."""
    words = " ".join(typed.split())
    return text(words if len(words) <= _HOVERED else words[: _HOVERED - 1].rstrip() + "…").replace("%{", "% {")


def look(number: int) -> tuple[str, str]:
    """Colour and dash of line ``number``: 25 pairs, neighbours differing in both."""
    dash = DASHES[(number + number // len(DASHES)) % len(DASHES)][1]
    return LINES[number % len(LINES)], "solid" if dash is None else ",".join(f"{2 * part:g}px" for part in dash)


NARROW, MEDIUM, WIDE = 0, 600, 900
"""Pixels from which on a chart has the layout of a telephone, of a printed page, of a screen."""
ROOM = {NARROW: 350, MEDIUM: 670, WIDE: 960}
"""Pixels that a chart of each layout is taken to have when text is fitted."""


def base_layout() -> dict[str, Any]:
    """What all charts share; no template, so that releases of plotly do not differ in it."""
    return {
        "font": {"family": FONT, "size": SIZE, "color": INK},
        "paper_bgcolor": "white",
        "plot_bgcolor": "white",
        "showlegend": False,
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": "white", "bordercolor": SOFT, "font": {"family": FONT, "size": SIZE, "color": INK}},
        "margin": {"l": 56, "r": 16, "t": 12, "b": 36},
        "dragmode": "zoom",
    }


def date_axis(first: date, last: date) -> dict[str, Any]:
    """A time axis; the year stands under the first tick of each year."""
    return {
        "type": "date",
        "range": [f"{first - timedelta(1)} 12:00", f"{last} 12:00"],
        "tickformat": "%b\n%Y" if (last - first).days > 150 else "%-d %b\n%Y",
        "hoverformat": "%-d %b %Y",
        "linecolor": FAINT,
        "ticks": "outside",
        "tickcolor": FAINT,
        "showgrid": False,
        "zeroline": False,
    }


def value_axis(title: str, low: float, high: float, suffix: str = "") -> dict[str, Any]:
    """A vertical axis with a light grid."""
    return {
        "title": {"text": title, "standoff": 8},
        "range": [low, high],
        "ticksuffix": suffix,
        "gridcolor": GRID,
        "zeroline": False,
        "fixedrange": True,
    }


def figure_json(chart: Chart) -> str:
    """The chart as JSON that may stand inside a script element; the same chart gives the same bytes.

    plotly checks the names and values of all that is set.
    """
    import plotly.graph_objects as go

    layout = {**chart.layout, "template": go.layout.Template()}
    figure = go.Figure(data=list(chart.traces), layout=layout).to_plotly_json()
    for part in chart.widths.values():
        go.Layout(**part)
    body = {
        "data": figure["data"],
        "layout": {**figure["layout"], "template": {}},
        "widths": {str(least): dict(part) for least, part in sorted(chart.widths.items())},
        "reading": chart.reading,
    }
    written = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return written.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e").replace("\u2028", "\\u2028")


def placed(chart: Chart, *head: str) -> Html:
    """The chart on the page: what is put above it, controls, drawing, readout, and its numbers in a table."""
    controls = list(head)
    if chart.choice is not None:
        controls.append(_choice(chart.name, *chart.choice))
    if chart.switches:
        controls.append(_switches(chart))
    drawing = element(
        "div",
        {
            "class": "chart",
            "id": chart.name,
            "role": "group",
            "aria-roledescription": "chart",
            "tabindex": "0",
            "aria-label": chart.says,
            "aria-describedby": f"{chart.name}-hint",
            "style": f"min-height:{max(part['height'] for part in chart.widths.values())}px",
        },
    )
    return element(
        "figure",
        {},
        *controls,
        drawing,
        element(
            "p",
            {"class": "hint", "id": f"{chart.name}-hint"},
            "Point at a day to read its values. By keyboard: arrow keys move by a day, Page keys by a month.",
        ),
        element("p", {"class": "readout", "id": f"{chart.name}-readout", "aria-live": "polite"}),
        element("figcaption", {"class": "hidden"}, chart.says),
        element("noscript", {}, paragraph("The chart needs JavaScript; the table below has its numbers.")),
        details("The names and numbers of this chart", chart.table, kind="numbers"),
        element("script", {"type": "application/json", "id": f"{chart.name}-data"}, Html(figure_json(chart))),
    )


def _switches(chart: Chart) -> Html:
    boxes = []
    for switch in chart.switches:
        box = {"type": "checkbox", "data-chart": chart.name, "data-group": switch.group}
        if switch.on:
            box["checked"] = ""
        boxes.append(element("label", {}, element("input", box), sample(switch.colour, switch.dash), switch.label))
    return element("fieldset", {"class": "switches"}, element("legend", {}, chart.legend), *boxes)


def _choice(chart: str, label: str, groups: Mapping[str, str]) -> Html:
    options = [element("option", {"value": group}, title) for group, title in groups.items()]
    return element(
        "label",
        {"class": "choice"},
        f"{label} ",
        element("select", {"data-chart": chart}, *options),
    )


def sample(colour: str, dash: str) -> Html:
    """A piece of a line as it is drawn in a chart."""
    line = {"x1": "1", "y1": "6", "x2": "35", "y2": "6", "stroke": colour, "stroke-width": "2.5"}
    if dash != "solid":
        line["stroke-dasharray"] = dash.replace("px", "")
    return element(
        "svg",
        {"class": "sample", "width": "36", "height": "12", "aria-hidden": "true"},
        element("line", line),
    )


def iso(days: Sequence[date]) -> list[str]:
    """Days as plotly reads them."""
    return [day.isoformat() for day in days]


def rounded(values: Sequence[float], decimals: int) -> list[float | None]:
    """A series with no more decimals than can be seen; None for what is not a number."""
    return [round(value, decimals) + 0.0 if math.isfinite(value) else None for value in values]
