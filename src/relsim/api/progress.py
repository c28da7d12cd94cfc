"""How work that takes a while shows that it goes on: on a terminal, in a notebook, or not at all. Floor 7."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

PATIENCE = 1.0
"""Seconds of silence before work shows its progress."""
_STEP = 0.25
"""Seconds between two drawings of a bar in a notebook."""


class Progress(Protocol):
    """Takes word of work that goes on."""

    def bar(self, steps: int, label: str) -> AbstractContextManager[Callable[[int], None]]:
        """Shows work of known length; gives a function that takes the number of steps done."""
        ...

    def count(self, what: str) -> AbstractContextManager[Callable[[int], None]]:
        """Shows work whose end is not known; gives a function that takes the number so far."""
        ...

    def wait(self, label: str) -> AbstractContextManager[None]:
        """Names what is waited for."""
        ...

    def say(self, text: str) -> None:
        """Says how much work lies ahead."""
        ...


def progress_of(wanted: bool | Progress) -> Progress:
    """A bar where one is wanted, or what the caller shows progress with."""
    return _Bars(shown=wanted) if isinstance(wanted, bool) else wanted


class _Bars:
    """A bar in the notebook or on the terminal, which appears if the work takes a while."""

    def __init__(self, shown: bool) -> None:
        self._shown = shown

    @contextmanager
    def bar(self, steps: int, label: str) -> Iterator[Callable[[int], None]]:
        begun = time.monotonic()
        bar: _NotebookBar | _TerminalBar | None = None

        def update(done: int) -> None:
            nonlocal bar
            if bar is None and self._shown and done < steps and time.monotonic() - begun > PATIENCE:
                bar = _opened(steps, label)
            if bar is not None:
                bar.update(done)

        try:
            yield update
        finally:
            if bar is not None:
                bar.close()

    @contextmanager
    def count(self, what: str) -> Iterator[Callable[[int], None]]:
        yield lambda number: None

    @contextmanager
    def wait(self, label: str) -> Iterator[None]:
        yield

    def say(self, text: str) -> None:
        """A script is not told how much lies ahead."""


SILENT: Progress = _Bars(shown=False)
"""Shows nothing."""


def _opened(steps: int, label: str) -> _NotebookBar | _TerminalBar | None:
    notebook = sys.modules.get("IPython")
    shell = notebook.get_ipython() if notebook is not None else None
    if shell is not None and hasattr(shell, "kernel"):
        return _NotebookBar(steps, label)
    return _TerminalBar(steps, label) if sys.stderr.isatty() else None


class _TerminalBar:
    """A bar on standard error."""

    def __init__(self, steps: int, label: str) -> None:
        from rich.console import Console
        from rich.progress import Progress as RichProgress

        self._bar = RichProgress(console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task(label, total=steps)
        self._bar.start()

    def update(self, done: int) -> None:
        self._bar.update(self._task, completed=done)

    def close(self) -> None:
        self._bar.stop()


class _NotebookBar:
    """A bar under the cell of a notebook, gone when the work is done."""

    def __init__(self, steps: int, label: str) -> None:
        from IPython.display import HTML, display

        self._html: Any = HTML
        self._steps, self._label, self._drawn = steps, label, time.monotonic()
        self._handle: Any = display(HTML(self._text(0)), display_id=True)

    def _text(self, done: int) -> str:
        return f'<progress value="{done}" max="{self._steps}"></progress> {self._label}: {done / self._steps:.0%}'

    def update(self, done: int) -> None:
        if time.monotonic() - self._drawn > _STEP:
            self._handle.update(self._html(self._text(done)))
            self._drawn = time.monotonic()

    def close(self) -> None:
        self._handle.update(self._html(""))
