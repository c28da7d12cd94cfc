"""A backtest from beginning to end: tables → targets, steps, scored targets. Floor 5; imports the other modules of this
room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from relsim.backtest.base import before, last_days, without_dates
from relsim.backtest.baselines import Baseline
from relsim.backtest.forecast import PARTS, Asked, forecasters_of, is_pooled
from relsim.backtest.plan import Plan
from relsim.backtest.questions import askable
from relsim.backtest.resolve import truth_of
from relsim.backtest.scored import Scored, scored_targets
from relsim.backtest.targets import targets_of
from relsim.backtest.work import Fit, Origin, Step, forecasts_in, run_steps
from relsim.errors import InputError
from relsim.events import EventTable
from relsim.fit.record import Record
from relsim.fit.table import Reading, read_record
from relsim.scenario import Scenario


@dataclass(frozen=True)
class Subject:
    """One table, its record, and what is asked of it.

    Attributes
    ----------
    not_asked : outcomes of the file that are not asked, and why
    """

    name: str
    record: Record
    asked: Asked
    not_asked: Mapping[str, str]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Study:
    """All that a backtest does."""

    plan: Plan
    subjects: tuple[Subject, ...]
    baselines: Mapping[str, Baseline]

    def steps(self, folder: Path) -> tuple[list[Step], list[Step]]:
        """Fits, and the forecasts that go on from them, each with the file it is kept in."""
        fits: list[Step] = []
        origins: list[Step] = []
        plan = self.plan
        for number, subject in enumerate(self.subjects):
            asked, record = subject.asked, subject.record
            for day in dict.fromkeys(plan.fitted.values()):
                known = last_days(before(record, day), plan.learn) if plan.refit else None
                fits.append(Fit(_fit_file(folder, number, day), asked.base, known, plan.draws, _seed(plan, day)))
            for origin, day in plan.fitted.items():
                origins.append(
                    Origin(
                        _origin_file(folder, number, origin),
                        _fit_file(folder, number, day),
                        asked,
                        before(record, origin),
                        dict(self.baselines),
                        plan.paths,
                        _seed(plan, origin),
                    )
                )
        return fits, origins

    def run(self, folder: Path, workers: int, done: Callable[[int], None]) -> Iterator[Scored]:
        """Fit, forecast and score; ``folder`` keeps what is done."""
        fits, origins = self.steps(folder)
        run_steps(fits, workers, done)
        run_steps(origins, workers, done)
        plan = self.plan
        for number, subject in enumerate(self.subjects):
            targets = subject.asked.targets
            yield from scored_targets(
                subject.name,
                subject.asked,
                plan.origins,
                forecasters_of(subject.asked.base, list(self.baselines)),
                [forecasts_in(_origin_file(folder, number, origin)) for origin in plan.origins],
                [[truth_of(subject.record, targets, o, horizon) for o in plan.origins] for horizon in plan.horizons],
                plan.seed,
            )


def readings_of(scenario: Scenario, tables: Mapping[str, EventTable]) -> dict[str, Reading]:
    """The record that each table gives of the scenario's events."""
    return {name: read_record(table, scenario) for name, table in tables.items()}


def study_of(
    scenario: Scenario,
    tables: Mapping[str, EventTable],
    readings: Mapping[str, Reading],
    plan: Plan,
    baselines: Mapping[str, Baseline],
    groups: Mapping[str, Sequence[str]],
) -> Study:
    """What is asked of each table.

    Raises
    ------
    Faulty
        Where the scenario is no valid model.
    InputError
        Where a record is too short for the plan, or a pattern of a group meets no event.
    """
    base = without_dates(scenario)
    subjects = []
    for name, reading in readings.items():
        record, types, late = _asked_types(reading, tables[name], scenario, plan.first)
        _long_enough(name, record, plan)
        questions, refused = askable(scenario, types, plan.horizons[-1])
        asked = Asked(base, scenario, targets_of(scenario, types, tables[name], groups), questions, plan.horizons)
        warnings = list(reading.warnings)
        if late:
            warnings.append(
                f"not asked, as they first occur after {plan.first} and the table does not say that it looked for "
                f"them: {', '.join(late)}"
            )
        subjects.append(Subject(name, record, asked, refused, tuple(warnings)))
    # The experts that a forecast is pooled of are its part already.
    others = {name: b for name, b in baselines.items() if not (is_pooled(base) and name in PARTS)}
    return Study(plan, tuple(subjects), others)


def _asked_types(
    reading: Reading, table: EventTable, scenario: Scenario, first: date
) -> tuple[Record, tuple[str, ...], list[str]]:
    """The record of the types that were known to be looked for before the first origin, these, and the others.

    What first occurs later must not tell at an earlier origin that it was looked for.
    """
    record = reading.record
    seen = np.asarray(before(record, first).counts.any(axis=0))
    declared = table.coverage.types if table.coverage else ()
    known = [
        name
        for k, name in enumerate(scenario.events)
        if name in reading.types and (seen[k] or name in declared or name.split(".")[0] in declared)
    ]
    mask = np.array([name in known for name in scenario.events])
    kept = replace(record, counts=record.counts * mask, covered=record.covered & mask)
    return kept, tuple(known), [name for name in reading.types if name not in known]


def _long_enough(name: str, record: Record, plan: Plan) -> None:
    days = (plan.first - record.first).days
    if days < plan.horizons[-1]:
        raise InputError(
            f"{name}: {max(days, 0)} days are known before the first origin, {plan.first}; at least a horizon of "
            f"{plan.horizons[-1]} days is needed"
        )
    if not before(record, plan.first).counts.any():
        raise InputError(f"{name}: no event of the scenario is known before the first origin, {plan.first}")
    if plan.first > record.last:
        raise InputError(f"{name}: the table ends on {record.last}, before the first origin, {plan.first}")


def last_origin(readings: Mapping[str, Reading], horizon: int) -> date:
    """The last origin of which some table can tell what came."""
    return max(reading.record.last for reading in readings.values()) - timedelta(days=horizon - 1)


def _seed(plan: Plan, day: date) -> int:
    """A seed for each day, so that the chance of one origin does not come back at another."""
    return int(np.random.SeedSequence([plan.seed, day.toordinal()]).generate_state(1)[0])


def _fit_file(folder: Path, number: int, day: date) -> Path:
    return folder / f"fit-{number}-{day}.npz"


def _origin_file(folder: Path, number: int, day: date) -> Path:
    return folder / f"origin-{number}-{day}.npz"
