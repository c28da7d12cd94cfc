"""Tables and texts as Markdown. Floor 6; standard library only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from relsim.errors import unobeyed
from relsim.show.values import Block, Heading, Items, Prose, Table, Verbatim, text_of

_MEANT = re.compile(r"[\\|<>\[\]*`&]|(?<![^\W_])_|_(?![^\W_])|^[#+-](?=\s)|^\d+(?=[.)]\s)")
"""What Markdown would take for a sign: a title's asterisk is an asterisk."""


def markdown_text(blocks: Iterable[Block]) -> str:
    """Blocks one below the other, tables as pipe tables; ends with a line end."""
    return "\n\n".join("\n".join(_lines(block)) for block in blocks) + "\n"


def escaped(text: str) -> str:
    """Text in one line that reads the same as Markdown."""
    one = " ".join(unobeyed(text).split())
    return _MEANT.sub(lambda sign: f"{sign[0]}\\" if sign[0].isdigit() else f"\\{sign[0]}", one)


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"## {escaped(block.text)}"
        case Prose():
            title = [f"**{escaped(block.title)}**"] if block.title else []
            yield "  \n".join([*title, *map(escaped, block.text.splitlines())])
        case Items():
            yield from [escaped(block.title), ""] if block.title else []
            marks = (f"{escaped(mark)} " if mark.strip() else "" for mark in block.marks or [""] * len(block.items))
            yield from (f"- {mark}{escaped(item)}" for mark, item in zip(marks, block.items))
        case Verbatim():
            yield from (f"    {unobeyed(line)}" for line in block.text.splitlines())
        case Table():
            yield from [escaped(block.lead), ""] if block.lead else []
            first = block.columns[0].title or block.title
            yield _row([first, *(column.title for column in block.columns[1:])])
            yield "|" + "|".join("---:" if column.right else "---" for column in block.columns) + "|"
            yield from (_row([text_of(cell) for cell in row]) for row in block.rows)
            for note in block.notes:
                yield from ("", escaped(note))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(escaped, cells))} |"
