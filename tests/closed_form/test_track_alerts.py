"""A track alerts on true news and on nothing else, as often as its interval allows."""

from __future__ import annotations

import math
from datetime import date
from functools import cache

import numpy as np
import pytest
from oracle.scenes import scene
from scipy.special import ndtr

from relsim.model import build
from relsim.track import Tracked, days_of, track

SEEDS = 100
PATHS = {"0.03 per day": 512, "0.02 to 0.05 per day": 2048}
"""By rate: where it is uncertain, a draw for each 128."""
# a makes the vote likelier, b less likely, by the same odds and at the same rate: while neither happens the vote stays
# at one half, whatever passes, though each quiet day flips paths both ways.
TWIN = """
window: {{start: 2019-03-01, end: 2019-03-30}}
run: {{paths: {paths}, seed: {seed}}}
variables: {{x: {{half_life: 8 days}}}}
events: {{a: {{rate: {rate}}}, b: {{rate: {rate}}}}}
calendar:
  vote: {{on: 2019-03-28, probability: 0.5, odds_if: {{a: {{odds_ratio: 3}}, b: {{odds_ratio: "1/3"}}}}}}
history:
  h:
    covers: {{from: 2019-03-01, to: 2019-03-21}}
    types: [a, b]
    events: [{{on: 2019-03-18, event: a}}]
outcomes: {{vote: {{title: The vote, happens: vote}}}}
"""
NEWS = date(2019, 3, 18)


@cache
def tracked(rate: str, seed: int, alert: float) -> Tracked:
    text = TWIN.format(rate=rate, seed=seed, paths=PATHS[rate]).replace('"1/3"', "0.333333333333")
    scenario = scene(text, to_the_end=True)
    return track(build(scenario), days_of(scenario, 3), alert=alert)


@pytest.mark.parametrize("rate", PATHS, ids=["certain", "uncertain"])
def test_true_news_alerts_on_its_day_and_nothing_else_does(rate: str) -> None:
    for seed in range(SEEDS):
        found = tracked(rate, seed, 5.0)
        assert [(name, alert.date) for name, alert in found.alerts] == [("vote", NEWS)], seed


@pytest.mark.parametrize("rate", PATHS, ids=["certain", "uncertain"])
def test_without_a_threshold_quiet_points_alert_in_one_of_a_hundred(rate: str) -> None:
    """Of the four quiet moves before the news, all of them truly zero."""
    false = quiet = 0
    for seed in range(SEEDS):
        found = tracked(rate, seed, 0.0)
        alerts = [alert.date for _, alert in found.alerts]
        assert NEWS in alerts
        dates = found.track.outcomes["vote"].dates
        quiet += sum(day < NEWS for day in dates[2:])
        false += sum(day < NEWS for day in alerts)
    assert quiet == 4 * SEEDS
    assert false <= 0.01 * quiet + 5 * math.sqrt(0.01 * 0.99 * quiet)


def test_probabilities_are_the_closed_form_and_news_adds_up() -> None:
    """Of the days left before the vote, P(a, b or neither), each Poisson."""
    known: dict[date, list[float]] = {}
    for seed in range(SEEDS):
        outcome = tracked("0.03 per day", seed, 5.0).track.outcomes["vote"]
        for day, p in zip(outcome.dates, outcome.probability, strict=True):
            known.setdefault(day, []).append(p)
        assert sum(one.difference for one in outcome.news) == pytest.approx(
            outcome.probability[-1] - outcome.probability[0], abs=1e-12
        )
    for day, shares in known.items():
        left = (date(2019, 3, 27) - day).days
        no_b = math.exp(-0.03 * left)
        expected = 0.5 if day < NEWS else 0.75 * no_b + 0.5 * (1 - no_b)
        n = PATHS["0.03 per day"] * SEEDS
        assert abs(np.mean(shares) - expected) < 5 * math.sqrt(expected * (1 - expected) / n), day


def test_the_interval_is_a_99_percent_one() -> None:
    """Where paths are independent and flips many, it is the plain one of a mean of differences."""
    from relsim.estimates import normal
    from relsim.estimates.paired import probability_difference

    n, up, down = 1_000_000, 30_000, 20_000
    counts = [np.array([x]) for x in (up, down, n)]
    found = probability_difference(*counts, uncertain=False, level=0.99)
    value = (up - down) / n
    half = 2.5758293035489004 * math.sqrt(((up + down) / n - value**2) / n)
    assert found.low == pytest.approx(value - half, abs=1e-6)
    assert found.high == pytest.approx(value + half, abs=1e-6)
    assert ndtr(normal(0.99)) == pytest.approx(0.995)
