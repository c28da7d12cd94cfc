"""From source files to an event table and a report of every row. Floor 3.

The way of a row: ``pieces`` (files → lines), ``staging`` (lines → rows that count), ``counting`` (codes → events,
repetitions, acts), ``coverage`` (what the table says of itself).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from relsim import __version__
from relsim.errors import DataError, InputError
from relsim.events import Coverage
from relsim.files import Writing
from relsim.ingest import gdelt, icews, plain, polecat
from relsim.ingest.counting import Choices, CodeSeen, Counted, count, values
from relsim.ingest.countries import Parties
from relsim.ingest.coverage import KEY, About, beside
from relsim.ingest.gaps import empty_days, outages
from relsim.ingest.layout import Layout, LayoutError
from relsim.ingest.pieces import SIZE, Piece, members, pieces, records
from relsim.ingest.rules import Rules
from relsim.ingest.staging import OTHERS, UNREADABLE, Staging, Unreadable

SOURCES = ("icews", "gdelt", "polecat", "csv")
STRANGERS = 50
"""Actors of unknown country that the report lists."""


@dataclass(frozen=True)
class Wanted:
    """What is to be read, and what of it counts."""

    source: str
    """One of ``SOURCES``."""
    parties: Parties
    actors: Mapping[str, str]
    """A user's map, actor → country."""
    rules: Rules | None
    """None: codes stay codes."""
    choices: Choices
    columns: Mapping[str, str] | None = None
    """Columns of a plain table by role."""
    scheme: str = "cameo"
    """Coding scheme of a plain table."""


