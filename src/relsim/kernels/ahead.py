"""Kernels compiled side by side, before they are needed. Floor 1.

A rehearsal notes which kernels work would call, with which types, without running them. What of these does not lie on
disk yet is compiled by processes of their own, as numba compiles one function at a time, and is found there afterwards.
"""

from __future__ import annotations

import base64
import gc
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple


class Task(NamedTuple):
    """A kernel by its module and name, and the types of its arguments."""

    module: str
    name: str
    signature: tuple[Any, ...]

    def run(self) -> None:
        """Compile it in this process; what comes of it is left on disk."""
        getattr(import_module(self.module), self.name).compile(self.signature)


_TELL: ContextVar[Callable[[int], None] | None] = ContextVar("tell", default=None)
_NOTED: ContextVar[list[Task] | None] = ContextVar("noted", default=None)
_START = "from relsim.kernels.ahead import serve; serve()"


@contextmanager
def telling(tell: Callable[[int], None]) -> Iterator[None]:
    """Have ``tell`` called with how many kernels are still to be compiled, down to 0, whenever some are."""
    token = _TELL.set(tell)
    try:
        yield
    finally:
        _TELL.reset(token)


def told(left: int) -> None:
    """Tell whoever wants to know how many kernels are still to be compiled."""
    if (tell := _TELL.get()) is not None:
        tell(left)


def noting() -> list[Task] | None:
    """Where a rehearsal notes what is called; None where kernels are run."""
    return _NOTED.get()


@contextmanager
def rehearsal() -> Iterator[None]:
    """No kernel called in here is run; those that are not on disk are compiled at the end."""
    noted: list[Task] = []
    token = _NOTED.set(noted)
    try:
        yield
    finally:
        _NOTED.reset(token)
    # What takes longest comes first: a kernel with many arguments.
    _compile(sorted(set(noted), key=lambda task: -len(str(task.signature))))


def _compile(tasks: list[Task]) -> None:
    workers = min(_cores(), len(tasks))
    left = len(tasks)
    if left:
        told(left)
    waiting: SimpleQueue[Task] = SimpleQueue()
    done: SimpleQueue[bool] = SimpleQueue()
    for task in tasks:
        waiting.put(task)
    if workers < 2 or not sys.executable:
        for task in tasks:
            task.run()
            told(left := left - 1)
        return
    with ThreadPoolExecutor(workers) as pool:
        helpers = [pool.submit(_hand_out, waiting, done) for _ in range(workers)]
        while left and not all(helper.done() for helper in helpers):
            try:
                done.get(timeout=0.2)
            except Empty:
                continue
            told(left := left - 1)
    if left:  # a helper died; what it left is compiled when it is called
        told(0)


def _hand_out(waiting: SimpleQueue[Task], done: SimpleQueue[bool]) -> None:
    """Have one process compile task after task."""
    paths = os.pathsep.join(path or os.getcwd() for path in sys.path)
    with subprocess.Popen(
        [sys.executable, "-c", _START],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": paths},
    ) as helper:
        assert helper.stdin is not None
        assert helper.stdout is not None
        try:
            while True:
                task = waiting.get_nowait()
                helper.stdin.write(base64.b64encode(pickle.dumps(tuple(task))) + b"\n")
                helper.stdin.flush()
                if not helper.stdout.readline():
                    return
                done.put(True)
        except (Empty, BrokenPipeError):
            return
        finally:
            helper.stdin.close()


def serve() -> None:
    """Compile what comes on stdin, a task a line, and answer each with a line."""
    gc.disable()  # a tenth of the time, and the process does not live long
    for line in sys.stdin.buffer:
        task = Task(*pickle.loads(base64.b64decode(line)))
        with _optimised_once(task.name):
            task.run()
        sys.stdout.buffer.write(b"done\n")
        sys.stdout.buffer.flush()


@contextmanager
def _optimised_once(kernel: str) -> Iterator[None]:
    """Optimise a kernel when all it calls has been linked to it, not each helper by itself before: a quarter less time.

    It reaches into numba, and so is done in a process that does nothing but compile.
    """
    from numba.core.codegen import CPUCodeLibrary

    libraries: Any = CPUCodeLibrary
    optimise = libraries._optimize_final_module

    def at_last(library: Any) -> None:
        if kernel in library.name:
            optimise(library)

    libraries._optimize_final_module = at_last
    try:
        yield
    finally:
        libraries._optimize_final_module = optimise


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
