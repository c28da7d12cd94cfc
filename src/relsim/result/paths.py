"""The table of all paths, ``paths.parquet``, written as it comes, and ``draws.parquet``. Floor 2; duckdb,
lazily.

Columns of ``paths.parquet``: ``path`` and ``draw``, both from 0; ``outcome.NAME`` whether it came true and
``date.NAME`` the date on which that became certain; ``quantity.NAME``, null where undefined; ``count.NAME``
the number of events of a type in the window.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from relsim.parquet import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NEVER = 2**31 - 1
_PART = 8_192
"""Paths collected before they are written."""


class PathTable:
    """Takes chunks of paths in path order and leaves one Parquet file; memory does not grow with the paths.

    A context manager: left by an exception it removes what it has written.

    Parameters
    ----------
    file : Path
        The Parquet file to write.
    start : date
        First day of the window.
    outcomes, quantities, events : names, in the order of the chunks' rows
    """

    def __init__(
        self,
        file: Path,
        *,
        start: date,
        outcomes: Iterable[str],
        quantities: Iterable[str],
        events: Iterable[str],
    ) -> None:
        self._file = file
        self._parts_folder = file.with_name(f".{file.name}.parts")
        self._day_before = start - timedelta(days=1)
        self._outcomes, self._quantities, self._events = list(outcomes), list(quantities), list(events)
        self._days = np.empty((len(self._outcomes), _PART), np.int32)
        self._values = np.empty((len(self._quantities), _PART))
        self._counts = np.empty((len(self._events), _PART), np.int32)
        self._draw = np.empty(_PART, np.int32)
        self._filled = 0
        self._written = 0
        self._parts: list[Path] = []
        self._connection: DuckDBPyConnection | None = None

    def __enter__(self) -> PathTable:
        self._parts_folder.mkdir()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            if self._connection is not None:
                self._connection.close()
            shutil.rmtree(self._parts_folder, ignore_errors=True)

    def add(
        self,
        first_path: int,
        days: NDArray[np.int32],
        values: NDArray[np.float64],
        counts: NDArray[np.integer],
        draw: NDArray[np.integer],
    ) -> None:
        """Take the next paths.

        Parameters
        ----------
        first_path : int
            Number of the chunk's first path: that of the paths taken so far.
        days : (outcomes, n) int32
        values : (quantities, n) float64
        counts : (events, n) integers
        draw : (n,) integers
        """
        if first_path != (due := self._written + self._filled):
            raise ValueError(f"paths out of order: expected path {due}, got {first_path}")
        taken = 0
        while taken < len(draw):
            n = min(len(draw) - taken, _PART - self._filled)
            here, there = slice(self._filled, self._filled + n), slice(taken, taken + n)
            self._days[:, here] = days[:, there]
            self._values[:, here] = values[:, there]
            self._counts[:, here] = counts[:, there]
            self._draw[here] = draw[there]
            self._filled += n
            taken += n
            if self._filled == _PART:
                self._write_part()

    def _write_part(self) -> None:
        n = self._filled
        part = self._parts_folder / f"{len(self._parts):06d}.parquet"
        columns: dict[str, NDArray[Any]] = {
            "path": np.arange(self._written, self._written + n),
            "draw": self._draw[:n],
        }
        select = ["path", "draw"]
        for i, name in enumerate(self._outcomes):
            columns[f"o{i}"] = self._days[i, :n]
            true = f"o{i} < {NEVER}"
            select.append(f"{true} AS {_quoted('outcome.' + name)}")
            day = f"DATE '{self._day_before.isoformat()}' + o{i}"
            select.append(f"CASE WHEN {true} THEN {day} END AS {_quoted('date.' + name)}")
        for i, name in enumerate(self._quantities):
            columns[f"q{i}"] = self._values[i, :n]
            select.append(f"CASE WHEN NOT isnan(q{i}) THEN q{i} END AS {_quoted('quantity.' + name)}")
        for i, name in enumerate(self._events):
            columns[f"c{i}"] = self._counts[i, :n]
            select.append(f"c{i} AS {_quoted('count.' + name)}")
        self._copy(f"SELECT {', '.join(select)} FROM chunk", part, columns)
        self._parts.append(part)
        self._written += n
        self._filled = 0

    def _finish(self) -> None:
        if self._filled or not self._parts:
            self._write_part()
        if len(self._parts) == 1:
            self._parts[0].replace(self._file)
            return
        folder = literal(self._parts_folder).replace("'", "''")
        self._copy(f"SELECT * FROM read_parquet('{folder}/*.parquet')", self._file, {})

    def _copy(self, query: str, file: Path, columns: dict[str, NDArray[Any]]) -> None:
        if self._connection is None:
            self._connection = _connect()
        _copy(self._connection, query, file, columns)


def write_draws(file: Path, weights: Sequence[str], theta: NDArray[np.float64]) -> None:
    """Write ``draws.parquet``: ``draw`` from 0, and one column per uncertain weight, by its path in the file.

    Parameters
    ----------
    theta : (draws, weights) array
    """
    columns: dict[str, NDArray[Any]] = {"draw": np.arange(len(theta))}
    select = ["draw"]
    for i, name in enumerate(weights):
        columns[f"w{i}"] = np.ascontiguousarray(theta[:, i])
        select.append(f"w{i} AS {_quoted(name)}")
    connection = _connect()
    try:
        _copy(connection, f"SELECT {', '.join(select)} FROM chunk", file, columns)
    finally:
        connection.close()


@cache
def _database() -> DuckDBPyConnection:
    """A private database in memory, opened once; one thread keeps the rows in order and the memory small."""
    import duckdb

    return duckdb.connect(config={"threads": 1})


def _connect() -> DuckDBPyConnection:
    """A connection that prints nothing."""
    connection = _database().cursor()
    connection.execute("SET enable_progress_bar = false").fetchall()
    return connection


def _copy(connection: DuckDBPyConnection, query: str, file: Path, columns: dict[str, NDArray[Any]]) -> None:
    target = str(file).replace("'", "''")
    if columns:
        connection.register("chunk", columns)
    connection.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet, ROW_GROUP_SIZE {_PART})").fetchall()
    if columns:
        connection.unregister("chunk")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
