"""Several models on the same paths, and their daily differences. Floor 4.

Path i of every model runs on the same random numbers, and draw j of the weights is draw j for all. Differences are
taken block by block while both sides are in the cache: the baseline is simulated again beside each other model, which
costs less than to keep its every day. Memory grows neither with models times paths times series nor with workers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from relsim.engine.blocks import (
    Job,
    advance,
    begin,
    new_record,
    new_state,
    new_tally,
    parameters_of,
    uncertain_names,
)
from relsim.engine.differing import Watch
from relsim.engine.fan import BinnedFan, Bins, ExactFan
from relsim.engine.first_run import compile_first
from relsim.engine.gather import Gathering, Simulation
from relsim.engine.parts import Part, Range, Reducer, RunBlocks, in_threads, simulate_range
from relsim.engine.sums import BlockSums, Sums
from relsim.kernels.compiled import LANES
from relsim.model import Model
from relsim.outcomes import NEVER, Program, compile_outcomes
from relsim.result.forecast import QUANTILES

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Paired:
    """A model less the baseline, path by path, over the days that both windows have.

    Attributes
    ----------
    days : int
        Length of these days, D; day 1 is the first of both windows.
    uncertain : bool
        Whether the draws of the parameters differ in either; then the paths of one draw are a cluster.
    indices : names of the S indices that both have
    differences : Sums
        Of the daily differences of the indices, (draws, S, D).
    quantiles : (S, D, 9) of the paths' own differences
    first_difference : int or None
        First day on which anything differs on any path: a variable, an event's count, a condition, an entry; what one
        of the two lacks never happens there.
    """

    days: int
    uncertain: bool
    indices: tuple[str, ...]
    differences: Sums
    quantiles: Array
    first_difference: int | None


@dataclass(frozen=True)
class Together:
    """Models simulated on the same paths.

    Attributes
    ----------
    simulations : by name, the baseline first
    paired : of every other model; None where the windows begin on different days, so that nothing is paired
    levels : Sums, or None where no outcome was asked for
        Daily levels of the baseline's indices over all its paths.
    given : for each outcome asked for, the same over the paths on which it came true
    """

    simulations: Mapping[str, Simulation]
    paired: Mapping[str, Paired | None]
    levels: Sums | None
    given: Mapping[str, Sums]


def simulate_together(
    models: Mapping[str, Model],
    *,
    paths: int,
    seed: int,
    draws: int | None = None,
    median_weights: bool = False,
    given: Sequence[str] = (),
    run_blocks: RunBlocks | None = None,
    progress: Callable[[int], None] | None = None,
) -> Together:
    """Simulate the same ``paths`` paths under several models.

    Each simulation is what ``simulate`` gives for the model alone.

    Parameters
    ----------
    models : by name, the baseline first
    given : outcomes of the baseline, on whose paths its indices are summed
    progress : callable, optional
        Called with the number of paths done, which goes up to ``paths`` times the number of models.

    Raises
    ------
    DocumentError
        If more than 1 % of the draws of a model's weights are unstable models.
    """
    run_blocks = run_blocks or in_threads()
    for model in models.values():
        compile_first(model, compile_outcomes(model.scenario, model.axes), paths, fans=True)
    jobs = {
        name: Job.of(m, parameters_of(m, paths=paths, seed=seed, draws=draws, median_weights=median_weights), seed)
        for name, m in models.items()
    }
    simulations: dict[str, Simulation] = {}
    paired: dict[str, Paired | None] = {}
    sums: list[Sums] = []
    baseline = next(iter(jobs.values()))
    for number, (name, job) in enumerate(jobs.items()):
        run = _Run(job, paths, run_blocks, _shifted(progress, number * paths), median_weights)
        if job is baseline:
            simulations[name], sums = run.alone(given)
        elif job.model.axes.start == baseline.model.axes.start:
            simulations[name], paired[name] = run.beside(baseline)
        else:
            simulations[name], paired[name] = run.alone()[0], None
    return Together(simulations, paired, sums[0] if given else None, dict(zip(given, sums[1:])))


def _shifted(progress: Callable[[int], None] | None, by: int) -> Callable[[int], None] | None:
    return None if progress is None else lambda done: progress(by + done)


class _Run:
    """One model's simulation, on its own or beside the baseline."""

    def __init__(
        self,
        job: Job,
        paths: int,
        run_blocks: RunBlocks,
        progress: Callable[[int], None] | None,
        median_weights: bool,
    ) -> None:
        self.job, self.run_blocks = job, run_blocks
        self.program = compile_outcomes(job.model.scenario, job.model.axes)
        self.gathering = Gathering(job.model, self.program, paths, None, progress)
        self.median_weights = median_weights

    def alone(self, given: Sequence[str] = ()) -> tuple[Simulation, list[Sums]]:
        """The simulation; where outcomes are given, sums of the indices over all paths and over those of each."""
        job, axes = self.job, self.job.model.axes
        outcomes = [list(self.program.outcomes).index(name) for name in given]
        shape = (len(axes.indices), axes.days)
        totals = [Sums.zero(job.draws, *shape) for _ in range(1 + len(given) if given else 0)]
        for parts, bins in self.gathering.phases():
            if not given:
                for part in self.run_blocks(partial(simulate_range, job, self.program, bins), parts):
                    self.gathering.take(part)
                continue
            for found in self.run_blocks(partial(_given_range, job, self.program, outcomes, bins), parts):
                self.gathering.take(found.part)
                for total, blocks in zip(totals, found.sums):
                    total.add(blocks)
        return self._simulation(), totals

    def beside(self, baseline: Job) -> tuple[Simulation, Paired]:
        """The simulation, and its daily differences to the baseline's."""
        pairing = _Pairing(baseline, self.job)
        days, series = pairing.days, len(pairing.indices)
        fan: ExactFan | BinnedFan = ExactFan(days, series, self.gathering.fan.paths)
        total = Sums.zero(max(baseline.draws, self.job.draws), series, days)
        first: int | None = None
        for parts, bins in self.gathering.phases():
            difference_bins = None
            if bins is not None and isinstance(fan, ExactFan):
                difference_bins = fan.bins()
                fan = BinnedFan.of_all(difference_bins, fan)
            work = partial(_paired_range, pairing, self.program, bins, difference_bins)
            for found in self.run_blocks(work, parts):
                self.gathering.take(found.part)
                total.add(found.sums)
                first = min((day for day in (first, found.first_difference) if day is not None), default=None)
                if found.fan is not None and isinstance(fan, BinnedFan):
                    fan.merge(found.fan)
                elif found.differences is not None and isinstance(fan, ExactFan):
                    at = found.part.range.first_path
                    fan.values[:, :, at : at + found.part.range.size] = found.differences
        quantiles = fan.mean_and_quantiles(QUANTILES)[1] if series else np.empty((0, days, len(QUANTILES)))
        uncertain = any(uncertain_names(job.model, self.median_weights) for job in (baseline, self.job))
        paired = Paired(days, uncertain, tuple(pairing.indices), total, quantiles, first)
        return self._simulation(), paired

    def _simulation(self) -> Simulation:
        names = uncertain_names(self.job.model, self.median_weights)
        return self.gathering.simulation(self.job.parameters, int(self.job.seed), names)


