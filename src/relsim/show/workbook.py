"""Results as an Excel workbook: numbers are numbers, texts are texts. Floor 6; imports xlsxwriter, lazily."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsim.errors import unobeyed
from relsim.show.paper import Paper, caption, fitted
from relsim.show.separated import titles_of
from relsim.show.values import Between, Block, Cell, Column, Heading, Items, Prose, Shown, Table, Verbatim

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_LONGEST = 32_000
"""Letters of a cell; Excel takes 32,767."""
_NAME = 31
"""Letters of a sheet's name."""
_NARROW, _WIDE = 9, 60
"""Letters of a column."""
_FIGURE = (860.0, 700.0)
"""Pixels of a figure at the most, across and down."""
_ROW, _DPI = 20, 96
"""Pixels of a row, and of an inch."""
_READ = re.compile(r"([^\d+−]*)([+−]?)([\d,]+)(?:\.(\d+))?( ?%)?(.*)", re.DOTALL)
"""How a number is read: what stands before it, its sign, its digits, its percent sign, what stands behind it."""
_MADE = datetime(2000, 1, 1)
"""The same result gives the same file."""


def write_workbook(paper: Paper, file: Path) -> None:
    """Write a paper as a workbook: a sheet for each section, and one for the figures."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(file), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": _text(paper.head.title), "author": "relsim", "created": _MADE})
        styles = _Styles(book)
        names: set[str] = set()
        _Sheet(book, _sheet_name("About", names), styles).blocks([paper.head])
        for section in paper.sections:
            _Sheet(book, _sheet_name(section.title, names), styles).blocks(section.blocks)
        if paper.figures:
            _figures(book.add_worksheet(_sheet_name("Figures", names)), paper.figures, styles)


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name that Excel takes and no other sheet has: no ``[]:*?/\\``, no apostrophe at its ends, 31 letters."""
    name = re.sub(r"[\[\]:*?/\\]", " ", _text(title)).strip(" '")[:_NAME].strip(" '") or "Sheet"
    number = 1
    while name.lower() in taken or name.lower() == "history":
        number += 1
        name = f"{name[: _NAME - 3].rstrip()} {number}"
    taken.add(name.lower())
    return name


def _text(text: str) -> str:
    return unobeyed(text)[:_LONGEST]


class _Styles:
    """Formats of cells, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __call__(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]


class _Sheet:
    """A worksheet that is filled from its top."""

    def __init__(self, book: Workbook, name: str, styles: _Styles) -> None:
        self._sheet: Worksheet = book.add_worksheet(name)
        self._styles = styles
        self._row = 0
        self._widths: dict[int, int] = {}

    def blocks(self, blocks: Sequence[Block]) -> None:
        for block in blocks:
            match block:
                case Table():
                    self._table(block)
                case Prose():
                    self._line(block.title, bold=True)
                    self._lines(block.text.splitlines())
                case Heading():
                    self._line(block.text, bold=True)
                case Items():
                    self._line(block.title, bold=True)
                    self._lines(block.items)
                case Verbatim():
                    self._lines(block.text.splitlines())
            self._row += 1
        for i, width in self._widths.items():
            self._sheet.set_column(i, i, min(_WIDE, max(_NARROW, width + 1)))

    def _lines(self, lines: Sequence[str]) -> None:
        for line in lines:
            self._line(line)

    def _line(self, text: str, *, bold: bool = False) -> None:
        """Text of its own row; its length widens no column."""
        if text:
            self._write_text(self._row, 0, text, bold=bold)
            self._row += 1

    def _table(self, table: Table) -> None:
        self._line(table.lead)
        heads = [(title, column) for column in table.columns for title in titles_of(column)]
        first = (table.title, table.columns[0]) if not table.columns[0].title else heads[0]
        for i, (title, column) in enumerate([first, *heads[1:]]):
            self._write_text(self._row, i, title, bold=True, bottom=1, align="right" if column.right else "left")
            self._widen(i, title)
        self._row += 1
        for row in table.rows:
            at = 0
            for cell, column in zip(row, table.columns):
                for part in _parts(cell, column):
                    self._cell(at, part, column)
                    at += 1
            self._row += 1
        self._lines(table.notes)

    def _cell(self, at: int, part: str | Shown, column: Column) -> None:
        if isinstance(part, Shown) and part.value is not None:
            if isinstance(part.value, date):
                moment = datetime(part.value.year, part.value.month, part.value.day)
                self._sheet.write_datetime(self._row, at, moment, self._styles(num_format="yyyy-mm-dd"))
                self._widen(at, "2019-06-28")
            else:
                form = number_format(part.text)
                self._sheet.write_number(self._row, at, float(part.value), self._styles(num_format=form))
                self._widen(at, part.text)
            return
        text = part.text if isinstance(part, Shown) else part
        if text:
            wrapped = {"text_wrap": True, "valign": "top"} if len(text) > _WIDE else {}
            self._write_text(self._row, at, text, align="right" if column.right else "left", **wrapped)
            self._widen(at, text)

    def _widen(self, at: int, text: str) -> None:
        self._widths[at] = max(self._widths.get(at, 0), len(text))

    def _write_text(self, row: int, at: int, text: str, **style: Any) -> None:
        """Text that stays text, in the cell as in what is typed over it: no formula is made of ``=1+1``."""
        if text[:1] in ("=", "+", "-", "@"):
            style |= {"num_format": "@", "quote_prefix": True}
        self._sheet.write_string(row, at, _text(text), self._styles(**style))


def _parts(cell: Cell, column: Column) -> Iterator[str | Shown]:
    """A cell as one or, of a range, two."""
    if not column.ranges:
        yield cell if not isinstance(cell, Between) else cell.text
    elif isinstance(cell, Between):
        ends = re.split(r" to |(?<=\d) \| .* \| ", cell.text)
        texts = ends if len(ends) == 2 else [cell.text] * 2
        percent = " %" if cell.text.endswith("%") and not texts[0].endswith("%") else ""
        yield from (Shown(cell.low, texts[0] + percent), Shown(cell.high, texts[1]))
    else:
        yield from (cell, "")


def number_format(text: str) -> str:
    """The format in which Excel shows a number as it is read: as many decimals, the same signs and words around it."""
    read = _READ.fullmatch(text)
    if read is None:
        return f'"{text}"' if text and '"' not in text else "General"
    before, sign, digits, decimals, percent, behind = read.groups()
    form = ("#,##0" if "," in digits else "0") + (f".{'0' * len(decimals)}" if decimals else "") + (percent or "")
    form = form.replace(" %", '" "%')
    quoted: Callable[[str], str] = lambda words: f'"{words}"' if words and '"' not in words else ""  # noqa: E731
    signs = ("+" if sign == "+" else "", "−", "")
    around = [f"{quoted(before + mark)}{form}{quoted(behind)}" for mark in signs]
    return ";".join(around) if before or sign or behind else form


def _figures(sheet: Worksheet, figures: Sequence[Path], styles: _Styles) -> None:
    from PIL import Image

    row = 0
    for figure in figures:
        sheet.write_string(row, 0, caption(figure), styles(bold=True))
        width, height = fitted(figure, *_FIGURE)
        with Image.open(figure) as image:
            dots = image.info.get("dpi", (_DPI, _DPI))
            across, down = (_DPI * size / dpi for size, dpi in zip(image.size, dots))
        scale = {"x_scale": width / across, "y_scale": height / down}
        sheet.insert_image(row + 1, 0, str(figure), {**scale, "description": caption(figure)})
        row += 3 + math.ceil(height / _ROW)
