"""A finished run, read back from its folder. Floor 2; duckdb, lazily."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from relsim import __version__
from relsim.errors import InputError
from relsim.files import clear
from relsim.parquet import literal
from relsim.result.files import sha256
from relsim.result.folder import COMPARISON, MANIFEST
from relsim.result.forecast import Forecast
from relsim.result.paths import NEVER
from relsim.result.sound import check_forecast
from relsim.result.typed import plain_json

T = TypeVar("T")

FORECAST = "forecast.json"
_NEEDED = (FORECAST, "scenario.yaml", "paths.parquet", "draws.parquet")
_AGAIN = {
    "run": "run the scenario again",
    "compare": "compare the scenarios again",
    "track": "--force begins the track anew",
}


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


class FinishedRun(Protocol):
    """A finished run, in its folder or in memory: what further questions are asked of."""

    @property
    def forecast(self) -> Forecast: ...

    @property
    def median_weights(self) -> bool:
        """Whether all paths ran under the medians of the weights."""
        ...

    @property
    def place(self) -> str:
        """What messages call it."""
        ...

    def draws(self) -> Draws:
        """The values of the uncertain weights under each draw."""
        ...

    def paths(self) -> Paths:
        """Every path's outcomes, quantities and event counts."""
        ...


@dataclass(frozen=True)
class HeldRun:
    """A run in memory."""

    forecast: Forecast
    median_weights: bool
    of_paths: Paths = field(repr=False)
    of_draws: Draws = field(repr=False)

    @property
    def place(self) -> str:
        return "the forecast"

    def draws(self) -> Draws:
        return self.of_draws

    def paths(self) -> Paths:
        return self.of_paths


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
            If it is no folder of a run, or one of its files is missing, changed or cannot be read.
        """
        if (folder / COMPARISON).is_file() and not (folder / FORECAST).is_file():
            raise InputError(f"{folder}: is the folder of a comparison; a folder that 'relsim run' wrote was expected")
        manifest = checked_manifest(folder, "run", _NEEDED)
        file = folder / FORECAST
        try:
            forecast = Forecast.from_json(file.read_text(encoding="utf-8"))
            check_forecast(forecast)
        except (OSError, ValueError) as error:
            raise InputError(f"{file}: {error}; run the scenario again") from None
        for name in ("relsim", "scenario", "variant", "seed", "paths", "draws"):
            if manifest.get(name) != getattr(forecast, name):
                raise InputError(
                    f"{folder / MANIFEST}: {name} is not that of {FORECAST}: they are of different runs; "
                    "run the scenario again"
                )
        medians = manifest.get("median_weights")
        if not isinstance(medians, bool):
            raise InputError(f"{folder / MANIFEST}: median_weights: true or false was expected; run the scenario again")
        return cls(folder, forecast, medians)

    @property
    def place(self) -> str:
        return str(self.folder)

    @property
    def scenario_file(self) -> Path:
        """The resolved document; run again with the manifest's options it gives the same forecast."""
        return self.folder / "scenario.yaml"

    def draws(self) -> Draws:
        """The values of the uncertain weights under each draw."""
        table = _Table.read(self.folder / "draws.parquet", "draw", self.forecast.draws)
        names = tuple(name for name in table.columns if name != "draw")
        theta = _stacked([_with_nan(table.numbers(name)) for name in names], self.forecast.draws, np.float64)
        if not np.isfinite(theta).all():
            raise table.damaged("holds a parameter that is no number")
        return Draws(names, theta)

    def paths(self) -> Paths:
        """Every path's outcomes, quantities and event counts."""
        f = self.forecast
        table = _Table.read(self.folder / "paths.parquet", "path", f.paths)
        days = [_day_numbers(table.dates(f"date.{name}", f.start, f.end), f.start) for name in f.outcomes]
        values = [_with_nan(table.numbers(f"quantity.{name}")) for name in f.quantities]
        counts = [table.whole(f"count.{name}", NEVER) for name in f.events]
        return Paths(
            table.whole("draw", f.draws).astype(np.int32),
            _stacked(days, f.paths, np.int32),
            _stacked(values, f.paths, np.float64),
            _stacked(counts, f.paths, np.int32),
        )


