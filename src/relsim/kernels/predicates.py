"""What happened on each path of a block: the loops over days behind outcomes and quantities. Floor 1.

Days are numbered 1 … T: day t is row t of ``states`` (T + 1, series, LANES) and row t − 1 of ``counts``
(T, K, LANES) and ``in_force`` (T, C, LANES); ``happened`` (E, LANES) holds the day of an entry, 0 where it
did not happen. Stretches are inclusive. Results are per lane; a day that never comes is ``NEVER``. States
are compared in float64 whatever their precision.
"""

from __future__ import annotations

import numpy as np

from relsim.kernels.compiled import LANES, kernel, plain
from relsim.kernels.layout import FOREVER
from relsim.kernels.rows import fill

NEVER = FOREVER
"""The day of what did not come true."""

MEAN, HIGHEST, LOWEST = 0, 1, 2

_ZERO, _ONE, _NEVER = np.int32(0), np.int32(1), np.int32(NEVER)


@plain
def _add_day(counts, happened, events, entries, day, total):
    """total += events of ``day`` + entries that happened on it."""
    today = np.int32(day)
    for k in events:
        row = counts[day - 1, k]
        for i in range(LANES):
            total[i] += row[i]
    for e in entries:
        on = happened[e]
        for i in range(LANES):
            total[i] += _ONE if on[i] == today else _ZERO


@plain
def _take_day(counts, happened, events, entries, day, total):
    """The opposite of ``_add_day``."""
    today = np.int32(day)
    for k in events:
        row = counts[day - 1, k]
        for i in range(LANES):
            total[i] -= row[i]
    for e in entries:
        on = happened[e]
        for i in range(LANES):
            total[i] -= _ONE if on[i] == today else _ZERO


@plain
def _note_first(value, least, day, reached):
    """reached = ``day`` where ``value`` is at least ``least`` for the first time."""
    today = np.int32(day)
    enough = np.int32(least)
    for i in range(LANES):
        reached[i] = today if (value[i] >= enough) & (reached[i] > today) else reached[i]


@plain
def _earliest_entry(happened, entries, first, last, peak, reached):
    """Number of entries that happened in the stretch, and the day of the first of them."""
    for e in entries:
        on = happened[e]
        for i in range(LANES):
            if (on[i] >= first) & (on[i] <= last):
                peak[i] += _ONE
                reached[i] = on[i] if on[i] < reached[i] else reached[i]


def count_days(counts, happened, events, entries, first, last, within, at_least, peak, reached):
    """Count over a stretch, or the largest count over any ``within`` days of it.

    Parameters
    ----------
    events, entries : int64 arrays
        Columns counted together.
    within : int
        Length of the rolling stretch; 0 for all days from ``first``.
    at_least : int
    peak : (LANES,) int32, written
        The (largest) count.
    reached : (LANES,) int32, written
        First day on which the count is ``at_least``, or NEVER.
    """
    total = np.empty(LANES, np.int32)
    _count_days(counts, happened, events, entries, first, last, within, at_least, total, peak, reached)


@kernel
def _count_days(counts, happened, events, entries, first, last, within, at_least, total, peak, reached):
    fill(peak, _ZERO)
    fill(reached, np.int32(first) if at_least <= 0 else _NEVER)
    if len(events) == 0 and within == 0 and at_least <= 1:
        _earliest_entry(happened, entries, first, last, peak, reached)
        return
    fill(total, _ZERO)
    for day in range(first, last + 1):
        _add_day(counts, happened, events, entries, day, total)
        if within > 0 and day - within >= first:
            _take_day(counts, happened, events, entries, day - within, total)
        if within > 0 or day == last:
            for i in range(LANES):
                peak[i] = total[i] if total[i] > peak[i] else peak[i]
        if at_least > 0:
            _note_first(total, at_least, day, reached)


def held_days(in_force, condition, first, last, days, reached):
    """First day that ends ``days`` days in a row, all within the stretch, of a condition in force; or
    NEVER.
    """
    _held_days(in_force, condition, first, last, days, np.empty(LANES, np.int32), reached)


