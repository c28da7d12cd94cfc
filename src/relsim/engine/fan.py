"""Daily means and quantiles of every series over the paths of a run. Floor 4; imports ``kernels.histogram``.

The first paths of a run are kept in full, as many as ``KEPT_BYTES`` hold. Where those are all, the quantiles are exact.
Otherwise they set the range of each cell's bins, and are counted into them with all others: from there on memory does
not grow with paths. Bins merge by integer sums, minima and maxima, so that neither the number of workers nor their
order can be seen in a result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.kernels.compiled import LANES
from relsim.kernels.histogram import BINS, add_values, ranked_values

Array = NDArray[np.float64]
Array32 = NDArray[np.float32]

KEPT_BYTES = 24_000_000
"""Where all values of a run take no more, they are kept: bins would take as much, and sorting them is quick."""
PILOT_PATHS = 4_096
"""More than so many do not improve the choice of bins."""
TABLE_BYTES = 256_000_000

_LEAST_KEPT = 8 * LANES
_REPEATED = 0.01
"""Share of repeated values among the kept above which a cell keeps every bin's least and greatest value."""
_TAIL = 0.005
"""Tail of the kept left out of a cell's range, which is then widened by half on either side."""


def kept_paths(days: int, series: int, paths: int) -> int:
    """How many first paths are kept in full: all of a run where they fit, else what the choice of bins needs.

    Depends on the sizes alone, so that it is the same on every machine.
    """
    fit = KEPT_BYTES // (4 * max(days * series, 1))
    if paths <= max(fit, _LEAST_KEPT):
        return paths
    return max(_LEAST_KEPT, min(PILOT_PATHS, fit // LANES * LANES))


@dataclass(frozen=True)
class Bins:
    """Where each cell's bins lie; shared by all workers.

    Attributes
    ----------
    low, high, scale : (T, S) float32
        Lower edge of the first bin, upper edge of the last; bins per point.
    unit : (T, S) float64
        Units per point of the sums, a power of two.
    repeats : (T, S) int32
        Number of the cell among those whose values repeat, −1 for others.
    number : int
        Bins per cell.
    """

    low: Array32
    high: Array32
    scale: Array32
    unit: Array
    repeats: NDArray[np.int32]
    number: int


class _Ranks:
    """Order statistics between which quantiles lie, linearly: numpy's default definition."""

    def __init__(self, probabilities: Sequence[float], paths: int) -> None:
        position = np.array(probabilities) * (paths - 1)
        below = np.floor(position).astype(np.int64)
        self._ranks, at = np.unique([below, np.minimum(below + 1, paths - 1)], return_inverse=True)
        self._below, self._above = at.reshape(2, -1)
        self._share = position - below

    @property
    def ranks(self) -> NDArray[np.int64]:
        """(R,) rising, from 0."""
        return self._ranks

    def quantiles(self, ranked: NDArray[np.floating]) -> Array:
        """(…, Q) from the values of the ranks, (…, R)."""
        values = ranked.astype(np.float64)
        below, above = values[..., self._below], values[..., self._above]
        out: Array = below + (above - below) * self._share
        return out


class ExactFan:
    """Every value of every cell, for the first ``paths`` paths of a run; (T, S, paths) float32."""

    def __init__(self, days: int, series: int, paths: int) -> None:
        self.values = np.empty((days, series, paths), np.float32)

    @property
    def paths(self) -> int:
        return self.values.shape[2]

    def mean_and_quantiles(self, probabilities: Sequence[float], *, workers: int = 1) -> tuple[Array, Array]:
        """Daily means (S, T) and quantiles (S, T, Q), linear between order statistics; sorts the paths of each cell."""
        days, series, _ = self.values.shape
        ranks = _Ranks(probabilities, self.paths)
        mean, out = np.empty((days, series)), np.empty((days, series, len(probabilities)))

        def work(part: slice) -> None:
            self.values[part].sort(axis=2)
            mean[part] = self.values[part].mean(axis=2, dtype=np.float64)
            out[part] = ranks.quantiles(self.values[part][:, :, ranks.ranks])

        _in_parts(work, days, workers)
        return mean.T.copy(), out.transpose(1, 0, 2).copy()

    def bins(self, *, workers: int = 1) -> Bins:
        """Bins for the whole run: the central range of these paths, widened by half on either side."""
        days, series, paths = self.values.shape
        span = self.mean_and_quantiles((_TAIL, 1 - _TAIL), workers=workers)[1].transpose(1, 0, 2)
        sorted_ = self.values
        least, greatest = sorted_[:, :, 0].astype(np.float64), sorted_[:, :, -1].astype(np.float64)
        repeated = (sorted_[:, :, 1:] == sorted_[:, :, :-1]).sum(axis=2) / max(paths - 1, 1)
        low, high = span[:, :, 0], span[:, :, 1]
        none = high <= low
        low, high = np.where(none, least, low), np.where(none, greatest, high)
        middle = np.maximum(np.abs(low), np.abs(high))
        margin = np.maximum(0.5 * (high - low), 1e-5 * np.maximum(middle, 1.0))
        size = np.maximum(np.abs(least), np.abs(greatest))
        number = _bins_per_cell(days * series)
        rows = repeated > _REPEATED
        return Bins(
            low=(low - margin).astype(np.float32),
            high=(high + margin).astype(np.float32),
            scale=(number / (high - low + 2 * margin)).astype(np.float32),
            unit=np.exp2(30 - np.ceil(np.log2(np.maximum(size, 2.0**-20)))),
            repeats=np.where(rows, np.cumsum(rows).reshape(rows.shape) - 1, -1).astype(np.int32),
            number=number,
        )


class BinnedFan:
    """Bin counts of some paths.

    Those of a range are small numbers, ``add`` fills them; a run's are ``of_all``, which ``merge`` joins with ranges'.
    """

    def __init__(self, bins: Bins, kind: type = np.uint16) -> None:
        shape = bins.low.shape
        rows = int(bins.repeats.max(initial=-1)) + 1
        self.bins = bins
        self.paths = 0
        self.total = np.zeros(shape, np.int64)
        self.least = bins.low.copy()
        self.greatest = bins.high.copy()
        self.count = np.zeros((*shape, bins.number), kind)
        self.bin_least = np.full((rows, bins.number), np.inf, np.float32)
        self.bin_greatest = np.full((rows, bins.number), -np.inf, np.float32)

    @classmethod
    def of_all(cls, bins: Bins, kept: ExactFan) -> BinnedFan:
        """A run's, with the paths that were kept in full."""
        first, out = cls(bins), cls(bins, np.uint32)
        first.add(kept.values, kept.paths)
        out.merge(first)
        return out

    def add(self, values: Array32, paths: int) -> None:
        """Take the first ``paths`` of values (T, S, W), C-contiguous; up to 65,535 in all."""
        bins = self.bins
        self.paths += paths
        add_values(
            values,
            paths,
            bins.low,
            bins.scale,
            bins.unit,
            bins.repeats,
            self.total,
            self.least,
            self.greatest,
            self.count,
            self.bin_least,
            self.bin_greatest,
            np.empty(paths, np.uint32),
        )

    def merge(self, other: BinnedFan) -> None:
        """Take over all that ``other`` has counted."""
        self.paths += other.paths
        self.total += other.total
        self.count += other.count
        np.minimum(self.least, other.least, out=self.least)
        np.maximum(self.greatest, other.greatest, out=self.greatest)
        np.minimum(self.bin_least, other.bin_least, out=self.bin_least)
        np.maximum(self.bin_greatest, other.bin_greatest, out=self.bin_greatest)

    def mean_and_quantiles(self, probabilities: Sequence[float], *, workers: int = 1) -> tuple[Array, Array]:
        """Daily means (S, T) and quantiles (S, T, Q)."""
        days, series = self.bins.low.shape
        ranks = _Ranks(probabilities, self.paths)
        ranked = np.empty((days, series, len(ranks.ranks)))
        bins = self.bins

        def work(part: slice) -> None:
            ranked_values(
                ranks.ranks,
                bins.low[part],
                bins.scale[part],
                bins.repeats[part],
                self.least[part],
                self.greatest[part],
                self.count[part],
                self.bin_least,
                self.bin_greatest,
                ranked[part],
            )

        _in_parts(work, days, workers)
        mean = self.total / bins.unit / self.paths
        return mean.T.copy(), ranks.quantiles(ranked).transpose(1, 0, 2).copy()


def _bins_per_cell(cells: int) -> int:
    """1,024, or a power of two less where the counts of all would pass ``TABLE_BYTES``."""
    number = BINS
    while number > 128 and cells * number * 4 > TABLE_BYTES:
        number //= 2
    return number


def _in_parts(work: Callable[[slice], None], days: int, workers: int) -> None:
    """Run ``work`` on stretches of days, in threads (what it calls releases the interpreter's lock)."""
    size = max(1, -(-days // (4 * workers)))
    parts = [slice(start, min(start + size, days)) for start in range(0, days, size)]
    if workers == 1 or len(parts) == 1:
        for part in parts:
            work(part)
        return
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, parts))
