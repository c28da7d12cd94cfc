"""What would move a forecast, against closed forms: probabilities, movement, value, and what is made to happen.

Means over seeds are held within five of their own standard errors.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from oracle.scenes import scene
from scipy import stats

from relsim.compare import compare
from relsim.engine import in_threads
from relsim.model import build
from relsim.result.watchlist import Observation, Watchlist
from relsim.scenario import Intervention
from relsim.watch import WITHIN, made_paths, watchlist

WINDOW = "window: {start: 2019-01-01, end: 2019-03-01}\nvariables: {x: {half_life: 10 days}}\n"
STATES = (
    WINDOW
    + """
calendar:
  told: {on: 2019-01-05, probability: 0.3}
  asked: {on: 2019-01-20, probability: 0.2, odds_if: {told: {odds_ratio: 16}}}
outcomes: {asked: {happens: asked}}
"""
)
"""P(asked | told) = 0.8, P(asked | not told) = 0.2."""
POISSON = (
    WINDOW + "events: {war: {rate: 0.02 per day}}\noutcomes: {war: {happens: war}, two: {happens: war, at_least: 2}}\n"
)
NOTHING = (
    WINDOW
    + """
events: {noise: {rate: 0.03 per day}}
calendar: {asked: {on: 2019-02-20, probability: 0.4}}
outcomes: {asked: {happens: asked}}
"""
)
DOUBTFUL_NOTHING = NOTHING.replace("0.03 per day", "0.01 to 0.1 per day").replace("0.4", "{beta: {alpha: 4, beta: 6}}")
LOW, HIGH = 0.001, 0.08
RATE = (
    WINDOW
    + f"""
