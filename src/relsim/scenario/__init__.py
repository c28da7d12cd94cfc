"""The concrete scenario: every layer merged, every set expanded, every name resolved.

Floor 2. Made by ``expand`` from the validated document; read by ``model``, ``outcomes``, ``history`` and the
figures. Holds dates, names and numbers; no arrays, no YAML, no positions.

Rooms: ``parts`` (variables, events, the calendar …), ``predicates`` (outcomes, quantities, what came true).

All rates are per day and all durations in days. Tuples and dicts keep file order, which is the order in which
effects apply and calendar entries are taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from relsim.scenario.parts import (
    Act,
    Codes,
    Condition,
    Entry,
    Event,
    Excitation,
    History,
    Index,
    Intervention,
    Number,
    Observed,
    Odds,
    Term,
    Variable,
)
from relsim.scenario.predicates import (
    All,
    AnyOf,
    BaseRate,
    Change,
    Count,
    Days,
    First,
    Happens,
    InForce,
    InGrade,
    Level,
    Measure,
    Nothing,
    Outcome,
    Predicate,
    Reading,
    Refer,
    Resolved,
    Sequence,
    Stays,
)

__all__ = [
    "Act",
    "All",
    "AnyOf",
    "BaseRate",
    "Change",
    "Codes",
    "Condition",
    "Count",
    "Days",
    "Entry",
    "Event",
    "Excitation",
    "First",
    "Happens",
    "History",
    "InForce",
    "InGrade",
    "Index",
    "Intervention",
    "Level",
    "Measure",
    "Nothing",
    "Number",
    "Observed",
    "Odds",
    "Outcome",
    "Predicate",
    "Reading",
    "Refer",
    "Resolved",
    "Scenario",
    "Sequence",
    "Stays",
    "Term",
    "Variable",
    "WeightCorrelation",
]


SHORT = 24
"""Letters up to which a variable's label is its name in a sentence as well."""
SIDES = {"self": "own side", "other": "other side"}
WITH_ARTICLE = ("United ", "European ", "Netherlands", "Philippines", "own side", "other side")


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
    experts: float = 0.0
    """Part of all paths whose events come at levels that the experts expect from the record."""
    own_seed: int = 1
    """The file's own seed, whatever seed it is run with: a model is judged under it."""
    as_of: date | None = None
    """Last day of the window that the histories tell instead of chance; None where they end before the window."""
    correlation_of_weights: tuple[WeightCorrelation, ...] = ()

    @property
    def days(self) -> int:
        """Length of the window in days."""
        return (self.end - self.start).days + 1

    @property
    def known_to(self) -> date:
        """Last day that a forecast from here knows of: ``as_of``, else the day before the window."""
        return self.as_of or self.start - timedelta(days=1)

    def short_name(self, name: str) -> str:
        """What a variable is called in a sentence: ``Tone of the United States``.

        Its label where that is short, else the words of its key; then whose it is. Before sets are expanded the key
        may end in ``self`` or ``other``, or have no member at all.
        """
        root, *suffixes = name.split(".")
        label = self.unowned(name) or name
        base = label if len(label) <= SHORT else root.replace("_", " ").capitalize()
        for suffix in suffixes:
            if (party := self.parties.get(suffix) or SIDES.get(suffix)) is not None:
                base += f" of {'the ' * party.startswith(WITH_ARTICLE)}{party}"
            else:
                base += f" ({self.issues.get(suffix) or suffix})"
        return base

    def unowned(self, name: str) -> str | None:
        """Label of a variable without the member of the set whose it is; None where there is no such variable."""
        member = name if name in self.variables else None
        member = member or next((key for key in self.variables if key.split(".")[0] == name.split(".")[0]), None)
        if member is None:
            return None
        label = self.variables[member].label
        for suffix in member.split(".")[1:]:
            label = label.removesuffix(f" ({self.parties.get(suffix) or self.issues.get(suffix) or suffix})")
        return label
