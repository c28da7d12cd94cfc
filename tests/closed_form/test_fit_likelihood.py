"""The likelihood and the fit against independent computations: a GLM, a Hawkes process, count laws."""

from __future__ import annotations

from datetime import timedelta
from textwrap import dedent

import numpy as np
import pytest
from oracle.scenes import scene
from scipy import optimize, stats

from relsim.fit.daily_record import DailyRecord
from relsim.fit.likelihood import Likelihood
from relsim.fit.mode import find_mode
from relsim.fit.normal_scores import scores_of
from relsim.model import build

DAYS = 1461
START = scene("window: {start: 2015-01-01, end: 2018-12-31}\nvariables: {x: {half_life: 9 days}}").start


def record_of(counts: np.ndarray) -> DailyRecord:
    return DailyRecord(START, counts, np.ones(counts.shape, bool))


def log_masses_at(left: np.ndarray, counts: np.ndarray, rates: np.ndarray, phi: float) -> np.ndarray:
    """(counts, rates)."""
    from relsim.kernels.log_mass import log_masses

    out = np.empty((counts.size, 1, rates.size))
    log_masses(counts[:, None], left[:, None], np.tile(rates, (counts.size, 1, 1)), np.full((1, rates.size), phi), out)
    return out[:, 0]


@pytest.mark.parametrize("phi", [0.0, 0.05, 0.7, 4.0])
def test_log_masses_are_those_of_scipy(phi):
    """Counts 0 … 60, rates 1e-7 … 50, whole and cut at a ceiling."""
    # Below, 1 − p of scipy's negative binomial has too few digits.
    counts, rates = np.arange(61), np.geomspace(1e-7 if phi == 0 else 1e-3, 50, 40)
    law = stats.poisson(rates) if phi == 0 else stats.nbinom(1 / phi, 1 / (1 + phi * rates))
    whole = log_masses_at(np.full(61, 99), counts, rates, phi)
    np.testing.assert_allclose(whole, law.logpmf(counts[:, None]), rtol=1e-10, atol=1e-11)
    cut, tail = log_masses_at(counts, counts, rates, phi), law.logsf(counts[:, None] - 1)
    sure = tail > -600  # further out scipy's tail is 0
    np.testing.assert_allclose(cut[sure], tail[sure], rtol=1e-10, atol=1e-11)


def test_a_faint_overdispersion_is_nearly_none():
    """log p changes by at most φ (n² + λ²)."""
    counts, rates = np.arange(61), np.geomspace(1e-7, 50, 40)
    poisson, faint = (log_masses_at(np.full(61, 99), counts, rates, phi) for phi in (0.0, 1e-9))
    assert (np.abs(faint - poisson) <= 1e-9 * (counts[:, None] ** 2 + rates**2) + 1e-12).all()


def hawkes_log_likelihood(counts: np.ndarray, rate: float, a: float, half_life: float) -> float:
    """Univariate discrete-time Hawkes process, by convolution: λ_t = (1 − a) R + Σ_{s<t} a q^{t−1−s}(1 − q) N_s, the
    days before the record at their mean.
    """
    q = 2.0 ** (-1 / half_life)
    t = np.arange(len(counts))
    kernel = a * (1 - q) * q**t
    excited = np.concatenate([[0.0], np.convolve(counts, kernel)[: len(counts) - 1]]) + a * q**t * rate
    return float(stats.poisson((1 - a) * rate + excited).logpmf(counts).sum())


def hawkes_counts(rate: float, a: float, half_life: float, seed: int) -> np.ndarray:
    rng, q, g = np.random.default_rng(seed), 2.0 ** (-1 / half_life), rate
    counts = np.empty(DAYS, int)
    for t in range(DAYS):
        counts[t] = rng.poisson((1 - a) * rate + a * g)
        g = q * g + (1 - q) * counts[t]
    return counts


HAWKES = """
window: {start: 2019-01-01, end: 2019-12-31}
variables: {x: {half_life: 9 days}}
events: {a: {rate: 4 to 40 per month, excited_by: {a: {events: 0.1 to 0.5, half_life: 0.5 to 20 days}}}}
"""


def test_a_univariate_hawkes_process_and_its_mode():
    """The value at many weights to 1e-10, and the maximum a posteriori that scipy finds on the closed form."""
    model = build(scene(HAWKES))
    counts = hawkes_counts(0.4, 0.35, 3.0, 5)
    likelihood = Likelihood(model, record_of(counts[:, None]))
    scores = scores_of(model)
    rng = np.random.default_rng(1)
    theta = scores.theta(0.7 * rng.standard_normal((50, 3)))
    expected = [hawkes_log_likelihood(counts, *row) for row in theta]
    np.testing.assert_allclose(likelihood.total(theta), expected, rtol=1e-10)

    def minus_posterior(z: np.ndarray) -> float:
        return 0.5 * z @ z - hawkes_log_likelihood(counts, *scores.theta(z[None])[0])

    best = optimize.minimize(minus_posterior, np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-9})
    mode = find_mode(likelihood, scores, np.zeros(3))
    assert mode.converged
    np.testing.assert_allclose(mode.z, best.x, atol=2e-4)
    assert mode.log_posterior == pytest.approx(-best.fun, abs=1e-6)


