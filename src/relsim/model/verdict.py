"""What is wrong with a model, or odd about it, in words: each event at fault with what would mend it. Floor 3.

Imports ``stability``, ``parameters``, ``scenario``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from relsim.errors import Problem
from relsim.kernels.layout import Structure, Weights
from relsim.model.axes import Axes
from relsim.model.numbers import Numbers
from relsim.model.parameters import MOST_BROUGHT_ON, Excitations, day_matrix, owners, usual_rates
from relsim.model.stability import Failing, branching, knots, multipliers, pull_matrix, radius, strongest_loop
from relsim.model.weights import Array, Index
from relsim.scenario import Number, Scenario

WARN_RADIUS = 0.9
MENDED_RADIUS = 0.8
MOST_POINTS_A_YEAR = 0.5
"""What moves a variable more than this, with nothing to take it back, is warned of."""
_YEAR = 365.25


def problems(scenario: Scenario, s: Structure, rate: Array, x: Excitations, w: Weights, bad: Failing) -> list[Problem]:
    """What is wrong under the draws judged, rates R (draws, K): every event at fault, as in the first draw it is."""
    names = list(scenario.events)
    out = []

    def add(where: NDArray[np.bool_], fault: Problem) -> None:
        share = float(where.mean())
        often = f" (in {100 * share:.3g} % of the draws of the parameters; at most 1 % may be invalid)" * (share < 1)
        out.append(Problem(fault.path, fault.message + often, also=fault.also, hint=fault.hint))

    if bad.infinite.any():
        add(bad.infinite, Problem("events", "numbers so large that the rates cannot be computed"))
    if bad.loops.any():
        matrix = branching(s.rates, x.stated[bad.loops.argmax()])
        for knot in knots(s.rates):
            if radius(matrix[np.ix_(knot, knot)]) >= 1:
                add(bad.loops, _loop_fault(scenario, matrix, knot))
    if bad.multiplied.any():
        add(bad.multiplied, _multiplied_fault(scenario, s, x, w, int(bad.multiplied.argmax())))
    for k in np.flatnonzero(bad.shared.any(axis=0)):
        draw = bad.shared[:, k].argmax()
        add(bad.shared[:, k], _shares_fault(scenario, names[k], x.shared[draw, k] / rate[draw, k]))
    for k in np.flatnonzero(bad.idle.any(axis=0)):
        add(bad.idle[:, k], _idle_fault(scenario, names[k], x.brought[bad.idle[:, k].argmax(), k]))
    for j in np.flatnonzero(bad.past.any(axis=0)):
        variable, number = list(_all_effects(scenario))[j]
        message = (
            f"the effect leads past the bound of {variable} from an uncertain baseline; a smaller effect, or less "
            "doubt about the baseline, was expected"
        )
        add(bad.past[:, j], Problem(number.path, message))
    if bad.pulls.any():
        add(bad.pulls, _pull_fault(scenario, s, w, int(bad.pulls.argmax())))
    first: dict[str, Problem] = {}  # members of a set share their numbers, and one fault
    for fault in out:
        first.setdefault(fault.path, fault)
    return list(first.values())


def _all_effects(scenario: Scenario) -> Iterator[tuple[str, Number]]:
    """Effects in the order of ``Failing.past``."""
    for event in scenario.events.values():
        yield from event.effects.items()
    for entry in scenario.calendar.values():
        yield from entry.effects.items()
    for entry in scenario.calendar.values():
        yield from entry.otherwise_effects.items()


def _loop_fault(scenario: Scenario, matrix: Array, knot: Index) -> Problem:
    """The strongest loop of a knot of events; its mend makes all that they bring on of each other less."""
    names, inside = list(scenario.events), matrix[np.ix_(knot, knot)]
    loop, largest = [int(knot[i]) for i in strongest_loop(inside)], radius(inside)
    paths = _loop_paths(scenario, loop, names)
    within = {names[k] for k in knot}
    inner = {x.amount.path for name in within for x in scenario.events[name].excited_by if x.source in within}
    message = (
        f"events trigger ever more events: the loop {_named(loop, names)} has branching ratio {largest:.2f}; "
        "below 1 was expected"
    )
    hint = _smaller(scenario, sorted(inner), MENDED_RADIUS / largest)
    return Problem(paths[0], message, also=paths[1:], hint=hint)


def _multiplied_fault(scenario: Scenario, s: Structure, x: Excitations, w: Weights, draw: int) -> Problem:
    names = list(scenario.events)
    matrix = branching(s.rates, x.used[draw])
    scaled = max((m[0][:, None] * matrix for m in multipliers(s, w.plan.rate_factor[draw : draw + 1])), key=radius)
    loop = strongest_loop(scaled)
    paths = tuple(num.path for i in scenario.interventions.values() for k, num in i.rates.items() if k in names)
    message = (
        f"with the scenario's rate multipliers the loop {_named(loop, names)} has branching ratio "
        f"{radius(scaled):.2f}; below 1 was expected"
    )
    return Problem(paths[0], message, also=_loop_paths(scenario, loop, names))


def _shares_fault(scenario: Scenario, name: str, total: float) -> Problem:
    shares = [x for x in scenario.events[name].excited_by if x.among is not None]
    others = ", ".join(dict.fromkeys(x.source for x in shares))
    paths = tuple(dict.fromkeys(x.amount.path for x in shares))
    message = f"the shares of {name} that {others} trigger add up to {total:.3g}; at most 1 was expected"
    return Problem(paths[0], message, also=paths[1:], hint=_smaller(scenario, paths, MOST_BROUGHT_ON / total))


def _idle_fault(scenario: Scenario, name: str, brought: float) -> Problem:
    event = scenario.events[name]
    others = ", ".join(dict.fromkeys(x.source for x in event.excited_by))
    message = (
        f"{name} is given a rate of 0, but {others} would by themselves trigger {_YEAR * brought:.3g} a year; the "
        "rate counts all, triggered ones included"
    )
    also = tuple(dict.fromkeys(x.amount.path for x in event.excited_by))
    needed = _YEAR * brought / MOST_BROUGHT_ON
    hint = f"events: {{{_item(event.rate.path)}: {{rate: {needed:.3g} per year}}}}, or {_without_sources(also)}"
    return Problem(event.rate.path, message, also=also, hint=hint)


def _item(path: str) -> str:
    """The event under which a number of events is stated."""
    return path.split("/")[1]


def _without_sources(paths: Sequence[str]) -> str:
    """Lines that take out all that brings on the events at whose excitation the paths lead."""
    return f"events: {{{', '.join(f'{event}: {{excited_by: null}}' for event in sorted(set(map(_item, paths))))}}}"


def _smaller(scenario: Scenario, paths: Sequence[str], factor: float) -> str:
    """Excitations times a factor, as lines of a file laid over this one; none at all where one stands in a list."""
    central = {x.amount.path: x.amount.quantity for e in scenario.events.values() for x in e.excited_by}
    items: dict[str, list[str]] = {}
    for path in paths:
        keys = path.split("/")
        if len(keys) != 5:
            return _without_sources(paths)
        _, event, _, source, key = keys
        source = f"'{source}'" if "+" in source else source
        items.setdefault(event, []).append(f"{source}: {{{key}: {central[path].central() * factor:.2g}}}")
    events = ", ".join(f"{event}: {{excited_by: {{{', '.join(parts)}}}}}" for event, parts in items.items())
    return f"events: {{{events}}}"


def _named(loop: list[int], names: list[str]) -> str:
    """A loop in the direction in which it acts."""
    chain = [names[i] for i in reversed(loop)]
    return " → ".join([*chain, chain[0]])


def _pull_fault(scenario: Scenario, s: Structure, w: Weights, draw: int) -> Problem:
    names = list(scenario.variables)
    matrix = pull_matrix(s, w, draw)
    loop = strongest_loop(matrix - np.diag(w.dynamics.rho[draw])) or [0]
    paths = [
        scenario.variables[names[d]].pull[names[e]].path
        for d, e in zip(loop, [*loop[1:], loop[0]])
        if names[e] in scenario.variables[names[d]].pull
    ]
    paths = paths or [p.path for v in scenario.variables.values() for p in v.pull.values()]
    message = (
        f"pull overcomes reversion: the loop {_named(loop, names)} grows by a factor of {radius(matrix):.3f} a day; "
        "below 1 was expected"
    )
    return Problem(paths[0], message, also=tuple(dict.fromkeys(paths[1:])))


def warnings(
    scenario: Scenario, axes: Axes, s: Structure, n: Numbers, theta: Array, x: Excitations, w: Weights
) -> list[Problem]:
    """What is odd at one draw ``theta`` (1, weights): loops close to 1, and a whole that moves away from rest."""
    matrix = branching(s.rates, x.used[0])
    return [
        *_close_warnings(scenario, s, matrix, w),
        *_condition_warnings(scenario, axes, matrix, w),
        *_whole_warnings(scenario, axes, s, n, theta, w),
    ]


def _close_warnings(scenario: Scenario, s: Structure, matrix: Array, w: Weights) -> list[Problem]:
    scaled = max((m[0][:, None] * matrix for m in multipliers(s, w.plan.rate_factor[:1])), key=radius)
    largest = radius(scaled)
    if largest < WARN_RADIUS:
        return []
    names, loop = list(scenario.events), strongest_loop(scaled)
    paths = _loop_paths(scenario, loop, names)
    under = "" if radius(matrix) >= WARN_RADIUS else "with the scenario's rate multipliers "
    ratio = f"the loop {_named(loop, names)} has branching ratio {largest:.2f}, close to 1"
    return [Problem(paths[0], f"events trigger ever more events: {under}{ratio}", also=paths[1:])]


def _condition_warnings(scenario: Scenario, axes: Axes, matrix: Array, w: Weights) -> list[Problem]:
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
    paths = [c.rates[names[k]].path for k in loop for c in scenario.conditions.values() if names[k] in c.rates] or list(
        _loop_paths(scenario, loop, names)
    )
    return [
        Problem(
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


def _whole_warnings(
    scenario: Scenario, axes: Axes, s: Structure, n: Numbers, theta: Array, w: Weights
) -> list[Problem]:
    """Warning where the linearised whole (state, traces, rate ratios, effects) grows at the baseline."""
    size, traces = len(axes.variables), s.rates.trace_source.size
    usual = usual_rates(n, theta)
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
    ratios = response[:, :size]
    looped = (effect @ ratios).any()
    text = _whole_loop(scenario, ratios, effect) if looped else _overshooting(scenario, effect * usual[0])
    return [
        Problem(
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


def _overshooting(scenario: Scenario, moved: Array) -> tuple[str, str]:
    """The event that moves a variable most in a usual day, where no rate answers the state; and the effect's path."""
    d, k = np.unravel_index(np.argmax(np.abs(moved)), moved.shape)
    variable, event = list(scenario.variables)[d], list(scenario.events)[k]
    said = f"a usual day of {event} moves {variable} by {abs(moved[d, k]):,.0f} points, past its bounds"
    return said, scenario.events[event].effects[variable].path


