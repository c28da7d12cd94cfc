"""What a fit reports, and its JSON. Floor 2; standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from relsim.result.json_text import Undefined, dump, plain

_SHRUNK, _MOVED = 0.05, 0.25


@dataclass(frozen=True)
class Percentiles:
    """5th, 50th and 95th percentile."""

    low: float
    median: float
    high: float


@dataclass(frozen=True)
class FittedWeight:
    """One weight before and after, in the unit of the file.

    Attributes
    ----------
    unit : as the file writes it, empty where there is none
    posterior : as counted, before rates are corrected for noise that nobody saw
    score : 5th, 50th and 95th percentile in standard deviations of the prior from its median
    shrinkage : 1 − (posterior's over prior's standard deviation of the score): 0 where the record is silent
    """

    path: str
    unit: str
    prior: Percentiles
    posterior: Percentiles
    score: Percentiles
    shrinkage: float

    @property
    def informed(self) -> bool:
        """Whether the record moved or narrowed it at all: by a quarter of a standard deviation, or a twentieth."""
        return self.shrinkage >= _SHRUNK or abs(self.score.median) >= _MOVED

    def shown(self, most: int) -> str:
        """The path in at most so many characters; what is left out stands in its middle."""
        short = self.path.removeprefix("events/")
        if len(short) <= most:
            return short
        first, _, rest = short.partition("/")
        room = most - len(first) - 2
        return f"{first}/…{rest[-room:]}" if room > 8 else f"…{short[1 - most :]}"


@dataclass(frozen=True)
class Sampler:
    """Diagnostics of the ensemble sampler: the worst of all weights."""

    steps: int
    acceptance: float
    autocorrelation: Undefined
    rhat: Undefined
    effective: Undefined
    converged: bool


@dataclass(frozen=True)
class Criteria:
    """Smaller is better; all in units of −2 log-likelihood.

    Attributes
    ----------
    log_likelihood : at the most probable weights
    aic : −2 log-likelihood + 2 P, P the weights fitted (priors are not counted as data, nor against P)
    bic : −2 log-likelihood + P log n, n the counts scored (day by event type)
    waic : −2 (log pointwise predictive density − effective parameters), pointwise over the same counts (Watanabe 2010,
        Journal of Machine Learning Research 11; Gelman, Hwang & Vehtari 2014, doi:10.1007/s11222-013-9416-2)
    effective_weights : how many weights the record itself had to settle, the p of WAIC
    counts : n
    """

    log_likelihood: float
    aic: float
    bic: float
    waic: Undefined
    effective_weights: Undefined
    counts: int


@dataclass(frozen=True)
class Shares:
    """Of one event type's expected events on its scored days.

    Attributes
    ----------
    unprompted : share that came unprompted
    sources : by event type, the share that its events brought on, largest first
    """

    event: str
    unprompted: float
    sources: Mapping[str, float]


@dataclass(frozen=True)
class Uniformity:
    """A Kolmogorov–Smirnov check.

    Attributes
    ----------
    n : number of values; ``distance`` the largest to the uniform distribution, ``p`` its p-value
    shares : share of the values up to 0, 0.01 … 1
    """

    n: int
    distance: float
    p: float
    shares: tuple[float, ...]


@dataclass(frozen=True)
class PeriodResidual:
    """Observed and expected events of some days, and how far apart they are as a normal score."""

    label: str
    observed: int
    expected: float
    z: float


@dataclass(frozen=True)
class Residuals:
    """Of one event type.

    Attributes
    ----------
    transform : of the daily counts
    rescaled : of the gaps in rescaled time; None for fewer than two events or an overdispersed type
    weekdays : Monday first
    stretches : of the record, in order
    dispersion : mean squared Pearson residual, 1 under the model, and its distance from 1 in standard deviations
    """

    event: str
    observed: int
    expected: float
    transform: Uniformity
    rescaled: Uniformity | None
    weekdays: tuple[PeriodResidual, ...]
    stretches: tuple[PeriodResidual, ...]
    dispersion: float
    dispersion_z: float


@dataclass(frozen=True)
class Intensity:
    """Observed and expected events of one type by week."""

    observed: tuple[int, ...]
    expected: tuple[float, ...]


@dataclass(frozen=True)
class NoiseCorrection:
    """What a fitted rate was divided by for noise that nobody saw, and the bound on it."""

    divided_by: float
    at_most: float


@dataclass(frozen=True)
class FitReport:
    """A finished fit.

    Attributes
    ----------
    days : of the record; ``scored`` counts (day by event type) are evidence
    method : ``importance``: a normal at the mode corrected by importance sampling; ``laplace``: that normal as it is;
        ``mcmc``
    pareto_k : shape of the importance weights' tail, trusted up to 0.7
    effective_draws : independent draws that those of the posterior are worth
    noise : by event type, what its fitted rate was divided by, where that is not 1; and the bound on it
    weeks : first days of the weeks of ``intensity``
    unidentified : weights that no event of the record hangs on; they stay as they are
    """

    scenario: str
    start: date
    end: date
    days: int
    scored: int
    events: int
    method: str
    pareto_k: Undefined
    effective_draws: float
    sampler: Sampler | None
    weights: tuple[FittedWeight, ...]
    criteria: Criteria
    shares: tuple[Shares, ...]
    residuals: tuple[Residuals, ...]
    noise: Mapping[str, NoiseCorrection]
    weeks: tuple[date, ...]
    intensity: Mapping[str, Intensity]
    unidentified: tuple[str, ...]
    warnings: tuple[str, ...]

    def to_json(self) -> str:
        """The text of ``fit.json``: one line; the same fit gives the same bytes."""
        return dump(plain(self)) + "\n"


@dataclass(frozen=True)
class EventLikelihood:
    """One event type; the log-likelihood is None where its counts are impossible."""

    log_likelihood: float | None
    days: int
    """On which its count is evidence."""
    observed: int


@dataclass(frozen=True)
class FitEvaluation:
    """The log-likelihood at the medians of all weights; None where the record is impossible."""

    scenario: str
    start: date
    end: date
    days: int
    log_likelihood: float | None
    events: Mapping[str, EventLikelihood]
    impossible: tuple[str, ...]

    def to_json(self) -> str:
        """One line; the same evaluation gives the same bytes."""
        return dump(plain(self)) + "\n"