events: {{war: {{rate: {{uniform: {{low: {LOW}, high: {HIGH}}}, unit: per day}}}}}}
outcomes: {{late: {{happens: war, from: 2019-01-31, to: 2019-03-01}}}}
"""
)
"""A rate of which only its distribution is known: a war in January tells that it is high."""


def watched(text: str, paths: int, seed: int = 1, **options) -> Watchlist:
    scenario = replace(scene(text), paths=paths, seed=seed)
    return watchlist(build(scenario), **options)


def of(found: Watchlist, outcome: str, name: str, within: int) -> Observation:
    return next(o for o in found.outcomes[outcome].observations if o.name == name and o.within_days == within)


def hold(values, truth: float) -> None:
    """The mean of independent values lies within five of its standard errors of the truth."""
    values = np.array(values)
    error = values.std(ddof=1) / math.sqrt(len(values))
    assert abs(values.mean() - truth) < 5 * error + 1e-12, (values.mean(), truth, error)


def over_seeds(text: str, paths: int, seeds: int, outcome: str, name: str, within: int) -> list[Observation]:
    options = {"on_paths": 128, "run_blocks": in_threads(1)}
    return [of(watched(text, paths, seed, **options), outcome, name, within) for seed in range(seeds)]


def test_two_states() -> None:
    found = over_seeds(STATES, 1_280, 60, "asked", "told", 7)
    s, yes, no = 0.3, 0.8, 0.2
    hold([o.probability_seen for o in found], s)
    hold([o.if_seen.value for o in found], yes)
    hold([o.if_not_seen.value for o in found], no)
    hold([o.expected_movement for o in found], 2 * s * (1 - s) * (yes - no))
    hold([o.expected_brier_fall for o in found], s * (1 - s) * (yes - no) ** 2)


def test_intervals_cover() -> None:
    """Of 95 % intervals as many hold the truth as chance allows."""
    found = over_seeds(STATES, 640, 200, "asked", "told", 7)
    for held in (
        sum(o.if_seen.low <= 0.8 <= o.if_seen.high for o in found),
        sum(o.if_not_seen.low <= 0.2 <= o.if_not_seen.high for o in found),
    ):
        assert stats.binom.cdf(held, 200, 0.95) > 1e-6


def test_an_entry_that_decides_is_forced() -> None:
    """Forcing ``told`` takes every path to 0.8; what is forced itself, to 1."""
    found = watched(STATES, 20_000, on_paths=20_000)
    p = 0.3 * 0.8 + 0.7 * 0.2
    for name, change in (("told", 0.8 - p), ("asked", 1 - p)):
        for within in WITHIN:
            made = of(found, "asked", name, within).if_made
            assert abs(made.difference - change) < 5 * math.sqrt(change * (1 - change) / 20_000)
            assert made.low < change < made.high
    calendar = {d.date: d.expected_movement["asked"] for d in found.calendar}
    assert list(calendar) == [date(2019, 1, 5), date(2019, 1, 20)]
    assert calendar[date(2019, 1, 5)] == of(found, "asked", "told", 7).expected_movement
    assert abs(calendar[date(2019, 1, 20)] - 2 * p * (1 - p)) < 5 * 2 * abs(1 - 2 * p) * math.sqrt(p * (1 - p) / 20_000)


@pytest.mark.parametrize("within", WITHIN)
def test_a_poisson_event_decides(within: int) -> None:
    days, rate = 60, 0.02
    found = over_seeds(POISSON, 640, 60, "war", "war", within)
    seen, p = 1 - math.exp(-rate * within), 1 - math.exp(-rate * days)
    later = 1 - math.exp(-rate * (days - within))
    hold([o.probability_seen for o in found], seen)
    assert all(o.if_seen.value == 1 and o.if_seen.low > 0.8 for o in found)
    hold([o.if_not_seen.value for o in found], later)
    hold([o.expected_brier_fall for o in found], seen * (1 - seen) * (1 - later) ** 2)
    hold([o.expected_movement for o in found], 2 * seen * (1 - seen) * (1 - later))
    hold([o.if_made.difference for o in found], 1 - p)


def test_a_second_event_is_made() -> None:
    """Made once, an outcome of two events comes true where one comes besides."""
    found = watched(POISSON, 20_000, on_paths=20_000)
    change = 1.2 * math.exp(-1.2)
    for within in WITHIN:
        made = of(found, "two", "war", within).if_made
        assert abs(made.difference - change) < 5 * math.sqrt(change * (1 - change) / 20_000)


@pytest.mark.parametrize("text", [NOTHING, DOUBTFUL_NOTHING], ids=["certain", "doubtful"])
def test_nothing_to_learn_is_worth_nothing(text: str) -> None:
    """The value is as often below zero as above it; taken plainly it would be clearly above."""
    found = over_seeds(text, 2_560, 300, "asked", "noise", 30)
    hold([o.expected_brier_fall for o in found], 0.0)
    plain = np.array(
        [o.probability_seen * (1 - o.probability_seen) * (o.if_seen.value - o.if_not_seen.value) ** 2 for o in found]
    )
    assert plain.mean() > 8 * plain.std(ddof=1) / math.sqrt(len(plain))
    assert 0.25 < np.mean([o.expected_brier_fall < 0 for o in found]) < 0.9
    assert all(o.expected_movement >= 0 for o in found)
    hold([o.if_made.difference for o in found], 0.0)


def test_movement_that_noise_shows() -> None:
    """Where nothing moves, 0.3426 of a standard error is shown instead of 0.7979."""
    found = over_seeds(NOTHING, 1_280, 300, "asked", "noise", 30)
    plain = [
        2 * o.probability_seen * (1 - o.probability_seen) * abs(o.if_seen.value - o.if_not_seen.value) for o in found
    ]
    shown = [o.expected_movement for o in found]
    hold(np.array(shown) - 0.3426 / 0.7979 * np.array(plain), 0.0)


def test_a_rate_in_doubt_is_learned() -> None:
    """With a rate even between two bounds, P(no war in t days) = (e^−at − e^−bt)/(b − a)t."""
    found = over_seeds(RATE, 12_800, 60, "late", "war", 30)

    def none(days: int) -> float:
        return (math.exp(-LOW * days) - math.exp(-HIGH * days)) / ((HIGH - LOW) * days)

    seen, neither = 1 - none(30), none(60)
    quiet = 1 - neither / none(30)
    stormy = (1 - none(30) - (none(30) - neither)) / seen
    hold([o.probability_seen for o in found], seen)
    hold([o.if_not_seen.value for o in found], quiet)
    hold([o.if_seen.value for o in found], stormy)
    hold([o.expected_brier_fall for o in found], seen * (1 - seen) * (stormy - quiet) ** 2)
    hold([o.expected_movement for o in found], 2 * seen * (1 - seen) * (stormy - quiet))
    held = sum(o.if_seen.low <= stormy <= o.if_seen.high for o in found)
    assert stats.binom.cdf(held, len(found), 0.95) > 1e-4


def test_made_is_what_compare_says() -> None:
    """The difference and its interval are those of a comparison with the intervention in the file."""
    scenario = replace(scene(RATE), paths=1_280, seed=3)
    model = build(scenario)
    assert made_paths(model) == 1_280
    found = watchlist(model)
    for within, on in ((7, date(2019, 1, 4)), (30, date(2019, 1, 15)), (60, date(2019, 1, 30))):
        other = build(replace(scenario, interventions={"made": Intervention("made", on=on, event="war")}))
        titles = {"one": "One", "other": "Other"}
        compared = compare({"one": model, "other": other}, titles=titles, paths=1_280, seed=3)
        expected = compared.contrasts["other"].outcomes["late"].difference
        made = of(found, "late", "war", within).if_made
        assert made.difference == expected.value
        if expected.value:
            assert (made.low, made.high) == (expected.low, expected.high)


def test_what_is_made_to_no_effect_has_a_narrow_interval() -> None:
    """A war before the days that count changes nothing: an interval about zero, no wider than its paths allow."""
    made = of(watched(RATE, 12_800), "late", "war", 30).if_made
    assert made.difference == 0
    assert -0.05 < made.low < 0 < made.high < 0.05
