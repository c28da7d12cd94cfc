"""Scores and the ledger as text for the terminal. Floor 7."""

from __future__ import annotations

from relsim.cli.columns import WIDTH, aligned, counted, wrapped
from relsim.ledger import Line, Standing
from relsim.result import rounded
from relsim.result.scores import Mean, QuestionScore, Reference, Scores, Total

_SURE = 2.0
"""Standard errors from which on the probabilities are said to have been off."""
_FEW = 20
"""Runs below which resampling them makes intervals that hold the truth less often than they say."""


def scores_text(scores: Scores) -> str:
    """Questions, numbers, what has no score, and the whole; ends with a newline."""
    blocks = []
    if scores.questions:
        titles = ("RESOLVED", "forecast", "base rate", "came true", "Brier", "log", "date, days")
        blocks.append(aligned([titles, *map(_question, scores.questions)]))
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
    blocks.append(_whole(scores.total, len(scores.void), scores.void_rate, len(scores.unresolved)))
    return "\n\n".join(blocks) + "\n"


def ledger_text(file: str, state: Standing) -> str:
    """What is open, due, resolved and void, and the score so far; ends with a newline."""
    blocks = []
    for title, lines in (("OPEN", state.open), ("DUE, NOT RESOLVED", state.due)):
        if lines:
            head = (title, "forecast", "due", "run")
            rows = [(x.title or x.outcome, _forecast(x), x.due.isoformat(), x.run) for x in lines]
            blocks.append(aligned([head, *rows]))
    if state.resolved:
        settled = [
            (x.title or x.outcome, _forecast(x), x.resolved, x.on.isoformat() if x.on else "-", x.run)
            for x in state.resolved
        ]
        blocks.append(aligned([("RESOLVED", "forecast", "came true", "on", "run"), *settled]))
    if state.void:
        reasons = [(x.title or x.outcome, x.note or "-") for x in state.void]
        blocks.append(aligned([("VOID", "because"), *reasons], (0, 1)))
    if state.due:
        blocks.append(f"The day of {counted(len(state.due), 'question')} has passed: write in {file} what came true.")
    blocks.append(_whole(state.total, len(state.void), state.void_rate, len(state.open) + len(state.due)))
    return "\n\n".join(blocks) + "\n"


def _forecast(line: Line) -> str:
    lows = [x for x in (line.low, line.weights_low) if x is not None]
    highs = [x for x in (line.high, line.weights_high) if x is not None]
    return rounded(line.probability, min(lows, default=None), max(highs, default=None))


def _question(q: QuestionScore) -> tuple[str, ...]:
    came = (q.on.isoformat() if q.on else "yes") if q.came_true else "no"
    base = "-" if q.base_rate is None else rounded(q.base_rate, None, None)
    days = "-" if q.date_score is None else f"{q.date_score:.0f}"
    return q.title, rounded(q.probability, None, None), base, came, f"{q.brier:.2f}", f"{q.log:.2f}", days


def _figure(x: float | None) -> str:
    return "-" if x is None else f"{x:,.4g}"


def _whole(total: Total | None, void: int, void_rate: float | None, waiting: int) -> str:
    """How many questions, their mean scores with intervals, and what they are measured against."""
    share = f" ({100 * void_rate:.0f} % of those settled)" if void and void_rate is not None else ""
    counts = f"{counted(void, 'question')} void{share}, {waiting} not resolved"
    if total is None:
        return f"Nothing to score: no question has resolved; {counts}."
    lines = [f"{counted(total.n, 'question')} resolved, {total.true} of them true; {counts}."]
    over = f"{total.runs} runs" if total.runs > 1 else "questions of one run, as if independent: they are not"
    if 1 < total.runs < _FEW:
        over += ", rather too narrow with so few"
    lines.append(f"Brier {_mean(total.brier)}, log {_mean(total.log)}; 95 % intervals over {over}.")
    lines.append(_calibrated(total))
    lines.append(_against(total.coin, "saying 50 % to everything"))
    if total.base_rate is not None:
        lines.append(_against(total.base_rate, "the base rates that the scenario states"))
    else:
        lines.append("No outcome states its base_rate, so that there is nothing but a coin to measure against.")
    # No line ends between a number and its per cent sign.
    parts = [part for line in lines for part in wrapped(line.replace(" %", "\u00a0%"), WIDTH)]
    return "\n".join(parts).replace("\u00a0", " ")


def _calibrated(total: Total) -> str:
    said = f"Had every probability been right, {total.expected_brier:.2f} would be expected"
    if total.z is None:
        return f"{said}."
    if abs(total.z) < _SURE:
        return f"{said}: the difference is within chance ({_z(total.z)})."
    how = "too sure" if total.z > 0 else "not sure enough"
    return f"{said}: the forecasts were {how} ({_z(total.z)})."


def _against(reference: Reference, name: str) -> str:
    skill = "-" if reference.skill is None else f"{_percent(reference.skill)} %"
    if reference.high is not None:
        low = "−∞" if reference.low is None else _percent(reference.low)
        skill += f" ({low} to {_percent(reference.high)} %)"
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
