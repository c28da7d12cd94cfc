"""A number that may be in doubt: its family and the family's distribution. Floor 1.

numpy and scipy are imported where arrays are asked for, so that reading a file needs neither.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]


_BELLS = ("normal", "lognormal", "logit_normal")
"""Families that a standard normal is transformed to."""
_LEAST_UNIFORM = 1e-15
"""Families that are no transformed normal are asked for no quantile nearer to 0 or 1."""


class Kind(Enum):
    """What a number is: its unit and its domain."""

    RATE = "rate"
    """Per day, 0 or more."""
    DURATION = "duration"
    """Days, above 0."""
    PROBABILITY = "probability"
    """0 to 1."""
    POSITIVE = "ratio"
    """A rate ratio or odds ratio, above 0."""
    NONNEGATIVE = "amount"
    """A spread, an excitation, an overdispersion: 0 or more."""
    REAL = "number"
    """Any sign."""

    @property
    def domain(self) -> tuple[float, float]:
        """Least and greatest value."""
        if self is Kind.PROBABILITY:
            return 0.0, 1.0
        return (-math.inf if self is Kind.REAL else 0.0), math.inf

    @property
    def positive(self) -> bool:
        """Whether doubt about such a number is lognormal."""
        return self not in (Kind.PROBABILITY, Kind.REAL)


@dataclass(frozen=True)
class Quantity:
    """A number of the file, in base units.

    Attributes
    ----------
    family : ``certain``, ``normal``, ``lognormal``, ``logit_normal``, ``beta``, ``uniform``, ``triangular``,
        ``choice``
    parameters : certain (value), normal (mean, sd), lognormal (median, sigma), logit_normal (median, sigma),
        beta (alpha, beta, scale), uniform (low, high), triangular (low, mode, high),
        choice (value, weight, …; values rising)
    kind : what the number is; the family is truncated to its domain
    text : as written
    unit : as written, empty where there is none
    in_all : written as ``in_all``, to be split over the members of a set
    """

    family: str
    parameters: tuple[float, ...]
    kind: Kind
    text: str
    unit: str = ""
    source: str | None = None
    note: str | None = None
    in_all: bool = False

    @property
    def certain(self) -> bool:
        """Whether there is no doubt about it."""
        return self.family == "certain"

    @property
    def domain(self) -> tuple[float, float]:
        """Least and greatest value of its kind."""
        return self.kind.domain

    def central(self, low: float = -math.inf, high: float = math.inf) -> float:
        """The value, or the median of the family truncated to [low, high] and the domain."""
        if self.family == "certain":
            return self.parameters[0]
        low, high = self._bounds(low, high)
        if self.family in _BELLS:
            from statistics import NormalDist

            standard = NormalDist()
            a, b = self._cdf(low), self._cdf(high)
            p = (a + b) / 2
            z = standard.inv_cdf(p) if 0 < p < 1 and (a > 0 or b < 1) else 0.0
            return min(max(float(self._from_normal(z)), low), high)
        return float(self.ppf(0.5, low, high))

    def ppf(
        self, u: ArrayLike, low: ArrayLike = -math.inf, high: ArrayLike = math.inf, scores: Array | None = None
    ) -> Array:
        """Inverse distribution function of the family truncated to [low, high] and the domain.

        Parameters
        ----------
        u : array, in (0, 1)
        low, high : arrays broadcasting with ``u``, in base units
        scores : standard normal quantiles of ``u``, where known: those of many numbers are found faster at once

        Returns
        -------
        array of the broadcast shape, in base units
        """
        import numpy as np

        u = np.asarray(u, float)
        least, most = self.domain
        lower = np.maximum(np.asarray(low, float), least)
        upper = np.minimum(np.asarray(high, float), most)
        u, lower, upper = np.broadcast_arrays(u, lower, upper)
        if self.family == "certain":
            return np.full(u.shape, self.parameters[0])
        if self.family == "choice":
            values, weights = np.array(self.parameters[::2]), np.array(self.parameters[1::2])
            inside = (values >= lower[..., None]) & (values <= upper[..., None])
            steps = np.cumsum(weights * inside, axis=-1)
            at = (u[..., None] * steps[..., -1:] > steps).sum(axis=-1)
            return np.asarray(values[np.minimum(at, values.size - 1)])
        a, b = self._cdfs(lower), self._cdfs(upper)
        if scores is not None and self.family in _BELLS and not a.any() and (b == 1).all():
            return np.asarray(np.clip(self._from_normal(scores), lower, upper))
        return np.clip(self._inverse(a + u * (b - a)), lower, upper)

    def at_score(self, z: ArrayLike, low: ArrayLike = -math.inf, high: ArrayLike = math.inf) -> Array:
        """The value at a standard normal score: ``ppf(Φ(z))``, with full precision however far out the score lies.

        Parameters
        ----------
        z, low, high : arrays broadcasting with each other
        """
        import numpy as np
        from scipy.special import ndtr, ndtri

        z = np.asarray(z, float)
        if self.family not in _BELLS:
            return self.ppf(np.clip(ndtr(z), _LEAST_UNIFORM, 1 - _LEAST_UNIFORM), low, high)
        least, most = self.domain
        lower = np.maximum(np.asarray(low, float), least)
        upper = np.minimum(np.asarray(high, float), most)
        z, lower, upper = np.broadcast_arrays(z, lower, upper)
        below, above = self._cdfs(lower), 1 - self._cdfs(upper)
        whole = (below == 0) & (above == 0)
        inside = 1 - below - above
        from_below = ndtri(below + ndtr(np.minimum(z, 0)) * inside)
        from_above = -ndtri(above + ndtr(-np.maximum(z, 0)) * inside)
        score = np.where(whole, z, np.where(z < 0, from_below, from_above))
        return np.asarray(np.clip(self._from_normal(score), lower, upper))

    def mass(self, low: float = -math.inf, high: float = math.inf) -> float:
        """Probability of [low, high] and the domain under the untruncated family."""
        low, high = self._bounds(low, high)
        if low > high:
            return 0.0
        if self.family == "certain":
            return float(low <= self.parameters[0] <= high)
        if self.family == "choice":
            pairs = list(zip(self.parameters[::2], self.parameters[1::2], strict=True))
            return sum(w for v, w in pairs if low <= v <= high) / sum(w for _, w in pairs)
        return self._cdf(high) - self._cdf(low)

    def sf(self, x: ArrayLike) -> Array:
        """P(X > x) elementwise, X truncated to the domain."""
        import numpy as np

        x = np.asarray(x, float)
        if self.family == "certain":
            return (x < self.parameters[0]).astype(float)
        low, high = self.domain
        if self.family == "choice":
            values, weights = np.array(self.parameters[::2]), np.array(self.parameters[1::2])
            weights = weights * ((values >= low) & (values <= high))
            return np.asarray(((values > x[..., None]) * weights).sum(axis=-1) / weights.sum())
        a, b = self._cdf(low), self._cdf(high)
        return np.clip((b - self._cdfs(np.clip(x, low, high))) / (b - a), 0.0, 1.0)

    def standing(self, x: float) -> float:
        """How far ``x`` lies from the median in standard deviations, the family stretched to a standard normal."""
        if self.family in _BELLS:
            return float(self._to_normal(x))
        from statistics import NormalDist

        below = 1 - float(self.sf(x))
        return NormalDist().inv_cdf(min(max(below, 1e-12), 1 - 1e-12))

    def mean(self) -> float:
        """Mean of the family truncated to the domain."""
        p = self.parameters
        if self.family == "certain":
            return p[0]
        if self.mass() >= 1 - 1e-15:
            if self.family == "normal":
                return p[0]
            if self.family == "lognormal":
                return p[0] * math.exp(p[1] ** 2 / 2)
            if self.family == "beta":
                return p[2] * p[0] / (p[0] + p[1])
            if self.family in ("uniform", "triangular"):
                return sum(p) / len(p)
            if self.family == "choice":
                return sum(v * w for v, w in zip(p[::2], p[1::2], strict=True)) / sum(p[1::2])
        import numpy as np

        n = 200_000
        return float(self.ppf((np.arange(n) + 0.5) / n).mean())

    def _bounds(self, low: float, high: float) -> tuple[float, float]:
        least, most = self.domain
        return max(low, least), min(high, most)

    def _from_normal(self, z: Any) -> Any:
        """Values of a family made from a standard normal; ``z`` may be an array."""
        centre, spread = self.parameters
        if self.family == "normal":
            return centre + spread * z
        if isinstance(z, float):
            if self.family == "lognormal":
                return centre * math.exp(spread * z)
            return 1 / (1 + math.exp(-(math.log(centre / (1 - centre)) + spread * z)))
        import numpy as np

        if self.family == "lognormal":
            return centre * np.exp(spread * z)
        return 1 / (1 + np.exp(-(math.log(centre / (1 - centre)) + spread * z)))

    def _to_normal(self, x: float) -> float:
        centre, spread = self.parameters
        if self.family == "normal":
            return (x - centre) / spread
        if self.family == "lognormal":
            return math.log(x / centre) / spread if 0 < x < math.inf else math.inf if x > 0 else -math.inf
        if not 0 < x < 1:
            return math.inf if x >= 1 else -math.inf
        return (math.log(x / (1 - x)) - math.log(centre / (1 - centre))) / spread

    def _cdf(self, x: float) -> float:
        """P(X ≤ x) under the untruncated family, one value."""
        p = self.parameters
        if self.family in _BELLS:
            return 0.5 * math.erfc(-self._to_normal(x) / math.sqrt(2))
        if self.family == "beta":
            if not 0 < x < p[2]:
                return float(x >= p[2])
            from scipy.special import betainc

            return float(betainc(p[0], p[1], x / p[2]))
        low, high = p[0], p[-1]
        if not low < x < high:
            return float(x >= high)
        if self.family == "uniform":
            return (x - low) / (high - low)
        mode = p[1]
        if x <= mode:
            return (x - low) ** 2 / ((high - low) * (mode - low))
        return 1 - (high - x) ** 2 / ((high - low) * (high - mode))

    def _cdfs(self, x: Array) -> Array:
        """``_cdf`` of an array; an array of one repeated value is asked once."""
        import numpy as np

        if x.size == 0 or (x == x.flat[0]).all():
            return np.full(x.shape, self._cdf(float(x.flat[0])) if x.size else 0.0)
        if self.family == "beta":
            from scipy.special import betainc

            return np.asarray(betainc(self.parameters[0], self.parameters[1], np.clip(x / self.parameters[2], 0, 1)))
        return np.array([self._cdf(v) for v in x.ravel().tolist()]).reshape(x.shape)

    def _inverse(self, u: Array) -> Array:
        """Inverse of ``_cdf`` of an array."""
        import numpy as np

        from relsim.quantiles import beta_quantiles, normal_scores

        p = self.parameters
        if self.family in _BELLS:
            return np.asarray(self._from_normal(normal_scores(u)))
        if self.family == "beta":
            return np.asarray(p[2] * beta_quantiles(p[0], p[1], u))
        low, high = p[0], p[-1]
        if self.family == "uniform":
            return low + u * (high - low)
        mode = p[1]
        rising = low + np.sqrt(u * (high - low) * (mode - low))
        falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
        return np.where(u * (high - low) <= mode - low, rising, falling)
