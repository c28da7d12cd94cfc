"""The concrete scenario: every layer merged, every set expanded, every name resolved.

Floor 2. Made by ``expand`` from the validated document; read by ``model``, ``outcomes``, ``history`` and the
figures. Holds dates, names and numbers; no arrays, no YAML, no positions.

All rates are per day and all durations in days. Tuples and dicts keep file order, which is the order in which
effects apply and calendar entries are taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from relsim.quantity import Quantity


@dataclass(frozen=True)
class Number:
    """One number of the file: a quantity, the place it was written at, and its share of an ``in_all``."""

    quantity: Quantity
    path: str
    """Path in the file before expansion, keys joined by ``/`` (``events/accusation/rate``); members share it."""
    share: float = 1.0
    """The value used is ``share`` times the quantity (salience share of an ``in_all`` or of an index weight)."""


@dataclass(frozen=True)
class Variable:
    """A state variable, in points."""

    name: str
    label: str
    low: float
    high: float
    baseline: Number
    half_life: Number
    spread: Number
    initial: Number | None
    pull: Mapping[str, Number]
    drift: bool
    """False where the file says ``drift: off``."""


@dataclass(frozen=True)
class Index:
    """A fixed linear combination of variables."""

    name: str
    label: str
    weights: Mapping[str, Number]


@dataclass(frozen=True)
class Condition:
    """A standing state of the world."""

    name: str
    label: str
    begins: tuple[str, ...]
    """Names of events and calendar entries."""
    ends: tuple[str, ...]
    lasts: Number | None
    initially: bool
    baseline: Mapping[str, Number]
    """Shift of a variable's baseline while in force."""
    rates: Mapping[str, Number]
    """Multiplier of an event's rate while in force."""


@dataclass(frozen=True)
class Term:
    """One clause of ``requires``, ``unless`` or ``odds_if``; true where any one of ``names`` satisfies it."""

    kind: str
    """``event``, ``entry``, ``condition`` or ``level``."""
    names: tuple[str, ...]
    text: str
    """The clause as a reader would say it, for reports (``incident within 14 days``)."""
    within: int | None = None
    since: date | None = None
    at_least: int = 1
    above: Number | None = None
    below: Number | None = None
    negated: bool = False


@dataclass(frozen=True)
class Excitation:
    """Extra events that one ``source`` event brings on in all, through a trace of the given half-life."""

    source: str
    events: Number
    half_life: Number


@dataclass(frozen=True)
class Act:
    """How rows of a source make one act.

    A day with at least ``rows`` rows is a day of an act; less than ``apart`` days after the last such day it belongs
    to the same act.
    """

    rows: int
    apart: int


@dataclass(frozen=True)
class Codes:
    """Which coded events of a source are this event."""

    lists: Mapping[str, tuple[str, ...]]
    """Codes by scheme (``cameo``, ``plover``, ``own``); one stands for all that begin with it."""
    act: Act | None
    """None where every row is an event."""


@dataclass(frozen=True)
class Event:
    """An event type."""

    name: str
    label: str
    rate: Number
    rate_ratio: Mapping[str, Number]
    excited_by: tuple[Excitation, ...]
    effects: Mapping[str, Number]
    overdispersion: Number
    weekdays: tuple[Number, ...] | None
    """Seven numbers, Monday first, as written (not yet rescaled to mean 1)."""
    at_most: int | None
    ever: bool
    requires: tuple[Term, ...]
    unless: tuple[Term, ...]
    codes: Codes | None


@dataclass(frozen=True)
class Odds:
    """An odds ratio that applies where ``term`` holds."""

    term: Term
    ratio: Number


@dataclass(frozen=True)
class Entry:
    """A calendar entry. Either ``first`` and ``last`` are given (equal for ``on``), or ``after`` and ``delay``."""

    name: str
    label: str
    first: date | None
    last: date | None
    after: tuple[str, ...]
    """Names of events, entries and conditions."""
    delay: Number | None
    probability: Number
    at: Mapping[str, Number]
    odds_ratio: Mapping[str, Number]
    odds_if: tuple[Odds, ...]
    requires: tuple[Term, ...]
    unless: tuple[Term, ...]
    event: str | None
    effects: Mapping[str, Number]
    otherwise_event: str | None
    otherwise_effects: Mapping[str, Number]


@dataclass(frozen=True)
class Intervention:
    """One named intervention of the scenario. Exactly one kind of content is set."""

    name: str
    on: date | None = None
    event: str | None = None
    shift: Mapping[str, Number] = field(default_factory=dict)
    set: Mapping[str, Number] = field(default_factory=dict)
    cancel: str | None = None
    force: str | None = None
    first: date | None = None
    last: date | None = None
    rates: Mapping[str, Number] = field(default_factory=dict)


@dataclass(frozen=True)
class Observed:
    """One observed event of a history, already mapped to an event type of the scenario."""

    on: date
    event: str
    count: int
    note: str


@dataclass(frozen=True)
class History:
    """One named history: what was observed, and on which days, for which types, it is complete."""

    name: str
    events: tuple[Observed, ...]
    covers: tuple[date, date] | None
    types: tuple[str, ...]
    """Event types complete within ``covers``: those that occur in it and those named under ``types``."""
    missing: frozenset[date]


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
class Outcome:
    name: str
    title: str
    predicate: Predicate
    criteria: str | None
    source: str | None
    void_if: str | None


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


@dataclass(frozen=True)
class WeightCorrelation:
    """Correlation of the doubts about two numbers, by their paths in the file."""

    between: tuple[str, ...]
    value: float


@dataclass(frozen=True)
class Scenario:
    """Everything ``model`` needs, in file order."""

    title: str
    variant: str | None
    start: date
    end: date
    paths: int
    seed: int
    draws: int | None
    max_per_day: float
    parties: Mapping[str, str]
    issues: Mapping[str, str]
    limit: float
    grades: Mapping[str, float]
    """Grade name to inclusive upper bound, rising."""
    variables: Mapping[str, Variable]
    correlation: Mapping[tuple[str, str], float]
    conditions: Mapping[str, Condition]
    indices: Mapping[str, Index]
    events: Mapping[str, Event]
    calendar: Mapping[str, Entry]
    history: Mapping[str, History]
    interventions: Mapping[str, Intervention]
    outcomes: Mapping[str, Outcome]
    quantities: Mapping[str, Measure]
    correlation_of_weights: tuple[WeightCorrelation, ...] = ()

    @property
    def days(self) -> int:
        """Length of the window in days."""
        return (self.end - self.start).days + 1
