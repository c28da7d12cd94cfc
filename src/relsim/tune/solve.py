"""The least change of weights that meets linear targets. Floor 5; numpy only.

Maximum a posteriori with the targets as soft data: min ½ δᵀR⁻¹δ + ½ Σ ((logit p + J(δ − δ₀) − aim)/σ)², R the
correlation of the weights' doubts. The solution lies in the span of the targets' slopes,
δ = R Jᵀ(J R Jᵀ + Σ)⁻¹ r with r = aim − logit p + J δ₀ (Tarantola 2005, doi:10.1137/1.9780898717921), so that the
system solved has the size of the targets, not of the weights. A bound enters only where it would be passed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_ROUNDS = 20


def least_change(
    jacobian: Array, correlation: Array, centre: Array, level: Array, aim: Array, sigma: Array, relations: Sequence[str]
) -> Array:
    """Moves (W,) of the weights in their standard deviations.

    Parameters
    ----------
    jacobian : (T, W) slopes of the log-odds
    correlation : (W, W) of the weights' doubts; rows of zeros for weights that may not move
    centre : (W,) moves at which ``jacobian`` and ``level`` were found
    level : (T,) log-odds there
    aim, sigma : (T,) log-odds aimed at, and their doubt
    relations : ``=``, ``<`` or ``>`` of each target
    """
    side = np.array([{"=": 0.0, "<": 1.0, ">": -1.0}[r] for r in relations])
    spread = correlation @ jacobian.T
    rest = aim - level + jacobian @ centre
    active = (side == 0) | (side * (level - aim) > 0)
    tried: set[bytes] = set()
    delta = np.zeros(len(centre))
    for _ in range(_ROUNDS):
        on = np.flatnonzero(active)
        inner: Array = jacobian[on] @ spread[:, on] + np.diag(sigma[on] ** 2)
        pull = np.asarray(np.linalg.solve(inner, rest[on]), np.float64)
        delta = spread[:, on] @ pull
        passed = (side == 0) | (side * (jacobian @ delta - rest) > 0)
        if np.array_equal(passed, active) or passed.tobytes() in tried:
            break
        tried.add(active.tobytes())
        active = passed
    return np.asarray(delta)


def length(delta: Array, correlation: Array) -> float:
    """How far a move is, √(δᵀR⁻¹δ), in standard deviations."""
    return math.sqrt(max(0.0, float(delta @ np.linalg.solve(correlation, delta))))


def needed(jacobian: Array, correlation: Array, level: Array, aim: Array) -> Array:
    """(T,) distance of the weights, in standard deviations, that each target alone would take; infinite without
    slopes."""
    reach = np.sqrt(np.einsum("tw,wv,tv->t", jacobian, correlation, jacobian))
    with np.errstate(divide="ignore"):
        return np.asarray(np.where(reach > 0, np.abs(aim - level) / reach, np.inf))
