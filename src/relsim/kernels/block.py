"""The day loop: one block of paths under one draw of the weights. Floor 1.

Holds ``advance_block``: any stretch of days from any saved state, such as ``start`` makes. The order of work within
a day is the model's (docs/explanation/model.md); each step lives in ``step``, ``calendar`` or ``terms``.
"""

from __future__ import annotations

import numpy as np

from relsim.kernels.calendar import length_of, settle_entry, triggered
from relsim.kernels.compiled import LANES, inline, kernel, plain
from relsim.kernels.counts import draw_negative_binomial, draw_poisson
from relsim.kernels.layout import (
    ACT_EVENT,
    ACT_SHIFT,
    FOREVER,
    CalendarWeights,
    DynamicsWeights,
    Moves,
    PlanWeights,
    RateWeights,
    Scratch,
    TermWeights,
)
from relsim.kernels.random import four_words, normals_of, uniform, uniforms_of
from relsim.kernels.rows import add_product, copy, fill
from relsim.kernels.step import (
    add_usual,
    apply_effects,
    apply_share,
    hold_below,
    rate_of,
    unforced_day,
    update_indices,
    update_traces,
)
from relsim.kernels.terms import gate

_NOISE, _COUNT, _CALENDAR, _DAY = np.uint32(1), np.uint32(2), np.uint32(3), np.uint32(4)
_LASTS = np.uint32(6)
_NO_QUARTER = np.uint32(0)


@inline
def _of_draw(table, draw):
    """Weights of one draw, from arrays (draws, n)."""
    d, r, c = table.dynamics, table.rates, table.calendar
    return (
        DynamicsWeights(d.rho[draw], d.constant[draw], d.noise[draw], d.pull[draw], d.shift[draw], d.index[draw]),
        RateWeights(
            r.unprompted[draw],
            r.offset[draw],
            r.ratio[draw],
            r.excite[draw],
            r.decay[draw],
            r.overdispersion[draw],
            r.weekday[draw],
            r.slow[draw],
            r.usual[draw],
        ),
        TermWeights(table.terms.above[draw], table.terms.below[draw]),
        CalendarWeights(c.chance[draw], c.odds[draw], c.odds_offset[draw], c.odds_if[draw]),
        PlanWeights(table.plan.rate_factor[draw], table.plan.act_value[draw]),
    )


@inline
def _moves_of_draw(moves, draw):
    return Moves(moves.share[draw], moves.bound[draw])


@kernel
def advance_block(structure, table, pooled, draw, first_path, valid, seed, from_day, to_day, state, record, tally):
    """Days ``from_day`` … ``to_day`` of paths ``first_path`` …, in place.

    Parameters
    ----------
    structure, table : Structure, Weights with arrays (draws, n)
    pooled : Pooled
    draw : int
    valid : int
        Lanes that are paths of the run; only they count in ``tally``.
    state, record, tally : State, Record, Tally
    """
    real = state.levels.dtype
    n_variables = structure.dynamics.low.shape[0]
    n_events = structure.rates.drawn.shape[0]
    n_entries = structure.calendar.first.shape[0]
    n_conditions = structure.conditions.begun.shape[0]
    scratch = Scratch(
        words=np.empty((4, LANES), np.uint32),
        noise=np.zeros((4, n_variables, LANES), real),
        uniforms=np.zeros((4, n_events, LANES), np.float32),
        chances=np.zeros((n_entries, LANES), np.float32),
        delays=np.zeros((n_entries, LANES), np.float32),
        y=np.empty((n_variables, LANES), real),
        drawn=np.zeros((n_events, LANES), real),
        events=np.zeros((n_events, LANES), real),
        held=np.zeros((n_conditions, LANES), real),
        began=np.zeros((n_conditions, LANES), real),
        happens=np.zeros((n_entries, LANES), real),
        fails=np.zeros((n_entries, LANES), real),
        rows=np.ones((10, LANES), real),
        some=np.zeros(n_events, np.int32),
        taken=np.zeros(n_entries, np.bool_),
        factor=np.empty(n_events, real),
    )
    _advance(structure, table, pooled, draw, first_path, valid, seed, from_day, to_day, state, record, tally, scratch)


