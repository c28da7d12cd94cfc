"""What would move a forecast: each outcome if something is seen and if it is not, and the days that decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from relsim.plots.data import ShownRun, run_of
from relsim.plots.frame import FOOT, LEFT, Format, foot, head, save
from relsim.plots.outcomes import probability_axis
from relsim.plots.style import (
    CALENDAR,
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
    width_of,
)
from relsim.result import Forecast, rounded
from relsim.result.watchlist import MadeChange, Observation, ProbabilityIf, WatchedOutcome, Watchlist

MOST, FEW = 10, 3
"""Rows of a single outcome, and of each of several."""
LABELS = 3.6
"""Inches left of the axes for what is seen."""
NOTES = 1.75
"""Inches right of the axes for how likely it is, and what it is worth."""
ROW, TITLE_ROW, BETWEEN = 0.25, 0.26, 0.1
LANE = 0.5
"""Inches of each outcome on the calendar."""
LANES = 6
LEAST = 0.01
"""Expected movement from which on an outcome is on the calendar."""
SEEN, NOT_SEEN, MADE = LINES[1], LINES[0], LINES[2]

Labels = Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class OutcomeRows:
    """One outcome and what moves it most."""

    outcome: WatchedOutcome
    rows: tuple[Observation, ...]

    @property
    def height(self) -> float:
        """Inches that it needs."""
        return TITLE_ROW + ROW * max(1, len(self.rows)) + BETWEEN


@dataclass(frozen=True)
class DatedBars:
    """One outcome's expected movement by day, in points."""

    title: str
    days: tuple[tuple[date, float], ...]

    @property
    def most(self) -> float:
        """The greatest."""
        return max(by for _, by in self.days)


def watch_figures(
    found: Watchlist, forecast: Forecast, labels: Labels, within: int, folder: Path, format: Format = "png"
) -> list[Path]:
    """Draw and save ``watch``: all outcomes of the list.

    Parameters
    ----------
    labels : what is seen in words, by kind and name
    within : days of the observations that are drawn

    Returns
    -------
    list of Path
        The files written.
    """
    run = run_of(forecast)
    with house_style():
        page = watch_page(found, run, labels, within)
        return [save(page, folder / "watch", format, "What to watch", run)]


def watch_page(found: Watchlist, run: ShownRun, labels: Labels, within: int) -> Figure:
    """Rows for what is seen, and the calendar below them."""
    most = MOST if len(found.outcomes) == 1 else FEW
    blocks = [OutcomeRows(o, tuple(o.telling(within)[:most])) for o in found.outcomes.values()]
    lanes = _lanes(found, run.paths)
    title = f"What to watch within {within} days"
    explained = (
        "Where each outcome would stand if something is seen (dot) and if it is not (ring), with 95 % intervals; the "
        "line is its probability now. Diamond: where it would stand if that were made to happen; what is seen tells, "
        "whatever its cause.",
        f"The {most} that are expected to lower the Brier score most, of those beyond noise."
        + (" Below: the movement expected from what falls due on each day." if lanes else ""),
    )
    rows = sum(block.height for block in blocks)
    below = LANE * len(lanes) + 0.75 if lanes else 0.0
    top = head(sheet(), title, *explained) + 0.1
    bottom = FOOT + 0.5
    figure = sheet(top + rows + below + bottom)
    head(figure, title, *explained)
    left = LEFT + LABELS
    _draw(panel(figure, left, bottom + below, WIDTH - left - NOTES, rows), blocks, labels)
    if lanes:
        width = WIDTH - left - NOTES
        ax = panel(figure, left, bottom - 0.1, width, LANE * len(lanes))
        _calendar(ax, lanes, (run.start, run.end), width)
    foot(figure, run)
    return figure


def _draw(ax: Axes, blocks: Sequence[OutcomeRows], labels: Labels) -> None:
    probability_axis(ax, sum(block.height for block in blocks))
    y = 0.0
    for k, block in enumerate(blocks):
        if k:
            ax.axhline(y, color=GRID, linewidth=0.5, zorder=0)
        now = 100 * block.outcome.probability
        ax.plot([now, now], [y - block.height + BETWEEN / 2, y - 0.04], color=INK, linewidth=1.0, zorder=1, gid="now")
        share = f", {rounded(block.outcome.probability)}"
        room = LABELS - width_of(share, TEXT, bold=True)
        heading = shorten(block.outcome.title, TEXT, room, bold=True) + share
        _beside(ax, heading, y - 0.19, -10, "right", TEXT, "outcome", bold=True)
        y -= TITLE_ROW
        if not block.rows:
            _beside(ax, "nothing beyond noise", y - 0.17, -10, "right", SMALL, "label", colour=SOFT)
        for row in block.rows:
            _row(ax, row, block.outcome.probability, labels.get((row.kind, row.name), row.name), y - ROW / 2)
            y -= ROW
        y -= (ROW if not block.rows else 0) + BETWEEN


