"""Forecasts of questions that resolved → each question once, and all together. Floor 5.

A question asked again, in another run, variant or week, is one question: the same scenario title, outcome and due date.
A forecast of it stands from the day after the last one that it knew until the question is settled or due; a question's
score is the mean over the days on which any stood, on each of them the mean of those that did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from relsim.errors import InputError
from relsim.result.scores import ForecastScore, Mean, QuestionScore, Reference, Total
from relsim.scenario import Resolved
from relsim.scoring import question_scores as scoring
from relsim.scoring.open_days import days_standing

_COIN = 0.5
EPISODES = 10
"""Scenarios from which on these are resampled, their questions together, instead of single questions."""

Key = tuple[str, str, date]
"""A question: title of the scenario, name of the outcome or quantity, day on which it is due."""
T = TypeVar("T")


def answers_of(said: Iterable[tuple[Key, str, Resolved | None]]) -> dict[Key, Resolved]:
    """How each question resolved, of what is said of it by name of run; those of which nothing is said are left out.

    Raises
    ------
    InputError
        If one question is said to have resolved in two ways.
    """
    found: dict[Key, tuple[str, Resolved]] = {}
    for key, run, what in said:
        if what is None:
            continue
        by, first = found.setdefault(key, (run, what))
        if (first.value, first.void is None) != (what.value, what.void is None):
            raise InputError(
                f"'{key[1]}', due {key[2]}, is one question and has two answers: {_said(first)} in {by}, "
                f"{_said(what)} in {run}"
            )
        if first.on is None or (what.on is not None and what.on < first.on):
            found[key] = by, replace(first, on=what.on)
    return {key: what for key, (_, what) in found.items()}


def _said(what: Resolved) -> str:
    return "void" if what.void is not None else str(what.value).lower()


def forecast_score(
    run: str,
    key: Key,
    title: str,
    known_to: date,
    probability: float,
    paths: int,
    base_rate: float | None,
    came_true: bool,
    on: date | None,
    date_score: float | None = None,
    crowd: float | None = None,
) -> ForecastScore:
    """One forecast's scores; its share of the question's days is ``by_question``'s to say."""
    return ForecastScore(
        run=run,
        scenario=key[0],
        name=key[1],
        title=title,
        known_to=known_to,
        due=key[2],
        probability=probability,
        came_true=came_true,
        on=on,
        brier=scoring.brier(probability, came_true),
        log=scoring.log_score(probability, came_true, paths),
        date_score=date_score,
        base_rate=base_rate,
        base_brier=None if base_rate is None else scoring.brier(base_rate, came_true),
        crowd=crowd,
    )


def by_question(forecasts: Sequence[ForecastScore]) -> tuple[list[QuestionScore], list[ForecastScore]]:
    """Forecasts → the questions that they are of, each once, and the forecasts with their shares of its days.

    Questions of which every forecast knew the answer have no score.
    """
    questions, shared = [], []
    for group in grouped(forecasts, lambda f: (f.scenario, f.name, f.due)):
        first = group[0]
        shares, days = days_standing([f.known_to for f in group], settled(first.on, first.due))
        group = [replace(f, share=float(share)) for f, share in zip(group, shares)]
        shared += group
        group = [f for f in group if f.share > 0]
        if group:
            questions.append(_question(group, days))
    return questions, shared


def settled(on: date | None, due: date) -> date:
    """The last day on which a question stands open."""
    return due if on is None else min(on, due)


def grouped(items: Iterable[T], key: Callable[[T], Key]) -> list[list[T]]:
    """Items by question, in the order in which the questions first come."""
    found: dict[Key, list[T]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return list(found.values())


def _question(group: Sequence[ForecastScore], days: int) -> QuestionScore:
    last = group[-1]
    return QuestionScore(
        scenario=last.scenario,
        name=last.name,
        title=last.title,
        due=last.due,
        runs=tuple(f.run for f in group),
        days=days,
        probability=sum(f.share * f.probability for f in group),
        came_true=last.came_true,
        on=last.on,
        brier=sum(f.share * f.brier for f in group),
        log=sum(f.share * f.log for f in group),
        date_score=mean_where_said([(f.share, f.date_score) for f in group]),
        base_rate=mean_where_said([(f.share, f.base_rate) for f in group]),
        base_brier=mean_where_said([(f.share, f.base_brier) for f in group]),
        crowd=mean_where_said([(f.share, f.crowd) for f in group]),
    )


def mean_where_said(parts: Sequence[tuple[float, float | None]]) -> float | None:
    """Weighted mean of what is not None; None where all is."""
    said = [(share, value) for share, value in parts if value is not None]
    return sum(share * value for share, value in said) / sum(share for share, _ in said) if said else None


def total_of(questions: Sequence[QuestionScore], forecasts: Sequence[ForecastScore]) -> Total:
    """All questions together, against the references.

    Parameters
    ----------
    questions, forecasts : as ``by_question`` gives them; at least one question
    """
    forecasts = [f for f in forecasts if f.share > 0]
    units, resampled = _units(questions)
    agreement = scoring.calibration(
        [f.probability for f in forecasts],
        [f.came_true for f in forecasts],
        share=[f.share for f in forecasts],
        question=numbered((f.scenario, f.name, f.due) for f in forecasts),
        episode=numbered(f.scenario for f in forecasts) if resampled == "episodes" else None,
    )
    stated = [q for q in questions if q.base_brier is not None]
    return Total(
        n=len(questions),
        true=sum(q.came_true for q in questions),
        runs=len({f.run for f in forecasts}),
        episodes=len({q.scenario for q in questions}),
        resampled=resampled,
        brier=_mean([q.brier for q in questions], units),
        log=_mean([q.log for q in questions], units),
        expected_brier=agreement.expected,
        z=agreement.z,
        coin=_against(questions, [scoring.brier(_COIN, q.came_true) for q in questions]),
        base_rate=_against(stated, [q.base_brier or 0.0 for q in stated]) if stated else None,
    )


def _mean(scores: Sequence[float], units: Sequence[int]) -> Mean:
    found = scoring.mean_score(scores, units)
    return Mean(found.mean, found.low, found.high)


def _against(questions: Sequence[QuestionScore], other: Sequence[float]) -> Reference:
    own = [q.brier for q in questions]
    units, resampled = _units(questions)
    skill = scoring.skill_score(own, other, units)
    means = sum(own) / len(own), sum(other) / len(other)
    return Reference(len(own), *means, skill.value, skill.low, skill.high, resampled)


def _units(questions: Sequence[QuestionScore]) -> tuple[list[int], str | None]:
    """What is resampled whole, as a number for each question, and what it is called; None of a single question."""
    episodes = numbered(q.scenario for q in questions)
    if len(set(episodes)) >= EPISODES:
        return episodes, "episodes"
    return list(range(len(questions))), "questions" if len(questions) > 1 else None


def numbered(labels: Iterable[object]) -> list[int]:
    """A number for each label, equal ones the same."""
    numbers: dict[object, int] = {}
    return [numbers.setdefault(label, len(numbers)) for label in labels]
