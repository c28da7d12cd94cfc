"""A finished run as a model again: what every command that asks further questions of a run begins with. Floor 7."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from relsim.cli.options import build_model

if TYPE_CHECKING:
    from relsim.compose import Loaded
    from relsim.model import Model
    from relsim.result.drivers import Drivers
    from relsim.result.saved import SavedRun


DRIVERS = "drivers.json"


@dataclass(frozen=True)
class Reopened:
    """A run's folder, its document and its model.

    ``loaded.scenario`` holds the run's paths, seed and draws: simulated again with these and
    ``saved.median_weights``, every path is the path that it was.
    """

    saved: SavedRun
    loaded: Loaded
    model: Model


def reopen(folder: str | Path) -> Reopened:
    """Open a run's folder and build its model.

    Raises
    ------
    InputError
        If it is no folder of a run.
    """
    from relsim.compose import load
    from relsim.result.saved import SavedRun

    saved = SavedRun.read(Path(folder))
    loaded = load(saved.scenario_file, whole=True)
    return Reopened(saved, loaded, build_model(loaded))


def drivers_in(folder: Path) -> Drivers | None:
    """What ``relsim drivers`` left in a run's folder; None where there is nothing that can be read."""
    from relsim.result.drivers import Drivers

    try:
        return Drivers.from_json((folder / DRIVERS).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
