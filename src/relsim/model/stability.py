"""Whether events, pulls and the whole at baseline settle. Floor 3; imports ``numbers``, ``parameters``.

Checked at the medians of all weights before anything runs; errors are checked again for each draw.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relsim.errors import Fault
from relsim.kernels.layout import Rates, Structure, Weights
from relsim.model.axes import Axes
from relsim.model.numbers import Numbers
from relsim.model.parameters import day_matrix, owners, sum_at, unprompted_rates
from relsim.model.weights import Array
from relsim.scenario import Scenario

WARN_RADIUS = 0.9


def radius(matrix: Array) -> float:
    """Largest modulus of the eigenvalues of a square matrix."""
    return float(np.abs(np.linalg.eigvals(matrix)).max(initial=0.0))


def branching(rates: Rates, excite: Array) -> Array:
    """A (K, K): expected events of type row that one event of type column brings on, from one draw's a (n,)."""
    types = rates.drawn.size
    matrix = np.zeros((types, types))
    np.add.at(matrix, (owners(rates.excite), rates.trace_source[rates.excite.col]), excite)
    return matrix


def rate_multipliers(s: Structure, factor: Array) -> Array:
    """Distinct vectors (n, K) of the scenario's rate multipliers over the window, from one draw's values."""
    changes = [1, *s.plan.rate_from, *(s.plan.rate_to + 1)]
    days = sorted({int(d) for d in changes if 1 <= d <= s.days})
    out = np.ones((len(days), s.rates.drawn.size))
    for row, day in zip(out, days):
        for j, event in enumerate(s.plan.rate_event):
            if s.plan.rate_from[j] <= day <= s.plan.rate_to[j]:
                row[event] *= factor[j]
    return np.unique(out, axis=0)


def strongest_loop(matrix: Array) -> list[int]:
    """The loop that carries a non-negative matrix's largest eigenvalue, as rows: each is fed by the next."""
    values, vectors = np.linalg.eig(matrix)
    weight = np.abs(vectors[:, int(np.argmax(np.abs(values)))])
    at = int(np.argmax(weight))
    walk: list[int] = []
    while at not in walk:
        walk.append(at)
        feeds = np.abs(matrix[at]) * weight
        at = int(np.argmax(feeds)) if feeds.max() > 0 else int(np.argmax(np.abs(matrix[at])))
    return walk[walk.index(at) :]


def _named(loop: list[int], names: list[str]) -> str:
    """A loop in the direction in which it acts."""
    chain = [names[i] for i in reversed(loop)]
    return " → ".join([*chain, chain[0]])


def excitation_faults(
    scenario: Scenario, axes: Axes, s: Structure, w: Weights
) -> tuple[list[Fault], list[Fault]]:
    """Errors and warnings of the excitation at one draw's weights (1, weights)."""
    names = list(scenario.events)
    matrix = branching(s.rates, w.rates.excite[0])
    largest = radius(matrix)
    if largest >= WARN_RADIUS:
        loop = strongest_loop(matrix)
        paths = _loop_paths(scenario, loop, names)
        text = f"events bring on ever more events: the loop {_named(loop, names)} has branching ratio {largest:.2f}"
        if largest >= 1:
            return [Fault(paths[0], f"{text}; below 1 was expected", also=paths[1:])], []
        return [], [Fault(paths[0], f"{text}, close to 1", also=paths[1:])]
    faults = []
    for row in rate_multipliers(s, w.plan.rate_factor[0]):
        scaled = row[:, None] * matrix
        largest = radius(scaled)
        if largest >= 1:
            loop = strongest_loop(scaled)
            paths = tuple(num.path for i in scenario.interventions.values() for k, num in i.rates.items() if k in names)
            faults.append(
                Fault(
                    paths[0],
                    f"with the scenario's rate multipliers the loop {_named(loop, names)} has branching ratio "
                    f"{largest:.2f}; below 1 was expected",
                    also=_loop_paths(scenario, loop, names),
                )
            )
            break
    return faults, [] if faults else _condition_warnings(scenario, axes, matrix, w)


