"""``relsim fit``: weights from what happened. Floor 8."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

import click

import relsim
from relsim.api.fitted import Observing, check_fit_place, evaluate_fit, write_fit
from relsim.api.saving import Making
from relsim.cli.options import listed, scenario_options
from relsim.cli.progress import ON_TERMINAL
from relsim.cli.terminal import print_result
from relsim.errors import InputError
from relsim.result.fit import FitEvaluation
from relsim.show.fit_tables import evaluation_blocks, fit_blocks

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("file")
@click.option("--events", "table", required=True, metavar="TABLE", help="Event table, CSV or Parquet.")
@click.option("--from", "first", type=_DAY, help="First day taken; the table's first unless given.")
@click.option("--to", "last", type=_DAY, help="Last day taken; the table's last unless given.")
@click.option(
    "--missing",
    multiple=True,
    metavar="DATES",
    help="Days that the source does not cover: any number of dates, or @FILE.",
)
@click.option(
    "--types",
    multiple=True,
    metavar="EVENT",
    help="Event type that the table covers even where it has none.",
)
@click.option("--without", multiple=True, metavar="EVENT", help="Ignore the table's events of this type.")
@click.option("--only", "--free", multiple=True, metavar="PATTERN", help="Fit only the parameters whose path matches.")
@click.option("--fix", multiple=True, metavar="PATTERN", help="Leave the parameters whose path matches as they are.")
@click.option("--informed-only", is_flag=True, help="Write only the parameters that the record informs.")
@scenario_options
@click.option(
    "--evaluate",
    is_flag=True,
    help="Print the log-likelihood at the medians of the parameters; fit nothing.",
)
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
    """Fit a scenario's uncertain parameters to an event table.

    The uncertainty in the file is the prior; certain numbers stay. The weights file that is written is a layer of the
    same form with the doubt that the record leaves, its correlations included: `relsim run FILE --weights OUT`. The
    report beside it says what the record could tell, and how well the fitted rates follow it.

    \b
    Example:
      relsim fit docs/examples/fit.yaml --events docs/examples/fit.csv --evaluate
      relsim fit docs/examples/fit.yaml --events docs/examples/fit.csv --out fitted.yaml
    """
    started = datetime.now().astimezone()
    scenario = relsim.load(file, variant=variant, weights=weights, settings=settings)
    taken = Observing(first.date() if first else None, last.date() if last else None, _days(missing), types, without)
    if evaluate:
        _print_evaluation(evaluate_fit(scenario, table, taken, workers=workers, progress=ON_TERMINAL), as_json)
        return
    if out is None:
        raise InputError("--out is required, unless --evaluate is given")
    folder = folder or out.with_name(f"{out.stem}-fit")
    check_fit_place(out, folder, force=force)
    fitted = relsim.fit(
        scenario,
        table,
        first=taken.first,
        last=taken.last,
        missing=taken.missing,
        types=types,
        without=without,
        only=only,
        fix=fix,
        informed_only=informed_only,
        mcmc=mcmc,
        steps=steps,
        seed=seed,
        workers=workers,
        progress=ON_TERMINAL,
        name=str(out),
    )
    print_result(fitted.result, as_json, lambda: fit_blocks(fitted.result))
    making = Making(started, ["relsim", *sys.argv[1:]], figures=not no_figures, progress=ON_TERMINAL)
    write_fit(fitted, out, folder, force=force, seed=seed, making=making)
    if not as_json:
        click.echo(f"\nWritten to {out}; the report to {folder}")


def _print_evaluation(found: FitEvaluation, as_json: bool) -> None:
    for text in found.impossible:
        click.echo(f"warning: impossible under these parameters: {text}", err=True)
    print_result(found, as_json, lambda: evaluation_blocks(found))


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
