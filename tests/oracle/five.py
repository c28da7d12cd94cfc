"""Agreement within five standard errors, and its exact form for counts."""

from __future__ import annotations

import numpy as np
from scipy import stats

FIVE_SIGMA = 2 * stats.norm.sf(5)


def mean_agrees(sample: np.ndarray, expected, axis: int = 0) -> None:
    """The mean over independent paths is within five standard errors of ``expected``."""
    n = sample.shape[axis]
    error = sample.std(axis=axis, ddof=1, dtype=float) / np.sqrt(n)
    gap = np.abs(sample.mean(axis=axis, dtype=float) - expected)
    allowed = 5 * error + 2e-6 * (1 + np.abs(expected))
    assert np.all(gap <= allowed), f"gap {np.max(gap / np.maximum(error, 1e-12)):.2f} standard errors"


def variance_agrees(sample: np.ndarray, expected, axis: int = 0) -> None:
    """The variance over paths is within five standard errors, those from the sample's fourth moment."""
    n = sample.shape[axis]
    centred = sample - sample.mean(axis=axis, keepdims=True, dtype=float)
    second, fourth = (centred**2).mean(axis=axis), (centred**4).mean(axis=axis)
    error = np.sqrt(np.maximum(fourth - second**2, 0) / n)
    gap = np.abs(second * n / (n - 1) - expected)
    allowed = 5 * error + 2e-6 * (1 + np.abs(expected))
    assert np.all(gap <= allowed), f"gap {np.max(gap / np.maximum(error, 1e-12)):.2f} standard errors"


def share_agrees(hits: int, n: int, p: float) -> None:
    """``hits`` of n is not further in a tail of the binomial than five standard errors are in the
    normal's.
    """
    hits, n = int(hits), int(n)
    tail = min(stats.binom.cdf(hits, n, p), stats.binom.sf(hits - 1, n, p))
    assert 2 * tail > FIVE_SIGMA, f"{hits} of {n}, expected {n * p:.4g}"


def counts_agree(total: int, mean: float) -> None:
    """A Poisson count is not further in a tail than five standard errors are in the normal's."""
    tail = min(stats.poisson.cdf(total, mean), stats.poisson.sf(total - 1, mean))
    assert 2 * tail > FIVE_SIGMA, f"{total}, expected {mean:.4g}"
