"""One path as a figure: where the index went, what it turned on, and the outcome's chance underneath."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from relsim.plots.data import Grade, ShownRun, fan_of, number, run_of
from relsim.plots.fan import name_grades
from relsim.plots.frame import FOOT, LEFT, Format, foot, head, save, write
from relsim.plots.style import (
    CALENDAR,
    CENTRE,
    FAN,
    GRID,
    INK,
    SMALL,
    SOFT,
    WIDTH,
    at,
    date_axis,
    house_style,
    inches,
    line_height,
    panel,
    say,
    sheet,
    wrap,
)
from relsim.result import Forecast
from relsim.result.stories import CHOSEN, TYPICAL, ChancePoint, Stories, Story, StoryLine
from relsim.scenario import Scenario

_LEVELS, _CHANCE = 2.5, 1.25
"""Heights of the two charts, in inches."""
_MARGIN, _GRADES = 0.85, 1.25
_TOLD = 12
"""Lines named in the key, at most: the turning points first, then what else happened."""
_HAPPENED = ("event", "entry", "not", "grade")
"""Kinds of lines that are numbered beside turning points, in the order of preference."""


@dataclass(frozen=True)
class LevelCourse:
    """What the upper chart shows: a path's index by day, and where it usually lies (80 % of the paths)."""

    title: str
    unit: str
    dates: tuple[date, ...]
    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    grades: tuple[Grade, ...]


def story_figures(
    stories: Stories, forecast: Forecast, scenario: Scenario, folder: Path, name: str, format: Format = "png"
) -> list[Path]:
    """Draw and save a figure of each story: ``story-NAME-true-1``, ``…-near-1``; ``story-NAME`` for a chosen path.

    Parameters
    ----------
    folder : Path
        Made where it is missing.

    Returns
    -------
    list of Path
        The files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    run = run_of(forecast)
    written = []
    with house_style():
        for kind, told in (("true", stories.typical), ("near", stories.near_misses), ("", stories.chosen)):
            for i, story in enumerate(told):
                stem = f"story-{name}-{kind}-{i + 1}" if kind else f"story-{name}"
                if not kind and len(told) > 1:
                    stem = (
                        f"story-{stories.outcome}-path-{story.path}" if stories.outcome else f"story-path-{story.path}"
                    )
                figure = story_page(story, stories, forecast, scenario, run)
                written.append(save(figure, folder / stem, format, f"Path {story.path}", run))
    return written


def story_page(story: Story, stories: Stories, forecast: Forecast, scenario: Scenario, run: ShownRun) -> Figure:
    """A path's index and chance over time, its turning points numbered and told below."""
    named = numbered(story.lines)
    width = WIDTH - _MARGIN - _GRADES
    year = run.start.year != run.end.year
    rows = [wrap(_told(line, year), SMALL, WIDTH - 2 * LEFT - 0.35, 2) for line in named]
    key = sum(len(lines) for lines in rows) * line_height(SMALL) + 0.06 * len(rows) + 0.12
    charts = _LEVELS + (_CHANCE + 0.3 if story.chance else 0.0)
    title, explained = _title(story, stories)
    top = head(sheet(), title, *explained)
    figure = sheet(top + charts + 0.5 + key + FOOT)
    full = float(figure.get_size_inches()[1])
    head(figure, title, *explained)
    upper = panel(figure, _MARGIN, full - top - _LEVELS, width, _LEVELS)
    levels(upper, course_of(story, forecast, scenario), named)
    if story.chance:
        lower = panel(figure, _MARGIN, full - top - charts, width, _CHANCE)
        chance(lower, story.chance, named, stories.dates)
        upper.tick_params(axis="x", labelbottom=False, length=0)
    y = full - top - charts - 0.5
    for i, (line, lines) in enumerate(zip(named, rows)):
        y -= 0.06
        for j, text in enumerate(lines):
            y -= line_height(SMALL)
            if j == 0:
                colour = CALENDAR if line.marked else SOFT
                write(figure, LEFT, y, f"{i + 1}", SMALL, colour, bold=True)
            write(figure, LEFT + 0.3, y, text, SMALL, INK)
    foot(figure, run)
    return figure


def course_of(story: Story, forecast: Forecast, scenario: Scenario) -> LevelCourse:
    """The index that the figure shows: the story's first."""
    name = next(iter(story.levels))
    data = fan_of(forecast, scenario, name)
    band = next(band for band in data.bands if band.share == 0.8)
    return LevelCourse(data.title, data.unit, data.dates, story.levels[name], band.low, band.high, data.grades)


def numbered(lines: Sequence[StoryLine]) -> list[StoryLine]:
    """Lines to number in the figure, in order: turning points, and as many others as there is room for."""
    places = [i for i, line in enumerate(lines) if line.marked]
    others = [i for kind in _HAPPENED for i, line in enumerate(lines) if line.kind == kind and not line.marked]
    places += others[: max(0, _TOLD - len(places))]
    return [lines[i] for i in sorted(places)]


