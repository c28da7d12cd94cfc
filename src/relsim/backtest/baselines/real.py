"""The baselines of a real-valued series, such as the mean conflict–cooperation value. Numpy, and statsmodels.

Where counts stray by a negative binomial, means stray by Student's t with the past's mean square error; samples stay
within the values ever seen on a day.
"""

from __future__ import annotations

import numpy as np

from relsim.backtest.baselines.autoregression import mean_fit
from relsim.backtest.baselines.climatology import FEW, HALF_LIVES, RECENT, overlap, stretched
from relsim.backtest.baselines.history import SAMPLES, Array
from relsim.backtest.baselines.windows import Ends, Windows, step_of


def climatology(past: Windows, generator: np.random.Generator) -> Array:
    """What the mean was in a horizon-long window of the past."""
    return _windows_since(0, past, generator)


def recent(past: Windows, generator: np.random.Generator) -> Array:
    """The same from the last year."""
    return _windows_since(max(0, past.days - max(RECENT, 12 * past.horizon)), past, generator)


def _windows_since(start: int, past: Windows, generator: np.random.Generator) -> Array:
    totals = past.totals(past.horizon, np.arange(start + past.horizon, past.days + 1))
    origins = past.origins(step_of(past.horizon))
    span = max(past.days - start, 1)
    days = past.daily
    samples = strayed(past, past.latest(span, origins), past.latest(span, past.now)[0], origins, generator)
    for s, column in enumerate(totals.T):
        seen = column[np.isfinite(column)]
        if len(seen) >= (FEW - 1) * past.horizon:
            samples[:, s] = np.clip(stretched(seen, past.horizon, generator), *np.nanquantile(days[:, s], [0, 1]))
    return samples


def persistence(past: Windows, generator: np.random.Generator) -> Array:
    """The mean of the last horizon again; of a longer time before, where the last horizon was silent."""
    origins = past.origins(step_of(past.horizon))
    before, now = past.latest(past.horizon, origins), past.latest(past.horizon, past.now)[0]
    return strayed(past, before, now, origins, generator)


def weighted_mean(past: Windows, generator: np.random.Generator) -> Array:
    """An exponentially weighted mean, its half-life the one of least mean square error in the past."""
    origins = past.origins(step_of(past.horizon))
    expected, now = best_weighted(past, origins)
    return strayed(past, expected, now, origins, generator)


def best_weighted(past: Windows, origins: Ends) -> tuple[Array, Array]:
    """Expected at past origins ``(N, S)`` and now ``(S,)`` under each series' best half-life."""
    expected = past.weighted(HALF_LIVES, origins)
    errors = expected - past.outcomes(origins)
    square = np.where(np.isfinite(errors), errors, 0) ** 2
    best = square.sum(axis=1)[::-1].argmin(axis=0)
    chosen = len(HALF_LIVES) - 1 - best
    series = np.arange(expected.shape[2])
    return expected[chosen, :, series].T, past.weighted(HALF_LIVES, past.now)[chosen, 0, series]


def autoregression(past: Windows, generator: np.random.Generator) -> Array:
    """Least squares on the means of several spans before, and on the season."""
    origins = past.origins(step_of(past.horizon))
    expected, now = mean_fit(past, origins, *best_weighted(past, origins))
    return strayed(past, expected, now, origins, generator)


def strayed(past: Windows, expected: Array, now: Array, origins: Ends, generator: np.random.Generator) -> Array:
    """``(1000, S)`` around ``now``, as far as what came strayed from what had been expected, both ``(N, S)``.

    A series of which nothing was seen gets NaN.
    """
    errors = expected - past.outcomes(origins)
    known = np.isfinite(errors)
    number = known.sum(axis=0) / overlap(past)
    days = past.daily
    samples = np.full((SAMPLES, len(now)), np.nan)
    for s in range(len(now)):
        seen = days[np.isfinite(days[:, s]), s]
        if not len(seen):
            continue
        # A prior worth two horizons: a mean of few days strays as independent days would.
        usual = seen.var() / min(past.horizon, max(1.0, past.horizon * len(seen) / past.days))
        square = (np.square(errors[known[:, s], s]).sum() / overlap(past) + 2 * usual) / (number[s] + 2)
        spread = np.sqrt(square) * generator.standard_t(number[s] + 2, SAMPLES)
        samples[:, s] = np.clip(now[s] + spread, seen.min(), seen.max())
    return samples
