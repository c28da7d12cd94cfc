"""A shift and a scale in log-odds that past forecasts ask for, with a prior towards none. Floor 1; numpy, scipy.

logit p' = shift + scale · logit p, by the greatest posterior: the shift and the logarithm of the scale are normal about
0, each with standard deviation ½ (a logistic recalibration, Cox 1958, doi:10.1093/biomet/45.3-4.562).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PRIOR = 0.5
"""Standard deviation of the shift, and of the logarithm of the scale, before anything is seen."""
_EDGE = 1e-4


@dataclass(frozen=True)
class Recalibration:
    """What becomes of a probability."""

    shift: float
    scale: float

    def of(self, probability: float) -> float:
        """The recalibrated probability; 0 and 1 stay what they are."""
        if probability in (0, 1):
            return probability
        return 1 / (1 + math.exp(-(self.shift + self.scale * math.log(probability / (1 - probability)))))


def recalibration_of(probability: Array, came_true: Array, weight: Array) -> Recalibration:
    """The most likely shift and scale.

    Parameters
    ----------
    probability, came_true, weight : (n,) arrays
        What was said, what came (1 or 0), and how much each forecast counts; those of one question 1 together.
    """
    from scipy.optimize import minimize

    kept = np.clip(probability, _EDGE, 1 - _EDGE)
    odds = np.log(kept / (1 - kept))
    sign = 2 * came_true - 1

    def loss(x: Array) -> tuple[float, Array]:
        scale = math.exp(x[1])
        z = sign * (x[0] + scale * odds)
        value = float((weight * np.logaddexp(0.0, -z)).sum() + (x**2).sum() / (2 * PRIOR**2))
        slope = -weight * sign / (1 + np.exp(z))
        return value, np.array([slope.sum(), (slope * odds).sum() * scale]) + x / PRIOR**2

    found = minimize(loss, np.zeros(2), jac=True, method="BFGS", options={"gtol": 1e-9})
    return Recalibration(float(found.x[0]), float(math.exp(found.x[1])))
