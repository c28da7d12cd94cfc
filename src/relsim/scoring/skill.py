"""Skill: how much smaller a score is than a reference's on the same questions. Floor 1.

The interval is that of the mean difference of the scores, origin by origin, in shares of the reference's mean score.
The reference is held: a rare event that some origins have and others do not would else divide by next to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.scoring.dependence import mean_interval

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Skill:
    """1 − score / reference with its 95 % interval; None where nothing can be said.

    ``value`` is None where the reference scores 0, ``low`` and ``high`` where there are too few origins. ``n`` counts
    origins for one target, targets for several.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int


def skill(own: Array, reference: Array) -> Skill:
    """Skill of scores (origins,) over a reference's, on the origins where both have one (the others NaN)."""
    both = np.isfinite(own) & np.isfinite(reference)
    return _skill(_gains(own, reference, both), int(both.sum()))


def mean_skill(own: Array, reference: Array) -> Skill:
    """Mean over targets of their skills; scores (targets, origins).

    Targets on which the reference scores 0 are left out; ``n`` counts the others.
    """
    both = np.isfinite(own) & np.isfinite(reference)
    gains = [gain for a, r, b in zip(own, reference, both, strict=True) if (gain := _gains(a, r, b)) is not None]
    if not gains:
        return Skill(None, None, None, 0)
    # An origin at which a target has no score says nothing of it.
    together = np.array(gains)
    known = np.isfinite(together).any(axis=0)
    return _skill(np.where(known, np.nanmean(np.where(known, together, 0.0), axis=0), np.nan), len(gains))


def pooled_skill(own: Array, reference: Array) -> Skill:
    """Skill of all questions of one kind together; scores (targets, origins) on one scale, such as Brier scores.

    ``n`` counts the targets that both have scores of.
    """
    both = np.isfinite(own) & np.isfinite(reference)
    known = np.asarray(both.any(axis=0))
    mine = np.where(known, np.where(both, own, 0.0).sum(axis=0), np.nan)
    its = np.where(known, np.where(both, reference, 0.0).sum(axis=0), np.nan)
    return _skill(_gains(mine, its, known), int(both.any(axis=1).sum()))


def _gains(own: Array, reference: Array, both: NDArray[np.bool_]) -> Array | None:
    """(origins,) differences in shares of the reference's mean; NaN without both, None where the reference scores 0."""
    if not both.any() or reference[both].mean() <= 0:
        return None
    return np.asarray(np.where(both, (reference - own) / reference[both].mean(), np.nan))


def _skill(gains: Array | None, n: int) -> Skill:
    if gains is None:
        return Skill(None, None, None, n)
    known = gains[np.isfinite(gains)]
    ends = mean_interval(known)
    if ends is None:
        return Skill(float(known.mean()), None, None, n)
    # No score is below 0, so that no skill is above 1.
    return Skill(float(known.mean()), ends[0], min(ends[1], 1.0), n)
