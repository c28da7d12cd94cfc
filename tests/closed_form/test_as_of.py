"""The record reaching into the window: what is known is known, and the rest goes on from it.

Deterministic parts are exact to float32's rounding; means and variances within five standard errors
(``oracle.five``). Each holds for the engine and for the oracle.
"""

from __future__ import annotations

import numpy as np
import pytest
from oracle.five import mean_agrees, share_agrees, variance_agrees
from oracle.scenes import scene

QUIET = """
variables: {x: {baseline: 2, half_life: 8 days}}
events:
  a: {rate: 0.3 per day, effects: {x: 1}}
  b: {rate: 0.2 per day, effects: {x: -0.5}, excited_by: {a: {events: 0.4, half_life: 3 days}}}
"""
RECORD = """
history:
  one: {events: [], covers: {from: 2019-01-22, to: 2019-02-05}, types: [a], missing: [2019-02-02]}
  two: {events: [{on: 2019-01-20, event: a}, {on: 2019-02-03, event: a, count: 2}, {on: 2019-02-04, event: b}]}
"""


def test_the_observed_days_are_a_history(run):
    """With noise off, the state at the end of ``as_of`` is that of a window which starts on the day after."""
    inside = run(scene(f"window: {{start: 2019-02-01, end: 2019-02-20, as_of: 2019-02-05}}\n{QUIET}{RECORD}"), 128)
    before = run(scene(f"window: {{start: 2019-02-06, end: 2019-02-20}}\n{QUIET}{RECORD}"), 128)
    assert np.allclose(inside.states[:, 5], before.states[:, 0], atol=2e-5)
    assert (inside.counts[:, :5] == [[0, 0], [0, 0], [2, 0], [0, 1], [0, 0]]).all()
    assert inside.counts[:, 5:].std() > 0


def test_what_happens_after_is_as_likely_as_from_a_later_start(run):
    """Counts after the observed days have the rates of a window that starts there: traces go on from the record."""
    scenarios = [
        scene(f"window: {{start: 2019-02-01, end: 2019-02-09, as_of: 2019-02-05}}\n{QUIET}{RECORD}"),
        scene(f"window: {{start: 2019-02-06, end: 2019-02-09}}\n{QUIET}{RECORD}"),
    ]
    a, b = (run(s, 20_000, seed).counts[:, -4:, 1].sum(axis=1) for seed, s in enumerate(scenarios, 1))
    error = np.sqrt(a.var(ddof=1) / a.size + b.var(ddof=1) / b.size)
    assert abs(a.mean() - b.mean()) < 5 * error


def test_the_noise_nobody_saw_is_there(run):
    """Ornstein-Uhlenbeck from the baseline: after n days the variance is s² (1 − ρ^2n), observed days or not."""
    scenario = scene(
        "window: {start: 2019-02-01, end: 2019-02-20, as_of: 2019-02-06}\n"
        "variables: {x: {baseline: 1, half_life: 5 days, spread: 0.8}}\n"
        "events: {a: {rate: 1 per day}}\n"
        "history: {h: {events: [], covers: {from: 2019-02-01, to: 2019-02-06}, types: [a]}}"
    )
    record = run(scenario, 20_000)
    assert (record.counts[:, :6] == 0).all()
    x = record.states[:, 6, 0].astype(float)
    mean_agrees(x, 1)
    variance_agrees(x, 0.64 * (1 - 2 ** (-2 * 6 / 5)))


CALENDAR = """
window: {start: 2019-02-01, end: 2019-02-20, as_of: 2019-02-10}
variables: {x: {half_life: 8 days}}
events: {summit: {effects: {x: 1}}, word: {effects: {x: 0.5}}}
calendar:
  met: {on: 2019-02-03, probability: 0.5, event: summit}
  not_met: {on: 2019-02-05, probability: 0.5, event: summit, otherwise: {effects: {x: -1}}}
  listed: {on: 2019-02-06, probability: 0.5, event: word}
  nobody_saw: {on: 2019-02-07, probability: 0.3, event: word}
  told_without_event: {on: 2019-02-08, probability: 0.5}
  to_come: {on: 2019-02-15, probability: 0.6, event: summit}
  late: {on: 2019-02-02, probability: 0.5, event: word}
history:
  mine:
    covers: {from: 2019-02-01, to: 2019-02-10}
    types: [told_without_event]
    events: [{on: 2019-02-03, event: summit}]
  yours: {events: [{on: 2019-02-06, event: word, entry: listed}, {on: 2019-02-04, entry: late}]}
"""


