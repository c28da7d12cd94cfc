"""Probabilities and means from simulated paths, with their doubt. Floor 1; numpy.

Two kinds of doubt are kept apart. The Monte Carlo interval says how far the estimate may lie from what
infinitely many paths would give: Wilson's interval (1927, doi:10.1080/01621459.1927.10502953), with the
paths of one draw of the weights taken as a cluster. The parameter range says how far the estimate
moves with the weights themselves: draws' means freed of their sampling noise by the one-way analysis of
variance for groups of unequal size (Searle, Casella & McCulloch 1992, doi:10.1002/9780470316856).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from relsim.quantiles import beta_quantiles, normal_scores

Array = NDArray[np.float64]

LEVEL = 0.95
Z = 1.959963984540054
"""The 97.5 % point of the standard normal distribution."""


@dataclass(frozen=True)
class Estimate:
    """A mean over paths. None stands for what cannot be said.

    Attributes
    ----------
    value, standard_error : float
    low, high : float
        95 % Monte Carlo interval (of a probability only).
    weights_low, weights_high : float
        5-95 % range of the mean over the parameters; None where all are certain.
    variance_weights : float
        Share of the paths' variance that the weights explain.
    """

    value: float | None
    standard_error: float | None
    low: float | None
    high: float | None
    weights_low: float | None
    weights_high: float | None
    variance_weights: float | None


NOTHING = Estimate(None, None, None, None, None, None, None)


def probability(hits: NDArray[np.integer], paths: NDArray[np.integer], *, uncertain: bool) -> Estimate:
    """Share of paths on which something came true.

    Parameters
    ----------
    hits, paths : (M,) arrays
        Paths on which it came true, and all paths, under each of M draws of the weights.
    uncertain : bool
        Whether the draws differ; else all paths are independent.
    """
    hits, paths = hits[paths > 0], paths[paths > 0]
    n, draws = int(paths.sum()), len(paths)
    if n == 0:
        return NOTHING
    p = int(hits.sum()) / n
    if not uncertain:
        error = math.sqrt(p * (1 - p) / n)
        return Estimate(p, error, *wilson(p, n, Z), None, None, 0.0)
    if draws < 2:
        return Estimate(p, None, None, None, None, None, None)
    means = hits / paths
    error = clustered_error(means, paths, p)
    if p in (0, 1):
        effective = float(draws)
    elif error == 0:
        effective = float(n)
    else:
        effective = min(max(p * (1 - p) / error**2, draws), n)
    low, high = wilson(p, effective, student(draws - 1))
    spread = _spread_across(means, paths, p, float((paths * means * (1 - means)).sum()), bounds=(0.0, 1.0))
    return Estimate(p, error, low, high, *spread)


def mean(sums: Array, squares: Array, paths: NDArray[np.integer], *, uncertain: bool) -> Estimate:
    """Mean of a quantity.

    Parameters
    ----------
    sums, squares : (M,) arrays
        Sum over each draw's paths of the values, and of their squared distances from the draw's mean.
    paths : (M,) array
        Paths of each draw on which the quantity is defined.
    """
    sums, squares, paths = sums[paths > 0], squares[paths > 0], paths[paths > 0]
    n, draws = int(paths.sum()), len(paths)
    if n == 0:
        return NOTHING
    m = float(sums.sum()) / n
    means = sums / paths
    if not uncertain:
        around = float(squares.sum() + (paths * (means - m) ** 2).sum())
        error = math.sqrt(around / (n - 1) / n) if n > 1 else None
        return Estimate(m, error, None, None, None, None, 0.0)
    if draws < 2:
        return Estimate(m, None, None, None, None, None, None)
    spread = _spread_across(means, paths, m, float(squares.sum()))
    return Estimate(m, clustered_error(means, paths, m), None, None, *spread)


def wilson(p: float, n: float, z: float) -> tuple[float, float]:
    """Wilson's interval of a proportion ``p`` out of (an effective number of) ``n``."""
    low, high = wilson_bounds(np.asarray(p, float), np.asarray(n, float), np.asarray(z, float))
    return float(low), float(high)


def wilson_bounds(p: Array, n: Array, z: Array) -> tuple[Array, Array]:
    """Wilson's intervals of many proportions."""
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return np.where(p == 0, 0.0, np.maximum(0.0, centre - half)), np.where(p == 1, 1.0, np.minimum(1.0, centre + half))


def jeffreys(count: int, of: int) -> tuple[float, float]:
    """95 % interval of a probability that came true ``count`` times of ``of``: Jeffreys' prior.

    Its lower end is 0 where it never did, the upper 1 where it always did (Brown, Cai & DasGupta 2001,
    doi:10.1214/ss/1009213286).
    """
    a, b, tail = count + 0.5, of - count + 0.5, (1 - LEVEL) / 2
    low = 0.0 if count == 0 else float(beta_quantiles(a, b, tail))
    return low, 1.0 if count == of else float(beta_quantiles(a, b, 1 - tail))


@cache
def student(freedom: int, level: float = LEVEL) -> float:
    """Student's t with ``freedom`` degrees of freedom, on whose either side ``level`` of it lies."""
    share = float(beta_quantiles(0.5, freedom / 2, level))  # of t² in t² + ν
    return math.sqrt(freedom * share / (1 - share))


def normal(level: float) -> float:
    """The standard normal's point on whose either side ``level`` of it lies."""
    return Z if level == LEVEL else float(normal_scores(0.5 + level / 2))


def clustered_error(means: Array, paths: NDArray[np.integer], pooled: float) -> float:
    """Standard error where the paths of a draw are not independent: M/(M − 1) Σ (n_j/n)² (p_j − p)²,
    rooted.
    """
    draws = len(means)
    share = paths / paths.sum()
    return math.sqrt(draws / (draws - 1) * float((share**2 * (means - pooled) ** 2).sum()))


def variance_components(means: Array, paths: NDArray[np.integer], within: float) -> tuple[float, float]:
    """Variance between draws and inside a draw, both unbiased for groups of unequal size.

    Parameters
    ----------
    means, paths : (M,) arrays
        Mean of each draw, and its number of paths; fewer draws than paths.
    within : float
        Sum of squared distances from the draws' means.

    Returns
    -------
    between, inside : float
        The first may be negative by chance.
    """
    n, draws = int(paths.sum()), len(paths)
    pooled = float((paths * means).sum()) / n
    inside = within / (n - draws)
    squares = float((paths * (means - pooled) ** 2).sum()) / (draws - 1)
    typical = (n - float((paths.astype(float) ** 2).sum()) / n) / (draws - 1)
    return (squares - inside) / typical, inside


def _spread_across(
    means: Array,
    paths: NDArray[np.integer],
    pooled: float,
    within: float,
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> tuple[float | None, float | None, float | None]:
    """Parameter range (low, high) and the share of the variance that they explain.

    Each draw's mean is shrunk towards the pooled one so that its variance, sampling noise taken off, is the
    variance between draws; the range is the 5-95 % of these.
    """
    if paths.sum() == len(paths):
        return None, None, None
    between, inside = variance_components(means, paths, within)
    between = max(0.0, between)
    noisy = between + inside / paths
    factor = np.sqrt(np.divide(between, noisy, out=np.zeros_like(noisy), where=noisy > 0))
    low, high = np.quantile(np.clip(pooled + factor * (means - pooled), *bounds), [0.05, 0.95])
    total = between + inside
    return float(low), float(high), between / total if total > 0 else None
