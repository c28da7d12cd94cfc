"""Doubts that belong together: the Gaussian copula of the weights, against its closed forms.

Normals keep the correlation stated; lognormals have (exp(ρσ₁σ₂) − 1)/√((exp σ₁² − 1)(exp σ₂² − 1)); ranks of any
families 6/π asin(ρ/2). Five standard errors, on Fisher's scale (for ranks Bonett & Wright 2000,
doi:10.1007/BF02294183).
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from oracle.five import mean_agrees, share_agrees
from oracle.scenes import scene
from scipy import stats

from relsim.model import build
from relsim.model.copula import copula_of
from relsim.result.paths import NEVER
from relsim.scenario import WeightCorrelation

DRAWS = 20_000
MANY = """
window: {start: 2019-01-01, end: 2019-01-02}
variables:
  x: {baseline: 1 ± 0.5, half_life: 5 to 20 days, spread: 0.2 to 0.8, drift: off}
  y: {baseline: 3, half_life: 1000 years, drift: off}
events: {push: {effects: {y: 4 ± 2, x: 0.1 ± 0.05}}}
"""
PAIRS = """
correlation_of_weights:
- {between: [variables/x/baseline, events/push/effects/x], value: 0.6}
- {between: [variables/x/half_life, variables/x/spread], value: -0.7}
- {between: [events/push/effects/x, events/push/effects/y], value: 0.3}
"""
PAIR_OF = {
    ("variables/x/baseline", "events/push/effects/x"): 0.6,
    ("variables/x/half_life", "variables/x/spread"): -0.7,
    ("events/push/effects/x", "events/push/effects/y"): 0.3,
    ("variables/x/baseline", "events/push/effects/y"): 0.0,
    ("variables/x/baseline", "variables/x/spread"): 0.0,
}


def draws(text, seed=5, number=DRAWS):
    model = build(scene(text))
    return dict(zip([w.path for w in model.weights], model.draw(seed, number).theta.T, strict=True))


def correlation_agrees(found, expected, n, widened=1.0):
    assert abs(math.atanh(found) - math.atanh(expected)) < 5 * widened / math.sqrt(n - 3)


@pytest.mark.parametrize(("pair", "value"), PAIR_OF.items())
def test_ranks_correlate_as_stated(pair, value):
    theta = draws(MANY + PAIRS)
    expected = 6 / math.pi * math.asin(value / 2)
    found = stats.spearmanr(*(theta[p] for p in pair)).statistic
    correlation_agrees(found, expected, DRAWS, math.sqrt(1 + expected**2 / 2))


def test_normals_and_lognormals_correlate_as_their_moments_say():
    theta = draws(MANY + PAIRS)
    # Both reach past no bound: the nearest one is sixteen standard deviations away.
    found = np.corrcoef(theta["variables/x/baseline"], theta["events/push/effects/x"])[0, 1]
    correlation_agrees(found, 0.6, DRAWS)
    s = math.log(4) / (2 * stats.norm.ppf(0.95))
    products = np.exp(np.log(theta["variables/x/half_life"] / 10) + np.log(theta["variables/x/spread"] / 0.4))
    mean_agrees(products, math.exp((2 * s**2 - 2 * 0.7 * s**2) / 2))


def test_each_keeps_its_own_family():
    theta = draws(MANY + PAIRS)
    for path, law in {
        "variables/x/baseline": stats.norm(1, 0.5),
        "events/push/effects/y": stats.truncnorm(-8, 1, 4, 2),  # 4 ± 2, at most 6 from the baseline to the bound
    }.items():
        assert stats.kstest(theta[path], law.cdf).pvalue > 2 * stats.norm.sf(5)


def test_an_effect_stays_within_the_reach_of_a_drawn_baseline():
    text = """
window: {start: 2019-01-01, end: 2019-01-02}
variables: {x: {baseline: 6 ± 1, half_life: 9 days}}
events: {push: {effects: {x: 2 ± 1}}}
correlation_of_weights: [{between: [variables/x/baseline, events/push/effects/x], value: 0.8}]
"""
    theta = draws(text)
    baseline, effect = theta["variables/x/baseline"], theta["events/push/effects/x"]
    assert (baseline + effect <= 9 + 1e-9).all()
    assert (baseline + effect > 8.9).any()


def test_a_weight_in_no_pair_keeps_its_draws_bit_for_bit():
    alone, paired = draws(MANY), draws(MANY + PAIRS.rsplit("- ", 1)[0])
    assert np.array_equal(alone["events/push/effects/y"], paired["events/push/effects/y"])
    assert not np.array_equal(alone["variables/x/spread"], paired["variables/x/spread"])


def test_a_draw_is_the_same_whatever_other_weights_exist_and_however_many_are_taken():
    more = MANY.replace("  x:", "  w: {baseline: 0 to 1, half_life: 5 to 9 days}\n  x:", 1)
    before, after = draws(MANY + PAIRS, number=50), draws(more + PAIRS, number=700)
    for path in before:
        assert np.array_equal(before[path], after[path][:50]), path


def test_the_order_of_pairs_does_not_matter():
    lines = PAIRS.strip().splitlines()
    turned = "\n".join([lines[0], *reversed(lines[1:])])
    before, after = draws(MANY + PAIRS, number=100), draws(MANY + turned, number=100)
    for path in before:
        assert np.array_equal(before[path], after[path])


def test_extreme_correlations_stay_finite():
    pair = WeightCorrelation(("a", "b"), 0.9999)
    copula, faults = copula_of([pair], ["a", "b"], ["a", "b"])
    (group,) = copula.groups
    assert not faults
    assert np.allclose(group.factor @ group.factor.T, [[1, 0.9999], [0.9999, 1]])


TWO_CHANCES = """
window: {start: 2019-01-01, end: 2019-01-02}
variables: {x: {half_life: 9 days}}
calendar:
  a: {on: 2019-01-01, probability: {uniform: {low: 0, high: 1}}}
  b: {on: 2019-01-02, probability: {uniform: {low: 0, high: 1}}}
