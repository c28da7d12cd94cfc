"""Text in columns for the terminal. Floor 7."""

from __future__ import annotations

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


def wrapped(text: str, width: int) -> list[str]:
    """Text in lines of at most so many characters."""
    import textwrap

    return textwrap.wrap(text, width) or [""]
