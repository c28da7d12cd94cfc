"""Events whose usual sources would overfill their rate, and what to write where that is not meant. Floor 3.

Imports ``scenario``, ``model.weights``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from relsim.model.weights import Array
from relsim.scenario import Event, Scenario

MOST_SUGGESTED = 0.8
"""Part of a rate that its sources bring on where shares are suggested; doubt about the others needs the rest."""


@dataclass(frozen=True)
class Scaled:
    """An event whose usual sources were scaled to leave it room.

    Attributes
    ----------
    share : part of the draws in which they were
    factor : median factor on the sources' numbers over those draws
    """

    event: str
    share: float
    factor: float


def scaled_sources(scenario: Scenario, scale: Array) -> tuple[Scaled, ...]:
    """Which events' sources are scaled under the draws, from the factors (draws, K)."""
    out = []
    for name, factor in zip(scenario.events, scale.T):
        below = factor[factor < 1]
        if below.size:
            out.append(Scaled(name, below.size / factor.size, float(np.median(below))))
    return tuple(out)


def as_shares(scenario: Scenario, event: Event) -> str | None:
    """A line that states as shares what single events bring on of an event, so that it fits into the rate.

    None where no line laid over the file can say so: the sources stand in a list, or are shares already.
    """
    rate = event.rate.quantity.central() * event.rate.share
    stated: dict[str, float] = defaultdict(float)
    shares: dict[str, float] = {}
    for x in event.excited_by:
        source = scenario.events[x.source]
        if x.among is not None:
            shares[x.amount.path] = x.amount.quantity.central()
        elif source.usual:
            one = x.amount.quantity.central() * x.amount.share
            stated[x.amount.path] += one * source.rate.quantity.central() * source.rate.share / rate
    stated = {path: part for path, part in stated.items() if part > 0}
    left = MOST_SUGGESTED - sum(shares.values())
    if not stated or left <= 0 or any(path.split("/")[3].isdigit() for path in stated):
        return None
    factor = min(1.0, left / sum(stated.values()))
    lines: dict[str, list[str]] = defaultdict(list)
    for path, part in stated.items():
        _, item, _, key, *_ = path.split("/")
        lines[item].append(f"{key}: {{events: null, share: {part * factor:.2g}}}")
    told = ", ".join(f"{item}: {{excited_by: {{{', '.join(parts)}}}}}" for item, parts in lines.items())
    return f"events: {{{told}}}"
