"""Baselines that need no fit: climatology, recent climatology, persistence, exponentially weighted means.

Each takes a `Windows` of count series and a generator; `relsim.backtest.baselines.real` holds their counterparts of
real-valued series.
"""

from __future__ import annotations

import numpy as np

from relsim.backtest.baselines.history import SAMPLES, Array
from relsim.backtest.baselines.spread import draw, expectation, rounded, weigh
from relsim.backtest.baselines.windows import Ends, Windows, step_of
from relsim.experts import experts_of

RECENT = 365
"""Days that recent climatology looks back, or twelve horizons where they are longer."""
FEW = 6
"""Horizons end to end below which their totals are too few to be drawn from."""
HALF_LIVES = (7.0, 14.0, 30.0, 60.0, 120.0, 240.0, 480.0, 1e6)
"""Days; the last is the mean of all."""


def climatology(past: Windows, generator: np.random.Generator) -> Array:
    """What came in a horizon-long window of the past, any window as likely as another."""
    return _windows_since(0, past, generator)


def recent(past: Windows, generator: np.random.Generator) -> Array:
    """The same from the last year."""
    return _windows_since(max(0, past.days - max(RECENT, 12 * past.horizon)), past, generator)


def _windows_since(start: int, past: Windows, generator: np.random.Generator) -> Array:
    ends = np.arange(start + past.horizon, past.days + 1)
    totals = past.totals(past.horizon, ends)
    samples = around_mean(past, past.days - start, generator)
    for s, column in enumerate(totals.T):
        seen = column[np.isfinite(column)]
        if len(seen) >= (FEW - 1) * past.horizon:
            samples[:, s] = rounded(np.maximum(stretched(seen, past.horizon, generator), 0), generator)
    return samples


def stretched(seen: Array, horizon: int, generator: np.random.Generator) -> Array:
    """``(1000,)`` draws from the totals of overlapping windows, their distance from the mean stretched.

    Of n windows end to end the variance is seen too small by (n − 1) / n, and their mean is off by as much as 1 / n of
    it: together a factor of √((n + 1) / (n − 1)).
    """
    number = len(seen) / horizon + 1
    return np.asarray(
        seen.mean() + (generator.choice(seen, SAMPLES) - seen.mean()) * np.sqrt((number + 1) / (number - 1))
    )


def around_mean(past: Windows, span: int, generator: np.random.Generator) -> Array:
    """Negative binomial around the mean of the last ``span`` days: for a past too short to show its spread."""
    origins = past.origins(step_of(past.horizon))
    weights = weigh(past.latest(span, origins)[None], past.outcomes(origins), overlap(past))
    return draw(weights, past.latest(max(span, 1), past.now), generator)


def persistence(past: Windows, generator: np.random.Generator) -> Array:
    """The last horizon again, straying as far as it did before."""
    origins = past.origins(step_of(past.horizon))
    before = past.latest(past.horizon, origins)
    weights = weigh(before[None], past.outcomes(origins), overlap(past))
    return draw(weights, past.latest(past.horizon, past.now), generator)


def weighted_mean(past: Windows, generator: np.random.Generator) -> Array:
    """An exponentially weighted mean; half-lives weighed by how well each foretold the past."""
    weights, _ = weighted_fit(past, past.origins(step_of(past.horizon)))
    return draw(weights, past.weighted(HALF_LIVES, past.now)[:, 0], generator)


def experts(past: Windows, generator: np.random.Generator) -> Array:
    """A mixture of exponentially weighted means, as the built-in model for records pools it."""
    seen = np.diff(past.mass, axis=0) > 0
    return experts_of(np.diff(past.sums, axis=0), seen).totals(past.horizon, generator, SAMPLES)


def weighted_fit(past: Windows, origins: Ends) -> tuple[Array, Array]:
    """Weights of half-lives, c and α, ``(K, C, A, S)``, and what was expected at the past origins, ``(N, S)``."""
    expected = past.weighted(HALF_LIVES, origins)
    weights = weigh(expected, past.outcomes(origins), overlap(past))
    return weights, expectation(weights, expected)


def overlap(past: Windows) -> float:
    """Past origins within one horizon."""
    return past.horizon / step_of(past.horizon)
