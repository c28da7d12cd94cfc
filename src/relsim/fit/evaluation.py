"""The log-likelihood of one weight vector, spelled out. Floor 4; imports ``likelihood``, ``posterior``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from relsim.fit.likelihood import Likelihood
from relsim.fit.posterior import impossible_events


@dataclass(frozen=True)
class OfEvent:
    """One event type; the log-likelihood is None where its counts are impossible."""

    log_likelihood: float | None
    days: int
    """On which its count is evidence."""
    observed: int


@dataclass(frozen=True)
class Evaluation:
    """The log-likelihood at the medians of all weights; None where the record is impossible."""

    scenario: str
    start: date
    end: date
    days: int
    log_likelihood: float | None
    events: dict[str, OfEvent]
    impossible: tuple[str, ...]


def evaluate(likelihood: Likelihood) -> Evaluation:
    """Evaluate the medians of the weights."""
    model, days = likelihood.model, likelihood.days
    found = likelihood.by_event(model.medians)[0]
    total = float(found.sum())
    events = {
        name: OfEvent(
            _finite(float(found[k])), int(days.scored[:, k].sum()), int(days.counts[days.scored[:, k], k].sum())
        )
        for k, name in enumerate(model.scenario.events)
        if days.scored[:, k].any()
    }
    record = likelihood.record
    impossible = tuple(impossible_events(likelihood, model.medians))
    return Evaluation(
        model.scenario.title, record.first, record.last, len(record.counts), _finite(total), events, impossible
    )


def _finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None
