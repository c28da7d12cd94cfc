"""The steps of a day of the model, but for the unforced day, which the replay shares (``step``). Floor 1.

The arithmetic of a row of paths lives in ``step``, ``counts``, ``calendar`` and ``terms``. What no lane has today, most
events and conditions on most days, is told by a flag beside its row and passed over.
"""

from __future__ import annotations

import numpy as np

from relsim.kernels.calendar import falls_on, length_of, settle_entry, triggered
from relsim.kernels.compiled import LANES, inline, wide
from relsim.kernels.counts import draw_counts
from relsim.kernels.layout import ACT_EVENT, ACT_SHIFT, FOREVER
from relsim.kernels.random import four_uniforms
from relsim.kernels.rows import add_product, any_above, copy, fill
from relsim.kernels.step import (
    add_usual,
    apply_effects,
    apply_share,
    apply_to_few,
    hold_below,
    rate_of,
    update_indices,
    update_traces,
)
from relsim.kernels.terms import gate

_COUNT, _LASTS = np.uint32(2), np.uint32(6)


@inline
def expect(structure, w, pooled, valid, day, state, record, tally):
    """Step 1: conditions in force and rates λ (K, LANES), from state, traces and records at the end of the day before.

    Fills ``held``, ``in_force``, ``factor`` and ``rate`` of the scratch and the day's row of ``record.in_force``;
    ``some`` is 1 where an event of the type is possible today at all, else 0.
    """
    wide()
    today = record.scratch
    rates = structure.rates
    terms = structure.terms
    plan = structure.plan
    one = today.rate.dtype.type(1)
    zero = today.rate.dtype.type(0)
    held = today.held
    for c in range(today.in_force.shape[0]):
        until = state.until[c]
        out = held[c]
        kept = record.in_force[day - 1, c]
        for i in range(LANES):
            out[i] = one if until[i] >= day else zero
            kept[i] = 1 if until[i] >= day else 0
        today.in_force[c] = 1 if any_above(out, zero) else 0
    for k in range(today.some.shape[0]):
        if today.some[k] > 0:
            fill(today.events[k], zero)
        today.some[k] = 0
    if day <= rates.observed.shape[0]:
        return
    weekday = (structure.first_weekday + day - 1) % 7
    for k in range(today.some.shape[0]):
        today.factor[k] = w.rates.weekday[7 * k + weekday]
    for j in range(plan.rate_event.shape[0]):
        if plan.rate_from[j] <= day <= plan.rate_to[j]:
            today.factor[plan.rate_event[j]] *= w.plan.rate_factor[j]
    most = today.rate.dtype.type(structure.most_per_day)
    flag, allowed = today.rows[0], today.rows[1]
    for k in range(today.some.shape[0]):
        if not rates.drawn[k]:
            continue
        gated = rates.requires.ptr[k] < rates.requires.ptr[k + 1] or rates.unless.ptr[k] < rates.unless.ptr[k + 1]
        if gated:
            gate(terms, w.terms.above, w.terms.below, state, day, rates.requires, rates.unless, k, flag, allowed)
            if not any_above(allowed, zero):
                continue
        rate = today.rate[k]
        factor = today.factor[k]
        rate_of(rates, w.rates, state.levels, state.traces, k, rate)
        if factor != one:
            for i in range(LANES):
                rate[i] *= factor
        if pooled.level.shape[0] > 0:
            level = pooled.level[k]
            for i in range(LANES):
                rate[i] = factor * level[i] if level[i] >= zero else rate[i]
        for j in range(rates.slow.ptr[k], rates.slow.ptr[k + 1]):
            if today.in_force[rates.slow.col[j]] == 0:
                continue
            extra = w.rates.slow[j] - one
            row = held[rates.slow.col[j]]
            for i in range(LANES):
                rate[i] *= one + extra * row[i]
        if gated:
            for i in range(LANES):
                rate[i] *= allowed[i]
        over = hold_below(rate, most, valid)
        if over > 0:
            tally.capped[0] += over
        today.some[k] = 1


