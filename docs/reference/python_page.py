"""The text of ``python.md``: what the docstrings of the public names say. ``make.py`` writes it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import relsim

HEAD = """\
# Python

`import relsim` is light; each name is imported when it is first used. The [tutorial](../tutorial/notebook.md) shows
them at work. Data frames are pandas' (`pip install 'relsim[frames]'`); `to_dict()` and `to_json()` do without. Values
are frozen, nothing is written unless `save`, `report` or a path is given, and no seed is used but the one that is
passed or stands in the document. What is on this page follows semantic versioning. A command of the command line is
one call of these: `relsim run FILE --json` prints what `relsim.load(FILE).run().to_json()` gives, byte for byte. This
page is written by `docs/reference/make.py`.
"""
_KINDS = ("Parameters", "Returns", "Attributes", "Raises", "Examples")


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for name in relsim.__all__ for line in _entry(name))]) + "\n"


def _entry(name: str) -> Iterator[str]:
    value = getattr(relsim, name)
    yield f"## {name}\n"
    if inspect.isfunction(value):
        yield from _signature(f"relsim.{name}", value)
        yield from _text(inspect.getdoc(value) or "")
        return
    yield from _text(inspect.getdoc(value) or "")
    for own, member in _members(value):
        yield f"### {name}.{own}\n"
        if inspect.isfunction(member):
            yield from _signature(f"{name}.{own}", member)
        yield from _text(inspect.getdoc(member) or "")


def _members(kind: type) -> Iterator[tuple[str, Any]]:
    """Public methods and properties that a class has of its own room, in the order of its definition."""
    if not kind.__module__.startswith("relsim.api"):
        return
    seen: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        if base.__module__.startswith("relsim.api"):
            seen |= vars(base)
    for name, member in seen.items():
        told = inspect.getdoc(member) or ""
        inner = "for other use cases of this package" in told
        if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)) and not inner:
            yield name, member


def _signature(name: str, function: Any) -> Iterator[str]:
    signature = inspect.signature(function)
    shown = [p.replace(annotation=p.empty) for p in signature.parameters.values() if p.name != "self"]
    text = str(signature.replace(parameters=shown, return_annotation=signature.empty))
    yield f"```python\n{name}{text}\n```\n"


def _text(docstring: str) -> Iterator[str]:
    """A docstring in numpydoc's form as Markdown."""
    kind, lines = "", []
    for line, under in zip((rows := docstring.split("\n")), [*rows[1:], ""]):
        if re.fullmatch(r"-+", under) and len(under) == len(line) and line in _KINDS:
            yield from _section(kind, lines)
            kind, lines = line, []
        elif not re.fullmatch(r"-{4,}", line):
            lines.append(line)
    yield from _section(kind, lines)


def _section(kind: str, lines: list[str]) -> Iterator[str]:
    text = "\n".join(lines).strip("\n")
    if not text:
        return
    if not kind:
        yield _marked(text) + "\n"
    elif kind == "Examples":
        yield f"```pycon\n{text}\n```\n"
    else:
        yield f"**{kind}**\n"
        yield "\n".join(_items(text)) + "\n"


def _items(text: str) -> Iterator[str]:
    """Entries of a section: a name and its type, and what is said of it under them."""
    for entry in re.split(r"\n(?=\S)", text):
        head, _, said = entry.partition("\n")
        name, _, kind = head.partition(" : ")
        about = " ".join(said.split())
        shown = f"`{name}`" + (f" ({kind.replace('``', '`')})" if kind else "")
        yield f"- {shown}: {_marked(about)}" if about else f"- {shown}"


def _marked(text: str) -> str:
    return text.replace("``", "`")
