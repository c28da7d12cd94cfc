"""Scenario → the kernel's integer arrays: which row reads which. Floor 3; imports ``scenario``, ``kernels.layout``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from relsim.kernels import layout
from relsim.model.axes import Axes
from relsim.model.numbers import Numbers, terms_of
from relsim.model.record import ObservedRecord
from relsim.scenario import Entry, Number, Scenario, Term
from relsim.streams import Purpose, stream_keys

Ints = NDArray[np.int32]


def _ints(values: Iterable[int]) -> Ints:
    return np.array(list(values), np.int32)


def _pointers(lengths: Iterable[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(list(lengths), dtype=np.int64)]).astype(np.int32)


def _rows(maps: Iterable[Mapping[str, object]], positions: Mapping[str, int]) -> layout.Rows:
    """One sparse row per mapping of names."""
    maps = list(maps)
    return layout.Rows(_pointers(map(len, maps)), _ints(positions[name] for m in maps for name in m))


def noise_mixture(scenario: Scenario, axes: Axes) -> tuple[layout.Rows, NDArray[np.float64]]:
    """Cholesky factor of the noises' correlation as sparse rows and their values.

    Variables with correlated noise form a group; each group has its own factor, so that adding one to a group
    changes that group's noise alone.
    """
    size = len(axes.variables)
    correlation = np.eye(size)
    for (a, b), value in scenario.correlation.items():
        i, j = axes.variables[a], axes.variables[b]
        correlation[i, j] = correlation[j, i] = value
    factor = np.linalg.cholesky(correlation)
    columns = [np.flatnonzero(row) for row in factor]
    rows = layout.Rows(_pointers(map(len, columns)), _ints(int(j) for c in columns for j in c))
    return rows, np.concatenate([factor[d, c] for d, c in enumerate(columns)]) if size else np.zeros(0)


def tracked_events(scenario: Scenario, axes: Axes) -> list[int]:
    """Event types whose running counts the gates, odds and ceilings read."""
    wanted = {axes.events[name] for t in terms_of(scenario) if t.kind == "event" for name in t.names}
    wanted |= {axes.events[e.name] for e in scenario.events.values() if e.at_most is not None}
    return sorted(wanted)


def past_counts(counts: NDArray[np.int64], tracked: list[int]) -> Ints:
    """(X, H + 1) events of the last n days of a record (H, K) of daily counts."""
    last_first = counts[::-1, tracked].T
    return np.concatenate([np.zeros((len(tracked), 1)), np.cumsum(last_first, axis=1)], axis=1).astype(np.int32)


def duration_cdf(number: Number | None, longest: int) -> NDArray[np.float64]:
    """P(duration rounded up to whole days ≤ n) for n = 1 … longest."""
    days = np.arange(1, longest + 1, dtype=float)
    if number is None:
        return np.ones(longest)
    return np.asarray(1 - number.quantity.sf(days / number.share), float)


def structure(scenario: Scenario, axes: Axes, numbers: Numbers, observed: ObservedRecord) -> layout.Structure:
    """The kernel's structure arrays; floats are float64 and cast by the engine."""
    tracked = tracked_events(scenario, axes)
    past = past_counts(observed.counts, tracked)
    row_of = {k: x for x, k in enumerate(tracked)}
    clauses = _clauses(scenario)
    before = -int(min([0, *observed.begun[observed.begun != layout.FOREVER]]))
    longest = axes.days + 1 + before
    entries = list(scenario.calendar.values())
    return layout.Structure(
        days=axes.days,
        first_weekday=scenario.start.weekday(),
        most_per_day=float(scenario.max_per_day),
        dynamics=_dynamics(scenario, axes, numbers),
        rates=_rates(scenario, axes, numbers, clauses, past, row_of, observed),
        terms=_terms(scenario, axes, past, row_of),
        conditions=_conditions(scenario, axes, observed, longest),
        calendar=_calendar(scenario, axes, clauses, longest, observed),
        plan=_plan(scenario, axes),
        tracked=_ints(tracked),
        event_effects=_rows((e.effects for e in scenario.events.values()), axes.variables),
        entry_effects=_rows((e.effects for e in entries), axes.variables),
        otherwise_effects=_rows((e.otherwise_effects for e in entries), axes.variables),
    )


def _is_zero(number: Number) -> bool:
    return number.quantity.certain and number.quantity.central() == 0


