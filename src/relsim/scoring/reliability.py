"""Do things said to have a chance of p come true so often? Floor 1.

CORP: the recalibrated probability is the isotonic regression of what came on what was said, which fixes bins by the
data alone (Dimitriadis, Gneiting & Jordan 2021, doi:10.1073/pnas.2016191118).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

BINS = 10
RESAMPLES = 1000


@dataclass(frozen=True)
class Reliability:
    """The Brier score taken apart, and the reliability diagram.

    Attributes
    ----------
    brier : = reliability − resolution + uncertainty
    reliability : Brier score lost to probabilities that are off
    resolution : gained over always saying the mean rate
    uncertainty : of what came, by itself
    n, rate : forecasts, and the share that came true
    forecast_mean, observed : rising distinct probabilities, and what they would be recalibrated to
    low, high : 90 % consistency band: where ``observed`` lies if all probabilities are right and questions independent
    counts : (BINS,) forecasts in bins of a tenth
    """

    brier: float
    reliability: float
    resolution: float
    uncertainty: float
    n: int
    rate: float
    forecast_mean: tuple[float, ...]
    observed: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    counts: tuple[int, ...]


def reliability_of(probability: Array, came_true: Array, seed: int = 1) -> Reliability:
    """Reliability of probabilities (n,), of which ``came_true`` (n,) says 1 or 0."""
    said, place, weight = np.unique(probability, return_inverse=True, return_counts=True)
    weights = weight.astype(float)

    def recalibrated(true: Array) -> Array:
        return _isotonic(np.bincount(place, true, minlength=said.size) / weights, weights)

    came = recalibrated(came_true)
    rate = float(came_true.mean())
    brier = float(((probability - came_true) ** 2).mean())
    best = float(((came[place] - came_true) ** 2).mean())
    rng = np.random.default_rng(seed)
    again = np.array([recalibrated((rng.random(place.size) < probability).astype(float)) for _ in range(RESAMPLES)])
    low, high = np.quantile(again, (0.05, 0.95), axis=0)
    counts = np.bincount(np.minimum((probability * BINS).astype(np.int64), BINS - 1), minlength=BINS)
    return Reliability(
        brier=brier,
        reliability=brier - best,
        resolution=rate * (1 - rate) - best,
        uncertainty=rate * (1 - rate),
        n=place.size,
        rate=rate,
        forecast_mean=tuple(said.tolist()),
        observed=tuple(came.tolist()),
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
        counts=tuple(counts.tolist()),
    )


def _isotonic(values: Array, weights: Array) -> Array:
    from scipy.optimize import isotonic_regression

    return np.asarray(isotonic_regression(values, weights=weights).x, float)
