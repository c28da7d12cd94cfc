"""From the scenario's predicates to a program: names and dates resolved once. Floor 3."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from graphlib import TopologicalSorter

import numpy as np

from relsim.model.axes import Axes
from relsim.outcomes.program import (
    Band,
    Chain,
    Combined,
    CountedEvents,
    CountedNames,
    DayRange,
    Gauge,
    Held,
    InsideDays,
    Leveled,
    LevelTest,
    Node,
    Program,
    Referred,
    Stayed,
    Tallied,
)
from relsim.outcomes.resolution_day import last_days
from relsim.scenario import (
    All,
    AnyOf,
    Change,
    Count,
    Days,
    Entry,
    First,
    Happens,
    InForce,
    InGrade,
    Level,
    Measure,
    Nothing,
    Predicate,
    Reading,
    Refer,
    Scenario,
    Sequence,
    Stays,
)


class _Compiler:
    """Resolves names and dates against the axes, and numbers the level tests as they come."""

    def __init__(self, axes: Axes) -> None:
        self.axes = axes
        self.series = axes.levels
        self.levels: list[LevelTest] = []

    def names(self, names: Iterable[str]) -> CountedNames:
        names = list(names)
        events = [self.axes.events[name] for name in names if name in self.axes.events]
        entries = [self.axes.entries[name] for name in names if name not in self.axes.events]
        return CountedNames(np.array(events, np.int64), np.array(entries, np.int64))

    def stretch(self, of: Level | Reading) -> DayRange:
        first = self.day(of.first)
        return DayRange(self.series[of.name], of.over, first, first if of.over == "on" else self.day(of.last))

    def day(self, on: date | None) -> int:
        """Number of a date; None stands for the day before the window."""
        return 0 if on is None else self.axes.day(on)

    def level(self, outcome: str, subject: str, band: Band) -> int:
        self.levels.append(LevelTest(outcome, subject, band))
        return len(self.levels) - 1

    def node(self, outcome: str, predicate: Predicate) -> Node:
        day = self.day
        match predicate:
            case Happens(names, at_least, at_most, within, first, last):
                return CountedEvents(self.names(names), day(first), day(last), within or 0, at_least, at_most)
            case InForce(names, on, days, first, last):
                conditions = tuple(self.axes.conditions[name] for name in names)
                if on is not None:
                    return Held(conditions, day(on), day(on), 1)
                return Held(conditions, day(first), day(last), days or 1)
            case Level():
                band = Band.of(predicate.above, predicate.below)
                level = self.level(outcome, predicate.name, band)
                return Leveled(self.stretch(predicate), None, band, level)
            case Change(name, start, end, above, below):
                band = Band.of(above, below)
                level = self.level(outcome, f"the change of {name}", band)
                return Leveled(DayRange(self.series[name], "on", day(end), day(end)), day(start), band, level)
            case InGrade(name, _, low, high, on):
                # An inclusive upper bound is a strict one at the next number.
                band = Band.of(low, None if high is None else float(np.nextafter(high, np.inf)))
                level = self.level(outcome, name, Band.of(low, high))
                return Leveled(DayRange(self.series[name], "on", day(on), day(on)), None, band, level)
            case Stays(name, above, below, days, first, last):
                band = Band.of(above, below)
                level = self.level(outcome, name, band)
                return Stayed(DayRange(self.series[name], "on", day(first), day(last)), days, band, level)
            case Sequence(steps, within, first, last):
                parts = [self.names(step) for step in steps]
                events, entries = zip(*parts, strict=True)
                return Chain(
                    CountedNames(np.concatenate(events), np.concatenate(entries)),
                    np.cumsum([0, *map(len, events)]),
                    np.cumsum([0, *map(len, entries)]),
                    within or 0,
                    day(first),
                    day(last),
                )
            case All(members):
                return Combined("all", tuple(self.node(outcome, member) for member in members))
            case AnyOf(members):
                return Combined("any", tuple(self.node(outcome, member) for member in members))
            case Nothing(members):
                return Combined("none", tuple(self.node(outcome, member) for member in members))
            case Refer(name):
                return Referred(name)

    def gauge(self, measure: Measure) -> Gauge:
        match measure.of:
            case Count(names, first, last):
                return Tallied(self.names(names), self.day(first), self.day(last))
            case Reading():
                return self.stretch(measure.of)
            case Days(name, above, below, first, last):
                stretch = DayRange(self.series[name], "on", self.day(first), self.day(last))
                return InsideDays(stretch, Band.of(above, below))
            case First(outcome):
                return Referred(outcome)


def _references(predicate: Predicate) -> list[str]:
    if isinstance(predicate, Refer):
        return [predicate.outcome]
    if isinstance(predicate, All | AnyOf | Nothing):
        return [name for member in predicate.members for name in _references(member)]
    return []


def compile_outcomes(scenario: Scenario, axes: Axes) -> Program:
    """The scenario's outcomes and quantities with names and dates resolved to positions.

    Each outcome comes after those that it refers to; that there is no circle has been seen when it was read.
    """
    outcomes = dict(scenario.outcomes)
    compiler = _Compiler(axes)
    references = {name: _references(outcome.predicate) for name, outcome in outcomes.items()}
    program = Program(
        days=axes.days,
        order=tuple(TopologicalSorter(references).static_order()),
        outcomes={name: compiler.node(name, outcome.predicate) for name, outcome in outcomes.items()},
        quantities={name: compiler.gauge(measure) for name, measure in scenario.quantities.items()},
        levels=tuple(compiler.levels),
        entry_days=tuple(_last_possible(entry, axes) for entry in scenario.calendar.values()),
        due={},
    )
    return replace(program, due=last_days(program))


def _last_possible(entry: Entry, axes: Axes) -> int:
    return axes.days if entry.last is None else min(max(axes.day(entry.last), 1), axes.days)
