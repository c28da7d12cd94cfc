"""Histories: observed events, mapped to the event types of the scenario. Floor 3."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from relsim.errors import suggestion
from relsim.expand.names import Faults, Names
from relsim.scenario import History, Observed


def histories(names: Names, parts: Mapping[str, Any], start: date) -> dict[str, History]:
    """Named histories before the window."""
    return {name: _history(names, name, part, start) for name, part in parts.items()}


def _history(names: Names, name: str, part: Any, start: date) -> History:
    path = f"history/{name}"
    if part.events is None and part.file is None and part.covers is None:
        names.faults.add(path, "'file' or 'events' is missing")
    events = []
    for i, written in enumerate(part.events or ()):
        found = _observed(names, written, f"{path}/events/{i}", start)
        if found is not None:
            events.append(found)
    types = dict.fromkeys(e.event for e in events)
    for i, written in enumerate(part.types or ()):
        types |= dict.fromkeys(names.find(written, ("events",), {}, f"{path}/types/{i}").names)
    return History(
        name=name,
        events=tuple(events),
        covers=_covers(names.faults, part.covers, f"{path}/covers", start),
        types=tuple(types),
        missing=frozenset(part.missing or ()),
    )


def _covers(faults: Faults, span: Any, path: str, start: date) -> tuple[date, date] | None:
    if span is None:
        return None
    for key, value in (("from", span.from_), ("to", span.to)):
        if value is None:
            faults.add(path, f"'{key}' is missing")
            return None
    if span.to < span.from_:
        faults.add(f"{path}/to", f"runs backwards: {span.to} lies before {span.from_}")
        return None
    last = min(span.to, start - timedelta(days=1))
    return (span.from_, last) if span.from_ <= last else None


def _observed(names: Names, part: Any, path: str, start: date) -> Observed | None:
    on = part.on if isinstance(part.on, date) else part.on.circa
    if on >= start:
        place = f"{path}/on" if isinstance(part.on, date) else f"{path}/on/circa"
        names.faults.add(place, f"{on} is not before the window, which starts on {start}; a history ends before it")
        return None
    if part.event is None:
        if part.entry is None:
            names.faults.add(path, "'event' is missing")
        else:
            names.find(part.entry, ("calendar",), {}, f"{path}/entry")
        return None
    event = _event(names, part, path)
    return None if event is None else Observed(on, event, part.count or 1, part.note or "")


def _event(names: Names, part: Any, path: str) -> str | None:
    """The event type: ``by`` and ``issue`` pick the member of a set."""
    found = names.find(part.event, ("events",), {}, f"{path}/event")
    if not found.judged:
        return None
    item = names.items.get("events", {}).get(part.event)
    if item is None or not item.each:
        return names.one(part.event, ("events",), {}, f"{path}/event")
    if part.event in names.faults.broken:
        return None
    chosen: dict[str, str] = {}
    for each, key, value in (("party", "by", part.by), ("issue", "issue", part.issue)):
        if each not in item.each:
            continue
        known = names.sets()[each]
        if value is None:
            which = ", ".join(m.name for m in item.members)
            hint = f"say which with '{key}': {', '.join(known)}" if known else ""
            names.faults.add(f"{path}/event", f"'{part.event}' stands for {which}; '{key}' is missing", hint=hint)
            return None
        if value not in known:
            if value not in names.faults.broken:
                message = f"unknown {each} '{value}'"
                names.faults.add(f"{path}/{key}", message, hint=suggestion(value, known))
            return None
        chosen[each] = value
    return ".".join((part.event, *(chosen[e] for e in item.each)))
