"""First-order indices from the draws that a run has. Floor 5; numpy.

The index of a weight is the share of the variance between draws that knowing this weight alone would remove,
S_i = Var E[p | w_i] / Var p, with p the conditional probability (or mean) under a draw. E[p | w_i] is fitted to the
draws as a smooth curve: a straight line in the weight and the first cosines along its ranks (Plischke 2012,
doi:10.1016/j.envsoft.2012.03.004, the cosine form of EASI, 2010, doi:10.1016/j.ress.2009.11.005), so that any
distribution of a weight is right. Two corrections: a curve of d degrees of freedom fits d degrees of chance (Tissot &
Prieur 2012, doi:10.1016/j.ress.2012.06.010), and the variance below the line is freed of the noise of few paths.
What other weights surely do is taken out before a weight is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.drivers.targets import Spread, Target
from relsim.estimates import variance_components

Array = NDArray[np.float64]

RESAMPLES = 200
SHUFFLES = 2000
LEVEL = 0.05
"""Probability that any weight is called significant where none has a bearing."""
_FEW_VALUES = 10
"""Different values up to which a weight is taken value by value, not along its ranks."""


@dataclass(frozen=True)
class Along:
    """A weight over N draws, ready for regression.

    Attributes
    ----------
    order : (N,) draws by rising weight; rank : (N,) the inverse
    basis : (N, d) functions of the weight, mean 0, mean square 1, orthogonal over the draws
    """

    order: NDArray[np.int64]
    rank: NDArray[np.int64]
    basis: Array


@dataclass(frozen=True)
class FirstOrder:
    """Indices of W weights on one target.

    Attributes
    ----------
    index, error : (W,) estimate and bootstrap standard error
    p_value : (W,) probability that any weight without bearing shows as much
    significant : (W,) whether that is less than 5 %
    detection_limit : index from which on a weight is significant
    freed : (W, N) the target's means less what the other significant weights do to them
    """

    index: Array
    error: Array
    p_value: Array
    significant: NDArray[np.bool_]
    detection_limit: float
    freed: Array


def harmonics(draws: int) -> int:
    """Cosines fitted: enough for a hump or a full wave, more where many draws can bear them."""
    return int(min(10, max(3, round(draws**0.25))))


def cosines(draws: int, number: int) -> Array:
    """(draws, number) cosine harmonics over ranks, mean square 1."""
    middle = (np.arange(draws) + 0.5) / draws
    return np.asarray(np.sqrt(2.0) * np.cos(np.pi * np.outer(middle, np.arange(1, number + 1))))


def along(values: Array) -> Along:
    """Ranks and basis of one weight's values (N,)."""
    n = len(values)
    order = np.argsort(values, kind="stable")
    rank = np.empty(n, np.int64)
    rank[order] = np.arange(n)
    different, group = np.unique(values, return_inverse=True)
    if len(different) > _FEW_VALUES:
        scaled = (values - values.mean()) / values.std()
        functions = np.column_stack([scaled, cosines(n, harmonics(n))[rank]])
    else:
        functions = (group[:, None] == np.arange(len(different) - 1)).astype(float)
    q, _ = np.linalg.qr(np.column_stack([np.ones(n), functions]))
    return Along(order, rank, q[:, 1:] * np.sqrt(n))


def first_order(draw: Draw, target: Target, spread: Spread, seed: int) -> FirstOrder:
    """Indices of every weight on one target, their significance by shuffling the draws.

    Parameters
    ----------
    draw : the weights over the target's draws
    seed : of the shuffles
    """
    y = target.means - target.means.mean()
    p_value, bar = _significance(draw.weights, y, np.random.default_rng([seed, 1]))
    significant = p_value < LEVEL
    index, left = _indices(draw, draw.once, y, significant, np.array([spread.between]))
    error = _indices(draw, draw.anew, y, significant, _between(target, draw.anew))[0].std(axis=1, ddof=1)
    return FirstOrder(index[:, 0], error, p_value, significant, bar / spread.between, target.means.mean() + left)


