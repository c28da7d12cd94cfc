"""How long work shows that it goes on. Floor 8."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from relsim.cli.terminal import steered

_PATIENCE = 1.0
"""Seconds of silence before a wait is named."""


@contextmanager
def progress_bar(steps: int, label: str = "Simulating") -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr that appears only on a terminal and only if the work takes a while.

    It appears whether or not a step is done by then. Gives a function that takes the number of steps done.
    """
    from relsim.kernels.ahead import telling

    bar = click.progressbar(length=steps, label=label, file=steered(sys.stderr))
    shown = at = 0
    lock = threading.Lock()
    seen = False

    def draw() -> None:
        nonlocal shown, seen
        with lock:
            if not seen and at < steps:
                bar.__enter__()
                seen = True
            if seen and at > shown:
                bar.update(at - shown)
                shown = at

    def update(done: int) -> None:
        nonlocal at
        at = done
        if seen:
            draw()

    try:
        with telling(_Compiling()), _after(_PATIENCE, draw):
            yield update
    finally:
        if seen:
            bar.__exit__(None, None, None)


class _Compiling:
    """A line that counts down the kernels that are compiled in the first run on a machine."""

    def __init__(self) -> None:
        self._width = 0

    def __call__(self, left: int) -> None:
        text = f"Compiling for this machine, once: {left} of the simulation's kernels left"
        if not sys.stderr.isatty():
            if self._width == 0:
                click.echo(f"{text}.", err=True)
        elif left == 0:
            _wipe(self._width)
        else:
            click.echo("\r" + text.ljust(self._width), nl=False, file=steered(sys.stderr))
        self._width = max(self._width, len(text))


@contextmanager
def waiting(label: str) -> Iterator[None]:
    """Name what is waited for in a line on stderr, on a terminal; only if it takes a while."""
    with _after(_PATIENCE, lambda: click.echo(f"{label} …", file=steered(sys.stderr))):
        yield


@contextmanager
def counting(what: str) -> Iterator[Callable[[int], None]]:
    """A running count on stderr, for work whose end is not known; on a terminal, and only if it takes a while.

    Gives a function that takes the number so far.
    """
    begun = last = time.monotonic()
    told = False

    def update(number: int) -> None:
        nonlocal last, told
        now = time.monotonic()
        if sys.stderr.isatty() and now - begun > _PATIENCE and now - last > _PATIENCE / 4:
            click.echo(f"\r{number:,} {what}", nl=False, file=steered(sys.stderr))
            last, told = now, True

    try:
        yield update
    finally:
        if told:
            _wipe(40)


@contextmanager
def _after(seconds: float, do: Callable[[], None]) -> Iterator[None]:
    """Do something on the terminal if what is done in here takes longer."""
    timer = threading.Timer(seconds, do)
    timer.daemon = True
    if sys.stderr.isatty():
        timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if timer.is_alive():
            timer.join()


class OnTerminal:
    """Progress on stderr, for the use cases of ``relsim.api``."""

    bar = staticmethod(progress_bar)
    count = staticmethod(counting)
    wait = staticmethod(waiting)

    @staticmethod
    def say(text: str) -> None:
        """Print a line on stderr."""
        click.echo(text, err=True)


ON_TERMINAL = OnTerminal()


def _wipe(columns: int) -> None:
    """Make the line that was written empty again."""
    click.echo("\r" + " " * columns + "\r", nl=False, file=steered(sys.stderr))
