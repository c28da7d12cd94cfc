"""The state at the end of the day before the window: replay of the record, and the noise that nobody saw.

Floor 3; imports ``parameters``, ``plain_replay``, ``record``, ``kernels.replay`` (only where many vectors of weights
meet a record).
"""

from __future__ import annotations

import numpy as np

from relsim.kernels.layout import DynamicsWeights, Moves, Structure, Weights
from relsim.model.parameters import factor_of, unseen_covariance
from relsim.model.plain_replay import replayed_levels
from relsim.model.record import ObservedRecord
from relsim.model.weights import Array, Index


def start_state(
    s: Structure, w: Weights, observed: ObservedRecord, usual: Array, baseline: Array
) -> tuple[Array, Array | None, Array]:
    """Mean state (draws, D), factor of the unseen noise's covariance (draws, D, D) or None, traces (draws, G).

    Without history the state is the baseline and traces stand at their usual level, g = R of their source.
    """
    traces = usual[:, s.rates.trace_source]
    days = observed.counts.shape[0]
    if days == 0:
        return baseline, None, traces
    if len(usual) == 1:
        levels, last_traces = replayed_levels(s, w, observed, usual, baseline)
        start, traces = levels[-1:], last_traces[None]
    else:
        start, traces = _replay(s, w, observed, usual, baseline, traces)
    covariance = unseen_covariance(s, w, usual, days)
    return start, factor_of(covariance) if covariance.any() else None, traces


def _replay(
    s: Structure, w: Weights, observed: ObservedRecord, usual: Array, baseline: Array, traces: Array
) -> tuple[Array, Array]:
    from relsim.kernels.compiled import LANES
    from relsim.kernels.replay import replay

    draws = usual.shape[0]
    start, end_traces = np.empty_like(baseline), np.empty_like(traces)
    for first in range(0, draws, LANES):
        rows = np.minimum(np.arange(first, first + LANES), draws - 1)
        kept = min(LANES, draws - first)

        def lanes(values: Array, rows: Index = rows) -> Array:
            return np.ascontiguousarray(values[rows].T)

        levels, g = lanes(baseline), lanes(traces)
        replay(
            s.dynamics,
            DynamicsWeights(*map(lanes, w.dynamics)),
            s.event_effects,
            Moves(*map(lanes, w.event_effects)),
            s.rates.trace_source,
            lanes(w.rates.decay),
            lanes(usual),
            observed.counts,
            observed.covered,
            observed.in_force,
            levels,
            g,
        )
        start[first : first + kept] = levels.T[:kept]
        end_traces[first : first + kept] = g.T[:kept]
    return start, end_traces
