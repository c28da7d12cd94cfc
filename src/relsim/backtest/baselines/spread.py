"""How far totals strayed from what was expected of them: negative binomial, learned from a baseline's own past.

The total has mean m + c and variance (m + c) + α (m + c)², where m is what a baseline expected, c a small number
added to it so that a quiet past does not rule out a stir, and α the dispersion. α, c, and which of several rival
expectations to follow, are weighed on a grid by how well they foretold the past horizons (Bayes' rule); a sample first
draws from those weights. Horizons that overlap are counted by the share of them that is new.
The form of the negative binomial: Cameron & Trivedi 2013, doi:10.1017/CBO9781139013567, ch. 3 (NB2).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relsim.backtest.baselines.history import SAMPLES, Array

DISPERSIONS = np.geomspace(0.002, 8, 13)
ADDED = np.geomspace(0.003, 3, 5)
USUAL_DISPERSION, SPREAD_OF_DISPERSION = 0.2, 1.2
"""Median and standard deviation of the logarithm of α before anything is seen; a few horizons outweigh it."""
LARGEST = 1e15
"""Above it whole numbers are lost in a double: totals are held there."""


def weigh(expected: Array, came: Array, overlap: float) -> Array:
    """Weights of the rival expectations, of c and of α.

    Parameters
    ----------
    expected : (K, N, S) array
        What each of K rivals expected of N past horizons of S series, without having seen them.
    came : (N, S) array
        What came; NaN where too little was seen.
    overlap : float
        How many of the horizons share a day, on average.

    Returns
    -------
    (K, C, A, S) array
        Summing to 1 over the first three axes.
    """
    from scipy.special import gammaln

    kept = np.isfinite(came)
    y = np.where(kept, came, 0)
    size = 1 / DISPERSIONS[:, None, None]
    constant = np.where(kept, gammaln(y + size) - gammaln(size) + size * np.log(size) - gammaln(y + 1), 0).sum(axis=1)
    prior = -0.5 * (np.log(DISPERSIONS / USUAL_DISPERSION) / SPREAD_OF_DISPERSION) ** 2
    logs = np.empty((len(expected), len(ADDED), len(DISPERSIONS), came.shape[1]))
    for k, means in enumerate(expected):
        for c, added in enumerate(ADDED):
            mean = np.minimum(means + added, LARGEST)
            fit = np.where(kept, y * np.log(mean) - (y + size) * np.log(size + mean), 0).sum(axis=1)
            logs[k, c] = (constant + fit) / overlap + prior[:, None] - added
    weights = np.exp(logs - logs.max(axis=(0, 1, 2)))
    return np.asarray(weights / weights.sum(axis=(0, 1, 2)))


def expectation(weights: Array, expected: Array) -> Array:
    """``(N, S)`` means under weights ``(K, C, A, S)`` of the rivals' expectations ``(K, N, S)``."""
    of_rivals = weights.sum(axis=(1, 2))
    return np.asarray((of_rivals[:, None] * expected).sum(axis=0) + ADDED @ weights.sum(axis=(0, 2)))


def draw(weights: Array, expected: Array, generator: np.random.Generator) -> Array:
    """``(1000, S)`` totals, given what the K rivals expect now, ``(K, S)``."""
    series = expected.shape[1]
    cumulated = np.cumsum(weights.reshape(-1, series), axis=0)
    places = np.stack(
        [np.searchsorted(cumulated[:-1, s], u) for s, u in enumerate(generator.random((series, SAMPLES)))], axis=1
    )
    k, c, a = np.unravel_index(places, weights.shape[:3])
    return negative_binomial(expected[k, np.arange(series)] + ADDED[c], DISPERSIONS[a], generator)


def negative_binomial(mean: Array, dispersion: Array, generator: np.random.Generator) -> Array:
    """Whole totals of a mean and a dispersion, by way of a gamma-distributed rate."""
    rate = mean * generator.gamma(1 / dispersion) * dispersion
    return _whole(generator.poisson(np.minimum(rate, LARGEST)))


def rounded(totals: Array, generator: np.random.Generator) -> Array:
    """Whole totals, up or down by chance so that the mean stays."""
    return _whole(np.floor(np.minimum(totals, LARGEST) + generator.random(totals.shape)))


def _whole(totals: NDArray[np.int64] | Array) -> Array:
    return np.asarray(totals, dtype=np.float64)
