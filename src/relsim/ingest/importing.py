"""From source files to an event table and a report of every row. Floor 3.

The way of a row: ``text`` (files → lines), ``pieces`` (lines → records), ``staging`` (records → rows that count),
``reading`` (all of that for many files), ``counting`` (codes → events, repetitions, acts), ``coverage`` (what the table
says of itself).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from relsim import __version__
from relsim.errors import DataError, InputError
from relsim.events import Coverage
from relsim.files import Writing
from relsim.ingest.codes import root
from relsim.ingest.counting import count, values
from relsim.ingest.coverage import KEY, About, beside
from relsim.ingest.doctor import examine_staged
from relsim.ingest.pairs import pair_up, seen
from relsim.ingest.reading import Read, Wanted, stage
from relsim.ingest.staging import Staging
from relsim.ingest.text import SIZE
from relsim.result.imported import Covered, ImportReport, SourceLine, ThinDay, UnknownActor

MANY, FEW_ROOTS = 200, 6
"""Rows from which a source that tells of all has this many roots of codes: any 200 rows in a row of twelve pairs
(ICEWS, 2005 to 2019) have six or more."""
INDEX = "index.json"
"""Beside the tables of many pairs: the report, each pair with its rows and coverage."""
UNKNOWN_ACTORS = 50
"""Actors of unknown country that the report lists."""


def import_events(
    sources: Sequence[Path],
    wanted: Wanted,
    out: Path,
    *,
    size: int = SIZE,
    progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """Read source files and write their event table; nothing is written if anything is wrong.

    Parameters
    ----------
    sources : files, in the order in which rows that repeat each other are told first
    out : ``.parquet``, or ``.csv`` with its coverage beside it as ``.csv.json``
    size : bytes read at a time
    progress : called with the number of rows read so far

    Raises
    ------
    InputError
        A file, an option or the first line of a file is wrong.
    DataError
        A file is damaged, or no row of it is left.
    """
    if out.suffix not in (".parquet", ".csv"):
        raise InputError(f"{out}: found '{out.suffix}'; a table is written as .parquet or .csv")
    with (
        Writing(out) as writing,
        Staging(wanted.parties, wanted.actors, writing.scratch(), wanted.date_format) as staging,
    ):
        report, said = _counted(staging, sources, wanted, size, progress)
        about = said(None)
        if out.suffix == ".csv":
            _write_about(writing.file(beside(out)), about)
        _copy(staging, "FROM result", writing.file(out), about)
    return report


def import_pairs(
    sources: Sequence[Path],
    wanted: Wanted,
    folder: Path,
    scratch: Path,
    *,
    size: int = SIZE,
    progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """Read source files once and write a table for every pair of countries with rows enough, and ``index.json``.

    Parameters
    ----------
    wanted : with ``pairs``
    folder : to fill: ``IND-PAK.csv`` and ``IND-PAK.csv.json`` for each pair, and the report as the index
    scratch : folder for what does not fit into memory

    Raises
    ------
    InputError, DataError
        As of ``import_events``; also where no pair has rows enough.
    """
    with Staging(wanted.parties, wanted.actors, scratch, wanted.date_format) as staging:
        report, said = _counted(staging, sources, wanted, size, progress)
        for pair in report.pairs:
            if pair.file is not None:
                place = folder / pair.file
                _write_about(beside(place), said(pair.pair))
                _copy(staging, f"FROM result WHERE pair = '{pair.pair}'", place, said(pair.pair))
    (folder / INDEX).write_text(report.to_json(), encoding="utf-8", newline="\n")
    return report


def _counted(
    staging: Staging, sources: Sequence[Path], wanted: Wanted, size: int, progress: Callable[[int], None] | None
) -> tuple[ImportReport, Callable[[str | None], About]]:
    """Fill ``result``; the report, and what a pair's table says of itself."""
    read = stage(staging, sources, wanted, size, progress)
    staged = staging.staged
    checkup = examine_staged(staging, read, wanted.pairs is not None)
    rows = pair_up(staging, wanted.pairs) if wanted.pairs is not None else {}
    codes, counts = count(staging, wanted.rules, read.scheme, wanted.choices)
    kept = sum(line.kept for line in counts)
    if not kept:
        why = ", ".join(f"{n:,} ({reason})" for reason, n in staged.dropped.most_common(4))
        raise DataError(f"no event is left of {staged.rows:,} rows: {why}")
    covered = checkup.covered
    types, left_out = _types(wanted, read, staging.coded())
    covers = Covered(covered.first, covered.last)
    coverage = Coverage(covered.first, covered.last, covered.missing, types)
    outside = staging.one(f"SELECT coalesce(sum(count), 0)::BIGINT FROM result WHERE date < DATE "
                          f"'{covered.first}' OR date > DATE '{covered.last}'")[0]  # fmt: skip
    worth = values(staging, read.scheme)
    report = ImportReport(
        relsim=__version__,
        form=read.forms,
        files=read.files,
        rows=staged.rows,
        kept=kept,
        events=sum(line.events for line in counts),
        dropped=dict(sorted(staged.dropped.items(), key=lambda item: (-item[1], item[0]))),
        unreadable=tuple(staged.unreadable),
        repaired_lines=staged.repaired_lines,
        codes=tuple(codes),
        unknown_actors=tuple(UnknownActor(*one) for one in staging.unknown_actors(UNKNOWN_ACTORS)),
        counts=tuple(counts),
        covers=covers,
        missing=covered.missing,
        empty_days=covered.empty_days,
        coverage_inferred=not checkup.whole_world,
        thin=tuple(ThinDay(*day) for day in covered.thin),
        outside_coverage=outside,
        types=types,
        types_not_covered=left_out,
        restored_codes=read.restored,
        first_repaired=SourceLine(*staged.first_repaired) if staged.first_repaired else None,
        findings=checkup.findings,
        pairs=seen(staging, rows, covers, len(covered.missing)),
    )
    scheme = None if wanted.rules is not None else read.scheme
    return report, lambda pair: About(coverage, scheme, worth.get(pair, {}))


