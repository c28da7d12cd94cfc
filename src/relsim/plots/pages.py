"""Whole figures: charts put together with title, explanation and the run's identity, and saved."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from matplotlib.figure import Figure

from relsim.plots.cumulative import LABELS, TOGETHER, course, cumulative
from relsim.plots.data import (
    Chance,
    Course,
    Fan,
    Past,
    Run,
    chances_of,
    courses_of,
    fan_of,
    run_of,
    span,
)
from relsim.plots.fan import RUG, fan, view
from relsim.plots.outcomes import TITLES, glyph, height, outcomes
from relsim.plots.style import (
    FAINT,
    HEIGHT,
    INK,
    SMALL,
    SOFT,
    TEXT,
    TITLE,
    WIDTH,
    house_style,
    line_height,
    panel,
    sheet,
    shorten,
    width_of,
    wrap,
)
from relsim.plots.timeline import due, names, observed, timeline
from relsim.result import Forecast
from relsim.scenario import Scenario

Format = Literal["png", "svg", "pdf"]

LEFT = 0.2
FOOT = 0.34
"""Inches at the bottom for the run's identity."""
DOT = " Dot: all paths that reach it do so on that date."
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
            written.append(_save(fan_page(data, run), folder / f"fan-{name}", format, data.title, run))
        if forecast.outcomes:
            chances, courses = chances_of(forecast), courses_of(forecast)
            written.append(_save(outcomes_page(chances, run), folder / "outcomes", format, "Outcomes", run))
            written.append(_save(cumulative_page(courses, run), folder / "cumulative", format, "By when", run))
    return written


def fan_page(data: Fan, run: Run) -> Figure:
    """A fan with the names of what was observed and of what is due.

    Observed events are named in the empty part left of the start line, or in the strip underneath where the replayed
    past takes that place; the calendar stands in the strip.
    """
    left, right = 0.68, 1.22
    width = WIDTH - left - right
    limits = view(data, width)
    after = due(data, limits, width)
    before = observed(data, limits, width, after.height) if data.past else None
    strip = max(after.height, before.height if before else 0.0)
    notes = wrap(f"Without a fixed date: {'; '.join(data.undated)}.", SMALL, WIDTH - 2 * LEFT, 3) if data.undated else []
    bottom = FOOT + len(notes) * line_height(SMALL) + 0.42
    figure = sheet(max(HEIGHT, bottom + strip + 2.75 + 1.05))
    top = _head(
        figure,
        f"{data.title}, {span(data.start, data.end)}" + _variant(run),
        "Line: median of the simulated paths. Shades: 50, 80 and 95 % of the paths lie inside on each day; "
        "chance and doubt about the weights together.",
        ("▲ observed event that usually raises it, ▼ lowers it, ● neither" if data.history else "")
    )
    tall = figure.get_size_inches()[1] - top - bottom - strip
    chart = panel(figure, left, bottom + strip, width, tall)
    fan(chart, data)
    if not data.past and data.history:
        names(chart, data, observed(data, limits, width, tall * (1 - 2 * RUG)))
    if strip:
        below = panel(figure, left, bottom, width, strip)
        below.set_xlim(*chart.get_xlim())
        timeline(below, data, before, after)
        below.set_xticks(chart.get_xticks(), [text.get_text() for text in chart.get_xticklabels()])
        below.tick_params(axis="x", length=3, pad=2)
        chart.tick_params(axis="x", labelbottom=False, length=0)
        chart.spines["bottom"].set_color(FAINT)
    for i, line in enumerate(reversed(notes)):
        _write(figure, LEFT, FOOT + i * line_height(SMALL), line, SMALL, SOFT)
    _foot(figure, run)
    return figure


def outcomes_page(data: Sequence[Chance], run: Run) -> Figure:
    """The outcomes' probabilities, with a key to both intervals."""
    left, right, bottom = TITLES + LEFT, 0.95, FOOT + 0.62
    rows = height(data)
    head = 1.18
    full = max(2.4, head + rows + bottom)
    figure = sheet(full)
    top = _head(figure, f"How likely: {run.title}{_variant(run)}", f"Probability of each outcome, {span(run.start, run.end)}.")
    _key(figure, full - top - 0.12, data)
    ax = panel(figure, left, bottom, WIDTH - left - right, rows)
    outcomes(ax, data)
    _foot(figure, run)
    return figure


