"""The posterior near its mode: a normal with the curvature there. Floor 4; imports ``mode``.

The curvature is taken by second differences of the log posterior itself along the axes of the expected information,
on which it would be 1 if expectation were all; for very many weights the expected information stands alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relsim.fit.likelihood import Likelihood
from relsim.fit.mode import Mode
from relsim.fit.normal_scores import Array, NormalScores

_NUDGE = 0.1
"""Along each axis, in standard deviations."""
MOST_WEIGHTS = 160
"""Up to so many weights the curvature is exact; it costs P (P + 1) replays' lanes."""
_FLATTEST = 0.2
"""Curvatures below this share of the expected one say that the record does not bound the direction here."""
_BATCH = 1024


@dataclass(frozen=True)
class Laplace:
    """A normal in the scores.

    Attributes
    ----------
    factor : (P, P) lower Cholesky factor of its covariance
    exact : whether the curvature was measured, not expected
    flat : directions held at the expected curvature because the posterior is flat or hollow along them
    """

    factor: Array
    exact: bool
    flat: int


def laplace_at(likelihood: Likelihood, scores: NormalScores, mode: Mode) -> Laplace:
    """The normal approximation at the mode."""
    covariance = np.linalg.inv(mode.slope.information + scores.precision)
    axes = np.asarray(np.linalg.cholesky(0.5 * (covariance + covariance.T)), float)
    if mode.z.size > MOST_WEIGHTS:
        return Laplace(axes, exact=False, flat=0)
    curvature = _curvature(likelihood, scores, mode.z, axes)
    values, vectors = np.linalg.eigh(curvature)
    flat = int((values < _FLATTEST).sum())
    values = np.where(values < _FLATTEST, 1.0, values)
    root = axes @ vectors / np.sqrt(values)
    return Laplace(np.asarray(np.linalg.cholesky(root @ root.T), float), exact=True, flat=flat)


def _curvature(likelihood: Likelihood, scores: NormalScores, z: Array, axes: Array) -> Array:
    """(P, P) minus the Hessian of the log posterior in axis coordinates, by second differences."""
    size = z.size
    steps = _NUDGE * np.eye(size)
    i, j = np.triu_indices(size, 1)
    both = steps[i] + steps[j]
    found = _smooth(likelihood, scores, z + np.concatenate([np.zeros((1, size)), steps, -steps, both, -both]) @ axes.T)
    centre, up, down = found[0], found[1 : size + 1], found[size + 1 : 2 * size + 1]
    pairs = found[2 * size + 1 :].reshape(2, i.size).sum(axis=0)
    with np.errstate(invalid="ignore"):  # a nudge may make the record impossible
        single = up + down - 2 * centre
        out = np.diag(-single / _NUDGE**2)
        out[i, j] = out[j, i] = -(pairs - 2 * centre - single[i] - single[j]) / (2 * _NUDGE**2)
    return np.where(np.isfinite(out), out, np.eye(size))


def _smooth(likelihood: Likelihood, scores: NormalScores, z: Array) -> Array:
    """(n,) log posterior without the bounds of valid models, which have no curvature."""
    parts = [likelihood.total(scores.theta(z[first : first + _BATCH])) for first in range(0, len(z), _BATCH)]
    return np.asarray(np.concatenate(parts) - 0.5 * ((z @ scores.precision) * z).sum(axis=1))
