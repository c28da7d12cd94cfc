"""Whole figures: charts put together with title, explanation and the run's identity, and saved."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from relsim.plots.cumulative import LABELS, TITLE_LINES, TOGETHER, course, cumulative, highest
from relsim.plots.data import (
    CumulativeCurve,
    Fan,
    OutcomeBar,
    Past,
    ShownRun,
    chances_of,
    courses_of,
    fan_of,
    run_of,
    span,
)
from relsim.plots.fan import GRADES, fan, view
from relsim.plots.frame import FOOT, LEFT, Format, foot, head, save, write
from relsim.plots.outcomes import TITLES, glyph, height, outcomes
from relsim.plots.style import (
    FAINT,
    HEIGHT,
    INK,
    SMALL,
    SOFT,
    TEXT,
    WIDTH,
    house_style,
    line_height,
    panel,
    sheet,
    width_of,
    wrap,
)
from relsim.plots.timeline import LEAST_PAST, due, listing, observed, strip, strip_height, strip_rows, widths
from relsim.result import Forecast
from relsim.scenario import Scenario

MOST_TOGETHER = 15
"""Small multiples up to which each shows the other outcomes behind its own."""
MOST_VARIABLES = 8
"""Fans drawn of the variables, for a scenario without indices."""


def figures(
    forecast: Forecast,
    scenario: Scenario,
    folder: Path,
    format: Format = "png",
    *,
    past: Mapping[str, Past] | None = None,
) -> list[Path]:
    """Draw and save all figures of a run.

    Parameters
    ----------
    forecast : Forecast
    scenario : Scenario
        The scenario of the run: labels, grades, history and calendar are taken from it.
    folder : Path
        Made where it is missing. Gets ``fan-<index>``, ``outcomes`` and ``cumulative``.
    format : ``png``, ``svg`` or ``pdf``
    past : mapping of an index's name to its values before the start, optional
        Drawn left of the start line where given.

    Returns
    -------
    list of Path
        The files written. The same forecast gives the same bytes under one release of matplotlib.
    """
    folder.mkdir(parents=True, exist_ok=True)
    run = run_of(forecast)
    names = list(forecast.indices) or list(forecast.variables)[:MOST_VARIABLES]
    written = []
    with house_style():
        for name in names:
            data = fan_of(forecast, scenario, name, (past or {}).get(name))
            written.append(save(fan_page(data, run), folder / f"fan-{name}", format, data.title, run))
        if forecast.outcomes:
            chances, courses = chances_of(forecast), courses_of(forecast)
            written.append(save(outcomes_page(chances, run), folder / "outcomes", format, "Outcomes", run))
            written.append(save(cumulative_page(courses, run), folder / "cumulative", format, "By when", run))
    return written


def fan_page(data: Fan, run: ShownRun) -> Figure:
    """A fan, what is due on a strip under it, and lists that name what was observed and what is due."""
    left, right = 0.68, GRADES
    width = WIDTH - left - right
    limits = view(data, width)
    rows = strip_rows(data, limits, width)
    narrow, wide = widths(data)
    after = due(data, wide)
    before = observed(data, limits[0], narrow, max(after.height, LEAST_PAST))
    lists = max(before.height, after.height)
    under = strip_height(rows)
    bottom = FOOT + (lists + 0.1 if lists else 0.0) + 0.42
    text = (
        f"{data.title}{between(data.between)}, {span(data.start, data.end)}{_variant(run)}",
        data.meaning,
        f"Median, and bands that hold 50, 80 and 95 % of the simulated paths on each day{_sources(run)}.",
        "▲ observed event that usually raises it, ▼ lowers it, ● neither" if data.history else "",
    )
    top = head(sheet(), *text)
    tall = max(2.75, HEIGHT - top - FOOT - 0.42 - under)
    figure = sheet(top + tall + under + bottom)
    head(figure, *text)
    chart = panel(figure, left, bottom + under, width, tall)
    fan(chart, data)
    if rows:
        below = panel(figure, left, bottom, width, under)
        below.set_xlim(*chart.get_xlim())
        strip(below, data, rows)
        below.set_xticks(chart.get_xticks(), [text.get_text() for text in chart.get_xticklabels()])
        below.tick_params(axis="x", length=3, pad=2)
        chart.tick_params(axis="x", labelbottom=False, length=0)
        chart.spines["bottom"].set_color(FAINT)
    listing(figure, LEFT, FOOT + lists + 0.05, before)
    listing(figure, WIDTH - LEFT - wide if before.head else LEFT, FOOT + lists + 0.05, after)
    foot(figure, run)
    return figure


def between(names: Sequence[str]) -> str:
    """Whose relations a figure shows, after its title."""
    return f", {', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else ""


def outcomes_page(data: Sequence[OutcomeBar], run: ShownRun) -> Figure:
    """The outcomes' probabilities, with a key to both intervals."""
    left, right, bottom = TITLES + LEFT, 0.95, FOOT + 0.62
    rows = height(data)
    title, explained = (
        f"How likely: {run.title}{_variant(run)}",
        f"Probability of each outcome, {span(run.start, run.end)}.",
    )
    key = head(sheet(), title, explained) + 0.12
    figure = sheet(key + 0.28 + rows + bottom)
    full = figure.get_size_inches()[1]
    head(figure, title, explained)
    _key(figure, full - key, run)
    ax = panel(figure, left, bottom, WIDTH - left - right, rows)
    outcomes(ax, data)
    foot(figure, run)
    return figure


