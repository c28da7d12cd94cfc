"""Files and options → layers, with every value's place kept. Floor 3."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path as FilePath

from relsim.compose.nodes import Node, Path, Place, Source, diagnostic
from relsim.compose.reader import MOST_BYTES, decode, read
from relsim.errors import Diagnostic, nearest

BUILT_IN = ("bilateral", "record")


@dataclass
class Layer:
    """One document as read, before merging."""

    source: Source
    root: Node


@dataclass
class Files:
    """Every file read so far, and what was found wrong on the way."""

    found: list[Diagnostic] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)

    def text(self, name: str, location: str) -> tuple[Source, str] | None:
        """A file's source and text; None, with a diagnostic, where it cannot be read as text."""
        with open(location, "rb") as stream:
            data = stream.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            data += b"\0" * max(0, os.path.getsize(location) - len(data))
        bare = Source(name, (), location, hashlib.sha256(data).hexdigest())
        text, found = decode(bare, data)
        if found:
            self.found += found
            return None
        source = Source(name, tuple(text.splitlines()), location, bare.digest)
        self.sources[name] = source
        return source, text

    def layer(self, name: str, location: str) -> Layer | None:
        """A document; None, with diagnostics, where it is not readable as one."""
        read_text = self.text(name, location)
        if read_text is None:
            return None
        source, text = read_text
        root, found = read(source, text)
        self.found += found
        if root is None:
            if not found:
                self.found.append(Diagnostic(name, 1, 1, "", "the document is empty; 'relsim: 1' was expected first"))
            return None
        if root.mapping is None:
            message = "a document is a mapping; 'relsim: 1' was expected first"
            self.found.append(diagnostic(root.place, (), message))
            return None
        return Layer(source, root)

    def stack(self, name: str, location: str) -> list[Layer]:
        """A document with all that it extends, lowest first."""
        return self._stack(name, location, ())

    def _stack(self, name: str, location: str, below: tuple[tuple[str, str], ...]) -> list[Layer]:
        layer = self.layer(name, location)
        if layer is None:
            return []
        chain = (*below, (os.path.realpath(location), name))
        out: list[Layer] = []
        for path, node in _extended(layer.root):
            found = self._resolve(str(node.value), layer.source, node, path)
            if found is None:
                continue
            inner_name, inner = found
            real = os.path.realpath(inner)
            if real in [r for r, _ in chain]:
                loop = [n for r, n in chain][[r for r, _ in chain].index(real) :]
                names = " → ".join([*loop, inner_name])
                message = f"'{node.value}' extends in a circle: {names}"
                self.found.append(diagnostic(node.place, path, message))
                continue
            out += self._stack(inner_name, inner, chain)
        return [*out, layer]

    def _resolve(self, written: str, source: Source, node: Node, path: Path) -> tuple[str, str] | None:
        if written in BUILT_IN:
            return written, built_in(written)
        return self.beside(written, source, node, path)

    def beside(self, written: str, source: Source, node: Node, path: Path) -> tuple[str, str] | None:
        """Name and location of a file named relative to the file that names it."""
        base = os.path.dirname(source.location) if source.location else "."
        location = os.path.normpath(os.path.join(base, written))
        name = os.path.normpath(os.path.join(os.path.dirname(source.name), written))
        if source.name in BUILT_IN or not source.location:
            name = written
        if os.path.isfile(location):
            return name, location
        kind = "is a folder" if os.path.isdir(location) else "does not exist"
        self.found.append(
            diagnostic(node.place, path, f"the file {name} {kind}", similar_file(written, os.path.dirname(location)))
        )
        return None


def built_in(name: str) -> str:
    """Where a built-in model stands."""
    return str(files("relsim") / "models" / f"{name}.yaml")


def similar_file(written: str, folder: str) -> str:
    """A hint at the file of a folder, or the built-in model, whose name is most like what was written."""
    try:
        beside = [n for n in sorted(os.listdir(folder or ".")) if n != os.path.basename(written)]
        near = nearest(os.path.basename(written), beside)
    except OSError:
        near = None
    if os.path.basename(written) == written and (built_in := nearest(written, BUILT_IN)):
        near = built_in
    return f"did you mean '{near}'?" if near else ""


def _extended(root: Node) -> list[tuple[Path, Node]]:
    node = root.get("extends")
    if node is None:
        return []
    if node.items is not None:
        return [(("extends", str(i)), n) for i, n in enumerate(node.items) if isinstance(n.value, str)]
    return [(("extends",), node)] if isinstance(node.value, str) else []


def option_layer(text: str, files_read: Files) -> Layer | None:
    """The layer of one ``--set path=value``."""
    source = Source("--set", (text,))
    keys, equals, value = text.partition("=")
    if not equals or not keys.strip("/ "):
        message = f"found '{text}'; path=value was expected, such as events/accusation/rate=\"5 per month\""
        files_read.found.append(diagnostic(Place(source, 1, 1), (), message))
        return None
    root, found = read(source, " " * (len(keys) + 1) + value) if value.strip() else (None, [])
    files_read.found += found
    if found:
        return None
    node = root or Node(Place(source, 1, len(keys) + 2), None, text="")
    column = len(keys) + 1
    for key in reversed(keys.split("/")):
        column -= len(key) + 1
        at = Place(source, 1, column + 1)
        if not key:
            files_read.found.append(diagnostic(at, (), f"the path '{keys}' has an empty key"))
            return None
        node = Node(at, {key: node}, {key: at})
    return Layer(source, node)


def located(root: Node, path: Path, key: bool = False) -> tuple[Place, Path]:
    """Place of a fault in a tree, and the path to be shown for it.

    For a value given as a mapping the innermost value; where the path leads nowhere, the deepest there is.
    """
    if key and (place := root.key_place(path)) is not None:
        return place, path[:-1] or path
    node, found = root.find(path)
    if len(found) == len(path):
        while (inner := node.get("value") or node.get("in_all")) is not None and set(node.keys) <= _NUMBER_KEYS:
            node = inner
    return node.place, path


_NUMBER_KEYS = {"value", "in_all", "source", "note", "unit"}


def working_name(path: str | os.PathLike[str]) -> str:
    """How a file given by the user is named in messages: as the user named it."""
    return str(FilePath(path))
