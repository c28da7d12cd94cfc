"""Event tables, CSV or Parquet: columns ``date, event, by, toward[, issue, count]``. Floor 3.

The one way in which they are read, for histories, fits, charts and backtests: every cell checked, the first fault named
with its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from relsim.errors import DataError, InputError, Problem, suggestion
from relsim.events import EARLIEST, LATEST, MOST, is_believed, likely
from relsim.files import clear
from relsim.ingest.days import read_day
from relsim.ingest.pieces import Piece, pieces
from relsim.ingest.source_columns import Layout, cells_of
from relsim.ingest.text import raw_line, undecodable
from relsim.parquet import literal

COLUMNS = ("date", "event", "by", "toward", "issue", "count")
REQUIRED = ("date", "event")
_COUNT = re.compile(r"[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an event table; what it is silent of is None."""

    line: int
    """On which it stands, from 1; in Parquet its number."""
    day: date
    event: str
    by: str | None
    toward: str | None
    issue: str | None
    count: int | None
    cells: Sequence[str] = ()
    """As written, in the order of the header."""


class TableError(DataError):
    """A table that cannot be read; its one diagnostic says where and why."""

    def __init__(
        self, shown: str, message: str, line: int = 0, column: int = 0, text: str = "", hint: str = ""
    ) -> None:
        super().__init__([Problem.at(shown, line, column, "", message, text, hint)])


def rows_of(path: Path, shown: str | None = None) -> Iterator[Row]:
    """The rows of an event table, in its order.

    Parameters
    ----------
    shown : how messages call it; by its path unless given

    Raises
    ------
    InputError
        The file does not exist or is of another kind.
    DataError
        It is no event table, or a cell in it is none: with line and column.
    """
    shown = shown or str(path)
    clear(path.parent)  # a table and its coverage of which a killed process had written one
    if not path.is_file():
        raise InputError(f"{shown}: {'is a folder' if path.is_dir() else 'the file does not exist'}")
    if path.suffix not in (".csv", ".parquet"):
        raise InputError(f"{shown}: found '{path.suffix}'; an event table is a .csv or a .parquet file")
    return _of_parquet(path, shown) if path.suffix == ".parquet" else _of_csv(path, shown)


def _of_csv(path: Path, shown: str) -> Iterator[Row]:
    if not path.stat().st_size:
        raise DataError(f"{shown}: the file is empty; columns {', '.join(COLUMNS)} were expected")

    def layout_of(line: str) -> Layout:
        cells, delimiter = cells_of(line)
        _check_header(shown, [cell.lower() for cell in cells], line)
        at = {cell.lower(): n for n, cell in enumerate(cells)}
        return Layout("event table", len(cells), "own", at, tuple(cells), delimiter)

    for piece, layout in pieces(path, path.name, shown, layout_of):
        if piece.repaired_lines:
            raise undecodable(path, shown, piece.repaired_lines[0])
        if piece.broken:
            broken = piece.broken[0]
            text = raw_line(path, broken.line)
            raise TableError(shown, f"found {broken.reason}", broken.line, broken.column, text)
        yield from _rows(path, shown, piece, layout)


def _rows(path: Path, shown: str, piece: Piece, layout: Layout) -> Iterator[Row]:
    roles = [layout.at.get(name) for name in COLUMNS]
    for position, record in enumerate(piece.text.split("\n")[:-1], 1):
        cells = record.split("\t")
        if not record.strip():
            continue
        line = piece.line(position)
        if len(cells) != layout.width:
            raise _misfit(path, shown, line, cells, layout)
        texts = [None if at is None else cells[at].strip() or None for at in roles]
        try:
            yield _row(line, texts, cells)
        except _BadCellError as bad:
            if _is_header(cells):
                raise _misfit(path, shown, line, cells, layout) from None
            text = raw_line(path, line)
            at = layout.at.get(bad.column, 0)
            raise TableError(shown, bad.message, line, column_of(text, cells, at), text, bad.hint) from None


