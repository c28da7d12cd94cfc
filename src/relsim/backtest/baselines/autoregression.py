"""Autoregressions of horizon totals on totals of several spans before, with season and level. Statsmodels.

Counts: a negative binomial regression with a logarithmic link, its coefficients drawn to those under which it is the
exponentially weighted mean (a normal prior, so ridge). The regressors are logarithms of a span's total over that mean,
of the opposite direction's too, the level itself, and annual harmonics from two years on.
Autoregression of counts: Fokianos & Tjøstheim 2011, doi:10.1016/j.jmva.2010.11.002.
"""

from __future__ import annotations

from datetime import timedelta
from warnings import catch_warnings, simplefilter

import numpy as np

from relsim.backtest.baselines.history import Array
from relsim.backtest.baselines.needs import needs
from relsim.backtest.baselines.plain import HALF_LIVES, overlap, weighted_fit
from relsim.backtest.baselines.spread import DISPERSIONS, draw, weigh
from relsim.backtest.baselines.windows import Ends, Windows, step_of

SMALL = 0.5
"""Added to totals before logarithms are taken."""
PRIOR_SD = 0.3
"""Of every coefficient; of the intercept 1."""
LEAST = 8
"""Horizons end to end from which on a regression is fitted."""
FARTHEST = 3.0
"""No forecast is farther from the weighted mean than by a factor of its exponential."""
SEASON_FROM = 730
"""Days of history from which on the season is a regressor."""
YEAR = 365.25
LEARNT = 0.6
"""Share of the past origins that the regression is fitted to before it is tried on the rest, to learn its spread."""


def autoregression(past: Windows, generator: np.random.Generator) -> Array:
    """``(1000, S)`` totals of count series."""
    origins = past.origins(step_of(past.horizon))
    weights, base = weighted_fit(past, origins)
    expected_now = past.weighted(HALF_LIVES, past.now)
    if len(origins) < LEAST * overlap(past):
        return draw(weights, expected_now[:, 0], generator)
    came = past.outcomes(origins)
    base_now = np.einsum("k s, k n s -> n s", weights.sum(axis=(1, 2)), expected_now) + _added(weights)
    dispersion = DISPERSIONS @ weights.sum(axis=(0, 1))
    then, now = regressors(past, origins, base), regressors(past, past.now, base_now)
    tried = int(LEARNT * len(origins))
    held, found = np.empty_like(base[tried:]), np.empty_like(base_now)
    for s in range(base.shape[1]):
        past_x, past_y = then[:, s], came[:, s]
        held[:, s] = base[tried:, s] * _fit(past_x[:tried], past_y[:tried], base[:tried, s], dispersion[s], past, past_x[tried:])
        found[:, s] = base_now[:, s] * _fit(past_x, past_y, base[:, s], dispersion[s], past, now[:, s])
    return draw(weigh(rivals(held, base[tried:]), came[tried:], overlap(past)), rivals(found, base_now)[:, 0], generator)


def rivals(fitted: Array, base: Array) -> Array:
    """``(3, N, S)`` what a fit expects, what the weighted mean does, and their geometric mean."""
    return np.stack([fitted, np.sqrt(fitted * base), base])


def _added(weights: Array) -> Array:
    from relsim.backtest.baselines.spread import ADDED

    return np.asarray(ADDED @ weights.sum(axis=(0, 2)))


def _fit(x: Array, y: Array, base: Array, dispersion: float, past: Windows, asked: Array) -> Array:
    """What the totals will be over ``base``, at the regressors ``asked``."""
    needs("statsmodels")
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import ConvergenceWarning

    kept = np.isfinite(y)
    if not y[kept].any():
        return np.ones(len(asked))
    x, y, base = x[kept], y[kept], base[kept]
    low, high = x.min(axis=0), x.max(axis=0)
    penalty = overlap(past) / (len(y) * np.array([1.0] + [PRIOR_SD] * (x.shape[1] - 1)) ** 2)
    model = sm.GLM(y, x, family=sm.families.NegativeBinomial(alpha=dispersion), offset=np.log(base))
    with catch_warnings():
        # Of huge counts the likelihood lacks the digits for the optimiser's last steps; where it stands is near enough.
        simplefilter("ignore", ConvergenceWarning)
        slopes = model.fit_regularized(alpha=penalty, L1_wt=0).params
    return np.exp(np.clip(np.clip(asked, low, high) @ slopes, -FARTHEST, FARTHEST))


def regressors(past: Windows, ends: Ends, base: Array) -> Array:
    """``(N, S, P)``: one, logarithms of spans' totals over the base, the opposite direction's, the level, season."""
    level = np.log(base + SMALL)
    spans = (max(1, past.horizon // 4), past.horizon, 3 * past.horizon, 12 * past.horizon)
    ratios = [np.log(past.latest(span, ends) + SMALL) - level for span in spans]
    opposite = ratios[1][:, past.reverse]
    columns = [np.ones_like(level), *ratios, opposite, level - np.log(SMALL)]
    if past.days >= SEASON_FROM:
        columns += [np.broadcast_to(wave[:, None], level.shape) for wave in season(past, ends)]
    return np.stack(columns, axis=2)


def season(past: Windows, ends: Ends) -> tuple[Array, Array]:
    """Sine and cosine ``(N,)`` of the year at the middle of the horizon after each end."""
    start = past.first + timedelta(days=past.horizon // 2)
    day = start.timetuple().tm_yday + ends
    return np.sin(2 * np.pi * day / YEAR), np.cos(2 * np.pi * day / YEAR)


def real_fit(past: Windows, origins: Ends) -> tuple[Array, Array]:
    """Of real-valued series: expected at past origins ``(N, S)``, leave-one-out, and now ``(S,)``."""
    from relsim.backtest.baselines.real import best_weighted

    base, base_now = best_weighted(past, origins)
    came = past.outcomes(origins)
    if len(origins) < LEAST * overlap(past):
        return base, base_now
    needs("statsmodels")
    import statsmodels.api as sm

    expected, now = base.copy(), base_now.copy()
    for s in range(base.shape[1]):
        then, asked = (_real_regressors(past, ends, level[:, s], s) for ends, level in ((origins, base), (past.now, base_now[None])))
        kept = np.isfinite(came[:, s])
        if kept.sum() < LEAST * overlap(past):
            continue
        error = came[kept, s] - base[kept, s]
        variance = error.var() + 1e-12
        # Least squares drawn to the weighted mean: rows of a normal prior are added.
        prior = np.diag(np.sqrt(variance * overlap(past)) / np.array([1.0] + [PRIOR_SD] * (then.shape[1] - 1)))
        fitted = sm.OLS(np.append(error, np.zeros(len(prior))), np.vstack([then[kept], prior])).fit()
        hat = fitted.get_influence().hat_matrix_diag[: kept.sum()]
        residual = (error - then[kept] @ fitted.params) / (1 - np.minimum(overlap(past) * hat, 0.9))
        expected[kept, s] = came[kept, s] - residual
        now[s] += (asked @ fitted.params)[0]
    return expected, now


def _real_regressors(past: Windows, ends: Ends, base: Array, s: int) -> Array:
    spans = (max(1, past.horizon // 4), past.horizon, 3 * past.horizon, 12 * past.horizon)
    ratios = [past.latest(span, ends)[:, s] - base for span in spans]
    columns = [np.ones(len(ends)), *ratios]
    if past.days >= SEASON_FROM:
        columns += [*season(past, ends)]
    return np.stack(columns, axis=1)
