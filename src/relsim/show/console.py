"""Tables and texts for a terminal of any width. Floor 6; drawn by rich, imported when something is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import StringIO
from typing import TYPE_CHECKING, Any

from relsim.errors import unobeyed
from relsim.show.values import Block, Cell, Column, Heading, Items, Prose, Table, Verbatim, text_of

if TYPE_CHECKING:
    from rich.text import Text

WIDTH = 80
"""Columns of a terminal that does not say how many it has."""
FILE_WIDTH = 100
"""Columns of a text file."""
_GAP = 2
_INDENT = 2
_NARROW, _ROOMY = (16, 10), (24, 24)
"""Columns below which the first text of a row and the others are not squeezed, beside the row's name or below it."""
_WORD = 40
"""Columns of a word that is not broken."""
_TIED = "\ue000"
"""Stands for a blank at which no line may end: rich breaks at every character that counts as a blank."""


def console_text(blocks: Sequence[Block], width: int = WIDTH, *, colour: bool = False) -> str:
    """Blocks one below the other, an empty line between them; ends with a line end.

    No line is wider than ``width`` columns, wide letters counting two, but those of ``Verbatim``. What titles and
    labels hold is text: control characters are shown as �, markup is not obeyed.

    Parameters
    ----------
    colour : whether escape codes may be used; there are none otherwise
    """
    from rich.console import Console

    out = StringIO()
    console = Console(
        file=out,
        width=max(1, width),
        color_system="standard" if colour else None,
        force_terminal=colour,
        no_color=not colour,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
        _environ={},
    )
    for i, block in enumerate(blocks):
        if i:
            console.print()
        for part in _drawn(block, width):
            console.print(part, soft_wrap=isinstance(block, Verbatim))
    lines = out.getvalue().replace(_TIED, " ").split("\n")
    return "\n".join(line.rstrip(" ") for line in lines)


def _drawn(block: Block, width: int) -> Iterator[Any]:
    """What rich prints of a block."""
    match block:
        case Prose():
            yield from [_text(block.title, "bold")] if block.title else []
            yield from [_text(block.text)] if block.text else []
        case Heading():
            yield _text(_ruled(block.text, width), "bold")
        case Items():
            if block.title:
                yield _text(block.title, "bold")
            marks = block.marks or ("-",) * len(block.items)
            widest = max(map(len, marks), default=0)
            for mark, item in zip(marks, block.items):
                yield _hanging(f"{mark:<{widest}} ", item)
        case Verbatim():
            yield _text(block.text)
        case Table():
            if block.lead:
                yield _text(block.lead, "" if block.headed else "bold")
            if block.rows:
                yield from _laid_out(block, width)
            for note in block.notes:
                yield _text(note)


def _text(text: str, style: str = "", **how: Any) -> Text:
    """Text as it is, a number and its percent sign on one line."""
    from rich.text import Text

    return Text(_tame(text).replace(" %", f"{_TIED}%"), style, overflow="fold", **how)


def _tame(text: str) -> str:
    return unobeyed(text).replace("\t", " ")


def _ruled(title: str, width: int) -> str:
    from rich.cells import cell_len

    left = width - 4 - cell_len(title)
    return f"── {title} {'─' * left}" if left > 1 else title


