"""A vector autoregression of weekly series, simulated forward to the horizon. Scikit-learn.

Each week's log(1 + count) of every series on the last weeks' of all series: ridge regression with a prior after
Litterman (1986, doi:10.1080/07350015.1986.10509491), tighter for longer lags and for other series than for the own; how
tight is chosen by generalised cross-validation. Weeks of shocks are drawn from the past's residuals, all series
together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.backtest.baselines.climatology import weighted_mean
from relsim.backtest.baselines.history import Array
from relsim.backtest.baselines.optional import one_thread, required
from relsim.backtest.baselines.spread import draw, weigh
from relsim.backtest.baselines.windows import Windows

WEEK = 7
LAGS = 4
CROSS = 0.3
"""Prior standard deviation of another series' coefficient over the own one's."""
TIGHTNESS = np.geomspace(1, 1e4, 7)
LEAST_WEEKS = 40
LEARNT = 0.6
"""Share of the weeks that a first fit sees; how far it strays in the rest is the spread."""
PATHS = 100
"""Simulated from each past origin; ten times as many from the origin itself."""
FACTORS = np.array([0.7, 0.85, 1.0, 1.2])
"""The mean of paths of logarithms is easily off: rival factors are weighed on the past."""


@dataclass(frozen=True)
class _Fitted:
    slopes: Array
    """``(LAGS · S, S)``"""
    constant: Array
    shocks: Array
    """``(weeks, S)`` what the fit left unexplained."""
    largest: Array


def vector_autoregression(past: Windows, generator: np.random.Generator) -> Array:
    """``(1000, S)`` totals of count series."""
    required("sklearn")
    weeks = past.days // WEEK
    if weeks < LEAST_WEEKS:
        return weighted_mean(past, generator)
    ends = past.days - WEEK * np.arange(weeks)[::-1]
    series = np.log1p(_filled(past.totals(WEEK, ends) * WEEK / past.horizon))
    learnt = int(LEARNT * weeks)
    every = max(1, past.horizon // (3 * WEEK))
    tried = np.arange(learnt - 1, weeks - -(-past.horizon // WEEK), every)
    held = _mean_path(_fit(series[:learnt]), series, tried, past.horizon, PATHS, generator)
    now = _mean_path(_fit(series), series, np.array([weeks - 1]), past.horizon, 10 * PATHS, generator)
    overlap = past.horizon / (WEEK * every)
    weights = weigh(FACTORS[:, None, None] * held, past.outcomes(ends[tried]), max(1.0, overlap))
    return draw(weights, FACTORS[:, None] * now, generator)


def _mean_path(
    fitted: _Fitted, series: Array, at: NDArray[np.int64], horizon: int, paths: int, generator: np.random.Generator
) -> Array:
    """``(N, S)`` mean totals of paths simulated on from N weeks."""
    state = np.concatenate([series[at - lag] for lag in range(LAGS)], axis=1).repeat(paths, axis=0)
    width = series.shape[1]
    total = np.zeros((len(state), width))
    for week in range(-(-horizon // WEEK)):
        shock = fitted.shocks[generator.integers(len(fitted.shocks), size=len(state))]
        drawn = np.clip(state @ fitted.slopes + fitted.constant + shock, 0, fitted.largest)
        total += np.expm1(drawn) * min(1, horizon / WEEK - week)
        state = np.concatenate([drawn, state[:, :-width]], axis=1)
    return np.asarray(total.reshape(len(at), paths, width).mean(axis=1))


def _filled(weekly: Array) -> Array:
    """Weeks of which too little was seen take over the week before."""
    places = np.where(np.isfinite(weekly), np.arange(len(weekly))[:, None], 0)
    return np.nan_to_num(np.take_along_axis(weekly, np.maximum.accumulate(places, axis=0), axis=0))


def _fit(series: Array) -> _Fitted:
    from sklearn.linear_model import RidgeCV

    weeks, width = series.shape
    lagged = np.concatenate([series[LAGS - lag : weeks - lag] for lag in range(1, LAGS + 1)], axis=1)
    now = series[LAGS:]
    moves = now.std(axis=0) > 0
    scale = np.where(moves, now.std(axis=0), 1)
    slopes, constant = np.zeros((lagged.shape[1], width)), now.mean(axis=0)
    lags = np.repeat(np.arange(1, LAGS + 1), width)
    with one_thread():
        for s in np.flatnonzero(moves):
            prior = np.where(np.tile(np.arange(width), LAGS) == s, 1, CROSS) / lags / np.tile(scale, LAGS)
            model = RidgeCV(alphas=TIGHTNESS).fit(lagged * prior, now[:, s] / scale[s])
            slopes[:, s] = model.coef_ * prior * scale[s]
            constant[s] = model.intercept_ * scale[s]
    shocks = now - lagged @ slopes - constant
    return _Fitted(slopes, constant, shocks - shocks.mean(axis=0), series.max(axis=0) + 1)
