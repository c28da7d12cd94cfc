"""The record of an event table by month or week, and its JSON. Floor 2; standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Period:
    """A month, or a week from Monday, as far as the table covers it."""

    first: date
    last: date
    days: int
    """Days covered; missing ones do not count."""
    missing: int
    """Days on which the source was silent."""


@dataclass(frozen=True)
class EventSeries:
    """One event in one direction, or one direction over all events."""

    event: str | None
    by: str | None
    toward: str | None
    counts: tuple[int | None, ...]
    """By period; None where no day of it is covered."""

    @property
    def total(self) -> int:
        """Over all periods."""
        return sum(n or 0 for n in self.counts)

    @property
    def direction(self) -> str:
        """``us → ru``; ``both`` for an act of both."""
        return direction(self.by, self.toward)


@dataclass(frozen=True)
class EventRecord:
    """Counts and values by period."""

    by: str
    """``month`` or ``week``."""
    periods: tuple[Period, ...]
    series: tuple[EventSeries, ...]
    """Each event in each direction, in the order of names."""
    directions: tuple[EventSeries, ...]
    """Each direction over all events: two in the order of names, more by how busy they are; acts of both last."""
    values: Mapping[str, tuple[float | None, ...]]
    """Mean value between conflict (−10) and cooperation (10) by direction; None where no event has one."""
    gaps: tuple[tuple[date, date], ...]
    """Stretches that the source missed, first and last day."""
    coverage_declared: bool
    """Whether the table says so itself; else silences that chance hardly explains are taken for gaps."""
    events: int
    outside_coverage: int
    """Events of days that the table does not cover, told late or early; they are left out."""
    mean_value: Mapping[str, float]
    """Mean value of each event (or group of events) of the series, where it has one."""


def direction(by: str | None, toward: str | None) -> str:
    """How a direction is written."""
    return "both" if by is None and toward is None else f"{by or '?'} → {toward}" if toward else str(by)
