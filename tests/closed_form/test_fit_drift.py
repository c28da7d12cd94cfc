"""A thinning news base: a long memory of an event's own keeps a falling level from being read as peace."""

from __future__ import annotations

from datetime import date

import numpy as np
from oracle.scenes import scene

WITHOUT = """
window: {start: 2019-01-01, end: 2019-12-31}
variables: {x: {half_life: 9 days}}
events: {a: {rate: 3 to 30 per month}}
"""
WITH = WITHOUT.replace("per month}", "per month, excited_by: {a: {events: 0.6 to 0.9, half_life: 0.3 to 2 years}}}")
YEARS = 8


def thinning() -> np.ndarray:
    """Eight years of counts whose level falls to a quarter, evenly in its logarithm."""
    days = np.arange(YEARS * 365)
    return np.random.default_rng(8).poisson(0.8 * 0.25 ** (days / days.size))[:, None]


def fitted(text: str):
    from relsim.fit.daily_record import DailyRecord
    from relsim.fit.fitting import fit_weights
    from relsim.fit.likelihood import Likelihood
    from relsim.fit.normal_scores import scores_of
    from relsim.model import build

    model = build(scene(text))
    counts = thinning()
    likelihood = Likelihood(model, DailyRecord(date(2011, 1, 1), counts, np.ones(counts.shape, bool)))
    return fit_weights(likelihood, scores_of(model), source="")


def test_a_long_memory_follows_a_level_that_falls():
    """Without it the last twelfth is taken for a fall in events, with it the rate of the last weeks is about right."""
    plain, slow = fitted(WITHOUT).report, fitted(WITH).report
    assert max(abs(s.z) for s in plain.residuals[0].stretches) > 5
    assert max(abs(s.z) for s in slow.residuals[0].stretches) < 3
    assert slow.criteria.waic < plain.criteria.waic - 50
    last = np.mean(slow.intensity["a"].expected[-9:-1]) / 7
    assert 0.8 * 0.2 < last < 0.8 * 0.35, "the level of the last weeks is a quarter of the first"
    assert np.mean(plain.intensity["a"].expected[-9:-1]) / 7 > 0.8 * 0.4
    assert any("long memory" in text for text in plain.warnings)
    assert not any("long memory" in text for text in slow.warnings)
