"""The observed history, replayed through the model's own day: no noise and no draws.

Day numbers run from 1 − H to 0, H the days from the earliest day that any history covers or lists to the
day before ``start``. A condition with uncertain length shifts baselines by the probability that it still
holds; per path, the length drawn decides what holds at start.

Readings chosen where the model says little: conditions in force ``initially`` began on the day before
the record (the day before ``start`` without a history); the expected events of a type act next to its
listed ones, in file order of the types; expectation takes R as it is, without weekday, multipliers or
ceilings; a day is covered for a type if any one history covers it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oracle.families import survival
from oracle.parameters import Parameters


@dataclass
class Told:
    """The record inside the window, days 1 … A."""

    counts: np.ndarray
    """Events beside those that belong to calendar entries, (A, K)."""
    covered: np.ndarray
    """(A, K)."""
    happened: dict[str, int]
    """Day of each calendar entry that the record says happened."""
    not_known: dict[str, set[int]]
    """Days on which the record is silent about an entry."""


@dataclass
class Start:
    """What the record leaves at the end of the day before ``start``."""

    x: np.ndarray
    """Mean state, (D,)."""
    traces: np.ndarray
    """One per excitation kernel."""
    covariance: np.ndarray
    """Of the noise nobody saw, (D, D)."""
    begun: list[int | None]
    """Per condition the day on which it was last begun, None where ended or never begun."""
    known: list[bool]
    """Per condition whether the file says that this beginning lasts into the window (``since``)."""
    counts: np.ndarray
    """Observed events, (H, K)."""
    told: Told
    """What is observed of the window itself."""


def observed(scenario, events: dict[str, int]) -> tuple[np.ndarray, np.ndarray, int]:
    """Counts per day and type (the largest that any history gives), and where complete; each (H + A, K); and H."""
    histories = list(scenario.history.values())
    dates = [o.on for h in histories for o in h.events] + [h.covers[0] for h in histories if h.covers]
    H = max(0, (scenario.start - min(dates)).days) if dates else 0
    A = (scenario.as_of - scenario.start).days + 1 if scenario.as_of else 0
    counts = np.zeros((H + A, len(events)), dtype=int)
    covered = np.zeros((H + A, len(events)), dtype=bool)
    for history in histories:
        own = np.zeros_like(counts)
        for o in history.events:
            own[H - (scenario.start - o.on).days, events[o.event]] += o.count
        counts = np.maximum(counts, own)
        if history.covers:
            missing = {(day - scenario.start).days for day in history.missing}
            first, last = ((day - scenario.start).days for day in history.covers)
            for row in range(H + A):
                if first <= row - H <= last and row - H not in missing:
                    covered[row, [events[name] for name in history.types]] = True
    return counts, covered, H


def told_of(scenario, events: dict[str, int], counts: np.ndarray, covered: np.ndarray) -> Told:
    """What the record, (A, K), says of the window: first what it lists by name, then events on an entry's own date."""

    def number(on) -> int:
        return (on - scenario.start).days + 1

    counts, happened = counts.copy(), {}
    for history in scenario.history.values():
        for name, on in history.entries:
            if number(on) > 0:
                happened[name] = min(number(on), happened.get(name, number(on)))
    for name, entry in scenario.calendar.items():
        if entry.event is None:
            continue
        k = events[entry.event]
        if name not in happened and entry.first is not None:
            own = [t for t in range(number(entry.first), number(entry.last) + 1) if 1 <= t <= len(counts)]
            seen = [t for t in own if covered[t - 1, k] and counts[t - 1, k]]
            if seen:
                happened[name] = seen[0]
        if name in happened:
            counts[happened[name] - 1, k] = max(0, counts[happened[name] - 1, k] - 1)
    silent = {name: set() for name in scenario.calendar}
    for name, entry in scenario.calendar.items():
        for t in range(1, len(counts) + 1):
            by_event = entry.event is not None and covered[t - 1, events[entry.event]]
            by_name = any(
                name in h.entry_types
                and h.covers
                and number(h.covers[0]) <= t <= number(h.covers[1])
                and t not in {number(day) for day in h.missing}
                for h in scenario.history.values()
            )
            if not by_event and not by_name:
                silent[name].add(t)
    return Told(counts, covered, happened, silent)


