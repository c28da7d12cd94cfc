"""Scores of questions that resolved: yes or no, by when, how many. Floor 1.

All are proper and smaller is better (Gneiting & Raftery 2007, doi:10.1198/016214506000001437).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.scoring.count_scores import crps

Array = NDArray[np.float64]

RESAMPLES = 4000
"""Resamples behind an interval: its ends are then sure to about a fiftieth of its width."""


def brier(probability: float, came_true: bool) -> float:
    """(p − y)², y 1 or 0 (Brier 1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2)."""
    return (probability - came_true) ** 2


def log_score(probability: float, came_true: bool, paths: int) -> float:
    """−ln of the probability given to what came.

    A share of 0 of n paths is no claim of impossibility, so that half a path is added on either side,
    (n p + ½)/(n + 1) (Krichevsky & Trofimov 1981, doi:10.1109/TIT.1981.1056331).
    """
    smoothed = (paths * probability + 0.5) / (paths + 1)
    return -math.log(smoothed if came_true else 1 - smoothed)


def date_score(cumulative: Sequence[float], day: int | None) -> float:
    """CRPS, in days, of the date on which something came true, "not in the window" counting as the day after it.

    ∫ (F(t) − 1{t ≥ day})² dt over the window: the Brier scores of "by this day?" added up over its days.

    Parameters
    ----------
    cumulative : (T,) probability that it is certain by the end of each day
    day : day of the window on which it came true, from 1; None where it did not
    """
    course = np.asarray(cumulative, float)
    came = np.arange(1, len(course) + 1) >= (len(course) + 1 if day is None else day)
    return float(((course - came) ** 2).sum())


def number_score(sample: Array, value: float) -> float:
    """CRPS of a number from a sample of forecasts, in the number's own unit."""
    return float(crps(np.sort(np.asarray(sample, float)), np.asarray(value, float)))


@dataclass(frozen=True)
class MeanScore:
    """A mean with its 95 % bootstrap interval; None where there are too few to say."""

    mean: float
    low: float | None
    high: float | None


def mean_score(scores: Sequence[float], cluster: Sequence[int], seed: int = 1) -> MeanScore:
    """Mean score of a set of questions, and what another set of the kind might have given.

    Parameters
    ----------
    cluster : what hangs together and is resampled whole, such as the episode of each question; where all are one,
        every question is drawn for itself
    """
    values = np.asarray(scores, float)
    drawn = _resampled(np.column_stack([values, np.ones(len(values))]), cluster, seed)
    if drawn is None:
        return MeanScore(float(values.mean()), None, None)
    low, high = np.quantile(drawn[:, 0] / drawn[:, 1], _levels(cluster))
    return MeanScore(float(values.mean()), float(low), float(high))


@dataclass(frozen=True)
class SkillInterval:
    """1 − own / reference with its 95 % bootstrap interval; None where it cannot be said."""

    value: float | None
    low: float | None
    high: float | None


def skill_score(
    own: Sequence[float], reference: Sequence[float], cluster: Sequence[int], seed: int = 1
) -> SkillInterval:
    """Share of a reference's mean score that the forecasts save, and what another set of questions might have given.

    Both sides are resampled together (pairs of scores of the same question), clusters whole as in ``mean_score``. A
    resample on which the reference makes no error at all, and the forecasts do, counts as minus infinity: where that
    reaches the lower end, the end is None.

    Parameters
    ----------
    own, reference : (n,) scores of the same questions, 0 the best
    cluster : (n,) as in ``mean_score``
    """
    pairs = np.column_stack([np.asarray(own, float), np.asarray(reference, float)])
    if not pairs[:, 1].any():
        return SkillInterval(None, None, None)
    value = float(_saved(pairs.sum(axis=0)[None, :])[0])
    drawn = _resampled(pairs, cluster, seed)
    if drawn is None:
        return SkillInterval(value, None, None)
    low, high = np.quantile(_saved(drawn), _levels(cluster), method="inverted_cdf")
    return SkillInterval(value, float(low) if np.isfinite(low) else None, float(high))


