"""``relsim track``: the same questions as the record grows. Floor 8."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relsim.api.inputs import Layers
from relsim.api.saving import Making
from relsim.api.tracking import add_track, track_blocks, track_into
from relsim.cli.options import DaysType, scenario_options, scheduler_option, size_options, size_settings
from relsim.cli.progress import ON_TERMINAL
from relsim.cli.terminal import print_result
from relsim.show.values import counted

if TYPE_CHECKING:
    from relsim.track import Tracked

_DAY = click.DateTime(["%Y-%m-%d"])
ALERTED = 3
"""Exit status where a point that the call computed is an alert."""


@click.command(
    epilog="Example:\n\n\b\n  relsim track scenarios/osaka_2019/june.yaml --every 7d --paths 1000 --out runs/weekly"
)
@click.argument("file")
@click.option("--every", type=DaysType(), default="7d", show_default=True, help="From one point to the next.")
@click.option("--from", "first", type=_DAY, help="Last known day of the first point; the day before the window.")
@click.option("--to", "last", type=_DAY, help="No point later than this; the last day that the record covers.")
@click.option(
    "--events", "events", type=click.Path(exists=True, dir_okay=False), metavar="TABLE",
    help="Event table or chronicle that goes into the record, beside the file's own histories.",
)  # fmt: skip
@click.option(
    "--alert", type=click.FloatRange(min=0, max=100), default=5.0, show_default=True, metavar="POINTS",
    help="A move of more than these, and clear of noise, is an alert.",
)  # fmt: skip
@scenario_options
@size_options
@scheduler_option
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the track; points that stand there are kept.")
@click.option("--force", is_flag=True, help="Restart the track in its folder.")
@click.option("--no-figures", is_flag=True, help="Draw no figures.")
@click.option("--report", is_flag=True, help="Write report.html too: one page that opens offline and prints.")
@click.option("--json", "as_json", is_flag=True, help="Print track.json instead of the tables.")
@click.pass_context
def track(
    ctx: click.Context,
    file: str,
    every: int,
    first: datetime | None,
    last: datetime | None,
    events: str | None,
    alert: float,
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
    as_json: bool,
) -> None:
    """Ask a scenario's questions again as its record grows: a forecast as of each day, and what moved it.

    Each point knows the histories up to its day and nothing later. Points that stand in the folder are not made again:
    give the same command when the record has grown. A move of more than --alert points, outside its paired 99 %
    interval, is an alert; the exit status is 3 if a point that this call made is one.
    """
    making = Making(
        datetime.now().astimezone(),
        ["relsim", *sys.argv[1:]],
        figures=not no_figures,
        report=report,
        progress=ON_TERMINAL,
    )
    found, inputs, folder = track_into(
        Layers(file, weights, variant, (*settings, *size_settings(paths, draws, seed))),
        out,
        every=every,
        first=first.date() if first else None,
        last=last.date() if last else None,
        events=None if events is None else Path(events),
        alert=alert,
        median_weights=median_weights,
        workers=workers,
        scheduler=scheduler,
        force=force,
        making=making,
    )
    for text in found.warnings:
        click.echo(f"warning: {text}", err=True)
    for _, one in found.alerts:
        click.echo(f"alert: {one.sentence}", err=True)
    print_result(found.track, as_json, lambda: track_blocks(found.track, inputs.scenario))
    add_track(folder, found, inputs, making)
    if not as_json:
        click.echo(f"\n{_made(found)}; written to {folder}")
    if found.alerts:
        ctx.exit(ALERTED)


def _made(found: Tracked) -> str:
    points = len(next(iter(found.track.outcomes.values())).dates)
    return f"{counted(points, 'point')}, {len(found.new)} of them new"
