"""Who acts on whom: one walk over all that a scenario's parts name. Floor 2.

A link leads from what acts to what it acts on, with the number that says how much where there is one. Whatever asks
what hangs on what (what a longer record cannot touch, the model as a picture) reads it from here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from relsim.scenario import (
    All,
    AnyOf,
    Change,
    Entry,
    Event,
    Happens,
    InForce,
    InGrade,
    Level,
    Nothing,
    Number,
    Predicate,
    Refer,
    Scenario,
    Sequence,
    Stays,
    Term,
)

Kind = Literal["event", "entry", "condition", "level", "outcome"]
Thing = tuple[Kind, str]
"""Kind and name; a ``level`` is a variable's or an index's."""
How = Literal[
    "effect",
    "otherwise",
    "rate ratio",
    "excitation",
    "share",
    "odds ratio",
    "odds if",
    "requires",
    "unless",
    "begins",
    "ends",
    "multiplies",
    "shifts",
    "pull",
    "weight",
    "event",
    "after",
    "asks",
]


@dataclass(frozen=True)
class Link:
    """One part of the scenario acts on another.

    Attributes
    ----------
    number : how much; None for what only opens or closes a way
    half_life : of the memory through which events bring on others
    text : the clause, in words, where it is one
    """

    source: Thing
    target: Thing
    how: How
    number: Number | None = None
    half_life: Number | None = None
    text: str = ""


def links(scenario: Scenario) -> Iterator[Link]:
    """All links between variables, indices, events, conditions and entries, then those to outcomes."""
    for index in scenario.indices.values():
        yield from _numbered("level", index.weights, ("level", index.name), "weight")
    for variable in scenario.variables.values():
        yield from _numbered("level", variable.pull, ("level", variable.name), "pull")
    for event in scenario.events.values():
        yield from _of_event(event)
    for entry in scenario.calendar.values():
        yield from _of_entry(entry, scenario)
    for condition in scenario.conditions.values():
        this: Thing = ("condition", condition.name)
        yield from (Link(_happening(name, scenario), this, "begins") for name in condition.begins)
        yield from (Link(_happening(name, scenario), this, "ends") for name in condition.ends)
        yield from (Link(this, ("level", name), "shifts", n) for name, n in condition.baseline.items())
        yield from (Link(this, ("event", name), "multiplies", n) for name, n in condition.rates.items())
    for outcome in scenario.outcomes.values():
        for thing in dict.fromkeys(named(outcome.predicate, scenario)):
            yield Link(thing, ("outcome", outcome.name), "asks")


def named(predicate: Predicate, scenario: Scenario) -> Iterator[Thing]:
    """What a predicate names; another outcome stands for itself."""
    match predicate:
        case All(members) | AnyOf(members) | Nothing(members):
            for member in members:
                yield from named(member, scenario)
        case Refer(outcome):
            yield "outcome", outcome
        case Happens():
            yield from (_happening(name, scenario) for name in predicate.names)
        case Sequence(steps):
            yield from (_happening(name, scenario) for step in steps for name in step)
        case InForce():
            yield from (("condition", name) for name in predicate.names)
        case Level() | Change() | InGrade() | Stays():
            yield "level", predicate.name


def _numbered(kind: Kind, numbers: Mapping[str, Number], target: Thing, how: How) -> Iterator[Link]:
    return (Link((kind, name), target, how, number) for name, number in numbers.items())


def _of_event(event: Event) -> Iterator[Link]:
    this: Thing = ("event", event.name)
    yield from _numbered("level", event.rate_ratio, this, "rate ratio")
    for brought in event.excited_by:
        how: How = "excitation" if brought.among is None else "share"
        yield Link(("event", brought.source), this, how, brought.amount, brought.half_life)
    yield from (Link(this, ("level", name), "effect", number) for name, number in event.effects.items())
    yield from _gates(event, this)


def _of_entry(entry: Entry, scenario: Scenario) -> Iterator[Link]:
    this: Thing = ("entry", entry.name)
    yield from (Link(_happening(name, scenario), this, "after") for name in entry.after)
    yield from _numbered("level", entry.odds_ratio, this, "odds ratio")
    for odds in entry.odds_if:
        yield from (Link(thing, this, "odds if", odds.ratio, text=odds.term.text) for thing in _things(odds.term))
    yield from _gates(entry, this)
    yield from (Link(this, ("level", name), "effect", number) for name, number in entry.effects.items())
    yield from (Link(this, ("level", name), "otherwise", number) for name, number in entry.otherwise_effects.items())
    yield from (
        Link(this, ("event", name), "event") for name in (entry.event, entry.otherwise_event) if name is not None
    )


def _gates(of: Event | Entry, this: Thing) -> Iterator[Link]:
    for term in of.requires:
        yield from (Link(thing, this, "requires", text=term.text) for thing in _things(term))
    for term in of.unless:
        yield from (Link(thing, this, "unless", text=term.text) for thing in _things(term))


def _things(term: Term) -> Iterator[Thing]:
    return ((term.kind, name) for name in term.names)  # type: ignore[misc]


def _happening(name: str, scenario: Scenario) -> Thing:
    if name in scenario.events:
        return "event", name
    return ("entry", name) if name in scenario.calendar else ("condition", name)