def _explained(weights: Sequence[Along], y: Array) -> tuple[Array, NDArray[np.int64]]:
    """(W,) variance of the fitted part, and the degrees of freedom it took."""
    raw = np.array([float(((w.basis.T @ y / len(y)) ** 2).sum()) for w in weights])
    return raw, np.array([w.basis.shape[1] for w in weights])


def _unbiased(raw: Array, degrees: int, variance: float | Array, draws: int) -> Array:
    """The fitted variance less what ``degrees`` fit of chance."""
    lost = degrees / (draws - 1)
    return np.asarray((raw - lost * variance) / (1 - lost))


def _significance(weights: Sequence[Along], y: Array, rng: np.random.Generator) -> tuple[Array, float]:
    """(W,) probability that the greatest index of shuffled draws is as great, and the variance of a significant one.

    In steps (Freedman & Lane 1983, doi:10.1080/07350015.1983.10509354): what is significant is taken out of the target
    before the rest is judged, so that a strong weight does not hide a weaker one. Each step spends half of the level
    that is left, so that all steps together call a weight without bearing significant in one target of twenty.
    """
    p_value = np.ones(len(weights))
    significant = np.zeros(len(weights), bool)
    if not len(weights):
        return p_value, float("nan")
    residual, bar, before, factor = y, float("nan"), float((y**2).mean()), 1.0
    shuffled = rng.permuted(np.tile(np.arange(len(y)), (SHUFFLES, 1)), axis=1)
    while True:
        factor *= 2
        rest = np.flatnonzero(~significant).tolist()
        raw, degrees = _explained([weights[i] for i in rest], residual)
        stacked = np.hstack([weights[i].basis for i in rest])
        fitted = (residual[shuffled] @ stacked / len(y)) ** 2
        starts = np.concatenate([[0], np.cumsum(degrees)[:-1]])
        # Weights of few values take fewer degrees; each is measured by what it explains beyond its own.
        excess = np.add.reduceat(fitted, starts, axis=1) - degrees / len(y) * before
        greatest = np.sort(excess.max(axis=1))
        bar = float(np.quantile(greatest, 1 - LEVEL / factor))
        own = raw - degrees / len(y) * before
        as_great = (1 + len(greatest) - np.searchsorted(greatest, own, side="left")) / (1 + len(greatest))
        p_value[rest] = np.minimum(1.0, factor * as_great)
        new = [i for i in rest if p_value[i] < LEVEL]
        significant[new] = True
        if not new or significant.all() or significant.sum() * degrees.max() > len(y) / 3:
            return p_value, bar
        design = np.column_stack([np.ones(len(y)), *(w.basis for w, shown in zip(weights, significant) if shown)])
        residual = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
        before = float((residual**2).mean())


def _fitted(design: Array, inverse: Array, y: Array, counts: Array) -> tuple[Array, Array]:
    """Least squares of ``y`` (R, N) in each sample: coefficients (R, p), and the variance (R,) of the fitted curve."""
    products = (counts * y) @ design
    beta = np.einsum("rpq,rq->rp", inverse, products)
    mean = products[:, 0] / len(design)
    return beta, np.einsum("rp,rp->r", beta, products) / len(design) - mean**2


def _inverse(design: Array, counts: Array) -> Array:
    """(R, p, p) inverses of the moments of ``design`` (N, p) in each sample; a faint ridge where they have none."""
    n, p = design.shape
    products = (design[:, :, None] * design[:, None, :]).reshape(n, p * p)
    return np.asarray(np.linalg.inv((counts @ products).reshape(-1, p, p) + 1e-9 * n * np.eye(p)))


def _designs(weights: Sequence[Along]) -> list[Array]:
    return [np.column_stack([np.ones(len(w.rank)), w.basis]) for w in weights]


