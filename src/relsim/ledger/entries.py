"""What enters a ledger: a run's questions as lines, and what came true of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from relsim.errors import InputError, suggestion
from relsim.ledger.lines import ANSWERS, NO, VOID, YES, LedgerLine, read, rewriting
from relsim.result import Forecast
from relsim.scenario import Resolved, Scenario
from relsim.score import due_days


def lines_of(
    run: str, forecast: Forecast, scenario: Scenario, resolution: Mapping[str, Resolved], added: date
) -> list[LedgerLine]:
    """A run's outcomes as lines; those with a resolution are entered as resolved."""
    due = due_days(scenario)
    lines = []
    for name, outcome in forecast.outcomes.items():
        base = scenario.outcomes[name].base_rate
        what = resolution.get(name)
        lines.append(
            LedgerLine(
                run=run,
                scenario=forecast.scenario,
                outcome=name,
                title=outcome.title or name,
                known_to=scenario.known_to,
                due=due[name],
                added=added,
                late=added > due[name],
                probability=outcome.probability,
                low=outcome.low,
                high=outcome.high,
                weights_low=outcome.weights_low,
                weights_high=outcome.weights_high,
                paths=forecast.paths,
                base_rate=None if base is None else base.value,
                resolved="" if what is None else VOID if what.void is not None else YES if what.value else NO,
                on=what.on if what else None,
                source=(what.source or "") if what else "",
                note=(what.void or "") if what else "",
                crowd=scenario.outcomes[name].crowd,
            )
        )
    return lines


def resolve(
    file: Path, outcome: str, answer: str, *, today: date, run: str | None, on: date | None, source: str, note: str
) -> list[LedgerLine]:
    """Write in every line of a question what came true of it; returns these lines.

    Parameters
    ----------
    outcome : its name
    answer : ``yes``, ``no`` or ``void``, ``true`` or ``false``, in any case
    run : name of a run that asks the question, where several questions bear the outcome's name
    on : day on which it was settled

    Raises
    ------
    InputError
        If the ledger does not ask it, has its answer, or asks several questions of that name; or the day cannot be.
    """
    settled = ANSWERS.get(answer.lower())
    if settled is None:
        raise InputError(f"found '{answer}'; yes, no or void was expected: a ledger's questions are answered so")
    if not file.exists():
        read(file)  # says that it does not
    with rewriting(file) as (lines, write):
        question = _question(file, lines, outcome, run)
        _check_day(question, settled, on, today)
        answered = {
            i: replace(line, resolved=settled, on=on, source=source or line.source, note=note or line.note)
            for i, line in enumerate(lines)
            if line.question == question.question
        }
        write(answered.get(i, line) for i, line in enumerate(lines))
    return list(answered.values())


def _question(file: Path, lines: list[LedgerLine], outcome: str, run: str | None) -> LedgerLine:
    """A line of the one question that is meant."""
    named = [line for line in lines if line.outcome == outcome]
    if not named:
        hint = suggestion(outcome, list(dict.fromkeys(line.outcome for line in lines)))
        raise InputError(f"{file}: asks no '{outcome}'; {hint}".rstrip("; "))
    if run is not None and run not in (runs := [line.run for line in named]):
        raise InputError(f"{file}: no run '{run}' asks '{outcome}'; {suggestion(run, runs)}".rstrip("; "))
    chosen = [line for line in named if run is None or line.run == run]
    resolved = {line.question: line for line in named if line.resolved}
    waiting = list({line.question: line for line in chosen if line.question not in resolved}.values())
    if not waiting:
        line = resolved[chosen[-1].question]
        day = "" if line.on is None else f" on {line.on}"
        raise InputError(f"{file}: '{outcome}' has its answer, {line.resolved}{day}; change it in the file itself")
    if len(waiting) > 1:
        which = ", ".join(f"due {line.due} (--run {line.run})" for line in waiting)
        raise InputError(f"{file}: asks {len(waiting)} questions named '{outcome}'; name a run of the one: {which}")
    return waiting[0]


def _check_day(question: LedgerLine, settled: str, on: date | None, today: date) -> None:
    if on is None:
        return
    if on > today:
        raise InputError(f"--on {on} lies ahead of today, {today}")
    if settled == YES and on > question.due:
        raise InputError(
            f"--on {on} lies after {question.due}, the day on which '{question.outcome}' was due; what came true later "
            "did not in time"
        )
