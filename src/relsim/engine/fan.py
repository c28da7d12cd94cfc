"""Daily means and quantiles of every series over the paths of a run. Floor 4; imports ``kernels.histogram``.

Up to ``EXACT_PATHS`` paths all values are kept and the quantiles are exact. A larger run keeps only those
of its first paths (the pilot), takes from them the range of each cell's bins, and counts the rest into
bins. Bins merge by integer sums, minima and maxima, so that neither the number of workers nor their order
can be seen in a result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.kernels.compiled import LANES
from relsim.kernels.histogram import BINS, add_values, binned_quantiles, exact_quantiles

Array = NDArray[np.float64]
Array32 = NDArray[np.float32]

EXACT_PATHS = 50_000
EXACT_BYTES = 1_500_000_000
PILOT_PATHS = 4_096
PILOT_BYTES = 200_000_000
TABLE_BYTES = 256_000_000

_REPEATED = 0.01
"""Share of repeated values in the pilot above which a cell keeps every bin's least and greatest value."""
_SAMPLE = 1_024
"""Paths of the pilot in which repeats are looked for."""
_TAIL = 0.005
"""Tail of the pilot left out of a cell's range, which is then widened by half on either side."""
_BUFFERED = 16
"""Blocks collected before they are counted: a cell's bins are then in the cache for all of them."""


def exact_paths(days: int, series: int, paths: int) -> int:
    """How many first paths are kept in full: all of a run up to 50,000 paths, else the pilot's.

    Depends on the sizes alone, so that it is the same on every machine.
    """
    cells = max(days * series, 1)
    if paths <= EXACT_PATHS and cells * paths * 4 <= EXACT_BYTES:
        return paths
    pilot = min(PILOT_PATHS, PILOT_BYTES // (4 * cells))
    return min(paths, max(8 * LANES, pilot // LANES * LANES))


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


class ExactFan:
    """Every value of every cell, for the first ``paths`` paths of a run.

    Workers may add different paths at the same time.
    """

    def __init__(self, days: int, series: int, paths: int) -> None:
        self.values = np.empty((days, series, paths), np.float32)

    @property
    def paths(self) -> int:
        return self.values.shape[2]

    def add(self, first_path: int, states: NDArray[np.floating], lanes: int) -> None:
        """Take one block's states (T + 1, S, LANES), of which ``lanes`` are valid; paths past the end are
        left.
        """
        lanes = min(lanes, self.paths - first_path)
        if lanes > 0:
            self.values[:, :, first_path : first_path + lanes] = states[1:, :, :lanes]

    def mean_and_quantiles(self, probabilities: Sequence[float], *, workers: int = 1) -> tuple[Array, Array]:
        """Daily means (S, T) and quantiles (S, T, Q), linear between order statistics.

        ``probabilities`` rise.
        """
        days, series, _ = self.values.shape
        mean, out = np.empty((days, series)), np.empty((days, series, len(probabilities)))
        least, greatest = np.empty((days, series)), np.empty((days, series))
        wanted = np.array(probabilities, float)

        def work(part: slice) -> None:
            exact_quantiles(self.values[part], wanted, mean[part], least[part], greatest[part], out[part])

        _in_parts(work, days, workers)
        return mean.T.copy(), out.transpose(1, 0, 2).copy()

    def bins(self, *, workers: int = 1) -> Bins:
        """Bins for the whole run from these paths: the pilot's central range, widened by half on either
        side.
        """
        days, series, _ = self.values.shape
        mean, span = np.empty((days, series)), np.empty((days, series, 2))
        least, greatest = np.empty((days, series)), np.empty((days, series))
        repeated = np.empty((days, series))
        tails = np.array([_TAIL, 1 - _TAIL])

        def work(part: slice) -> None:
            exact_quantiles(self.values[part], tails, mean[part], least[part], greatest[part], span[part])
            sample = np.sort(self.values[part, :, :_SAMPLE], axis=2)
            repeated[part] = np.mean(sample[:, :, 1:] == sample[:, :, :-1], axis=2)

        _in_parts(work, days, workers)
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
    """Bin counts of one worker; ``merge`` joins workers."""

    def __init__(self, bins: Bins) -> None:
        shape = bins.low.shape
        rows = int(bins.repeats.max(initial=-1)) + 1
        self.bins = bins
        self.paths = 0
        self.total = np.zeros(shape, np.int64)
        self.least = bins.low.copy()
        self.greatest = bins.high.copy()
        self.count = np.zeros((*shape, bins.number), np.uint32)
        self.bin_least = np.full((rows, bins.number), np.inf, np.float32)
        self.bin_greatest = np.full((rows, bins.number), -np.inf, np.float32)
        self._waiting = np.empty((*shape, _BUFFERED * LANES), np.float32)
        self._filled = 0

    def add(self, states: NDArray[np.floating], lanes: int) -> None:
        """Take one block's states (T + 1, S, LANES), of which ``lanes`` are valid."""
        if self._filled + lanes > self._waiting.shape[2]:
            self._flush()
        self._waiting[:, :, self._filled : self._filled + lanes] = states[1:, :, :lanes]
        self._filled += lanes

    def add_pilot(self, pilot: ExactFan) -> None:
        """Take all paths of the pilot."""
        self._count(pilot.values)

    def merge(self, other: BinnedFan) -> None:
        """Take over all that ``other`` has counted."""
        self._flush()
        other._flush()
        self.paths += other.paths
        self.total += other.total
        self.count += other.count
        np.minimum(self.least, other.least, out=self.least)
        np.maximum(self.greatest, other.greatest, out=self.greatest)
        np.minimum(self.bin_least, other.bin_least, out=self.bin_least)
        np.maximum(self.bin_greatest, other.bin_greatest, out=self.bin_greatest)

    def mean_and_quantiles(self, probabilities: Sequence[float], *, workers: int = 1) -> tuple[Array, Array]:
        """Daily means (S, T) and quantiles (S, T, Q)."""
        self._flush()
        days, series = self.bins.low.shape
        out = np.empty((days, series, len(probabilities)))
        wanted = np.array(probabilities, float)
        bins = self.bins

        def work(part: slice) -> None:
            binned_quantiles(
                wanted,
                bins.low[part],
                bins.scale[part],
                bins.repeats[part],
                self.least[part],
                self.greatest[part],
                self.count[part],
                self.bin_least,
                self.bin_greatest,
                out[part],
            )

        _in_parts(work, days, workers)
        mean = self.total / bins.unit / self.paths
        return mean.T.copy(), out.transpose(1, 0, 2).copy()

    def _flush(self) -> None:
        if self._filled:
            self._count(self._waiting[:, :, : self._filled])
            self._filled = 0

    def _count(self, values: Array32) -> None:
        bins = self.bins
        self.paths += values.shape[2]
        add_values(
            values,
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
        )


def _bins_per_cell(cells: int) -> int:
    """1,024, or a power of two less where the counts of one worker would pass ``TABLE_BYTES``."""
    number = BINS
    while number > 128 and cells * number * 4 > TABLE_BYTES:
        number //= 2
    return number


def _in_parts(work: Callable[[slice], None], days: int, workers: int) -> None:
    """Run ``work`` on stretches of days, in threads (the kernels release the interpreter's lock)."""
    size = max(1, -(-days // (4 * workers)))
    parts = [slice(start, min(start + size, days)) for start in range(0, days, size)]
    if workers == 1 or len(parts) == 1:
        for part in parts:
            work(part)
        return
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, parts))
