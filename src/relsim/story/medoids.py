"""Groups of paths around typical ones: k-medoids. Imports numpy only.

Partitioning around medoids (Kaufman and Rousseeuw 1990, doi:10.1002/9780470316801.ch2): medoids are added one by one
where they help most (build), then exchanged while any exchange helps (swap). Exact on the sample that it is given,
up to a local minimum; without chance, so the same distances give the same medoids.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_MOST_SWAPS = 100


def distances(features: Array) -> Array:
    """(n, n) Euclidean distances between the rows of (n, F)."""
    squares = (features**2).sum(1)
    squared = squares[:, None] + squares[None, :] - 2 * (features @ features.T)
    out: Array = np.sqrt(np.maximum(squared, 0))
    np.fill_diagonal(out, 0.0)
    return out


def medoids(distance: Array, k: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows that stand for all, the one with the most followers first, and for each row its medoid.

    Parameters
    ----------
    distance : (n, n)
    k : int
        How many, at most n.

    Returns
    -------
    chosen : (k,) rows
    nearest : (n,) position in ``chosen`` of the medoid nearest to each row; a medoid is nearest to itself
    """
    n = len(distance)
    k = min(k, n)
    chosen = [int(distance.sum(0).argmin())] if k else []
    while len(chosen) < k:
        best = distance[:, chosen].min(1)
        gain = np.maximum(best[:, None] - distance, 0).sum(0)
        gain[chosen] = -1.0
        chosen.append(int(gain.argmax()))
    for _ in range(_MOST_SWAPS):
        swap = _best_swap(distance, chosen)
        if swap is None:
            break
        chosen[swap[0]] = swap[1]
    nearest = distance[:, chosen].argmin(1)
    nearest[chosen] = np.arange(k)
    order = np.argsort(-np.bincount(nearest, minlength=k), kind="stable")
    return np.array(chosen, np.int64)[order], np.argsort(order)[nearest]


def _best_swap(distance: Array, chosen: list[int]) -> tuple[int, int] | None:
    """The medoid to give up and the row to take for it that shorten the sum of distances most; None where none
    does.
    """
    total = distance[:, chosen].min(1).sum()
    best: tuple[int, int] | None = None
    least = total - 1e-9 * max(total, 1.0)
    for j in range(len(chosen)):
        others = chosen[:j] + chosen[j + 1 :]
        without = distance[:, others].min(1) if others else np.full(len(distance), np.inf)
        sums = np.minimum(without[:, None], distance).sum(0)
        sums[chosen] = np.inf
        row = int(sums.argmin())
        if sums[row] < least:
            best, least = (j, row), sums[row]
    return best
