"""The days before the window as the replay of the record sees them, at the medians of the weights.

Floor 3; imports ``relsim.model``, ``kernels.replay`` (only where there is a record to replay).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from relsim.kernels.layout import DynamicsWeights, Moves
from relsim.model import Model, Parameters
from relsim.model.parameters import owners, sum_at
from relsim.model.weights import Array


@dataclass(frozen=True)
class ReplayedDays:
    """Mean state at the end of each observed day, noise off.

    Attributes
    ----------
    dates : the H days of the record, to the day before the window; none without a history
    levels : (H, D + I) variables, then indices, as in ``Axes.levels``
    """

    dates: tuple[date, ...]
    levels: Array


def replayed_days(model: Model) -> ReplayedDays:
    """Replay the record day by day; the last row is the mean state from which the simulation starts."""
    counts = model.observed.counts
    days = len(counts)
    dates = tuple(model.axes.date(h - days + 1) for h in range(days))
    parameters = model.at_medians()
    variables = _variables(model, parameters) if days else np.empty((0, len(model.axes.variables)))
    indices = model.structure.dynamics.indices
    moved = parameters.weights.dynamics.index * variables[:, indices.col]
    return ReplayedDays(dates, np.hstack([variables, sum_at(moved, owners(indices), len(model.axes.indices))]))


def _variables(model: Model, p: Parameters) -> Array:
    """(H, D): the kernel carries its state from day to day, one call for each."""
    from relsim.kernels.compiled import LANES
    from relsim.kernels.replay import replay

    s, observed = model.structure, model.observed

    def lanes(values: Array) -> Array:
        return np.repeat(values.T, LANES, axis=1)

    levels, traces = lanes(p.baseline), lanes(p.usual[:, s.rates.trace_source])
    dynamics = DynamicsWeights(*map(lanes, p.weights.dynamics))
    moves = Moves(*map(lanes, p.weights.event_effects))
    decay, usual = lanes(p.weights.rates.decay), lanes(p.usual)
    out = np.empty((len(observed.counts), len(levels)))
    for h in range(len(out)):
        day = slice(h, h + 1)
        record = (observed.counts[day], observed.covered[day], observed.in_force[day])
        replay(
            s.dynamics, dynamics, s.event_effects, moves, s.rates.trace_source, decay, usual, *record, levels, traces
        )
        out[h] = levels[:, 0]
    return out
