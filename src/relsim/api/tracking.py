"""The same questions as the record grows: ``track``. Floor 7."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsim import __version__
from relsim.api.answers import Answer
from relsim.api.backtest_asked import days_in
from relsim.api.event_table import EventTable, day_of, place_of_table
from relsim.api.inputs import Inputs, Layers
from relsim.api.progress import Progress, progress_of
from relsim.api.saving import Making
from relsim.api.scenario import Scenario
from relsim.errors import DocumentError, InputError
from relsim.result.track import Track

if TYPE_CHECKING:
    from relsim.scenario import Scenario as ScenarioParts
    from relsim.track import Keeping, Tracked

_EVENTS = "track_events"
"""Name of the history that ``events`` adds."""
ALERT = 5.0
"""Points of a hundred beyond which a clear move is an alert."""


def track(
    scenario: Scenario,
    *,
    every: int | str = "7d",
    first: date | str | None = None,
    last: date | str | None = None,
    events: EventTable | str | os.PathLike[str] | None = None,
    alert: float = ALERT,
    median_weights: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: bool | Progress = True,
) -> Answer[Track]:
    """Ask a scenario's questions again as its record grows: a forecast as of each day, and what moved it.

    Each point knows the histories up to its day and nothing later.

    Parameters
    ----------
    scenario : Scenario
        With a history that reaches into its window; paths, draws and seed are the document's.
    every : int or str
        From one point to the next: days, ``"7d"``, ``"2w"``.
    first, last : date or str, optional
        Last known days of the first and the last point; the day before the window, and the last day that the record
        covers.
    events : EventTable or path, optional
        A table or chronicle that goes into the record, beside the document's own histories.
    alert : float
        Points of a hundred beyond which a move that is clear of noise is an alert.
    median_weights : bool
        Run all paths under the medians of the parameters.
    workers : int, optional
        Threads; all cores unless given. Changes no number.
    scheduler : str, optional
        As in ``Scenario.run``.
    progress : bool
        Show a bar if it takes a while.

    Returns
    -------
    Answer
        ``result.outcomes`` by name with ``news`` and ``alerts``. Its ``table`` has a row for each outcome (index
        ``name``) and ``date``: ``probability``, ``weights_low`` and ``weights_high``.

    Raises
    ------
    relsim.InputError
        If the scenario asks nothing, or no history reaches past the day before its window.

    Examples
    --------
    >>> scenario = relsim.load("scenarios/osaka_2019/june.yaml", settings={"run/paths": 500})
    >>> found = relsim.track(scenario, every="14d")
    >>> str(found.table.loc["osaka", "date"].iloc[0])[:10]
    '2019-05-14'
    """
    shown = progress_of(progress)
    inputs = recorded(scenario.inputs.layers, events)
    days = _days(inputs, days_in(every), day_of(first), day_of(last), shown)
    found = _tracked(inputs, days, None, alert, median_weights, (workers, scheduler), shown).track
    return Answer(found, lambda: _rows(found), lambda: track_blocks(found, inputs.scenario))


def track_into(
    layers: Layers,
    out: Path | None,
    *,
    every: int,
    first: date | None,
    last: date | None,
    events: Path | None,
    alert: float,
    median_weights: bool,
    workers: int | None,
    scheduler: str | None,
    force: bool,
    making: Making,
) -> tuple[Tracked, Inputs, Path]:
    """A track in a folder, in which points that stand are not made again; ``add_track`` ends it.

    Parameters
    ----------
    layers : the scenario; its record may tell of days of which no forecast as it stands may know

    Raises
    ------
    InputError
    """
    from relsim.track.kept import open_track

    if making.report:
        from relsim.page import need_plotly

        need_plotly()
    inputs = recorded(layers, events)
    days = _days(inputs, every, first, last, making.progress)
    named = ("track", inputs.layers.stem, inputs.scenario.variant, str(inputs.scenario.seed))
    folder = out or Path("runs") / "-".join(filter(None, named))
    question, files = _question(inputs, median_weights), inputs.loaded.files
    kept = open_track(folder, inputs.scenario, question, median_weights, force, files, making.started)
    return _tracked(inputs, days, kept, alert, median_weights, (workers, scheduler), making.progress), inputs, folder


def add_track(folder: Path, found: Tracked, inputs: Inputs, making: Making) -> None:
    """Write the track, its figure and its page into its folder."""
    from relsim.result.files import Addition
    from relsim.result.track import TRACK

    scenario, titles = inputs.scenario, _titles(inputs.scenario)
    with making.progress.wait("Drawing the figures"), Addition(folder) as addition:
        addition.restate(command=making.command, inputs=inputs.loaded.files)
        addition.file(TRACK).write_text(found.track.to_json(), encoding="utf-8", newline="\n")
        if making.figures:
            from relsim.plots.track import TrackIdentity, track_figure

            shown = TrackIdentity(scenario.title, scenario.paths, scenario.seed)
            track_figure(found.track, titles, shown, addition.into("figures"))
        if making.report:
            from relsim.page import Provenance, track_page

            provenance = Provenance(making.command, inputs.loaded.files, {}, None)
            text = track_page(found.track, scenario.title, titles, provenance, __version__)
            addition.file("report.html").write_text(text, encoding="utf-8", newline="\n")


def track_blocks(found: Track, scenario: ScenarioParts) -> Any:
    """What ``relsim track`` prints."""
    from relsim.show.track_tables import track_blocks as blocks

    return blocks(found, scenario.title, _titles(scenario))


def recorded(layers: Layers, events: EventTable | str | os.PathLike[str] | None) -> Inputs:
    """A scenario with all of its record, and more events in it."""
    layers = replace(layers, others=False, to_the_end=True)
    if events is not None:
        file = json.dumps(str(place_of_table(events)))
        layers = replace(layers, settings=(*layers.settings, f"history/{_EVENTS}={{file: {file}}}"))
    inputs = Inputs.read(layers)
    if not inputs.loaded.document.outcomes:
        raise InputError(f"{inputs.loaded.name}: asks no question; an outcome was expected")
    return inputs


def _days(inputs: Inputs, every: int, first: date | None, last: date | None, progress: Progress) -> tuple[date, ...]:
    """The days of the points, with what there is to be warned of as of the last."""
    from relsim.compare import cut_after
    from relsim.model import build
    from relsim.track import days_of

    loaded, model = inputs.loaded, inputs.model
    days = days_of(model.scenario, every, first, last)
    review = loaded.document.review
    told = [w for w in loaded.warnings if w.path != "review" or (review is not None and review <= days[-1])]
    told += loaded.locate(build(cut_after(model.scenario, days[-1]), judge=False).warnings, "warning")
    for warning in told:
        progress.say(str(warning))
    return days


def _tracked(
    inputs: Inputs,
    days: Sequence[date],
    kept: Keeping | None,
    alert: float,
    median_weights: bool,
    where: tuple[int | None, str | None],
    progress: Progress,
) -> Tracked:
    from relsim.engine.cluster import running_blocks
    from relsim.track import track as tracked

    with running_blocks(*where) as run_blocks, progress.bar(len(days), "Tracking") as update:
        try:
            return tracked(
                inputs.model,
                days,
                kept=kept,
                alert=alert,
                median_weights=median_weights,
                run_blocks=run_blocks,
                progress=update,
            )
        except DocumentError as error:
            raise DocumentError(inputs.loaded.locate(error.problems)) from None


def _rows(found: Track) -> Iterator[dict[str, Any]]:
    for name, outcome in found.outcomes.items():
        rows = zip(outcome.dates, outcome.probability, outcome.weights_low, outcome.weights_high)
        for day, probability, low, high in rows:
            yield {"name": name, "date": day, "probability": probability, "weights_low": low, "weights_high": high}


def _titles(scenario: ScenarioParts) -> dict[str, str]:
    return {name: outcome.title for name, outcome in scenario.outcomes.items()}


def _question(inputs: Inputs, median_weights: bool) -> str:
    """Digest of all that bears on a point but the record and the day up to which it is known."""
    tree = inputs.loaded.tree
    assert isinstance(tree, dict)
    left_out = {"history", "resolution", "variants", "owner", "review"}
    content = {key: value for key, value in tree.items() if key not in left_out}
    content["window"] = {key: value for key, value in content["window"].items() if key != "as_of"}
    text = json.dumps([__version__, inputs.scenario.variant, median_weights, content], default=str)
    return hashlib.sha256(text.encode()).hexdigest()
