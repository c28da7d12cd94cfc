"""Slope and curvature of the log-likelihood in the weights' scores. Floor 4; imports ``likelihood``, ``normal_scores``.

Central differences through the replay itself: every weight is nudged up and down in lanes of its own, so that one
code serves for any model. The rates of all lanes give the expected information,

    Σ_t Σ_k (∂λ ∂λᵀ) / (λ (1 + φ λ)),

whose mean over records is minus the Hessian (Fisher scoring; McCullagh & Nelder 1989, Generalized Linear Models,
section 2.5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.fit.likelihood import Likelihood
from relsim.fit.normal_scores import Array, NormalScores

_NUDGE = 0.01
"""In standard deviations of the posterior: the error is about 1e-5 of the third derivative in these units, and rounding
of a log-likelihood of a hundred thousand 1e-8.
"""


_ELSEWHERE = 0.3
"""Where sensitivity is looked for: about so far from the medians, at which a slope may vanish by symmetry."""
_SILENT = 1e-9


@dataclass(frozen=True)
class Slope:
    """At one vector of scores (P,)."""

    value: float
    """Log-likelihood."""
    gradient: Array
    """(P,)."""
    information: Array
    """(P, P) expected information."""

    def spread(self, precision: Array) -> Array:
        """(P,) standard deviation of each score given all others, under a prior precision (P, P)."""
        return np.asarray(1 / np.sqrt(np.diag(self.information) + np.diag(precision)))


def slope_at(likelihood: Likelihood, scores: NormalScores, z: Array, spread: Array) -> Slope:
    """Value, gradient and expected information of the log-likelihood at scores (P,).

    Parameters
    ----------
    spread : (P,) about the standard deviations of the posterior, by which the nudges are measured
    """
    size = z.size
    step = _NUDGE * spread
    nudges = np.diag(step)
    theta = scores.theta(np.concatenate([z[None], z + nudges, z - nudges]))
    information = np.zeros((size, size))
    with likelihood.run(theta) as run:
        for days, rates in run.rates():
            centre = rates[:, :, 0]
            variance = centre * (1 + run.overdispersion[:, 0] * centre)
            seen = likelihood.scored[days] & (centre > 0) & (likelihood.days.left[days] > 0)
            weight = np.sqrt(np.where(seen, 1 / np.where(seen, variance, 1.0), 0.0))
            change = (rates[:, :, 1 : size + 1] - rates[:, :, size + 1 :]).reshape(-1, size)
            change *= weight.reshape(-1, 1)
            change /= 2 * step
            information += change.T @ change
        totals = run.totals()
    by_event = totals.sum(axis=1)
    up, down = by_event[1 : size + 1], by_event[size + 1 :]
    information[np.diag_indices(size)] += _of_overdispersion(scores, totals, step)
    return Slope(float(by_event[0]), _gradient(float(by_event[0]), up, down, step), information)


def _gradient(centre: float, up: Array, down: Array, step: Array) -> Array:
    """Central differences; to one side where the nudge to the other makes the record impossible."""
    with np.errstate(invalid="ignore"):
        choices = [(up - down) / (2 * step), (up - centre) / step, (centre - down) / step]
    out = np.zeros_like(step)
    for found in reversed(choices):
        out = np.where(np.isfinite(found), found, out)
    return out


def identified(likelihood: Likelihood, scores: NormalScores) -> NDArray[np.bool_]:
    """(P,) which weights move the rate of any scored count, or are correlated with one that does."""
    somewhere = _ELSEWHERE * np.random.default_rng(1).standard_normal(scores.free.size)
    slope = slope_at(likelihood, scores, somewhere, np.full(scores.free.size, 0.1))
    own = np.diag(slope.information) > _SILENT
    return np.asarray((scores.correlation != 0)[:, own].any(axis=1))


def _of_overdispersion(scores: NormalScores, totals: Array, step: Array) -> Array:
    """(P,) what the record tells of each overdispersion, which moves no rate: minus the second difference."""
    weight = scores.model.numbers.overdispersion.weight
    size = scores.free.size
    found = np.zeros(size)
    for p, i in enumerate(scores.free):
        own = np.flatnonzero(weight == i)
        if own.size:
            with np.errstate(invalid="ignore"):
                second = totals[1 + p, own] + totals[1 + size + p, own] - 2 * totals[0, own]
            curvature = -float(second.sum()) / step[p] ** 2
            found[p] = max(0.0, curvature) if np.isfinite(curvature) else 0.0
    return found
