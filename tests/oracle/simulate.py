"""The model's day, for many paths at once: draws, the unforced day, effects, records.

Readings chosen where the model says little: interventions that set or shift are held at the bounds; a
``set`` or ``shift`` of several variables takes them in the order written; the ceiling counts what
happened up to the day before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from oracle import entries, words
from oracle.entries import Calendar
from oracle.families import inverse, survival
from oracle.parameters import Parameters, reflect
from oracle.records import CLOSE, NEVER, World, allowed
from oracle.replay import Start, factor, replay, usual_effects
from oracle.weights import draw_weights
from relsim.streams import Purpose

BLOCK = 128


@dataclass
class Record:
    """What came of n paths over T days. Days are numbered 1 … T."""

    states: np.ndarray
    """(n, T + 1, D + I), row 0 the state at start."""
    counts: np.ndarray
    """All events of each day, (n, T, K)."""
    happened: np.ndarray
    """Day on which each entry happened, 0 if not, (n, E)."""
    in_force: np.ndarray
    """(n, T, C)."""
    rates: np.ndarray
    """λ on each day, before ceilings cut the count, (n, T, K)."""
    close: np.ndarray
    """Paths on which some draw lay within rounding of going the other way, (n,)."""
    draw: np.ndarray
    """Number of the draw that each path ran under, (n,)."""
    weights: list[dict[str, float]]
    """Values of the uncertain weights by path in the file, one mapping per draw."""


def simulate(scenario, paths: int, seed: int | None = None, draws: int | None = None) -> Record:
    """Simulate paths 0 … paths − 1: block b of 128 runs under draw b mod draws."""
    seed = scenario.seed if seed is None else seed
    blocks = -(-paths // BLOCK)
    draws = min(draws or scenario.draws or blocks, blocks)
    draw = np.arange(paths) // BLOCK % draws
    weights, parts = [], []
    for j in range(draws):
        values, read = draw_weights(scenario, seed, j)
        weights.append(values)
        parts.append(simulate_draw(scenario, Parameters(scenario, read), np.flatnonzero(draw == j), seed))
    order = np.argsort(np.concatenate([np.flatnonzero(draw == j) for j in range(draws)]))
    fields = [np.concatenate([part[i] for part in parts])[order] for i in range(6)]
    return Record(*fields, draw, weights)


def count(u: np.ndarray, lam: np.ndarray, phi: float, world: World) -> np.ndarray:
    """Events of one type: N = #{n ≥ 1: u < P(N ≥ n)}, Poisson or negative binomial."""

    def upper(n: int) -> np.ndarray:
        """P(N ≥ n)."""
        if phi > 0:
            return special.betainc(n, 1 / phi, phi * lam / (1 + phi * lam))
        return special.pdtrc(n - 1, lam)

    number = np.zeros(len(u), dtype=int)
    n, going = 1, lam > 0
    while going.any():
        tail = upper(n)
        world.flag(np.where(going, np.abs(u / np.maximum(tail, 1e-300) - 1), 1.0))
        going = going & (u < tail)
        number += going
        n += 1
    return number


