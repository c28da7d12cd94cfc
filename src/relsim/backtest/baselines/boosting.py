"""Gradient boosting of horizon totals, all series in one model. Scikit-learn.

Histogram-based trees with Poisson loss (Ke et al. 2017, NeurIPS 30; scikit-learn's HistGradientBoostingRegressor). The
target is a total over its exponentially weighted mean m, weighted by m / (1 + α m): the quasi-likelihood of overdispersed
counts with m as exposure. Regressors: totals of many spans over the mean, the same of the opposite direction and of all series
together, level, trend, season, the same horizon a year ago, and the series itself.
"""

from __future__ import annotations

import numpy as np

from relsim.backtest.baselines.autoregression import LEAST, LEARNT, SMALL, rivals, season
from relsim.backtest.baselines.history import Array
from relsim.backtest.baselines.needs import needs, one_thread
from relsim.backtest.baselines.plain import HALF_LIVES, overlap, weighted_fit
from relsim.backtest.baselines.spread import ADDED, DISPERSIONS, draw, weigh
from relsim.backtest.baselines.windows import Ends, Windows, step_of

TREES, LEAVES, RATE, SMALLEST_LEAF, RIDGE = 60, 8, 0.06, 40, 20.0
STEP, WIDEST, MIDDLE = 0.05, 6.0, 3.0
"""Features lie on this grid, 241 values: the library then needs no weighted percentiles, most of its time otherwise.
Logarithms of levels are taken from their usual middle."""
MOST = 30.0
"""A total of more than so many times what was expected teaches no more."""
CATEGORIES = 250
"""Most series that are told apart by their number; the library takes 255."""


def boosting(past: Windows, generator: np.random.Generator) -> Array:
    """``(1000, S)`` totals of count series."""
    origins = past.origins(step_of(past.horizon))
    weights, base = weighted_fit(past, origins)
    expected_now = past.weighted(HALF_LIVES, past.now)
    if len(origins) < LEAST * overlap(past):
        return draw(weights, expected_now[:, 0], generator)
    came = past.outcomes(origins)
    dispersion = DISPERSIONS @ weights.sum(axis=(0, 1))
    base_now = np.einsum("k s, k n s -> n s", weights.sum(axis=(1, 2)), expected_now) + ADDED @ weights.sum(axis=(0, 2))
    then = features(past, origins, base)
    now = features(past, past.now, base_now)
    tried = int(LEARNT * len(origins))
    held = base[tried:] * _fit(then[:tried], came[:tried], base[:tried], dispersion, then[tried:])
    found = base_now * _fit(then, came, base, dispersion, now)
    return draw(weigh(rivals(held, base[tried:]), came[tried:], overlap(past)), rivals(found, base_now)[:, 0], generator)


def _fit(x: Array, y: Array, base: Array, dispersion: Array, asked: Array) -> Array:
    """``(N, S)`` totals over base expected at the features ``asked``, ``(N, S, P)``."""
    needs("sklearn")
    from sklearn.ensemble import HistGradientBoostingRegressor

    kept = np.isfinite(y)
    if not y[kept].any():
        return np.ones(asked.shape[:2])
    told_apart = [x.shape[2] - 1] if x.shape[1] <= CATEGORIES else None
    model = HistGradientBoostingRegressor(
        loss="poisson",
        max_iter=TREES,
        max_leaf_nodes=LEAVES,
        learning_rate=RATE,
        min_samples_leaf=SMALLEST_LEAF,
        l2_regularization=RIDGE,
        categorical_features=told_apart,
        early_stopping=False,
        random_state=0,
    )
    with one_thread():
        model.fit(x[kept], np.minimum(y / base, MOST)[kept], sample_weight=(base / (1 + dispersion * base))[kept])
        return np.asarray(model.predict(asked.reshape(-1, asked.shape[2])).reshape(asked.shape[:2]))


def features(past: Windows, ends: Ends, base: Array) -> Array:
    """``(N, S, P)``; the last is the series' number."""
    level = np.log(base + SMALL)
    horizon = past.horizon
    spans = (max(1, horizon // 8), max(1, horizon // 4), horizon // 2 + 1, horizon, 2 * horizon, 4 * horizon, 12 * horizon, 36 * horizon)
    totals = [past.latest(span, ends) for span in spans]
    own = [np.log(total + SMALL) - level for total in totals]
    whole = [np.log(total.sum(axis=1, keepdims=True) + SMALL) for total in totals]
    together = [np.broadcast_to(whole[i] - whole[-2], level.shape) for i in (1, 3, 5)]
    year_ago = np.maximum(ends - 365 + horizon, 0)
    ago = np.where((ends >= 365)[:, None], np.log(past.latest(horizon, year_ago) + SMALL) - level, 0)
    waves = [np.broadcast_to(wave[:, None], level.shape) for wave in season(past, ends)]
    number = np.broadcast_to(np.arange(level.shape[1]), level.shape)
    stacked = np.stack(
        [*own, own[3] - own[5], *(own[i][:, past.reverse] for i in (1, 3, 5)), *together, level - MIDDLE, level[:, past.reverse] - MIDDLE, ago, *waves], axis=2
    )
    return np.concatenate([np.clip(np.round(stacked / STEP) * STEP, -WIDEST, WIDEST), number[:, :, None]], axis=2)
