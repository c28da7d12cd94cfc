"""What the record leaves at start.

Deterministic parts are exact to float32's rounding; means and shares within five standard errors
(``oracle.five``).
"""

from __future__ import annotations

import numpy as np
import pytest
from oracle.five import mean_agrees, share_agrees
from oracle.scenes import scene
from scipy import stats

HEAD = """
window: {start: 2019-02-01, end: 2019-02-10}
"""


def start_of(record):
    """The state at start, which must be the same on every path."""
    rows = record.states[:, 0]
    assert (rows == rows[0]).all()
    return rows[0].astype(float)


def test_what_nobody_covered_goes_on_as_usual(run):
    """Days that no history covers leave the state at its baseline, but for the square of the drift: drift in full,
    then the expectation; a listed event comes on top of the usual.
    """
    scenario = scene(
        HEAD
        + """
variables: {x: {baseline: 2, half_life: 8 days}, y: {half_life: 8 days}}
events: {a: {rate: 0.3 per day, effects: {x: 1}}, b: {effects: {y: -1}}}
history: {mine: {events: [{on: 2019-01-12, event: b}]}}
"""
    )
    rho, x = 2 ** (-1 / 8), 2.0
    for _ in range(12, 32):
        x = 2 + rho * (x - 2) - 0.3
        x += 0.3 * (9 - x) / 7
    assert abs(x - 2) < 0.3**2 / 7 / (1 - rho)
    assert np.allclose(start_of(run(scenario, 128)), [x, -(2 ** (-19 / 8))], atol=1e-5)


def test_a_covered_silence_lets_the_drift_act(run):
    """Covered and empty, x moves by the whole drift each day, save on the day that is missing."""
    scenario = scene(
        HEAD
        + """
variables: {x: {baseline: 2, half_life: 8 days}}
events: {a: {rate: 0.3 per day, effects: {x: 1}}, b: {rate: 0.2 per day, effects: {x: -0.5}}}
history:
  one: {events: [], covers: {from: 2019-01-22, to: 2019-01-31}, types: [a], missing: [2019-01-25]}
  two: {events: [{on: 2019-01-20, event: a}, {on: 2019-01-20, event: a}, {on: 2019-01-28, event: a}]}
  three: {events: [{on: 2019-01-20, event: a}]}
"""
    )
    rho, x = 2 ** (-1 / 8), 2.0
    for date in range(20, 32):
        covered = date >= 22 and date != 25
        x = 2 + rho * (x - 2) - 0.3 + 0.1
        if not covered:
            x += 0.3 * (9 - x) / 7
        x = 9 - (9 - x) * (1 - 1 / 7) ** {20: 2, 28: 1}.get(date, 0)
        x += 0.2 * -0.5 * (x + 9) / 11
    assert np.allclose(start_of(run(scenario, 128)), [x], atol=1e-5)


def test_traces_at_start(run):
    """A trace starts at R, keeps q a covered day without events, gains (1 − q) per listed one."""
    scenario = scene(
        HEAD
        + """
variables: {x: {half_life: 8 days}}
events:
  j: {rate: 0.5 per day, requires: [{x: {above: 8}}], usual: true}
  k: {rate: 1 per day, excited_by: {j: {events: 1.2, half_life: 3 days}}}
history: {mine: {events: [{on: 2019-01-29, event: j}], covers: {from: 2019-01-22, to: 2019-01-31}}}
"""
    )
    counts = run(scenario, 60_000, 71).counts.astype(float)
    q = 2 ** (-1 / 3)
    trace = 0.5 * q**10 + (1 - q) * q**2
    mean_agrees(counts[:, :, 1], 1 - 1.2 * 0.5 + 1.2 * trace * q ** np.arange(10))


@pytest.mark.parametrize("initial", [False, True])
def test_the_noise_nobody_saw(run, initial):
    """Covariance F P Fᵀ + Q over 31 days with pull, correlation and usual events; ``initial`` replaces it."""
    scenario = scene(
        HEAD
        + f"""
variables:
  x: {{half_life: 20 days, spread: 0.8, pull: {{y: 0.02}}}}
  y: {{baseline: 1, half_life: 6 days, spread: 0.5{", initial: 2 ± 0.5" if initial else ""}}}
  still: {{half_life: 6 days, pull: {{x: 0.1}}}}
correlation: [{{between: [x, y], value: -0.6}}]
events:
  e: {{rate: 0.4 per day, effects: {{x: 0.9, y: -0.5}}}}
  f: {{rate: 0.2 per day, effects: {{x: -0.9}}}}
history: {{mine: {{events: [], covers: {{from: 2019-01-01, to: 2019-01-31}}, types: []}}}}
"""
    )
    x = run(scenario, 60_000, 72).states[:, 0].astype(float)
    rho = 2 ** (-1 / np.array([20, 6, 6]))
    kept = np.array([(1 - 0.4 * 0.9 / 9) * (1 - 0.2 * 0.9 / 9), 1 - 0.4 * 0.5 / 10, 1])
    sd = np.array([0.8, 0.5, 0]) * np.sqrt(1 - rho**2)
    F = np.diag(rho)
    F[0, 1], F[2, 0] = 0.02, 0.1
    C = np.array([[1, -0.6, 0], [-0.6, 1, 0], [0, 0, 1]])
    F, Q, P = kept[:, None] * F, (kept * sd)[:, None] * C * (kept * sd), np.zeros((3, 3))
    for _ in range(31):
        P = F @ P @ F.T + Q
    mean = np.array([0, 1.0, 0])
    for _ in range(31):  # drift in full, then each type's expectation
        unforced = rho * (mean - [0, 1, 0]) + [0, 1, 0] + [-0.36 + 0.18, 0.2, 0]
        unforced += [0.02 * (mean[1] - 1), 0, 0.1 * mean[0]]
        x_mean, y_mean, still = unforced
        x_mean += 0.36 * (9 - x_mean) / 9
        y_mean -= 0.2 * (y_mean + 9) / 10
        x_mean -= 0.18 * (x_mean + 9) / 9
        mean = np.array([x_mean, y_mean, still])
    if initial:
        mean[1], P[1, :], P[:, 1], P[1, 1] = 2, 0, 0, 0.25
    mean_agrees(x, mean)
    off = x - mean
    mean_agrees(off[:, :, None] * off[:, None, :], P)


