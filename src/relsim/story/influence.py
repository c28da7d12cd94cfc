"""What bears on an outcome: the events, entries, conditions and series that it names, and what moves them.

Imports ``model``, ``outcomes``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from relsim.model import Model
from relsim.outcomes import Program
from relsim.outcomes.program import Chain, Combined, CountedEvents, CountedNames, Held, Leveled, Node, Referred, Stayed
from relsim.scenario import Number, Scenario, Term


def leaves(program: Program, node: Node) -> Iterator[Node]:
    """The predicates that a node consists of, references followed."""
    match node:
        case Combined(_, members):
            for member in members:
                yield from leaves(program, member)
        case Referred(outcome):
            yield from leaves(program, program.outcomes[outcome])
        case _:
            yield node


def part_of(program: Program, outcome: str) -> Program:
    """The program of one outcome and those that it refers to, without quantities."""
    needed: list[str] = []

    def visit(node: Node) -> None:
        match node:
            case Combined(_, members):
                for member in members:
                    visit(member)
            case Referred(name):
                visit(program.outcomes[name])
                needed.append(name)

    visit(program.outcomes[outcome])
    order = tuple(dict.fromkeys([*needed, outcome]))
    return replace(program, order=order, outcomes={name: program.outcomes[name] for name in order}, quantities={})


def resolution_day(nodes: Iterable[Node]) -> int:
    """Last day on which any of some predicates reads; after it nothing changes any more."""
    last = 1
    for node in nodes:
        match node:
            case Leveled() | Stayed():
                last = max(last, node.stretch.last)
            case CountedEvents() | Held() | Chain():
                last = max(last, node.last)
    return last


@dataclass(frozen=True)
class Bearing:
    """Positions along the model's axes.

    Attributes
    ----------
    leaves : the outcome's predicates
    events, entries, conditions, series : what they name; an entry that brings on a named event is named too
    related_conditions : what stands in the clauses of what is named, changes its rate or shifts the named series
    related_events, related_entries : what stands in those clauses, and what begins or ends these conditions
    push : (K,) usual effect of one event on the named series, in points, added up
    entry_push : (E,) the same of a calendar entry
    """

    leaves: tuple[Node, ...]
    events: frozenset[int]
    entries: frozenset[int]
    conditions: frozenset[int]
    series: tuple[int, ...]
    related_events: frozenset[int]
    related_entries: frozenset[int]
    related_conditions: frozenset[int]
    push: NDArray[np.float64]
    entry_push: NDArray[np.float64]


def bearing(model: Model, program: Program, outcomes: Iterable[str]) -> Bearing:
    """What bears on some outcomes."""
    scenario, axes = model.scenario, model.axes
    found = tuple(leaf for name in outcomes for leaf in leaves(program, program.outcomes[name]))
    events: set[int] = set()
    entries: set[int] = set()
    conditions: set[int] = set()
    series: dict[int, None] = {}
    for leaf in found:
        match leaf:
            case CountedEvents(names=CountedNames(some, others)) | Chain(names=CountedNames(some, others)):
                events.update(map(int, some))
                entries.update(map(int, others))
            case Held():
                conditions.update(leaf.conditions)
            case Leveled() | Stayed():
                series[leaf.stretch.series] = None
    named = {name for name, k in axes.events.items() if k in events}
    entries |= {axes.entries[e.name] for e in scenario.calendar.values() if {e.event, e.otherwise_event} & named}
    terms = [t for name in named for t in (*scenario.events[name].requires, *scenario.events[name].unless)]
    for entry in scenario.calendar.values():
        if axes.entries[entry.name] in entries:
            terms += [*entry.requires, *entry.unless, *(odds.term for odds in entry.odds_if)]
    push, entry_push = _pushes(model, list(series) or list(axes.indices.values()))
    moved = _moved(scenario, model, list(series))
    related = {c.name for c in scenario.conditions.values() if set(c.rates) & named or set(c.baseline) & moved}
    related |= _named_by(terms, "condition")
    every = [c for c in scenario.conditions.values() if c.name in related or axes.conditions[c.name] in conditions]
    switches = {name for c in every for name in (*c.begins, *c.ends)}
    return Bearing(
        found,
        frozenset(events),
        frozenset(entries),
        frozenset(conditions),
        tuple(series),
        frozenset(axes.events[name] for name in _named_by(terms, "event") | (switches & set(axes.events))),
        frozenset(axes.entries[name] for name in _named_by(terms, "entry") | (switches & set(axes.entries))),
        frozenset(axes.conditions[name] for name in related),
        push,
        entry_push,
    )


def _named_by(terms: Iterable[Term], kind: str) -> set[str]:
    return {name for term in terms if term.kind == kind for name in term.names}


def _loadings(model: Model, series: int) -> dict[str, float]:
    """Weight of each variable in a series: itself, or the index's weights."""
    axes = model.axes
    for name, position in axes.indices.items():
        if position == series:
            return {v: _usual(number) for v, number in model.scenario.indices[name].weights.items()}
    return {name: 1.0 for name, position in axes.variables.items() if position == series}


def _moved(scenario: Scenario, model: Model, series: list[int]) -> set[str]:
    return {name for one in series for name in _loadings(model, one)}


def _usual(number: Number) -> float:
    return float(number.share * number.quantity.central())


def _pushes(model: Model, series: list[int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    scenario, axes = model.scenario, model.axes
    loads: dict[str, float] = {}
    for one in series:
        for name, weight in _loadings(model, one).items():
            loads[name] = loads.get(name, 0.0) + weight

    def total(effects: Iterable[tuple[str, Number]]) -> float:
        return sum(loads.get(name, 0.0) * _usual(number) for name, number in effects)

    push = np.zeros(len(axes.events))
    for event in scenario.events.values():
        push[axes.events[event.name]] = total(event.effects.items())
    entry_push = np.zeros(len(axes.entries))
    for entry in scenario.calendar.values():
        by_event = push[axes.events[entry.event]] if entry.event else 0.0
        entry_push[axes.entries[entry.name]] = total(entry.effects.items()) + by_event
    return push, entry_push
