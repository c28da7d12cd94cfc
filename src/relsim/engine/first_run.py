"""The kernels of a simulation, compiled before it begins where this machine has none yet. Floor 4."""

from __future__ import annotations

import numpy as np

from relsim.engine.blocks import Job, parameters_of
from relsim.engine.fan import BinnedFan, ExactFan, kept_paths
from relsim.engine.parts import Range, Reducer
from relsim.kernels.ahead import rehearsal
from relsim.kernels.block import advance_block
from relsim.kernels.compiled import LANES
from relsim.model import Model
from relsim.outcomes import Program


def compile_first(model: Model, program: Program, paths: int, precision: type = np.float32, *, fans: bool) -> None:
    """Compile side by side what a run of ``paths`` paths will call; nothing where kernels lie on disk.

    One that another program of outcomes has left out is compiled when it is called.
    """
    if advance_block.known:
        return
    with rehearsal(), np.errstate(all="ignore"):
        parameters = parameters_of(model, paths=2 * LANES, seed=0, draws=2, median_weights=False)
        job = Job.of(model, parameters, 0, precision)
        part = Range(0, 1, LANES)
        Reducer(job, program, None, part, fans=fans).run(0)
        days, series = model.axes.days, len(model.axes.levels)
        if fans and kept_paths(days, series, paths) < paths:
            kept = ExactFan(days, series, LANES)
            kept.values[:] = 0
            bins = kept.bins()
            fan = BinnedFan.of_all(bins, kept)
            fan.count[:] = 1
            fan.mean_and_quantiles((0.5,))
