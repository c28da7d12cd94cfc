"""``relsim drivers``: what a finished run's outcomes hang on. Floor 8."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relsim.cli.progress import progress_bar, waiting
from relsim.cli.terminal import print_blocks
from relsim.errors import InputError

if TYPE_CHECKING:
    from relsim.cli.reopened import Reopened
    from relsim.result.drivers import Attribution, Design, Drivers

_SAMPLES = {"sobol": 64, "morris": 20}
_EVENT_PATHS = 4000
_TOP = 10
"""Weights that a designed study takes from the run's own indices unless told which."""


@click.command(
    epilog="Example:\n\n\b\n"
    "  relsim run scenario.yaml --paths 5000 --out runs/first --no-figures\n"
    "  relsim drivers runs/first --no-figures"
)
@click.argument("run")
@click.option("--outcome", "only", multiple=True, metavar="NAME", help="Only this outcome or quantity.")
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.5,
    show_default=True,
    help="Probability across which a single weight is asked to take each outcome.",
)
@click.option("--check", is_flag=True, help="Simulate the flips that were found, on the run's own paths.")
@click.option("--events", is_flag=True, help="Take out each event in turn and simulate again, on the same paths.")
@click.option(
    "--design", type=click.Choice(["sobol", "morris"]), help="Vary weights by a design and simulate: total indices."
)
@click.option("--samples", type=click.IntRange(min=4), help="Base samples (sobol: 64) or trajectories (morris: 20).")
@click.option(
    "--only",
    "patterns",
    multiple=True,
    metavar="PATTERN",
    help="Weights that the design varies, by path; wildcards may be used.",
)
@click.option("--paths", type=click.IntRange(min=1), help="Paths of --events (4,000), or of a point of --design (256).")
@click.option("--workers", type=click.IntRange(min=1), help="Threads; all cores unless given. Changes no number.")
@click.option("--no-figures", is_flag=True, help="Draw no figures.")
@click.option("--json", "as_json", is_flag=True, help="Print drivers.json instead of the text.")
def drivers(
    run: str,
    only: tuple[str, ...],
    threshold: float,
    check: bool,
    events: bool,
    design: str | None,
    samples: int | None,
    patterns: tuple[str, ...],
    paths: int | None,
    workers: int | None,
    no_figures: bool,
    as_json: bool,
) -> None:
    """Tell what each outcome of a finished run hangs on.

    RUN is the folder of a run. Which weights matter is read off the run's own draws, and nothing is simulated, unless
    --check, --events or --design asks for more. The text (or, with --json, all numbers) goes to stdout; drivers.json
    and figures are added to the folder.
    """
    if design is None and (samples or patterns):
        raise click.UsageError("--samples and --only go with --design")
    if paths and not (events or design):
        raise click.UsageError("--paths goes with --events or --design")

    from relsim.cli.reopened import DRIVERS, reopen
    from relsim.drivers import weights_of
    from relsim.drivers.targets import targets
    from relsim.result.files import Addition
    from relsim.show.driver_tables import driver_blocks

    opened = reopen(run)
    number = len(targets(opened.saved, {}, only))
    with progress_bar(number, "Reading the draws") as progress:
        found = weights_of(opened.saved, opened.model, only=only, threshold=threshold, progress=progress)
    if check:
        found = _checked(opened, found, workers)
    if design:
        found = replace(found, design=_designed(opened, found, design, samples, patterns, paths, workers))
    if events:
        found = replace(found, events=_without(opened, paths, workers))
    for text in found.warnings:
        click.echo(f"warning: {text}", err=True)
    if as_json:
        click.echo(found.to_json(), nl=False)
    else:
        print_blocks(*driver_blocks(found))
    with Addition(opened.saved.folder) as addition:
        whole = _joined(opened.saved.folder, found)
        addition.file(DRIVERS).write_text(whole.to_json(), encoding="utf-8", newline="\n")
        if not no_figures:
            with waiting("Drawing the figures"):
                from relsim.plots.drivers import driver_figures

                driver_figures(found, opened.saved.forecast, addition.into("figures"))
    if not as_json:
        click.echo(f"\nWritten to {opened.saved.folder / DRIVERS}")


def _joined(folder: Path, found: Drivers) -> Drivers:
    """What was found, with what an earlier call found of the same run and this one was not asked for."""
    from relsim.cli.reopened import drivers_in

    try:
        before = drivers_in(folder)
    except InputError:  # damaged, and about to be replaced
        before = None
    if before is None:
        return found
    same = ("relsim", "scenario", "variant", "paths", "draws", "seed", "threshold", "weights")
    if any(getattr(before, name) != getattr(found, name) for name in same):
        return found
    return replace(
        found,
        outcomes={**before.outcomes, **found.outcomes},
        quantities={**before.quantities, **found.quantities},
        design=found.design or before.design,
        events=found.events or before.events,
    )


def _without(opened: Reopened, paths: int | None, workers: int | None) -> Attribution:
    from relsim.drivers.without import attribution, removals

    scenario = opened.model.scenario
    number = paths or min(scenario.paths, _EVENT_PATHS)
    worlds = 1 + len(removals(scenario))
    if worlds == 1:
        raise InputError(f"{opened.saved.folder}: the scenario has no history, calendar or event to take out")
    click.echo(f"{worlds} worlds of {number:,} paths: the one of the file, and one without each event.", err=True)
    with progress_bar(worlds) as progress:
        return attribution(
            opened.model,
            paths=number,
            seed=scenario.seed,
            draws=scenario.draws,
            median_weights=opened.saved.median_weights,
            workers=workers,
            progress=progress,
        )


def _checked(opened: Reopened, found: Drivers, workers: int | None) -> Drivers:
    from relsim.drivers.checking import checked

    flips = sum(1 for driven in found.outcomes.values() if driven.flip is not None and driven.flip.weight)
    with progress_bar(flips) as progress:
        return checked(opened.model, opened.saved, found, workers=workers, progress=progress)


def _designed(
    opened: Reopened,
    found: Drivers,
    method: str,
    samples: int | None,
    patterns: tuple[str, ...],
    paths: int | None,
    workers: int | None,
) -> Design:
    from relsim.drivers.choice import chosen_weights
    from relsim.drivers.design import Plan, analysed, points_of
    from relsim.drivers.study import Study
    from relsim.result.files import Addition

    weights = chosen_weights(found, opened.model, patterns, most=_TOP)
    plan = Plan.of(opened.model, method, weights, samples or _SAMPLES[method], paths or 256)
    points = points_of(plan, opened.model)
    click.echo(
        f"{method}: {len(weights)} weights, {len(points.theta):,} points of {plan.paths:,} paths: "
        f"{len(points.theta) * plan.paths:,} paths in all.",
        err=True,
    )
    if opened.model.copula.groups:
        click.echo("warning: the design varies each weight by itself, without their correlations", err=True)
    study = Study(opened.saved.folder / "drivers-design", plan, points, opened.model)
    if study.done:
        click.echo(f"Going on after {study.done:,} points.", err=True)
    with Addition(opened.saved.folder) as addition:
        study.list_in(addition, done=False)
    with progress_bar(len(points.theta)) as progress:
        study.run(workers=workers, progress=progress)
    with Addition(opened.saved.folder) as addition:
        study.list_in(addition, done=True)
    return analysed(plan, points, study.results(), opened.model)
