"""Scores of counts by volume: how many rows a month a target has. Floor 5; imports ``scoring``, ``result.backtest``.

What is wrong with rare targets and what is wrong with busy ones cancel in a mean over all of them, and in one PIT
histogram. So each class is judged by itself, and rare targets stand apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from relsim.backtest.target_scores import Scored
from relsim.result.backtest import IntervalCoverage, Ratio, SkillSpread, Volume
from relsim.scoring.count_scores import CENTRAL, LEVELS, inside_central, pit_histogram, pit_test
from relsim.scoring.dependence import mean_interval
from relsim.scoring.skill import mean_skill, skill

Array = NDArray[np.float64]

MONTH = 365.25 / 12
RARE = 0.5
"""Rows a month below which a target is rare."""
BOUNDS = (0.0, RARE, 6.0, 60.0, np.inf)
"""Of the classes, in rows a month; each holds its lower bound."""


@dataclass(frozen=True)
class Judged:
    """A target's scores and those of the references it is held against.

    Attributes
    ----------
    best : (O,) scores of the reference that is best for the target; NaN without one
    single : (O,) of that which is best for the target in all tables; None with one table
    """

    scored: Scored
    best: Array
    single: Array | None

    @property
    def per_month(self) -> float:
        """Rows observed a month, over the origins that are scored."""
        known = np.isfinite(self.scored.score[0])
        return float(self.scored.truth[known].mean() * MONTH / self.scored.horizon) if known.any() else np.nan


def by_volume(judged: Sequence[Judged]) -> tuple[Volume, ...]:
    """Every class that has targets, then all that are not rare, then all.

    Parameters
    ----------
    judged : counts of one horizon, over the same origins
    """
    rate = np.array([one.per_month for one in judged])
    spans = [*pairwise(BOUNDS), (RARE, np.inf), (0.0, np.inf)]
    out = []
    for low, high in spans:
        chosen = [one for one, r in zip(judged, rate, strict=True) if low <= r < high]
        if chosen:
            out.append(_volume(low, high, chosen))
    return tuple(out)


def _volume(low: float, high: float, judged: Sequence[Judged]) -> Volume:
    scored = [one.scored for one in judged]
    own = np.stack([one.score[0] for one in scored])
    known = np.isfinite(own)
    forecast = np.where(known, np.stack([one.said[0] for one in scored]), np.nan)
    observed = np.where(known, np.stack([one.truth for one in scored]), np.nan)
    below, up_to = (np.stack([values[0] for values in side]) for side in zip(*((o.low, o.high) for o in scored)))
    single = None
    if all(one.single is not None for one in judged):
        single = _spread(own, np.stack([one.single for one in judged if one.single is not None]))
    return Volume(
        horizon=scored[0].horizon,
        rows_from=low,
        rows_to=None if np.isinf(high) else high,
        targets=len(scored),
        n=int(known.sum()),
        observed=float(np.nanmean(observed)),
        forecast_mean=float(np.nanmean(forecast)),
        forecast_over_observed=_ratio(forecast, observed),
        skill_vs_best=_spread(own, np.stack([one.best for one in judged])),
        skill_vs_single=single,
        coverage=coverage_of(scored),
        pit_histogram=tuple(pit_histogram(below[known], up_to[known]).tolist()),
        pit=pit_test(below, up_to),
    )


def _ratio(forecast: Array, observed: Array) -> Ratio:
    """Mean forecast over mean observed, with the 95 % interval that the origins' mean differences give."""
    usual = np.nanmean(observed)
    if usual == 0:
        return Ratio(None, None, None)
    at = np.isfinite(observed).any(axis=0)
    # An origin weighs as many targets as it has scores of.
    size = np.isfinite(observed).sum(axis=0)[at]
    excess = np.nansum(forecast - observed, axis=0)[at] / usual / size.mean()
    ends = mean_interval(excess)
    low, high = (None, None) if ends is None else (max(1 + ends[0], 0.0), 1 + ends[1])
    return Ratio(float(1 + excess.mean()), low, high)


def _spread(own: Array, reference: Array) -> SkillSpread:
    """The targets' skills: mean, median, geometric mean (of the scores' ratios), and the share above 0."""
    values = np.array([v for a, r in zip(own, reference, strict=True) if (v := skill(a, r).value) is not None])
    if not values.size:
        return SkillSpread(mean_skill(own, reference), None, None, None)
    with np.errstate(divide="ignore"):
        geometric = 1 - float(np.exp(np.log(1 - values).mean()))
    return SkillSpread(
        mean=mean_skill(own, reference),
        median=float(np.median(values)),
        geometric_mean=geometric,
        positive=float((values > 0).mean()),
    )


def coverage_of(scored: Sequence[Scored]) -> tuple[IntervalCoverage, ...]:
    """Of the model's forecasts of numbers."""
    if not scored[0].number:
        return ()
    low, high = np.concatenate([one.low[0] for one in scored]), np.concatenate([one.high[0] for one in scored])
    quantiles = np.concatenate([one.quantiles[0] for one in scored])
    came = np.concatenate([one.truth for one in scored])
    known = np.isfinite(low)
    if not known.any():
        return ()
    out = []
    for level in CENTRAL:
        below, above = (quantiles[known, LEVELS.index(round(p, 3))] for p in ((1 - level) / 2, (1 + level) / 2))
        inside = (came[known] >= below) & (came[known] <= above)
        out.append(
            IntervalCoverage(level, float(inside.mean()), float(inside_central(low[known], high[known], level).mean()))
        )
    return tuple(out)
