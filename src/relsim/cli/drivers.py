"""``relsim drivers``: what a finished run's outcomes hang on. Floor 8."""

from __future__ import annotations

from pathlib import Path

import click

import relsim
from relsim.api.opening import open_run
from relsim.api.reasons import add_drivers
from relsim.cli.options import scheduler_option
from relsim.cli.progress import ON_TERMINAL
from relsim.cli.terminal import print_result


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
    help="Probability that a single parameter may take the outcome across.",
)
@click.option("--check", is_flag=True, help="Verify the threshold crossings by simulation, on the run's own paths.")
@click.option("--events", is_flag=True, help="Leave out each event in turn and simulate again, on the same paths.")
@click.option(
    "--design",
    type=click.Choice(["sobol", "morris"]),
    help="Vary parameters by a design and simulate: total-effect indices.",
)
@click.option("--samples", type=click.IntRange(min=4), help="Base samples (sobol: 64) or trajectories (morris: 20).")
@click.option(
    "--only",
    "patterns",
    multiple=True,
    metavar="PATTERN",
    help="Parameters that the design varies, by path; wildcards may be used.",
)
@click.option(
    "--discover",
    multiple=True,
    metavar="OUTCOME",
    help="Look for boxes of weights in which it is far more, or far less, likely.",
)
@click.option("--paths", type=click.IntRange(min=1), help="Paths of --events (4,000), or of a point of --design (256).")
@click.option("--workers", type=click.IntRange(min=1), help="Threads; all cores unless given. Changes no number.")
@scheduler_option
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
    discover: tuple[str, ...],
    paths: int | None,
    workers: int | None,
    scheduler: str | None,
    no_figures: bool,
    as_json: bool,
) -> None:
    """Find what each outcome of a finished run depends on.

    RUN is the folder of a run. Which parameters matter is estimated from the run's own draws; nothing is simulated,
    unless --check, --events or --design asks for more. The text (or, with --json, all numbers) goes to stdout;
    drivers.json and figures are added to the folder.
    """
    if design is None and (samples or patterns):
        raise click.UsageError("--samples and --only go with --design")
    if paths and not (events or design):
        raise click.UsageError("--paths goes with --events or --design")

    from relsim.show.driver_tables import driver_blocks

    forecast = open_run(Path(run))
    found = relsim.drivers(
        forecast,
        outcomes=only,
        threshold=threshold,
        check=check,
        events=events,
        design=design,
        samples=samples,
        only=patterns,
        discover=discover,
        paths=paths,
        workers=workers,
        scheduler=scheduler,
        keep=True,
        progress=ON_TERMINAL,
    ).result
    print_result(found, as_json, lambda: driver_blocks(found))
    file = add_drivers(forecast, found, figures=not no_figures, progress=ON_TERMINAL)
    if not as_json:
        click.echo(f"\nWritten to {file}")
