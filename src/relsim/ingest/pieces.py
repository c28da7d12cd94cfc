"""Source files of any size, cut into pieces of whole lines: plain, .gz, .bz2, .xz or .zip. Floor 3.

A piece is small enough for memory; line numbers are those of the file. What a database could stumble over (other
line ends, bytes that are no UTF-8, blank lines) is made even here, so that every line is counted.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from relsim.errors import DataError, InputError

SIZE = 1 << 23
"""Bytes of a piece."""
LONGEST = 1 << 24
"""Bytes of a line, beyond which a file is not taken for lines of text."""
BLANK = b" "
"""Stands for an empty line, which the database would pass over without counting it."""


@dataclass(frozen=True)
class Piece:
    """Whole lines of one file."""

    text: bytes
    """UTF-8, each line ended by a line feed, none empty."""
    first: int
    """Number of the first line, from 1."""
    numbers: tuple[int, ...] | None = None
    """Number of each line, where a record may span several lines of the file; else they follow each other."""
    mended: int = 0
    """Lines with bytes that are no UTF-8, each replaced by U+FFFD."""

    def line(self, position: int) -> int:
        """Number in the file of the line at a position from 1."""
        return self.first + position - 1 if self.numbers is None else self.numbers[position - 1]


def members(path: Path) -> list[str]:
    """Names of the texts that a file holds: itself, or the files of an archive.

    Raises
    ------
    InputError
        The file does not exist.
    DataError
        The archive is damaged or empty.
    """
    if not path.is_file():
        what = "is a folder; name the files in it" if path.is_dir() else "the file does not exist"
        raise InputError(f"{path}: {what}")
    if path.suffix.lower() != ".zip":
        return [path.name]
    with _readable(path), zipfile.ZipFile(path) as archive:
        names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
    if not names:
        raise DataError(f"{path}: the archive holds no file")
    return names


def pieces(path: Path, member: str, size: int = SIZE) -> Iterator[Piece]:
    """The lines of one text, in order.

    Raises
    ------
    DataError
        The file is damaged, or is not text in lines.
    """
    with _readable(path), _opened(path, member) as stream:
        number, kept = 1, b""
        while True:
            block = stream.read(size)
            if number == 1 and not kept:
                block = block.removeprefix(b"\xef\xbb\xbf")
                if b"\0" in block:
                    raise DataError(f"{path}: holds bytes that no text has; a text in lines was expected")
            if not block:
                if kept:
                    yield _even(kept + b"\n", number)
                return
            kept += block
            cut = kept.rfind(b"\n") + 1
            if cut:
                piece = _even(kept[:cut], number)
                number += piece.text.count(b"\n")
                kept = kept[cut:]
                yield piece
            elif len(kept) > max(LONGEST, size):
                raise DataError(f"{path}: line {number} is longer than {LONGEST >> 20} MB; is this a text file?")


def records(path: Path, member: str, delimiter: str, size: int = SIZE) -> Iterator[Piece]:
    """The records of a text with quoted cells, as pieces of tab-separated lines.

    Raises
    ------
    DataError
        As ``pieces``, or a record is not readable as CSV.
    """
    with _readable(path), _opened(path, member) as stream:
        mended = _Mended(stream)
        reader = csv.reader(mended.lines(), delimiter=delimiter)
        out, numbers, length, before = io.StringIO(), [], 0, 1
        try:
            for cells in reader:
                line = "\t".join(" ".join(cell.split()) for cell in cells) or " "
                out.write(line + "\n")
                numbers.append(before)
                before = reader.line_num + 1
                length += len(line)
                if length > size:
                    yield Piece(out.getvalue().encode(), numbers[0], tuple(numbers), mended.taken())
                    out, numbers, length = io.StringIO(), [], 0
        except csv.Error as error:
            raise DataError(f"{path}: line {reader.line_num}: not readable as CSV: {error}") from None
        if numbers:
            yield Piece(out.getvalue().encode(), numbers[0], tuple(numbers), mended.taken())


class _Mended:
    """Lines of text from bytes, and how many had to be mended."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._count = stream, 0

    def lines(self) -> Iterator[str]:
        for number, line in enumerate(self._stream):
            if len(line) > LONGEST:
                raise DataError(f"line {number + 1} is longer than {LONGEST >> 20} MB; is this a text file?")
            try:
                text = line.decode("utf-8-sig" if number == 0 else "utf-8")
            except UnicodeDecodeError:
                text, self._count = line.decode("utf-8", "replace"), self._count + 1
            yield text.replace("\0", " ")

    def taken(self) -> int:
        """Lines mended since last asked."""
        count, self._count = self._count, 0
        return count


def _even(text: bytes, first: int) -> Piece:
    """A piece with one kind of line end, valid UTF-8 and no empty line."""
    text = text.replace(b"\r\n", b"\n").replace(b"\r", b" ").replace(b"\0", b" ")
    mended = 0
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        decoded = [line.decode("utf-8", "replace") for line in text.split(b"\n")]
        mended = sum("�" in line for line in decoded)
        text = "\n".join(decoded).encode()
    if text.startswith(b"\n"):
        text = BLANK + text
    while b"\n\n" in text:
        text = text.replace(b"\n\n", b"\n" + BLANK + b"\n")
    return Piece(text, first, mended=mended)


@contextmanager
def _opened(path: Path, member: str) -> Iterator[IO[bytes]]:
    kind = path.suffix.lower()
    if kind == ".zip":
        with zipfile.ZipFile(path) as archive, archive.open(member) as inside:
            yield inside
        return
    if kind == ".gz":
        with gzip.open(path) as unzipped:
            yield cast(IO[bytes], unzipped)
    elif kind == ".bz2":
        with bz2.open(path) as unpacked:
            yield cast(IO[bytes], unpacked)
    elif kind == ".xz":
        with lzma.open(path) as expanded:
            yield cast(IO[bytes], expanded)
    else:
        with path.open("rb") as plain:
            yield plain


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Damage of a compressed file as one clear error."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, lzma.LZMAError) as error:
        raise DataError(f"{path}: damaged: {error}") from None
    except (NotImplementedError, RuntimeError) as error:  # zipfile: an unknown method, or a password
        raise DataError(f"{path}: not readable: {error}") from None
