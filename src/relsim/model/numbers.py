"""All numbers of a model as slots, named by what they fill. Floor 3; imports ``scenario`` and ``weights``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relsim.model.axes import Axes
from relsim.model.weights import Array, Register, Slots, Weight, one_value, slots
from relsim.scenario import Excitation, Number, Scenario


@dataclass(frozen=True)
class Numbers:
    """Slots in the order of the kernel's arrays (``kernels.layout``), before any formula."""

    weights: tuple[Weight, ...]
    paths: tuple[str, ...]
    """Paths of all numbers, in doubt or not."""
    low: Array
    high: Array
    """(D,) ranges."""
    baseline: Slots
    half_life: Slots
    spread: Slots
    drifting: Array
    """(D,) 1, or 0 where the file says ``drift: off``."""
    pull: Slots
    index: Slots
    rate: Slots
    usual: Array
    """(K,) 1, or 0 for an event that is no part of the usual."""
    ratio: Slots
    excite: Slots
    share_of: Array
    """(n, K) for each excitation 1 for the events that bring on a share of the usual number together; zeros where it is
    no share but extra events per event."""
    trace_half_life: Slots
    trace_key: tuple[tuple[str, str], ...]
    """Source event and half-life of each trace: excitations that agree in both share one trace."""
    excite_trace: tuple[int, ...]
    effect: Slots
    overdispersion: Slots
    weekday: Slots
    """(7 K,) as written, Monday first; ones where silent."""
    probability: Slots
    odds: Slots
    odds_at: Slots
    """Reference of each odds ratio; read only where ``odds_has_at``."""
    odds_has_at: tuple[bool, ...]
    odds_if: Slots
    entry_effect: Slots
    otherwise: Slots
    condition_shift: Slots
    condition_rate: Slots
    term_above: Slots
    term_below: Slots
    rate_factor: Slots
    act_value: Slots


def collect(scenario: Scenario, axes: Axes) -> Numbers:
    """Slots of every number of the scenario that may be a weight."""
    register = Register()
    take = register.slot
    low = np.array([v.low for v in scenario.variables.values()], float)
    high = np.array([v.high for v in scenario.variables.values()], float)

    def each(numbers: list[Number]) -> Slots:
        return slots([take(n) for n in numbers])

    def effects(numbers: list[tuple[str, Number]]) -> Slots:
        return slots([take(n, reach=axes.variables[name]) for name, n in numbers])

    variables = list(scenario.variables.values())
    events = list(scenario.events.values())
    entries = list(scenario.calendar.values())
    conditions = list(scenario.conditions.values())
    terms = terms_of(scenario)

    trace_key: dict[tuple[str, str], int] = {}
    trace_rows: list[Number] = []
    excite_trace: list[int] = []
    for event in events:
        for x in event.excited_by:
            q = x.half_life.quantity
            key = (x.source, repr(q.central()) if q.certain else x.half_life.path)
            if key not in trace_key:
                trace_key[key] = len(trace_rows)
                trace_rows.append(x.half_life)
            excite_trace.append(trace_key[key])

    odds = [(e, name, n) for e in entries for name, n in e.odds_ratio.items()]
    return Numbers(
        low=low,
        high=high,
        baseline=slots([take(v.baseline, low=v.low, high=v.high) for v in variables]),
        half_life=each([v.half_life for v in variables]),
        spread=each([v.spread for v in variables]),
        drifting=np.array([float(v.drift) for v in variables]),
        pull=each([n for v in variables for n in v.pull.values()]),
        index=each([n for x in scenario.indices.values() for n in x.weights.values()]),
        rate=each([e.rate for e in events]),
        usual=np.array([float(e.usual) for e in events]),
        ratio=each([n for e in events for n in e.rate_ratio.values()]),
        excite=each([x.amount for e in events for x in e.excited_by]),
        share_of=_share_of([x for e in events for x in e.excited_by], axes),
        trace_half_life=each(trace_rows),
        trace_key=tuple(trace_key),
        excite_trace=tuple(excite_trace),
        effect=effects([item for e in events for item in e.effects.items()]),
        overdispersion=each([e.overdispersion for e in events]),
        weekday=slots([take(n) if n else one_value(1.0) for e in events for n in (e.weekdays or [None] * 7)]),
        probability=each([e.probability for e in entries]),
        odds=each([n for _, _, n in odds]),
        odds_at=slots([take(e.at[name]) if name in e.at else one_value(0.0) for e, name, _ in odds]),
        odds_has_at=tuple(name in e.at for e, name, _ in odds),
        odds_if=each([o.ratio for e in entries for o in e.odds_if]),
        entry_effect=effects([item for e in entries for item in e.effects.items()]),
        otherwise=effects([item for e in entries for item in e.otherwise_effects.items()]),
        condition_shift=each([c.baseline[v] for v in axes.variables for c in conditions if v in c.baseline]),
        condition_rate=each([c.rates[k] for k in axes.events for c in conditions if k in c.rates]),
        term_above=slots([take(t.above) if t.above else one_value(-np.inf) for t in terms]),
        term_below=slots([take(t.below) if t.below else one_value(np.inf) for t in terms]),
        rate_factor=each([n for i in scenario.interventions.values() for n in i.rates.values()]),
        act_value=slots(
            [
                take(n) if n else one_value(0.0)
                for i in scenario.interventions.values()
                for n in ([None] if i.event else [*i.shift.values(), *i.set.values()])
                if i.on is not None
            ]
        ),
        weights=register.weights,
        paths=register.paths,
    )


def _share_of(excitations: list[Excitation], axes: Axes) -> Array:
    out = np.zeros((len(excitations), len(axes.events)))
    for i, x in enumerate(excitations):
        out[i, [axes.events[name] for name in x.among or ()]] = 1
    return out


def terms_of(scenario: Scenario):  # type: ignore[no-untyped-def]
    """All clauses in kernel order: events' gates, then each entry's odds_if, requires and unless."""
    out = []
    for event in scenario.events.values():
        out += [*event.requires, *event.unless]
    for entry in scenario.calendar.values():
        out += [*(o.term for o in entry.odds_if), *entry.requires, *entry.unless]
    return out
