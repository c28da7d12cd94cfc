"""The step on observed counts: lanes carry different weights instead of different random numbers. Floor 1.

``replay`` carries the state through any stretch of observed days; ``likelihood`` adds what each day's counts tell
about the weights. Both go through ``observed_day``.
"""

from __future__ import annotations

import numpy as np

from relsim.kernels.compiled import LANES, kernel, plain, wide
from relsim.kernels.rows import add_product, copy, fill
from relsim.kernels.scratch import replay_scratch
from relsim.kernels.step import apply_effects, apply_share, unforced_day, update_traces


def replay(dynamics, w, effects, moves, sources, decay, usual, counts, covered, in_force, levels, traces):
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
    held = np.empty((in_force.shape[1], LANES))
    rows = replay_scratch(len(levels), counts.shape[1])
    _replay(
        dynamics, w, effects, moves, sources, decay, usual, counts, covered, in_force, levels, traces, held, rows
    )  # fmt: skip


@kernel
def _replay(dynamics, w, effects, moves, sources, decay, usual, counts, covered, in_force, levels, traces, held, rows):
    wide()
    for h in range(counts.shape[0]):
        for c in range(in_force.shape[1]):
            fill(held[c], in_force[h, c])
        observed_day(
            dynamics, w, effects, moves, sources, decay, usual, counts[h], covered[h], held, levels, traces, rows
        )


@plain
def observed_day(dynamics, w, effects, moves, sources, decay, usual, counts, covered, held, levels, traces, rows):
    """One day's state and traces from its observed counts (K,); what is not covered acts by its expectation.

    ``held`` (C, LANES) are the conditions in force; ``levels`` may hold indices behind its variables, which stay as
    they are; ``rows`` is ``replay_scratch`` the model's sizes.
    """
    y = rows.y
    listed = rows.listed
    unforced_day(dynamics, w, levels, held, rows.silence, 0, y)
    for k in range(counts.shape[0]):
        fill(listed, np.float64(counts[k]))
        copy(rows.events[k], listed)
        if not covered[k]:
            apply_share(y, effects, moves, k, usual[k])
            add_product(rows.events[k], 1.0, usual[k])
        if counts[k] > 0:
            apply_effects(y, effects, moves, k, listed, counts[k])
    update_traces(sources, decay, rows.events, rows.some, traces)
    for d in range(y.shape[0]):
        copy(levels[d], y[d])
