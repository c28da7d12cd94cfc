"""What can be wrong, and how it is said. Floor 1.

A *problem* is known by its path in the document until ``compose`` finds its file, line and column. Everything a user
can cause is an ``InputError`` (exit status 2; of a document a ``DocumentError``, of data a ``DataError``) or a
``RunError`` (1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

_UNSEEN = (*range(32), *range(127, 160), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF)
"""Code points of control characters: those that move a cursor, break a line or turn the order of letters."""
_ESCAPED = {code: repr(chr(code))[1:-1] if code != 0xFEFF else "\\ufeff" for code in _UNSEEN}
_TAMED = dict.fromkeys(_UNSEEN, " ")
_LIKE_SPACES = {
    **dict.fromkeys(map(chr, (0xA0, 0x202F)), "a no-break space"),
    **dict.fromkeys(map(chr, (0x1680, *range(0x2000, 0x200B), 0x205F, 0x3000)), "no plain space"),
    **dict.fromkeys(map(chr, (0xAD, 0x180E, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF)), "an invisible character"),
    "\t": "a tab",
}
"""Characters that look like a space, or like nothing, and what to call them."""


def visible(text: str, kept: str = "") -> str:
    """Text of one line, its control characters written out, so that none reaches a terminal."""
    return text.translate({code: seen for code, seen in _ESCAPED.items() if chr(code) not in kept})


def in_one_line(text: str) -> str:
    """Text as it is listed: control characters and breaks of lines are blanks."""
    return text if text.isprintable() else text.translate(_TAMED).strip(" ")


def unlike_spaces(text: str) -> str:
    """What looks like a space in a text and is none, by its code; empty where there is nothing."""
    found = dict.fromkeys(c for c in text if c in _LIKE_SPACES)
    return "; ".join(f"U+{ord(c):04X} is {_LIKE_SPACES[c]}, where a space was perhaps meant" for c in found)


@dataclass(frozen=True)
class Problem:
    """Something wrong, or odd; ``str()`` is what the user reads.

    Found in a document that has been read, it is known by its ``path`` there, keys joined by ``/``, list indices as
    numbers. ``compose`` gives it its place, and the path is then joined by dots, as messages show it.

    Attributes
    ----------
    path : empty for the document as a whole
    key : the place is the key, not the value
    also : paths of the other values of a joint problem, named in the message
    hint : what may have been meant; printed behind the caret
    file, line, column : its place, counted from 1; line 0 stands for no place in a file
    """

    path: str
    message: str
    key: bool = False
    also: tuple[str, ...] = ()
    hint: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    source_line: str = ""
    severity: str = "error"

    @classmethod
    def at(
        cls,
        file: str,
        line: int,
        column: int,
        path: str,
        message: str,
        source_line: str = "",
        hint: str = "",
        severity: str = "error",
    ) -> Problem:
        """One with its place."""
        return cls(
            path,
            message,
            hint=hint,
            file=file,
            line=line,
            column=column,
            source_line=source_line,
            severity=severity,
        )

    def __str__(self) -> str:
        file, path, hint = visible(self.file), visible(self.path), visible(self.hint, kept="\n")
        place = f"{file}:{self.line}:{self.column}" if self.line else file
        head = ": ".join(part for part in (place, path, visible(self.message, kept="\n")) if part)
        if self.severity != "error":
            head = f"{self.severity}: {head}"
        if not self.line or not self.source_line.strip():
            return f"{head}\n    {hint}" if hint else head
        line = self.source_line.rstrip()
        text = line.lstrip()
        at = max(0, self.column - 1 - (len(line) - len(text)))
        if len(text) > _WIDEST:
            first = max(0, min(at - _WIDEST // 2, len(text) - _WIDEST))
            text, at = "…" * (first > 0) + text[first : first + _WIDEST] + "…", at - first + (first > 0)
        caret = " " * at + "^"
        if hint:
            caret += " " + hint
        return f"{head}\n    {text.translate(_TAMED)}\n    {caret}"


_WIDEST = 400
"""Characters of a line that are shown; of a longer one, those around the caret."""
CONTROLS = tuple(c for c in _UNSEEN if c not in (9, 10))
"""Control characters, by number: all but tab and line end."""
_UNOBEYED = dict.fromkeys(CONTROLS, "\N{REPLACEMENT CHARACTER}")


def unobeyed(text: str) -> str:
    """Text that cannot steer a terminal: control characters are �, all but tabs and line ends."""
    return text.translate(_UNOBEYED)


def seen(value: object) -> str:
    """A value as messages name it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = str(value)
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return f"'{text}'" if isinstance(value, str) else text


_LONGEST = 60
"""Characters of a value that a message shows."""


class RelsimError(Exception):
    """Base of all errors a user may meet."""


class Notice(UserWarning):
    """What somebody should know of a result that is made all the same; the command line prints it."""


class InputError(RelsimError):
    """Wrong input or usage: exit status 2.

    Attributes
    ----------
    problems : tuple
        All that is wrong.

    Examples
    --------
    >>> try:
    ...     relsim.open("nowhere")
    ... except relsim.InputError as error:
    ...     print(error)
    nowhere: does not exist; a folder that 'relsim run' wrote was expected
    """

    def __init__(self, problems: Iterable[Problem] | str) -> None:
        self.problems: tuple[Problem, ...] = (Problem("", problems),) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class DocumentError(InputError):
    """A document, or what is laid over it, that cannot be used.

    Attributes
    ----------
    problems : tuple
        All that is wrong, with ``file``, ``line``, ``column`` (from 1; line 0 where there is no place), ``path`` in the
        document, ``message`` and ``hint``, which may be empty.

    Examples
    --------
    >>> try:
    ...     relsim.load("docs/examples/osaka.yaml", settings={"events/sanctions/rate": "3 to 8 per yaer"})
    ... except relsim.DocumentError as error:
    ...     print(error.problems[0].path, error.problems[0].hint, sep=": ")
    events.sanctions.rate: did you mean 'per year'?
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__(problems)


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
                for found in error.problems
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
