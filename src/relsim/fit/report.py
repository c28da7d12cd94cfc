"""Everything that a fit has to say, as values. Floor 4; imports the other modules of this room."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relsim.fit.ceilings import ceilings_of
from relsim.fit.criteria import criteria_of
from relsim.fit.likelihood import Likelihood
from relsim.fit.mcmc import Diagnostics
from relsim.fit.noise import NoiseFactor
from relsim.fit.normal_scores import Array
from relsim.fit.posterior import Posterior
from relsim.fit.residuals import residuals_of
from relsim.fit.shares import shares_of
from relsim.fit.warnings import warnings_of
from relsim.fit.weights_file import Written
from relsim.quantity import Quantity
from relsim.quantity.parse import DAYS_OF_UNIT
from relsim.result.fit import FitReport, FittedWeight, Intensity, NoiseCorrection, Percentiles, Sampler

_WEEK = 7
_RANGE = (0.05, 0.5, 0.95)


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
            names[k]: NoiseCorrection(float(factor.rate[k]), float(factor.most[k]))
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


def _span(values: Array) -> Percentiles:
    return Percentiles(*map(float, values))


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
