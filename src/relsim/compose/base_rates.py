"""Base rates that are to be counted in a table, counted: the document then says how many of how many. Floor 3."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path as FilePath

from relsim.compose.layers import Files
from relsim.compose.nodes import Node, Path, Place, Source, diagnostic
from relsim.errors import InputError, Problem, suggestion
from relsim.events import is_believed
from relsim.ingest.coverage import about
from relsim.ingest.source_columns import cells_of
from relsim.spec.base_rates import InTable, read_base_rate

_DATES = ("date", "on", "start")
"""Columns that a row's day is looked for in, the first that there is."""
_NAMED = 20
"""Rows that a source names."""
_MOST = 1000
"""Stretches that are counted back."""


@dataclass(frozen=True)
class _DatedRow:
    line: int
    day: date
    cells: dict[str, str]


class _TableError(Exception):
    """What is wrong with a table, at a line of it; line 0 with what the document says of it."""

    def __init__(self, message: str, line: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.line, self.hint = line, hint


def with_counts(root: Node, files: Files) -> tuple[Node, list[Problem]]:
    """The document with every base rate counted whose outcome names a table, and warnings.

    What cannot be counted is among ``files.found``.
    """
    outcomes, start = root.get("outcomes"), _start(root)
    if outcomes is None or outcomes.mapping is None or start is None:
        return root, []
    entries, warnings, changed = dict(outcomes.mapping), list[Problem](), False
    for name, outcome in outcomes.mapping.items():
        stated = outcome.get("base_rate")
        asked = read_base_rate(stated.plain()) if stated is not None else None
        if stated is None or not isinstance(asked, InTable):
            continue
        path = ("outcomes", name, "base_rate")
        counted = _counted(stated, asked, start, path, files, warnings)
        if counted is not None:
            entries[name] = Node(outcome.place, {**(outcome.mapping or {}), "base_rate": counted}, outcome.keys)
            changed = True
    if not changed:
        return root, warnings
    whole = {**(root.mapping or {}), "outcomes": Node(outcomes.place, entries, outcomes.keys)}
    return Node(root.place, whole, root.keys), warnings


def _start(root: Node) -> date | None:
    window = root.get("window")
    node = window.get("start") if window is not None else None
    try:
        return date.fromisoformat(str(node.value)) if node is not None else None
    except ValueError:
        return None


def _counted(node: Node, asked: InTable, start: date, path: Path, files: Files, warnings: list[Problem]) -> Node | None:
    """``{count, of, source}`` in a table's place; None where it cannot be counted, with what is wrong found."""
    table = node.get("from")
    assert table is not None
    found = files.beside(asked.table, table.place.source, table, (*path, "from"))
    if found is None:
        return None
    name, location = found
    read = files.text(name, location)
    if read is None:
        return None
    source, text = read
    try:
        rows = _rows(text, [column for column, _ in asked.where])
        first, last = _cover(FilePath(location), rows)
        chosen = [row for row in rows if all(row.cells[column] == wanted for column, wanted in asked.where)]
        stretches = _stretches(start, asked.window, first, last)
        if not stretches:
            length = _length(asked.window)
            raise _TableError(
                f"no whole stretch of {length} before {start} lies within {first} to {last}, which {name} covers"
            )
    except InputError as error:
        files.found += error.problems
        return None
    except _TableError as problem:
        place = Place(source, problem.line, 1) if problem.line else table.place
        files.found.append(diagnostic(place, () if problem.line else (*path, "from"), str(problem), problem.hint))
        return None
    if not chosen:
        message = f"no row of {name} is what is counted ({_where(asked)}): a slip?"
        warnings.append(replace(diagnostic(node.place, path, message), severity="warning"))
    hit = [[row for row in chosen if begin <= row.day <= end] for begin, end in stretches]
    return _node(node, source, asked, start, hit)


def _node(node: Node, source: Source, asked: InTable, start: date, hit: list[list[_DatedRow]]) -> Node:
    count, rows = sum(map(bool, hit)), sorted((row for rows in hit for row in rows), key=lambda row: row.day)
    named = ", ".join(f"{row.day} (line {row.line})" for row in rows[-_NAMED:])
    more = f"{len(rows) - _NAMED} earlier and " if len(rows) > _NAMED else ""
    where = f" with {_where(asked)}" if asked.where else ""
    told = (
        f"{count} of {len(hit)} stretches of {_length(asked.window)} before {start} have a row of "
        f"{source.name}{where}: {more}{named or 'none'}"
    )
    words = f"{asked.source}; {told}" if asked.source else told
    at = node.place
    return Node(at, {"count": Node(at, count), "of": Node(at, len(hit)), "source": Node(at, words)}, node.keys)


def _rows(text: str, needed: list[str]) -> list[_DatedRow]:
    """The rows of a table, each with its day and cells by column."""
    lines = text.splitlines()
    if not lines:
        raise _TableError("the table is empty; a first line with the names of its columns was expected", 1)
    header, delimiter = cells_of(lines[0])
    for column in needed:
        if column not in header:
            raise _TableError(f"the table has no column '{column}'", 0, suggestion(column, header))
    dated = next((header.index(name) for name in _DATES if name in header), None)
    if dated is None:
        raise _TableError(f"no column is called {', '.join(_DATES)}, in which the day of a row was expected", 1)
    rows, reader = [], csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    try:
        next(reader)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if len(cells) != len(header):
                    raise _TableError(f"found {len(cells)} cells; {len(header)} were expected", reader.line_num)
                day = _day(cells[dated].strip(), reader.line_num)
                rows.append(_DatedRow(reader.line_num, day, {h: cell.strip() for h, cell in zip(header, cells)}))
    except csv.Error as error:
        raise _TableError(f"not readable as CSV: {error}", reader.line_num) from None
    if not rows:
        raise _TableError("the table has no row", 1)
    return rows


def _day(cell: str, line: int) -> date:
    try:
        day = date.fromisoformat(cell)
        if len(cell) == 10 and is_believed(day):
            return day
    except ValueError:
        pass
    raise _TableError(f"found '{cell}'; a date was expected, such as 2019-05-15", line)


def _cover(table: FilePath, rows: list[_DatedRow]) -> tuple[date, date]:
    """What the table says that it covers, else its first day to its last."""
    said = about(table).coverage
    return (said.first, said.last) if said else (min(row.day for row in rows), max(row.day for row in rows))


def _stretches(start: date, window: tuple[int, str], first: date, last: date) -> list[tuple[date, date]]:
    """Whole stretches before a day that lie between two others, the latest first."""
    found = []
    for number in range(1, _MOST + 1):
        try:
            begin, end = _back(start, number, window), _back(start, number - 1, window) - timedelta(days=1)
        except (ValueError, OverflowError):
            break
        if begin < first:
            break
        if end <= last:
            found.append((begin, end))
    return found


def _back(day: date, times: int, window: tuple[int, str]) -> date:
    """The day so many stretches before another; months and years as the calendar has them."""
    number, unit = window[0] * times, window[1]
    if unit in ("day", "week"):
        return day - timedelta(days=number * (7 if unit == "week" else 1))
    months = 12 * day.year + day.month - 1 - number * (12 if unit == "year" else 1)
    year, month = months // 12, months % 12 + 1
    after = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, min(day.day, (after - timedelta(days=1)).day))


def _length(window: tuple[int, str]) -> str:
    return f"{window[0]} {window[1]}{'s' * (window[0] > 1)}"


def _where(asked: InTable) -> str:
    return " and ".join(f"{column} {wanted}" for column, wanted in asked.where) or "any"
