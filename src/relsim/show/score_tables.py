"""How good forecasts were: scores, and the ledger. Floor 6; imports ``ledger``, ``result``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from relsim.ledger import LedgerLine, Standing
from relsim.result import rounded
from relsim.result.scores import Against, ForecastScore, Mean, QuestionScore, Reference, Scores, Total
from relsim.show.values import (
    NONE,
    Between,
    Block,
    Cell,
    Column,
    Items,
    Prose,
    Shown,
    Table,
    counted,
    day,
    number,
    on,
    share,
    table,
    written,
)

_SURE = 2.0
"""Standard errors from which on the probabilities are said to have been off."""
_FEW = 20
"""Questions or episodes below which resampling makes intervals that hold the truth less often than they say."""


def score_blocks(scores: Scores) -> Iterator[Block]:
    """What ``relsim score`` prints: questions, numbers, what has no score, and the whole."""
    if scores.questions:
        yield questions_table(scores.questions)
    if scores.numbers:
        rows = [
            (
                n.title,
                _figure(n.mean),
                _figure(n.value),
                _figure(n.crps),
                Shown(n.below, rounded(n.below)),
            )
            for n in scores.numbers
        ]
        heads = [Column("Number"), *map(number, ("forecast", "came to", "CRPS")), share("paths below")]
        yield table("Numbers", heads, rows)
    if scores.void:
        yield _void([(q.title, q.void or NONE) for q in scores.void])
    if scores.unresolved:
        yield Items("NOT RESOLVED", tuple(q.title for q in scores.unresolved))
    waiting = len(scores.unresolved)
    yield _whole(scores.total, scores.forecasts, len(scores.void), scores.void_rate, waiting)
    if scores.against is not None:
        yield against_table(scores.against)


_REFERENCES = {"crowd": "the crowd at opening", "base": "the stated base rates"}


def against_table(found: Against) -> Table:
    """Mean scores beside a reference's on the same questions, and their paired difference with its intervals."""
    columns = [
        Column(f"Against {_REFERENCES[found.reference]}"),
        *map(number, ("forecasts", "reference", "difference")),
        number("95 %, by question", ranges=True),
        number("95 %, by scenario", ranges=True),
    ]
    rows: list[tuple[Cell, ...]] = [
        (
            name,
            written(one.own, ".3f"),
            written(one.reference, ".3f"),
            written(one.difference, "+.3f"),
            _interval(one.question_low, one.question_high),
            _interval(one.episode_low, one.episode_high),
        )
        for name, one in (("Brier score", found.brier), ("log score", found.log))
    ]
    notes = [
        f"{counted(found.n, 'question')}, {found.true} of them true, of {counted(found.episodes, 'scenario')}; "
        f"{found.void} void, {found.near_copies} near copies of others (resampled with them), {found.without} of which "
        "the reference says nothing. Below zero the forecasts were better."
    ]
    return table(f"Against {_REFERENCES[found.reference]}", columns, rows, notes)


def _interval(low: float | None, high: float | None) -> Between:
    if low is None or high is None:
        return Between(None, None, NONE)
    return Between(low, high, f"{low:+.3f} to {high:+.3f}".replace("-", "−"))


def ledger_blocks(file: str, state: Standing) -> Iterator[Block]:
    """What ``relsim ledger`` prints: what is open, due, resolved and void, and the score so far."""
    for title, lines in (("Open", state.open), ("Due, not resolved", state.due)):
        if lines:
            heads = [Column("Question"), share("forecast"), day("due"), Column(""), Column("run")]
            rows = [(x.title or x.outcome, _forecast(x), on(x.due), _late(x), x.run) for x in lines]
            yield table(title, heads, rows).without_empty()
    if state.resolved:
        heads = [Column("Question"), share("forecast"), Column("came true"), day("on"), Column(""), Column("run")]
        resolved = [(x.title or x.outcome, _forecast(x), x.resolved, on(x.on), _late(x), x.run) for x in state.resolved]
        yield table("Resolved", heads, resolved).without_empty()
    if state.void:
        yield _void([(x.title or x.outcome, x.note or NONE) for x in state.void])
    if due := len(_asked(state.due)):
        yield Prose(
            f"The day of {counted(due, 'question')} has passed: write in {file} what came true, or call "
            "'relsim ledger resolve'."
        )
    waiting = len(_asked((*state.open, *state.due)))
    which = "question entered before its day" if state.late else "question"
    whole = _whole(state.total, state.forecasts, len(_asked(state.void)), state.void_rate, waiting, which)
    late = (
        f"\n{counted(state.late, 'line')} entered after the day of the question left out: they prove nothing. "
        "'--late' scores them."
    )
    yield Prose(whole.text + late * bool(state.late))


def _void(rows: Sequence[tuple[str, str]]) -> Table:
    return table("Void", [Column("Question"), Column("because")], rows)


def _asked(lines: Sequence[LedgerLine]) -> set[object]:
    """The questions of lines, each once."""
    return {line.question for line in lines}


def _late(line: LedgerLine) -> str:
    return "late" if line.late else ""


def _forecast(line: LedgerLine) -> Cell:
    lows = [x for x in (line.low, line.weights_low) if x is not None]
    highs = [x for x in (line.high, line.weights_high) if x is not None]
    text = rounded(line.probability, min(lows, default=None), max(highs, default=None))
    return Shown(line.probability, text)


def questions_table(questions: Sequence[QuestionScore]) -> Table:
    """A line for each question; how often it was asked where any was more than once."""
    several = any(len(q.runs) > 1 for q in questions)
    columns = [
        Column("Question"),
        number("asked"),
        share("forecast"),
        share("base rate"),
        Column("came true", "date"),
        *map(number, ("Brier", "log", "date, days")),
    ]
    return table("Resolved", columns, [_question(q, several) for q in questions]).without_empty()


def _question(q: QuestionScore, several: bool) -> list[Cell]:
    came = (on(q.on) if q.on else "yes") if q.came_true else "no"
    return [
        q.title,
        Shown(len(q.runs), f"{len(q.runs)} ×") if several else "",
        Shown(q.probability, rounded(q.probability)),
        NONE if q.base_rate is None else Shown(q.base_rate, rounded(q.base_rate)),
        came,
        written(q.brier, ".2f"),
        written(q.log, ".2f"),
        written(q.date_score, ".0f"),
    ]


def _figure(x: float | None) -> Cell:
    return written(x, ",.4g")


def _whole(
    total: Total | None,
    forecasts: Sequence[ForecastScore],
    void: int,
    void_rate: float | None,
    waiting: int,
    which: str = "question",
) -> Prose:
    """How many questions, their mean scores with intervals, and what they are measured against."""
    share = f" ({100 * void_rate:.0f} % of those settled)" if void and void_rate is not None else ""
    counts = f"{counted(void, 'question')} void{share}, {waiting} not resolved"
    knew = sum(not f.share for f in forecasts)
    left = f"{counted(knew, 'forecast')} left out, which knew the day of the answer." if knew else ""
    if total is None:
        return Prose(f"Nothing to score: no {which} has resolved; {counts}. {left}".rstrip())
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
    return Prose("\n".join(lines))


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
