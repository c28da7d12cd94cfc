"""``relsim run``: the forecast. Floor 8."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from relsim.api.forecast import Forecast
from relsim.api.running import run_into
from relsim.api.scenario import load, runnable
from relsim.cli.options import scenario_options
from relsim.cli.progress import ON_TERMINAL
from relsim.cli.terminal import print_result


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
@click.option("--digits", type=click.IntRange(0, 6), help="Decimals of the percentages in the tables.")
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
    digits: int | None,
    as_json: bool,
) -> None:
    """Simulate a scenario's futures and write the forecast.

    The table (or, with --json, the forecast) goes to stdout; the run's folder holds forecast.json, the resolved
    scenario, every path's outcomes, the draws of the weights, the figures and, with --report, report.html.
    """
    from relsim.show.forecast_tables import forecast_blocks

    given = {"paths": paths, "draws": draws, "seed": seed}
    told = [f"run/{key}={value}" for key, value in given.items() if value is not None]
    scenario = load(file, variant=variant, weights=weights, settings=[*settings, *told])

    def answer(forecast: Forecast) -> None:
        print_result(
            forecast.result, as_json, lambda: forecast_blocks(forecast.result, forecast.inputs.scenario, digits)
        )

    folder = run_into(
        runnable(scenario.inputs, {}),
        out,
        force=force,
        figures=not no_figures,
        report=report,
        median_weights=median_weights,
        workers=workers,
        progress=ON_TERMINAL,
        command=["relsim", *sys.argv[1:]],
        ledger=Path("ledger.csv"),
        answer=answer,
    )
    if not as_json:
        click.echo(f"\nWritten to {folder}")
