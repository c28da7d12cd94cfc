"""Gradient boosting of horizon totals, all series in one model. Scikit-learn.

Histogram-based trees with Poisson loss (Ke et al. 2017, NeurIPS 30; scikit-learn's HistGradientBoostingRegressor). The
target is a total over its exponentially weighted mean m, weighted by m / (1 + α m): the quasi-likelihood of
overdispersed counts with m as exposure. Regressors: totals of many spans over the mean, the same of the opposite
direction and of all series together, level, trend, season, the same horizon a year ago, and the series itself.
"""

from __future__ import annotations

import numpy as np

from relsim.backtest.baselines.autoregression import season
from relsim.backtest.baselines.fitted import SMALL, Lesson, corrected
from relsim.backtest.baselines.history import Array
from relsim.backtest.baselines.optional import one_thread, required
from relsim.backtest.baselines.windows import Ends, Windows

TREES, LEAVES, RATE, SMALLEST_LEAF, RIDGE = 60, 8, 0.06, 40, 20.0
STEP, WIDEST, MIDDLE = 0.05, 6.0, 3.0
"""Features lie on this grid, 241 values: the library then needs no weighted percentiles, most of its time otherwise.
Logarithms of levels are taken from their usual middle."""
MOST = 30.0
"""A total of more than so many times what was expected teaches no more."""
SPANS = (1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 12, 36)
"""Of the totals that are features, in horizons."""
SOME = (1, 3, 5)
"""Places among the spans: of the opposite direction and of all series together."""
CATEGORIES = 250
"""Most series that are told apart by their number; the library takes 255."""


def boosting(past: Windows, generator: np.random.Generator) -> Array:
    """``(1000, S)`` totals of count series."""
    return corrected(past, features, _fit, generator)


def _fit(lesson: Lesson, asked: Array, _: Windows) -> Array:
    """Totals over the base, one model for all series."""
    required("sklearn")
    from sklearn.ensemble import HistGradientBoostingRegressor

    kept = np.isfinite(lesson.came)
    ratios = np.minimum(lesson.came / lesson.base, MOST)[kept]
    if not ratios.any():
        return np.ones(asked.shape[:2])
    model = HistGradientBoostingRegressor(
        loss="poisson",
        max_iter=TREES,
        max_leaf_nodes=LEAVES,
        learning_rate=RATE,
        min_samples_leaf=SMALLEST_LEAF,
        l2_regularization=RIDGE,
        categorical_features=[asked.shape[2] - 1] if asked.shape[1] <= CATEGORIES else None,
        early_stopping=False,
        random_state=0,
    )
    with one_thread():
        model.fit(lesson.x[kept], ratios, sample_weight=(lesson.base / (1 + lesson.dispersion * lesson.base))[kept])
        return np.asarray(model.predict(asked.reshape(-1, asked.shape[2])).reshape(asked.shape[:2]))


def features(past: Windows, ends: Ends, base: Array) -> Array:
    """``(N, S, P)``; the last is the series' number."""
    horizon, level = past.horizon, np.log(base + SMALL)
    totals = [past.latest(max(1, round(share * horizon)), ends) for share in SPANS]
    own = [np.log(total + SMALL) - level for total in totals]
    opposite = [own[i][:, past.reverse] for i in SOME]
    whole = [np.log(total.sum(axis=1, keepdims=True) + SMALL) for total in totals]
    together = [np.broadcast_to(whole[i] - whole[-2], level.shape) for i in SOME]
    year_ago = np.maximum(ends - 365 + horizon, 0)
    ago = np.where((ends >= 365)[:, None], np.log(past.latest(horizon, year_ago) + SMALL) - level, 0)
    waves = [np.broadcast_to(wave[:, None], level.shape) for wave in season(past, ends)]
    levels = [level - MIDDLE, level[:, past.reverse] - MIDDLE]
    numbers = np.broadcast_to(np.arange(level.shape[1]), level.shape)
    measured = np.stack([*own, own[3] - own[5], *opposite, *together, *levels, ago, *waves], axis=2)
    on_grid = np.clip(np.round(measured / STEP) * STEP, -WIDEST, WIDEST)
    return np.concatenate([on_grid, numbers[:, :, None]], axis=2)
