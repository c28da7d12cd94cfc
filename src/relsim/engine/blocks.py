"""Blocks of 128 paths, simulated one after another. Floor 4; imports ``model``, ``kernels``.

``Job`` is everything a block needs, picklable and the same on every worker; ``begin`` and ``advance`` are the door
for whoever wants to stop a block, keep its state and go on.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relsim.engine.pool import Pool, nobody, pool_of
from relsim.kernels.block import advance_block
from relsim.kernels.compiled import LANES
from relsim.kernels.layout import Record, State, Structure, Tally, Weights
from relsim.kernels.scratch import new_scratch
from relsim.kernels.start import begin_block, normals_at_start, reflect_rows
from relsim.model import Model, Parameters
from relsim.streams import Purpose, UInt32, philox, stream_keys, uniforms

Array = NDArray[np.float64]

STAGES_BESIDE_ODDS = 6
"""Columns of the calendar tally beside one for each ``odds_if``: all, due, state, requires, unless, happened."""


@dataclass(frozen=True)
class Job:
    """One run's constants.

    Attributes
    ----------
    structure, weights : kernel arrays, floats cast to the precision of the run; weights are (draws, n)
    parameters : Parameters
        The same draws; of the weights it has no others.
    seed : uint64
    precision : numpy type of the state
    """

    model: Model
    structure: Structure
    weights: Weights
    parameters: Parameters
    seed: np.uint64
    precision: type
    pool: Pool | None
    """The experts whose paths are among the run's; None where all are the model's own."""

    @classmethod
    def of(cls, model: Model, parameters: Parameters, seed: int, precision: type = np.float32) -> Job:
        """Cast a model and its draws for the kernel."""

        exact = {"lasts_cdf", "delay_cdf"}
        structure = _cast(model.structure, precision, exact)
        weights = _cast(parameters.weights, precision)
        # Kept in float64 as well, the weights would take more memory than what becomes of their paths.
        slim = replace(parameters, weights=weights)
        return cls(model, structure, weights, slim, np.uint64(seed), precision, pool_of(model, seed))

    @property
    def draws(self) -> int:
        """How many parameter vectors the run's blocks share."""
        return int(self.parameters.theta.shape[0])

    def draw_of(self, block: int) -> int:
        """Number of the draw that a block runs under."""
        return block % self.draws

    def weights_of(self, block: int) -> Weights:
        """Kernel arrays (n,) of the draw that a block runs under."""
        found: Weights = self._first_weights if self.draws == 1 else _rows(self.weights, self.draw_of(block))
        return found

    @cached_property
    def _first_weights(self) -> Any:
        return _rows(self.weights, 0)

    @cached_property
    def initial_streams(self) -> UInt32:
        """(D,) streams of the variables' states at start."""
        return stream_keys(Purpose.INITIAL, list(self.model.axes.variables))


