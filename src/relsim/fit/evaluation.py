"""The log-likelihood of one weight vector, spelled out. Floor 4; imports ``likelihood``, ``posterior``."""

from __future__ import annotations

from relsim.fit.likelihood import Likelihood
from relsim.fit.posterior import impossible_events
from relsim.result.fit import EventLikelihood, FitEvaluation


def evaluate(likelihood: Likelihood) -> FitEvaluation:
    """Evaluate the medians of the weights."""
    model, days = likelihood.model, likelihood.days
    found = likelihood.by_event(model.medians)[0]
    total = float(found.sum())
    events = {
        name: EventLikelihood(
            _finite(float(found[k])), int(days.scored[:, k].sum()), int(days.counts[days.scored[:, k], k].sum())
        )
        for k, name in enumerate(model.scenario.events)
        if days.scored[:, k].any()
    }
    record = likelihood.record
    impossible = tuple(impossible_events(likelihood, model.medians))
    return FitEvaluation(
        model.scenario.title, record.first, record.last, len(record.counts), _finite(total), events, impossible
    )


def _finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None