def start_world(scenario, par: Parameters, start: Start, paths: np.ndarray, seed: int) -> World:
    """State, traces, conditions at the end of the day before ``start``."""
    n, T, H = len(paths), scenario.days, len(start.counts)
    drawn = [words.initial(name, seed, paths) for name in par.variables]
    z = np.stack([pair[0] for pair in drawn], axis=1)
    x = reflect(start.x + z @ factor(start.covariance).T, par.low, par.high)
    for d, variable in enumerate(scenario.variables.values()):
        if variable.initial is not None:
            u = drawn[d][1]
            x[:, d] = inverse(variable.initial.quantity, u, variable.low, variable.high)

    counts = np.zeros((n, H + T, len(par.events)), dtype=int)
    counts[:, :H] = start.counts
    E, C = len(scenario.calendar), len(scenario.conditions)
    world = World(
        start=scenario.start,
        past_days=H,
        x=x,
        levels=par.levels(x),
        counts=counts,
        due=np.full((n, E), NEVER),
        happened=np.zeros((n, E), dtype=int),
        taken=np.zeros((n, E), dtype=bool),
        until=np.full((n, C), -NEVER),
        close=np.zeros(n, dtype=bool),
    )
    states = [*scenario.variables, *scenario.indices]
    for kind, members in (
        ("event", scenario.events),
        ("entry", scenario.calendar),
        ("condition", scenario.conditions),
        ("level", states),
    ):
        world.names[kind] = {name: i for i, name in enumerate(members)}
    for c, condition in enumerate(scenario.conditions.values()):
        if start.begun[c] is not None:
            u = words.single_uniform(Purpose.LASTS_BEFORE, condition.name, seed, paths)
            if start.known[c] and condition.lasts is not None:
                # among the durations that reach day 1
                too_short = 1 - survival(condition.lasts.quantity, -start.begun[c] / condition.lasts.share)
                u = too_short + (1 - too_short) * u if start.begun[c] < 0 else u
            until = start.begun[c] + length(condition, u, world)
            world.until[:, c] = np.where(until >= 1, until, -NEVER)
    return world


def length(condition, u: np.ndarray, world: World, who: np.ndarray | bool = True) -> np.ndarray:
    """Whole days that a condition lasts, NEVER without ``lasts``; ``who``: the paths on which it matters."""
    if condition.lasts is None:
        return np.full(len(u), NEVER)
    days = inverse(condition.lasts.quantity, u) * condition.lasts.share
    if not condition.lasts.quantity.certain:
        world.flag(np.where(who, np.abs(days - np.round(days)), 1.0), 1e-5 * days.max())
    return np.maximum(1, np.ceil(days - 1e-9).astype(int))


def rates(scenario, par: Parameters, world: World, traces: np.ndarray, day: int) -> np.ndarray:
    """λ of every event type, (n, K), from state, traces and records at the end of the day before."""
    base = par.unprompted * np.exp((world.x - par.baseline) @ par.log_ratio.T)
    for i, kernel in enumerate(par.kernels):
        base[:, kernel.k] += kernel.a * traces[:, i]
    weekday = scenario.start.toordinal() + day - 1 + 6  # ordinal 1 is a Monday
    standing = np.where(world.in_force(day)[:, :, None], par.multiplier, 1.0).prod(axis=1)
    m = par.scenario_multiplier[day] * standing
    lam = np.minimum(par.weekday[weekday % 7] * m * base, par.cap)
    for k, event in enumerate(scenario.events.values()):
        lam[~allowed(event.requires, event.unless, world, day, par.read), k] = 0
    return lam


def intervene(scenario, par: Parameters, x: np.ndarray, counts: np.ndarray, day: int) -> None:
    """Interventions dated on this day, in file order."""
    for order in scenario.interventions.values():
        if order.on is None or (order.on - scenario.start).days + 1 != day:
            continue
        if order.event is not None:
            k = par.events[order.event]
            counts[:, k] += 1
            par.event_effects(x, k)
        for name, number in order.shift.items():
            x[:, par.variables[name]] += par.read(number)
        for name, number in order.set.items():
            x[:, par.variables[name]] = par.read(number)
        np.clip(x, par.low, par.high, out=x)


