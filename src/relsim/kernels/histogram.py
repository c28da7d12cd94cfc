"""Daily distributions of a series over paths: exact order statistics, and histograms that merge. Floor 1.

A cell is one series on one day. Exact: all values of a cell are stored and the wanted order statistics are
selected without a full sort. Binned: a cell has bins of equal width, from the ``low`` of its first bin,
with ``scale`` bins per point; what lies outside goes to the end bins. Only integers, minima and maxima are
kept, so that merging is associative and no schedule of threads can show: the sum of a cell, too, is a sum
of whole numbers of its ``unit``. Cells whose values repeat (atoms, very narrow spreads) keep the least and
greatest value of every bin, which makes an isolated atom exact.
"""

from __future__ import annotations

import numpy as np

from relsim.kernels.compiled import LANES, counted, kernel

BINS = 1024

_ROUND = 6755399441055744.0
"""1.5 · 2^52: added and taken off again, it rounds a float64 to a whole number."""


@counted
def _bin_of(x, low, scale, last):
    position = (x - low) * scale
    position = position if position > np.float32(0) else np.float32(0)
    return np.int32(position if position < last else last)


@counted
def _units(row, unit, lanes):
    """Sum of a row in whole units. Each term is a whole number below 2^53, so the order of adding is no
    matter.
    """
    lanes[:] = 0.0
    for start in range(0, len(row), LANES):
        for i in range(min(LANES, len(row) - start)):
            lanes[i] += (np.float64(row[start + i]) * unit + _ROUND) - _ROUND
    return np.int64(lanes.sum())


@kernel
def add_values(values, low, scale, unit, repeats, total, least, greatest, count, bin_least, bin_greatest):
    """Add paths to the bins.

    Parameters
    ----------
    values : (T, S, n) float32
        n further paths.
    low, scale : (T, S) float32
        Lower edge of the first bin; bins per point.
    unit : (T, S) float64
        Units per point in which the sums are kept, a power of two.
    repeats : (T, S) int32
        Row of ``bin_least`` and ``bin_greatest`` for cells whose values repeat, −1 for others.
    total : (T, S) int64, added to
    least, greatest : (T, S) float32, updated
        Extremes beyond the edges; the edges themselves where nothing lies beyond.
    count : (T, S, BINS) uint32, added to
    bin_least, bin_greatest : (rows, BINS) float32, updated
    """
    n = values.shape[2]
    last = np.float32(count.shape[2] - 1)
    bins = np.empty(n, np.int32)
    lanes = np.empty(LANES, np.float64)
    for t in range(values.shape[0]):
        for s in range(values.shape[1]):
            row = values[t, s]
            start = low[t, s]
            per_point = scale[t, s]
            total[t, s] += _units(row, unit[t, s], lanes)
            for i in range(n):
                bins[i] = _bin_of(row[i], start, per_point, last)
            cell = count[t, s]
            at_ends = cell[0] + cell[-1]
            if repeats[t, s] < 0:
                for i in range(n):
                    cell[bins[i]] += np.uint32(1)
            else:
                a = bin_least[repeats[t, s]]
                b = bin_greatest[repeats[t, s]]
                for i in range(n):
                    x = row[i]
                    j = bins[i]
                    cell[j] += np.uint32(1)
                    if x < a[j]:
                        a[j] = x
                    if x > b[j]:
                        b[j] = x
            if cell[0] + cell[-1] != at_ends:
                for i in range(n):
                    least[t, s] = min(least[t, s], row[i])
                    greatest[t, s] = max(greatest[t, s], row[i])


@counted
def _share_of_bin(rank, inside, low, high, atoms):
    """Value of the ``rank``-th (from 0) of ``inside`` values spread evenly over a bin."""
    if atoms:
        return low + (high - low) * (rank / (inside - 1)) if inside > 1 else low
    return low + (high - low) * ((rank + 0.5) / inside)


