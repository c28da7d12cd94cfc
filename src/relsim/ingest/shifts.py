"""Level shifts in how much a source tells: a test for changes of the mean that knows of runs of busy weeks. Floor 3.

Weekly means of rows a day, in logarithms, are searched by the CUSUM test for one change of the mean (Ploberger and
Krämer 1992, doi:10.2307/2951597), standardised by the long-run variance of what remains of the two parts, as that of an
AR(1) series, and each part again (binary segmentation; Vostrikova 1981).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.005
"""Chance of a false alarm of one test, where weeks are many; up to 0.04 for half a year of weeks whose autocorrelation
is 0.44, that of weekly event data."""
FEWEST = 8
"""Weeks on either side of a shift."""
RATIO = 1.25
"""Change of the level from which it is told."""


@dataclass(frozen=True)
class Shift:
    """A change of how many rows a day a source has."""

    on: date
    """First day of the week with which the new level begins."""
    before: float
    """Rows a day, geometric mean of the weeks since the last shift."""
    after: float
    p_value: float

    @property
    def ratio(self) -> float:
        """The new level in units of the old one."""
        return self.after / self.before


def shifts(rows: Mapping[date, int], first: date, last: date, missing: Collection[date]) -> list[Shift]:
    """Changes of the level within the days covered, in the order of time.

    Parameters
    ----------
    rows : of each day; none where it is silent of one
    first, last : days covered, but for the ``missing`` ones
    """
    starts, level = _weeks(rows, first, last, {*missing})
    if len(level) < 2 * FEWEST:
        return []
    cuts = sorted(_cuts(level, 0))
    edges = [0, *(k for k, _ in cuts), len(level)]
    means = [float(level[a:b].mean()) for a, b in pairwise(edges)]
    found = [
        Shift(starts[k], math.exp(before), math.exp(after), p)
        for (k, p), before, after in zip(cuts, means, means[1:], strict=False)
    ]
    return [shift for shift in found if max(shift.ratio, 1 / shift.ratio) >= RATIO]


def _weeks(
    rows: Mapping[date, int], first: date, last: date, missing: set[date]
) -> tuple[list[date], NDArray[np.float64]]:
    """First days of whole weeks from Monday of which five days at least are covered, and the logarithm of rows a day.

    A day of the week that is missing is made up by what that day usually has.
    """
    monday = first + timedelta(days=-first.weekday() % 7)
    count = ((last - monday).days + 1) // 7
    if count < 1:
        return [], np.zeros(0)
    days = [[monday + timedelta(days=7 * week + k) for k in range(7)] for week in range(count)]
    told = np.array([[np.nan if day in missing else rows.get(day, 0) for day in week] for week in days])
    seen = np.isfinite(told)
    share = np.nanmean(told, axis=0) if seen.any(axis=0).all() else np.ones(7)
    enough = (seen.sum(axis=1) >= 5) & ((seen * share).sum(axis=1) > 0)
    level = np.nansum(told[enough], axis=1) / (seen[enough] * share).sum(axis=1) * share.mean()
    return [week[0] for week, kept in zip(days, enough.tolist()) if kept], np.log(level + 0.5)


def _cuts(level: NDArray[np.float64], offset: int) -> list[tuple[int, float]]:
    """Where the mean changes, and the chance of a like deviation without a change."""
    if len(level) < 2 * FEWEST:
        return []
    where, p = change(level)
    if p > LEVEL:
        return []
    left, right = level[:where], level[where:]
    return [*_cuts(left, offset), (offset + where, p), *_cuts(right, offset + where)]


def change(level: NDArray[np.float64]) -> tuple[int, float]:
    """The likeliest change of the mean of a series, and its p-value.

    Parameters
    ----------
    level : (n,), n ≥ 2 ``FEWEST``

    Returns
    -------
    The index with which the new level begins, and the chance that a series without a change deviates as much.
    """
    n = len(level)
    sums = np.cumsum(level - level.mean())[:-1]
    allowed = np.arange(FEWEST - 1, n - FEWEST)
    where = int(allowed[np.argmax(np.abs(sums[allowed]))])
    rest = np.concatenate([part - part.mean() for part in (level[: where + 1], level[where + 1 :])])
    scale = math.sqrt(max(_long_run_variance(rest), 1e-12) * n)
    return where + 1, _tail(abs(float(sums[where])) / scale)


def _long_run_variance(rest: NDArray[np.float64]) -> float:
    """Variance of a sum of n values over n, as of an AR(1) series; at least that of independent values."""
    n = len(rest)
    variance = float(rest @ rest) / n
    if variance <= 0:
        return 0.0
    # The fit of two means and of rho itself draws it towards zero, by about (1 + 3 rho + 2 means) / n.
    rho = float(rest[1:] @ rest[:-1]) / n / variance
    rho = min(rho + (1 + 3 * rho + 2) / n, 0.9)
    return variance * n / (n - 2) * max(1.0, (1 + rho) / (1 - rho))


def _tail(x: float) -> float:
    """P(sup |Brownian bridge| > x), Kolmogorov's distribution."""
    if x < 0.3:
        return 1.0
    return min(1.0, 2.0 * sum((-1.0) ** (k - 1) * math.exp(-2 * k * k * x * x) for k in range(1, 11)))
