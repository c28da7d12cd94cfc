"""Steps of a backtest on many processes or machines, each kept as it is done. Floor 5; imports ``forecast``.

What is kept lies in a folder whose name is a digest of all that bears on the results: the same command goes on where it
was broken off, another begins afresh.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from multiprocessing import active_children, get_context
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from relsim.backtest.baselines import Baseline
from relsim.backtest.forecast import Forecasts, TableTargets, fitted_weights, forecast, stated_weights
from relsim.engine.cluster import Cluster
from relsim.errors import DocumentError, RelsimError, RunError
from relsim.files import Writing
from relsim.fit.daily_record import DailyRecord
from relsim.scenario import Scenario

Array = NDArray[np.float64]


class Unfit(RunError):  # noqa: N818
    """The weights cannot be fitted to a table: it is at fault, and no other."""


@dataclass(frozen=True)
class Fit:
    """Weights (draws, W) from the record before an origin; of the file itself where there is no record."""

    table: str
    file: Path
    base: Scenario
    known: DailyRecord | None
    draws: int
    seed: int

    @property
    def needs(self) -> Path | None:
        """What another step makes."""
        return None

    def made(self, _: Array | None) -> dict[str, Array]:
        """Fit."""
        try:
            if self.known is None:
                return {"theta": stated_weights(self.base, self.draws, self.seed)}
            return {"theta": fitted_weights(self.base, self.known, self.draws, self.seed)}
        except (DocumentError, RunError) as error:
            raise Unfit(str(error)) from None


@dataclass(frozen=True)
class Origin:
    """Forecasts from one origin, from the record before it, under weights fitted before."""

    table: str
    file: Path
    needs: Path
    asked: TableTargets
    known: DailyRecord
    baselines: Mapping[str, Baseline]
    paths: int
    seed: int

    def made(self, theta: Array | None) -> dict[str, Array]:
        """Forecast under the weights that were fitted."""
        assert theta is not None
        said = forecast(self.asked, self.known, theta, self.baselines, self.paths, self.seed)
        return {"members": said.members, "questions": said.questions, "thresholds": said.thresholds}


Step = Fit | Origin
Made = dict[str, Array] | RelsimError
Done = tuple[Step, Unfit | None]
"""A step that is there, or why it cannot be."""

_PATIENCE = 5.0
"""Seconds of work that are done before other processes are asked to help."""


def run_steps(steps: Iterable[Step], workers: int, cluster: Cluster | None = None) -> Generator[Done, None, None]:
    """Run what is not kept yet. The results do not depend on who works, nor on what was kept before.

    Parameters
    ----------
    steps : made when they are needed; what one needs comes before it
    workers : processes; one works in this process
    cluster : works in place of processes; what it makes is kept here

    Yields
    ------
    tuple
        Every step, in the order in which they are done. Once a table could not be fitted only the other tables' fits
        are made, so that all that fail are known.

    Raises
    ------
    RelsimError
        Of the first step that fails otherwise.
    """
    failed: set[str] = set()
    begun = time.monotonic()
    left = iter(steps)
    # The first are made here: kernels are compiled once, and it shows whether processes are worth their start.
    for step in left:
        if _is_idle(step, failed):
            continue
        error = None if _readable(step.file) else _finished(step, _attempt(_sent(step)))
        if error is not None:
            failed.add(step.table)
        yield step, error
        if cluster is not None or (workers > 1 and time.monotonic() - begun >= _PATIENCE):
            break
    if cluster is not None:
        with cluster.submitting(_attempt) as submit:
            yield from _elsewhere(left, failed, submit, cluster.at_once)
        return
    try:
        yield from _in_processes(left, failed, workers)
    except BrokenProcessPool:
        raise RunError("a worker died (out of memory?); try fewer --workers") from None


def _in_processes(left: Iterator[Step], failed: set[str], workers: int) -> Iterator[Done]:
    first = next(left, None)
    if first is None:
        return
    # Processes start afresh: a fork of a process with compiled code and threads may hang.
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_leave_quietly)

    def submit(sent: bytes) -> Future[Made]:
        with _deaf_children(), _without_script():
            return pool.submit(_attempt, sent)

    with pool:
        try:
            yield from _elsewhere(chain([first], left), failed, submit, lambda: 2 * workers)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in active_children():  # whose work nobody waits for
                process.terminate()
            raise


def _elsewhere(
    left: Iterator[Step], failed: set[str], submit: Callable[[bytes], Future[Made]], at_once: Callable[[], int]
) -> Iterator[Done]:
    waiting: dict[Future[Made], Step] = {}
    step = next(left, None)
    while step is not None or waiting:
        # No more at once than are needed: each carries its record along.
        while step is not None and len(waiting) < at_once():
            if not _is_idle(step, failed):
                if step.needs in {other.file for other in waiting.values()}:
                    break
                if _readable(step.file):
                    yield step, None
                else:
                    waiting[submit(_sent(step))] = step
            step = next(left, None)
        finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in finished:
            done = waiting.pop(future)
            error = _finished(done, future.result())
            if error is not None:
                failed.add(done.table)
            yield done, error


def _is_idle(step: Step, failed: set[str]) -> bool:
    """Whether nothing would come of a step any more."""
    return step.table in failed or bool(failed and step.needs)


def _sent(step: Step) -> bytes:
    """A step with what it needs of others."""
    return pickle.dumps((step, _kept(step.needs)["theta"] if step.needs else None))


def _attempt(sent: bytes) -> Made:
    """What a step makes, wherever it is done, or why it cannot."""
    step, theta = pickle.loads(sent)
    try:
        return dict(step.made(theta))
    except RelsimError as error:
        return error


def _finished(step: Step, made: Made) -> Unfit | None:
    """Keep what a step made; gives why its table cannot be fitted, and raises any other error."""
    if isinstance(made, Unfit):
        return made
    if isinstance(made, RelsimError):
        raise made
    _keep(step.file, made)
    return None


def forecasts_in(file: Path) -> Forecasts:
    """What an origin's step kept."""
    found = _kept(file)
    return Forecasts(found["members"], found["questions"], found["thresholds"])


@contextmanager
def _without_script() -> Iterator[None]:
    """Keep new processes from running the caller's script again, as they do to find what it defines."""
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Processes that start in here do not hear an interruption until they are told what to do with it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _leave_quietly() -> None:
    """An interruption is told by the first process alone."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))


def _keep(file: Path, arrays: Mapping[str, Array]) -> None:
    with Writing(file) as writing:
        np.savez_compressed(writing.file(file), **arrays)  # type: ignore[arg-type]


def _kept(file: Path) -> dict[str, Array]:
    with np.load(file) as found:
        return {name: found[name] for name in found.files}


def _readable(file: Path) -> bool:
    """Whether a step is kept whole: a machine that goes down may leave an empty file of the right name."""
    try:
        return file.is_file() and zipfile.ZipFile(file).testzip() is None
    except (OSError, zipfile.BadZipFile):
        return False
