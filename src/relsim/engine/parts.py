"""What a range of blocks leaves behind, and the door through which ranges run. Floor 4.

``simulate_range`` is a pure function of (job, range): a thread, a process or a cluster may run it, in any order.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.engine.blocks import Job, advance, begin, new_record, new_state, new_tally
from relsim.engine.fan import BinnedFan, Bins
from relsim.kernels.compiled import LANES
from relsim.kernels.tallies import count_grades, count_in_force, sum_counts
from relsim.outcomes import Program, evaluate

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Range:
    """Blocks ``first`` … ``last − 1`` of a run of ``paths`` paths."""

    first: int
    last: int
    paths: int

    @property
    def first_path(self) -> int:
        return self.first * LANES

    @property
    def size(self) -> int:
        """Paths of the range."""
        return min(self.last * LANES, self.paths) - self.first_path


@dataclass(frozen=True)
class Part:
    """Results of one range; n are its paths.

    Attributes
    ----------
    days : (O, n) int32; values : (Q, n) float64; counts : (K, n) int32; draw : (n,) int32
    states : (T, S, n) float32, or None where the fan is binned
    fan : BinnedFan or None
    calendar, capped : see ``kernels.layout.Tally``
    reached : (L, 2) float64
    grades : (I, G, T) int64; conditions : (C, T) int64
    """

    range: Range
    days: NDArray[np.int32]
    values: Array
    counts: NDArray[np.int32]
    draw: NDArray[np.int32]
    states: NDArray[np.float32] | None
    fan: BinnedFan | None
    calendar: Array
    capped: int
    reached: Array
    grades: NDArray[np.int64]
    conditions: NDArray[np.int64]


Work = Callable[[Range], Part]
RunBlocks = Callable[[Work, Sequence[Range]], Iterator[Part]]
"""Maps a pure function over ranges and yields the parts in the order of the ranges."""


def simulate_range(job: Job, program: Program, bins: Bins | None, part: Range) -> Part:
    """Simulate the blocks of a range and reduce each while it is in the cache."""
    s = job.structure
    state, record, tally = new_state(job), new_record(job), new_tally(job)
    n = part.size
    variables = s.dynamics.low.size
    series = state.levels.shape[0]
    bounds = np.array(list(job.model.scenario.grades.values()), float)
    days = np.empty((len(program.outcomes), n), np.int32)
    values = np.empty((len(program.quantities), n))
    counts = np.zeros((s.rates.drawn.size, n), np.int32)
    draw = np.empty(n, np.int32)
    states = np.empty((s.days, series, n), np.float32) if bins is None else None
    fan = BinnedFan(bins) if bins is not None else None
    grades = np.zeros((series - variables, bounds.size, s.days), np.int64)
    conditions = np.zeros((s.conditions.begun.size, s.days), np.int64)
    reached = np.tile([np.inf, -np.inf], (len(program.levels), 1))
    for block in range(part.first, part.last):
        at = block * LANES - part.first_path
        lanes = min(LANES, n - at)
        here = slice(at, at + lanes)
        begin(job, block, state, record)
        advance(job, block, lanes, 1, s.days, state, record, tally)
        found = evaluate(program, record.states, record.counts, record.in_force, state.happened, lanes)
        days[:, here] = found.days[:, :lanes]
        values[:, here] = found.values[:, :lanes]
        np.minimum(reached[:, 0], found.reached[:, 0], out=reached[:, 0])
        np.maximum(reached[:, 1], found.reached[:, 1], out=reached[:, 1])
        sum_counts(record.counts, lanes, counts[:, here])
        draw[here] = job.draw_of(block)
        count_grades(record.states, variables, bounds, lanes, grades)
        count_in_force(record.in_force, lanes, conditions)
        if states is not None:
            states[:, :, here] = record.states[1:, :, :lanes]
        if fan is not None:
            fan.add(record.states, lanes)
    capped = int(tally.capped[0])
    return Part(part, days, values, counts, draw, states, fan, tally.calendar, capped, reached, grades, conditions)


def ranges(first: int, last: int, paths: int, size: int) -> list[Range]:
    """Blocks ``first`` … ``last − 1`` in ranges of ``size`` blocks; depends on nothing but the run."""
    return [Range(b, min(b + size, last), paths) for b in range(first, last, size)]


def in_threads(workers: int | None = None) -> RunBlocks:
    """Ranges in threads of this process (kernels release the interpreter's lock); all cores unless told."""
    number = workers or os.cpu_count() or 1

    def run(work: Work, parts: Sequence[Range]) -> Iterator[Part]:
        if number == 1:
            yield from map(work, parts)
            return
        with ThreadPoolExecutor(number) as pool:
            waiting: deque[Future[Part]] = deque()
            try:
                for part in parts:
                    waiting.append(pool.submit(work, part))
                    if len(waiting) >= number:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    return run