@kernel
def binned_quantiles(probabilities, low, scale, repeats, least, greatest, count, bin_least, bin_greatest, out):
    """out (T, S, Q) = quantiles of every cell (linear between order statistics), interpolated inside bins."""
    most = count.shape[2]
    for t in range(count.shape[0]):
        for s in range(count.shape[1]):
            cell = count[t, s]
            n = np.int64(0)
            for j in range(most):
                n += np.int64(cell[j])
            row = repeats[t, s]
            width = 1.0 / np.float64(scale[t, s])
            for q in range(len(probabilities)):
                position = probabilities[q] * (n - 1)
                first = np.int64(np.floor(position))
                between = np.empty(2)
                j = 0
                below = np.int64(0)
                for k in range(2):
                    rank = first + k if first + k < n else n - 1
                    while below + np.int64(cell[j]) <= rank:
                        below += np.int64(cell[j])
                        j += 1
                    if row >= 0:
                        a = np.float64(bin_least[row, j])
                        b = np.float64(bin_greatest[row, j])
                    else:
                        a = np.float64(low[t, s]) + j * width
                        b = a + width
                        a = np.float64(least[t, s]) if j == 0 else a
                        b = np.float64(greatest[t, s]) if j == most - 1 else b
                    between[k] = _share_of_bin(rank - below, np.int64(cell[j]), a, b, row >= 0)
                out[t, s, q] = between[0] + (between[1] - between[0]) * (position - first)


@counted
def _mean(row, lanes):
    lanes[:] = 0.0
    for start in range(0, len(row), LANES):
        for i in range(min(LANES, len(row) - start)):
            lanes[i] += np.float64(row[start + i])
    return lanes.sum() / len(row)


@counted
def _extremes(row):
    least = row[0]
    greatest = row[0]
    for x in row:
        if x < least:
            least = x
        if x > greatest:
            greatest = x
    return least, greatest


@counted
def _select(row, ranks, least, greatest, bins, count, wanted, start, collected, out):
    """out = the order statistics of the given rising ranks, exactly.

    The values are counted into bins, those of the few bins that hold a wanted rank are collected bin by bin
    and sorted there.
    """
    n = len(row)
    if not least < greatest:
        out[:] = least
        return
    last = np.float32(BINS - 1)
    scale = np.float32(BINS) / (greatest - least)
    if not np.isfinite(scale):
        collected[:n] = row
        collected[:n].sort()
        for k in range(len(ranks)):
            out[k] = collected[ranks[k]]
        return
    count[:] = 0
    for i in range(n):
        bins[i] = _bin_of(row[i], least, scale, last)
    for i in range(n):
        count[bins[i]] += 1
    wanted[:] = -1
    below = np.int64(0)
    filled = np.int64(0)
    k = 0
    for j in range(BINS):
        if k < len(ranks) and ranks[k] < below + count[j]:
            wanted[j] = filled
            start[j] = filled
            while k < len(ranks) and ranks[k] < below + count[j]:
                out[k] = ranks[k] - below
                k += 1
            filled += count[j]
        below += count[j]
    for i in range(n):
        j = bins[i]
        if wanted[j] >= 0:
            collected[wanted[j]] = row[i]
            wanted[j] += 1
    below = np.int64(0)
    k = 0
    for j in range(BINS):
        if wanted[j] >= 0:
            collected[start[j] : start[j] + count[j]].sort()
            while k < len(ranks) and ranks[k] < below + count[j]:
                out[k] = collected[start[j] + np.int64(out[k])]
                k += 1
        below += count[j]


@kernel
def exact_quantiles(values, probabilities, mean, least, greatest, out):
    """Mean, extremes and quantiles of every cell from all its values.

    Parameters
    ----------
    values : (T, S, P) float32
    probabilities : (Q,) rising
    mean, least, greatest : (T, S) float64, written
    out : (T, S, Q) float64, written
        Linear between order statistics, numpy's default definition.
    """
    n = values.shape[2]
    ranks = np.empty(2 * len(probabilities), np.int64)
    for q in range(len(probabilities)):
        ranks[2 * q] = np.int64(np.floor(probabilities[q] * (n - 1)))
        ranks[2 * q + 1] = min(ranks[2 * q] + 1, n - 1)
    rising = np.sort(ranks)
    found = np.empty(len(ranks), np.float64)
    lanes = np.empty(LANES, np.float64)
    bins = np.empty(n, np.int32)
    count = np.empty(BINS, np.int64)
    wanted = np.empty(BINS, np.int64)
    start = np.empty(BINS, np.int64)
    collected = np.empty(n, np.float32)
    for t in range(values.shape[0]):
        for s in range(values.shape[1]):
            row = values[t, s]
            mean[t, s] = _mean(row, lanes)
            low, high = _extremes(row)
            least[t, s] = low
            greatest[t, s] = high
            _select(row, rising, low, high, bins, count, wanted, start, collected, found)
            for q in range(len(probabilities)):
                a = found[np.searchsorted(rising, ranks[2 * q])]
                b = found[np.searchsorted(rising, ranks[2 * q + 1])]
                out[t, s, q] = a + (b - a) * (probabilities[q] * (n - 1) - ranks[2 * q])