def _condition_warnings(scenario: Scenario, axes: Axes, matrix: Array, w: Weights) -> list[Fault]:
    """Warning where events would bring on ever more events while conditions are in force."""
    most = np.ones(len(matrix))
    values = iter(w.rates.slow[0])
    for k, name in enumerate(axes.events):
        for condition in scenario.conditions.values():
            if name in condition.rates:
                most[k] *= max(1.0, float(next(values)))
    scaled = most[:, None] * matrix
    largest = radius(scaled)
    if largest < 1:
        return []
    names = list(scenario.events)
    loop = strongest_loop(scaled)
    paths = [
        c.rates[names[k]].path for k in loop for c in scenario.conditions.values() if names[k] in c.rates
    ] or list(_loop_paths(scenario, loop, names))
    return [
        Fault(
            paths[0],
            f"while all conditions are in force, the loop {_named(loop, names)} has branching ratio {largest:.2f}: "
            "its events grow until a condition ends or max_per_day holds them",
            also=tuple(dict.fromkeys(paths[1:])),
        )
    ]


def _loop_paths(scenario: Scenario, loop: list[int], names: list[str]) -> tuple[str, ...]:
    paths = []
    for k, j in zip(loop, [*loop[1:], loop[0]]):
        paths += [x.amount.path for x in scenario.events[names[k]].excited_by if x.source == names[j]]
    return tuple(dict.fromkeys(paths))


def unprompted_faults(scenario: Scenario, s: Structure, n: Numbers, theta: Array) -> list[Fault]:
    """Errors for event types of which others bring on more than the stated rate."""
    faults: dict[str, Fault] = {}
    rates = unprompted_rates(n, s.rates, theta)[0]
    usual = n.rate.of(theta)[0]
    for (name, event), r, total in zip(scenario.events.items(), rates, usual):
        if r < 0:
            others = ", ".join(dict.fromkeys(x.source for x in event.excited_by))
            paths = tuple(dict.fromkeys(x.amount.path for x in event.excited_by))
            if all(x.among is not None for x in event.excited_by):
                shares = f"{1 - r / total:.3g}; at most 1 was expected"
                message = f"the shares of {name} that {others} bring on add up to {shares}"
                faults.setdefault(paths[0], Fault(paths[0], message, also=paths[1:]))
                continue
            faults.setdefault(
                event.rate.path,
                Fault(
                    event.rate.path,
                    f"{name} is given {365.25 * total:.3g} a year, but {others} would by themselves bring on "
                    f"{365.25 * (total - r):.3g} a year; the rate counts all, those brought on included",
                    also=paths,
                ),
            )
    return list(faults.values())


def pull_faults(scenario: Scenario, s: Structure, w: Weights) -> list[Fault]:
    """Error where pulls overcome reversion."""
    names = list(scenario.variables)
    matrix = np.diag(w.dynamics.rho[0])
    np.add.at(matrix, (owners(s.dynamics.pull), s.dynamics.pull.col), w.dynamics.pull[0])
    largest = radius(matrix)
    if largest < 1 or not s.dynamics.pull.col.size:
        return []
    loop = strongest_loop(matrix - np.diag(w.dynamics.rho[0])) or [0]
    paths = [scenario.variables[names[d]].pull[names[e]].path
             for d, e in zip(loop, [*loop[1:], loop[0]]) if names[e] in scenario.variables[names[d]].pull]  # fmt: skip
    paths = paths or [p.path for v in scenario.variables.values() for p in v.pull.values()]
    return [
        Fault(
            paths[0],
            f"pull overcomes reversion: the loop {_named(loop, names)} grows by a factor of {largest:.3f} a day; "
            "below 1 was expected",
            also=tuple(dict.fromkeys(paths[1:])),
        )
    ]


