"""Event tables as columns. Floor 3."""

from __future__ import annotations

from array import array
from pathlib import Path

import numpy as np

from relsim.events import EventTable
from relsim.ingest.codes import value
from relsim.ingest.coverage import About, about
from relsim.ingest.table import Row, rows_of


def read_events(path: Path | str) -> EventTable:
    """An event table, CSV or Parquet, in the order of date, event, by, toward.

    Raises
    ------
    InputError
        The file does not exist or is of another kind.
    DataError
        It is no event table, or a cell in it is none: with line and column.
    """
    path = Path(path)
    day, count = array("q"), array("q")
    event, by, toward, issue = (_Names() for _ in range(4))
    for row in rows_of(path):
        _add(row, day, count, event, by, toward, issue)
    said = about(path)
    parties = sorted({*by.numbers, *toward.numbers})
    events, issues = sorted(event.numbers), sorted(issue.numbers)
    columns = {
        "day": np.asarray(day, np.int64),
        "event": event.index(events),
        "by": by.index(parties),
        "toward": toward.index(parties),
        "issue": issue.index(issues),
        "count": np.asarray(count, np.int64),
    }
    order = np.lexsort([columns[name] for name in ("count", "issue", "toward", "by", "event", "day")])
    return EventTable(
        **{name: column[order] for name, column in columns.items()},
        events=tuple(events),
        parties=tuple(parties),
        issues=tuple(issues),
        coverage=said.coverage,
        scheme=said.scheme,
        values=_values(events, said),
    )


class _Names:
    """A column of names, each as a number in the order of first use; −1 where a row is silent."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self._column = array("q")

    def add(self, name: str | None) -> None:
        self._column.append(-1 if name is None else self.numbers.setdefault(name, len(self.numbers)))

    def index(self, names: list[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Each row's place in a list of names."""
        place = {name: n for n, name in enumerate(names)}
        of = np.array([*(place[name] for name in self.numbers), -1], np.int64)
        return of[np.asarray(self._column, np.int64)]


def _add(row: Row, day: array[int], count: array[int], *names: _Names) -> None:
    day.append(row.day.toordinal())
    count.append(1 if row.count is None else row.count)
    for column, name in zip(names, (row.event, row.by, row.toward, row.issue), strict=True):
        column.add(name)


def _values(names: list[str], said: About) -> dict[str, float]:
    """Values of named events as the table says, of codes as their scheme does."""
    if said.scheme is None:
        return {name: said.values[name] for name in names if name in said.values}
    found = {name: value(said.scheme, name) for name in names}
    return {name: worth for name, worth in found.items() if worth is not None}
