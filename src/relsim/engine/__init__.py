"""Many futures of one model. Floor 4.

``simulate`` is the door; ``record`` keeps every day of a few paths; ``advance`` (in ``blocks``) goes on from a saved
state. Results depend on the model, the number of paths, the draws and the seed, and on nothing else: not on threads,
nor on the order in which blocks finish.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from relsim.engine.blocks import Job, advance, begin, new_record, new_state, new_tally
from relsim.engine.calendar import CalendarResult, calendar_result
from relsim.engine.fan import BinnedFan, Bins, ExactFan, exact_paths
from relsim.engine.parts import Part, RunBlocks, in_threads, ranges, simulate_range
from relsim.kernels.compiled import LANES
from relsim.model import Model, Parameters
from relsim.outcomes import Program, compile_outcomes
from relsim.result.forecast import QUANTILES

__all__ = ["Job", "Recorded", "Simulation", "advance", "begin", "in_threads", "record", "simulate"]

Array = NDArray[np.float64]

_RANGE_BLOCKS = 16
_BINNED_RANGE_BLOCKS = 128
_MOST_CAPPED = 0.001


@dataclass(frozen=True)
class Simulation:
    """A finished simulation; axes as in ``summary.Simulated``.

    Attributes
    ----------
    theta : (draws, W) values of the uncertain weights
    capped : share of path-days on which a rate was held at ``max_per_day``
    """

    paths: int
    draws: int
    seed: int
    weight_names: tuple[str, ...]
    theta: Array
    days: NDArray[np.int32]
    values: Array
    reached: Array
    fan_mean: Array
    fan_quantiles: Array
    grade_probability: Array
    condition_probability: Array
    count_mean: Array
    count_quantiles: Array
    calendar: CalendarResult
    capped: float
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Recorded:
    """Every day of some paths, axes (paths, days, …).

    Attributes
    ----------
    states : (n, T + 1, D + I); row 0 is the day before the window
    counts : (n, T, K); happened : (n, E) day or 0; in_force : (n, T, C)
    draw : (n,)
    """

    states: Array
    counts: NDArray[np.int64]
    happened: NDArray[np.int64]
    in_force: NDArray[np.bool_]
    draw: NDArray[np.int64]


def parameters_of(model: Model, *, paths: int, seed: int, draws: int | None, median_weights: bool) -> Parameters:
    """The run's parameter vectors: one per block of 128 paths unless told fewer; one where all numbers are certain."""
    if median_weights or not model.weights:
        return model.at_medians()
    blocks = -(-paths // LANES)
    return model.draw(seed, min(draws or blocks, blocks))


def simulate(
    model: Model,
    *,
    paths: int,
    seed: int,
    draws: int | None = None,
    median_weights: bool = False,
    run_blocks: RunBlocks | None = None,
    sink: Callable[[Part], None] | None = None,
    progress: Callable[[int], None] | None = None,
    precision: type = np.float32,
) -> Simulation:
    """Simulate ``paths`` futures of a model.

    Parameters
    ----------
    draws : int, optional
        Parameter vectors; block b runs under draw b mod draws. One per block unless given.
    median_weights : bool
        Run all paths under the medians of the weights.
    run_blocks : RunBlocks, optional
        What runs the ranges of blocks; threads on all cores unless given.
    sink : callable, optional
        Takes each range's results, in path order.
    progress : callable, optional
        Called with the number of paths done.
    precision : type
        Of the state: float32, or float64 to verify.

    Raises
    ------
    Faulty
        If more than 1 % of the draws of the weights are no valid model.
    """
    run_blocks = run_blocks or in_threads()
    parameters = parameters_of(model, paths=paths, seed=seed, draws=draws, median_weights=median_weights)
    job = Job.of(model, parameters, seed, precision)
    program = compile_outcomes(model.scenario, model.axes)
    gathering = _Gathering(model, program, paths, sink, progress)
    blocks = -(-paths // LANES)
    kept = -(-gathering.fan.paths // LANES)
    size = max(1, min(_RANGE_BLOCKS, -(-kept // 16)))
    for part in run_blocks(partial(simulate_range, job, program, None), ranges(0, kept, paths, size)):
        gathering.take(part)
    if kept < blocks:
        bins = gathering.close_pilot()
        for part in run_blocks(
            partial(simulate_range, job, program, bins), ranges(kept, blocks, paths, _BINNED_RANGE_BLOCKS)
        ):
            gathering.take(part)
    certain = median_weights or not model.weights
    return gathering.simulation(parameters, seed, () if certain else tuple(w.path for w in model.weights))


class _Gathering:
    """Merges parts as they come, in path order."""

    def __init__(
        self,
        model: Model,
        program: Program,
        paths: int,
        sink: Callable[[Part], None] | None,
        progress: Callable[[int], None] | None,
    ) -> None:
        axes = model.axes
        series = len(axes.levels)
        self.model, self.paths, self.sink, self.progress = model, paths, sink, progress
        self.fan = ExactFan(axes.days, series, exact_paths(axes.days, series, paths))
        self.binned: BinnedFan | None = None
        self.days = np.empty((paths, len(program.outcomes)), np.int32)
        self.values = np.empty((paths, len(program.quantities)))
        self.histogram = np.zeros((len(axes.events), 1), np.int64)
        self.calendar: Array | None = None
        self.capped = 0
        self.reached: Array | None = None
        self.grades: NDArray[np.int64] | None = None
        self.conditions: NDArray[np.int64] | None = None

    def take(self, part: Part) -> None:
        first, n = part.range.first_path, part.range.size
        self.days[first : first + n] = part.days.T
        self.values[first : first + n] = part.values.T
        if part.states is not None:
            self.fan.values[:, :, first : first + n] = part.states
        if part.fan is not None and self.binned is not None:
            self.binned.merge(part.fan)
        self._count(part.counts)
        self.capped += part.capped
        if self.calendar is None or self.reached is None or self.grades is None or self.conditions is None:
            self.calendar, self.reached = part.calendar.copy(), part.reached.copy()
            self.grades, self.conditions = part.grades, part.conditions
        else:
            self.calendar += part.calendar
            np.minimum(self.reached[:, 0], part.reached[:, 0], out=self.reached[:, 0])
            np.maximum(self.reached[:, 1], part.reached[:, 1], out=self.reached[:, 1])
            self.grades += part.grades
            self.conditions += part.conditions
        if self.sink:
            self.sink(part)
        if self.progress:
            self.progress(first + n)

    def _count(self, counts: NDArray[np.int32]) -> None:
        width = max(int(counts.max(initial=0)) + 1, self.histogram.shape[1])
        if width > self.histogram.shape[1]:
            self.histogram = np.pad(self.histogram, ((0, 0), (0, width - self.histogram.shape[1])))
        for k, row in enumerate(counts):
            self.histogram[k] += np.bincount(row, minlength=width)

    def close_pilot(self) -> Bins:
        bins = self.fan.bins()
        self.binned = BinnedFan(bins)
        self.binned.add_pilot(self.fan)
        self.fan = ExactFan(0, 0, 0)
        return bins

    def simulation(self, parameters: Parameters, seed: int, weight_names: tuple[str, ...]) -> Simulation:
        assert self.calendar is not None
        assert self.reached is not None
        assert self.grades is not None
        assert self.conditions is not None
        fan = self.binned or self.fan
        mean, quantiles = fan.mean_and_quantiles(QUANTILES, workers=os.cpu_count() or 1)
        capped = self.capped / (self.paths * self.model.axes.days)
        warnings = []
        if capped > _MOST_CAPPED:
            warnings.append(
                f"a rate was held at max_per_day = {self.model.scenario.max_per_day:g} on {100 * capped:.1f} % of the "
                "path-days; counts and all that follows from them are too low"
            )
        return Simulation(
            paths=self.paths,
            draws=parameters.theta.shape[0],
            seed=seed,
            weight_names=weight_names,
            theta=parameters.theta,
            days=self.days,
            values=self.values,
            reached=self.reached,
            fan_mean=mean,
            fan_quantiles=quantiles,
            grade_probability=self.grades / self.paths,
            condition_probability=self.conditions / self.paths,
            count_mean=self.histogram @ np.arange(self.histogram.shape[1]) / self.paths,
            count_quantiles=_quantiles_of_counts(self.histogram, self.paths),
            calendar=calendar_result(self.model.scenario, self.calendar, self.paths, self.model.told_entries),
            capped=capped,
            warnings=tuple(warnings),
        )


def _quantiles_of_counts(histogram: NDArray[np.int64], paths: int) -> Array:
    """(K, 9) quantiles, linear between order statistics, of counts given as histograms (K, count)."""
    out = np.empty((len(histogram), len(QUANTILES)))
    position = np.array(QUANTILES) * (paths - 1)
    below = np.floor(position)
    for k, row in enumerate(histogram):
        upto = np.cumsum(row)
        low = np.searchsorted(upto, below, side="right")
        high = np.searchsorted(upto, np.minimum(below + 1, paths - 1), side="right")
        out[k] = low + (high - low) * (position - below)
    return out


def record(
    model: Model,
    *,
    paths: int,
    seed: int,
    first_path: int = 0,
    draws: int | None = None,
    median_weights: bool = False,
    precision: type = np.float32,
    parameters: Parameters | None = None,
) -> Recorded:
    """Every day of paths ``first_path`` … : the same paths as in a run of the same seed and draws.

    Parameters
    ----------
    draws : int, optional
        As in ``simulate``; without it there is one draw per block of this recording's last path.
    parameters : Parameters, optional
        Draws to use instead.
    """
    last = first_path + paths
    if parameters is None:
        parameters = parameters_of(model, paths=last, seed=seed, draws=draws, median_weights=median_weights)
    job = Job.of(model, parameters, seed, precision)
    state, buffers, tally = new_state(job), new_record(job), new_tally(job)
    states, counts, happened, in_force, draw = [], [], [], [], []
    first_block = first_path // LANES
    for block in range(first_block, -(-last // LANES)):
        begin(job, block, state, buffers)
        advance(job, block, LANES, 1, job.structure.days, state, buffers, tally)
        states.append(buffers.states.transpose(2, 0, 1).astype(np.float64))
        counts.append(buffers.counts.transpose(2, 0, 1).astype(np.int64))
        happened.append(state.happened.T.astype(np.int64))
        in_force.append(buffers.in_force.transpose(2, 0, 1).astype(bool))
        draw.append(np.full(LANES, job.draw_of(block)))
    here = slice(first_path - first_block * LANES, last - first_block * LANES)
    return Recorded(*(np.concatenate(x)[here] for x in (states, counts, happened, in_force, draw)))
