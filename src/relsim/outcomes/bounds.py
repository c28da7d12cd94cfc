"""Outcomes that no path came near. Floor 3."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from relsim.outcomes.program import Program


def out_of_reach(program: Program, reached: NDArray[np.float64], hits: Iterable[int]) -> list[str]:
    """Warnings for outcomes that no path came near: never true, with a level outside what any path reached.

    Parameters
    ----------
    reached : (levels, 2) array
        ``Evaluated.reached`` merged over all blocks.
    hits : ints in the order of ``program.outcomes``
        Number of paths on which each outcome came true.
    """
    count = dict(zip(program.outcomes, hits, strict=True))
    found = []
    for test, (least, greatest) in zip(program.levels, reached, strict=True):
        if count[test.outcome] > 0:
            continue
        if greatest <= test.band.low:
            asked, came = f"above {test.band.low:g}", f"the highest that any path reached is {greatest:.2f}"
        elif least >= test.band.high:
            asked, came = f"below {test.band.high:g}", f"the lowest that any path reached is {least:.2f}"
        else:
            continue
        found.append(f"outcomes.{test.outcome}: no path came near {test.subject} {asked}: {came}")
    return found