def test_a_poisson_glm_without_excitation():
    """Rate and weekday profile under flat priors are the maximum of statsmodels' GLM; so are their errors."""
    import statsmodels.api as sm

    text = """
    window: {start: 2019-01-01, end: 2019-12-31}
    variables: {x: {half_life: 9 days}}
    events: {a: {rate: {lognormal: {median: 10, sigma: 100}, unit: per month}, weekdays: [1, 1, 1, 1, 1, PRIOR, PRIOR]}}
    """.replace("PRIOR", "{lognormal: {median: 1, sigma: 100}}")
    model = build(scene(dedent(text)))
    rng = np.random.default_rng(3)
    weekday = np.array([(START + timedelta(n)).weekday() for n in range(DAYS)])
    counts = rng.poisson(0.35 * np.array([1.2, 1.2, 1.2, 1.2, 1.2, 0.4, 0.6])[weekday])
    likelihood = Likelihood(model, record_of(counts[:, None]))
    scores = scores_of(model)
    mode = find_mode(likelihood, scores, np.zeros(3))
    design = np.column_stack([weekday < 5, weekday == 5, weekday == 6]).astype(float)
    glm = sm.GLM(counts, design, family=sm.families.Poisson()).fit(tol=1e-12)
    rate, saturday, sunday = scores.theta(mode.z[None])[0]
    mean = (5 + saturday + sunday) / 7
    fitted = np.log(rate * np.array([1, saturday, sunday]) / mean)
    np.testing.assert_allclose(fitted, glm.params, atol=1e-4)
    assert mode.slope.value == pytest.approx(glm.llf, abs=1e-5)
    # The information of (rate, Saturday, Sunday), in the GLM's coordinates.
    shares = np.array([5, saturday, sunday]) / (7 * mean)
    jacobian = 100 * np.array(
        [[1, -shares[1], -shares[2]], [1, 1 - shares[1], -shares[2]], [1, -shares[1], 1 - shares[2]]]
    )
    found = jacobian @ np.linalg.inv(mode.slope.information) @ jacobian.T
    np.testing.assert_allclose(found, glm.cov_params(), rtol=1e-4, atol=1e-8)


def test_a_rate_ratio_is_a_glm_on_the_replayed_state():
    """With one variable that the events of another type move, ln ρ is the slope on that variable's replayed path."""
    import statsmodels.api as sm

    text = """
    window: {start: 2019-01-01, end: 2019-12-31}
    variables: {x: {half_life: 9 days}}
    events:
      push: {rate: 3 per month, effects: {x: 1.5}}
      a:
        rate: {lognormal: {median: 10, sigma: 100}, unit: per month}
        rate_ratio: {x: {lognormal: {median: 1, sigma: 100}}}
    """
    model = build(scene(dedent(text)))
    rng = np.random.default_rng(4)
    push = rng.poisson(3 * 12 / 365.25, DAYS)
    x, path = 0.0, np.empty(DAYS)
    rho, drift = 2.0 ** (-1 / 9), -1.5 * 3 * 12 / 365.25
    for t in range(DAYS):
        path[t] = x
        x = rho * x + drift
        for _ in range(push[t]):
            x = x + 1.5 * (9 - x) / 9
    a = rng.poisson(0.3 * 0.8**path)
    likelihood = Likelihood(model, record_of(np.column_stack([push, a])))
    scores = scores_of(model)
    mode = find_mode(likelihood, scores, np.zeros(2))
    glm = sm.GLM(a, sm.add_constant(path), family=sm.families.Poisson()).fit(tol=1e-12)
    np.testing.assert_allclose(np.log(scores.theta(mode.z[None])[0]), glm.params, atol=1e-4)


def test_what_cannot_happen_has_no_likelihood():
    text = """
    window: {start: 2019-01-01, end: 2019-12-31}
    variables: {x: {half_life: 9 days}}
    events: {a: {rate: 1 per month}, never: {rate: 0}}
    """
    model = build(scene(dedent(text)))
    counts = np.zeros((30, 2), int)
    counts[7, 1] = 1
    likelihood = Likelihood(model, record_of(counts))
    found = likelihood.by_event(model.medians)[0]
    assert np.isneginf(found[1])
    assert found[0] == pytest.approx(-30 * 12 / 365.25)
    from relsim.fit.posterior import impossible_events

    assert impossible_events(likelihood, model.medians) == ["'never' happened on 2015-01-08, when its rate is 0"]
