"""Common random numbers: two scenarios differ from the day on which their difference can matter, not before.

All comparisons are of raw bits.
"""

from __future__ import annotations

import numpy as np
import pytest
from oracle.scenes import scene

BASE = """
window: {start: 2019-01-01, end: 2019-03-11}
variables:
  x: {half_life: 10 days, spread: 0.6, pull: {y: 0.02}}
  y: {baseline: 1, half_life: 20 days, spread: 0.4}
correlation: [{between: [x, y], value: 0.4}]
conditions: {c: {begins: [a], lasts: 3 to 20 days, while: {rates: {b: 1.5}}}}
events:
  a: {rate: 0.1 per day, effects: {x: 0.7}, rate_ratio: {y: 1.2}}
  b: {rate: 0.3 per day, effects: {y: -0.3}, excited_by: {a: {events: 0.8, half_life: 3 days}}}
  seldom: {rate: 0.02 per day, effects: {z: 1}}
calendar:
  meeting: {between: [2019-02-01, 2019-02-20], probability: 0.6, odds_ratio: {x: 1.5}, event: a}
"""
VARIABLES = "  z: {half_life: 30 days, spread: 0.2, drift: off}\ncorrelation"
BASE = BASE.replace("correlation", VARIABLES)
PATHS = 3_000


@pytest.fixture
def base(engine):
    return engine(scene(BASE), PATHS, 5)


def columns(record, variables=3, events=3, entries=1, conditions=1):
    """The bits of the first so many columns of everything recorded."""
    return (
        np.ascontiguousarray(record.states[:, :, :variables]).view(np.uint32),
        np.asarray(record.counts)[:, :, :events],
        np.asarray(record.happened)[:, :entries],
        np.asarray(record.in_force)[:, :, :conditions],
    )


def assert_same(found, expected):
    for one, other in zip(columns(found), columns(expected), strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize(
    ("section", "added"),
    [
        ("events:\n", "events:\n  new: {rate: 2 per day, overdispersion: 0.5}\n"),
        ("variables:\n", "variables:\n  zz: {half_life: 3 days, spread: 1}\n"),
        ("calendar:\n", "calendar:\n  dinner: {on: 2019-01-20, probability: 0.5}\n"),
        ("conditions: {", "conditions: {d: {begins: [b], lasts: 2 to 9 days}, "),
    ],
)
def test_what_is_added_disturbs_nobody(engine, base, section, added):
    """A new event type, variable, entry or condition without effect, put first in the file."""
    text = BASE.replace(section, added)
    found = engine(scene(text), PATHS, 5)
    shift = {
        "events": (0, 1, 0, 0),
        "variables": (1, 0, 0, 0),
        "calendar": (0, 0, 1, 0),
        "conditions": (0, 0, 0, 1),
    }
    v, e, m, c = shift[section.split(":")[0]]
    expected = columns(base)
    assert np.array_equal(np.ascontiguousarray(found.states[:, :, v : v + 3]).view(np.uint32), expected[0])
    assert np.array_equal(found.counts[:, :, e : e + 3], expected[1])
    assert np.array_equal(found.happened[:, m : m + 1], expected[2])
    assert np.array_equal(found.in_force[:, :, c : c + 1], expected[3])


@pytest.mark.parametrize("order", ["event: a", "shift: {x: 2}", "set: {y: -1}"])
def test_an_intervention_changes_nothing_before_its_day(engine, base, order):
    """Dated on day 31: states to the end of day 30, counts and entries to day 30 and all draws of day
    31 are the same.
    """
    found = engine(scene(BASE + f"interventions: {{i: {{on: 2019-01-31, {order}}}}}\n"), PATHS, 5)
    assert np.array_equal(found.states[:, :31], base.states[:, :31])
    assert np.array_equal(found.counts[:, :30], base.counts[:, :30])
    assert np.array_equal(found.counts[:, 30, 1:], base.counts[:, 30, 1:])
    assert np.array_equal(found.in_force[:, :31], base.in_force[:, :31])
    before = base.happened[:, 0]
    assert np.array_equal(found.happened[(before > 0) & (before < 32)], base.happened[(before > 0) & (before < 32)])
    assert (found.states[:, 31] != base.states[:, 31]).any(axis=1).all()


def test_rates_multiplied_from_a_day_on_change_nothing_before(engine, base):
    text = BASE + "interventions: {i: {from: 2019-01-31, to: 2019-02-10, rates: {b: 1.1}}}\n"
    found = engine(scene(text), PATHS, 5)
    assert np.array_equal(found.states[:, :31], base.states[:, :31])
    assert np.array_equal(found.counts[:, :30], base.counts[:, :30])
    changed = (found.counts[:, 30, 1] != base.counts[:, 30, 1]).mean()
    assert 0 < changed < 0.1


def test_one_weight_changed_matters_from_its_first_use(engine, base):
    """The effect of ``seldom`` (on a variable without drift):
    a path is the same until the day of its first one.
    """
    found = engine(scene(BASE.replace("effects: {z: 1}", "effects: {z: 1.5}")), PATHS, 5)
    assert np.array_equal(found.counts, base.counts)
    seldom = base.counts[:, :, 2] > 0
    first = np.where(seldom.any(axis=1), seldom.argmax(axis=1) + 1, 10**6)
    for day in range(base.states.shape[1]):
        same = (found.states[:, day] == base.states[:, day]).all(axis=1)
        assert same[first > day].all()
        assert not same[first == day].any()


def test_a_path_is_itself_however_many_are_run(engine, base):
    """The first paths of a longer run, and of one whose last block is not full."""
    for paths in (1, 129, 1_000):
        few = engine(scene(BASE), paths, 5)
        assert len(few.states) == paths
        for one, other in zip(columns(few), columns(base), strict=True):
            assert np.array_equal(one, other[:paths])


def test_another_seed_is_another_run(engine, base):
    other = engine(scene(BASE), PATHS, 6)
    assert (other.states[:, 1, 0] != base.states[:, 1, 0]).mean() > 0.999
    gap = np.corrcoef(other.states[:, 40, 0], base.states[:, 40, 0])[0, 1]
    assert abs(gap) < 5 / np.sqrt(PATHS)