@dataclass(frozen=True)
class ImportReport:
    """What was read, what was made of it, and why the rest was not used; ``rows`` = ``kept`` + all of ``dropped``."""

    relsim: str
    form: tuple[str, ...]
    """Forms met, such as ``GDELT 2.0 (61 columns)``."""
    files: Mapping[str, int]
    """Rows by file."""
    rows: int
    kept: int
    """Rows behind the table's events."""
    events: int
    """The table's counts, summed."""
    dropped: Mapping[str, int]
    """Rows by the first reason that held against them, the most frequent first."""
    unreadable: tuple[Unreadable, ...]
    """The first few lines that could not be read."""
    mended: int
    """Lines with bytes that are no UTF-8."""
    codes: tuple[CodeSeen, ...]
    strangers: tuple[tuple[str | None, str | None, int], ...]
    """Actors of whom no country is known: name, country as written, rows."""
    counts: tuple[Counted, ...]
    coverage: Coverage
    quiet: tuple[date, ...]
    """Days without any row that are not taken for missing."""
    guessed: bool
    """Whether the source holds these parties only, so that ``missing`` are long silences, not every empty day."""

    def to_json(self) -> str:
        """The report for machines."""
        content = {
            "relsim": self.relsim,
            "form": list(self.form),
            "files": dict(self.files),
            "rows": self.rows,
            "kept": self.kept,
            "events": self.events,
            "dropped": dict(self.dropped),
            "unreadable": [{"file": u.file, "line": u.line, "message": u.message} for u in self.unreadable],
            "mended": self.mended,
            "codes": [
                {"code": c.code, "rows": c.rows, "event": c.event, "known": c.known, "meaning": c.meaning}
                for c in self.codes
            ],
            "strangers": [{"actor": a, "country": c, "rows": n} for a, c, n in self.strangers],
            "counts": [
                {
                    "event": c.event,
                    "by": c.by,
                    "toward": c.toward,
                    "rows": c.rows,
                    "kept": c.kept,
                    "events": c.events,
                }
                for c in self.counts
            ],
            "covers": {"from": self.coverage.first.isoformat(), "to": self.coverage.last.isoformat()},
            "missing": [day.isoformat() for day in self.coverage.missing],
            "quiet": [day.isoformat() for day in self.quiet],
            "guessed": self.guessed,
        }
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


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
    sources : files, plain or compressed; archives are read whole
    out : ``.parquet``, or ``.csv`` (with a file ``.csv.json`` beside it that holds the coverage)
    size : bytes read at a time
    progress : told the number of rows read so far

    Raises
    ------
    InputError
        A file does not exist, or is none of the source.
    DataError
        A file is damaged, no row can be read, or none is left.
    """
    if out.suffix not in (".csv", ".parquet"):
        raise InputError(f"{out}: found '{out.suffix}'; a table is written as .parquet or .csv")
    names: list[tuple[Path, str]] = [(path, member) for path in sources for member in members(path)]
    with Writing(out) as writing, Staging(wanted.parties, wanted.actors, writing.scratch()) as staging:
        staged, forms, files, scheme = staging.staged, dict[str, None](), dict[str, int](), wanted.scheme
        for number, (path, member) in enumerate(names):
            shown = str(path) if member == path.name else f"{path}/{member}"
            before = staged.rows
            for piece, layout in _read(path, member, shown, wanted, size):
                forms[f"{layout.form} ({layout.width} columns)"], scheme = None, layout.scheme
                staging.add(piece, layout, shown, number)
                if progress is not None:
                    progress(staged.rows)
            files[shown] = staged.rows - before
        _refuse_unreadable(staging, names)
        spoken, strangers = staging.spoken(), staging.strangers(STRANGERS)
        codes, counts = count(staging, wanted.rules, scheme, wanted.choices)
        kept = sum(line.kept for line in counts)
        if not kept:
            why = ", ".join(f"{n:,} ({reason})" for reason, n in staged.dropped.most_common(4))
            raise DataError(f"no event is left of {staged.rows:,} rows: {why}")
        empty = empty_days(spoken)
        whole_world = bool(staged.dropped[OTHERS]) or wanted.parties.of is None
        missing = empty if whole_world else outages(spoken)
        types = wanted.rules.events if wanted.rules is not None else ()
        coverage = Coverage(spoken[0][0], spoken[-1][0], tuple(missing), types)
        about = About(coverage, None if wanted.rules is not None else scheme, values(staging, scheme))
        _write(staging, writing, out, about)
    return ImportReport(
        relsim=__version__,
        form=tuple(forms),
        files=files,
        rows=staged.rows,
        kept=kept,
        events=sum(line.events for line in counts),
        dropped=dict(sorted(staged.dropped.items(), key=lambda item: (-item[1], item[0]))),
        unreadable=tuple(staged.unreadable),
        mended=staged.mended,
        codes=tuple(codes),
        strangers=tuple(strangers),
        counts=tuple(counts),
        coverage=coverage,
        quiet=tuple(sorted(set(empty) - set(missing))),
        guessed=not whole_world,
    )


def _read(path: Path, member: str, shown: str, wanted: Wanted, size: int) -> Iterator[tuple[Piece, Layout]]:
    """Pieces of one text without its header, and what stands where in them."""
    found: Layout | None = None
    for piece in pieces(path, member, size):
        if found is None:
            line = piece.text.partition(b"\n")[0].decode()
            try:
                found = _layout(line, wanted)
            except LayoutError as error:
                raise InputError(f"{shown}: line 1: {error}") from None
            if found.delimiter is not None:
                break
            if found.header:
                piece = Piece(piece.text.partition(b"\n")[2], piece.first + 1, mended=piece.mended)
        if piece.text:
            yield piece, found
    if found is None or found.delimiter is None:
        return
    first = found.header
    for piece in records(path, member, found.delimiter, size):
        if first:
            first = False
            numbers = piece.numbers[1:] if piece.numbers else None
            piece = Piece(piece.text.partition(b"\n")[2], piece.first + 1, numbers, piece.mended)
        if piece.text:
            yield piece, found


def _layout(line: str, wanted: Wanted) -> Layout:
    if wanted.source == "csv":
        return plain.layout(line, wanted.columns or plain.named(None), wanted.scheme)
    return {"icews": icews.layout, "gdelt": gdelt.layout, "polecat": polecat.layout}[wanted.source](line)


def _refuse_unreadable(staging: Staging, names: Sequence[tuple[Path, str]]) -> None:
    staged = staging.staged
    if not staged.rows:
        raise DataError(f"{', '.join(str(path) for path, _ in names[:3])}: no row of data")
    if sum(staged.dropped[reason] for reason in UNREADABLE) == staged.rows:
        first = staged.unreadable[0]
        raise DataError(f"{first.file}: {first.message}; none of {staged.rows:,} rows could be read")


def _write(staging: Staging, writing: Writing, out: Path, about: About) -> None:
    """The table and its coverage."""
    place, said = (text.replace("'", "''") for text in (str(writing.file(out)), about.to_json()))
    if out.suffix == ".parquet":
        options = f"FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{KEY}: '{said}'}}"
    else:
        options = "FORMAT csv, HEADER true"
        writing.file(beside(out)).write_text(about.to_json() + "\n", encoding="utf-8", newline="\n")
    staging.connection.execute(f"COPY result TO '{place}' ({options})")