def unopposed_warnings(scenario: Scenario, s: Structure, n: Numbers, medians: Array) -> list[Problem]:
    """Variables that events move with nothing to take it back, by more than half a point a year at the medians.

    The drift balances the usual alone: what is no part of it moves on, unless a ceiling ends it; with ``drift: off``
    so does the usual.
    """
    yearly = _YEAR * n.rate.of(medians)[0][owners(s.event_effects)] * n.effect.of(medians)[0]
    events = list(scenario.events.values())
    moves: dict[str, dict[str, float]] = {}
    for k, d, move in zip(owners(s.event_effects), s.event_effects.col, yearly):
        event, variable = events[k], list(scenario.variables.values())[d]
        opposed = variable.drift if event.usual else event.at_most is not None
        if not opposed and move != 0:
            moves.setdefault(variable.name, {})[event.name] = float(move)
    out = []
    for name, by_event in moves.items():
        total = sum(by_event.values())
        if abs(total) <= MOST_POINTS_A_YEAR:
            continue
        most = sorted(by_event.items(), key=lambda item: -abs(item[1]))
        told = ", ".join(f"{event} {move:+,.2f}" for event, move in most)
        mend = "a ceiling (at_most) or usual: true on the events" if scenario.variables[name].drift else "drift: on"
        message = (
            f"at the rates stated {name} is moved by {total:+,.2f} points a year that no drift balances ({told}); "
            f"{mend} was expected"
        )
        out.append(Problem(scenario.variables[name].baseline.path, message))
    return out
