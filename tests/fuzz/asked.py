"""Commands run here, and what is wrong with how they end."""

from __future__ import annotations

import re
import time
import traceback
from dataclasses import dataclass

from click.testing import CliRunner

from relsim.cli import main

LONGEST = 5.0
"""Seconds of processor time that a command may take to read, judge and run a document or a table."""
SEARCHING = 60.0
"""Seconds that one may take which searches more paths, or simulates again."""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    words: tuple[str, ...]
    status: int
    said: str
    """What it printed on stderr."""
    defects: tuple[str, ...]

    @property
    def errors(self) -> list[str]:
        """First lines of its diagnostics, warnings and notes left out."""
        lines = [line for line in self.said.splitlines() if line.strip() and not line.startswith(("    ", "\t"))]
        return [line for line in lines if not line.startswith(("warning: ", "note: "))]


def ended(*words: object, longest: float = LONGEST) -> Ended:
    """Run a command, and look for a defect, an empty message or too long a time."""
    given = tuple(map(str, words))
    began = time.process_time()
    done = CliRunner().invoke(main, given, env={"RELSIM_TRACEBACK": "1"})
    seconds = time.process_time() - began
    defects = []
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        where = "".join(traceback.format_exception(done.exception)[-4:])
        defects.append(f"{' '.join(given)}: a defect: {where}")
    if seconds > longest:
        defects.append(f"{' '.join(given)}: {seconds:.1f} s")
    if done.exit_code and not done.stderr.strip() and not defects:
        defects.append(f"{' '.join(given)}: status {done.exit_code} without a word")
    return Ended(given, done.exit_code, done.stderr, tuple(defects))


def unplaced(done: Ended) -> list[str]:
    """Diagnostics that do not begin with a file, line and column; a text that is none as a whole has no place."""
    lines = [line for line in done.errors if not re.match(r"(?!--).+?:[0-9]+:[0-9]+: ", line)]
    return [line for line in lines if not re.match(rf".+?: ({WHOLE})", line)]


WHOLE = "looks like UTF-16 without|not readable as|holds .* that no text has|the file is empty|holds .* data, not text"
