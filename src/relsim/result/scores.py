"""What the scores of runs report, and their JSON. Floor 2; standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from relsim.result.json_text import json_lines


@dataclass(frozen=True)
class ForecastScore:
    """One forecast of an outcome that resolved.

    Attributes
    ----------
    known_to : last day that the forecast knew of
    due : last day that bears on the question
    date_score : CRPS of the date in days; None where it came true on a date that nobody gives
    base_rate, base_brier : how often such a thing came true before, as the scenario states it, and its Brier score
    share : of the days on which its question stood open; 0 where it knew the day on which that was settled
    crowd : what others thought of the question when they began to ask it
    """

    run: str
    scenario: str
    name: str
    title: str
    known_to: date
    due: date
    probability: float
    came_true: bool
    on: date | None
    brier: float
    log: float
    date_score: float | None
    base_rate: float | None
    base_brier: float | None
    share: float = 0.0
    crowd: float | None = None


@dataclass(frozen=True)
class QuestionScore:
    """One question that resolved: its numbers are means over the days on which it stood open.

    Attributes
    ----------
    runs : those that asked it and did not know the answer
    days : on which it stood open with a forecast
    """

    scenario: str
    name: str
    title: str
    due: date
    runs: tuple[str, ...]
    days: int
    probability: float
    came_true: bool
    on: date | None
    brier: float
    log: float
    date_score: float | None
    base_rate: float | None
    base_brier: float | None
    crowd: float | None = None


@dataclass(frozen=True)
class NumberScore:
    """One quantity that resolved, means over its forecasts as of a ``QuestionScore``.

    ``below`` is the share of paths below what came.
    """

    scenario: str
    name: str
    title: str
    runs: tuple[str, ...]
    mean: float | None
    value: float
    crps: float
    below: float


@dataclass(frozen=True)
class OpenQuestion:
    """An outcome or quantity without a score: void, with the reason, or not resolved (None)."""

    run: str
    name: str
    title: str
    void: str | None


@dataclass(frozen=True)
class Mean:
    """A mean over questions with its 95 % interval."""

    mean: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Reference:
    """Another forecast of the same ``n`` questions: its mean Brier score, that of the runs on these, and the skill.

    ``skill`` is 1 − brier / reference, over nothing but these questions; ``low`` to ``high`` is its 95 % interval, from
    resampling the pairs of scores, by ``resampled`` as of a ``Total``; None where there are too few to say.
    """

    n: int
    brier: float
    reference: float
    skill: float | None
    low: float | None
    high: float | None
    resampled: str | None


@dataclass(frozen=True)
class Total:
    """All questions that resolved, each counted once.

    Attributes
    ----------
    n, true : questions, and those that came true
    runs : runs that asked them
    episodes : scenarios that they come from
    resampled : ``questions`` or ``episodes``: what intervals resample; None of a single question, which has no interval
    expected_brier, z : what right probabilities would give, and how far off the actual is, in standard errors
    coin : against ½ for every question
    base_rate : against the stated base rates, where there are any
    """

    n: int
    true: int
    runs: int
    episodes: int
    resampled: str | None
    brier: Mean
    log: Mean
    expected_brier: float
    z: float | None
    coin: Reference
    base_rate: Reference | None


@dataclass(frozen=True)
class PairedScore:
    """A mean score of forecasts and of a reference on the same questions, and their difference.

    Attributes
    ----------
    own, reference : mean scores
    difference : own less the reference's; below zero the forecasts were better
    question_low, question_high : 95 % interval of the difference, near copies of one question resampled together
    episode_low, episode_high : the same, the questions of one scenario resampled together; None of one scenario
    """

    own: float
    reference: float
    difference: float
    question_low: float | None
    question_high: float | None
    episode_low: float | None
    episode_high: float | None


@dataclass(frozen=True)
class Against:
    """Forecasts against another's of the same questions.

    Attributes
    ----------
    reference : ``crowd`` or ``base``
    n, true : questions of which the reference says something, and those of them that came true
    without : resolved questions of which it says nothing, left out
    void : questions that were voided, left out
    near_copies : questions of the ``n`` beyond the first of each set that ask nearly the same
    episodes : scenarios that they come from
    """

    reference: str
    n: int
    true: int
    without: int
    void: int
    near_copies: int
    episodes: int
    brier: PairedScore
    log: PairedScore


@dataclass(frozen=True)
class Scores:
    """Scores of one or more runs; ``total`` is None where nothing resolved."""

    questions: tuple[QuestionScore, ...]
    forecasts: tuple[ForecastScore, ...]
    """All that were made of the questions, run by run."""
    numbers: tuple[NumberScore, ...]
    void: tuple[OpenQuestion, ...]
    unresolved: tuple[OpenQuestion, ...]
    void_rate: float | None
    """Share of the questions settled either way that are void."""
    total: Total | None
    against: Against | None = None
    """Against the crowd or the base rates, where that was asked."""

    def to_json(self) -> str:
        """The same scores give the same bytes."""
        return json_lines(self)
