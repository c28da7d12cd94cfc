"""What the fitted rates leave unexplained, event type by event type. Floor 4.

Under the right weights the randomised probability transforms of the counts are uniform (Smith 1985,
doi:10.1002/for.3980040305; Dunn & Smyth 1996, doi:10.2307/1390802), and so are 1 − exp(−gap) of the gaps between
events in rescaled time, in which events come at rate 1 (Brown et al. 2002, doi:10.1162/08997660252741149); events of
one day are placed at random within it. Both use a fixed seed.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from relsim.fit.normal_scores import Array
from relsim.result.fit import PeriodResidual, Residuals, Uniformity

STRETCHES = 12
"""Equal stretches of the record over which observed and expected counts are compared."""
_SEED = 20190628


def residuals_of(
    event: str,
    dates: list[date],
    counts: NDArray[np.int64],
    rates: Array,
    left: NDArray[np.int64],
    overdispersion: float,
    seed: int = _SEED,
) -> Residuals:
    """Residuals of one event type on its scored days; ``counts``, ``rates`` and ``left`` are (n,)."""
    rng = np.random.default_rng(seed)
    variance = rates * (1 + overdispersion * rates)
    open_days = rates > 0
    pearson = (counts - rates)[open_days] / np.sqrt(variance[open_days])
    # Var of a squared Pearson residual: 2 + excess kurtosis, which is 1/λ for Poisson (negative binomial: more).
    excess = 1 / rates[open_days] if overdispersion == 0 else _excess(rates[open_days], overdispersion)
    dispersion = float((pearson**2).mean()) if pearson.size else 1.0
    error = float(np.sqrt((2 + excess).sum())) / max(pearson.size, 1)
    weekday = np.array([d.weekday() for d in dates])
    part = np.arange(len(dates)) * min(STRETCHES, len(dates)) // len(dates)
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    return Residuals(
        event=event,
        observed=int(counts.sum()),
        expected=float(rates.sum()),
        transform=_uniformity(randomised(counts, rates, left, overdispersion, rng)),
        rescaled=_rescaled(counts, rates, rng) if overdispersion == 0 and counts.sum() > 1 else None,
        weekdays=tuple(_period(names[d], weekday == d, counts, rates, variance) for d in range(7)),
        stretches=tuple(
            _period(dates[int(np.argmax(part == i))].isoformat(), part == i, counts, rates, variance)
            for i in range(part[-1] + 1)
        ),
        dispersion=dispersion,
        dispersion_z=(dispersion - 1) / error if error > 0 else 0.0,
    )


def randomised(
    counts: NDArray[np.int64],
    rates: Array,
    left: NDArray[np.int64],
    overdispersion: float,
    rng: np.random.Generator,
) -> Array:
    """Uniform under the model: a point drawn between P(N < n) and P(N ≤ n); a count at its ceiling reaches 1."""
    below = _upto(counts - 1, rates, overdispersion)
    upto = np.where(counts >= left, 1.0, _upto(counts, rates, overdispersion))
    return np.asarray(below + rng.random(len(counts)) * (upto - below))


def _upto(n: NDArray[np.int64], rates: Array, overdispersion: float) -> Array:
    """P(N ≤ n), 0 for n < 0."""
    from scipy.special import betainc, pdtr

    some = np.maximum(n, 0)
    if overdispersion > 0:
        p = 1 / (1 + overdispersion * rates)
        return np.where(n < 0, 0.0, betainc(1 / overdispersion, some + 1.0, p))
    return np.where(n < 0, 0.0, pdtr(some, rates))


def _rescaled(counts: NDArray[np.int64], rates: Array, rng: np.random.Generator) -> Uniformity:
    """Gaps between events in rescaled time, as uniforms."""
    before = np.cumsum(rates) - rates
    day = np.repeat(np.arange(len(counts)), counts)
    times = np.sort(before[day] + rng.random(day.size) * rates[day])
    return _uniformity(-np.expm1(-np.diff(times, prepend=0.0)))


def _uniformity(values: Array) -> Uniformity:
    """Kolmogorov–Smirnov against the uniform; p by the limit law with Stephens' correction (1970)."""
    from scipy.special import kolmogorov

    values = np.sort(values)
    n = values.size
    steps = np.arange(n + 1) / n
    distance = float(np.maximum(steps[1:] - values, values - steps[:-1]).max())
    root = np.sqrt(n)
    shares = np.searchsorted(values, np.linspace(0, 1, 101), side="right") / n
    return Uniformity(n, distance, float(kolmogorov((root + 0.12 + 0.11 / root) * distance)), tuple(shares.tolist()))


def _period(
    label: str, days: NDArray[np.bool_], counts: NDArray[np.int64], rates: Array, variance: Array
) -> PeriodResidual:
    observed, expected, spread = int(counts[days].sum()), float(rates[days].sum()), float(variance[days].sum())
    return PeriodResidual(label, observed, expected, _score(observed, expected, spread) if spread > 0 else 0.0)


def _score(observed: int, expected: float, variance: float) -> float:
    """Normal score of a count's place in its distribution, Poisson but for a scale; sums of few events are skewed."""
    from scipy.special import gammainc, gammaincc, ndtri

    scale = variance / expected
    at = observed / scale + 0.5
    below, above = float(gammaincc(at, expected / scale)), float(gammainc(at, expected / scale))
    return float(ndtri(max(below, 1e-300)) if below < above else -ndtri(max(above, 1e-300)))


def _excess(rates: Array, phi: float) -> Array:
    """Excess kurtosis of the negative binomial: 6 φ + 1 / (λ (1 + φ λ))."""
    return np.asarray(6 * phi + 1 / (rates * (1 + phi * rates)))