@kernel
def _held_days(in_force, condition, first, last, days, run, reached):
    fill(run, _ZERO)
    fill(reached, _NEVER)
    for day in range(first, last + 1):
        row = in_force[day - 1, condition]
        for i in range(LANES):
            run[i] = run[i] + _ONE if row[i] != 0 else _ZERO
        _note_first(run, days, day, reached)


def stays_inside(states, series, low, high, first, last, days, reached, least, greatest):
    """First day that ends ``days`` days in a row, all within the stretch, strictly between two levels; or
    NEVER.

    ``least`` and ``greatest`` (LANES,) float64 receive the extremes of the series over the stretch.
    """
    run = np.empty(LANES, np.int32)
    _stays_inside(states, series, low, high, first, last, days, run, reached, least, greatest)


@kernel
def _stays_inside(states, series, low, high, first, last, days, run, reached, least, greatest):
    fill(run, _ZERO)
    fill(reached, _NEVER)
    fill(least, np.inf)
    fill(greatest, -np.inf)
    for day in range(first, last + 1):
        row = states[day, series]
        for i in range(LANES):
            x = np.float64(row[i])
            run[i] = run[i] + _ONE if (x > low) & (x < high) else _ZERO
            least[i] = x if x < least[i] else least[i]
            greatest[i] = x if x > greatest[i] else greatest[i]
        _note_first(run, days, day, reached)


@kernel
def days_inside(states, series, low, high, first, last, out):
    """out (LANES,) float64 = number of days of the stretch strictly between two levels."""
    fill(out, 0.0)
    for day in range(first, last + 1):
        row = states[day, series]
        for i in range(LANES):
            x = np.float64(row[i])
            out[i] += 1.0 if (x > low) & (x < high) else 0.0


@kernel
def read_level(states, series, over, first, last, out):
    """out (LANES,) float64 = mean, highest or lowest of a series over the stretch (one day: its value)."""
    row = states[first, series]
    for i in range(LANES):
        out[i] = row[i]
    for day in range(first + 1, last + 1):
        row = states[day, series]
        for i in range(LANES):
            x = np.float64(row[i])
            if over == MEAN:
                out[i] += x
            elif over == HIGHEST:
                out[i] = x if x > out[i] else out[i]
            else:
                out[i] = x if x < out[i] else out[i]
    if over == MEAN and last > first:
        for i in range(LANES):
            out[i] /= last - first + 1


def follow_steps(counts, happened, events, event_ptr, entries, entry_ptr, within, first, last, reached):
    """First day on which the last of several steps falls, each later than the one before by at most
    ``within`` days.

    For every step the latest day on which a chain up to it ends is kept: the latest serves best, since only
    the distance to the next step is bounded. Step j is any of ``events[event_ptr[j]:event_ptr[j + 1]]`` and
    of ``entries`` likewise. ``within`` of 0 means any distance.
    """
    latest = np.zeros((len(event_ptr) - 1, LANES), np.int32)
    today = np.empty(LANES, np.int32)
    _follow_steps(counts, happened, events, event_ptr, entries, entry_ptr, within, first, last, latest, today, reached)


@kernel
def _follow_steps(counts, happened, events, event_ptr, entries, entry_ptr, within, first, last, latest, today, reached):
    steps = latest.shape[0]
    fill(reached, _NEVER)
    for day in range(first, last + 1):
        for j in range(steps - 1, -1, -1):
            fill(today, _ZERO)
            _add_day(
                counts,
                happened,
                events[event_ptr[j] : event_ptr[j + 1]],
                entries[entry_ptr[j] : entry_ptr[j + 1]],
                day,
                today,
            )
            on = np.int32(day)
            earliest = np.int32(max(1, day - within)) if within > 0 else _ONE
            here = latest[j]
            before = latest[max(j - 1, 0)]
            for i in range(LANES):
                follows = (j == 0) | (before[i] >= earliest)
                here[i] = on if (today[i] > 0) & follows else here[i]
        _note_first(latest[steps - 1], 1, day, reached)
