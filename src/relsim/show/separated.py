"""Tables as CSV: numbers whole, ranges as two columns. Floor 6; standard library only."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO

from relsim.show.values import Between, Cell, Column, Shown, Table

Plain = str | float | date | None


def csv_text(table: Table) -> str:
    """The table as CSV, titles in the first line; an empty cell where there is no number."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([title for column in table.columns for title in titles_of(column)])
    writer.writerows(plain_rows(table))
    return out.getvalue()


def plain_rows(table: Table) -> Iterator[list[Plain]]:
    """Each row as plain values, as many as ``titles_of`` its columns."""
    for row in table.rows:
        yield [value for cell, column in zip(row, table.columns) for value in _plain(cell, column)]


def titles_of(column: Column) -> list[str]:
    """The column's title with its unit; of ranges one for either end."""
    title = f"{column.title} ({column.unit})" if column.unit else column.title
    return [f"{title}, {end}" for end in ("low", "high")] if column.ranges else [title]


def _plain(cell: Cell, column: Column) -> list[Plain]:
    match cell:
        case Between():
            return [_whole(cell.low), _whole(cell.high)] if column.ranges else [cell.text]
        case Shown():
            value = _whole(cell.value)
            return [value, value] if column.ranges else [value]
    return [cell or None, None] if column.ranges else [cell]


def _whole(value: float | date | None) -> Plain:
    """A number without decimals that say nothing."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
