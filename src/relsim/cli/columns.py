"""Text in columns for the terminal. Floor 8."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

WIDTH = 100
"""Columns that everything printed fits into."""
_NAME = 44


def counted(number: int, noun: str) -> str:
    """A number of things: ``1 path``, ``2,000 paths``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def aligned(rows: Sequence[Sequence[str]], left: Sequence[int] = (0,), name: int = _NAME) -> str:
    """Rows as columns two blanks apart, numbers to the right; the first cell is cut, the last wrapped, to
    fit. The first is left ``name`` columns at least.
    """
    taken = sum(2 + max(len(row[i]) for row in rows) for i in range(1, len(rows[0])))
    name = max(name, WIDTH - taken)
    cells = [[_cut(row[0], name), *row[1:]] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    last = len(widths) - 1
    before = sum(widths[:last]) + 2 * last
    lines = []
    for row in cells:
        parts = [cell.ljust(widths[i]) if i in left else cell.rjust(widths[i]) for i, cell in enumerate(row)]
        if last in left and before + widths[last] > WIDTH:
            pieces = wrapped(row[last], max(20, WIDTH - before))
            lines.append("  ".join([*parts[:last], pieces[0]]).rstrip())
            lines.extend(" " * before + piece for piece in pieces[1:])
        else:
            lines.append("  ".join(parts).rstrip())
    return "\n".join(lines)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def stacked(rows: Sequence[Sequence[str]], *, prose: bool = False) -> str:
    """Rows as columns two blanks apart, all to the left. Where they do not fit, the first cell of each row stands on a
    line of its own, the others below it; then the last, if it is ``prose``, on lines of its own as well, unless it is
    ``-``.
    """
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    if sum(widths) + 2 * (len(widths) - 1) <= WIDTH:
        return "\n".join(_ljust(row, widths) for row in rows)
    end = -1 if prose else len(widths)
    lines: list[str] = []
    for row in rows:
        lines += [row[0], f"    {_ljust(row[1:end], widths[1:end])}"]
        lines += wrapped(row[-1], first=" " * 4, then=" " * 4) if prose and row[-1] != "-" else []
    return "\n".join(lines)


def _ljust(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def heading(scenario: str, variant: str | None = None) -> str:
    """What a text is about: its title, and the variant."""
    return "\n".join(wrapped(scenario if variant is None else f"{scenario} ({variant})"))


def wrapped(text: str, width: int = WIDTH, first: str = "", then: str = "") -> list[str]:
    """Text in lines of at most so many characters, a number and its percent sign on one.

    Parameters
    ----------
    first, then : what the first line begins with, and every other
    """
    tied = text.replace(" %", "\N{NO-BREAK SPACE}%")
    lines = textwrap.wrap(tied, width, initial_indent=first, subsequent_indent=then)
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines] or [""]
