"""The baselines of a backtest: what each must get right whatever else it does."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from relsim.backtest.baselines import BASELINES, DESCRIPTIONS, SAMPLES, Array, Baseline, PastSeries

FIRST = date(2010, 1, 1)
HORIZON = 30
EACH = pytest.mark.parametrize("baseline", BASELINES.values(), ids=BASELINES)


def history(counts: Array, **further: object) -> PastSeries:
    """Of series named by their numbers."""
    return PastSeries(counts.astype(float), tuple(map(str, range(counts.shape[1]))), FIRST, **further)  # type: ignore[arg-type]


def drawn(baseline: Baseline, past: PastSeries, seed: int = 1, horizon: int = HORIZON) -> Array:
    return baseline(past, horizon, np.random.default_rng(seed))


def poisson(rates: list[float], days: int, seed: int = 7) -> Array:
    return np.random.default_rng(seed).poisson(rates, (days, len(rates))).astype(float)


def test_each_is_described() -> None:
    assert list(BASELINES) == list(DESCRIPTIONS)


@EACH
def test_a_constant_rate_is_found(baseline: Baseline) -> None:
    """Of twelve Poisson series of one rate: mean within five standard errors, and what comes is covered.

    A baseline may know the rate from the last horizon alone (persistence), hence the variance of the mean of its
    forecasts is at most that of a horizon's total, 30 · rate, over twelve, and as much again for its samples.
    Coverage of 80 % intervals over 12 series × 10 futures: the intervals may be wider than need be, not narrower; the
    ten futures of a series share its forecast, so the twelve series count, with a variance of at most ¼ each.
    """
    rate, series = 2.0, 12
    samples = drawn(baseline, history(poisson([rate] * series, 1200)))
    assert abs(samples.mean() - rate * HORIZON) < 5 * np.sqrt(2 * rate * HORIZON / series)
    futures = np.random.default_rng(3).poisson(rate * HORIZON, (10, series))
    low, high = np.quantile(samples, [0.1, 0.9], axis=0)
    assert ((low <= futures) & (futures <= high)).mean() > 0.8 - 5 * 0.5 / np.sqrt(10 * series)
    assert (high - low).mean() < 3 * 2 * 1.2816 * np.sqrt(rate * HORIZON), "intervals are of no use"


@EACH
@pytest.mark.parametrize("days", [60, 1500])
def test_quiet_series_stay_quiet(baseline: Baseline, days: int) -> None:
    """No event in so many days: by the rule of three an upper bound of the mean is 3 · horizon / days."""
    samples = drawn(baseline, history(np.zeros((days, 3))))
    assert samples.mean() <= 3 * HORIZON / days
    assert np.median(samples) == 0


@EACH
def test_quiet_beside_busy(baseline: Baseline) -> None:
    counts = poisson([3.0, 1.0, 0.0], 900)
    samples = drawn(baseline, history(counts))
    assert samples[:, 2].mean() < 1
    assert samples[:, 0].mean() > 60


def test_who_follows_a_shift() -> None:
    """From 1 a day to 5 a day 120 days ago; the recent and the weighted follow, all-time climatology does not."""
    counts = np.concatenate([poisson([1.0] * 4, 1400), poisson([5.0] * 4, 120, seed=8)])
    found = {name: drawn(baseline, history(counts)).mean() for name, baseline in BASELINES.items()}
    assert found["climatology"] < 60
    for name in ("persistence", "weighted", "autoregression", "boosting"):
        assert abs(found[name] - 150) < 30, (name, found[name])
    assert found["climatology"] < found["recent"] < found["weighted"]


def test_a_season_is_found() -> None:
    """A rate between 0.5 and 3.5 a day over the year, forecast at its trough after a steep fall."""
    days = np.arange(365 * 7)
    rate = 2 + 1.5 * np.cos(2 * np.pi * days / 365.25)
    counts = np.random.default_rng(5).poisson(rate[:, None], (len(days), 6))
    rising = 365 * 6 + 250
    expected = rate[rising : rising + HORIZON].sum()
    past = history(counts[:rising])
    found = {name: drawn(BASELINES[name], past).mean() for name in ("weighted", "autoregression", "boosting")}
    assert found["weighted"] < expected
    for name in ("autoregression", "boosting"):
        assert abs(found[name] - expected) < abs(found["weighted"] - expected), name


@EACH
def test_whole_numbers_of_the_right_shape_and_the_same_again(baseline: Baseline) -> None:
    past = history(poisson([0.02, 0.3, 4.0, 90.0], 500), reverse=(1, 0, 3, 2))
    samples = drawn(baseline, past)
    assert samples.shape == (SAMPLES, 4)
    assert samples.dtype == np.float64
    assert (samples >= 0).all()
    assert (samples == np.round(samples)).all()
    np.testing.assert_array_equal(samples, drawn(baseline, past))
    assert (samples != drawn(baseline, past, seed=2)).any()


@EACH
def test_missing_days_are_made_up_for(baseline: Baseline) -> None:
    """A third of the days missing at random and the last twenty: the forecast is that of the rate, 2 a day."""
    counts = poisson([2.0] * 8, 1200)
    counts[np.random.default_rng(2).random(1200) < 1 / 3] = np.nan
    counts[-10:] = np.nan
    samples = drawn(baseline, history(counts))
    assert np.isfinite(samples).all()
    assert abs(samples.mean() - 60) < 5 * np.sqrt(2 * 60 * 2 / 8)


@EACH
def test_a_long_outage(baseline: Baseline) -> None:
    counts = poisson([2.0] * 3, 900)
    counts[200:500] = np.nan
    counts[-100:] = np.nan
    counts[:, 2] = np.nan
    samples = drawn(baseline, history(counts))
    assert np.isfinite(samples).all()


@EACH
@pytest.mark.parametrize("days", [0, 1, 29, 30, 31, 60, 95, 260])
def test_short_histories(baseline: Baseline, days: int) -> None:
    real = (False, False, True)
    counts = poisson([0.1, 3.0, 1.0], days)
    samples = drawn(baseline, history(counts, real=real))
    assert np.isfinite(samples[:, :2]).all()
    assert np.isfinite(samples[:, 2]).all() == (days > 0)
    if days >= 60:
        assert abs(np.median(samples[:, 1]) - 90) < 60


@EACH
def test_huge_and_constant_counts(baseline: Baseline) -> None:
    counts = np.stack([np.full(800, 1e12), np.full(800, 7.0), poisson([1e6], 800)[:, 0], np.zeros(800)], axis=1)
    counts[400, 3] = 1e9
    samples = drawn(baseline, history(counts))
    assert np.isfinite(samples).all()
    assert np.median(samples[:, 0]) == pytest.approx(3e13, rel=0.5)
    assert np.median(samples[:, 1]) == pytest.approx(210, rel=0.25)
    assert np.median(samples[:, 2]) == pytest.approx(3e7, rel=0.5)


@EACH
@pytest.mark.parametrize("horizon", [1, 7, 90, 365])
def test_horizons(baseline: Baseline, horizon: int) -> None:
    samples = drawn(baseline, history(poisson([2.0] * 4, 1000)), horizon=horizon)
    assert abs(samples.mean() - 2 * horizon) < 5 * np.sqrt(2 * 2 * horizon / 4) + 0.05 * 2 * horizon


@EACH
def test_a_mean_of_values(baseline: Baseline) -> None:
    """Independent daily values around 1.5 with deviation 2, half of the days silent: found within five errors."""
    generator = np.random.default_rng(4)
    values = generator.normal(1.5, 2, (1500, 6))
    values[generator.random(values.shape) < 0.5] = np.nan
    samples = drawn(baseline, history(values, real=(True,) * 6))
    error = 2 / np.sqrt(HORIZON / 2)
    assert abs(samples.mean() - 1.5) < 5 * error * np.sqrt(2 / 6)
    assert 0.5 * error < samples.std(axis=0).mean() < 2.5 * error
    assert samples.min() >= np.nanmin(values)
    assert samples.max() <= np.nanmax(values)


@EACH
def test_means_follow_the_weights(baseline: Baseline) -> None:
    """Days of 9 events say 3, days of one event say −1: the mean of events is 2.6, that of days 1."""
    busy = (np.arange(900) % 2 == 0)[:, None]
    values, weights = np.where(busy, 3.0, -1.0), np.where(busy, 9.0, 1.0)
    weighted = drawn(baseline, history(values, real=(True,), weights=weights))
    assert weighted.mean() == pytest.approx(2.6, abs=0.2)
    assert drawn(baseline, history(values, real=(True,))).mean() == pytest.approx(1, abs=0.2)


def test_a_trend_in_values_is_followed() -> None:
    generator = np.random.default_rng(9)
    values = np.concatenate([generator.normal(3, 1, (900, 4)), generator.normal(-3, 1, (100, 4))])
    past = history(values, real=(True,) * 4)
    assert drawn(BASELINES["climatology"], past).mean() > 1
    for name in ("persistence", "weighted", "autoregression"):
        assert abs(drawn(BASELINES[name], past).mean() + 3) < 1, name


@EACH
def test_nothing_after_the_origin_is_seen(baseline: Baseline) -> None:
    """The baselines are given the past alone; the rows beyond a cut change nothing before it."""
    counts = poisson([1.0, 4.0], 700)
    cut = history(counts[:500])
    other = np.concatenate([counts[:500], 50 + counts[500:]])
    np.testing.assert_array_equal(drawn(baseline, cut), drawn(baseline, history(other[:500])))


def test_faulty_histories() -> None:
    counts = np.ones((10, 2))
    for faulty in (
        {"counts": -counts},
        {"counts": np.full((10, 2), np.inf)},
        {"names": ("a",)},
        {"real": (True,)},
        {"reverse": (0, 2)},
        {"weights": np.ones((9, 2))},
    ):
        given = {"counts": counts, "names": ("a", "b"), "first": FIRST, **faulty}
        with pytest.raises(ValueError, match=r"."):
            PastSeries(**given)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="horizon of 0"):
        drawn(BASELINES["climatology"], history(counts), horizon=0)


@pytest.mark.parametrize(
    ("name", "library"), [("autoregression", "statsmodels"), ("var", "sklearn"), ("boosting", "sklearn")]
)
def test_a_missing_library_names_the_extra(name: str, library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from relsim.backtest.baselines import optional
    from relsim.errors import RunError

    monkeypatch.setattr(optional, "find_spec", lambda asked: None if asked == library else object())
    with pytest.raises(RunError, match=rf"needs {library}: pip install 'relsim\[backtest\]'"):
        drawn(BASELINES[name], history(poisson([1.0], 900)))
