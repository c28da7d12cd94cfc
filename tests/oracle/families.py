"""Distributions of uncertain numbers, by scipy: inverse CDF and survival, truncated to a domain."""

from __future__ import annotations

import numpy as np
from scipy import special, stats

from relsim.quantity import Kind

DOMAIN = {
    Kind.RATE: (0.0, np.inf),
    Kind.DURATION: (0.0, np.inf),
    Kind.PROBABILITY: (0.0, 1.0),
    Kind.POSITIVE: (0.0, np.inf),
    Kind.NONNEGATIVE: (0.0, np.inf),
    Kind.REAL: (-np.inf, np.inf),
}


def inverse(quantity, u, low=-np.inf, high=np.inf) -> np.ndarray:
    """The value at uniforms u of the family truncated to [low, high] and the kind's domain; shape of u."""
    u = np.asarray(u, dtype=float)
    if quantity.certain:
        return np.full(u.shape, quantity.central())
    least, greatest = DOMAIN[quantity.kind]
    low, high = max(low, least), min(high, greatest)
    p = quantity.parameters
    if quantity.family == "choice":
        return choice(p, u, low, high)
    if quantity.family == "logit_normal":
        inner = stats.norm(special.logit(p[0]), p[1])
        a, b = (inner.cdf(special.logit(min(max(v, 0.0), 1.0))) for v in (low, high))
        return special.expit(inner.ppf(a + u * (b - a)))
    inner = frozen(quantity)
    a, b = inner.cdf(low), inner.cdf(high)
    return inner.ppf(a + u * (b - a))


def survival(quantity, x: float) -> float:
    """P(X > x) of the family truncated to the kind's domain."""
    if quantity.certain:
        return float(quantity.central() > x)
    low, high = DOMAIN[quantity.kind]
    p = quantity.parameters
    if quantity.family == "choice":
        values, weights = np.array(p[0::2]), np.array(p[1::2])
        return float(weights[values > x].sum() / weights.sum())
    inner = frozen(quantity)
    return float((inner.cdf(high) - inner.cdf(max(x, low))) / (inner.cdf(high) - inner.cdf(low)))


def frozen(quantity):
    p = quantity.parameters
    match quantity.family:
        case "normal":
            return stats.norm(p[0], p[1])
        case "lognormal":
            return stats.lognorm(p[1], scale=p[0])
        case "beta":
            return stats.beta(p[0], p[1], scale=p[2])
        case "uniform":
            return stats.uniform(p[0], p[1] - p[0])
        case "triangular":
            low, mode, high = p
            return stats.triang((mode - low) / (high - low), loc=low, scale=high - low)
    raise NotImplementedError(quantity.family)


def choice(parameters, u: np.ndarray, low: float, high: float) -> np.ndarray:
    """Values in rising order, each with its share of the weight inside."""
    pairs = sorted(zip(parameters[0::2], parameters[1::2], strict=True))
    pairs = [(v, w) for v, w in pairs if low <= v <= high]
    values = np.array([v for v, _ in pairs])
    shares = np.cumsum([w for _, w in pairs])
    return values[np.minimum(np.searchsorted(shares / shares[-1], u, side="left"), len(values) - 1)]
