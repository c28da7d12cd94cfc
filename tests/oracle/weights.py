"""One draw of the uncertain weights, by inverse CDF, keyed by each weight's path in the file.

A number that members of a set share is one weight. Its family is truncated to what every member allows:
an effect between the distances of the baseline (of the same draw) to the two bounds, a baseline and a
``set`` to the range. ``lasts``, ``delay`` and ``initial`` are chance, not weights.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from oracle.families import inverse
from oracle.parameters import Parameters
from relsim.streams import Purpose, stream_key, weight_uniforms


def plain_numbers(scenario) -> Iterator:
    """Every number without bounds that depend on the model."""
    for v in scenario.variables.values():
        yield from (v.half_life, v.spread, *v.pull.values())
    for index in scenario.indices.values():
        yield from index.weights.values()
    for condition in scenario.conditions.values():
        yield from (*condition.baseline.values(), *condition.rates.values())
    for event in scenario.events.values():
        yield from (event.rate, event.overdispersion, *event.rate_ratio.values(), *(event.weekdays or ()))
        for excitation in event.excited_by:
            yield from (excitation.amount, excitation.half_life)
        yield from thresholds((*event.requires, *event.unless))
    for entry in scenario.calendar.values():
        yield from (entry.probability, *entry.at.values(), *entry.odds_ratio.values())
        yield from (odds.ratio for odds in entry.odds_if)
        yield from thresholds((*entry.requires, *entry.unless, *(odds.term for odds in entry.odds_if)))
    for order in scenario.interventions.values():
        yield from (*order.shift.values(), *order.rates.values())


def thresholds(terms) -> Iterator:
    for term in terms:
        yield from (number for number in (term.above, term.below) if number is not None)


def bounded(scenario, baselines: dict[str, float]) -> Iterator[tuple]:
    """(number, low, high) of effects and of what interventions set."""
    effects = [e.effects for e in scenario.events.values()]
    for entry in scenario.calendar.values():
        effects += [entry.effects, entry.otherwise_effects]
    for mapping in effects:
        for name, number in mapping.items():
            v = scenario.variables[name]
            yield number, v.low - baselines[name], v.high - baselines[name]
    for order in scenario.interventions.values():
        for name, number in order.set.items():
            yield number, scenario.variables[name].low, scenario.variables[name].high


def draw_weights(scenario, seed: int, draw: int):
    """Values of the uncertain weights by path, and the function that reads any number under this draw."""
    for attempt in range(100):
        values, read = attempt_weights(scenario, seed, draw, attempt)
        if not values or not Parameters(scenario, read).faults():
            return values, read
    raise AssertionError("a hundred draws of the weights failed")


def attempt_weights(scenario, seed: int, draw: int, attempt: int):
    values: dict[str, float] = {}

    def read(number) -> float:
        quantity = number.quantity
        return number.share * (quantity.central() if quantity.certain else values[number.path])

    def take(uses) -> None:
        bounds: dict[str, tuple] = {}
        for number, low, high in uses:
            if not number.quantity.certain:
                _, a, b = bounds.get(number.path, (None, -np.inf, np.inf))
                bounds[number.path] = number.quantity, max(a, low / number.share), min(b, high / number.share)
        for path, (quantity, low, high) in bounds.items():
            stream = np.array([stream_key(Purpose.WEIGHT, path)])
            u = weight_uniforms(seed, stream, np.array([draw]), np.array([attempt]))[0, 0]
            values[path] = float(inverse(quantity, u, low, high))

    take((v.baseline, v.low, v.high) for v in scenario.variables.values())
    take((number, -np.inf, np.inf) for number in plain_numbers(scenario))
    baselines = {name: read(v.baseline) for name, v in scenario.variables.items()}
    take(bounded(scenario, baselines))
    return values, read
