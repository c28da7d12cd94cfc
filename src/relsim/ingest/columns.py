"""Event tables as columns, fast: for tables of any size, where no cell's place is needed. Floor 3.

``ingest.table`` reads the same files cell by cell, with places, for histories.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from relsim.errors import DataError, InputError, suggestion
from relsim.events import MOST, EventTable
from relsim.ingest.codes import value
from relsim.ingest.coverage import About, about
from relsim.ingest.table import COLUMNS, REQUIRED

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_INDEXED = ("event", "by", "toward", "issue")


def read_events(path: Path | str) -> EventTable:
    """An event table, CSV or Parquet, in the order of date, event, by, toward.

    Raises
    ------
    InputError
        The file does not exist or is of another kind.
    DataError
        It is no event table, or a date or count in it is none.
    """
    import duckdb

    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: {'is a folder' if path.is_dir() else 'the file does not exist'}")
    if not path.stat().st_size:
        raise DataError(f"{path}: the file is empty; columns {', '.join(COLUMNS)} were expected")
    said = about(path)
    try:
        with duckdb.connect() as connection:
            _load(connection, path)
            names = {column: _names(connection, column) for column in ("event", "issue")}
            names["by"] = names["toward"] = _names(connection, "by", "toward")
            found = connection.execute(_columns(names)).fetchnumpy()
    except duckdb.Error as error:
        raise DataError(f"{path}: not readable: {str(error).splitlines()[0]}") from None
    column = {name: _whole(found[name]) for name in ("day", "count", *_INDEXED)}
    return EventTable(
        **column,
        events=tuple(names["event"]),
        parties=tuple(names["by"]),
        issues=tuple(names["issue"]),
        coverage=said.coverage,
        scheme=said.scheme,
        values=_values(names["event"], said),
    )


def _load(connection: DuckDBPyConnection, path: Path) -> None:
    """The view ``raw`` on the file and, checked, the table ``events`` of text, dates and counts."""
    place = str(path).replace("'", "''")
    if path.suffix == ".parquet":
        source = f"read_parquet('{place}')"
    elif path.suffix == ".csv":
        options = "header = true, all_varchar = true, delim = ',', quote = '\"', strict_mode = true"
        source = f"read_csv('{place}', {options})"
    else:
        raise InputError(f"{path}: found '{path.suffix}'; an event table is a .csv or a .parquet file")
    connection.execute(f"CREATE VIEW raw AS SELECT * FROM {source}")
    header = {name.strip().lower(): name for (name, *_) in connection.execute("DESCRIBE raw").fetchall()}
    for name in header:
        if name not in COLUMNS:
            raise DataError(f"{path}: unknown column '{name}'; {suggestion(name, COLUMNS)}")
    for name in REQUIRED:
        if name not in header:
            raise DataError(f"{path}: the column '{name}' is missing; {', '.join(COLUMNS)} were expected")
    cells = {name: f"nullif(trim(\"{header[name]}\"::VARCHAR), '')" if name in header else "NULL" for name in COLUMNS}
    _refuse_bad_cells(connection, path, cells)
    text = ", ".join(f'{cells[name]} AS "{name}"' for name in _INDEXED)  # "by" is a word of SQL's own
    connection.execute(
        f"CREATE TABLE events AS SELECT {cells['date']}::DATE AS date, {text}, "
        f"coalesce({cells['count']}::BIGINT, 1) AS count FROM raw"
    )


def _refuse_bad_cells(connection: DuckDBPyConnection, path: Path, cells: dict[str, str]) -> None:
    """The first row whose date, event or count is none is said to be so.

    A cast alone would round 1.5 to 2 and take ``infinity`` for a date.
    """
    years = "BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'"
    whole = f"regexp_full_match(count, '[0-9]{{1,9}}') AND try_cast(count AS BIGINT) BETWEEN 1 AND {MOST}"
    bad = connection.execute(
        f"SELECT * FROM (SELECT row_number() OVER () AS nr, {cells['date']} AS day, {cells['event']} AS event, "
        f"{cells['count']} AS count FROM raw) WHERE NOT coalesce(try_cast(day AS DATE) {years}, false) "
        f"OR event IS NULL OR (count IS NOT NULL AND NOT coalesce({whole}, false)) LIMIT 1"
    ).fetchone()
    if bad is not None:
        row, day, event, count = (value if value is not None else "" for value in bad)
        raise DataError(
            f"{path}: row {row}: found date '{day}', event '{event}', count '{count}'; a date such as 2019-05-15, "
            f"an event and a whole count from 1 to {MOST:,} were expected"
        )


def _names(connection: DuckDBPyConnection, *columns: str) -> list[str]:
    union = " UNION ".join(f'SELECT "{column}" AS name FROM events' for column in columns)
    found = connection.execute(f"SELECT DISTINCT name FROM ({union}) WHERE name IS NOT NULL ORDER BY name").fetchall()
    return [str(name) for (name,) in found]


def _columns(names: dict[str, list[str]]) -> str:
    """The query for all columns as numbers: date ordinals (0001-01-01 is 1), indices, counts."""
    indices = ", ".join(
        f'coalesce(list_position({_list(names[name])}, "{name}") - 1, -1)::BIGINT AS "{name}"' for name in _INDEXED
    )
    return (
        f"SELECT (date - DATE '0001-01-01')::BIGINT + 1 AS day, count, {indices} "
        'FROM events ORDER BY date, event, "by", "toward", issue, count'
    )


def _values(names: list[str], said: About) -> dict[str, float]:
    """Values of named events as the table says, of codes as their scheme does."""
    if said.scheme is None:
        return {name: said.values[name] for name in names if name in said.values}
    found = {name: value(said.scheme, name) for name in names}
    return {name: worth for name, worth in found.items() if worth is not None}


def _list(names: list[str]) -> str:
    quoted = ", ".join("'" + name.replace("'", "''") + "'" for name in names)
    return f"[{quoted}]::VARCHAR[]"


def _whole(values: NDArray[np.generic]) -> NDArray[np.int64]:
    return np.ascontiguousarray(np.asarray(values), dtype=np.int64)
