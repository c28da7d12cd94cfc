"""``relsim backtest``: forecasts made again at past origins, scored against baselines. Floor 8."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from relsim import __version__
from relsim.cli.options import DaysType, load_mechanisms, scenario_options, warn
from relsim.cli.progress import counting, progress_bar, waiting
from relsim.cli.terminal import print_blocks
from relsim.errors import DocumentError, InputError, RelsimError, suggestion
from relsim.files import clear, shared

if TYPE_CHECKING:
    from relsim.backtest.baselines import Baseline
    from relsim.backtest.study import BacktestStudy
    from relsim.compose import LoadedScenario
    from relsim.result.backtest import Backtest

_DAY = click.DateTime(["%Y-%m-%d"])
_LANES = 128
"""Paths that share one draw of the weights."""
_SHOWN = 3
"""Files that a warning names."""
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
@click.option("--to", "last", type=_DAY, help="Last origin; the last of which the tables know what came unless given.")
@click.option("--every", type=DaysType(), default="14d", show_default=True, help="From one origin to the next.")
@click.option(
    "--horizon", "horizons", type=DaysType(), multiple=True, default=["30d"], show_default=True,
    help="Days forecast; may be repeated.",
)  # fmt: skip
@click.option(
    "--refit", type=DaysType("never"), default="90d", show_default=True,
    help="How often the weights are fitted anew; never: the file's numbers as they stand.",
)  # fmt: skip
@click.option(
    "--learn", type=DaysType("all"), default="all", show_default=True,
    help="How many of the last days a fit learns from.",
)  # fmt: skip
@scenario_options
@click.option("--group", "groups", multiple=True, metavar="NAME=EVENT,…", help="Count these events together.")
@click.option("--by-volume", "volumes", is_flag=True, help="Print scores of counts by rows a month, too.")
@click.option("--baselines", metavar="NAME,…", help="These baselines alone; all unless given.")
@click.option("--paths", type=click.IntRange(min=128), default=4096, show_default=True, help="Futures at each origin.")
@click.option("--seed", type=click.IntRange(min=0, max=2**63), default=1, show_default=True, help="Seed of it all.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes; all cores unless given. Changes no number.")
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
    out: Path | None,
    force: bool,
    no_figures: bool,
    as_json: bool,
) -> None:
    """Forecast past days again, knowing only what was known, and score it against baselines.

    At each origin the scenario's weights are fitted to the days before it, its events are simulated over the horizon,
    and the counts, their mean value and the file's outcomes are resolved from the table. What is interrupted goes on
    where it was when the same command is given again.
    """
    started, clock = datetime.now().astimezone(), time.monotonic()
    if out is not None and out.exists() and not force:
        raise InputError(f"{out}: exists already; --force replaces it")
    chosen = _baselines(baselines)
    named = _groups(groups)

    loaded = load_mechanisms(file, variant=variant, weights=weights, settings=settings)
    warn(loaded.warnings)
    paths_of = events_in(tables)
    files = {**loaded.files, **_digests(paths_of.values())}
    study = _study(
        loaded,
        paths_of,
        first.date(),
        last.date() if last else None,
        {
            "every": every,
            "horizons": tuple(sorted(set(horizons))),
            "refit": refit,
            "learn": learn,
            "paths": paths,
            "seed": seed,
        },
        chosen,
        named,
        files,
    )
    stem = Path(file).stem if Path(file).stem != "scenario" else Path(file).resolve().parent.name
    target = out or Path("runs") / f"backtest-{'-'.join(filter(None, [stem, variant]))}-{seed}"

    from relsim.result.files import BACKTEST, save_backtest
    from relsim.result.folder import RunFolder

    with RunFolder(target, named=out is not None, force=force) as folder, ExitStack() as stack:
        with _kept_work(target.parent / f".backtest-{_key(loaded, study, named)}", study.keys.values()) as work:
            scratch = folder.writing.scratch()
            found = _run(study, loaded, work, workers or os.cpu_count() or 1, folder.path, scratch, stack)
        from relsim.show.backtest_tables import backtest_blocks
        from relsim.show.console import FILE_WIDTH, console_text

        blocks = list(backtest_blocks(found, by_volume=volumes))
        text = console_text(blocks, FILE_WIDTH)
        (folder.path / "backtest.txt").write_text(text, encoding="utf-8", newline="\n")
        for warning in found.warnings:
            click.echo(f"warning: {warning}", err=True)
        if not as_json:
            print_blocks(*blocks)
        if not no_figures:
            with waiting("Drawing the figures"):
                from relsim.plots.backtest import backtest_figures

                (folder.path / "figures").mkdir()
                backtest_figures(found, folder.path / "figures")
        save_backtest(
            folder.path,
            found,
            scenario=loaded.resolved_yaml(),
            command=["relsim", *sys.argv[1:]],
            files=files,
            started=started,
            seconds=time.monotonic() - clock,
        )
    if as_json:
        with (folder.path / BACKTEST).open(encoding="utf-8", newline="") as stream:
            while chunk := stream.read(_CHUNK):
                click.echo(chunk, nl=False)
    else:
        click.echo(f"\nWritten to {folder.path}")


def _study(
    loaded: LoadedScenario,
    tables: Mapping[str, Path],
    first: date,
    last: date | None,
    how: Mapping[str, Any],
    baselines: Mapping[str, Baseline],
    groups: Mapping[str, Sequence[str]],
    digests: Mapping[str, str],
) -> BacktestStudy:
    from relsim.backtest.base import without_dates
    from relsim.backtest.plan import BacktestPlan
    from relsim.backtest.study import BacktestStudy, Tables, beside, last_origin

    scenario = loaded.scenario
    assert scenario is not None
    horizon = how["horizons"][-1]
    if last is not None and last < first:
        raise InputError(f"the first origin, {first}, lies after the last, {last}")
    try:
        base = without_dates(scenario)
    except DocumentError as error:
        raise InputError(loaded.locate(error.problems)) from None
    read = Tables(scenario, base, tables, first, how["horizons"], groups)
    with counting("tables read") as progress:
        listed = read.listed(progress)
    end = last or last_origin(listed, horizon)
    if end < first:
        why = f", the last of which the table knows what came {horizon} days on"
        raise InputError(f"the first origin, {first}, lies after the last, {end}{why}")
    plan = BacktestPlan(first=first, last=end, draws=-(-how["paths"] // _LANES), **how)
    keys = {name: _digest([name, *map(digests.get, map(str, _files_of(path)))]) for name, path in tables.items()}
    return BacktestStudy(plan, read, listed, beside(base, baselines), keys)


def _run(
    study: BacktestStudy,
    loaded: LoadedScenario,
    work: Path,
    workers: int,
    folder: Path,
    scratch: Path,
    stack: ExitStack,
) -> Backtest:
    """What was found; of its targets those read are in memory, until the end of ``stack``."""
    from relsim.backtest.export import Export
    from relsim.backtest.kept import Kept
    from relsim.backtest.summary import backtest_of, target_of
    from relsim.backtest.target_scores import Scored
    from relsim.result.backtest import TargetScore

    assert loaded.scenario is not None
    scored = stack.enter_context(Kept[Scored](scratch / "scored"))
    targets = stack.enter_context(Kept[TargetScore](scratch / "targets"))
    export, ready = Export(scratch), 0
    with progress_bar(study.size * len(study.listed), "Backtesting") as progress:

        def done(number: int) -> None:
            nonlocal ready
            ready += number
            progress(ready)

        with closing(study.run(work, workers, done)) as found:
            for one in found:
                export.add(one)
                targets.append(target_of(one))
                scored.append(one.summed_up())
    export.write(folder)
    return backtest_of(study, scored, targets, __version__, loaded.scenario.title)


@contextmanager
def _kept_work(folder: Path, own: Collection[str]) -> Iterator[Path]:
    """A folder that outlives an interruption, or that a few of many tables cannot be fitted, and nothing else.

    Parameters
    ----------
    own : names in it of what is this process's; others with the same settings may work beside it on other tables
    """
    from relsim.backtest.work import Unfit

    folder.mkdir(parents=True, exist_ok=True)
    with shared(folder) as alone:
        try:
            yield folder
        except KeyboardInterrupt:
            click.echo(f"Interrupted; the same command goes on from here: what is done is kept in {folder}", err=True)
            raise
        except (RelsimError, DocumentError) as error:
            if isinstance(error, Unfit) and len(own) > 1:
                click.echo(f"Without these tables the command goes on: the rest is kept in {folder}", err=True)
            else:
                _clear_work(folder, own, alone())
            raise
        _clear_work(folder, own, alone())


def _clear_work(folder: Path, own: Iterable[str], alone: bool) -> None:
    for place in [folder] if alone else [folder / name for name in own]:
        shutil.rmtree(place, ignore_errors=True)
    with suppress(OSError):
        folder.rmdir()


def _key(loaded: LoadedScenario, study: BacktestStudy, groups: Mapping[str, Sequence[str]]) -> str:
    """Digest of all that bears on a forecast but the tables."""
    return _digest(
        [
            __version__,
            loaded.resolved_yaml(),
            repr(study.plan),
            list(study.baselines),
            {name: list(patterns) for name, patterns in groups.items()},
        ]
    )


def _digest(content: Sequence[Any]) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


def _baselines(text: str | None) -> dict[str, Baseline]:
    from relsim.backtest.baselines import BASELINES

    if text is None:
        return dict(BASELINES)
    out = {}
    for name in (word.strip() for word in text.split(",")):
        if name not in BASELINES:
            raise InputError(f"--baselines: unknown baseline '{name}'\n    {suggestion(name, BASELINES)}")
        out[name] = BASELINES[name]
    return out


def _groups(texts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    out = {}
    for text in texts:
        name, equals, events = text.partition("=")
        patterns = tuple(word.strip() for word in events.split(",") if word.strip())
        if not equals or not name.strip() or not patterns:
            raise InputError(f"--group {text}: NAME=EVENT,EVENT was expected")
        out[name.strip()] = patterns
    return out


def events_in(written: Sequence[str]) -> dict[str, Path]:
    """Event tables by name; of a folder all that stand in it.

    Raises
    ------
    InputError
        Two have one name, or a folder holds none.
    """
    out: dict[str, Path] = {}
    for path in (table for place in map(Path, written) for table in (_tables_in(place) if place.is_dir() else [place])):
        name = path.name.removesuffix(".csv").removesuffix(".parquet")
        if name in out:
            raise InputError(f"--events: {out[name]} and {path} have one name, by which results would be told apart")
        out[name] = path
    return out


def _tables_in(folder: Path) -> list[Path]:
    """The event tables of a folder, by their names; what is none and belongs to none is told of."""
    clear(folder.resolve().parent)
    clear(folder)
    files = sorted(place for place in folder.iterdir() if not place.name.startswith("."))
    tables = [place for place in files if place.suffix in (".csv", ".parquet") and place.is_file()]
    if not tables:
        raise InputError(f"--events {folder}: the folder holds no event table (.csv or .parquet)")
    others = [place.name for place in files if place not in tables and place.suffix != ".json"]
    if others:
        more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
        click.echo(f"warning: {folder}: no event tables, left aside: {', '.join(others[:_SHOWN])}{more}", err=True)
    return tables


def _files_of(table: Path) -> tuple[Path, Path]:
    """A table, and where its coverage stands if that is a file of its own."""
    from relsim.ingest.coverage import beside

    return table, beside(table)


def _digests(tables: Iterable[Path]) -> dict[str, str]:
    from relsim.result.files import sha256

    files = [place for path in tables for place in _files_of(path) if place.is_file()]
    return {str(place): sha256(place) for place in files}
