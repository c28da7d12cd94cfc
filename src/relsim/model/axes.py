"""Named axes of the arrays. Floor 3; imports ``scenario``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from relsim.scenario import Scenario


def _positions(names: Iterable[str]) -> dict[str, int]:
    return {name: i for i, name in enumerate(names)}


@dataclass(frozen=True)
class Axes:
    """Positions of names along every axis; an index's position counts on from the last variable."""

    start: date
    days: int
    variables: dict[str, int]
    indices: dict[str, int]
    events: dict[str, int]
    entries: dict[str, int]
    conditions: dict[str, int]

    @classmethod
    def of(cls, scenario: Scenario) -> Axes:
        """Axes of a scenario, each in file order."""
        return cls(
            start=scenario.start,
            days=scenario.days,
            variables=_positions(scenario.variables),
            indices={name: len(scenario.variables) + i for i, name in enumerate(scenario.indices)},
            events=_positions(scenario.events),
            entries=_positions(scenario.calendar),
            conditions=_positions(scenario.conditions),
        )

    @property
    def levels(self) -> dict[str, int]:
        """Variables and indices."""
        return {**self.variables, **self.indices}

    def day(self, on: date) -> int:
        """Number of a date: 1 on the first day of the window, 0 on the day before it."""
        return (on - self.start).days + 1

    def date(self, day: int) -> date:
        """The date of a day number."""
        return self.start + timedelta(days=day - 1)
