"""What is odd about event data, before anything is fitted to them. Floor 3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from relsim.errors import DataError, InputError
from relsim.files import scratch
from relsim.ingest import csv_columns, gdelt, icews, polecat
from relsim.ingest.codes import known
from relsim.ingest.counting import Choices
from relsim.ingest.countries import Parties
from relsim.ingest.event_table import read_events
from relsim.ingest.findings import (
    NOTE,
    WARNING,
    few,
    of_actors,
    of_codes,
    of_dates,
    of_days,
    of_duplicates,
    of_lines,
    of_shifts,
    worst_first,
)
from relsim.ingest.gaps import Cover, cover
from relsim.ingest.reading import Read, Wanted, stage
from relsim.ingest.shifts import Shift, shifts
from relsim.ingest.source_columns import LayoutError, cells_of
from relsim.ingest.staging import Staging
from relsim.ingest.table import COLUMNS
from relsim.ingest.text import blocks, members
from relsim.result.imported import CheckedSource, Covered, Finding, LevelShift, ThinDay, UnknownActor


@dataclass(frozen=True)
class SourceCheckup:
    """What was found in one table, or in the files of one source."""

    name: str
    form: str
    rows: int
    daily: Mapping[date, int]
    """Rows of each day that has any."""
    covered: Cover
    whole_world: bool
    """Whether the rows are of more countries than a few, so that a day without one is an outage."""
    duplicates: Mapping[str, int]
    """``by_number``: rows that repeat one of the same number; ``numbers_reused``: numbers of several events;
    ``by_story``: rows that tell again what their story told."""
    unknown_codes: Mapping[str, int]
    unknown_actors: Sequence[tuple[str | None, str | None, int]]
    """Name, country as written, rows; the most frequent."""
    level_shifts: tuple[Shift, ...]
    time_zones: tuple[str, ...]
    encodings: tuple[str, ...]
    findings: tuple[Finding, ...]
    """The worst first."""

    def checked(self) -> CheckedSource:
        """As it is reported."""
        covered = self.covered
        return CheckedSource(
            name=self.name,
            form=self.form,
            rows=self.rows,
            covers=Covered(covered.first, covered.last),
            missing=covered.missing,
            thin=tuple(ThinDay(*day) for day in covered.thin),
            outside_coverage=sum(n for _, n in covered.outside),
            duplicates=self.duplicates,
            unknown_codes=self.unknown_codes,
            unknown_actors=tuple(UnknownActor(*one) for one in self.unknown_actors),
            level_shifts=tuple(LevelShift(s.on, s.before, s.after, s.p_value) for s in self.level_shifts),
            time_zones=self.time_zones,
            encodings=self.encodings,
            findings=self.findings,
        )


def examine(paths: Sequence[Path], wanted: Wanted | None = None) -> list[SourceCheckup]:
    """Look at event tables, each by itself, and at the files of a source, together.

    Parameters
    ----------
    wanted : how the files of a source are read; by their first lines unless given

    Raises
    ------
    InputError
        A file does not exist, or its first line is none that is known.
    DataError
        No row of a file can be read.
    """
    forms = {path: "" if wanted is not None else _form(path) for path in paths}
    found = [examine_table(path) for path in paths if forms[path] == "table"]
    sources = [path for path in paths if forms[path] != "table"]
    for source in dict.fromkeys(forms[path] for path in sources):
        chosen = wanted or _everything(source)
        with scratch() as folder:
            staging = Staging(chosen.parties, chosen.actors, folder, chosen.date_format)
            with staging:
                read = stage(staging, [path for path in sources if forms[path] == source], chosen)
                found.append(examine_staged(staging, read))
    return found


def _everything(source: str) -> Wanted:
    columns = csv_columns.named(None) if source == "csv" else None
    scheme = "plover" if source == "polecat" else "cameo"
    return Wanted(source, Parties(), {}, None, Choices("keep"), columns, scheme)


def _form(path: Path) -> str:
    """``table``, or the source whose first line a file has."""
    names = members(path)
    if path.suffix == ".parquet":
        return "table"
    block = next(blocks(path, names[0]), None)
    line = block.lines.partition("\n")[0] if block is not None else ""
    cells = [cell.lower() for cell in cells_of(line)[0]]
    if path.suffix == ".csv" and {"date", "event"} <= {*cells} <= {*COLUMNS}:
        return "table"
    for name, layout in (("icews", icews.layout), ("gdelt", gdelt.layout), ("polecat", polecat.layout)):
        try:
            layout(line)
        except LayoutError:
            continue
        return name
    raise InputError(
        f"{path}: line 1: neither an event table ({', '.join(COLUMNS)}) nor the first line of ICEWS, GDELT or POLECAT; "
        "say what stands where: --as csv --columns date=…,event=…,by=…,toward=…"
    )


def examine_table(path: Path) -> SourceCheckup:
    """Look at an event table.

    Raises
    ------
    InputError
        It is none.
    """
    table = read_events(path)
    daily: dict[date, int] = {}
    for day, count in zip(table.day.tolist(), table.count.tolist(), strict=True):
        on = date.fromordinal(day)
        daily[on] = daily.get(on, 0) + count
    if not daily and table.coverage is None:
        raise DataError(f"{path}: the table holds no event")
    covered = cover(sorted(daily.items()), whole_world=False) if daily else None
    if table.coverage is not None:
        stated = table.coverage
        outside = tuple((day, n) for day, n in sorted(daily.items()) if not stated.first <= day <= stated.last)
        covered = Cover(stated.first, stated.last, stated.missing, (), (), outside)
    assert covered is not None
    codes = {name: int((table.event == n).sum()) for n, name in enumerate(table.events)}
    strange = _strange(codes, table.scheme or "own")
    found = of_days(daily, covered, "events")
    if table.coverage is None:
        text = f"the table does not say which days it covers: {covered.first} to {covered.last} is taken for whole"
        found.insert(0, Finding(WARNING, "coverage", text))
    elif quiet := [name for name in table.coverage.types if name not in table.events]:
        found.append(Finding(NOTE, "types", f"covered, and never seen: {few(quiet)}"))
    found += of_codes(strange, table.scheme or "own")
    form = f"event table, {table.scheme or 'named'} events"
    moved = _moved(daily, covered)
    return SourceCheckup(
        str(path), form, len(table), daily, covered, False, {}, strange, (), moved, (), (),
        worst_first([*found, *of_shifts(moved, "events")]),
    )  # fmt: skip


def examine_staged(staging: Staging, read: Read, of_pairs: bool = False) -> SourceCheckup:
    """Look at the staged rows of a source's files; of rows that count, before any is folded.

    Parameters
    ----------
    of_pairs : whether each pair of countries is looked at by itself
    """
    staged = staging.staged
    daily = dict(staging.spoken())
    whole_world = staging.is_of_the_world(of_pairs)
    covered = cover(sorted(daily.items()), whole_world)
    coded: dict[str, int] = {}
    for codes in staging.coded().values():
        for code, rows in codes.items():
            coded[code] = coded.get(code, 0) + rows
    strange = _strange(coded, read.scheme)
    unknown_actors = staging.unknown_actors(12)
    duplicates = staging.duplicates()
    moved = _moved(daily, covered)
    found = [
        *of_lines(staging, read),
        *of_days(daily, covered, "rows"),
        *of_dates(staging, covered),
        *of_duplicates(duplicates, staged.rows),
        *of_codes(strange, read.scheme),
        *of_actors(staging, unknown_actors),
        *of_shifts(moved, "rows"),
    ]
    files = list(read.files)
    name = files[0] if len(files) == 1 else f"{len(files)} files from {files[0]} to {Path(files[-1]).name}"
    return SourceCheckup(
        name, " and ".join(read.forms), staged.rows, daily, covered, whole_world, duplicates, strange, unknown_actors,
        moved,
        tuple(sorted(staged.zones)), tuple(sorted(staged.encodings)), worst_first(found),
    )  # fmt: skip


def _moved(daily: Mapping[date, int], covered: Cover) -> tuple[Shift, ...]:
    return tuple(shifts(daily, covered.first, covered.last, covered.missing))


def _strange(codes: Mapping[str, int], scheme: str) -> dict[str, int]:
    there = known(scheme)
    strange = {code: rows for code, rows in codes.items() if there and code not in there}
    return dict(sorted(strange.items(), key=lambda item: (-item[1], item[0])))