@plain
def _advance(structure, table, pooled, draw, first_path, valid, seed, from_day, to_day, state, record, tally, scratch):
    """``advance_block`` with its scratch rows; apart from it because what allocates counts references."""
    dynamics = structure.dynamics
    rates = structure.rates
    terms = structure.terms
    conditions = structure.conditions
    calendar = structure.calendar
    plan = structure.plan
    tracked = structure.tracked
    event_effects = structure.event_effects
    entry_effects = structure.entry_effects
    otherwise_effects = structure.otherwise_effects
    first_weekday = structure.first_weekday
    dynamics_w, rates_w, terms_w, calendar_w, plan_w = _of_draw(table, draw)
    event_moves = _moves_of_draw(table.event_effects, draw)
    entry_moves = _moves_of_draw(table.entry_effects, draw)
    otherwise_moves = _moves_of_draw(table.otherwise_effects, draw)

    real = state.levels.dtype.type
    one = real(1)
    zero = real(0)
    most = real(structure.most_per_day)
    k0 = np.uint32(seed & np.uint64(0xFFFFFFFF))
    k1 = np.uint32(seed >> np.uint64(32))
    n_variables = dynamics.low.shape[0]
    n_events = rates.drawn.shape[0]
    n_entries = calendar.first.shape[0]
    n_conditions = conditions.begun.shape[0]
    observed_days = rates.observed.shape[0]
    words, noise, uniforms = scratch.words, scratch.noise, scratch.uniforms
    chances, delays = scratch.chances, scratch.delays
    y, drawn, events = scratch.y, scratch.drawn, scratch.events
    held, began, happens, fails = scratch.held, scratch.began, scratch.happens, scratch.fails
    some, taken, factor = scratch.some, scratch.taken, scratch.factor
    rows = scratch.rows[:4]
    rate, allowed, flag, all_lanes = scratch.rows[4], scratch.rows[5], scratch.rows[6], scratch.rows[7]
    expected, came = scratch.rows[8], scratch.rows[9]
    with_experts = pooled.level.shape[0] > 0

    for e in range(n_entries):
        four_words(first_path, _NO_QUARTER, calendar.streams[e], _CALENDAR, k0, k1, words)
        for i in range(LANES):
            chances[e, i] = uniform(words[0, i])
        if from_day == 1:
            stated = one / (one + np.exp(-calendar_w.chance[e]))
            tally.calendar[e, 0] += np.float64(stated) * valid
        if calendar.after.ptr[e] < calendar.after.ptr[e + 1]:
            four_words(first_path, _NO_QUARTER, calendar.day_streams[e], _DAY, k0, k1, words)
            for i in range(LANES):
                delays[e, i] = uniform(words[0, i])

    for day in range(from_day, to_day + 1):
        quarter = np.uint32((day - 1) >> 2)
        phase = (day - 1) & 3
        if phase == 0 or day == from_day:
            for k in range(n_events):
                if rates.drawn[k]:
                    four_words(first_path, quarter, rates.streams[k], _COUNT, k0, k1, words)
                    uniforms_of(words, k, uniforms)
            for d in range(n_variables):
                if dynamics.heard[d]:
                    four_words(first_path, quarter, dynamics.streams[d], _NOISE, k0, k1, words)
                    normals_of(words, d, noise)

        # 1 and 2: rates, counts and the calendar, from state, traces and records at the end of the day before
        for c in range(n_conditions):
            until = state.until[c]
            out = held[c]
            for i in range(LANES):
                out[i] = one if until[i] >= day else zero
                record.in_force[day - 1, c, i] = 1 if until[i] >= day else 0
        weekday = (first_weekday + day - 1) % 7
        for k in range(n_events):
            factor[k] = rates_w.weekday[7 * k + weekday]
        for j in range(plan.rate_event.shape[0]):
            if plan.rate_from[j] <= day <= plan.rate_to[j]:
                factor[plan.rate_event[j]] *= plan_w.rate_factor[j]
        for k in range(n_events):
            some[k] = 0
            fill(events[k], zero)
            if day <= observed_days:
                some[k] = rates.observed[day - 1, k]
                fill(drawn[k], real(some[k]))
                copy(events[k], drawn[k])
                continue
            if not rates.drawn[k]:
                continue
            rate_of(rates, rates_w, state.levels, state.traces, k, factor[k], rate)
            if with_experts:
                level = pooled.level[k]
                for i in range(LANES):
                    rate[i] = factor[k] * level[i] if level[i] >= zero else rate[i]
            for j in range(rates.slow.ptr[k], rates.slow.ptr[k + 1]):
                extra = rates_w.slow[j] - one
                row = held[rates.slow.col[j]]
                for i in range(LANES):
                    rate[i] *= one + extra * row[i]
            if rates.requires.ptr[k] < rates.requires.ptr[k + 1] or rates.unless.ptr[k] < rates.unless.ptr[k + 1]:
                gate(terms, terms_w.above, terms_w.below, state, day, rates.requires, rates.unless, k, flag, allowed)
                for i in range(LANES):
                    rate[i] *= allowed[i]
            over = hold_below(rate, most, valid)
            if over > 0:
                tally.capped[0] += over
            some_came = 0
            if with_experts:  # counted apart, since the days of an expert's paths spread in another way
                for i in range(LANES):
                    expected[i] = rate[i] if level[i] >= zero else zero
                    rate[i] -= expected[i]
                some_came = draw_negative_binomial(uniforms[phase, k], expected, pooled.overdispersion[k], came)
            if rates.overdispersed[k]:
                phi = rates_w.overdispersion[k]
                some[k] = draw_negative_binomial(uniforms[phase, k], rate, phi, drawn[k])
            else:
                some[k] = draw_poisson(uniforms[phase, k], rate, drawn[k])
            if some_came > 0:
                if some[k] == 0:
                    fill(drawn[k], zero)
                for i in range(LANES):
                    drawn[k, i] += came[i] if level[i] >= zero else zero
                some[k] = max(some[k], some_came)
            if some[k] > 0 and rates.ceiling[k] >= 0:
                left = rates.ceiling[k] - rates.ceiling_before[k]
                so_far = state.running[rates.ceiling_row[k], day - 1]
                for i in range(LANES):
                    drawn[k, i] = min(drawn[k, i], real(max(left - so_far[i], 0)))
            if some[k] > 0:
                copy(events[k], drawn[k])
        for e in range(n_entries):
            taken[e] = False
            fill(happens[e], zero)
            hanging = calendar.after.ptr[e] < calendar.after.ptr[e + 1]
            if hanging or calendar.first[e] <= day <= calendar.last[e] or calendar.recorded[e] == day:
                taken[e] = settle_entry(
                    calendar,
                    calendar_w,
                    terms,
                    terms_w,
                    state,
                    day,
                    e,
                    chances[e],
                    valid,
                    tally.calendar,
                    happens[e],
                    fails[e],
                    rows,
                )

        # 3: the unforced day
        unforced_day(dynamics, dynamics_w, state.levels, held, noise[phase], y)

        # 4: effects, in file order
        for k in range(n_events):
            if day <= observed_days and not rates.covered[day - 1, k]:
                apply_share(y, event_effects, event_moves, k, rates_w.usual[k])
            if some[k] > 0:
                apply_effects(y, event_effects, event_moves, k, drawn[k], some[k])
        for e in range(n_entries):
            if not taken[e]:
                continue
            for step in range(2):
                k = calendar.event[e] if step == 0 else calendar.otherwise_event[e]
                where = happens[e] if step == 0 else fails[e]
                if k >= 0:
                    apply_effects(y, event_effects, event_moves, k, where, 1)
                    add_product(events[k], one, where)
            apply_effects(y, entry_effects, entry_moves, e, happens[e], 1)
            apply_effects(y, otherwise_effects, otherwise_moves, e, fails[e], 1)
        for v in range(plan.act_day.shape[0]):
            if plan.act_day[v] != day:
                continue
            target = plan.act_target[v]
            if plan.act_kind[v] == ACT_EVENT:
                apply_effects(y, event_effects, event_moves, target, all_lanes, 1)
                add_product(events[target], one, all_lanes)
            else:
                value = plan_w.act_value[v]
                kept = one if plan.act_kind[v] == ACT_SHIFT else zero
                for i in range(LANES):
                    moved = kept * y[target, i] + value
                    y[target, i] = min(max(moved, dynamics.low[target]), dynamics.high[target])

        # 5: traces, records and conditions, from all events of the day
        update_traces(rates.trace_source, rates_w.decay, events, state.traces)
        if day <= observed_days:
            add_usual(rates.trace_source, rates_w.decay, rates_w.usual, rates.covered[day - 1], state.traces)
        for x in range(tracked.shape[0]):
            row = events[tracked[x]]
            before = state.running[x, day - 1]
            now = state.running[x, day]
            for i in range(LANES):
                now[i] = before[i] + np.int32(row[i])
        for c in range(n_conditions):
            fill(began[c], zero)
            until = state.until[c]
            begins = triggered(conditions.begins, c, events, happens, began, flag)
            ends = triggered(conditions.ends, c, events, happens, began, allowed)
            if not begins and not ends:
                continue
            any_began = False
            for i in range(LANES):
                if allowed[i] > zero:
                    until[i] = min(until[i], day)
                elif flag[i] > zero:
                    began[c, i] = one
                    any_began = True
            if any_began:
                lasting = conditions.lasting[c] != 0
                if lasting:
                    four_words(first_path, quarter, conditions.streams[c], _LASTS, k0, k1, words)
                for i in range(LANES):
                    if began[c, i] > zero:
                        until[i] = FOREVER
                        if lasting:
                            until[i] = day + length_of(np.float64(uniform(words[phase, i])), conditions.lasts_cdf[c])
        for e in range(n_entries):
            if calendar.after.ptr[e] < calendar.after.ptr[e + 1]:
                if not triggered(calendar.after, e, events, happens, began, flag):
                    continue
                for i in range(LANES):
                    if flag[i] > zero and state.due[e, i] == 0:
                        state.due[e, i] = day + length_of(np.float64(delays[e, i]), calendar.delay_cdf[e])

        # 6: the state at the end of the day
        for d in range(n_variables):
            copy(state.levels[d], y[d])
        update_indices(dynamics.indices, dynamics_w.index, n_variables, state.levels)
        for d in range(state.levels.shape[0]):
            copy(record.states[day, d], state.levels[d])
        for k in range(n_events):
            out_counts = record.counts[day - 1, k]
            row = events[k]
            for i in range(LANES):
                out_counts[i] = np.uint16(np.int32(row[i]))
