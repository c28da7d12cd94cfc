"""Every forecast with what came and its scores, as two Parquet tables. Floor 5; imports ``target_scores``.

``forecasts.parquet`` has one row for each forecast, ``members.parquet`` the distributions of those of numbers. Together
they are all that a score needs. What is written of one table does not stay in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from relsim.backtest.target_scores import Scored
from relsim.parquet import literal
from relsim.scoring.count_scores import LEVELS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Array = NDArray[np.float64]

FORECASTS, MEMBERS = "forecasts.parquet", "members.parquet"
QUANTILES = tuple(f"q{1000 * level:03.0f}" for level in LEVELS)
"""``q025`` … ``q975``: columns of the quantiles."""
_NUMBERS = ("threshold", "truth", "mean", "probability", *QUANTILES, "score", "log_score", "below", "up_to", "pit")
_TEXTS = ("table", "target", "kind", "forecaster", "void")
_ORDINAL_OF_1970 = date(1970, 1, 1).toordinal()


class Export:
    """Takes scored targets in their order and writes them, table by table.

    Parameters
    ----------
    scratch : folder for what is written until all is there
    """

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._table: str | None = None
        self._parts: dict[str, list[Path]] = {FORECASTS: [], MEMBERS: []}
        self._size = 0
        self._empty()

    def _empty(self) -> None:
        self._texts: list[str] = []
        self._place: dict[str, int] = {}
        self._rows: list[dict[str, NDArray[Any]]] = []
        self._members: list[dict[str, NDArray[Any]]] = []

    def add(self, one: Scored) -> None:
        """Take one target: a row for each origin and forecaster."""
        if one.table != self._table:
            self._lay_off()
            self._table = one.table
        forecasters, origins = one.said.shape
        size = forecasters * origins

        def by_origin(values: Sequence[Any] | Array) -> NDArray[Any]:
            return np.repeat(np.asarray(values), forecasters)

        def each(values: Array) -> Array:
            return np.ascontiguousarray(values.T).ravel()

        nothing = np.full(size, np.nan)
        self._rows.append(
            {
                "forecast": self._size + np.arange(size),
                "table": np.full(size, self._text(one.table)),
                "horizon": np.full(size, one.horizon),
                "target": np.full(size, self._text(one.target)),
                "kind": np.full(size, self._text(one.kind)),
                "origin": by_origin([day.toordinal() - _ORDINAL_OF_1970 for day in one.origins]),
                "forecaster": np.tile([self._text(name) for name in one.forecasters], origins),
                "void": by_origin([-1 if why is None else self._text(why) for why in one.void]),
                "threshold": by_origin(one.threshold),
                "truth": by_origin(one.truth),
                "mean": each(one.said) if one.number else nothing,
                "probability": nothing if one.number else each(one.said),
                **{name: each(one.quantiles[..., i]) for i, name in enumerate(QUANTILES)},
                "score": each(one.score),
                "log_score": each(one.log),
                "below": each(one.low),
                "up_to": each(one.high),
                "pit": each(one.pit),
            }
        )
        if one.members is not None:
            self._members += self._distributions(one.members.transpose(1, 0, 2).reshape(size, -1))
        self._size += size

    def write(self, folder: Path) -> None:
        """Write ``forecasts.parquet`` and ``members.parquet``."""
        self._lay_off()
        with _database() as connection:
            for file, parts in self._parts.items():
                names = [literal(part) for part in parts]
                target = _quoted(folder / file)
                connection.execute(f"COPY (FROM read_parquet(?)) TO {target} (FORMAT parquet)", [names]).fetchall()

    def _lay_off(self) -> None:
        """Write what was taken of one table beside the rest."""
        if not self._rows:
            return
        names = "[" + ", ".join(map(_quoted, self._texts)) + "]::VARCHAR[]"
        columns = ["forecast"]
        for name in ("table", "horizon", "target", "kind", "origin", "forecaster", "void", *_NUMBERS):
            if name in _TEXTS:
                columns.append(f'list_extract({names}, nullif("{name}", -1) + 1) AS "{name}"')
            elif name == "origin":
                columns.append("DATE '1970-01-01' + origin::INTEGER AS origin")
            elif name == "horizon":
                columns.append("horizon")
            else:
                columns.append(f"CASE WHEN NOT isnan({name}) THEN {name} END AS {name}")
        with _database() as connection:
            for file, query, parts in (
                (FORECASTS, f"SELECT {', '.join(columns)} FROM chunk", self._rows),
                (MEMBERS, "SELECT forecast, value, members FROM chunk", self._members),
            ):
                if parts:
                    part = self._scratch / f"{len(self._parts[file])}-{file}"
                    connection.register("chunk", {k: np.concatenate([each[k] for each in parts]) for k in parts[0]})
                    connection.execute(f"COPY ({query}) TO {_quoted(part)} (FORMAT parquet)").fetchall()
                    connection.unregister("chunk")
                    self._parts[file].append(part)
        self._empty()

    def _text(self, text: str) -> int:
        if text not in self._place:
            self._place[text] = len(self._texts)
            self._texts.append(text)
        return self._place[text]

    def _distributions(self, members: Array) -> list[dict[str, NDArray[Any]]]:
        """Distinct values of sorted members (n, M), and how many of the members have each."""
        said = np.flatnonzero(np.isfinite(members[:, 0]))
        kept = members[said]
        first = np.ones(kept.shape, bool)
        first[:, 1:] = np.diff(kept, axis=1) > 0
        row, at = np.nonzero(first)
        ends = np.append(at[1:], kept.shape[1])
        ends[np.append(row[1:] != row[:-1], True)] = kept.shape[1]
        return [{"forecast": self._size + said[row], "value": kept[first], "members": ends - at}]


@contextmanager
def _database() -> Iterator[DuckDBPyConnection]:
    import duckdb

    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("SET enable_progress_bar = false")
        yield connection


def _quoted(text: object) -> str:
    return "'" + str(text).replace("'", "''") + "'"
