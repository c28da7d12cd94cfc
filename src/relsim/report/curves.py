"""By when: the probability that each outcome has become certain, over time. Floor 6."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from relsim.plots.cumulative import SMOOTH
from relsim.plots.data import Course
from relsim.plots.style import say
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
    look,
    rounded,
    text,
    value_axis,
)
from relsim.result import rounded as percent
from relsim.show.hypertext import Html, element, table, together
from relsim.show.values import Column

SHOWN = 5
"""Outcomes that are shown at first; the boxes show the others."""
READ = 6
"""Dates of which the table has the probabilities, about."""
HEIGHT = {NARROW: 300, MEDIUM: 340, WIDE: 400}


def by_when(courses: Sequence[Course], start: date, end: date) -> Chart:
    """A rising line for each outcome, in the order given."""
    traces, switches = [], []
    for i, course in enumerate(courses):
        colour, dash = look(i)
        traces.append(line(course, colour, dash, [course.name], course.title, i < SHOWN))
        switches.append(Switch(course.name, _label(course), colour, dash, i < SHOWN))
    return Chart(
        name="by-when",
        says="Probability that each outcome has become certain by each day. At the end of the window: "
        + "; ".join(f"{course.title} {course.text}" for course in courses[:SHOWN])
        + ("; the others are in the table." if len(courses) > SHOWN else "."),
        traces=traces,
        layout={
            **base_layout(),
            "xaxis": date_axis(start, end),
            "yaxis": value_axis("probability by then", 0, 100, " %"),
        },
        widths=widths(),
        reading="percent",
        table=_table(courses),
        switches=switches,
        legend="Outcomes shown",
    )


def widths() -> dict[int, dict[str, object]]:
    """Layouts of a chart of curves."""
    return {
        NARROW: {"height": HEIGHT[NARROW], "margin": {"l": 56, "r": 12, "t": 12, "b": 44}, "xaxis": {"nticks": 5}},
        MEDIUM: {"height": HEIGHT[MEDIUM], "margin": {"l": 62, "r": 20, "t": 12, "b": 44}},
        WIDE: {"height": HEIGHT[WIDE], "margin": {"l": 62, "r": 24, "t": 12, "b": 44}},
    }


def line(course: Course, colour: str, dash: str, groups: Sequence[str], name: str, visible: bool) -> Trace:
    """One outcome's curve: in steps, or from day to day where steps could not be seen."""
    return {
        "x": iso(course.dates),
        "y": rounded([100 * value for value in course.probability], 2),
        "mode": "lines",
        "line": {
            "color": colour,
            "width": 2.2,
            "dash": dash,
            "shape": "linear" if len(course.dates) > SMOOTH else "hv",
        },
        "name": text(name),
        "meta": {"groups": list(groups), "name": name},
        "visible": visible,
        "hovertemplate": "%{y:.0f} %  " + literal(name) + "<extra></extra>",
    }


def _label(course: Course) -> Html:
    parts: list[str] = [element("span", {}, course.title), " ", element("b", {}, course.text)]
    return together(parts)


def _table(courses: Sequence[Course]) -> Html:
    dates = courses[0].dates if courses else ()
    every = max(1, round(len(dates) / READ))
    days = [*range(every - 1, len(dates) - every // 2, every), len(dates) - 1] if dates else []
    days = list(dict.fromkeys(days))
    return table(
        "Probability that it has come true by the end of",
        [Column("Outcome"), *(Column(say(dates[i], year=True), "number") for i in days)],
        [[course.title, *(percent(course.probability[i]) for i in days)] for course in courses],
    )