def test_the_covariance_is_that_of_simulated_noise(run):
    """The window run over the same 31 days from the baseline has the covariance put back,
    to first order in events.
    """
    body = """
variables:
  x: {half_life: 20 days, spread: 0.8, pull: {y: 0.02}}
  y: {baseline: 1, half_life: 6 days, spread: 0.5}
correlation: [{between: [x, y], value: -0.6}]
"""
    lived = run(scene("window: {start: 2019-01-01, end: 2019-01-31}" + body), 60_000, 73).states[:, -1]
    history = "history: {mine: {events: [], covers: {from: 2019-01-01, to: 2019-01-31}, types: []}}"
    put_back = run(scene(HEAD + body + history), 60_000, 73).states[:, 0]
    lived, put_back = lived - np.array([0.0, 1]), put_back - np.array([0.0, 1])
    product = lived[:, :, None] * lived[:, None, :] - put_back[:, :, None] * put_back[:, None, :]
    mean_agrees(product, 0)


def test_replay_equals_simulation_with_noise_off(run):
    """Forced in the window or replayed from a covering history, events leave the same state and conditions.

    Rates stand for the drift and the traces alone: ``requires`` keeps the unscheduled events from happening.
    """
    body = """
variables:
  x: {baseline: 1, half_life: 8 days, pull: {y: 0.03}}
  y: {half_life: 15 days, range: [-2, 2], pull: {x: -0.05}}
conditions: {c: {begins: [a], ends: [b], lasts: 6 days, while: {baseline: {y: 1}}}}
events:
  a: {rate: 0.3 per day, effects: {x: 1.5, y: -0.7}, requires: [{x: {above: 9}}]}
  b: {rate: 0.2 per day, effects: {x: -2}, requires: [{x: {above: 9}}]}
  k: {rate: 1 per day, excited_by: {a: {events: 1, half_life: 5 days}}, requires: [{x: {above: 9}}]}
"""
    dates = [("a", 3), ("a", 4), ("b", 4), ("a", 4), ("b", 11), ("a", 20), ("a", 28), ("b", 31)]
    forced = enumerate(sorted(dates))
    orders = "\n".join(f"  i{i}: {{on: 2019-01-{day:02}, event: {e}}}" for i, (e, day) in forced)
    simulated = run(scene(f"window: {{start: 2019-01-01, end: 2019-02-03}}\n{body}\ninterventions:\n{orders}\n"), 128)
    listed = ", ".join(f"{{on: 2019-01-{day:02}, event: {e}}}" for e, day in dates)
    covers = "covers: {from: 2019-01-01, to: 2019-01-31}, types: [a, b, k]"
    history = f"history: {{h: {{events: [{listed}], {covers}}}}}"
    replayed = run(scene(f"window: {{start: 2019-02-01, end: 2019-02-03}}\n{body}\n{history}\n"), 128)
    assert np.allclose(simulated.states[0, 31:], replayed.states[0], atol=2e-5)
    assert np.array_equal(simulated.in_force[0, 31:], replayed.in_force[0])
    assert np.array_equal(start_of(replayed), replayed.states[-1, 0])


def test_several_histories_do_not_add_up(run):
    """Per day and event the largest count that any one history gives."""
    scenario = scene(
        HEAD
        + """
variables: {x: {half_life: 8 days}}
events: {b: {effects: {x: -1}}}
history:
  one: {events: [{on: 2019-01-31, event: b}, {on: 2019-01-31, event: b}]}
  two: {events: [{on: 2019-01-31, event: b}]}
"""
    )
    assert start_of(run(scenario, 128))[0] == pytest.approx(-9 + 9 * (1 - 1 / 9) ** 2, abs=1e-5)


def test_conditions_from_the_record(run):
    """Begun 5 days before start with ``lasts: 4 to 12 days``: P(in force on day t) = 1 − F(t + 3)."""
    scenario = scene(
        HEAD
        + """
variables: {x: {half_life: 8 days}}
events: {a: {}, b: {}}
conditions:
  drawn: {begins: [a], lasts: 4 to 12 days, while: {baseline: {x: 2}}}
  open: {begins: [a], ends: [b]}
  ended: {initially: true, ends: [b]}
history:
  mine: {events: [{on: 2019-01-10, event: a}, {on: 2019-01-27, event: a}, {on: 2019-01-20, event: b}]}
"""
    )
    record = run(scenario, 40_000, 74)
    law = stats.lognorm(np.log(3) / 2 / stats.norm.ppf(0.95), scale=np.sqrt(48))
    for t in range(1, 10):
        share_agrees(record.in_force[:, t - 1, 0].sum(), len(record.in_force), law.sf(t + 3))
    assert record.in_force[:, :, 1].all()
    assert not record.in_force[:, :, 2].any()
    x, rho = 0.0, 2 ** (-1 / 8)
    for date in range(11, 32):
        n = date - 10 if date <= 27 else date - 27
        x = rho * x + (1 - rho) * 2 * (1 if n == 1 else law.sf(n - 1))
    assert start_of(record)[0] == pytest.approx(x, abs=1e-5)
