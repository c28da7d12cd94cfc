"""Runs whose questions have resolved → their scores. Floor 5; imports ``scoring``, ``result``, ``outcomes``.

``totals`` counts each question once, however often it was asked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from relsim.errors import InputError, suggestion
from relsim.result import Forecast
from relsim.result.scores import ForecastScore, NumberScore, OpenQuestion, Scores
from relsim.scenario import Count, Days, Reading, Resolved, Scenario
from relsim.score.against import against
from relsim.score.totals import (
    Key,
    answers_of,
    by_question,
    forecast_score,
    grouped,
    mean_where_said,
    settled,
    total_of,
)
from relsim.scoring import question_scores as scoring
from relsim.scoring.open_days import days_standing


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


@dataclass(frozen=True)
class _Asked:
    """A question as one run asks it."""

    run: Resolvable
    key: Key
    title: str

    @property
    def name(self) -> str:
        return self.key[1]


def score(runs: Sequence[Resolvable], only: Collection[str] = (), reference: str | None = None) -> Scores:
    """Scores of every question that resolved, and of all together.

    Parameters
    ----------
    only : names of outcomes and quantities; all where empty
    reference : ``crowd`` or ``base``, against which all are scored too

    Raises
    ------
    InputError
        If no run asks what ``only`` names, or two runs say differently how a question resolved.
    RunError
        If a number is to be scored and the library for it is missing.
    """
    asked = [question for run in runs for question in _asked(run)]
    for name in only:
        known = [one.name for one in asked]
        if name not in known:
            raise InputError(f"no run asks '{name}'; {suggestion(name, known)}".rstrip("; "))
    asked = [one for one in asked if not only or one.name in only]
    answers = answers_of((one.key, one.run.name, one.run.resolution.get(one.name)) for one in asked)
    resolved = [(one, what) for one in asked if (what := answers.get(one.key)) and what.void is None]
    forecasts = [_forecast(one, what) for one, what in resolved if one.name in one.run.forecast.outcomes]
    questions, forecasts = by_question(forecasts)
    once = {one.key: one for one in reversed(asked)}
    asked_once = [once[key] for key in dict.fromkeys(one.key for one in asked)]
    void = [(one, what) for one in asked_once if (what := answers.get(one.key)) and what.void is not None]
    return Scores(
        questions=tuple(questions),
        forecasts=tuple(forecasts),
        numbers=tuple(_numbers([(o, what) for o, what in resolved if o.name in o.run.forecast.quantities])),
        void=tuple(OpenQuestion(one.run.name, one.name, one.title, what.void) for one, what in void),
        unresolved=tuple(OpenQuestion(o.run.name, o.name, o.title, None) for o in asked_once if o.key not in answers),
        void_rate=len(void) / len(answers) if answers else None,
        total=total_of(questions, forecasts) if questions else None,
        against=None if reference is None else against(questions, reference, len(void)),
    )


def due_days(scenario: Scenario) -> dict[str, date]:
    """The last day that bears on each outcome: the day after it, the question is due."""
    from relsim.model.axes import Axes
    from relsim.outcomes import compile_outcomes

    axes = Axes.of(scenario)
    return {name: axes.date(day) for name, day in compile_outcomes(scenario, axes).due.items()}


def _asked(run: Resolvable) -> list[_Asked]:
    """Outcomes, and the quantities that somebody has resolved: few quantities are questions to be settled."""
    title, end = run.forecast.scenario, run.scenario.end
    due = due_days(run.scenario)
    asked = [
        _Asked(run, (title, name, due[name]), outcome.title or name) for name, outcome in run.forecast.outcomes.items()
    ]
    for name in run.forecast.quantities:
        if name in run.resolution:
            measure = run.scenario.quantities[name]
            last = measure.of.last if isinstance(measure.of, Count | Days | Reading) else None
            asked.append(_Asked(run, (title, name, last or end), measure.title or name))
    return asked


def _forecast(asked: _Asked, what: Resolved) -> ForecastScore:
    run, name = asked.run, asked.name
    true = bool(what.value)
    base = run.scenario.outcomes[name].base_rate
    return forecast_score(
        run.name,
        asked.key,
        asked.title,
        run.scenario.known_to,
        run.forecast.outcomes[name].probability,
        run.forecast.paths,
        None if base is None else base.value,
        true,
        what.on,
        _date_score(run.forecast, name, true, what.on),
        run.scenario.outcomes[name].crowd,
    )


def _date_score(forecast: Forecast, name: str, true: bool, on: date | None) -> float | None:
    if true and on is None:
        return None
    day = (on - forecast.start).days + 1 if true and on is not None else None
    return scoring.date_score(forecast.outcomes[name].cumulative.probability, day)


def _numbers(resolved: Sequence[tuple[_Asked, Resolved]]) -> list[NumberScore]:
    out = []
    for group in grouped(resolved, lambda one: one[0].key):
        last, what = group[-1]
        shares, _ = days_standing([one.run.scenario.known_to for one, _ in group], settled(what.on, last.key[2]))
        scored = [(share, one, *_number(one, what)) for share, (one, what) in zip(shares.tolist(), group) if share]
        if scored:
            out.append(
                NumberScore(
                    scenario=last.key[0],
                    name=last.name,
                    title=last.title,
                    runs=tuple(one.run.name for _, one, _, _ in scored),
                    mean=mean_where_said([(s, one.run.forecast.quantities[one.name].mean) for s, one, _, _ in scored]),
                    value=float(what.value or 0.0),
                    crps=sum(share * crps for share, _, crps, _ in scored),
                    below=sum(share * below for share, _, _, below in scored),
                )
            )
    return out


def _number(asked: _Asked, what: Resolved) -> tuple[float, float]:
    """CRPS of a run's quantity, and the share of its paths below what came."""
    run = asked.run
    assert run.values is not None
    sample = run.values[:, list(run.forecast.quantities).index(asked.name)]
    sample = sample[~np.isnan(sample)]
    value = float(what.value or 0.0)
    return scoring.number_score(sample, value), float((sample < value).mean())
