"""Pairs of scenarios with a known true difference: the 95 % interval covers it at the nominal rate.

Everything here is known in closed form. ``meet`` happens with 0.30 or 0.36 on the same uniform; ``forced`` is a Poisson
event of 0.02 a day over 60 days that the other world also makes happen once, so that the outcome's probability rises by
exp(-1.2) and its count by one; ``busy`` is a Poisson event of 0.5 a day that has 1.3 times its rate over the last ten
days; ``odd`` follows ``meet`` with odds three times those without; the index falls by a calendar entry's effect and
comes back by half every ten days. ``doubtful`` happens with a probability drawn from Beta(4, 6) anew for each draw of
the weights, and never in the other world.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from oracle.scenes import scene
from scipy import stats

from relsim.compare import compare
from relsim.model import build
from relsim.result.comparison import CLEAR, NOISE, SAME, Comparison

CERTAIN = """
window: {start: 2019-01-01, end: 2019-03-01}
variables: {x: {half_life: 10 days}}
indices: {mood: {weights: {x: 1}}}
events:
  forced: {rate: 0.02 per day}
  busy: {rate: 0.5 per day}
calendar:
  meet: {on: 2019-01-20, probability: 0.30, effects: {x: -2}}
  odd: {on: 2019-02-10, probability: 0.2, odds_if: {meet: {odds_ratio: 3}}}
outcomes:
  meet: {happens: meet}
  forced: {happens: forced}
  many: {happens: busy, at_least: 33}
  odd: {happens: odd}
quantities: {forced_count: {count: forced}, busy_count: {count: busy}}
"""
CHANGED = (
    CERTAIN.replace("probability: 0.30", "probability: 0.36")
    + """
interventions:
  made: {on: 2019-01-25, event: forced}
  more: {from: 2019-02-20, to: 2019-03-01, rates: {busy: 1.3}}
"""
)
DOUBTFUL = """
window: {start: 2019-01-01, end: 2019-01-10}
variables: {x: {half_life: 10 days}}
calendar:
  doubtful: {on: 2019-01-05, probability: {beta: {alpha: 4, beta: 6}}}
  after: {on: 2019-01-08, probability: 0.5, odds_if: {doubtful: {odds_ratio: 1}}}
outcomes:
  doubtful: {happens: doubtful}
  after: {happens: after}
  either: {any: [{happens: doubtful}, {happens: after}]}
"""
CANCELLED = DOUBTFUL + "interventions: {off: {cancel: doubtful}}\n"


def compared(one: str, other: str, paths: int, seed: int, given=(), **options) -> Comparison:
    models = {"one": build(scene(one)), "other": build(scene(other))}
    return compare(models, titles={"one": "One", "other": "Other"}, paths=paths, seed=seed, given=given, **options)


def odds(p: float, ratio: float) -> float:
    return ratio * p / (1 - p + ratio * p)


ODD_GIVEN = odds(0.2, 3)
TRUE = {
    "meet": 0.06,
    "forced": math.exp(-60 * 0.02),
    "many": float(stats.poisson.sf(32, 30 + 1.5) - stats.poisson.sf(32, 30)),
    "odd": 0.06 * (ODD_GIVEN - 0.2),
}
BUSY = 1.5
MOOD = -2 * 0.06 * 2 ** (-10 / 10)
"""Ten days after the entry, whose effect has its full size at the baseline; day 30."""
ODD_WHERE_MET = 0.7 * (ODD_GIVEN - 0.2)
"""P(odd | meet) less P(odd) with P(meet) = 0.3."""
MOOD_WHERE_MET = -2 * 0.7 * 2**-1


def inside(found, true: float) -> bool:
    return bool(found.low <= true <= found.high)


def covered(seeds: range) -> dict[str, list[bool]]:
    """For each kind of difference, whether each seed's interval holds the true one."""
    hits: dict[str, list[bool]] = {}
    for seed in seeds:
        certain = compared(CERTAIN, CHANGED, 1_000, seed, given=["meet"])
        doubtful = compared(DOUBTFUL, CANCELLED, 40 * 128, seed, given=["doubtful"])
        contrast, found = certain.contrasts["other"], certain.contrasts["given meet"]
        off, where = doubtful.contrasts["other"], doubtful.contrasts["given doubtful"]
        mood, mood_found = contrast.indices["mood"], found.indices["mood"]
        told = {
            **{name: inside(contrast.outcomes[name].difference, true) for name, true in TRUE.items()},
            "busy": inside(contrast.quantities["busy_count"].difference, BUSY),
            "mood": mood.low[29] <= MOOD <= mood.high[29],
            "found odd": inside(found.outcomes["odd"].difference, ODD_WHERE_MET),
            "found mood": mood_found.low[29] <= MOOD_WHERE_MET <= mood_found.high[29],
            "doubtful": inside(off.outcomes["doubtful"].difference, -0.4),
            "either": inside(off.outcomes["either"].difference, -0.2),
            "found after": inside(where.outcomes["after"].difference, 0.0),
            "found either": inside(where.outcomes["either"].difference, 0.3),
        }
        for name, hit in told.items():
            hits.setdefault(name, []).append(bool(hit))
    return hits


