"""A mixture of exponentially weighted experts: how many events of each kind a record leads one to expect. Floor 1.

Each expert is a mean of past days that forgets with a half-life of its own; the total of a span of days strays from it
as a negative binomial does. Experts are weighed, and the spread is learnt, by how likely each made the totals of past
spans (Bayes' rule; spans that overlap count by the share of them that is new). Days that are not covered are missing
from every mean and every total: nothing is known of them, which is not the same as quiet.

Experts' weights with a share that is given back at every step: Herbster & Warmuth 1998, doi:10.1023/A:1007424614876.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

HALF_LIVES = (7.0, 14.0, 30.0, 60.0, 120.0, 240.0, 480.0, np.inf)
"""Days; the last forgets nothing."""
SPAN, STEP = 30, 5
"""Days of the totals by which experts are weighed, and from the beginning of one to the next."""
LEAST_SEEN = SPAN // 2
"""A total of which fewer days are covered, or have come, tells nothing; of others those days do."""
PRIOR_EVENTS, PRIOR_DAYS = 0.3, 1.0
"""What the slowest expert knows beforehand, as if so many events had been seen in so many days: so little that a kind
with 30 in the record is foretold without bias, and that 600 quiet days lead to 0.0005 a day."""
LEANING = 0.5
"""Every other expert knows beforehand what the slowest has learnt, as if from so many events."""
GIVEN_BACK = 0.02
"""Share of the experts' weight that is dealt out anew at each step: so a break in the record is followed."""
DISPERSIONS = np.geomspace(0.002, 16.0, 14)
"""φ of a total of ``SPAN`` days around what an expert knows: variance m + φ m²."""
DISPERSION_AT, DISPERSION_SLOPE, DISPERSION_SD = 0.6, -0.25, 0.8
"""φ beforehand: log-normal with median DISPERSION_AT (1 + m)^DISPERSION_SLOPE, m the slowest expert's total."""
DAILY_DISPERSIONS = np.geomspace(0.02, 8.0, 12)
DAILY_AT, DAILY_SD = 0.5, 0.7
"""φ of a day around the level of its weeks beforehand: log-normal with this median."""
DAILY_EXPERT = 2
"""Which expert's mean stands for the level of a day's weeks."""
TOGETHER = 0.5
"""Correlation of the kinds' levels, in normal scores."""


@dataclass(frozen=True)
class Experts:
    """What J experts and A dispersions say of K kinds on the day after a record.

    Attributes
    ----------
    half_lives : (J,) days
    weights : (K, J, A) of each expert and dispersion, summing to 1 for each kind
    shape, rate : (K, J) of the gamma distribution of each expert's events per day: shape / rate is its mean
    dispersions : (A,) φ of a total of ``SPAN`` days around the expert's events per day: variance m + φ m²
    daily : (K,) φ of a day's count around its level
    """

    half_lives: Array
    weights: Array
    shape: Array
    rate: Array
    dispersions: Array
    daily: Array

    @property
    def mean(self) -> Array:
        """(K,) events per day."""
        return np.asarray((self.weights.sum(axis=2) * self.shape / self.rate).sum(axis=1))

    def levels(self, uniforms: Array) -> Array:
        """Events per day (n, K), one level for all days of a path: an expert by its weight, then its rate.

        A level strays from what the expert knows as far as totals do, less what days add by chance (``daily``), so that
        the total of ``SPAN`` days drawn with that dispersion has the expert's mean and variance. The kinds' levels are
        correlated by ``TOGETHER``.

        Parameters
        ----------
        uniforms : (n, K, 2) within (0, 1), independent
        """
        from scipy.special import gammaincinv, ndtr, ndtri

        kinds = len(self.daily)
        root = np.linalg.cholesky(np.full((kinds, kinds), TOGETHER) + (1 - TOGETHER) * np.eye(kinds))
        second = ndtr(ndtri(uniforms[:, :, 1]) @ root.T)
        out = np.empty(uniforms.shape[:2])
        for k in range(kinds):
            weights = self.weights[k].ravel()
            upto = np.cumsum(weights) / weights.sum()
            j, a = np.divmod(np.searchsorted(upto[:-1], uniforms[:, k, 0], side="right"), len(self.dispersions))
            by_days = self.daily[k] / SPAN
            straying = (total_dispersion(self.shape[k, j], self.dispersions[a]) - by_days) / (1 + by_days)
            straying = np.maximum(straying, 1e-6)
            out[:, k] = self.shape[k, j] / self.rate[k, j] * straying * gammaincinv(1 / straying, second[:, k])
        return out

    def totals(self, days: int, generator: np.random.Generator, n: int) -> Array:
        """Draws (n, K) of the kinds' totals over some days."""
        level = self.levels(np.maximum(generator.random((n, len(self.daily), 2)), 1e-12)) * days
        by_days = self.daily / days
        return np.asarray(generator.poisson(level * by_days * generator.gamma(1 / by_days, size=level.shape)), float)


