"""Source files of any size as blocks of text in lines: plain, .gz, .bz2, .xz or .zip. Floor 3.

What a line is, is decided here once: UTF-8 unless a byte-order mark or ``--encoding`` says otherwise; ended by LF or
CRLF, or by CR where the first line is. A line break of another kind inside a line is a blank.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from relsim.errors import DataError, InputError, Problem

SIZE = 1 << 23
"""Bytes of a block."""
LONGEST = 1 << 24
"""Bytes of a line, beyond which a file is not taken for lines of text."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte-order marks; that of UTF-32 begins as that of UTF-16 does."""


@dataclass(frozen=True)
class TextBlock:
    """Whole lines of a text, each ended by a line feed."""

    lines: str
    first: int
    """Number of the first line, from 1."""
    repaired_lines: tuple[int, ...] = ()
    """Numbers of lines with bytes that the encoding does not have, each read as U+FFFD."""
    encoding: str = "utf-8"


def encoding_of(name: str | None) -> str | None:
    """An encoding as Python calls it.

    Raises
    ------
    InputError
        There is none of that name.
    """
    if name is None:
        return None
    try:
        found = codecs.lookup(name)
        "".encode(found.name)  # an encoding of text, not of bytes such as zlib
    except (LookupError, ValueError):
        raise InputError(f"--encoding: '{name}' is unknown; such as utf-8, latin-1, cp1252, utf-16") from None
    return found.name


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
    texts = [name for name in names if not _is_of_the_system(name)]
    if not texts:
        raise DataError(f"{path}: the archive holds no file")
    return texts


def _is_of_the_system(name: str) -> bool:
    """Whether an archive's member is what a system adds of its own, such as macOS's resource forks."""
    parts = name.replace("\\", "/").split("/")
    return "__MACOSX" in parts or parts[-1].startswith(".") or parts[-1].lower() in ("thumbs.db", "desktop.ini")


def blocks(path: Path, member: str, encoding: str | None = None, size: int = SIZE) -> Iterator[TextBlock]:
    """The lines of one text, in order.

    Parameters
    ----------
    member : of an archive; of another file its own name
    encoding : of a text without byte-order mark; UTF-8 unless given

    Raises
    ------
    DataError
        The file is damaged, or is not text in lines.
    """
    number, kept, mark = 1, b"", ""
    with _readable(path), _opened(path, member) as stream:
        for data, mark in _of_utf8(path, stream, encoding, size):
            kept += data
            cut = kept.rfind(b"\n") + 1
            if cut:
                block = _block(kept[:cut], number, mark)
                number += block.lines.count("\n")
                kept = kept[cut:]
                yield block
            elif len(kept) > max(LONGEST, size):
                raise DataError(f"{path}: line {number} is longer than {LONGEST >> 20} MB; is this a text file?")
        if kept:
            yield _block(kept + b"\n", number, mark)


def lines_of(path: Path, shown: str) -> list[str]:
    """Every line of a text, none of whose letters may be lost.

    Raises
    ------
    DataError
        A byte is not UTF-8, with its place, or the file is no text.
    """
    lines: list[str] = []
    for block in blocks(path, path.name):
        if block.repaired_lines:
            raise undecodable(path, shown, block.repaired_lines[0])
        lines += block.lines.split("\n")[:-1]
    return lines


def raw_line(path: Path, number: int) -> str:
    """One line of a text, as messages show it."""
    for block in blocks(path, path.name):
        lines = block.lines.split("\n")
        if number < block.first + len(lines) - 1:
            return lines[number - block.first]
    return ""


def _of_utf8(path: Path, stream: IO[bytes], encoding: str | None, size: int) -> Iterator[tuple[bytes, str]]:
    """Blocks of bytes in UTF-8 with line feeds alone at the end of lines, and the encoding that was met."""
    data = stream.read(size)
    mark, found = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", encoding or "utf-8"))
    _refuse_binary(path, data, found)
    data = data[len(mark) :]
    decoder = codecs.getincrementaldecoder(found)() if found != "utf-8" else None
    number, breaks, held = 1, b"", b""
    while data or decoder is not None:
        if decoder is not None:
            try:
                text = decoder.decode(data, final=not data)
            except UnicodeError as error:
                raise DataError(f"{path}: not readable as {found}, near line {number}: {error}") from None
            ended, data = not data, text.encode("utf-8", "surrogatepass")
            if ended:
                decoder = None
        data, held = held + data, b""
        breaks = breaks or _line_end(data)
        if breaks == b"\r":
            if data.endswith(b"\r"):
                data, held = data[:-1], b"\r"
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        elif data.endswith(b"\r"):
            data, held = data[:-1], b"\r"
        number += data.count(b"\n")
        if data:
            yield data, found
        data = stream.read(size)
    if held:
        yield (b"\n" if breaks == b"\r" else held), found


