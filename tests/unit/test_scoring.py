"""Scores of counts, reliability and skill against their definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from relsim.scoring.count_scores import (
    below_and_up_to,
    count_log_score,
    crps,
    event_log_score,
    inside_central,
    members_of,
    pit_histogram,
    pit_test,
    quantiles_of,
)
from relsim.scoring.question_scores import number_score
from relsim.scoring.reliability import reliability_of
from relsim.scoring.skill import mean_skill, pooled_skill, skill


def test_members_are_the_quantiles_of_the_sample() -> None:
    rng = np.random.default_rng(1)
    sample = rng.permutation(np.repeat([0.0, 1.0, 5.0], [2000, 1000, 1000]))
    values, number = np.unique(members_of(sample), return_counts=True)
    assert values.tolist() == [0, 1, 5]
    assert number.tolist() == [500, 250, 250]
    assert np.isnan(members_of(np.array([1.0, np.nan]))).all()


def test_crps_is_that_of_scoringrules() -> None:
    """The library compiles as it is imported, which takes longer than most commands; the formula is one line."""
    from scoringrules import crps_ensemble

    rng = np.random.default_rng(7)
    members = np.sort(rng.poisson(4.0, (40, 3, 500)).astype(float), axis=-1)
    truth = rng.poisson(4.0, (40, 3)).astype(float)
    truth[0, 0] = np.nan
    found = crps_ensemble(truth, members, estimator="qd", sorted_ensemble=True, backend="numpy")
    assert np.array_equal(crps(members, truth), found, equal_nan=True)
    sample = rng.normal(size=1001)
    assert number_score(sample, 0.3) == pytest.approx(float(crps_ensemble(0.3, sample, estimator="qd")), rel=1e-13)


def test_crps_of_a_normal_sample() -> None:
    """The closed form σ (z (2Φ(z) − 1) + 2φ(z) − 1/√π) of quantiles, up to what 1,000 quantiles leave out of a tail."""
    from scipy.special import ndtr, ndtri

    members = np.sort(2 * ndtri((np.arange(1000) + 0.5) / 1000))
    for y in (-3.0, 0.0, 1.0):
        z = y / 2
        law = 2 * (z * (2 * ndtr(z) - 1) + 2 * math.exp(-z * z / 2) / math.sqrt(2 * math.pi) - 1 / math.sqrt(math.pi))
        assert crps(members[None], np.array([y]))[0] == pytest.approx(law, abs=2e-3)


def test_log_scores_never_call_anything_impossible() -> None:
    members = np.repeat([[0.0, 1.0]], 500, axis=1)
    members.sort()
    seen, unseen = count_log_score(members, np.array([1.0]))[0], count_log_score(members, np.array([7.0]))[0]
    assert seen == pytest.approx(-math.log(500.5 / 1001))
    assert unseen == pytest.approx(-math.log(0.5 / 1001.5))
    assert event_log_score(np.array([0.0]), np.array([1.0]))[0] == pytest.approx(-math.log(0.5 / 1001))


def test_quantiles_of_few_members() -> None:
    assert quantiles_of(np.array([1.0, 2.0, 3.0, 4.0]), (0.25, 0.5, 0.51, 1.0)).tolist() == [1, 2, 3, 4]


def test_counts_too_are_inside_as_often_as_said() -> None:
    """Right Poisson forecasts: the randomised share inside is the level, within five standard errors."""
    rng = np.random.default_rng(2)
    members = np.sort(rng.poisson(1.3, size=100_000))[50::100].astype(float)
    truth = rng.poisson(1.3, size=4000).astype(float)
    low, high = below_and_up_to(np.broadcast_to(members, (4000, 1000)), truth)
    for level in (0.5, 0.8, 0.95):
        inside = inside_central(low, high, level)
        assert abs(inside.mean() - level) < 5 * inside.std() / math.sqrt(4000) + 2e-3
    assert pit_histogram(low, high).sum() == pytest.approx(1)
    assert np.abs(pit_histogram(low, high) - 0.1).max() < 0.02


def test_pit_test_has_its_size_and_finds_what_is_off() -> None:
    """True forecasts whose neighbours hang together are rejected one time in twenty (five standard errors); too narrow
    ones are found.
    """
    rng = np.random.default_rng(3)
    from scipy.special import ndtr

    rejected = 0
    for _ in range(1000):
        steps = rng.standard_normal(401)
        u = ndtr((steps[1:] + steps[:-1]) / math.sqrt(2))[None]
        p = pit_test(u, u)
        assert p is not None
        rejected += p < 0.05
    assert abs(rejected / 1000 - 0.05) < 5 * math.sqrt(0.05 * 0.95 / 1000)
    narrow = ndtr(1.8 * rng.standard_normal((1, 60)))
    found = pit_test(narrow, narrow)
    assert found is not None
    assert found < 0.01
    assert pit_test(narrow[:, :5], narrow[:, :5]) is None


def test_brier_score_is_taken_apart_without_rest() -> None:
    rng = np.random.default_rng(4)
    said = rng.choice([0.1, 0.3, 0.5, 0.9], size=500)
    came = (rng.random(500) < said**2).astype(float)
    found = reliability_of(said, came)
    assert found.brier == pytest.approx(((said - came) ** 2).mean())
    assert found.reliability - found.resolution + found.uncertainty == pytest.approx(found.brier)
    means = [came[said == p].mean() for p in found.forecast_mean]
    assert means == sorted(means)
    assert found.observed == pytest.approx(means), "rising means are their own isotonic regression"
    assert found.counts == tuple(int(((said >= a / 10) & (said < (a + 1) / 10)).sum()) for a in range(10))
    assert sum(not low <= c <= high for low, c, high in zip(found.low, found.observed, found.high, strict=True)) >= 2


def test_recalibration_pools_what_falls() -> None:
    found = reliability_of(np.array([0.2, 0.2, 0.4, 0.4]), np.array([1.0, 1.0, 0.0, 0.0]))
    assert found.observed == (0.5, 0.5)
    assert found.resolution == pytest.approx(0)


def test_skill_is_over_what_both_have() -> None:
    own, other = np.array([1.0, np.nan, 2.0, 1.0, 2.0]), np.array([2.0, 9.0, 4.0, np.nan, 4.0])
    found = skill(own, other)
    assert (found.value, found.n) == (0.5, 3)
    assert found.low is found.high is None, "of three origins no interval"
    assert skill(own, other * 0).value is None


def test_skill_intervals_cover() -> None:
    """Overlapping horizons, no true difference: 95 % intervals hold 0 in 90 to 98 % of cases."""
    rng = np.random.default_rng(5)
    inside = 0
    for _ in range(400):
        noise = rng.standard_normal(122)
        gap = (noise[:-2] + noise[1:-1] + noise[2:]) / 3
        found = skill(2 + gap, np.full(120, 2.0))
        assert found.low is not None and found.high is not None  # noqa: PT018
        inside += found.low <= 0 <= found.high
    assert 0.9 <= inside / 400 <= 0.98


def test_targets_together() -> None:
    own = np.array([[1.0, 1.0, 1.0, 1.0], [3.0, 3.0, 3.0, 3.0], [1.0, 1.0, 1.0, 1.0]])
    other = np.array([[2.0, 2.0, 2.0, 2.0], [4.0, 4.0, 4.0, 4.0], [0.0, 0.0, 0.0, 0.0]])
    assert mean_skill(own, other).value == pytest.approx((0.5 + 0.25) / 2)
    assert mean_skill(own, other).n == 2
    assert pooled_skill(own, other).value == pytest.approx(1 - 20 / 24)
