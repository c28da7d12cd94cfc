"""Conditions: when they are in force, what they shift and multiply.

Deterministic parts are exact to float32's rounding; shares and means within five standard errors
(``oracle.five``).
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from oracle.five import mean_agrees, share_agrees
from oracle.scenes import scene
from scipy import stats

from relsim.errors import DocumentError
from relsim.model import build


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


def test_in_force_since_a_day_before_the_window(run):
    """Begun on 2018-12-22 (day −9), durations uniform on 0 … 20 days: known to reach day 1, it holds on day t ≥ 1 with
    probability (20 − (t + 8)) / (20 − 9); without ``lasts`` and with a certain one there is no doubt.
    """
    scenario = scene("""
window: {start: 2019-01-01, end: 2019-01-15}
variables: {x: {half_life: 10 days}}
events: {a: {}}
conditions:
  drawn: {initially: {since: 2018-12-22}, lasts: {uniform: {low: 0, high: 20}, unit: days}}
  certain: {initially: {since: 2018-12-22}, lasts: 13 days}
  open: {initially: {since: 1990-01-01}}
""")
    record = run(scenario, 20_000, 61)
    assert in_force_days(record, scenario, "certain") == {1, 2, 3, 4}
    assert in_force_days(record, scenario, "open") == set(range(1, 16))
    for day in range(1, 12):
        # In force on day t: begun on −9, it lasts at least t + 9 days, rounded up; given at least 10.
        share_agrees(record.in_force[:, day - 1, 0].sum(), len(record.in_force), (20 - (day + 8)) / 11)
    assert not record.in_force[:, 11:, 0].any()


def test_a_condition_since_a_day_within_the_record(run):
    """It shifts the replayed days after that day with certainty, and an event that ends it ends it."""
    text = """
window: {start: 2019-01-11, end: 2019-01-12}
variables: {x: {half_life: 10 days}}
events: {a: {}, b: {}}
conditions:
  c: {initially: {since: 2019-01-05}, ends: [b], lasts: 3 to 40 days, while: {baseline: {x: 2}}}
history: {h: {covers: {from: 2019-01-01, to: 2019-01-10}, types: [a, b], events: [LISTED]}}
"""
    rho = 2**-0.1
    record = run(scene(text.replace("LISTED", "")), 2_000, 62)
    np.testing.assert_allclose(record.states[:, 0, 0], 2 * (1 - rho**5), atol=1e-5)  # days 6 … 10
    assert record.in_force[:, 0].all()
    record = run(scene(text.replace("LISTED", "{on: 2019-01-08, event: b}")), 2_000, 63)
    np.testing.assert_allclose(record.states[:, 0, 0], 2 * (1 - rho**3) * rho**2, atol=1e-5)
    assert not record.in_force.any()


def test_hardly_any_duration_may_reach():
    with pytest.raises(DocumentError, match=r"of such durations reach from 2018-01-01, since when c is in force"):
        build(
            scene("""
window: {start: 2019-01-01, end: 2019-01-12}
variables: {x: {half_life: 10 days}}
events: {a: {}}
conditions: {c: {begins: [a], initially: {since: 2018-01-01}, lasts: 10 to 40 days}}
""")
        )


def test_a_moratorium(run):
    """A factor of 0, of a condition or of the scenario, lets none through while it is in force; certain and exact."""
    scenario = scene("""
window: {start: 2019-01-01, end: 2019-01-20}
variables: {x: {half_life: 10 days}}
events: {a: {}, test: {rate: 3 per day}, second: {rate: 3 per day}}
conditions: {pause: {begins: [a], lasts: 5 days, while: {rates: {test: 0}}}}
interventions:
  begin: {on: 2019-01-03, event: a}
  none: {from: 2019-01-15, to: 2019-01-16, rates: {second: 0}}
""")
    counts = run(scenario, 500, 64).counts
    silent = (counts[:, :, 1].sum(axis=0) == 0).nonzero()[0] + 1
    assert silent.tolist() == [4, 5, 6, 7, 8]
    assert ((counts[:, :, 2].sum(axis=0) == 0).nonzero()[0] + 1).tolist() == [15, 16]


def test_what_is_seen_during_a_moratorium_makes_the_record_impossible():
    from relsim.fit.daily_record import DailyRecord
    from relsim.fit.likelihood import Likelihood

    model = build(
        scene("""
window: {start: 2019-01-01, end: 2019-01-20}
variables: {x: {half_life: 10 days}}
events: {a: {rate: 1 per day}}
conditions: {pause: {initially: {since: 2018-12-20}, while: {rates: {a: 0}}}}
""")
    )
    for seen, expected in ((0, 0.0), (1, -np.inf)):
        counts = np.zeros((5, 1), np.int64)
        counts[2] = seen
        record = DailyRecord(date(2019, 1, 1), counts, np.ones_like(counts, bool))
        assert Likelihood(model, record, workers=1).by_event(model.medians).sum() == expected


def test_not_of_a_name_that_stands_for_several_entries(run):
    """``talks: {not: true}``: none of the members happened, once the dates of all have passed."""
    text = """
window: {start: 2019-01-01, end: 2019-01-20}
variables: {x: {half_life: 10 days}}
parties: {us: United States, ru: Russia}
events: {a: {}}
calendar:
  talks: {each: party, on: 2019-01-02, probability: US}
  talks.ru: {on: 2019-01-05, probability: RU}
  early: {on: 2019-01-04, probability: 1, requires: [{talks: {not: true}}]}
  late: {on: 2019-01-08, probability: 1, requires: [{talks: {not: true}}]}
  any: {on: 2019-01-08, probability: 1, requires: [talks]}
"""
    for us, ru in ((0, 0), (1, 0), (0, 1)):
        scenario = scene(text.replace("US", str(us)).replace("RU", str(ru)))
        happened = run(scenario, 4, 65).happened > 0
        came = dict(zip(scenario.calendar, happened.all(axis=0), strict=True))
        assert not came["early"]  # before their dates have passed both fail
        assert came["late"] == (us + ru == 0)
        assert came["any"] == (us + ru > 0)
