"""``relsim compare``: what changes if. Floor 8."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import relsim
from relsim.api.comparison import write_comparison
from relsim.api.saving import Making, check_place
from relsim.cli.options import scheduler_option
from relsim.cli.progress import ON_TERMINAL
from relsim.cli.terminal import print_result
from relsim.result.comparison import IGNORE


@click.command(
    epilog="Example:\n\n\b\n"
    "  relsim compare scenarios/osaka_2019/scenario.yaml --variants meeting,no_meeting --given osaka --paths 1000"
)
@click.argument("places", nargs=-1, required=True, metavar="FILE|RUN...")
@click.option("--variants", metavar="all|A,B", help="Variants of the file, compared with the file itself.")
@click.option("--baseline", metavar="NAME", help="Baseline of all comparisons; the first named unless given.")
@click.option(
    "--given", multiple=True, metavar="OUTCOME", help="Also compare the paths on which it came true with all paths."
)
@click.option("--weights", multiple=True, metavar="FILE", help="Overlay a weights file on each.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Set one value in each.")
@click.option("--paths", type=click.IntRange(min=1), help="Number of simulated paths, the same for all.")
@click.option("--draws", type=click.IntRange(min=1), help="Draws of the parameters; one per 128 paths unless given.")
@click.option("--median-weights", is_flag=True, help="Run all paths under the medians of the parameters.")
@click.option("--seed", type=click.IntRange(min=0, max=2**64 - 1), help="Seed; the same seed gives the same numbers.")
@click.option("--workers", type=click.IntRange(min=1), help="Threads; all cores unless given. Changes no number.")
@scheduler_option
@click.option(
    "--ignore",
    type=click.FloatRange(min=0, max=100),
    default=IGNORE,
    show_default=True,
    metavar="POINTS",
    help="Call a clear difference of an outcome small below so many points.",
)
@click.option("--no-news", is_flag=True, help="Do not attribute the change to news where only the records differ.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the comparison; refused if it exists.")
@click.option("--force", is_flag=True, help="Replace the folder given with --out.")
@click.option("--no-figures", is_flag=True, help="Draw no figures.")
@click.option("--report", is_flag=True, help="Write report.html too: one page that opens offline and prints.")
@click.option("--digits", type=click.IntRange(0, 6), help="Decimals of the percentages in the tables.")
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
    scheduler: str | None,
    ignore: float,
    no_news: bool,
    out: Path | None,
    force: bool,
    no_figures: bool,
    report: bool,
    digits: int | None,
    as_json: bool,
) -> None:
    """Compare scenarios, finished runs or variants on the same simulated paths.

    Each is compared with the baseline path by path: what changes, how surely, and from which day on. With --given also
    what is found where an outcome came true, which is not what would follow if it were made to happen. Where a scenario
    has the baseline's content and a longer record (as_of), also which news moved it. Tables (or, with --json,
    everything) go to stdout; the folder holds comparison.json, the scenarios, the figures and, with --report,
    report.html.
    """
    from relsim.show.comparison_tables import comparison_blocks

    check_place(out, force=force, report=report)
    comparison = relsim.compare(
        *places,
        variants=variants,
        baseline=baseline,
        given=given,
        weights=weights,
        settings=settings,
        paths=paths,
        draws=draws,
        seed=seed,
        median_weights=median_weights,
        ignore=ignore,
        news=not no_news,
        workers=workers,
        scheduler=scheduler,
        progress=ON_TERMINAL,
    )
    result = comparison.result
    print_result(result, as_json, lambda: comparison_blocks(result, comparison.scenarios, digits))
    folder = write_comparison(
        comparison,
        out or Path("runs") / f"compare-{result.baseline}-{result.seed}",
        Making(
            comparison.started,
            command=["relsim", *sys.argv[1:]],
            figures=not no_figures,
            report=report,
            progress=ON_TERMINAL,
        ),
        named=out is not None,
        force=force,
    )
    if not as_json:
        click.echo(f"\nWritten to {folder}")
