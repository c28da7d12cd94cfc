"""Where text goes to the terminal: nothing that a file says can steer it. Floor 8."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TextIO

import click

from relsim.errors import unobeyed

if TYPE_CHECKING:
    from relsim.show.values import Block


class Terminal:
    """A stream that shows control characters of titles, labels, names and cells, and does not obey them."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write text; line ends and tabs are no control characters."""
        return self.stream.write(unobeyed(text))

    def writelines(self, lines: Iterator[str]) -> None:
        """Write texts one after the other."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextmanager
def guarded() -> Iterator[None]:
    """Have all that is printed in here go through a ``Terminal``."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (Terminal(stream) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def steered(stream: TextIO) -> TextIO:
    """The stream itself, for progress that moves the cursor and for colours of our own."""
    return stream.stream if isinstance(stream, Terminal) else stream


def print_result(result: Result, as_json: bool, blocks: Callable[[], Iterable[Block]]) -> None:
    """Print a result as JSON or in tables, its warnings on stderr before it."""
    for text in getattr(result, "warnings", ()):
        click.echo(f"warning: {text}", err=True)
    if as_json:
        click.echo(result.to_json(), nl=False)
    else:
        print_blocks(*blocks())


class Result(Protocol):
    """What a use case found."""

    def to_json(self) -> str: ...


def print_blocks(*blocks: Block) -> None:
    """Print tables and texts as wide as the terminal is, in colour where it has colours and NO_COLOR is not set."""
    from relsim.show.console import WIDTH, console_text

    width = shutil.get_terminal_size((WIDTH, 24)).columns
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    text = console_text(blocks, width, colour=colour)
    click.echo(text, nl=False, file=steered(sys.stdout) if colour else sys.stdout)