def _line_end(data: bytes) -> bytes:
    """CR where the first line ends in a CR alone, else LF; nothing where the line has not ended."""
    end = re.search(rb"\r\n|\n|\r(?!$)", data)
    return b"" if end is None else b"\r" if end.group() == b"\r" else b"\n"


def _refuse_binary(path: Path, data: bytes, encoding: str) -> None:
    """Bytes that no text begins with, named as what they are."""
    kinds = ((b"\x1f\x8b", "gzip", ".gz"), (b"PK\3\4", "zip", ".zip"), (b"BZh", "bzip2", ".bz2"))
    for magic, kind, suffix in (*kinds, (b"\xfd7zXZ", "xz", ".xz"), (b"PAR1", "Parquet", ".parquet")):
        if data.startswith(magic):
            raise DataError(f"{path}: holds {kind} data, not text; is it an archive or a workbook? name it {suffix}")
    if encoding != "utf-8" or b"\0" not in data[:4096]:
        return
    even, odd = data[:4096:2].count(0), data[1:4096:2].count(0)
    if max(even, odd) > 0.3 * len(data[:4096:2]) and min(even, odd) < 0.1 * max(even, odd):
        name = "utf-16-be" if even > odd else "utf-16-le"
        raise DataError(f"{path}: looks like UTF-16 without a byte-order mark; --encoding {name} reads it")
    if b"\0" in data.partition(b"\n")[0]:
        raise DataError(f"{path}: holds bytes that no text has; a text in lines was expected")


def _block(data: bytes, first: int, encoding: str) -> TextBlock:
    """A block with one kind of line end; bytes that are no UTF-8 are replaced."""
    data = data.replace(b"\r\n", b"\n").replace(b"\r", b" ")
    try:
        return TextBlock(data.decode("utf-8"), first, (), encoding)
    except UnicodeDecodeError:
        lines = data.split(b"\n")
        text = [line.decode("utf-8", "replace") for line in lines]
        repaired_lines = tuple(first + n for n, (line, read) in enumerate(zip(lines, text)) if read.encode() != line)
        return TextBlock("\n".join(text), first, repaired_lines, encoding)


def undecodable(path: Path, shown: str, number: int) -> DataError:
    """What to say of a line with bytes that are no UTF-8, where none may be lost."""
    with _readable(path), _opened(path, path.name) as stream:
        line = _line(_of_utf8(path, stream, None, SIZE), number)
    try:
        line.decode("utf-8")
        at = 0
    except UnicodeDecodeError as error:
        at = error.start
    name = guessed(line)
    text = line.decode(name, "replace").rstrip("\r\n")
    message = f"byte 0x{line[at]:02x} is not UTF-8; the file may be in {CALLED[name]}: save it as UTF-8"
    return DataError([Problem.at(shown, number, at + 1, "", message, text)])


def _line(read: Iterable[tuple[bytes, str]], number: int) -> bytes:
    """One line of a text that is read in blocks, counted as they count."""
    kept, first = b"", 1
    for data, _ in read:
        kept += data
        ends = kept.count(b"\n")
        if first + ends > number:
            break
        kept, first = kept[kept.rfind(b"\n") + 1 :], first + ends
    return kept.split(b"\n")[number - first]


CALLED = {"cp1252": "Windows-1252", "latin-1": "Latin-1"}
"""Encodings of one byte a letter, as they are called."""


def guessed(line: bytes) -> str:
    """The encoding that bytes which are no UTF-8 are likely to have."""
    return "cp1252" if any(0x80 <= byte < 0xA0 for byte in line) else "latin-1"


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
    except OSError as error:
        raise DataError(f"{path}: not readable: {error.strerror or error}") from None
