"""From a scenario to its forecast: in memory, or path by path into a folder. Floor 7."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from relsim.api.forecast import Forecast
from relsim.api.inputs import scaled_note
from relsim.api.progress import Progress, progress_of
from relsim.errors import DocumentError

if TYPE_CHECKING:
    from relsim.api.inputs import Inputs
    from relsim.engine import Simulation
    from relsim.engine.parts import Part


def run(
    inputs: Inputs,
    *,
    median_weights: bool,
    workers: int | None,
    scheduler: str | None,
    progress: bool | Progress,
) -> Forecast:
    """Simulate a scenario and keep every path in memory.

    Raises
    ------
    DocumentError
    """
    from relsim.result.saved import Draws, HeldRun, Paths
    from relsim.summary import summarise

    scenario = inputs.scenario
    counts = np.empty((scenario.paths, len(scenario.events)), np.int32)
    draw = np.empty(scenario.paths, np.int32)

    def keep(part: Part) -> None:
        here = slice(part.range.first_path, part.range.first_path + part.range.size)
        counts[here], draw[here] = part.counts.T, part.draw

    simulation = _simulated(inputs, median_weights, workers, scheduler, progress_of(progress), keep)
    held = HeldRun(
        summarise(scenario, simulation),
        median_weights,
        Paths(draw, simulation.days, simulation.values, counts),
        Draws(tuple(w.path for w in inputs.model.weights), simulation.theta),
    )
    return Forecast(held, inputs)


def run_into(
    inputs: Inputs,
    out: Path | None,
    *,
    force: bool,
    figures: bool,
    report: bool,
    median_weights: bool,
    workers: int | None,
    scheduler: str | None,
    progress: bool | Progress,
    command: Sequence[str],
    ledger: Path,
    answer: Callable[[Forecast], None],
) -> Path:
    """Simulate a scenario into a folder, path by path, so that memory does not grow with the paths.

    Parameters
    ----------
    out : the folder, refused where it exists unless ``force``; without one a name of its own under ``runs``
    command : words of the command line, for the manifest
    ledger : whose past accuracy the report tells
    answer : takes the forecast before figures are drawn

    Raises
    ------
    InputError
    """
    from relsim.api.saving import Making, check_place, fill_run
    from relsim.result.folder import RunFolder, run_name
    from relsim.result.paths import PathTable
    from relsim.result.saved import Draws, SavedRun
    from relsim.summary import summarise

    started = datetime.now().astimezone()
    check_place(out, force=force, report=report)
    scenario, weights = inputs.scenario, tuple(w.path for w in inputs.model.weights)
    target = out or Path("runs") / run_name(inputs.layers.stem, scenario.variant, scenario.seed)
    with RunFolder(target, named=out is not None, force=force) as folder:
        with PathTable(
            folder.path / "paths.parquet",
            start=scenario.start,
            outcomes=scenario.outcomes,
            quantities=scenario.quantities,
            events=scenario.events,
        ) as table:
            simulation = _simulated(
                inputs,
                median_weights,
                workers,
                scheduler,
                progress_of(progress),
                lambda part: table.add(part.range.first_path, part.days, part.values, part.counts, part.draw),
            )
        run = SavedRun(folder.path, summarise(scenario, simulation), median_weights)
        answer(Forecast(run, inputs))
        making = Making(started, command, figures, report, workers, progress_of(progress), ledger)
        fill_run(folder.path, run, Draws(weights, simulation.theta), inputs, making)
    return folder.path


def _simulated(
    inputs: Inputs,
    median_weights: bool,
    workers: int | None,
    scheduler: str | None,
    progress: Progress,
    sink: Callable[[Part], None],
) -> Simulation:
    from relsim.engine import simulate
    from relsim.engine.cluster import running_blocks

    scenario, model = inputs.scenario, inputs.model
    inputs.say_warnings(progress)
    if note := scaled_note(model):
        progress.say(note)
    with running_blocks(workers, scheduler) as run_blocks, progress.bar(scenario.paths, "Simulating") as update:
        try:
            return simulate(
                model,
                paths=scenario.paths,
                seed=scenario.seed,
                draws=scenario.draws,
                median_weights=median_weights,
                run_blocks=run_blocks,
                sink=sink,
                progress=update,
            )
        except DocumentError as error:
            raise DocumentError(inputs.loaded.locate(error.problems)) from None
