"""Loops of a model: what comes back to where it began, with its sign and gain. Floor 6; imports ``graph``, ``model``.

The gain of a loop is the product of what each part does to the next where all is usual and settled, members of a set
moved alike: a unit of it comes back, the first time around, as so much. Positive loops reinforce, negative ones
balance. What each does to the next, per unit:

- a variable to an event's daily number: r ln ρ, r what comes unprompted;
- an event to a variable: effect / (1 − 2^(−1/τ)), as a push of one a day settles there, τ the effective half-life;
- an event to another: the expected number that it brings on;
- an event to a condition that it begins: the time it lasts, times the share of time it is not in force
  (M/G/∞: 1 − exp(−R T) of the time it is);
- a condition to an event: R (m − 1); to a variable: the shift of its baseline;
- a variable to another: pull / (1 − 2^(−1/τ)).

Ends of conditions, requirements and the calendar have no gain and close no loop here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from relsim.diagram.graph import Graph
from relsim.model import Model
from relsim.model.parameters import effective_half_lives, kernel_weights, usual_rates
from relsim.model.stability import branching
from relsim.scenario import Condition
from relsim.scenario.links import Link, Thing, links

LONGEST = 4
"""Parts of a loop; longer ones are not sought."""
LEAST = 0.005
"""Gain from which on a loop is worth a line."""


@dataclass(frozen=True)
class Loop:
    """Parts that act on each other in a circle.

    Attributes
    ----------
    parts : labels in order, the first not repeated
    gain : of what comes back of a unit, the first time around; above 0 it reinforces, below it balances
    """

    parts: tuple[str, ...]
    gain: float

    def __str__(self) -> str:
        kind = "reinforcing" if self.gain > 0 else "balancing"
        gain = f"{self.gain:+.2g}".replace("-", "−")
        return f"{' → '.join((*self.parts, self.parts[0]))}: {kind}, gain {gain}"


def loops_of(model: Model, graph: Graph) -> tuple[Loop, ...]:
    """Loops of up to four parts and a gain of 0.005 and more, strongest first."""
    does = _derivatives(model, graph)
    found = []
    order = {name: i for i, name in enumerate(graph.parts)}
    for start in graph.parts:
        for way in _circles(start, (start,), does, order):
            gain = math.prod(does[a][b] for a, b in zip(way, (*way[1:], start), strict=True))
            if abs(gain) >= LEAST:
                found.append(Loop(tuple(graph.parts[name].short for name in way), gain))
    return tuple(sorted(found, key=lambda loop: -abs(loop.gain)))


def _circles(
    start: str, way: tuple[str, ...], does: Mapping[str, Mapping[str, float]], order: Mapping[str, int]
) -> Iterator[tuple[str, ...]]:
    """Ways back to the start through parts that stand after it, so that each circle is found once."""
    for there in does.get(way[-1], {}):
        if there == start:
            yield way
        elif len(way) < LONGEST and there not in way and order[there] > order[start]:
            yield from _circles(start, (*way, there), does, order)


def _derivatives(model: Model, graph: Graph) -> dict[str, dict[str, float]]:
    """Of each part, what it does to others: its members all moved by a unit, the mean over those of the other."""
    place = {member: part for part in graph.parts.values() for member in _things(part.shape, part.members)}
    does: dict[str, dict[str, float]] = {}
    for link, slope in _slopes(model):
        if slope and link.source in place and link.target in place:
            source, target = place[link.source], place[link.target]
            onto = does.setdefault(source.name, {})
            onto[target.name] = onto.get(target.name, 0.0) + slope / len(target.members)
    return does


def _things(shape: str, members: tuple[str, ...]) -> Iterator[Thing]:
    kind = "level" if shape in ("variable", "index") else shape
    return ((kind, name) for name in members)  # type: ignore[misc]


def _slopes(model: Model) -> Iterator[tuple[Link, float]]:
    """Each link that has one, with what it does per unit."""
    n, s, scenario = model.numbers, model.structure, model.scenario
    w = kernel_weights(n, s, model.medians)
    usual = usual_rates(n, model.medians)
    forgotten = 1 - 2 ** (-1 / effective_half_lives(s, w, usual)[0])
    unprompted, usual = w.rates.unprompted[0], usual[0]
    brings = branching(s.rates, w.rates.excite[0])
    events = model.axes.events
    seen = set()
    for link in links(scenario):
        name = link.target[1]
        value = None if link.number is None else link.number.share * link.number.quantity.central()
        match link.how:
            case "rate ratio" if value:
                yield link, float(unprompted[events[name]]) * math.log(value)
            case "effect" if link.source[0] == "event" and value is not None:
                yield link, value / float(forgotten[model.axes.variables[name]])
            case "pull" if value is not None:
                yield link, value / float(forgotten[model.axes.variables[name]])
            case "excitation" | "share" if (link.source, link.target) not in seen:
                seen.add((link.source, link.target))
                yield link, float(brings[events[name], events[link.source[1]]])
            case "begins" if link.source[0] == "event":
                yield link, _begun(scenario.conditions[name], usual[events[link.source[1]]])
            case "multiplies" if value is not None:
                yield link, float(usual[events[name]]) * (value - 1)
            case "shifts" if value is not None:
                yield link, value


def _begun(condition: Condition, rate: float) -> float:
    if condition.lasts is None:
        return 0.0
    lasts = condition.lasts.quantity.central()
    return float(lasts * math.exp(-rate * lasts))
