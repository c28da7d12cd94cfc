"""Intervals, ranges and shares against formulas worked by hand, and what is null."""

from __future__ import annotations

import math

import numpy as np
import pytest

from relsim.estimates import NOTHING, mean, probability, student, variance_components, wilson


def test_certain_weights_are_binomial():
    estimate = probability(np.array([30]), np.array([100]), uncertain=False)
    assert estimate.value == 0.3
    assert estimate.standard_error == pytest.approx(math.sqrt(0.3 * 0.7 / 100))
    # Wilson (1927) at 30 of 100, from the roots of (p - 0.3)² = z² p (1 - p) / 100.
    z2 = 1.959963984540054**2
    roots = np.roots([1 + z2 / 100, -0.6 - z2 / 100, 0.09])
    assert [estimate.low, estimate.high] == pytest.approx(sorted(roots))
    assert (estimate.weights_low, estimate.weights_high, estimate.variance_weights) == (None, None, 0.0)


def test_no_hit_and_all_hits_keep_an_interval():
    none = probability(np.array([0]), np.array([100]), uncertain=False)
    assert (none.low, none.standard_error) == (0.0, 0.0)
    assert none.high == pytest.approx(1.959963984540054**2 / (100 + 1.959963984540054**2))
    every = probability(np.array([100]), np.array([100]), uncertain=False)
    assert every.high == 1.0
    assert every.low == pytest.approx(1 - none.high)


def test_uncertain_weights_count_draws_as_clusters():
    hits, paths = np.array([10, 40, 60]), np.array([128, 128, 100])
    n, p = 356, 110 / 356
    squared = 3 / 2 * sum((m / n) ** 2 * (h / m - p) ** 2 for h, m in zip(hits, paths, strict=True))
    estimate = probability(hits, paths, uncertain=True)
    assert estimate.value == p
    assert estimate.standard_error == pytest.approx(math.sqrt(squared))
    effective = p * (1 - p) / squared
    assert 3 < effective < n
    assert [estimate.low, estimate.high] == pytest.approx(wilson(p, effective, student(2)))


def test_effective_paths_are_held_between_draws_and_paths():
    alike = probability(np.array([30, 30, 30]), np.array([100, 100, 100]), uncertain=True)
    assert (alike.low, alike.high) == wilson(0.3, 300, student(2))
    apart = probability(np.array([0, 100]), np.array([100, 100]), uncertain=True)
    assert (apart.low, apart.high) == wilson(0.5, 2, student(1))
    never = probability(np.array([0, 0, 0, 0]), np.full(4, 128), uncertain=True)
    assert (never.low, never.high) == wilson(0.0, 4, student(3))
    assert (never.weights_low, never.weights_high, never.variance_weights) == (0.0, 0.0, None)


def test_student_is_the_tabled_quantile():
    assert [student(1), student(10), student(155)] == pytest.approx([12.7062, 2.22814, 1.97539], rel=1e-5)


def test_fewer_than_two_draws_of_uncertain_weights_say_nothing():
    estimate = probability(np.array([5]), np.array([100]), uncertain=True)
    assert estimate.value == 0.05
    assert estimate.standard_error is None
    assert estimate.low is None
    assert estimate.variance_weights is None


def test_one_path_a_draw_cannot_be_split():
    estimate = probability(np.array([0, 1, 1]), np.array([1, 1, 1]), uncertain=True)
    assert estimate.variance_weights is None
    assert estimate.weights_low is None
    assert estimate.standard_error is not None


def test_range_is_shrunk_to_the_variance_between_draws():
    """Of equal draws, the shrunk means have exactly the variance that the weights explain."""
    rng = np.random.default_rng(2)
    paths = np.full(200, 128)
    hits = rng.binomial(paths, rng.beta(4, 6, 200))
    p = hits / paths
    between, _ = variance_components(p, paths, float((paths * p * (1 - p)).sum()))
    shrunk = p.mean() + math.sqrt(between / p.var(ddof=1)) * (p - p.mean())
    assert shrunk.var(ddof=1) == pytest.approx(between)
    estimate = probability(hits, paths, uncertain=True)
    assert [estimate.weights_low, estimate.weights_high] == pytest.approx(np.quantile(shrunk, [0.05, 0.95]))


def test_mean_of_certain_weights():
    x = np.random.default_rng(1).normal(3, 2, 500)
    estimate = mean(np.array([x.sum()]), np.array([((x - x.mean()) ** 2).sum()]), np.array([500]), uncertain=False)
    assert estimate.value == pytest.approx(x.mean())
    assert estimate.standard_error == pytest.approx(x.std(ddof=1) / math.sqrt(500))
    assert estimate.variance_weights == 0.0


def test_mean_of_a_quantity_undefined_on_some_draws():
    x = [np.array([1.0, 3.0]), np.array([]), np.array([5.0, 6.0, 7.0])]
    sums = np.array([v.sum() for v in x])
    squares = np.array([((v - v.mean()) ** 2).sum() if len(v) else 0.0 for v in x])
    estimate = mean(sums, squares, np.array([2, 0, 3]), uncertain=True)
    assert estimate.value == pytest.approx(4.4)
    squared = 2 * ((2 / 5) ** 2 * (2 - 4.4) ** 2 + (3 / 5) ** 2 * (6 - 4.4) ** 2)
    assert estimate.standard_error == pytest.approx(math.sqrt(squared))


def test_nothing_defined():
    assert mean(np.zeros(3), np.zeros(3), np.zeros(3, int), uncertain=True) == NOTHING
    assert mean(np.zeros(1), np.zeros(1), np.zeros(1, int), uncertain=False) == NOTHING
    assert mean(np.ones(1), np.zeros(1), np.ones(1, int), uncertain=False).standard_error is None


def test_points_of_students_t_and_jeffreys_intervals_are_scipy_s() -> None:
    """To rounding, at any degrees of freedom that a run has."""
    from scipy.special import betaincinv, stdtrit

    from relsim.estimates import jeffreys, student

    for freedom in (1, 2, 3, 10, 156, 390, 7_812):
        for level in (0.5, 0.9, 0.95):
            assert abs(student(freedom, level) / float(stdtrit(freedom, 0.5 + level / 2)) - 1) < 1e-13
    for count, of in ((0, 3), (1, 5), (40, 50), (7, 7)):
        low, high = jeffreys(count, of)
        a, b = count + 0.5, of - count + 0.5
        assert abs(low - (float(betaincinv(a, b, 0.025)) if count else 0.0)) < 1e-14
        assert abs(high - (float(betaincinv(a, b, 0.975)) if count < of else 1.0)) < 1e-14
