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

from relsim.backtest.baselines.climatology import overlap
from relsim.backtest.baselines.fitted import LEAST, SMALL, Lesson, corrected
from relsim.backtest.baselines.history import Array
from relsim.backtest.baselines.optional import required
from relsim.backtest.baselines.windows import Ends, Windows

PRIOR_SD = 0.3
"""Of every coefficient; of the intercept 1."""
FARTHEST = 3.0
"""No forecast is farther from the weighted mean than by a factor of its exponential."""
SEASON_FROM = 730
"""Days of history from which on the season is a regressor."""
YEAR = 365.25


def autoregression(past: Windows, generator: np.random.Generator) -> Array:
    """``(1000, S)`` totals of count series."""
    return corrected(past, regressors, _fit, generator)


def _fit(lesson: Lesson, asked: Array, past: Windows) -> Array:
    """Totals over the base, one regression a series."""
    required("statsmodels")
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import ConvergenceWarning

    ratios = np.ones(asked.shape[:2])
    for s, dispersion in enumerate(lesson.dispersion):
        kept = np.isfinite(lesson.came[:, s])
        x, y, base = lesson.x[kept, s], lesson.came[kept, s], lesson.base[kept, s]
        if not y.any():
            continue
        family = sm.families.NegativeBinomial(alpha=dispersion)
        with catch_warnings():
            # Of huge counts the likelihood lacks the digits for the optimiser's last steps; where it stands will do.
            simplefilter("ignore", ConvergenceWarning)
            fitted = sm.GLM(y, x, family=family, offset=np.log(base)).fit_regularized(
                alpha=overlap(past) / (len(y) * _prior_sd(x.shape[1]) ** 2), L1_wt=0
            )
        inside = np.clip(asked[:, s], x.min(axis=0), x.max(axis=0))
        ratios[:, s] = np.exp(np.clip(inside @ fitted.params, -FARTHEST, FARTHEST))
    return ratios


def _prior_sd(number: int) -> Array:
    return np.array([1.0] + [PRIOR_SD] * (number - 1))


def regressors(past: Windows, ends: Ends, base: Array) -> Array:
    """``(N, S, P)``: 1, logarithms of spans' totals over the base, the opposite direction's, the level, season."""
    level = np.log(base + SMALL)
    ratios = [np.log(past.latest(span, ends) + SMALL) - level for span in _spans(past)]
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


def mean_fit(past: Windows, origins: Ends, base: Array, base_now: Array) -> tuple[Array, Array]:
    """Of real-valued series: expected at past origins ``(N, S)``, each without what came of it, and now ``(S,)``.

    Least squares on the differences of several spans' means from the weighted mean, ``base`` (N, S) and now (S,), and
    on the season, with the prior of the regression of counts.
    """
    came = past.outcomes(origins)
    expected, now = base.copy(), base_now.copy()
    for s in range(base.shape[1]):
        kept = np.isfinite(came[:, s])
        if kept.sum() < LEAST * overlap(past):
            continue
        required("statsmodels")
        import statsmodels.api as sm

        x, y = _differences(past, origins, base[:, s], s)[kept], came[kept, s] - base[kept, s]
        prior = np.diag(np.sqrt(max(y.var(), 1e-6) * overlap(past)) / _prior_sd(x.shape[1]))
        fitted = sm.OLS(np.append(y, np.zeros(len(prior))), np.vstack([x, prior])).fit()
        # A horizon's neighbours share its days: to leave it out is to leave them out with it.
        leverage = np.minimum(overlap(past) * fitted.get_influence().hat_matrix_diag[: len(y)], 0.9)
        expected[kept, s] = came[kept, s] - (y - x @ fitted.params) / (1 - leverage)
        now[s] += (_differences(past, past.now, base_now[s : s + 1], s) @ fitted.params)[0]
    return expected, now


def _differences(past: Windows, ends: Ends, base: Array, s: int) -> Array:
    """``(N, P)``: 1, means of several spans less the base ``(N,)``, season."""
    columns = [np.ones(len(ends)), *(past.latest(span, ends)[:, s] - base for span in _spans(past))]
    if past.days >= SEASON_FROM:
        columns += season(past, ends)
    return np.stack(columns, axis=1)


def _spans(past: Windows) -> tuple[int, ...]:
    return max(1, past.horizon // 4), past.horizon, 3 * past.horizon, 12 * past.horizon
