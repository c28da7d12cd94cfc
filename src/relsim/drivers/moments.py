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
Index = NDArray[np.int64]

GRID = 100
_SHUFFLES = 200
_RESAMPLES = 100


def classes(draws: int) -> int:
    """Classes of equal size, as many as Plischke et al. take."""
    exponent = 2.0 / (7.0 + math.tanh((1500.0 - draws) / 500.0))
    return int(min(math.ceil(draws**exponent), 48))


def raw_deltas(y: Array, orders: Index) -> Array:
    """(K,) deltas of targets (N,) whose draws stand in these ``orders`` (K, N) of weights; 0 where all are equal."""
    if np.ptp(y) == 0:
        return np.zeros(len(orders))
    n = len(y)
    grid = np.linspace(y.min(), y.max(), GRID)
    # Gaussian kernels, their widths Silverman's.
    exponent, root = -0.5 * (grid - y[:, None]) ** 2, math.sqrt(2 * math.pi)
    width_of_all = (3 * n / 4) ** -0.2 * y.std(ddof=1)
    whole = np.exp(exponent / width_of_all**2).mean(axis=0) / (width_of_all * root)
    ends = np.floor(np.linspace(0, n, classes(n) + 1)).astype(int)
    starts, sizes = ends[:-1], np.diff(ends)
    ordered = y[orders]
    squares = np.add.reduceat(ordered**2, starts, axis=1) - np.add.reduceat(ordered, starts, axis=1) ** 2 / sizes
    varied = squares > 1e-12 * n * float(y.var())
    width = (3 * sizes / 4) ** -0.2 * np.sqrt(np.where(varied, squares, 1.0) / (sizes - 1))
    out = np.empty(len(orders))
    for k, order in enumerate(orders):  # one by one, so that what is summed stays near the processor
        kernels = exponent[order]
        kernels /= np.repeat(width[k] ** 2, sizes)[:, None]
        np.exp(kernels, out=kernels)
        density = np.add.reduceat(kernels, starts, axis=0) / (sizes * width[k] * root)[:, None]
        gap = np.abs(density - whole)
        area = (gap.sum(axis=1) - 0.5 * (gap[:, 0] + gap[:, -1])) * (grid[1] - grid[0])
        out[k] = (area * sizes * varied[k]).sum() / (2 * n)
    return out


def by_chance(y: Array, seed: int) -> Array:
    """Deltas, sorted, that a weight without bearing shows."""
    rng = np.random.default_rng([seed, 3])
    return np.sort(raw_deltas(y, np.array([rng.permutation(len(y)) for _ in range(_SHUFFLES)])))


def freed(raw: Array, chance: Array) -> Array:
    """Deltas less what chance alone shows, 0 without bearing and 1 at most."""
    typical = float(chance.mean())
    return np.asarray(np.maximum(0.0, (raw - typical) / (1 - typical)))


def errors(y: Array, ranks: Index, chance: Array, seed: int) -> Array:
    """(K,) bootstrap standard errors of the freed deltas of weights by their draws' ``ranks`` (K, N)."""
    rng = np.random.default_rng([seed, 4])
    taken = [rng.integers(0, len(y), len(y)) for _ in range(_RESAMPLES)]
    found = [raw_deltas(y[rows], np.argsort(ranks[:, rows], axis=1, kind="stable")) for rows in taken]
    return np.asarray(np.std(found, axis=0, ddof=1) / (1 - float(chance.mean())))
