"""One pass over a run's own paths: how often each thing is seen, and each outcome comes true where it is.

Imports ``engine``. Blocks are counted apart and joined by draw, so that nothing hangs on who counted first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from relsim.engine import Job, advance, begin
from relsim.engine.blocks import new_record, new_state, new_tally
from relsim.engine.parts import Range, RunBlocks, ranges
from relsim.kernels.compiled import LANES
from relsim.outcomes import NEVER, Program, evaluate
from relsim.watch.sights import Sights

Ints = NDArray[np.int32]

_RANGE_BLOCKS = 8


@dataclass(frozen=True)
class SeenCounts:
    """Paths counted by draw: M draws, W lengths, N things, O outcomes, P paths, E entries, L levels, D days.

    Attributes
    ----------
    paths : (M,); hits : (M, O); seen : (M, W, N); both : (M, W, N, O)
    above : (D + 1, L) paths on which a series is above a level, from the last day known on
    happened, due : (P, E) days; true : (P, O); draw : (P,)
    """

    paths: Ints
    hits: Ints
    seen: Ints
    both: Ints
    above: NDArray[np.int64]
    happened: NDArray[np.int16]
    due: NDArray[np.int16]
    true: NDArray[np.bool_]
    draw: Ints


@dataclass(frozen=True)
class _SeenPart:
    """A range's counts, block by block."""

    range: Range
    seen: Ints
    both: Ints
    above: NDArray[np.int64]
    happened: NDArray[np.int16]
    due: NDArray[np.int16]
    true: NDArray[np.bool_]


def count(
    job: Job,
    program: Program,
    sights: Sights,
    *,
    paths: int,
    run_blocks: RunBlocks,
    progress: Callable[[int], None] | None = None,
) -> SeenCounts:
    """Simulate the paths and count.

    Parameters
    ----------
    progress : callable, optional
        Called with the number of paths done.
    """
    draws, outcomes = min(job.draws, -(-paths // LANES)), len(program.outcomes)
    shape = len(sights.lengths), len(sights.names)
    entries = job.structure.calendar.first.size
    found = SeenCounts(
        np.zeros(draws, np.int32),
        np.zeros((draws, outcomes), np.int32),
        np.zeros((draws, *shape), np.int32),
        np.zeros((draws, *shape, outcomes), np.int32),
        np.zeros((max(sights.last) - sights.first + 2, len(sights.levels)), np.int64),
        np.empty((paths, entries), np.int16),
        np.empty((paths, entries), np.int16),
        np.empty((paths, outcomes), bool),
        (np.arange(paths) // LANES % job.draws).astype(np.int32),
    )
    work = partial(_counted_range, job, program, sights)
    for part in run_blocks(work, ranges(0, -(-paths // LANES), paths, _RANGE_BLOCKS)):
        here = slice(part.range.first_path, part.range.first_path + part.range.size)
        found.happened[here], found.due[here], found.true[here] = part.happened, part.due, part.true
        found.above[:] += part.above
        for i, block in enumerate(range(part.range.first, part.range.last)):
            draw = job.draw_of(block)
            found.seen[draw] += part.seen[i]
            found.both[draw] += part.both[i]
        if progress:
            progress(here.stop)
    found.paths[:] = np.bincount(found.draw, minlength=draws)
    np.add.at(found.hits, found.draw, found.true)
    return found


def _counted_range(job: Job, program: Program, sights: Sights, part: Range) -> _SeenPart:
    state, record, tally = new_state(job), new_record(job), new_tally(job)
    blocks, outcomes = part.last - part.first, len(program.outcomes)
    shape = len(sights.lengths), len(sights.names)
    found = _SeenPart(
        part,
        np.empty((blocks, *shape), np.int32),
        np.empty((blocks, *shape, outcomes), np.int32),
        np.zeros((max(sights.last) - sights.first + 2, len(sights.levels)), np.int64),
        np.empty((part.size, state.happened.shape[0]), np.int16),
        np.empty((part.size, state.happened.shape[0]), np.int16),
        np.empty((part.size, outcomes), bool),
    )
    for i, block in enumerate(range(part.first, part.last)):
        at = i * LANES
        lanes = min(LANES, part.size - at)
        begin(job, block, state, record)
        advance(job, block, lanes, 1, job.structure.days, state, record, tally)
        days = evaluate(program, record.states, record.counts, record.in_force, state.happened, lanes).days
        true = days[:, :lanes] != NEVER
        above = sights.above(record, lanes)
        seen = sights.seen(record, state, above, lanes)
        found.seen[i] = seen.sum(axis=2)
        found.both[i] = (seen.astype(np.float32) @ true.T.astype(np.float32)).astype(np.int32)
        found.above[:] += above.sum(axis=2)
        here = slice(at, at + lanes)
        found.happened[here], found.true[here] = state.happened[:, :lanes].T, true.T
        found.due[here] = np.minimum(state.due[:, :lanes], job.structure.days + 1).T
    return found
