"""``relsim watch``: what would move the forecast. Floor 8."""

from __future__ import annotations

from pathlib import Path

import click

import relsim
from relsim.api.figures import one_of
from relsim.api.opening import open_run
from relsim.api.watching import add_watchlist, watch_blocks
from relsim.cli.options import DaysType, scenario_options
from relsim.cli.progress import ON_TERMINAL
from relsim.cli.terminal import print_result


@click.command(
    epilog="Example:\n\n\b\n"
    "  relsim run docs/examples/osaka.yaml --paths 2000 --no-figures --out runs/osaka_watch\n"
    "  relsim watch runs/osaka_watch --outcome summit --within 30d"
)
@click.argument("place", metavar="RUN|FILE")
@scenario_options
@click.option("--paths", type=click.IntRange(min=1), help="Number of simulated paths of FILE (overrides the file).")
@click.option("--outcome", "only", multiple=True, metavar="NAME", help="Only this outcome.")
@click.option("--within", type=DaysType(), default="30d", show_default=True, help="Days ahead that the tables show.")
@click.option("--top", type=click.IntRange(min=1), default=10, show_default=True, help="Rows of each table at most.")
@click.option("--made-paths", type=click.IntRange(min=1), help="Paths on which each thing is made to happen.")
@click.option("--workers", type=click.IntRange(min=1), help="Threads; all cores unless given. Changes no number.")
@click.option("--no-figures", is_flag=True, help="Draw no figures.")
@click.option("--json", "as_json", is_flag=True, help="Print watch.json instead of the tables.")
def watch(
    place: str,
    variant: str | None,
    weights: tuple[str, ...],
    settings: tuple[str, ...],
    paths: int | None,
    only: tuple[str, ...],
    within: int,
    top: int,
    made_paths: int | None,
    workers: int | None,
    no_figures: bool,
    as_json: bool,
) -> None:
    """Tell what would move the forecast: everything that can be seen in the next days.

    Of every event, calendar entry, condition and level: how likely it is to be seen, where each outcome would stand if
    it is and if it is not, and what changes when it is made to happen. A RUN's own paths are looked at again, and
    watch.json and figures are added to its folder; a scenario FILE is simulated, and nothing is written.
    """
    of = _opened(place, variant, weights, settings, paths)
    names = [one_of(name, list(of.inputs.scenario.outcomes), "outcome") for name in only]
    found = relsim.watch(of, within=within, made_paths=made_paths, workers=workers, progress=ON_TERMINAL).result
    shown = found.only(names) if names else found
    print_result(shown, as_json, lambda: watch_blocks(of, shown, within, made_paths, top))
    if isinstance(of, relsim.Forecast):
        file = add_watchlist(of, found, shown, within=within, figures=not no_figures, progress=ON_TERMINAL)
        if not as_json:
            click.echo(f"\nWritten to {file}")


def _opened(
    place: str, variant: str | None, weights: tuple[str, ...], settings: tuple[str, ...], paths: int | None
) -> relsim.Forecast | relsim.Scenario:
    if not Path(place).is_dir():
        told = [f"run/paths={paths}"] if paths else []
        return relsim.load(place, variant=variant, weights=weights, settings=[*settings, *told])
    if variant or weights or settings or paths:
        raise click.UsageError("--variant, --weights, --set and --paths go with a FILE; a run is as it was made")
    return open_run(Path(place))
