"""Calendar entries: when they fall due, whether they happen, and the lengths of what begins. Floor 1."""

from __future__ import annotations

import numpy as np

from relsim.kernels.compiled import LANES, inline, plain
from relsim.kernels.layout import CANCELLED, FORCED, TRIGGER_CONDITION, TRIGGER_EVENT
from relsim.kernels.maths import exp
from relsim.kernels.rows import add_product, add_rows, any_above, fill, lane
from relsim.kernels.terms import term_holds

_NO, _YES = np.int32(0), np.int32(1)


@plain
def length_of(u, cdf):
    """Whole days of a duration: the least n ≥ 1 with u ≤ P(duration ≤ n); one past the table where it is longer."""
    low = 0
    high = cdf.shape[0]
    while low < high:
        middle = (low + high) // 2
        if u <= cdf[middle]:
            high = middle
        else:
            low = middle + 1
    return low + 1


@plain
def probability(logit, out):
    """out = 1 / (1 + e^−logit)."""
    one = out.dtype.type(1)
    for i in range(LANES):
        out[i] = one / (one + exp(-logit[i]))


@plain
def falls_on(dated, day):
    """Whether the entry is due on ``day`` in any lane."""
    some = _NO
    for i in range(LANES):
        some |= _YES if dated[i] == day else _NO
    return some != _NO


@plain
def add_sum(row, dated, day, valid, tally, e, stage):
    """tally[e, stage] += Σ row over the valid paths on which the entry is due."""
    total = 0.0
    for i in range(valid):
        if dated[i] == day:
            total += row[i]
    tally[e, stage] += total


@plain
def settle_entry(calendar, w, terms, term_w, state, day, e, uniforms, valid, tally, happens, fails, rows):
    """Decide entry ``e`` on ``day``, on which it is due in some lane.

    Parameters
    ----------
    uniforms : (LANES,) one uniform a path
    tally : (E, stages) sums of the probability after each thing that moved it
    happens, fails : (LANES,) zero before; 1 where it happens, and where its ``otherwise`` applies
    rows : (4, ≥ LANES) scratch
    """
    one = happens.dtype.type(1)
    zero = happens.dtype.type(0)
    dated = state.due[e]
    logit, p, held, allowed = rows[0], rows[1], rows[2], rows[3]
    stage = 1
    fill(logit, w.chance[e])
    probability(logit, p)
    add_sum(p, dated, day, valid, tally, e, stage)
    if calendar.odds.ptr[e] < calendar.odds.ptr[e + 1]:
        offset = w.odds_offset[e]
        for i in range(LANES):
            logit[i] += lane(offset, i)
        add_rows(logit, calendar.odds, w.odds, e, state.levels)
        probability(logit, p)
    stage += 1
    add_sum(p, dated, day, valid, tally, e, stage)
    for j in range(calendar.odds_if.ptr[e], calendar.odds_if.ptr[e + 1]):
        term_holds(terms, term_w.above, term_w.below, state, day, calendar.odds_if.col[j], held)
        add_product(logit, w.odds_if[j], held)
        probability(logit, p)
        stage += 1
        add_sum(p, dated, day, valid, tally, e, stage)
    fill(allowed, one)
    for j in range(calendar.requires.ptr[e], calendar.requires.ptr[e + 1]):
        term_holds(terms, term_w.above, term_w.below, state, day, calendar.requires.col[j], held)
        for i in range(LANES):
            allowed[i] *= held[i]
    stage += 1
    for i in range(LANES):
        logit[i] = p[i] * allowed[i]
    add_sum(logit, dated, day, valid, tally, e, stage)
    for j in range(calendar.unless.ptr[e], calendar.unless.ptr[e + 1]):
        term_holds(terms, term_w.above, term_w.below, state, day, calendar.unless.col[j], held)
        for i in range(LANES):
            allowed[i] *= one - held[i]
    stage += 1
    for i in range(LANES):
        logit[i] = p[i] * allowed[i]
    add_sum(logit, dated, day, valid, tally, e, stage)
    fate = calendar.fate[e]
    known = day <= calendar.known.shape[0] and calendar.known[day - 1, e] != 0
    recorded = calendar.recorded[e] == day
    for i in range(LANES):
        if dated[i] == day:
            state.resolved[e, i] = 1
            if fate == CANCELLED:
                fails[i] = one
            elif fate == FORCED or recorded or (not known and allowed[i] > zero and uniforms[i] < p[i]):
                happens[i] = one
                state.happened[e, i] = day
            elif allowed[i] > zero:
                fails[i] = one
    stage += 1
    add_sum(happens, dated, day, valid, tally, e, stage)


@inline
def triggered(triggers, r, today, out):
    """out = 1 where any trigger of row ``r`` occurred today (Scratch); as it was where none did in any lane.

    Returns whether one did.
    """
    one = out.dtype.type(1)
    zero = out.dtype.type(0)
    some = False
    for j in range(triggers.ptr[r], triggers.ptr[r + 1]):
        of = triggers.of[j]
        if triggers.kind[j] == TRIGGER_EVENT:
            came = today.some[of] > 0
            row = today.events[of]
        elif triggers.kind[j] == TRIGGER_CONDITION:
            came = today.begins[of] > 0
            row = today.began[of]
        else:
            came = today.due[of] > 0
            row = today.happens[of]
        if not came:
            continue
        if not some:
            fill(out, zero)
        some = True
        for i in range(LANES):
            out[i] = one if row[i] > zero else out[i]
    return some and any_above(out, zero)
