"""The record of an event table by month or week: counts, mean values, gaps. Floor 3."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relsim.errors import DataError
from relsim.events import Coverage, EventTable
from relsim.ingest.gaps import cover
from relsim.result.record import EventRecord, EventSeries, Period, direction

BY = ("month", "week")


def record_of(table: EventTable, by: str = "month", group: Mapping[str, str] | None = None) -> EventRecord:
    """Counts, values and gaps by month or week.

    Parameters
    ----------
    table : read by ``read_events``
    by : ``month`` or ``week``
    group : name of the group that each event is counted under; its own where silent

    Raises
    ------
    DataError
        The table is empty.
    """
    if not len(table):
        raise DataError("the table holds no event")
    coverage = table.coverage or _unstated(table)
    first, last = coverage.first, coverage.last
    starts = _starts(first, last, by)
    periods = _periods(starts, first, last, coverage)
    covered = (table.day >= first.toordinal()) & (table.day <= last.toordinal())
    place = np.searchsorted([day.toordinal() for day in starts], table.day, side="right") - 1
    seen = [period.days > 0 for period in periods]
    pairs = _pairs(table)
    series, directions, values = [], [], {}
    worth = np.array([table.values.get(event, np.nan) for event in table.events])
    groups = [(group or {}).get(event, event) for event in table.events]
    names_of = sorted(set(groups))
    member = np.array([names_of.index(name) for name in groups])[table.event]
    for a, b in pairs:
        here = covered & (table.by == a) & (table.toward == b)
        names = (_name(table, a), _name(table, b))
        counts = np.bincount(place[here], table.count[here], len(periods))
        directions.append(EventSeries(None, *names, _counts(counts, seen)))
        values[direction(*names)] = _means(table, here, worth, place, len(periods))
        for event in np.unique(member[here]).tolist():
            mine = here & (member == event)
            counts = np.bincount(place[mine], table.count[mine], len(periods))
            series.append(EventSeries(names_of[event], *names, _counts(counts, seen)))
    return EventRecord(
        by=by,
        periods=periods,
        series=tuple(sorted(series, key=lambda s: (s.event or "", s.by or "", s.toward or ""))),
        directions=_in_order(directions),
        values=values,
        gaps=tuple(coverage.gaps()),
        coverage_declared=table.coverage is not None,
        events=int(table.count[covered].sum()),
        outside_coverage=int(table.count[~covered].sum()),
        mean_value=_mean_value(names_of, member[covered], worth[table.event][covered], table.count[covered]),
    )


def _in_order(directions: list[EventSeries]) -> tuple[EventSeries, ...]:
    both = [series for series in directions if series.by is None and series.toward is None]
    ways = [series for series in directions if series not in both]
    if len(ways) > 2:
        ways.sort(key=lambda series: -series.total)
    return (*ways, *both)


def _unstated(table: EventTable) -> Coverage:
    """From the first event to the last, but for silences that chance hardly explains."""
    days, index = np.unique(table.day, return_inverse=True)
    rows = np.bincount(index, table.count)
    spoken = [(date.fromordinal(day), int(n)) for day, n in zip(days.tolist(), rows.tolist())]
    found = cover(spoken, whole_world=False)
    return Coverage(found.first, found.last, found.missing)


def _starts(first: date, last: date, by: str) -> list[date]:
    """First days of all periods."""
    day = first.replace(day=1) if by == "month" else first - timedelta(days=first.weekday())
    found = []
    while day <= last:
        found.append(day)
        day = (day + timedelta(days=32)).replace(day=1) if by == "month" else day + timedelta(days=7)
    return found


def _periods(starts: list[date], first: date, last: date, coverage: Coverage) -> tuple[Period, ...]:
    out = []
    for start, after in zip(starts, [*starts[1:], last + timedelta(days=1)]):
        a, b = max(start, first), min(after - timedelta(days=1), last)
        missing = sum(a <= day <= b for day in coverage.missing)
        out.append(Period(a, b, (b - a).days + 1 - missing, missing))
    return tuple(out)


def _pairs(table: EventTable) -> list[tuple[int, int]]:
    pairs = np.unique(np.stack([table.by, table.toward]), axis=1)
    return [(int(a), int(b)) for a, b in pairs.T]


def _name(table: EventTable, index: int) -> str | None:
    return None if index < 0 else table.parties[index]


def _counts(counts: NDArray[Any], seen: list[bool]) -> tuple[int | None, ...]:
    return tuple(int(n) if n or covered else None for n, covered in zip(counts.tolist(), seen))


def _means(
    table: EventTable, here: NDArray[np.bool_], worth: NDArray[np.float64], place: NDArray[np.int64], periods: int
) -> tuple[float | None, ...]:
    """Mean value of the events of a direction by period, each event counted as often as it happened."""
    value = worth[table.event]
    told = here & np.isfinite(value)
    number = np.bincount(place[told], table.count[told], periods)
    total = np.bincount(place[told], table.count[told] * value[told], periods)
    return tuple(t / n if n else None for t, n in zip(total.tolist(), number.tolist()))


def _mean_value(
    names: list[str], member: NDArray[np.int64], value: NDArray[np.float64], count: NDArray[np.int64]
) -> dict[str, float]:
    told = np.isfinite(value)
    number = np.bincount(member[told], count[told], len(names))
    total = np.bincount(member[told], count[told] * value[told], len(names))
    return {name: t / n for name, t, n in zip(names, total.tolist(), number.tolist()) if n}
