"""What the step kernels read and write: arrays by name. Floor 1; no behaviour.

Shapes: D variables, I indices, K event types, G traces, C conditions, E calendar entries, X tracked events, J clauses,
V interventions, T days. Days are numbered 1 … T; day 0 is the day before the window, history lies at days ≤ 0.
``Rows`` are sparse rows; the values that go with them stand in the weights. The groups are small on purpose: a
kernel passes on the group that a helper needs, and compiling large tuples is slow.
"""

from __future__ import annotations

from typing import Any, NamedTuple

Ints = Any
Floats = Any

FOREVER = 2**31 - 1
"""Day that never comes: a condition without an end, an outcome that did not come true."""
NO_DAY = -(2**30)
"""An absent day bound."""

TERM_EVENT, TERM_ENTRY, TERM_CONDITION, TERM_LEVEL = 0, 1, 2, 3
ACT_EVENT, ACT_SHIFT, ACT_SET = 0, 1, 2
TRIGGER_EVENT, TRIGGER_ENTRY, TRIGGER_CONDITION = 0, 1, 2
DRAWN, FORCED, CANCELLED = 0, 1, 2


class Rows(NamedTuple):
    """Sparse rows: entries ``ptr[r] … ptr[r + 1] − 1`` of row r stand in columns ``col``."""

    ptr: Ints
    col: Ints


class Triggers(NamedTuple):
    """Sparse rows of what sets something off: kind (``TRIGGER_…``) and position."""

    ptr: Ints
    kind: Ints
    of: Ints


class Dynamics(NamedTuple):
    """The unforced day."""

    low: Floats
    high: Floats
    """(D,) range of each variable."""
    noisy: Ints
    """(D,) whether any draw gives the variable noise."""
    heard: Ints
    """(D,) whether its normals are heard in the noise of any variable: a still one may stand in a group."""
    pull: Rows
    mix: Rows
    """Rows of the noise's Cholesky factor, its values in ``mix_value``."""
    mix_value: Floats
    shift: Rows
    """Per variable: the conditions that shift its baseline."""
    indices: Rows
    streams: Ints


class Rates(NamedTuple):
    """Event types."""

    drawn: Ints
    """(K,) whether the event type can occur unscheduled at all."""
    ratio: Rows
    excite: Rows
    """Columns are traces."""
    trace_source: Ints
    slow: Rows
    """Per event type: the conditions that multiply its rate."""
    ceiling: Ints
    """(K,) ``at_most``, −1 where silent."""
    ceiling_row: Ints
    """(K,) row in the tracked events."""
    ceiling_before: Ints
    """(K,) events of the record that count towards the ceiling."""
    requires: Rows
    unless: Rows
    """Per event type: clauses."""
    streams: Ints
    observed: Ints
    covered: Ints
    """(A, K) observed counts of the window's first days, taken instead of chance, and whether the record is
    complete for the type on the day: where it is not, usual events act by their expectation."""


class Terms(NamedTuple):
    """Clauses of ``requires``, ``unless`` and ``odds_if``."""

    kind: Ints
    member: Rows
    within: Ints
    since: Ints
    at_least: Ints
    has_above: Ints
    has_below: Ints
    negated: Ints
    past: Ints
    """(X, H + 1) observed events of the last n days of the history."""


class Conditions(NamedTuple):
    """Standing conditions."""

    begins: Triggers
    ends: Triggers
    lasting: Ints
    """(C,) whether the condition has a duration."""
    lasts_cdf: Floats
    """(C, L) P(duration ≤ n), n = 1 … L."""
    begun: Ints
    """(C,) day ≤ 0 on which the condition was last begun and not ended since, else ``FOREVER``."""
    too_short: Floats
    """(C,) probability of the durations that are ruled out, since it is known to reach the window; else 0."""
    streams: Ints
    before_streams: Ints


class Calendar(NamedTuple):
    """Calendar entries."""

    first: Ints
    last: Ints
    """(E,) days of an entry's interval; 0 and −1 where it hangs on a trigger or lies outside the window."""
    after: Triggers
    delay_cdf: Floats
    odds: Rows
    odds_if: Rows
    requires: Rows
    unless: Rows
    event: Ints
    otherwise_event: Ints
    fate: Ints
    """(E,) ``DRAWN``, ``FORCED`` or ``CANCELLED`` by the scenario."""
    passed: Ints
    """(E,) whether the entry's date lies wholly before the window."""
    recorded: Ints
    """(E,) observed day of the window on which the entry happened, else 0."""
    known: Ints
    """(A, E) whether the record tells what came of the entry on the day: what it does not tell did not happen."""
    streams: Ints
    day_streams: Ints


class Plan(NamedTuple):
    """The scenario's interventions."""

    rate_from: Ints
    rate_to: Ints
    rate_event: Ints
    """Rate multipliers: days and event type."""
    act_day: Ints
    act_kind: Ints
    act_target: Ints
    """(V,) interventions on one day, in file order."""


