"""How likely an observed record is, under many weight vectors at once. Floor 4; imports ``model``, ``kernels``.

The replay of the record is the simulator's own step with its noise off, in float64; 128 weight vectors run in the
lanes of one block, blocks on all cores.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.fit.record import Record
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
    usual: Array
    state: State
    total: Array


class Likelihood:
    """The log-likelihood of one record under a model's weights.

    Parameters
    ----------
    model : Model
    record : Record
    workers : threads; all cores unless given
    """

    def __init__(self, model: Model, record: Record, workers: int | None = None) -> None:
        self.model, self.record = model, record
        self.days = observed_days(model.scenario, model.axes, record.first, record.counts, record.covered)
        self.structure = replayed(model.scenario, model.axes, model.structure, record.first)
        self._running = running_counts(model.structure, record.counts, LANES)
        self._workers = workers or os.cpu_count() or 1

    @property
    def scored(self) -> NDArray[np.bool_]:
        """(H, K) which counts are evidence."""
        return self.days.scored

    def by_event(self, theta: Array) -> Array:
        """(n, K) log-likelihood of each event type under weights (n, weights); −inf where the record is impossible."""
        blocks = self._begin(kernel_weights(self.model.numbers, self.model.structure, theta), theta)
        nothing = np.empty((0, self.days.counts.shape[1], LANES))

        def run(block: _Block) -> None:
            self._advance(block, 1, len(self.days.counts), nothing)

        self._map(run, blocks)
        return self._gather(blocks, len(theta))

    def total(self, theta: Array) -> Array:
        """(n,) log-likelihood under weights (n, weights)."""
        return np.asarray(self.by_event(theta).sum(axis=1))

    def rates(self, theta: Array, weights: ReplayedWeights | None = None) -> Iterator[tuple[slice, Array]]:
        """λ of every event type under weights (n, weights), a stretch of days at a time.

        Parameters
        ----------
        weights : ReplayedWeights, optional
            Kernel values (n, …) to use in place of those that follow from ``theta``.

        Yields
        ------
        days : slice of the record's days
        rates : (days, K, n)
        """
        own = kernel_weights(self.model.numbers, self.model.structure, theta)
        blocks = self._begin(own, theta, weights)
        types = self.days.counts.shape[1]
        for first in range(0, len(self.days.counts), CHUNK_DAYS):
            last = min(first + CHUNK_DAYS, len(self.days.counts))
            out = [np.empty((last - first, types, LANES)) for _ in blocks]

            def run(i: int, first: int = first, last: int = last, out: list[Array] = out) -> None:
                self._advance(blocks[i], first + 1, last, out[i])

            self._map(run, range(len(blocks)))
            yield slice(first, last), np.concatenate(out, axis=2)[:, :, : len(theta)]

    def _advance(self, block: _Block, first: int, last: int, rates: Array) -> None:
        replay_rates(
            self.structure, block.weights, block.usual, self.days, first, last, block.state, rates, block.total
        )

    def _begin(self, own: object, theta: Array, weights: ReplayedWeights | None = None) -> list[_Block]:
        n = self.model.numbers
        values = weights or replayed_weights(own)  # type: ignore[arg-type]
        usual, baseline = n.rate.of(theta), n.baseline.of(theta)
        blocks = []
        for first in range(0, len(theta), LANES):
            rows = np.minimum(np.arange(first, first + LANES), len(theta) - 1)
            here = np.ascontiguousarray(usual[rows].T)
            state = self._state(np.ascontiguousarray(baseline[rows].T), here)
            blocks.append(_Block(lanes_of(values, rows), here, state, np.zeros((len(here), LANES))))
        return blocks

    def _state(self, baseline: Array, usual: Array) -> State:
        """The baseline and the usual traces, at the end of the day before the record."""
        s = self.model.structure
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
            running=self._running,
        )

    def _gather(self, blocks: list[_Block], n: int) -> Array:
        return np.concatenate([b.total.T for b in blocks])[:n]

    def _map(self, run, items) -> None:  # type: ignore[no-untyped-def]
        items = list(items)
        if self._workers == 1 or len(items) == 1:
            for item in items:
                run(item)
            return
        with ThreadPoolExecutor(min(self._workers, len(items))) as pool:
            list(pool.map(run, items))
