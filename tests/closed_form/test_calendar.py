"""Calendar entries: when, with which probability, and what comes of them.

Five standard errors, or where few are expected the exact tail of the same weight (``oracle.five``);
seeds fixed.
"""

from __future__ import annotations

import numpy as np
import pytest
from oracle.five import share_agrees
from oracle.scenes import scene
from scipy import stats
from scipy.special import expit, logit

HEAD = """
window: {start: 2019-01-01, end: 2019-02-19}
variables: {x: {baseline: 1, half_life: 10 days, initial: 4}, y: {half_life: 5 days, initial: -2}}
"""


def happened(record, scenario, name):
    return record.happened[:, list(scenario.calendar).index(name)]


def test_probability_at_a_fixed_state(run):
    """logit p = logit p₀ + Σ ln OR (x − ref), x at the end of the day before; 0 and 1 stay 0 and 1."""
    scenario = scene(
        HEAD
        + """
calendar:
  m1: {on: 2019-01-01, probability: 0.4, at: {x: 0}, odds_ratio: {x: 1.3, y: 0.8}}
  m2: {on: 2019-01-11, probability: 0.4, at: {x: 0}, odds_ratio: {x: 1.3, y: 0.8}}
  m3: {on: 2019-01-11, probability: 0.9, odds_ratio: {x: 0.3}}
  never: {on: 2019-01-11, probability: 0, odds_ratio: {x: 9}}
  always: {on: 2019-01-11, probability: 1, odds_ratio: {x: 0.01}}
  rare: {on: 2019-01-11, probability: 0.0002}
"""
    )
    record = run(scenario, 100_000, 41)
    n = len(record.happened)
    x, y = (lambda t: 1 + 3 * 2 ** (-t / 10)), (lambda t: -2 * 2 ** (-t / 5))
    for name, t, p in (
        ("m1", 0, expit(logit(0.4) + np.log(1.3) * x(0) + np.log(0.8) * y(0))),
        ("m2", 10, expit(logit(0.4) + np.log(1.3) * x(10) + np.log(0.8) * y(10))),
        ("m3", 10, expit(logit(0.9) + np.log(0.3) * (x(10) - 1))),
        ("never", 10, 0.0),
        ("always", 10, 1.0),
        ("rare", 10, 0.0002),
    ):
        day = happened(record, scenario, name)
        assert set(np.unique(day)) <= {0, t + 1}
        share_agrees((day > 0).sum(), n, p)


CLAUSES = """
events:
  call: {}
  quiet: {}
conditions:
  short: {begins: [call], lasts: 4 days}
  initial: {initially: true, ends: [call]}
history: {mine: {events: [{on: 2018-12-28, event: call}]}}
indices: {both: {weights: {x: 1, y: 1}}}
interventions:
  c1: {on: 2019-01-05, event: call}
  c2: {on: 2019-01-12, event: call}
  c3: {on: 2019-01-12, event: call}
"""

CASES = [  # clause, date, whether it holds; calls on 28 December, 5 January, twice on 12 January
    ("{call: {within: 7 days}}", "2019-01-12", True),
    ("{call: {within: 6 days}}", "2019-01-12", False),
    ("{call: {within: 8 days}}", "2019-01-05", True),
    ("{call: {within: 7 days}}", "2019-01-05", False),
    ("{call: {within: 7 days}}", "2019-01-20", False),
    ("{call: {within: 8 days}}", "2019-01-20", True),
    ("{call: {within: 8 days, at_least: 2}}", "2019-01-20", True),
    ("{call: {within: 8 days, at_least: 3}}", "2019-01-20", False),
    ("{call: {since: 2019-01-05, at_least: 3}}", "2019-01-13", True),
    ("{call: {since: 2019-01-05, at_least: 3}}", "2019-01-12", False),
    ("{call: {since: 2019-01-06, at_least: 3}}", "2019-01-30", False),
    ("{call: {at_least: 4}}", "2019-01-13", True),
    ("{call: {at_least: 4}}", "2019-01-12", False),
    ("{call: {at_least: 5}}", "2019-01-30", False),
    ("call", "2019-01-01", True),
    ("quiet", "2019-01-30", False),
    ("{quiet: {not: true}}", "2019-01-30", True),
    ("{call: {within: 3 days, not: true}}", "2019-01-13", False),
    ("{call: {within: 3 days, not: true}}", "2019-01-16", True),
    ("short", "2019-01-01", True),  # begun on 28 December: in force 29 December … 1 January
    ("short", "2019-01-02", False),
    ("short", "2019-01-05", False),
    ("short", "2019-01-06", True),
    ("short", "2019-01-09", True),
    ("short", "2019-01-10", False),
    ("short", "2019-01-16", True),
    ("short", "2019-01-17", False),
    ("{short: {not: true}}", "2019-01-17", True),
    ("initial", "2019-01-02", False),  # the record starts with it in force; the call of 28 December ended it
    ("{x: {above: 3.9}}", "2019-01-01", True),
    ("{x: {above: 2.51}}", "2019-01-11", False),  # 1 + 3/2 at the end of the day before
    ("{x: {above: 2.49}}", "2019-01-11", True),
    ("{y: {below: -0.9}}", "2019-01-06", True),  # −2/2
    ("{y: {below: -1.1}}", "2019-01-06", False),
    ("{both: {above: 1.9}}", "2019-01-11", True),  # 2.5 − 0.5
    ("{both: {above: 2.1}}", "2019-01-11", False),
    ("{x: {above: 2.4, below: 2.6}}", "2019-01-11", True),
    ("{x: {above: 2.51, not: true}}", "2019-01-11", True),
]


