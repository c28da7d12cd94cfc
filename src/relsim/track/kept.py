"""Points of a track that are made once, and what goes on from them. Floor 5; numpy, ``result``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from relsim.errors import InputError
from relsim.model.record import ObservedRecord
from relsim.result.files import Addition, write_manifest
from relsim.result.folder import RunFolder
from relsim.result.saved import checked_manifest, manifest_of
from relsim.result.track import TrackPoint
from relsim.result.typed import read_json
from relsim.scenario import Scenario

POINTS = "points"
_RECORD = tuple(field.name for field in fields(ObservedRecord))


@dataclass(frozen=True)
class PointPaths:
    """What came true on each path of a point, and the record that it knew.

    Attributes
    ----------
    days : (P, O) day on which each outcome became certain, or ``NEVER``
    draws, weight_names : as of a simulation
    """

    days: NDArray[np.int32]
    draws: int
    weight_names: tuple[str, ...]
    observed: ObservedRecord

    @property
    def paths(self) -> int:
        """Number of paths, P."""
        return len(self.days)


class Keeping(Protocol):
    """Where points stand that are made once."""

    def point(self, day: date) -> TrackPoint | None:
        """The point as of a day; None where it is yet to be made."""
        ...

    def lived(self, day: date) -> PointPaths:
        """What came true on the paths of a point that stands."""
        ...

    def keep(self, point: TrackPoint, lived: PointPaths) -> None:
        """Put a point there."""
        ...


class KeptInMemory:
    """Points of this process alone."""

    def __init__(self) -> None:
        self._points: dict[date, tuple[TrackPoint, PointPaths]] = {}

    def point(self, day: date) -> TrackPoint | None:
        """As of ``Keeping``."""
        return self._points[day][0] if day in self._points else None

    def lived(self, day: date) -> PointPaths:
        """As of ``Keeping``."""
        return self._points[day][1]

    def keep(self, point: TrackPoint, lived: PointPaths) -> None:
        """As of ``Keeping``."""
        self._points[point.as_of] = point, lived


class KeptInFolder:
    """Points in a track's folder, each written whole when it is made.

    Parameters
    ----------
    folder : a folder whose manifest stands
    outcomes : number of the scenario's
    """

    def __init__(self, folder: Path, outcomes: int) -> None:
        self._folder, self._outcomes = folder, outcomes

    def point(self, day: date) -> TrackPoint | None:
        """As of ``Keeping``.

        Raises
        ------
        InputError
            If it is damaged.
        """
        told, arrays = _names(day)
        if not (self._folder / told).exists() and not (self._folder / arrays).exists():
            return None
        checked_manifest(self._folder, "track", (told, arrays))
        file = self._folder / told
        try:
            return read_json(TrackPoint, file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(f"{file}: {error}; --force begins the track anew") from None

    def lived(self, day: date) -> PointPaths:
        """As of ``Keeping``.

        Raises
        ------
        InputError
            If it is damaged.
        """
        file = self._folder / _names(day)[1]
        try:
            with np.load(file, allow_pickle=False) as held:
                days, draws = held["days"], int(held["draws"])
                names = tuple(str(name) for name in held["weight_names"])
                observed = ObservedRecord(**{name: held[name] for name in _RECORD})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{file}: cannot be read: {error}; --force begins the track anew") from None
        if days.dtype != np.int32 or days.ndim != 2 or days.shape[1] != self._outcomes:
            raise InputError(f"{file}: holds other paths than were written; --force begins the track anew")
        return PointPaths(days, draws, names, observed)

    def keep(self, point: TrackPoint, lived: PointPaths) -> None:
        """As of ``Keeping``."""
        told, arrays = _names(point.as_of)
        with Addition(self._folder) as addition:
            points = addition.into(POINTS)
            (points / Path(told).name).write_text(point.to_json(), encoding="utf-8", newline="\n")
            record: dict[str, Any] = {name: getattr(lived.observed, name) for name in _RECORD}
            own: dict[str, Any] = {"draws": np.int64(lived.draws), "weight_names": np.array(lived.weight_names, str)}
            np.savez_compressed(points / Path(arrays).name, days=lived.days, **own, **record)


def _names(day: date) -> tuple[str, str]:
    """The files of a point within the folder: what is told of it, and its paths."""
    return f"{POINTS}/{day}.json", f"{POINTS}/{day}.npz"


def open_track(
    folder: Path,
    scenario: Scenario,
    question: str,
    median_weights: bool,
    force: bool,
    inputs: Mapping[str, str],
    started: datetime,
) -> KeptInFolder:
    """A track's folder, made where it is missing.

    Parameters
    ----------
    question : digest of all that bears on a point but its record
    force : whether what stands there is replaced, if relsim wrote it
    inputs, started : as of ``write_manifest``

    Raises
    ------
    InputError
        If it is none, or was made of another question.
    """
    keeping = KeptInFolder(folder, len(scenario.outcomes))
    if folder.exists() and not force:
        manifest = manifest_of(folder, "track")
        if manifest.get("question") != question:
            raise InputError(
                f"{folder}: holds the track of another question, {manifest.get('track', 'none')}: the scenario, its "
                "numbers, paths or seed have changed since; --force begins it anew, or --out names another folder"
            )
        return keeping
    with RunFolder(folder, named=True, force=force) as made:
        about = {
            "track": scenario.title,
            "variant": scenario.variant,
            "seed": scenario.seed,
            "paths": scenario.paths,
            "median_weights": median_weights,
            "question": question,
        }
        write_manifest(made.path, about, ["relsim", *sys.argv[1:]], inputs, started, 0.0)
    return keeping
