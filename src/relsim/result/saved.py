"""A finished run, read back from its folder. Floor 2; duckdb, lazily."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relsim.errors import InputError
from relsim.result.folder import COMPARISON, MANIFEST
from relsim.result.forecast import Forecast
from relsim.result.paths import NEVER

_NEEDED = ("forecast.json", "scenario.yaml", "paths.parquet", "draws.parquet")


@dataclass(frozen=True)
class Paths:
    """The table of all paths; P paths, O outcomes, Q quantities, K event types, in file order.

    Attributes
    ----------
    draw : (P,) number of the draw of the weights that each path ran under
    days : (P, O) day on which each outcome became certain (1 on the first day of the window), or ``NEVER``
    values : (P, Q), NaN where undefined
    counts : (P, K) events in the window
    """

    draw: NDArray[np.int32]
    days: NDArray[np.int32]
    values: NDArray[np.float64]
    counts: NDArray[np.int32]


@dataclass(frozen=True)
class Draws:
    """The uncertain weights by their paths in the file, and their values, (draws, weights)."""

    names: tuple[str, ...]
    theta: NDArray[np.float64]


@dataclass(frozen=True)
class SavedRun:
    """A run's folder.

    Attributes
    ----------
    median_weights : whether all paths ran under the medians of the weights
    """

    folder: Path
    forecast: Forecast
    median_weights: bool

    @classmethod
    def read(cls, folder: Path) -> SavedRun:
        """Open a run's folder.

        Raises
        ------
        InputError
            If it is no folder of a run, or one of its files is missing or cannot be read.
        """
        if not folder.is_dir() or not (folder / MANIFEST).is_file():
            kind = "is not the folder of a run" if folder.exists() else "does not exist"
            raise InputError(f"{folder}: {kind}; a folder that 'relsim run' wrote was expected")
        if (folder / COMPARISON).is_file() and not (folder / _NEEDED[0]).is_file():
            raise InputError(f"{folder}: is the folder of a comparison; a folder that 'relsim run' wrote was expected")
        for name in _NEEDED:
            if not (folder / name).is_file():
                raise InputError(f"{folder}: {name} is missing; run the scenario again")
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            forecast = Forecast.from_json((folder / "forecast.json").read_text(encoding="utf-8"))
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{folder}: cannot be read as a run: {error}; run the scenario again") from None
        return cls(folder, forecast, bool(manifest.get("median_weights", False)))

    @property
    def scenario_file(self) -> Path:
        """The resolved document; run again with the manifest's options it gives the same forecast."""
        return self.folder / "scenario.yaml"

    def draws(self) -> Draws:
        """The values of the uncertain weights under each draw."""
        columns = _columns(self.folder / "draws.parquet", "draw")
        names = tuple(name for name in columns if name != "draw")
        return Draws(names, _stacked([columns[name] for name in names], len(columns["draw"]), np.float64))

    def paths(self) -> Paths:
        """Every path's outcomes, quantities and event counts."""
        columns = _columns(self.folder / "paths.parquet", "path")
        f, n = self.forecast, len(columns["path"])
        days = [_day_numbers(columns[f"date.{name}"], f.start) for name in f.outcomes]
        values = [_with_nan(columns[f"quantity.{name}"]) for name in f.quantities]
        return Paths(
            np.asarray(columns["draw"], np.int32),
            _stacked(days, n, np.int32),
            _stacked(values, n, np.float64),
            _stacked([columns[f"count.{name}"] for name in f.events], n, np.int32),
        )


def _columns(file: Path, order: str) -> dict[str, Any]:
    import duckdb

    try:
        with duckdb.connect() as connection:
            query = f'SELECT * FROM read_parquet(?) ORDER BY "{order}"'
            columns: dict[str, Any] = connection.execute(query, [str(file)]).fetchnumpy()
    except duckdb.Error as error:
        raise InputError(f"{file}: not readable as Parquet: {str(error).splitlines()[0]}") from None
    return columns


def _stacked(columns: Sequence[Any], rows: int, kind: type) -> NDArray[Any]:
    """Columns side by side, (rows, columns)."""
    if not columns:
        return np.empty((rows, 0), kind)
    return np.column_stack(columns).astype(kind)


def _with_nan(column: Any) -> NDArray[np.float64]:
    return np.ma.filled(np.ma.asarray(column, np.float64), np.nan)


def _day_numbers(column: Any, start: date) -> NDArray[np.int32]:
    """Dates → day numbers of the window, ``NEVER`` where null."""
    before = np.datetime64(start - timedelta(days=1), "D")
    dates = np.ma.asarray(column)
    number = (np.asarray(dates.filled(before), "datetime64[D]") - before).astype(np.int64)
    missing = np.ma.getmaskarray(dates) | (number <= 0)
    return np.where(missing, NEVER, number).astype(np.int32)