def check_coverage(hits: dict[str, list[bool]], seeds: int) -> None:
    """Each within five standard errors of 95 %, and all together too, as if independent (they are nearly so)."""
    error = math.sqrt(0.95 * 0.05 / seeds)
    for name, each in hits.items():
        assert np.mean(each) > 0.95 - 5 * error, name
    assert np.mean(list(hits.values())) == pytest.approx(0.95, abs=5 * error / math.sqrt(len(hits)))


def test_intervals_cover_the_true_difference() -> None:
    check_coverage(covered(range(30)), 30)


@pytest.mark.slow
def test_intervals_cover_the_true_difference_over_two_hundred_seeds() -> None:
    check_coverage(covered(range(1_000, 1_200)), 200)


def test_what_is_forced_once_adds_exactly_one() -> None:
    found = compared(CERTAIN, CHANGED, 500, 1).contrasts["other"].quantities["forced_count"].difference
    assert (found.value, found.standard_error, found.low, found.high) == (1, 0, 1, 1)
    assert found.verdict == CLEAR


def test_identical_scenarios_give_exactly_zero() -> None:
    for text in (CERTAIN, DOUBTFUL):
        contrast = compared(text, text, 300, 1).contrasts["other"]
        assert contrast.first_difference is None
        for item in (*contrast.outcomes.values(), *contrast.quantities.values()):
            assert (item.difference.value, item.difference.low, item.difference.high) == (0, 0, 0)
            assert item.difference.verdict == SAME
        for index in contrast.indices.values():
            assert not any((*index.mean, *index.low, *index.high, *(x for q in index.quantiles.values() for x in q)))


LATE = CERTAIN + "interventions: {more: {from: 2019-02-27, to: 2019-03-01, rates: {busy: 1.02}}}\n"


def test_pairing_narrows_a_late_small_difference_more_than_tenfold() -> None:
    """Two per cent more events over the last three days, against the intervals of two runs that share nothing."""
    one, other = build(scene(CERTAIN)), build(scene(LATE))
    pair = compare({"one": one, "other": other}, titles={"one": "One", "other": "Other"}, paths=10_000, seed=1)
    alone = [compare({"one": m}, titles={"one": "One"}, paths=10_000, seed=s) for m, s in ((one, 2), (other, 3))]
    contrast = pair.contrasts["other"]
    assert contrast.first_difference is not None
    assert contrast.first_difference.isoformat() >= "2019-02-27"

    def unpaired(section: str, name: str) -> float:
        errors = [getattr(c.scenarios["one"], section)[name].standard_error for c in alone]
        return 2 * 1.96 * math.hypot(*errors)

    for section, name in (("outcomes", "many"), ("quantities", "busy_count")):
        found = getattr(contrast, section)[name].difference
        assert found.high - found.low < unpaired(section, name) / 10


def test_a_world_that_differs_without_a_flip_is_within_noise() -> None:
    """The bound is the score interval's, and no number of paths is named."""
    contrast = compared(CERTAIN, LATE, 400, 1).contrasts["other"]
    found = contrast.outcomes["meet"].difference
    assert contrast.first_difference is not None
    assert (found.value, found.verdict, found.paths_needed) == (0, NOISE, None)
    assert found.high == pytest.approx(1.96**2 / (400 + 1.96**2), rel=1e-3)
    assert found.low == -found.high


def test_few_flips_under_doubtful_weights_are_covered() -> None:
    """Flips of 1 in 500 that come in clusters: a draw's own rate is Beta(0.5, 249.5), 100 draws of 128 paths.

    2,000 toy runs; the interval may err by no more than five standard errors below 93 %, which few clusters cost.
    """
    from relsim.estimates.paired import probability_difference

    rng = np.random.default_rng(5)
    hits = []
    for _ in range(2_000):
        gained = rng.binomial(128, rng.beta(0.5, 249.5, 100))
        found = probability_difference(gained, np.zeros(100, int), np.full(100, 128), uncertain=True)
        hits.append(inside(found, 0.002))
    assert np.mean(hits) > 0.93 - 5 * math.sqrt(0.95 * 0.05 / 2_000)
