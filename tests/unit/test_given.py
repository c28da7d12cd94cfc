"""``--given``: what is found where an outcome came true, against a computation by hand from the paths' own days."""

from __future__ import annotations

import numpy as np
import pytest
from oracle.scenes import scene

from relsim.compare import compare, made_by
from relsim.engine import record, simulate
from relsim.estimates import probability
from relsim.model import build
from relsim.outcomes import NEVER
from relsim.result.comparison import Comparison

BASE = """
window: {start: 2019-01-01, end: 2019-02-28}
variables: {x: {half_life: 30 days, spread: 1}}
indices: {mood: {weights: {x: 1}}}
events: {a: {rate: 0.01 to 0.05 per day}}
calendar:
  meet: {on: 2019-01-20, probability: 0.4 ± 0.1, odds_ratio: {x: 3}}
  odd: {on: 2019-02-10, probability: 0.2, odds_ratio: {x: 3}}
outcomes: {meet: {happens: meet}, odd: {happens: odd}, acts: {happens: a}, never: {happens: a, at_least: 60}}
quantities: {level: {value: x, on: 2019-02-20}, wait: {first: acts}}
"""
FORCED = BASE + "interventions: {yes: {force: meet}}\n"
SIZE = {"paths": 2_000, "seed": 7, "draws": 10}


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    models = {"base": build(scene(BASE)), "forced": build(scene(FORCED))}
    return compare(models, titles={"base": "As it is", "forced": "They meet"}, given=["meet", "never"], **SIZE)


def by_hand():
    found = simulate(build(scene(BASE)), **SIZE)
    draw = np.arange(2_000) // 128 % 10
    return found.days != NEVER, found.values, draw


def test_probabilities_are_those_of_the_paths_where_it_came_true(comparison: Comparison) -> None:
    true, _, draw = by_hand()
    meet, odd = true[:, 0], true[:, 1]
    found = comparison.contrasts["given meet"].outcomes["odd"]
    assert found.other == odd[meet].mean()
    assert found.baseline == odd.mean()
    assert found.gained is found.lost is None
    difference = found.difference
    assert difference.value == pytest.approx(odd[meet].mean() - odd.mean())
    shares = [
        (meet * (odd - odd[meet].mean()) / meet.sum() - (odd - odd.mean()) / 2_000)[draw == j].sum() for j in range(10)
    ]
    error = np.sqrt(10 / 9 * np.square(shares).sum())
    assert difference.standard_error == pytest.approx(error, rel=1e-9)
    inside = probability(
        np.bincount(draw[odd & meet], minlength=10), np.bincount(draw[meet], minlength=10), uncertain=True
    )
    assert inside.low is not None
    assert difference.low is not None
    assert found.baseline + difference.low == pytest.approx(inside.low, abs=0.03)


def test_quantities_and_daily_levels_are_means_of_these_paths(comparison: Comparison) -> None:
    true, values, _ = by_hand()
    meet = true[:, 0]
    contrast = comparison.contrasts["given meet"]
    assert contrast.quantities["level"].other == pytest.approx(values[meet, 0].mean())
    assert contrast.quantities["level"].difference.value == pytest.approx(values[meet, 0].mean() - values[:, 0].mean())
    wait = contrast.quantities["wait"]
    assert wait.share == pytest.approx((~np.isnan(values[meet, 1])).mean())
    assert wait.other == pytest.approx(np.nanmean(values[meet, 1]))
    levels = record(build(scene(BASE)), **SIZE).states[:, 1:, 1]
    expected = levels[meet].mean(axis=0) - levels.mean(axis=0)
    np.testing.assert_allclose(contrast.indices["mood"].mean, expected, rtol=0, atol=1e-5)
    assert contrast.indices["mood"].quantiles == {}


def test_conditioning_is_not_intervening(comparison: Comparison) -> None:
    """Good relations bring both the meeting and the odd act: found together, but the meeting made changes nothing."""
    found = comparison.contrasts["given meet"].outcomes["odd"]
    made = comparison.contrasts["forced"].outcomes["odd"]
    assert found.difference.verdict == "clear"
    assert (made.gained, made.lost, made.difference.value) == (0, 0, 0)
    assert "this does not say that it is because of it" in found.sentence
    assert "Made to happen, as in “They meet”, it changes nothing" in found.sentence
    assert found.sentence.startswith("Where “meet” came true, “odd” came true on ")


def test_the_condition_itself_and_what_never_came_true_are_named(comparison: Comparison) -> None:
    assert comparison.contrasts["given meet"].not_compared == ("outcome 'meet' is the condition itself",)
    never = comparison.contrasts["given never"]
    assert never.not_compared == ("“never” came true on no path",)
    assert not never.outcomes
    assert not never.indices


def test_only_what_is_forced_counts_as_made(comparison: Comparison) -> None:
    base, forced = scene(BASE), scene(FORCED)
    assert made_by("meet", base, {"forced": forced}, comparison.contrasts) == "forced"
    assert made_by("odd", base, {"forced": forced}, comparison.contrasts) is None
    assert made_by("meet", forced, {"forced": forced}, comparison.contrasts) is None