def cumulative_page(data: Sequence[Course], run: Run) -> Figure:
    """The outcomes' courses over time: one panel for a few, small multiples for many."""
    doubt = any(item.weights_low is not None for item in data)
    what = "Probability that each outcome has come true by the date below."
    if len(data) <= TOGETHER:
        figure = sheet(HEIGHT)
        bars = " Bars at the end: range across uncertain weights, 5–95 %." if doubt else ""
        top = _head(figure, f"By when: {run.title}{_variant(run)}", what + DOT + bars)
        left, bottom = 0.68, FOOT + 0.5
        ax = panel(figure, left, bottom, WIDTH - left - LABELS - 0.1, HEIGHT - top - bottom - 0.1)
        cumulative(ax, data, run.start, run.end)
        _foot(figure, run)
        return figure
    columns = 3 if len(data) in (6, 9) else 4
    rows = math.ceil(len(data) / columns)
    left, gap, end = 0.6, 0.78, 0.68
    width = (WIDTH - left - end - gap * (columns - 1)) / columns
    room = width + 0.55
    lines = max(len(wrap(item.title, TEXT, room, 3)) for item in data)
    above = lines * line_height(TEXT) + line_height(SMALL) + 0.12
    deep = 0.98 if columns == 3 else 0.86
    bottom = FOOT + 0.45
    together = len(data) <= MOST_TOGETHER
    explained = what + DOT + (" Grey lines: the other outcomes." if together else "")
    if doubt:
        explained += " Grey bar at the end: range across uncertain weights, 5–95 %."
    head = 0.62 + 2 * line_height(TEXT)
    full = max(HEIGHT * 0.6, head + rows * (above + deep + 0.42) + bottom - 0.42)
    figure = sheet(full)
    _head(figure, f"By when: {run.title}{_variant(run)}", explained)
    for i, item in enumerate(data):
        row, column = divmod(i, columns)
        y = full - head - (row + 1) * (above + deep) - row * 0.42
        ax = panel(figure, left + column * (width + gap), y, width, deep)
        course(ax, item, run.start, run.end, room=room, lines=lines, others=[o for o in data if together and o is not item])
        if column:
            ax.set_yticklabels([])
    _foot(figure, run)
    return figure


def _variant(run: Run) -> str:
    return f" · variant {run.variant}" if run.variant else ""


def _head(figure: Figure, title: str, *explained: str) -> float:
    """Title and paragraphs of explanation of two lines at most; returns the inches they take from the top."""
    full = figure.get_size_inches()[1]
    y = full - 0.18
    for line in wrap(title, TITLE, WIDTH - 2 * LEFT, 2, bold=True):
        y -= line_height(TITLE)
        _write(figure, LEFT, y, line, TITLE, INK, bold=True)
    y -= 0.04
    for paragraph in explained:
        for line in wrap(paragraph, TEXT, WIDTH - 2 * LEFT, 2):
            y -= line_height(TEXT)
            _write(figure, LEFT, y, line, TEXT, SOFT)
    return float(full - y + 0.14)


def _foot(figure: Figure, run: Run) -> None:
    _write(figure, LEFT, 0.12, shorten(run.line, SMALL, WIDTH - 2 * LEFT), SMALL, SOFT)


def _write(figure: Figure, x: float, y: float, text: str, size: float, colour: str, *, bold: bool = False) -> None:
    """One line of text with its foot at `x`, `y` inches."""
    width, full = figure.get_size_inches()
    weight = "bold" if bold else "normal"
    figure.text(x / width, y / full, text, fontsize=size, color=colour, fontweight=weight, va="baseline", gid="page")


def _key(figure: Figure, y: float, data: Sequence[Chance]) -> None:
    """The glyph of a row explained by name, at `y` inches."""
    doubt = any(chance.weights_low is not None for chance in data)
    parts: list[tuple[Chance, str]] = [
        (Chance("", "", 0.5, "", None, None, None, None), "probability"),
        (Chance("", "", 0.5, "", 0.0, 1.0, None, None), "95 % Monte Carlo interval (more paths narrow it)"),
    ]
    if doubt:
        parts.append(
            (Chance("", "", 0.5, "", None, None, 0.0, 1.0), "range across uncertain weights, 5–95 % (more paths do not)")
        )
    x = LEFT
    for sample, text in parts:
        ax = panel(figure, x, y - 0.1, 0.34, 0.2)
        ax.set_axis_off()
        ax.set_xlim(0, 100)
        ax.set_ylim(-1, 1)
        glyph(ax, sample, 0.0)
        _write(figure, x + 0.42, y - 0.045, text, SMALL, INK)
        x += 0.42 + width_of(text, SMALL) + 0.3
    if not doubt:
        _write(figure, x, y - 0.045, "no range across weights in this run", SMALL, SOFT)


def _save(figure: Figure, stem: Path, format: Format, what: str, run: Run) -> Path:
    """Save with the run's identity in the file's metadata and no time of writing."""
    path = stem.with_name(f"{stem.name}.{format}")
    title, about, maker = f"{what} – {run.title}", run.line, f"relsim {run.version}"
    metadata: dict[str, str | None]
    if format == "png":
        metadata = {"Title": title, "Description": about, "Software": maker}
    elif format == "svg":
        metadata = {"Title": title, "Description": about, "Creator": maker, "Date": None}
    else:
        metadata = {"Title": title, "Subject": about, "Creator": maker, "Producer": maker, "CreationDate": None}
    figure.savefig(path, format=format, metadata=metadata)
    return path
