"""What was observed, before the window and in its first days, as daily arrays.

Floor 3; imports ``scenario``, ``axes``, ``kernels.layout``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from relsim.kernels.layout import FOREVER
from relsim.model.axes import Axes
from relsim.scenario import Condition, History, Scenario


@dataclass(frozen=True)
class ObservedRecord:
    """Histories merged: on the H days from the earliest that any covers or lists to the day before the window, and
    on the window's first A days, up to ``as_of``.
    """

    counts: NDArray[np.int64]
    """(H, K); per day and event the largest count that any one history gives."""
    covered: NDArray[np.bool_]
    """(H, K) whether some history is complete for the type on that day."""
    in_force: NDArray[np.float64]
    """(H, C) probability that a condition was in force, given what began and ended it."""
    begun: NDArray[np.int32]
    """(C,) day ≤ 0 on which a condition was last begun and not ended since, else ``FOREVER``."""
    reaches: NDArray[np.bool_]
    """(C,) whether that beginning is stated to hold still on the window's first day."""
    window_counts: NDArray[np.int64]
    """(A, K) events beside those of calendar entries that happened."""
    window_covered: NDArray[np.bool_]
    """(A, K)."""
    recorded: NDArray[np.int64]
    """(E,) observed day of the window on which a calendar entry happened, else 0."""
    known: NDArray[np.bool_]
    """(A, E) whether the record tells what came of an entry on the day."""


def observe(scenario: Scenario, axes: Axes) -> ObservedRecord:
    """Merge the scenario's histories into daily counts, coverage, conditions and what came of the calendar."""
    firsts = [e.on for h in scenario.history.values() for e in h.events]
    firsts += [h.covers[0] for h in scenario.history.values() if h.covers]
    earliest = min([1, *map(axes.day, firsts)])
    last = axes.day(scenario.as_of) if scenario.as_of else 0
    counts = np.zeros((last + 1 - earliest, len(axes.events)), np.int64)
    covered = np.zeros(counts.shape, bool)
    known = np.zeros((len(counts), len(axes.entries)), bool)
    for history in scenario.history.values():
        own = np.zeros_like(counts)
        for event in history.events:
            own[axes.day(event.on) - earliest, axes.events[event.event]] += event.count
        counts = np.maximum(counts, own)
        complete = [axes.day(day) - earliest for day in _complete_days(history)]
        covered[np.ix_(complete, [axes.events[name] for name in history.types])] = True
        known[np.ix_(complete, [axes.entries[name] for name in history.entry_types])] = True
    for e, entry in enumerate(scenario.calendar.values()):
        if entry.event is not None:
            known[:, e] |= covered[:, axes.events[entry.event]]
    before = 1 - earliest
    in_force, begun, reaches = conditions_in_force(scenario, axes, counts[:before], earliest)
    recorded, window_counts = _entries(scenario, axes, counts[before:], covered[before:])
    return ObservedRecord(
        counts[:before],
        covered[:before],
        in_force,
        begun,
        reaches,
        window_counts,
        covered[before:],
        recorded,
        known[before:],
    )


def _complete_days(history: History) -> list[date]:
    """Days on which what the history does not list did not happen."""
    if history.covers is None:
        return []
    first, last = history.covers
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if day not in history.missing]


def _entries(
    scenario: Scenario, axes: Axes, counts: NDArray[np.int64], covered: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Days on which calendar entries happened in the observed days (A, …), and the events that are not part of them.

    An entry happened where a history lists it, or where a covering one has its event on its date; in file order,
    each takes one event of its type.
    """
    counts = counts.copy()
    recorded = np.zeros(len(axes.entries), np.int64)
    for history in scenario.history.values():
        for name, on in history.entries:
            e, day = axes.entries[name], axes.day(on)
            if day >= 1 and not 0 < recorded[e] <= day:
                recorded[e] = day
    for e, entry in enumerate(scenario.calendar.values()):
        if entry.event is None:
            continue
        k = axes.events[entry.event]
        if not recorded[e] and entry.first is not None and entry.last is not None:
            for day in range(max(1, axes.day(entry.first)), min(len(counts), axes.day(entry.last)) + 1):
                if covered[day - 1, k] and counts[day - 1, k] > 0:
                    recorded[e] = day
                    break
        if recorded[e] and counts[recorded[e] - 1, k] > 0:
            counts[recorded[e] - 1, k] -= 1
    return recorded, counts


def conditions_in_force(
    scenario: Scenario, axes: Axes, counts: NDArray[np.int64], earliest: int
) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.bool_]]:
    """(H, C) probability in force on each day from day ``earliest`` on; (C,) the last beginning not ended, and whether
    it is known to reach the window.

    A condition begun on day b lasts by chance: it holds on day t with the probability that its duration reaches
    t − b. Which paths it still holds on at start is drawn there.
    """
    length = counts.shape[0]
    conditions = list(scenario.conditions.values())
    in_force = np.zeros((length, len(conditions)))
    begun = np.full(len(conditions), FOREVER, np.int32)
    reaches = np.zeros(len(conditions), bool)
    for c, condition in enumerate(conditions):
        begins, ends = (
            [bool(row.any()) for row in counts[:, [axes.events[name] for name in names if name in axes.events]]]
            for names in (condition.begins, condition.ends)
        )
        stated = axes.day(condition.since) if condition.since else earliest - 1
        since = stated if condition.initially and stated < earliest else None
        known = condition.since is not None
        for h in range(length):
            day = earliest + h
            if since is not None:
                in_force[h, c] = still_holds(condition, since, day, known)
            if ends[h]:
                since = None
            elif begins[h]:
                since, known = day, False
            elif day == stated:
                since, known = day, True
        if since is not None:
            begun[c], reaches[c] = since, known
    return in_force, begun, reaches


def still_holds(condition: Condition, begun: int, day: int, known: bool) -> float:
    """Probability that a condition begun on day ``begun`` holds on ``day``; ``known``: given that it does on day 1."""
    if condition.lasts is None:
        return 1.0
    elapsed = np.array([day - begun, 1 - begun], float)
    reached, given = condition.lasts.quantity.sf((np.maximum(elapsed, elapsed[1]) if known else elapsed) - 1.0)
    return float(reached / given) if known else float(reached)
