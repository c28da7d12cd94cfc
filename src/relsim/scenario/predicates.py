"""What a scenario asks, and what came true. Floor 2."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

# Outcomes: predicates over a path. Durations are whole days; ``first`` and ``last`` are inclusive window dates.
# A date of None in Change.start or Level.on stands for the day before the first day (``start``).


@dataclass(frozen=True)
class Happens:
    """Counts of events or entries between two dates; with ``within`` the largest count over so many days."""

    names: tuple[str, ...]
    at_least: int
    at_most: int | None
    within: int | None
    first: date
    last: date


@dataclass(frozen=True)
class InForce:
    """A condition (any of ``names``) in force on a date, or for so many days in a row."""

    names: tuple[str, ...]
    on: date | None
    days: int | None
    first: date
    last: date


@dataclass(frozen=True)
class Level:
    """A variable or index compared on one day, or its mean, highest or lowest over a stretch."""

    name: str
    over: str
    """``on``, ``mean``, ``highest`` or ``lowest``."""
    first: date | None
    """The date for ``on`` (None: ``start``); else the first date of the stretch."""
    last: date | None
    above: float | None
    below: float | None


@dataclass(frozen=True)
class Change:
    """The change of a variable or index between two dates."""

    name: str
    start: date | None
    end: date | None
    above: float | None
    below: float | None


@dataclass(frozen=True)
class InGrade:
    """A variable or index lies in a grade on a date: ``low < value <= high``, None where open."""

    name: str
    grade: str
    low: float | None
    high: float | None
    on: date | None


@dataclass(frozen=True)
class Stays:
    """A variable or index stays above or below for so many days in a row."""

    name: str
    above: float | None
    below: float | None
    days: int
    first: date
    last: date


@dataclass(frozen=True)
class Sequence:
    """Steps that happen on strictly later days, each at most ``within`` days after the one before."""

    steps: tuple[tuple[str, ...], ...]
    within: int | None
    first: date
    last: date


@dataclass(frozen=True)
class All:
    members: tuple[Predicate, ...]


@dataclass(frozen=True)
class AnyOf:
    members: tuple[Predicate, ...]


@dataclass(frozen=True)
class Nothing:
    """True where none of ``members`` is (``not`` has one member); certain on the window's last day."""

    members: tuple[Predicate, ...]


@dataclass(frozen=True)
class Refer:
    """Another outcome by name."""

    outcome: str


Predicate = Happens | InForce | Level | Change | InGrade | Stays | Sequence | All | AnyOf | Nothing | Refer


@dataclass(frozen=True)
class BaseRate:
    """How often such a thing came true before.

    Attributes
    ----------
    value : what forecasts are measured against; of a count (k + ½)/(n + 1)
    low, high : Jeffreys' 95 % interval of a count, None of a probability
    count, of : cases in which it came true, of all; None of a probability
    """

    value: float
    low: float | None = None
    high: float | None = None
    count: int | None = None
    of: int | None = None
    source: str | None = None


@dataclass(frozen=True)
class Outcome:
    name: str
    title: str
    predicate: Predicate
    criteria: str | None
    source: str | None
    void_if: str | None
    base_rate: BaseRate | None = None
    """How often such a thing came true before; what the forecast is measured against."""
    crowd: float | None = None
    """What others thought of it when they began to ask it."""
    built_in: bool = False
    """Whether a built-in model asks it."""


@dataclass(frozen=True)
class Count:
    """How many events of ``names`` between two dates."""

    names: tuple[str, ...]
    first: date
    last: date


@dataclass(frozen=True)
class Reading:
    """A variable or index on one day (None: ``start``), or its mean, highest or lowest over a stretch."""

    name: str
    over: str
    first: date | None
    last: date | None


@dataclass(frozen=True)
class Days:
    """How many days of the stretch a variable or index is above or below."""

    name: str
    above: float | None
    below: float | None
    first: date
    last: date


@dataclass(frozen=True)
class First:
    """Days from the day before start until an outcome is certain; undefined where it never is."""

    outcome: str


@dataclass(frozen=True)
class Measure:
    """A named numeric quantity of a path."""

    name: str
    title: str
    of: Count | Reading | Days | First
    built_in: bool = False
    """Whether a built-in model asks it."""


@dataclass(frozen=True)
class Resolved:
    """What came true of an outcome (``value`` a bool, ``on`` the date) or a quantity (a number), or that it is void."""

    value: bool | float | None
    on: date | None
    void: str | None
    """The reason, where the question is void."""
    source: str | None
