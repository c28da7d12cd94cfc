"""What an outcome or quantity is once names and dates are array positions. Floor 3; no behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]

NEVER = 2**31 - 1
"""Day of an outcome that did not come true."""


class CountedNames(NamedTuple):
    """Positions of events and calendar entries counted together."""

    events: Positions
    entries: Positions


class DayRange(NamedTuple):
    """A series over days ``first`` to ``last`` (day 0: the day before the window), read as ``over``."""

    series: int
    over: str
    first: int
    last: int


class Band(NamedTuple):
    """The open interval of levels that makes a predicate true."""

    low: float
    high: float

    @classmethod
    def of(cls, above: float | None, below: float | None) -> Band:
        return cls(-np.inf if above is None else above, np.inf if below is None else below)


@dataclass(frozen=True)
class CountedEvents:
    names: CountedNames
    first: int
    last: int
    within: int
    """Length of the rolling stretch, 0 for the whole."""
    at_least: int
    at_most: int | None


@dataclass(frozen=True)
class Held:
    conditions: tuple[int, ...]
    first: int
    last: int
    days: int


@dataclass(frozen=True)
class Leveled:
    """``value``, ``grade`` (no ``since``) and ``change`` (the reading less that of day ``since``)."""

    stretch: DayRange
    since: int | None
    band: Band
    level: int


@dataclass(frozen=True)
class Stayed:
    stretch: DayRange
    days: int
    band: Band
    level: int


@dataclass(frozen=True)
class Chain:
    names: CountedNames
    event_ptr: Positions
    entry_ptr: Positions
    within: int
    first: int
    last: int


@dataclass(frozen=True)
class Combined:
    kind: str
    """``all``, ``any`` or ``none``."""
    members: tuple[Node, ...]


@dataclass(frozen=True)
class Referred:
    outcome: str


Node = CountedEvents | Held | Leveled | Stayed | Chain | Combined | Referred


@dataclass(frozen=True)
class LevelTest:
    """A level that some outcome compares with: reported where no path came near it."""

    outcome: str
    subject: str
    band: Band


@dataclass(frozen=True)
class Tallied:
    names: CountedNames
    first: int
    last: int


@dataclass(frozen=True)
class InsideDays:
    stretch: DayRange
    band: Band


Gauge = Tallied | DayRange | InsideDays | Referred


@dataclass(frozen=True)
class Program:
    """Outcomes and quantities by position.

    Attributes
    ----------
    days : int
        Length of the window, T.
    order : tuple of str
        Outcomes, each after those it refers to.
    outcomes : dict of str to Node
        In file order.
    quantities : dict of str to Gauge
        In file order.
    levels : tuple of LevelTest
        One for each row of ``Evaluated.reached``.
    entry_days : tuple of int
        Last day of the window on which each calendar entry may happen.
    due : dict of str to int
        The last day of the window that bears on each outcome.
    """

    days: int
    order: tuple[str, ...]
    outcomes: dict[str, Node]
    quantities: dict[str, Gauge]
    levels: tuple[LevelTest, ...]
    entry_days: tuple[int, ...]
    due: dict[str, int]