def _hanging(mark: str, text: str) -> Any:
    from rich.table import Table as Grid

    grid = Grid.grid()
    grid.add_column(width=len(mark), no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(mark, _text(text))
    return grid


def _laid_out(table: Table, width: int) -> Iterator[Any]:
    """A table in columns; where they do not fit, below the name of each row; where they do not either, as cards."""
    widths = _widths(table, width, _NARROW)
    if widths:
        yield _grid(table, table.rows, widths)
        return
    below = replace(table, title="", columns=table.columns[1:], rows=tuple(row[1:] for row in table.rows))
    widths = _widths(below, width - _INDENT, _ROOMY) if table.headed and len(below.columns) > 1 else None
    if not widths:
        yield from _cards(table)
        return
    yield _text(_head(table, 0), "bold")
    yield _indented(_grid(below, (), widths))
    for row, rest in zip(table.rows, below.rows):
        yield _text(text_of(row[0]))
        yield _indented(_grid(replace(below, headed=False), (rest,), widths))


def _indented(drawn: Any) -> Any:
    from rich.padding import Padding

    return Padding(drawn, (0, 0, 0, _INDENT))


def _widths(table: Table, width: int, narrowest: tuple[int, int]) -> list[int] | None:
    """Columns of each column, heads broken where that helps; None where the table does not fit.

    Texts share what the others leave, none so little that a word would be broken.
    """
    from rich.cells import cell_len

    heads = [_head(table, i) if table.headed else "" for i in range(len(table.columns))]
    texts = [[_tame(text_of(row[i])) for row in table.rows] for i in range(len(table.columns))]
    longest = [max(map(cell_len, cells), default=0) for cells in texts]
    room = width - _GAP * (len(table.columns) - 1)
    natural = [max(cell_len(head), cells) for head, cells in zip(heads, longest)]
    if sum(natural) <= room:
        return natural
    least = []
    for i, (column, head, cells, whole) in enumerate(zip(table.columns, heads, texts, longest)):
        words = max((cell_len(word) for cell in cells for word in cell.split()), default=0)
        narrow = whole if column.right else max(min(narrowest[i > 0], whole), min(_WORD, words))
        least.append(max(narrow, *map(cell_len, head.split()), 0))
    spare = room - sum(least)
    if spare < 0:
        return None
    given = _shared(spare, [max(0, whole - have) for whole, have in zip(longest, least)])
    spare -= sum(given)
    heads_given = _shared(spare, [all_of - have - more for all_of, have, more in zip(natural, least, given)])
    return [sum(parts) for parts in zip(least, given, heads_given)]


def _shared(spare: int, wanted: Sequence[int]) -> list[int]:
    """What each gets of ``spare``: all that it wants, or an equal part of what is left."""
    given = [0] * len(wanted)
    hungry = sorted((i for i, w in enumerate(wanted) if w), key=lambda i: wanted[i])
    for k, i in enumerate(hungry):
        given[i] = min(wanted[i], spare // (len(hungry) - k))
        spare -= given[i]
    return given


def _head(table: Table, i: int) -> str:
    """The first column's head is the table's title."""
    if i or not table.title:
        return table.columns[i].title
    name, comma, rest = table.title.partition(",")
    return f"{name.upper()}{comma}{rest}"


def _grid(table: Table, rows: Sequence[Sequence[Cell]], widths: Sequence[int]) -> Any:
    """Columns of set widths; the gaps are columns too, since versions of rich count a padding at the edge otherwise."""
    from rich.table import Table as Grid

    grid = Grid(box=None, show_header=table.headed, pad_edge=False, padding=0, header_style="bold")
    for i, (column, width) in enumerate(zip(table.columns, widths)):
        if i:
            grid.add_column(width=_GAP)
        grid.add_column(
            _text(_head(table, i)), justify="right" if column.right else "left", width=width, overflow="fold"
        )
    for row in rows:
        cells = [part for pair in zip(row, table.columns) for part in ("", _cell(*pair))]
        grid.add_row(*cells[1:])
    return grid


def _cell(cell: Cell, column: Column) -> Text:
    return _text(text_of(cell), "bold" if column.strong else "")


def _cards(table: Table) -> Iterator[Any]:
    """Each row by itself, a line for each of its cells."""
    from rich.table import Table as Grid

    if table.title and table.headed:
        yield _text(_head(table, 0), "bold")
    for row in table.rows:
        yield _text(text_of(row[0]))
        grid = Grid.grid(padding=(0, _GAP, 0, 0))
        grid.add_column(width=2)
        grid.add_column(overflow="fold", ratio=1)
        grid.add_column(overflow="fold", ratio=1)
        for cell, column in list(zip(row, table.columns))[1:]:
            if text_of(cell):
                grid.add_row("", _text(column.title), _cell(cell, column))
        yield grid