def _dynamics(scenario: Scenario, axes: Axes, numbers: Numbers) -> layout.Dynamics:
    variables = list(scenario.variables.values())
    conditions = list(scenario.conditions.values())
    mix, mix_value = noise_mixture(scenario, axes)
    mix_owner = np.repeat(np.arange(len(variables)), np.diff(mix.ptr))
    noisy = np.array([int(not _is_zero(v.spread)) for v in variables])
    shifting = [{c.name: 1 for c in conditions if v in c.baseline} for v in axes.variables]
    return layout.Dynamics(
        low=numbers.low,
        high=numbers.high,
        noisy=_ints(noisy),
        heard=_ints(int(noisy[mix_owner[mix.col == d]].any()) for d in range(len(variables))),
        pull=_rows((v.pull for v in variables), axes.variables),
        mix=mix,
        mix_value=mix_value,
        shift=_rows(shifting, axes.conditions),
        indices=_rows((x.weights for x in scenario.indices.values()), axes.variables),
        streams=stream_keys(Purpose.NOISE, axes.variables),
    )


def _rates(
    scenario: Scenario,
    axes: Axes,
    numbers: Numbers,
    clauses: Mapping[str, layout.Rows],
    past: Ints,
    row_of: Mapping[int, int],
    observed: ObservedRecord,
) -> layout.Rates:
    events = list(scenario.events.values())
    conditions = list(scenario.conditions.values())
    limited = {k for k, e in enumerate(events) if e.at_most is not None}
    slowing = [{c.name: 1 for c in conditions if k in c.rates} for k in axes.events]
    excited = _pointers(len(e.excited_by) for e in events)
    return layout.Rates(
        drawn=_ints(int(bool(e.excited_by) or not _is_zero(e.rate)) for e in events),
        ratio=_rows((e.rate_ratio for e in events), axes.variables),
        excite=layout.Rows(excited, _ints(numbers.excite_trace)),
        trace_source=_ints(axes.events[source] for source, _ in numbers.trace_key),
        slow=_rows(slowing, axes.conditions),
        ceiling=_ints(-1 if e.at_most is None else e.at_most for e in events),
        ceiling_row=_ints(row_of[k] if k in limited else -1 for k in range(len(events))),
        ceiling_before=_ints(past[row_of[k], -1] if k in limited and e.ever else 0 for k, e in enumerate(events)),
        requires=clauses["event requires"],
        unless=clauses["event unless"],
        streams=stream_keys(Purpose.COUNT, axes.events),
        observed=observed.window_counts.astype(np.int32),
        covered=observed.window_covered.astype(np.uint8),
    )


def _terms(scenario: Scenario, axes: Axes, past: Ints, row_of: Mapping[int, int]) -> layout.Terms:
    terms = terms_of(scenario)
    kinds = {"event": layout.TERM_EVENT, "entry": layout.TERM_ENTRY, "condition": layout.TERM_CONDITION}
    members = [_term_members(t, axes, row_of) for t in terms]
    return layout.Terms(
        kind=_ints(kinds.get(t.kind, layout.TERM_LEVEL) for t in terms),
        member=layout.Rows(_pointers(map(len, members)), _ints(m for group in members for m in group)),
        within=_ints(-1 if t.within is None else t.within for t in terms),
        since=_ints(layout.NO_DAY if t.since is None else axes.day(t.since) for t in terms),
        at_least=_ints(t.at_least for t in terms),
        has_above=_ints(int(t.above is not None) for t in terms),
        has_below=_ints(int(t.below is not None) for t in terms),
        negated=_ints(int(t.negated) for t in terms),
        past=past,
    )


def _triggers(groups: Iterable[tuple[str, ...]], axes: Axes) -> layout.Triggers:
    groups = list(groups)
    flat = [_trigger(name, axes) for group in groups for name in group]
    return layout.Triggers(_pointers(map(len, groups)), _ints(k for k, _ in flat), _ints(i for _, i in flat))


def _conditions(scenario: Scenario, axes: Axes, observed: ObservedRecord, longest: int) -> layout.Conditions:
    conditions = list(scenario.conditions.values())
    lasts_cdf = _table([duration_cdf(c.lasts, longest) for c in conditions], longest)
    known = observed.reaches & (observed.begun < 0)
    return layout.Conditions(
        begins=_triggers((c.begins for c in conditions), axes),
        ends=_triggers((c.ends for c in conditions), axes),
        lasting=_ints(int(c.lasts is not None) for c in conditions),
        lasts_cdf=lasts_cdf,
        begun=observed.begun,
        too_short=np.array([lasts_cdf[c, -observed.begun[c] - 1] if known[c] else 0.0 for c in range(known.size)]),
        streams=stream_keys(Purpose.LASTS, axes.conditions),
        before_streams=stream_keys(Purpose.LASTS_BEFORE, axes.conditions),
    )


