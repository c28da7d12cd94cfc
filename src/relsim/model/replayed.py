"""A stretch of observed days as the replay with rates reads it. Floor 3; imports ``record``, ``structure``.

The days may lie anywhere, before the window or in it; the kernel counts them from 1.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from relsim.kernels.layout import (
    NO_DAY,
    DynamicsWeights,
    Moves,
    ObservedDays,
    RateWeights,
    Replayed,
    ReplayedWeights,
    Structure,
    TermWeights,
    Weights,
)
from relsim.model.axes import Axes
from relsim.model.record import conditions_in_force
from relsim.scenario import Entry, Scenario, Term

NO_CEILING = 2**30


def replayed(scenario: Scenario, axes: Axes, s: Structure, first: date) -> Replayed:
    """The structure with its days counted from ``first``.

    Counts of earlier days are not known, so clauses see none. Rate multipliers of the scenario are in force on their
    dates, inside the window or not.
    """
    offset = axes.day(first) - 1
    since = np.where(s.terms.since == NO_DAY, NO_DAY, s.terms.since - offset).astype(np.int32)
    dated = [(i, name) for i in scenario.interventions.values() if i.first and i.last for name in i.rates]
    return Replayed(
        first_weekday=first.weekday(),
        most_per_day=float(scenario.max_per_day),
        dynamics=s.dynamics,
        rates=s.rates,
        terms=s.terms._replace(since=since, past=np.zeros((s.tracked.size, 1), np.int32)),
        event_effects=s.event_effects,
        rate_from=np.array([axes.day(i.first) - offset for i, _ in dated if i.first], np.int32),
        rate_to=np.array([axes.day(i.last) - offset for i, _ in dated if i.last], np.int32),
        rate_event=np.array([axes.events[name] for _, name in dated], np.int32),
    )


def replayed_weights(w: Weights) -> ReplayedWeights:
    """Those weights, arrays (draws, n), that the replay with rates reads."""
    return ReplayedWeights(w.dynamics, w.rates, w.terms, w.plan.rate_factor, w.event_effects)


def lanes_of(w: ReplayedWeights, rows: NDArray[np.int64]) -> ReplayedWeights:
    """Draws ``rows`` as lanes: arrays (n, lanes)."""

    def turned(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.ascontiguousarray(values[rows].T)

    return ReplayedWeights(
        DynamicsWeights(*map(turned, w.dynamics)),
        RateWeights(*map(turned, w.rates)),
        TermWeights(*map(turned, w.terms)),
        turned(w.rate_factor),
        Moves(*map(turned, w.event_effects)),
    )


def observed_days(
    scenario: Scenario, axes: Axes, first: date, counts: NDArray[np.int64], covered: NDArray[np.bool_]
) -> ObservedDays:
    """Observed counts (H, K) from ``first`` on, and where they are complete, with all that follows from them.

    A count is evidence (``scored``) where it is complete and the record decides the type's gates.
    """
    in_force, _, _ = conditions_in_force(scenario, axes, counts, axes.day(first))
    scored = covered.copy()
    for k, event in enumerate(scenario.events.values()):
        for term in (*event.requires, *event.unless):
            scored[:, k] &= _decided(scenario, axes, term, first, in_force)
    return ObservedDays(
        counts=np.ascontiguousarray(counts, np.int64),
        covered=covered,
        scored=scored,
        left=_left(scenario, axes, first, counts),
        in_force=in_force,
    )


def running_counts(s: Structure, counts: NDArray[np.int64], lanes: int) -> NDArray[np.int32]:
    """(X, H + 1, lanes) events of the tracked types up to each day."""
    upto = np.zeros((s.tracked.size, len(counts) + 1), np.int32)
    upto[:, 1:] = np.cumsum(counts[:, s.tracked], axis=0).T
    return np.repeat(upto[:, :, None], lanes, axis=2)


def _left(scenario: Scenario, axes: Axes, first: date, counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """(H, K) events that a ceiling still lets through; it counts from the window's first day, or ``ever``."""
    left = np.full(counts.shape, NO_CEILING, np.int64)
    day = axes.day(first) + np.arange(len(counts))
    for k, event in enumerate(scenario.events.values()):
        if event.at_most is None:
            continue
        counting = np.ones(len(counts), bool) if event.ever else day >= 1
        upto = np.cumsum(counts[:, k] * counting) - counts[:, k] * counting
        left[counting, k] = np.maximum(event.at_most - upto, 0)[counting]
    return left


def _decided(
    scenario: Scenario, axes: Axes, term: Term, first: date, in_force: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """(H,) whether the record decides a clause: no draw of the calendar or of a duration stands behind it."""
    decided = np.ones(len(in_force), bool)
    if term.kind == "entry":
        days = np.array([first + timedelta(days=n) for n in range(len(in_force))])
        for name in term.names:
            decided &= days <= _opens(scenario, scenario.calendar[name])
    elif term.kind == "condition":
        for name in term.names:
            p = in_force[:, axes.conditions[name]]
            decided &= (p == 0) | (p == 1)
    return decided


def _opens(scenario: Scenario, entry: Entry) -> date:
    """The first day on which an entry may happen."""
    return entry.first or scenario.start
