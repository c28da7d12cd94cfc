"""``relsim story``: paths behind a number, told. Floor 8."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relsim.cli.progress import progress_bar, waiting
from relsim.cli.terminal import print_blocks
from relsim.errors import InputError, suggestion

if TYPE_CHECKING:
    from relsim.cli.reopened import Reopened
    from relsim.result.stories import Stories


@click.command(
    epilog="Example:\n\n\b\n"
    "  relsim run scenarios/osaka_2019/scenario.yaml --paths 1000 --no-figures --out runs/osaka_story\n"
    "  relsim story runs/osaka_story --outcome sailors --count 1 --futures 128\n"
    "  relsim story runs/osaka_story --path 711"
)
@click.argument("folder", metavar="RUN")
@click.option("--outcome", metavar="NAME", help="The outcome whose paths are told.")
@click.option(
    "--count", type=click.IntRange(min=1, max=12), default=3, show_default=True, help="Typical paths, and near misses."
)
@click.option(
    "--path", "paths", type=click.IntRange(min=0), multiple=True, help="Tell this path instead; may be repeated."
)
@click.option(
    "--futures",
    type=click.IntRange(min=0, max=100_000),
    default=1024,
    show_default=True,
    help="Paths that go on from each day to find the chance along a story; 0 leaves it out.",
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
    """Tell typical paths of a finished run on which an outcome came true, and near misses.

    Typical paths stand for the others of their kind: no path of the group is nearer to all others. Near misses come
    from the few per cent of paths that lacked least. With --path any path is told, whatever came of it. The text goes
    to stdout; RUN/stories and RUN/figures receive the stories as JSON and a figure of each.
    """
    from relsim.cli.reopened import reopen

    run = reopen(folder)
    _check(run, folder, outcome, paths)

    from relsim.show.story_text import story_blocks
    from relsim.story import tell

    with progress_bar(1000, "Telling") as update:
        stories = tell(
            run.saved,
            run.model,
            outcome=outcome,
            count=count,
            paths=tuple(dict.fromkeys(paths)),
            futures=futures,
            workers=workers or os.cpu_count() or 1,
            progress=lambda share: update(round(1000 * share)),
        )
    if as_json:
        click.echo(stories.to_json(), nl=False)
    else:
        print_blocks(*story_blocks(stories))
    with waiting("Drawing the figures"):
        written = _write(run, stories, not no_figures)
    if not as_json:
        click.echo(f"\nWritten to {written}")


def _check(run: Reopened, folder: str, outcome: str | None, paths: tuple[int, ...]) -> None:
    known = list(run.saved.forecast.outcomes)
    if outcome is None and not paths:
        hint = f"outcomes: {', '.join(known)}" if known else "the run has no outcomes"
        raise InputError(f"{folder}: say which outcome with --outcome, or which path with --path; {hint}")
    if outcome is not None and outcome not in known:
        raise InputError(f"{folder}: has no outcome '{outcome}'; {suggestion(outcome, known)}".rstrip("; "))
    number = run.saved.forecast.paths
    for path in paths:
        if path >= number:
            raise InputError(f"{folder}: has no path {path}; its {number:,} paths are numbered 0 to {number - 1}")


def _write(run: Reopened, stories: Stories, with_figures: bool) -> Path:
    """Write ``stories/NAME.json`` and the figures, those of earlier stories of the same name replaced."""
    from relsim.result.files import Addition

    folder = run.saved.folder
    chosen = [f"path-{story.path}" for story in stories.chosen]
    name = "-".join([*([stories.outcome] if stories.outcome else []), *chosen])
    with Addition(folder) as addition:
        if with_figures:
            from relsim.plots import story_figures

            drawn = story_figures(stories, run.saved.forecast, run.model.scenario, addition.into("figures"), name)
            earlier = {old.name for kind in ("true", "near") for old in _figures(folder, f"story-{name}-{kind}")}
            for old in sorted(earlier - {file.name for file in drawn}):
                addition.remove(f"figures/{old}")
        addition.file(f"stories/{name}.json").write_text(stories.to_json(), encoding="utf-8", newline="\n")
    return folder / "stories" / f"{name}.json"


def _figures(folder: Path, stem: str) -> Iterator[Path]:
    """The numbered figures of a run whose names begin so."""
    return (folder / "figures").glob(f"{stem}-[0-9]*.png")