def test_clauses(run):
    """Each clause in ``requires``, ``unless`` and ``odds_if`` of an entry;
    what holds is written beside it.
    """
    entries = ""
    for i, (clause, on, _) in enumerate(CASES):
        entries += f"  r{i}: {{on: {on}, probability: 1, requires: [{clause}]}}\n"
        entries += f"  u{i}: {{on: {on}, probability: 1, unless: [{clause}]}}\n"
        if clause.startswith("{"):
            name, inside = clause[1:-1].split(": ", 1)
            odds = f"{{{name}: {inside[:-1]}, odds_ratio: 5}}}}"
        else:
            odds = f"{{{clause}: {{odds_ratio: 5}}}}"
        entries += f"  o{i}: {{on: {on}, probability: 0.3, odds_if: {odds}}}\n"
    scenario = scene(HEAD + CLAUSES + "calendar:\n" + entries)
    record = run(scenario, 5_000, 42)
    n = len(record.happened)
    for i, (clause, on, holds) in enumerate(CASES):
        seen = [(happened(record, scenario, f"{kind}{i}") > 0).sum() for kind in "ruo"]
        assert seen[:2] == [n * holds, n * (not holds)], (clause, on)
        share_agrees(seen[2], n, expit(logit(0.3) + np.log(5) * holds))


def test_entries_see_those_before_them_in_the_file(run):
    """What an entry did is known to later entries of its day, and to all on later days; not before."""
    scenario = scene(
        HEAD
        + """
calendar:
  before: {on: 2019-01-10, probability: 1, requires: [toss]}
  early: {on: 2019-01-09, probability: 1, requires: [{toss: {not: true}}]}
  toss: {on: 2019-01-10, probability: 0.5}
  same: {on: 2019-01-10, probability: 1, requires: [toss]}
  later: {on: 2019-01-20, probability: 1, requires: [toss]}
  without: {on: 2019-01-20, probability: 1, requires: [{toss: {not: true}}]}
  odds: {on: 2019-01-20, probability: 0.5, odds_if: {toss: {odds_ratio: 4}}}
"""
    )
    record = run(scenario, 20_000, 43)
    toss = happened(record, scenario, "toss") > 0
    share_agrees(toss.sum(), len(toss), 0.5)
    for name, expected in (
        ("before", False),
        ("early", False),
        ("same", toss),
        ("later", toss),
        ("without", ~toss),
    ):
        assert np.array_equal(happened(record, scenario, name) > 0, expected & np.ones_like(toss)), name
    odds = happened(record, scenario, "odds") > 0
    share_agrees(odds[toss].sum(), toss.sum(), 0.8)
    share_agrees(odds[~toss].sum(), (~toss).sum(), 0.5)


def test_days_of_an_interval_are_uniform(run):
    """``between`` ten days at p = 0.7: 0.07 for each."""
    scenario = scene(HEAD + "calendar: {m: {between: [2019-01-06, 2019-01-15], probability: 0.7}}")
    day = happened(run(scenario, 50_000, 44), scenario, "m")
    for t in range(6, 16):
        share_agrees((day == t).sum(), len(day), 0.07)
    share_agrees((day == 0).sum(), len(day), 0.3)


