"""Which outcomes a change of the record cannot touch, from who reads whom in the scenario. Floor 5.

A graph without numbers: what an outcome names, what moves that, what moves those, and so on back. Where nothing that
changed is among it, no path can differ, however many are simulated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

import numpy as np

from relsim.model import Model
from relsim.scenario import Scenario
from relsim.scenario.links import Thing, links


def unaffected(scenario: Scenario, changed: Set[Thing]) -> frozenset[str]:
    """Outcomes that nothing of what changed can reach."""
    reads: dict[Thing, set[Thing]] = {}
    for link in links(scenario):
        reads.setdefault(link.target, set()).add(link.source)
    return frozenset(name for name in scenario.outcomes if not changed & _reached(reads, [("outcome", name)]))


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
