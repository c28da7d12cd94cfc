"""What came, and what of it was known at an origin. Floor 5; imports ``fit.record``, ``targets``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from relsim.backtest.targets import Targets
from relsim.fit.daily_record import DailyRecord

Array = NDArray[np.float64]

OUTAGE = "a day without a source"
NOT_YET = "the table ends before the horizon"
NO_EVENT = "no event to value"


@dataclass(frozen=True)
class Truth:
    """What came in one horizon.

    Attributes
    ----------
    totals : (S,) counts of the series; values : (V,) mean values; NaN where void
    void : why nothing is resolved, or None
    counts : (T, K) daily, where not void
    """

    totals: Array
    values: Array
    void: str | None
    counts: NDArray[np.int64]


def truth_of(record: DailyRecord, targets: Targets, origin: date, horizon: int) -> Truth:
    """Resolve one horizon. A day on which the source was silent makes it void: it may have been anything."""
    first = (origin - record.first).days
    counts = record.counts[first : first + horizon]
    void = None
    if len(counts) < horizon:
        void = NOT_YET
    elif not record.covered[first : first + horizon].any(axis=1).all():
        void = OUTAGE
    if void is not None:
        return Truth(np.full(len(targets.series), np.nan), np.full(len(targets.values), np.nan), void, counts)
    total = counts.sum(axis=0).astype(float)
    return Truth(targets.totals(total), targets.means(total), None, counts)


def past_windows(known: DailyRecord, horizon: int) -> NDArray[np.int64]:
    """First days (W,) of all windows of ``horizon`` days that lie wholly in what is known, none of them missing."""
    missing = ~known.covered.any(axis=1)
    upto = np.concatenate([[0], np.cumsum(missing)])
    first = np.arange(max(len(known.counts) - horizon + 1, 0))
    return np.asarray(first[upto[first + horizon] == upto[first]])


def upper_quartiles(known: DailyRecord, targets: Targets, horizon: int) -> Array:
    """(S,) upper quartile of each series' counts in past windows of the horizon's length; NaN without any."""
    starts = past_windows(known, horizon)
    if not starts.size:
        return np.full(len(targets.series), np.nan)
    upto = np.concatenate([np.zeros((1, known.counts.shape[1])), np.cumsum(known.counts, axis=0)])
    totals = targets.totals(upto[starts + horizon] - upto[starts])
    return np.asarray(np.quantile(totals, 0.75, axis=0, method="inverted_cdf"))