def cumulative_page(data: Sequence[CumulativeCurve], run: ShownRun) -> Figure:
    """The outcomes' courses over time: one panel for a few, small multiples for many."""
    what = "Probability that each outcome has come true by the date below."
    if any(item.decided_on for item in data):
        what += " Dot: all paths that reach it do so on that date."
    if len(data) <= TOGETHER:
        figure = sheet(HEIGHT)
        bars = " Bars at the end: parameter range, 5–95 %." if run.doubt else ""
        top = head(figure, f"By when: {run.title}{_variant(run)}", what + bars)
        left, bottom = 0.68, FOOT + 0.5
        ax = panel(figure, left, bottom, WIDTH - left - LABELS - 0.1, HEIGHT - top - bottom - 0.1)
        cumulative(ax, data, run.start, run.end)
        foot(figure, run)
        return figure
    columns = 3 if len(data) in (6, 9) else 4
    rows = math.ceil(len(data) / columns)
    left, gap, end, below = 0.6, 0.78, 0.68, 0.45
    width = (WIDTH - left - end - gap * (columns - 1)) / columns
    room = width + 0.55
    lines = max(len(wrap(item.title, TEXT, room, TITLE_LINES)) for item in data)
    above = lines * line_height(TEXT) + line_height(SMALL) + 0.12
    deep = 0.98 if columns == 3 else 0.86
    together = len(data) <= MOST_TOGETHER
    explained = what + (" Grey lines: the other outcomes." if together else "")
    if run.doubt:
        explained += " Grey bar at the end: parameter range, 5–95 %."
    title = f"By when: {run.title}{_variant(run)}"
    headed = head(sheet(), title, explained)
    full = headed + rows * (above + deep + below) + FOOT
    figure = sheet(full)
    head(figure, title, explained)
    top = highest(data)
    for i, item in enumerate(data):
        row, column = divmod(i, columns)
        y = full - headed - (row + 1) * (above + deep) - row * below
        ax = panel(figure, left + column * (width + gap), y, width, deep)
        others = [other for other in data if together and other is not item]
        course(ax, item, run.start, run.end, room=room, lines=lines, top=top, others=others)
        if column:
            ax.set_yticklabels([])
    foot(figure, run)
    return figure


def _variant(run: ShownRun) -> str:
    return f" · variant {run.variant}" if run.variant else ""


def _sources(run: ShownRun) -> str:
    """What makes the paths differ."""
    if run.doubt is None:
        return ""
    return " (chance, and uncertain parameters)" if run.doubt else " (chance alone, parameters as given)"


def _key(figure: Figure, y: float, run: ShownRun) -> None:
    """The glyph of a row explained by name, at `y` inches."""
    parts: list[tuple[OutcomeBar, str]] = [
        (OutcomeBar("", "", 0.5, "", None, None, None, None), "probability"),
        (OutcomeBar("", "", 0.5, "", 0.0, 1.0, None, None), "95 % Monte Carlo interval (more paths narrow it)"),
    ]
    if run.doubt:
        parts.append(
            (
                OutcomeBar("", "", 0.5, "", None, None, 0.0, 1.0),
                "parameter range, 5–95 % (more paths do not)",
            )
        )
    x = LEFT
    for sample, text in parts:
        ax = panel(figure, x, y - 0.1, 0.34, 0.2)
        ax.set_axis_off()
        ax.set_xlim(0, 100)
        ax.set_ylim(-1, 1)
        glyph(ax, sample, 0.0)
        write(figure, x + 0.42, y - 0.045, text, SMALL, INK)
        x += 0.42 + width_of(text, SMALL) + 0.3
    if not run.doubt:
        write(figure, x, y - 0.045, "no parameter range: every parameter is certain in this run", SMALL, SOFT)
