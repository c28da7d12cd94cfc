"""The replay with its rates: how likely what was observed is, for a block of weight vectors at once. Floor 1.

The rate is the simulator's own (``step.rate_of``, conditions, gates, cap), the day is the replay's (``replay``).
"""

from __future__ import annotations

import numpy as np

from relsim.kernels.compiled import LANES, kernel
from relsim.kernels.log_mass import add_log_mass
from relsim.kernels.replay import observed_day
from relsim.kernels.rows import copy, fill, lane
from relsim.kernels.scratch import replay_scratch
from relsim.kernels.step import hold_below, rate_of, update_indices
from relsim.kernels.terms import gate


def replay_rates(structure, w, days, from_day, to_day, state, rates_out, total):
    """Carry ``state`` through observed days ``from_day`` … ``to_day``, and score their counts, in place.

    Parameters
    ----------
    structure : Replayed
    w : ReplayedWeights with rows (n, LANES) of float64
    days : ObservedDays, counted from 1
    state : State at the end of the day before ``from_day``; its running counts cover all observed days
    rates_out : (to_day − from_day + 1, K, LANES), filled with λ; (0, K, LANES) where nobody asks
    total : (K, LANES) to which the log-probabilities of the scored counts are added
    """
    held = np.empty((days.in_force.shape[1], LANES))
    scratch = replay_scratch(structure.dynamics.low.shape[0], days.counts.shape[1])
    _replay_rates(structure, w, days, from_day, to_day, state, rates_out, total, held, scratch, np.empty((4, LANES)))


@kernel
def _replay_rates(structure, w, days, from_day, to_day, state, rates_out, total, held, scratch, rows):
    dynamics = structure.dynamics
    rates = structure.rates
    terms = structure.terms
    most = structure.most_per_day
    variables = dynamics.low.shape[0]
    rate, factor, flag, allowed = rows[0], rows[1], rows[2], rows[3]
    update_indices(dynamics.indices, w.dynamics.index, variables, state.levels)
    for day in range(from_day, to_day + 1):
        h = day - 1
        for c in range(held.shape[0]):
            fill(held[c], days.in_force[h, c])
            until = state.until[c]
            for i in range(LANES):
                until[i] = day if days.in_force[h, c] >= 0.5 else day - 1
        weekday = (structure.first_weekday + h) % 7
        for k in range(days.counts.shape[1]):
            if rates_out.shape[0] == 0 and not days.scored[h, k]:
                continue
            fill(rate, 0.0)
            if rates.drawn[k]:
                copy(factor, w.rates.weekday[7 * k + weekday])
                for j in range(structure.rate_event.shape[0]):
                    if structure.rate_event[j] == k and structure.rate_from[j] <= day <= structure.rate_to[j]:
                        extra = w.rate_factor[j]
                        for i in range(LANES):
                            factor[i] *= lane(extra, i)
                rate_of(rates, w.rates, state.levels, state.traces, k, rate)
                for i in range(LANES):
                    rate[i] *= factor[i]
                for j in range(rates.slow.ptr[k], rates.slow.ptr[k + 1]):
                    slow = w.rates.slow[j]
                    row = held[rates.slow.col[j]]
                    for i in range(LANES):
                        rate[i] *= 1.0 + (lane(slow, i) - 1.0) * row[i]
                if rates.requires.ptr[k] < rates.requires.ptr[k + 1] or rates.unless.ptr[k] < rates.unless.ptr[k + 1]:
                    gate(
                        terms, w.terms.above, w.terms.below, state, day, rates.requires, rates.unless, k, flag, allowed
                    )
                    for i in range(LANES):
                        rate[i] *= allowed[i]
                hold_below(rate, most, LANES)
                if days.left[h, k] <= 0:
                    fill(rate, 0.0)
            if rates_out.shape[0] > 0:
                copy(rates_out[day - from_day, k], rate)
            if days.scored[h, k]:
                add_log_mass(days.counts[h, k], days.left[h, k], rate, w.rates.overdispersion[k], total[k])
        observed_day(
            dynamics, w.dynamics, structure.event_effects, w.event_effects, rates.trace_source, w.rates.decay,
            w.rates.usual, days.counts[h], days.covered[h], held, state.levels, state.traces,
            scratch,
        )  # fmt: skip
        update_indices(dynamics.indices, w.dynamics.index, variables, state.levels)
