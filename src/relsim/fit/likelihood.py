"""How likely an observed record is, under many weight vectors at once. Floor 4; imports ``model``, ``kernels``.

The replay of the record is the simulator's own step with its noise off, in float64; 128 weight vectors run in the
lanes of one block, blocks on all cores.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.fit.daily_record import DailyRecord
from relsim.kernels.compiled import LANES
from relsim.kernels.layout import ReplayedWeights, State
from relsim.kernels.likelihood import replay_rates
from relsim.model import Model
from relsim.model.parameters import kernel_weights
from relsim.model.replayed import lanes_of, observed_days, replayed, replayed_weights, running_counts

Array = NDArray[np.float64]

CHUNK_DAYS = 128
"""Days whose rates are held in memory at once."""


@dataclass
class _Block:
    """128 weight vectors under way through the record."""

    weights: ReplayedWeights
    state: State
    total: Array


class Likelihood:
    """The log-likelihood of one record under a model's weights.

    Parameters
    ----------
    model : Model
    record : DailyRecord
    workers : threads; all cores unless given
    """

    def __init__(self, model: Model, record: DailyRecord, workers: int | None = None) -> None:
        self.model, self.record = model, record
        self.days = observed_days(model.scenario, model.axes, record.first, record.counts, record.covered)
        self.structure = replayed(model.scenario, model.axes, model.structure, record.first)
        self.running = running_counts(model.structure, record.counts, LANES)
        self._workers = workers or os.cpu_count() or 1

    @property
    def scored(self) -> NDArray[np.bool_]:
        """(H, K) which counts are evidence."""
        scored: NDArray[np.bool_] = self.days.scored
        return scored

    @contextmanager
    def run(self, theta: Array, weights: ReplayedWeights | None = None) -> Iterator[Replay]:
        """A replay of the record under weights (n, W).

        Parameters
        ----------
        weights : ReplayedWeights, optional
            Kernel values (n, …) to use in place of those that follow from ``theta``.
        """
        with ThreadPoolExecutor(self._workers) as pool:
            yield Replay(self, theta, weights, pool)

    def by_event(self, theta: Array) -> Array:
        """(n, K) log-likelihood of each event type under weights (n, W); −inf where the record is impossible."""
        with self.run(theta) as run:
            run.finish()
            return run.totals()

    def total(self, theta: Array) -> Array:
        """(n,) log-likelihood under weights (n, W)."""
        return np.asarray(self.by_event(theta).sum(axis=1))


class Replay:
    """One replay of the record under n weight vectors, in blocks of 128 lanes.

    Attributes
    ----------
    overdispersion : (K, n)
    """

    def __init__(
        self, likelihood: Likelihood, theta: Array, weights: ReplayedWeights | None, pool: ThreadPoolExecutor
    ) -> None:
        self._likelihood, self._size, self._pool = likelihood, len(theta), pool
        model = likelihood.model
        values = weights or replayed_weights(kernel_weights(model.numbers, model.structure, theta))
        self.overdispersion: Array = np.ascontiguousarray(values.rates.overdispersion.T)
        baseline = model.numbers.baseline.of(theta)
        self._blocks = []
        for first in range(0, len(theta), LANES):
            rows = np.minimum(np.arange(first, first + LANES), len(theta) - 1)
            own = lanes_of(values, rows)
            state = _at_rest(likelihood, np.ascontiguousarray(baseline[rows].T), own.rates.usual)
            self._blocks.append(_Block(own, state, np.zeros((len(own.rates.usual), LANES))))

    def finish(self) -> None:
        """Replay the whole record, keeping no rates."""
        days, types = self._likelihood.days.counts.shape
        nothing = np.empty((0, types, LANES))
        list(self._pool.map(lambda block: self._advance(block, 1, days, nothing), self._blocks))

    def rates(self) -> Iterator[tuple[slice, Array]]:
        """Replay the whole record, a stretch of days at a time: slice of days, λ (days, K, n)."""
        length, types = self._likelihood.days.counts.shape
        for first in range(0, length, CHUNK_DAYS):
            last = min(first + CHUNK_DAYS, length)
            out = [np.empty((last - first, types, LANES)) for _ in self._blocks]
            spans = [(block, first + 1, last, own) for block, own in zip(self._blocks, out, strict=True)]
            list(self._pool.map(lambda span: self._advance(*span), spans))
            yield slice(first, last), np.concatenate(out, axis=2)[:, :, : self._size]

    def totals(self) -> Array:
        """(n, K) log-likelihood of the days replayed so far."""
        return np.concatenate([block.total.T for block in self._blocks])[: self._size]

    def _advance(self, block: _Block, first: int, last: int, rates: Array) -> None:
        its = self._likelihood
        replay_rates(its.structure, block.weights, its.days, first, last, block.state, rates, block.total)


def _at_rest(likelihood: Likelihood, baseline: Array, usual: Array) -> State:
    """Baselines (D, LANES) and usual traces, at the end of the day before the record."""
    s = likelihood.model.structure
    variables, entries = s.dynamics.low.size, s.calendar.first.size
    levels = np.zeros((variables + s.dynamics.indices.ptr.size - 1, LANES))
    levels[:variables] = baseline
    return State(
        levels=levels,
        traces=np.ascontiguousarray(usual[s.rates.trace_source]),
        until=np.zeros((s.conditions.begun.size, LANES), np.int32),
        due=np.zeros((entries, LANES), np.int32),
        happened=np.zeros((entries, LANES), np.int32),
        resolved=np.zeros((entries, LANES), np.uint8),
        running=likelihood.running,
    )