def test_delays_count_from_the_first_event_in_the_window(run):
    """``after`` an event forced on days 3 and 6, ``delay: 5 to 20 days``: P(day 3 + n) = F(n) − F(n − 1)."""
    scenario = scene(
        HEAD
        + """
events: {call: {}}
history: {mine: {events: [{on: 2018-12-28, event: call}]}}
interventions: {a: {on: 2019-01-03, event: call}, b: {on: 2019-01-06, event: call}}
calendar:
  m: {after: call, delay: 5 to 20 days, probability: 1}
  fixed: {after: call, delay: 4 days, probability: 1}
  chained: {after: fixed, delay: 1.5 days, probability: 0.5}
"""
    )
    record = run(scenario, 50_000, 45)
    day = happened(record, scenario, "m")
    z = stats.norm.ppf(0.95)
    law = stats.lognorm(np.log(4) / 2 / z, scale=10)
    for n in range(3, 30):
        share_agrees((day == 3 + n).sum(), len(day), law.cdf(n) - law.cdf(n - 1))
    assert (happened(record, scenario, "fixed") == 7).all()
    chained = happened(record, scenario, "chained")
    assert set(np.unique(chained)) == {0, 9}
    share_agrees((chained == 9).sum(), len(chained), 0.5)


def test_a_delay_after_a_condition_counts_from_its_beginning(run):
    """Begun by a call on day 3, a condition holds from day 4; the delay counts from day 3."""
    scenario = scene(
        HEAD
        + """
events: {call: {}}
conditions: {c: {begins: [call], lasts: 2 days}}
interventions: {a: {on: 2019-01-03, event: call}}
calendar: {m: {after: c, delay: 4 days, probability: 1}}
"""
    )
    record = run(scenario, 130, 48)
    assert (np.flatnonzero(record.in_force[0, :, 0]) + 1).tolist() == [4, 5]
    assert (happened(record, scenario, "m") == 7).all()


def test_what_comes_of_an_entry(run):
    """Its event and effects where it happens, ``otherwise`` where it could have,
    nothing where it was ruled out.
    """
    scenario = scene("""
window: {start: 2019-01-01, end: 2019-01-05}
variables: {x: {half_life: 1000 years}, y: {half_life: 1000 years}}
events: {summit: {effects: {x: 1}}, snub: {effects: {x: -2}}}
calendar:
  meeting:
    on: 2019-01-03
    probability: 0.5
    event: summit
    effects: {x: 0.5, y: 1}
    otherwise: {event: snub, effects: {y: -1}}
  barred:
    on: 2019-01-04
    probability: 0.5
    requires: [{x: {above: 9}}]
    effects: {y: 5}
    otherwise: {effects: {y: -5}}
""")
    record = run(scenario, 5_000, 46)
    met = happened(record, scenario, "meeting") > 0
    assert (happened(record, scenario, "barred") == 0).all()
    share_agrees(met.sum(), len(met), 0.5)
    assert np.array_equal(record.counts[:, 2, 0] == 1, met)
    assert np.array_equal(record.counts[:, 2, 1] == 1, ~met)
    assert record.counts.sum() == len(met)
    after_both = 9 - (9 - 1) * (1 - 0.5 / 9)
    for row in (3, 4, 5):
        assert np.allclose(record.states[met, row], [after_both, 1], atol=2e-5)
        assert np.allclose(record.states[~met, row], [-2, -1], atol=2e-5)


@pytest.mark.parametrize(
    ("orders", "requires", "happens", "y"),
    [
        ("f: {force: m}", "[{x: {above: 8}}]", True, 1),
        ("c: {cancel: m}", "[]", False, -1),
        ("c: {cancel: m}", "[{x: {above: 8}}]", False, -1),
        ("f: {force: m}, c: {cancel: m}", "[]", False, -1),
        ("none: {on: 2019-01-05, shift: {x: 0}}", "[{x: {above: 8}}]", False, 0),
    ],
)
def test_force_and_cancel(run, orders, requires, happens, y):
    """``force`` beats ``requires``, ``cancel`` beats everything and brings ``otherwise``;
    else ruled out is nothing.
    """
    scenario = scene(f"""
window: {{start: 2019-01-01, end: 2019-01-05}}
variables: {{x: {{half_life: 1000 years}}, y: {{half_life: 1000 years}}}}
interventions: {{{orders}}}
calendar:
  m:
    on: 2019-01-03
    probability: 1
    requires: {requires}
    effects: {{y: 1}}
    otherwise: {{effects: {{y: -1}}}}
""")
    record = run(scenario, 200, 47)
    assert (happened(record, scenario, "m") == (3 if happens else 0)).all()
    assert np.allclose(record.states[:, -1, 1], y, atol=1e-5)
