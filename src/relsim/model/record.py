"""What was observed before the window, as daily arrays. Floor 3; imports ``scenario``, ``axes``, ``kernels.layout``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from relsim.kernels.layout import FOREVER
from relsim.model.axes import Axes
from relsim.scenario import Condition, Scenario


@dataclass(frozen=True)
class ObservedRecord:
    """Histories merged on the H days from the earliest that any covers or lists to the day before the window."""

    counts: NDArray[np.int64]
    """(H, K); per day and event the largest count that any one history gives."""
    covered: NDArray[np.bool_]
    """(H, K) whether some history is complete for the type on that day."""
    in_force: NDArray[np.float64]
    """(H, C) probability that a condition was in force, given what began and ended it."""
    begun: NDArray[np.int32]
    """(C,) day ≤ 0 on which a condition was last begun and not ended since, else ``FOREVER``."""


def observe(scenario: Scenario, axes: Axes) -> ObservedRecord:
    """Merge the scenario's histories into daily counts, coverage and conditions."""
    firsts = [e.on for h in scenario.history.values() for e in h.events]
    firsts += [h.covers[0] for h in scenario.history.values() if h.covers]
    earliest = min([axes.day(d) for d in firsts], default=1)
    length = max(0, 1 - earliest)
    counts = np.zeros((length, len(axes.events)), np.int64)
    covered = np.zeros((length, len(axes.events)), bool)
    for history in scenario.history.values():
        own = np.zeros_like(counts)
        for event in history.events:
            own[axes.day(event.on) - earliest, axes.events[event.event]] += event.count
        counts = np.maximum(counts, own)
        if history.covers:
            first, last = history.covers
            types = [axes.events[name] for name in history.types]
            for n in range((last - first).days + 1):
                on = first + timedelta(days=n)
                day = axes.day(on)
                if day < 1 and on not in history.missing:
                    covered[day - earliest, types] = True
    in_force, begun = conditions_in_force(scenario, axes, counts, earliest)
    return ObservedRecord(counts, covered, in_force, begun)


def conditions_in_force(
    scenario: Scenario, axes: Axes, counts: NDArray[np.int64], earliest: int
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """(H, C) probability in force on each day from day ``earliest`` on, and (C,) the last beginning not ended.

    A condition begun on day b lasts by chance: it holds on day t with the probability that its duration reaches
    t − b. Which paths it still holds on at start is drawn there.
    """
    length = counts.shape[0]
    conditions = list(scenario.conditions.values())
    in_force = np.zeros((length, len(conditions)))
    begun = np.full(len(conditions), FOREVER, np.int32)
    for c, condition in enumerate(conditions):
        begins = [axes.events[name] for name in condition.begins if name in axes.events]
        ends = [axes.events[name] for name in condition.ends if name in axes.events]
        since = earliest - 1 if condition.initially else None
        for h in range(length):
            day = earliest + h
            if since is not None:
                in_force[h, c] = _still_holds(condition, day - since)
            if counts[h, ends].any():
                since = None
            elif counts[h, begins].any():
                since = day
        if since is not None:
            begun[c] = since
    return in_force, begun


def _still_holds(condition: Condition, elapsed: int) -> float:
    """Probability that a condition begun ``elapsed`` days ago holds."""
    if condition.lasts is None:
        return 1.0
    return float(condition.lasts.quantity.sf(np.array([elapsed - 1.0]))[0])
