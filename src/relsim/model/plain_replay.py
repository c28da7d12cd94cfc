"""The replay of a record under one vector of weights, in plain floats. Floor 3; imports ``parameters``, ``record``.

What ``kernels.replay`` does for many vectors at once, operation by operation, so that the bits are the same: importing
a compiler takes longer than the whole of it. A test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from relsim.kernels.layout import Rows, Structure, Weights
from relsim.model.record import ObservedRecord
from relsim.model.weights import Array

Level = list[float]


def replay_days(
    s: Structure, w: Weights, observed: ObservedRecord, usual: Array, levels: Level, traces: Level
) -> Iterator[None]:
    """Carry ``levels`` (D,) and ``traces`` (G,) through the record, in place, one observed day at a time; noise off.

    Parameters
    ----------
    w, usual : of one vector of weights, (1, n) and (1, K)
    """
    dynamics, rho, constant = s.dynamics, w.dynamics.rho[0].tolist(), w.dynamics.constant[0].tolist()
    pull, shift = _entries(dynamics.pull, w.dynamics.pull), _entries(dynamics.shift, w.dynamics.shift)
    low, high = dynamics.low.tolist(), dynamics.high.tolist()
    share, bound = w.event_effects
    effects = [
        list(zip(*entries)) if entries[0] else []
        for entries in (
            (s.event_effects.col[at].tolist(), share[0, at].tolist(), bound[0, at].tolist())
            for at in map(slice, s.event_effects.ptr[:-1], s.event_effects.ptr[1:])
        )
    ]
    expected = usual[0].tolist()
    sources, decay = s.rates.trace_source.tolist(), w.rates.decay[0].tolist()
    record = zip(observed.counts.tolist(), observed.covered.tolist(), observed.in_force.tolist())
    for counts, covered, in_force in record:
        y = []
        for d, x in enumerate(levels):
            value = constant[d] + rho[d] * x
            for e, size in pull[d]:
                value += size * levels[e]
            for c, size in shift[d]:
                value += size * in_force[c]
            y.append(_reflected(value, low[d], high[d]))
        events = [float(count) for count in counts]
        for k, count in enumerate(counts):
            if not covered[k]:
                for d, part, end in effects[k]:
                    y[d] += expected[k] * part * (end - y[d])
                events[k] += expected[k]
            for _ in range(count):
                for d, part, end in effects[k]:
                    y[d] = end - (1.0 - part) * (end - y[d])
        for g, q in enumerate(decay):
            traces[g] = q * traces[g] + (1.0 - q) * events[sources[g]]
        levels[:] = y
        yield


def _entries(rows: Rows, values: Array) -> list[list[tuple[int, float]]]:
    """(column, value) of each sparse row."""
    pairs = list(zip(rows.col.tolist(), values[0].tolist()))
    return [pairs[a:b] for a, b in zip(rows.ptr[:-1].tolist(), rows.ptr[1:].tolist())]


def _reflected(value: float, low: float, high: float) -> float:
    """A value past a bound is reflected back, and held at that bound if this leads past the other."""
    if value > high:
        down = high + (high - value)
        return down if down >= low else high
    if value < low:
        up = low + (low - value)
        return up if up <= high else low
    return value


def replayed_levels(
    s: Structure, w: Weights, observed: ObservedRecord, usual: Array, baseline: Array
) -> tuple[Array, Array]:
    """(H, D) state at the end of each observed day under one vector of weights, and (G,) traces after the last."""
    levels, traces = baseline[0].tolist(), usual[0, s.rates.trace_source].tolist()
    rows = [list(levels) for _ in replay_days(s, w, observed, usual, levels, traces)]
    return np.array(rows).reshape(len(rows), len(levels)), np.array(traces)
