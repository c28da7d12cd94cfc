"""HTML of tables and texts: what a user typed is escaped, always, unless it was made here. Floor 6."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence

from relsim.show.values import Block, Column, Heading, Items, Prose, Table, Verbatim, text_of

_VOID = frozenset({"meta", "input", "br", "col", "img", "rect", "circle", "line"})
"""Elements without content."""


class Html(str):
    """Text that is HTML already; every other text is escaped where it is put into an element."""

    __slots__ = ()


def element(name: str, attributes: Mapping[str, str], *content: str) -> Html:
    """An element; content is escaped unless it is ``Html``.

    An attribute with an empty value is written by its name alone.
    """
    written = "".join(f' {key}="{html.escape(value)}"' if value else f" {key}" for key, value in attributes.items())
    if name in _VOID:
        return Html(f"<{name}{written}>" if name in ("meta", "input", "br", "col", "img") else f"<{name}{written}/>")
    return Html(f"<{name}{written}>{together(content)}</{name}>")


def together(parts: Iterable[str], between: str = "") -> Html:
    """Parts as one piece, each escaped unless it is ``Html``."""
    return Html(between.join(part if isinstance(part, Html) else _escaped(part) for part in parts))


def _escaped(text: str) -> str:
    """Text as HTML; no line ends between a number and its per cent sign."""
    return html.escape(text, quote=False).replace(" %", "\u00a0%")


def paragraph(*content: str, kind: str = "") -> Html:
    """A paragraph, of a class where ``kind`` names one."""
    return element("p", {"class": kind} if kind else {}, *content)


def bullets(items: Sequence[str]) -> Html:
    """A list without order."""
    return element("ul", {}, *(element("li", {}, item) for item in items))


def details(summary: str, *content: str, kind: str = "") -> Html:
    """What opens on demand: content that a reader may want, behind one line."""
    return element("details", {"class": kind} if kind else {}, element("summary", {}, summary), *content)


def table(
    caption: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[str]],
    *,
    stacked: bool = False,
    quiet: bool = False,
) -> Html:
    """A table whose first column names the rows, in a box that scrolls where it is too wide.

    Parameters
    ----------
    stacked : on a narrow screen each row becomes a card: a line for each cell, led by its column's title
    quiet : the caption is only for those who listen: the heading above says the same
    """
    head = element(
        "tr",
        {"role": "row"},
        *(
            element(
                "th",
                {"scope": "col", "role": "columnheader", **_class("number" if column.right else "")},
                column.title,
            )
            for column in columns
        ),
    )
    body = [element("tr", {"role": "row"}, *map(_cell, columns, row, range(len(columns)))) for row in rows]
    whole = element(
        "table",
        {"role": "table", **_class("stacked" if stacked else "")},
        element("caption", _class("hidden" if quiet else ""), caption),
        element("thead", {"role": "rowgroup"}, head),
        element("tbody", {"role": "rowgroup"}, *body),
    )
    return scrolling(caption, whole)


def scrolling(name: str, content: str) -> Html:
    """A box that scrolls sideways, by keyboard too."""
    return element("div", {"class": "scrolls", "role": "region", "aria-label": name, "tabindex": "0"}, content)


def _cell(column: Column, content: str, place: int) -> Html:
    if place == 0:
        return element("th", {"scope": "row", "role": "rowheader"}, content)
    kind = _class("number" if column.right else "")
    return element("td", {"role": "cell", "data-label": column.title, **kind}, content)


def _class(name: str) -> dict[str, str]:
    return {"class": name} if name else {}


def hypertext(block: Block) -> Html:
    """A block as HTML; the rows of a table become cards on a narrow screen."""
    match block:
        case Prose():
            lines = [element("b", {}, block.title)] if block.title else []
            return paragraph(together([*lines, *block.text.splitlines()], Html("<br>")))
        case Heading():
            return element("h3", {}, block.text)
        case Items():
            return together([*([paragraph(block.title)] if block.title else []), bullets(block.items)])
        case Verbatim():
            return element("pre", {}, block.text)
        case Table():
            rows = [
                [element("b", {}, text_of(cell)) if column.strong else text_of(cell) for cell, column in pairs]
                for pairs in (list(zip(row, block.columns)) for row in block.rows)
            ]
            lead = [paragraph(block.lead)] if block.lead else []
            notes = [paragraph(note, kind="kind") for note in block.notes]
            return together([*lead, table(block.title, block.columns, rows, stacked=True, quiet=True), *notes])
