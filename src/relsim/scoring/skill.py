"""Skill: how much smaller a score is than a reference's on the same questions. Floor 1.

Intervals come from a paired bootstrap of blocks of origins, whose horizons overlap (moving blocks on a circle: Politis
& Romano 1992, in: Exploring the Limits of Bootstrap).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RESAMPLES = 2000


@dataclass(frozen=True)
class Skill:
    """1 − score / reference with its 95 % interval; None where nothing can be said.

    ``value`` is None where the reference scores 0, ``low`` and ``high`` with fewer than two blocks of origins.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int


def block_picks(origins: int, block: int, seed: int = 1) -> NDArray[np.int64]:
    """(RESAMPLES, origins) origins drawn in blocks of ``block`` neighbours, the last followed by the first."""
    rng = np.random.default_rng(seed)
    blocks = -(-origins // block)
    begins = rng.integers(origins, size=(RESAMPLES, blocks))
    picks = (begins[:, :, None] + np.arange(block)) % origins
    return np.asarray(picks.reshape(RESAMPLES, -1)[:, :origins])


def skill(own: Array, reference: Array, picks: NDArray[np.int64], block: int) -> Skill:
    """Skill of scores (origins,) over a reference's, on the origins where both have one (the others NaN)."""
    both = np.isfinite(own) & np.isfinite(reference)
    mine, its = np.where(both, own, 0.0), np.where(both, reference, 0.0)
    n = int(both.sum())
    value = _ratio(mine.sum(), its.sum())
    if value is None or n < 2 * block:
        return Skill(value, None, None, n)
    low, high = _ends(_ratios(mine, its, picks))
    return Skill(value, low, high, n)


def mean_skill(own: Array, reference: Array, picks: NDArray[np.int64], block: int) -> Skill:
    """Mean over targets of their skills; scores (targets, origins), all targets resampled together.

    Targets on which the reference scores 0 are left out; ``n`` counts the others.
    """
    both = np.isfinite(own) & np.isfinite(reference)
    mine, its = np.where(both, own, 0.0), np.where(both, reference, 0.0)
    used = its.sum(axis=1) > 0
    mine, its = mine[used], its[used]
    if not used.any():
        return Skill(None, None, None, 0)
    value = float(np.mean(1 - mine.sum(axis=1) / its.sum(axis=1)))
    if both.any(axis=0).sum() < 2 * block:
        return Skill(value, None, None, int(used.sum()))
    each = np.array([_ratios(a, b, picks) for a, b in zip(mine, its, strict=True)])
    known = np.isfinite(each)
    means = np.where(known, each, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    low, high = _ends(means[known.any(axis=0)])
    return Skill(value, low, high, int(used.sum()))


def _ratio(own: float, reference: float) -> float | None:
    return 1 - float(own) / float(reference) if reference > 0 else None


def _ratios(own: Array, reference: Array, picks: NDArray[np.int64]) -> Array:
    """(RESAMPLES,) skills of resampled origins; NaN where the reference scores 0 on all of them."""
    below = reference[picks].sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, 1 - own[picks].sum(axis=1) / below, np.nan)


def _ends(values: Array) -> tuple[float | None, float | None]:
    kept = values[np.isfinite(values)]
    if kept.size < 0.9 * RESAMPLES:
        return None, None
    low, high = np.quantile(kept, (0.025, 0.975))
    return float(low), float(high)