def initially_begun(scenario, condition, before: int) -> tuple[int | None, bool]:
    """Day on which a condition stated to be in force at first began, and whether it is known to reach day 1.

    ``before`` is the day before the record's first; a later ``since`` begins it within the record.
    """
    if condition.since is None:
        return (before if condition.initially else None), False
    return (condition.since - scenario.start).days + 1, True


def still_holds(condition, begun: int | None, day: int, known: bool = False) -> float:
    """Probability that a condition last begun on ``begun`` is in force on ``day``."""
    if begun is None or day <= begun:
        return 0.0
    if condition.lasts is None or day == begun + 1 or (known and day <= 1):
        return 1.0
    if known and begun < 0:
        reaching = survival(condition.lasts.quantity, -begun / condition.lasts.share)
        return still_holds(condition, begun, day) / reaching
    return survival(condition.lasts.quantity, (day - begun - 1) / condition.lasts.share)


def begins_and_ends(condition, events: dict[str, int], today: np.ndarray) -> tuple[bool, bool]:
    def any_of(names) -> bool:
        return any(today[events[name]] > 0 for name in names if name in events)

    return any_of(condition.begins), any_of(condition.ends)


def replay(scenario, par: Parameters) -> Start:
    counts, covered, H = observed(scenario, par.events)
    told = told_of(scenario, par.events, counts[H:], covered[H:])
    counts, covered, K = counts[:H], covered[:H], counts.shape[1]
    D = len(par.low)
    conditions = list(scenario.conditions.values())
    x = par.baseline[None, :].copy()
    traces = np.array([par.usual[kernel.j] for kernel in par.kernels])
    stated = [initially_begun(scenario, c, -H) for c in conditions]
    begun: list[int | None] = [b if b is not None and b <= -H else None for b, _ in stated]
    known = [k for _, k in stated]

    kept = np.ones(D)
    for k in range(K):
        for d in range(D):
            if par.W[d, k] != 0:
                kept[d] *= 1 - par.usual[k] * abs(par.W[d, k]) / par.reach(d, par.W[d, k])
    forward = kept[:, None] * (np.diag(par.rho) + par.pull)
    fresh = par.noise[:, None] * par.correlation * par.noise[None, :]
    fresh = kept[:, None] * fresh * kept[None, :]
    covariance = np.zeros((D, D))

    for row in range(H):
        day = row - H + 1
        hold = np.array([still_holds(c, b, day, k) for c, b, k in zip(conditions, begun, known, strict=True)])
        expected = np.where(covered[row], 0.0, par.usual)
        # Drift in full, then the expectation of uncovered types: together no movement at baseline but for the square
        # of the drift, as in the simulated day.
        x = par.unforced(x, hold @ par.shift, 0.0)
        for k in range(K):
            usual_effects(x, par, k, expected[k])
            par.event_effects(x, k, counts[row, k])
        for i, kernel in enumerate(par.kernels):
            gain = counts[row, kernel.j] + expected[kernel.j]
            traces[i] = kernel.q * traces[i] + (1 - kernel.q) * gain
        for c, condition in enumerate(conditions):
            begins, ends = begins_and_ends(condition, par.events, counts[row])
            if ends:
                begun[c] = None
            elif begins:
                begun[c], known[c] = day, False
            elif stated[c][0] == day:
                begun[c], known[c] = day, True
        covariance = forward @ covariance @ forward.T + fresh
    return Start(x[0], traces, covariance, begun, known, counts, told)


def usual_effects(x: np.ndarray, par: Parameters, k: int, expected: float) -> None:
    """What ``expected`` events of type k do to the states (n, D), by expectation, in place."""
    for d in range(x.shape[1]):
        W = par.W[d, k]
        if W != 0:
            x[:, d] += expected * (W - abs(W) * (x[:, d] - par.baseline[d]) / par.reach(d, W))


def factor(covariance: np.ndarray) -> np.ndarray:
    """Lower Cholesky factor in the order given, of a covariance that may be singular."""
    D = len(covariance)
    L = np.zeros((D, D))
    for j in range(D):
        pivot = covariance[j, j] - L[j, :j] @ L[j, :j]
        if pivot > 1e-12 * max(covariance[j, j], 1e-300):
            L[j:, j] = (covariance[j:, j] - L[j:, :j] @ L[j, :j]) / np.sqrt(pivot)
    return L
