"""Scores against their definitions, computed by hand or by another way."""

from __future__ import annotations

import math

import numpy as np
import pytest

from relsim.scoring.question_scores import (
    SkillInterval,
    brier,
    calibration,
    date_score,
    log_score,
    mean_score,
    number_score,
    skill_score,
)


def test_brier_is_the_squared_distance() -> None:
    assert brier(0.7, True) == pytest.approx(0.09)
    assert brier(0.7, False) == pytest.approx(0.49)


def test_the_log_score_of_no_path_is_finite() -> None:
    """0 of 99 paths: (0 + ½)/100."""
    assert log_score(0.0, True, 99) == pytest.approx(-math.log(0.005))
    assert log_score(0.5, True, 99) == pytest.approx(math.log(2))


def test_brier_and_log_are_proper() -> None:
    """In expectation under p nobody scores better than p itself."""
    grid = np.linspace(0, 1, 101)
    for p in (0.1, 0.37, 0.8):
        for score in (brier, lambda q, y: log_score(q, y, 10**9)):
            expected = [p * score(q, True) + (1 - p) * score(q, False) for q in grid]
            assert abs(grid[int(np.argmin(expected))] - p) < 0.0051


def test_the_date_score_is_the_crps_of_the_date() -> None:
    """Against E|X − y| − ½ E|X − X'|, X the day, or the day after the window where it does not come true."""
    rng = np.random.default_rng(3)
    chance = rng.dirichlet(np.ones(11))
    days = np.arange(1, 12)
    course = np.cumsum(chance)[:-1]
    spread = 0.5 * (chance[:, None] * chance[None, :] * np.abs(days[:, None] - days[None, :])).sum()
    for day in (1, 4, 10, None):
        y = 11 if day is None else day
        assert date_score(tuple(course), day) == pytest.approx((chance * np.abs(days - y)).sum() - spread)


def test_the_number_score_is_the_crps_of_the_sample() -> None:
    sample = np.random.default_rng(4).gamma(2, 3, 300)
    by_pairs = np.abs(sample - 5.0).mean() - 0.5 * np.abs(sample[:, None] - sample[None, :]).mean()
    assert number_score(sample, 5.0) == pytest.approx(by_pairs, rel=1e-9)


def test_questions_of_one_run_are_resampled_together() -> None:
    """Two runs of a hundred equal scores each: the interval is that of two numbers, not of two hundred."""
    scores = [0.0] * 100 + [1.0] * 100
    clustered = mean_score(scores, [0] * 100 + [1] * 100)
    single = mean_score(scores, [0] * 200)
    assert (clustered.mean, clustered.low, clustered.high) == (0.5, 0.0, 1.0)
    assert single.low is not None
    assert single.high is not None
    assert 0.4 < single.low < 0.5 < single.high < 0.6
    assert mean_score([0.3], [0]).low is None


def test_the_interval_of_a_mean_covers() -> None:
    """Means of 30 independent scores: about 95 % of 400 intervals hold the truth (a bootstrap of 30 falls a little
    short: 91 to 97 % are within five standard errors of 94 %).
    """
    rng = np.random.default_rng(5)
    hits = 0
    for i in range(400):
        found = mean_score(rng.beta(2, 5, 30).tolist(), [0] * 30, seed=i)
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= 2 / 7 <= found.high
    assert 0.94 - 5 * math.sqrt(0.94 * 0.06 / 400) < hits / 400 <= 1


def test_skill_is_one_less_the_quotient() -> None:
    found = skill_score([0.1, 0.3, 0.2], [0.2, 0.3, 0.3], [0, 1, 2])
    assert found.value == pytest.approx(1 - 0.6 / 0.8)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.value <= found.high
    assert skill_score([0.1], [0.2], [0]) == SkillInterval(pytest.approx(0.5), None, None)


def test_the_interval_of_skill_is_paired() -> None:
    """Where every score is half of its reference the skill is a half whatever is drawn, however the scores scatter."""
    reference = np.random.default_rng(7).uniform(0.01, 1, 20)
    found = skill_score((reference / 2).tolist(), reference.tolist(), list(range(20)))
    assert (found.value, found.low, found.high) == (pytest.approx(0.5), pytest.approx(0.5), pytest.approx(0.5))


def test_the_interval_of_skill_takes_runs_whole() -> None:
    """Two runs of a hundred questions each, one of skill 0, one of skill 1: the ends are those of two runs."""
    own, reference = [0.2] * 100 + [0.0] * 100, [0.2] * 200
    clustered = skill_score(own, reference, [0] * 100 + [1] * 100)
    assert (clustered.low, clustered.high) == (0.0, 1.0)
    single = skill_score(own, reference, [0] * 200)
    assert single.low is not None
    assert single.high is not None
    assert 0.4 < single.low < 0.5 < single.high < 0.6


def test_a_reference_without_error_leaves_no_lower_end() -> None:
    """Of three questions the reference errs on one; a resample misses it with (2/3)³ = 30 %."""
    found = skill_score([0.1, 0.1, 0.1], [0.0, 0.0, 0.5], [0, 1, 2])
    assert found.value == pytest.approx(0.4)
    assert found.low is None
    assert found.high == pytest.approx(0.8)
    assert skill_score([0.1, 0.2], [0.0, 0.0], [0, 1]) == SkillInterval(None, None, None)


def test_the_interval_of_skill_covers() -> None:
    """40 independent pairs: about 95 % of 400 intervals hold the true quotient (a bootstrap of a quotient of 40 falls
    a little short: within five standard errors of 94 %).
    """
    rng = np.random.default_rng(8)
    hits = 0
    for i in range(400):
        reference = rng.beta(2, 5, 40)
        own = reference * rng.uniform(0, 1.6, 40)
        found = skill_score(own.tolist(), reference.tolist(), list(range(40)), seed=i)
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= 0.2 <= found.high
    assert 0.94 - 5 * math.sqrt(0.94 * 0.06 / 400) < hits / 400 <= 1


def test_calibration_is_standard_normal_when_right() -> None:
    """z over 2,000 sets of 40 questions drawn from their probabilities: mean 0, variance 1, within five errors."""
    rng = np.random.default_rng(6)
    z = []
    for _ in range(2000):
        p = rng.uniform(0.05, 0.95, 40)
        found = calibration(p.tolist(), (rng.random(40) < p).tolist())
        assert found.z is not None
        z.append(found.z)
    assert abs(np.mean(z)) < 5 / math.sqrt(2000)
    assert abs(np.var(z) - 1) < 5 * math.sqrt(2 / 2000)
    sure = calibration([0.95] * 20, [True] * 10 + [False] * 10)
    assert sure.z is not None
    assert sure.z > 5
    assert calibration([1.0, 0.0], [True, False]).z is None
