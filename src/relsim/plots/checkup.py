"""Rows a day of event data, and what is odd about them. Floor 6."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from relsim.files import Writing
from relsim.ingest.doctor import SourceCheckup
from relsim.plots.frame import LEFT, head
from relsim.plots.style import CALENDAR, CENTRE, FAINT, FAN, SMALL, SOFT, WIDTH, house_style, panel, sheet, shorten

_TALL, _GAP, _FOOT = 2.1, 0.75, 0.1
"""Inches of a panel, above it, and below the last."""
_MOST = 6
"""Panels drawn."""


def save_checkups(checkups: Sequence[SourceCheckup], path: Path) -> None:
    """Draw check-ups and save them in the format of the file's name."""
    with house_style(), Writing(path) as writing:
        figure = checkup_figure(checkups)
        kind = path.suffix[1:]
        metadata = {"png": {"Software": "relsim"}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}[kind]
        figure.savefig(writing.file(path), format=kind, metadata=metadata)


def checkup_figure(checkups: Sequence[SourceCheckup]) -> Figure:
    """A panel for each, one under the other: rows of each day, days that are missing, levels."""
    shown = checkups[:_MOST]
    full = 1.05 + len(shown) * (_GAP + _TALL) + _FOOT
    figure = sheet(full)
    more = f" {_MOST} of {len(checkups)} are shown." if len(checkups) > _MOST else ""
    top = full - head(
        figure,
        "Rows a day",
        f"Shaded days are missing, orange ones have far fewer rows than usual; grey are outside the cover; "
        f"lines are levels.{more}",
    )
    left = 0.75
    for k, checkup in enumerate(shown):
        y = top - k * (_GAP + _TALL) - _GAP / 2 - _TALL
        ax = panel(figure, left, y, WIDTH - left - LEFT, _TALL)
        _draw(ax, checkup)
        name = shorten(f"{checkup.name}  {checkup.form}", SMALL, WIDTH - left - LEFT, bold=True)
        ax.text(0, 1 + 0.07 / _TALL, name, transform=ax.transAxes, fontsize=SMALL, fontweight="bold")
    return figure


def _draw(ax: Axes, checkup: SourceCheckup) -> None:
    covered = checkup.covered
    near = [day for day in checkup.daily if abs((day - covered.first).days) < 60 or day >= covered.first]
    near = [day for day in near if (day - covered.last).days < 60]
    first, last = min([covered.first, *near]), max([covered.last, *near])
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    rows = np.array([checkup.daily.get(day, 0) for day in days], float)
    inside = np.array([covered.first <= day <= covered.last for day in days])
    missing = set(covered.missing)
    thin = {day for day, _, _ in covered.thin}
    at = np.arange(len(days))
    gone = np.array([day in missing for day in days])
    for start in np.flatnonzero(gone & ~np.r_[False, gone[:-1]]).tolist():
        length = int(np.argmin(np.r_[gone[start:], False]))
        ax.axvspan(start - 0.5, start + length - 0.5, color="#f6dcc4", linewidth=0, zorder=0)
    colour = np.where(inside, FAN[0.5], FAINT)
    colour[[day in thin for day in days]] = CALENDAR
    ax.bar(at, rows, width=1.0 if len(days) > 200 else 0.85, color=colour.tolist(), linewidth=0)
    _levels(ax, checkup, first)
    ax.set_xlim(-0.5, len(days) - 0.5)
    ax.set_ylim(0, max(1.0, float(rows.max()) * 1.08))
    ticks = _ticks(days)
    ax.set_xticks(
        [(day - first).days for day in ticks], [_said(day, days) for day in ticks], fontsize=SMALL, color=SOFT
    )
    ax.tick_params(axis="y", labelsize=SMALL)
    ax.yaxis.set_major_locator(MaxNLocator(6, integer=True))


def _levels(ax: Axes, checkup: SourceCheckup, first: date) -> None:
    """The level between shifts, dashed, with the day of each."""
    moved = checkup.level_shifts
    if not moved:
        return
    edges = [checkup.covered.first, *(shift.on for shift in moved), checkup.covered.last + timedelta(days=1)]
    levels = [moved[0].before, *(shift.after for shift in moved)]
    for start, end, level in zip(edges, edges[1:], levels, strict=False):
        ax.plot([(start - first).days - 0.5, (end - first).days - 0.5], [level, level], color=CENTRE, linewidth=1.6)
    for shift in moved:
        x = (shift.on - first).days - 0.5
        ax.axvline(x, color=CENTRE, linewidth=0.8, dashes=(3, 2))
        ax.text(x, 0.99, f" {shift.on}", transform=ax.get_xaxis_transform(), va="top", fontsize=SMALL, color=CENTRE)


def _ticks(days: Sequence[date]) -> list[date]:
    """Some ten days to name: firsts of months or years, else days."""
    for chosen in (
        [day for day in days if day.day == 1 and day.month == 1] if len(days) > 2000 else [],
        [day for day in days if day.day == 1] if len(days) > 120 else [],
    ):
        if chosen:
            return chosen[:: -(-len(chosen) // 10)]
    return list(days[:: -(-len(days) // 8)])


def _said(day: date, days: Sequence[date]) -> str:
    return f"{day:%Y-%m}" if len(days) > 120 else f"{day:%Y-%m-%d}"
