"""The step on observed counts: lanes carry different weights instead of different random numbers. Floor 1."""

from __future__ import annotations

import numpy as np

from relsim.kernels.compiled import LANES, kernel
from relsim.kernels.rows import weight
from relsim.kernels.step import apply_effects, apply_share, unforced_day, update_traces


@kernel
def replay(
    dynamics, w, effects, moves, sources, decay, usual, counts, covered, in_force, levels, traces
):
    """Carry ``levels`` and ``traces`` through observed days, noise off, in place.

    Parameters
    ----------
    dynamics, w : Dynamics, DynamicsWeights with rows (n, LANES) of float64; so are all weights here
    effects, moves : Rows, Moves of the event types
    sources, decay : (G,) event type of each trace; (G, LANES) its daily decay
    usual : (K, LANES) usual rate of each type, which acts by its expectation on days that are not covered
    counts, covered : (H, K) observed counts, and whether the record is complete for the type on the day
    in_force : (H, C) probability that a condition is in force
    levels : (D, LANES); traces : (G, LANES)
    """
    types = counts.shape[1]
    conditions = in_force.shape[1]
    y = np.empty(levels.shape, np.float64)
    silence = np.empty((0, LANES), np.float64)
    held = np.empty((conditions, LANES), np.float64)
    events = np.empty((types, LANES), np.float64)
    listed = np.empty(LANES, np.float64)
    for h in range(counts.shape[0]):
        for c in range(conditions):
            held[c] = in_force[h, c]
        unforced_day(dynamics, w, levels, held, silence, y)
        for k in range(types):
            listed[:] = counts[h, k]
            events[k] = listed
            if not covered[h, k]:
                apply_share(y, effects, moves, k, weight(usual, k))
                events[k] += usual[k]
            if counts[h, k] > 0:
                apply_effects(y, effects, moves, k, listed, counts[h, k])
        update_traces(sources, decay, events, traces)
        levels[:] = y
