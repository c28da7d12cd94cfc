"""What an observation is worth: the movement and the fall of the Brier score that it is expected to bring.

An observation parts the paths into cells c (seen and not seen; of several entries on one day, what came of them all),
s_c of them in each, with the outcome's probability p_c there and p over all. The forecast moves to p_c with
probability s_c. Hence

- the expected movement  Σ_c s_c |p_c − p|,
- the expected fall of the Brier score  E(p − Y)² − E(p_c − Y)² = Σ_c s_c (p_c − p)²,  the variance of the forecast to
  come: resolution in Murphy's partition (1973, doi:10.1175/1520-0450(1973)012<0595:ANVPOT>2.0.CO;2), the value of an
  observation under a quadratic score (Raiffa & Schlaifer 1961).

The second, taken from finitely many paths, is too great, since noise parts the cells too: by about the variance of
p_c − p, weighted. It is freed of that by the jackknife over draws of the weights, whose paths belong together
(Quenouille 1956, doi:10.1093/biomet/43.3-4.353; for draws of unequal size Busing, Meijer & van der Leeden 1999,
doi:10.1023/A:1008800423698): with θ the plug-in value, θ_(j) that without draw j, n_j of n paths in it and M draws,

    θ_J = M θ − Σ_j (1 − n_j/n) θ_(j).

For a square of means it leaves exactly the products of different draws, whose mean is the square itself; what remains
is of order 1/M². Where nothing is to be learned its mean is zero, and it is below zero as often as above. Where all
numbers are certain each path is a draw. A cell that fewer than two draws show is worth nothing that can be told.

A mean of absolute values has no unbiased estimate near zero: taken plainly it shows 0.8 standard errors where nothing
moves. Here |p_c − p| is the root of the freed (p_c − p)², nothing where that is negative: 0.34 standard errors too much
where nothing moves, at most 0.33 too little where something does, and right from some three standard errors on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Counts = NDArray[np.integer]

_AT_ONCE = 1 << 20
"""Numbers that are worked on at a time."""


@dataclass(frozen=True)
class ObservationWorth:
    """Arrays (…, O) over observations and outcomes; NaN where the doubt cannot be told."""

    movement: Array
    brier_fall: Array


def worth(cells: Counts, hits: Counts, *, uncertain: bool) -> ObservationWorth:
    """Expected movement and expected fall of the Brier score.

    Parameters
    ----------
    cells : (M, C, …, 1) array
        Paths in each of C cells under each of M draws of the weights.
    hits : (M, C, …, O) array
        Those of them on which each of O outcomes came true.
    uncertain : bool
        Whether the draws differ; else all paths are independent.
    """
    n, h = cells.sum(axis=0, dtype=np.int64), hits.sum(axis=0, dtype=np.int64)
    if uncertain and len(cells) < 2:
        nothing = np.full(h.shape[1:], np.nan)
        return ObservationWorth(nothing, nothing)
    shown = (cells > 0).sum(axis=0) if uncertain else n
    groups = _by_draw(cells, hits) if uncertain else _by_path(n, h)
    freed = np.where(shown < 2, 0.0, _jackknifed(n, h, groups))
    share = n / n.sum(axis=0)
    return ObservationWorth(np.sqrt(share * np.maximum(freed, 0.0)).sum(axis=0), freed.sum(axis=0))


def _plain(cells: Counts, hits: Counts) -> Array:
    """s_c (p_c − p)² of cells (C, …); 0 of an empty one."""
    total = cells.sum(axis=0)
    inside = np.divide(hits, cells, out=np.zeros(np.broadcast_shapes(hits.shape, cells.shape)), where=cells > 0)
    worth: Array = cells / total * (inside - hits.sum(axis=0) / total) ** 2
    return worth


@dataclass(frozen=True)
class _Groups:
    """What goes when one of G kinds of groups is left out: ``alike`` (G, …) groups; ``cells``, ``hits`` (C, G, …)."""

    alike: Counts
    cells: Counts
    hits: Counts

    def parts(self) -> Iterator[_Groups]:
        """Some kinds at a time, so that memory does not grow with their number."""
        size = max(1, _AT_ONCE // max(1, self.hits[:, 0].size))
        for first in range(0, self.cells.shape[1], size):
            here = slice(first, first + size)
            yield _Groups(self.alike[here], self.cells[:, here], self.hits[:, here])


def _by_draw(cells: Counts, hits: Counts) -> _Groups:
    one = np.ones((len(cells), *[1] * (hits.ndim - 2)), np.int64)
    some = cells.sum(axis=1, keepdims=True)[:, 0] > 0
    return _Groups(one * some, np.moveaxis(cells, 0, 1), np.moveaxis(hits, 0, 1))


def _by_path(cells: Counts, hits: Counts) -> _Groups:
    """Paths are alike that lie in one cell and are all hits, or none."""
    number = len(cells)
    lies = np.tile(np.eye(number, dtype=np.int64), 2).reshape(number, 2 * number, *[1] * (hits.ndim - 1))
    hit = (np.arange(2 * number) < number).astype(np.int64).reshape(2 * number, *[1] * (hits.ndim - 1))
    return _Groups(np.concatenate([hits, cells - hits]), lies, lies * hit)


def _jackknifed(cells: Counts, hits: Counts, groups: _Groups) -> Array:
    n, number = cells.sum(axis=0), groups.alike.sum(axis=0)
    without = np.zeros(hits.shape)
    for left in groups.parts():
        # below zero only of groups that are none
        rest = np.maximum(cells[:, None] - left.cells, 0), np.maximum(hits[:, None] - left.hits, 0)
        weight = left.alike * (1 - left.cells.sum(axis=0) / n)
        without += (weight * _plain(*rest)).sum(axis=1)
    freed: Array = number * _plain(cells, hits) - without
    return freed
