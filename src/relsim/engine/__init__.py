"""Many futures of one model. Floor 4.

``simulate`` is the door; ``simulate_together`` (in ``together``) runs several models on the same paths and keeps their
daily differences; ``record`` keeps every day of a few paths; ``advance`` (in ``blocks``) goes on from a saved
state. Results depend on the model, the number of paths, the draws and the seed, and on nothing else: not on threads,
nor on the order in which blocks finish.
"""

from __future__ import annotations

from collections.abc import Callable
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
from relsim.engine.first_run import compile_first
from relsim.engine.gather import Gathering, Simulation
from relsim.engine.parts import Part, RunBlocks, in_threads, simulate_range
from relsim.engine.together import Paired, Together, simulate_together
from relsim.kernels.compiled import LANES
from relsim.model import Model, Parameters
from relsim.outcomes import compile_outcomes

__all__ = [
    "Job",
    "Paired",
    "Recorded",
    "Simulation",
    "Together",
    "advance",
    "begin",
    "in_threads",
    "parameters_of",
    "record",
    "simulate",
    "simulate_together",
]

Array = NDArray[np.float64]


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
    fans: bool = True,
    parameters: Parameters | None = None,
) -> Simulation:
    """Simulate ``paths`` futures of a model.

    Parameters
    ----------
    draws : int, optional
        Parameter vectors; block b runs under draw b mod draws. One per block unless given.
    median_weights : bool
        Run all paths under the medians of the parameters.
    run_blocks : RunBlocks, optional
        What runs the ranges of blocks; threads on all cores unless given.
    sink : callable, optional
        Takes each range's results, in path order.
    progress : callable, optional
        Called with the number of paths done.
    precision : type
        Of the state: float32, or float64 to verify.
    fans : bool
        Gather daily means and quantiles; without them only what paths come to is kept, and much time is saved.
    parameters : Parameters, optional
        Draws to use instead of the model's own.

    Raises
    ------
    DocumentError
        If more than 1 % of the draws of the weights are unstable models.
    """
    run_blocks = run_blocks or in_threads()
    program = compile_outcomes(model.scenario, model.axes)
    compile_first(model, program, paths, precision, fans=fans)
    if parameters is None:
        parameters = parameters_of(model, paths=paths, seed=seed, draws=draws, median_weights=median_weights)
    job = Job.of(model, parameters, seed, precision)
    parameters = job.parameters
    gathering = Gathering(model, program, paths, sink, progress, fans)
    for parts, bins in gathering.phases():
        for part in run_blocks(partial(simulate_range, job, program, bins, fans=fans), parts):
            gathering.take(part)
    return gathering.simulation(parameters, seed, uncertain_names(model, median_weights))


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
