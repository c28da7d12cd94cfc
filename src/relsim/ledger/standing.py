"""A ledger on a day: what is open and due, what came true, and how good the forecasts were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from relsim.ledger.lines import NO, VOID, YES, LedgerLine
from relsim.result.json_text import dump, plain
from relsim.result.scores import ForecastScore, OpenQuestion, QuestionScore, Scores, Total
from relsim.scenario import Resolved
from relsim.score.against import against
from relsim.score.totals import answers_of, by_question, forecast_score, total_of


@dataclass(frozen=True)
class Standing:
    """The lines that are open, due and not resolved, resolved, and void; the questions that are scored; the score.

    Attributes
    ----------
    late : lines entered after their due date, which are left out of questions and score
    void_rate : share of the questions settled either way that are void
    """

    today: date
    open: tuple[LedgerLine, ...]
    due: tuple[LedgerLine, ...]
    resolved: tuple[LedgerLine, ...]
    void: tuple[LedgerLine, ...]
    late: int
    questions: tuple[QuestionScore, ...]
    forecasts: tuple[ForecastScore, ...]
    total: Total | None
    void_rate: float | None

    def to_json(self) -> str:
        """The same ledger on the same day gives the same bytes."""
        return "{\n" + ",\n".join(f"{dump(key)}: {dump(value)}" for key, value in plain(self).items()) + "\n}\n"


def standing(lines: Sequence[LedgerLine], today: date, late: bool = False) -> Standing:
    """What is open, due, resolved and void on a day, and the score of what is resolved.

    A question that several lines ask has its answer in any of them.

    Parameters
    ----------
    late : score the lines too that were entered after their due date

    Raises
    ------
    InputError
        If two lines of one question have different answers.
    """
    answers = answers_of((line.question, line.run, _answer(line)) for line in lines)
    lines = [_answered(line, answers.get(line.question)) for line in lines]
    settled = [line for line in lines if line.resolved]
    counted = [line for line in settled if late or not line.late]
    questions, forecasts = by_question([_scored(line) for line in counted if line.resolved != VOID])
    void = {line.question for line in counted if line.resolved == VOID}
    asked = {line.question for line in counted}
    return Standing(
        today=today,
        open=tuple(line for line in lines if not line.resolved and line.due >= today),
        due=tuple(line for line in lines if not line.resolved and line.due < today),
        resolved=tuple(line for line in settled if line.resolved != VOID),
        void=tuple(line for line in settled if line.resolved == VOID),
        late=len(settled) - len(counted),
        questions=tuple(questions),
        forecasts=tuple(forecasts),
        total=total_of(questions, forecasts) if questions else None,
        void_rate=len(void) / len(asked) if asked else None,
    )


def _answer(line: LedgerLine) -> Resolved | None:
    if not line.resolved:
        return None
    void = line.resolved == VOID
    return Resolved(None if void else line.resolved == YES, line.on, line.note if void else None, line.source)


def _answered(line: LedgerLine, what: Resolved | None) -> LedgerLine:
    if what is None:
        return line
    resolved = VOID if what.void is not None else YES if what.value else NO
    return replace(line, resolved=resolved, on=what.on, note=line.note or what.void or "")


def _scored(line: LedgerLine) -> ForecastScore:
    # Where nobody says what it knew, it knew the days before it was entered; with neither, all but the last.
    known_to = line.known_to or (line.added or line.due) - timedelta(days=1)
    return forecast_score(
        line.run,
        line.question,
        line.title,
        known_to,
        line.probability,
        line.paths,
        line.base_rate,
        line.resolved == YES,
        line.on,
        crowd=line.crowd,
    )


def scores_of(state: Standing, reference: str | None = None) -> Scores:
    """The scores of a ledger's questions, as those of runs.

    Parameters
    ----------
    reference : as of ``score.score``

    Raises
    ------
    InputError
        If the reference says nothing of any question.
    """
    waiting = {line.question: line for line in (*state.due, *state.open)}
    void = {line.question: line for line in state.void}
    return Scores(
        questions=state.questions,
        forecasts=state.forecasts,
        numbers=(),
        void=tuple(OpenQuestion(x.run, x.outcome, x.title or x.outcome, x.note) for x in void.values()),
        unresolved=tuple(OpenQuestion(x.run, x.outcome, x.title or x.outcome, None) for x in waiting.values()),
        void_rate=state.void_rate,
        total=state.total,
        against=None if reference is None else against(state.questions, reference, len(void)),
    )
