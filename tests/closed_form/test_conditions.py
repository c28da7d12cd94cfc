"""Conditions: when they are in force, what they shift and multiply.

Deterministic parts are exact to float32's rounding; shares and means within five standard errors
(``oracle.five``).
"""

from __future__ import annotations

import numpy as np
from oracle.five import mean_agrees, share_agrees
from oracle.scenes import scene
from scipy import stats


def in_force_days(record, scenario, name):
    """Days on which a condition is in force on every path; no path differs."""
    rows = record.in_force[:, :, list(scenario.conditions).index(name)]
    assert (rows == rows[0]).all()
    return set((np.flatnonzero(rows[0]) + 1).tolist())


def test_beginnings_and_ends(run):
    """Begun on t, a condition holds t + 1 … t + lasts; begun anew it runs anew;
    begun and ended on a day it is ended.
    """
    scenario = scene("""
window: {start: 2019-01-01, end: 2019-01-31}
variables: {x: {half_life: 10 days}}
events: {a: {}, b: {}}
conditions:
  timed: {begins: [a], lasts: 4 days}
  open: {begins: [a], ends: [b]}
  both: {begins: [a], ends: [b], lasts: 10 days}
  halved: {begins: [a], lasts: 2.5 days}
  from_start: {initially: true, lasts: 5 days}
  kept: {initially: true}
  ended: {initially: true, ends: [b]}
  meeting_set: {begins: [entry], lasts: 3 days}
calendar: {entry: {on: 2019-01-02, probability: 1}}
interventions:
  a1: {on: 2019-01-03, event: a}
  a2: {on: 2019-01-05, event: a}
  b1: {on: 2019-01-12, event: b}
  a3: {on: 2019-01-20, event: a}
  b3: {on: 2019-01-20, event: b}
  a4: {on: 2019-01-25, event: a}
  b4: {on: 2019-01-26, event: b}
""")
    record = run(scenario, 130, 51)

    def days(*spans):
        return {d for first, last in spans for d in range(first, last + 1)}

    assert in_force_days(record, scenario, "timed") == days((4, 9), (21, 24), (26, 29))
    assert in_force_days(record, scenario, "open") == days((4, 12), (26, 26))
    assert in_force_days(record, scenario, "both") == days((4, 12), (26, 26))
    assert in_force_days(record, scenario, "halved") == days((4, 8), (21, 23), (26, 28))
    assert in_force_days(record, scenario, "from_start") == days((1, 5))
    assert in_force_days(record, scenario, "kept") == days((1, 31))
    assert in_force_days(record, scenario, "ended") == days((1, 12))
    assert in_force_days(record, scenario, "meeting_set") == days((3, 5))


def test_drawn_lengths(run):
    """``lasts: 3 to 12 days``: still in force n days after its beginning with probability 1 − F(n − 1)."""
    scenario = scene("""
window: {start: 2019-01-01, end: 2019-01-31}
variables: {x: {half_life: 10 days}}
events: {a: {}}
conditions:
  drawn: {begins: [a], lasts: 3 to 12 days}
  before: {initially: true, lasts: 3 to 12 days}
interventions: {a1: {on: 2019-01-04, event: a}}
""")
    rows = run(scenario, 40_000, 52).in_force
    law = stats.lognorm(np.log(4) / 2 / stats.norm.ppf(0.95), scale=6)
    for c, begun in ((0, 4), (1, 0)):
        for n in range(1, 20):
            share_agrees(rows[:, begun + n - 1, c].sum(), len(rows), law.sf(n - 1))
        assert rows[:, : begun and begun, 0].sum() == 0
    independent = rows[:, 9, 0].astype(float) * rows[:, 5, 1]
    mean_agrees(independent, law.sf(5) ** 2)


def test_baselines_and_rates_in_force(run):
    """The unforced day reverts to μ + shift and rates are multiplied on days 4 … 13;
    ratios keep measuring from μ.
    """
    scenario = scene("""
window: {start: 2019-01-01, end: 2019-01-31}
variables: {x: {baseline: 1, half_life: 5 days}}
events: {a: {}, e: {rate: 0.5 per day, rate_ratio: {x: 0.8}}}
conditions:
  one: {begins: [a], lasts: 10 days, while: {baseline: {x: -2}, rates: {e: 2}}}
  two: {begins: [a], lasts: 5 days, while: {baseline: {x: 0.5}, rates: {e: 1.5}}}
interventions: {a1: {on: 2019-01-03, event: a}}
""")
    record = run(scenario, 40_000, 53)
    rho, x, path, rate = 2 ** (-1 / 5), 1.0, [1.0], []
    for day in range(1, 32):
        one, two = 4 <= day <= 13, 4 <= day <= 8
        rate.append(0.5 * 0.8 ** (x - 1) * (2 if one else 1) * (1.5 if two else 1))
        centre = 1 - 2 * one + 0.5 * two
        x = centre + rho * (x - centre)
        path.append(x)
    assert np.allclose(record.states[:, :, 0], path, atol=2e-5)
    mean_agrees(record.counts[:, :, 1].astype(float), np.array(rate))
