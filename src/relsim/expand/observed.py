"""Histories: observed events, mapped to the event types of the scenario. Floor 3."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from relsim.errors import suggestion
from relsim.events import LATEST
from relsim.expand.names import Names, Problems
from relsim.scenario import History, Observed

LONGEST = 50
"""Years that a history may begin before the window; more is taken for a slip, and would be replayed for long."""


def histories(names: Names, parts: Mapping[str, Any], last: date, as_of: date | None) -> dict[str, History]:
    """Named histories up to the day ``last``: that before the window, or ``as_of`` inside it."""
    return {name: _history(names, name, part, last, as_of) for name, part in parts.items()}


def _history(names: Names, name: str, part: Any, last: date, as_of: date | None) -> History:
    path = f"history/{name}"
    if part.events is None and part.file is None and part.covers is None:
        names.problems.add(path, "'file' or 'events' is missing")
    _judge_days(names.problems, part, path, last)
    events = []
    entries: list[tuple[str, date]] = []
    for i, written in enumerate(part.events or ()):
        on = _date(names, written, f"{path}/events/{i}", last, as_of)
        if on is None or (part.from_ is not None and on < part.from_):
            continue
        entry = _entry(names, written, f"{path}/events/{i}")
        if entry is not None:
            entries.append((entry, on))
        event = _event(names, written, f"{path}/events/{i}") if written.event is not None else None
        if event is not None:
            events.append(Observed(on, event, written.count or 1, written.note or "", entry))
    declared: dict[str, None] = {}
    whole: dict[str, None] = {}
    for i, written in enumerate(part.types or ()):
        for member in names.find(written, ("events", "calendar"), {}, f"{path}/types/{i}").members:
            (declared if member.section == "events" else whole)[member.name] = None
    return History(
        name=name,
        events=tuple(events),
        covers=_covers(names.problems, part, f"{path}/covers", last),
        types=tuple(dict.fromkeys((*(e.event for e in events), *declared))),
        missing=frozenset(part.missing or ()),
        entries=tuple(entries),
        entry_types=tuple(whole),
        declared=tuple(declared),
    )


def _judge_days(problems: Problems, part: Any, path: str, last: date) -> None:
    """The first day that cannot be meant, as it lies long before the window."""
    told = [(f"{path}/events/{i}/on", _on(written)) for i, written in enumerate(part.events or ())]
    if part.covers is not None and part.covers.from_ is not None:
        told.append((f"{path}/covers/from", part.covers.from_))
    told = [(place, on) for place, on in told if part.from_ is None or on >= part.from_]
    if not told:
        return
    place, on = min(told, key=lambda item: item[1])
    if last <= LATEST and last.year - on.year > LONGEST:
        message = f"{on} lies more than {LONGEST} years before the window"
        hint = f"or cut the history: from: {last.year - LONGEST}-01-01"
        problems.add(place, message, hint=hint)


def _on(written: Any) -> date:
    on: date = written.on if isinstance(written.on, date) else written.on.circa
    return on


def _covers(problems: Problems, part: Any, path: str, last: date) -> tuple[date, date] | None:
    span = part.covers
    if span is None:
        return None
    for key, value in (("from", span.from_), ("to", span.to)):
        if value is None:
            problems.add(path, f"'{key}' is missing")
            return None
    if span.to < span.from_:
        problems.add(f"{path}/to", f"runs backwards: {span.to} lies before {span.from_}")
        return None
    first = span.from_ if part.from_ is None else max(span.from_, part.from_)
    until = min(span.to, last)
    return (first, until) if first <= until else None


def _date(names: Names, part: Any, path: str, last: date, as_of: date | None) -> date | None:
    """The date of an observed event; None where it lies past what a history may tell of."""
    on = _on(part)
    if on <= last:
        return on
    place = f"{path}/on" if isinstance(part.on, date) else f"{path}/on/circa"
    if as_of is None:
        start = last + timedelta(days=1)
        message = f"{on} is not before the window, which starts on {start}; a history ends before it"
        names.problems.add(place, message, hint="or say with window/as_of up to which day the record reaches")
    else:
        names.problems.add(place, f"{on} lies after {as_of}, the day up to which the record reaches (window/as_of)")
    return None


def _entry(names: Names, part: Any, path: str) -> str | None:
    """The calendar entry that happened."""
    if part.entry is None:
        if part.event is None:
            names.problems.add(path, "'event' is missing")
        return None
    return names.one(part.entry, ("calendar",), {}, f"{path}/entry")


def _event(names: Names, part: Any, path: str) -> str | None:
    """The event type: ``by`` and ``issue`` pick the member of a set."""
    found = names.find(part.event, ("events",), {}, f"{path}/event")
    if not found.judged:
        return None
    item = names.items.get("events", {}).get(part.event)
    if item is None or not item.each:
        return names.one(part.event, ("events",), {}, f"{path}/event")
    if part.event in names.problems.broken:
        return None
    chosen: dict[str, str] = {}
    for each, key, value in (("party", "by", part.by), ("issue", "issue", part.issue)):
        if each not in item.each:
            continue
        known = names.sets()[each]
        if value is None:
            which = ", ".join(m.name for m in item.members)
            hint = f"say which with '{key}': {', '.join(known)}" if known else ""
            names.problems.add(f"{path}/event", f"'{part.event}' stands for {which}; '{key}' is missing", hint=hint)
            return None
        if value not in known:
            if value not in names.problems.broken:
                message = f"unknown {each} '{value}'"
                names.problems.add(f"{path}/{key}", message, hint=suggestion(value, known))
            return None
        chosen[each] = value
    return ".".join((part.event, *(chosen[e] for e in item.each)))
