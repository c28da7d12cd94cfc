"""Inverse distribution functions of the normal and the beta. Floor 1; imports numpy only.

Importing ``scipy.special`` takes longer than reading most scenarios. ``normal_scores`` are the rational approximations
of Cephes (Moshier 1989, ``ndtri``), operation by operation, so that the numbers are those of ``scipy.special.ndtri``
bit for bit; ``beta_quantiles`` agree with ``scipy.special.betaincinv`` to rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

_TAIL = 0.13533528323661269189
"""exp(−2): below it, and above one less it, the quantile is found from the logarithm."""
_ROOT_OF_TURN = 2.50662827463100050242
_FAR = 8.0
"""√(−2 ln u) from which on the outermost approximation holds."""

_MIDDLE = (
    (-5.99633501014107895267e1, 9.80010754185999661536e1, -5.66762857469070293439e1, 1.39312609387279679503e1,
     -1.23916583867381258016),
    (1.0, 1.95448858338141759834, 4.67627912898881538453, 8.63602421390890590575e1, -2.25462687854119370527e2,
     2.00260212380060660359e2, -8.20372256168333339912e1, 1.59056225126211695515e1, -1.18331621121330003142),
)  # fmt: skip
_NEAR_TAIL = (
    (4.05544892305962419923, 3.15251094599893866154e1, 5.71628192246421288162e1, 4.40805073893200834700e1,
     1.46849561928858024014e1, 2.18663306850790267539, -1.40256079171354495875e-1, -3.50424626827848203418e-2,
     -8.57456785154685413611e-4),
    (1.0, 1.57799883256466749731e1, 4.53907635128879210584e1, 4.13172038254672030440e1, 1.50425385692907503408e1,
     2.50464946208309415979, -1.42182922854787788574e-1, -3.80806407691578277194e-2, -9.33259480895457427372e-4),
)  # fmt: skip
_FAR_TAIL = (
    (3.23774891776946035970, 6.91522889068984211695, 3.93881025292474443415, 1.33303460815807542389,
     2.01485389549179081538e-1, 1.23716634817820021358e-2, 3.01581553508235416007e-4, 2.65806974686737550832e-6,
     6.23974539184983293730e-9),
    (1.0, 6.02427039364742014255, 3.67983563856160859403, 1.37702099489081330271, 2.16236993594496635890e-1,
     1.34204006088543189037e-2, 3.28014464682127739104e-4, 2.89247864745380683936e-6, 6.79019408009981274425e-9),
)  # fmt: skip


def normal_scores(u: ArrayLike) -> Array:
    """Standard normal quantiles of probabilities of any shape; infinite at 0 and 1, NaN outside."""
    u = np.asarray(u, float)
    upper = u > 1 - _TAIL
    least = np.where(upper, 1 - u, u)
    with np.errstate(invalid="ignore"):
        centred = u - 0.5
        out = np.asarray(_ROOT_OF_TURN * (centred + centred * _fraction(_MIDDLE, centred**2)))
    tail = ~(least > _TAIL)
    if tail.any():
        scores = _in_tail(least[tail])
        out[tail] = np.where(upper[tail], scores, -scores)
    return out


def _in_tail(least: Array) -> Array:
    """Scores above 0 of upper tail probabilities below exp(−2)."""
    out = np.where(least == 0, np.inf, np.nan)
    inside = least > 0
    # The C library's logarithm, as there: numpy's own may differ in the last bit.
    x = np.sqrt(-2 * _logarithms(least[inside]))
    z = 1 / x
    out[inside] = (x - _logarithms(x) / x) - np.where(x < _FAR, _fraction(_NEAR_TAIL, z), _fraction(_FAR_TAIL, z))
    return out


def _logarithms(x: Array) -> Array:
    return np.fromiter(map(math.log, x.tolist()), float, x.size)


def _fraction(of: tuple[tuple[float, ...], tuple[float, ...]], z: Array) -> Array:
    return z * _polynomial(of[0], z) / _polynomial(of[1], z)


def _polynomial(coefficients: tuple[float, ...], z: Array) -> Array:
    """Horner's scheme, the highest power first."""
    out = np.full_like(z, coefficients[0])
    for c in coefficients[1:]:
        out = out * z + c
    return out