@dataclass(frozen=True)
class Samples:
    """The draws as they are, or as the bootstrap takes them, with all that does not depend on a target.

    Attributes
    ----------
    counts : (R, N) how often each draw stands in each sample
    designs : (N, 1 + d) of each weight; inverses : (R, 1 + d, 1 + d)
    """

    counts: Array
    designs: Sequence[Array]
    inverses: Sequence[Array]

    @classmethod
    def of(cls, weights: Sequence[Along], counts: Array) -> Samples:
        """Samples with these counts."""
        designs = _designs(weights)
        return cls(counts, designs, [_inverse(design, counts) for design in designs])


@dataclass(frozen=True)
class Draw:
    """The weights over N draws, ready for any number of targets.

    Attributes
    ----------
    weights : each along the draws
    groups : (W,) number of the group of correlated weights that each is in, -1 where in none
    once, anew : the draws as they are, and bootstrap samples of them
    """

    weights: Sequence[Along]
    groups: NDArray[np.int64]
    once: Samples
    anew: Samples

    @classmethod
    def of(cls, theta: Array, groups: NDArray[np.int64], seed: int) -> Draw:
        """Prepare weights (N, W)."""
        n = len(theta)
        weights = [along(column) for column in theta.T]
        rows = np.random.default_rng([seed, 2]).integers(0, n, (RESAMPLES, n))
        counts = np.array([np.bincount(r, minlength=n) for r in rows], float)
        return cls(weights, groups, Samples.of(weights, np.ones((1, n))), Samples.of(weights, counts))


def _indices(
    draw: Draw, samples: Samples, y: Array, significant: NDArray[np.bool_], between: Array
) -> tuple[Array, Array]:
    """(W, R) indices in each sample, and (W, N) what each weight is left with in the first.

    A weight is left with the target less what the significant weights that are independent of it do to it. That leaves
    E[p | w_i] as it is and takes away what drowns it.
    """
    counts, n = samples.counts, len(y)
    kept = _significant_parts(draw, samples, y, significant)
    rest = y - sum(kept.values(), np.zeros_like(counts))
    out, first = np.empty((len(draw.weights), len(counts))), np.empty((len(draw.weights), n))
    rest_variance = _variance(rest, counts)
    for i, (design, inverse) in enumerate(zip(samples.designs, samples.inverses)):
        own = [part for j, part in kept.items() if j == i or draw.groups[j] == draw.groups[i] >= 0]
        left = rest + sum(own) if own else rest
        variance = _variance(left, counts) if own else rest_variance
        _, raw = _fitted(design, inverse, left, counts)
        out[i] = _unbiased(raw, design.shape[1] - 1, variance, n) / between
        first[i] = left[0]
    return out, first


def _significant_parts(draw: Draw, samples: Samples, y: Array, significant: NDArray[np.bool_]) -> dict[int, Array]:
    """(R, N) curve of each significant weight, all fitted together, in each sample."""
    chosen = np.flatnonzero(significant).tolist()
    if not chosen:
        return {}
    bases = [draw.weights[i].basis for i in chosen]
    design = np.column_stack([np.ones(len(y)), *bases])
    counts = samples.counts
    beta, _ = _fitted(design, _inverse(design, counts), np.broadcast_to(y, counts.shape), counts)
    ends = 1 + np.cumsum([basis.shape[1] for basis in bases])
    return {i: beta[:, end - basis.shape[1] : end] @ basis.T for i, basis, end in zip(chosen, bases, ends)}


def _variance(y: Array, counts: Array) -> Array:
    mean = (counts * y).mean(axis=1)
    return np.asarray((counts * y**2).mean(axis=1) - mean**2)


def _between(target: Target, samples: Samples) -> Array:
    """(R,) variance between the draws of each sample, free of the noise of few paths."""
    found = []
    for counts in samples.counts.astype(int):
        rows = np.repeat(np.arange(len(counts)), counts)
        found.append(variance_components(target.means[rows], target.paths[rows], float(target.within[rows].sum()))[0])
    return np.asarray(np.maximum(found, 1e-3 * target.means.var()))