def _calendar(
    scenario: Scenario,
    axes: Axes,
    clauses: Mapping[str, layout.Rows],
    longest: int,
    observed: ObservedRecord,
) -> layout.Calendar:
    entries = list(scenario.calendar.values())
    days = [_entry_days(e, axes) for e in entries]
    return layout.Calendar(
        first=_ints(first for first, _, _ in days),
        last=_ints(last for _, last, _ in days),
        after=_triggers((e.after for e in entries), axes),
        delay_cdf=_table([duration_cdf(e.delay, longest) for e in entries], longest),
        odds=_rows((e.odds_ratio for e in entries), axes.variables),
        odds_if=clauses["odds_if"],
        requires=clauses["entry requires"],
        unless=clauses["entry unless"],
        event=_ints(-1 if e.event is None else axes.events[e.event] for e in entries),
        otherwise_event=_ints(-1 if e.otherwise_event is None else axes.events[e.otherwise_event] for e in entries),
        fate=_fates(scenario),
        passed=_ints(int(passed) for _, _, passed in days),
        recorded=observed.recorded.astype(np.int32),
        known=observed.known.astype(np.uint8),
        streams=stream_keys(Purpose.CALENDAR, axes.entries),
        day_streams=stream_keys(Purpose.CALENDAR_DAY, axes.entries),
    )


def _plan(scenario: Scenario, axes: Axes) -> layout.Plan:
    rates = [
        (_bounded(axes.day(i.first), axes), _bounded(axes.day(i.last), axes), axes.events[name])
        for i in scenario.interventions.values()
        if i.first and i.last
        for name in i.rates
    ]
    acts = _acts(scenario, axes)
    return layout.Plan(
        rate_from=_ints(first for first, _, _ in rates),
        rate_to=_ints(last for _, last, _ in rates),
        rate_event=_ints(event for _, _, event in rates),
        act_day=_ints(day for day, _, _ in acts),
        act_kind=_ints(kind for _, kind, _ in acts),
        act_target=_ints(target for _, _, target in acts),
    )


def _bounded(day: int, axes: Axes) -> int:
    return max(-1, min(day, axes.days + 1))


def _entry_days(entry: Entry, axes: Axes) -> tuple[int, int, bool]:
    """(first day, last day, wholly before the window) of an entry; (0, −1, …) where it has no day of its own."""
    if entry.first is None or entry.last is None:
        return 0, -1, False
    first, last = axes.day(entry.first), axes.day(entry.last)
    if last < 1 or first > axes.days:
        return 0, -1, last < 1
    return first, last, False


def _table(rows: list[NDArray[np.float64]], width: int) -> NDArray[np.float64]:
    return np.array(rows, float).reshape(len(rows), width)


def _fates(scenario: Scenario) -> Ints:
    forced = {i.force for i in scenario.interventions.values()}
    cancelled = {i.cancel for i in scenario.interventions.values()}
    return _ints(
        layout.CANCELLED if name in cancelled else layout.FORCED if name in forced else layout.DRAWN
        for name in scenario.calendar
    )


def _trigger(name: str, axes: Axes) -> tuple[int, int]:
    if name in axes.events:
        return layout.TRIGGER_EVENT, axes.events[name]
    if name in axes.conditions:
        return layout.TRIGGER_CONDITION, axes.conditions[name]
    return layout.TRIGGER_ENTRY, axes.entries[name]


def _term_members(term: Term, axes: Axes, row_of: Mapping[int, int]) -> list[int]:
    if term.kind == "event":
        return [row_of[axes.events[name]] for name in term.names]
    positions = {"entry": axes.entries, "condition": axes.conditions, "level": axes.levels}[term.kind]
    return [positions[name] for name in term.names]


def _clauses(scenario: Scenario) -> dict[str, layout.Rows]:
    """Sparse rows of clauses, numbered in the order of ``terms_of``."""
    rows: dict[str, list[list[int]]] = {
        "event requires": [], "event unless": [], "odds_if": [], "entry requires": [], "entry unless": [],
    }  # fmt: skip
    n = 0
    for event in scenario.events.values():
        for key, group in (("event requires", event.requires), ("event unless", event.unless)):
            rows[key].append([*range(n, n + len(group))])
            n += len(group)
    for entry in scenario.calendar.values():
        for key, size in (
            ("odds_if", len(entry.odds_if)),
            ("entry requires", len(entry.requires)),
            ("entry unless", len(entry.unless)),
        ):
            rows[key].append([*range(n, n + size)])
            n += size
    return {
        key: layout.Rows(_pointers(map(len, groups)), _ints(j for group in groups for j in group))
        for key, groups in rows.items()
    }


def _acts(scenario: Scenario, axes: Axes) -> list[tuple[int, int, int]]:
    """(day, kind, target) of interventions on one day, in the order of ``Numbers.act_value``."""
    out = []
    for i in scenario.interventions.values():
        if i.on is None:
            continue
        day = axes.day(i.on)
        if i.event:
            out.append((day, layout.ACT_EVENT, axes.events[i.event]))
            continue
        out += [(day, layout.ACT_SHIFT, axes.variables[name]) for name in i.shift]
        out += [(day, layout.ACT_SET, axes.variables[name]) for name in i.set]
    return out
