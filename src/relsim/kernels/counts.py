"""Daily counts by inversion of one uniform from the upper tail. Floor 1.

N = #{n ≥ 1 : u < P(N ≥ n)}: a rate changed a little changes a count seldom, and rare events keep the full
resolution of the uniform near 0. One and two events are decided in the vectorised row, more in a scalar float64
tail with its own exponential and logarithm, so that the result depends on no C library.
"""

from __future__ import annotations

import numpy as np

from relsim.kernels.compiled import LANES, inline, plain
from relsim.kernels.maths import expm1, log1p
from relsim.kernels.rows import lane

_LN2 = 0.6931471805599453
MOST = 60000
"""No count passes this; it fits the records' 16 bits."""


@inline
def _exp_double(x):  # type: ignore[no-untyped-def]
    """e^x for −700 ≤ x ≤ 0 by a Taylor series after halving the range: accurate to about 1e-15."""
    n = int(np.floor(x / _LN2 + 0.5))
    r = x - n * _LN2
    total = 1.0
    term = 1.0
    for k in range(1, 15):
        term *= r / k
        total += term
    scale = 1.0
    for _ in range(-n):
        scale *= 0.5
    return total * scale


@inline
def _log_double(x):  # type: ignore[no-untyped-def]
    """ln x for x ≥ 1 by the series of 2 atanh((m − 1)/(m + 1)), m in [0.7, 1.4]."""
    n = 0
    while x > 1.4142135623730951:
        x *= 0.5
        n += 1
    s = (x - 1.0) / (x + 1.0)
    s2 = s * s
    term = s
    total = s
    for k in range(3, 30, 2):
        term *= s2
        total += term / k
    return 2.0 * total + n * _LN2


@plain
def count_in_tail(u, rate, overdispersion):  # type: ignore[no-untyped-def]
    """The count of one uniform, in float64: the least n with 1 − u ≤ P(N ≤ n).

    Poisson, or negative binomial with variance ``rate`` + ``overdispersion`` · ``rate``², by the recursion
    P(n + 1) = P(n) · rate (1 + φ n) / ((n + 1)(1 + φ rate)).
    """
    spread = 1.0 + overdispersion * rate
    if overdispersion > 0.0:
        p = _exp_double(-_log_double(spread) / overdispersion)
    else:
        p = _exp_double(-rate)
    target = 1.0 - u
    below = p
    n = 0
    while below < target and n < MOST:
        p *= rate * (1.0 + overdispersion * n) / ((n + 1) * spread)
        n += 1
        below += p
        if p < 1e-18 and n > rate:
            break
    return n


@plain
def draw_poisson(u, rate, out):  # type: ignore[no-untyped-def]
    """Poisson counts of one row of rates (LANES,) into ``out``. Returns whether any count is positive."""
    one = out.dtype.type(1)
    zero = out.dtype.type(0)
    half = out.dtype.type(0.5)
    some = 0
    tail = 0
    for i in range(LANES):
        least_one = -expm1(-rate[i])
        exactly_one = rate[i] * (one - least_one)
        least_two = least_one - exactly_one
        least_three = least_two - half * rate[i] * exactly_one
        out[i] = (one if u[i] < least_one else zero) + (one if u[i] < least_two else zero)
        some += 1 if u[i] < least_one else 0
        tail += 1 if u[i] < least_three else 0
    if tail > 0:
        for i in range(LANES):
            if out[i] == 2:
                out[i] = max(count_in_tail(np.float64(u[i]), np.float64(rate[i]), 0.0), 2)
    return some > 0


@plain
def draw_negative_binomial(u, rate, overdispersion, out):  # type: ignore[no-untyped-def]
    """Negative-binomial counts of one row of rates; ``overdispersion`` > 0 is a weight."""
    one = out.dtype.type(1)
    zero = out.dtype.type(0)
    half = out.dtype.type(0.5)
    some = 0
    tail = 0
    for i in range(LANES):
        phi = lane(overdispersion, i)
        scaled = phi * rate[i]
        least_one = -expm1(-log1p(scaled) / phi)
        step = rate[i] / (one + scaled)
        exactly_one = step * (one - least_one)
        least_two = least_one - exactly_one
        least_three = least_two - half * step * (one + phi) * exactly_one
        out[i] = (one if u[i] < least_one else zero) + (one if u[i] < least_two else zero)
        some += 1 if u[i] < least_one else 0
        tail += 1 if u[i] < least_three else 0
    if tail > 0:
        for i in range(LANES):
            if out[i] == 2:
                phi64 = np.float64(lane(overdispersion, i))
                out[i] = max(count_in_tail(np.float64(u[i]), np.float64(rate[i]), phi64), 2)
    return some > 0
