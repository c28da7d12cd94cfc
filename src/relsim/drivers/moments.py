"""A moment-independent measure: how far knowing a weight moves the whole distribution of a target. Floor 5; numpy.

Borgonovo's delta (2007, doi:10.1016/j.ress.2006.04.015) in the given-data estimate of Plischke, Borgonovo & Smith
(2013, doi:10.1016/j.ejor.2012.11.047, equation 26): half the mean area between the density of the target over all
draws and over each class of draws that agree in the weight. With few draws every weight shows some area by chance;
that is measured on shuffled draws and taken off.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

GRID = 100
_SHUFFLES = 200
_RESAMPLES = 100


def classes(draws: int) -> int:
    """Classes of equal size, as many as Plischke et al. take."""
    exponent = 2.0 / (7.0 + math.tanh((1500.0 - draws) / 500.0))
    return int(min(math.ceil(draws**exponent), 48))


def raw_delta(y: Array, order: NDArray[np.int64]) -> float:
    """Delta of targets (N,) whose draws stand in this ``order`` of the weight; 0 where all are equal."""
    if np.ptp(y) == 0:
        return 0.0
    n = len(y)
    grid = np.linspace(y.min(), y.max(), GRID)
    ends = np.floor(np.linspace(0, n, classes(n) + 1)).astype(int)
    starts, sizes = ends[:-1], np.diff(ends)
    sorted_y = y[order]
    squares = np.add.reduceat(sorted_y**2, starts) - np.add.reduceat(sorted_y, starts) ** 2 / sizes
    varied = squares > 1e-12 * n * float(y.var())
    width = (3 * sizes / 4) ** -0.2 * np.sqrt(np.where(varied, squares, 1.0) / (sizes - 1))
    density = np.add.reduceat(_kernels(grid, sorted_y, np.repeat(width, sizes)), starts, axis=1) / sizes
    whole = _kernels(grid, y, np.full(n, (3 * n / 4) ** -0.2 * y.std(ddof=1))).mean(axis=1)
    gap = np.abs(density - whole[:, None])
    area = (gap.sum(axis=0) - 0.5 * (gap[0] + gap[-1])) * (grid[1] - grid[0])
    return float((area * sizes * varied).sum() / (2 * n))


def by_chance(y: Array, seed: int) -> Array:
    """Deltas, sorted, that a weight without bearing shows."""
    rng = np.random.default_rng([seed, 3])
    return np.sort([raw_delta(y, rng.permutation(len(y))) for _ in range(_SHUFFLES)])


def freed(raw: float, chance: Array) -> float:
    """A delta less what chance alone shows, 0 without bearing and 1 at most."""
    typical = float(chance.mean())
    return max(0.0, (raw - typical) / (1 - typical))


def error(y: Array, rank: NDArray[np.int64], chance: Array, seed: int) -> float:
    """Bootstrap standard error of a freed delta."""
    rng = np.random.default_rng([seed, 4])
    found = []
    for _ in range(_RESAMPLES):
        rows = rng.integers(0, len(y), len(y))
        found.append(raw_delta(y[rows], np.argsort(rank[rows], kind="stable")))
    return float(np.std(found, ddof=1)) / (1 - float(chance.mean()))


def _kernels(grid: Array, y: Array, width: Array) -> Array:
    """(GRID, N) Gaussian kernels; the widths are Silverman's."""
    z = (grid[:, None] - y) / width
    return np.asarray(np.exp(-0.5 * z * z) / (width * math.sqrt(2 * math.pi)))
