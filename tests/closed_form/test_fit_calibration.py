"""Simulation-based calibration: under weights drawn from the prior, ranks in the posterior are uniform.

Talts et al. 2018, arXiv:1804.06788, with the posterior probability below the truth in place of the rank. Every fitted
weight is checked by Kolmogorov–Smirnov at the level of five standard errors; the 90 % intervals of the weights file
that would be written cover within five standard errors of 90 %, and between 85 and 95 %.
"""

from __future__ import annotations

import numpy as np
import pytest
from calibration import LARGE, MIDDLE, SMALL, Replicates, replicates
from oracle.five import FIVE_SIGMA
from scipy import stats

NOISY = LARGE.replace("half_life: 1 to 4 weeks,", "half_life: 1 to 4 weeks, spread: 0.5,")


def calibrated(found: Replicates) -> None:
    for path, ranks in zip(found.paths, found.rank.T, strict=True):
        assert stats.kstest(ranks, "uniform").pvalue > FIVE_SIGMA, path
    covers(found)


def covers(found: Replicates) -> None:
    shares = ((found.low <= found.true) & (found.true <= found.high)).mean(axis=1)
    error = shares.std(ddof=1) / np.sqrt(len(shares))
    assert abs(shares.mean() - 0.9) < 5 * error
    assert 0.85 <= shares.mean() <= 0.95


def test_a_small_model_is_calibrated():
    """Three weights, two years, eighty records."""
    calibrated(replicates(SMALL, 80, seed=1, draws=1024))


@pytest.mark.slow
@pytest.mark.parametrize(("text", "n"), [(SMALL, 1000), (MIDDLE, 250), (LARGE, 80)], ids=["small", "middle", "large"])
def test_models_of_three_sizes_are_calibrated(text, n):
    """3 weights on 2 years, 13 on 5, 30 on 10."""
    calibrated(replicates(text, n, seed=2))


@pytest.mark.slow
def test_ten_years_under_noise_that_nobody_saw():
    """The likelihood has the noise off; rates are corrected for it. Intervals still cover."""
    covers(replicates(NOISY, 60, seed=3))
