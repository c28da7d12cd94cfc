"""A finished run as a model again: what every command that asks further questions of a run begins with. Floor 8."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from relsim.cli.options import build_model
from relsim.errors import InputError

if TYPE_CHECKING:
    from relsim.compose import LoadedScenario
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
    loaded: LoadedScenario
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
    check_parts(saved, loaded)
    return Reopened(saved, loaded, build_model(loaded, judge=False))


def check_parts(saved: SavedRun, loaded: LoadedScenario) -> None:
    """Refuse a run whose document asks other questions than its forecast answers.

    Raises
    ------
    InputError
        Naming the document.
    """
    scenario, forecast = loaded.scenario, saved.forecast
    if scenario is None:
        raise InputError(f"{saved.scenario_file}: is a layer, not the document of a run; run the scenario again")
    for name in ("start", "end", "paths", "seed"):
        if getattr(scenario, name) != getattr(forecast, name):
            raise _strange(saved, name)
    for name in ("outcomes", "quantities", "variables", "indices", "events", "calendar", "conditions"):
        if set(getattr(scenario, name)) != set(getattr(forecast, name)):
            raise _strange(saved, name)


def _strange(saved: SavedRun, what: str) -> InputError:
    return InputError(
        f"{saved.scenario_file}: {what} of the document are not those of forecast.json: they are of different runs; "
        "run the scenario again"
    )


def drivers_in(folder: Path) -> Drivers | None:
    """What ``relsim drivers`` left in a run's folder; None where it left nothing.

    Raises
    ------
    InputError
        If it is damaged.
    """
    from relsim.result.drivers import Drivers
    from relsim.result.saved import checked_manifest

    file = folder / DRIVERS
    if not file.is_file():
        return None
    checked_manifest(folder, "run", (DRIVERS,))
    try:
        return Drivers.from_json(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"{file}: {error}; it was changed, or another version of relsim wrote it; "
            f"run 'relsim drivers {folder}' again"
        ) from None
