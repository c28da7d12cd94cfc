"""Uncertain weights: which value each block of 128 paths runs under.

A variable without noise starts at its baseline, and a forced event moves it by its effect, so that both
weights can be read off the states. Exact to float32's rounding; distributions within five standard
errors (``oracle.five``).
"""

from __future__ import annotations

import numpy as np
import pytest
from oracle.five import FIVE_SIGMA
from oracle.scenes import scene
from scipy import stats

from relsim.streams import Purpose, stream_key, weight_uniforms

TWO = """
window: {start: 2019-01-01, end: 2019-01-02}
variables:
  x: {baseline: 3 ± 1, half_life: 1000 years, drift: off}
  y: {baseline: 3, half_life: 1000 years, drift: off}
events: {push: {effects: {y: 4 ± 2}}}
interventions: {i: {on: 2019-01-01, event: push}}
"""


def uniform(path, draws, seed, attempt=0):
    stream = np.array([stream_key(Purpose.WEIGHT, path)])
    return weight_uniforms(seed, stream, np.arange(draws), np.full(draws, attempt))[:, 0]


def test_one_draw_for_each_block(run):
    """Truncated normals by inverse CDF of the uniform of (seed, path in the file, draw),
    the same for 128 paths.
    """
    states = run(scene(TWO), 1_400, 81).states.astype(float)
    draw = np.arange(len(states)) // 128
    x = stats.truncnorm(-12, 6, 3, 1).ppf(uniform("variables/x/baseline", draw[-1] + 1, 81))
    W = stats.truncnorm(-8, 1, 4, 2).ppf(uniform("events/push/effects/y", draw[-1] + 1, 81))
    assert np.allclose(states[:, 0, 0], x[draw], atol=1e-5)
    assert np.allclose(states[:, 2, 1], 3 + W[draw], atol=1e-5)


def test_fewer_draws_go_round(run):
    """``draws: 3``: block b runs under draw b mod 3."""
    states = run(scene(TWO + "run: {draws: 3}\n"), 1_400, 81).states.astype(float)
    draw = np.arange(len(states)) // 128 % 3
    x = stats.truncnorm(-12, 6, 3, 1).ppf(uniform("variables/x/baseline", 3, 81))
    assert np.allclose(states[:, 0, 0], x[draw], atol=1e-5)


def test_draws_follow_their_families(engine):
    """800 draws of two truncated weights: Kolmogorov–Smirnov, and no rank correlation between them."""
    states = engine(scene(TWO), 128 * 800, 82).states[::128].astype(float)
    x, W = states[:, 0, 0], states[:, 2, 1] - 3
    assert stats.kstest(x, stats.truncnorm(-12, 6, 3, 1).cdf).pvalue > FIVE_SIGMA
    assert stats.kstest(W, stats.truncnorm(-8, 1, 4, 2).cdf).pvalue > FIVE_SIGMA
    assert W.max() <= 6.0001
    assert abs(stats.spearmanr(x, W).statistic) < 5 / np.sqrt(800)


def test_other_weights_do_not_disturb_a_weight(engine):
    """With a third uncertain weight, put first, the two keep their values."""
    before = engine(scene(TWO), 1_000, 83).states
    third = TWO.replace("  x:", "  w: {baseline: 0 to 1, half_life: 5 to 9 days}\n  x:")
    after = engine(scene(third), 1_000, 83).states[:, :, 1:]
    assert np.array_equal(before, after)


def test_members_of_a_set_share_a_weight(run):
    """One number, one draw, for both parties' effects on either's variable."""
    scenario = scene("""
window: {start: 2019-01-01, end: 2019-01-02}
parties: {us: United States, ru: Russia}
variables: {x: {each: party, half_life: 1000 years, drift: off}}
events: {push: {each: party, effects: {x.other: -3 ± 1}}}
interventions: {i: {on: 2019-01-01, event: push.us}, j: {on: 2019-01-02, event: push.ru}}
quantities: {q: {value: x.us, on: 2019-01-02}}
""")
    states = run(scenario, 600, 84).states.astype(float)
    draw = np.arange(600) // 128
    W = stats.truncnorm(-6, 12, -3, 1).ppf(uniform("events/push/effects/x.other", 5, 84))
    assert np.allclose(states[:, 2], W[draw][:, None], atol=1e-5)


def test_a_draw_that_cannot_be_is_drawn_anew(run):
    """Where the loop's strength is 1 or more, all weights take the next attempt's uniforms."""
    scenario = scene("""
window: {start: 2019-01-01, end: 2019-01-02}
variables: {x: {baseline: 3 ± 1, half_life: 1000 years, drift: off}}
events: {e: {rate: 0.1 per day, excited_by: {e: {events: 0.4 ± 0.16, half_life: 3 days}}}}
run: {draws: 400}
""")
    s = np.sqrt(np.log(1 + 0.4**2))
    strength = stats.lognorm(s, scale=0.4 / np.exp(s**2 / 2))
    path = "events/e/excited_by/e/events"
    failed = next(
        (seed, j)
        for seed in range(1000)
        for j in range(10)
        if strength.ppf(uniform(path, 10, seed)[j]) > 1
        and (strength.ppf(uniform(path, 400, seed)) > 1).sum() < 4
        and strength.ppf(uniform(path, 10, seed, 1)[j]) < 0.9
    )
    seed, j = failed
    states = run(scenario, 128 * 10, seed).states[::128, 0, 0].astype(float)
    law = stats.truncnorm(-12, 6, 3, 1)
    first, second = (law.ppf(uniform("variables/x/baseline", 10, seed, attempt)) for attempt in (0, 1))
    first[j] = second[j]
    assert np.allclose(states, first, atol=1e-5)


@pytest.mark.parametrize("seed", [1, 2**40 + 7])
def test_long_seeds_count(run, seed):
    """All 64 bits of the seed key the weights."""
    states = run(scene(TWO), 130, seed).states.astype(float)
    x = stats.truncnorm(-12, 6, 3, 1).ppf(uniform("variables/x/baseline", 2, seed))
    assert np.allclose(states[[0, 129], 0, 0], x, atol=1e-5)
