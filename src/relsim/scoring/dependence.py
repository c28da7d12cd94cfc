"""How sure a mean over origins is whose horizons overlap. Floor 1.

The long-run covariance is the mean square of the series' first ν cosine transforms, ν = 0.4 n^⅔, and quantiles are
those of t and F with ν degrees of freedom (Lazarus, Lewis, Stock & Watson 2018, doi:10.1080/07350015.2018.1506926):
that keeps its level in small samples, where block bootstrap and few-lag estimates are too sure. For score differences
it is the Diebold–Mariano interval (1995, doi:10.1080/07350015.1995.10524599) with fixed smoothing (Coroneo & Iacone
2020, doi:10.1002/jae.2756).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEAST = 8
"""Origins below which no interval is given."""


def long_run_covariance(series: Array) -> tuple[Array, int]:
    """(k, k) covariance of √n times the mean of a series (n, k), and its degrees of freedom ν."""
    n = len(series)
    freedom = max(1, round(0.4 * n ** (2 / 3)))
    at = np.pi * (np.arange(n) + 0.5) / n
    waves = np.sqrt(2 / n) * np.cos(np.outer(np.arange(1, freedom + 1), at)) @ series
    return np.asarray(waves.T @ waves / freedom), freedom


def mean_interval(series: Array) -> tuple[float, float] | None:
    """95 % interval of the mean of a series (n,) in the order of its origins; None for fewer than ``LEAST``."""
    n = len(series)
    if n < LEAST:
        return None
    from scipy.special import stdtrit

    covariance, freedom = long_run_covariance(series[:, None])
    reach = float(stdtrit(freedom, 0.975)) * float(np.sqrt(covariance[0, 0] / n))
    mean = float(series.mean())
    return mean - reach, mean + reach


def zero_mean_test(series: Array) -> float | None:
    """p-value that all means of a series (n, k) are 0; None where there are too few origins, or nothing varies."""
    n, k = series.shape
    if n < LEAST:
        return None
    covariance, freedom = long_run_covariance(series)
    if freedom < k or np.linalg.matrix_rank(covariance) < k:
        return None
    from scipy.special import fdtrc

    mean = series.mean(axis=0)
    statistic = n * float(mean @ np.linalg.solve(covariance, mean))
    return float(fdtrc(k, freedom - k + 1, statistic * (freedom - k + 1) / (k * freedom)))