@inline
def draw(structure, w, pooled, first_path, valid, quarter, phase, key, day, state, today, tally):
    """Step 2: counts of unscheduled events (K, LANES), and which calendar entries due today happen (E, LANES).

    ``some`` becomes the largest count of each type, ``few`` the lanes that have one, where they are few.
    """
    rates = structure.rates
    calendar = structure.calendar
    observed = day <= rates.observed.shape[0]
    zero = today.rate.dtype.type(0)
    for k in range(today.some.shape[0]):
        row = today.events[k]
        if observed:
            today.some[k] = rates.observed[day - 1, k]
            today.number_few[k] = -1
            if today.some[k] > 0:
                fill(row, row.dtype.type(today.some[k]))
            continue
        if today.some[k] == 0:
            continue
        if today.quarter[k] != np.int64(quarter):
            four_uniforms(first_path, quarter, rates.streams[k], _COUNT, key[0], key[1], today.uniforms[k])
            today.quarter[k] = np.int64(quarter)
        u = today.uniforms[k, phase]
        rate = today.rate[k]
        overdispersion = w.rates.overdispersion[k]
        today.some[k] = 0
        parts = 1 if pooled.level.shape[0] == 0 else 2
        for part in range(parts):
            out = row
            if parts == 2:  # the days of an expert's paths spread in another way: all others first, then these
                level = pooled.level[k]
                out = today.rows[part]
                rate = today.rows[2 + part]
                overdispersion = pooled.overdispersion[k] if part == 1 else overdispersion
                for i in range(LANES):
                    rate[i] = today.rate[k, i] if (level[i] >= zero) == (part == 1) else zero
                fill(out, zero)
            most, few = draw_counts(u, rate, overdispersion, today.hit, today.eights, out, today.few[k])
            today.some[k] = max(today.some[k], most)
            today.number_few[k] = few if parts == 1 else -1
            if parts == 2:
                add_product(row, row.dtype.type(1), out)
        if today.some[k] > 0 and rates.ceiling[k] >= 0:
            left = rates.ceiling[k] - rates.ceiling_before[k]
            so_far = state.running[rates.ceiling_row[k], day - 1]
            for i in range(LANES):
                row[i] = min(row[i], row.dtype.type(max(left - so_far[i], 0)))
    for e in range(today.due.shape[0]):
        if today.due[e] > 0:
            fill(today.happens[e], zero)
            fill(today.fails[e], zero)
        hanging = calendar.after.ptr[e] < calendar.after.ptr[e + 1]
        may = hanging or calendar.first[e] <= day <= calendar.last[e] or calendar.recorded[e] == day
        today.due[e] = 1 if may and falls_on(state.due[e], day) else 0
        if today.due[e] > 0:
            settle_entry(
                calendar,
                w.calendar,
                structure.terms,
                w.terms,
                state,
                day,
                e,
                today.chances[e],
                valid,
                tally.calendar,
                today.happens[e],
                today.fails[e],
                today.rows,
            )


@inline
def apply(structure, w, day, today, y):
    """Step 4: effects on the state ``y`` (≥ D, LANES), in file order: events, calendar entries, interventions.

    Adds the events of entries and forced ones to ``events``.
    """
    rates = structure.rates
    calendar = structure.calendar
    plan = structure.plan
    effects = structure.event_effects
    one = y.dtype.type(1)
    for k in range(today.some.shape[0]):
        if day <= rates.observed.shape[0] and not rates.covered[day - 1, k]:
            apply_share(y, effects, w.event_effects, k, w.rates.usual[k])
        if today.some[k] > 0:
            if today.number_few[k] >= 0:
                apply_to_few(y, effects, w.event_effects, k, today.events[k], today.few[k], today.number_few[k])
            else:
                apply_effects(y, effects, w.event_effects, k, today.events[k], today.some[k])
    for e in range(today.due.shape[0]):
        if today.due[e] == 0:
            continue
        for step in range(2):
            k = calendar.event[e] if step == 0 else calendar.otherwise_event[e]
            where = today.happens[e] if step == 0 else today.fails[e]
            if k >= 0:
                apply_effects(y, effects, w.event_effects, k, where, 1)
                add_product(today.events[k], one, where)
                today.some[k] += 1
        apply_effects(y, structure.entry_effects, w.entry_effects, e, today.happens[e], 1)
        apply_effects(y, structure.otherwise_effects, w.otherwise_effects, e, today.fails[e], 1)
    for v in range(plan.act_day.shape[0]):
        if plan.act_day[v] != day:
            continue
        target = plan.act_target[v]
        if plan.act_kind[v] == ACT_EVENT:
            apply_effects(y, effects, w.event_effects, target, today.rows[7], 1)
            add_product(today.events[target], one, today.rows[7])
            today.some[target] += 1
        else:
            value = w.plan.act_value[v]
            kept = one if plan.act_kind[v] == ACT_SHIFT else one - one
            row = y[target]
            for i in range(LANES):
                moved = kept * row[i] + value
                row[i] = min(max(moved, structure.dynamics.low[target]), structure.dynamics.high[target])


