"""The model in numpy: float64, vectorised over paths, as one would write it without relsim.

It reads the numbers of a built model and covers what ``models`` makes: rates with ratios and excitation, Poisson
counts, an Ornstein-Uhlenbeck step with pull and correlated noise, reflection, saturated effects, dated entries.
Chunks of paths stay in the cache; dense products go through the linear algebra library; counts are drawn by
inversion, since events are rare (numpy's own Poisson generator is slower); effects touch the paths that have the event.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relsim.kernels.layout import Rows
from relsim.model import Model

Array = NDArray[np.float64]

CHUNK = 2000
QUANTILES = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)


def dense(rows: Rows, values: Array, columns: int) -> Array:
    """A matrix of sparse rows."""
    out = np.zeros((len(rows.ptr) - 1, columns))
    owner = np.repeat(np.arange(len(rows.ptr) - 1), np.diff(rows.ptr))
    np.add.at(out, (owner, rows.col), values)
    return out


class Rival:
    """One model's numbers as dense matrices."""

    def __init__(self, model: Model) -> None:
        s, p = model.structure, model.at_medians()
        w = p.weights
        d, r, c = w.dynamics, w.rates, w.calendar
        size = s.dynamics.low.size
        self.days = s.days
        self.low, self.high = s.dynamics.low[:, None], s.dynamics.high[:, None]
        self.start, self.traces = p.start[0], p.traces[0]
        self.step = np.diag(d.rho[0]) + dense(s.dynamics.pull, d.pull[0], size)
        self.constant = d.constant[0][:, None]
        self.factor = d.noise[0][:, None] * dense(s.dynamics.mix, s.dynamics.mix_value, size)
        self.index = dense(s.dynamics.indices, d.index[0], size)
        self.ratio, self.offset = dense(s.rates.ratio, r.ratio[0], size), r.offset[0][:, None]
        self.unprompted = r.unprompted[0][:, None]
        self.excite = dense(s.rates.excite, r.excite[0], s.rates.trace_source.size)
        self.source, self.decay = s.rates.trace_source, r.decay[0][:, None]
        self.effects = _moves(s.event_effects, w.event_effects)
        self.entry_effects = _moves(s.entry_effects, w.entry_effects)
        self.dated = s.calendar.first
        self.odds = dense(s.calendar.odds, c.odds[0], size)
        self.logit = c.chance[0] + c.odds_offset[0]

    def simulate(self, paths: int, *, seed: int = 1, fan: bool = False) -> tuple[Array, Array, Array | None]:
        """Mean of the last state (D,), mean counts (K,), and daily quantiles (Q, T, D + I) if asked for."""
        rng = np.random.Generator(np.random.SFC64(seed))
        series = self.low.size + len(self.index)
        kept = np.empty((self.days, series, paths)) if fan else None
        state, counts = np.zeros(self.low.size), np.zeros(len(self.ratio))
        for first in range(0, paths, CHUNK):
            n = min(CHUNK, paths - first)
            x, total = self._chunk(rng, n, None if kept is None else kept[:, :, first : first + n])
            state += x.sum(axis=1)
            counts += total
        return state / paths, counts / paths, None if kept is None else np.quantile(kept, QUANTILES, axis=2)

    def _chunk(self, rng: np.random.Generator, n: int, kept: Array | None) -> tuple[Array, Array]:
        x = np.repeat(self.start[:, None], n, axis=1)
        trace = np.repeat(self.traces[:, None], n, axis=1)
        total = np.zeros(len(self.ratio))
        for day in range(1, self.days + 1):
            rate = self.ratio @ x
            rate += self.offset
            np.exp(rate, out=rate)
            rate *= self.unprompted
            rate += self.excite @ trace
            np.minimum(rate, 50.0, out=rate)
            events = poisson(rng, rate)
            entries = [
                (e, rng.random(n) < 1 / (1 + np.exp(-(self.logit[e] + self.odds[e] @ x))))
                for e in np.flatnonzero(self.dated == day)
            ]
            x = self.step @ x
            x += self.constant
            x += self.factor @ rng.standard_normal((len(x), n))
            if x.max() > self.high.min() or x.min() < self.low.max():
                x = np.where(x > self.high, 2 * self.high - x, x)
                x = np.where(x < self.low, 2 * self.low - x, x)
            for k, moves in enumerate(self.effects):
                hit = np.flatnonzero(events[k])
                if hit.size:
                    times = events[k, hit]
                    for d, share, bound in moves:
                        x[d, hit] = bound - (bound - x[d, hit]) * (1 - share) ** times
            for e, happens in entries:
                for d, share, bound in self.entry_effects[e]:
                    x[d] += np.where(happens, share * (bound - x[d]), 0.0)
            trace *= self.decay
            trace += (1 - self.decay) * events[self.source]
            total += events.sum(axis=1)
            if kept is not None:
                kept[day - 1, : len(x)] = x
                kept[day - 1, len(x) :] = self.index @ x
        return x, total


def poisson(rng: np.random.Generator, rate: Array) -> Array:
    """Counts by inversion; P(N ≥ 1) ≤ rate leaves few candidates."""
    u = rng.random(rate.shape)
    out = np.zeros(rate.shape)
    at = np.flatnonzero(u < rate)
    left, lam = u.ravel()[at], rate.ravel()[at]
    above = -np.expm1(-lam)
    p = 1 - above
    n = 0
    while at.size:
        some = left < above
        at, left, lam, above, p = at[some], left[some], lam[some], above[some], p[some]
        n += 1
        out.ravel()[at] = n
        p = p * lam / n
        above = above - p
    return out


def _moves(rows: Rows, moves) -> list[list[tuple[int, float, float]]]:  # type: ignore[no-untyped-def]
    found = list(zip(rows.col, moves.share[0], moves.bound[0]))
    return [found[a:b] for a, b in zip(rows.ptr[:-1], rows.ptr[1:])]
