"""``relsim plot``: the figures of finished runs and comparisons, again. Floor 8."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relsim.cli.reopened import drivers_in
from relsim.errors import InputError
from relsim.files import Writing
from relsim.result.folder import COMPARISON

if TYPE_CHECKING:
    from relsim.plots import Format

FIGURES = "figures"


@dataclass(frozen=True)
class _Job:
    """A folder whose figures can be drawn, where they go, and what draws them into a folder."""

    run: Path
    target: Path
    draw: Callable[[Path, Format], list[Path]]


@click.command(
    epilog="Example:\n\n\b\n"
    "  relsim run scenarios/osaka_2019/scenario.yaml --paths 2000 --out runs/osaka --no-figures\n"
    "  relsim plot runs/osaka --format svg"
)
@click.argument("runs", nargs=-1, required=True, metavar="RUN...", type=click.Path(path_type=Path))
@click.option(
    "--format", type=click.Choice(["png", "svg", "pdf"]), default="png", help="Kind of file; png unless given."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the figures instead of RUN/figures; of several runs each gets a folder in it.",
)
def plot(runs: tuple[Path, ...], format: Format, out: Path | None) -> None:
    """Draw the figures of finished runs and comparisons again.

    RUN is a folder that 'relsim run' or 'relsim compare' wrote. The figures go into its folder 'figures', replacing
    those of the same name; their paths are printed. Each file's metadata say which run it shows.
    """
    targets = _targets(runs, out)
    jobs = [_job(run, target) for run, target in zip(runs, targets)]
    for job in jobs:
        for file in _drawn(job, format):
            click.echo(file)


def _targets(runs: tuple[Path, ...], out: Path | None) -> list[Path]:
    if out is None:
        return [run / FIGURES for run in runs]
    if len(runs) == 1:
        return [out]
    names = [run.resolve().name for run in runs]
    twice = next((name for name, count in Counter(names).items() if count > 1), None)
    if twice is not None:
        raise InputError(f"{out}: two runs would both write to '{twice}' in it; draw them one by one")
    return [out / name for name in names]


def _job(run: Path, target: Path) -> _Job:
    """Read a folder; all are read before anything is drawn."""
    return _comparison(run, target) if (run / COMPARISON).is_file() else _run(run, target)


def _run(folder: Path, target: Path) -> _Job:
    from relsim.cli.reopened import reopen
    from relsim.plots import figures, pasts_of
    from relsim.plots.drivers import driver_figures

    run = reopen(folder)
    scenario = run.model.scenario
    drivers = drivers_in(folder)

    def draw(into: Path, format: Format) -> list[Path]:
        files = figures(run.saved.forecast, scenario, into, format, past=pasts_of(run.model))
        if drivers is not None:
            files += driver_figures(drivers, run.saved.forecast, into, format)
        return files

    return _Job(folder, target, draw)


def _comparison(folder: Path, target: Path) -> _Job:
    from relsim.compose import load
    from relsim.plots import comparison_figures
    from relsim.result.comparison import Comparison
    from relsim.result.saved import checked_manifest
    from relsim.result.sound import check_forecast
    from relsim.scenario import Scenario

    listed = checked_manifest(folder, "compare", (COMPARISON,))["outputs"]
    try:
        comparison = Comparison.from_json((folder / COMPARISON).read_text(encoding="utf-8"))
        for forecast in comparison.scenarios.values():
            check_forecast(forecast)
    except (OSError, ValueError) as error:
        raise InputError(f"{folder / COMPARISON}: {error}; compare the scenarios again") from None
    written = [f"scenarios/{name}.yaml" for name in comparison.scenarios]
    checked_manifest(folder, "compare", [name for name in written if name in listed])
    scenarios: dict[str, Scenario] = {}
    for name in comparison.scenarios:
        file = folder / "scenarios" / f"{name}.yaml"
        if file.is_file():
            loaded = load(file, whole=True)
            assert loaded.scenario is not None
            scenarios[name] = loaded.scenario
    if comparison.baseline not in scenarios:
        raise InputError(f"{folder}: scenarios/{comparison.baseline}.yaml is missing; compare the scenarios again")

    def draw(into: Path, format: Format) -> list[Path]:
        return comparison_figures(comparison, scenarios, into, format)

    return _Job(folder, target, draw)


def _drawn(job: _Job, format: Format) -> list[Path]:
    """Draw beside the target and give the files their names when all are drawn."""
    if job.target == job.run / FIGURES:
        from relsim.result.files import Addition

        with Addition(job.run) as addition:
            files = job.draw(addition.into(FIGURES), format)
    else:
        with Writing(job.target) as writing:
            files = job.draw(writing.into(job.target), format)
    return [job.target / file.name for file in files]
