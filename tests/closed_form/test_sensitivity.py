"""First-order and total indices, deltas and removals against closed forms.

Weights here are baselines and probabilities, so that what each draw makes of a target is a known function of them and
the indices follow by integration. Bounds are five standard errors over the seeds.
"""

from __future__ import annotations

import numpy as np
import pytest
from oracle.scenes import scene
from scipy import integrate, stats

from relsim.drivers.indices import Draw, first_order
from relsim.drivers.targets import spread, target_of
from relsim.engine import simulate
from relsim.model import build
from relsim.outcomes import NEVER

ADDITIVE = """
window: {start: 2019-01-01, end: 2019-01-03}
variables:
  a: {baseline: {uniform: {low: -2, high: 2}}, half_life: 5 days, spread: 1.5, drift: off}
  b: {baseline: -1 ± 1, half_life: 5 days, spread: 1.5, drift: off}
  c: {baseline: {choice: [{value: -1, weight: 1}, {value: 1, weight: 1}]}, half_life: 5 days, spread: 1.5, drift: off}
  d: {baseline: {triangular: {low: -2, mode: 0, high: 2}}, half_life: 5 days, spread: 1.5, drift: off}
  e: {baseline: 0.5 ± 1, half_life: 5 days, spread: 1.5, drift: off}
  f: {baseline: 0 ± 1, half_life: 5 days, spread: 1.5, drift: off}
indices: {sum: {weights: {a: 1, b: 0.8, c: 0.4, d: 0.5, e: 0.2}}}
quantities: {level: {value: sum, on: 2019-01-03}}
"""
VARIANCE = {"a": 16 / 12, "b": 1.0, "c": 1.0, "d": 4 / 6, "e": 1.0, "f": 0.0}
WEIGHT = {"a": 1.0, "b": 0.8, "c": 0.4, "d": 0.5, "e": 0.2, "f": 0.0}

HUMP = """
window: {start: 2019-01-01, end: 2019-01-02}
variables:
  a: {baseline: {uniform: {low: -3, high: 3}}, half_life: 1000 years, drift: off}
  b: {baseline: {uniform: {low: -3, high: 3}}, half_life: 1000 years, drift: off}
  n: {baseline: 0, half_life: 5 days, spread: 0.8, drift: off}
  z: {baseline: 0 ± 1, half_life: 5 days, drift: off}
indices: {noisy: {weights: {a: 1, n: 1}}}
calendar: {talk: {on: 2019-01-02, probability: {uniform: {low: 0.2, high: 0.8}}, at: {b: 0}}}
outcomes:
  both: {all: [{value: noisy, above: -1, on: 2019-01-02}, {value: noisy, below: 1, on: 2019-01-02}, {happens: talk}]}
"""


