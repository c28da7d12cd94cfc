"""``relsim track``: the same questions as the record grows. Floor 8."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relsim import __version__
from relsim.api.inputs import build_model
from relsim.cli.options import DaysType, scenario_options, scheduler_option, warn
from relsim.cli.progress import progress_bar, waiting
from relsim.cli.terminal import print_blocks
from relsim.errors import DocumentError, InputError
from relsim.show.track_tables import track_blocks
from relsim.show.values import counted

if TYPE_CHECKING:
    from relsim.compose import LoadedScenario
    from relsim.model import Model
    from relsim.scenario import Scenario
    from relsim.track import Tracked

_DAY = click.DateTime(["%Y-%m-%d"])
_EVENTS = "track_events"
"""Name of the history that --events adds."""
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
@click.option("--paths", type=click.IntRange(min=1), help="Number of simulated paths (overrides the file).")
@click.option("--draws", type=click.IntRange(min=1), help="Draws of the parameters; one per 128 paths unless given.")
@click.option("--median-weights", is_flag=True, help="Run all paths under the medians of the parameters.")
@click.option("--seed", type=click.IntRange(min=0, max=2**64 - 1), help="Seed; the same seed gives the same track.")
@click.option("--workers", type=click.IntRange(min=1), help="Threads; all cores unless given. Changes no number.")
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
    started = datetime.now().astimezone()
    if report:
        from relsim.page import need_plotly

        need_plotly()
    for key, value in (("paths", paths), ("draws", draws), ("seed", seed)):
        if value is not None:
            settings = (*settings, f"run/{key}={value}")
    loaded, model = _opened(file, variant, weights, settings, events)
    days = _days(loaded, model, every, first, last)

    from relsim.engine.cluster import running_blocks
    from relsim.track import track as tracked
    from relsim.track.kept import open_track

    folder = out or Path("runs") / _named(file, model.scenario)
    question = _question(loaded, median_weights)
    kept = open_track(folder, model.scenario, question, median_weights, force, loaded.files, started)
    with running_blocks(workers, scheduler) as run_blocks, progress_bar(len(days), "Tracking") as progress:
        try:
            found = tracked(
                model,
                days,
                kept=kept,
                alert=alert,
                median_weights=median_weights,
                run_blocks=run_blocks,
                progress=progress,
            )
        except DocumentError as error:
            raise InputError(loaded.locate(error.problems)) from None
    _print(found, model.scenario, as_json)
    with waiting("Drawing the figures"):
        _save(folder, found, loaded, figures=not no_figures, report=report)
    if not as_json:
        click.echo(f"\n{_made(found)}; written to {folder}")
    if found.alerts:
        ctx.exit(ALERTED)


def _print(found: Tracked, scenario: Scenario, as_json: bool) -> None:
    for text in found.warnings:
        click.echo(f"warning: {text}", err=True)
    for _, one in found.alerts:
        click.echo(f"alert: {one.sentence}", err=True)
    if as_json:
        click.echo(found.track.to_json(), nl=False)
    else:
        print_blocks(*track_blocks(found.track, scenario.title, _titles(scenario)))


def _opened(
    file: str, variant: str | None, weights: Sequence[str], settings: Sequence[str], events: str | None
) -> tuple[LoadedScenario, Model]:
    """A scenario with all of its record, and its warnings printed that do not hang on the day."""
    from relsim.compose import load

    if events is not None:
        settings = (*settings, f"history/{_EVENTS}={{file: {json.dumps(events)}}}")
    loaded = load(file, variant=variant, weights=weights, settings=settings, whole=True, others=False, to_the_end=True)
    if not loaded.document.outcomes:
        raise InputError(f"{file}: asks no question; an outcome was expected")
    model = build_model(loaded)
    return loaded, model


def _days(
    loaded: LoadedScenario, model: Model, every: int, first: datetime | None, last: datetime | None
) -> tuple[date, ...]:
    """The days of the points, with what there is to be warned of as of the last."""
    from relsim.compare import cut_after
    from relsim.model import build
    from relsim.track import days_of

    days = days_of(model.scenario, every, first and first.date(), last and last.date())
    review = loaded.document.review
    warn(w for w in loaded.warnings if w.path != "review" or (review is not None and review <= days[-1]))
    warn(loaded.locate(build(cut_after(model.scenario, days[-1]), judge=False).warnings, "warning"))
    return days


def _question(loaded: LoadedScenario, median_weights: bool) -> str:
    """Digest of all that bears on a point but the record and the day up to which it is known."""
    tree = loaded.tree
    assert isinstance(tree, dict)
    assert loaded.scenario is not None
    left_out = {"history", "resolution", "variants", "owner", "review"}
    content = {key: value for key, value in tree.items() if key not in left_out}
    content["window"] = {key: value for key, value in content["window"].items() if key != "as_of"}
    text = json.dumps([__version__, loaded.scenario.variant, median_weights, content], default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _named(file: str, scenario: Scenario) -> str:
    """The folder's name where none is given."""
    stem = Path(file).stem if Path(file).stem != "scenario" else Path(file).resolve().parent.name
    return "-".join(filter(None, ["track", stem, scenario.variant, str(scenario.seed)]))


def _save(folder: Path, found: Tracked, loaded: LoadedScenario, *, figures: bool, report: bool) -> None:
    from relsim.result.files import Addition
    from relsim.result.track import TRACK

    assert loaded.scenario is not None
    scenario, command = loaded.scenario, ["relsim", *sys.argv[1:]]
    with Addition(folder) as addition:
        addition.restate(command=command, inputs=loaded.files)
        addition.file(TRACK).write_text(found.track.to_json(), encoding="utf-8", newline="\n")
        if not figures and not report:
            return
        from relsim.plots.track import TrackIdentity, track_figure

        shown = TrackIdentity(scenario.title, scenario.paths, scenario.seed)
        if figures:
            track_figure(found.track, _titles(scenario), shown, addition.into("figures"))
        if report:
            from relsim.page import Provenance, track_page

            provenance = Provenance(command, loaded.files, {}, None)
            text = track_page(found.track, scenario.title, _titles(scenario), provenance, __version__)
            addition.file("report.html").write_text(text, encoding="utf-8", newline="\n")


def _titles(scenario: Scenario) -> dict[str, str]:
    return {name: outcome.title for name, outcome in scenario.outcomes.items()}


def _made(found: Tracked) -> str:
    points = len(next(iter(found.track.outcomes.values())).dates)
    return f"{counted(points, 'point')}, {len(found.new)} of them new"
