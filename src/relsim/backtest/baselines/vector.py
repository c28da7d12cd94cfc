"""A vector autoregression of weekly series, simulated forward to the horizon. Scikit-learn.

Each week's log(1 + count) of every series on the last weeks' of all series: ridge regression with a prior after
Litterman (1986, doi:10.1080/07350015.1986.10509491), tighter for longer lags and for other series than for the own; how
tight is chosen by generalised cross-validation. Weeks of shocks are drawn from the past's residuals, all series
together.
"""

from __future__ import annotations

import numpy as np

from relsim.backtest.baselines.history import SAMPLES, Array
from relsim.backtest.baselines.needs import needs
from relsim.backtest.baselines.plain import weighted_mean
from relsim.backtest.baselines.spread import rounded
from relsim.backtest.baselines.windows import Windows

WEEK = 7
LAGS = 4
CROSS = 0.3
"""Prior standard deviation of another series' coefficient over the own one's."""
TIGHTNESS = np.geomspace(1, 1e4, 7)
LEAST_WEEKS = 30


def vector_autoregression(past: Windows, generator: np.random.Generator) -> Array:
    """``(1000, S)`` totals of the count series."""
    needs("sklearn")
    weeks = past.days // WEEK
    if weeks < LEAST_WEEKS:
        return weighted_mean(past, generator)
    ends = past.days - WEEK * np.arange(weeks)[::-1]
    series = np.log1p(_filled(past.totals(WEEK, ends) * WEEK / past.horizon))
    lagged = np.concatenate([series[LAGS - lag : weeks - lag] for lag in range(1, LAGS + 1)], axis=1)
    slopes, constant = _fit(lagged, series[LAGS:])
    shocks = series[LAGS:] - lagged @ slopes - constant
    shocks = shocks - shocks.mean(axis=0)
    state = np.tile(series[: -LAGS - 1 : -1].reshape(1, -1), (SAMPLES, 1))
    width, total = series.shape[1], np.zeros((SAMPLES, series.shape[1]))
    for week in range(-(-past.horizon // WEEK)):
        drawn = state @ slopes + constant + shocks[generator.integers(len(shocks), size=SAMPLES)]
        count = np.expm1(np.clip(drawn, 0, series.max() + 1))
        total += count * min(1, past.horizon / WEEK - week)
        state = np.concatenate([np.log1p(count), state[:, :-width]], axis=1)
    return rounded(total, generator)


def _filled(weekly: Array) -> Array:
    """Weeks of which too little was seen take over the week before."""
    places = np.where(np.isfinite(weekly), np.arange(len(weekly))[:, None], 0)
    return np.nan_to_num(np.take_along_axis(weekly, np.maximum.accumulate(places, axis=0), axis=0))


def _fit(lagged: Array, series: Array) -> tuple[Array, Array]:
    """Slopes ``(LAGS · S, S)`` and constants ``(S,)``."""
    from sklearn.linear_model import RidgeCV

    width = series.shape[1]
    scale = np.where(series.std(axis=0) > 0, series.std(axis=0), 1)
    slopes, constant = np.zeros((lagged.shape[1], width)), series.mean(axis=0)
    lags = np.repeat(np.arange(1, LAGS + 1), width)
    for s in range(width):
        if not series[:, s].std():
            continue
        prior = np.where(np.tile(np.arange(width), LAGS) == s, 1, CROSS) / lags / np.tile(scale, LAGS)
        model = RidgeCV(alphas=TIGHTNESS).fit(lagged * prior, series[:, s] / scale[s])
        slopes[:, s] = model.coef_ * prior * scale[s]
        constant[s] = model.intercept_ * scale[s]
    return slopes, constant
