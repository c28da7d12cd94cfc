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

from relsim.drivers.targets import DriverTarget, Spread
from relsim.estimates import variance_components

Array = NDArray[np.float64]

RESAMPLES = 200
SHUFFLES = 2000
LEVEL = 0.05
"""Probability that any weight is called significant where none has a bearing."""
_ELEMENTS = 1 << 18
"""Numbers that are worked on together: as many as stay near the processor."""
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


@dataclass(frozen=True)
class Samples:
    """The draws as they are, or as the bootstrap takes them, with all that does not depend on a target.

    Attributes
    ----------
    counts : (R, N) how often each draw stands in each sample
    inverses : (W, R, 1 + d, 1 + d) of the moments of each weight's design
    """

    counts: Array
    inverses: Array

    @classmethod
    def of(cls, designs: Array, counts: Array) -> Samples:
        """Samples with these counts."""
        weights, n, p = designs.shape
        at_once = max(1, _ELEMENTS // (n * p * p))
        parts = [_inverses(designs[i : i + at_once], counts) for i in range(0, weights, at_once)]
        return cls(counts, np.concatenate(parts) if parts else np.empty((0, len(counts), p, p)))


@dataclass(frozen=True)
class Draw:
    """The weights over N draws, ready for any number of targets.

    Attributes
    ----------
    weights : each along the draws
    groups : (W,) number of the group of correlated weights that each is in, -1 where in none
    designs : (W, N, 1 + d) a constant and the basis, filled up with zeros where a weight has few values
    degrees : (W,) functions in each basis
    once, anew : the draws as they are, and bootstrap samples of them
    shuffled : (SHUFFLES, N) draws in any order
    """

    weights: Sequence[Along]
    groups: NDArray[np.int64]
    designs: Array
    degrees: NDArray[np.int64]
    once: Samples
    anew: Samples
    shuffled: NDArray[np.int64]

    @classmethod
    def of(cls, theta: Array, groups: NDArray[np.int64], seed: int) -> Draw:
        """Prepare weights (N, W)."""
        n = len(theta)
        weights = [along(column) for column in theta.T]
        degrees = np.array([w.basis.shape[1] for w in weights], np.int64)
        designs = np.zeros((len(weights), n, 1 + degrees.max(initial=0)))
        designs[:, :, 0] = 1
        for design, w in zip(designs, weights):
            design[:, 1 : 1 + w.basis.shape[1]] = w.basis
        rows = np.random.default_rng([seed, 2]).integers(0, n, (RESAMPLES, n))
        counts = np.array([np.bincount(r, minlength=n) for r in rows], float)
        shuffled = np.random.default_rng([seed, 1]).permuted(np.tile(np.arange(n), (SHUFFLES, 1)), axis=1)
        once, anew = Samples.of(designs, np.ones((1, n))), Samples.of(designs, counts)
        return cls(weights, groups, designs, degrees, once, anew, shuffled)


def first_order(draw: Draw, target: DriverTarget, spread: Spread) -> FirstOrder:
    """Indices of every weight on one target, their significance by shuffling the draws.

    Parameters
    ----------
    draw : the weights over the target's draws
    """
    y = target.means - target.means.mean()
    p_value, bar = _significance(draw, y)
    significant = p_value < LEVEL
    index, left = _indices(draw, draw.once, y, significant, np.array([spread.between]))
    error = _indices(draw, draw.anew, y, significant, _between(target, draw.anew))[0].std(axis=1, ddof=1)
    return FirstOrder(index[:, 0], error, p_value, significant, bar / spread.between, target.means.mean() + left)


def _significance(draw: Draw, y: Array) -> tuple[Array, float]:
    """(W,) probability that the greatest index of shuffled draws is as great, and the variance of a significant one.

    In steps (Freedman & Lane 1983, doi:10.1080/07350015.1983.10509354): what is significant is taken out of the target
    before the rest is judged, so that a strong weight does not hide a weaker one. Each step spends half of the level
    that is left, so that all steps together call a weight without bearing significant in one target of twenty.
    """
    n, degrees = len(y), draw.degrees
    p_value = np.ones(len(degrees))
    significant = np.zeros(len(degrees), bool)
    if not len(degrees):
        return p_value, float("nan")
    residual, bar, before, factor = y, float("nan"), float((y**2).mean()), 1.0
    while True:
        factor *= 2
        rest = np.flatnonzero(~significant)
        bases = np.ascontiguousarray(draw.designs[rest, :, 1:].transpose(1, 0, 2)).reshape(n, -1)
        # Weights of few values take fewer degrees; each is measured by what it explains beyond its own.
        beyond = degrees[rest] / n * before
        own = _explained(residual[None], bases, len(rest))[0] - beyond
        parts = np.array_split(draw.shuffled, max(1, draw.shuffled.shape[0] * bases.shape[1] // _ELEMENTS))
        greatest = np.sort(
            np.concatenate([(_explained(residual[part], bases, len(rest)) - beyond).max(axis=1) for part in parts])
        )
        bar = float(np.quantile(greatest, 1 - LEVEL / factor))
        as_great = (1 + len(greatest) - np.searchsorted(greatest, own, side="left")) / (1 + len(greatest))
        p_value[rest] = np.minimum(1.0, factor * as_great)
        new = rest[p_value[rest] < LEVEL]
        significant[new] = True
        if not new.size or significant.all() or significant.sum() * degrees.max() > n / 3:
            return p_value, bar
        design = np.column_stack([np.ones(n), *(w.basis for w, shown in zip(draw.weights, significant) if shown)])
        residual = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
        before = float((residual**2).mean())


def _explained(y: Array, bases: Array, weights: int) -> Array:
    """(S, W) variance that each of the ``bases`` (N, W d) fits of targets (S, N)."""
    fitted = (y @ bases / len(bases)).reshape(len(y), weights, -1)
    return np.asarray(np.einsum("swd,swd->sw", fitted, fitted))


def _unbiased(raw: Array, degrees: NDArray[np.int64], variance: Array, draws: int) -> Array:
    """The fitted variance less what ``degrees`` fit of chance."""
    lost = degrees / (draws - 1)
    return np.asarray((raw - lost * variance) / (1 - lost))


def _inverses(designs: Array, counts: Array) -> Array:
    """(W, R, p, p) inverses of the moments of ``designs`` (W, N, p) in each sample; a faint ridge for those of 0."""
    weights, n, p = designs.shape
    products = np.einsum("wnp,wnq->nwpq", designs, designs).reshape(n, -1)
    moments = (counts @ products).reshape(-1, weights, p, p) + 1e-9 * n * np.eye(p)
    return np.asarray(np.linalg.inv(moments).transpose(1, 0, 2, 3))


def _curve(inverses: Array, products: Array, n: int) -> tuple[Array, Array]:
    """Least squares from moments with the target (…, p): coefficients, and the variance (…) of the fitted curve."""
    beta = (inverses @ products[..., None])[..., 0]
    return beta, (beta * products).sum(axis=-1) / n - (products[..., 0] / n) ** 2


def _indices(
    draw: Draw, samples: Samples, y: Array, significant: NDArray[np.bool_], between: Array
) -> tuple[Array, Array]:
    """(W, R) indices in each sample, and (W, N) what each weight is left with in the first.

    A weight is left with the target less what the significant weights that are independent of it do to it. That leaves
    E[p | w_i] as it is and takes away what drowns it.
    """
    counts, designs, n = samples.counts, draw.designs, len(y)
    kept = _significant_parts(draw, samples, y, significant)
    rest = y - sum(kept.values(), np.zeros_like(counts))
    left = np.repeat(rest[:1], len(designs), axis=0)
    flat = np.ascontiguousarray(designs.transpose(1, 0, 2)).reshape(n, -1)
    products = ((counts * rest) @ flat).reshape(len(counts), len(designs), -1).transpose(1, 0, 2)
    variance = np.repeat(_variance(rest, counts)[None], len(designs), axis=0)
    for i in range(len(designs)):
        own = [part for j, part in kept.items() if j == i or draw.groups[j] == draw.groups[i] >= 0]
        if own:
            mine = rest + sum(own)
            left[i], variance[i] = mine[0], _variance(mine, counts)
            products[i] = (counts * mine) @ designs[i]
    _, raw = _curve(samples.inverses, products, n)
    return _unbiased(raw, draw.degrees[:, None], variance, n) / between, left


def _significant_parts(draw: Draw, samples: Samples, y: Array, significant: NDArray[np.bool_]) -> dict[int, Array]:
    """(R, N) curve of each significant weight, all fitted together, in each sample."""
    chosen = np.flatnonzero(significant).tolist()
    if not chosen:
        return {}
    bases = [draw.weights[i].basis for i in chosen]
    design = np.column_stack([np.ones(len(y)), *bases])
    beta, _ = _curve(_inverses(design[None], samples.counts)[0], (samples.counts * y) @ design, len(y))
    ends = 1 + np.cumsum([basis.shape[1] for basis in bases])
    return {i: beta[:, end - basis.shape[1] : end] @ basis.T for i, basis, end in zip(chosen, bases, ends)}


def _variance(y: Array, counts: Array) -> Array:
    mean = (counts * y).mean(axis=1)
    return np.asarray((counts * y**2).mean(axis=1) - mean**2)


def _between(target: DriverTarget, samples: Samples) -> Array:
    """(R,) variance between the draws of each sample, free of the noise of few paths."""
    found = []
    for counts in samples.counts.astype(int):
        rows = np.repeat(np.arange(len(counts)), counts)
        found.append(variance_components(target.means[rows], target.paths[rows], float(target.within[rows].sum()))[0])
    return np.asarray(np.maximum(found, 1e-3 * target.means.var()))