def _types(
    wanted: Wanted, read: Read, coded: Mapping[int, Mapping[str, int]]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Events that the source could have told of, and those of the scenario that it could not."""
    if wanted.rules is None:
        return (), ()
    events = wanted.rules.events
    codes = {code for found in coded.values() for code in found}
    if wanted.covers_all or _is_complete(read, codes):
        return events, ()
    rules = [rule for code in codes for party in wanted.sides if (rule := wanted.rules.find(code, party)) is not None]
    given = {rule.event for rule in rules if not rule.of_issue}
    return tuple(e for e in events if e in given), tuple(e for e in events if e not in given)


def _is_complete(read: Read, codes: Collection[str]) -> bool:
    """Whether a file has all that its source tells of: one in the source's own form, unless many rows of it are of few
    kinds, as after a choice of codes."""
    if read.source == "csv":
        return False
    return many_kinds(sum(read.files.values()), read.scheme, codes)


def many_kinds(rows: int, scheme: str, codes: Collection[str]) -> bool:
    """Whether rows look like all that a source tells of, and not like a choice of codes."""
    return rows < MANY or len({root(scheme, code) for code in codes}) >= FEW_ROOTS


def _write_about(place: Path, about: About) -> None:
    place.write_text(about.to_json() + "\n", encoding="utf-8", newline="\n")


def _copy(staging: Staging, rows: str, place: Path, about: About) -> None:
    """Write rows of the table ``result``."""
    options = "FORMAT csv, HEADER true"
    if place.suffix == ".parquet":
        said = about.to_json().replace("'", "''")
        options = f"FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{KEY}: '{said}'}}"
    name = str(place).replace("'", "''")
    staging.connection.execute(f"COPY (SELECT * EXCLUDE (pair) {rows}) TO '{name}' ({options})")
