"""What can be wrong, and how it is said. Floor 1.

A *fault* is known by its path in the document; ``compose`` turns faults into *diagnostics*, which know file,
line and column. Everything a user can cause is an ``InputError`` (exit status 2; of data a ``DataError``)
or a ``RunError`` (1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path


@dataclass(frozen=True)
class Fault:
    """Something wrong at a path of the document, keys joined by ``/``, list indices as numbers."""

    path: str
    message: str
    key: bool = False
    """The place is the key, not the value."""
    also: tuple[str, ...] = ()
    """Paths of the other values of a joint fault, named in the message."""
    hint: str = ""
    """What may have been meant; printed behind the caret."""


class Faulty(Exception):  # noqa: N818
    """Raised where a document's content is at fault."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("; ".join(f"{f.path}: {f.message}" for f in self.faults))


@dataclass(frozen=True)
class Diagnostic:
    """A fault with its place; ``str()`` is what the user reads.

    ``line`` and ``column`` count from 1; ``line`` 0 stands for no place in a file.
    """

    file: str
    line: int
    column: int
    path: str
    """Keys joined by dots; empty for the document as a whole."""
    message: str
    source_line: str = ""
    hint: str = ""
    severity: str = "error"

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        head = ": ".join(part for part in (place, self.path, self.message) if part)
        if self.severity != "error":
            head = f"{self.severity}: {head}"
        if not self.line or not self.source_line.strip():
            return f"{head}\n    {self.hint}" if self.hint else head
        line = self.source_line.rstrip()
        text = line.lstrip()
        at = max(0, self.column - 1 - (len(line) - len(text)))
        if len(text) > _WIDEST:
            first = max(0, min(at - _WIDEST // 2, len(text) - _WIDEST))
            text, at = "…" * (first > 0) + text[first : first + _WIDEST] + "…", at - first + (first > 0)
        caret = " " * at + "^"
        if self.hint:
            caret += " " + self.hint
        return f"{head}\n    {text.translate(_BLANK)}\n    {caret}"


_WIDEST = 400
"""Characters of a line that are shown; of a longer one, those around the caret."""
CONTROLS = tuple(c for c in (*range(32), *range(127, 160)) if c not in (9, 10))
"""Control characters, by number: all but tab and line end."""
_BLANK = dict.fromkeys((*CONTROLS, 9, 10), " ")
"""Control characters are shown as blanks, so that the caret stands right and no terminal is led astray."""


class RelsimError(Exception):
    """Base of all errors a user may meet."""


class Notice(UserWarning):
    """What somebody should know of a result that is made all the same; the command line prints it."""


class InputError(RelsimError):
    """Wrong input or usage: exit status 2."""

    def __init__(self, diagnostics: Sequence[Diagnostic] | str) -> None:
        if isinstance(diagnostics, str):
            diagnostics = [Diagnostic("", 0, 0, "", diagnostics)]
        self.diagnostics: tuple[Diagnostic, ...] = tuple(diagnostics)
        super().__init__("\n".join(map(str, self.diagnostics)))


class DataError(InputError):
    """A table or source of events that cannot be used."""


class RunError(RelsimError):
    """Failed while running: exit status 1."""


@contextmanager
def named(place: Path, name: Path) -> Iterator[None]:
    """Speak of a file by the name that it is going to have."""
    try:
        yield
    except InputError as error:
        raise InputError(
            [
                replace(found, file=found.file.replace(str(place), str(name)),
                        message=found.message.replace(str(place), str(name)))
                for found in error.diagnostics
            ]
        ) from None  # fmt: skip


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like ``name``, if one is like it at all."""
    candidates = list(dict.fromkeys(known))
    found = get_close_matches(name, candidates, n=1, cutoff=0.6)
    if not found:
        found = [c for c in candidates if c.lower() == name.lower()]
    return found[0] if found else None


def suggestion(name: str, known: Iterable[str], most: int = 12) -> str:
    """``did you mean …? known: …``, as far as there is something to say."""
    candidates = list(dict.fromkeys(known))
    near = nearest(name, candidates)
    shown = ", ".join(candidates[:most]) + (", …" if len(candidates) > most else "")
    parts = []
    if near:
        parts.append(f"did you mean '{near}'?")
    if candidates:
        parts.append(f"known: {shown}")
    return " ".join(parts)
