"""Which single weight would turn the verdict, and how far it would have to move. Floor 5; numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.quantiles import normal_scores

Array = NDArray[np.float64]

_RESAMPLES = 200
_STEPS = 401
_OUTERMOST = 2
"""Draws at either end beyond which the response is not trusted."""


@dataclass(frozen=True)
class Crossing:
    """Where the fitted probability crosses the threshold as one weight moves.

    Attributes
    ----------
    deviations : nearest crossing in standard deviations from the weight's median; None inside the drawn range
    reached : probability at the crossing, else the nearest to the threshold inside the drawn range
    at : deviations at which ``reached`` is reached
    """

    deviations: float | None
    reached: float
    at: float


def scores(weight: Array) -> Array:
    """(N,) normal scores of the draws of a weight: its own standard deviations, whatever its family."""
    _, group, counts = np.unique(weight, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - counts / 2
    return np.asarray(normal_scores(middle / len(weight))[group])


def bends(z: Array, means: Array, paths: NDArray[np.int64]) -> bool:
    """Whether a parabola in the log-odds fits clearly better than a line: its coefficient is two errors from 0."""
    beta = _fit(z, means, paths, True)
    x, n = _design(z, True), paths.astype(float)
    p = _logistic(x @ beta)
    weight = n * p * (1 - p)
    # Draws differ by more than chance: the scatter about the curve takes the place of the binomial's.
    dispersion = max(1.0, float((n * (means - p) ** 2 / (p * (1 - p))).sum()) / max(1, len(z) - 3))
    covariance = np.linalg.inv((x.T * weight) @ x + 1e-9 * np.eye(3)) * dispersion
    return bool(abs(beta[2]) > 2 * np.sqrt(covariance[2, 2]))


def crossing(z: Array, means: Array, paths: NDArray[np.int64], threshold: float, *, bent: bool) -> Crossing:
    """The nearest crossing of a logistic response fitted to the draws, inside the range of all but the outermost two.

    Parameters
    ----------
    z : (N,) scores of the weight; means, paths : (N,) the outcome under each draw
    bent : whether to fit a parabola in the log-odds
    """
    beta = _fit(z, means, paths, bent)
    low, high = np.sort(z)[[_OUTERMOST, -1 - _OUTERMOST]]
    grid = np.linspace(low, high, _STEPS)
    p = _response(grid, beta)
    above = float(means @ paths) / paths.sum() >= threshold
    over = np.flatnonzero((p < threshold) if above else (p >= threshold))
    if not over.size:
        best = int(np.argmin(np.abs(p - threshold)))
        return Crossing(None, float(p[best]), float(grid[best]))
    nearest = over[np.argmin(np.abs(grid[over]))]
    return Crossing(float(grid[nearest]), threshold, float(grid[nearest]))


def interval(
    z: Array, means: Array, paths: NDArray[np.int64], threshold: float, *, bent: bool, seed: int
) -> tuple[float | None, float | None]:
    """95 % bootstrap interval of the crossing; an end is None where more than one in forty crosses nowhere."""
    rng = np.random.default_rng([seed, 5])
    found = []
    for _ in range(_RESAMPLES):
        rows = rng.integers(0, len(z), len(z))
        at = crossing(z[rows], means[rows], paths[rows], threshold, bent=bent).deviations
        found.append(np.nan if at is None else at)
    sizes = np.abs(found)
    sizes[np.isnan(sizes)] = np.inf
    low, high = np.quantile(sizes, [0.025, 0.975], method="inverted_cdf")
    return (None if np.isinf(low) else float(low), None if np.isinf(high) else float(high))


def value_at(z: Array, weight: Array, deviations: float) -> float:
    """Value of the weight at a score, between its draws."""
    order = np.argsort(z)
    return float(np.interp(deviations, z[order], weight[order]))


def _logistic(x: Array) -> Array:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * x)))


def _design(z: Array, bent: bool) -> Array:
    columns = [np.ones_like(z), z] + ([z * z - 1] if bent else [])
    return np.column_stack(columns)


def _response(z: Array, beta: Array) -> Array:
    return np.asarray(_logistic(_design(z, len(beta) == 3) @ beta))


def _fit(z: Array, means: Array, paths: NDArray[np.int64], bent: bool) -> Array:
    """Logistic regression of shares by Newton's method; a faint pull towards 0 keeps it finite."""
    x, n = _design(z, bent), paths.astype(float)
    beta = np.zeros(x.shape[1])
    pull = np.full(x.shape[1], 1e-3)
    for _ in range(50):
        p = _logistic(x @ beta)
        gradient = x.T @ (n * (means - p)) - pull * beta
        hessian = (x.T * (n * p * (1 - p))) @ x + np.diag(pull)
        step = np.linalg.solve(hessian, gradient)
        beta = beta + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    return beta
