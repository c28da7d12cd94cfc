"""Paths that are an expert's: of which, and at what levels their events come. Floor 4; imports ``experts``, ``model``.

A part e of all paths is the experts': path i where ⌊(i + 1)e⌋ > ⌊ie⌋. On it each kind of event that the record covers
comes at a level drawn once, an expert by its weight and then its rate; all else follows as on any path.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from relsim.experts import Experts, experts_of
from relsim.kernels.compiled import LANES
from relsim.kernels.layout import Pooled
from relsim.model import Model
from relsim.streams import Purpose, UInt32, level_uniforms, stream_keys

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Pool:
    """The experts of one run.

    Attributes
    ----------
    part : part of all paths that is theirs, 0 to 1
    known : (K,) whether the record covers the kind at all; of others nothing is expected but by the model
    path : the one path that all lanes follow; None where each lane is a path of its own
    """

    experts: Experts
    part: float
    known: NDArray[np.bool_]
    streams: UInt32
    seed: int
    path: int | None = None

    def along(self, path: int) -> Pool:
        """The same for futures of one path, which keep what it follows."""
        return replace(self, path=path)

    def rows(self, block: int, precision: type) -> Pooled:
        """What the kernel reads of a block."""
        paths = block * LANES + np.arange(LANES) if self.path is None else np.full(LANES, self.path)
        uniforms = level_uniforms(self.seed, self.streams, paths)
        theirs = of_experts(paths, self.part)[:, None] & self.known
        level = np.where(theirs, self.experts.levels(uniforms), -1.0)
        return Pooled(np.ascontiguousarray(level.T, precision), self.experts.daily.astype(precision))


def nobody(precision: type) -> Pooled:
    """Of a run whose paths are all the model's own."""
    return Pooled(np.empty((0, LANES), precision), np.empty(0, precision))


def of_experts(paths: NDArray[np.int64], part: float) -> NDArray[np.bool_]:
    """Which paths are an expert's."""
    return np.asarray(np.floor((paths + 1) * part) > np.floor(paths * part))


def pool_of(model: Model, seed: int) -> Pool | None:
    """The experts of a model's run, from all that its record covers; None where none are asked for or can know."""
    o = model.observed
    counts = np.concatenate([o.counts, o.window_counts])
    covered = np.concatenate([o.covered, o.window_covered])
    if model.scenario.experts == 0 or not covered.any():
        return None
    streams = stream_keys(Purpose.LEVEL, model.axes.events)
    known = np.asarray(covered.any(axis=0))
    return Pool(experts_of(counts, covered), model.scenario.experts, known, streams, seed)
