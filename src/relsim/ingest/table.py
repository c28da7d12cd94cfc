"""Event tables, CSV or Parquet: columns ``date, event, by, toward[, issue, count]``. Floor 3."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from relsim.errors import DataError, suggestion

COLUMNS = ("date", "event", "by", "toward", "issue", "count")
REQUIRED = ("date", "event")


@dataclass(frozen=True)
class Cell:
    """A value of a table and where it stands; line and column count from 1, 0 in Parquet."""

    text: str
    line: int
    column: int


Row = dict[str, Cell]


class TableError(DataError):
    """A table that cannot be read; ``line`` and ``column`` say where, ``hint`` what may have been meant."""

    def __init__(self, message: str, line: int = 1, column: int = 1, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.line, self.column, self.hint = message, line, column, hint


def rows_of_csv(text: str) -> list[Row]:
    """Rows of a CSV table; empty cells are left out.

    Raises
    ------
    TableError
        Unknown or missing columns, rows of the wrong length.
    """
    lines = text.splitlines()
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        header = next(reader, None)
        if not header:
            raise TableError(f"the table is empty; columns {', '.join(COLUMNS)} were expected")
        header = [name.strip().lower() for name in header]
        _check_header(header, lines[0])
        out: list[Row] = []
        for cells in reader:
            if not cells or not any(c.strip() for c in cells):
                continue
            line = reader.line_num
            if len(cells) != len(header):
                raise TableError(f"found {len(cells)} cells; {len(header)} were expected, as in the first line", line)
            out.append(dict(_cells(header, cells, line, lines[line - 1])))
    except csv.Error as error:
        raise TableError(f"not readable as CSV: {error}", reader.line_num) from None
    return out


def _cells(header: list[str], cells: list[str], line: int, text: str) -> Iterator[tuple[str, Cell]]:
    at = 0
    for name, cell in zip(header, cells, strict=True):
        found = text.find(cell, at) if cell else at
        column = (found if found >= 0 else at) + 1
        at = max(found, at) + len(cell)
        if cell.strip():
            yield name, Cell(cell.strip(), line, column)


def _check_header(header: list[str], line: str) -> None:
    for name in header:
        if name not in COLUMNS:
            column = max(0, line.lower().find(name)) + 1
            raise TableError(f"unknown column '{name}'", 1, column, suggestion(name, COLUMNS))
    for name in REQUIRED:
        if name not in header:
            raise TableError(f"the column '{name}' is missing; {', '.join(COLUMNS)} were expected")
    doubled = next((n for n in header if header.count(n) > 1), None)
    if doubled:
        raise TableError(f"the column '{doubled}' stands twice")


def rows_of_parquet(location: str) -> list[Row]:
    """Rows of a Parquet table.

    Raises
    ------
    TableError
        If it is no such table.
    """
    import duckdb

    try:
        with duckdb.connect() as connection:
            found = connection.execute("SELECT * FROM read_parquet(?)", [location])
            header = [column[0].lower() for column in found.description or ()]
            data = found.fetchall()
    except duckdb.Error as error:
        raise TableError(f"not readable as Parquet: {str(error).splitlines()[0]}") from None
    _check_header(header, "")
    return [
        {
            n: Cell(str(v)[:10] if n == "date" else str(v), 0, 0)
            for n, v in zip(header, row, strict=True)
            if v is not None
        }
        for row in data
    ]
