"""Compiling outcomes: references, circles, levels that no path came near."""

from __future__ import annotations

from datetime import date

import numpy as np
from forecast_case import END, START, scenario

from relsim.model.axes import Axes
from relsim.outcomes import NEVER, compile_outcomes, evaluate, out_of_reach
from relsim.scenario import All, AnyOf, Happens, InGrade, Level, Nothing, Refer, Stays

LANES = 128
HAPPENS = Happens(("talks",), 1, None, None, START, END)


def run(case, x, happened=0, lanes=LANES):
    days = case.days
    states = np.zeros((days + 1, 2, LANES), np.float32)
    states[:, 0] = x
    program = compile_outcomes(case, Axes.of(case))
    counts = np.zeros((days, 1, LANES), np.uint16)
    in_force = np.zeros((days, 1, LANES), np.uint8)
    return program, evaluate(program, states, counts, in_force, np.full((1, LANES), happened, np.int32), lanes)


def test_an_outcome_may_refer_to_one_that_stands_below_it():
    case = scenario({"either": AnyOf((Refer("met"), Refer("quiet"))), "met": HAPPENS, "quiet": Nothing((HAPPENS,))})
    _, found = run(case, 0.0, happened=3)
    assert found.days[:, 0].tolist() == [3, 3, NEVER]


def test_the_value_before_the_window_is_known_on_day_zero():
    _, found = run(scenario({"warm": Level("x", "on", None, None, 0.0, None)}), 1.0)
    assert found.days[0, 0] == 0


def test_a_level_equal_in_float32_is_not_above_in_float64():
    """0.1 rounds up in float32: compared as a float64 it lies above 0.1, and 0.7 lies below."""
    case = scenario({"a": Level("x", "on", END, END, 0.1, None), "b": InGrade("x", "g", None, 0.7, END)})
    assert (run(case, np.float32(0.1))[1].days[:, 0] == [case.days, case.days]).all()
    assert (run(case, np.float32(0.7))[1].days[:, 0] == [case.days, case.days]).all()


def test_a_grade_includes_its_upper_bound_and_not_its_lower():
    case = scenario({"low": InGrade("x", "a", None, 0.5, END), "high": InGrade("x", "b", 0.5, None, END)})
    assert run(case, 0.5)[1].days[:, 0].tolist() == [case.days, NEVER]
    assert run(case, np.nextafter(np.float32(0.5), np.float32(1)))[1].days[:, 0].tolist() == [
        NEVER,
        case.days,
    ]


def test_levels_that_no_path_came_near_are_warned_of():
    x = np.linspace(-1, 2, LANES, dtype=np.float32)
    case = scenario(
        {
            "high": Level("x", "on", END, END, 3.0, None),
            "reset": All((HAPPENS, Stays("x", 2.5, None, 2, START, END))),
            "low": Level("x", "on", END, END, None, -1.5),
            "near": Level("x", "on", END, END, 1.5, None),
            "unmet": HAPPENS,
            "calm": Nothing((Level("x", "on", END, END, 3.0, None),)),
        }
    )
    program, found = run(case, x)
    hits = (found.days != NEVER).sum(axis=1)
    assert out_of_reach(program, found.reached, hits) == [
        "outcomes.high: no path came near x above 3: the highest that any path reached is 2.00",
        "outcomes.reset: no path came near x above 2.5: the highest that any path reached is 2.00",
        "outcomes.low: no path came near x below -1.5: the lowest that any path reached is -1.00",
    ]


def test_lanes_past_the_valid_ones_do_not_count_as_reached():
    x = np.where(np.arange(LANES) < 5, 0.0, 9.0).astype(np.float32)
    _, found = run(scenario({"high": Level("x", "on", END, END, 3.0, None)}), x, lanes=5)
    assert found.reached.tolist() == [[0.0, 0.0]]


def test_dates_are_numbered_from_the_first_day():
    assert Axes.of(scenario({})).day(date(2020, 2, 25)) == 1