def _row(ax: Axes, row: Observation, p: float, label: str, y: float) -> None:
    assert row.if_seen is not None
    assert row.if_not_seen is not None
    seen, other = 100 * row.if_seen.value, 100 * row.if_not_seen.value
    ax.plot([other, seen], [y, y], color=SOFT, linewidth=1.2, zorder=2, gid="gap")
    _interval(ax, row.if_not_seen, y, NOT_SEEN)
    _interval(ax, row.if_seen, y, SEEN)
    ax.plot([other], [y], marker="o", markersize=5.5, color="white", markeredgecolor=NOT_SEEN, markeredgewidth=1.5,
            zorder=4, clip_on=False, gid="not seen")  # fmt: skip
    ax.plot([seen], [y], marker="o", markersize=5.5, color=SEEN, zorder=5, clip_on=False, gid="seen")
    if row.if_made is not None:
        _made(ax, row.if_made, p, y)
    _beside(ax, shorten(label, SMALL, LABELS - 0.15), y - 0.045, -10, "right", SMALL, "label")
    fall = 100 * (row.expected_brier_fall or 0.0) / (p * (1 - p))
    note = f"likely {rounded(row.probability_seen)}, −{fall:.2g} %"
    _beside(ax, note, y - 0.045, 10, "left", SMALL, "note", colour=SOFT)


def _interval(ax: Axes, found: ProbabilityIf, y: float, colour: str) -> None:
    if found.low is not None and found.high is not None:
        ends = [100 * found.low, 100 * found.high]
        ax.plot(ends, [y, y], color=colour, linewidth=3.4, alpha=0.45, zorder=3, solid_capstyle="butt", gid="interval")


def _made(ax: Axes, made: MadeChange, p: float, y: float) -> None:
    place = min(max(100 * (p + made.difference), 0.0), 100.0)
    ax.plot([place], [y - 0.06], marker="D", markersize=3.6, color=MADE, zorder=6, clip_on=False, gid="made")


def _lanes(found: Watchlist, paths: int) -> list[DatedBars]:
    """Outcomes that some day is expected to move, the most moved first."""
    lanes = []
    for name, outcome in found.outcomes.items():
        days = tuple((d.date, 100 * (d.expected_movement[name] or 0.0)) for d in found.calendar)
        if days and max(by for _, by in days) >= 100 * max(LEAST, outcome.movement_noise(paths)):
            lanes.append(DatedBars(outcome.title, days))
    return sorted(lanes, key=lambda lane: -lane.most)[:LANES]


def _calendar(ax: Axes, lanes: Sequence[DatedBars], window: tuple[date, date], room: float) -> None:
    first, last = window
    ax.set_xlim(at(first) - 0.5, at(last) + 0.5)
    ax.set_ylim(-len(lanes), 0)
    date_axis(ax, first, last, room=room)
    for k, lane in enumerate(lanes):
        foot_of = -k - 0.92
        ax.axhline(foot_of, color=GRID, linewidth=0.6, zorder=0)
        for day, by in lane.days:
            if by >= 0.05:
                ax.plot([at(day)] * 2, [foot_of, foot_of + 0.62 * by / lane.most], color=CALENDAR, linewidth=1.6,
                        solid_capstyle="butt", zorder=2, gid="movement")  # fmt: skip
        day, by = max(lane.days, key=lambda item: item[1])
        ax.annotate(f"{by:.0f}", (at(day), foot_of + 0.64), ha="center", va="bottom", fontsize=SMALL, color=CALENDAR)
        _beside(ax, shorten(lane.title, SMALL, LABELS - 0.15), foot_of + 0.2, -10, "right", SMALL, "lane")
    ax.set_yticks([])
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.annotate("points", (1, 1), xycoords="axes fraction", xytext=(10, -6), textcoords="offset points",
                fontsize=SMALL, color=SOFT, va="top")  # fmt: skip


def _beside(
    ax: Axes, text: str, y: float, shift: float, side: str, size: float, gid: str, *, bold: bool = False,
    colour: str = INK,
) -> None:  # fmt: skip
    """One line outside the axes: `shift` points left of them (negative) or right of them."""
    ax.annotate(
        text,
        (0 if shift < 0 else 1, y),
        xycoords=("axes fraction", "data"),
        xytext=(shift, 0),
        textcoords="offset points",
        ha=side,
        va="baseline",
        fontsize=size,
        color=colour,
        fontweight="bold" if bold else "normal",
        gid=gid,
    )
