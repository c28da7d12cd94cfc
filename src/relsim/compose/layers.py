"""Files and options → layers, with every value's place kept. Floor 3."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path as FilePath

from relsim.compose.nodes import Node, Path, Place, Source, diagnostic, node_of, plain_of
from relsim.compose.reader import MOST_BYTES, decode, read
from relsim.compose.render import text_of
from relsim.errors import Problem, nearest
from relsim.spec import Shape

BUILT_IN = ("bilateral", "record")
MOST_EXTENDED = 64


@dataclass(frozen=True)
class Given:
    """A document that is no file; files that it names are looked for in the working folder.

    Attributes
    ----------
    name : what messages call it
    title : of the scenario, where the text says none
    """

    name: str
    text: str
    title: str = "scenario"

    @classmethod
    def of(cls, name: str, document: Mapping[str, object]) -> Given:
        """The document that a mapping stands for.

        Raises
        ------
        InputError
            If it holds what a document cannot.
        """
        return cls(name, text_of(node_of(plain_of(document, name))))


@dataclass
class Layer:
    """One document as read, before merging."""

    source: Source
    root: Node


@dataclass
class Files:
    """Every file read so far, and what was found wrong on the way."""

    found: list[Problem] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    unread: bool = False
    """Whether a file could not be read, so that what it states is not known."""
    dropped: list[tuple[Path, Node]] = field(default_factory=list)
    """What duplicate and merge keys state, by the path of the mapping they stand in: it is not read."""
    _given: dict[str, str] = field(default_factory=dict)
    """Texts of documents that are no files, by name."""

    def text(self, name: str, location: str) -> tuple[Source, str] | None:
        """A file's source and text; None, with a diagnostic, where it cannot be read as text."""
        if (given := self._given.get(location)) is not None:
            data = given.encode("utf-8", "surrogatepass")
        else:
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

    def given(self, document: Given) -> list[Layer]:
        """A document that is no file, with all that it extends."""
        self._given[document.name] = document.text
        return self.stack(document.name, document.name)

    def layer(self, name: str, location: str) -> Layer | None:
        """A document; None, with problems, where it is not readable as one."""
        read_text = self.text(name, location)
        if read_text is None:
            self.unread = True
            return None
        source, text = read_text
        root, found = read(source, text, self.dropped)
        self.found += found
        if root is None:
            self.unread = True
            if not found:
                self.found.append(Problem.at(name, 1, 1, "", "the document is empty; 'relsim: 1' was expected first"))
            return None
        if root.mapping is None:
            message = "a document is a mapping; 'relsim: 1' was expected first"
            self.found.append(diagnostic(root.place, (), message))
            self.unread = True
            return None
        return Layer(source, root)

    def stack(self, name: str, location: str) -> list[Layer]:
        """A document with all that it extends, lowest first; each file stands once, where it is needed first."""
        return self._stack(name, location, (), set())

    def _stack(self, name: str, location: str, below: tuple[tuple[str, str], ...], laid: set[str]) -> list[Layer]:
        chain = (*below, (os.path.realpath(location), name))
        if chain[-1][0] in laid:
            return []
        laid.add(chain[-1][0])
        layer = self.layer(name, location)
        if layer is None:
            return []
        out: list[Layer] = []
        for path, node in _extended(layer.root):
            found = self._resolve(str(node.value), layer.source, node, path)
            if found is None:
                self.unread = True
                continue
            if len(chain) >= MOST_EXTENDED:
                self.unread = True
                message = f"'{node.value}' is extended {len(chain)} files deep; at most {MOST_EXTENDED} are read"
                self.found.append(diagnostic(node.place, path, message))
                continue
            inner_name, inner = found
            real = os.path.realpath(inner)
            if real in [r for r, _ in chain]:
                loop = [n for r, n in chain][[r for r, _ in chain].index(real) :]
                names = " → ".join([*loop, inner_name])
                message = f"'{node.value}' extends in a circle: {names}"
                self.found.append(diagnostic(node.place, path, message))
                self.unread = True
                continue
            out += self._stack(inner_name, inner, chain, laid)
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


def _slashed(shape: Shape | None, words: list[str]) -> str:
    """Words as the path that they name in a document: names of members keep their dots; empty where they name none."""
    if not words or not all(words):
        return ""
    if shape is None:
        return ".".join(words)
    if shape.keys:
        first, rest = words[0], words[1:]
        inner = _slashed(shape.child(first), rest) if rest else ""
        return "" if first not in shape.keys or (rest and not inner) else "/".join(filter(None, (first, inner)))
    entry = shape.child(words[0])
    known = entry.keys if entry is not None else ()
    end = next((i for i in range(1, len(words)) if words[i] in known), len(words))
    inner = _slashed(entry, words[end:])
    return "" if words[end:] and not inner else "/".join(filter(None, (".".join(words[:end]), inner)))


def _extended(root: Node) -> list[tuple[Path, Node]]:
    node = root.get("extends")
    if node is None:
        return []
    if node.items is not None:
        return [(("extends", str(i)), n) for i, n in enumerate(node.items) if isinstance(n.value, str)]
    return [(("extends",), node)] if isinstance(node.value, str) else []


def option_layer(name: str, text: str, files_read: Files, shape: Shape | None) -> Layer | None:
    """The layer of one ``--set path=value``.

    Parameters
    ----------
    name : what messages call it
    shape : that of the document, to tell what may be meant
    """
    source = Source(name, (text,))
    keys, equals, value = text.partition("=")
    if not equals or not keys.strip("/ "):
        message = f"found '{text}'; path=value was expected, such as events/accusation/rate=\"5 per month\""
        files_read.found.append(diagnostic(Place(source, 1, 1), (), message))
        files_read.unread = True
        return None
    slashed = _slashed(shape, re.split(r"[./]", keys))
    if "." in keys.split("/")[0] and slashed:
        message = f"unknown key '{keys.split('/')[0]}'; keys are separated by '/'"
        hint = f"did you mean '{slashed}'?"
        files_read.found.append(diagnostic(Place(source, 1, 1), (), message, hint))
        files_read.unread = True
        return None
    root, found = read(source, " " * (len(keys) + 1) + value) if value.strip() else (None, [])
    files_read.found += found
    if found:
        files_read.unread = True
        return None
    node = root or Node(Place(source, 1, len(keys) + 2), None, text="")
    if "." in keys.rsplit("/", 1)[-1] and node.mapping is None and slashed.count("/") > keys.count("/"):
        message = f"'{keys.rsplit('/', 1)[-1]}' takes more than one value; keys are separated by '/'"
        files_read.found.append(diagnostic(Place(source, 1, 1), (), message, f"did you mean '{slashed}'?"))
        files_read.unread = True
        return None
    column = len(keys) + 1
    for key in reversed(keys.split("/")):
        column -= len(key) + 1
        at = Place(source, 1, column + 1)
        if not key:
            files_read.found.append(diagnostic(at, (), f"the path '{keys}' has an empty key"))
            files_read.unread = True
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