def simulate_draw(scenario, par: Parameters, paths: np.ndarray, seed: int) -> tuple[np.ndarray, ...]:
    """The paths that run under one draw of the weights."""
    T, names = scenario.days, list(scenario.events)
    start = replay(scenario, par)
    world = start_world(scenario, par, start, paths, seed)
    traces = np.tile(start.traces, (len(paths), 1))
    told = start.told
    calendar = Calendar(scenario, par, paths, seed, told)
    calendar.first_days(world)
    conditions = list(scenario.conditions.values())
    for e, entry in enumerate(calendar.entries):  # begun on the day before, first in force on day 1
        for c, condition in enumerate(conditions):
            if condition.name in entry.after and start.begun[c] == 1 - entries.BEGINS_AFTER and len(start.counts):
                calendar.delayed(e, np.ones(len(paths), dtype=bool), 1, world)
    z = np.stack([words.daily_normals(v, seed, paths, T) for v in par.variables], axis=2)
    u = [words.daily_uniforms(Purpose.COUNT, name, seed, paths, T) for name in names]
    u_lasts = [words.daily_uniforms(Purpose.LASTS, c.name, seed, paths, T) for c in conditions]
    states, in_force, lams = [world.levels], [], []

    for day in range(1, T + 1):
        # 1. Rates and conditions, from what is known at the end of the day before. 2. Draws.
        force = world.in_force(day)
        lam = rates(scenario, par, world, traces, day)
        today = np.zeros((len(paths), len(names)), dtype=int)
        for k, event in enumerate(scenario.events.values()):
            if day <= len(told.counts):
                today[:, k] = told.counts[day - 1, k]
                continue
            today[:, k] = count(u[k][:, day - 1], lam[:, k], par.overdispersion[k], world)
            if event.at_most is not None:
                so_far = world.events(k, -NEVER if event.ever else 1, day - 1)
                today[:, k] = np.minimum(today[:, k], np.maximum(0, event.at_most - so_far))
        results = calendar.take(world, day)
        # 3. The unforced day.
        noise = (z[:, day - 1] @ par.mix.T) * par.noise
        x = par.unforced(world.x, force @ par.shift, noise)
        # 4. Effects.
        expected = np.zeros(len(names))
        if day <= len(told.counts):
            expected = np.where(told.covered[day - 1], 0.0, par.usual)
        for k in range(len(names)):
            usual_effects(x, par, k, expected[k])
            par.event_effects(x, k, today[:, k])
        calendar.apply(results, x, today)
        intervene(scenario, par, x, today, day)
        # 5. Traces, records, conditions.
        for i, kernel in enumerate(par.kernels):
            traces[:, i] = kernel.q * traces[:, i] + (1 - kernel.q) * (today[:, kernel.j] + expected[kernel.j])
        world.counts[:, world.row(day)] = today
        came = {name: today[:, k] > 0 for k, name in enumerate(names)}
        came |= {e.name: happened for e, (happened, _) in zip(calendar.entries, results, strict=True)}
        begun = change_conditions(conditions, world, came, [v[:, day - 1] for v in u_lasts], day)
        for e, entry in enumerate(calendar.entries):
            for name in entry.after:
                since = day + entries.BEGINS_AFTER * (name in begun)
                calendar.delayed(e, came[name] if name in came else begun[name], since, world)
        # 6. The state at the end of the day.
        world.x, world.levels = x, par.levels(x)
        states.append(world.levels)
        in_force.append(force)
        lams.append(lam)

    return (
        np.stack(states, axis=1),
        world.counts[:, world.past_days :],
        world.happened,
        np.stack(in_force, axis=1),
        np.stack(lams, axis=1),
        world.close,
    )


def change_conditions(conditions, world: World, came, u_lasts, day: int) -> dict[str, np.ndarray]:
    """End and begin conditions from the day's events; where each one was begun, (n,) by name."""
    begun = {}
    nowhere = np.zeros(len(world.x), dtype=bool)
    for c, condition in enumerate(conditions):
        ends = np.any([nowhere, *(came[name] for name in condition.ends)], axis=0)
        begins = np.any([nowhere, *(came[name] for name in condition.begins)], axis=0) & ~ends
        days = length(condition, u_lasts[c], world, begins)
        world.until[ends, c] = np.minimum(world.until[ends, c], day)
        world.until[begins, c] = np.where(days >= NEVER, NEVER, day + days)[begins]
        begun[condition.name] = begins
    return begun


__all__ = ["CLOSE", "Record", "simulate"]
