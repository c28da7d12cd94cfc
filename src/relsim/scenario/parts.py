"""What a scenario is made of: numbers, variables, events, calendar, conditions, histories, interventions. Floor 2."""

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
    since: date | None
    """Where it is in force initially: the day before its first day in force, if the file says so."""
    baseline: Mapping[str, Number]
    """Shift of a variable's baseline while in force."""
    rates: Mapping[str, Number]
    """Multiplier of an event's rate while in force; 0 for none."""


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
    """Extra events that ``source`` events bring on, through a trace of the given half-life."""

    source: str
    amount: Number
    """Extra events per source event in all; or the share of the event's usual number that ``among`` bring on."""
    half_life: Number
    among: tuple[str, ...] | None = None
    """Sources that bring on the share together, each in proportion to its usual number; None where not a share."""


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
    usual: bool
    """Whether it is part of the usual; an event that is held back now and then is not, unless the file says so."""
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
    entry: str | None = None
    """The calendar entry of which the event was part."""


@dataclass(frozen=True)
class History:
    """One named history: what was observed, and on which days, for which types, it is complete."""

    name: str
    events: tuple[Observed, ...]
    covers: tuple[date, date] | None
    types: tuple[str, ...]
    """Event types complete within ``covers``: those that occur in it and those named under ``types``."""
    missing: frozenset[date]
    entries: tuple[tuple[str, date], ...] = ()
    """Calendar entries that happened, each with its date."""
    entry_types: tuple[str, ...] = ()
    """Calendar entries named under ``types``: not listed within ``covers`` means that they did not happen."""
    declared: tuple[str, ...] = ()
    """The event types named under ``types``, whether or not they occur."""