def whole_warnings(scenario: Scenario, axes: Axes, s: Structure, n: Numbers, theta: Array, w: Weights) -> list[Fault]:
    """Warning where the linearised whole (state, traces, rate ratios, effects) grows at the baseline."""
    size, traces = len(axes.variables), s.rates.trace_source.size
    usual = n.rate.of(theta)
    response = np.zeros((s.rates.drawn.size, size + traces))
    owner = owners(s.rates.ratio)
    np.add.at(response, (owner, s.rates.ratio.col), w.rates.unprompted[0][owner] * w.rates.ratio[0])
    np.add.at(response, (owners(s.rates.excite), size + s.rates.excite.col), w.rates.excite[0])
    effect = np.zeros((size, s.rates.drawn.size))
    np.add.at(effect, (s.event_effects.col, owners(s.event_effects)), n.effect.of(theta)[0])
    whole = np.zeros((size + traces, size + traces))
    whole[:size, :size] = day_matrix(s, w, usual)[0]
    whole[:size] += effect @ response
    decay = w.rates.decay[0]
    whole[size:, size:] += np.diag(decay)
    whole[size:] += (1 - decay)[:, None] * response[s.rates.trace_source]
    largest = radius(whole)
    if largest < 1:
        return []
    text = _whole_loop(scenario, response[:, :size], effect)
    return [
        Fault(
            text[1],
            f"at the baseline the whole moves away from rest, by a factor of {largest:.4f} a day: {text[0]}; only the "
            "bounds will hold it",
        )
    ]


def _whole_loop(scenario: Scenario, response: Array, effect: Array) -> tuple[str, str]:
    """The strongest event–variable loop in words, and the path of the rate ratio that closes it."""
    gain = effect @ response
    loop = strongest_loop(np.abs(gain))
    names, events = list(scenario.variables), list(scenario.events)
    said = []
    path = ""
    for d, e in zip(loop, [*loop[1:], loop[0]]):
        k = int(np.argmax(np.abs(effect[d] * response[:, e])))
        more = "more" if response[k, e] < 0 else "fewer"
        verb = "lower" if effect[d, k] < 0 else "raise"
        said.append(f"low {names[e]} brings {more} {events[k]}, {events[k]} {verb} {names[d]}")
        path = scenario.events[events[k]].rate_ratio[names[e]].path
    return "; ".join(reversed(said)), path


def failing_draws(s: Structure, n: Numbers, theta: Array, w: Weights) -> NDArray[np.bool_]:
    """(draws,) which draws make a rate negative, or fail one of the errors above.

    With r = (I − A) R > 0 wherever R > 0, A R < R proves the radius of A below 1 (Collatz–Wielandt); likewise for
    m A. Only draws without such a proof need eigenvalues. A weight too large for a number fails as well.
    """
    usual = n.rate.of(theta)
    bad: NDArray[np.bool_] = ~(np.isfinite(theta).all(axis=1) & np.isfinite(w.rates.unprompted).all(axis=1))
    bad |= (w.event_effects.share > 1 + 1e-12).any(axis=1) | (w.rates.unprompted < 0).any(axis=1)
    proved = ((w.rates.unprompted > 0) | (usual == 0)).all(axis=1)
    # An event without a usual rate is brought on by such events alone, or its r is negative: a loop is among them.
    silent = usual == 0
    among = silent[:, s.rates.trace_source[s.rates.excite.col]] & silent[:, owners(s.rates.excite)]
    proved &= ~(among & (w.rates.excite > 0)).any(axis=1)
    if s.plan.rate_event.size:
        most = np.ones((len(theta), s.rates.drawn.size))
        most[:, s.plan.rate_event] = _overlapping(s, w.plan.rate_factor)
        proved &= (most * (usual - w.rates.unprompted) < usual + (usual == 0)).all(axis=1)
    for j in np.flatnonzero(~bad & ~proved):
        matrix = branching(s.rates, w.rates.excite[j])
        multipliers = [np.ones(len(matrix)), *rate_multipliers(s, w.plan.rate_factor[j])]
        bad[j] = any(radius(row[:, None] * matrix) >= 1 for row in multipliers)
    if s.dynamics.pull.col.size:
        sums = w.dynamics.rho + sum_at(np.abs(w.dynamics.pull), owners(s.dynamics.pull), s.dynamics.low.size)
        for j in np.flatnonzero(~bad & (sums >= 1).any(axis=1)):
            matrix = np.diag(w.dynamics.rho[j])
            np.add.at(matrix, (owners(s.dynamics.pull), s.dynamics.pull.col), w.dynamics.pull[j])
            bad[j] = radius(matrix) >= 1
    return bad


def _overlapping(s: Structure, factor: Array) -> Array:
    """(draws, n) an upper bound on the multiplier of each intervention's event: all that name it, taken at once."""
    above = np.maximum(factor, 1.0)
    same = s.plan.rate_event[:, None] == s.plan.rate_event[None, :]
    return np.stack([above[:, row].prod(axis=1) for row in same], axis=1)