_HALF_POINTS = 0.14887433898163122, 0.4333953941292472, 0.6794095682990244, 0.8650633666889845, 0.9739065285171717
_HALF_WEIGHTS = 0.2955242247147528, 0.2692667193099965, 0.219086362515982, 0.1494513491505804, 0.06667134430868814
_POINTS = (1 + np.array([*(-x for x in _HALF_POINTS), *_HALF_POINTS])) / 2
_POINT_WEIGHTS = np.array(2 * _HALF_WEIGHTS)
"""Gauss's rule of ten points on [0, 1]; the weights add up to 2."""
_NOTHING = math.exp(-75)
"""Part of the density's peak below which its tails are left out."""
_STEEPEST = 4.0
"""Powers of e by which the density may rise over a panel."""
_LEAST_SHAPE = 0.1
_NEWTON_STEPS = 3


def beta_quantiles(a: float, b: float, u: ArrayLike) -> Array:
    """Quantiles of the beta distribution of shapes ``a`` and ``b`` at probabilities ``u`` in [0, 1], of any shape."""
    u = np.asarray(u, float)
    if min(a, b) < _LEAST_SHAPE:
        from scipy.special import betaincinv

        return np.asarray(betaincinv(a, b, u))
    out, upper = np.empty(u.shape), u > 0.5
    out[~upper], out[upper] = _lower_half(a, b, u[~upper]), 1 - _lower_half(b, a, 1 - u[upper])
    return out


def _lower_half(a: float, b: float, u: Array) -> Array:
    """Beta quantiles at ``u`` (n,) up to a half.

    On the log-odds t of the value the density ∝ exp(a t) / (1 + eᵗ)^(a + b) is smooth whatever the shapes, so that
    Gauss's rule on panels of half a standard deviation gives the distribution function to rounding; Newton's steps
    inside the panel of each ``u`` invert it, from where it would lie were the density exponential there.
    """
    mean = a / (a + b)

    def density(d: Array) -> Array:
        """At log-odds of the mean's plus ``d``, where it peaks, as a part of the peak."""
        shrunk = np.log1p(np.where(d > 0, 1 - mean, mean) * np.expm1(-np.abs(d)))
        return np.asarray(np.exp(np.where(d > 0, -b * d, a * d) - (a + b) * shrunk))

    def integral(start: Array, width: Array) -> Array:
        points = start[..., None] + width[..., None] * _POINTS
        return np.asarray(width / 2 * (density(points) @ _POINT_WEIGHTS))

    step = min(1.0, 0.5 * math.sqrt(1 / a + 1 / b), _STEEPEST / a)
    first, last = (_panels(density, side * step) for side in (-1, 1))
    edges = np.arange(-first, last + 1) * np.float64(step)
    below = np.concatenate([[0.0], np.cumsum(integral(edges[:-1], np.full(first + last, step)))])
    wanted = u * below[-1]
    panel = np.clip(np.searchsorted(below, wanted) - 1, 0, first + last - 1)
    start, missing = edges[panel], wanted - below[panel]
    slope = np.log(density(edges[panel + 1]) / density(start))
    slope = np.where(np.abs(slope) < 1e-9, 1e-9, slope)
    d = start + step * np.log1p(np.expm1(slope) * missing / (below[panel + 1] - below[panel])) / slope
    for _ in range(_NEWTON_STEPS):
        d = np.clip(d + (missing - integral(start, d - start)) / density(d), start, start + step)
    odds = np.exp(-np.abs(d))
    out = np.where(d > 0, mean, mean * odds) / np.where(d > 0, mean + (1 - mean) * odds, mean * odds + (1 - mean))
    return np.where(u > 0, out, 0.0)


def _panels(density: Callable[[Array], Array], step: float) -> int:
    """Panels from the peak on, to where the density is nothing."""
    number = 16
    while density(np.array([number * step]))[0] > _NOTHING:
        number = number * 5 // 4
    return number