def experts_of(counts: Array, covered: NDArray[np.bool_]) -> Experts:
    """What a record says of the days after it.

    Parameters
    ----------
    counts, covered : (H, K) events of each kind and whether the record is complete for it on the day. A day that is
        not covered tells nothing, whatever it lists. H may be 0.
    """
    seen = covered.astype(float)
    events = np.where(covered, counts, 0.0)
    shape, rate = _known(events, seen)
    weights = _weights(shape, rate, events, seen)
    return Experts(
        np.array(HALF_LIVES), weights, shape[:, -1].T, rate[:, -1].T, DISPERSIONS, _daily(shape, rate, events, covered)
    )


def total_dispersion(shape: Array, dispersion: Array) -> Array:
    """φ of a total around shape / rate, the doubt about the expert's rate included."""
    return np.asarray(dispersion * (1 + 1 / shape) + 1 / shape)


def _known(events: Array, seen: Array) -> tuple[Array, Array]:
    """Shape and rate (J, H + 1, K) of each expert's events per day, known on the morning of each day and after all."""
    from scipy.signal import lfilter

    def faded(values: Array, half_life: float) -> Array:
        if not len(values):
            return np.zeros((1, values.shape[1]))
        sums = lfilter([1.0], [1.0, -(0.5 ** (1 / half_life))], values, axis=0)
        return np.concatenate([np.zeros((1, values.shape[1])), sums])

    shape = np.stack([faded(events, half_life) for half_life in HALF_LIVES])
    rate = np.stack([faded(seen, half_life) for half_life in HALF_LIVES])
    shape[-1] += PRIOR_EVENTS
    rate[-1] += PRIOR_DAYS
    shape[:-1] += LEANING
    rate[:-1] += LEANING * rate[-1] / shape[-1]
    return shape, rate


def _weights(shape: Array, rate: Array, events: Array, seen: Array) -> Array:
    """(K, J, A)."""
    starts = np.arange(len(events) - LEAST_SEEN, STEP - 1, -STEP)[::-1]
    ends = np.minimum(starts + SPAN, len(events))
    upto, upto_seen = (np.concatenate([np.zeros((1, x.shape[1])), np.cumsum(x, axis=0)]) for x in (events, seen))
    came, days = upto[ends] - upto[starts], upto_seen[ends] - upto_seen[starts]
    usual = SPAN * shape[-1, -1] / rate[-1, -1]
    middle = np.log(DISPERSION_AT) + DISPERSION_SLOPE * np.log1p(usual)
    prior = -0.5 * ((np.log(DISPERSIONS) - middle[:, None]) / DISPERSION_SD) ** 2
    prior -= np.log(np.exp(prior).sum(axis=1, keepdims=True))
    likely = log_mass(
        came.T[:, None, None],
        days.T[:, None, None] * (shape / rate)[:, starts].transpose(2, 0, 1)[:, :, None],
        total_dispersion(shape[:, starts].transpose(2, 0, 1)[:, :, None], DISPERSIONS[:, None]),
    )
    likely = np.where(days.T[:, None, None] >= LEAST_SEEN, likely, 0) * STEP / SPAN
    weights = np.repeat(np.exp(prior)[:, None], len(HALF_LIVES), axis=1) / len(HALF_LIVES)
    for each in np.moveaxis(likely, -1, 0):
        weights *= np.exp(each - each.max(axis=(1, 2), keepdims=True))
        weights /= weights.sum(axis=(1, 2), keepdims=True)
        # What is given back keeps its dispersion: that a level breaks says nothing of the spread around it.
        weights += GIVEN_BACK * (weights.mean(axis=1, keepdims=True) - weights)
    return weights


def log_mass(count: Array, mean: Array, dispersion: Array) -> Array:
    """Logarithm of the negative binomial's probability of a count, its variance m + φ m²."""
    from scipy.special import gammaln, xlogy

    size = 1 / dispersion
    return np.asarray(
        gammaln(count + size) - gammaln(size) - gammaln(count + 1)
        + xlogy(count, mean * dispersion) - (count + size) * np.log1p(mean * dispersion)
    )  # fmt: skip


def _daily(shape: Array, rate: Array, events: Array, covered: NDArray[np.bool_]) -> Array:
    """(K,) mean of φ of days under the level of their weeks."""
    logs = -0.5 * (np.log(DAILY_DISPERSIONS / DAILY_AT) / DAILY_SD) ** 2
    level = (shape / rate)[DAILY_EXPERT, :-1]
    found = log_mass(events[..., None], level[..., None], DAILY_DISPERSIONS)
    logs = logs + np.where(covered[..., None], found, 0).sum(axis=0)
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray((weights * DAILY_DISPERSIONS).sum(axis=1) / weights.sum(axis=1))
