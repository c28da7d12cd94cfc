"""What a target is where a weight is low and where it is high, and which way it goes between. Floor 5; numpy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.estimates import student
from relsim.result.drivers import FALLING, RISING, TURNING

Array = NDArray[np.float64]

_TURNS = 2.638
"""Two-sided 5 % point of a normal, shared over six comparisons: three inner fifths, above both ends or below both."""


@dataclass(frozen=True)
class Fifths:
    """Draws by a weight's value in five parts, lowest first.

    Attributes
    ----------
    weight : median of the weight in each; value, error : mean of the target and its standard error; draws
    """

    weight: tuple[float, ...]
    value: tuple[float, ...]
    error: tuple[float, ...]
    draws: tuple[int, ...]

    def interval(self, part: int) -> tuple[float, float]:
        """95 % interval of the target's mean in one part."""
        half = student(max(1, self.draws[part] - 1)) * self.error[part]
        return self.value[part] - half, self.value[part] + half


def fifths(weight: Array, means: Array) -> Fifths:
    """Parts of N draws; values that occur often are not torn apart."""
    cuts = np.quantile(weight, [0.2, 0.4, 0.6, 0.8], method="inverted_cdf")
    part = np.searchsorted(cuts, weight, side="left")
    members = [np.flatnonzero(part == k) for k in range(5)]
    for k in range(1, 5):
        if not members[k].size:  # a value that occurs often fills more than one part
            members[k] = np.flatnonzero(weight == (cuts[k] if k < 4 else weight.max()))
    return Fifths(
        tuple(float(np.median(weight[m])) for m in members),
        tuple(float(means[m].mean()) for m in members),
        tuple(float(means[m].std(ddof=1)) / math.sqrt(m.size) if m.size > 1 else math.inf for m in members),
        tuple(m.size for m in members),
    )


def shape(parts: Fifths) -> str:
    """Rising or falling between the ends, or turning: an inner fifth clearly above both ends, or below both."""
    value, error = parts.value, parts.error
    ends = (0, 4)
    for k in (1, 2, 3):
        for sign in (1, -1):
            gaps = [sign * (value[k] - value[e]) / math.hypot(error[k], error[e]) for e in ends if error[e] > 0]
            if len(gaps) == 2 and min(gaps) > _TURNS:
                return TURNING
    return RISING if value[4] >= value[0] else FALLING