def checked_manifest(folder: Path, kind: str, needed: Sequence[str]) -> dict[str, Any]:
    """The manifest of a folder that relsim wrote, after the files that are needed were held against it.

    Parameters
    ----------
    kind : ``run``, ``compare`` or ``track``: the command that wrote it
    needed : names of files within it

    Raises
    ------
    InputError
        If it is none, is of a later relsim or without digests, or a file is missing or not what was written.
    """
    manifest, again = manifest_of(folder, kind), _AGAIN[kind]
    file, digests = folder / MANIFEST, manifest.get("outputs")
    if not isinstance(digests, dict) or not digests:
        raise InputError(
            f"{file}: has no digests of the files, so that nothing shows whether they are whole: an older relsim wrote "
            f"it, or it was changed; {again}"
        )
    for name in needed:
        if not (folder / name).is_file():
            raise InputError(f"{folder}: {name} is missing; {again}")
    for name in needed:
        if name not in digests:
            raise InputError(f"{file}: does not list {name}; {again}")
        try:
            same = sha256(folder / name) == digests[name]
        except OSError as error:
            raise InputError(f"{folder / name}: cannot be read: {error.strerror}") from None
        if not same:
            raise InputError(f"{folder / name}: is not what was written: its digest is not that in {MANIFEST}; {again}")
    return manifest


def manifest_of(folder: Path, kind: str) -> dict[str, Any]:
    """The manifest of a folder that relsim wrote; ``kind`` as in ``checked_manifest``.

    Raises
    ------
    InputError
        If there is none, or it is of a later relsim.
    """
    again = _AGAIN[kind]
    clear(folder.parent)
    clear(folder)
    file = folder / MANIFEST
    if not file.is_file():
        what = "is not a folder that relsim wrote" if folder.exists() else "does not exist"
        what = "is not the folder of a run" if folder.exists() and kind == "run" else what
        raise InputError(f"{folder}: {what}; a folder that 'relsim {kind}' wrote was expected")
    try:
        manifest: Any = plain_json(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{file}: cannot be read: {error}; {again}") from None
    by = manifest.get("relsim") if isinstance(manifest, dict) else None
    if not isinstance(by, str) or not re.fullmatch(r"\d{1,6}(\.\d{1,6}){1,2}[\w.+-]{0,40}", by):
        raise InputError(f"{file}: names no version of relsim; {again}")
    if _version(by) > _version(__version__):
        raise InputError(f"{folder}: was written by relsim {by}; this is the older {__version__}")
    return dict(manifest)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


@dataclass(frozen=True)
class _Table:
    """A Parquet file of a run, its rows numbered from 0 and as many as they should be."""

    file: Path
    columns: dict[str, Any]

    @classmethod
    def read(cls, file: Path, order: str, rows: int) -> _Table:
        import duckdb

        try:
            with duckdb.connect() as connection:
                query = f'SELECT * FROM read_parquet(?) ORDER BY "{order}"'
                table = cls(file, connection.execute(query, [literal(file)]).fetchnumpy())
        except (duckdb.Error, RuntimeError, ValueError) as error:
            raise InputError(f"{file}: not readable as Parquet: {str(error).splitlines()[0]}") from None
        numbers = table.whole(order, NEVER)
        if len(numbers) != rows or not np.array_equal(numbers, np.arange(rows)):
            raise table.damaged(f"{rows:,} rows were expected, numbered from 0")
        return table

    def damaged(self, why: str) -> InputError:
        return InputError(f"{self.file}: {why}; {_AGAIN['run']}")

    def _column(self, name: str, kinds: str) -> Any:
        if name not in self.columns:
            raise self.damaged(f"has no column '{name}'")
        column = np.ma.asarray(self.columns[name])
        # A column without any value has no type that would tell.
        if column.dtype.kind not in kinds and not (len(column) and np.ma.getmaskarray(column).all()):
            raise self.damaged(f"holds other values in '{name}' than were written")
        return column

    def numbers(self, name: str) -> Any:
        """Numbers, masked where null."""
        return self._column(name, "iuf")

    def whole(self, name: str, below: int) -> Any:
        """Whole numbers from 0 to below a number, none null."""
        column = self._column(name, "iu")
        if np.ma.is_masked(column) or (len(column) and not 0 <= column.min() <= column.max() < below):
            raise self.damaged(f"holds numbers in '{name}' that cannot be")
        return np.ma.getdata(column)

    def dates(self, name: str, first: date, last: date) -> Any:
        """Dates of the window, masked where null."""
        column = self._column(name, "M")
        known = column.compressed().astype("datetime64[D]") if column.dtype.kind == "M" else np.empty(0)
        if len(known) and not np.datetime64(first, "D") <= known.min() <= known.max() <= np.datetime64(last, "D"):
            raise self.damaged(f"holds dates in '{name}' outside the window")
        return column


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


def added_to(folder: Path, name: str, read: Callable[[str], T], command: str) -> T | None:
    """What a command added to a run's folder; None where it left nothing.

    Parameters
    ----------
    name : of the file
    read : makes a typed value of the file's text
    command : the command that writes the file

    Raises
    ------
    InputError
        If it is damaged.
    """
    file = folder / name
    if not file.is_file():
        return None
    checked_manifest(folder, "run", (name,))
    try:
        return read(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"{file}: {error}; it was changed, or another version of relsim wrote it; "
            f"run 'relsim {command} {folder}' again"
        ) from None
