"""What a range of blocks leaves behind, and the door through which ranges run. Floor 4.

``simulate_range`` is a pure function of (job, range): a thread, a process or a cluster may run it, in any order.
Whoever wants to look at each block on the way (``together``) drives the ``Reducer`` itself.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from relsim.engine.blocks import Job, advance, begin, new_record, new_state, new_tally
from relsim.engine.fan import BinnedFan, Bins
from relsim.kernels.compiled import LANES
from relsim.kernels.tallies import count_grades, count_in_force
from relsim.outcomes import Program, evaluate

Array = NDArray[np.float64]
A = TypeVar("A")
P = TypeVar("P")

_SIDE_BY_SIDE = 4
"""Blocks whose states are collected before they are counted: a cell's bins are then in the cache for all of them."""


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
    states : (T, S, n) float32, or None where levels are binned or not kept
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


class RunBlocks(Protocol):
    """Maps a pure function over ranges, or whatever stands for them, and yields what it gives in their order."""

    def __call__(self, work: Callable[[A], P], parts: Sequence[A], /) -> Iterator[P]: ...


class Reducer:
    """Reduces a range's blocks one after another, each while it is in the cache."""

    def __init__(self, job: Job, program: Program, bins: Bins | None, part: Range, *, fans: bool = True) -> None:
        s = job.structure
        self.job, self.program, self.range = job, program, part
        n = part.size
        kept = part.last - part.first if bins is None else min(_SIDE_BY_SIDE, part.last - part.first)
        self.state, self.record, self.tally = new_state(job), new_record(job, kept if fans else 0), new_tally(job)
        self._variables = s.dynamics.low.size
        series = self.state.levels.shape[0]
        self._bounds = np.array(list(job.model.scenario.grades.values()), float)
        self._days = np.empty((len(program.outcomes), n), np.int32)
        self._values = np.empty((len(program.quantities), n))
        self._counts = np.empty((s.rates.drawn.size, n), np.int32)
        self._draw = np.empty(n, np.int32)
        self._fans = fans
        self._fan = BinnedFan(bins) if fans and bins is not None else None
        self._waiting = 0
        self._grades = np.zeros((series - self._variables, self._bounds.size, s.days), np.int64)
        self._conditions = np.zeros((s.conditions.begun.size, s.days), np.int64)
        self._reached = np.tile([np.inf, -np.inf], (len(program.levels), 1))

    def run(self, block: int) -> NDArray[np.int32]:
        """Simulate a block; ``record`` and ``state`` hold it until the next. Gives its outcomes' days, (O, lanes)."""
        job, state, record = self.job, self.state, self.record
        at = block * LANES - self.range.first_path
        lanes = min(LANES, self.range.size - at)
        here = slice(at, at + lanes)
        begin(job, block, state, record)
        advance(job, block, lanes, 1, job.structure.days, state, record, self.tally, self._waiting)
        found = evaluate(self.program, record.states, record.counts, record.in_force, state.happened, lanes)
        self._days[:, here] = found.days[:, :lanes]
        self._values[:, here] = found.values[:, :lanes]
        np.minimum(self._reached[:, 0], found.reached[:, 0], out=self._reached[:, 0])
        np.maximum(self._reached[:, 1], found.reached[:, 1], out=self._reached[:, 1])
        self._counts[:, here] = record.totals[:, :lanes]
        self._draw[here] = job.draw_of(block)
        count_grades(record.states, self._variables, self._bounds, lanes, self._grades)
        count_in_force(record.in_force, lanes, self._conditions)
        self._waiting += lanes if self._fans else 0
        if self._waiting >= record.levels.shape[2]:
            self._count()
        return self._days[:, here]

    def _count(self) -> None:
        if self._fan is not None and self._waiting > 0:
            self._fan.add(self.record.levels, self._waiting)
            self._waiting = 0

    def part(self) -> Part:
        """All blocks taken."""
        self._count()
        keeps = self._fans and self._fan is None
        return Part(
            self.range,
            self._days,
            self._values,
            self._counts,
            self._draw,
            self.record.levels[:, :, : self.range.size] if keeps else None,
            self._fan,
            self.tally.calendar,
            int(self.tally.capped[0]),
            self._reached,
            self._grades,
            self._conditions,
        )


def simulate_range(job: Job, program: Program, bins: Bins | None, part: Range, *, fans: bool = True) -> Part:
    """Simulate the blocks of a range; without ``fans`` neither states nor bins are kept."""
    reducer = Reducer(job, program, bins, part, fans=fans)
    for block in range(part.first, part.last):
        reducer.run(block)
    return reducer.part()


def ranges(first: int, last: int, paths: int, size: int) -> list[Range]:
    """Blocks ``first`` … ``last − 1`` in ranges of ``size`` blocks; depends on nothing but the run."""
    return [Range(b, min(b + size, last), paths) for b in range(first, last, size)]


def in_threads(workers: int | None = None) -> RunBlocks:
    """Ranges in threads of this process (kernels release the interpreter's lock); all cores unless told."""
    number = workers or os.cpu_count() or 1

    def run(work: Callable[[A], P], parts: Sequence[A], /) -> Iterator[P]:
        if number == 1:
            yield from map(work, parts)
            return
        with ThreadPoolExecutor(number) as pool:
            waiting: deque[Future[P]] = deque()
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