class _BadCellError(Exception):
    def __init__(self, column: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.column, self.message, self.hint = column, message, hint


def _row(line: int, texts: Sequence[str | None], cells: Sequence[str] = ()) -> Row:
    day_text, event, by, toward, issue, count_text = texts
    day = read_day(day_text or "")
    if day is None:
        raise _BadCellError("date", f"found date '{day_text or ''}'; a date such as 2019-05-15 was expected")
    if not is_believed(day):
        message = f"found date '{day_text}'; a day from {EARLIEST} to {LATEST} was expected"
        raise _BadCellError("date", message, likely(day))
    if event is None:
        raise _BadCellError("event", "found event ''; the name of an event was expected")
    count = None
    if count_text is not None:
        count = int(count_text) if _COUNT.fullmatch(count_text) else 0
        if not 1 <= count <= MOST:
            message = f"found count '{count_text}'; a whole count from 1 to {MOST:,} was expected"
            raise _BadCellError("count", message)
    return Row(line, day, event, by, toward, issue, count, cells)


def _misfit(path: Path, shown: str, line: int, cells: Sequence[str], layout: Layout) -> TableError:
    """What to say of a row that has other columns than the first line, or is a first line again."""
    text = raw_line(path, line)
    if _is_header(cells):
        hint = "one table for each file"
        return TableError(shown, "a header again: two tables in one file", line, 1, text, hint)
    at = column_of(text, cells, layout.width) if len(cells) > layout.width else len(text) + 1
    found = f"found {len(cells)} cells; {layout.width} were expected, as in the first line"
    return TableError(shown, found, line, at, text)


def _is_header(cells: Sequence[str]) -> bool:
    return {*REQUIRED} <= {cell.strip().lower() for cell in cells}


def column_of(text: str, cells: Sequence[str], wanted: int) -> int:
    """Where a record's cell stands in its first line, from 1."""
    at = 0
    for number, cell in enumerate(cells):
        written = cell.replace('"', '""') if '"' in cell else cell
        found = text.find(written, at)
        start = found if found >= 0 else at
        if number == wanted:
            return start + len(cell) - len(cell.lstrip()) + 1
        at = start + len(written) + 1
    return at + 1


def _check_header(shown: str, header: Sequence[str], line: str) -> None:
    for name in header:
        if name not in COLUMNS:
            column = max(0, line.lower().find(name)) + 1
            raise TableError(shown, f"unknown column '{name}'", 1, column, line, suggestion(name, COLUMNS))
    for name in REQUIRED:
        if name not in header:
            message = f"the column '{name}' is missing; {', '.join(COLUMNS)} were expected"
            raise TableError(shown, message, 1, 1, line)
    doubled = next((name for name in header if header.count(name) > 1), None)
    if doubled:
        raise TableError(shown, f"the column '{doubled}' stands twice", 1, line.lower().rfind(doubled) + 1, line)


def _of_parquet(path: Path, shown: str) -> Iterator[Row]:
    import duckdb

    try:
        with duckdb.connect() as connection:
            connection.execute("SET enable_progress_bar = false")
            found = connection.execute("SELECT * FROM read_parquet(?)", [literal(path)])
            names = [column[0] for column in found.description or ()]
            header = [name.strip().lower() for name in names]
            _check_header(shown, header, "")
            roles = [header.index(name) if name in header else None for name in COLUMNS]
            number = 0
            while part := found.fetchmany(100_000):
                for values in part:
                    number += 1
                    texts = [None if at is None else _text(values[at]) for at in roles]
                    try:
                        yield _row(number, texts)
                    except _BadCellError as bad:
                        raise TableError(shown, f"row {number}: {bad.message}", hint=bad.hint) from None
    except duckdb.Error as error:
        raise DataError(f"{shown}: not readable as Parquet: {str(error).splitlines()[0]}") from None


def _text(value: object) -> str | None:
    return None if value is None else str(value).strip() or None
