"""Tables and texts as HTML, for a notebook: what a user typed is escaped. Floor 6; standard library only."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator

from relsim.show.values import Block, Cell, Column, Heading, Items, Prose, Table, Verbatim, text_of


def hypertext(blocks: Iterable[Block]) -> str:
    """Blocks one below the other; needs no style sheet."""
    return "".join(part for block in blocks for part in _parts(block))


def _parts(block: Block) -> Iterator[str]:
    match block:
        case Prose():
            lines = [f"<b>{_escaped(block.title)}</b>"] if block.title else []
            yield f"<p>{'<br>'.join([*lines, *map(_escaped, block.text.splitlines())])}</p>"
        case Heading():
            yield f"<h3>{_escaped(block.text)}</h3>"
        case Items():
            yield f"<p>{_escaped(block.title)}</p>" if block.title else ""
            yield f"<ul>{''.join(f'<li>{_escaped(item)}</li>' for item in block.items)}</ul>"
        case Verbatim():
            yield f"<pre>{_escaped(block.text)}</pre>"
        case Table():
            yield f"<p>{_escaped(block.lead)}</p>" if block.lead else ""
            yield _table(block)
            yield from (f"<p>{_escaped(note)}</p>" for note in block.notes)


def _escaped(text: str) -> str:
    """Text as HTML; no line ends between a number and its per cent sign."""
    return html.escape(text).replace(" %", "\u00a0%")


def _table(table: Table) -> str:
    """A table whose first column names the rows."""
    heads = "".join(f'<th scope="col"{_aligned(column)}>{_escaped(column.title)}</th>' for column in table.columns)
    rows = "".join(f"<tr>{''.join(map(_cell, row, table.columns))}</tr>" for row in table.rows)
    caption = f"<caption>{_escaped(table.title)}</caption>" if table.title else ""
    return f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _cell(cell: Cell, column: Column) -> str:
    text = _escaped(text_of(cell))
    return f"<td{_aligned(column)}>{f'<b>{text}</b>' if column.strong else text}</td>"


def _aligned(column: Column) -> str:
    return f' style="text-align:{"right" if column.right else "left"}"'