@dataclass(frozen=True)
class _GivenPart:
    """A range's results; ``sums`` over all its paths, then over those of each outcome asked for."""

    part: Part
    sums: tuple[BlockSums, ...]


def _given_range(job: Job, program: Program, outcomes: Sequence[int], bins: Bins | None, part: Range) -> _GivenPart:
    axes = job.model.axes
    rows = list(axes.indices.values())
    reducer = Reducer(job, program, bins, part)
    sums = tuple(BlockSums.zero(part, len(rows), axes.days) for _ in range(1 + len(outcomes)))
    for block in range(part.first, part.last):
        days = reducer.run(block)
        lanes = days.shape[1]
        levels = reducer.record.states[1:, rows, :lanes].astype(np.float64)
        sums[0].add(block, levels)
        for of_outcome, outcome in zip(sums[1:], outcomes):
            of_outcome.add(block, levels[:, :, days[outcome] != NEVER])
    return _GivenPart(reducer.part(), sums)


class _Pairing:
    """What two models have in common, and where each keeps it."""

    def __init__(self, baseline: Job, other: Job) -> None:
        a, b = baseline.model.axes, other.model.axes
        self.baseline, self.other = baseline, other
        self.days = min(a.days, b.days)
        self.indices = [name for name in a.indices if name in b.indices]
        self.rows = [a.indices[name] for name in self.indices], [b.indices[name] for name in self.indices]


@dataclass(frozen=True)
class _PairedPart:
    """A range's results, and its differences: (D, S, n), or binned."""

    part: Part
    sums: BlockSums
    differences: NDArray[np.float32] | None
    fan: BinnedFan | None
    first_difference: int | None


def _paired_range(
    pairing: _Pairing, program: Program, bins: Bins | None, difference_bins: Bins | None, part: Range
) -> _PairedPart:
    """Simulate a range under both models, each block of the one right after the same block of the other."""
    base, days = pairing.baseline, pairing.days
    state, record, tally = new_state(base), new_record(base), new_tally(base)
    reducer = Reducer(pairing.other, program, bins, part)
    watch = Watch(base.model.axes, pairing.other.model.axes, days)
    of_base, of_other = pairing.rows
    sums = BlockSums.zero(part, len(pairing.indices), days)
    kept = np.empty((days, len(pairing.indices), part.size if difference_bins is None else LANES), np.float32)
    fan = BinnedFan(difference_bins) if difference_bins is not None else None
    for block in range(part.first, part.last):
        lanes = reducer.run(block).shape[1]
        begin(base, block, state, record)
        advance(base, block, lanes, 1, days, state, record, tally)
        watch.look((state, record), (reducer.state, reducer.record), lanes)
        levels = reducer.record.states[: days + 1, of_other].astype(np.float64)
        levels -= record.states[: days + 1, of_base]
        sums.add(block, levels[1:, :, :lanes])
        at = block * LANES - part.first_path if fan is None else 0
        kept[:, :, at : at + lanes] = levels[1:, :, :lanes]
        if fan is not None:
            fan.add(kept, lanes)
    return _PairedPart(reducer.part(), sums, kept if fan is None else None, fan, watch.first)
