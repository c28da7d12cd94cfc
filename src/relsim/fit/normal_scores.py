"""Which weights are fitted, and the coordinates in which they are. Floor 4; imports ``model``.

A weight's *score* z is standard normal under its prior: the weight is the quantile Φ(z) of its family. All priors of
the file thus become one normal with mean 0, variances 1 and the correlations that the file states, and a posterior
that is normal in z is lognormal for a rate, logit-normal for a probability, normal for an effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from relsim.errors import InputError, suggestion
from relsim.model import Model
from relsim.model.weights import Slots, values_at_scores

Array = NDArray[np.float64]


@dataclass(frozen=True)
class NormalScores:
    """The weights that are fitted, P of the model's W; the others stay at their medians.

    Attributes
    ----------
    model : Model
    free : (P,) positions among the model's weights
    correlation : (P, P) of the priors
    precision : (P, P) its inverse
    """

    model: Model
    free: NDArray[np.int64]
    correlation: Array
    precision: Array

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths in the file of the fitted weights."""
        return tuple(self.model.weights[i].path for i in self.free)

    def kept(self, which: NDArray[np.bool_]) -> NormalScores:
        """Those of the weights (P,) alone; the others stay at their medians."""
        return _scores(self.model, self.free[which])

    def theta(self, z: Array) -> Array:
        """Weights (n, W) at scores (n, P)."""
        numbers = self.model.numbers
        whole = np.zeros((len(z), len(numbers.weights)))
        whole[:, self.free] = z
        held = np.setdiff1d(np.arange(len(numbers.weights)), self.free)
        with np.errstate(over="ignore"):  # a score far out; the weights are found invalid
            theta = values_at_scores(numbers.weights, numbers.baseline, numbers.low, numbers.high, whole)
        theta[:, held] = self.model.medians[:, held]
        return theta

    def log_prior(self, z: Array) -> Array:
        """(n,) log density at scores (n, P), up to a constant; −inf where they make an unstable model."""
        out = -0.5 * ((z @ self.precision) * z).sum(axis=1)
        return np.where(self.model.failing(self.theta(z)), -np.inf, out)


def scores_of(model: Model, only: Sequence[str] = (), fixed: Sequence[str] = ()) -> NormalScores:
    """Coordinates of the weights that bear on observed events.

    Parameters
    ----------
    only : patterns of paths (``events/*/rate``, or the beginning of a path); all that bear on the record if empty
    fixed : patterns of those that stay as they are

    Raises
    ------
    InputError
        Where a pattern meets no number in doubt, or nothing is left to fit.
    """
    paths = [w.path for w in model.weights]
    for pattern in (*only, *fixed):
        if not any(_meets(path, pattern) for path in paths):
            raise InputError(f"no uncertain parameter matches '{pattern}'\n    {suggestion(pattern, paths, 6)}")
    bearing = _bearing(model)
    chosen = [
        i
        for i, path in enumerate(paths)
        if i in bearing
        and model.weights[i].quantity.family != "choice"
        and (not only or any(_meets(path, pattern) for pattern in only))
        and not any(_meets(path, pattern) for pattern in fixed)
    ]
    if not chosen:
        raise InputError("nothing to fit: no uncertain parameter that affects observed events is free")
    return _scores(model, np.array(chosen, np.int64))


def _scores(model: Model, free: NDArray[np.int64]) -> NormalScores:
    correlation = _correlation(model)[np.ix_(free, free)]
    return NormalScores(model, free, correlation, np.asarray(np.linalg.inv(correlation), float))


def undecided(model: Model) -> tuple[str, ...]:
    """Weights that bear on events but are choices between values, which no slope leads along."""
    bearing = _bearing(model)
    return tuple(w.path for i, w in enumerate(model.weights) if i in bearing and w.quantity.family == "choice")


def _meets(path: str, pattern: str) -> bool:
    return fnmatchcase(path, pattern) or path.startswith(pattern.rstrip("/") + "/")


def _bearing(model: Model) -> set[int]:
    """Weights that λ or the replayed state reads."""
    n = model.numbers
    read: tuple[Slots, ...] = (
        n.baseline, n.half_life, n.pull, n.rate, n.ratio, n.excite, n.trace_half_life, n.effect, n.overdispersion,
        n.weekday, n.condition_shift, n.condition_rate, n.rate_factor,
    )  # fmt: skip
    return {int(i) for slots in read for i in slots.weight if i >= 0}


def _correlation(model: Model) -> Array:
    """(W, W) correlation of the priors' scores."""
    whole = np.eye(len(model.weights))
    for group in model.copula.groups:
        whole[np.ix_(group.members, group.members)] = group.factor @ group.factor.T
    return whole
