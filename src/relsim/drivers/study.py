"""The simulations of a designed study, kept as they are done so that an interrupted study goes on. Floor 5.

Each study has a folder with ``plan.json`` and ``points.csv``, a line for each point in order. Every point depends on
the plan alone, so that it does not matter where a study was interrupted, nor on how many threads or machines it ran.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from relsim import __version__
from relsim.drivers.design import DesignPlan, Points
from relsim.drivers.paired_runs import PairedRun, PathSimulator
from relsim.engine.parts import RunBlocks
from relsim.files import write
from relsim.kernels.compiled import LANES
from relsim.model import Model
from relsim.result.files import Addition

Array = NDArray[np.float64]


class DesignStudy:
    """A study in a folder of its own inside ``folder``, named by its plan; begun, or taken up again."""

    def __init__(self, folder: Path, plan: DesignPlan, points: Points, model: Model) -> None:
        self._plan, self._points, self._model = plan, points, model
        self._targets = len(model.scenario.outcomes) + len(model.scenario.quantities)
        text = json.dumps({"relsim": __version__, **asdict(plan), "points": _digest(points.theta)}, indent=1) + "\n"
        own = folder / f"{plan.method}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
        self._plan_file, self._file = own / "plan.json", own / "points.csv"
        write(self._plan_file, text)
        self._rows = self._read()

    @property
    def done(self) -> int:
        """Points simulated."""
        return len(self._rows)

    def run(self, run_blocks: RunBlocks, progress: Callable[[int], None] | None = None) -> None:
        """Simulate the points that are missing."""
        left = range(self.done, len(self._points.theta))
        work = partial(_point, self._model, self._points, self._plan)
        with self._file.open("a", encoding="utf-8") as file:
            for row in run_blocks(work, left):
                file.write(",".join(map(repr, row)) + "\n")
                file.flush()
                self._rows.append(row)
                if progress:
                    progress(self.done)

    def list_in(self, addition: Addition, *, done: bool) -> None:
        """Have the run's manifest list the study's files."""
        for file in (self._plan_file, self._file):
            addition.keep(file, done=done)

    def results(self) -> Array:
        """(points, targets, 2): outcomes' shares and quantities' means over either half of the paths."""
        return np.array(self._rows).reshape(-1, self._targets, 2)

    def _read(self) -> list[list[float]]:
        """Whole lines; what an interruption tore is done again."""
        text = self._file.read_text(encoding="utf-8") if self._file.is_file() else ""
        rows = [[float(x) for x in line.split(",")] for line in text.splitlines(keepends=True) if line.endswith("\n")]
        write(self._file, "".join(",".join(map(repr, row)) + "\n" for row in rows))
        return rows


def _point(model: Model, points: Points, plan: DesignPlan, number: int) -> list[float]:
    """Outcomes' shares and quantities' means over either half of one point's paths."""
    if not points.valid[number // plan.size]:
        return [float("nan")] * (2 * (len(model.scenario.outcomes) + len(model.scenario.quantities)))
    world = PathSimulator(model, points.theta[number : number + 1], plan.seed)
    found: list[float] = _halves(world.live(plan.paths, 1)).ravel().tolist()
    return found


def _halves(lived: PairedRun) -> Array:
    """(targets, 2) means over the even and the odd blocks; NaN where a quantity is defined on no path."""
    half = np.arange(lived.draw.size) // LANES % 2
    out = np.full((len(lived.true) + len(lived.values), 2), np.nan)
    for h in (0, 1):
        values = np.vstack([lived.true, lived.values])[:, half == h]
        defined = ~np.isnan(values)
        counts = defined.sum(axis=1)
        sums = np.where(defined, values, 0.0).sum(axis=1)
        np.divide(sums, counts, out=out[:, h], where=counts > 0)
    return out


def _digest(theta: Array) -> str:
    return hashlib.sha256(np.ascontiguousarray(theta).tobytes()).hexdigest()
