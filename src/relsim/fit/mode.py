"""The most probable weights: the maximum of likelihood times prior. Floor 4; imports ``slope``.

Fisher scoring with damping (Levenberg–Marquardt): each step is tried at many lengths and dampings at once, in the
lanes of one replay, and the best is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from relsim.fit.likelihood import Likelihood
from relsim.fit.normal_scores import Array, NormalScores
from relsim.fit.slope import Slope, slope_at

_DAMPING = (0.0, 1e-3, 1e-2, 0.1, 1.0, 10.0, 100.0)
_LENGTHS = (2.0, 1.5, 1.25, 1.0, 0.75, 0.5, 0.25, 0.1, 0.03, 0.01, 1e-3)
_CLOSE = 1e-7
"""Half the gain in log posterior that a full step promises, below which the maximum is reached."""
_MOST_STEPS = 60
_FIRST_SPREAD = 0.1
"""What is taken for the standard deviation of every score before anything is known of it."""


@dataclass(frozen=True)
class Mode:
    """The maximum a posteriori.

    Attributes
    ----------
    z : (P,) scores
    slope : of the log-likelihood there
    log_posterior : up to a constant
    steps : taken
    converged : whether no step promised any more
    """

    z: Array
    slope: Slope
    log_posterior: float
    steps: int
    converged: bool


def find_mode(
    likelihood: Likelihood, scores: NormalScores, start: Array, progress: Callable[[int], None] | None = None
) -> Mode:
    """Climb from scores ``start`` (P,), which must be a valid model under which the record is possible."""
    z = start
    best = float(log_posterior(likelihood, scores, z[None])[0])
    slope = slope_at(likelihood, scores, z, np.full(z.size, _FIRST_SPREAD))
    for step in range(_MOST_STEPS):
        gradient = slope.gradient - scores.precision @ z
        curvature = slope.information + scores.precision
        if 0.5 * gradient @ np.linalg.solve(curvature, gradient) < _CLOSE:
            return Mode(z, slope, best, step, True)
        candidates = z + np.concatenate(
            [
                np.outer(_LENGTHS, np.linalg.solve(curvature + damping * np.diag(np.diag(curvature)), gradient))
                for damping in _DAMPING
            ]
        )
        found = log_posterior(likelihood, scores, candidates)
        at = int(np.argmax(found))
        if not found[at] > best:
            return Mode(z, slope, best, step, False)
        z, best = candidates[at], float(found[at])
        slope = slope_at(likelihood, scores, z, slope.spread(scores.precision))
        if progress:
            progress(step + 1)
    return Mode(z, slope, best, _MOST_STEPS, False)


def log_posterior(likelihood: Likelihood, scores: NormalScores, z: Array) -> Array:
    """(n,) log-likelihood plus log prior at scores (n, P); −inf for what is an unstable model."""
    out = scores.log_prior(z)
    valid = np.flatnonzero(np.isfinite(out))
    if valid.size:
        found = likelihood.total(scores.theta(z[valid]))
        out[valid] += np.where(np.isnan(found), -np.inf, found)
    return out
