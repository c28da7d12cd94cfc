"""The records of a text, as pieces of tab-separated lines. Floor 3.

Every line of a text is in a record, or is told as broken: none is passed over. Quotes are those of CSV (RFC 4180), in
files of tabs too, where a line that has all its columns without them keeps its quotes as they are. A record may span
lines; as a stray quote would swallow the lines behind it, one is a record only if it has the columns of the header and
neither its date nor its code or countries hold a line break.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from relsim.errors import InputError
from relsim.ingest.source_columns import Layout, LayoutError
from relsim.ingest.text import SIZE, TextBlock, blocks

_ON_ONE_LINE = {"date", "event", "mode", "by", "toward", "issue", "count", "id", "news"}
"""Cells that never hold a line break; a name or an address may."""
SPAN = 1000
"""Lines that a record may span."""
NUL, QUOTE = "a byte that no text has", "a quote that does not fit"
BROKEN = (NUL, QUOTE)
LayoutOf = Callable[[str], Layout]
"""What the first line of a text says of its columns."""


@dataclass(frozen=True)
class Broken:
    """A line that is no record."""

    line: int
    column: int
    """Of what is at fault, from 1."""
    reason: str
    """One of ``BROKEN``."""


@dataclass(frozen=True)
class Piece:
    """Records of one text, in order."""

    text: str
    """One record a line, each ended by a line feed, its cells separated by tabs."""
    first: int
    """Number of the first line, from 1."""
    numbers: tuple[int, ...] | None = None
    """Number of the line on which each record begins; None where they follow each other."""
    repaired_lines: tuple[int, ...] = ()
    """Numbers of lines with bytes that the encoding does not have, each read as U+FFFD."""
    broken: tuple[Broken, ...] = ()
    encoding: str = "utf-8"

    def line(self, position: int) -> int:
        """Number in the file of the record at a position from 1."""
        return self.first + position - 1 if self.numbers is None else self.numbers[position - 1]


@dataclass(frozen=True)
class Parsing:
    """How the records of a text are read."""

    delimiter: str
    width: int
    """Columns of a record."""
    used: tuple[int, ...]
    """Columns, from 0, that no line break may stand in."""


def parsing(layout: Layout) -> Parsing:
    """How the records of a layout are read."""
    return Parsing(layout.delimiter, layout.width, tuple({layout.at[role] for role in _ON_ONE_LINE & {*layout.at}}))


def pieces(
    path: Path, member: str, shown: str, layout_of: LayoutOf, encoding: str | None = None, size: int = SIZE
) -> Iterator[tuple[Piece, Layout]]:
    """The records of one text without its header, and what stands where in them.

    Parameters
    ----------
    shown : how messages call the text
    layout_of : what the first line says

    Raises
    ------
    InputError
        The first line is none of the source.
    DataError
        The file is damaged, or is not text in lines.
    """
    how: Parsing | None = None
    left = ""
    for block in blocks(path, member, encoding, size):
        lines, first = left + block.lines, block.first - left.count("\n")
        if how is None:
            head, _, rest = lines.partition("\n")
            try:
                found = layout_of(head)
            except LayoutError as error:
                raise InputError(f"{shown}: line 1: {error}") from None
            how = parsing(found)
            if found.header:
                lines, first = rest, first + 1
        piece, left = _piece(replace(block, lines=lines, first=first), how, size)
        if piece.text or piece.broken:
            yield piece, found
    if how is not None and left:
        first = block.first + block.lines.count("\n") - left.count("\n")
        piece, left = _piece(TextBlock(left, first, (), block.encoding), how, 0)
        yield piece, found


def _piece(block: TextBlock, how: Parsing, room: int) -> tuple[Piece, str]:
    """A block's records, and the lines of a last one that may go on in the next block, if there is ``room``."""
    text = block.lines
    if '"' not in text and "\0" not in text:
        if how.delimiter == "\t":
            return Piece(text, block.first, None, block.repaired_lines, (), block.encoding), ""
        if "\t" not in text:
            return Piece(
                text.replace(how.delimiter, "\t"), block.first, None, block.repaired_lines, (), block.encoding
            ), ""
    lines = text.split("\n")[:-1]
    out, numbers, broken, at = list[str](), list[int](), list[Broken](), 0
    while at < len(lines):
        line = lines[at]
        if "\0" in line:
            broken.append(Broken(block.first + at, line.index("\0") + 1, NUL))
            at += 1
            continue
        cells, after = (line.split(how.delimiter), at + 1) if '"' not in line else _record(lines, at, how)
        if cells is None and room and after == len(lines) and len(lines) - at < SPAN:
            left = "\n".join(lines[at:]) + "\n"
            if len(left) < room:
                return _made(block, out, numbers, broken), left
        if cells is None:
            broken.append(Broken(block.first + at, line.find('"') + 1, QUOTE))
            at += 1
            continue
        out.append("\t".join(_on_one_line(cell) for cell in cells))
        numbers.append(block.first + at)
        at = after
    return _made(block, out, numbers, broken), ""


def _made(block: TextBlock, out: list[str], numbers: list[int], broken: list[Broken]) -> Piece:
    text = "\n".join([*out, ""]) if out else ""
    return Piece(text, block.first, tuple(numbers), block.repaired_lines, tuple(broken), block.encoding)


def _on_one_line(cell: str) -> str:
    return " ".join(cell.split()) if "\t" in cell or "\n" in cell else cell


def _record(lines: list[str], at: int, how: Parsing) -> tuple[list[str] | None, int]:
    """The cells of the record that begins in a line, and where the next one does.

    No cells where its quotes do not fit; the second is then the number of lines if more of them might close it.
    """
    line = lines[at]
    plain = line.split(how.delimiter) if how.delimiter == "\t" else []
    cells, is_open = _parsed([line], how)
    if cells is not None and (len(cells) == how.width or len(plain) != how.width):
        return cells, at + 1
    if len(plain) == how.width:
        return plain, at + 1
    if not is_open:
        return None, at + 1
    for after in range(at + 1, min(len(lines), at + SPAN)):
        if "\0" in lines[after] or (plain and lines[after].count("\t") == how.width - 1):
            return None, at + 1
        if '"' not in lines[after]:
            continue
        cells, is_open = _parsed(lines[at : after + 1], how)
        if cells is not None:
            whole = len(cells) == how.width and not any("\n" in cells[column] for column in how.used)
            return (cells, after + 1) if whole else (None, at + 1)
        if not is_open:
            return None, at + 1
    return None, len(lines)


def _parsed(lines: list[str], how: Parsing) -> tuple[list[str] | None, bool]:
    """The cells of lines that make one record; else none, and whether a quote is open."""
    reader = csv.reader([f"{line}\n" for line in lines], delimiter=how.delimiter, strict=True)
    try:
        found = next(reader)
    except csv.Error as error:
        return None, "unexpected end" in str(error)
    except StopIteration:
        return None, False
    return (found, False) if reader.line_num == len(lines) else (None, False)
