"""A block's state at the end of the day before the window. Floor 1."""

from __future__ import annotations

import numpy as np

from relsim.kernels.calendar import length_of
from relsim.kernels.compiled import LANES, kernel
from relsim.kernels.layout import FOREVER
from relsim.kernels.random import four_normals, four_uniforms
from relsim.kernels.rows import copy, fill
from relsim.kernels.step import reflect, update_indices

_DAY, _INITIAL, _BEFORE = np.uint32(4), np.uint32(5), np.uint32(7)
_NO_QUARTER = np.uint32(0)


@kernel
def normals_at_start(streams, first_path, seed, words, four, out):
    """out (D, LANES) float32 = the normals of each variable's state at start; ``words`` (4, LANES)
    uint32 and ``four`` (4, LANES) are scratch."""
    k0 = np.uint32(seed & np.uint64(0xFFFFFFFF))
    k1 = np.uint32(seed >> np.uint64(32))
    for d in range(out.shape[0]):
        four_normals(first_path, _NO_QUARTER, streams[d], _INITIAL, k0, k1, words, four)
        copy(out[d], four[0])


@kernel
def reflect_rows(rows, low, high):
    """Reflect each row (D, LANES) at its bounds, in place."""
    for d in range(rows.shape[0]):
        reflect(rows[d], low[d], high[d])


@kernel
def begin_block(dynamics, conditions, calendar, index_weights, start, traces, first_path, seed, state, record):
    """Fill ``state`` and row 0 of ``record`` for the day before the window.

    Parameters
    ----------
    index_weights : (n,) one draw's weights of the indices
    start : (D, LANES) state of the variables
    traces : (G,) traces
    """
    variables = start.shape[0]
    zero = np.int32(0)
    k0 = np.uint32(seed & np.uint64(0xFFFFFFFF))
    k1 = np.uint32(seed >> np.uint64(32))
    four = record.scratch.four
    for d in range(variables):
        copy(state.levels[d], start[d])
    update_indices(dynamics.indices, index_weights, variables, state.levels)
    for d in range(state.levels.shape[0]):
        copy(record.states[0, d], state.levels[d])
    for k in range(record.totals.shape[0]):
        fill(record.totals[k], zero)
    for x in range(state.running.shape[0]):
        fill(state.running[x, 0], zero)
    for g in range(state.traces.shape[0]):
        fill(state.traces[g], traces[g])
    for c in range(state.until.shape[0]):
        begun = conditions.begun[c]
        until = state.until[c]
        if begun == FOREVER:
            fill(until, zero)
        elif conditions.lasting[c] == 0:
            fill(until, np.int32(FOREVER))
        else:
            four_uniforms(first_path, _NO_QUARTER, conditions.before_streams[c], _BEFORE, k0, k1, four)
            least = np.float64(conditions.too_short[c])
            for i in range(LANES):
                u = least + (1.0 - least) * np.float64(four[0, i])
                until[i] = begun + length_of(u, conditions.lasts_cdf[c])
    for e in range(state.due.shape[0]):
        fill(state.happened[e], zero)
        fill(state.resolved[e], calendar.passed[e])
        first = calendar.first[e]
        length = calendar.last[e] - first + 1
        if calendar.recorded[e] > 0:
            fill(state.due[e], calendar.recorded[e])
        elif length <= 0:
            fill(state.due[e], zero)
        elif length == 1:
            fill(state.due[e], first)
        else:
            four_uniforms(first_path, _NO_QUARTER, calendar.day_streams[e], _DAY, k0, k1, four)
            for i in range(LANES):
                day = first + int(np.float64(four[0, i]) * length)
                state.due[e, i] = max(day, 0)
                if day <= 0:
                    state.resolved[e, i] = 1
