"""Which days a source covers: those outside, and those on which it was silent or nearly so. Floor 3.

A source of the whole world has rows every day; a day without any is an outage, and so is one with far fewer than its
weekday has about that time. Rows that are told late, or dated years ago, are few on each of their days: they do not
stretch the cover. Of a file of few countries that cannot be said of one quiet day, only of a silence that chance hardly
explains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

EXPECTED = 20.0
"""Rows that a silence must have kept away to be taken for an outage. Independent rows would leave so many out once in
500 million; real ones come in bursts and keep holidays, so that such a silence is doubtful, not impossible."""
AROUND = 30
"""Days on either side of a silence from which the usual number of rows is taken."""
THIN = 0.2
"""Share of the usual rows below which a day is missing. Days after Christmas keep a quarter of theirs (ICEWS, 2018);
damaged days of real files had 3 to 15 %."""
STRAY = 0.05
"""Share of the usual rows below which days are no level of their own, however many there are."""
SHIFT = 14
"""Days on end with fewer than ``THIN`` and more than ``STRAY`` of the usual rows after which that is the new level."""
FEW = 0.02
"""Share of all rows up to which the rows beyond an outage at either end may be strays."""
ENOUGH = 50.0
"""Rows a day from which a thin day can be told by itself."""
_WEEKS, _NEAR = 8, 28
"""Same weekdays, and days of any kind, from which the usual number of a day is taken."""


@dataclass(frozen=True)
class Cover:
    """The days that a source covers."""

    first: date
    last: date
    missing: tuple[date, ...]
    """Between the two, without a row or with far fewer than usual."""
    thin: tuple[tuple[date, int, int], ...]
    """Of the missing days, those that have rows: how many, and how many were usual."""
    empty_days: tuple[date, ...]
    """Days without any row that are not taken for missing."""
    outside: tuple[tuple[date, int], ...]
    """Days before and after that have rows, and how many."""


def cover(spoken: Sequence[tuple[date, int]], whole_world: bool) -> Cover:
    """The days covered by a source with these rows.

    Parameters
    ----------
    spoken : days with rows of any countries, rising, and how many; not empty
    whole_world : whether the source tells of more than the parties, so that a day without a row is an outage
    """
    start = spoken[0][0]
    rows = np.zeros((spoken[-1][0] - start).days + 1)
    for day, number in spoken:
        rows[(day - start).days] = number
    usual = np.full(len(rows), np.nan)
    first, last = 0, len(rows) - 1
    thin: NDArray[np.intp] = np.zeros(0, np.intp)
    if whole_world and _level(rows) >= ENOUGH:
        accepted, usual = _accepted(rows, start.weekday())
        first, last = int(np.argmax(accepted)), len(rows) - 1 - int(np.argmax(accepted[::-1]))
        thin = np.flatnonzero(~accepted & (rows > 0))
        thin = thin[(thin > first) & (thin < last)]
    else:
        first, last = _without_strays(rows, start.weekday())
    inside = rows[first : last + 1]
    empty = first + np.flatnonzero(inside == 0)
    missing = empty if whole_world else first + _outages(inside, (start.weekday() + first) % 7)

    def day_of(number: int) -> date:
        return start + timedelta(days=int(number))

    return Cover(
        first=day_of(first),
        last=day_of(last),
        missing=tuple(day_of(n) for n in sorted({*missing.tolist(), *thin.tolist()})),
        thin=tuple((day_of(n), int(rows[n]), round(float(usual[n]))) for n in thin.tolist()),
        empty_days=tuple(day_of(n) for n in sorted({*empty.tolist()} - {*missing.tolist()})),
        outside=tuple((day, n) for day, n in spoken if not day_of(first) <= day <= day_of(last)),
    )


def _level(rows: NDArray[np.float64]) -> float:
    """The count that half of all rows stand on days with at least, which few rows on many days do not move."""
    ordered = np.sort(rows)[::-1]
    return float(ordered[np.searchsorted(np.cumsum(ordered), rows.sum() / 2)])


def _accepted(rows: NDArray[np.float64], weekday: int) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Which days are covered, and what was usual on each.

    From the four weeks with most rows outwards, each day is held against its like among the nearest days covered, so
    that the usual number goes with the source's level.
    """
    n = len(rows)
    sums = np.convolve(rows, np.ones(min(_NEAR, n)), "valid")
    core = int(np.argmax(sums))
    end = core + min(_NEAR, n)
    accepted, usual = np.zeros(n, bool), np.full(n, np.nan)
    full = rows[core:end] >= STRAY * rows[core:end].max()
    known = [core + int(k) for k in np.flatnonzero(full)]
    for k in range(core, end):
        usual[k] = _usual(rows, weekday, k, [j for j in known if j != k] or known)
        accepted[k] = rows[k] >= THIN * usual[k]
    for days in (range(end, n), range(core - 1, -1, -1)):
        _outwards(rows, weekday, days, accepted, usual)
    for k in np.flatnonzero(~accepted & (rows > 0)).tolist():
        # Beside a jump of the level the one side alone would tell: a day is thin beside either.
        for near in (np.flatnonzero(accepted[:k])[::-1], k + 1 + np.flatnonzero(accepted[k + 1 :])):
            if len(near) >= SHIFT:
                usual[k] = min(usual[k], _usual(rows, weekday, k, near[: 7 * _WEEKS].tolist()))
        accepted[k] = rows[k] >= THIN * usual[k]
    return accepted, usual


