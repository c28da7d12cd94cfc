"""Where text goes to the terminal: nothing that a file says can steer it. Floor 8."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from relsim.errors import CONTROLS

_SHOWN = dict.fromkeys(CONTROLS, "\N{REPLACEMENT CHARACTER}")


class Terminal:
    """A stream that shows control characters of titles, labels, names and cells, and does not obey them."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write text; line ends and tabs are no control characters."""
        return self.stream.write(text.translate(_SHOWN))

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
    """The stream itself, for progress that moves the cursor."""
    return stream.stream if isinstance(stream, Terminal) else stream
