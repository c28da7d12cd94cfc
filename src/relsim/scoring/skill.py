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
    """1 − score / reference with its 95 % interval, that of the mean difference in shares of the reference; None where
    nothing can be said.

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
    n = int(both.sum())
    gain = _gain(own, reference, both)
    if gain is None:
        return Skill(None, None, None, n)
    if n < 2 * block:
        return Skill(float(gain.sum()), None, None, n)
    low, high = np.quantile(_resampled(gain, both, picks), (0.025, 0.975))
    return Skill(float(gain.sum()), float(low), float(high), n)


def mean_skill(own: Array, reference: Array, picks: NDArray[np.int64], block: int) -> Skill:
    """Mean over targets of their skills; scores (targets, origins), all targets resampled together.

    Targets on which the reference scores 0 are left out; ``n`` counts the others.
    """
    both = np.isfinite(own) & np.isfinite(reference)
    gains = [(gain, b) for a, r, b in zip(own, reference, both, strict=True) if (gain := _gain(a, r, b)) is not None]
    if not gains:
        return Skill(None, None, None, 0)
    value = float(np.mean([gain.sum() for gain, _ in gains]))
    if both.any(axis=0).sum() < 2 * block:
        return Skill(value, None, None, len(gains))
    means = np.mean([_resampled(gain, b, picks) for gain, b in gains], axis=0)
    low, high = np.quantile(means, (0.025, 0.975))
    return Skill(value, float(low), float(high), len(gains))


def pooled_skill(own: Array, reference: Array, picks: NDArray[np.int64], block: int) -> Skill:
    """Skill of all questions of one kind together; scores (targets, origins) on one scale, such as Brier scores.

    ``n`` counts the targets that both have scores of.
    """
    both = np.isfinite(own) & np.isfinite(reference)
    mine, its = np.where(both, own, 0.0), np.where(both, reference, 0.0)
    n = int(both.any(axis=1).sum())
    total = float(its.sum())
    if total <= 0:
        return Skill(None, None, None, n)
    gain, number = (its - mine).sum(axis=0) / total, both.sum(axis=0)
    if (number > 0).sum() < 2 * block:
        return Skill(float(gain.sum()), None, None, n)
    again = gain[picks].sum(axis=1) * number.sum() / np.maximum(number[picks].sum(axis=1), 1)
    low, high = np.quantile(again, (0.025, 0.975))
    return Skill(float(gain.sum()), float(low), float(high), n)


def _gain(own: Array, reference: Array, both: NDArray[np.bool_]) -> Array | None:
    """(origins,) what each origin adds to the skill; None where the reference scores 0."""
    total = float(reference[both].sum())
    if total <= 0:
        return None
    return np.asarray(np.where(both, reference - own, 0.0) / total)


def _resampled(gain: Array, both: NDArray[np.bool_], picks: NDArray[np.int64]) -> Array:
    """(RESAMPLES,) skills of resampled origins, each with as many scores as there are.

    The difference of the scores is resampled, the reference's mean held: a rare event that no resampled origin has
    would else divide by nothing.
    """
    number = np.maximum(both[picks].sum(axis=1), 1)
    return np.asarray(gain[picks].sum(axis=1) * both.sum() / number)
