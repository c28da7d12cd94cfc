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

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Counts = NDArray[np.integer]


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
    left_out = _by_draw(cells, hits) if uncertain else _by_path(n, h)
    freed = np.where(shown < 2, 0.0, _jackknifed(n, h, left_out))
    share = n / n.sum(axis=0)
    return ObservationWorth(np.sqrt(share * np.maximum(freed, 0.0)).sum(axis=0), freed.sum(axis=0))


def _plain(cells: Counts, hits: Counts) -> Array:
    """s_c (p_c − p)² of cells (C, …); 0 of an empty one."""
    total = cells.sum(axis=0)
    inside = np.divide(hits, cells, out=np.zeros(np.broadcast_shapes(hits.shape, cells.shape)), where=cells > 0)
    worth: Array = cells / total * (inside - hits.sum(axis=0) / total) ** 2
    return worth


Left = tuple[Counts | int, Counts, Counts]
"""How many groups are alike, and the paths and hits that go when one of them is left out."""


def _by_draw(cells: Counts, hits: Counts) -> Iterator[Left]:
    for of_cells, of_hits in zip(cells, hits, strict=True):
        if of_cells.any():
            yield 1, of_cells, of_hits


def _by_path(cells: Counts, hits: Counts) -> Iterator[Left]:
    """Paths are alike that lie in one cell and are all hits, or none."""
    for c in range(len(cells)):
        here = np.zeros((len(cells), *[1] * (cells.ndim - 1)), np.int64)
        here[c] = 1
        yield hits[c], here, here
        yield cells[c] - hits[c], here, np.zeros_like(here)


def _jackknifed(cells: Counts, hits: Counts, left_out: Iterable[Left]) -> Array:
    n = cells.sum(axis=0)
    number = np.zeros(hits.shape[1:])
    without = np.zeros(hits.shape)
    for alike, of_cells, of_hits in left_out:
        rest = np.maximum(cells - of_cells, 0), np.maximum(hits - of_hits, 0)  # below zero only of groups that are none
        share = of_cells.sum(axis=0) / n
        without += alike * (1 - share) * _plain(*rest)
        number += alike
    freed: Array = number * _plain(cells, hits) - without
    return freed
