"""A designed study: chosen weights varied together over their whole doubt, total-order indices. Floor 5; SALib, lazily.

Points are laid in the unit cube and go through each weight's own inverse distribution function, truncation included.
All points run on the same paths. These still leave sampling noise in each point, and noise that differs from
point to point looks like interaction. The paths are therefore kept in two halves: of any quadratic statistic q of the
points, q(mean of the halves) − q(half their difference) is free of it, since the halves' noises are independent.

Sobol: Saltelli et al. 2010, doi:10.1016/j.cpc.2009.09.018. Morris: Campolongo et al. 2007,
doi:10.1016/j.envsoft.2006.10.004.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relsim.errors import RunError
from relsim.kernels.compiled import LANES
from relsim.model import Model
from relsim.result.drivers import Design, DesignIndex

Array = NDArray[np.float64]

RESAMPLES = 500
_LEVELS = 4
_EDGE = 2.0**-32
_TAIL = 0.05
"""Morris' grid runs between these quantiles: its outer levels are not infinite."""


@dataclass(frozen=True)
class DesignPlan:
    """What a study varies, and how much it simulates.

    Attributes
    ----------
    samples : base samples (sobol; a power of 2) or trajectories (morris)
    paths : at each point, a multiple of 256
    """

    method: str
    weights: tuple[str, ...]
    samples: int
    paths: int
    seed: int

    @classmethod
    def of(cls, model: Model, method: str, weights: tuple[str, ...], samples: int, paths: int) -> DesignPlan:
        """Samples and paths rounded up to what the method asks for."""
        if method == "sobol":
            samples = 2 ** math.ceil(math.log2(samples))
        return cls(method, weights, samples, -(-paths // (2 * LANES)) * 2 * LANES, model.scenario.seed)

    @property
    def size(self) -> int:
        """Points of one base sample."""
        return len(self.weights) + (2 if self.method == "sobol" else 1)


@dataclass(frozen=True)
class Points:
    """Points of a design.

    Attributes
    ----------
    unit : (n, k) in the unit cube; theta : (n, W) all weights, those not varied at their medians
    valid : (samples,) whether all points of a base sample are valid models
    """

    unit: Array
    theta: Array
    valid: NDArray[np.bool_]


def points_of(plan: DesignPlan, model: Model) -> Points:
    """Lay the points.

    Raises
    ------
    RunError
        If SALib is not installed.
    """
    problem = _problem(plan)
    seed = plan.seed % 2**31
    if plan.method == "sobol":
        sample = _salib("sample.sobol").sample
        unit = np.clip(sample(problem, plan.samples, calc_second_order=False, seed=seed), _EDGE, 1 - _EDGE)
    else:
        unit = _salib("sample.morris").sample(problem, plan.samples, num_levels=_LEVELS, seed=seed)
    quantiles = np.full((len(unit), len(model.weights)), 0.5)
    names = [w.path for w in model.weights]
    quantiles[:, [names.index(path) for path in plan.weights]] = unit
    theta = model.weights_at(quantiles)
    at_fault = np.zeros(len(unit), bool)
    at_fault[model.invalid(theta)] = True
    valid = np.asarray(~at_fault.reshape(plan.samples, plan.size).any(axis=1), bool)
    return Points(np.asarray(unit), theta, valid)


def analysed(plan: DesignPlan, points: Points, results: Array, model: Model) -> Design:
    """Indices of a finished study.

    Parameters
    ----------
    results : (n, T, 2) outcomes' shares and quantities' means at each point, over either half of the paths
    """
    names = [*model.scenario.outcomes, *model.scenario.quantities]
    index = _sobol if plan.method == "sobol" else _morris
    rows = {name: index(plan, points, results[:, t]) for t, name in enumerate(names)}
    return Design(
        method=plan.method,
        samples=plan.samples,
        points=len(points.theta),
        paths=plan.paths,
        left_out=int((~points.valid).sum()),
        weights=plan.weights,
        outcomes={name: rows[name] for name in model.scenario.outcomes},
        quantities={name: rows[name] for name in model.scenario.quantities},
    )


def _problem(plan: DesignPlan) -> dict[str, Any]:
    bounds = [0.0, 1.0] if plan.method == "sobol" else [_TAIL, 1 - _TAIL]
    return {"num_vars": len(plan.weights), "names": list(plan.weights), "bounds": [bounds] * len(plan.weights)}


def _salib(module: str) -> Any:
    import importlib

    try:
        return importlib.import_module(f"SALib.{module}")
    except ImportError:
        raise RunError("--design needs SALib: pip install 'relsim[sensitivity]'") from None


def _kept(plan: DesignPlan, points: Points, halves: Array) -> Array:
    """(samples, size, 2) of the base samples that are valid and have a value at every point."""
    grouped = halves.reshape(plan.samples, plan.size, 2)
    return np.asarray(grouped[points.valid & ~np.isnan(grouped).any(axis=(1, 2))])


def _sobol(plan: DesignPlan, points: Points, halves: Array) -> tuple[DesignIndex, ...]:
    kept = _kept(plan, points, halves)
    if len(kept) < 4:
        return ()
    rng = np.random.default_rng([plan.seed, 6])
    rows = np.concatenate([np.arange(len(kept))[:, None], rng.integers(0, len(kept), (len(kept), RESAMPLES))], axis=1)
    mean, noise = kept.mean(axis=2) - kept.mean(), (kept[:, :, 0] - kept[:, :, 1]) / 2
    total_variance = _variance(mean, rows) - _variance(noise, rows)
    if total_variance[0] <= 0:
        return ()
    total_variance = np.maximum(total_variance, 1e-3 * total_variance[0])
    found = []
    for j, path in enumerate(plan.weights):
        first, total = (
            (a * _variance(mean, rows) - b * _variance(noise, rows)) / total_variance
            for a, b in zip(_salib_indices(mean, rows, j), _salib_indices(noise, rows, j))
        )
        found.append(DesignIndex(path, *_with_interval(first), *_with_interval(total), None, None, None, None))
    return tuple(sorted(found, key=lambda row: -(row.total or 0.0)))


def _variance(y: Array, rows: NDArray[np.int64]) -> Array:
    """(1 + resamples,) variance of the points of A and B."""
    return np.asarray(np.var(np.concatenate([y[rows, 0], y[rows, -1]]), axis=0))


def _salib_indices(y: Array, rows: NDArray[np.int64], j: int) -> tuple[Array, Array]:
    """(1 + resamples,) first and total index of weight j as SALib estimates them; 0 where nothing varies."""
    estimators = _salib("analyze.sobol")
    a, ab, b = y[rows, 0], y[rows, j + 1], y[rows, -1]
    if np.ptp(np.concatenate([a, b])) <= np.finfo(float).eps:
        return np.zeros(rows.shape[1]), np.zeros(rows.shape[1])
    return estimators.first_order(a, ab, b), estimators.total_order(a, ab, b)


def _with_interval(values: Array) -> tuple[float, float, float]:
    half = 1.96 * float(values[1:].std(ddof=1))
    value = float(values[0])
    return value, max(0.0, value - half), min(1.0, value + half)


def _morris(plan: DesignPlan, points: Points, halves: Array) -> tuple[DesignIndex, ...]:
    kept = _kept(plan, points, halves)
    if len(kept) < 4:
        return ()
    usable = points.valid & ~np.isnan(halves.reshape(plan.samples, plan.size, 2)).any(axis=(1, 2))
    unit = points.unit.reshape(plan.samples, plan.size, -1)[usable].reshape(-1, len(plan.weights))
    analyse, seed = _salib("analyze.morris").analyze, plan.seed % 2**31
    of_mean, of_noise = (
        analyse(_problem(plan), unit, y.reshape(-1), num_levels=_LEVELS, seed=seed)
        for y in (kept.mean(axis=2), (kept[:, :, 0] - kept[:, :, 1]) / 2)
    )
    found = []
    for j, path in enumerate(plan.weights):
        effect, half = float(of_mean["mu_star"][j]), float(of_mean["mu_star_conf"][j])
        noise = float(of_noise["mu_star"][j])
        freed = [math.sqrt(max(0.0, max(0.0, x) ** 2 - noise**2)) for x in (effect, effect - half, effect + half)]
        sigma = math.sqrt(max(0.0, float(of_mean["sigma"][j]) ** 2 - float(of_noise["sigma"][j]) ** 2))
        found.append(DesignIndex(path, None, None, None, None, None, None, freed[0], freed[1], freed[2], sigma))
    return tuple(sorted(found, key=lambda row: -(row.effect or 0.0)))
