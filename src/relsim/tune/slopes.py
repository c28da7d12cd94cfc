"""Which weights bear on a probability, and how much. Floor 5; numpy only.

A draw's weights come from standard normals z. The slope of the probability in the centre of weight i is
E ∂h/∂zᵢ, h the probability under one draw; for normal z that is the regression coefficient of h on z (Stein 1981,
doi:10.1214/aos/1176345632). Blocks of paths under many draws thus give all slopes at once. A slope that chance alone
might make is held to be zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

CHANCE = 0.05
"""Chance that any weight at all is taken for bearing on a target on which none does, before ``search`` looks closer."""
_ROUNDS = 12
_BLOCKS_PER_SLOPE = 8


@dataclass(frozen=True)
class Slopes:
    """A probability as a linear function of the draw.

    Attributes
    ----------
    probability : mean over the weights' distributions, freed of the share of sampling noise that the draws explain
    standard_error : of ``probability``
    slope : (W,) points of probability per standard deviation; exactly 0 where not seen
    """

    probability: float
    standard_error: float
    slope: Array

    @property
    def seen(self) -> NDArray[np.int64]:
        """Weights with a slope."""
        return np.flatnonzero(self.slope)


def seen_weights(means: Array, normals: Array) -> list[int]:
    """Weights whose normals (B, W) go with the blocks' means (B,) beyond chance, others taken into account."""
    blocks, weights = normals.shape
    if weights == 0 or np.ptp(means) == 0:
        return []
    critical = NormalDist().inv_cdf(1 - CHANCE / (2 * weights))
    chosen: list[int] = []
    for _ in range(_ROUNDS):
        t = np.abs(_t_values(means, normals, chosen))
        new = [int(i) for i in np.argsort(-t) if t[i] > critical and i not in chosen]
        room = blocks // _BLOCKS_PER_SLOPE - len(chosen)
        kept = _kept(means, normals, [*chosen, *new[: max(0, room)]], critical)
        if set(kept) == set(chosen):
            break
        chosen = kept
    return sorted(chosen)


def _t_values(means: Array, normals: Array, chosen: list[int]) -> Array:
    """(W,) t of each weight beside those chosen."""
    basis = np.linalg.qr(np.column_stack([np.ones(len(means)), normals[:, chosen]]))[0]
    y = means - basis @ (basis.T @ means)
    x = normals - basis @ (basis.T @ normals)
    length = np.sqrt((x**2).sum(axis=0))
    length[chosen] = np.inf
    r = x.T @ y / (length * np.sqrt((y**2).sum()) + 1e-300)
    return np.asarray(r * np.sqrt((len(means) - len(chosen) - 2) / np.maximum(1 - r**2, 1e-12)))


def _kept(means: Array, normals: Array, chosen: list[int], critical: float) -> list[int]:
    """The chosen whose own coefficient, beside the others, is beyond chance."""
    coefficients, errors, _ = _regression(means, normals[:, chosen])
    return [i for i, c, e in zip(chosen, coefficients[1:], errors[1:], strict=True) if abs(c) > critical * e]


def _regression(means: Array, x: Array) -> tuple[Array, Array, float]:
    """Least squares with an intercept: coefficients, their standard errors, residual variance."""
    design = np.column_stack([np.ones(len(means)), x])
    inverse = np.linalg.inv(design.T @ design)
    coefficients = inverse @ (design.T @ means)
    residual = means - design @ coefficients
    variance = float((residual**2).sum()) / max(1, len(means) - design.shape[1])
    return coefficients, np.sqrt(np.maximum(np.diag(inverse) * variance, 0)), variance


def slopes(means: Array, normals: Array, chosen: list[int]) -> Slopes:
    """Probability and slopes by least squares on the chosen weights; the normals have mean 0, which is known."""
    coefficients, errors, _ = _regression(means, normals[:, chosen])
    slope = np.zeros(normals.shape[1])
    slope[chosen] = coefficients[1:]
    return Slopes(float(coefficients[0]), float(errors[0]), slope)
