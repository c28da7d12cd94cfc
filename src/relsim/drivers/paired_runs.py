"""A model under given weights, simulated path by path without fans. Floor 5; imports ``engine``.

Two worlds of one seed are paired: path i has the same random numbers in both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.engine import Job, in_threads
from relsim.engine.parts import Range, ranges, simulate_range
from relsim.kernels.compiled import LANES
from relsim.model import Model
from relsim.outcomes import NEVER, compile_outcomes

Array = NDArray[np.float64]

_RANGE_BLOCKS = 4


@dataclass(frozen=True)
class PairedRun:
    """What P paths came to: outcomes (O, P) true or false, quantities (Q, P), and each path's draw (P,)."""

    true: NDArray[np.bool_]
    values: Array
    draw: NDArray[np.int64]


class PathSimulator:
    """A model under the weights ``theta`` (draws, weights); block b of 128 paths runs under draw b mod draws."""

    def __init__(self, model: Model, theta: Array, seed: int) -> None:
        self.job = Job.of(model, model.parameters(theta), seed)
        self.program = compile_outcomes(model.scenario, model.axes)

    def live(self, paths: int, workers: int | None = None) -> PairedRun:
        """The first ``paths`` paths, on so many threads (all cores unless given)."""
        size = _RANGE_BLOCKS if workers != 1 else -(-paths // LANES)
        parts = ranges(0, -(-paths // LANES), paths, size)
        done = list(in_threads(workers)(self._range, parts))
        draw = np.arange(paths) // LANES % self.job.draws
        return PairedRun(np.hstack([d for d, _ in done]), np.hstack([v for _, v in done]), draw)

    def _range(self, part: Range) -> tuple[NDArray[np.bool_], Array]:
        found = simulate_range(self.job, self.program, None, part, fans=False)
        return found.days != NEVER, found.values
