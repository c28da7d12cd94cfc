"""Daily counts by inversion of one uniform from the upper tail. Floor 1.

N = #{n ≥ 1 : u < P(N ≥ n)}: a rate changed a little changes a count seldom, and rare events keep the full
resolution of the uniform near 0. One and two events are decided in the vectorised row, more in a scalar float64
tail with its own exponential and logarithm, so that the result depends on no C library.
"""

from __future__ import annotations

import numpy as np

from relsim.kernels.compiled import LANES, inline, plain, wide
from relsim.kernels.maths import expm1, log1p

_LN2 = 0.6931471805599453
_NONE, _YES, _THREE = np.int32(0), np.int32(1), np.int32(3)
_NO_LANE = np.uint64(0)
MOST = 60000
"""No count passes this; it fits the records' 16 bits."""


@inline
def _exp_double(x):
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
def _log_double(x):
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
def count_in_tail(u, rate, overdispersion):
    """The count of one uniform, in float64: the least n with 1 − u ≤ P(N ≤ n).

    Poisson, or negative binomial with variance ``rate`` + ``overdispersion`` · ``rate``², by the recursion
    P(n + 1) = P(n) · rate (1 + φ n) / ((n + 1)(1 + φ rate)).
    """
    spread = 1.0 + overdispersion * rate
    p = _exp_double(-_log_double(spread) / overdispersion if overdispersion > 0.0 else -rate)
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


@inline
def _possible(u, rate, hit):
    """Mark the lanes in which an event is possible at all, P(N ≥ 1) ≤ rate; returns how many. Summed in 32 bits."""
    wide()
    some = _NONE
    for i in range(LANES):
        may = _YES if u[i] < rate[i] else _NONE
        hit[i] = may
        some += may
    return some


@plain
def _tail(u, rate, overdispersion, out):
    """Decide all lanes that passed 1 anew, where some lane reached 3. Returns the largest count."""
    one = out.dtype.type(1)
    most = 2
    for i in range(LANES):
        if out[i] > one:
            n = max(count_in_tail(np.float64(u[i]), np.float64(rate[i]), np.float64(overdispersion)), 2)
            out[i] = n
            most = max(most, n)
    return most


@inline
def _poisson_to_three(u, rate, one, zero, half):
    """0, 1, 2, or 3 for three and more."""
    least_one = -expm1(-rate)
    exactly_one = rate * (one - least_one)
    least_two = least_one - exactly_one
    least_three = least_two - half * rate * exactly_one
    first = one if u < least_one else zero
    second = one if u < least_two else zero
    third = one if u < least_three else zero
    return first + second + third


@inline
def _negative_binomial_to_three(u, rate, phi, one, zero, half):
    """0, 1, 2, or 3 for three and more."""
    scaled = phi * rate
    least_one = -expm1(-log1p(scaled) / phi)
    step = rate / (one + scaled)
    exactly_one = step * (one - least_one)
    least_two = least_one - exactly_one
    least_three = least_two - half * step * (one + phi) * exactly_one
    first = one if u < least_one else zero
    second = one if u < least_two else zero
    third = one if u < least_three else zero
    return first + second + third


@inline
def _few_to_three(u, rate, overdispersion, hit, eights, out, few):
    """Decide the marked lanes one by one. Returns in how many an event came, and the largest count, 3 for more."""
    one = out.dtype.type(1)
    zero = out.dtype.type(0)
    half = out.dtype.type(0.5)
    number = 0
    most = _NONE
    for j in range(LANES // 8):
        if eights[j] == _NO_LANE:
            continue
        for i in range(8 * j, 8 * j + 8):
            if not hit[i]:
                continue
            if overdispersion > zero:
                n = _negative_binomial_to_three(u[i], rate[i], overdispersion, one, zero, half)
            else:
                n = _poisson_to_three(u[i], rate[i], one, zero, half)
            if n > zero:
                out[i] = n
                few[number] = i
                number += 1
                most = max(most, np.int32(n))
    return number, most


@plain
def _all_to_three(u, rate, overdispersion, out):
    """Decide every lane. Returns the largest count, 3 for more."""
    wide()
    one = out.dtype.type(1)
    zero = out.dtype.type(0)
    half = out.dtype.type(0.5)
    most = _NONE
    if overdispersion > zero:
        for i in range(LANES):
            n = _negative_binomial_to_three(u[i], rate[i], overdispersion, one, zero, half)
            out[i] = n
            most = max(most, np.int32(n))
    else:
        for i in range(LANES):
            n = _poisson_to_three(u[i], rate[i], one, zero, half)
            out[i] = n
            most = max(most, np.int32(n))
    return most


@inline
def draw_counts(u, rate, overdispersion, hit, eights, out, few):
    """Counts of one row of rates, Poisson or negative binomial.

    Where an event is possible in few lanes, those are decided one by one: most event types are rare.

    Parameters
    ----------
    u, rate : (LANES,) uniforms; expected counts
    overdispersion : φ ≥ 0 of the row
    hit, eights : (LANES,) uint8, (LANES / 8,) uint64 over the same memory; scratch
    out : (LANES,) counts; zero before
    few : (FEW,) filled with the lanes that have events, where those are few

    Returns
    -------
    most, number : the largest count; how many lanes stand in ``few``, −1 where they are not listed
    """
    possible = _possible(u, rate, hit)
    if possible == _NONE:
        return 0, 0
    if possible <= few.shape[0]:
        number, most = _few_to_three(u, rate, overdispersion, hit, eights, out, few)
    else:
        number = -1
        most = _all_to_three(u, rate, overdispersion, out)
    return np.int64(most) if most < _THREE else _tail(u, rate, overdispersion, out), number
