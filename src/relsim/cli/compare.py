"""``relsim compare``: what changes if. Floor 8."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from relsim.cli.options import warn
from relsim.cli.progress import progress_bar, waiting
from relsim.cli.terminal import print_blocks
from relsim.errors import DocumentError, InputError
from relsim.result.comparison import IGNORE


@click.command(
    epilog="Example:\n\n\b\n"
    "  relsim compare scenarios/osaka_2019/scenario.yaml --variants meeting,no_meeting --given osaka --paths 1000"
)
@click.argument("places", nargs=-1, required=True, metavar="FILE|RUN...")
@click.option("--variants", metavar="all|A,B", help="Variants of the file, compared with the file itself.")
@click.option("--baseline", metavar="NAME", help="What all are compared with; the first named unless given.")
@click.option(
    "--given", multiple=True, metavar="OUTCOME", help="Also lay the paths on which it came true against all paths."
)
@click.option("--weights", multiple=True, metavar="FILE", help="Overlay a weights file on each.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Set one value in each.")
@click.option("--paths", type=click.IntRange(min=1), help="Simulated futures, the same for all.")
@click.option("--draws", type=click.IntRange(min=1), help="Draws of the weights; one per 128 paths unless given.")
@click.option("--median-weights", is_flag=True, help="Run all paths under the medians of the weights.")
@click.option("--seed", type=click.IntRange(min=0, max=2**64 - 1), help="Seed; the same seed gives the same numbers.")
@click.option("--workers", type=click.IntRange(min=1), help="Threads; all cores unless given. Changes no number.")
@click.option(
    "--ignore",
    type=click.FloatRange(min=0, max=100),
    default=IGNORE,
    show_default=True,
    metavar="POINTS",
    help="Call a clear difference of an outcome small below so many points.",
)
@click.option("--no-news", is_flag=True, help="Do not tell which news moved it, where the records alone differ.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the comparison; refused if it exists.")
@click.option("--force", is_flag=True, help="Replace the folder given with --out.")
@click.option("--no-figures", is_flag=True, help="Draw no figures.")
@click.option("--report", is_flag=True, help="Write report.html too: one page that opens offline and prints.")
@click.option("--json", "as_json", is_flag=True, help="Print comparison.json instead of the tables.")
def compare(
    places: tuple[str, ...],
    variants: str | None,
    baseline: str | None,
    given: tuple[str, ...],
    weights: tuple[str, ...],
    settings: tuple[str, ...],
    paths: int | None,
    draws: int | None,
    median_weights: bool,
    seed: int | None,
    workers: int | None,
    ignore: float,
    no_news: bool,
    out: Path | None,
    force: bool,
    no_figures: bool,
    report: bool,
    as_json: bool,
) -> None:
    """Compare scenarios, finished runs or variants on the same simulated paths.

    Each is compared with the baseline path by path: what changes, how surely, and from which day on. With --given also
    what is found where an outcome came true, which is not what would follow if it were made to happen. Where a scenario
    has the baseline's content and a longer record (as_of), also which news moved it. Tables (or, with --json,
    everything) go to stdout; the folder holds comparison.json, the scenarios, the figures and, with --report,
    report.html.
    """
    if report:
        from relsim.page import need_plotly

        need_plotly()
    from relsim.cli.entrants import check_outcomes, common_size, disagreement, entrants, with_baseline

    started, clock = datetime.now().astimezone(), time.monotonic()
    given = tuple(dict.fromkeys(given))
    found = with_baseline(entrants(places, variants=variants, weights=weights, settings=settings), baseline)
    if len(found) < 2 and not given:
        raise InputError(
            f"{places[0]} alone is nothing to compare; name another file or run, or give --variants or --given"
        )
    check_outcomes(found[0], given)
    size = common_size(found, paths=paths, seed=seed, draws=draws, median_weights=median_weights)
    for entrant in found:
        warn(entrant.loaded.warnings)
        warn(entrant.loaded.locate(entrant.model.warnings, "warning"))

    from relsim.cli.reports import again, write_comparison_report
    from relsim.compare import compare as compare_models
    from relsim.compare import plan_news
    from relsim.engine import in_threads, parameters_of
    from relsim.result.files import save_comparison
    from relsim.result.folder import RunFolder
    from relsim.show.comparison_tables import comparison_blocks

    for entrant in found:
        try:
            parameters_of(
                entrant.model,
                paths=size.paths,
                seed=size.seed,
                draws=size.draws,
                median_weights=size.median_weights,
            )
        except DocumentError as error:
            raise InputError(entrant.loaded.locate(error.problems)) from None
    baseline_model, others = found[0].model, () if no_news else found[1:]
    news = {other.name: plan_news(baseline_model, other.model, (found[0].name, other.name)) for other in others}
    simulations = len(found) + sum(len(plan.to_simulate) for plan in news.values())
    target = out or Path("runs") / f"compare-{found[0].name}-{size.seed}"
    with RunFolder(target, named=out is not None, force=force) as folder:
        with progress_bar(size.paths * simulations) as progress:
            comparison = compare_models(
                {entrant.name: entrant.model for entrant in found},
                titles={entrant.name: entrant.title for entrant in found},
                paths=size.paths,
                seed=size.seed,
                draws=size.draws,
                median_weights=size.median_weights,
                given=given,
                news=news,
                warnings=size.warnings,
                ignore=ignore,
                run_blocks=in_threads(workers),
                progress=progress,
            )
        if not (weights or settings or paths or draws or seed is not None or median_weights):
            told = [disagreement(entrant, comparison.scenarios[entrant.name]) for entrant in found]
            comparison = replace(comparison, warnings=(*comparison.warnings, *(text for text in told if text)))
        scenarios = {entrant.name: entrant.model.scenario for entrant in found}
        files = {name: digest for entrant in found for name, digest in entrant.loaded.files.items()}
        for text in comparison.warnings:
            click.echo(f"warning: {text}", err=True)
        if as_json:
            click.echo(comparison.to_json(), nl=False)
        else:
            print_blocks(*comparison_blocks(comparison, scenarios))
        if not no_figures:
            with waiting("Drawing the figures"):
                from relsim.plots import comparison_figures

                comparison_figures(comparison, scenarios, folder.path / "figures")
        if report:
            command = again(
                "compare",
                places,
                {
                    "--variants": variants,
                    "--baseline": baseline,
                    "--given": given,
                    "--weights": weights,
                    "--set": settings,
                    "--paths": paths,
                    "--draws": draws,
                    "--median-weights": median_weights,
                    "--seed": seed,
                    "--ignore": None if ignore == IGNORE else ignore,
                    "--no-news": no_news,
                },
            )
            with waiting("Writing the report"):
                write_comparison_report(folder.path, comparison, scenarios, files, command)
        save_comparison(
            folder.path,
            comparison,
            scenarios={entrant.name: entrant.loaded.resolved_yaml() for entrant in found},
            median_weights=size.median_weights,
            command=["relsim", *sys.argv[1:]],
            files=files,
            started=started,
            seconds=time.monotonic() - clock,
        )
    if not as_json:
        click.echo(f"\nWritten to {folder.path}")
