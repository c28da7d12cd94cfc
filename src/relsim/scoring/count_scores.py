"""Scores of forecasts of counts and other numbers, each a set of equally likely members. Floor 1.

Arrays carry any leading axes; members lie sorted along the last. Smaller is better.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relsim.scoring.dependence import zero_mean_test

Array = NDArray[np.float64]

MEMBERS = 1000
"""Members of every forecast that is scored, so that none gains or loses by the size of its sample."""
LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
"""Quantiles that are exported: the ends of the central 95, 80 and 50 % and the median."""
CENTRAL = (0.5, 0.8, 0.95)


def members_of(sample: Array) -> Array:
    """(…, n) in any order → (…, MEMBERS) sorted: the quantiles at (i + ½)/MEMBERS of the sample's distribution.

    A sample with a NaN has no members: all are NaN.
    """
    n = sample.shape[-1]
    at = np.ceil((np.arange(MEMBERS) + 0.5) / MEMBERS * n).astype(np.int64) - 1
    out: Array = np.sort(sample, axis=-1)[..., at]
    return np.where(np.isnan(sample).any(axis=-1, keepdims=True), np.nan, out)


def quantiles_of(members: Array, levels: tuple[float, ...] = LEVELS) -> Array:
    """(…, n) sorted members → (…, len(levels)): the least member that at least a share p of all does not exceed."""
    n = members.shape[-1]
    # A hair less, so that p n is not carried past a whole number by rounding.
    at = np.maximum(np.ceil(np.asarray(levels) * n - 1e-9).astype(np.int64) - 1, 0)
    out: Array = members[..., at]
    return out


def crps(members: Array, truth: Array) -> Array:
    """Continuous ranked probability score (…) of members (…, n) as a distribution, in the number's own unit.

    ∫ (F(x) − 1{x ≥ y})² dx (Matheson & Winkler 1976, doi:10.1287/mnsc.22.10.1087), F the members' own step function:
    2/n² Σ_i (x_i − y) (n 1{x_i > y} − i + ½), the mean of the quantiles' pinball losses.
    """
    n = members.shape[-1]
    at = np.arange(1, n + 1) - 0.5
    gap = members - truth[..., None]
    return np.asarray(2 * (np.where(gap > 0, n - at, -at) * gap).sum(axis=-1) / n**2)


def below_and_up_to(members: Array, truth: Array) -> tuple[Array, Array]:
    """F(y−) and F(y): the shares (…) of members below what came, and not above it."""
    return (members < truth[..., None]).mean(axis=-1), (members <= truth[..., None]).mean(axis=-1)


def count_log_score(members: Array, truth: Array) -> Array:
    """−ln of the probability (…) that members give to the count that came.

    What no member has is not impossible: with k of n members equal to it and m different counts among members and
    truth, (k + ½)/(n + m/2) (Krichevsky & Trofimov 1981, doi:10.1109/TIT.1981.1056331).
    """
    n = members.shape[-1]
    equal = (members == truth[..., None]).sum(axis=-1)
    different = 1 + (np.diff(members, axis=-1) > 0).sum(axis=-1) + (equal == 0)
    return np.asarray(-np.log((equal + 0.5) / (n + different / 2)))


def event_log_score(probability: Array, truth: Array, n: int = MEMBERS) -> Array:
    """−ln of the probability (…) given to what came, 1 or 0; half of n members is added on either side."""
    smoothed = (n * probability + 0.5) / (n + 1)
    return np.asarray(-np.log(np.where(truth > 0, smoothed, 1 - smoothed)))


def randomised_pit(low: Array, high: Array, uniform: Array) -> Array:
    """F(y−) + u (F(y) − F(y−)), uniform if the forecasts are right (Czado et al. 2009,
    doi:10.1111/j.1541-0420.2009.01191.x).
    """
    return np.asarray(low + uniform * (high - low))


def pit_histogram(low: Array, high: Array, bins: int = 10) -> Array:
    """(bins,) mean share of PIT values in equal bins, averaged over the randomisation instead of drawn."""
    edges = np.linspace(0, 1, bins + 1)
    upto = _share_below(np.ravel(low), np.ravel(high), edges)
    return np.asarray(np.diff(upto, axis=1).mean(axis=0))


def inside_central(low: Array, high: Array, level: float) -> Array:
    """(…) probability over the randomisation that the PIT lies in the central ``level``.

    Right forecasts give ``level`` on average, of counts too, whose closed intervals hold more than they say.
    """
    ends = np.array([(1 - level) / 2, (1 + level) / 2])
    upto = _share_below(np.ravel(low), np.ravel(high), ends)
    return np.asarray((upto[:, 1] - upto[:, 0]).reshape(np.shape(low)))


def _share_below(low: Array, high: Array, ends: Array) -> Array:
    """(n, len(ends)) share of the stretch low … high that lies below each end; one where it has no length."""
    point = high - low < 1e-12
    low = np.where(point, np.minimum(low, 1 - 1e-12), low)
    length = np.where(point, 1e-12, high - low)
    return np.asarray(np.clip((ends[None] - low[:, None]) / length[:, None], 0, 1))


def pit_test(low: Array, high: Array) -> float | None:
    """p-value that PIT values are uniform in mean and spread, whatever hangs together.

    Raw moments of √12 (PIT − ½), 0 and 1 if uniform, against their long-run covariance (Knüppel 2015,
    doi:10.1080/07350015.2014.1003221); each moment averaged over the randomisation of the PIT and over the targets of
    one origin.

    Parameters
    ----------
    low, high : (targets, origins) F(y−) and F(y); NaN where there is no score

    Returns
    -------
    p-value; None where there are too few origins, or nothing varies
    """
    a, b = np.sqrt(12) * (low - 0.5), np.sqrt(12) * (high - 0.5)
    known = np.isfinite(a).any(axis=0)
    mean = np.nanmean((a + b)[:, known] / 2, axis=0)
    spread = np.nanmean((a * a + a * b + b * b)[:, known] / 3, axis=0) - 1
    return zero_mean_test(np.column_stack([mean, spread]))
