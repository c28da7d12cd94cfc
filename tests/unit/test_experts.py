"""The mixture of exponentially weighted experts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import nbinom

from relsim.experts import DISPERSIONS, HALF_LIVES, SPAN, Experts, experts_of, log_mass, total_dispersion


def of_rates(rates: np.ndarray, days: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Counts (days, K) of constant rates (K,), all covered."""
    return np.random.default_rng(seed).poisson(rates, (days, len(rates))), np.ones((days, len(rates)), bool)


@pytest.mark.parametrize("dispersion", [0.002, 0.3, 16.0])
def test_the_mass_is_the_negative_binomials(dispersion: float) -> None:
    counts = np.array([0.0, 1, 7, 300])
    size, p = 1 / dispersion, 1 / (1 + 4.2 * dispersion)
    assert np.allclose(log_mass(counts, np.array(4.2), np.array(dispersion)), nbinom.logpmf(counts, size, p))


def test_without_a_record_the_prior_speaks() -> None:
    for found in (experts_of(*of_rates(np.ones(3), 0, 1)), experts_of(np.ones((40, 3)), np.zeros((40, 3), bool))):
        assert found.weights.sum(axis=(1, 2)) == pytest.approx(1)
        assert found.weights.sum(axis=2) == pytest.approx(1 / len(HALF_LIVES))
        assert found.mean == pytest.approx(0.3)


def test_a_quiet_record_leads_to_a_state_near_zero() -> None:
    assert experts_of(*of_rates(np.zeros(1), 730, 1)).mean[0] < 0.0005


def test_days_that_are_not_covered_tell_nothing_whatever_they_list() -> None:
    counts, covered = of_rates(np.full(2, 1.5), 400, 2)
    covered[100:180, 0] = False
    listed, quiet = counts.copy(), counts.copy()
    listed[100:180, 0], quiet[100:180, 0] = 40, 0
    a, b = experts_of(listed, covered), experts_of(quiet, covered)
    for name in ("weights", "shape", "rate", "daily"):
        assert np.array_equal(getattr(a, name), getattr(b, name))
    whole = experts_of(counts, np.ones_like(covered))
    assert np.array_equal(whole.weights[1], a.weights[1])
    assert a.mean[0] == pytest.approx(whole.mean[0], rel=0.2)


@pytest.mark.parametrize(("days", "gap"), [(60, 0), (730, 0), (730, 120)], ids=["short", "long", "after a gap"])
def test_constant_rates_are_foretold_without_bias(days: int, gap: int) -> None:
    kinds = 500
    counts, covered = of_rates(np.full(kinds, 30 / (days - gap)), days, 3)
    covered[days - 14 - gap : days - 14] = False
    ratio = experts_of(counts, covered).mean * (days - gap) / 30
    assert abs(ratio.mean() - 1) < 0.02 + 5 * ratio.std() / np.sqrt(kinds)


@pytest.mark.parametrize("days", [14, 28, 42])
def test_a_break_of_level_is_followed_within_weeks(days: int) -> None:
    """At least as fast as by a mean that forgets with a half-life of three weeks."""
    way = 1 - 0.5 ** (days / 21)
    before = of_rates(np.full(200, 0.1), 400, 4)[0]
    after = of_rates(np.full(200, 5.0), days, 5)[0]
    found = experts_of(np.concatenate([before, after]), np.ones((400 + days, 200), bool))
    assert found.mean.mean() > way * 5.0


def test_levels_give_totals_the_mixtures_mean_and_variance() -> None:
    counts, covered = of_rates(np.array([0.02, 0.7, 30.0]), 500, 6)
    found = experts_of(counts, covered)
    n = 200_000
    draws = found.totals(SPAN, np.random.default_rng(7), n)
    m = SPAN * (found.shape / found.rate)[:, :, None]
    phi = total_dispersion(found.shape[:, :, None], DISPERSIONS)
    mean = (found.weights * m).sum(axis=(1, 2))
    second = (found.weights * (m + phi * m * m + m * m)).sum(axis=(1, 2))
    assert found.mean * SPAN == pytest.approx(mean)
    assert np.all(np.abs(draws.mean(axis=0) - mean) < 5 * draws.std(axis=0) / np.sqrt(n))
    squares = draws**2
    assert np.all(np.abs(squares.mean(axis=0) - second) < 5 * squares.std(axis=0) / np.sqrt(n))


def test_a_level_rises_with_its_uniforms() -> None:
    found: Experts = experts_of(*of_rates(np.array([0.5, 2.0]), 300, 8))
    second = np.linspace(0.01, 0.99, 50)
    uniforms = np.stack([np.full((50, 2), 0.5), np.repeat(second[:, None], 2, axis=1)], axis=2)
    assert np.all(np.diff(found.levels(uniforms), axis=0) > 0)
