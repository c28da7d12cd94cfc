"""The lines of a ledger and the CSV file that holds them, which people read, write and keep under version control."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from pathlib import Path

from relsim.errors import InputError, Problem, suggestion
from relsim.files import Writing, locked

YES, NO, VOID = "yes", "no", "void"
ANSWERS = {YES: YES, "true": YES, NO: NO, "false": NO, VOID: VOID}
"""What may be written for an answer, in any case."""
LATE = "late"
_DIGITS = 6
_RUN_BY_SPREADSHEETS = re.compile(r"'*\s*[=+\-@\t\r]")
"""What a cell begins with that a spreadsheet takes for a formula, or that this file marks as text."""


@dataclass(frozen=True)
class LedgerLine:
    """One forecast of the record.

    Attributes
    ----------
    run : name of the run's folder; with ``outcome`` it tells lines apart
    scenario : its title; with ``outcome`` and ``due`` it tells questions apart
    known_to : last day that the forecast knew of
    due : last day that bears on the question
    added : day on which it was entered
    late : entered after its due date, or marked so by hand
    low, high : 95 % Monte Carlo interval; weights_low, weights_high : parameter range
    resolved : ``yes``, ``no``, ``void``, or empty while it is open
    on : date on which it came true
    crowd : what others thought of it when they began to ask it
    """

    run: str
    scenario: str
    outcome: str
    title: str
    known_to: date | None
    due: date
    added: date | None
    late: bool
    probability: float
    low: float | None
    high: float | None
    weights_low: float | None
    weights_high: float | None
    paths: int
    base_rate: float | None
    resolved: str
    on: date | None
    source: str
    note: str
    crowd: float | None = None

    @property
    def question(self) -> tuple[str, str, date]:
        """What other lines may ask as well; where no scenario is named, the title stands for it."""
        return self.scenario or self.title, self.outcome, self.due


COLUMNS = tuple(field.name for field in fields(LedgerLine))
_DATES = ("known_to", "due", "added", "on")
_SHARES = ("probability", "low", "high", "weights_low", "weights_high", "base_rate", "crowd")
_NEEDED = ("run", "outcome", "due", "probability", "paths")


def append(file: Path, lines: Iterable[LedgerLine]) -> None:
    """Enter lines, each once; the file is written whole or not at all.

    Raises
    ------
    InputError
        If the ledger cannot be read or written, or has one of the lines already.
    """
    with rewriting(file) as (old, write):
        lines = list(lines)
        known = {(line.run, line.outcome) for line in old}
        twice = [line for line in lines if (line.run, line.outcome) in known]
        if twice:
            run = twice[0].run
            raise InputError(f"{file}: has '{run}' already; a forecast is entered once, so that none is entered after")
        write([*old, *lines])


@contextmanager
def rewriting(file: Path) -> Iterator[tuple[list[LedgerLine], Callable[[Iterable[LedgerLine]], None]]]:
    """Keep a ledger for this process while it is read and written.

    Gives the lines it holds, none where it is yet to begin, and what writes those that it shall hold.

    Raises
    ------
    InputError, RunError
        If it cannot be read or written.
    """
    with Writing(file) as change, locked(file):
        place = change.file(file)

        def write(lines: Iterable[LedgerLine]) -> None:
            kept = list(lines)
            # A ledger of questions that nobody else asks has no column for what others thought.
            width = len(COLUMNS) - (not any(line.crowd is not None for line in kept))
            rows = [row[:width] for row in (COLUMNS, *map(_cells, kept))]
            place.write_bytes("".join(map(csv_row, rows)).encode("utf-8"))
            change.settle()

        yield read(file) if file.exists() else [], write


def csv_row(cells: Sequence[str]) -> str:
    """A line of a CSV file."""
    text = io.StringIO(newline="")
    # The end of a line that a writer knows of says in which cells it needs quotes.
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().removesuffix("\r\n") + "\n"


def _cells(line: LedgerLine) -> list[str]:
    return [cell_text(value) for value in asdict(line).values()]


def cell_text(value: object) -> str:
    """What stands in a cell; what a spreadsheet would run is marked as text."""
    if value is None or value is False:
        return ""
    if value is True:
        return LATE
    if isinstance(value, float):
        return f"{value:.{_DIGITS}g}"
    text = str(value)
    return f"'{text}" if _RUN_BY_SPREADSHEETS.match(text) else text


def read(file: Path) -> list[LedgerLine]:
    """The lines of a ledger.

    Raises
    ------
    InputError
        With file, line and column of every cell that cannot be read.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")  # line ends within cells as they are
    except FileNotFoundError:
        raise InputError(f"{file}: does not exist; 'relsim ledger add RUN' begins it") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: cannot be read: {error}") from None
    try:
        header, *rows = _rows(text) or [(1, [])]
    except csv.Error as error:
        raise InputError(f"{file}: cannot be read as CSV: {error}") from None
    found = [_fault(file, text, 1, name, _unknown(name)) for name in header[1] if name not in COLUMNS]
    found += [
        Problem.at(str(file), 1, 1, "", f"the column '{name}' is missing") for name in _NEEDED if name not in header[1]
    ]
    if found:
        raise InputError(found)
    lines = []
    for at, row in rows:
        if not any(row):
            continue
        if len(row) != len(header[1]):
            message = f"found {len(row)} cells; {len(header[1])} were expected, as in the first line"
            found.append(_fault(file, text, at, "", (message, "")))
            continue
        cells = dict(zip(header[1], row))
        values: dict[str, object] = {}
        for name in COLUMNS:
            try:
                values[name] = _value(name, _text_of(cells.get(name, "")))
            except ValueError as error:
                found.append(_fault(file, text, at, cells.get(name, ""), (f"{name}: {error}", "")))
        if len(values) == len(COLUMNS):
            line = LedgerLine(**values)  # type: ignore[arg-type]
            lines.append(replace(line, late=True) if line.added is not None and line.added > line.due else line)
    if found:
        raise InputError(found)
    return lines


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Rows with the number of their last line."""
    rows = csv.reader(io.StringIO(text, newline=""))
    return [(rows.line_num, row) for row in rows]


def _text_of(cell: str) -> str:
    """A cell without blanks around it; one with the mark that no spreadsheet shall run it, as it was written."""
    return cell[1:] if cell.startswith("'") and _RUN_BY_SPREADSHEETS.match(cell[1:]) else cell.strip()


def _unknown(name: str) -> tuple[str, str]:
    return f"unknown column '{name}'", suggestion(name, COLUMNS)


def _fault(file: Path, text: str, line: int, cell: str, said: tuple[str, str]) -> Problem:
    shown = text.splitlines()[line - 1] if line <= len(text.splitlines()) else ""
    return Problem.at(str(file), line, max(0, shown.find(cell)) + 1, "", said[0], shown, said[1])


def _value(name: str, cell: str) -> object:
    """A cell's value.

    Raises
    ------
    ValueError
        With what was expected.
    """
    if name == "resolved":
        if cell and cell.lower() not in ANSWERS:
            raise ValueError(f"found '{cell}'; yes, no, void or nothing was expected")
        return ANSWERS.get(cell.lower(), "")
    if name == "late":
        if cell.lower() not in ("", LATE):
            raise ValueError(f"found '{cell}'; late or nothing was expected")
        return bool(cell)
    if name in _DATES:
        if not cell:
            return _without(name, None)
        try:
            return date.fromisoformat(cell)
        except ValueError:
            raise ValueError(f"found '{cell}'; a date was expected, such as 2019-06-28") from None
    if name in _SHARES:
        return _share(name, cell)
    if name == "paths":
        if not cell.isdecimal() or int(cell) < 1:
            raise ValueError(f"found '{cell}'; a number of paths was expected")
        return int(cell)
    return cell if cell else _without(name, cell)


def _share(name: str, cell: str) -> float | None:
    if not cell:
        _without(name, None)
        return None
    try:
        number = float(cell)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise ValueError(f"found '{cell}'; a probability from 0 to 1 was expected")
    return number


def _without(name: str, nothing: str | None) -> str | date | None:
    """What an empty cell stands for."""
    if name in _NEEDED:
        raise ValueError("is empty")
    return nothing
