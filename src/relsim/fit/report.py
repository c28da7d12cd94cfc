"""Everything that a fit has to say, as values. Floor 4; imports the other modules of this room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from relsim.fit.ceilings import ceilings_of
from relsim.fit.criteria import Criteria, criteria_of
from relsim.fit.likelihood import Likelihood
from relsim.fit.mcmc import Diagnostics
from relsim.fit.noise import NoiseFactor
from relsim.fit.posterior import Posterior
from relsim.fit.residuals import Residuals, residuals_of
from relsim.fit.scores import Array
from relsim.fit.shares import Shares, shares_of
from relsim.fit.warnings import warnings_of
from relsim.fit.written import Written
from relsim.quantity import Quantity
from relsim.quantity.parse import DAYS_OF_UNIT
from relsim.result.plain import dump, plain

_WEEK = 7
_RANGE = (0.05, 0.5, 0.95)
_SHRUNK, _MOVED = 0.05, 0.25


@dataclass(frozen=True)
class Span:
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
    prior: Span
    posterior: Span
    score: Span
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
class Intensity:
    """Observed and expected events of one type by week."""

    observed: tuple[int, ...]
    expected: tuple[float, ...]


@dataclass(frozen=True)
class Sampler:
    """Diagnostics of the ensemble sampler: the worst of all weights."""

    steps: int
    acceptance: float
    autocorrelation: float
    rhat: float
    effective: float
    converged: bool


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
    pareto_k: float
    effective_draws: float
    sampler: Sampler | None
    weights: tuple[FittedWeight, ...]
    criteria: Criteria
    shares: tuple[Shares, ...]
    residuals: tuple[Residuals, ...]
    noise: dict[str, dict[str, float]]
    weeks: tuple[date, ...]
    intensity: dict[str, Intensity]
    unidentified: tuple[str, ...]
    warnings: tuple[str, ...]


def report_of(
    likelihood: Likelihood,
    posterior: Posterior,
    factor: NoiseFactor,
    written: Written,
    diagnostics: Diagnostics | None,
    unidentified: tuple[str, ...],
    reading_warnings: tuple[str, ...],
) -> FitReport:
    """Checks and summaries of a fit at its most probable weights."""
    model, record = likelihood.model, likelihood.record
    names = list(model.scenario.events)
    theta = posterior.scores.theta(posterior.mode.z[None])
    with likelihood.run(theta) as run:
        rates = np.concatenate([part for _, part in run.rates()])[:, :, 0]
        overdispersion = run.overdispersion[:, 0]
    days, scored = likelihood.days, likelihood.scored
    judged = [int(k) for k in np.flatnonzero(scored.any(axis=0))]
    residuals = tuple(
        residuals_of(
            names[k],
            [on for on, seen in zip(record.dates, scored[:, k], strict=True) if seen],
            days.counts[scored[:, k], k],
            rates[scored[:, k], k],
            days.left[scored[:, k], k],
            float(overdispersion[k]),
        )
        for k in judged
    )
    weights = fitted_weights(posterior)
    criteria = criteria_of(likelihood, posterior)
    return FitReport(
        scenario=model.scenario.title,
        start=record.first,
        end=record.last,
        days=len(record.counts),
        scored=int(scored.sum()),
        events=int(days.counts[scored].sum()),
        method=posterior.method,
        pareto_k=posterior.shape,
        effective_draws=posterior.effective,
        sampler=None if diagnostics is None else _sampler(diagnostics),
        weights=weights,
        criteria=criteria,
        shares=tuple(shares_of(likelihood, theta)),
        residuals=residuals,
        noise={
            names[k]: {"divided_by": float(factor.rate[k]), "at_most": float(factor.most[k])}
            for k in judged
            if factor.most[k] > 1 + 1e-9
        },
        weeks=tuple(record.dates[::_WEEK]),
        intensity={names[k]: _by_week(days.counts[:, k], rates[:, k], scored[:, k]) for k in judged},
        unidentified=unidentified,
        warnings=(
            *reading_warnings,
            *posterior.warnings,
            *ceilings_of(likelihood, rates),
            *warnings_of(likelihood, written, weights, residuals, unidentified),
        ),
    )


def report_json(report: FitReport) -> str:
    """``fit.json``: one line; the same fit gives the same bytes."""
    return dump(plain(report)) + "\n"


def fitted_weights(posterior: Posterior) -> tuple[FittedWeight, ...]:
    """Priors and posteriors of all fitted weights, in file order."""
    scores = posterior.scores
    spans = posterior.quantiles(_RANGE)
    mean = posterior.weight @ posterior.z
    spread = np.sqrt(posterior.weight @ (posterior.z - mean) ** 2)
    values = scores.theta(
        np.repeat(np.array([-1.6448536269514722, 0, 1.6448536269514722])[:, None], len(spans), axis=1)
    )
    after = scores.theta(spans.T)
    out = []
    for p, i in enumerate(scores.free):
        quantity = scores.model.weights[i].quantity
        unit, per = unit_of(quantity)
        out.append(
            FittedWeight(
                path=scores.model.weights[i].path,
                unit=unit,
                prior=_span(values[:, i] / per),
                posterior=_span(after[:, i] / per),
                score=_span(spans[p]),
                shrinkage=float(1 - spread[p]),
            )
        )
    return tuple(out)


def unit_of(quantity: Quantity) -> tuple[str, float]:
    """The unit that a number was written in, and what one of it is in base units."""
    if not quantity.unit:
        return "", 1.0
    *per, name = quantity.unit.split()
    days = DAYS_OF_UNIT[name if name in DAYS_OF_UNIT else name.removesuffix("s")]
    return quantity.unit, 1 / days if per else days


def _span(values: Array) -> Span:
    return Span(*map(float, values))


def _by_week(counts: NDArray[np.int64], rates: Array, scored: NDArray[np.bool_]) -> Intensity:
    first = np.arange(0, len(counts), _WEEK)
    return Intensity(
        tuple(np.add.reduceat(np.where(scored, counts, 0), first).tolist()),
        tuple(np.add.reduceat(np.where(scored, rates, 0.0), first).tolist()),
    )


def _sampler(found: Diagnostics) -> Sampler:
    return Sampler(
        found.steps,
        found.acceptance,
        float(found.autocorrelation.max()),
        float(found.rhat.max()),
        float(found.effective.min()),
        found.converged,
    )
