"""Events that bring on events, against the exact moments of the discrete-time Hawkes process.

Five standard errors (``oracle.five``); seeds fixed.
"""

from __future__ import annotations

import numpy as np
from oracle.five import counts_agree, mean_agrees, variance_agrees
from oracle.scenes import scene

from relsim.model import build
from relsim.model.parameters import owners

LOOP = """
window: {start: 2019-01-01, end: 2019-07-19}
variables: {x: {half_life: 10 days}}
events:
  a:
    rate: 0.5 per day
    excited_by:
      a: {events: 0.3, half_life: 2 days}
      b: [{events: 0.2, half_life: 1 day}, {events: 0.2, half_life: 20 days}]
  b: {rate: 0.3 per day, excited_by: {a: {events: 0.25, half_life: 5 days}}}
"""


def test_mean_and_variance_of_the_count_under_mutual_excitation(run):
    """Mean R on each day; Var of the 200-day totals by the exact linear recursion of (traces, totals).

    The recursion is checked against the long-run value (I − A)⁻¹ diag(R) (I − A)⁻ᵀ per day.
    """
    R = np.array([0.5, 0.3])
    kernels = [(0, 0, 0.3, 2), (0, 1, 0.2, 1), (0, 1, 0.2, 20), (1, 0, 0.25, 5)]
    q = 2 ** (-1 / np.array([h for *_, h in kernels]))
    gain, read = np.zeros((4, 2)), np.zeros((2, 4))
    for i, (k, j, a, _) in enumerate(kernels):
        gain[i, j], read[k, i] = 1 - q[i], a

    def variance(days):
        # State (traces, totals); N = r + read·g + ε with Cov ε = diag(R), since E λ = R on every day.
        step = np.block([[np.diag(q) + gain @ read, np.zeros((4, 2))], [read, np.eye(2)]])
        shock = np.vstack([gain, np.eye(2)])
        P = np.zeros((6, 6))
        for _ in range(days):
            P = step @ P @ step.T + shock @ np.diag(R) @ shock.T
        return P[4:, 4:]

    inverse = np.linalg.inv(np.eye(2) - np.array([[0.3, 0.4], [0.25, 0]]))
    assert np.allclose((variance(4001) - variance(4000)), inverse @ np.diag(R) @ inverse.T, rtol=1e-6)

    counts = run(scene(LOOP), 40_000, 31).counts.astype(float)
    total = counts.sum(axis=1)
    mean_agrees(counts[:, ::10], np.broadcast_to(R, (20, 2)))
    mean_agrees(total, 200 * R)
    exact = variance(200)
    variance_agrees(total, np.diag(exact))
    centred = total - 200 * R
    mean_agrees(centred[:, 0] * centred[:, 1], exact[0, 1])


def test_the_extra_events_of_one_event_sum_to_a(run):
    """After one forced spark on day 1 the mean of day t is a(1 − q)qᵗ⁻² per kernel, and a over all days."""
    scenario = scene("""
window: {start: 2019-01-01, end: 2019-04-10}
variables: {x: {half_life: 10 days}}
events:
  spark: {rate: 0 per day}
  echo: {excited_by: {spark: [{events: 1.5, half_life: 2 days}, {events: 0.5, half_life: 6 days}]}}
interventions: {spark: {on: 2019-01-01, event: spark}}
""")
    counts = run(scenario, 50_000, 32).counts.astype(float)
    assert (counts[:, 0, 0] == 1).all()
    assert counts[:, 1:, 0].sum() == 0
    echo = counts[:, :, 1]
    assert echo[:, 0].sum() == 0
    lag = np.arange(99)
    expected = sum(a * (1 - 2 ** (-1 / h)) * 2 ** (-lag / h) for a, h in ((1.5, 2), (0.5, 6)))
    for day in range(1, 60):
        counts_agree(echo[:, day].sum(), len(echo) * expected[day - 1])
    mean_agrees(echo.sum(axis=1), 2.0)


SHARES = """
window: {start: 2019-01-01, end: 2019-07-19}
variables: {x: {half_life: 10 days}}
events:
  a:
    rate: 0.2 to 0.6 per day
    excited_by:
      a: {share: 0.2 to 0.4, half_life: 2 days}
      b: {share: 0.1, half_life: 9 days}
      c: {share: 0.25, half_life: 9 days}
  b:
    each: party
    rate: 0.3 per day
    excited_by: {a: {share: 0.25, half_life: 5 days}, b: {share: 0.3, half_life: 3 days}}
  b.ru: {rate: 0.1 per day}
  c: {rate: 0.05 to 0.2 per day}
"""


def test_a_share_is_the_part_of_the_usual_number_that_its_sources_bring_on():
    """a R of the sources, summed, is the stated share of R in every draw; each event of a source brings on the same."""
    model = build(scene("parties: {us: United States, ru: Russia}" + SHARES))
    drawn = model.draw(5, 200)
    usual, names = drawn.usual, list(model.axes.events)
    rates, excite = model.structure.rates, drawn.weights.rates.excite
    matrix = np.zeros((200, len(names), len(names)))
    for i, (k, j) in enumerate(zip(owners(rates.excite), rates.trace_source[rates.excite.col], strict=True)):
        matrix[:, k, j] += excite[:, i]
    at = {name: names.index(name) for name in names}
    own = drawn.theta[:, [w.path for w in model.weights].index("events/a/excited_by/a/share")]

    def brought(k, *sources):
        return sum(matrix[:, at[k], at[j]] * usual[:, at[j]] for j in sources) / usual[:, at[k]]

    assert own.std() > 0.03
    assert usual[:, at["c"]].std() > 0.02
    np.testing.assert_allclose(brought("a", "a"), own, rtol=1e-12)
    np.testing.assert_allclose(brought("a", "b.us", "b.ru"), 0.1, rtol=1e-12)
    np.testing.assert_allclose(brought("b.ru", "b.us", "b.ru"), 0.3, rtol=1e-12)
    np.testing.assert_allclose(matrix[:, at["a"], at["b.us"]], matrix[:, at["a"], at["b.ru"]], rtol=1e-12)
    unprompted = drawn.weights.rates.unprompted / usual
    np.testing.assert_allclose(unprompted[:, at["a"]], 1 - own - 0.35, rtol=1e-12)
    np.testing.assert_allclose(unprompted[:, at["b.us"]], 0.45, rtol=1e-12)


def test_multipliers_act_on_both_parts_of_the_rate(run):
    """``rates: {echo: 3}`` triples unprompted and brought-on events on its days alone."""
    scenario = scene("""
window: {start: 2019-01-01, end: 2019-01-20}
variables: {x: {half_life: 10 days}}
events:
  spark: {rate: 0 per day}
  echo: {rate: 0.2 per day, excited_by: {spark: {events: 2, half_life: 4 days}}}
interventions:
  spark: {on: 2019-01-01, event: spark}
  loud: {from: 2019-01-06, to: 2019-01-10, rates: {echo: 3}}
""")
    echo = run(scenario, 40_000, 33).counts[:, :, 1].astype(float)
    q = 2 ** (-1 / 4)
    expected = np.r_[0.2, 0.2 + 2 * (1 - q) * q ** np.arange(19)]
    expected[5:10] *= 3
    mean_agrees(echo, expected)