def parameters_of(model: Model, *, paths: int, seed: int, draws: int | None, median_weights: bool) -> Parameters:
    """The run's parameter vectors: one per block of 128 paths unless told fewer; one where all numbers are certain."""
    if median_weights or not model.weights:
        return model.at_medians()
    blocks = -(-paths // LANES)
    return model.draw(seed, min(draws or blocks, blocks))


def uncertain_names(model: Model, median_weights: bool) -> tuple[str, ...]:
    """Paths in the file of the weights that are drawn; none where all are held at their medians."""
    return () if median_weights else tuple(w.path for w in model.weights)


def _rows(group: Any, row: int) -> Any:
    """The same row of every array of a named tuple, groups within included."""
    return type(group)(*[values[row] if isinstance(values, np.ndarray) else _rows(values, row) for values in group])


def _cast(group: Any, precision: type, exact: Collection[str] = ()) -> Any:
    """A named tuple of arrays, groups within included, with its floats in another precision."""
    out = {}
    for name, values in group._asdict().items():
        if isinstance(values, tuple):
            out[name] = _cast(values, precision, exact)
        elif isinstance(values, np.ndarray) and values.dtype == np.float64 and name not in exact:
            out[name] = np.ascontiguousarray(values, precision)
        else:
            out[name] = values
    return type(group)(**out)


def new_state(job: Job) -> State:
    """An empty state for one block."""
    s = job.structure
    levels = s.dynamics.low.size + s.dynamics.indices.ptr.size - 1
    return State(
        levels=np.empty((levels, LANES), job.precision),
        traces=np.empty((s.rates.trace_source.size, LANES), job.precision),
        until=np.empty((s.conditions.begun.size, LANES), np.int32),
        due=np.empty((s.calendar.first.size, LANES), np.int32),
        happened=np.empty((s.calendar.first.size, LANES), np.int32),
        resolved=np.empty((s.calendar.first.size, LANES), np.uint8),
        running=np.empty((s.tracked.size, s.days + 1, LANES), np.int32),
    )


def new_record(job: Job, side_by_side: int = 0) -> Record:
    """Buffers for what one block goes through; reused from block to block.

    Parameters
    ----------
    side_by_side : int
        How many blocks' states are kept beside each other in ``levels``.
    """
    s = job.structure
    levels = s.dynamics.low.size + s.dynamics.indices.ptr.size - 1
    kept = (s.days, levels, side_by_side * LANES) if side_by_side else (0, 0, 0)
    return Record(
        states=np.empty((s.days + 1, levels, LANES), job.precision),
        counts=np.empty((s.days, s.rates.drawn.size, LANES), np.uint16),
        in_force=np.empty((s.days, s.conditions.begun.size, LANES), np.uint8),
        totals=np.empty((s.rates.drawn.size, LANES), np.int32),
        levels=np.empty(kept, np.float32),
        scratch=new_scratch(s, job.precision),
    )


def new_tally(job: Job) -> Tally:
    """Zero sums."""
    s = job.structure
    odds = int(np.diff(s.calendar.odds_if.ptr).max(initial=0))
    return Tally(np.zeros((s.calendar.first.size, odds + STAGES_BESIDE_ODDS)), np.zeros(1, np.int64))


def start_levels(job: Job, block: int) -> Array:
    """(D, LANES) state of a block's variables at the end of the day before the window."""
    model, p = job.model, job.parameters
    draw = job.draw_of(block)
    first = np.uint32(block * LANES)
    levels: Array = np.repeat(p.start[draw][:, None], LANES, axis=1)
    if p.start_factor is not None:
        normals = np.empty((len(levels), LANES), np.float32)
        words, four = np.empty((4, LANES), np.uint32), np.empty((4, LANES), np.float32)
        normals_at_start(job.initial_streams, first, job.seed, words, four, normals)
        levels += p.start_factor[draw] @ normals.astype(np.float64)
        reflect_rows(levels, model.numbers.low, model.numbers.high)
    for d, v in enumerate(model.scenario.variables.values()):
        if v.initial is None:
            continue
        if v.initial.quantity.certain:
            levels[d] = v.initial.quantity.central()
        else:
            zero = np.zeros(1, np.uint32)
            path = first + np.arange(LANES, dtype=np.uint32)
            drawn = philox(path, zero, job.initial_streams[d : d + 1], zero + Purpose.INITIAL, int(job.seed))
            levels[d] = v.initial.quantity.ppf(uniforms(drawn[2]), v.low, v.high)
    return levels


def begin(job: Job, block: int, state: State, record: Record) -> None:
    """Set ``state`` to the end of the day before the window, and row 0 of the record."""
    draw = job.draw_of(block)
    levels: NDArray[np.floating] = start_levels(job, block).astype(job.precision)
    traces = job.parameters.traces[draw].astype(job.precision)
    first = np.uint32(block * LANES)
    s = job.structure
    index_weights = job.weights.dynamics.index[draw]
    begin_block(s.dynamics, s.conditions, s.calendar, index_weights, levels, traces, first, job.seed, state, record)


def advance(
    job: Job,
    block: int,
    valid: int,
    first_day: int,
    last_day: int,
    state: State,
    record: Record,
    tally: Tally,
    at: int = 0,
) -> None:
    """Carry a block's state from the end of the day before ``first_day`` to the end of ``last_day``.

    Parameters
    ----------
    valid : int
        How many of the block's lanes are paths of the run.
    at : int
        Where in ``record.levels`` the block's lanes begin.
    """
    advance_block(
        job.structure,
        job.weights_of(block),
        job.pool.rows(block, job.precision) if job.pool else nobody(job.precision),
        np.uint32(block * LANES),
        valid,
        job.seed,
        first_day,
        last_day,
        at,
        state,
        record,
        tally,
    )
