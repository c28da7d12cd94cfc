"""Forecasts against what others said of the same questions, paired. Floor 5; imports ``scoring``."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from relsim.errors import InputError
from relsim.result.scores import Against, PairedScore, QuestionScore
from relsim.score.totals import numbered
from relsim.scoring import question_scores as scoring

CROWD, BASE = "crowd", "base"
_LEAST = 1e-4
"""What a reference that says 0 or 1 is taken to say, so that its log score is finite."""
_ALIKE = 0.8
"""Share of the words of two titles that are the same, from which on they ask nearly the same…"""
_NEAR = 31
"""… where they are due within so many days of each other."""


def against(questions: Sequence[QuestionScore], reference: str, void: int) -> Against:
    """Paired differences of Brier and log scores to a reference's.

    Parameters
    ----------
    questions : scored, each once
    reference : ``crowd`` or ``base``
    void : number of questions that were voided

    Raises
    ------
    InputError
        If it says nothing of any of them.
    """
    stated = [(q, p) for q in questions if (p := said_of(q, reference)) is not None]
    if not stated:
        key = "crowd" if reference == CROWD else "base_rate"
        raise InputError(f"--against {reference}: none of {len(questions)} resolved questions states its '{key}'")
    kept = [q for q, _ in stated]
    copies = near_copies(kept)
    episodes = numbered(q.scenario for q in kept)
    brier = [scoring.brier(p, q.came_true) for q, p in stated]
    log = [_log(p, q.came_true) for q, p in stated]
    return Against(
        reference=reference,
        n=len(kept),
        true=sum(q.came_true for q in kept),
        without=len(questions) - len(kept),
        void=void,
        near_copies=len(kept) - len(set(copies)),
        episodes=len(set(episodes)),
        brier=_paired([q.brier for q in kept], brier, copies, episodes),
        log=_paired([q.log for q in kept], log, copies, episodes),
    )


def said_of(question: QuestionScore, reference: str) -> float | None:
    """The reference's probability of a question."""
    return question.crowd if reference == CROWD else question.base_rate


def near_copies(questions: Sequence[QuestionScore]) -> list[int]:
    """A number for each question, the same for those that ask nearly the same."""
    words = [frozenset(re.findall(r"\w+", q.title.lower())) for q in questions]
    group = list(range(len(questions)))
    for i, one in enumerate(questions):
        for j in range(i):
            other = questions[j]
            together = len(words[i] | words[j])
            alike = together > 0 and len(words[i] & words[j]) / together >= _ALIKE
            if alike and abs((one.due - other.due).days) <= _NEAR:
                old, new = group[i], group[j]
                group = [new if label == old else label for label in group]
    return group


def _log(p: float, came_true: bool) -> float:
    kept = min(max(p, _LEAST), 1 - _LEAST)
    return -math.log(kept if came_true else 1 - kept)


def _paired(
    own: Sequence[float], other: Sequence[float], copies: Sequence[int], episodes: Sequence[int]
) -> PairedScore:
    away = [a - b for a, b in zip(own, other, strict=True)]
    question, episode = _interval(away, copies), _interval(away, episodes)
    n = len(away)
    return PairedScore(sum(own) / n, sum(other) / n, sum(away) / n, *question, *episode)


def _interval(away: Sequence[float], clusters: Sequence[int]) -> tuple[float | None, float | None]:
    """95 % interval of a mean, clusters resampled whole; none of a single one."""
    if len(set(clusters)) < 2:
        return None, None
    found = scoring.mean_score(away, clusters)
    return found.low, found.high
