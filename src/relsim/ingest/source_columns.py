"""What stands where in a line of a source. Floor 3.

The sources themselves: ``icews``, ``gdelt``, ``polecat``, ``csv_columns``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from relsim.errors import suggestion


@dataclass(frozen=True)
class Layout:
    """Columns of a source."""

    form: str
    """As reports call it: ``GDELT 2.0``."""
    width: int
    """Columns of every line."""
    scheme: str
    """Coding scheme of its events: ``cameo``, ``plover`` or ``own``."""
    at: Mapping[str, int]
    """Column, from 0, of what the source has of: ``date``, ``event``; ``text``, its name; ``mode``, which narrows it
    down (PLOVER); ``by`` and ``toward``, countries; ``by_actor`` and ``toward_actor``, names; ``id``; ``story``;
    ``count``; ``news``, the day on which it was told, where that is not the event's own."""
    header: tuple[str, ...] = ()
    """Names of its columns as the first line gives them; none where that is a row already."""
    delimiter: str = "\t"


class LayoutError(Exception):
    """The first line is none of the source; the message says what was expected."""


def key(name: str) -> str:
    """A column's name as it is compared: letters and digits, lower case."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def cells_of(line: str) -> tuple[list[str], str]:
    """Cells of a first line, and its delimiter: a tab where there is one, else a semicolon or a comma."""
    delimiter = "\t" if "\t" in line else ";" if line.count(";") > line.count(",") else ","
    try:
        cells = next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        cells = line.split(delimiter)
    return [cell.strip() for cell in cells], delimiter


def columns(cells: Sequence[str], wanted: Mapping[str, str], needed: Sequence[str]) -> dict[str, int]:
    """Positions of a header's columns by role; ``wanted`` gives the column's name of each role.

    Raises
    ------
    LayoutError
        A needed column is missing, or one stands twice.
    """
    header = [key(cell) for cell in cells]
    found: dict[str, int] = {}
    for role, name in wanted.items():
        times = header.count(key(name))
        if times > 1:
            raise LayoutError(f"the column '{name}' stands {times} times in the header")
        if times:
            found[role] = header.index(key(name))
        elif role in needed:
            hint = suggestion(name, [cell.strip() for cell in cells if cell.strip()])
            raise LayoutError(f"the column '{name}' is missing; {hint}")
    return found
