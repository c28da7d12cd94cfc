"""Outcomes and quantities of one path, written for reading: plain loops over dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from relsim.scenario import (
    All,
    AnyOf,
    Change,
    Count,
    Days,
    First,
    Happens,
    InForce,
    InGrade,
    Level,
    Measure,
    Nothing,
    Outcome,
    Predicate,
    Reading,
    Refer,
    Sequence,
    Stays,
)

ONE = timedelta(days=1)


@dataclass
class Path:
    """One path by name and date."""

    start: date
    end: date
    levels: dict[str, dict[date, float]]
    events: dict[str, dict[date, int]]
    entries: dict[str, date | None]
    in_force: dict[str, set[date]]
    outcomes: dict[str, Outcome]
    last_possible: dict[str, date]
    """Last day of the window on which each entry may happen."""

    def count(self, names, day):
        """How often any of the names happened on a day."""
        total = 0
        for name in names:
            if name in self.events:
                total += self.events[name].get(day, 0)
            else:
                total += self.entries[name] == day
        return total

    def level(self, name, day):
        return self.levels[name][self.start - ONE if day is None else day]


def dates(first, last):
    day = first
    while day <= last:
        yield day
        day += ONE


def inside(value, above, below):
    return (above is None or value > above) and (below is None or value < below)


def read(path, name, over, first, last):
    if over == "on":
        return path.level(name, first)
    values = [path.level(name, day) for day in dates(first, last)]
    if over == "mean":
        return sum(values) / len(values)
    return max(values) if over == "highest" else min(values)


def first_run(path, days, first, last, holds):
    """The first day of the stretch on which the condition has held for so many days, all in the stretch."""
    for day in dates(first, last):
        run = list(dates(day - (days - 1) * ONE, day))
        if run[0] >= first and all(holds(d) for d in run):
            return day
    return None


def certain(path: Path, predicate: Predicate) -> date | None:
    """The date on which a predicate became certain; None if it did not come true."""
    match predicate:
        case Happens(names, at_least, at_most, within, first, last):
            length = (last - first).days + 1 if within is None else within
            counts = {
                day: sum(path.count(names, d) for d in dates(max(first, day - (length - 1) * ONE), day))
                for day in dates(first, last)
            }
            if at_most is not None:
                return last if at_least <= max(counts.values()) <= at_most else None
            return min((day for day, n in counts.items() if n >= at_least), default=None)
        case InForce(names, on, days, first, last):
            if on is not None:
                return on if any(on in path.in_force[name] for name in names) else None
            found = [first_run(path, days or 1, first, last, lambda d, n=name: d in path.in_force[n]) for name in names]
            return min((day for day in found if day is not None), default=None)
        case Level(name, over, first, last, above, below):
            value = read(path, name, over, first, last)
            day = path.start - ONE if first is None else first
            return (day if over == "on" else last) if inside(value, above, below) else None
        case Change(name, start, end, above, below):
            return end if inside(path.level(name, end) - path.level(name, start), above, below) else None
        case InGrade(name, _, low, high, on):
            value = path.level(name, on)
            return on if (low is None or value > low) and (high is None or value <= high) else None
        case Stays(name, above, below, days, first, last):
            return first_run(path, days, first, last, lambda d: inside(path.level(name, d), above, below))
        case Sequence(steps, within, first, last):
            chains = [day for day in dates(first, last) if path.count(steps[0], day)]
            for step in steps[1:]:
                chains = [
                    day
                    for day in dates(first, last)
                    if path.count(step, day)
                    and any(before < day and (within is None or (day - before).days <= within) for before in chains)
                ]
            return min(chains, default=None)
        case All(members):
            found = [certain(path, member) for member in members]
            return None if None in found else max(found)
        case AnyOf(members):
            found = [certain(path, member) for member in members]
            return min((day for day in found if day is not None), default=None)
        case Nothing(members):
            nowhere = all(certain(path, member) is None for member in members)
            return max(due(path, member) for member in members) if nowhere else None
        case Refer(name):
            return certain(path, path.outcomes[name].predicate)


def due(path: Path, predicate: Predicate) -> date:
    """The day after which nothing can make a predicate true or false any more."""
    match predicate:
        case Happens(names, _, _, _, _, last) if not any(name in path.events for name in names):
            return min(last, max(path.last_possible[name] for name in names))
        case InForce(_, on, _, _, last) if on is None:
            return last
        case InForce(_, on) | InGrade(_, _, _, _, on):
            return on
        case Level(_, "on", first):
            return path.start - ONE if first is None else first
        case Change(_, _, end):
            return end
        case All(members) | AnyOf(members) | Nothing(members):
            return max(due(path, member) for member in members)
        case Refer(name):
            return due(path, path.outcomes[name].predicate)
        case _:
            return predicate.last


def measured(path: Path, measure: Measure) -> float | None:
    """A quantity's value; None where undefined."""
    match measure.of:
        case Count(names, first, last):
            return float(sum(path.count(names, day) for day in dates(first, last)))
        case Reading(name, over, first, last):
            return read(path, name, over, first, last)
        case Days(name, above, below, first, last):
            return float(sum(inside(path.level(name, day), above, below) for day in dates(first, last)))
        case First(outcome):
            day = certain(path, path.outcomes[outcome].predicate)
            return None if day is None else float((day - path.start).days + 1)
