"""What noise that nobody sees does to rates, and the rates that undo it. Floor 4; imports ``model``.

The replay has no noise. In a simulation a rate ratio ρ acts on a noisy variable, and E ρ^noise = exp(½ (ln ρ)² var):
the unprompted part of a rate comes out larger by the factor exp(½ lᵀ V l), l the logarithms of the event's rate ratios
and V the stationary covariance of the noise. For one variable alone that is at most exp(½ (ln ρ)² s²); the reversion
that usual events bring makes it smaller. The fitted R, which reproduces what was counted, is therefore handed on as
(I − A)⁻¹ [(I − A) R / factor].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relsim.fit.normal_scores import Array
from relsim.kernels.layout import Rows
from relsim.model import Model
from relsim.model.parameters import kernel_weights, owners, sum_at, unseen_covariance, usual_rates
from relsim.model.stability import branching

_SETTLED = 20_000
"""Days after which the noise's covariance has settled, whatever the half-lives."""


@dataclass(frozen=True)
class NoiseFactor:
    """Per event type (K,).

    Attributes
    ----------
    most : exp(½ Σ (ln ρ)² s²), by which simulated rates may exceed the replay's
    unprompted : the factor on the unprompted part
    rate : by which R is divided
    """

    most: Array
    unprompted: Array
    rate: Array


def unprompted_factor(model: Model, theta: Array, days: int = _SETTLED) -> Array:
    """(K,) factor on the unprompted part of rates under weights (1, W), ``days`` after the noise began."""
    s, n = model.structure, model.numbers
    w = kernel_weights(n, s, theta)
    slopes = _dense(s.rates.ratio, w.rates.ratio[0], s.dynamics.low.size)
    with np.errstate(over="ignore", invalid="ignore"):
        covariance = unseen_covariance(s, w, usual_rates(n, theta), days)[0]
        out = np.exp(0.5 * np.einsum("kd,de,ke->k", slopes, covariance, slopes))
    if not np.isfinite(out).all():  # usual events so many that they overshoot: nothing settles; without them
        out = np.exp(0.5 * (slopes**2 @ n.spread.of(theta)[0] ** 2))
    return np.asarray(out)


def noise_factor(model: Model, theta: Array) -> NoiseFactor:
    """The factors under one vector of weights (1, W)."""
    s, n = model.structure, model.numbers
    w = kernel_weights(n, s, theta)
    rate, usual = n.rate.of(theta)[0], usual_rates(n, theta)
    unprompted = unprompted_factor(model, theta)
    spread = n.spread.of(theta)[:, s.rates.ratio.col]
    most = np.exp(0.5 * sum_at((w.rates.ratio * spread) ** 2, owners(s.rates.ratio), usual.shape[1])[0])
    brought_on = branching(s.rates, w.rates.excite[0]) * n.usual
    corrected = np.linalg.solve(np.eye(rate.size) - brought_on, w.rates.unprompted[0] / unprompted)
    over = np.where(rate > 0, rate / np.where(corrected > 0, corrected, 1.0), 1.0)
    return NoiseFactor(most, unprompted, np.where(corrected > 0, over, 1.0))


def rate_corrections(model: Model, factor: NoiseFactor) -> dict[int, float]:
    """By weight: what a fitted rate is divided by; events that share one number share their geometric mean."""
    shared: dict[int, list[float]] = {}
    for k, weight in enumerate(model.numbers.rate.weight):
        if weight >= 0:
            shared.setdefault(int(weight), []).append(float(np.log(factor.rate[k])))
    return {weight: float(np.exp(np.mean(logs))) for weight, logs in shared.items()}


def _dense(rows: Rows, values: Array, columns: int) -> Array:
    out = np.zeros((rows.ptr.size - 1, columns))
    np.add.at(out, (owners(rows), rows.col), values)
    return out
