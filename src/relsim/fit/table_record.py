"""An event table → the record of a scenario's events. Floor 4; imports ``events``, ``scenario``, ``daily_record``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from relsim.errors import InputError, suggestion
from relsim.events import MOST, EventTable
from relsim.fit.daily_record import DailyRecord, record_of
from relsim.scenario import Scenario

MOST_DAYS = 36_525
"""Days of a record; more is taken for a mistake in a date."""


@dataclass(frozen=True)
class TableRecord:
    """A record, and what of the table did not go into it."""

    record: DailyRecord
    types: tuple[str, ...]
    """Event types for which the record is taken as complete."""
    warnings: tuple[str, ...]


def read_record(
    table: EventTable,
    scenario: Scenario,
    *,
    first: date | None = None,
    last: date | None = None,
    missing: Collection[date] = (),
    types: Collection[str] = (),
    without: Collection[str] = (),
) -> TableRecord:
    """The record of a scenario's events that a table gives.

    A row's ``by`` and ``issue`` pick the member of a set: event ``accusation`` by ``us`` is ``accusation.us``. The
    record is complete for the types that occur in the table, or that its coverage or ``types`` name.

    Parameters
    ----------
    first, last : the days taken; those that the table covers (else its first and last row's) unless given
    missing : days on which the source was silent, beside those that the table names
    types : further event types that were looked for
    without : event types of which the table is left aside; they act by their expectation

    Raises
    ------
    InputError
        Where no row of the days taken is an event of the scenario, or a type is none.
    """
    if table.scheme is not None:
        raise InputError(f"the table holds {table.scheme} codes, not events of a scenario; import them with --scenario")
    if not len(table) and (table.coverage is None or not table.coverage.types):
        raise InputError("the table holds no event, and does not say for which events it is complete")
    warnings: list[str] = []
    aside = {name for written in without for name in _members(scenario, written)}
    rows = {key: n for key, n in _mapped(table, scenario, warnings).items() if key[1] not in aside}
    covers = table.coverage
    looked_for = {name for _, name in rows}
    for name in (*(covers.types if covers else ()), *types):
        looked_for |= set(_members(scenario, name, known=name in types)) - aside
    if not rows and (len(table) or not looked_for):
        known = suggestion(table.events[0], scenario.events) if table.events else ""
        raise InputError("no row of the table is an event of the scenario" + (f"\n    {known}" if known else ""))
    days = [on for on, _ in rows]
    begin = first or (covers.first if covers else min(days))
    end = last or (covers.last if covers else max(days))
    if end < begin:
        raise InputError(f"the days taken run backwards: {begin} … {end}")
    if (end - begin).days >= MOST_DAYS:
        raise InputError(f"{begin} … {end} is more than a hundred years; say with --from and --to which days to take")
    beyond = max(rows.items(), key=lambda item: item[1], default=None)
    if beyond is not None and beyond[1] > MOST:
        (on, name), n = beyond
        raise InputError(f"{n:,} events '{name}' on {on}; more than {MOST:,} on one day are taken for a mistake")
    if covers is None:
        warnings.append(
            f"the table does not say what it covers: {begin} … {end} is taken as complete for the events that occur"
        )
    silent = {*missing, *(covers.missing if covers else ())}
    if covers is not None:
        if begin < covers.first or end > covers.last:
            warnings.append(f"the table covers {covers.first} … {covers.last}; days before and after are no evidence")
        outside = range(begin.toordinal(), end.toordinal() + 1)
        silent |= {date.fromordinal(d) for d in outside if not covers.first <= date.fromordinal(d) <= covers.last}
    record = record_of(scenario.events, begin, end, rows, looked_for, silent)
    if not record.counts.any() and (covers is None or not record.covered.any()):  # covered and quiet is evidence
        raise InputError(f"the table has no event of the scenario from {begin} to {end}")
    kept = tuple(name for name in scenario.events if name in looked_for)
    return TableRecord(record, kept, tuple(warnings))


def _members(scenario: Scenario, written: str, *, known: bool = True) -> list[str]:
    """Event types that a name stands for; there must be some where it is ``known``."""
    found = [k for k in scenario.events if k == written or k.startswith(f"{written}.")]
    if known and not found:
        raise InputError(f"unknown event type '{written}'\n    {suggestion(written, scenario.events)}")
    return found


def _mapped(table: EventTable, scenario: Scenario, warnings: list[str]) -> dict[tuple[date, str], int]:
    """Events by day and type; rows that are none are counted and named in a warning."""
    member: dict[tuple[int, int, int], str | None] = {}
    out: Counter[tuple[date, str]] = Counter()
    unknown: Counter[str] = Counter()
    columns = (table.day, table.event, table.by, table.issue, table.count)
    for day, event, by, issue, count in zip(*(column.tolist() for column in columns), strict=True):
        key = event, by, issue
        if key not in member:
            member[key] = _member(
                scenario,
                table.events[event],
                table.parties[by] if by >= 0 else None,
                table.issues[issue] if issue >= 0 else None,
            )
        name = member[key]
        if name is None:
            unknown[_said(table, *key)] += count
        else:
            out[date.fromordinal(day), name] += count
    if unknown:
        shown = ", ".join(f"{name} ({n})" for name, n in unknown.most_common(5))
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        warnings.append(f"{sum(unknown.values())} events of the table are none of the scenario's: {shown}{more}")
    return dict(out)


def _member(scenario: Scenario, event: str, by: str | None, issue: str | None) -> str | None:
    """The event type of a row: the member of a set that the most of its cells pick."""
    for parts in ((event, by, issue), (event, issue, by), (event, by), (event, issue), (event,)):
        if None not in parts and ".".join(map(str, parts)) in scenario.events:
            return ".".join(map(str, parts))
    return None


def _said(table: EventTable, event: int, by: int, issue: int) -> str:
    said = table.events[event]
    if by >= 0:
        said += f" by {table.parties[by]}"
    return said + (f" on {table.issues[issue]}" if issue >= 0 else "")
