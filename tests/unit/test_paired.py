"""Paired and conditional differences against independent computations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

from relsim.estimates import Z, student, wilson
from relsim.estimates.paired import (
    Contrasted,
    conditional_mean_difference,
    conditional_probability_difference,
    mean_difference,
    paths_needed,
    probability_difference,
    tango,
)


def score(gained: int, lost: int, n: int, difference: float) -> float:
    """The score statistic, the nuisance share of lost pairs maximised numerically, not by the closed form."""

    def minus_log_likelihood(share: float) -> float:
        same = 1 - 2 * share - difference
        terms = [(gained, share + difference), (lost, share), (n - gained - lost, same)]
        return -sum(count * math.log(max(p, 1e-300)) for count, p in terms if count)

    low, high = max(0.0, -difference), (1 - difference) / 2
    share = minimize_scalar(minus_log_likelihood, bounds=(low, high), method="bounded", options={"xatol": 1e-13}).x
    return (gained - lost - n * difference) / math.sqrt(n * (2 * share + difference - difference**2))


@pytest.mark.parametrize(("gained", "lost", "n"), [(7, 2, 40), (1, 0, 300), (30, 25, 100), (0, 5, 50), (90, 1, 100)])
def test_tango_bounds_are_where_the_score_statistic_is_z(gained: int, lost: int, n: int) -> None:
    low, high = tango(gained, lost, n, Z)
    assert low < (gained - lost) / n < high
    assert score(gained, lost, n, low) == pytest.approx(Z, abs=1e-3)
    assert score(gained, lost, n, high) == pytest.approx(-Z, abs=1e-3)


def test_without_flips_the_bound_is_wilsons() -> None:
    """No discordant pair: the bound is that of a share of which nothing was seen."""
    low, high = tango(0, 0, 400, Z)
    assert high == pytest.approx(wilson(0, 400, Z)[1], rel=1e-9)
    assert low == pytest.approx(-high, rel=1e-9)


def test_the_ends_are_reached() -> None:
    assert tango(50, 0, 50, Z)[1] == 1
    assert tango(0, 50, 50, Z)[0] == -1


def coverage(gained: float, lost: float, n: int) -> float:
    """Exact probability that the interval holds the true difference, over all tables of n pairs."""
    from scipy.special import gammaln, xlogy

    total = 0.0
    for up in range(n + 1):
        for down in range(n + 1 - up):
            rest = n - up - down
            log_p = gammaln(n + 1) - gammaln(up + 1) - gammaln(down + 1) - gammaln(rest + 1)
            log_p += xlogy(up, gained) + xlogy(down, lost) + xlogy(rest, 1 - gained - lost)
            if log_p > -20:
                low, high = tango(up, down, n, Z)
                total += math.exp(log_p) * (low <= gained - lost <= high)
    return total


def test_coverage_is_right_where_few_paths_flip() -> None:
    """Exactly computed, within two points of 0.95 or above; Wald's is a point where none flips, and has 0.64 at most in
    the first case.
    """
    assert 0.93 < coverage(0.02, 0.0, 50) < 1
    assert 0.93 < coverage(0.05, 0.03, 50) < 0.98
    assert 0.94 < coverage(0.10, 0.05, 50) < 0.97


def test_draws_of_the_weights_are_clusters() -> None:
    """Hand computation: means −0.1, 0.7, 0.1, 0.1 of ten paths each."""
    gained, lost, paths = np.array([0, 7, 1, 2]), np.array([1, 0, 0, 1]), np.full(4, 10)
    found = probability_difference(gained, lost, paths, uncertain=True)
    error = math.sqrt(sum((x - 0.2) ** 2 for x in (-0.1, 0.7, 0.1, 0.1)) / 3 / 4)
    assert found.value == pytest.approx(0.2)
    assert found.standard_error == pytest.approx(error)
    effective = (0.3 - 0.2**2) / error**2
    assert 4 < effective < 40
    expected = tango(10 * effective / 40, 2 * effective / 40, effective, student(3))
    assert (found.low, found.high) == pytest.approx(expected)


def test_one_draw_tells_nothing_of_its_doubt() -> None:
    one = np.array([3])
    assert probability_difference(one, one - 1, one * 10, uncertain=True) == Contrasted(1 / 30, None, None, None)
    assert mean_difference(one * 1.0, 3.0, one * 10, one, uncertain=True).low is None


def test_mean_difference_of_independent_paths_is_the_paired_t() -> None:
    """Against scipy's own."""
    from scipy import stats

    away = np.random.default_rng(1).normal(0.3, 1, 40)
    found = mean_difference(
        np.array([away.sum()]), float((away**2).sum()), np.array([40]), np.array([40]), uncertain=False
    )
    expected = stats.ttest_1samp(away, 0).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-9)


def test_a_handful_of_paths_that_differ_tells_little() -> None:
    away = np.zeros(1000)
    away[:3] = 1
    known = (np.array([3.0]), 3.0, np.array([1000]))
    few = mean_difference(*known, np.array([3]), uncertain=False)
    assert few.low is not None
    assert few.standard_error is not None
    assert few.high == pytest.approx(0.003 + student(2) * few.standard_error)
    assert mean_difference(np.array([1.0]), 1.0, np.array([1000]), np.array([1]), uncertain=False).low is None


def jackknife(estimate, groups: int) -> float:
    """Standard error of an estimate that takes the groups kept, leaving out one at a time."""
    left = np.array([estimate(np.arange(groups) != g) for g in range(groups)])
    return math.sqrt((groups - 1) / groups * ((left - left.mean()) ** 2).sum())


