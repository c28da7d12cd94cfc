"""Histograms of a series over paths, day by day, that merge. Floor 1.

A cell is one series on one day. It has bins of equal width, from the ``low`` of its first bin, with ``scale`` bins per
point; what lies outside goes to the end bins. Only integers, minima and maxima are kept, so that merging is associative
and no schedule of threads can show: the sum of a cell, too, is a sum of whole numbers of its ``unit``. Cells whose
values repeat (atoms, very narrow spreads) keep the least and greatest value of every bin, which makes an isolated atom
exact.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from relsim.kernels.compiled import inline, kernel, wide

BINS = 1024

_ROUND = 6755399441055744.0
"""1.5 · 2^52: added to a float64, it leaves the nearest whole number in the lowest bits."""
_ROUND_BITS = np.int64(0x4338000000000000)
_NONE = np.float32(0)


@intrinsic
def _bits_of(_context: Any, _value: Any) -> Any:
    def codegen(_ctx: Any, builder: ir.IRBuilder, _sig: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.IntType(64))

    return types.int64(types.float64), codegen


@inline
def _sum_and_bins(row, n, low, scale, last, unit, bins):
    """Bin of each value; returns the values' sum in whole units, which hangs on no order of adding."""
    total = np.int64(0)
    for i in range(n):
        x = row[i]
        total += _bits_of(np.float64(x) * unit + _ROUND) - _ROUND_BITS
        position = (x - low) * scale
        position = position if position > _NONE else _NONE
        bins[i] = np.uint32(np.int32(position if position < last else last))
    return total


@kernel
def add_values(
    values, n, low, scale, unit, repeats, total, least, greatest, count, bin_least, bin_greatest, bins
):  # fmt: skip
    """Add paths to the bins.

    Parameters
    ----------
    values : (T, S, W) float32
    n : int
        How many of the W are further paths.
    low, scale : (T, S) float32
        Lower edge of the first bin; bins per point.
    unit : (T, S) float64
        Units per point in which the sums are kept, a power of two.
    repeats : (T, S) int32
        Row of ``bin_least`` and ``bin_greatest`` for cells whose values repeat, −1 for others.
    total : (T, S) int64, added to
    least, greatest : (T, S) float32, updated
        Extremes beyond the edges; the edges themselves where nothing lies beyond.
    count : (T, S, bins) unsigned, added to
    bin_least, bin_greatest : (rows, bins) float32, updated
    bins : (≥ n,) uint32
        Scratch.
    """
    wide()
    last = np.float32(count.shape[2] - 1)
    one = count.dtype.type(1)
    for t in range(values.shape[0]):
        for s in range(values.shape[1]):
            row = values[t, s]
            total[t, s] += _sum_and_bins(row, n, low[t, s], scale[t, s], last, unit[t, s], bins)
            cell = count[t, s]
            at_ends = cell[0] + cell[cell.shape[0] - 1]
            for i in range(n):
                cell[bins[i]] += one
            if repeats[t, s] >= 0:
                a = bin_least[repeats[t, s]]
                b = bin_greatest[repeats[t, s]]
                for i in range(n):
                    j = bins[i]
                    a[j] = min(a[j], row[i])
                    b[j] = max(b[j], row[i])
            if cell[0] + cell[cell.shape[0] - 1] != at_ends:
                for i in range(n):
                    least[t, s] = min(least[t, s], row[i])
                    greatest[t, s] = max(greatest[t, s], row[i])


@kernel
def ranked_values(ranks, low, scale, repeats, least, greatest, count, bin_least, bin_greatest, out):
    """Order statistics of every cell: the values of a bin spread evenly over it.

    Parameters
    ----------
    ranks : (R,) int64, rising, from 0
    out : (T, S, R) float64, written
    others : as in ``add_values``
    """
    most = count.shape[2]
    for t in range(count.shape[0]):
        for s in range(count.shape[1]):
            cell = count[t, s]
            row = repeats[t, s]
            width = 1.0 / np.float64(scale[t, s])
            j = 0
            below = np.int64(0)
            for r in range(ranks.shape[0]):
                while below + np.int64(cell[j]) <= ranks[r]:
                    below += np.int64(cell[j])
                    j += 1
                inside = np.int64(cell[j])
                if row >= 0:
                    a = np.float64(bin_least[row, j])
                    b = np.float64(bin_greatest[row, j])
                    share = (ranks[r] - below) / (inside - 1) if inside > 1 else 0.0
                else:
                    a = np.float64(least[t, s]) if j == 0 else np.float64(low[t, s]) + j * width
                    b = np.float64(greatest[t, s]) if j == most - 1 else np.float64(low[t, s]) + j * width + width
                    share = (ranks[r] - below + 0.5) / inside
                out[t, s, r] = a + (b - a) * share
