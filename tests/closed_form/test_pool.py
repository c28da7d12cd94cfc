"""Paths that are an expert's among a run's: which, at what level their events come, and what stays as it was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from oracle.five import mean_agrees, variance_agrees
from oracle.scenes import scene

from relsim.engine import record
from relsim.engine.pool import of_experts, pool_of
from relsim.experts import experts_of
from relsim.model import build

TEXT = """
window: {start: 2019-02-10, end: 2019-03-11}
variables: {x: {half_life: 10 days}}
events:
  a: {rate: 0.5 per day, weekdays: [1.2, 1.2, 1.2, 1.2, 1.2, 0.5, 0.5], effects: {x: -0.2}}
  b: {rate: 0.2 per day, excited_by: {a: {events: 0.2, half_life: 3 days}}, overdispersion: 0.5}
  unseen: {rate: 0.3 per day}
history: {seen: {covers: {from: 2018-09-01, to: 2019-02-09}, types: [a, b], events: [LISTED]}}
"""
LISTED = ", ".join(
    [f"{{on: 2019-01-{day:02d}, event: a, count: {1 + day % 3}}}" for day in range(1, 32)]
    + [f"{{on: 2018-{month}-{day:02d}, event: b}}" for month in (10, 11, 12) for day in (4, 9, 17, 25)]
)
PATHS = 40_000


def pooled(part: float, extra: str = ""):
    return build(replace(scene(TEXT.replace("LISTED", LISTED) + extra), experts=part))


@pytest.mark.parametrize("part", [0.0, 0.25, 0.5, 1 / 3, 0.9, 1.0])
def test_which_paths_are_an_experts(part):
    """Of any first n paths, as many as fit: ⌊n e⌋; and none beside."""
    theirs = of_experts(np.arange(1000), part)
    assert np.cumsum(theirs).tolist() == [int(np.floor(n * part)) for n in range(1, 1001)]


def test_the_models_own_paths_stay_as_they_were():
    with_experts, alone = (record(pooled(part), paths=600, seed=3) for part in (0.5, 0.0))
    own = ~of_experts(np.arange(600), 0.5)
    assert np.array_equal(with_experts.states[own], alone.states[own])
    assert np.array_equal(with_experts.counts[own], alone.counts[own])
    assert not np.array_equal(with_experts.counts[~own], alone.counts[~own])


def test_what_experts_expect_comes_on_their_paths():
    """30-day totals: the mean is the experts' over the days' weekday factors, which no kind of b has; the variance of a
    negative binomial day after day at a level of chance: Var = E[Σ w L + φ Σ (w L)²] + (Σ w)² Var L.
    """
    model = pooled(1.0)
    counts = record(model, paths=PATHS, seed=5).counts
    observed = model.observed
    experts = experts_of(observed.counts, observed.covered)
    pool = pool_of(model, 5)
    level = np.concatenate([pool.rows(block, np.float64).level.T for block in range(-(-PATHS // 128))])[:PATHS]
    w = np.array([1.2] * 5 + [0.5] * 2) / np.mean([1.2] * 5 + [0.5] * 2)
    days = np.array([w[(6 + t) % 7] for t in range(30)])  # 10 February 2019 is a Sunday
    for k, factor in ((0, days), (1, np.ones(30))):
        total = counts[:, :, k].sum(axis=1).astype(float)
        mean_agrees(level[:, k], experts.mean[k])
        mean_agrees(total, experts.mean[k] * factor.sum())
        # Given the levels drawn, each total's mean and variance are known.
        expected = level[:, k] * factor.sum()
        mean_agrees(total - expected, 0.0)
        variance = expected + experts.daily[k] * (level[:, k] ** 2) * (factor**2).sum()
        mean_agrees((total - expected) ** 2 - variance, 0.0)
    own = record(pooled(0.0), paths=PATHS, seed=5).counts
    assert np.array_equal(counts[:, :, 2], own[:, :, 2]), "a kind that the record does not cover is the model's"
    mean_agrees(counts[:, :, 2].sum(axis=1), 9.0)
    variance_agrees(counts[:, :, 2].sum(axis=1), 9.0)


def test_multipliers_and_gates_hold_on_an_experts_path():
    none = "interventions: {pause: {from: 2019-02-15, to: 2019-02-19, rates: {a: 0}}}\n"
    counts = record(pooled(1.0, none), paths=512, seed=6).counts[:, :, 0]
    assert ((counts.sum(axis=0) == 0).nonzero()[0] + 1).tolist() == [6, 7, 8, 9, 10]


def test_without_a_covered_history_all_paths_are_the_models():
    text = TEXT.replace("LISTED", LISTED).replace("covers: {from: 2018-09-01, to: 2019-02-09}, types: [a, b], ", "")
    model = build(replace(scene(text), experts=0.5))
    assert any("all paths are the model's" in w.message for w in model.warnings)
    alone = build(scene(text))
    assert np.array_equal(record(model, paths=300, seed=1).counts, record(alone, paths=300, seed=1).counts)
