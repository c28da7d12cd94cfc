"""``relsim fit``: weights from what happened. Floor 8."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relsim.cli.options import build_model, listed, load_mechanisms, scenario_options, warn
from relsim.cli.progress import progress_bar, waiting
from relsim.cli.terminal import print_blocks
from relsim.errors import DocumentError, InputError, named
from relsim.files import Writing

if TYPE_CHECKING:
    from relsim.compose import LoadedScenario
    from relsim.fit.fitting import Fitted
    from relsim.fit.likelihood import Likelihood

_DAY = click.DateTime(["%Y-%m-%d"])
_SEARCH_STEPS = 20
"""About as many as the search for the mode takes."""
_DIGITS = 5


@click.command()
@click.argument("file")
@click.option("--events", "table", required=True, metavar="TABLE", help="Event table, CSV or Parquet.")
@click.option("--from", "first", type=_DAY, help="First day taken; the table's first unless given.")
@click.option("--to", "last", type=_DAY, help="Last day taken; the table's last unless given.")
@click.option("--missing", multiple=True, metavar="DATES", help="Days without a source: any number of dates, or @FILE.")
@click.option("--types", multiple=True, metavar="EVENT", help="Looked for even where the table has none of it.")
@click.option("--without", multiple=True, metavar="EVENT", help="Leave the table's events of this type aside.")
@click.option("--only", "--free", multiple=True, metavar="PATTERN", help="Fit only the parameters whose path matches.")
@click.option("--fix", multiple=True, metavar="PATTERN", help="Leave the numbers whose path matches as they are.")
@click.option("--informed-only", is_flag=True, help="Write only the parameters that the record informs.")
@scenario_options
@click.option("--evaluate", is_flag=True, help="Print the log-likelihood at the medians of the weights; fit nothing.")
@click.option("--mcmc", is_flag=True, help="Sample the full posterior; takes minutes.")
@click.option("--steps", type=click.IntRange(min=100), default=5000, show_default=True, help="Most steps of --mcmc.")
@click.option("--seed", type=click.IntRange(min=0, max=2**63), default=1, show_default=True, help="Seed of the draws.")
@click.option("--workers", type=click.IntRange(min=1), help="Threads; all cores unless given. Changes no number.")
@click.option("--out", type=click.Path(path_type=Path), help="Weights file to write; refused if it exists.")
@click.option("--report", "folder", type=click.Path(path_type=Path), help="Folder of the report; OUT-fit unless given.")
@click.option("--force", is_flag=True, help="Replace the weights file and the report.")
@click.option("--no-figures", is_flag=True, help="Draw no figures.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON instead of the tables.")
def fit(
    file: str,
    table: str,
    first: datetime | None,
    last: datetime | None,
    missing: tuple[str, ...],
    types: tuple[str, ...],
    without: tuple[str, ...],
    only: tuple[str, ...],
    fix: tuple[str, ...],
    informed_only: bool,
    variant: str | None,
    weights: tuple[str, ...],
    settings: tuple[str, ...],
    evaluate: bool,
    mcmc: bool,
    steps: int,
    seed: int,
    workers: int | None,
    out: Path | None,
    folder: Path | None,
    force: bool,
    no_figures: bool,
    as_json: bool,
) -> None:
    """Fit a scenario's numbers in doubt to an event table.

    The doubt in the file is the prior; certain numbers stay. The weights file that is written is a layer of the same
    form with the doubt that the record leaves, its correlations included: `relsim run FILE --weights OUT`. The report
    beside it says what the record could tell, and how well the fitted rates follow it.

    \b
    Example:
      relsim fit docs/examples/fit.yaml --events docs/examples/fit.csv --evaluate
      relsim fit docs/examples/fit.yaml --events docs/examples/fit.csv --out fitted.yaml
    """
    started, clock = datetime.now().astimezone(), time.monotonic()
    if out is None and not evaluate:
        raise InputError("--out is required, unless --evaluate is given")
    if out is not None and not evaluate:
        folder = folder or out.with_name(f"{out.stem}-fit")
        _refuse(out, folder, force)

    loaded = load_mechanisms(file, variant=variant, weights=weights, settings=settings)
    warn(loaded.warnings)
    assert loaded.scenario is not None
    alone = replace(loaded, scenario=replace(loaded.scenario, history={}))
    model = build_model(alone)
    warn(loaded.locate(model.warnings, "warning"))

    from relsim.fit.likelihood import Likelihood
    from relsim.fit.table_record import read_record
    from relsim.ingest.event_table import read_events

    with waiting(f"Reading {table}"):
        events, silent = read_events(table), _days(missing)
    try:
        reading = read_record(
            events,
            model.scenario,
            first=first.date() if first else None,
            last=last.date() if last else None,
            missing=silent,
            types=types,
            without=without,
        )
    except InputError as error:
        raise InputError([replace(d, message=f"{table}: {d.message}") for d in error.problems]) from None
    likelihood = Likelihood(model, reading.record, workers)
    if evaluate or out is None or folder is None:
        _say(reading.warnings)
        _evaluate(likelihood, as_json)
        return

    from relsim.fit.fitting import fit_weights
    from relsim.fit.normal_scores import scores_of
    from relsim.result.files import write_manifest
    from relsim.result.folder import RunFolder
    from relsim.show.fit_tables import fit_blocks

    scores = scores_of(model, only, fix)
    record = likelihood.record
    with progress_bar(steps if mcmc else _SEARCH_STEPS, "Fitting") as progress:
        fitted = fit_weights(
            likelihood,
            scores,
            source=f"fitted to {Path(table).name}, {record.first} to {record.last}",
            steps=steps if mcmc else None,
            seed=seed,
            notes=reading.warnings,
            progress=progress,
        )
    if informed_only:
        informed = [w.path for w in fitted.report.weights if w.informed]
        fitted = replace(fitted, written=fitted.written.only(informed))
    text = _weights_text(loaded, fitted)
    with RunFolder(folder, named=True, force=force) as target:
        written = target.writing.file(out)
        written.write_text(text, encoding="utf-8", newline="\n")
        with named(written, out):
            _check(file, variant, (*weights, str(written)), settings)
        _say(fitted.report.warnings)
        if as_json:
            click.echo(fitted.report.to_json(), nl=False)
        else:
            print_blocks(*fit_blocks(fitted.report))
        with waiting("Drawing the figures"):
            _write_report(fitted, target.path, figures=not no_figures)
        write_manifest(
            target.path,
            {"fit": fitted.report.scenario, "seed": seed},
            command=["relsim", *sys.argv[1:]],
            files=loaded.files,
            started=started,
            seconds=time.monotonic() - clock,
        )
    if not as_json:
        click.echo(f"\nWritten to {out}; the report to {folder}")


def _evaluate(likelihood: Likelihood, as_json: bool) -> None:
    from relsim.fit.evaluation import evaluate
    from relsim.show.fit_tables import evaluation_blocks

    found = evaluate(likelihood)
    for text in found.impossible:
        click.echo(f"warning: impossible under these weights: {text}", err=True)
    if as_json:
        click.echo(found.to_json(), nl=False)
    else:
        print_blocks(*evaluation_blocks(found))


def _days(texts: tuple[str, ...]) -> list[date]:
    """Dates given one by one, in lists, or in files behind ``@``."""
    found = []
    for word in listed(",".join(texts).replace(" ", ","), "--missing"):
        try:
            found.append(date.fromisoformat(word))
        except ValueError:
            message = f"--missing: '{word}' is neither a date such as 2019-05-15 nor a file of them, as @FILE"
            raise InputError(message) from None
    return found


def _say(warnings: tuple[str, ...]) -> None:
    for text in warnings:
        click.echo(f"warning: {text}", err=True)


def _refuse(out: Path, folder: Path, force: bool) -> None:
    """Stop before the work where what it makes could not be written."""
    from relsim.result.folder import refuse_folder

    if out.is_dir():
        raise InputError(f"{out}: is a folder; a file for the weights was expected")
    if out.exists() and not force:
        raise InputError(f"{out}: exists already; --force replaces it")
    refuse_folder(folder, force)
    for place in (out, folder):
        with Writing(place):
            pass


def _weights_text(loaded: LoadedScenario, fitted: Fitted) -> str:
    from relsim.compose.weights import weights_text

    report = fitted.report
    heading = (
        f"Weights of {report.scenario}, fitted by relsim to {report.events:,} events from {report.start} to "
        f"{report.end}.\nLog-likelihood {report.criteria.log_likelihood:.2f} at the most probable weights."
    )
    return weights_text(
        loaded.root, fitted.written.numbers, fitted.written.correlations, heading=heading, digits=_DIGITS
    )


def _check(file: str, variant: str | None, weights: tuple[str, ...], settings: tuple[str, ...]) -> None:
    """Read the weights file back over the scenario and draw from it all that a run of it would."""
    from relsim.engine import parameters_of

    again = load_mechanisms(file, variant=variant, weights=weights, settings=settings)
    model = build_model(again)
    scenario = model.scenario
    try:
        parameters_of(model, paths=scenario.paths, seed=scenario.seed, draws=scenario.draws, median_weights=False)
    except DocumentError as error:
        raise InputError(again.locate(error.problems)) from None


def _write_report(fitted: Fitted, folder: Path, *, figures: bool) -> None:
    from relsim.show.console import FILE_WIDTH, console_text
    from relsim.show.fit_tables import fit_blocks

    (folder / "fit.json").write_text(fitted.report.to_json(), encoding="utf-8", newline="\n")
    text = console_text(list(fit_blocks(fitted.report)), FILE_WIDTH)
    (folder / "fit.txt").write_text(text, encoding="utf-8", newline="\n")
    if figures:
        from relsim.plots.fit import fit_figures

        (folder / "figures").mkdir()
        fit_figures(fitted.report, folder / "figures")