class Structure(NamedTuple):
    """What all draws of the weights share."""

    days: int
    first_weekday: int
    """Weekday of day 1, Monday 0."""
    most_per_day: float
    dynamics: Dynamics
    rates: Rates
    terms: Terms
    conditions: Conditions
    calendar: Calendar
    plan: Plan
    tracked: Ints
    """(X,) event types whose running counts are kept."""
    event_effects: Rows
    entry_effects: Rows
    otherwise_effects: Rows


class DynamicsWeights(NamedTuple):
    """One draw's weights are (n,); of several draws (draws, n); in the replay (n, LANES). So below."""

    rho: Floats
    constant: Floats
    """(1 − ρ_d) μ_d − Σ_e c_de μ_e + drift_d."""
    noise: Floats
    """s_d sqrt(1 − ρ_d²)."""
    pull: Floats
    shift: Floats
    """(1 − ρ_d) times the baseline's shift."""
    index: Floats


class RateWeights(NamedTuple):
    unprompted: Floats
    """r_k."""
    offset: Floats
    """−Σ_d ln ρ_kd μ_d."""
    ratio: Floats
    """ln ρ_kd."""
    excite: Floats
    """a_kji."""
    decay: Floats
    """q of each trace."""
    overdispersion: Floats
    weekday: Floats
    """(7 K,) profile, mean 1."""
    slow: Floats
    """Rate multipliers of conditions."""
    usual: Floats
    """(K,) usual rate R, which acts by its expectation on observed days that are not covered."""


class Moves(NamedTuple):
    """Effects: a move by ``share`` of what is left to ``bound``."""

    share: Floats
    """|W| / (distance from the baseline to the bound it heads for)."""
    bound: Floats


class TermWeights(NamedTuple):
    above: Floats
    below: Floats


class CalendarWeights(NamedTuple):
    chance: Floats
    """logit p0 of each entry."""
    odds: Floats
    """ln OR_d."""
    odds_offset: Floats
    """−Σ_d ln OR_d ref_d."""
    odds_if: Floats
    """ln OR_c."""


class PlanWeights(NamedTuple):
    rate_factor: Floats
    act_value: Floats


class Weights(NamedTuple):
    """All values of the step; see ``model.md`` for the symbols."""

    dynamics: DynamicsWeights
    rates: RateWeights
    terms: TermWeights
    calendar: CalendarWeights
    plan: PlanWeights
    event_effects: Moves
    entry_effects: Moves
    otherwise_effects: Moves


class State(NamedTuple):
    """A block's state at the end of a day, from which it can go on."""

    levels: Floats
    """(D + I, LANES) variables, then indices."""
    traces: Floats
    until: Ints
    """(C, LANES) last day on which the condition is in force."""
    due: Ints
    """(E, LANES) day on which the entry falls, 0 while unknown."""
    happened: Ints
    """(E, LANES) day on which it happened, 0 if it did not."""
    resolved: Ints
    """(E, LANES) whether its date has passed."""
    running: Ints
    """(X, T + 1, LANES) events of each tracked type since day 1."""


class Record(NamedTuple):
    """What a block's days are written to; reused from block to block."""

    states: Floats
    """(T + 1, D + I, LANES); row 0 is the day before the window."""
    counts: Ints
    """(T, K, LANES) all events of the day."""
    in_force: Ints
    """(T, C, LANES)."""
    totals: Ints
    """(K, LANES) events since day 1."""
    levels: Floats
    """(T, D + I, W) float32: the states of many blocks side by side, for their distributions; (0, 0, 0) for none."""
    scratch: Any
    """What the day loop works on; ``scratch.Scratch``."""


class Pooled(NamedTuple):
    """Which of a block's paths are an expert's, and what the experts expect."""

    level: Floats
    """(K, LANES) events per day on a path that is an expert's, −1 on the model's own; (0, LANES) where none is."""
    overdispersion: Floats
    """(K,) of the days around that level."""


class Tally(NamedTuple):
    """Sums over the valid paths of blocks."""

    calendar: Floats
    """(E, stages): Σ p as stated; where due; after the state; after each ``odds_if``; after the gates; happened."""
    capped: Ints
    """(1,) path-days on which a rate was held at ``max_per_day``."""


class Replayed(NamedTuple):
    """The part of the structure that the replay with rates reads; days are counted from its own first day, 1."""

    first_weekday: int
    """Weekday of day 1, Monday 0."""
    most_per_day: float
    dynamics: Dynamics
    rates: Rates
    terms: Terms
    event_effects: Rows
    rate_from: Ints
    rate_to: Ints
    rate_event: Ints
    """Rate multipliers: days and event type."""


class ReplayedWeights(NamedTuple):
    """The weights that it reads, rows (n, LANES)."""

    dynamics: DynamicsWeights
    rates: RateWeights
    terms: TermWeights
    rate_factor: Floats
    event_effects: Moves


class ObservedDays(NamedTuple):
    """An observed record of H days."""

    counts: Ints
    """(H, K)."""
    covered: Ints
    """(H, K) whether the record is complete for the type on the day; what is not covered acts by its expectation."""
    scored: Ints
    """(H, K) whether the count is evidence: covered, and its rate is decided by the record."""
    left: Ints
    """(H, K) how many events the type's ceiling still lets through."""
    in_force: Floats
    """(H, C) probability that a condition is in force."""
