"""A document as nodes that know where they stand. Floor 3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from relsim.errors import InputError, Problem, unlike_spaces, visible

Path = tuple[str, ...]
"""Keys from the root, list indices as decimal text."""


@dataclass(frozen=True)
class Source:
    """A file, or the text of an option, as it is named in messages."""

    name: str
    lines: tuple[str, ...] = field(repr=False, compare=False, default=())
    location: str = ""
    """Path of the file; empty for an option."""
    digest: str = field(repr=False, compare=False, default="")
    """SHA-256 of its bytes."""


class Place(NamedTuple):
    """Where something begins; line and column count from 1."""

    source: Source
    line: int
    column: int


class Node:
    """A scalar, mapping or list of a document.

    Attributes
    ----------
    place : where it begins
    value : a scalar of YAML's core schema, ``dict[str, Node]`` or ``list[Node]``
    keys : places of a mapping's keys
    text : the scalar as written where it was written without quotes, else None
    """

    __slots__ = ("keys", "place", "text", "value")

    def __init__(
        self,
        place: Place,
        value: object,
        keys: dict[str, Place] | None = None,
        text: str | None = None,
    ) -> None:
        self.place = place
        self.value = value
        self.keys: dict[str, Place] = {} if keys is None else keys
        self.text = text

    @property
    def mapping(self) -> dict[str, Node] | None:
        """Its entries, or None where it is no mapping."""
        return self.value if isinstance(self.value, dict) else None

    @property
    def items(self) -> list[Node] | None:
        """Its items, or None where it is no list."""
        return self.value if isinstance(self.value, list) else None

    def get(self, key: str) -> Node | None:
        """A mapping's entry."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def plain(self) -> object:
        """The same as plain data."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def children(self) -> Iterator[tuple[str, Node]]:
        """Entries of a mapping, or items of a list by their number."""
        if isinstance(self.value, dict):
            yield from self.value.items()
        elif isinstance(self.value, list):
            yield from ((str(i), node) for i, node in enumerate(self.value))

    def find(self, path: Path) -> tuple[Node, Path]:
        """The node at a path, or the deepest one on the way, with the part of the path that was found."""
        node = self
        for depth, key in enumerate(path):
            child = None
            if isinstance(node.value, dict):
                child = node.value.get(key)
            elif isinstance(node.value, list) and key.isdecimal() and int(key) < len(node.value):
                child = node.value[int(key)]
            if child is None:
                return node, path[:depth]
            node = child
        return node, path

    def key_place(self, path: Path) -> Place | None:
        """Place of the key that a path ends in."""
        node, found = self.find(path[:-1])
        return node.keys.get(path[-1]) if path and found == path[:-1] else None


def node_of(value: object) -> Node:
    """Plain data as a node that stands nowhere."""
    if isinstance(value, dict):
        return Node(_NOWHERE, {key: node_of(inner) for key, inner in value.items()})
    if isinstance(value, list):
        return Node(_NOWHERE, [node_of(inner) for inner in value])
    return Node(_NOWHERE, value)


_NOWHERE = Place(Source(""), 0, 0)


def plain_of(value: object, name: str) -> object:
    """A value of Python as the mappings, lists, texts and numbers that YAML knows; dates as it writes them.

    Parameters
    ----------
    name : what it is called in messages

    Raises
    ------
    InputError
        If it, or something in it, is none of these.
    """
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise InputError(f"{name}: the key {key!r} is no text; names and keys are text")
        return {key: plain_of(inner, f"{name}: {key}") for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain_of(inner, f"{name}: {i}") for i, inner in enumerate(value)]
    if isinstance(value, date):
        return value.isoformat()[:10]
    if hasattr(value, "item"):  # a number of numpy's
        value = value.item()
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise InputError(f"{name}: found {type(value).__name__}; text, numbers, dates, lists and mappings were expected")


def dotted(path: Path) -> str:
    """A path as messages show it."""
    return ".".join(path)


def diagnostic(place: Place, path: Path, message: str, hint: str = "", severity: str = "error") -> Problem:
    """A diagnostic at a place."""
    source = place.source
    line = source.lines[place.line - 1] if 0 < place.line <= len(source.lines) else ""
    if severity == "error" and (unlike := unlike_spaces(message)):
        hint = "; ".join(filter(None, (hint, unlike)))
    return Problem.at(source.name, place.line, place.column, dotted(path), visible(message), line, hint, severity)
