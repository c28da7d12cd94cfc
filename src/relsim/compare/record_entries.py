"""What a record says of each day inside the window, in words, and how surprising it is. Floor 5; imports ``model``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relsim.model import Axes, Model
from relsim.model.record import ObservedRecord
from relsim.scenario import Scenario

_MOST_SHOWN = 3
"""Phrases of a piece that its sentence gives in full."""
_RAREST = 1e-9
"""Usual number a day of what the file holds impossible, so that its surprise stays a number."""


@dataclass(frozen=True)
class Listed:
    """What is listed on one day.

    Attributes
    ----------
    phrases : one for each event type and calendar entry
    surprise : deviance of the day's counts under the usual rates, and −2 ln p of what came of entries
    """

    phrases: tuple[str, ...]
    surprise: float


def listed_on(model: Model) -> dict[int, Listed]:
    """Days of the window with news: events, entries that happened, and entries that did not where they could."""
    scenario, axes, observed = model.scenario, model.axes, model.observed
    usual = model.numbers.rate.of(model.medians)[0]
    stated = {name: entry.probability for name, entry in scenario.calendar.items()}
    phrases: dict[int, list[str]] = {}
    surprise: dict[int, float] = {}

    def add(day: int, phrase: str, by: float) -> None:
        phrases.setdefault(day, []).append(phrase)
        surprise[day] = surprise.get(day, 0.0) + by

    for name, e in axes.entries.items():
        label = scenario.calendar[name].label
        p = float(stated[name].quantity.central())
        if day := int(observed.recorded[e]):
            add(day, _noted(f"“{label}” happened", _entry_note(scenario, name, axes.date(day))), -2 * _log(p))
        elif last := _last_silent_day(model, name):
            add(last, f"“{label}” did not happen", -2 * _log(1 - p))
    for name, k in axes.events.items():
        for at in np.flatnonzero(observed.window_counts[:, k]):
            day, count = int(at) + 1, int(observed.window_counts[at, k])
            label = scenario.events[name].label + (f", {count} times" if count > 1 else "")
            add(day, _noted(label, _event_note(scenario, name, axes.date(day))), _deviance(count, float(usual[k])))
    return {day: Listed(tuple(phrases[day]), surprise[day]) for day in sorted(phrases)}


def past_otherwise(scenario: Scenario, axes: Axes, before: ObservedRecord, after: ObservedRecord) -> tuple[str, ...]:
    """How two records of the same days differ: events on days of which they tell another number, coverage, entries."""
    said = []
    counts = _aligned(_counts(before), _counts(after))
    for name, k in axes.events.items():
        for row in np.flatnonzero(counts[0][:, k] != counts[1][:, k]):
            day = axes.date(int(row) - len(counts[0]) + 1 + len(after.window_counts))
            was, now = int(counts[0][row, k]), int(counts[1][row, k])
            said.append((day, f"{day}: {scenario.events[name].label}, {now} instead of {was}"))
    for name, e in axes.entries.items():
        if before.recorded[e] != after.recorded[e] or (before.known[:, e] != after.known[:, e]).any():
            said.append((scenario.start, f"what came of “{scenario.calendar[name].label}” was revised"))
    said.sort(key=lambda item: item[0])
    complete = _aligned(_covered(before), _covered(after))
    days = (complete[0] != complete[1]).sum(axis=0)
    other = [scenario.events[name].label for name, k in axes.events.items() if days[k]]
    if other:
        said.append((scenario.start, f"complete on other days than before for {_shortened(other, ', ')}"))
    return tuple(text for _, text in said)


def sentence(scenario: Scenario, first: date | None, last: date, phrases: Sequence[str], covered: bool = True) -> str:
    """The days of a piece and what is listed on them: ``17 to 31 May: nothing of what the record covers happened``."""
    days = when(first, last, year=scenario.start.year != scenario.end.year)
    if phrases:
        return f"{days}: {_shortened(phrases, '; ')}"
    if first is None:
        return f"{days}: the record of the past was revised"
    return f"{days}: " + ("nothing of what the record covers happened" if covered else "no record covers these days")


def when(first: date | None, last: date, *, year: bool) -> str:
    """Days in words: ``16 May``, ``17 to 31 May``, ``30 May to 2 June``, ``up to 14 May``."""
    end = _day(last, year)
    if first is None:
        return f"up to {end}"
    if first == last:
        return end
    within = (first.year, first.month) == (last.year, last.month)
    return f"{first.day if within else _day(first, year and first.year != last.year)} to {end}"


def _day(day: date, year: bool) -> str:
    return f"{day.day} {day:%B}" + (f" {day.year}" if year else "")


def dated(day: date, phrases: Sequence[str]) -> list[str]:
    """The phrases of one day of several."""
    return [f"{_day(day, False)} {phrase}" for phrase in phrases]


def _shortened(phrases: Sequence[str], between: str) -> str:
    more = len(phrases) - _MOST_SHOWN
    if more <= 0:
        return between.join(phrases)
    return f"{between.join(phrases[:_MOST_SHOWN])} and {more} more"


def _noted(phrase: str, note: str) -> str:
    return f"{phrase} ({note})" if note else phrase


def _entry_note(scenario: Scenario, entry: str, on: date) -> str:
    event = scenario.calendar[entry].event
    lines = [e for h in scenario.history.values() for e in h.events if e.on == on]
    return next((e.note for e in lines if e.note and (e.entry == entry or (event and e.event == event))), "")


def _event_note(scenario: Scenario, event: str, on: date) -> str:
    lines = [e for h in scenario.history.values() for e in h.events if e.on == on and e.event == event]
    return next((e.note for e in lines if e.note and e.entry is None), "")


def _last_silent_day(model: Model, name: str) -> int | None:
    """The day on which it is known that an entry with a date of its own did not happen."""
    entry, axes, known = model.scenario.calendar[name], model.axes, model.observed.known
    if entry.first is None or entry.last is None:
        return None
    first, last = max(1, axes.day(entry.first)), axes.day(entry.last)
    silent = first <= last <= len(known) and known[first - 1 : last, axes.entries[name]].all()
    return last if silent else None


def _deviance(count: int, usual: float) -> float:
    usual = max(usual, _RAREST)
    return 2 * (count * math.log(count / usual) - (count - usual))


def _log(p: float) -> float:
    return math.log(max(p, _RAREST))


def _counts(record: ObservedRecord) -> NDArray[np.int64]:
    return np.concatenate([record.counts, record.window_counts])


def _covered(record: ObservedRecord) -> NDArray[np.bool_]:
    return np.concatenate([record.covered, record.window_covered])


def _aligned(one: NDArray[Any], other: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Daily rows that end on the same day, the shorter preceded by rows of zeros."""
    length = max(len(one), len(other))
    return _preceded(one, length), _preceded(other, length)


def _preceded(rows: NDArray[Any], length: int) -> NDArray[Any]:
    return np.concatenate([np.zeros((length - len(rows), rows.shape[1]), rows.dtype), rows])
