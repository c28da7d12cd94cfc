"""The parts of one day's step, on rows over the paths of a block. Floor 1.

Written once for the simulation (float32, weights as scalars) and the replay (float64, weights as rows).
"""

from __future__ import annotations

import numpy as np

from relsim.kernels.compiled import LANES, inline, plain, wide
from relsim.kernels.maths import exp
from relsim.kernels.rows import add_rows, fill, lane


@inline
def rate_of(rates, w, levels, traces, k, out):
    """out = r_k Π ρ^(x − μ) + Σ a g, before weekday, interventions, conditions, gates and the cap."""
    wide()
    if rates.ratio.ptr[k] < rates.ratio.ptr[k + 1]:
        fill(out, w.offset[k])
        add_rows(out, rates.ratio, w.ratio, k, levels)
        unprompted = w.unprompted[k]
        for i in range(LANES):
            out[i] = lane(unprompted, i) * exp(out[i])
    else:
        fill(out, w.unprompted[k])
    add_rows(out, rates.excite, w.excite, k, traces)


@plain
def hold_below(rate, most, valid):
    """Hold a row of rates at ``most``. Returns in how many of the valid lanes that bound."""
    wide()
    over = np.int32(0)
    for i in range(LANES):
        over += np.int32(1) if rate[i] > most else np.int32(0)
    if over > 0:
        over = np.int32(0)
        for i in range(LANES):
            if rate[i] > most:
                rate[i] = most
                over += np.int32(1) if i < valid else np.int32(0)
    return over


@plain
def reflect(row, low, high):
    """A value past a bound is reflected back, and held at that bound if this leads past the other."""
    wide()
    past = np.int32(0)
    for i in range(LANES):
        past |= np.int32(1) if (row[i] > high) | (row[i] < low) else np.int32(0)
    if past == np.int32(0):
        return
    for i in range(LANES):
        v = row[i]
        down = high + (high - v)
        up = low + (low - v)
        v = (down if down >= low else high) if v > high else ((up if up <= high else low) if v < low else v)
        row[i] = v


@inline
def unforced_day(dynamics, w, levels, in_force, noise, phase, out):
    """out (D, LANES) = the state after reversion, pull, shifts, drift, noise and reflection.

    Parameters
    ----------
    levels : (≥ D, LANES) state at the end of the day before
    in_force : (C, LANES) 0 … 1, conditions in force today
    noise : (D, 4, LANES) standard normals of four days, or (0, 4, LANES) for none
    phase : which of the four
    """
    wide()
    for d in range(out.shape[0]):
        y = out[d]
        x = levels[d]
        rho = w.rho[d]
        constant = w.constant[d]
        for i in range(LANES):
            y[i] = lane(constant, i) + lane(rho, i) * x[i]
        add_rows(y, dynamics.pull, w.pull, d, levels)
        add_rows(y, dynamics.shift, w.shift, d, in_force)
        if noise.shape[0] > 0 and dynamics.noisy[d]:
            size = w.noise[d]
            j = dynamics.mix.ptr[d]
            end = dynamics.mix.ptr[d + 1]
            while j + 2 <= end:
                share = dynamics.mix_value[j]
                other = dynamics.mix_value[j + 1]
                z = noise[dynamics.mix.col[j], phase]
                u = noise[dynamics.mix.col[j + 1], phase]
                for i in range(LANES):
                    y[i] = y[i] + lane(size, i) * (share * z[i]) + lane(size, i) * (other * u[i])
                j += 2
            if j < end:
                share = dynamics.mix_value[j]
                z = noise[dynamics.mix.col[j], phase]
                for i in range(LANES):
                    y[i] += lane(size, i) * (share * z[i])
        reflect(y, dynamics.low[d], dynamics.high[d])


@plain
def apply_effects(rows, effects, moves, r, times, most):
    """Effects of sparse row ``r`` (an event type, or an entry's own), ``times`` (LANES,) events a lane.

    Each moves its variable towards the bound by a share of what is left, once per event; ``most`` is the largest
    of ``times``. Written as the bound less what remains, no rounding can carry a value past it.
    """
    wide()
    for j in range(effects.ptr[r], effects.ptr[r + 1]):
        row = rows[effects.col[j]]
        share = moves.share[j]
        bound = moves.bound[j]
        one = row.dtype.type(1)
        for n in range(1, most + 1):
            least = row.dtype.type(n)
            for i in range(LANES):
                left = (one - lane(share, i)) * (lane(bound, i) - row[i])
                row[i] = lane(bound, i) - left if times[i] >= least else row[i]


@inline
def apply_to_few(rows, effects, moves, r, times, few, number):
    """``apply_effects`` where only the first ``number`` lanes of ``few`` have events."""
    for j in range(effects.ptr[r], effects.ptr[r + 1]):
        row = rows[effects.col[j]]
        bound = moves.bound[j]
        kept = row.dtype.type(1) - moves.share[j]
        for m in range(number):
            i = few[m]
            for _ in range(int(times[i])):
                row[i] = bound - kept * (bound - row[i])


@plain
def apply_share(rows, effects, moves, r, expected):
    """Effects of sparse row ``r`` by expectation: ``expected`` events a day, a weight."""
    for j in range(effects.ptr[r], effects.ptr[r + 1]):
        share = moves.share[j]
        bound = moves.bound[j]
        row = rows[effects.col[j]]
        for i in range(LANES):
            row[i] += lane(expected, i) * lane(share, i) * (lane(bound, i) - row[i])


@inline
def update_traces(source, decay, events, some, traces):
    """g ← q g + (1 − q) N of the trace's source; ``events`` (K, LANES) are zero where ``some`` (K,) is."""
    wide()
    one = traces.dtype.type(1)
    for g in range(traces.shape[0]):
        q = decay[g]
        row = traces[g]
        if some[source[g]] == 0:
            for i in range(LANES):
                row[i] *= lane(q, i)
        else:
            n = events[source[g]]
            for i in range(LANES):
                row[i] = lane(q, i) * row[i] + (one - lane(q, i)) * n[i]


@plain
def add_usual(source, decay, usual, covered, traces):
    """Traces of types that a record does not cover today gain (1 − q) R, their usual events' expectation."""
    one = traces.dtype.type(1)
    for g in range(traces.shape[0]):
        if not covered[source[g]]:
            q = decay[g]
            expected = usual[source[g]]
            row = traces[g]
            for i in range(LANES):
                row[i] += (one - lane(q, i)) * lane(expected, i)


@plain
def update_indices(index, weights, variables, levels):
    """Index rows of ``levels`` (D + I, LANES), from its variable rows."""
    for r in range(levels.shape[0] - variables):
        row = levels[variables + r]
        fill(row, row.dtype.type(0))
        add_rows(row, index, weights, r, levels)
