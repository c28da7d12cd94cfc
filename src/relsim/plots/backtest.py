"""Figures of a backtest. Floor 6."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from relsim.plots.frame import head
from relsim.plots.reliability import note, pit, reliability, said_so_often
from relsim.plots.style import (
    CENTRE,
    DASHES,
    FAINT,
    FAN,
    GRID,
    INK,
    LINES,
    SMALL,
    SOFT,
    TEXT,
    WIDTH,
    at,
    date_axis,
    house_style,
    panel,
    sheet,
    shorten,
)
from relsim.result.backtest import MANY, Backtest, ForecastCourse, TargetGroup, TargetScore

_KINDS = {
    "count": "How many",
    "value": "Mean value",
    "any": "Any at all",
    "high": "Above the past's upper quartile",
    "question": "Questions of the file",
}
_MOST_TARGETS, _MOST_COURSES = 45, 8
_NAMES, _SAYS = 3.3, 1.7
"""Inches beside the skills: names, and the best reference."""
_MARKS = ("o", "s", "^", "D", "v")


def backtest_figures(found: Backtest, folder: Path) -> None:
    """Write ``reliability``, ``pit`` and, of up to ``MANY`` tables, ``skill`` and ``forecasts-…``, as PNG.

    The last for each table and horizon.
    """
    with house_style():
        for name, figure in _pages(found):
            figure.savefig(folder / f"{name}.png")


def _pages(found: Backtest) -> Iterator[tuple[str, Figure]]:
    """One after another: many figures at once would fill the memory."""
    if events := [one for one in found.together if one.reliability is not None]:
        yield "reliability", reliability_page(events)
    if numbers := [one for one in found.together if one.pit_histogram]:
        yield "pit", pit_page(numbers)
    if len(found.tables) > MANY:
        return
    if any(t.skill_vs_best is not None and t.skill_vs_best.value is not None for t in found.targets):
        yield "skill", skill_page(found)
    for table in found.tables:
        for horizon in found.horizons:
            courses = [c for c in found.courses if c.table == table and c.horizon == horizon]
            if any(np.isfinite(c.median).any() for c in courses):
                name = f"forecasts-{table}-{horizon}" if len(found.tables) > 1 else f"forecasts-{horizon}"
                yield name, courses_page(found, courses)


def reliability_page(found: Sequence[TargetGroup]) -> Figure:
    """A reliability diagram for each kind of yes or no, with how often each probability was said."""
    across, side, below = 3, 2.55, 0.75
    rows = -(-len(found) // across)
    block = side + below + 1.25
    figure = sheet(1.1 + rows * block)
    height = float(figure.get_size_inches()[1])
    head(figure, "Did things come true as often as was forecast?",
           "line: recalibrated (CORP); band: where it lies in nine of ten cases if every forecast is right; "
           "dotted: base rate; bars: number of forecasts",
           "Brier score = miscalibration − resolution + uncertainty")  # fmt: skip
    for i, one in enumerate(found):
        assert one.reliability is not None
        left = 0.75 + (i % across) * 3.15
        top = height - 1.6 - (i // across) * block
        ax = panel(figure, left, top - side, side, side)
        reliability(ax, one.reliability)
        if left < 1:
            ax.set_ylabel("observed frequency")
        r = one.reliability
        parts = f"Brier {r.brier:.3f} = {r.reliability:.3f} − {r.resolution:.3f} + {r.uncertainty:.3f}"
        note(ax, f"{_KINDS[one.kind]}, {one.horizon} days\n{parts}")
        said_so_often(panel(figure, left, top - side - 0.12 - below, side, below), one.reliability.counts)
    return figure


def pit_page(found: Sequence[TargetGroup]) -> Figure:
    """PIT histograms of counts and of mean values."""
    across, wide, high = 2, 3.9, 1.9
    rows = -(-len(found) // across)
    figure = sheet(0.95 + rows * (high + 1.1))
    height = float(figure.get_size_inches()[1])
    legend = "level: right; high at both ends: too narrow; high in the middle: too wide; sloping: off to one side"
    head(figure, "Were the distributions right?", legend)
    for i, one in enumerate(found):
        ax = panel(figure, 0.75 + (i % across) * 4.75, height - 1.15 - high - (i // across) * (high + 1.1), wide, high)
        pit(ax, one.pit_histogram)
        if i % across == 0:
            ax.set_ylabel("density (1 if right)")
        said = "too few origins to test" if one.pit is None else f"uniform: p = {one.pit:.2g}"
        note(ax, f"{_KINDS[one.kind]}, {one.horizon} days: {one.n:,} forecasts, {said}")
    return figure


def skill_page(found: Backtest) -> Figure:
    """Skill of each target over its best reference, horizons beside each other."""
    rows = _skill_rows(found.targets)
    shown = rows[:_MOST_TARGETS]
    row = 0.24 if len(found.horizons) == 1 else 0.16 + 0.14 * len(found.horizons)
    figure = sheet(1.6 + row * len(shown))
    more = "" if len(shown) == len(rows) else f" (the first {len(shown)} of {len(rows)} targets)"
    marks = ", ".join(f"{mark} {h} days" for mark, h in zip("●■▲◆▼", found.horizons)) if len(found.horizons) > 1 else ""
    found_ = [t.skill_vs_best for _, ts in shown for t in ts if t.skill_vs_best is not None]
    lacking = " (no line: too few origins for one)" if any(skill.low is None for skill in found_) else ""
    head(figure, f"Skill over the best baseline of each target{more}",
           f"part of the best baseline's score that is saved, with its 95 % interval{lacking}; right: that baseline"
           + (f"; {marks}" if marks else ""))  # fmt: skip
    ax = panel(figure, _NAMES, 0.65, WIDTH - _NAMES - _SAYS, row * len(shown))
    ends = [v for _, ts in shown for t in ts if t.skill_vs_best and t.skill_vs_best.value is not None
            for v in (t.skill_vs_best.value, t.skill_vs_best.low, t.skill_vs_best.high) if v is not None]  # fmt: skip
    low, high = max(-1.5, min([-0.2, *ends]) * 1.08), min(1.0, max([0.2, *ends]) * 1.08)
    ax.set_xlim(low, high)
    ax.set_ylim(-len(shown), 0)
    ax.axvline(0, color=SOFT, linewidth=0.9, zorder=1)
    for i, (name, targets) in enumerate(shown):
        _skill_row(ax, -i - 0.5, name, targets, found.horizons, (low, high))
    ticks = [t for t in np.arange(-1.5, 1.01, 0.25 if high - low < 1.6 else 0.5) if low <= t <= high]
    ax.set_xticks(ticks, [f"{100 * t:+.0f} %".replace("-", "−") if t else "0" for t in ticks])
    ax.set_xlabel("skill: below 0 the baseline did better; an arrow: the interval goes on")
    ax.grid(axis="x", color=GRID, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.set_yticks([])
    ax.spines[["left", "right", "top"]].set_visible(False)
    return figure


def _skill_rows(targets: Sequence[TargetScore]) -> list[tuple[str, list[TargetScore]]]:
    """Targets by name, horizons together: kinds one after another, groups first."""
    several = len({t.table for t in targets}) > 1
    rows: dict[tuple[str, str, str], list[TargetScore]] = {}
    for kind in _KINDS:
        for t in sorted((t for t in targets if t.kind == kind), key=lambda t: not t.group):
            if t.skill_vs_best is not None and t.skill_vs_best.value is not None:
                rows.setdefault((kind, t.table, t.target), []).append(t)
    names = {"count": "", "value": "", "any": "any ", "high": "many ", "question": ""}
    return [(f"{table}: " * several + names[kind] + ts[0].label, ts) for (kind, table, _), ts in rows.items()]


def _skill_row(
    ax: Axes, y: float, name: str, targets: Sequence[TargetScore], horizons: Sequence[int], ends: tuple[float, float]
) -> None:
    low, high = ends
    for t in targets:
        if t.skill_vs_best is None or t.skill_vs_best.value is None:
            continue
        h = horizons.index(t.horizon)
        place = y + (0.5 * (len(horizons) - 1) - h) * (0.28 if len(horizons) < 3 else 0.22)
        colour = LINES[h % len(LINES)]
        if t.skill_vs_best.low is not None and t.skill_vs_best.high is not None:
            ax.plot(np.clip([t.skill_vs_best.low, t.skill_vs_best.high], low, high), [place, place], color=colour,
                    linewidth=1.6, alpha=0.6, zorder=2, gid="interval")  # fmt: skip
            for beyond, end, arrow in ((t.skill_vs_best.low < low, low, "<"), (t.skill_vs_best.high > high, high, ">")):
                if beyond:
                    ax.plot([end], [place], arrow, color=colour, markersize=4, clip_on=False, gid="beyond")
        inside = low <= t.skill_vs_best.value <= high
        ax.plot([min(max(t.skill_vs_best.value, low), high)], [place], _MARKS[h % len(_MARKS)] if inside else "<",
                color=colour, markersize=4.5, zorder=3, clip_on=False)  # fmt: skip
    ax.annotate(shorten(name, SMALL, _NAMES - 0.2), (0, y), xycoords=("axes fraction", "data"), xytext=(-8, 0),
                textcoords="offset points", ha="right", va="center", fontsize=SMALL, color=INK)  # fmt: skip
    said = ", ".join(dict.fromkeys(t.best or "" for t in targets))
    ax.annotate(shorten(said, SMALL, _SAYS - 0.2), (1, y), xycoords=("axes fraction", "data"), xytext=(8, 0),
                textcoords="offset points", ha="left", va="center", fontsize=SMALL, color=SOFT)  # fmt: skip


def courses_page(found: Backtest, courses: Sequence[ForecastCourse]) -> Figure:
    """Forecasts and what came, origin by origin; the mean value and the commonest counts, groups first."""
    groups = {(t.table, t.target, t.horizon) for t in found.targets if t.group and t.kind == "count"}

    def rank(course: ForecastCourse) -> tuple[bool, float]:
        return (course.table, course.target, course.horizon) not in groups, -float(np.nansum(course.median))

    shown = sorted(courses, key=rank)[:_MOST_COURSES]
    high = 1.05
    figure = sheet(1.55 + (high + 0.24) * len(shown))
    horizon = courses[0].horizon
    table = f"{courses[0].table}: " if len(found.tables) > 1 else ""
    more = "" if len(shown) == len(courses) else f" ({len(shown)} of {len(courses)} targets)"
    head(figure, f"{table}Forecast and observed, {horizon} days from each origin{more}",
           "bands: 50, 80 and 95 % of the forecast, line: its median; dots: observed; no dot: void")  # fmt: skip
    days = found.origins
    edge = timedelta(days=max(found.every // 2, 1))
    for i, course in enumerate(shown):
        ax = panel(figure, 0.8, 0.7 + (high + 0.24) * (len(shown) - 1 - i), WIDTH - 1.0, high)
        _course(ax, course, days)
        ax.set_ylabel("mean value" if course.target.split(".")[0] == "value" else "events")
        ax.set_xlim(at(days[0] - edge), at(days[-1] + edge))
        date_axis(ax, days[0], days[-1], room=WIDTH - 1.0)
        if i < len(shown) - 1:
            ax.tick_params(axis="x", labelbottom=False)
        else:
            ax.set_xlabel("origin: first day of the horizon")
    return figure


def _course(ax: Axes, course: ForecastCourse, days: Sequence[date]) -> None:
    x = np.array([at(day) for day in days])
    for name, share in (("95", 0.95), ("80", 0.8), ("50", 0.5)):
        low, high = course.bands[name]
        ax.fill_between(x, low, high, color=FAN[share], linewidth=0)
        if len(x) == 1:
            ax.plot([x[0], x[0]], [low[0], high[0]], color=FAN[share], linewidth=8)
    ax.plot(x, course.median, color=CENTRE, linewidth=1.1, linestyle=DASHES[0])
    ax.plot(x, course.observed, "o", color=LINES[1], markersize=4, markeredgewidth=0.5, markeredgecolor="white",
            clip_on=False, zorder=5, gid="observed")  # fmt: skip
    top = np.nanmax([*course.bands["95"][1], *course.observed, 1.0])
    bottom = np.nanmin([*course.bands["95"][0], *course.observed, 0.0])
    if np.nanmax(np.mod([*course.bands["95"][1], 0.0], 1)) == 0:
        ax.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    ax.set_ylim(bottom - 0.06 * (top - bottom) if bottom < 0 else 0, top + 0.3 * (top - bottom))
    if bottom < 0:
        ax.axhline(0, color=FAINT, linewidth=0.7, zorder=0)
    ax.annotate(course.label, (0, 1), xycoords="axes fraction", xytext=(5, -4), textcoords="offset points", ha="left",
                va="top", fontsize=TEXT, color=INK, fontweight="bold")  # fmt: skip
    ax.spines[["top", "right"]].set_visible(False)
