"""Parameters from what happened: ``fit``. Floor 7."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsim.api.answers import flat
from relsim.api.event_table import EventTable, day_of, days_of, place_of_table
from relsim.api.inputs import Inputs
from relsim.api.mechanisms import mechanisms
from relsim.api.progress import Progress, progress_of
from relsim.api.saving import Making
from relsim.api.scenario import Scenario
from relsim.api.weights_file import NAME, WeightsFile, check_draws, laid_over
from relsim.errors import InputError
from relsim.result.fit import FitEvaluation, FitReport

if TYPE_CHECKING:
    from relsim.fit.likelihood import Likelihood
    from relsim.model import Model

_SEARCH_STEPS = 20
"""About as many as the search for the mode takes."""
_DIGITS = 5
Day = date | str


@dataclass(frozen=True)
class Observing:
    """Which part of a table a fit takes.

    Attributes
    ----------
    first, last : days; those of the table where None
    missing : days without a source
    types : events looked for even where the table has none of them
    without : events left aside
    """

    first: date | None = None
    last: date | None = None
    missing: Sequence[date] = ()
    types: Sequence[str] = ()
    without: Sequence[str] = ()


def fit(
    scenario: Scenario,
    table: EventTable | str | os.PathLike[str],
    *,
    first: Day | None = None,
    last: Day | None = None,
    missing: Sequence[Day] = (),
    types: Sequence[str] = (),
    without: Sequence[str] = (),
    only: Sequence[str] = (),
    fix: Sequence[str] = (),
    informed_only: bool = False,
    mcmc: bool = False,
    steps: int = 5000,
    seed: int = 1,
    workers: int | None = None,
    progress: bool | Progress = True,
    name: str = NAME,
) -> WeightsFile[FitReport]:
    """Fit a scenario's parameters to an event table; the doubt in the document is the prior.

    Parameters
    ----------
    scenario : Scenario
        A scenario, or a layer without a window; its own history is left aside.
    table : EventTable or path
        The events, CSV or Parquet.
    first, last : date or str, optional
        Days taken; the table's unless given.
    missing : sequence of date or str
        Days without a source.
    types, without : sequence of str
        Events looked for even where the table has none of them, and events left aside.
    only, fix : sequence of str
        Patterns of paths: the parameters fitted, and those left as they are.
    informed_only : bool
        Write only the parameters that the record informs.
    mcmc : bool
        Sample the full posterior, in at most ``steps`` steps; takes minutes, needs emcee.
    steps : int
        Most steps of the sampler.
    seed : int
        Seed of the draws.
    workers : int, optional
        Threads; all cores unless given. Changes no number.
    progress : bool
        Show a bar if it takes a while.
    name : str
        What messages call the weights file.

    Returns
    -------
    WeightsFile
        The posterior as a weights file, correlations included. Its ``table`` has a row for each parameter (index
        ``name``, its path): prior and posterior percentiles in base units, and whether the record ``informed`` it.

    Raises
    ------
    relsim.InputError
        If the table or a pattern does not fit the scenario.

    Examples
    --------
    >>> fitted = relsim.fit(relsim.load("docs/examples/fit.yaml"), "docs/examples/fit.csv")
    >>> int(fitted.result.events)
    255
    >>> fitted.scenario.run(paths=500).result.paths
    500
    """
    from relsim.fit.fitting import fit_weights
    from relsim.fit.normal_scores import scores_of

    shown, place = progress_of(progress), place_of_table(table)
    taken = Observing(day_of(first), day_of(last), days_of(missing), types, without)
    inputs, model = _alone(scenario, shown)
    likelihood, notes = _likelihood(model, place, taken, workers, shown)
    record = likelihood.record
    with shown.bar(steps if mcmc else _SEARCH_STEPS, "Fitting") as update:
        fitted = fit_weights(
            likelihood,
            scores_of(model, only, fix),
            source=f"fitted to {place.name}, {record.first} to {record.last}",
            steps=steps if mcmc else None,
            seed=seed,
            notes=notes,
            progress=update,
        )
    written = fitted.written
    if informed_only:
        written = written.only([w.path for w in fitted.report.weights if w.informed])
    text = _text(inputs, replace(fitted, written=written))
    check_draws(mechanisms(laid_over(scenario.inputs, text, name)))
    report = fitted.report
    return WeightsFile(
        report, lambda: _rows(report), lambda: _blocks(report), text=text, _below=lambda: scenario.inputs
    )


def evaluate_fit(
    scenario: Scenario,
    table: EventTable | str | os.PathLike[str],
    taken: Observing,
    *,
    workers: int | None,
    progress: Progress,
) -> FitEvaluation:
    """The log-likelihood of a record at the medians of the parameters; fits nothing.

    Raises
    ------
    InputError
    """
    from relsim.fit.evaluation import evaluate

    likelihood, notes = _likelihood(_alone(scenario, progress)[1], place_of_table(table), taken, workers, progress)
    for text in notes:
        progress.say(f"warning: {text}")
    return evaluate(likelihood)


def _alone(scenario: Scenario, progress: Progress) -> tuple[Inputs, Model]:
    """A document without its history, and its model."""
    inputs = mechanisms(scenario.inputs)
    loaded = inputs.loaded
    alone = replace(inputs, loaded=replace(loaded, scenario=replace(inputs.scenario, history={})))
    alone.say_warnings(progress)
    return inputs, alone.model


def _likelihood(
    model: Model, place: Path, taken: Observing, workers: int | None, progress: Progress
) -> tuple[Likelihood, tuple[str, ...]]:
    from relsim.fit.likelihood import Likelihood
    from relsim.fit.table_record import read_record
    from relsim.ingest.event_table import read_events

    with progress.wait(f"Reading {place}"):
        events = read_events(place)
    try:
        reading = read_record(
            events,
            model.scenario,
            first=taken.first,
            last=taken.last,
            missing=list(taken.missing),
            types=tuple(taken.types),
            without=tuple(taken.without),
        )
    except InputError as error:
        raise InputError([replace(d, message=f"{place}: {d.message}") for d in error.problems]) from None
    return Likelihood(model, reading.record, workers), reading.warnings


def _text(inputs: Inputs, fitted: Any) -> str:
    from relsim.compose.weights import weights_text

    report = fitted.report
    heading = (
        f"Weights of {report.scenario}, fitted by relsim to {report.events:,} events from {report.start} to "
        f"{report.end}.\nLog-likelihood {report.criteria.log_likelihood:.2f} at the most probable parameters."
    )
    numbers, correlations = fitted.written.numbers, fitted.written.correlations
    return weights_text(inputs.loaded.root, numbers, correlations, heading=heading, digits=_DIGITS)


def _rows(report: FitReport) -> Iterator[dict[str, Any]]:
    for weight in report.weights:
        row = flat(weight)
        yield {"name": row.pop("path"), **row}


def _blocks(report: FitReport) -> Iterator[Any]:
    from relsim.show.fit_tables import fit_blocks

    return fit_blocks(report)


def check_fit_place(out: Path, folder: Path, *, force: bool) -> None:
    """Stop before the work where what it makes could not be written.

    Raises
    ------
    InputError
    """
    from relsim.files import Writing
    from relsim.result.folder import refuse_folder

    if out.is_dir():
        raise InputError(f"{out}: is a folder; a file for the weights was expected")
    if out.exists() and not force:
        raise InputError(f"{out}: exists already; --force replaces it")
    refuse_folder(folder, force)
    for place in (out, folder):
        with Writing(place):
            pass


def write_fit(
    fitted: WeightsFile[FitReport],
    out: Path,
    folder: Path,
    *,
    force: bool,
    seed: int,
    making: Making,
) -> None:
    """Write the weights file and the folder of its report, both or none."""
    from relsim.result.files import write_manifest
    from relsim.result.folder import RunFolder
    from relsim.show.console import FILE_WIDTH, console_text

    report = fitted.result
    with RunFolder(folder, named=True, force=force) as target:
        target.writing.file(out).write_text(fitted.text, encoding="utf-8", newline="\n")
        (target.path / "fit.json").write_text(report.to_json(), encoding="utf-8", newline="\n")
        text = console_text(list(_blocks(report)), FILE_WIDTH)
        (target.path / "fit.txt").write_text(text, encoding="utf-8", newline="\n")
        if making.figures:
            with making.progress.wait("Drawing the figures"):
                from relsim.plots.fit import fit_figures

                (target.path / "figures").mkdir()
                fit_figures(report, target.path / "figures")
        write_manifest(
            target.path,
            {"fit": report.scenario, "seed": seed},
            command=making.command,
            files=fitted.files,
            started=making.started,
            seconds=making.seconds,
        )
