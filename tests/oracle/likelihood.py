"""The log-likelihood of an observed record, day by day and count by count, from the model's page.

Readings chosen where the model says little: a condition that is in force with a probability multiplies a rate by its
expectation; a count is no evidence on days on which a gate of its type reads an entry that may have happened, or a
condition that holds by chance; interventions other than dated rate multipliers are supposed, not observed.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from scipy import stats

from oracle.parameters import Parameters
from oracle.records import NEVER, World, allowed
from oracle.replay import begins_and_ends, initially_begun, still_holds


def log_likelihood(scenario, read, first, counts: np.ndarray, covered: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(K,) sums over the record of log p(N | λ) and (H, K) the rates; ``first`` is the record's first date."""
    par = Parameters(scenario, read)
    H, K = counts.shape
    offset = (first - scenario.start).days
    conditions, events = list(scenario.conditions.values()), list(scenario.events.values())
    x = par.baseline[None, :].copy()
    world = World(
        start=first, past_days=0, x=x, levels=par.levels(x), counts=counts[None, :, :],
        due=np.zeros((1, 0)), happened=np.zeros((1, len(scenario.calendar)), dtype=int),
        taken=np.zeros((1, len(scenario.calendar)), dtype=bool),
        until=np.full((1, len(conditions)), -NEVER), close=np.zeros(1, dtype=bool),
    )  # fmt: skip
    members = (
        ("event", scenario.events), ("entry", scenario.calendar), ("condition", scenario.conditions),
        ("level", [*scenario.variables, *scenario.indices]),
    )  # fmt: skip
    for kind, names in members:
        world.names[kind] = {name: i for i, name in enumerate(names)}
    traces = np.array([par.usual[kernel.j] for kernel in par.kernels])
    stated = [initially_begun(scenario, c, offset) for c in conditions]  # days as in the window
    begun = [b if b is not None and b <= offset else None for b, _ in stated]
    known = [k for _, k in stated]
    total, rates = np.zeros(K), np.zeros((H, K))
    for h in range(H):
        day, date = h + 1, first + timedelta(days=h)
        of_window = day + offset
        hold = np.array([still_holds(c, b, of_window, k) for c, b, k in zip(conditions, begun, known, strict=True)])
        world.until[0, :] = [NEVER if p > 0.5 else -NEVER for p in hold]
        base = par.unprompted * np.exp((world.x[0] - par.baseline) @ par.log_ratio.T)
        for i, kernel in enumerate(par.kernels):
            base[kernel.k] += kernel.a * traces[i]
        factor = par.weekday[date.weekday()] * (1 + hold[:, None] * (par.multiplier - 1)).prod(axis=0)
        for order in scenario.interventions.values():
            for name, number in order.rates.items():
                if order.first <= date <= order.last:
                    factor[par.events[name]] *= read(number)
        lam = np.minimum(factor * base, par.cap)
        for k, event in enumerate(events):
            terms = (*event.requires, *event.unless)
            if not allowed(event.requires, event.unless, world, day, read)[0]:
                lam[k] = 0.0
            n, left = counts[h, k], NEVER
            if event.at_most is not None and (event.ever or h + offset >= 0):
                since = 0 if event.ever else max(0, -offset)
                left = max(0, event.at_most - counts[since:h, k].sum())
                if left == 0:
                    lam[k] = 0.0
            if covered[h, k] and not any(by_chance(scenario, t, date, hold, world) for t in terms):
                total[k] += log_p(n, left, lam[k], par.overdispersion[k])
        rates[h] = lam
        expected = np.where(covered[h], 0.0, par.usual)
        x = par.unforced(world.x, hold @ par.shift, 0.0)
        for k in range(K):
            for d in range(len(par.low)):
                W = par.W[d, k]
                if W != 0:
                    x[:, d] += expected[k] * (W - abs(W) * (x[:, d] - par.baseline[d]) / par.reach(d, W))
            par.event_effects(x, k, counts[h, k])
        for i, kernel in enumerate(par.kernels):
            traces[i] = kernel.q * traces[i] + (1 - kernel.q) * (counts[h, kernel.j] + expected[kernel.j])
        for c, condition in enumerate(conditions):
            begins, ends = begins_and_ends(condition, par.events, counts[h])
            if ends:
                begun[c] = None
            elif begins or stated[c][0] == of_window:
                begun[c], known[c] = of_window, not begins
        world.x, world.levels = x, par.levels(x)
    return total, rates


def by_chance(scenario, term, date, hold: np.ndarray, world: World) -> bool:
    if term.kind == "entry":
        entries = [scenario.calendar[name] for name in term.names]
        return any(date > (e.first if e.first is not None else scenario.start) for e in entries)
    if term.kind == "condition":
        return any(0 < hold[world.names["condition"][name]] < 1 for name in term.names)
    return False


def log_p(n: int, left: int, lam: float, phi: float) -> float:
    """log-probability of a count that is cut to what a ceiling leaves."""
    if lam == 0:
        return 0.0 if n == 0 else -np.inf
    law = stats.poisson(lam) if phi == 0 else stats.nbinom(1 / phi, 1 / (1 + phi * lam))
    if n > left:
        return -np.inf
    return law.logsf(n - 1) if n == left else law.logpmf(n)
