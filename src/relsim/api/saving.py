"""A run's folder and its page. Floor 7; all writing goes through ``files``."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from relsim.api.progress import SILENT, Progress
from relsim.errors import InputError, Notice

if TYPE_CHECKING:
    from relsim.api.inputs import Inputs
    from relsim.errors import Problem
    from relsim.page import PastAccuracy
    from relsim.result.drivers import Drivers
    from relsim.result.saved import Draws, FinishedRun
    from relsim.result.stories import Stories
    from relsim.result.watchlist import Watchlist

REPORT = "report.html"
TOLD = 2
"""Typical paths, and near misses; the page opens with the first of each."""
FUTURES = 256
"""Paths that go on from each day of a story, to find the chance along it."""


@dataclass(frozen=True)
class Making:
    """How a run was made, and what its folder holds beside numbers.

    Attributes
    ----------
    command : words of the command line that was given; none for one that makes the same numbers
    workers : threads of what the page tells
    ledger : whose past accuracy the page tells, if it is there
    """

    started: datetime
    command: Sequence[str] = ()
    figures: bool = True
    report: bool = False
    workers: int | None = None
    progress: Progress = SILENT
    ledger: Path | None = None

    @property
    def seconds(self) -> float:
        """Time since it was started."""
        return (datetime.now().astimezone() - self.started).total_seconds()


def check_place(out: Path | None, *, force: bool, report: bool) -> None:
    """Stop before the work where what it makes could not be written.

    Raises
    ------
    InputError
        If the folder exists and is not to be replaced, or plotly is not installed.
    """
    from relsim.result.folder import refuse_folder

    if report:
        from relsim.page import need_plotly

        need_plotly()
    if out is not None:
        refuse_folder(out, force)


def fill_run(folder: Path, run: FinishedRun, draws: Draws, inputs: Inputs, making: Making) -> None:
    """Write all of a run's folder but ``paths.parquet``, which stands there; last the manifest.

    Parameters
    ----------
    folder : an open ``RunFolder``'s path
    """
    from relsim.result.files import finish_run, save_run

    command = command_of(inputs, run.median_weights)
    if making.figures:
        with making.progress.wait("Drawing the figures"):
            from relsim.plots import figures, pasts_of

            (folder / "figures").mkdir()
            figures(run.forecast, inputs.scenario, folder / "figures", past=pasts_of(inputs.model))
    save_run(folder, run.forecast, scenario=inputs.loaded.resolved_yaml(), weights=draws.names, theta=draws.theta)
    if making.report:
        with making.progress.wait("Writing the report"):
            text = page_of(run, inputs, workers=making.workers, ledger=making.ledger)
            (folder / REPORT).write_text(text, encoding="utf-8", newline="\n")
    finish_run(
        folder,
        run.forecast,
        median_weights=run.median_weights,
        command=making.command or command,
        files=inputs.loaded.files,
        started=making.started,
        seconds=making.seconds,
    )


def page_of(run: FinishedRun, inputs: Inputs, *, workers: int | None = None, ledger: Path | None = None) -> str:
    """The page about a run, with what it hangs on and stories of its first outcome.

    Raises
    ------
    InputError
        If plotly is not installed.
    """
    from relsim.diagram.picture import for_page
    from relsim.page import HEADLINES, Provenance, need_plotly, run_page
    from relsim.plots import pasts_of

    need_plotly()
    loaded, model = inputs.loaded, inputs.model
    asked = list(run.forecast.outcomes)[:HEADLINES]
    warned = [_in_a_line(found) for found in inputs.warnings]
    warned += [
        f"{s.event}: in {100 * s.share:.3g} % of the draws what usually triggers it would fill more than nine tenths "
        f"of its rate; there its numbers are scaled, by {s.factor:.2f} at the median"
        for s in model.scaled
    ]
    return run_page(
        run.forecast,
        model.scenario,
        Provenance(command_of(inputs, run.median_weights), loaded.files, loaded.origins, loaded.name),
        warnings=warned,
        past=pasts_of(model),
        drivers=_drivers(run, inputs, asked),
        stories=_stories(run, inputs, asked[:1], workers),
        record=None if ledger is None else _record(ledger),
        watch=_watchlist(run),
        picture=for_page(model),
    )


def command_of(inputs: Inputs, median_weights: bool) -> list[str]:
    """The command that makes a run's numbers again, from files where it was made from files."""
    layers = inputs.layers
    options = {
        "--variant": layers.variant,
        "--weights": [place_named(file) for file in layers.weights],
        "--set": layers.settings,
        "--median-weights": median_weights,
    }
    return again("run", [place_named(layers.main)], options)


def place_named(document: object) -> str:
    """A file by its name; what is no file by that of the scenario in the folder that is written."""
    return str(document) if isinstance(document, str | Path) else "scenario.yaml"


def again(name: str, places: Iterable[str], options: Mapping[str, object]) -> list[str]:
    """The command that makes the same numbers again, whatever else this one was told to write.

    Parameters
    ----------
    options : value of each option by its name: a text or a number, a list of them, or whether a flag was given
    """
    words = ["relsim", name, *places]
    for option, value in options.items():
        if value is True:
            words.append(option)
        elif isinstance(value, tuple | list):
            words += [word for item in value for word in (option, str(item))]
        elif value is not None and value is not False:
            words += [option, str(value)]
    return words


def _drivers(run: FinishedRun, inputs: Inputs, asked: Sequence[str]) -> Drivers | None:
    from relsim.drivers import weights_of

    return weights_of(run, inputs.model, only=asked) if asked and inputs.model.weights else None


def _stories(run: FinishedRun, inputs: Inputs, asked: Sequence[str], workers: int | None) -> list[Stories]:
    """Typical paths and near misses of each outcome."""
    from relsim.story import build_stories

    return [
        build_stories(
            run,
            inputs.model,
            outcome=outcome,
            count=TOLD,
            futures=FUTURES,
            workers=workers or os.cpu_count() or 1,
            progress=lambda share: None,
        )
        for outcome in asked
    ]


def _watchlist(run: FinishedRun) -> Watchlist | None:
    """What would move a run, where ``relsim watch`` has put it into its folder."""
    from relsim.result.saved import SavedRun
    from relsim.result.watchlist import Watchlist

    file = run.folder / "watch.json" if isinstance(run, SavedRun) else None
    if file is None or not file.is_file():
        return None
    try:
        return Watchlist.from_json(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{file}: is damaged: {error}") from None


def _record(file: Path) -> PastAccuracy | None:
    """Past accuracy, where the ledger is there and can be read."""
    from relsim.ledger import read, standing
    from relsim.page import past_accuracy

    if not file.exists():
        return None
    try:
        return past_accuracy(file.name, standing(read(file), date.today()))
    except InputError as error:
        warnings.warn(f"no past accuracy in the report: {error}", Notice, stacklevel=2)
        return None


def _in_a_line(found: Problem) -> str:
    """A warning with its place, without the line it points to."""
    place = f"{found.file}:{found.line}" if found.line else found.file
    return ": ".join(part for part in (place, found.path, found.message) if part)
