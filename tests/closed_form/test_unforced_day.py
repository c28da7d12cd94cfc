"""The unforced day against closed forms: OU, pull, correlation, reflection, first passage.

Five standard errors throughout (``oracle.five``); seeds fixed.
"""

from __future__ import annotations

import numpy as np
import pytest
from oracle.five import mean_agrees, share_agrees, variance_agrees
from oracle.scenes import scene
from scipy import stats

OU = """
window: {start: 2019-01-01, end: 2019-03-01}
variables: {x: {baseline: 1, half_life: 10 days, spread: 0.8, initial: 3}}
"""


def test_mean_and_variance_of_the_ou_on_every_day(run):
    """Mean μ + ρᵗ(x₀ − μ), variance s²(1 − ρ²ᵗ), covariance over 7 days ρ⁷ times the variance."""
    record = run(scene(OU), 50_000, 11)
    x = record.states[:, :, 0].astype(float)
    t = np.arange(x.shape[1])
    rho = 2 ** (-1 / 10)
    mean, variance = 1 + rho**t * 2, 0.64 * (1 - rho ** (2 * t))
    mean_agrees(x, mean)
    variance_agrees(x, variance)
    mean_agrees((x[:, 20:-7] - mean[20:-7]) * (x[:, 27:] - mean[27:]), rho**7 * variance[20:-7])


def test_one_day_of_noise_is_normal(run):
    """The standardised noise of days 1 to 4 has the normal's distribution at eleven points,
    and no correlation.
    """
    x = run(scene(OU), 100_000, 12).states[:, :5, 0].astype(float)
    rho = 2 ** (-1 / 10)
    z = (x[:, 1:] - 1 - rho * (x[:, :-1] - 1)) / (0.8 * np.sqrt(1 - rho**2))
    for v in np.linspace(-3.5, 3.5, 11):
        for day in range(4):
            share_agrees((z[:, day] < v).sum(), len(z), stats.norm.cdf(v))
    for i in range(4):
        for j in range(i):
            mean_agrees(z[:, i] * z[:, j], 0)
            mean_agrees(z[:, i] ** 2 * z[:, j] ** 2, 1)


def test_pull_and_correlated_noise_follow_the_matrix_recursion(run):
    """Mean and covariance of a vector autoregression, m ← Fm, P ← FPFᵀ + Q, on every tenth day."""
    scenario = scene("""
window: {start: 2019-01-01, end: 2019-03-01}
variables:
  x: {baseline: 1, half_life: 10 days, spread: 0.5, initial: 3, pull: {y: 0.03, z: -0.02}}
  y: {baseline: -1, half_life: 5 days, spread: 0.4, pull: {x: 0.05}}
  z: {half_life: 20 days, spread: 0.6, initial: -2}
  alone: {half_life: 3 days, spread: 0.3}
correlation: [{between: [x, y], value: 0.4}, {between: [y, z], value: -0.5}]
""")
    states = run(scenario, 50_000, 13).states.astype(float)
    mu, s = np.array([1, -1, 0, 0]), np.array([0.5, 0.4, 0.6, 0.3])
    rho = 2 ** (-1 / np.array([10, 5, 20, 3]))
    F = np.diag(rho)
    F[0, 1], F[0, 2], F[1, 0] = 0.03, -0.02, 0.05
    C = np.eye(4)
    C[0, 1] = C[1, 0] = 0.4
    C[1, 2] = C[2, 1] = -0.5
    sd = s * np.sqrt(1 - rho**2)
    m, P = np.array([2.0, 0, -2, 0]), np.zeros((4, 4))
    for day in range(1, states.shape[1]):
        m, P = F @ m, F @ P @ F.T + sd[:, None] * C * sd
        if day % 10 == 0 or day == 1:
            off = states[:, day] - mu
            mean_agrees(off, m)
            off -= m
            mean_agrees(off[:, :, None] * off[:, None, :], P)


