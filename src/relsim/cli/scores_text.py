"""Scores and the ledger as text for the terminal. Floor 8."""

from __future__ import annotations

from collections.abc import Sequence

from relsim.cli.columns import WIDTH, aligned, counted, wrapped
from relsim.ledger import Line, Standing
from relsim.result import rounded
from relsim.result.scores import ForecastScore, Mean, QuestionScore, Reference, Scores, Total

_SURE = 2.0
"""Standard errors from which on the probabilities are said to have been off."""
_FEW = 20
"""Questions or episodes below which resampling makes intervals that hold the truth less often than they say."""


def scores_text(scores: Scores) -> str:
    """Questions, numbers, what has no score, and the whole; ends with a newline."""
    blocks = []
    if scores.questions:
        blocks.append(_questions(scores.questions))
    if scores.numbers:
        head = ("NUMBERS", "forecast", "came to", "CRPS", "paths below")
        rows = [
            (n.title, _figure(n.mean), _figure(n.value), _figure(n.crps), rounded(n.below, None, None))
            for n in scores.numbers
        ]
        blocks.append(aligned([head, *rows]))
    if scores.void:
        blocks.append(aligned([("VOID", "because"), *((q.title, q.void or "-") for q in scores.void)], left=(0, 1)))
    if scores.unresolved:
        blocks.append("NOT RESOLVED\n" + "\n".join(q.title for q in scores.unresolved))
    waiting = len(scores.unresolved)
    blocks.append(_whole(scores.total, scores.forecasts, len(scores.void), scores.void_rate, waiting))
    return "\n\n".join(blocks) + "\n"


def ledger_text(file: str, state: Standing) -> str:
    """What is open, due, resolved and void, and the score so far; ends with a newline."""
    blocks = []
    for title, lines in (("OPEN", state.open), ("DUE, NOT RESOLVED", state.due)):
        if lines:
            rows = [(title, "forecast", "due", "", "run")]
            rows += [(x.title or x.outcome, _forecast(x), x.due.isoformat(), _late(x), x.run) for x in lines]
            blocks.append(aligned(_without(3, rows, not any(x.late for x in lines))))
    if state.resolved:
        titles = ("RESOLVED", "forecast", "came true", "on", "", "run")
        settled = [
            (
                x.title or x.outcome,
                _forecast(x),
                x.resolved,
                x.on.isoformat() if x.on else "-",
                _late(x),
                x.run,
            )
            for x in state.resolved
        ]
        blocks.append(aligned(_without(4, [titles, *settled], not any(x.late for x in state.resolved))))
    if state.void:
        reasons = [(x.title or x.outcome, x.note or "-") for x in state.void]
        blocks.append(aligned([("VOID", "because"), *reasons], (0, 1)))
    if due := len(_asked(state.due)):
        blocks.append(
            f"The day of {counted(due, 'question')} has passed: write in {file} what came true, or call "
            "'relsim ledger resolve'."
        )
    waiting = len(_asked((*state.open, *state.due)))
    which = "question entered before its day" if state.late else "question"
    whole = _whole(state.total, state.forecasts, len(_asked(state.void)), state.void_rate, waiting, which)
    if state.late:
        left = f"{counted(state.late, 'line')} entered after the day of the question left out: they prove nothing."
        whole = "\n".join([whole, *wrapped(f"{left} '--late' scores them.", WIDTH)])
    blocks.append(whole)
    return "\n\n".join(blocks) + "\n"


def _asked(lines: Sequence[Line]) -> set[object]:
    """The questions of lines, each once."""
    return {line.question for line in lines}


def _late(line: Line) -> str:
    return "late" if line.late else ""


def _forecast(line: Line) -> str:
    lows = [x for x in (line.low, line.weights_low) if x is not None]
    highs = [x for x in (line.high, line.weights_high) if x is not None]
    return rounded(line.probability, min(lows, default=None), max(highs, default=None))


def _questions(questions: Sequence[QuestionScore]) -> str:
    """A line for each question; how often it was asked where any was more than once."""
    head = ("RESOLVED", "asked", "forecast", "base rate", "came true", "Brier", "log", "date, days")
    rows = [head, *((q.title, f"{len(q.runs)} ×", *_question(q)) for q in questions)]
    return aligned(_without(1, rows, all(len(q.runs) == 1 for q in questions)))


