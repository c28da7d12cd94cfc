"""Logarithms of the probabilities of counts, in float64. Floor 1.

The counts are those of ``counts``: Poisson, or negative binomial with variance λ + φ λ²,

    log p(n) = Σ_{i<n} log(1 + φ i) + n log λ − (n + 1/φ) log(1 + φ λ) − log n!

which goes over into the Poisson as φ → 0. The sum stands for log Γ(n + 1/φ) − log Γ(1/φ) + n log φ, and loses no digits
where φ is small.
"""

from __future__ import annotations

import math

from relsim.kernels.compiled import LANES, kernel, plain
from relsim.kernels.rows import lane

_NEGLIGIBLE = 1e-18


@plain
def log_mass(n, rate, overdispersion):
    """log p(n) of one count; −inf where the rate is 0 and the count is not."""
    if rate <= 0.0:
        return 0.0 if n == 0 and rate == 0.0 else -math.inf
    total = -math.lgamma(n + 1.0)
    if n > 0:
        total += n * math.log(rate)
    if overdispersion <= 0.0:
        return total - rate
    for i in range(1, n):
        total += math.log1p(overdispersion * i)
    return total - (n + 1.0 / overdispersion) * math.log1p(overdispersion * rate)


@plain
def log_tail(n, rate, overdispersion):
    """log P(N ≥ n) of one count, as the sum of its terms from n up, so that a small tail keeps its digits."""
    if n <= 0:
        return 0.0
    first = log_mass(n, rate, overdispersion)
    if first == -math.inf:
        return first
    total = 1.0
    term = 1.0
    at = n
    while term > _NEGLIGIBLE * total or at < rate:
        term *= rate * (1.0 + overdispersion * at) / ((at + 1.0) * (1.0 + overdispersion * rate))
        total += term
        at += 1
    return min(first + math.log(total), 0.0)


@plain
def add_log_mass(n, left, rate, overdispersion, out):
    """out += log-probability of observing ``n`` where at most ``left`` are let through, lane by lane.

    A count is cut to what is left, so ``n`` = ``left`` says that there were at least so many.
    """
    if n > left:
        for i in range(LANES):
            out[i] = -math.inf
    elif n == left:
        for i in range(LANES):
            out[i] += log_tail(n, rate[i], lane(overdispersion, i))
    else:
        for i in range(LANES):
            out[i] += log_mass(n, rate[i], lane(overdispersion, i))


@kernel
def log_masses(counts, left, rates, overdispersion, out):
    """out (H, K, n) = log-probability of every count (H, K) under rates (H, K, n), overdispersion (K, n)."""
    for h in range(counts.shape[0]):
        for k in range(counts.shape[1]):
            n = counts[h, k]
            for i in range(rates.shape[2]):
                if n < left[h, k]:
                    out[h, k, i] = log_mass(n, rates[h, k, i], overdispersion[k, i])
                elif n == left[h, k]:
                    out[h, k, i] = log_tail(n, rates[h, k, i], overdispersion[k, i])
                else:
                    out[h, k, i] = -math.inf
