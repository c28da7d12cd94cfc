"""``--report``: what a page about a run or a comparison is made from. Floor 8."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relsim.errors import InputError

if TYPE_CHECKING:
    from relsim.compose import LoadedScenario
    from relsim.errors import Problem
    from relsim.model import Model
    from relsim.page import PastAccuracy
    from relsim.result import Forecast
    from relsim.result.comparison import Comparison
    from relsim.result.drivers import Drivers
    from relsim.result.saved import SavedRun
    from relsim.result.stories import Stories
    from relsim.scenario import Scenario

REPORT = "report.html"
TOLD = 2
"""Typical paths, and near misses; the page opens with the first of each."""
FUTURES = 256
"""Paths that go on from each day of a story, to find the chance along it."""


def write_run_report(
    folder: Path,
    forecast: Forecast,
    loaded: LoadedScenario,
    model: Model,
    *,
    command: Sequence[str],
    median_weights: bool,
    workers: int | None,
) -> None:
    """Write ``report.html`` beside the tables of paths and draws of a run, from which it tells drivers and stories."""
    from relsim.page import HEADLINES, Provenance, run_page
    from relsim.plots import pasts_of
    from relsim.result.saved import SavedRun

    saved = SavedRun(folder, forecast, median_weights)
    asked = list(forecast.outcomes)[:HEADLINES]
    warned = [_in_a_line(found) for found in (*loaded.warnings, *loaded.locate(model.warnings, "warning"))]
    warned += [
        f"{s.event}: in {100 * s.share:.3g} % of the draws what usually brings it on would fill more than nine tenths "
        f"of its rate; there its numbers are scaled, by {s.factor:.2f} at the median"
        for s in model.scaled
    ]
    text = run_page(
        forecast,
        model.scenario,
        Provenance(command, loaded.files, loaded.origins, loaded.name),
        warnings=warned,
        past=pasts_of(model),
        drivers=_drivers(saved, model, asked),
        stories=_stories(saved, model, asked[:1], workers),
        record=_record(Path("ledger.csv")),
    )
    _write(folder, text)


def write_comparison_report(
    folder: Path,
    comparison: Comparison,
    scenarios: Mapping[str, Scenario],
    files: Mapping[str, str],
    command: Sequence[str],
) -> None:
    """Write ``report.html`` of a comparison."""
    from relsim.page import Provenance, comparison_page

    _write(folder, comparison_page(comparison, scenarios, Provenance(command, files, {}, None)))


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


def _drivers(saved: SavedRun, model: Model, asked: Sequence[str]) -> Drivers | None:
    from relsim.drivers import weights_of

    return weights_of(saved, model, only=asked) if asked and model.weights else None


def _stories(saved: SavedRun, model: Model, asked: Sequence[str], workers: int | None) -> list[Stories]:
    """Typical paths and near misses of each outcome."""
    from relsim.story import tell

    return [
        tell(
            saved,
            model,
            outcome=outcome,
            count=TOLD,
            futures=FUTURES,
            workers=workers or os.cpu_count() or 1,
            progress=lambda share: None,
        )
        for outcome in asked
    ]


def _record(file: Path) -> PastAccuracy | None:
    """Past accuracy, where a ledger stands in the working directory."""
    from relsim.ledger import read, standing
    from relsim.page import past_accuracy

    if not file.exists():
        return None
    try:
        return past_accuracy(file.name, standing(read(file), date.today()))
    except InputError as error:
        click.echo(f"warning: no past accuracy in the report: {error}", err=True)
        return None


def _in_a_line(found: Problem) -> str:
    """A warning with its place, without the line it points to."""
    place = f"{found.file}:{found.line}" if found.line else found.file
    return ": ".join(part for part in (place, found.path, found.message) if part)


def _write(folder: Path, text: str) -> None:
    (folder / REPORT).write_text(text, encoding="utf-8", newline="\n")
