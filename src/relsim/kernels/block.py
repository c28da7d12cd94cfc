"""The day loop: one block of paths under one draw of the weights. Floor 1.

``advance_block`` carries any stretch of days from any saved state, such as ``start`` makes. A day is the model's six
steps (docs/explanation/model.md), each a function: the unforced day in ``step``, the others in ``day``.
"""

from __future__ import annotations

import numpy as np

from relsim.kernels.compiled import inline, kernel, wide
from relsim.kernels.day import apply, draw, expect, remember, write
from relsim.kernels.layout import State
from relsim.kernels.random import four_normals, four_uniforms
from relsim.kernels.rows import copy, fill
from relsim.kernels.step import unforced_day

_NOISE, _CALENDAR, _DAY = np.uint32(1), np.uint32(3), np.uint32(4)
_NO_QUARTER = np.uint32(0)


@kernel
def advance_block(structure, w, pooled, first_path, valid, seed, from_day, to_day, at, state, record, tally):
    """Days ``from_day`` … ``to_day`` of paths ``first_path`` …, in place.

    Parameters
    ----------
    structure, w : Structure, Weights of the block's draw, each array (n,)
    pooled : Pooled
    first_path : uint32
    valid : int
        Lanes that are paths of the run; only they count in ``tally``.
    seed : uint64
    at : int
        Lane of ``record.levels`` at which this block's begin.
    state, record, tally : State, Record, Tally
    """
    wide()
    key = (np.uint32(seed & np.uint64(0xFFFFFFFF)), np.uint32(seed >> np.uint64(32)))
    today = record.scratch
    first = record.states[from_day - 1]
    for d in range(first.shape[0]):
        copy(first[d], state.levels[d])
    _begin_call(structure.calendar, w.calendar, first_path, valid, key, from_day, today, tally)
    for day in range(from_day, to_day + 1):
        quarter = np.uint32((day - 1) >> 2)
        phase = (day - 1) & 3
        if phase == 0 or day == from_day:
            _hear_noise(structure.dynamics, first_path, quarter, key, today)
        before = State(
            record.states[day - 1], state.traces, state.until, state.due, state.happened, state.resolved, state.running
        )
        expect(structure, w, pooled, valid, day, before, record, tally)
        draw(structure, w, pooled, first_path, valid, quarter, phase, key, day, before, today, tally)
        y = record.states[day]
        variables = y[: structure.dynamics.low.size]
        unforced_day(structure.dynamics, w.dynamics, before.levels, today.held, today.noise, phase, variables)
        apply(structure, w, day, today, y)
        remember(structure, w.rates, first_path, quarter, phase, key, day, before, record)
        write(structure.dynamics, w.dynamics, day, at, record)
    last = record.states[max(to_day, from_day - 1)]
    for d in range(last.shape[0]):
        copy(state.levels[d], last[d])


@inline
def _begin_call(calendar, w, first_path, valid, key, from_day, today, tally):
    """What is drawn once a path: whether each entry happens, and how long after its trigger; clear the rest.

    On day 1 the entries' stated probabilities go to ``tally.calendar[:, 0]``.
    """
    zero = today.rate.dtype.type(0)
    one = today.rate.dtype.type(1)
    for k in range(today.some.shape[0]):
        today.quarter[k] = -1
        today.some[k] = 0
        fill(today.events[k], zero)
    for c in range(today.begins.shape[0]):
        today.begins[c] = 0
    fill(today.rows[7], one)
    for e in range(today.due.shape[0]):
        today.due[e] = 0
        fill(today.happens[e], zero)
        fill(today.fails[e], zero)
        four_uniforms(first_path, _NO_QUARTER, calendar.streams[e], _CALENDAR, key[0], key[1], today.four)
        copy(today.chances[e], today.four[0])
        if from_day == 1:
            tally.calendar[e, 0] += np.float64(one / (one + np.exp(-w.chance[e]))) * valid
        if calendar.after.ptr[e] < calendar.after.ptr[e + 1]:
            four_uniforms(first_path, _NO_QUARTER, calendar.day_streams[e], _DAY, key[0], key[1], today.four)
            copy(today.delays[e], today.four[0])


@inline
def _hear_noise(dynamics, first_path, quarter, key, today):
    """Normals (D, 4, LANES) of four days, of the variables whose noise is heard."""
    for d in range(dynamics.heard.shape[0]):
        if dynamics.heard[d]:
            four_normals(first_path, quarter, dynamics.streams[d], _NOISE, key[0], key[1], today.words, today.noise[d])
