"""Weights → the kernel's values: every formula of the model that turns numbers of the file into numbers of the step.

Floor 3; imports ``numbers``, ``kernels.layout``. All arrays are float64 (draws, n).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from relsim.kernels.layout import (
    CalendarWeights,
    DynamicsWeights,
    Moves,
    PlanWeights,
    Rates,
    RateWeights,
    Rows,
    Structure,
    TermWeights,
    Weights,
)
from relsim.model.numbers import Numbers
from relsim.model.weights import Array, Index


@dataclass(frozen=True)
class Parameters:
    """Parameter vectors of the draws.

    Attributes
    ----------
    theta : (draws, weights) values of the uncertain weights
    weights : the kernel's values
    rate : (draws, K) rate of each event type, R
    usual : (draws, K) the same, 0 for the types that are no part of the usual
    baseline : (draws, D)
    start : (draws, D) mean state at the end of the day before the window
    start_factor : (draws, D, D) lower factor of the covariance of the noise that nobody saw, or None
    traces : (draws, G)
    """

    theta: Array
    weights: Weights
    rate: Array
    usual: Array
    baseline: Array
    start: Array
    start_factor: Array | None
    traces: Array


def owners(rows: Rows) -> Index:
    """Sparse row of each entry."""
    owner: Index = np.repeat(np.arange(len(rows.ptr) - 1), np.diff(rows.ptr))
    return owner


def sum_at(values: Array, positions: Index, size: int) -> Array:
    """Sum entries (draws, n) into the positions (n,) of an axis: (draws, size)."""
    out = np.zeros((size, values.shape[0]))
    np.add.at(out, positions, values.T)
    return np.ascontiguousarray(out.T)


MOST_BROUGHT_ON = 0.9
"""Part of an event's rate that its usual sources may bring on; where they would bring on more, they are scaled."""


class Excitations(NamedTuple):
    """What brings on what, under each draw.

    Attributes
    ----------
    stated : (draws, n) a, extra events per source event as the file says
    used : (draws, n) the same, scaled where the usual sources of an event would overfill its rate
    scale : (draws, K) the factor on an event's usual sources, 1 where they leave it room
    brought : (draws, K) events a day that an event's usual sources bring on as stated
    shared : (draws, K) those of them that are stated as shares
    """

    stated: Array
    used: Array
    scale: Array
    brought: Array
    shared: Array


def usual_rates(n: Numbers, theta: Array) -> Array:
    """(draws, K) R, 0 for what is no part of the usual."""
    return n.rate.of(theta) * n.usual


def excitations(n: Numbers, rates: Rates, theta: Array) -> Excitations:
    """Extra events per event. Of which a share s is stated: s R_k / Σ_j R_j over the sources j of it."""
    rate, usual = n.rate.of(theta), usual_rates(n, theta)
    owner, source = owners(rates.excite), rates.trace_source[rates.excite.col]
    stated = n.excite.of(theta)
    shares = np.flatnonzero(n.share_of.any(axis=1))
    if shares.size:
        sources = rate @ n.share_of[shares].T
        stated[:, shares] *= np.divide(rate[:, owner[shares]], sources, out=np.zeros_like(sources), where=sources > 0)
    moved = stated * usual[:, source]
    brought = sum_at(moved, owner, rate.shape[1])
    most = MOST_BROUGHT_ON * rate
    # What fills nine tenths to the last bit is not scaled for its rounding.
    scale = np.divide(most, brought, out=np.ones_like(most), where=brought > most * (1 + 1e-12))
    used = np.where(n.usual[source] > 0, stated * scale[:, owner], stated)
    return Excitations(stated, used, scale, brought, sum_at(moved[:, shares], owner[shares], rate.shape[1]))


def _moves(effect: Array, rows: Rows, baseline: Array, n: Numbers) -> Moves:
    """Effects (draws, n) as moves: share · (bound − x)."""
    mu = baseline[:, rows.col]
    up = effect > 0
    bound = np.where(up, n.high[rows.col], n.low[rows.col])
    return Moves(np.abs(effect) / np.where(up, bound - mu, mu - bound), bound)


def kernel_weights(n: Numbers, s: Structure, theta: Array) -> Weights:
    """The kernel's values (draws, n) under the weights ``theta`` (draws, weights)."""
    baseline = n.baseline.of(theta)
    with np.errstate(divide="ignore"):
        probability = n.probability.of(theta)
        chance = np.log(probability) - np.log1p(-probability)
    odds = np.log(n.odds.of(theta))
    reference = np.where(n.odds_has_at, n.odds_at.of(theta), baseline[:, s.calendar.odds.col])
    return Weights(
        dynamics=_dynamics(n, s, theta),
        rates=_rates(n, s.rates, theta),
        terms=TermWeights(n.term_above.of(theta), n.term_below.of(theta)),
        calendar=CalendarWeights(
            chance=chance,
            odds=odds,
            odds_offset=-sum_at(odds * reference, owners(s.calendar.odds), s.calendar.first.size),
            odds_if=np.log(n.odds_if.of(theta)),
        ),
        plan=PlanWeights(n.rate_factor.of(theta), n.act_value.of(theta)),
        event_effects=_moves(n.effect.of(theta), s.event_effects, baseline, n),
        entry_effects=_moves(n.entry_effect.of(theta), s.entry_effects, baseline, n),
        otherwise_effects=_moves(n.otherwise.of(theta), s.otherwise_effects, baseline, n),
    )


