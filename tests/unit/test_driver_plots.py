"""Figures of drivers, of a fit and of a backtest: nothing is cut, nothing is shown that is not significant."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from drawn import overlaps, words
from plots_case import make_forecast, make_scenario

from relsim.plots.backtest import _course
from relsim.plots.data import run_of
from relsim.plots.drivers import driver_page, events_page
from relsim.plots.fit import _intensity
from relsim.plots.style import house_style, panel, sheet
from relsim.result.backtest import ForecastCourse
from relsim.result.drivers import RISING, Driven, End, Removal, Sensitivity, WeightDoubt
from relsim.result.fit import Intensity

DOUBTS = {
    f"w{i}": WeightDoubt(
        'how far "A thing of a long name that is described at length" moves "Tone of the other side"', "", 0, 1, 2
    )
    for i in range(12)
}


@pytest.fixture(autouse=True)
def _style() -> object:
    with house_style():
        yield


def sensitivity(i: int, *, significant: bool) -> Sensitivity:
    low, high = End(0.1, "0.14 per fortnight", 0.3, 0.28, 0.32), End(0.4, "15.2 per fortnight", 0.6, 0.58, 0.62)
    return Sensitivity(
        f"w{i}",
        significant,
        0.01,
        0.5,
        0.4,
        0.7,
        None,
        None,
        None,
        None,
        None,
        RISING,
        low,
        high,
        (0.3, 0.4, 0.45, 0.5, 0.6),
    )


def driven(significant: int) -> Driven:
    weights = tuple(sensitivity(i, significant=i < significant) for i in range(12))
    return Driven("They meet", 0.45, 0.1, 0.3, 157, significant, 0.5, 0.06, weights, None, ())


def run():
    return run_of(make_forecast(make_scenario()))


@pytest.mark.parametrize("significant", [1, 4, 12])
def test_only_what_is_significant_is_drawn_and_no_value_is_cut(significant: int) -> None:
    figure = driver_page(driven(significant), DOUBTS, run(), True)
    assert overlaps(figure) == []
    assert len(words(figure, "weight")) == min(significant, 10)
    chart = figure.axes[1]
    figure.draw_without_rendering()
    frame = chart.get_window_extent()
    for text in (text for text in chart.texts if text.get_gid() == "value"):
        box = text.get_window_extent()
        assert frame.x0 - 1 <= box.x0
        assert box.x1 <= frame.x1 + 1


def test_where_nothing_is_significant_it_is_said() -> None:
    figure = driver_page(driven(0), DOUBTS, run(), True)
    assert figure.axes == []
    said = words(figure, "page")
    assert "None of its 12 parameters is significant with 157 draws." in said
    assert any("less than 6 % of the variance" in text for text in said)


def test_what_an_outcome_consists_of_is_named_and_not_drawn() -> None:
    rows = [
        Removal("calendar/meet", "calendar", "The meeting", -0.45, -0.49, -0.41, True),
        Removal("events/off", "event", "It is called off", 0.08, 0.06, 0.1, True),
        Removal("events/far", "event", "A quarrel", -0.3, -0.5, -0.1, True),
    ]
    figure = events_page(driven(4), rows, 4000, run(), True)
    assert words(figure, "event") == ["It is called off", "A quarrel"]
    assert "Left out, since it hardly comes true without: “The meeting”." in words(figure, "page")
    assert words(events_page(driven(4), rows, 4000, run(), False), "event")[0] == "The meeting"


@pytest.mark.parametrize("days", [70, 73])
def test_a_last_week_of_fewer_days_is_not_drawn(days: int) -> None:
    start = date(2020, 1, 1)
    weeks = tuple(start + timedelta(7 * i) for i in range(-(-days // 7)))
    short = days % 7 / 7 or 1.0
    expected = (*([2.0] * (len(weeks) - 1)), 2.0 * short)
    ax = panel(sheet(3), 1, 1, 8, 1)
    _intensity(ax, "talks", Intensity((1,) * len(weeks), expected), weeks, 1, days // 7)
    (line,) = (line for line in ax.lines if line.get_gid() == "expected")
    np.testing.assert_array_equal(line.get_ydata(), [2.0] * (days // 7))


def test_dots_at_zero_are_whole_and_counts_have_whole_ticks() -> None:
    days = [date(2020, 1, 1), date(2020, 2, 1)]
    bands = dict.fromkeys(("50", "80", "95"), ((0.0, 0.0), (1.0, 1.0)))
    figure = sheet(3)
    ax = panel(figure, 1, 1, 8, 1)
    _course(ax, ForecastCourse("t", 30, "incident", "Incident", (0.0, 1.0), (0.0, 0.0), bands), days)
    (dots,) = (line for line in ax.lines if line.get_gid() == "observed")
    assert not dots.get_clip_on()
    assert all(tick == round(tick) for tick in ax.get_yticks())