def _saved(sums: Array) -> Array:
    """1 − own / reference of each row; 0 where neither errs, minus infinity where only the reference does not."""
    own, reference = sums[:, 0], sums[:, 1]
    nothing = np.where(own > 0, -np.inf, 0.0)
    return np.where(reference > 0, 1 - own / np.where(reference > 0, reference, 1.0), nothing)


def _resampled(values: Array, cluster: Sequence[int], seed: int) -> Array | None:
    """Sums over each of ``RESAMPLES`` bootstrap samples of the clusters; None of fewer than two.

    Parameters
    ----------
    values : (n, k), a row for each question
    cluster : (n,) labels; where all are the same every question is its own cluster
    """
    group, groups = _groups(cluster)
    if groups < 2:
        return None
    totals = np.column_stack([np.bincount(group, column) for column in values.T])
    picks = np.random.default_rng(seed).integers(groups, size=(RESAMPLES, groups))
    sums: Array = totals[picks].sum(axis=1)
    return sums


def _groups(cluster: Sequence[int]) -> tuple[NDArray[np.intp], int]:
    """The number of each question's cluster, and how many there are; a single one is taken apart."""
    group = np.unique(np.asarray(cluster), return_inverse=True)[1]
    if group.max(initial=0) == 0:
        group = np.arange(len(group))
    return group, int(group.max(initial=-1)) + 1


def _levels(cluster: Sequence[int]) -> tuple[float, float]:
    """Quantiles of a bootstrap whose range holds a mean in 95 of 100 samples.

    Resamples of n scatter by √((n − 1)/n) too little and with the tails of a normal, so that the plain percentiles fall
    short of 95 % where n is small (the expanded percentile interval, Hesterberg 2015,
    doi:10.1080/00031305.2015.1089789).
    """
    from scipy.special import ndtr, stdtrit

    n = _groups(cluster)[1]
    low = float(ndtr(math.sqrt(n / (n - 1)) * stdtrit(n - 1, 0.025)))
    return low, 1 - low


@dataclass(frozen=True)
class Calibration:
    """The Brier score that right probabilities would have given, and how far off the actual one is.

    ``z`` is standard normal if the probabilities were right and the questions independent (Spiegelhalter 1986,
    doi:10.1002/sim.4780050506); above 0 the forecasts were too sure, below 0 not sure enough. None where all were
    certain, or all ½.
    """

    expected: float
    z: float | None


def calibration(
    probability: Sequence[float],
    came_true: Sequence[bool],
    *,
    share: Sequence[float] | None = None,
    question: Sequence[int] | None = None,
    episode: Sequence[int] | None = None,
) -> Calibration:
    """Whether a set of probabilities agrees with what came.

    Brier score less expected one is (y − p)(1 − 2p), of variance (1 − 2p)² p (1 − p). Forecasts of one question share
    its answer: theirs are added as if they moved together, so that saying the same thing twice proves no more than
    saying it once, and what differs is taken for as dependent as it can be. What questions of one episode have in
    common is taken from the data, and never makes the test surer.

    Parameters
    ----------
    share : (n,) weight of each forecast among those of its question, 1 in sum; all 1 without
    question : (n,) label of each forecast's question; each its own without
    episode : (n,) label of each forecast's episode; without, questions are taken as independent
    """
    p, y = np.asarray(probability, float), np.asarray(came_true, float)
    weight = np.ones(len(p)) if share is None else np.asarray(share, float)
    labels = np.arange(len(p)) if question is None else np.asarray(question)
    _, first, group = np.unique(labels, return_index=True, return_inverse=True)
    excess = np.bincount(group, weight * (y - p) * (1 - 2 * p))
    spread = np.bincount(group, weight * np.abs(1 - 2 * p) * np.sqrt(p * (1 - p)))
    expected = float(np.bincount(group, weight * p * (1 - p)).mean())
    variance = float((spread**2).sum())
    if episode is not None:
        together = np.bincount(np.asarray(episode)[first], excess)
        variance += max(0.0, float((together**2).sum() - (excess**2).sum()))
    return Calibration(expected, float(excess.sum()) / math.sqrt(variance) if variance > 0 else None)
