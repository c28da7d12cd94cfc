"""``relsim backtest``: forecasts made again at past origins, scored against baselines. Floor 8."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

import relsim
from relsim.api.backtest_asked import Asked, horizons_of
from relsim.api.backtesting import backtest_into
from relsim.api.saving import Making
from relsim.cli.options import DaysType, scenario_options, scheduler_option
from relsim.cli.progress import ON_TERMINAL
from relsim.cli.terminal import print_blocks
from relsim.errors import InputError
from relsim.result.backtest import Backtest
from relsim.result.files import BACKTEST
from relsim.show.backtest_tables import backtest_blocks

_DAY = click.DateTime(["%Y-%m-%d"])
_CHUNK = 1 << 16


@click.command(
    epilog="Example:\n\n\b\n  relsim backtest docs/examples/fit.yaml --events docs/examples/fit.csv --from 2018-06-01 "
    "--every 60d --refit never --paths 512 --baselines climatology,weighted\n"
    "  relsim backtest docs/examples/fit.yaml --events docs/examples --from 2018-06-01 --every 90d --refit never "
    "--paths 256 --baselines climatology --no-figures"
)
@click.argument("file")
@click.option(
    "--events", "tables", required=True, multiple=True, metavar="TABLE",
    help="Event table, or a folder of them; may be repeated.",
)  # fmt: skip
@click.option("--from", "first", type=_DAY, required=True, help="First origin: the first day of its horizon.")
@click.option("--to", "last", type=_DAY, help="Last origin; unless given, the last whose horizon the tables cover.")
@click.option("--every", type=DaysType(), default="14d", show_default=True, help="From one origin to the next.")
@click.option(
    "--horizon", "horizons", type=DaysType(), multiple=True, default=["30d"], show_default=True,
    help="Days forecast; may be repeated.",
)  # fmt: skip
@click.option(
    "--refit", type=DaysType("never"), default="90d", show_default=True,
    help="How often the parameters are refitted; never: the file's numbers as they stand.",
)  # fmt: skip
@click.option(
    "--learn", type=DaysType("all"), default="all", show_default=True,
    help="Number of most recent days that a fit uses.",
)  # fmt: skip
@scenario_options
@click.option("--group", "groups", multiple=True, metavar="NAME=EVENT,…", help="Count these events together.")
@click.option("--by-volume", "volumes", is_flag=True, help="Print scores of counts by rows a month, too.")
@click.option("--baselines", metavar="NAME,…", help="Only these baselines; all unless given.")
@click.option(
    "--paths",
    type=click.IntRange(min=128),
    default=4096,
    show_default=True,
    help="Number of simulated paths at each origin.",
)
@click.option("--seed", type=click.IntRange(min=0, max=2**63), default=1, show_default=True, help="Seed of it all.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes; all cores unless given. Changes no number.")
@scheduler_option
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write; refused if it exists.")
@click.option("--force", is_flag=True, help="Replace the folder given with --out.")
@click.option("--no-figures", is_flag=True, help="Draw no figures.")
@click.option("--json", "as_json", is_flag=True, help="Print backtest.json instead of the tables.")
def backtest(
    file: str,
    tables: tuple[str, ...],
    first: datetime,
    last: datetime | None,
    every: int,
    horizons: tuple[int, ...],
    refit: int,
    learn: int,
    variant: str | None,
    weights: tuple[str, ...],
    settings: tuple[str, ...],
    groups: tuple[str, ...],
    volumes: bool,
    baselines: str | None,
    paths: int,
    seed: int,
    workers: int | None,
    scheduler: str | None,
    out: Path | None,
    force: bool,
    no_figures: bool,
    as_json: bool,
) -> None:
    """Forecast past days from what was known then, and score the forecasts against baselines.

    At each origin the scenario's parameters are fitted to the days before it, its events are simulated over the
    horizon, and the counts, their mean value and the file's outcomes are resolved from the table. What is interrupted
    goes on where it was when the same command is given again.
    """
    asked = Asked(
        first=first.date(),
        last=last.date() if last else None,
        every=every,
        horizons=horizons_of(horizons),
        refit=refit,
        learn=learn,
        paths=paths,
        seed=seed,
        groups=_groups(groups),
        baselines=None if baselines is None else [word.strip() for word in baselines.split(",")],
    )
    folder = backtest_into(
        relsim.load(file, variant=variant, weights=weights, settings=settings),
        tables,
        asked,
        out,
        force=force,
        workers=workers,
        scheduler=scheduler,
        by_volume=volumes,
        making=Making(
            datetime.now().astimezone(), ["relsim", *sys.argv[1:]], figures=not no_figures, progress=ON_TERMINAL
        ),
        answer=lambda found: _print(found, volumes, as_json),
    )
    if as_json:
        _print_file(folder / BACKTEST)
    else:
        click.echo(f"\nWritten to {folder}")


def _print(found: Backtest, by_volume: bool, as_json: bool) -> None:
    for warning in found.warnings:
        click.echo(f"warning: {warning}", err=True)
    if not as_json:
        print_blocks(*backtest_blocks(found, by_volume=by_volume))


def _print_file(file: Path) -> None:
    """Print a file that may be long."""
    with file.open(encoding="utf-8", newline="") as stream:
        while chunk := stream.read(_CHUNK):
            click.echo(chunk, nl=False)


def _groups(texts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    out = {}
    for text in texts:
        name, equals, events = text.partition("=")
        patterns = tuple(word.strip() for word in events.split(",") if word.strip())
        if not equals or not name.strip() or not patterns:
            raise InputError(f"--group {text}: NAME=EVENT,EVENT was expected")
        out[name.strip()] = patterns
    return out