@inline
def remember(structure, w, first_path, quarter, phase, key, day, state, record):
    """Step 5: traces, running counts, conditions and due days, from all events of the day."""
    today = record.scratch
    rates = structure.rates
    conditions = structure.conditions
    calendar = structure.calendar
    zero = today.rate.dtype.type(0)
    one = today.rate.dtype.type(1)
    update_traces(rates.trace_source, w.decay, today.events, today.some, state.traces)
    if day <= rates.observed.shape[0]:
        add_usual(rates.trace_source, w.decay, w.usual, rates.covered[day - 1], state.traces)
    for x in range(structure.tracked.shape[0]):
        k = structure.tracked[x]
        before = state.running[x, day - 1]
        now = state.running[x, day]
        if today.some[k] == 0:
            copy(now, before)
        else:
            row = today.events[k]
            for i in range(LANES):
                now[i] = before[i] + np.int32(row[i])
    flag, ended = today.rows[0], today.rows[1]
    for c in range(today.begins.shape[0]):
        began = today.began[c]
        until = state.until[c]
        today.begins[c] = 0
        begins = triggered(conditions.begins, c, today, flag)
        ends = triggered(conditions.ends, c, today, ended)
        if not begins and not ends:
            continue
        for i in range(LANES):
            if ends and ended[i] > zero:
                until[i] = min(until[i], day)
                began[i] = zero
            else:
                began[i] = one if begins and flag[i] > zero else zero
        if not any_above(began, zero):
            continue
        today.begins[c] = 1
        lasting = conditions.lasting[c] != 0
        if lasting:
            four_uniforms(first_path, quarter, conditions.streams[c], _LASTS, key[0], key[1], today.four)
        for i in range(LANES):
            if began[i] > zero:
                until[i] = FOREVER
                if lasting:
                    until[i] = day + length_of(np.float64(today.four[phase, i]), conditions.lasts_cdf[c])
    for e in range(today.due.shape[0]):
        if calendar.after.ptr[e] < calendar.after.ptr[e + 1] and triggered(calendar.after, e, today, flag):
            for i in range(LANES):
                if flag[i] > zero and state.due[e, i] == 0:
                    state.due[e, i] = day + length_of(np.float64(today.delays[e, i]), calendar.delay_cdf[e])


@inline
def write(dynamics, w, day, at, record):
    """Step 6: the end of the day and its counts go to ``record``, whose row of states has the variables already."""
    today = record.scratch
    variables = dynamics.low.shape[0]
    y = record.states[day]
    update_indices(dynamics.indices, w.index, variables, y)
    if record.levels.shape[0] > 0:
        for d in range(y.shape[0]):
            out = record.levels[day - 1, d, at : at + LANES]
            copy(out, y[d])
    zero = np.uint16(0)
    for k in range(today.some.shape[0]):
        out = record.counts[day - 1, k]
        if today.some[k] == 0:
            fill(out, zero)
        else:
            row = today.events[k]
            total = record.totals[k]
            for i in range(LANES):
                n = np.int32(row[i])
                out[i] = np.uint16(n)
                total[i] += n
