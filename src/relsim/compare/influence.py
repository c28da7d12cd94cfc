"""Which outcomes a change of the record cannot touch, from who reads whom in the scenario. Floor 5.

A graph without numbers: what an outcome names, what moves that, what moves those, and so on back. Where nothing that
changed is among it, no path can differ, however many are simulated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set

import numpy as np

from relsim.model import Axes, Model
from relsim.outcomes import Program
from relsim.outcomes.program import Chain, Combined, Counted, Held, Leveled, Node, Referred, Stayed
from relsim.scenario import Scenario, Term

Thing = tuple[str, str]
"""Kind (``event``, ``entry``, ``condition`` or ``level``) and name."""


def out_of_touch(scenario: Scenario, axes: Axes, program: Program, changed: Set[Thing]) -> frozenset[str]:
    """Outcomes that nothing of what changed can reach."""
    reads = _reads(scenario)
    return frozenset(
        name for name, node in program.outcomes.items() if not changed & _reached(reads, _named(node, axes, program))
    )


def changed(before: Model, after: Model) -> set[Thing]:
    """What a longer record, or another one of the same days, settles otherwise than the one before.

    On a day newly observed that is every event type that chance would have made, as none is drawn any more.
    """
    axes, a, b = after.axes, before.observed, after.observed
    known, newly = len(a.window_counts), slice(len(a.window_counts), None)
    found: set[Thing] = set()
    drawn = after.structure.rates.drawn.astype(bool) if len(b.window_counts) > known else False
    events = drawn | b.window_counts[newly].any(axis=0)
    for one, other in ((a.window_counts, b.window_counts), (a.window_covered, b.window_covered)):
        events = events | (one != other[:known]).any(axis=0)
    if a.counts.shape == b.counts.shape:
        events = events | ((a.counts != b.counts) | (a.covered != b.covered)).any(axis=0)
        conditions = (a.in_force != b.in_force).any(axis=0) | (a.begun != b.begun)
    else:
        events, conditions = np.ones(len(axes.events), bool), np.ones(len(axes.conditions), bool)
        found |= {("level", name) for name in axes.variables}
    calendar = after.structure.calendar
    days = np.arange(1, len(b.known) + 1)[:, None]
    due = (calendar.first <= days) & (days <= calendar.last)
    due |= np.diff(calendar.after.ptr) > 0
    settled = np.concatenate([a.known, np.zeros_like(b.known[newly])]) != b.known
    entries = (settled & due).any(axis=0) | (a.recorded != b.recorded)
    found |= {("event", name) for name, k in axes.events.items() if events[k]}
    found |= {("condition", name) for name, c in axes.conditions.items() if conditions[c]}
    return found | {("entry", name) for name, e in axes.entries.items() if entries[e]}


def _reached(reads: Mapping[Thing, Set[Thing]], start: Iterable[Thing]) -> set[Thing]:
    found: set[Thing] = set()
    waiting = list(start)
    while waiting:
        thing = waiting.pop()
        if thing not in found:
            found.add(thing)
            waiting.extend(reads.get(thing, ()))
    return found


def _named(node: Node, axes: Axes, program: Program) -> Iterator[Thing]:
    """What a predicate reads, references followed."""
    match node:
        case Combined(_, members):
            for member in members:
                yield from _named(member, axes, program)
        case Referred(outcome):
            yield from _named(program.outcomes[outcome], axes, program)
        case Counted() | Chain():
            yield from (("event", name) for name, k in axes.events.items() if k in node.names.events)
            yield from (("entry", name) for name, e in axes.entries.items() if e in node.names.entries)
        case Held():
            yield from (("condition", name) for name, c in axes.conditions.items() if c in node.conditions)
        case Leveled() | Stayed():
            rows = {**axes.variables, **axes.indices}
            yield from (("level", name) for name, row in rows.items() if row == node.stretch.series)


def _reads(scenario: Scenario) -> dict[Thing, set[Thing]]:
    """What each thing's chance or level depends on."""
    reads: dict[Thing, set[Thing]] = {}

    def read(reader: Thing, *others: Thing) -> None:
        reads.setdefault(reader, set()).update(others)

    def trigger(name: str) -> Thing:
        kinds = (("event", scenario.events), ("entry", scenario.calendar), ("condition", scenario.conditions))
        return next((kind, name) for kind, items in kinds if name in items)

    for index in scenario.indices.values():
        read(("level", index.name), *_levels(index.weights))
    for variable in scenario.variables.values():
        read(("level", variable.name), *_levels(variable.pull))
    for event in scenario.events.values():
        this = "event", event.name
        read(this, *_levels(event.rate_ratio), *_terms(event.requires), *_terms(event.unless))
        read(this, *(("event", excitation.source) for excitation in event.excited_by))
        for name in event.effects:
            read(("level", name), this)
    for entry in scenario.calendar.values():
        this = "entry", entry.name
        read(this, *_levels(entry.odds_ratio), *_levels(entry.at), *(trigger(name) for name in entry.after))
        read(this, *_terms(entry.requires), *_terms(entry.unless), *_terms(odds.term for odds in entry.odds_if))
        for name in (*entry.effects, *entry.otherwise_effects):
            read(("level", name), this)
        for brought in (entry.event, entry.otherwise_event):
            if brought is not None:
                read(("event", brought), this)
    for condition in scenario.conditions.values():
        this = "condition", condition.name
        read(this, *(trigger(name) for name in (*condition.begins, *condition.ends)))
        for name in condition.baseline:
            read(("level", name), this)
        for name in condition.rates:
            read(("event", name), this)
    return reads


def _levels(names: Iterable[str]) -> Iterator[Thing]:
    return (("level", name) for name in names)


def _terms(terms: Iterable[Term]) -> Iterator[Thing]:
    return ((term.kind, name) for term in terms for name in term.names)
