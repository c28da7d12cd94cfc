"""What the record leaves of the doubt about the weights. Floor 4; imports ``mode``, ``laplace``, ``importance``.

The normal approximation at the mode, corrected by importance sampling where that can be trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from relsim.errors import RunError
from relsim.fit.importance import RELIABLE, Weighted, weighted_draws
from relsim.fit.laplace import laplace_at
from relsim.fit.likelihood import Likelihood
from relsim.fit.mode import Mode, find_mode
from relsim.fit.normal_scores import Array, NormalScores

DRAWS = 4096
_PER_WEIGHT = 10
"""Effective draws for each weight that a second, adapted round of importance sampling asks for."""


@dataclass(frozen=True)
class Posterior:
    """Draws of the weights' scores under the posterior.

    Attributes
    ----------
    mode : the maximum a posteriori
    z : (S, P) draws
    weight : (S,) which sum to 1
    correlation : (P, P) of the scores
    method : ``laplace``, ``importance`` or ``mcmc``
    factor : (P, P) Cholesky factor of the normal approximation's covariance
    shape : k of the importance weights, NaN without
    effective : effective number of draws
    warnings : about the approximation
    """

    scores: NormalScores
    mode: Mode
    z: Array
    weight: Array
    correlation: Array
    method: str
    factor: Array
    shape: float
    effective: float
    warnings: tuple[str, ...]

    def quantiles(self, p: Sequence[float]) -> Array:
        """(P, len(p)) quantiles of the scores."""
        return weighted_quantiles(self.z, self.weight, p)

    def sample(self, size: int, seed: int) -> Array:
        """(size, P) equally weighted scores."""
        rows = np.random.default_rng(seed).choice(len(self.z), size, p=self.weight)
        return np.asarray(self.z[rows])

    def theta(self) -> Array:
        """(S, W) weights of the draws."""
        return self.scores.theta(self.z)


def weighted_quantiles(values: Array, weight: Array, p: Sequence[float]) -> Array:
    """(P, len(p)) quantiles of columns of ``values`` (S, P) under weights (S,)."""
    out = np.empty((values.shape[1], len(p)))
    for i, column in enumerate(values.T):
        order = np.argsort(column)
        upto = np.cumsum(weight[order]) - weight[order] / 2
        out[i] = np.interp(p, upto / weight.sum(), column[order])
    return out


def posterior_of(
    likelihood: Likelihood,
    scores: NormalScores,
    *,
    draws: int = DRAWS,
    seed: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Posterior:
    """Mode, curvature and weighted draws.

    Raises
    ------
    RunError
        Where the record is impossible under the medians of the priors.
    """
    start = np.zeros(scores.free.size)
    refuse_impossible(likelihood)
    mode = find_mode(likelihood, scores, start, progress)
    normal = laplace_at(likelihood, scores, mode)
    warnings = []
    if not mode.converged:
        warnings.append("the search for the most probable parameters ended before it reached them")
    if normal.flat:
        warnings.append(
            f"along {normal.flat} combination{'s' * (normal.flat > 1)} of weights the posterior is flat at its mode; "
            "the expected curvature stands in"
        )
    found = _weighted(likelihood, scores, mode.z, normal.factor, draws, seed)
    if found is None or found.shape > RELIABLE:
        k = "no draw of it is valid" if found is None else f"Pareto k = {found.shape:.2f}, above {RELIABLE}"
        warnings.append(f"the posterior is not near the normal approximation ({k}): sample it with --mcmc")
        z = _valid_normals(scores, mode.z, normal.factor, draws, seed)
        weight, method = np.full(len(z), 1 / len(z)), "laplace"
        shape, effective = np.nan if found is None else found.shape, float(len(z))
    else:
        z, weight, method, shape, effective = found.z, found.weight, "importance", found.shape, found.effective
    covariance = normal.factor @ normal.factor.T
    sd = np.sqrt(np.diag(covariance))
    return Posterior(
        scores, mode, z, weight, covariance / np.outer(sd, sd), method, normal.factor, shape, effective, tuple(warnings)
    )


def refuse_impossible(likelihood: Likelihood) -> None:
    """Stop where the record is impossible under the medians of all weights.

    Raises
    ------
    RunError
    """
    impossible = impossible_events(likelihood, likelihood.model.medians)
    if impossible:
        raise RunError(f"the record holds what the scenario rules out: {'; '.join(impossible)}")


def impossible_events(likelihood: Likelihood, theta: Array) -> list[str]:
    """Event types that occurred where weights (1, W) give them no chance, and the first such day."""
    found = likelihood.by_event(theta)[0]
    out = []
    names = list(likelihood.model.scenario.events)
    with likelihood.run(theta) as run:
        rates = np.concatenate([part for _, part in run.rates()])[:, :, 0]
    days = likelihood.days
    for k in np.flatnonzero(np.isneginf(found)):
        never = (
            days.scored[:, k] & ((rates[:, k] <= 0) | (days.counts[:, k] > days.left[:, k])) & (days.counts[:, k] > 0)
        )
        first = likelihood.record.dates[int(np.argmax(never))]
        out.append(f"'{names[k]}' happened on {first}, when its rate is 0")
    return out


def _weighted(
    likelihood: Likelihood, scores: NormalScores, centre: Array, factor: Array, draws: int, seed: int
) -> Weighted | None:
    """Weighted draws; a second round starts from the moments of the first where it gives enough."""
    try:
        first = weighted_draws(likelihood, scores, centre, factor, draws, seed)
    except ValueError:
        return None
    if first.effective < _PER_WEIGHT * centre.size:
        return first
    mean = first.weight @ first.z
    away = first.z - mean
    covariance = (away * first.weight[:, None]).T @ away
    try:
        adapted = np.asarray(np.linalg.cholesky(covariance), float)
        second = weighted_draws(likelihood, scores, mean, adapted, draws, seed + 1)
    except (ValueError, np.linalg.LinAlgError):
        return first
    return second if second.shape < first.shape else first


def _valid_normals(scores: NormalScores, centre: Array, factor: Array, size: int, seed: int) -> Array:
    """Draws of the approximation that are valid models; the mode alone where none is."""
    z = centre + np.random.default_rng(seed).standard_normal((size, centre.size)) @ factor.T
    valid = z[~scores.model.failing(scores.theta(z))]
    return valid if len(valid) > 1 else np.repeat(centre[None], 2, axis=0)


def with_draws(posterior: Posterior, z: Array, effective: float, warnings: Sequence[str]) -> Posterior:
    """The same posterior known by a sampler's draws (S, P)."""
    return replace(
        posterior,
        z=z,
        weight=np.full(len(z), 1 / len(z)),
        correlation=np.corrcoef(z, rowvar=False).reshape(z.shape[1], z.shape[1]),
        method="mcmc",
        shape=float("nan"),
        effective=effective,
        warnings=tuple(warnings),
    )