def _outwards(
    rows: NDArray[np.float64], weekday: int, days: range, accepted: NDArray[np.bool_], usual: NDArray[np.float64]
) -> None:
    """Validator days one after another, away from those judged already."""
    inner = np.flatnonzero(accepted)
    known = inner[::-1].tolist() if days.step > 0 else inner.tolist()  # the nearest first
    known.reverse()
    run: list[int] = []
    for k in days:
        usual[k] = _usual(rows, weekday, k, known[-7 * _WEEKS :][::-1])
        if rows[k] >= THIN * usual[k]:
            accepted[k] = True
            known.append(k)
            run = []
            continue
        run = [*run, k] if rows[k] >= STRAY * usual[k] else []
        if len(run) >= SHIFT:
            accepted[run] = True
            known, run = list(run), []


def _usual(rows: NDArray[np.float64], weekday: int, day: int, near: Sequence[int]) -> float:
    """The median of the nearest like days: of the same weekday, else of the same kind, else of any."""
    same = [k for k in near if (k - day) % 7 == 0][:_WEEKS]
    if len(same) < 4:
        weekend = (weekday + day) % 7 >= 5
        same = [k for k in near if ((weekday + k) % 7 >= 5) == weekend][:_NEAR]
    if len(same) < 3:
        same = list(near[:_NEAR])
    return float(np.median(rows[same]))


def _without_strays(rows: NDArray[np.float64], weekday: int) -> tuple[int, int]:
    """First and last day without the few rows beyond an outage at either end."""
    first, last = 0, len(rows) - 1
    while True:
        silent = _silences(rows[first : last + 1], (weekday + first) % 7)
        if not silent:
            return first, last
        (a, b), (c, d) = ((first + x, first + y) for x, y in (silent[0], silent[-1]))
        before, after = rows[first:a].sum(), rows[d + 1 : last + 1].sum()
        few = FEW * rows.sum()
        if before <= few and before < STRAY * _rate(rows[b + 1 : last + 1]) * (b + 1 - first):
            first = b + 1
        elif after <= few and after < STRAY * _rate(rows[first:c][::-1]) * (last + 1 - c):
            last = c - 1
        else:
            return first, last


def _rate(rows: NDArray[np.float64]) -> float:
    """Rows a day on the days next to an outage."""
    return float(rows[:AROUND].mean()) if len(rows) else 0.0


def _outages(rows: NDArray[np.float64], weekday: int) -> NDArray[np.intp]:
    found = [np.arange(first, last + 1) for first, last in _silences(rows, weekday)]
    return np.concatenate(found) if found else np.zeros(0, np.intp)


def _silences(rows: NDArray[np.float64], weekday: int) -> list[tuple[int, int]]:
    """First and last day of each silence in which ``EXPECTED`` rows or more would have been usual.

    What is usual on a day is the mean of the days around it of the same kind, working day or weekend.
    """
    weekend = (np.arange(len(rows)) + weekday) % 7 >= 5
    found = []
    for start in np.flatnonzero((rows == 0) & np.r_[True, rows[:-1] > 0]).tolist():
        length = int(np.argmax(np.r_[rows[start:], 1] > 0))
        silent = np.arange(start, start + length)
        near = np.r_[max(0, start - AROUND) : start, start + length : min(len(rows), start + length + AROUND)]
        usual = sum(
            (weekend[silent] == kind).sum() * rows[near[weekend[near] == kind]].mean()
            for kind in (False, True)
            if (weekend[near] == kind).any()
        )
        if usual >= EXPECTED:
            found.append((start, start + length - 1))
    return found
