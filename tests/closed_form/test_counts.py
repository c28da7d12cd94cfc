"""Daily counts against their distributions.

Five standard errors, or where few are expected the exact tail of the same weight (``oracle.five``);
seeds fixed.
"""

from __future__ import annotations

import numpy as np
import pytest
from oracle.five import counts_agree, mean_agrees, share_agrees, variance_agrees
from oracle.scenes import scene
from oracle.words import daily_uniforms
from scipy import stats

from relsim.streams import Purpose

RATES = [1e-7, 1e-5, 1e-3, 0.03, 0.4, 1.0, 3.0, 12.0, 30.0]


def events(rates, extra="", end="2019-04-10"):
    lines = "".join(f"  e{i}: {{rate: {rate:.9f} per day{extra}}}\n" for i, rate in enumerate(rates))
    return scene(f"""
window: {{start: 2019-01-01, end: {end}}}
variables: {{x: {{half_life: 10 days}}}}
events:
{lines}""")


@pytest.mark.parametrize("phi", [0.0, 0.3, 2.0])
def test_moments_and_tails_of_counts(run, phi):
    """Poisson and negative binomial: mean λ, variance λ + φλ², and P(N ≥ n) for n up to the 1e-5 tail."""
    extra = f", overdispersion: {phi}" if phi else ""
    counts = run(events(RATES, extra, "2019-01-05"), 200_000, 21).counts
    for k, rate in enumerate(RATES):
        sample = counts[:, :, k].reshape(-1).astype(float)
        law = stats.nbinom(1 / phi, 1 / (1 + phi * rate)) if phi else stats.poisson(rate)
        if rate < 1e-2:
            share_agrees((sample > 0).sum(), len(sample), law.sf(0))
            continue
        mean_agrees(sample, rate)
        variance_agrees(sample, rate + phi * rate**2)
        for n in range(1, int(law.isf(1e-5)) + 2):
            share_agrees((sample >= n).sum(), len(sample), law.sf(n - 1))


def test_rare_events_are_not_lost(engine):
    """λ = 1e-7, 1e-6, 1e-5: the days with an event are exactly those with u < 1 − exp(−λ)."""
    rates = [1e-7] * 4 + [1e-6] * 2 + [1e-5]
    scenario = events(rates)
    hits = np.zeros(len(rates))
    for seed in range(5):
        counts = engine(scenario, 20_000, seed).counts
        for k, rate in enumerate(rates):
            u = daily_uniforms(Purpose.COUNT, f"e{k}", seed, np.arange(20_000), scenario.days)
            sure = np.abs(u / -np.expm1(-rate) - 1) > 1e-5
            assert np.array_equal((counts[:, :, k] > 0)[sure], (u < -np.expm1(-rate))[sure])
            hits[k] += (counts[:, :, k] > 0).sum()
    for rate in set(rates):
        same = [k for k, r in enumerate(rates) if r == rate]
        counts_agree(hits[same].sum(), len(same) * 5 * 20_000 * scenario.days * rate)


def test_the_cap_holds_the_rate(run):
    """A rate of 80 a day under ``max_per_day: 50`` and 20 gives Poisson counts of mean 50 and 20."""
    for run_section, cap in (("", 50), ("run: {max_per_day: 20}", 20)):
        counts = run(
            scene(f"""
window: {{start: 2019-01-01, end: 2019-01-10}}
{run_section}
variables: {{x: {{half_life: 10 days}}}}
events: {{e: {{rate: 80 per day}}}}
"""),
            5_000,
            22,
        ).counts
        mean_agrees(counts.reshape(-1).astype(float), cap)
        variance_agrees(counts.reshape(-1).astype(float), cap)


def test_weekdays_are_rescaled_to_mean_one(run):
    """Mean counts of each weekday, Monday first (2019-01-07 is one); 0 on a day without events."""
    scenario = scene("""
window: {start: 2019-01-07, end: 2019-02-03}
variables: {x: {half_life: 10 days}}
events: {e: {rate: 2 per day, weekdays: [3, 2, 2, 2, 2, 0, 1]}}
""")
    counts = run(scenario, 20_000, 23).counts[:, :, 0].astype(float)
    for day, weight in enumerate([3, 2, 2, 2, 2, 0, 1]):
        mean_agrees(counts[:, day::7].sum(axis=1), 4 * 2 * weight * 7 / 12)


def test_rate_ratios_multiply_what_is_unprompted(run):
    """λ = R Π ratio^(x − μ) at a state without noise that reverts from +3 and −2 points off."""
    scenario = scene("""
window: {start: 2019-01-01, end: 2019-01-30}
variables: {x: {baseline: 1, half_life: 10 days, initial: 4}, y: {half_life: 5 days, initial: -2}}
events: {e: {rate: 0.5 per day, rate_ratio: {x: 0.7, y: 1.3}}}
""")
    counts = run(scenario, 40_000, 24).counts[:, :, 0].astype(float)
    t = np.arange(30)
    mean_agrees(counts, 0.5 * 0.7 ** (3 * 2 ** (-t / 10)) * 1.3 ** (-2 * 2 ** (-t / 5)))


@pytest.mark.parametrize("limit", [1, 3])
def test_ceilings(run, limit):
    """``at_most: n`` over 60 days at 0.05 a day: the total is min(Poisson(3), n),
    and once reached no more come.
    """
    scenario = scene(f"""
window: {{start: 2019-01-01, end: 2019-03-01}}
variables: {{x: {{half_life: 10 days}}}}
events: {{e: {{rate: 0.05 per day, at_most: {limit}}}}}
""")
    total = run(scenario, 50_000, 25).counts[:, :, 0].sum(axis=1)
    assert total.max() == limit
    for n in range(limit):
        share_agrees((total == n).sum(), len(total), stats.poisson.pmf(n, 3))


def test_a_ceiling_counts_forced_events_and_with_ever_the_record(run):
    """Two forced events use up ``at_most: 2``; a listed one leaves one of two with ``ever:
    true``; both else.
    """
    scenario = scene("""
window: {start: 2019-01-01, end: 2019-03-01}
variables: {x: {half_life: 10 days}}
events:
  forced: {rate: 0.2 per day, at_most: 2}
  once: {rate: 0.2 per day, at_most: 2, ever: true}
  anew: {rate: 0.2 per day, at_most: 2}
history: {mine: {events: [{on: 2018-12-20, event: once}, {on: 2018-12-20, event: anew}]}}
interventions: {a: {on: 2019-01-01, event: forced}, b: {on: 2019-01-01, event: forced}}
""")
    counts = run(scenario, 20_000, 26).counts.astype(int)
    assert counts[:, 1:, 0].sum() == 0
    first = counts[:, 0, 0] - 2
    assert set(np.unique(first)) <= {0, 1, 2}
    mean_agrees(np.minimum(first, 1).astype(float), stats.poisson.sf(0, 0.2))
    for k, left in ((1, 1), (2, 2)):
        total = counts[:, :, k].sum(axis=1)
        assert total.max() == left
        share_agrees((total == 0).sum(), len(total), stats.poisson.pmf(0, 12))
