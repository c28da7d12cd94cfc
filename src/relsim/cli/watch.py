"""``relsim watch``: what would move the forecast. Floor 8."""

from __future__ import annotations

from pathlib import Path

import click

from relsim.cli.options import DaysType, scenario_options
from relsim.cli.progress import progress_bar, waiting
from relsim.cli.terminal import print_blocks
from relsim.errors import InputError, suggestion

_STEPS = 1000


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
    from relsim.cli.options import load_model
    from relsim.cli.reopened import reopen
    from relsim.engine import in_threads
    from relsim.show.watch_tables import labels, watch_blocks
    from relsim.watch import made_paths as number_made
    from relsim.watch import watchlist

    if Path(place).is_dir():
        if variant or weights or settings or paths:
            raise click.UsageError("--variant, --weights, --set and --paths go with a FILE; a run is as it was made")
        opened = reopen(place)
        saved, model, median_weights = opened.saved, opened.model, opened.saved.median_weights
    else:
        settings = (*settings, f"run/paths={paths}") if paths else settings
        saved, median_weights = None, False
        model = load_model(place, variant=variant, weights=weights, settings=settings)[1]
    for name in only:
        if name not in model.scenario.outcomes:
            hint = suggestion(name, list(model.scenario.outcomes))
            raise InputError(f"{place}: no outcome '{name}'; {hint or 'known: ' + ', '.join(model.scenario.outcomes)}")
    with progress_bar(_STEPS, "Looking ahead") as progress:
        found = watchlist(
            model,
            median_weights=median_weights,
            within=within,
            on_paths=made_paths,
            run_blocks=in_threads(workers),
            progress=lambda share: progress(round(_STEPS * share)),
        )
    if as_json:
        click.echo((found.only(only) if only else found).to_json(), nl=False)
    else:
        number = number_made(model, within=within, on_paths=made_paths)
        print_blocks(*watch_blocks(found, model.scenario, within=within, top=top, made_paths=number, only=only))
    if saved is None:
        return
    from relsim.result.files import Addition

    with Addition(saved.folder) as addition:
        addition.file("watch.json").write_text(found.to_json(), encoding="utf-8", newline="\n")
        if not no_figures:
            with waiting("Drawing the figures"):
                from relsim.plots.watch import watch_figures

                shown = found.only(only) if only else found
                watch_figures(shown, saved.forecast, labels(found, model.scenario), within, addition.into("figures"))
    if not as_json:
        click.echo(f"\nWritten to {saved.folder / 'watch.json'}")