def test_conditional_differences_have_the_jackknifes_standard_error() -> None:
    """The linearised error and the jackknife's over draws agree to second order: 3 % at 300 draws."""
    rng = np.random.default_rng(2)
    draws, size = 300, 20
    lift = rng.beta(4, 6, draws)
    given = rng.random((draws, size)) < lift[:, None]
    hit = rng.random((draws, size)) < np.where(given, 0.5, 0.3) * lift[:, None] * 2
    value = rng.normal(given * 1.0 + lift[:, None] * 4, 1)
    counts = ((hit & given).sum(1), given.sum(1), hit.sum(1), np.full(draws, size))

    def of_share(kept):
        both, a, y, n = (c[kept].sum() for c in counts)
        return both / a - y / n

    found = conditional_probability_difference(*counts, uncertain=True)
    assert found.value == pytest.approx(of_share(np.ones(draws, bool)))
    assert found.standard_error == pytest.approx(jackknife(of_share, draws), rel=0.03)
    assert found.low is not None
    assert found.high is not None
    assert found.high - found.low == pytest.approx(2 * student(draws - 1) * found.standard_error, rel=0.05)

    def of_mean(kept):
        return value[kept][given[kept]].mean() - value[kept].mean()

    inside, overall = np.where(given, value, 0.0), value
    sums = [(x.sum(1), np.asarray((x**2).sum()), n) for x, n in ((inside, given.sum(1)), (overall, counts[3]))]
    difference, error, freedom = conditional_mean_difference(*sums, uncertain=True)
    assert difference == pytest.approx(of_mean(np.ones(draws, bool)))
    assert error == pytest.approx(jackknife(of_mean, draws), rel=0.03)
    assert freedom == (given.sum(1) > 0).sum() - 1


def test_what_a_condition_implies_is_clear() -> None:
    """Of 30 draws of 128 paths, all on which the condition came true are hits; 200 toy runs cover the true difference.

    True: 1 − P(hit) = 0.6 · 0.5; a draw's probability of the condition is Beta(4, 6). Five standard errors.
    """
    rng = np.random.default_rng(6)
    hits = []
    for _ in range(200):
        given = rng.binomial(128, rng.beta(4, 6, 30))
        other = rng.binomial(128 - given, 0.5)
        found = conditional_probability_difference(given, given, given + other, np.full(30, 128), uncertain=True)
        assert found.clear
        assert found.low is not None
        assert found.high is not None
        hits.append(found.low <= 0.3 <= found.high)
    assert np.mean(hits) > 0.95 - 5 * math.sqrt(0.95 * 0.05 / 200)


def test_conditional_differences_of_independent_paths() -> None:
    """The same against the jackknife over paths: 2 % at 2,000 paths."""
    rng = np.random.default_rng(3)
    n = 2000
    given = rng.random(n) < 0.3
    hit = rng.random(n) < np.where(given, 0.4, 0.2)
    value = rng.normal(given * 1.0, 1)
    counts = [np.array([x.sum()]) for x in (hit & given, given, hit, np.ones(n))]
    found = conditional_probability_difference(*counts, uncertain=False)
    assert found.standard_error == pytest.approx(
        jackknife(lambda kept: hit[kept & given].mean() - hit[kept].mean(), n), rel=0.02
    )
    inside = (np.array([value[given].sum()]), np.asarray((value[given] ** 2).sum()), counts[1])
    overall = (np.array([value.sum()]), np.asarray((value**2).sum()), counts[3])
    error = conditional_mean_difference(inside, overall, uncertain=False)[1]
    assert error == pytest.approx(jackknife(lambda kept: value[kept & given].mean() - value[kept].mean(), n), rel=0.02)


def test_the_paths_needed_have_a_power_of_four_fifths() -> None:
    """Independent paths that flip at known rates: of 4,000 experiments of that size four fifths are clear.

    The difference found is set to the true one. Five standard errors: 0.032; the normal approximation and the rounding
    up to two figures move it by less.
    """
    gained, lost, paths = 0.012, 0.010, 20_000
    one = probability_difference(
        np.array([gained * paths]).astype(int), np.array([lost * paths]).astype(int), np.array([paths]), uncertain=False
    )
    needed = paths_needed(one, paths)
    assert needed is not None
    rng = np.random.default_rng(4)
    flips = rng.multinomial(needed, [gained, lost, 1 - gained - lost], 4_000)
    error = np.sqrt(((flips[:, 0] + flips[:, 1]) / needed - ((flips[:, 0] - flips[:, 1]) / needed) ** 2) / needed)
    clear = np.abs((flips[:, 0] - flips[:, 1]) / needed / error) > Z
    assert clear.mean() == pytest.approx(0.8, abs=0.032)


def test_no_paths_are_named_for_a_difference_of_zero() -> None:
    assert paths_needed(Contrasted(0.0, 0.0, -0.1, 0.1), 100) is None
    assert paths_needed(Contrasted(0.1, None, None, None), 100) is None


def test_wilson_and_tango_agree_where_all_gain_or_nothing_changes() -> None:
    """With no lost pairs possible to see, the upper bound solves the same equation as a share's."""
    n, up = 200, 5
    high = tango(up, 0, n, Z)[1]
    share = brentq(lambda p: (up / n - p) + Z * math.sqrt(p * (1 - p) / n), up / n, 0.2)
    assert high == pytest.approx(share, rel=1e-6)
