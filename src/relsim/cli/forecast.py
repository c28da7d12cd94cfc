"""``relsim run``: the forecast. Floor 8."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import click

from relsim.cli.options import load_model, scenario_options
from relsim.cli.progress import progress_bar, waiting
from relsim.cli.terminal import print_blocks
from relsim.errors import DocumentError, InputError


@click.command(epilog="Example:\n\n\b\n  relsim run scenarios/osaka_2019/scenario.yaml --paths 2000 --out runs/osaka")
@click.argument("file")
@scenario_options
@click.option("--paths", type=click.IntRange(min=1), help="Number of simulated paths (overrides the file).")
@click.option("--draws", type=click.IntRange(min=1), help="Draws of the weights; one per 128 paths unless given.")
@click.option("--median-weights", is_flag=True, help="Run all paths under the medians of the weights.")
@click.option("--seed", type=click.IntRange(min=0, max=2**64 - 1), help="Seed; the same seed gives the same forecast.")
@click.option("--workers", type=click.IntRange(min=1), help="Threads; all cores unless given. Changes no number.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the run; refused if it exists.")
@click.option("--force", is_flag=True, help="Replace the folder given with --out.")
@click.option("--no-figures", is_flag=True, help="Draw no figures.")
@click.option("--report", is_flag=True, help="Write report.html too: one page that opens offline and prints.")
@click.option("--json", "as_json", is_flag=True, help="Print forecast.json instead of the table.")
def run(
    file: str,
    variant: str | None,
    weights: tuple[str, ...],
    settings: tuple[str, ...],
    paths: int | None,
    draws: int | None,
    median_weights: bool,
    seed: int | None,
    workers: int | None,
    out: Path | None,
    force: bool,
    no_figures: bool,
    report: bool,
    as_json: bool,
) -> None:
    """Simulate a scenario's futures and write the forecast.

    The table (or, with --json, the forecast) goes to stdout; the run's folder holds forecast.json, the resolved
    scenario, every path's outcomes, the draws of the weights, the figures and, with --report, report.html.
    """
    started, clock = datetime.now().astimezone(), time.monotonic()
    for key, value in (("paths", paths), ("draws", draws), ("seed", seed)):
        if value is not None:
            settings = (*settings, f"run/{key}={value}")
    if report:
        from relsim.page import need_plotly

        need_plotly()
    loaded, model = load_model(file, variant=variant, weights=weights, settings=settings)
    scenario = model.scenario

    from relsim.cli.reports import again, write_run_report
    from relsim.engine import in_threads, simulate
    from relsim.result.files import finish_run, save_run
    from relsim.result.folder import RunFolder, run_name
    from relsim.result.paths import PathTable
    from relsim.show.forecast_tables import forecast_blocks
    from relsim.summary import summarise

    stem = Path(file).stem if Path(file).stem != "scenario" else Path(file).resolve().parent.name
    target = out or Path("runs") / run_name(stem, scenario.variant, scenario.seed)
    with RunFolder(target, named=out is not None, force=force) as folder:
        with ExitStack() as stack:
            table = stack.enter_context(
                PathTable(
                    folder.path / "paths.parquet",
                    start=scenario.start,
                    outcomes=scenario.outcomes,
                    quantities=scenario.quantities,
                    events=scenario.events,
                )
            )
            progress = stack.enter_context(progress_bar(scenario.paths))
            try:
                simulation = simulate(
                    model,
                    paths=scenario.paths,
                    seed=scenario.seed,
                    draws=scenario.draws,
                    median_weights=median_weights,
                    run_blocks=in_threads(workers),
                    sink=lambda part: table.add(part.range.first_path, part.days, part.values, part.counts, part.draw),
                    progress=progress,
                )
            except DocumentError as error:
                raise InputError(loaded.locate(error.problems)) from None
        forecast = summarise(scenario, simulation)
        for text in forecast.warnings:
            click.echo(f"warning: {text}", err=True)
        if as_json:
            click.echo(forecast.to_json(), nl=False)
        else:
            print_blocks(*forecast_blocks(forecast, scenario))
        if not no_figures:
            with waiting("Drawing the figures"):
                from relsim.plots import figures, pasts_of

                (folder.path / "figures").mkdir()
                figures(forecast, scenario, folder.path / "figures", past=pasts_of(model))
        save_run(
            folder.path,
            forecast,
            scenario=loaded.resolved_yaml(),
            weights=[w.path for w in model.weights],
            theta=simulation.theta,
        )
        if report:
            with waiting("Writing the report"):
                write_run_report(
                    folder.path,
                    forecast,
                    loaded,
                    model,
                    command=again(
                        "run",
                        [file],
                        {
                            "--variant": variant,
                            "--weights": weights,
                            "--set": settings,
                            "--median-weights": median_weights,
                        },
                    ),
                    median_weights=median_weights,
                    workers=workers,
                )
        finish_run(
            folder.path,
            forecast,
            median_weights=median_weights,
            command=["relsim", *sys.argv[1:]],
            files=loaded.files,
            started=started,
            seconds=time.monotonic() - clock,
        )
    if not as_json:
        click.echo(f"\nWritten to {folder.path}")
