"""Coverage of the 95 % interval and bias of the variance split, on a toy whose truth is known.

Paths come in blocks of 128; under block b the probability is a draw of a beta distribution (uncertain
weights), or always the same (certain). Truth: the beta's mean, and its variance as a share of p(1 - p).
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from relsim.estimates import mean, probability, variance_components

BLOCK = 128
CASES = [(0.3, 0.05), (0.6, 0.3), (0.1, 0.02), (0.3, 0.002)]
"""Probability, and share of its variance that the weights explain."""


def groups(n, draws=None):
    """Paths of each draw: blocks in turn, the last one incomplete."""
    blocks = -(-n // BLOCK)
    sizes = np.full(blocks, BLOCK)
    sizes[-1] = n - BLOCK * (blocks - 1)
    return np.bincount(np.arange(blocks) % (draws or blocks), sizes).astype(int)


def beta(rng, p, share, draws):
    return rng.beta(p * (1 / share - 1), (1 - p) * (1 / share - 1), draws)


def coverage(rng, p, share, paths, seeds):
    covered = 0
    for _ in range(seeds):
        estimate = probability(rng.binomial(paths, beta(rng, p, share, len(paths))), paths, uncertain=True)
        covered += estimate.low <= p <= estimate.high
    return covered / seeds


@pytest.mark.parametrize("n", [5_000, 20_000])
@pytest.mark.parametrize(("p", "share"), CASES)
def test_interval_covers_under_uncertain_weights(n, p, share):
    rng = np.random.default_rng([n, round(1e4 * p), round(1e4 * share)])
    assert 0.93 <= coverage(rng, p, share, groups(n), 400) <= 0.97


@pytest.mark.parametrize("n", [5_000, 20_000])
@pytest.mark.parametrize("p", [0.02, 0.3, 0.6])
def test_interval_covers_under_certain_weights(n, p):
    rng = np.random.default_rng([n, round(100 * p)])
    hits = rng.binomial(n, p, 400)
    estimates = [probability(np.array([h]), np.array([n]), uncertain=False) for h in hits]
    assert 0.93 <= np.mean([e.low <= p <= e.high for e in estimates]) <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize("n", [5_000, 20_000])
@pytest.mark.parametrize("draws", [None, 30])
@pytest.mark.parametrize(("p", "share"), CASES)
def test_coverage_over_many_seeds(n, draws, p, share):
    """Over 4,000 seeds the standard error is 0.0034: coverage itself, not luck, lies in 93-97 %."""
    rng = np.random.default_rng([n, draws or 0, round(1e4 * p), round(1e4 * share)])
    assert 0.935 <= coverage(rng, p, share, groups(n, draws), 4_000) <= 0.967


@pytest.mark.parametrize("n", [1_000, 5_000])
@pytest.mark.parametrize(("p", "share"), [(0.3, 0.05), (0.6, 0.3), (0.3, 0.0)])
def test_variance_components_are_unbiased(n, p, share):
    """Unequal draws (the last block is incomplete); five standard errors of the mean over 4,000 seeds."""
    rng = np.random.default_rng(n)
    paths = groups(n)
    found = []
    for _ in range(4_000):
        by_draw = beta(rng, p, share, len(paths)) if share else p
        means = rng.binomial(paths, by_draw) / paths
        found.append(variance_components(means, paths, float((paths * means * (1 - means)).sum())))
    truth = np.array([share, 1 - share]) * p * (1 - p)
    for values, expected in zip(np.array(found).T, truth, strict=True):
        assert abs(values.mean() - expected) < 5 * values.std() / math.sqrt(len(values))


def test_share_of_variance_of_a_mean():
    """Normal draws with variance 1 under noise of variance 4: the share is 0.2; the mean covers at 95 %."""
    rng = np.random.default_rng(11)
    paths = groups(5_000)
    shares, covered = [], 0
    for _ in range(1_000):
        centres = rng.normal(0, 1, len(paths))
        x = [rng.normal(c, 2, m) for c, m in zip(centres, paths, strict=True)]
        sums = np.array([v.sum() for v in x])
        squares = np.array([((v - v.mean()) ** 2).sum() for v in x])
        estimate = mean(sums, squares, paths, uncertain=True)
        shares.append(estimate.variance_weights)
        covered += abs(estimate.value) < 2.0227 * estimate.standard_error
    assert abs(np.mean(shares) - 0.2) < 0.01
    assert abs(covered / 1_000 - 0.95) < 5 * math.sqrt(0.95 * 0.05 / 1_000)


def test_range_across_weights_finds_the_spread_of_the_draws():
    """The 5-95 % of the beta on average over seeds, narrower than the raw means' where blocks are noisy."""
    from scipy.special import betaincinv

    p, share = 0.3, 0.02
    a, b = p * (1 / share - 1), (1 - p) * (1 / share - 1)
    truth = betaincinv(a, b, [0.05, 0.95])
    rng = np.random.default_rng(4)
    paths = groups(20_000)
    ranges, raw = [], []
    for _ in range(400):
        hits = rng.binomial(paths, rng.beta(a, b, len(paths)))
        estimate = probability(hits, paths, uncertain=True)
        ranges.append((estimate.weights_low, estimate.weights_high))
        raw.append(np.quantile(hits / paths, [0.05, 0.95]))
    width, wide = np.diff(np.mean(ranges, axis=0))[0], np.diff(np.mean(raw, axis=0))[0]
    assert abs(width / (truth[1] - truth[0]) - 1) < 0.05
    assert wide / (truth[1] - truth[0]) > 1.1
