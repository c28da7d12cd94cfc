"""The record that weights are fitted to: daily counts of a scenario's events. Floor 4; imports ``scenario``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class DailyRecord:
    """Observed days from ``first`` on.

    Attributes
    ----------
    counts : (H, K) events of each type, in the scenario's order
    covered : (H, K) whether the record is complete for the type on the day
    """

    first: date
    counts: NDArray[np.int64]
    covered: NDArray[np.bool_]

    @property
    def last(self) -> date:
        """The last observed day."""
        return self.first + timedelta(days=len(self.counts) - 1)

    @property
    def dates(self) -> list[date]:
        """Every day of the record."""
        return [self.first + timedelta(days=n) for n in range(len(self.counts))]


def record_of(
    events: Collection[str],
    first: date,
    last: date,
    counts: Mapping[tuple[date, str], int],
    types: Collection[str],
    missing: Collection[date] = (),
) -> DailyRecord:
    """A record of the days ``first`` … ``last``.

    Parameters
    ----------
    events : the scenario's event types, in order
    counts : events by day and type; other days are left out
    types : event types for which the record is complete
    missing : days on which it is not, for any type
    """
    length = (last - first).days + 1
    place = {name: k for k, name in enumerate(events)}
    daily = np.zeros((length, len(place)), np.int64)
    for (on, name), n in counts.items():
        if first <= on <= last:
            daily[(on - first).days, place[name]] += n
    covered = np.zeros((length, len(place)), bool)
    covered[:, [place[name] for name in types]] = True
    covered[[(on - first).days for on in missing if first <= on <= last]] = False
    return DailyRecord(first, daily, covered)
