"""How long work shows that it goes on. Floor 8."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from relsim.cli.terminal import steered

_PATIENCE = 1.0
"""Seconds of silence before work shows its progress."""


@contextmanager
def progress_bar(steps: int, label: str = "Simulating") -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr that appears only on a terminal and only if the work takes a while.

    Gives a function that takes the number of steps done.
    """
    from relsim.kernels.compiled import is_cached

    if not is_cached():
        click.echo("Compiling the step kernel for this machine, once: about a minute.", err=True)
    begun = time.monotonic()
    bar = None
    shown = 0
    try:

        def update(done: int) -> None:
            nonlocal bar, shown
            if bar is None and sys.stderr.isatty() and time.monotonic() - begun > _PATIENCE and done < steps:
                bar = click.progressbar(length=steps, label=label, file=steered(sys.stderr))
                bar.__enter__()
            if bar is not None:
                bar.update(done - shown)
                shown = done

        yield update
    finally:
        if bar is not None:
            bar.__exit__(None, None, None)


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
            click.echo("\r" + " " * 40 + "\r", nl=False, file=steered(sys.stderr))
