"""The uncertain numbers of a model, and where each number of the file stands in its arrays.

Floor 3; imports ``scenario``, ``streams``, ``errors``, ``copula``. A *slot* is one place in an array that a number of
the file fills; a *weight* is one uncertain number of the file, drawn once per draw, that may fill several slots.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.errors import Problem
from relsim.model.copula import Copula, correlated
from relsim.quantiles import normal_scores
from relsim.quantity import Quantity
from relsim.scenario import Number
from relsim.streams import Purpose, stream_keys, weight_uniforms

Array = NDArray[np.float64]
Index = NDArray[np.int64]

NO_COPULA = Copula()


@dataclass(frozen=True)
class Slots:
    """Numbers that fill an array: certain values, or references to weights.

    All three arrays are (n,); the value used is ``share`` times ``value``, or times weight number ``weight``.
    """

    value: Array
    weight: Index
    share: Array

    def of(self, theta: Array) -> Array:
        """Values (draws, n) under the weights ``theta`` (draws, weights)."""
        out = np.empty((theta.shape[0], self.value.size))
        out[:] = self.value * self.share
        drawn = self.weight >= 0
        if drawn.any():
            out[:, drawn] = theta[:, self.weight[drawn]] * self.share[drawn]
        return out


@dataclass(frozen=True)
class Weight:
    """One uncertain number of the file."""

    path: str
    quantity: Quantity
    low: float
    high: float
    """Bounds beyond those of its kind (a baseline inside its variable's range)."""
    reach: tuple[int, ...]
    """Variables it moves as an effect: |W| may not pass the way from baseline to bound of any of them."""


class Register:
    """Collects the numbers while a model is built; the only mutable thing in the package."""

    def __init__(self) -> None:
        self._position: dict[str, int] = {}
        self._weights: list[Weight] = []
        self._paths: dict[str, None] = {}

    def slot(
        self, number: Number, *, low: float = -np.inf, high: float = np.inf, reach: int | None = None
    ) -> tuple[float, int, float]:
        """(value, weight or -1, share) of one number; bounds of one weight met twice are intersected."""
        q = number.quantity
        self._paths[number.path] = None
        if q.certain:
            return q.central(), -1, number.share
        at = self._position.setdefault(number.path, len(self._weights))
        reached = () if reach is None else (reach,)
        if at == len(self._weights):
            self._weights.append(Weight(number.path, q, low, high, reached))
        else:
            w = self._weights[at]
            both = tuple(sorted({*w.reach, *reached}))
            self._weights[at] = Weight(w.path, q, max(w.low, low), min(w.high, high), both)
        return 0.0, at, number.share

    @property
    def weights(self) -> tuple[Weight, ...]:
        return tuple(self._weights)

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of all numbers, in doubt or not."""
        return tuple(self._paths)


def slots(rows: list[tuple[float, int, float]]) -> Slots:
    """Slots of a list of (value, weight, share)."""
    value, weight, share = zip(*rows) if rows else ((), (), ())
    return Slots(np.array(value, float), np.array(weight, np.int64), np.array(share, float))


def one_value(value: float) -> tuple[float, int, float]:
    """A slot that holds a plain value."""
    return value, -1, 1.0


def effect_bounds(weight: Weight, baseline: Array, low: Array, high: Array) -> tuple[Array, Array]:
    """Bounds (draws,) of an effect under baselines (draws, variables): it may not pass the bound it heads for."""
    lowest = np.full(baseline.shape[0], weight.low)
    highest = np.full(baseline.shape[0], weight.high)
    for d in weight.reach:
        lowest = np.maximum(lowest, low[d] - baseline[:, d])
        highest = np.minimum(highest, high[d] - baseline[:, d])
    return lowest, highest


def central(weights: tuple[Weight, ...], baseline: Slots, low: Array, high: Array) -> Array:
    """Medians of all weights, (1, weights); effects are truncated at the median baselines."""
    theta = np.zeros((1, len(weights)))
    for i, w in enumerate(weights):
        if not w.reach:
            theta[0, i] = w.quantity.central(w.low, w.high)
    mu = baseline.of(theta)
    for i, w in enumerate(weights):
        if w.reach:
            lowest, highest = effect_bounds(w, mu, low, high)
            theta[0, i] = w.quantity.central(float(lowest[0]), float(highest[0]))
    return theta


def mass_faults(weights: tuple[Weight, ...], baseline: Slots, low: Array, high: Array) -> list[Problem]:
    """Problems of weights with less than half of their mass inside their domain, at the median baselines."""
    faults = []
    first = np.zeros((1, len(weights)))
    for i, w in enumerate(weights):
        if not w.reach:
            mass = w.quantity.mass(w.low, w.high)
            if mass < 0.5:
                faults.append(_mass_fault(w, mass, w.low, w.high))
            else:
                first[0, i] = w.quantity.central(w.low, w.high)
    if faults:
        return faults
    mu = baseline.of(first)
    for w in weights:
        if w.reach:
            lowest, highest = (float(b[0]) for b in effect_bounds(w, mu, low, high))
            mass = w.quantity.mass(lowest, highest) if lowest < highest else 0.0
            if mass < 0.5:
                hint = smaller_effect(w.path, w.quantity, lowest, highest)
                faults.append(_mass_fault(w, mass, lowest, highest, hint))
    return faults


def smaller_effect(path: str, effect: Quantity, lowest: float, highest: float) -> str:
    """A line with an effect that stays inside what the baseline leaves up to the bounds, doubted where this one is."""
    value = (lowest if effect.central() < 0 else highest) / 2
    *keys, last = path.split("/")
    line = f"{last}: {value:.2g}" if effect.certain else f"{last}: {value:.2g} ± {abs(value) * 0.4:.1g}"
    for key in reversed(keys):
        line = f"{key}: {{{line}}}"
    return line


def _mass_fault(w: Weight, mass: float, low: float, high: float, hint: str = "") -> Problem:
    low = max(low, w.quantity.domain[0])
    high = min(high, w.quantity.domain[1])
    return Problem(
        w.path,
        f"'{w.quantity.text}' has {100 * mass:.0f} % of its mass between {low:g} and {high:g}, where this number "
        "must lie; at least half was expected",
        hint=hint,
    )


def draw_weights(
    weights: tuple[Weight, ...],
    baseline: Slots,
    low: Array,
    high: Array,
    seed: int,
    draws: Index,
    attempts: Index,
    copula: Copula = NO_COPULA,
) -> Array:
    """Draws (draws, weights) by inverse CDF; a family that reaches outside its domain is truncated.

    Draw j is draw j however many are taken and whatever other weights exist; those of a correlated group depend on
    each other and on no weight outside it.
    """
    u = drawn_uniforms(weights, seed, draws, attempts, copula)
    return values(weights, baseline, low, high, u)


def drawn_uniforms(
    weights: tuple[Weight, ...], seed: int, draws: Index, attempts: Index, copula: Copula = NO_COPULA
) -> Array:
    """Uniforms (draws, weights) that weights are drawn from, with the copula's dependence."""
    streams = stream_keys(Purpose.WEIGHT, [*(w.path for w in weights), *copula.fixed])
    return correlated(weight_uniforms(seed, streams, draws, attempts), copula)


def values(weights: tuple[Weight, ...], baseline: Slots, low: Array, high: Array, u: Array) -> Array:
    """Weights (draws, weights) at the quantiles ``u`` (draws, weights) of their truncated families."""
    scores = normal_scores(u)
    return _inverted(weights, baseline, low, high, u, Quantity.ppf, scores)


def values_at_scores(weights: tuple[Weight, ...], baseline: Slots, low: Array, high: Array, z: Array) -> Array:
    """Weights (draws, weights) at standard normal scores ``z`` (draws, weights) of their truncated families."""
    return _inverted(weights, baseline, low, high, z, Quantity.at_score)


def _inverted(
    weights: tuple[Weight, ...],
    baseline: Slots,
    low: Array,
    high: Array,
    at: Array,
    inverse: Callable[..., Array],
    *known: Array,
) -> Array:
    """Effects come last: how far they may reach hangs on the baselines."""
    theta = np.zeros_like(at)
    for i, w in enumerate(weights):
        if not w.reach:
            theta[:, i] = inverse(w.quantity, at[:, i], w.low, w.high, *(x[:, i] for x in known))
    mu = baseline.of(theta)
    for i, w in enumerate(weights):
        if w.reach:
            lowest, highest = effect_bounds(w, mu, low, high)
            theta[:, i] = inverse(w.quantity, at[:, i], lowest, highest, *(x[:, i] for x in known))
    return theta
