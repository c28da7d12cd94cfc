"""Totals of a history over past windows, missing days made up for. Numpy and scipy.signal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from relsim.backtest.baselines.history import Array, PastSeries

Ends = NDArray[np.int64]
"""Days before which windows end: a window that ends at t holds the rows t − span … t − 1."""


@dataclass(frozen=True)
class Windows:
    """A history's running sums.

    A window's total is its mean day times its length: what the days that were seen would have come to had all
    been seen. Of a real-valued series it is the mean itself.
    """

    days: int
    horizon: int
    sums: Array
    """``(T + 1, S)`` weighted values of the rows before."""
    mass: Array
    """``(T + 1, S)`` weights of the rows before; of a count, its days that were seen."""
    real: NDArray[np.bool_]
    reverse: NDArray[np.intp]
    """``(S,)`` the column of the opposite direction, or the own."""
    first: date

    def totals(self, span: int, ends: Ends) -> Array:
        """``(N, S)`` totals of the windows of ``span`` days before each of N ends, brought to the horizon's length.

        A window that begins before the history is cut at its first day. NaN where less than half of the days (of a
        real-valued series: none) were seen.
        """
        starts = np.maximum(ends - span, 0)
        mass = self.mass[ends] - self.mass[starts]
        seen = (mass > 0) & (self.real | (2 * mass >= (ends - starts)[:, None]))
        mean = np.divide(self.sums[ends] - self.sums[starts], mass, out=np.full_like(mass, np.nan), where=seen)
        return mean * np.where(self.real, 1, self.horizon)

    def latest(self, span: int, ends: Ends) -> Array:
        """The same, each window as many times doubled as it takes to have seen enough; 0 where nothing was seen."""
        found = self.totals(span, ends)
        while span < self.days and not np.isfinite(found).all():
            span *= 2
            found = np.where(np.isfinite(found), found, self.totals(span, ends))
        whole = self.sums[ends], self.mass[ends]
        mean = np.divide(*whole, out=np.zeros_like(found), where=whole[1] > 0)
        return np.where(np.isfinite(found), found, mean * np.where(self.real, 1, self.horizon))

    def outcomes(self, origins: Ends) -> Array:
        """``(N, S)`` what came in the horizon after each of N origins."""
        return self.totals(self.horizon, origins + self.horizon)

    def origins(self, step: int = 1) -> Ends:
        """Past days of which the whole horizon lies in the history, every ``step`` days back from the latest.

        The first horizon of the history is left out: nothing would be known there.
        """
        return np.arange(self.days - self.horizon, self.horizon - 1, -step, dtype=np.int64)[::-1]

    def weighted(self, half_lives: Sequence[float], ends: Ends) -> Array:
        """``(K, N, S)`` exponentially weighted totals before each of N ends, for K half-lives in days.

        Nothing seen yet counts as 0.
        """
        from scipy.signal import lfilter

        values, weights = np.diff(self.sums, axis=0), np.diff(self.mass, axis=0)
        found = np.zeros((len(half_lives), len(ends), len(self.real)))
        if self.days:
            for k, half_life in enumerate(half_lives):
                kept = 0.5 ** (1 / half_life)
                above, below = (lfilter([1.0], [1.0, -kept], x, axis=0)[ends - 1] for x in (values, weights))
                np.divide(above, below, out=found[k], where=below > 1e-12)
        return found * np.where(self.real, 1, self.horizon)

    @property
    def daily(self) -> Array:
        """``(T, S)`` values of the days; NaN where nothing was seen."""
        values, weights = np.diff(self.sums, axis=0), np.diff(self.mass, axis=0)
        return np.divide(values, weights, out=np.full_like(values, np.nan), where=weights > 0)

    @property
    def now(self) -> Ends:
        """``(1,)`` the origin itself as an end."""
        return np.array([self.days])


def windows(history: PastSeries, horizon: int, columns: NDArray[np.intp]) -> Windows:
    """Running sums of some columns of a history."""
    values, real = history.counts[:, columns], history.is_real[columns]
    seen = np.isfinite(values)
    weights = seen.astype(float)
    if history.weights is not None:
        weights = np.where(real & seen, np.nan_to_num(history.weights[:, columns]), weights)
    start = np.zeros((1, len(columns)))
    sums = np.cumsum(np.concatenate([start, np.where(seen, values, 0) * weights]), axis=0)
    mass = np.cumsum(np.concatenate([start, weights]), axis=0)
    place = {int(column): here for here, column in enumerate(columns)}
    opposite = np.array(history.reverse or range(len(history.names)))[columns]
    reverse = np.array([place.get(int(other), here) for here, other in enumerate(opposite)], dtype=np.intp)
    return Windows(len(values), horizon, sums, mass, real, reverse, history.first)


def step_of(horizon: int) -> int:
    """Days between the past origins a baseline learns from: a third of the horizon."""
    return max(1, horizon // 3)
