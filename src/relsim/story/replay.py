"""A run's paths again, from its model, draws and seed. Imports ``engine``.

``Rerun`` holds what all paths share; ``Rerun.path`` replays one path day by day and keeps the state at the end of each
day, so that other futures can go on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from relsim.engine import Job, advance, begin, parameters_of
from relsim.engine.blocks import new_record, new_state, new_tally
from relsim.kernels.compiled import LANES
from relsim.kernels.layout import FOREVER, Record, State
from relsim.model import Model
from relsim.outcomes import Program, compile_outcomes, evaluate
from relsim.story.shortfall import PathArrays

T = TypeVar("T")

_STILL = FOREVER - 1
"""Stands for the last day of a condition in force while a day passes: where it is still there afterwards, the
condition was not begun anew."""


@dataclass(frozen=True)
class ReplayedPath:
    """One path, day by day; axes as in a block's record, without paths. Day 0 is the day before the window.

    Attributes
    ----------
    states : (T + 1, D + I); counts : (T, K); in_force : (T, C)
    levels, traces, until, due, happened, resolved : (T + 1, …) state at the end of each day
    running : (X, T + 1)
    begun : (T + 1, C) day on which each condition was last begun
    asked : (T + 1, E) day on which the day of an entry was settled; 0 where that was before the window
    outcomes : (O,) day on which each outcome became certain, or ``NEVER``
    """

    number: int
    draw: int
    states: NDArray[np.floating]
    counts: NDArray[np.integer]
    in_force: NDArray[np.integer]
    levels: NDArray[np.floating]
    traces: NDArray[np.floating]
    until: NDArray[np.int32]
    due: NDArray[np.int32]
    happened: NDArray[np.int32]
    resolved: NDArray[np.uint8]
    running: NDArray[np.int32]
    begun: NDArray[np.int64]
    asked: NDArray[np.int64]
    outcomes: NDArray[np.int32]

    def as_paths(self) -> PathArrays:
        """The path as the only one of some paths."""
        return PathArrays(
            self.states[:, :, None], self.counts[:, :, None], self.in_force[:, :, None], self.happened[-1][:, None]
        )


@dataclass(frozen=True)
class Block:
    """One block of the run, its arrays valid until the next one is simulated in the same thread.

    Attributes
    ----------
    first_path, lanes : its first path, and how many of its lanes are paths of the run
    """

    first_path: int
    lanes: int
    record: Record
    state: State

    @property
    def paths(self) -> PathArrays:
        """Its paths, those past the run's last included."""
        return PathArrays(self.record.states, self.record.counts, self.record.in_force, self.state.happened)


@dataclass(frozen=True)
class Rerun:
    """What all paths of a run share.

    Attributes
    ----------
    number : paths of the run
    """

    model: Model
    program: Program
    job: Job
    number: int
    seed: int

    @classmethod
    def of(cls, model: Model, *, median_weights: bool) -> Rerun:
        """The run of a scenario as its document says."""
        s = model.scenario
        parameters = parameters_of(model, paths=s.paths, seed=s.seed, draws=s.draws, median_weights=median_weights)
        program = compile_outcomes(s, model.axes)
        return cls(model, program, Job.of(model, parameters, s.seed), s.paths, s.seed)

    def blocks(
        self, numbers: Sequence[int], work: Callable[[Block], T], progress: Callable[[int], None], workers: int
    ) -> Iterator[T]:
        """What ``work`` makes of each of some blocks, in their order; ``progress`` is told the blocks done."""
        days = self.job.structure.days
        size = 4
        parts = [numbers[i : i + size] for i in range(0, len(numbers), size)]

        def run(part: Sequence[int]) -> list[T]:
            state, record, tally = new_state(self.job), new_record(self.job), new_tally(self.job)
            out = []
            for number in part:
                first = number * LANES
                lanes = min(LANES, self.number - first)
                begin(self.job, number, state, record)
                advance(self.job, number, lanes, 1, days, state, record, tally)
                out.append(work(Block(first, lanes, record, state)))
            return out

        done = 0
        with ThreadPoolExecutor(workers) as pool:
            # A few parts ahead of the reader, so that memory does not grow with the run.
            for at in range(0, len(parts), 4 * workers):
                for made in pool.map(run, parts[at : at + 4 * workers]):
                    done += len(made)
                    progress(done)
                    yield from made

    def path(self, number: int) -> ReplayedPath:
        """Replay one path of the run."""
        job, block, lane = self.job, number // LANES, number % LANES
        days = job.structure.days
        state, record, tally = new_state(job), new_record(job), new_tally(job)
        begin(job, block, state, record)
        kept: list[State] = [_lane(state, lane)]
        begun = np.zeros((days + 1, state.until.shape[0]), np.int64)
        asked = np.zeros((days + 1, state.due.shape[0]), np.int64)
        begun[0] = np.minimum(job.structure.conditions.begun, 0)
        for day in range(1, days + 1):
            lasting = (state.until >= day) & (state.until < _STILL)
            until, due = state.until.copy(), state.due[:, lane].copy()
            state.until[lasting] = _STILL
            advance(job, block, LANES, day, day, state, record, tally)
            now, still = state.until[:, lane].copy(), lasting & (state.until == _STILL)
            anew = (now > day) & ~still[:, lane] & (lasting[:, lane] | (now != until[:, lane]))
            state.until[still] = until[still]
            begun[day] = np.where(anew, day, begun[day - 1])
            asked[day] = np.where((due == 0) & (state.due[:, lane] > 0), day, asked[day - 1])
            kept.append(_lane(state, lane))
        found = evaluate(self.program, record.states, record.counts, record.in_force, state.happened, LANES)
        levels, traces, until_by_day, due_by_day, happened, resolved = (
            np.stack([getattr(one, name) for one in kept])
            for name in ("levels", "traces", "until", "due", "happened", "resolved")
        )
        return ReplayedPath(
            number,
            job.draw_of(block),
            record.states[:, :, lane].copy(),
            record.counts[:, :, lane].copy(),
            record.in_force[:, :, lane].copy(),
            levels,
            traces,
            until_by_day,
            due_by_day,
            happened,
            resolved,
            state.running[:, :, lane].copy(),
            begun,
            asked,
            found.days[:, lane].copy(),
        )


def _lane(state: State, lane: int) -> State:
    """One lane of a state, copied; of the running counts, which are kept whole at the end, nothing."""
    return State(
        state.levels[:, lane].copy(),
        state.traces[:, lane].copy(),
        state.until[:, lane].copy(),
        state.due[:, lane].copy(),
        state.happened[:, lane].copy(),
        state.resolved[:, lane].copy(),
        None,
    )
