"""Coded event data → an event table: ``import_events``. Floor 7."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING
from weakref import finalize

from relsim.api.event_table import EventTable, Names, names_of
from relsim.api.mechanisms import mechanisms, mechanisms_of
from relsim.api.progress import Progress, progress_of
from relsim.api.scenario import Scenario
from relsim.errors import InputError

if TYPE_CHECKING:
    from relsim.ingest.counting import Choices
    from relsim.ingest.countries import Parties
    from relsim.ingest.reading import Wanted
    from relsim.result.imported import ImportReport
    from relsim.scenario import Scenario as ScenarioParts

_FORMS = ("icews", "gdelt", "polecat", "csv")


@dataclass(frozen=True)
class Reading:
    """What source files are, which of their rows are kept, and as what; names as of ``import_events``."""

    form: str
    parties: Sequence[str] = ()
    scenario: Scenario | str | os.PathLike[str] | None = None
    countries: Sequence[str] = ()
    actors: Path | None = None
    columns: str | None = None
    codes: str = "cameo"
    repeats: str | None = None
    fold: Sequence[str] = ()
    encoding: str | None = None
    date_format: str | None = None
    covers_all: bool = False
    rows: bool = False


def import_events(
    sources: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    form: str,
    parties: Names = (),
    scenario: Scenario | str | os.PathLike[str] | None = None,
    countries: Names = (),
    actors: str | os.PathLike[str] | None = None,
    columns: str | Mapping[str, str] | None = None,
    codes: str = "cameo",
    repeats: str | None = None,
    fold: Names = (),
    encoding: str | None = None,
    date_format: str | None = None,
    covers_all: bool = False,
    rows: bool = False,
    out: str | os.PathLike[str] | None = None,
    force: bool = False,
    progress: bool | Progress = True,
) -> EventTable:
    """Read event data of ICEWS, GDELT, POLECAT or any CSV table into an event table.

    Parameters
    ----------
    sources : path or sequence of paths
        Files, also compressed, in the order in which rows that repeat each other are read first.
    form : {"icews", "gdelt", "polecat", "csv"}
        What the files are.
    parties : str or sequence of str
        Keep what these do to each other: ``("us", "ru")``, ``("eu=DEU+FRA", "ru")``.
    scenario : Scenario or path, optional
        Turn codes into this scenario's events; built in: ``bilateral``, ``record``. Without one they stay codes.
    countries : str or sequence of str
        Keep what these countries do to each other, each by its code; without parties and scenario.
    actors : path, optional
        CSV file of lines ``actor,country`` that go before the source's own countries.
    columns : str or mapping, optional
        Of a csv, names of columns by role: ``{"date": "Day", "event": "Code", "by": "From", "toward": "To"}``.
    codes : {"cameo", "plover", "own"}
        Codes of a csv.
    repeats : {"keep", "id", "story", "day"}, optional
        Rows that count: every one, or one per event number, story or day. Number unless given; with acts day.
    fold : str or sequence of str
        Codes whose acts count once that are written from both sides.
    encoding, date_format : str, optional
        Of files that are not UTF-8, and of dates that are written otherwise than 2019-05-15: ``"%d %B %Y"``.
    covers_all : bool
        With a scenario: the files cover every event that has codes.
    rows : bool
        With a scenario: keep rows, make no acts of them.
    out : path, optional
        Where the table is written, ``.parquet`` or ``.csv``; without it, it lasts as long as the value returned.
    force : bool
        Replace the table at ``out``.
    progress : bool
        Show a running count if it takes a while.

    Returns
    -------
    EventTable
        Its ``report`` says of every row what became of it.

    Raises
    ------
    relsim.InputError
        If a file, an option or the first line of a file is wrong, a file is damaged, or no row is left.

    Examples
    --------
    >>> table = relsim.import_events("docs/examples/icews.tab", form="icews", parties=("us", "ru"))
    >>> table.report.kept
    70
    """
    if isinstance(columns, Mapping):
        columns = ",".join(f"{role}={name}" for role, name in columns.items())
    how = Reading(
        form=form,
        parties=names_of(parties),
        scenario=scenario,
        countries=names_of(countries),
        actors=None if actors is None else Path(actors),
        columns=columns,
        codes=codes,
        repeats=repeats,
        fold=names_of(fold),
        encoding=encoding,
        date_format=date_format,
        covers_all=covers_all,
        rows=rows,
    )
    files = [Path(file) for file in ([sources] if isinstance(sources, str | os.PathLike) else sources)]
    if out is not None:
        return EventTable(out, import_into(files, how, Path(out), force=force, progress=progress_of(progress)))
    scratch = mkdtemp(prefix="relsim-")
    place = Path(scratch) / "events.parquet"
    try:
        table = EventTable(place, import_into(files, how, place, force=False, progress=progress_of(progress)))
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    finalize(table, shutil.rmtree, scratch, ignore_errors=True)
    return table


def import_into(sources: Sequence[Path], how: Reading, out: Path, *, force: bool, progress: Progress) -> ImportReport:
    """Write the event table of source files.

    Raises
    ------
    InputError
    """
    from relsim.ingest.importing import import_events as imported

    if out.exists() and not force:
        raise InputError(f"{out}: exists already; --force replaces it")
    wanted = _wanted(how)
    with progress.count("rows read") as update:
        return imported(sources, wanted, out, progress=update)


def import_all_pairs(
    sources: Sequence[Path],
    how: Reading,
    out: Path,
    *,
    least: int,
    force: bool,
    command: Sequence[str],
    progress: Progress,
) -> ImportReport:
    """A table for each pair of countries with rows enough, the index and a manifest: all of a folder or nothing.

    Parameters
    ----------
    least : rows that a pair has at least
    command : words of the command line, for the manifest

    Raises
    ------
    InputError
    """
    from relsim.ingest.importing import import_pairs
    from relsim.result.files import sha256, write_manifest
    from relsim.result.folder import RunFolder, refuse_folder

    if how.parties:
        raise InputError("--all-pairs goes without --parties: each pair is two countries (--countries chooses some)")
    if out.suffix in (".csv", ".parquet"):
        raise InputError(f"{out}: found '{out.suffix}'; --all-pairs writes a folder of tables")
    refuse_folder(out, force)
    wanted, started = _wanted(how, least), datetime.now().astimezone()
    with progress.count("rows read") as update, RunFolder(out, named=True, force=force) as folder:
        report = import_pairs(sources, wanted, folder.path, folder.writing.scratch(), progress=update)
        about = {"pairs": sum(bool(pair.kept) for pair in report.pairs), "rows": report.rows}
        files = {str(file): sha256(file) for file in sources}
        seconds = (datetime.now().astimezone() - started).total_seconds()
        write_manifest(folder.path, about, command, files, started, seconds)
    return report


def source_of(how: Reading) -> Wanted:
    """How the files of a source are read where all of their rows are looked at, as ``relsim doctor`` does.

    Raises
    ------
    InputError
    """
    return replace(_wanted(how), choices=_keep_all())


def _keep_all() -> Choices:
    from relsim.ingest.counting import Choices

    return Choices("keep")


def _wanted(how: Reading, pairs: int = 0) -> Wanted:
    """What is wanted of source files; of all pairs of countries with at least so many rows where ``pairs`` is not 0."""
    from relsim.ingest.counting import Choices
    from relsim.ingest.countries import party_names, read_map
    from relsim.ingest.csv_columns import named
    from relsim.ingest.days import date_format
    from relsim.ingest.pairs import Pairs
    from relsim.ingest.reading import Wanted
    from relsim.ingest.rules import rules_of
    from relsim.ingest.text import encoding_of

    if how.form not in _FORMS:
        raise InputError(f"form: found '{how.form}'; one of {', '.join(_FORMS)} was expected")
    if how.form != "csv" and how.columns is not None:
        raise InputError("--columns goes with --as csv")
    if how.countries and (how.parties or how.scenario is not None) and not pairs:
        raise InputError("--countries goes without --parties and --scenario")
    names = list(how.parties) if how.scenario is None else party_names(list(how.parties))
    of = None if how.scenario is None else _events_of(how.scenario, names, bool(pairs))
    sides = tuple(of.parties) if of is not None and pairs else ()
    leads_to = [*(name.partition("=")[0].strip() for name in names), *(of.parties if of is not None else ())]
    actors = read_map(how.actors, [] if pairs else leads_to) if how.actors is not None else {}
    acts = of is not None and not how.rows
    scheme = how.codes if how.form == "csv" else "plover" if how.form == "polecat" else "cameo"
    return Wanted(
        source=how.form,
        parties=_sides(None if pairs else of, names, list(how.countries), list(actors.values())),
        actors=actors,
        rules=rules_of(of, scheme) if of is not None else None,
        choices=Choices(how.repeats or ("day" if acts else "id"), tuple(how.fold), acts),
        columns=named(how.columns) if how.form == "csv" else None,
        scheme=scheme,
        encoding=encoding_of(how.encoding),
        date_format=date_format(how.date_format),
        covers_all=how.covers_all,
        pairs=Pairs(pairs, sides) if pairs else None,
    )


def _events_of(scenario: Scenario | str | os.PathLike[str], parties: Sequence[str], all_pairs: bool) -> ScenarioParts:
    """The scenario whose events are wanted. Its own histories are not read: they may be what is about to be made."""
    from relsim.compose.layers import BUILT_IN

    if isinstance(scenario, Scenario):
        return mechanisms(scenario.inputs).scenario
    file = os.fspath(scenario)
    names = ["a", "b"] if all_pairs else [name.partition("=")[0].strip() for name in parties]
    if file in BUILT_IN and len(names) != 2:
        raise InputError(f"'{file}' needs two parties: --parties us,ru")
    found = mechanisms_of(file, dict.fromkeys(names) if file in BUILT_IN else {}).scenario
    if all_pairs and len(found.parties) != 2:
        raise InputError(f"{file}: --all-pairs needs a scenario of two parties; it has {', '.join(found.parties)}")
    return found


def _sides(scenario: ScenarioParts | None, names: list[str], countries: list[str], mapped: Sequence[str]) -> Parties:
    from relsim.ingest.countries import Parties, countries_alone, named_parties, scenario_parties

    if names:
        sides = named_parties(names, mapped)
        if scenario is not None:
            for name in sides.names:
                if name not in scenario.parties:
                    raise InputError(f"--parties: '{name}' is no party of the scenario; {', '.join(scenario.parties)}")
        return sides
    if scenario is not None:
        return scenario_parties(scenario.parties, mapped)
    return countries_alone(countries) if countries else Parties()
