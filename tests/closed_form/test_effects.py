"""Effects, saturation, drift and interventions.

Deterministic parts are exact to float32's rounding; means within five standard errors (``oracle.five``).
"""

from __future__ import annotations

import numpy as np
import pytest
from oracle.five import mean_agrees
from oracle.scenes import scene


def test_an_effect_at_baseline_and_on_the_way_to_the_bound(run):
    """n events move hi − x to (hi − x)(1 − W/(hi − μ))ⁿ: forced once, then three times,
    then the other way.
    """
    scenario = scene("""
window: {start: 2019-01-01, end: 2019-01-05}
variables:
  x: {baseline: 3, half_life: 1000 years}
  gap: {range: [0, 9], baseline: 6, half_life: 1000 years}
events: {up: {effects: {x: 2, gap: 0.5}}, down: {effects: {x: -4, gap: -1.2}}}
interventions:
  a: {on: 2019-01-01, event: up}
  b1: {on: 2019-01-02, event: up}
  b2: {on: 2019-01-02, event: up}
  b3: {on: 2019-01-02, event: up}
  c: {on: 2019-01-03, event: down}
  d: {on: 2019-01-04, shift: {x: 20, gap: -1}}
  e: {on: 2019-01-05, shift: {x: 1}}
  f: {on: 2019-01-05, set: {x: -3.5}}
""")
    states = run(scenario, 130, 61).states
    x1 = 9 - 6 * (1 - 2 / 6)
    x2 = 9 - 6 * (1 - 2 / 6) ** 4
    x3 = -9 + (x2 + 9) * (1 - 4 / 12)
    g1, g2 = 9 - 3 * (1 - 0.5 / 3), 9 - 3 * (1 - 0.5 / 3) ** 4
    g3 = g2 * (1 - 1.2 / 6)
    assert x1 == pytest.approx(5)
    assert np.allclose(states[:, :, 0], [3, x1, x2, x3, 9, -3.5], atol=2e-5)
    assert np.allclose(states[:, :, 1], [6, g1, g2, g3, g3 - 1, g3 - 1], atol=2e-5)


def test_no_state_leaves_its_range(run):
    """Effects as large as the bounds allow, thirty a day, noise as wide as the range: never past a bound."""
    scenario = scene("""
window: {start: 2019-01-01, end: 2019-01-12}
variables:
  x: {baseline: 3, half_life: 2 days, spread: 6, drift: off}
  gap: {range: [0, 9], baseline: 8, half_life: 2 days, spread: 6, pull: {x: 0.3}}
events:
  up: {rate: 5 per day, effects: {x: 6, gap: 1}, rate_ratio: {x: 1.2}}
  down: {rate: 30 per day, effects: {x: -12, gap: -8}, overdispersion: 3}
""")
    states = run(scenario, 5_000, 62).states
    assert states[:, :, 0].min() >= -9
    assert states[:, :, 0].max() <= 9
    assert states[:, :, 1].min() >= 0
    assert states[:, :, 1].max() <= 9


def one_day_mean(m, rho, mu, low, high, events):
    """E x after a day: the day's drift, then E (1 − w)^N = e^{−Rw} per Poisson event type, in file order."""
    m = mu + rho * (m - mu) - sum(R * W for R, W in events)
    for R, W in events:
        bound = high if W > 0 else low
        m = bound + (m - bound) * np.exp(-R * abs(W) / abs(bound - mu))
    return m


@pytest.mark.parametrize("scale", [0.3, 1.0])
def test_drift_holds_the_mean_at_the_baseline(run, scale):
    """The mean under saturating effects and drift, by its exact recursion, on every day of a year."""
    pairs = [(0.3 * scale, 1.0), (0.5 * scale, -0.8), (0.05 * scale, -3.0)]
    scenario = scene(f"""
window: {{start: 2019-01-01, end: 2019-12-31}}
variables: {{x: {{baseline: 2, half_life: 20 days}}}}
events:
  a: {{rate: {pairs[0][0]} per day, effects: {{x: 1.0}}}}
  b: {{rate: {pairs[1][0]} per day, effects: {{x: -0.8}}}}
  c: {{rate: {pairs[2][0]} per day, effects: {{x: -3.0}}}}
""")
    x = run(scenario, 20_000, 63).states[:, :, 0].astype(float)
    expected = [2.0]
    for _ in range(365):
        expected.append(one_day_mean(expected[-1], 2 ** (-1 / 20), 2, -9, 9, pairs))
    mean_agrees(x[:, ::7], np.array(expected)[::7])
    if scale < 1:
        assert abs(expected[-1] - 2) < 0.2


def test_drift_is_exact_as_events_get_rare():
    """The mean's fixed point leaves the baseline by second order:
    a tenth of the rate, a hundredth of the distance.
    """
    gaps = []
    for rate in (0.1, 0.01, 0.001):
        m = 2.0
        for _ in range(2000):
            m = one_day_mean(m, 2 ** (-1 / 20), 2, -9, 9, [(rate, 1.0), (rate, -0.8)])
        gaps.append(abs(m - 2))
    assert gaps[1] < gaps[0] / 50
    assert gaps[2] < gaps[1] / 50


def test_without_drift_the_mean_settles_elsewhere(run):
    """``drift: off``: the same recursion without the drift;
    more events than usual move a variable with it.
    """
    scenario = scene("""
window: {start: 2019-01-01, end: 2019-06-30}
variables: {x: {half_life: 20 days, drift: off}, y: {half_life: 20 days}}
events: {e: {rate: 0.2 per day, effects: {x: 0.5, y: 0.5}}}
interventions: {busy: {from: 2019-04-01, to: 2019-06-30, rates: {e: 3}}}
""")
    states = run(scenario, 20_000, 64).states.astype(float)
    rho, w = 2 ** (-1 / 20), 0.5 / 9
    off, on, expected = 0.0, 0.0, [[0.0, 0.0]]
    for day in range(1, 182):
        keep = np.exp(-0.2 * (3 if day > 90 else 1) * w)
        off = 9 + (rho * off - 9) * keep
        on = 9 + (rho * on - 0.2 * 0.5 - 9) * keep
        expected.append([off, on])
    mean_agrees(states[:, ::10], np.array(expected)[::10])
