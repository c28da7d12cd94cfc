"""A backtest from beginning to end: tables → targets, steps, scored targets. Floor 5; imports the other modules of this
room.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from relsim.backtest.base import before, last_days
from relsim.backtest.baselines import Baseline
from relsim.backtest.forecast import PARTS, TableTargets, forecasters_of, is_pooled
from relsim.backtest.plan import BacktestPlan
from relsim.backtest.resolve import truth_of
from relsim.backtest.resolved_outcomes import askable
from relsim.backtest.target_scores import Scored, scored_targets
from relsim.backtest.targets import targets_of
from relsim.backtest.work import Fit, Origin, Step, Unfit, forecasts_in, run_steps
from relsim.engine.cluster import Cluster
from relsim.errors import InputError
from relsim.events import EventTable
from relsim.fit.daily_record import DailyRecord
from relsim.fit.table_record import TableRecord, read_record
from relsim.ingest.event_table import read_events
from relsim.scenario import Scenario


@dataclass(frozen=True)
class Subject:
    """One table, its record, and what is asked of it.

    Attributes
    ----------
    not_asked : outcomes of the file that are not asked, and why
    """

    name: str
    record: DailyRecord
    asked: TableTargets
    not_asked: Mapping[str, str]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class StudyTable:
    """What is said of a table that can be asked; its days as first, last, and how many are missing."""

    name: str
    days: tuple[date, date, int]
    not_asked: Mapping[str, str]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Tables:
    """Event tables, each read when it is needed: of hundreds a few are in memory.

    Attributes
    ----------
    base : the scenario's mechanisms (``without_dates``)
    first : the first origin
    groups : by name, patterns of event names; in place of the groups that codes give
    """

    scenario: Scenario
    base: Scenario
    paths: Mapping[str, Path]
    first: date
    horizons: tuple[int, ...]
    groups: Mapping[str, Sequence[str]]

    def subject(self, name: str) -> Subject:
        """Read a table.

        Raises
        ------
        InputError
            It is none, its record is too short, or a pattern of a group meets no event.
        """
        table = read_events(self.paths[name])
        reading = _reading(self.paths[name], table, self.scenario)
        record, types, late = _asked_types(reading, table, self.scenario, self.first)
        _long_enough(name, record, self.first, self.horizons[-1])
        questions, refused = askable(self.scenario, types, self.horizons[-1])
        targets = targets_of(self.scenario, types, table, self.groups)
        asked = TableTargets(self.base, self.scenario, targets, questions, self.horizons)
        warnings = list(reading.warnings)
        if late:
            warnings.append(
                f"not asked, as they first occur after {self.first} and the table does not say that it looked for "
                f"them: {', '.join(late)}"
            )
        return Subject(name, record, asked, refused, tuple(warnings))

    def listed(self, read: Callable[[int], None]) -> tuple[StudyTable, ...]:
        """Read every table once.

        Parameters
        ----------
        read : called with the number of tables read so far

        Raises
        ------
        InputError
            Of all tables that cannot be asked.
        """
        out, faults = [], dict[str, InputError]()
        for number, name in enumerate(self.paths, 1):
            try:
                subject = self.subject(name)
            except InputError as error:
                faults.setdefault(str(error), error)
                continue
            record = subject.record
            missing = int((~record.covered.any(axis=1)).sum())
            days = record.first, record.last, missing
            out.append(StudyTable(name, days, subject.not_asked, subject.warnings))
            read(number)
        if faults:
            raise InputError([found for error in faults.values() for found in error.problems])
        return tuple(out)


@dataclass(frozen=True)
class BacktestStudy:
    """All that a backtest does.

    Attributes
    ----------
    listed : the tables, in their order
    keys : by table, of its content: names what is kept of it
    """

    plan: BacktestPlan
    tables: Tables
    listed: tuple[StudyTable, ...]
    baselines: Mapping[str, Baseline]
    keys: Mapping[str, str]

    @property
    def size(self) -> int:
        """Steps of each table."""
        return len({*self.plan.fitted.values()}) + len(self.plan.origins)

    def steps(self, folder: Path, subject: Subject) -> tuple[list[Step], list[Step]]:
        """Fits to one table, and the forecasts that go on from them, each with the file it is kept in."""
        plan, record, name = self.plan, subject.record, subject.name
        fits: list[Step] = []
        for day in dict.fromkeys(plan.fitted.values()):
            known = last_days(before(record, day), plan.learn) if plan.refit else None
            file = self._file(folder, name, "fit", day)
            fits.append(Fit(name, file, subject.asked.base, known, plan.draws, _seed(plan, day)))
        origins: list[Step] = [
            Origin(
                name,
                self._file(folder, name, "origin", origin),
                self._file(folder, name, "fit", day),
                subject.asked,
                before(record, origin),
                dict(self.baselines),
                plan.paths,
                _seed(plan, origin),
            )
            for origin, day in plan.fitted.items()
        ]
        return fits, origins

    def run(
        self, folder: Path, workers: int, done: Callable[[int], None], cluster: Cluster | None = None
    ) -> Generator[Scored, None, None]:
        """Fit, forecast and score, table by table; ``folder`` keeps what is done.

        Parameters
        ----------
        done : called with 1 for every step that is there
        cluster : works in place of processes

        Raises
        ------
        Unfit
            The weights cannot be fitted to some tables; it names them all.
        """
        opened: dict[str, Subject] = {}
        left = {one.name: self.size for one in self.listed}
        failed: dict[str, Unfit] = {}
        with closing(run_steps(self._all_steps(folder, opened), workers, cluster)) as finished:
            for step, error in finished:
                done(1)
                left[step.table] -= 1
                if error is not None:
                    failed[step.table] = error
                while left and not failed and not left[first := next(iter(left))]:
                    del left[first]
                    yield from self._scored(folder, opened.pop(first))
        if failed:
            several = len(self.listed) > 1
            raise Unfit("\n".join(f"{name}: {error}" if several else str(error) for name, error in failed.items()))

    def _all_steps(self, folder: Path, opened: dict[str, Subject]) -> Iterator[Step]:
        """Fits go one table ahead of the forecasts that need them, so that nobody waits for a fit."""
        behind: list[Step] = []
        for one in self.listed:
            opened[one.name] = self.tables.subject(one.name)
            fits, origins = self.steps(folder, opened[one.name])
            yield from fits
            yield from behind
            behind = origins
        yield from behind

    def _scored(self, folder: Path, subject: Subject) -> Iterator[Scored]:
        plan, record, targets = self.plan, subject.record, subject.asked.targets
        return scored_targets(
            subject.name,
            subject.asked,
            plan.origins,
            forecasters_of(subject.asked.base, list(self.baselines)),
            [forecasts_in(self._file(folder, subject.name, "origin", origin)) for origin in plan.origins],
            [[truth_of(record, targets, origin, horizon) for origin in plan.origins] for horizon in plan.horizons],
            plan.seed,
        )

    def _file(self, folder: Path, name: str, what: str, day: date) -> Path:
        return folder / self.keys[name] / f"{what}-{day}.npz"


def beside(base: Scenario, baselines: Mapping[str, Baseline]) -> dict[str, Baseline]:
    """The baselines that say what no part of the forecast says already."""
    return {name: one for name, one in baselines.items() if not (is_pooled(base) and name in PARTS)}


def _reading(path: Path, table: EventTable, scenario: Scenario) -> TableRecord:
    """The record that a table gives of the scenario's events."""
    try:
        return read_record(table, scenario)
    except InputError as error:
        raise InputError([replace(found, message=f"{path}: {found.message}") for found in error.problems]) from None


def _asked_types(
    reading: TableRecord, table: EventTable, scenario: Scenario, first: date
) -> tuple[DailyRecord, tuple[str, ...], list[str]]:
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


def _long_enough(name: str, record: DailyRecord, origin: date, horizon: int) -> None:
    days = (origin - record.first).days
    if days < horizon:
        raise InputError(
            f"{name}: {max(days, 0)} days are known before the first origin, {origin}; at least a horizon of "
            f"{horizon} days is needed"
        )
    if not before(record, origin).counts.any():
        raise InputError(f"{name}: no event of the scenario is known before the first origin, {origin}")
    if origin > record.last:
        raise InputError(f"{name}: the table ends on {record.last}, before the first origin, {origin}")


def last_origin(listed: Sequence[StudyTable], horizon: int) -> date:
    """The last origin of which some table can tell what came."""
    return max(one.days[1] for one in listed) - timedelta(days=horizon - 1)


def _seed(plan: BacktestPlan, day: date) -> int:
    """A seed for each day, so that the chance of one origin does not come back at another."""
    return int(np.random.SeedSequence([plan.seed, day.toordinal()]).generate_state(1)[0])