def _without(column: int, rows: Sequence[tuple[str, ...]], left_out: bool) -> Sequence[tuple[str, ...]]:
    return [(*row[:column], *row[column + 1 :]) for row in rows] if left_out else rows


def _question(q: QuestionScore) -> tuple[str, ...]:
    came = (q.on.isoformat() if q.on else "yes") if q.came_true else "no"
    base = "-" if q.base_rate is None else rounded(q.base_rate)
    days = "-" if q.date_score is None else f"{q.date_score:.0f}"
    return rounded(q.probability), base, came, f"{q.brier:.2f}", f"{q.log:.2f}", days


def _figure(x: float | None) -> str:
    return "-" if x is None else f"{x:,.4g}"


def _whole(
    total: Total | None,
    forecasts: Sequence[ForecastScore],
    void: int,
    void_rate: float | None,
    waiting: int,
    which: str = "question",
) -> str:
    """How many questions, their mean scores with intervals, and what they are measured against."""
    share = f" ({100 * void_rate:.0f} % of those settled)" if void and void_rate is not None else ""
    counts = f"{counted(void, 'question')} void{share}, {waiting} not resolved"
    knew = sum(not f.share for f in forecasts)
    left = f"{counted(knew, 'forecast')} left out, which knew the day of the answer." if knew else ""
    if total is None:
        return "\n".join(wrapped(f"Nothing to score: no {which} has resolved; {counts}. {left}".rstrip(), WIDTH))
    lines = [f"{counted(total.n, 'question')} resolved, {total.true} of them true; {counts}."]
    if left:
        lines.append(left)
    if len(forecasts) - knew > total.n:
        lines.append(
            f"{len(forecasts) - knew} forecasts: a question counts once, its score the mean over the days on which it "
            "stood open."
        )
    lines.append(f"Brier {_mean(total.brier)}, log {_mean(total.log)}; {_over(total)}.")
    lines.append(_calibrated(total))
    lines.append(_against(total, total.coin, "saying 50 % to everything"))
    if total.base_rate is not None:
        lines.append(_against(total, total.base_rate, "the base rates that the scenario states"))
    else:
        lines.append("No outcome states its base_rate, so that there is nothing but a coin to measure against.")
    # No line ends between a number and its per cent sign.
    parts = [part for line in lines for part in wrapped(line.replace(" %", "\u00a0%"), WIDTH)]
    return "\n".join(parts).replace("\u00a0", " ")


def _over(total: Total) -> str:
    """What the intervals resample, and what to think of them."""
    if total.resampled is None:
        return "one question has no interval"
    units = total.episodes if total.resampled == "episodes" else total.n
    over = f"95 % intervals over {units} {total.resampled}"
    if total.resampled == "questions" and total.episodes < total.n:
        over += " as if independent, which those of one scenario are not"
    if units < _FEW:
        over += ", rather too narrow with so few"
    return over


def _calibrated(total: Total) -> str:
    said = f"Had every probability been right, {total.expected_brier:.2f} would be expected"
    if total.z is None:
        return f"{said}."
    if abs(total.z) < _SURE:
        return f"{said}: the difference is within chance ({_z(total.z)})."
    how = "too sure" if total.z > 0 else "not sure enough"
    return f"{said}: the forecasts were {how} ({_z(total.z)})."


def _against(total: Total, reference: Reference, name: str) -> str:
    skill = "-" if reference.skill is None else f"{_percent(reference.skill)} %"
    if reference.high is not None:
        low = "−∞" if reference.low is None else _percent(reference.low)
        over = f", over {reference.resampled}" if reference.resampled != total.resampled else ""
        skill += f" ({low} to {_percent(reference.high)} %{over})"
    return (
        f"Against {name}, on the same {counted(reference.n, 'question')}: {reference.brier:.2f} to "
        f"{reference.reference:.2f}, skill {skill}."
    )


def _percent(share: float) -> str:
    whole = round(100 * share)
    return f"{whole:+d}".replace("-", "−") if whole else "0"


def _mean(mean: Mean) -> str:
    interval = "" if mean.low is None or mean.high is None else f" ({mean.low:.2f} to {mean.high:.2f})"
    return f"{mean.mean:.2f}{interval}"


def _z(z: float) -> str:
    return f"z={z:.1f}".replace("-", "−")
