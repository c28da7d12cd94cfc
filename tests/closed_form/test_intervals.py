"""Intervals and the split of variance on a beta-binomial toy, where the truth is known.

Draws j have p_j ~ Beta(a, b) and n_j paths each. Five standard errors over fixed replicates.
"""

from __future__ import annotations

import numpy as np
import pytest
from oracle.five import mean_agrees

from relsim.estimates import probability

REPLICATES = 3_000
TOYS = [  # mean of p, share of variance that the weights explain
    (0.5, 0.05),
    (0.3, 0.01),
    (0.1, 0.1),
    (0.7, 0.3),
    (0.05, 0.02),
]


def toy(mean, share, draws, last=128, seed=1):
    """Estimates of all replicates. Var of a path = m(1 − m); between draws ``share`` of it:
    a + b = 1/share − 1.
    """
    generator = np.random.default_rng(seed)
    total = 1 / share - 1
    paths = np.full(draws, 128)
    paths[-1] = last
    for _ in range(REPLICATES):
        p = generator.beta(mean * total, (1 - mean) * total, draws)
        yield probability(generator.binomial(paths, p), paths, uncertain=True)


@pytest.mark.parametrize(("mean", "share"), TOYS)
@pytest.mark.parametrize(("draws", "last"), [(40, 8), (157, 32)])
def test_coverage_and_standard_error(mean, share, draws, last):
    """5,000 and 20,000 paths: the 95 % interval covers at 93–97 %; SE² is unbiased for the variance of p."""
    estimates = list(toy(mean, share, draws, last))
    covered = np.mean([e.low <= mean <= e.high for e in estimates])
    error = np.sqrt(0.05 * 0.95 / REPLICATES)
    assert 0.93 - 5 * error < covered < 0.97 + 5 * error
    assert abs(covered - 0.95) < 0.02
    values = np.array([e.value for e in estimates])
    mean_agrees(values, mean)
    n_j = np.full(draws, 128)
    n_j[-1] = last
    n = n_j.sum()
    variance = mean * (1 - mean) * (share * (n_j**2).sum() + (1 - share) * n) / n**2
    squared = np.array([e.standard_error for e in estimates]) ** 2
    assert squared.mean() == pytest.approx(variance, rel=0.03)
    assert values.var() == pytest.approx(variance, rel=5 * np.sqrt(2 / REPLICATES))


@pytest.mark.parametrize(("mean", "share"), TOYS)
def test_share_of_variance_and_range(mean, share):
    """``variance_weights`` is unbiased up to its clipping at 0;
    the range across weights has the right width.
    """
    from scipy import stats

    estimates = list(toy(mean, share, 157, seed=2))
    shares = np.array([e.variance_weights for e in estimates])
    mean_agrees(shares, share) if share >= 0.05 else None
    assert shares.mean() == pytest.approx(share, rel=0.06)
    total = 1 / share - 1
    law = stats.beta(mean * total, (1 - mean) * total)
    low, high = (np.mean([getattr(e, name) for e in estimates]) for name in ("weights_low", "weights_high"))
    assert high - low == pytest.approx(law.ppf(0.95) - law.ppf(0.05), rel=0.15)


@pytest.mark.parametrize("mean", [0.5, 0.1, 0.01])
def test_without_doubt_the_interval_is_wilson(mean):
    """All numbers certain: coverage of plain Wilson, averaged over nearby truths,
    is 95 % within five errors.
    """
    generator = np.random.default_rng(3)
    truths = mean * generator.uniform(0.9, 1.1, REPLICATES)
    covered = []
    for p in truths:
        hits = generator.binomial(np.full(40, 125), p)
        e = probability(hits, np.full(40, 125), uncertain=False)
        covered.append(e.low <= p <= e.high)
        assert e.variance_weights == 0.0
    assert abs(np.mean(covered) - 0.95) < 5 * np.sqrt(0.95 * 0.05 / REPLICATES)


def test_zero_hits_and_too_few_draws():
    """At p = 0, n_eff is the number of draws; one draw with uncertain weights says nothing."""
    zero = probability(np.zeros(40, int), np.full(40, 128), uncertain=True)
    assert zero.low == 0
    assert zero.high == pytest.approx(2.0227**2 / (40 + 2.0227**2), rel=1e-3)
    one = probability(np.array([5]), np.array([128]), uncertain=True)
    assert one.low is one.high is one.standard_error is one.variance_weights is None
