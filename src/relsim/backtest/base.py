"""A file's scenario as it can be forecast from any day: its mechanisms without its dates.

Floor 5; imports ``scenario``, ``model``, ``fit.record``.

Calendar entries never happen, interventions and chronicles are gone, the state starts where the record leads it: what
an analyst wrote about days after an origin was not known at it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from relsim.fit.daily_record import DailyRecord
from relsim.model import build
from relsim.scenario import Count, History, Measure, Observed, Outcome, Scenario


def without_dates(scenario: Scenario) -> Scenario:
    """The scenario's mechanisms alone; nothing asked.

    Raises
    ------
    DocumentError
        As ``build`` does.
    """
    silent = {
        name: replace(entry, first=None, last=None, after=(), delay=None) for name, entry in scenario.calendar.items()
    }
    bare = replace(
        scenario,
        variables={name: replace(v, initial=None) for name, v in scenario.variables.items()},
        calendar=silent,
        history={},
        interventions={},
        outcomes={},
        quantities={},
        as_of=None,
        correlation_of_weights=(),
    )
    left = {weight.path for weight in build(bare, judge=False).weights}
    kept = tuple(c for c in scenario.correlation_of_weights if left.issuperset(c.between))
    return replace(bare, correlation_of_weights=kept)


def from_origin(
    base: Scenario,
    record: DailyRecord,
    types: tuple[str, ...],
    horizons: tuple[int, ...],
    questions: dict[str, Outcome],
) -> Scenario:
    """The scenario over the days after a record, which it replays; its quantities count ``types`` in each horizon."""
    origin = record.first + timedelta(days=len(record.counts))
    quantities = {
        count_name(horizon, name): Measure(name, name, Count((name,), origin, origin + timedelta(days=horizon - 1)))
        for horizon in horizons
        for name in types
    }
    return replace(
        base,
        start=origin,
        end=origin + timedelta(days=horizons[-1] - 1),
        history={"record": _history(base, record, types)},
        outcomes=questions,
        quantities=quantities,
    )


def before(record: DailyRecord, day: date) -> DailyRecord:
    """The record up to the day before ``day``: all that was known on its morning."""
    length = max((day - record.first).days, 0)
    return DailyRecord(record.first, record.counts[:length], record.covered[:length])


def last_days(record: DailyRecord, days: int) -> DailyRecord:
    """The last days of a record; all of them where ``days`` is 0."""
    skipped = max(len(record.counts) - days, 0) if days else 0
    return DailyRecord(record.first + timedelta(days=skipped), record.counts[skipped:], record.covered[skipped:])


def count_name(horizon: int, event: str) -> str:
    """Name of the quantity that counts an event in a horizon."""
    return f"{horizon} {event}"


def _history(base: Scenario, record: DailyRecord, types: tuple[str, ...]) -> History:
    names = list(base.events)
    days, events = np.nonzero(record.counts)
    observed = tuple(
        Observed(record.first + timedelta(days=d), names[k], int(record.counts[d, k]), "")
        for d, k in zip(days.tolist(), events.tolist(), strict=True)
    )
    last = record.first + timedelta(days=len(record.counts) - 1)
    missing = frozenset(record.first + timedelta(days=int(d)) for d in np.flatnonzero(~record.covered.any(axis=1)))
    return History("record", observed, (record.first, last), types, missing)
