"""What would move a forecast: ``watch``. Floor 7."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsim.api.answers import Answer, flat
from relsim.api.forecast import Forecast
from relsim.api.progress import Progress, progress_of
from relsim.api.scenario import Scenario, runnable
from relsim.errors import DocumentError
from relsim.result.watchlist import Watchlist

if TYPE_CHECKING:
    from relsim.plots.frame import Format
    from relsim.show.values import Block

WATCH = "watch.json"
WITHIN = 30
"""Days of what is shown unless told otherwise."""
_STEPS = 1000


def watch(
    forecast: Forecast | Scenario,
    *,
    within: int = WITHIN,
    made_paths: int | None = None,
    workers: int | None = None,
    progress: bool | Progress = True,
) -> Answer[Watchlist]:
    """What would move a forecast: all that can be seen in the next days, and what it says of each outcome.

    Parameters
    ----------
    forecast : Forecast or Scenario
        A run, whose own paths are looked at again; or a scenario, run with its own paths, seed and draws.
    within : int
        Days ahead that are shown; 7, 30 and 60 are looked at whatever it is.
    made_paths : int, optional
        Paths on which each thing is made to happen; what the number of things allows unless given, 1,024 at least.
    workers : int, optional
        Threads; all cores unless given. Changes no number.
    progress : bool
        Show a bar if it takes a while.

    Returns
    -------
    Answer
        ``result.outcomes`` by name with all observations, the greatest expected fall of the Brier score first, and
        ``result.calendar``. Its ``table`` has a row for each outcome (index ``name``) and ``observation``: ``kind``,
        ``within_days``, ``probability_seen``, ``if_seen`` and ``if_not_seen`` with their intervals (``_low``,
        ``_high``), ``if_made``, the difference, likewise, ``expected_movement`` and ``expected_brier_fall``.

    Raises
    ------
    relsim.DocumentError
        If the scenario cannot be run.

    Examples
    --------
    >>> forecast = relsim.load("docs/examples/osaka.yaml").run(paths=2560)
    >>> found = relsim.watch(forecast)
    >>> found.result.outcomes["sanctions"].observations[0].name
    'sanctions'
    """
    from relsim.engine import in_threads
    from relsim.watch import watchlist

    inputs, shown = forecast.inputs, progress_of(progress)
    if isinstance(forecast, Scenario):
        inputs = runnable(inputs, {})
        inputs.say_warnings(shown)
    with shown.bar(_STEPS, "Looking ahead") as update:
        try:
            found = watchlist(
                inputs.model,
                median_weights=isinstance(forecast, Forecast) and forecast.finished.median_weights,
                within=within,
                on_paths=made_paths,
                run_blocks=in_threads(workers),
                progress=lambda share: update(math.floor(_STEPS * share)),
            )
        except DocumentError as error:
            raise DocumentError(inputs.loaded.locate(error.problems)) from None
    return Answer(found, lambda: _rows(found), lambda: watch_blocks(forecast, found, within, made_paths))


def watch_blocks(
    forecast: Forecast | Scenario, found: Watchlist, within: int, made_paths: int | None, top: int = 10
) -> Iterator[Block]:
    """What was found, in tables of so many rows at most."""
    from relsim.show import watch_tables
    from relsim.watch import made_paths as number_made

    model = forecast.inputs.model
    number = number_made(model, within=within, on_paths=made_paths)
    return watch_tables.watch_blocks(found, model.scenario, within=within, top=top, made_paths=number)


def _rows(found: Watchlist) -> Iterator[dict[str, Any]]:
    for name, outcome in found.outcomes.items():
        for seen in outcome.observations:
            row = {"name": name, "observation": seen.name, **flat(seen, ("name", "if_seen", "if_not_seen", "if_made"))}
            for key in ("if_seen", "if_not_seen", "if_made"):
                given = getattr(seen, key)
                row[key] = getattr(given, "value", getattr(given, "difference", None))
                row |= {f"{key}_{end}": getattr(given, end, None) for end in ("low", "high")}
            yield row


def add_watchlist(
    forecast: Forecast, found: Watchlist, shown: Watchlist, *, within: int, figures: bool, progress: Progress
) -> Path:
    """Add a watch list, and a figure of what is shown of it, to a run's folder."""
    from relsim.result.files import Addition

    folder = Path(forecast.finished.place)
    with Addition(folder) as addition:
        addition.file(WATCH).write_text(found.to_json(), encoding="utf-8", newline="\n")
        if figures:
            with progress.wait("Drawing the figures"):
                draw_watchlist(forecast, shown, within, addition.into("figures"))
    return folder / WATCH


def draw_watchlist(forecast: Forecast, found: Watchlist, within: int, folder: Path, form: Format = "png") -> list[Path]:
    """Draw a watch list into a folder; the files written."""
    from relsim.plots.watch import watch_figures
    from relsim.show.watch_tables import labels

    return watch_figures(found, forecast.result, labels(found, forecast.inputs.scenario), within, folder, form)


def watchlist_in(folder: Path) -> Watchlist | None:
    """What ``relsim watch`` left in a run's folder; None where it left nothing.

    Raises
    ------
    InputError
        If it is damaged.
    """
    from relsim.result.saved import added_to

    return added_to(folder, WATCH, Watchlist.from_json, "watch")
