"""Source files → staged rows. Floor 3."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from relsim.errors import DataError
from relsim.events import EARLIEST, LATEST
from relsim.ingest import csv_columns, gdelt, icews, polecat
from relsim.ingest.counting import Choices
from relsim.ingest.countries import Parties
from relsim.ingest.pairs import Pairs
from relsim.ingest.pieces import pieces
from relsim.ingest.restored import restored
from relsim.ingest.rules import Rules
from relsim.ingest.source_columns import Layout
from relsim.ingest.staging import BLANK, DAY, HEADER, UNREADABLE, Staging
from relsim.ingest.text import SIZE, members

SOURCES = ("icews", "gdelt", "polecat", "csv")


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
    encoding: str | None = None
    """Of files without a byte-order mark; UTF-8 unless given."""
    date_format: str | None = None
    """How dates are written, as ``strptime`` takes it; year, month, day unless given."""
    covers_all: bool = False
    """Whether the source looked for every event of the scenario, whatever codes its rows have."""
    pairs: Pairs | None = None
    """Where every pair of countries gets a table of its own."""

    @property
    def sides(self) -> tuple[str, ...]:
        """Whose acts the rules tell apart."""
        return self.pairs.sides if self.pairs is not None else self.parties.names


@dataclass(frozen=True)
class Read:
    """What was met on the way."""

    source: str
    forms: tuple[str, ...]
    """Such as ``GDELT 2.0 (61 columns)``."""
    files: Mapping[str, int]
    """Rows by file."""
    scheme: str
    restored: Mapping[str, str]
    """Codes that had lost their leading zero, and what they were."""


def stage(
    staging: Staging,
    sources: Sequence[Path],
    wanted: Wanted,
    size: int = SIZE,
    progress: Callable[[int], None] | None = None,
) -> Read:
    """Stage every row of source files.

    Raises
    ------
    InputError
        A file does not exist, or its first line is none of the source.
    DataError
        A file is damaged, or no row of any can be read.
    """
    names = [(path, member) for path in sources for member in members(path)]
    staged, forms, files, scheme = staging.staged, dict[str, None](), list[str](), wanted.scheme
    rows = dict[str, int]()
    for number, (path, member) in enumerate(names):
        shown = str(path) if member == path.name else f"{path}/{member}"
        files.append(shown)
        before = staged.rows
        for piece, layout in pieces(path, member, shown, partial(_layout, wanted=wanted), wanted.encoding, size):
            forms[f"{layout.form} ({layout.width} columns)"], scheme = None, layout.scheme
            staging.add(piece, layout, shown, number)
            if progress is not None:
                progress(staged.rows)
        rows[shown] = staged.rows - before
    _refuse_unreadable(staging, names, wanted.date_format)
    right = _restore(staging, scheme, files)
    return Read(wanted.source, tuple(forms), rows, scheme, right)


def _layout(line: str, wanted: Wanted) -> Layout:
    if wanted.source == "csv":
        return csv_columns.layout(line, wanted.columns or csv_columns.named(None), wanted.scheme)
    return {"icews": icews.layout, "gdelt": gdelt.layout, "polecat": polecat.layout}[wanted.source](line)


def _restore(staging: Staging, scheme: str, files: Sequence[str]) -> dict[str, str]:
    """Give back the zeros that codes have lost; files of which none has kept one are judged together."""
    coded = staging.coded()
    if not any(code.startswith("0") for codes in coded.values() for code in codes):
        codes: dict[str, int] = {}
        for found in coded.values():
            for code, rows in found.items():
                codes[code] = codes.get(code, 0) + rows
        right = restored(codes, scheme, ", ".join(files[:3]))
        staging.restore(
            {(n, code): whole for n, found in coded.items() for code, whole in right.items() if code in found}
        )
        return right
    each = {n: restored(found, scheme, files[n]) for n, found in coded.items()}
    staging.restore({(n, code): whole for n, right in each.items() for code, whole in right.items()})
    return {code: whole for right in each.values() for code, whole in right.items()}


def _refuse_unreadable(staging: Staging, names: Sequence[tuple[Path, str]], form: str | None) -> None:
    staged = staging.staged
    told = staged.rows - staged.dropped[BLANK] - staged.dropped[HEADER]
    shown = ", ".join(str(path) for path, _ in names[:3])
    if not told:
        raise DataError(f"{shown}: no row of data")
    if sum(staged.dropped[reason] for reason in UNREADABLE) == told:
        first = staged.unreadable[0]
        hint = ""
        if staged.dropped[DAY] and form is None:
            hint = (
                "\n    --date-format says how dates are written: '%d %B %Y' for 15 May 2019, '%m/%d/%Y' for 5/15/2019"
            )
        raise DataError(f"{first.file}: {first.message}; none of {told:,} rows could be read{hint}")
    if not staging.spoken():
        expected = f"a date from {EARLIEST} to {LATEST} was expected"
        raise DataError(f"{shown}: no row says on which day it was added; {expected}")
