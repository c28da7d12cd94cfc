"""``relsim story``: paths behind a number, told. Floor 8."""

from __future__ import annotations

from pathlib import Path

import click

import relsim
from relsim.api.opening import open_run
from relsim.api.reasons import add_stories
from relsim.cli.progress import ON_TERMINAL
from relsim.cli.terminal import print_result


@click.command(
    epilog="Example:\n\n\b\n"
    "  relsim run scenarios/osaka_2019/scenario.yaml --paths 1000 --no-figures --out runs/osaka_story\n"
    "  relsim story runs/osaka_story --outcome sailors --count 1 --futures 128\n"
    "  relsim story runs/osaka_story --path 711"
)
@click.argument("folder", metavar="RUN")
@click.option("--outcome", metavar="NAME", help="The outcome whose paths are shown.")
@click.option(
    "--count",
    type=click.IntRange(min=1, max=12),
    default=3,
    show_default=True,
    help="Number of typical paths, and of near misses.",
)
@click.option(
    "--path", "paths", type=click.IntRange(min=0), multiple=True, help="Show this path instead; may be repeated."
)
@click.option(
    "--futures",
    type=click.IntRange(min=0, max=100_000),
    default=1024,
    show_default=True,
    help="Paths simulated onwards from each day for the probability along a story; 0 leaves it out.",
)
@click.option("--workers", type=click.IntRange(min=1), help="Threads; all cores unless given. Changes no number.")
@click.option("--no-figures", is_flag=True, help="Draw no figures.")
@click.option("--json", "as_json", is_flag=True, help="Print the stories as JSON instead of text.")
def story(
    folder: str,
    outcome: str | None,
    count: int,
    paths: tuple[int, ...],
    futures: int,
    workers: int | None,
    no_figures: bool,
    as_json: bool,
) -> None:
    """Show typical paths of a finished run on which an outcome came true, and near misses.

    Typical paths stand for the others of their kind: no path of the group is nearer to all others. Near misses come
    from the few per cent of paths that came closest. With --path any path is shown, whatever came of it. The text goes
    to stdout; RUN/stories and RUN/figures receive the stories as JSON and a figure of each.
    """
    from relsim.show.story_text import story_blocks

    forecast = open_run(Path(folder))
    found = relsim.stories(
        forecast, outcome, count=count, paths=paths, futures=futures, workers=workers, progress=ON_TERMINAL
    ).result
    print_result(found, as_json, lambda: story_blocks(found))
    written = add_stories(forecast, found, figures=not no_figures, progress=ON_TERMINAL)
    if not as_json:
        click.echo(f"\nWritten to {written}")
