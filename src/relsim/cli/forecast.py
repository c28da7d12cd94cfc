"""``relsim run``: the forecast. Floor 8."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relsim.api.forecast import Forecast
from relsim.api.running import run_into
from relsim.api.scenario import load, runnable
from relsim.cli.options import scenario_options, scheduler_option, size_options, size_settings
from relsim.cli.progress import ON_TERMINAL
from relsim.cli.terminal import print_result
from relsim.errors import InputError

if TYPE_CHECKING:
    from relsim.compose import LoadedScenario
    from relsim.scoring.recalibrating import Recalibration
    from relsim.show.values import Block


@click.command(epilog="Example:\n\n\b\n  relsim run scenarios/osaka_2019/scenario.yaml --paths 2000 --out runs/osaka")
@click.argument("file")
@scenario_options
@size_options
@scheduler_option
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the run; refused if it exists.")
@click.option("--force", is_flag=True, help="Replace the folder given with --out.")
@click.option("--no-figures", is_flag=True, help="Draw no figures.")
@click.option("--report", is_flag=True, help="Write report.html too: one page that opens offline and prints.")
@click.option(
    "--recalibration", metavar="FILE", help="Layer of 'score --recalibrate': what past calibration makes of it, beside."
)
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
    scheduler: str | None,
    out: Path | None,
    force: bool,
    no_figures: bool,
    report: bool,
    recalibration: str | None,
    digits: int | None,
    as_json: bool,
) -> None:
    """Simulate a scenario's futures and write the forecast.

    The table (or, with --json, the forecast) goes to stdout; the run's folder holds forecast.json, the resolved
    scenario, every path's outcomes, the draws of the parameters, the figures and, with --report, report.html.
    """
    from relsim.show.forecast_tables import forecast_blocks

    layers = [*weights, *([recalibration] if recalibration else [])]
    scenario = load(file, variant=variant, weights=layers, settings=[*settings, *size_settings(paths, draws, seed)])
    past = past_calibration(scenario.inputs.loaded, recalibration)

    def answer(forecast: Forecast) -> None:
        print_result(
            forecast.result,
            as_json,
            lambda: [
                *forecast_blocks(forecast.result, forecast.inputs.scenario, digits),
                *recalibrated(forecast, past),
            ],
        )

    folder = run_into(
        runnable(scenario.inputs, {}),
        out,
        force=force,
        figures=not no_figures,
        report=report,
        median_weights=median_weights,
        workers=workers,
        scheduler=scheduler,
        progress=ON_TERMINAL,
        command=["relsim", *sys.argv[1:]],
        ledger=Path("ledger.csv"),
        answer=answer,
    )
    if not as_json:
        click.echo(f"\nWritten to {folder}")


def past_calibration(loaded: LoadedScenario, file: str | None) -> tuple[Recalibration, int] | None:
    """What the layer says of past calibration, and of how many questions; None without a layer.

    Raises
    ------
    InputError
        If the layer says nothing of it.
    """
    if file is None:
        return None
    told = loaded.document.recalibration
    if told is None or told.shift is None or told.scale is None or told.questions is None:
        raise InputError(
            f"--recalibration: {file}: no 'recalibration' with shift, scale and questions in it; "
            "'relsim score --recalibrate FILE' writes one"
        )
    from relsim.scoring.recalibrating import Recalibration

    return Recalibration(told.shift, told.scale), told.questions


def recalibrated(forecast: Forecast, past: tuple[Recalibration, int] | None) -> list[Block]:
    """The recalibrated probabilities beside the raw ones."""
    from relsim.show.forecast_tables import recalibrated_table

    return [] if past is None else [recalibrated_table(forecast.result, *past)]
