"""What was saved, opened again, and its figures drawn again: ``open``. Floor 7."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from relsim.api.comparison import Comparison
from relsim.api.forecast import Forecast, reopened
from relsim.api.inputs import Inputs, Layers
from relsim.api.named_inputs import NamedInputs, Size
from relsim.api.reasons import drivers_in
from relsim.api.watching import WITHIN, draw_watchlist, watchlist_in
from relsim.errors import InputError
from relsim.result.folder import COMPARISON

if TYPE_CHECKING:
    from relsim.plots import Format

FIGURES = "figures"


def open(folder: str | os.PathLike[str]) -> Forecast | Comparison:
    """Open the folder of a finished run or comparison.

    Parameters
    ----------
    folder : path
        A folder that ``relsim run``, ``relsim compare`` or ``save`` wrote.

    Returns
    -------
    Forecast or Comparison

    Raises
    ------
    relsim.InputError
        If it is no such folder, or one of its files is missing, changed or cannot be read.

    Examples
    --------
    >>> folder = relsim.load("docs/examples/osaka.yaml").run(paths=500).save("runs/mine", figures=False)
    >>> relsim.open(folder)
    <Forecast: Will the presidents meet in Osaka?, 2019-05-15 to 2019-08-31, 500 paths, seed 1>
    """
    place = Path(folder)
    return open_comparison(place) if (place / COMPARISON).is_file() else open_run(place)


def open_run(folder: Path) -> Forecast:
    """Open the folder of a finished run.

    Raises
    ------
    InputError
    """
    return Forecast(*reopened(folder))


def open_comparison(folder: Path) -> Comparison:
    """Open the folder of a comparison.

    Raises
    ------
    InputError
    """
    from relsim.result.comparison import Comparison as ComparisonResult
    from relsim.result.saved import checked_manifest
    from relsim.result.sound import check_forecast

    manifest = checked_manifest(folder, "compare", (COMPARISON,))
    try:
        result = ComparisonResult.from_json((folder / COMPARISON).read_text(encoding="utf-8"))
        for forecast in result.scenarios.values():
            check_forecast(forecast)
    except (OSError, ValueError) as error:
        raise InputError(f"{folder / COMPARISON}: {error}; compare the scenarios again") from None
    written = [f"scenarios/{name}.yaml" for name in result.scenarios]
    checked_manifest(folder, "compare", [name for name in written if name in manifest["outputs"]])
    found = []
    for name in result.scenarios:
        file = folder / "scenarios" / f"{name}.yaml"
        if file.is_file():
            title = result.contrasts[name].title if name in result.contrasts else result.scenarios[name].scenario
            found.append(NamedInputs(name, title, Inputs.read(Layers(file), finished=True)))
    if result.baseline not in [one.name for one in found]:
        raise InputError(f"{folder}: scenarios/{result.baseline}.yaml is missing; compare the scenarios again")
    size = Size(result.paths, result.seed, result.draws, bool(manifest.get("median_weights")), ())
    return Comparison(result, tuple(found), size, tuple(map(str, manifest.get("command", ()))))


@dataclass(frozen=True)
class _Job:
    """A folder whose figures can be drawn, where they go, and what draws them into a folder."""

    run: Path
    target: Path
    draw: Callable[[Path], list[Path]]


def draw_again(runs: Sequence[Path], out: Path | None, form: Format, written: Callable[[Path], None]) -> None:
    """Draw the figures of finished runs and comparisons again; all are read before anything is drawn.

    Parameters
    ----------
    out : folder of the figures instead of the runs' own; of several runs each gets a folder in it
    written : takes each file

    Raises
    ------
    InputError
    """
    jobs = [_job(run, target, form) for run, target in zip(runs, _targets(runs, out))]
    for job in jobs:
        for file in _drawn(job):
            written(file)


def _targets(runs: Sequence[Path], out: Path | None) -> list[Path]:
    if out is None:
        return [run / FIGURES for run in runs]
    if len(runs) == 1:
        return [out]
    names = [run.resolve().name for run in runs]
    twice = next((name for name, count in Counter(names).items() if count > 1), None)
    if twice is not None:
        raise InputError(f"{out}: two runs would both write to '{twice}' in it; draw them one by one")
    return [out / name for name in names]


def _job(run: Path, target: Path, form: Format) -> _Job:
    if (run / COMPARISON).is_file():
        compared = open_comparison(run)

        def draw_comparison(into: Path) -> list[Path]:
            from relsim.plots import comparison_figures

            return comparison_figures(compared.result, compared.scenarios, into, form)

        return _Job(run, target, draw_comparison)
    forecast, drivers, watched = open_run(run), drivers_in(run), watchlist_in(run)
    model = forecast.inputs.model

    def draw_run(into: Path) -> list[Path]:
        from relsim.plots import figures, pasts_of
        from relsim.plots.drivers import driver_figures

        files = figures(forecast.result, model.scenario, into, form, past=pasts_of(model))
        files += driver_figures(drivers, forecast.result, into, form) if drivers else []
        return files + (draw_watchlist(forecast, watched, WITHIN, into, form) if watched else [])

    return _Job(run, target, draw_run)


def _drawn(job: _Job) -> list[Path]:
    """Draw beside the target and give the files their names when all are drawn."""
    if job.target == job.run / FIGURES:
        from relsim.result.files import Addition

        with Addition(job.run) as addition:
            files = job.draw(addition.into(FIGURES))
    else:
        from relsim.files import Writing

        with Writing(job.target) as writing:
            files = job.draw(writing.into(job.target))
    return [job.target / file.name for file in files]
