"""A number moved by so many of its own standard deviations, its doubt kept. Floor 1."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import NormalDist

from relsim.quantity.family import Quantity

_GRID = 4_000
_STANDARD = NormalDist()


def moved(quantity: Quantity, by: float) -> Quantity:
    """The number of the same family whose standard normal is centred on ``by`` instead of 0.

    A value is its inverse distribution function at Φ(z), z standard normal; here z has mean ``by``. For a normal
    the mean moves by that many standard deviations, for a lognormal the logarithm of the median, for a logit-normal
    its log-odds; the weights of a choice change so that the same z picks among the same values; a beta gets the mean
    and standard deviation of its moved self. A uniform or triangular one moves as a whole by that many of its
    standard deviations, bounds included. ``text``, ``source`` and ``note`` are the caller's to change.
    """
    p = quantity.parameters
    if by == 0 or quantity.certain:
        return quantity
    match quantity.family:
        case "normal":
            parameters: tuple[float, ...] = (p[0] + by * p[1], p[1])
        case "lognormal":
            parameters = (p[0] * math.exp(by * p[1]), p[1])
        case "logit_normal":
            odds = p[0] / (1 - p[0]) * math.exp(by * p[1])
            parameters = (odds / (1 + odds), p[1])
        case "choice":
            parameters = _reweighted(p, by)
        case "beta":
            parameters = _beta(quantity, by)
        case _:
            parameters = tuple(v + by * _deviation(quantity) for v in p)
    return replace(quantity, parameters=parameters)


def _deviation(quantity: Quantity) -> float:
    """Standard deviation of a uniform or triangular family."""
    p = quantity.parameters
    if quantity.family == "uniform":
        return (p[1] - p[0]) / math.sqrt(12)
    low, mode, high = p
    return math.sqrt((low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18)


def _reweighted(p: tuple[float, ...], by: float) -> tuple[float, ...]:
    """Values that keep their places on the line of z, picked by a z with mean ``by``."""
    values, weights = p[::2], p[1::2]
    below, total, out = 0.0, sum(weights), []
    reached = 0.0
    for value, weight in zip(values, weights, strict=True):
        reached += weight / total
        upto = _STANDARD.cdf(_STANDARD.inv_cdf(reached) - by) if reached < 1 - 1e-12 else 1.0
        out += [value, max(upto - below, 1e-12)]
        below = upto
    share = sum(out[1::2])
    return tuple(x / share if i % 2 else x for i, x in enumerate(out))


def _beta(quantity: Quantity, by: float) -> tuple[float, ...]:
    """The beta with the mean and the variance of the moved family."""
    import numpy as np
    from scipy.special import betaincinv, ndtr, ndtri

    alpha, beta, scale = quantity.parameters
    x = betaincinv(alpha, beta, ndtr(ndtri((np.arange(_GRID) + 0.5) / _GRID) + by))
    mean, variance = float(x.mean()), float(x.var())
    both = mean * (1 - mean) / variance - 1
    return mean * both, (1 - mean) * both, scale
