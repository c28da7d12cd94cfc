"""The posterior as numbers of the file. Floor 4; imports ``posterior``, ``noise``, ``quantity``.

Each fitted weight becomes lognormal where it must be positive, logit-normal where it is a probability, else normal,
with the posterior's 5th and 95th percentile; the correlations are those of the scores.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from relsim.fit.noise import NoiseFactor, rate_corrections
from relsim.fit.normal_scores import Array, NormalScores
from relsim.fit.posterior import Posterior, weighted_quantiles
from relsim.model.weights import effect_bounds
from relsim.quantity import Kind, Quantity

_Z95 = 1.6448536269514722
LEAST_CORRELATION = 0.05
"""Correlations nearer to 0 are not written."""
MOST_FAILING = 0.005
"""Share of draws of what is written that may be unstable; a run gives up at 1 %."""
_JUDGED, _ROUNDS, _NARROWER = 8192, 40, 0.97


@dataclass(frozen=True)
class Written:
    """What goes into the weights file.

    Attributes
    ----------
    numbers : by path
    correlations : by pair of paths
    narrowed : factor on the scores' spread, below 1 where draws of the posterior's normal summary were unstable models
    """

    numbers: dict[str, Quantity]
    correlations: dict[tuple[str, str], float]
    narrowed: float

    def only(self, paths: Collection[str]) -> Written:
        """Without the other numbers."""
        return replace(
            self,
            numbers={path: q for path, q in self.numbers.items() if path in paths},
            correlations={pair: r for pair, r in self.correlations.items() if set(pair) <= set(paths)},
        )


def written_posterior(posterior: Posterior, factor: NoiseFactor, source: str) -> Written:
    """Numbers and correlations of a weights file.

    Parameters
    ----------
    factor : of unseen noise; rates are divided by it
    source : what stands as every number's source
    """
    scores = posterior.scores
    weights = [scores.model.weights[i] for i in scores.free]
    values = posterior.theta()[:, scores.free]
    divide = rate_corrections(scores.model, factor)
    values = values / np.array([divide.get(int(i), 1.0) for i in scores.free])
    kinds = [w.quantity.kind for w in weights]
    moved = np.column_stack([_moved(kind, column) for kind, column in zip(kinds, values.T, strict=True)])
    low, high = weighted_quantiles(moved, posterior.weight, (0.05, 0.95)).T
    centre, spread = (low + high) / 2, np.maximum((high - low) / (2 * _Z95), 1e-9)
    correlation, pairs = _kept(posterior.correlation)
    narrowed = _narrowed(posterior, kinds, centre, spread, correlation, divide)
    paths = scores.paths
    return Written(
        {
            w.path: _quantity(w.quantity, float(m), float(s) * narrowed, source)
            for w, m, s in zip(weights, centre, spread, strict=True)
        },
        {(paths[a], paths[b]): round(float(correlation[a, b]), 3) for a, b in pairs},
        narrowed,
    )


def interval(quantity: Quantity) -> tuple[float, float]:
    """5th and 95th percentile of a number."""
    low, high = quantity.ppf(np.array([0.05, 0.95])).tolist()
    return low, high


def _moved(kind: Kind, values: Array) -> Array:
    """Values on the scale on which they are taken as normal."""
    if kind is Kind.PROBABILITY:
        return np.log(values) - np.log1p(-values)
    return np.log(np.maximum(values, 1e-300)) if kind.positive else values


def _back(kind: Kind, values: Array) -> Array:
    if kind is Kind.PROBABILITY:
        return np.asarray(1 / (1 + np.exp(-values)))
    return np.exp(values) if kind.positive else values


def _quantity(prior: Quantity, centre: float, spread: float, source: str) -> Quantity:
    """A number of the prior's kind and unit with its doubt on the moved scale."""
    if prior.kind is Kind.PROBABILITY:
        family, middle = "logit_normal", 1 / (1 + math.exp(-centre))
    elif prior.kind.positive:
        family, middle = "lognormal", math.exp(centre)
    else:
        family, middle = "normal", centre
    return replace(prior, family=family, parameters=(middle, spread), text="", source=source, note=None)


def _kept(correlation: Array) -> tuple[Array, list[tuple[int, int]]]:
    """The correlation without what is next to nothing, still positive definite, and its pairs."""
    out = np.where(np.abs(correlation) >= LEAST_CORRELATION, correlation, 0.0)
    np.fill_diagonal(out, 0.0)
    out = np.clip(np.round((out + out.T) / 2, 3), -0.999, 0.999)
    while np.linalg.eigvalsh(out)[0] < -0.999:
        out = np.round(0.99 * out, 3)
    np.fill_diagonal(out, 1.0)
    first, second = np.nonzero(np.triu(out, 1))
    return out, list(zip(first.tolist(), second.tolist(), strict=True))


def _narrowed(
    posterior: Posterior, kinds: list[Kind], centre: Array, spread: Array, correlation: Array, divide: dict[int, float]
) -> float:
    """The largest factor on the spread under which hardly any draw is an unstable model."""
    scores = posterior.scores
    normals = np.random.default_rng(1).standard_normal((_JUDGED, centre.size)) @ np.linalg.cholesky(correlation).T
    theta = np.repeat(scores.model.medians, _JUDGED, axis=0)
    narrowed = 1.0
    for _ in range(_ROUNDS):
        drawn = centre + narrowed * spread * normals
        for p, (i, kind) in enumerate(zip(scores.free, kinds, strict=True)):
            theta[:, i] = _back(kind, drawn[:, p])
        _truncate(scores, theta)
        if scores.model.failing(theta).mean() <= MOST_FAILING:
            break
        narrowed *= _NARROWER
    return narrowed


def _truncate(scores: NormalScores, theta: Array) -> None:
    """Hold effects (draws, W) within their reach, as the families of the file are truncated."""
    n = scores.model.numbers
    baseline = n.baseline.of(theta)
    for i, weight in enumerate(n.weights):
        if weight.reach:
            theta[:, i] = np.clip(theta[:, i], *effect_bounds(weight, baseline, n.low, n.high))
