"""The built-in model for records, fitted to rows that come at a constant rate: it expects what was counted.

Nothing in such a record follows on anything, so the likelihood of a model of much excitation is not right for it; what
is handed on must reproduce the counts all the same, from short records and after gaps too. Rows that come in bursts
leave the likelihood its word.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from relsim.backtest.base import from_origin, without_dates
from relsim.backtest.forecast import fitted_weights
from relsim.compose import load
from relsim.engine import in_threads, simulate
from relsim.fit.daily_record import DailyRecord
from relsim.fit.even import evenness
from relsim.fit.likelihood import Likelihood
from relsim.fit.normal_scores import scores_of
from relsim.fit.posterior import posterior_of
from relsim.model import build
from relsim.scenario import Scenario

PATHS, HORIZON, ROWS = 1024, 28, 30
"""Whole weeks, so that the model's weekdays say nothing; rows of each kind expected in a record."""
FIRST = date(2017, 1, 2)
RECORDS = {"short": (63, 0), "long": (728, 0), "after a gap": (728, 120)}


@pytest.fixture(scope="module")
def base() -> Scenario:
    found = load("record", settings=("window/start=2019-01-01", "window/end=2019-01-30")).scenario
    assert found is not None
    return without_dates(found)


def constant(base: Scenario, days: int, gap: int, seed: int) -> tuple[DailyRecord, float]:
    """A record of rows that come evenly, with a gap that ends a fortnight before its end; and their number a day."""
    covered = np.ones((days, len(base.events)), bool)
    covered[days - 14 - gap : days - 14] = False
    rate = ROWS / (days - gap)
    return DailyRecord(FIRST, np.random.default_rng(seed).poisson(rate, covered.shape) * covered, covered), rate


def expected_over_true(base: Scenario, days: int, gap: int, tables: int) -> np.ndarray:
    """(tables,) forecast mean over the true mean, all kinds together."""
    ratios = []
    for seed in range(tables):
        record, rate = constant(base, days, gap, seed)
        theta = fitted_weights(base, record, PATHS // 128, seed)
        model = build(from_origin(base, record, tuple(base.events), (HORIZON,), {}), judge=False)
        found = simulate(
            model, paths=PATHS, seed=seed, parameters=model.parameters(theta), run_blocks=in_threads(1), fans=False
        )
        ratios.append(found.values.mean() / HORIZON / rate)
    return np.array(ratios)


@pytest.mark.parametrize(("days", "gap"), RECORDS.values(), ids=RECORDS)
def test_a_few_records_are_expected_to_go_on(base: Scenario, days: int, gap: int) -> None:
    """Within five standard errors and the 2 % that are promised."""
    ratio = expected_over_true(base, days, gap, 5)
    assert abs(ratio.mean() - 1) < 0.02 + 5 * ratio.std(ddof=1) / np.sqrt(ratio.size)
    assert ratio.std() < 0.25


@pytest.mark.slow
@pytest.mark.parametrize(("days", "gap"), RECORDS.values(), ids=RECORDS)
def test_many_records_are_expected_to_go_on(base: Scenario, days: int, gap: int) -> None:
    """The same over sixty records, where a bias of a tenth would show."""
    ratio = expected_over_true(base, days, gap, 60)
    error = ratio.std(ddof=1) / np.sqrt(ratio.size)
    assert error < 0.015
    assert abs(ratio.mean() - 1) < 0.02 + 5 * error


def even(base: Scenario, record: DailyRecord) -> float:
    model = build(from_origin(base, record, tuple(base.events), (HORIZON,), {}), judge=False)
    likelihood = Likelihood(model, record, 1)
    return evenness(likelihood, posterior_of(likelihood, scores_of(model)), list(range(len(base.events))))


def test_bursts_are_told_from_rows_that_come_evenly(base: Scenario) -> None:
    record, _ = constant(base, 400, 0, 1)
    rng = np.random.default_rng(2)
    bursts = np.zeros_like(record.counts)
    for kind in range(bursts.shape[1]):
        for start in rng.choice(390, 6):
            bursts[start : start + 4, kind] += rng.poisson(1.5, 4)
    assert even(base, record) > 0.99
    assert even(base, DailyRecord(record.first, bursts, record.covered)) < 0.01
