"""A track as a figure: each outcome's probability over the days on which it was asked, and the news that moved it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from relsim import __version__
from relsim.plots.data import span
from relsim.plots.frame import FOOT, LEFT, Format, foot, head, save, write
from relsim.plots.style import (
    CALENDAR,
    CENTRE,
    FAINT,
    FAN,
    GRID,
    INK,
    SMALL,
    SOFT,
    TEXT,
    WIDTH,
    at,
    date_axis,
    house_style,
    inches,
    line_height,
    over,
    panel,
    sheet,
    wrap,
)
from relsim.result.track import Track, TrackedNews, TrackedOutcome, leading_news

_COLUMNS = 2
_TALL = 1.5
_GAP = 0.55
"""Inches between panels."""
_LEAST_MARKED = 0.01
"""What moved an outcome by less than a point is not marked."""


@dataclass(frozen=True)
class TrackIdentity:
    """What the foot of the figure says."""

    title: str
    paths: int
    seed: int
    version: str = __version__

    @property
    def line(self) -> str:
        """As of ``Identity``."""
        return f"{self.title} · {self.paths:,} paths a point, seed {self.seed} · relsim {self.version}"


@dataclass(frozen=True)
class _Marked:
    """A piece of news, and the letter that marks it in every panel."""

    letter: str
    sentence: str


def track_figure(
    track: Track, titles: Mapping[str, str], shown: TrackIdentity, folder: Path, format: Format = "png"
) -> Path:
    """Draw and save ``track``; the same track gives the same bytes under one release of matplotlib."""
    with house_style():
        return save(track_page(track, titles, shown), folder / "track", format, "Track", shown)


def track_page(track: Track, titles: Mapping[str, str], shown: TrackIdentity) -> Figure:
    """A panel for each outcome, and what the letters in them stand for."""
    dates = next(iter(track.outcomes.values())).dates
    marked = _letters(track)
    rows = math.ceil(len(track.outcomes) / _COLUMNS)
    text = (
        f"{shown.title}: the same questions, {span(dates[0], dates[-1])}",
        "Probability by what was known on each day; the band is the parameter range, 5–95 %. "
        "Letters mark news that moved it by a point and more, a ring an alert.",
    )
    keys = [line for one in marked.values() for line in _key(one)]
    top = head(sheet(), *text)
    panels = rows * (_TALL + _GAP + 2 * line_height(TEXT))
    under = len(keys) * line_height(SMALL) + (0.3 if keys else 0.1)
    figure = sheet(top + panels + under + FOOT + 0.2)
    head(figure, *text)
    full = float(figure.get_size_inches()[1])
    wide = (WIDTH - 2 * LEFT) / _COLUMNS
    for i, (name, outcome) in enumerate(track.outcomes.items()):
        row, column = divmod(i, _COLUMNS)
        bottom = full - top - (row + 1) * (_TALL + _GAP + 2 * line_height(TEXT)) + _GAP
        ax = panel(figure, LEFT + column * wide + 0.45, bottom, wide - 1.05, _TALL)
        _draw(ax, outcome, wrap(titles[name], TEXT, wide - 0.6, 2), marked)
    y = FOOT + under
    for line in keys:
        y -= line_height(SMALL)
        write(figure, LEFT, y, line, SMALL, SOFT)
    foot(figure, shown)
    return figure


def _letters(track: Track) -> dict[str, _Marked]:
    """News that stands out in any panel, by its sentence, lettered in the order of the days."""
    found: dict[str, TrackedNews] = {}
    for outcome in track.outcomes.values():
        for one in leading_news(outcome.news):
            if abs(one.difference or 0.0) >= _LEAST_MARKED:
                found.setdefault(one.sentence, one)
    ordered = sorted(found.values(), key=lambda one: one.date)
    return {one.sentence: _Marked(_letter(i), one.sentence) for i, one in enumerate(ordered)}


def _letter(number: int) -> str:
    """A … Z, then AA, AB …"""
    letter = chr(ord("A") + number % 26)
    return letter if number < 26 else _letter(number // 26 - 1) + letter


def _key(one: _Marked) -> list[str]:
    return wrap(f"{one.letter}  {one.sentence}", SMALL, WIDTH - 2 * LEFT, 2)


def _draw(ax: Axes, outcome: TrackedOutcome, title: list[str], marked: Mapping[str, _Marked]) -> None:
    days = [at(day) for day in outcome.dates]
    values = [100 * p for p in outcome.probability]
    first, last = outcome.dates[0], outcome.dates[-1]
    margin = max(1.0, 0.03 * (days[-1] - days[0]))
    ax.set_xlim(days[0] - margin, days[-1] + margin)
    low, high = _range(outcome)
    ax.set_ylim(low, high)
    date_axis(ax, first, last, room=inches(ax)[0])
    ticks = [low, (low + high) / 2, high]
    ax.set_yticks(ticks, [f"{tick:g} %" for tick in ticks])
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="y", color=GRID, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.spines["bottom"].set_color(FAINT)
    ends = zip(outcome.weights_low, outcome.weights_high, values, strict=True)
    band = [(v if a is None else 100 * a, v if b is None else 100 * b) for a, b, v in ends]
    ax.fill_between(days, [a for a, _ in band], [b for _, b in band], color=FAN[0.95], linewidth=0, zorder=1)
    ax.plot(days, values, color=CENTRE, linewidth=1.8, zorder=3, gid="track")
    ax.plot(days, values, "o", color=CENTRE, markersize=3.5, zorder=4, clip_on=False)
    alerts = {alert.date for alert in outcome.alerts}
    rung = [(x, y) for x, y, day in zip(days, values, outcome.dates, strict=True) if day in alerts]
    if rung:
        ax.plot(
            [x for x, _ in rung],
            [y for _, y in rung],
            "o",
            markersize=10,
            markerfacecolor="none",
            markeredgecolor=CALENDAR,
            markeredgewidth=1.6,
            zorder=5,
            clip_on=False,
            gid="alert",
        )
    for one in leading_news(outcome.news):
        if one.sentence in marked and abs(one.difference or 0.0) >= _LEAST_MARKED:
            ax.axvline(at(one.date), color=CALENDAR, linewidth=0.8, linestyle=(0, (2, 2)), zorder=2)
            ax.annotate(
                marked[one.sentence].letter,
                (at(one.date), high),
                xytext=(-2 if one.date >= last else 2, -1),
                textcoords="offset points",
                va="top",
                ha="right" if one.date >= last else "left",
                fontsize=SMALL,
                color=CALENDAR,
                gid="news",
            )
    ax.annotate(
        f"{values[-1]:.0f} %",
        (days[-1], values[-1]),
        xytext=(7, 0),
        textcoords="offset points",
        annotation_clip=False,
        va="center",
        ha="left",
        fontsize=TEXT,
        fontweight="bold",
        color=INK,
        gid="percentage",
    )
    over(ax, title, None)


def _range(outcome: TrackedOutcome) -> tuple[float, float]:
    """Ends of the vertical axis in per cent: all of it, or the half or tenth in which everything lies."""
    values = [*outcome.probability, *(x for x in (*outcome.weights_low, *outcome.weights_high) if x is not None)]
    least, most = 100 * min(values), 100 * max(values)
    for low, high in ((0.0, 10.0), (0.0, 20.0), (0.0, 50.0), (50.0, 100.0), (20.0, 80.0)):
        if low <= least and most <= high:
            return low, high
    return 0.0, 100.0
