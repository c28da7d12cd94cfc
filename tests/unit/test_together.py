"""Models simulated together: each as if alone, and differences as two recordings give them."""

from __future__ import annotations

import numpy as np
import pytest
from oracle.scenes import scene

from relsim.engine import in_threads, record, simulate, simulate_together
from relsim.model import build
from relsim.outcomes import NEVER
from relsim.result.forecast import QUANTILES

BASE = """
window: {start: 2019-01-01, end: 2019-02-28}
variables:
  x: {half_life: 10 days, spread: 0.6}
  y: {baseline: 1, half_life: 20 days, spread: 0.4}
indices: {mood: {weights: {x: 2, y: -1}}}
conditions: {c: {begins: [a], lasts: 5 days, while: {rates: {b: 1.5}}}}
events:
  a: {rate: 0.05 to 0.2 per day, effects: {x: 0.7}}
  b: {rate: 0.3 per day, effects: {y: -0.3}}
calendar: {meeting: {on: 2019-02-01, probability: 0.6, odds_ratio: {x: 1.5}, event: a}}
outcomes: {met: {happens: meeting}, busy: {happens: a, at_least: 5}}
quantities: {acts: {count: a}}
"""
CHANGED = BASE + "interventions: {i: {on: 2019-01-31, shift: {x: 1}}}\n"
PATHS = 1_000


def models(*texts: str):
    return {f"m{i}": build(scene(text)) for i, text in enumerate(texts)}


@pytest.fixture(scope="module")
def together():
    return simulate_together(models(BASE, CHANGED), paths=PATHS, seed=3, draws=5, given=["met"])


def recorded(text: str):
    return record(build(scene(text)), paths=PATHS, seed=3, draws=5)


def test_each_simulation_is_the_one_of_the_model_alone(together) -> None:
    for name, model in models(BASE, CHANGED).items():
        alone, found = simulate(model, paths=PATHS, seed=3, draws=5), together.simulations[name]
        for field in ("days", "values", "theta", "fan_mean", "fan_quantiles", "count_mean", "grade_probability"):
            np.testing.assert_array_equal(getattr(found, field), getattr(alone, field))


def test_differences_are_those_of_two_recordings(together) -> None:
    one, other = recorded(BASE), recorded(CHANGED)
    difference = (other.states - one.states)[:, 1:, 2]
    paired = together.paired["m1"]
    assert (paired.days, paired.indices, paired.uncertain) == (59, ("mood",), True)
    assert paired.first_difference == 31
    np.testing.assert_array_equal(paired.differences.paths, np.bincount(one.draw, minlength=5))
    for draw in range(5):
        np.testing.assert_allclose(
            paired.differences.sums[draw, 0], difference[one.draw == draw].sum(axis=0), rtol=0, atol=1e-3
        )
    np.testing.assert_allclose(paired.differences.squares[0], (difference**2).sum(axis=0), rtol=1e-5, atol=1e-9)
    exact = np.quantile(difference, QUANTILES, axis=0).T
    np.testing.assert_allclose(paired.quantiles[0], exact, rtol=0, atol=1e-5)
    assert not paired.quantiles[0, :30].any()


def test_levels_are_summed_where_the_outcome_came_true(together) -> None:
    states = recorded(BASE)
    true = together.simulations["m0"].days[:, 0] != NEVER
    for sums, where in ((together.levels, np.ones(PATHS, bool)), (together.given["met"], true)):
        assert sums.paths.sum() == where.sum()
        np.testing.assert_allclose(sums.sums.sum(axis=0)[0], states.states[where, 1:, 2].sum(axis=0), rtol=1e-6)
        np.testing.assert_allclose(sums.squares[0], (states.states[where, 1:, 2] ** 2).sum(axis=0), rtol=1e-5)


def test_the_same_model_twice_differs_nowhere() -> None:
    paired = simulate_together(models(BASE, BASE), paths=300, seed=3).paired["m1"]
    assert paired.first_difference is None
    assert not paired.differences.squares.any()
    assert not paired.quantiles.any()


@pytest.mark.parametrize(
    ("section", "added", "first"),
    [
        ("events:\n", "events:\n  new: {rate: 0.02 per day}\n", 1),
        ("calendar: {", "calendar: {dinner: {on: 2019-01-20, probability: 0.5}, ", 20),
        ("conditions: {", "conditions: {d: {begins: [meeting], lasts: 5 days}, ", 33),
        ("variables:\n", "variables:\n  z: {half_life: 3 days, spread: 1}\n", None),
    ],
)
def test_what_one_of_the_two_lacks_never_happens_there(section: str, added: str, first: int | None) -> None:
    """The event first occurs on the first day on some of 300 paths; a variable alone makes no difference."""
    for pair in ((BASE, BASE.replace(section, added)), (BASE.replace(section, added), BASE)):
        assert simulate_together(models(*pair), paths=300, seed=3).paired["m1"].first_difference == first


def test_windows_of_other_lengths_pair_over_the_days_that_both_have() -> None:
    longer = CHANGED.replace("2019-02-28", "2019-03-20")
    for pair in ((BASE, longer), (longer, BASE)):
        paired = simulate_together(models(*pair), paths=300, seed=3).paired["m1"]
        assert (paired.days, paired.first_difference) == (59, 31)
        assert paired.quantiles.shape == (1, 59, 9)
    later = BASE.replace("start: 2019-01-01", "start: 2019-01-02")
    assert simulate_together(models(BASE, later), paths=300, seed=3).paired == {"m1": None}


@pytest.fixture
def few_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of more than 1,024 paths are binned."""
    monkeypatch.setattr("relsim.engine.fan.KEPT_BYTES", 0)


def test_workers_change_no_number(few_kept: None) -> None:
    """Binned as well: the second run is longer than what is kept in full."""
    short = (BASE.replace("2019-02-28", "2019-02-03"), CHANGED.replace("2019-02-28", "2019-02-03"))
    for paths in (700, 8_000):
        one, two = (
            simulate_together(
                models(*short), paths=paths, seed=3, draws=7, given=["busy"], run_blocks=in_threads(workers)
            )
            for workers in (1, 2)
        )
        np.testing.assert_array_equal(one.paired["m1"].quantiles, two.paired["m1"].quantiles)
        np.testing.assert_array_equal(one.paired["m1"].differences.sums, two.paired["m1"].differences.sums)
        np.testing.assert_array_equal(one.given["busy"].sums, two.given["busy"].sums)
        np.testing.assert_array_equal(one.simulations["m1"].fan_quantiles, two.simulations["m1"].fan_quantiles)
        assert one.paired["m1"].first_difference == two.paired["m1"].first_difference == 31


def test_binned_differences_are_close_to_the_exact_ones(few_kept: None) -> None:
    """A shift that fades: 1 point on day 31, all paths alike, then halved every ten days; the index has twice that."""
    short = (BASE.replace("2019-02-28", "2019-02-03"), CHANGED.replace("2019-02-28", "2019-02-03"))
    paired = simulate_together(models(*short), paths=6_000, seed=3).paired["m1"]
    np.testing.assert_allclose(paired.quantiles[0, 30], 2, rtol=0, atol=1e-5)
    assert not paired.quantiles[0, :30].any()


def test_a_run_without_fans_keeps_what_paths_come_to() -> None:
    model = build(scene(BASE))
    full, bare = simulate(model, paths=400, seed=3), simulate(model, paths=400, seed=3, fans=False)
    for field in ("days", "values", "count_mean", "condition_probability"):
        np.testing.assert_array_equal(getattr(full, field), getattr(bare, field))
    assert bare.fan_mean.shape == (0, 59)
