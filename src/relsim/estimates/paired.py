"""Differences of two estimates over the same paths, with their doubt. Floor 1; numpy.

Paths are paired, so that a difference is the mean of the paths' own differences. That of two probabilities gets Tango's
score interval (1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B), which is right where few
paths flip. What is found where something came true is laid against all paths by the method of variance estimates
recovery (Zou & Donner 2008, doi:10.1002/sim.3095), with the correlation of the two. Paths of one draw of the weights
are a cluster throughout, as in ``relsim.estimates``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from relsim.estimates import LEVEL, Z, clustered_error, normal, probability, student, wilson

Array = NDArray[np.float64]
Counts = NDArray[np.integer]

_POWER_Z = 0.8416212335729143
"""The 80 % point of the standard normal distribution: the power with which ``paths_needed`` tells."""


@dataclass(frozen=True)
class Contrasted:
    """A difference with its 95 % interval; None where it cannot be said."""

    value: float | None
    standard_error: float | None
    low: float | None
    high: float | None

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


NOTHING = Contrasted(None, None, None, None)


def probability_difference(
    gained: Counts,
    lost: Counts,
    paths: Counts,
    *,
    uncertain: bool,
    level: float = LEVEL,
    alike: float | None = None,
) -> Contrasted:
    """Difference of two probabilities over the same paths, with Tango's interval.

    Parameters
    ----------
    gained, lost, paths : (M,) arrays
        Paths on which it came true in the other alone, in the baseline alone, and all paths, under each of M draws.
    uncertain : bool
        Whether the draws differ; else all paths are independent. Then the flips are scaled to the number of
        independent paths that would have the clusters' variance, held between M and the number of paths, and
        Student's t stands for the normal. Where none flips it is M, or what ``alike`` makes of it.
    alike : float, optional
        Correlation of the paths of one draw, 0 to 1, that is taken where no flip shows it.
    level : float
        How often the interval holds the difference.
    """
    kept = paths > 0
    gained, lost, paths = gained[kept], lost[kept], paths[kept]
    n, draws = int(paths.sum()), len(paths)
    if n == 0:
        return NOTHING
    up, down = int(gained.sum()), int(lost.sum())
    value = (up - down) / n
    variance = (up + down) / n - value**2
    if not uncertain:
        return Contrasted(value, math.sqrt(variance / n), *tango(up, down, n, normal(level)))
    if draws < 2:
        return Contrasted(value, None, None, None)
    error = clustered_error((gained - lost) / paths, paths, value)
    effective = _effective(variance, error, draws, n)
    if variance == 0 and alike is not None:
        effective = n / (1 + (n / draws - 1) * alike)
    scale = effective / n
    return Contrasted(value, error, *tango(up * scale, down * scale, effective, student(draws - 1, level)))


@lru_cache(maxsize=4096)
def tango(gained: float, lost: float, n: float, z: float) -> tuple[float, float]:
    """Tango's score interval for (gained − lost)/n, the counts being of discordant pairs among n.

    The interval holds the differences at which the score statistic, under the most likely share of lost pairs that
    goes with the difference, lies within ±z.
    """
    value = (gained - lost) / n

    def score(difference: float) -> float:
        b = (2 * n - gained + lost) * difference - gained - lost
        c = -lost * difference * (1 - difference)
        root = math.sqrt(max(b * b - 8 * n * c, 0.0))
        # Of the two forms of the same root the one without a difference of nearly equal numbers.
        share = (root - b) / (4 * n) if b <= 0 else -2 * c / (root + b)
        variance = max(n * (2 * share + difference * (1 - difference)), 1e-300)
        return (gained - lost - n * difference) / math.sqrt(variance)

    low = -1.0 if value <= -1 else _crossing(score, -1.0, value, z)
    high = 1.0 if value >= 1 else _crossing(score, value, 1.0, -z)
    return low, high


def _crossing(score: Callable[[float], float], low: float, high: float, at: float) -> float:
    """Where a falling function passes ``at``, by halving; to the precision of the numbers."""
    while True:
        middle = 0.5 * (low + high)
        if middle in (low, high) or high - low < 1e-13:
            return middle
        low, high = (middle, high) if score(middle) > at else (low, middle)


def mean_difference(sums: Array, squares: float, paths: Counts, differing: Counts, *, uncertain: bool) -> Contrasted:
    """Mean of the paths' own differences, with a t interval.

    Parameters
    ----------
    sums, paths, differing : (M,) arrays
        Sum of the differences under each draw, its paths, and how many of these differ at all.
    squares : float
        Sum of the squared differences over all paths.

    Notes
    -----
    A handful of paths that differ tells little however many do not: the degrees of freedom are one less than the
    number of clusters (paths, where all weights are certain) that differ at all. Where none or one does there is no
    interval.
    """
    kept = paths > 0
    sums, paths, differing = sums[kept], paths[kept], differing[kept]
    n = int(paths.sum())
    if n == 0:
        return NOTHING
    value, errors = clustered_means(sums, np.asarray(squares), paths, uncertain=uncertain)
    error = None if errors is None else float(errors)
    clusters = int((differing > 0).sum()) if uncertain else int(differing.sum())
    return with_t(float(value), error, clusters - 1)


def clustered_means(sums: Array, squares: Array, paths: Counts, *, uncertain: bool) -> tuple[Array, Array | None]:
    """Means over paths and their standard errors, many at once.

    Parameters
    ----------
    sums : (M, …) array; squares : (…) array, over all draws; paths : (M,) array
    uncertain : bool
        Whether draws differ; else all paths are independent.

    Returns
    -------
    mean : (…) array
    error : (…) array, or None where one cluster or path tells nothing of the doubt
    """
    n, draws = int(paths.sum()), len(paths)
    mean = sums.sum(axis=0) / n
    if not uncertain:
        around = np.maximum(squares - n * mean**2, 0.0)
        return mean, np.sqrt(around / (n - 1) / n) if n > 1 else None
    if draws < 2:
        return mean, None
    away = sums - paths.reshape(-1, *[1] * mean.ndim) * mean
    return mean, np.sqrt(draws / (draws - 1) * (away**2).sum(axis=0)) / n


def conditional_probability_difference(
    both: Counts, given: Counts, hits: Counts, paths: Counts, *, uncertain: bool
) -> Contrasted:
    """Share of hits among the paths on which something came true, less that among all paths.

    Parameters
    ----------
    both, given, hits, paths : (M,) arrays
        Paths under each draw on which both came true, the condition, the outcome; and all paths.

    Notes
    -----
    Where all of these paths are hits, or none, their clusters show no spread; then the likeness of a draw's paths is
    taken from all paths.
    """
    inside, overall = probability(both, given, uncertain=uncertain), probability(hits, paths, uncertain=uncertain)
    if inside.value is None or overall.value is None:
        return NOTHING
    value = inside.value - overall.value
    if inside.low is None or inside.high is None or overall.low is None or overall.high is None:
        return Contrasted(value, None, None, None)
    n, m = int(paths.sum()), int(given.sum())
    p, q = inside.value, overall.value
    bounds = inside.low, inside.high
    if uncertain and p in (0, 1) and 0 < q < 1 and overall.standard_error is not None:
        clusters = int((given > 0).sum())
        alike = likeness(overall.standard_error, q, n, len(paths))
        bounds = wilson(p, m / (1 + (m / clusters - 1) * alike), student(clusters - 1))
    if uncertain:
        draws = len(paths)
        away, around = (both - p * given) / m, (hits - q * paths) / n
        factor = draws / (draws - 1)
        covariance = factor * float((away * around).sum())
        variances = factor * float((away**2).sum()), factor * float((around**2).sum())
    else:
        covariance = p * (1 - p) / n
        variances = p * (1 - p) / m, q * (1 - q) / n
    scale = math.sqrt(variances[0] * variances[1])
    r = covariance / scale if scale > 0 else 0.0
    error = math.sqrt(max(variances[0] + variances[1] - 2 * covariance, 0.0))
    low = value - _joined(p - bounds[0], overall.high - q, r)
    high = value + _joined(bounds[1] - p, q - overall.low, r)
    return Contrasted(value, error, max(low, -1.0), min(high, 1.0))


def conditional_mean_difference(
    given: tuple[Array, Array, Counts], overall: tuple[Array, Array, Counts], *, uncertain: bool
) -> tuple[Array, Array | None, int]:
    """Means over the paths on which something came true less those over all, many at once.

    Both ratios are linearised: a path's share in the difference is its distance from either mean, over the number of
    paths of each.

    Parameters
    ----------
    given, overall : (sums (M, …), squares (…), paths (M,))

    Returns
    -------
    difference : (…) array
    error : (…) array, or None where one cluster or path tells nothing of the doubt
    freedom : int
        One less than the number of clusters (paths, where all weights are certain) on which it came true.
    """
    (sums_a, squares_a, paths_a), (sums, squares, paths) = given, overall
    m, n, draws = int(paths_a.sum()), int(paths.sum()), len(paths)
    mean_a, mean = sums_a.sum(axis=0) / m, sums.sum(axis=0) / n
    if not uncertain:
        around_a = np.maximum(squares_a - m * mean_a**2, 0.0)
        around = np.maximum(squares - n * mean**2, 0.0)
        variance = np.maximum(around_a * (1 / m**2 - 2 / (m * n)) + around / n**2, 0.0)
        return mean_a - mean, np.sqrt(variance) if m > 1 else None, m - 1
    clusters = int((paths_a > 0).sum())
    if clusters < 2:
        return mean_a - mean, None, 0
    extra = [1] * mean.ndim
    shares = (sums_a - paths_a.reshape(-1, *extra) * mean_a) / m - (sums - paths.reshape(-1, *extra) * mean) / n
    return mean_a - mean, np.sqrt(draws / (draws - 1) * (shares**2).sum(axis=0)), clusters - 1


def with_t(value: float, error: float | None, freedom: int) -> Contrasted:
    """A difference with a t interval; without one where there is nothing to learn its width from."""
    if error is None or freedom < 1:
        return Contrasted(value, error, None, None)
    half = student(freedom) * error
    return Contrasted(value, error, value - half, value + half)


def paths_needed(found: Contrasted, paths: int) -> int | None:
    """Paths with which a difference as large as the one found would be told from zero, four times in five.

    Judged by how far the interval reaches towards zero, which shrinks with the root of the paths; draws of the weights
    are taken to grow with them. Rounded up to two figures; None where the difference is zero or its doubt unknown.
    """
    if not found.value or found.low is None or found.high is None:
        return None
    reach = found.value - found.low if found.value > 0 else found.high - found.value
    needed = paths * ((Z + _POWER_Z) / Z * reach / found.value) ** 2
    step = 10 ** max(0, math.floor(math.log10(max(needed, 1))) - 1)
    return int(math.ceil(needed / step) * step)


def _effective(variance: float, error: float, draws: int, n: int) -> float:
    """Independent paths that would have the clusters' standard error."""
    if variance <= 0:
        return float(draws)
    return float(n) if error == 0 else min(max(variance / error**2, draws), n)


def likeness(error: float, p: float, n: int, draws: int) -> float:
    """Correlation of the paths of one draw, 0 to 1, that gives a share its clustered standard error."""
    if n == draws:
        return 0.0
    inflated = error**2 * n / (p * (1 - p))
    return min(1.0, max(0.0, (inflated - 1) / (n / draws - 1)))


def _joined(one: float, other: float, r: float) -> float:
    """Length of the third side: two distances to bounds, correlated."""
    return math.sqrt(max(one * one + other * other - 2 * r * one * other, 0.0))
