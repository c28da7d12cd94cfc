"""Results as a Word document. Floor 6; imports docx, lazily."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsim.errors import unobeyed
from relsim.show.paper import Paper, caption, fitted
from relsim.show.values import Block, Heading, Items, Prose, Table, Verbatim, text_of

if TYPE_CHECKING:
    from docx.document import Document

_MADE = datetime(2000, 1, 1)
"""The same result gives the same file."""
_POINTS = 8
_FIGURE = (22.0, 14.0)
"""Centimetres of a figure at the most, across and down."""


def write_document(paper: Paper, file: Path) -> None:
    """Write a paper as a document on landscape pages: a heading for each section, then the figures."""
    import docx
    from docx.shared import Cm

    document = docx.Document()
    properties = document.core_properties
    properties.title, properties.author = _text(paper.head.title)[:255], "relsim"
    properties.created = properties.modified = _MADE
    page = document.sections[0]
    page.page_width, page.page_height = Cm(29.7), Cm(21.0)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(2)
    document.add_heading(_text(paper.head.title), 0)
    document.add_paragraph(_text(paper.head.text))
    for section in paper.sections:
        document.add_heading(_text(section.title), 1)
        for block in section.blocks:
            _add(document, block)
    if paper.figures:
        document.add_heading("Figures", 1)
    for figure in paper.figures:
        width, height = fitted(figure, *_FIGURE)
        picture: Any = document.add_picture(str(figure), width=Cm(width), height=Cm(height))
        picture._inline.docPr.set("descr", caption(figure))
        document.add_paragraph(caption(figure), style="Caption")
    document.save(str(file))


def _text(text: str) -> str:
    return unobeyed(text)


def _add(document: Document, block: Block) -> None:
    match block:
        case Table():
            _add_table(document, block)
        case Heading():
            document.add_heading(_text(block.text), 2)
        case Prose():
            if block.title:
                document.add_paragraph().add_run(_text(block.title)).bold = True
            if block.text:
                document.add_paragraph(_text(block.text))
        case Items():
            if block.title:
                document.add_paragraph(_text(block.title))
            for item in block.items:
                document.add_paragraph(_text(item), style="List Bullet")
        case Verbatim():
            document.add_paragraph(_text(block.text))


def _add_table(document: Document, table: Table) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    if table.lead:
        document.add_paragraph(_text(table.lead))
    drawn: Any = document.add_table(rows=len(table.rows) + 1, cols=len(table.columns), style="Light List")
    heads = [table.columns[0].title or table.title, *(column.title for column in table.columns[1:])]
    lines = [heads, *([text_of(cell) for cell in row] for row in table.rows)]
    # Asked for one by one, a row's cells are looked up from the table's beginning each time.
    cells = iter(drawn._cells)
    for line in lines:
        for text, column in zip(line, table.columns):
            paragraph = next(cells).paragraphs[0]
            run = paragraph.add_run(_text(text))
            run.font.size = Pt(_POINTS)
            run.bold = line is heads or column.strong
            if column.right:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    drawn.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for note in table.notes:
        document.add_paragraph(_text(note))