def measured(model, draws, seed, *, outcome=False):
    """Indices by name of the variable or entry, of one run of 128 paths a draw."""
    run = simulate(model, paths=128 * draws, seed=seed)
    draw = (np.arange(128 * draws) // 128).astype(np.int32)
    values = (run.days[:, 0] != NEVER).astype(float) if outcome else run.values[:, 0]
    target = target_of("level", "", outcome, values, draw)
    weights = Draw.of(run.theta, np.full(run.theta.shape[1], -1), seed)
    return first_order(weights, target, spread(target))


def names(model):
    return [w.path.split("/")[1] for w in model.weights]


def additive_indices(model):
    total = sum(WEIGHT[k] ** 2 * VARIANCE[k] for k in WEIGHT)
    return np.array([WEIGHT[k] ** 2 * VARIANCE[k] / total for k in names(model)])


def hump_indices(model):
    """p = h(a) q with h the chance that a noisy level lies within 1 of zero, and q the entry's probability.

    The level on day two is the baseline and two days' noise: 0.8² (1 − ρ⁴) with ρ = 2^(−1/5).
    """
    a = stats.uniform(-3, 6)
    sd = 0.8 * np.sqrt(1 - 2 ** (-4 / 5))
    h = lambda x: stats.norm.cdf((1 - x) / sd) - stats.norm.cdf((-1 - x) / sd)  # noqa: E731
    mean = integrate.quad(lambda x: h(x) * a.pdf(x), -3, 3)[0]
    square = integrate.quad(lambda x: h(x) ** 2 * a.pdf(x), -3, 3)[0]
    q, q_var = 0.5, 0.6**2 / 12
    h_var = square - mean**2
    total = square * (q**2 + q_var) - mean**2 * q**2
    first = {"a": h_var * q**2 / total, "talk": mean**2 * q_var / total}
    whole = {"a": h_var * (q**2 + q_var) / total, "talk": q_var * square / total}
    pick = names(model)
    return np.array([first.get(k, 0.0) for k in pick]), np.array([whole.get(k, 0.0) for k in pick])


def test_additive_indices_are_unbiased_and_sum_to_one():
    """Eight runs of 157 draws: means within five standard errors of the closed form, weights without bearing at 0."""
    model = build(scene(ADDITIVE))
    found = np.array([measured(model, 157, seed).index for seed in range(8)])
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    assert np.all(np.abs(found.mean(axis=0) - additive_indices(model)) < 5 * error + 0.01)
    totals = found.sum(axis=1)
    assert abs(totals.mean() - 1) < 5 * totals.std(ddof=1) / np.sqrt(len(totals)) + 0.01


def test_noise_of_few_paths_is_taken_off():
    """With 128 paths a draw the plain share of variance falls short by the noise; the index does not."""
    model = build(
        scene(ADDITIVE.replace("spread: 1.5", "spread: 8").replace("drift: off", "drift: off, range: [-40, 40]"))
    )
    found = np.array([measured(model, 400, seed).index for seed in range(8)])
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    assert np.all(np.abs(found.mean(axis=0) - additive_indices(model)) < 5 * error + 0.01)


def test_a_hump_is_found_and_only_what_matters_is_told():
    """A probability that rises and falls with one weight, times another: first-order indices by quadrature."""
    model = build(scene(HUMP))
    first, _ = hump_indices(model)
    runs = [measured(model, 300, seed, outcome=True) for seed in range(6)]
    found = np.array([run.index for run in runs])
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    assert np.all(np.abs(found.mean(axis=0) - first) < 5 * error + 0.01)
    matters = np.isin(names(model), ["a", "talk"])
    assert all(run.significant[matters].all() for run in runs)


@pytest.mark.slow
@pytest.mark.parametrize(("text", "draws", "outcome"), [(ADDITIVE, 157, False), (HUMP, 157, True)], ids=["sum", "hump"])
def test_intervals_cover_at_the_nominal_rate(text, draws, outcome):
    """Over 200 seeds and all weights: the share of the 95 % intervals that hold the truth, errors clustered by seed."""
    model = build(scene(text))
    truth = hump_indices(model)[0] if outcome else additive_indices(model)
    held, missed = [], 0
    for seed in range(200):
        run = measured(model, draws, seed, outcome=outcome)
        held.append(np.abs(run.index - truth) <= 1.96 * run.error)
        missed += bool((run.told & (truth == 0)).any())
    held = np.array(held)[:, truth > 0].mean(axis=1)
    assert abs(held.mean() - 0.95) < 5 * held.std(ddof=1) / np.sqrt(len(held))
    assert missed / 200 < 0.05 + 5 * np.sqrt(0.05 * 0.95 / 200)


@pytest.mark.slow
def test_total_indices_of_a_designed_study(tmp_path):
    """Sobol over two weights that multiply: first and total indices within five standard errors of the quadrature."""
    pytest.importorskip("SALib")
    from relsim.drivers.design import DesignPlan, analysed, points_of
    from relsim.drivers.study import DesignStudy

    model = build(scene(HUMP))
    plan = DesignPlan.of(model, "sobol", tuple(w.path for w in model.weights), 512, 512)
    points = points_of(plan, model)
    study = DesignStudy(tmp_path, plan, points, model)
    study.run()
    rows = {row.weight.split("/")[1]: row for row in analysed(plan, points, study.results(), model).outcomes["both"]}
    first, total = hump_indices(model)
    for k, name in enumerate(names(model)):
        row = rows[name]
        assert abs(row.total - total[k]) < 5 / 1.96 * (row.total_high - row.total) + 0.01
        assert abs(row.first_order - first[k]) < 5 / 1.96 * (row.first_high - row.first_order) + 0.01
