"""The event table: observed events as columns, and the days on which the source spoke. Floor 2.

A table's file has the columns ``date, event, by, toward[, issue, count]``. ``ingest`` reads and writes it; ``compose``
makes a history of it, ``fit`` a likelihood.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a history needs the days that a table covers, and no arrays
    import numpy as np
    from numpy.typing import NDArray

MOST = 1_000_000
"""Events that one row of a table may stand for; more is taken for a mistake."""
EARLIEST, LATEST = date(1800, 1, 1), date(2200, 12, 31)
"""Days of which observed events are believed; one beyond is a slip."""


def is_believed(day: date) -> bool:
    """Whether an observed event may have that day."""
    return EARLIEST <= day <= LATEST


def likely(day: date) -> str:
    """What a day that is not believed was likely to be, as a hint; empty where nothing is likely."""
    year = f"{day.year:04}"
    shuffled = [y for y in map(str, _OF_OURS) if sorted(y) == sorted(year)]
    mistyped = [y for y in map(str, _OF_OURS) if sum(a != b for a, b in zip(y, year, strict=True)) == 1]
    meant = min((*shuffled, *mistyped), key=lambda y: abs(int(y) - _NOWADAYS), default="")
    return f"did you mean {meant}-{day:%m-%d}?" if meant else ""


_OF_OURS, _NOWADAYS = range(1900, 2031), 2020
"""Years that are likely meant, and the likeliest."""


@dataclass(frozen=True)
class Coverage:
    """The days that a table is complete for, and the event types."""

    first: date
    last: date
    """Inclusive."""
    missing: tuple[date, ...] = ()
    """Days between the two on which the source has no row at all: an outage, not quiet. Rising."""
    types: tuple[str, ...] = ()
    """Events that were looked for, whether or not they occurred."""

    @property
    def days(self) -> int:
        """Days covered."""
        return (self.last - self.first).days + 1 - len(self.missing)

    def gaps(self) -> list[tuple[date, date]]:
        """Missing days as stretches, first and last day of each."""
        stretches: list[tuple[date, date]] = []
        for day in self.missing:
            if stretches and day - stretches[-1][1] == timedelta(days=1):
                stretches[-1] = (stretches[-1][0], day)
            else:
                stretches.append((day, day))
        return stretches


@dataclass(frozen=True)
class EventTable:
    """Rows of an event table in the order of date, event, by, toward; n rows."""

    day: NDArray[np.int64]
    """(n,) ``date.toordinal()``."""
    event: NDArray[np.int64]
    """(n,) index into ``events``."""
    by: NDArray[np.int64]
    """(n,) index into ``parties``; −1 where the table is silent."""
    toward: NDArray[np.int64]
    """(n,) the same."""
    issue: NDArray[np.int64]
    """(n,) index into ``issues``; −1 where the table is silent."""
    count: NDArray[np.int64]
    """(n,) how many; 1 where the table is silent."""
    events: tuple[str, ...]
    parties: tuple[str, ...]
    issues: tuple[str, ...]
    coverage: Coverage | None
    """None where the file does not say; then only what is listed is known."""
    scheme: str | None = None
    """The coding scheme where ``event`` holds codes (``cameo``, ``plover``); None for named events."""
    values: Mapping[str, float] = field(default_factory=dict)
    """Mean value of each event between conflict (−10) and cooperation (10), where it is known."""

    def __len__(self) -> int:
        return len(self.day)
