"""Runs whose questions have resolved → their scores. Floor 5; imports ``scoring``, ``result``, ``scenario``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from relsim.errors import InputError, suggestion
from relsim.result import Forecast
from relsim.result.scores import Mean, NumberScore, OpenQuestion, QuestionScore, Reference, Scores, Total
from relsim.scenario import Resolved, Scenario
from relsim.scoring import questions as scoring

_COIN = 0.5


@dataclass(frozen=True)
class Resolvable:
    """A finished run and what came true.

    Attributes
    ----------
    values : (paths, Q) the quantities on every path, NaN where undefined; None where none has resolved
    """

    name: str
    forecast: Forecast
    scenario: Scenario
    values: NDArray[np.float64] | None
    resolution: Mapping[str, Resolved]


def score(runs: Sequence[Resolvable], only: Collection[str] = ()) -> Scores:
    """Scores of every question that resolved, and of all together.

    Parameters
    ----------
    only : names of outcomes and quantities; all where empty

    Raises
    ------
    InputError
        If no run asks what ``only`` names.
    RunError
        If a number is to be scored and the library for it is missing.
    """
    asked = [(run, name, title) for run in runs for name, title in _asked(run).items()]
    for name in only:
        known = [asks for _, asks, _ in asked]
        if name not in known:
            raise InputError(f"no run asks '{name}'; {suggestion(name, known)}".rstrip("; "))
    asked = [question for question in asked if not only or question[1] in only]
    settled = [(run, name, title, run.resolution[name]) for run, name, title in asked if name in run.resolution]
    resolved = [(run, name, title, what) for run, name, title, what in settled if what.void is None]
    questions = tuple(_question(run, n, t, what) for run, n, t, what in resolved if n in run.forecast.outcomes)
    return Scores(
        questions=questions,
        numbers=tuple(_number(run, n, t, what) for run, n, t, what in resolved if n in run.forecast.quantities),
        void=tuple(OpenQuestion(run.name, n, t, what.void) for run, n, t, what in settled if what.void is not None),
        unresolved=tuple(OpenQuestion(run.name, n, t, None) for run, n, t in asked if n not in run.resolution),
        void_rate=1 - len(resolved) / len(settled) if settled else None,
        total=total_of(questions) if questions else None,
    )


def _asked(run: Resolvable) -> dict[str, str]:
    """Outcomes, and the quantities that somebody has resolved: few quantities are questions to be settled."""
    outcomes = {name: outcome.title or name for name, outcome in run.forecast.outcomes.items()}
    measures = run.scenario.quantities
    return outcomes | {
        name: measures[name].title or name for name in run.forecast.quantities if name in run.resolution
    }


def _question(run: Resolvable, name: str, title: str, what: Resolved) -> QuestionScore:
    outcome = run.forecast.outcomes[name]
    p, true = outcome.probability, bool(what.value)
    base = run.scenario.outcomes[name].base_rate
    rate = base.central() if base is not None else None
    return QuestionScore(
        run=run.name,
        name=name,
        title=title,
        probability=p,
        came_true=true,
        on=what.on,
        brier=scoring.brier(p, true),
        log=scoring.log_score(p, true, run.forecast.paths),
        date_score=_date_score(run.forecast, name, true, what.on),
        base_rate=rate,
        base_brier=None if rate is None else scoring.brier(rate, true),
    )


def _date_score(forecast: Forecast, name: str, true: bool, on: date | None) -> float | None:
    if true and on is None:
        return None
    day = (on - forecast.start).days + 1 if true and on is not None else None
    return scoring.date_score(forecast.outcomes[name].cumulative.probability, day)


def _number(run: Resolvable, name: str, title: str, what: Resolved) -> NumberScore:
    assert run.values is not None
    sample = run.values[:, list(run.forecast.quantities).index(name)]
    sample = sample[~np.isnan(sample)]
    value = float(what.value or 0.0)
    return NumberScore(
        run=run.name,
        name=name,
        title=title,
        mean=run.forecast.quantities[name].mean,
        value=value,
        crps=scoring.number_score(sample, value),
        below=float((sample < value).mean()),
    )


def total_of(questions: Sequence[QuestionScore]) -> Total:
    """All questions together, against the references."""
    cluster = _clusters(questions)
    agreement = scoring.calibration([q.probability for q in questions], [q.came_true for q in questions])
    stated = [q for q in questions if q.base_brier is not None]
    return Total(
        n=len(questions),
        true=sum(q.came_true for q in questions),
        runs=len(set(cluster)),
        brier=_mean([q.brier for q in questions], cluster),
        log=_mean([q.log for q in questions], cluster),
        expected_brier=agreement.expected,
        z=agreement.z,
        coin=_against(questions, [scoring.brier(_COIN, q.came_true) for q in questions]),
        base_rate=_against(stated, [q.base_brier or 0.0 for q in stated]) if stated else None,
    )


def _mean(scores: Sequence[float], cluster: Sequence[int]) -> Mean:
    found = scoring.mean_score(scores, cluster)
    return Mean(found.mean, found.low, found.high)


def _against(questions: Sequence[QuestionScore], other: Sequence[float]) -> Reference:
    own = [q.brier for q in questions]
    skill = scoring.skill_score(own, other, _clusters(questions))
    return Reference(len(own), sum(own) / len(own), sum(other) / len(other), skill.value, skill.low, skill.high)


def _clusters(questions: Sequence[QuestionScore]) -> list[int]:
    """The number of each question's run."""
    runs = {name: i for i, name in enumerate(dict.fromkeys(q.run for q in questions))}
    return [runs[q.run] for q in questions]