def levels(ax: Axes, data: LevelCourse, named: Sequence[StoryLine]) -> Axes:
    """Draw a path's index over its grades, with what is numbered marked on it."""
    days = [at(day) for day in data.dates]
    values = [*data.values, *data.low, *data.high]
    low, high = min(values), max(values)
    air = max(0.12 * (high - low), 0.25)
    ax.set_ylim(low - air, high + 1.6 * air)
    ax.set_xlim(days[0] - 0.5, days[-1] + 0.5)
    ax.fill_between(days, data.low, data.high, color=FAN[0.95], linewidth=0, zorder=2)
    ax.plot(days, data.values, color=CENTRE, linewidth=1.6, zorder=4)
    ax.annotate(
        "80 % of all paths",
        (days[-1], data.low[-1]),
        xytext=(-4, 4),
        textcoords="offset points",
        ha="right",
        va="bottom",
        fontsize=SMALL,
        color=SOFT,
        path_effects=[withStroke(linewidth=2.5, foreground="white")],
        zorder=5,
    )
    _marks(ax, data, named)
    name_grades(ax, data.grades, line=1)
    ax.set_ylabel(data.title if len(data.title) < 28 else data.unit)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_formatter(lambda value, _: number(round(value, 6)))
    date_axis(ax, data.dates[0], data.dates[-1], room=inches(ax)[0])
    _plain(ax)
    return ax


def chance(ax: Axes, points: Sequence[ChancePoint], named: Sequence[StoryLine], dates: Sequence[date]) -> Axes:
    """Draw the outcome's chance along a path, with twice its standard error; turns of a day as stripes, longer ones as
    bars along the top.
    """
    days = [at(point.on) for point in points]
    values = [100 * point.probability for point in points]
    error = [200 * point.standard_error for point in points]
    ax.set_xlim(at(dates[0]) - 0.5, at(dates[-1]) + 0.5)
    top = next(top for top in (12.0, 25.0, 50.0, 103.0) if max(values) < 0.9 * top or top > 100)
    ax.set_ylim(0, top)
    for line in named:
        if line.marked and line.until is None:
            ax.axvspan(at(line.on) - 0.5, at(line.on) + 0.5, color=CALENDAR, alpha=0.25, linewidth=0, zorder=1)
        elif line.marked and line.until is not None:
            ax.plot([at(line.on), at(line.until)], [0.985 * top] * 2, color=CALENDAR, alpha=0.6, linewidth=3, zorder=1)
    ax.fill_between(
        days,
        [max(0.0, v - e) for v, e in zip(values, error)],
        [min(100.0, v + e) for v, e in zip(values, error)],
        color=FAN[0.8],
        linewidth=0,
        zorder=2,
    )
    ax.plot(days, values, color=CENTRE, linewidth=1.6, marker="o", markersize=2.6, zorder=4, clip_on=False)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:g} %")
    ax.set_ylabel("chance from here")
    date_axis(ax, dates[0], dates[-1], room=inches(ax)[0])
    ax.grid(axis="y", color=GRID, linewidth=0.6)
    _plain(ax)
    return ax


def _marks(ax: Axes, data: LevelCourse, named: Sequence[StoryLine]) -> None:
    """Numbers of what is told, above the line where there is room, at different heights where they crowd."""
    bottom, top = ax.get_ylim()
    per_inch = (top - bottom) / inches(ax)[1]
    days_per_inch = len(data.dates) / inches(ax)[0]
    taken: list[tuple[float, float]] = []
    for i, line in enumerate(named):
        middle = line.on + timedelta(((line.until or line.on) - line.on).days // 2)
        x = at(middle)
        day = min(max((middle - data.dates[0]).days, 0), len(data.values) - 1)
        y = data.values[day] + 0.2 * per_inch
        while any(abs(x - a) < 0.17 * days_per_inch and abs(y - b) < 0.17 * per_inch for a, b in taken):
            y += 0.17 * per_inch
        taken.append((x, y))
        colour = CALENDAR if line.marked else SOFT
        ax.plot([x, x], [data.values[day], y], color=colour, linewidth=0.7, zorder=5)
        ax.text(
            x,
            y,
            f"{i + 1}",
            fontsize=SMALL,
            fontweight="bold" if line.marked else "normal",
            color="white" if line.marked else INK,
            ha="center",
            va="center",
            bbox={
                "boxstyle": "round,pad=0.18",
                "facecolor": colour if line.marked else "white",
                "edgecolor": colour,
                "linewidth": 0.7,
            },
            zorder=6,
            gid="mark",
        )
    highest = max((y for _, y in taken), default=top) + 0.2 * per_inch
    ax.set_ylim(bottom, max(top, highest))


def _plain(ax: Axes) -> None:
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_axisbelow(True)


def _told(line: StoryLine, year: bool) -> str:
    when = (
        say(line.on, year=year) if line.until is None else f"{say(line.on, year=year)} – {say(line.until, year=year)}"
    )
    return f"{when}: {line.text}"


def _title(story: Story, stories: Stories) -> tuple[str, tuple[str, ...]]:
    kind = "A typical path" if story.category == TYPICAL else "A near miss"
    kind = f"Path {story.path:,}" if story.category == CHOSEN else f"{kind}, number {story.path:,}"
    title = f"{kind}: {stories.title}" if stories.title else kind
    missing = f"It did not come true. Missing: {story.missing}." if story.missing else ""
    key = "Numbers: what happened" + (", white on brown where the chance turned." if story.chance else ".")
    return title, (story.summary, missing, key)
