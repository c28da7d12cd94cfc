"""Forecasts made again at past origins, scored against baselines: ``backtest``. Floor 7."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from relsim import __version__
from relsim.api.answers import Answer, flat
from relsim.api.backtest_asked import Asked, days_in, horizons_of
from relsim.api.backtest_files import digests_of, files_of, tables_in
from relsim.api.event_table import EventTable, day_of
from relsim.api.inputs import Inputs
from relsim.api.mechanisms import mechanisms
from relsim.api.progress import Progress, progress_of
from relsim.api.saving import Making
from relsim.api.scenario import Scenario
from relsim.errors import DocumentError, InputError, RelsimError, suggestion

if TYPE_CHECKING:
    from relsim.backtest.baselines import Baseline
    from relsim.backtest.study import BacktestStudy
    from relsim.result.backtest import Backtest

_LANES = 128
"""Paths that share one draw of the weights."""
Tables = EventTable | str | os.PathLike[str]


def backtest(
    scenario: Scenario,
    tables: Tables | Sequence[Tables],
    *,
    first: date | str | None = None,
    last: date | str | None = None,
    every: int | str = "14d",
    horizon: int | str | Sequence[int | str] = "30d",
    refit: int | str = "90d",
    learn: int | str = "all",
    groups: Mapping[str, Sequence[str]] | None = None,
    baselines: Sequence[str] | None = None,
    paths: int = 4096,
    seed: int = 1,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: bool | Progress = True,
) -> Answer[Backtest]:
    """Forecast past days from what was known then, and score the forecasts against baselines.

    At each origin the parameters are fitted to the days before it, the events are simulated over the horizon, and their
    counts, their mean value and the scenario's outcomes are resolved from the table.

    Parameters
    ----------
    scenario : Scenario
        A scenario, or a layer without a window.
    tables : EventTable or path, or a sequence of them
        The record; of a folder every event table in it.
    first, last : date or str, optional
        First and last origin. Unless given, the first is the middle of the record, so that half of it is there to learn
        from, and the last the last of which the record knows what came.
    every : int or str
        From one origin to the next: days, ``"14d"``, ``"2w"``.
    horizon : int or str, or a sequence of them
        Days forecast.
    refit : int or str
        How often the parameters are fitted anew; ``"never"``: the document's numbers as they stand.
    learn : int or str
        How many of the last days a fit learns from; ``"all"``.
    groups : mapping, optional
        Events counted together, by the group's name.
    baselines : sequence of str, optional
        Only these baselines; all unless given.
    paths : int
        Futures at each origin, at least 128.
    seed : int
        Seed of it all.
    workers : int, optional
        Processes; all cores unless given. Changes no number.
    scheduler : str, optional
        A cluster that works in place of processes, as in ``Scenario.run``.
    progress : bool
        Show a bar if it takes a while.

    Returns
    -------
    Answer
        ``result.together`` by group of targets. Its ``table`` has a row for each target and horizon: index ``name``,
        the target; ``table``, ``horizon``, ``observed`` and ``forecast_mean``, ``score.NAME`` of the model and each
        baseline (CRPS or Brier, better when smaller) and ``skill_vs_best``.

    Raises
    ------
    relsim.InputError
        If a table, a date or a baseline cannot be used.

    Examples
    --------
    >>> scenario = relsim.load("docs/examples/fit.yaml")
    >>> found = relsim.backtest(
    ...     scenario, "docs/examples/fit.csv", every="60d", horizon="30d", refit="never", paths=512,
    ...     baselines=["climatology"],
    ... )
    >>> found.result.forecasters
    ('relsim', 'climatology')
    """
    asked = Asked(
        first=day_of(first),
        last=day_of(last),
        every=days_in(every),
        horizons=horizons_of([horizon] if isinstance(horizon, int | str) else horizon),
        refit=days_in(refit, "never"),
        learn=days_in(learn, "all"),
        paths=paths,
        seed=seed,
        groups={name: tuple(events) for name, events in (groups or {}).items()},
        baselines=baselines,
    )
    if paths < _LANES:
        raise InputError(f"paths: found {paths}; {_LANES} or more were expected")
    shown = progress_of(progress)
    with TemporaryDirectory(prefix="relsim-") as name, ExitStack() as stack:
        study, inputs, _ = _study_of(scenario, tables, asked, shown)
        place = Path(name)
        for folder in ("work", "scratch", "tables"):
            (place / folder).mkdir()
        found = _run(
            study, inputs, place / "work", (workers, scheduler), place / "tables", place / "scratch", stack, shown
        )
        found = replace(found, targets=list(found.targets), courses=list(found.courses))
    return Answer(found, lambda: _rows(found), lambda: _blocks(found))


def _rows(found: Backtest) -> Iterator[dict[str, Any]]:
    for target in found.targets:
        row = flat(target, ("target", "score", "log", "skill", "coverage"))
        scores = {f"score.{name}": value for name, value in target.score.items()}
        yield {"name": target.target, **row, **scores}


def _blocks(found: Backtest) -> Any:
    from relsim.show.backtest_tables import backtest_blocks

    return backtest_blocks(found)


def backtest_into(
    scenario: Scenario,
    tables: Sequence[Tables],
    asked: Asked,
    out: Path | None,
    *,
    force: bool,
    workers: int | None,
    scheduler: str | None,
    by_volume: bool,
    making: Making,
    answer: Callable[[Backtest], None],
) -> Path:
    """A backtest into a folder, its targets kept on disk, so that many tables take no more memory than few.

    What is interrupted goes on where it was when the same is asked again.

    Parameters
    ----------
    by_volume : whether the text in the folder tells scores by rows a month
    answer : takes what was found, before figures are drawn; of its targets those read are in memory

    Raises
    ------
    InputError
    """
    from relsim.result.files import save_backtest
    from relsim.result.folder import RunFolder
    from relsim.show.backtest_tables import backtest_blocks
    from relsim.show.console import FILE_WIDTH, console_text

    if out is not None and out.exists() and not force:
        raise InputError(f"{out}: exists already; --force replaces it")
    study, inputs, files = _study_of(scenario, tables, asked, making.progress)
    named = "-".join(filter(None, [inputs.layers.stem, inputs.layers.variant]))
    target = out or Path("runs") / f"backtest-{named}-{asked.seed}"
    with RunFolder(target, named=out is not None, force=force) as folder, ExitStack() as stack:
        kept = target.parent / f".backtest-{_key(inputs, study, asked)}"
        with _kept_work(kept, study.keys.values(), making.progress) as work:
            scratch = folder.writing.scratch()
            found = _run(study, inputs, work, (workers, scheduler), folder.path, scratch, stack, making.progress)
        text = console_text(list(backtest_blocks(found, by_volume=by_volume)), FILE_WIDTH)
        (folder.path / "backtest.txt").write_text(text, encoding="utf-8", newline="\n")
        answer(found)
        if making.figures:
            with making.progress.wait("Drawing the figures"):
                from relsim.plots.backtest import backtest_figures

                (folder.path / "figures").mkdir()
                backtest_figures(found, folder.path / "figures")
        save_backtest(
            folder.path,
            found,
            scenario=inputs.loaded.resolved_yaml(),
            command=making.command,
            files=files,
            started=making.started,
            seconds=making.seconds,
        )
    return folder.path


def _study_of(
    scenario: Scenario, tables: Tables | Sequence[Tables], asked: Asked, progress: Progress
) -> tuple[BacktestStudy, Inputs, dict[str, str]]:
    """The study, the document that it is of, and digests of all files."""
    chosen = _baselines(asked.baselines)
    inputs = mechanisms(scenario.inputs)
    for warning in inputs.loaded.warnings:
        progress.say(str(warning))
    listed = [tables] if isinstance(tables, EventTable | str | os.PathLike) else list(tables)
    paths = tables_in([Path(one.path if isinstance(one, EventTable) else one) for one in listed], progress)
    files = {**inputs.loaded.files, **digests_of(paths.values())}
    return _study(inputs, paths, asked, chosen, files, progress), inputs, files


def _study(
    inputs: Inputs,
    tables: Mapping[str, Path],
    asked: Asked,
    baselines: Mapping[str, Baseline],
    digests: Mapping[str, str],
    progress: Progress,
) -> BacktestStudy:
    from relsim.backtest.base import without_dates
    from relsim.backtest.plan import BacktestPlan
    from relsim.backtest.study import BacktestStudy, beside, last_origin
    from relsim.backtest.study import Tables as StudyTables

    first, last = asked.first or _middle(next(iter(tables.values()))), asked.last
    horizon = asked.horizons[-1]
    if last is not None and last < first:
        raise InputError(f"the first origin, {first}, lies after the last, {last}")
    try:
        base = without_dates(inputs.scenario)
    except DocumentError as error:
        raise DocumentError(inputs.loaded.locate(error.problems)) from None
    read = StudyTables(inputs.scenario, base, tables, first, asked.horizons, asked.groups)
    with progress.count("tables read") as update:
        listed = read.listed(update)
    end = last or last_origin(listed, horizon)
    if end < first:
        why = f", the last of which the table knows what came {horizon} days on"
        raise InputError(f"the first origin, {first}, lies after the last, {end}{why}")
    plan = BacktestPlan(
        first=first,
        last=end,
        every=asked.every,
        horizons=asked.horizons,
        refit=asked.refit,
        learn=asked.learn,
        paths=asked.paths,
        draws=-(-asked.paths // _LANES),
        seed=asked.seed,
    )
    keys = {name: _digest([name, *map(digests.get, map(str, files_of(path)))]) for name, path in tables.items()}
    return BacktestStudy(plan, read, listed, beside(base, baselines), keys)


def _middle(table: Path) -> date:
    """The day in the middle of a record."""
    from relsim.ingest.event_table import read_events

    events = read_events(table)
    if events.coverage is not None:
        first, last = events.coverage.first.toordinal(), events.coverage.last.toordinal()
    elif len(events):
        first, last = int(events.day.min()), int(events.day.max())
    else:
        raise InputError(f"{table}: the table holds no event")
    return date.fromordinal((first + last + 1) // 2)


def _run(
    study: BacktestStudy,
    inputs: Inputs,
    work: Path,
    on: tuple[int | None, str | None],
    folder: Path,
    scratch: Path,
    stack: ExitStack,
    progress: Progress,
) -> Backtest:
    """What was found; of its targets those read are in memory, until the end of ``stack``."""
    from relsim.backtest.export import Export
    from relsim.backtest.kept import Kept
    from relsim.backtest.summary import backtest_of, target_of
    from relsim.backtest.target_scores import Scored
    from relsim.engine.cluster import connected
    from relsim.result.backtest import TargetScore

    scored = stack.enter_context(Kept[Scored](scratch / "scored"))
    targets = stack.enter_context(Kept[TargetScore](scratch / "targets"))
    export, ready = Export(scratch), 0
    with progress.bar(study.size * len(study.listed), "Backtesting") as update:

        def done(number: int) -> None:
            nonlocal ready
            ready += number
            update(ready)

        workers, scheduler = on
        cluster = stack.enter_context(connected(scheduler, workers)) if scheduler else None
        with closing(study.run(work, workers or os.cpu_count() or 1, done, cluster)) as found:
            for one in found:
                export.add(one)
                targets.append(target_of(one))
                scored.append(one.summed_up())
    export.write(folder)
    return backtest_of(study, scored, targets, __version__, inputs.scenario.title)


@contextmanager
def _kept_work(folder: Path, own: Collection[str], progress: Progress) -> Iterator[Path]:
    """A folder that outlives an interruption, a lost cluster, or that a few of many tables cannot be fitted.

    Parameters
    ----------
    own : names in it of what is this process's; others with the same settings may work beside it on other tables
    """
    from relsim.backtest.work import Unfit
    from relsim.engine.cluster import ClusterLost
    from relsim.files import shared

    folder.mkdir(parents=True, exist_ok=True)
    with shared(folder) as alone:
        try:
            yield folder
        except KeyboardInterrupt:
            progress.say(f"Interrupted; the same command goes on from here: what is done is kept in {folder}")
            raise
        except RelsimError as error:
            if isinstance(error, ClusterLost):
                progress.say(f"The same command goes on from here: what is done is kept in {folder}")
            elif isinstance(error, Unfit) and len(own) > 1:
                progress.say(f"Without these tables the command goes on: the rest is kept in {folder}")
            else:
                _clear_work(folder, own, alone())
            raise
        _clear_work(folder, own, alone())


def _clear_work(folder: Path, own: Iterable[str], alone: bool) -> None:
    for place in [folder] if alone else [folder / name for name in own]:
        shutil.rmtree(place, ignore_errors=True)
    with suppress(OSError):
        folder.rmdir()


def _key(inputs: Inputs, study: BacktestStudy, asked: Asked) -> str:
    """Digest of all that bears on a forecast but the tables."""
    groups = {name: list(patterns) for name, patterns in asked.groups.items()}
    return _digest([__version__, inputs.loaded.resolved_yaml(), repr(study.plan), list(study.baselines), groups])


def _digest(content: Sequence[Any]) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


def _baselines(names: Sequence[str] | None) -> dict[str, Baseline]:
    from relsim.backtest.baselines import BASELINES

    if names is None:
        return dict(BASELINES)
    for name in names:
        if name not in BASELINES:
            raise InputError(f"--baselines: unknown baseline '{name}'\n    {suggestion(name, BASELINES)}")
    return {name: BASELINES[name] for name in names}
