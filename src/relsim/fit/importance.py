"""A normal approximation checked and corrected by importance sampling. Floor 4; imports ``mode``.

Draws of the approximation are weighted by posterior over approximation; the largest weights are smoothed by a
generalised Pareto tail, whose shape k tells whether that can be trusted (Vehtari et al. 2024, Pareto smoothed
importance sampling, Journal of Machine Learning Research 25(72); the tail is fitted as in Zhang & Stephens 2009,
doi:10.1198/tech.2009.08017).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relsim.fit.likelihood import Likelihood
from relsim.fit.mode import log_posterior
from relsim.fit.normal_scores import Array, NormalScores

RELIABLE = 0.7
"""Largest shape of the tail at which smoothed weights can be trusted."""
_BATCH = 1024


@dataclass(frozen=True)
class Weighted:
    """Draws z (S, P) with weights (S,) that sum to 1; ``shape`` is k, ``effective`` the effective sample size."""

    z: Array
    weight: Array
    shape: float
    effective: float


def weighted_draws(
    likelihood: Likelihood, scores: NormalScores, centre: Array, factor: Array, size: int, seed: int
) -> Weighted:
    """Draws of N(centre, factor factorᵀ) weighted towards the posterior.

    Raises
    ------
    ValueError
        Where no draw is a valid model.
    """
    normals = np.random.default_rng(seed).standard_normal((size, centre.size))
    z = centre + normals @ factor.T
    parts = [log_posterior(likelihood, scores, z[first : first + _BATCH]) for first in range(0, size, _BATCH)]
    ratio = np.concatenate(parts) + 0.5 * (normals**2).sum(axis=1)
    if not np.isfinite(ratio).any():
        raise ValueError("no draw of the approximation is a valid model")
    smoothed, shape = smooth(ratio)
    weight = np.exp(smoothed - smoothed.max())
    weight /= weight.sum()
    return Weighted(z, weight, shape, float(1 / (weight**2).sum()))


def smooth(log_ratio: Array) -> tuple[Array, float]:
    """Log weights with their largest replaced by the expected order statistics of a fitted tail, and its shape k."""
    out = log_ratio - log_ratio.max()
    size = out.size
    tail = int(min(0.2 * size, 3 * np.sqrt(size)))
    order = np.argsort(out)
    top = order[-tail:]
    cut = np.exp(out[order[-tail - 1]])
    over = np.exp(out[top]) - cut
    if tail < 5 or not over[0] < over[-1]:
        return out, 0.0
    shape, scale = pareto_tail(over)
    u = (np.arange(tail) + 0.5) / tail
    expected = scale * np.expm1(-shape * np.log1p(-u)) / shape if abs(shape) > 1e-9 else -scale * np.log1p(-u)
    out[top] = np.minimum(np.log(cut + expected), 0.0)
    return out, shape


def pareto_tail(over: Array) -> tuple[float, float]:
    """Shape k and scale of the generalised Pareto distribution of exceedances (n,), rising and above 0 at the top."""
    n = over.size
    grid = 30 + int(np.sqrt(n))
    quartile = over[int(n / 4 + 0.5) - 1]
    candidates = 1 / over[-1] + (1 - np.sqrt(grid / (np.arange(1, grid + 1) - 0.5))) / (3 * max(quartile, 1e-300))
    k = np.log1p(-candidates[:, None] * over).mean(axis=1)
    profile = n * (np.log(-candidates / k) - k - 1)
    weight = 1 / np.exp(profile[None, :] - profile[:, None]).sum(axis=1)
    b = float((candidates * weight).sum() / weight.sum())
    shape = float(np.log1p(-b * over).mean())
    scale = -shape / b
    return (n * shape + 5) / (n + 10), scale
