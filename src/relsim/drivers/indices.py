"""First-order indices from the draws that a run has. Floor 5; numpy.

The index of a weight is the share of the variance between draws that knowing this weight alone would remove,
S_i = Var E[p | w_i] / Var p, with p the conditional probability (or mean) under a draw. The draws are sorted by the
weight; the smooth part of what the target does along them, its first cosine harmonics, is E[p | w_i] (Plischke 2012,
doi:10.1016/j.envsoft.2012.03.004, the cosine form of EASI, 2010, doi:10.1016/j.ress.2009.11.005). Only ranks are
used, so that any distribution of a weight is right. Two corrections: M harmonics fit M degrees of chance (Tissot &
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
SHUFFLES = 1000
LEVEL = 0.05
"""Probability that any weight is told where none has a bearing."""
_FEW_VALUES = 10
"""Different values up to which a weight is taken value by value, not along its ranks."""


@dataclass(frozen=True)
class Along:
    """A weight over N draws, ready for regression.

    Attributes
    ----------
    order : (N,) draws by rising weight; rank : (N,) the inverse
    group : (N,) number of the value, for a weight of few values; else None
    basis : (N, d) functions of the weight, mean 0, mean square 1, orthogonal over the draws
    """

    order: NDArray[np.int64]
    rank: NDArray[np.int64]
    group: NDArray[np.int64] | None
    basis: Array


@dataclass(frozen=True)
class FirstOrder:
    """Indices of W weights on one target.

    Attributes
    ----------
    index, error : (W,) estimate and bootstrap standard error
    chance : (W,) probability that any weight without bearing shows as much
    told : (W,) whether that is less than 5 %
    smallest : index from which on a weight is told
    freed : (W, N) the target's means less what the other told weights do to them
    """

    index: Array
    error: Array
    chance: Array
    told: NDArray[np.bool_]
    smallest: float
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
        return Along(order, rank, None, cosines(n, harmonics(n))[rank])
    indicators = (group[:, None] == np.arange(len(different) - 1)).astype(float)
    q, _ = np.linalg.qr(np.column_stack([np.ones(n), indicators]))
    return Along(order, rank, group, q[:, 1:] * np.sqrt(n))


def first_order(
    weights: Sequence[Along], groups: NDArray[np.int64], target: Target, spread: Spread, seed: int
) -> FirstOrder:
    """Indices of every weight on one target, told from chance by shuffling the draws.

    Parameters
    ----------
    weights : over the target's draws
    groups : (W,) number of the group of correlated weights that each is in, -1 where in none
    seed : of shuffles and bootstrap
    """
    y = target.means - target.means.mean()
    chance, bar = _chance(weights, y, np.random.default_rng([seed, 1]))
    told = chance < LEVEL
    freed = _without_others(weights, groups, y, told)
    index = np.array([_index(w, z, spread.between) for w, z in zip(weights, freed)])
    error = _errors(weights, target, freed, np.random.default_rng([seed, 2]))
    return FirstOrder(index, error, chance, told, bar / spread.between, target.means.mean() + freed)


def _without_others(weights: Sequence[Along], groups: NDArray[np.int64], y: Array, told: NDArray[np.bool_]) -> Array:
    """For each weight the target less what the told weights that are independent of it do to it.

    That leaves E[p | w_i] as it is and takes away what drowns it.
    """
    fitted = np.zeros((len(weights), len(y)))
    if told.any():
        bases = [w.basis for w, is_told in zip(weights, told) if is_told]
        beta = np.linalg.lstsq(np.hstack(bases), y, rcond=None)[0]
        ends = np.cumsum([b.shape[1] for b in bases])
        for i, basis, end in zip(np.flatnonzero(told), bases, ends):
            fitted[i] = basis @ beta[end - basis.shape[1] : end]
    rest = y - fitted.sum(axis=0)
    kept = fitted.copy()
    for group in np.unique(groups[groups >= 0]):
        kept[groups == group] = fitted[groups == group].sum(axis=0)
    return np.asarray(rest + kept)


def _index(weight: Along, y: Array, between: float) -> float:
    raw = float(((weight.basis.T @ y / len(y)) ** 2).sum())
    return float(_unbiased(np.array([raw]), weight.basis.shape[1], float(y.var()), len(y))[0] / between)


def _explained(weights: Sequence[Along], y: Array) -> tuple[Array, NDArray[np.int64]]:
    """(W,) variance of the fitted part, and the degrees of freedom it took."""
    raw = np.array([float(((w.basis.T @ y / len(y)) ** 2).sum()) for w in weights])
    return raw, np.array([w.basis.shape[1] for w in weights])


def _unbiased(raw: Array, degrees: int, variance: float | Array, draws: int) -> Array:
    """The fitted variance less what ``degrees`` fit of chance."""
    lost = degrees / (draws - 1)
    return np.asarray((raw - lost * variance) / (1 - lost))


def _chance(weights: Sequence[Along], y: Array, rng: np.random.Generator) -> tuple[Array, float]:
    """(W,) probability that the greatest index of shuffled draws is as great, and the variance it takes to be told.

    In steps (Freedman & Lane 1983, doi:10.1080/07350015.1983.10509354): what is told is taken out of the target
    before the rest is judged, so that a strong weight does not hide a weaker one.
    """
    chance = np.ones(len(weights))
    told = np.zeros(len(weights), bool)
    if not len(weights):
        return chance, float("nan")
    residual, bar, before = y, float("nan"), float((y**2).mean())
    shuffled = rng.permuted(np.tile(np.arange(len(y)), (SHUFFLES, 1)), axis=1)
    while True:
        rest = np.flatnonzero(~told).tolist()
        raw, degrees = _explained([weights[i] for i in rest], residual)
        stacked = np.hstack([weights[i].basis for i in rest])
        fitted = (residual[shuffled] @ stacked / len(y)) ** 2
        starts = np.concatenate([[0], np.cumsum(degrees)[:-1]])
        # Weights of few values take fewer degrees; each is measured by what it explains beyond its own.
        excess = np.add.reduceat(fitted, starts, axis=1) - degrees / len(y) * before
        greatest = np.sort(excess.max(axis=1))
        bar = float(np.quantile(greatest, 1 - LEVEL))
        own = raw - degrees / len(y) * before
        chance[rest] = (1 + len(greatest) - np.searchsorted(greatest, own, side="left")) / (1 + len(greatest))
        new = [i for i in rest if chance[i] < LEVEL]
        told[new] = True
        if not new or told.all() or told.sum() * degrees.max() > len(y) / 3:
            return chance, bar
        design = np.column_stack([np.ones(len(y)), *(w.basis for w, is_told in zip(weights, told) if is_told)])
        residual = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
        before = float((residual**2).mean())


def _errors(weights: Sequence[Along], target: Target, freed: Array, rng: np.random.Generator) -> Array:
    """(W,) bootstrap standard errors: draws taken anew with replacement, ranked anew."""
    n = len(target.means)
    rows = rng.integers(0, n, (RESAMPLES, n))
    between = np.array(
        [variance_components(target.means[r], target.paths[r], float(target.within[r].sum()))[0] for r in rows]
    )
    between = np.maximum(between, 1e-3 * target.means.var())
    waves = cosines(n, harmonics(n))
    out = np.empty(len(weights))
    for i, (w, y) in enumerate(zip(weights, freed)):
        if w.group is None:
            raw = ((y[w.order][np.sort(w.rank[rows], axis=1)] @ waves / n) ** 2).sum(axis=1)
        else:
            raw = _between_groups(w.group[rows], y[rows])
        out[i] = (_unbiased(raw, w.basis.shape[1], y[rows].var(axis=1), n) / between).std(ddof=1)
    return out


def _between_groups(group: NDArray[np.int64], y: Array) -> Array:
    """(B,) variance between the groups' means in each resample (B, N)."""
    centred = y - y.mean(axis=1, keepdims=True)
    out = np.zeros(len(y))
    for g in range(int(group.max()) + 1):
        member = group == g
        size = member.sum(axis=1)
        total = (centred * member).sum(axis=1)
        out += np.divide(total**2, size, out=np.zeros(len(y)), where=size > 0)
    return np.asarray(out / y.shape[1])
