"""Shares of paths with their Monte Carlo intervals, many at once. Floor 1; numpy.

The same intervals as ``relsim.estimates.probability`` gives one by one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relsim.estimates import Array, Z, student, wilson_bounds

Counts = NDArray[np.integer]


class PathShares(NamedTuple):
    """Arrays (…): the shares, NaN of no paths, and their 95 % intervals, NaN where they cannot be said."""

    value: Array
    low: Array
    high: Array


def shares(hits: Counts, paths: Counts, *, uncertain: bool) -> PathShares:
    """Shares of paths on which something came true.

    Parameters
    ----------
    hits, paths : (M, …) arrays that broadcast
        Paths on which it came true, and those that count, under each of M draws of the weights.
    uncertain : bool
        Whether the draws differ; else all paths are independent.
    """
    n, k = paths.sum(axis=0, dtype=np.int64), hits.sum(axis=0, dtype=np.int64)
    n = np.broadcast_to(n, k.shape)
    some = np.maximum(n, 1)
    p = np.where(n > 0, k / some, np.nan)
    if not uncertain:
        low, high = wilson_bounds(p, some, np.asarray(Z))
        return PathShares(p, np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan))
    draws = np.broadcast_to((paths > 0).sum(axis=0), k.shape)
    known = draws > 1
    many = np.where(known, draws, 2)
    away = np.zeros(k.shape)
    for of_hits, of_paths in zip(hits, paths, strict=True):
        away += (of_hits - np.nan_to_num(p) * of_paths) ** 2
    variance = many / (many - 1) * away / some.astype(float) ** 2
    effective = np.divide(p * (1 - p), variance, out=np.array(some, float), where=known & (variance > 0))
    effective = np.where((k == 0) | (k == n), many, np.clip(effective, many, some))
    low, high = wilson_bounds(p, np.maximum(effective, 1), _students(many - 1))
    return PathShares(p, np.where(known, low, np.nan), np.where(known, high, np.nan))


def _students(freedom: NDArray[np.int64]) -> Array:
    """Student's t of each number of degrees of freedom, of which there are few different ones."""
    different, which = np.unique(freedom, return_inverse=True)
    return np.array([student(n) for n in different.tolist()])[which].reshape(freedom.shape)