def test_entries_of_the_observed_days(run):
    """An event on its date, a line with its name, or silence decides an entry; what no record covers is drawn."""
    scenario = scene(CALENDAR)
    record = run(scenario, 20_000)
    day = dict(zip(scenario.calendar, record.happened.T))
    assert (day["met"] == 3).all()
    assert (day["not_met"] == 0).all()
    assert (day["listed"] == 6).all()
    assert (day["told_without_event"] == 0).all()
    assert (day["late"] == 4).all()
    share_agrees((day["nobody_saw"] > 0).sum(), len(record.counts), 0.3)
    share_agrees((day["to_come"] > 0).sum(), len(record.counts), 0.6)


def test_an_entrys_event_counts_once(run):
    scenario = scene(CALENDAR)
    record = run(scenario, 128)
    assert (record.counts[:, 2] == [1, 0]).all()
    assert (record.counts[:, 5] == [0, 1]).all()
    rho = 2 ** (-1 / 8)
    after_met = record.states[:, 3, 0].astype(float)
    # The word on day 4 (entry `late`), then reversion, then the summit that failed: otherwise −1 at baseline 0.
    day_4 = after_met * rho
    day_4 += 0.5 * (9 - day_4) / 9
    day_5 = day_4 * rho
    day_5 -= (day_5 + 9) / 9
    assert np.allclose(record.states[:, 5, 0], day_5, atol=1e-5)


def test_the_scenario_overrules_the_record(run):
    """``cancel`` takes out what happened, ``force`` puts in what did not: the question "what if it had not"."""
    scenario = scene(CALENDAR + "interventions: {no: {cancel: met}, yes: {force: not_met}}\n")
    record = run(scenario, 128)
    day = dict(zip(scenario.calendar, record.happened.T))
    assert (day["met"] == 0).all()
    assert (day["not_met"] == 5).all()
    assert (record.counts[:, [2, 4], 0] == [0, 1]).all()


def test_without_observed_days_nothing_changes(run):
    """``as_of`` on the day before the window is the forecast without it."""
    text = f"window: {{start: 2019-02-01, end: 2019-02-20%s}}\n{QUIET}"
    with_it, without = (run(scene(text % extra), 256).counts for extra in (", as_of: 2019-01-31", ""))
    assert (with_it == without).all()


@pytest.mark.parametrize("later", ["2019-02-06,a,3", "2019-02-19,b,1"])
def test_what_came_later_is_not_seen(tmp_path, engine, later):
    """A table that goes on past ``as_of`` gives the forecast of one that ends there."""
    from relsim.compose import load

    results = []
    for name, rows in (("long", ["2019-02-03,a,2", later]), ("short", ["2019-02-03,a,2"])):
        (tmp_path / f"{name}.csv").write_text("\n".join(["date,event,count", *rows]) + "\n")
        file = tmp_path / f"{name}.yaml"
        file.write_text(
            "relsim: 1\nwindow: {start: 2019-02-01, end: 2019-02-20, as_of: 2019-02-05}\n"
            f"{QUIET}history: {{t: {{file: {name}.csv, covers: {{from: 2019-02-01, to: 2019-02-20}}}}}}\n"
            "quantities: {n: {count: a}}\n"
        )
        loaded = load(file)
        results.append(engine(loaded.scenario, 256).counts)
        assert [w.message for w in loaded.warnings] == (
            ["1 rows of the table lie after 2019-02-05, where the record ends; left out"] if name == "long" else []
        )
    assert (results[0] == results[1]).all()
