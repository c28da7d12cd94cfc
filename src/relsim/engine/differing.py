"""The first day on which two simulated blocks differ. Floor 4; imports ``model``, ``kernels``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relsim.kernels.layout import Record, State
from relsim.model import Axes


class Watch:
    """Looks at blocks simulated under two models.

    Attributes
    ----------
    first : int or None
        First day on which a variable that both have differs on a path, or the count of an event, a condition in force
        or a calendar entry's happening. What one of the two lacks never happens there.
    """

    def __init__(self, one: Axes, other: Axes, days: int) -> None:
        self.first: int | None = None
        self._days = days
        self._variables = _Rows(one.variables, other.variables)
        self._events = _Rows(one.events, other.events)
        self._conditions = _Rows(one.conditions, other.conditions)
        self._entries = _Rows(one.entries, other.entries)

    def look(self, one: tuple[State, Record], other: tuple[State, Record], lanes: int) -> None:
        """Compare the first ``lanes`` paths of a block, over days before the first difference found so far."""
        days = self._days if self.first is None else self.first - 1
        (state_a, record_a), (state_b, record_b) = one, other
        differs = self._variables.differ(record_a.states[1 : days + 1], record_b.states[1 : days + 1], lanes, False)
        differs |= self._events.differ(record_a.counts[:days], record_b.counts[:days], lanes, True)
        differs |= self._conditions.differ(record_a.in_force[:days], record_b.in_force[:days], lanes, True)
        found = [int(differs.argmax()) + 1] if differs.any() else []
        found += self._entries.first_day(state_a.happened, state_b.happened, lanes, days)
        self.first = min(found, default=self.first)


class _Rows:
    """Rows that two arrays have in common, and those of one alone."""

    def __init__(self, one: Mapping[str, int], other: Mapping[str, int]) -> None:
        both = [name for name in one if name in other]
        self._of_one = _chosen([one[name] for name in both], len(one))
        self._of_other = _chosen([other[name] for name in both], len(other))
        self._only_one = [row for name, row in one.items() if name not in other]
        self._only_other = [row for name, row in other.items() if name not in one]

    def differ(self, one: Any, other: Any, lanes: int, alone: bool) -> NDArray[np.bool_]:
        """(days,) whether arrays (days, rows, LANES) differ; with ``alone`` rows that one lacks are zero there."""
        found = (one[:, self._of_one, :lanes] != other[:, self._of_other, :lanes]).any(axis=(1, 2))
        if alone:
            for values, rows in ((one, self._only_one), (other, self._only_other)):
                if rows:
                    found |= values[:, rows, :lanes].any(axis=(1, 2))
        return np.asarray(found)

    def first_day(self, one: Any, other: Any, lanes: int, days: int) -> list[int]:
        """The earliest day up to ``days`` among those (rows, LANES; 0 for none) that differ, or nothing."""
        a, b = one[self._of_one, :lanes], other[self._of_other, :lanes]
        differ = a != b
        found = [a[differ], b[differ], one[self._only_one, :lanes].ravel(), other[self._only_other, :lanes].ravel()]
        happened = np.concatenate(found)
        happened = happened[(happened > 0) & (happened <= days)]
        return [int(happened.min())] if happened.size else []


def _chosen(rows: list[int], of: int) -> list[int] | slice:
    """All rows in order as a slice, which copies nothing."""
    return slice(0, of) if rows == list(range(of)) else rows