def _dynamics(n: Numbers, s: Structure, theta: Array) -> DynamicsWeights:
    size = n.low.size
    baseline = n.baseline.of(theta)
    rho = np.exp2(-1 / n.half_life.of(theta))
    pull = n.pull.of(theta)
    pull_rows = s.dynamics.pull
    usual_moves = usual_rates(n, theta)[:, owners(s.event_effects)] * n.effect.of(theta)
    drift = -sum_at(usual_moves, s.event_effects.col, size) * n.drifting
    return DynamicsWeights(
        rho=rho,
        constant=(1 - rho) * baseline - sum_at(pull * baseline[:, pull_rows.col], owners(pull_rows), size) + drift,
        noise=n.spread.of(theta) * np.sqrt(1 - rho**2),
        pull=pull,
        shift=n.condition_shift.of(theta) * (1 - rho[:, owners(s.dynamics.shift)]),
        index=n.index.of(theta),
    )


def _rates(n: Numbers, rates: Rates, theta: Array) -> RateWeights:
    types = rates.drawn.size
    baseline = n.baseline.of(theta)
    ratio = np.log(n.ratio.of(theta))
    weekday = n.weekday.of(theta).reshape(len(theta), types, 7)
    weekday = weekday / weekday.mean(axis=2, keepdims=True)
    excited = excitations(n, rates, theta)
    return RateWeights(
        # r = (I − A) R over the usual sources
        unprompted=n.rate.of(theta) - np.minimum(excited.brought, MOST_BROUGHT_ON * n.rate.of(theta)),
        offset=-sum_at(ratio * baseline[:, rates.ratio.col], owners(rates.ratio), types),
        ratio=ratio,
        excite=excited.used,
        decay=np.exp2(-1 / n.trace_half_life.of(theta)),
        overdispersion=n.overdispersion.of(theta),
        weekday=weekday.reshape(len(theta), 7 * types),
        slow=n.condition_rate.of(theta),
        usual=usual_rates(n, theta),
    )


def reversion_of_events(s: Structure, w: Weights, usual: Array) -> Array:
    """(draws, D) share of a deviation that the usual events of a day take back: 1 − Π (1 − R |W| / reach)."""
    kept = np.ones((usual.shape[0], s.dynamics.low.size))
    owner = owners(s.event_effects)
    for j, d in enumerate(s.event_effects.col):
        kept[:, d] *= 1 - usual[:, owner[j]] * w.event_effects.share[:, j]
    return 1 - kept


def effective_half_lives(s: Structure, w: Weights, usual: Array) -> Array:
    """(draws, D) days in which half of a deviation is gone when events come at their usual rates."""
    kept = w.dynamics.rho * (1 - reversion_of_events(s, w, usual))
    return np.asarray(-1 / np.log2(np.maximum(kept, 1e-300)))


def day_matrix(s: Structure, w: Weights, usual: Array) -> Array:
    """(draws, D, D) one day of the linearised state: reversion, pull and the reversion of usual events."""
    size = s.dynamics.low.size
    matrix = np.zeros((usual.shape[0], size, size))
    matrix[:, np.arange(size), np.arange(size)] = w.dynamics.rho
    matrix[:, owners(s.dynamics.pull), s.dynamics.pull.col] += w.dynamics.pull
    return (1 - reversion_of_events(s, w, usual))[:, :, None] * matrix


def unseen_covariance(s: Structure, w: Weights, usual: Array, days: int) -> Array:
    """(draws, D, D) covariance that the unforced day builds up over ``days`` days.

    P_n = Σ_{i<n} F^i Q F^iᵀ, by doubling: P_{2n} = P_n + F^n P_n F^nᵀ.
    """
    size = s.dynamics.low.size
    mixture = np.zeros((size, size))
    mixture[owners(s.dynamics.mix), s.dynamics.mix.col] = s.dynamics.mix_value
    daily = ((1 - reversion_of_events(s, w, usual)) * w.dynamics.noise)[:, :, None] * mixture
    one_day = daily @ daily.transpose(0, 2, 1)
    step = day_matrix(s, w, usual)
    total: Array = np.zeros_like(one_day)
    power = np.broadcast_to(np.eye(size), step.shape)
    for bit in bin(days)[2:] if days else "":
        total = total + power @ total @ power.transpose(0, 2, 1)
        power = power @ power
        if bit == "1":
            total = one_day + step @ total @ step.transpose(0, 2, 1)
            power = power @ step
    return total


def factor_of(covariance: Array) -> Array:
    """Lower factor (draws, D, D) of positive semi-definite covariances: Cholesky over the variables that vary."""
    out = np.zeros_like(covariance)
    vary = np.flatnonzero(np.diagonal(covariance, axis1=1, axis2=2).max(axis=0) > 0)
    if vary.size:
        sub = covariance[:, vary[:, None], vary[None, :]]
        scale = np.sqrt(np.maximum(np.diagonal(sub, axis1=1, axis2=2), 1e-300))
        unit = sub / (scale[:, :, None] * scale[:, None, :])
        lower = np.linalg.cholesky(unit + 1e-13 * np.eye(vary.size))
        out[:, vary[:, None], vary[None, :]] = scale[:, :, None] * lower
    return out
