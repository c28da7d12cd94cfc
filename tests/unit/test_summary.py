"""The forecast of a synthetic simulation, number by number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from forecast_case import DAYS, END, START, USUAL, scenario, simulation

from relsim.estimates import probability
from relsim.kernels.compiled import LANES
from relsim.outcomes import NEVER
from relsim.result import QUANTILES
from relsim.summary import BLOCK, summarise


def test_the_summary_knows_the_engines_block():
    assert BLOCK == LANES


def test_probabilities_of_certain_weights():
    case = simulation()
    forecast = summarise(USUAL, case)
    hits = int((case.days[:, 0] != NEVER).sum())
    met = forecast.outcomes["met"]
    expected = probability(np.array([hits]), np.array([1000]), uncertain=False)
    assert (met.title, met.probability) == ("Title of met", hits / 1000)
    assert (met.low, met.high, met.standard_error) == (expected.low, expected.high, expected.standard_error)
    assert (met.weights_low, met.weights_high, met.variance_weights) == (None, None, 0.0)
    assert forecast.draws == 1


def test_probabilities_of_uncertain_weights_group_blocks_by_draw():
    case = simulation(paths=1000, draws=3, weights=("events/e/rate",))
    forecast = summarise(USUAL, case)
    draw = np.arange(1000) // 128 % 3
    true = case.days[:, 0] != NEVER
    hits = np.array([true[draw == j].sum() for j in range(3)])
    expected = probability(hits, np.array([384, 360, 256]), uncertain=True)
    met = forecast.outcomes["met"]
    assert (met.low, met.high) == (expected.low, expected.high)
    assert (met.weights_low, met.variance_weights) == (expected.weights_low, expected.variance_weights)


def test_one_draw_of_uncertain_weights_gives_null():
    met = summarise(USUAL, simulation(weights=("events/e/rate",))).outcomes["met"]
    assert (met.standard_error, met.low, met.weights_low, met.variance_weights) == (None, None, None, None)


def test_first_dates_and_cumulative_probability():
    case = simulation(paths=10)
    case.days[:, 0] = [1, 1, 2, 3, 3, 3, 9, NEVER, NEVER, NEVER]
    met = summarise(USUAL, case).outcomes["met"]
    assert (met.first_date.p10, met.first_date.p50, met.first_date.p90) == (
        START,
        START + timedelta(days=2),
        START + timedelta(days=8),
    )
    assert met.cumulative.dates == tuple(START + timedelta(days=t) for t in range(DAYS))
    assert met.cumulative.probability == (0.2, 0.3, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.7, 0.7)


def test_what_never_came_true_has_no_date():
    never = summarise(USUAL, simulation()).outcomes["never"]
    assert (never.first_date.p10, never.first_date.p50, never.first_date.p90) == (None, None, None)
    assert set(never.cumulative.probability) == {0.0}


def test_what_is_known_before_the_window_dates_from_the_day_before():
    case = simulation(paths=4)
    case.days[:, 0] = 0
    met = summarise(USUAL, case).outcomes["met"]
    assert met.first_date.p50 == date(2020, 2, 24)
    assert set(met.cumulative.probability) == {1.0}


def test_joint_and_given():
    case = simulation()
    forecast = summarise(USUAL, case)
    met, warm = case.days[:, 0] != NEVER, case.days[:, 1] != NEVER
    assert forecast.joint.outcomes == ("met", "warm", "never")
    assert forecast.joint.probability[0][1] == pytest.approx((met & warm).mean())
    assert forecast.joint.probability[1][1] == pytest.approx(warm.mean())
    assert forecast.given[0][1] == pytest.approx((met & warm).mean() / warm.mean())
    assert forecast.given[1][0] == pytest.approx((met & warm).mean() / met.mean())
    assert [row[2] for row in forecast.given] == [None, None, None]


def test_quantities():
    case = simulation()
    forecast = summarise(USUAL, case)
    events = forecast.quantities["events"]
    assert events.mean == pytest.approx(case.values[:, 0].mean())
    assert events.sd == pytest.approx(case.values[:, 0].std(ddof=1))
    assert events.standard_error == pytest.approx(events.sd / np.sqrt(1000))
    assert events.share == 1
    assert list(events.quantiles) == ["0.025", "0.05", "0.1", "0.25", "0.5", "0.75", "0.9", "0.95", "0.975"]
    first = forecast.quantities["first_met"]
    defined = case.values[~np.isnan(case.values[:, 1]), 1]
    assert first.share == len(defined) / 1000
    assert list(first.quantiles.values()) == pytest.approx(np.quantile(defined, QUANTILES))


def test_a_quantity_that_no_path_has():
    case = simulation()
    case.values[:, 1] = np.nan
    first = summarise(USUAL, case).quantities["first_met"]
    assert (first.mean, first.sd, first.standard_error, first.share) == (None, None, None, 0.0)
    assert set(first.quantiles.values()) == {None}


def test_series_grades_events_calendar_and_conditions():
    case = simulation()
    forecast = summarise(USUAL, case)
    assert forecast.variables["x"].mean == pytest.approx(case.fan_mean[0], abs=5.1e-7)
    assert forecast.variables["x"].quantiles["0.1"] == pytest.approx(case.fan_quantiles[0, :, 2], abs=5.1e-7)
    assert forecast.indices["mix"].mean == pytest.approx(case.fan_mean[1], abs=5.1e-7)
    assert forecast.indices["mix"].grades["good"] == tuple(case.grade_probability[0, 1])
    assert forecast.events["e"].mean_count == 3.0
    assert forecast.events["e"].quantiles["0.975"] == 8.0
    assert forecast.calendar["talks"].stated == 0.75
    assert forecast.calendar["talks"].moved_by["incident within 14 days"] == -0.025
    assert forecast.conditions["c"].probability == tuple(case.condition_probability[0])
    assert (forecast.dates[0], forecast.dates[-1], len(forecast.dates)) == (START, END, DAYS)


def test_warnings_end_with_outcomes_that_no_path_came_near():
    assert summarise(USUAL, simulation()).warnings == (
        "a warning of the run",
        "outcomes.never: no path came near mix above 8: the highest that any path reached is 2.00",
    )


def test_a_scenario_without_outcomes():
    case = replace(simulation(), days=np.zeros((1000, 0), np.int32), reached=np.zeros((0, 2)))
    forecast = summarise(replace(scenario({}), quantities=USUAL.quantities), case)
    assert forecast.joint.probability == ()
    assert forecast.given == ()
