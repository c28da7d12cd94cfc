"""Daily means and quantiles: exact where paths are kept, near where they are binned."""

from __future__ import annotations

import numpy as np
import pytest

from relsim.engine.fan import PILOT_PATHS, BinnedFan, ExactFan, kept_paths
from relsim.result import QUANTILES

LANES = 128
DAYS, SERIES = 3, 4


def values(paths, seed=1):
    """Smooth; held at bounds; one value; a rare far outlier."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(DAYS, SERIES, paths)).astype(np.float32)
    x[:, 1] = np.clip(x[:, 1], -0.5, 0.5)
    x[:, 2] = np.float32(-2.3)
    x[:, 3, 7] = 1e6
    return x


def kept(x):
    fan = ExactFan(DAYS, SERIES, x.shape[2])
    fan.values[:] = x
    return fan


def blocks(x, first=0):
    """Of 128 paths, the last one of fewer, in an array as wide as the others."""
    for start in range(first, x.shape[2], LANES):
        lanes = min(LANES, x.shape[2] - start)
        values = np.full((DAYS, SERIES, LANES), np.nan, np.float32)
        values[:, :, :lanes] = x[:, :, start : start + lanes]
        yield values, lanes


def expected(x):
    return np.quantile(x.astype(float), QUANTILES, axis=2).transpose(2, 1, 0)


@pytest.mark.parametrize("paths", [1, 2, 3, 127, 128, 1000, 5001])
def test_kept_paths_give_numpys_quantiles(paths):
    x = values(max(paths, 8))[:, :, :paths]
    mean, quantiles = kept(x).mean_and_quantiles(QUANTILES, workers=2)
    np.testing.assert_allclose(quantiles, expected(x), rtol=1e-15, atol=1e-15)
    np.testing.assert_allclose(mean, x.mean(axis=2, dtype=float).T, rtol=1e-13)


def test_values_of_any_size_are_selected_exactly():
    rng = np.random.default_rng(3)
    x = np.empty((DAYS, SERIES, 999), np.float32)
    x[:, 0] = rng.standard_cauchy(999)
    x[:, 1] = np.float32(3e38) * rng.choice([-1, 1], 999)
    x[:, 2] = rng.normal(size=999) * 1e-40
    x[:, 3] = np.exp(20 * rng.normal(size=999))
    np.testing.assert_allclose(kept(x).mean_and_quantiles(QUANTILES)[1], expected(x), rtol=1e-12)


def binned(x, pilot, order):
    first = kept(x[:, :, :pilot])
    bins = first.bins()
    total = BinnedFan.of_all(bins, first)
    workers = [BinnedFan(bins) for _ in range(3)]
    rest = list(blocks(x, pilot))
    order.shuffle(rest)
    for values, lanes in rest:
        workers[order.integers(3)].add(values, lanes)
    order.shuffle(workers)
    for other in workers:
        total.merge(other)
    return total


def test_binned_quantiles_are_near_the_exact_ones():
    x = values(60_000)
    fan = binned(x, 2048, np.random.default_rng(0))
    mean, quantiles = fan.mean_and_quantiles(QUANTILES)
    error = np.abs(quantiles - expected(x))
    assert fan.paths == 60_000
    # The standard error of a quantile of 60,000 normals is 0.005 to 0.011.
    assert error[0].max() < 0.002
    assert error[1].max() < 0.002
    assert error[2].max() == 0
    assert error[3].max() < 0.002
    np.testing.assert_allclose(mean[:3], x.mean(axis=2, dtype=float).T[:3], atol=1e-8)
    np.testing.assert_allclose(mean[3], x.mean(axis=2, dtype=float).T[3], atol=1e-3)


def test_isolated_atoms_are_exact_when_binned():
    rng = np.random.default_rng(5)
    x = (rng.poisson(1.5, size=(DAYS, SERIES, 30_000)) * -0.37 + 0.1).astype(np.float32)
    quantiles = binned(x, 1024, np.random.default_rng(0)).mean_and_quantiles(QUANTILES)[1]
    np.testing.assert_allclose(quantiles, expected(x), atol=1e-12)


def test_order_and_number_of_workers_do_not_show():
    x = values(20_000, seed=9)
    results = [binned(x, 2048, np.random.default_rng(seed)).mean_and_quantiles(QUANTILES) for seed in range(3)]
    for mean, quantiles in results[1:]:
        assert (mean == results[0][0]).all()
        assert (quantiles == results[0][1]).all()


def test_the_pilot_is_counted_once():
    x = values(5_000)
    fan = binned(x, 1024, np.random.default_rng(1))
    fan.mean_and_quantiles(QUANTILES)
    assert fan.paths == 5_000
    assert (fan.count.sum(axis=2) == 5_000).all()


def test_paths_are_kept_while_they_fit():
    assert kept_paths(231, 16, 1_623) == 1_623
    assert kept_paths(231, 16, 1_624) == 1_536
    assert kept_paths(45, 9, 14_814) == 14_814
    assert kept_paths(45, 9, 14_815) == PILOT_PATHS
    assert kept_paths(1_000, 50, 1_000) == 1_000
    assert kept_paths(1_000, 50, 1_000_000) == 1_024
    assert kept_paths(90, 0, 10) == 10


def test_a_day_before_a_change_has_the_same_bits():
    """Bins, sums and quantiles of a cell depend on that cell alone."""
    x = values(20_000)
    changed = x.copy()
    changed[2] += 3
    a = binned(x, 2048, np.random.default_rng(1)).mean_and_quantiles(QUANTILES)
    b = binned(changed, 2048, np.random.default_rng(1)).mean_and_quantiles(QUANTILES)
    for before, after in zip(a, b, strict=True):
        assert (before[:, :2] == after[:, :2]).all()
        assert (before[:, 2] != after[:, 2]).any()