outcomes: {both: {all: [{happens: a}, {happens: b}]}, first: {happens: a}}
"""


@pytest.mark.parametrize("value", [-0.8, 0.0, 0.8])
def test_two_chances_with_uniform_probabilities(value):
    """P(both) = E[UV] = 1/4 + asin(ρ/2)/(2π), one path of each of 2,000 draws."""
    from relsim.engine import simulate

    pair = f"correlation_of_weights: [{{between: [calendar/a/probability, calendar/b/probability], value: {value}}}]"
    model = build(scene(TWO_CHANCES + (pair if value else "")))
    n = 2_000
    both = simulate(model, paths=128 * n, seed=3).days[::128, 0] != NEVER
    share_agrees(both.sum(), n, 0.25 + math.asin(value / 2) / (2 * math.pi))


@pytest.mark.parametrize(("alpha", "beta"), [(2, 6), (20, 20)])
def test_the_variance_of_an_outcome_splits_as_its_beta_says(alpha, beta):
    """A chance with a beta probability: of p(1 − p) the weights explain 1/(α + β + 1); mean over thirty seeds."""
    from relsim.engine import simulate
    from relsim.summary import summarise

    model = build(
        scene(
            "window: {start: 2019-01-01, end: 2019-01-02}\nvariables: {x: {half_life: 9 days}}\n"
            f"calendar: {{a: {{on: 2019-01-01, probability: {{beta: {{alpha: {alpha}, beta: {beta}}}}}}}}}\n"
            "outcomes: {it: {happens: a}}\n"
        )
    )
    found = [
        summarise(model.scenario, simulate(model, paths=20_000, seed=seed)).outcomes["it"].variance_weights
        for seed in range(30)
    ]
    mean_agrees(np.array(found), 1 / (alpha + beta + 1))


TRIO = """
correlation_of_weights:
  - {between: [calendar/a/probability, calendar/b/probability], value: 0.8}
  - {between: [calendar/a/probability, calendar/c/probability], value: 0.6}
  - {between: [calendar/b/probability, calendar/c/probability], value: 0.3}
"""
THREE_CHANCES = """
window: {start: 2019-01-01, end: 2019-01-02}
variables: {x: {half_life: 9 days}}
calendar:
  a: {on: 2019-01-01, probability: {uniform: {low: 0, high: 1}}}
  b: {on: 2019-01-02, probability: {uniform: {low: 0, high: 1}}}
  c: {on: 2019-01-02, probability: {uniform: {low: 0, high: 1}}}
outcomes: {all: {all: [{happens: a}, {happens: b}, {happens: c}]}}
"""


@pytest.mark.parametrize("fixed", ["a", "b", "c"])
def test_a_fixed_number_leaves_the_draws_of_the_others_as_they_were(fixed):
    """Bit for bit, whichever of a group is fixed, the first of the Cholesky factor's order too."""
    text = THREE_CHANCES + TRIO
    line = next(line for line in THREE_CHANCES.splitlines() if line.startswith(f"  {fixed}:"))
    before = draws(text, number=300)
    after = draws(text.replace(line, line.replace("{uniform: {low: 0, high: 1}}", "0.25")), number=300)
    assert f"calendar/{fixed}/probability" not in after
    assert set(after) == set(before) - {f"calendar/{fixed}/probability"}
    for path, values in after.items():
        assert np.array_equal(values, before[path]), path


def test_all_of_a_group_may_be_fixed():
    text = THREE_CHANCES.replace("{uniform: {low: 0, high: 1}}", "0.25") + TRIO
    assert draws(text, number=3) == {}


def test_two_that_hang_on_a_fixed_third_keep_their_correlation():
    """P(A), P(B) uniform, a Gaussian copula of ρ: E[P(A) P(B)] = 1/4 + asin(ρ/2)/(2π), the third fixed or not."""
    text = (THREE_CHANCES + TRIO).replace(
        "c: {on: 2019-01-02, probability: {uniform: {low: 0, high: 1}}}", "c: {on: 2019-01-02, probability: 0.5}"
    )
    found = draws(text, number=20_000)
    product = found["calendar/a/probability"] * found["calendar/b/probability"]
    mean_agrees(product, 0.25 + math.asin(0.8 / 2) / (2 * math.pi))


@pytest.mark.parametrize("option", ["set", "weights"])
def test_a_number_of_a_pair_may_be_fixed_by_set_and_by_weights_files(option, tmp_path):
    from relsim.compose import load

    file, layer = tmp_path / "s.yaml", tmp_path / "w.yaml"
    file.write_text("relsim: 1\n" + THREE_CHANCES + TRIO, encoding="utf-8")
    layer.write_text("relsim: 1\ncalendar: {b: {probability: 0.25}}\n", encoding="utf-8")
    given = {"settings": ("calendar/b/probability=0.25",)} if option == "set" else {"weights": (layer,)}
    alone, fixed = build(load(file).scenario), build(load(file, **given).scenario)
    rows = {w.path: i for i, w in enumerate(alone.weights)}
    theta, other = alone.draw(1, 200).theta, fixed.draw(1, 200).theta
    for i, w in enumerate(fixed.weights):
        assert np.array_equal(other[:, i], theta[:, rows[w.path]])