def test_noise_correlated_with_a_still_variable_keeps_its_spread(run):
    """The partner has spread 0: the others' noises keep variance s²(1 − ρ²)."""
    scenario = scene("""
window: {start: 2019-01-01, end: 2019-01-04}
variables:
  still: {half_life: 5 days}
  x: {half_life: 5 days, spread: 0.5}
  y: {half_life: 5 days, spread: 0.5}
correlation: [{between: [still, x], value: -0.6}, {between: [still, y], value: 0.5}]
quantities: {q: {value: x, on: 2019-01-04}}
""")
    states = run(scenario, 50_000, 17).states.astype(float)
    assert (states[:, :, 0] == 0).all()
    t = np.arange(5)
    variance_agrees(states[:, :, 1], 0.25 * (1 - 2 ** (-2 * t / 5)))
    variance_agrees(states[:, :, 2], 0.25 * (1 - 2 ** (-2 * t / 5)))


def test_reflection_folds_the_normal_at_both_bounds(run):
    """One day's law on [0, 9]: density f(v) + f(2·9 − v) + f(−v);
    past the other bound it is held where it passed.
    """
    scenario = scene("""
window: {start: 2019-01-01, end: 2019-01-01}
variables: {x: {range: [0, 9], baseline: 5, half_life: 1 day, spread: 8, initial: 7}}
""")
    x = run(scenario, 200_000, 14).states[:, 1, 0].astype(float)
    law = stats.norm(5 + 0.5 * 2, 8 * np.sqrt(0.75))
    assert x.min() >= 0
    assert x.max() <= 9
    share_agrees((x == 0).sum(), len(x), law.cdf(-9))
    share_agrees((x == 9).sum(), len(x), law.sf(18))
    for v in (0.5, 2, 4, 6, 8, 8.9):
        below = law.cdf(v) - law.cdf(-v) + law.cdf(18) - law.cdf(18 - v) + law.cdf(-9)
        share_agrees((x <= v).sum(), len(x), below)


@pytest.mark.parametrize("level", [2.0, 1.0])
def test_first_passage_watched_daily(run, level):
    """P(not above the level by day t) for t = 1 … 60, against Nyström quadrature of the one-day
    transition.
    """
    scenario = scene("""
window: {start: 2019-01-01, end: 2019-03-01}
variables: {x: {half_life: 12 days, spread: 1, initial: -0.5}}
""")
    x = run(scenario, 100_000, 15).states[:, 1:, 0]
    rho = 2 ** (-1 / 12)
    sd = np.sqrt(1 - rho**2)
    nodes, weights = np.polynomial.legendre.leggauss(200)
    low = -7.0
    nodes, weights = low + (nodes + 1) / 2 * (level - low), weights * (level - low) / 2
    density = stats.norm.pdf(nodes, -0.5 * rho, sd)
    transition = stats.norm.pdf(nodes[:, None], rho * nodes[None, :], sd) * weights[None, :]
    stayed = np.maximum.accumulate(x, axis=1) <= level
    for t in range(60):
        share_agrees(stayed[:, t].sum(), len(x), min(1.0, weights @ density))
        density = transition @ density


def test_initial_is_drawn_per_path_within_the_range(run):
    """``initial: 8 ± 2`` on [−9, 9]: a normal truncated at 9, one draw for each path,
    whatever the draw of weights.
    """
    scenario = scene("""
window: {start: 2019-01-01, end: 2019-01-02}
variables: {x: {half_life: 30 days, initial: 8 ± 2}, y: {half_life: 30 days, initial: -1 to 1}}
""")
    states = run(scenario, 50_000, 16).states[:, 0].astype(float)
    law = stats.truncnorm(-17 / 2, 0.5, loc=8, scale=2)
    for v in (5, 7, 8, 8.5, 8.9):
        share_agrees((states[:, 0] <= v).sum(), len(states), law.cdf(v))
    mean_agrees(states[:, 1], 0)
    variance_agrees(states[:, 1], (1 / stats.norm.ppf(0.95)) ** 2)
