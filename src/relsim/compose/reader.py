"""YAML 1.2 text → nodes with places. Floor 3; the only module that knows the YAML library.

Only the library's events are used. Scalars are read by the core schema of YAML 1.2 here (``NO``, ``12:30``
are text, ``1e-3`` is a number); places come from the events' marks; aliases, depth and duplicate keys are
guarded while the tree is built. The compiled scanner is thirty times as fast; where it refuses a text, the
pure one, which knows YAML 1.2 to the letter, has the last word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from relsim.compose.nodes import Node, Path, Place, Source, diagnostic
from relsim.errors import Problem, unlike_spaces

MOST_BYTES = 5 * 1024 * 1024
MOST_ALIASED = 100_000
MOST_DEEP = 100

_SEPARATING = re.compile(r"(?:^\s*|[:,\[{]|^\s*-)([^\w \t-])")
"""What stands in a line where YAML reads a space."""
_INT = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)")
_NULL = {"", "~", "null", "Null", "NULL"}
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_CORE = "tag:yaml.org,2002:"
_SCALAR_TAGS = {"null", "bool", "int", "float", "str"}
_HALF = re.compile("[\ud800-\udfff]")
_BREAKS = re.compile("[\x85\u2028\u2029]")


_MERGE = (
    "merge keys ('<<') are not read: 'extends' lays a file under this one, 'each' makes one item for each party or "
    "issue, and an alias (*name) stands for a whole value"
)


class _Refused(Exception):  # noqa: N818
    """A document that cannot be read on from here."""

    def __init__(self, found: Problem) -> None:
        super().__init__(found.message)
        self.found = found


def core_scalar(text: str) -> object:
    """A scalar written without quotes, by the core schema of YAML 1.2."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    first = text[0]
    if first.isdigit() or first in "+-.":
        if len(text) < 400:
            if _INT.fullmatch(text):
                return int(text)
            if _OCTAL.fullmatch(text):
                return int(text[2:], 8)
            if _HEX.fullmatch(text):
                return int(text[2:], 16)
        if _FLOAT.fullmatch(text):
            return float(text)
        if _INFINITE.fullmatch(text):
            return float("-inf") if first == "-" else float("inf")
        if text in (".nan", ".NaN", ".NAN"):
            return float("nan")
    return text


def decode(source: Source, data: bytes) -> tuple[str, list[Problem]]:
    """Text of a file's bytes: UTF-8, not over 5 MiB."""
    if len(data) > MOST_BYTES:
        size = len(data) / 1024 / 1024
        message = f"the file has {size:.1f} MiB; documents over 5 MiB are refused"
        return "", [Problem.at(source.name, 1, 1, "", message)]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace")
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        text = data.splitlines()[line - 1].decode("utf-8", "replace")
        message = f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        return "", [Problem.at(source.name, line, column, "", message, text)]


def read(
    source: Source, text: str, dropped: list[tuple[Path, Node]] | None = None
) -> tuple[Node | None, list[Problem]]:
    """Nodes of one YAML document, and what is wrong with it as YAML.

    Parameters
    ----------
    dropped : takes what duplicate keys and merge keys state, which is not read, by the path of their mapping
    """
    dropped = [] if dropped is None else dropped
    builder = _Builder(source, dropped)
    if not _BREAKS.search(text):
        try:
            return builder.document(_compiled_events(text)), builder.found
        except _Refused as refused:
            return None, [*builder.found, refused.found]
        except _yaml_error():
            builder = _Builder(source, dropped)
    try:
        return builder.document(_pure_events(text)), builder.found
    except _Refused as refused:
        return None, [*builder.found, refused.found]
    except _yaml_error() as error:
        return None, [*builder.found, _syntax(source, error)]


def _yaml_error() -> type[Exception]:
    from ruamel.yaml.error import YAMLError

    return YAMLError


def _compiled_events(text: str) -> Iterator[Any]:
    try:
        from _ruamel_yaml import CParser  # type: ignore[import-not-found]
    except ImportError:  # no compiled scanner for this Python
        yield from _pure_events(text)
        return
    parser = CParser(text)
    while (event := parser.get_event()) is not None:
        yield event


def _pure_events(text: str) -> Iterator[Any]:
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    yield from yaml.parse(text)


def _syntax(source: Source, error: Any) -> Problem:
    """A syntax error of the library, in the form of every other message."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None)
    context = getattr(error, "context", None)
    if mark is None:
        position = getattr(error, "position", None)
        text = "\n".join(source.lines)
        if isinstance(position, int) and position <= len(text):
            before = text[:position]
            line, column = before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1
            character = getattr(error, "character", 0)
            code = ord(character) if isinstance(character, str) and character else character
            message = f"the character U+{code:04X} may not stand in YAML" if isinstance(code, int) else "unreadable"
            return diagnostic(Place(source, line, column), (), f"not readable as YAML: {message}")
        return diagnostic(Place(source, 1, 1), (), f"not readable as YAML: {str(error).splitlines()[0]}")
    opened = getattr(error, "context_mark", None)
    if opened is not None and "end" in str(problem) and "stream" in str(problem):
        mark = opened  # what is never closed is at fault where it opens
    line, column = mark.line + 1, mark.column + 1
    while line > 1 and (line > len(source.lines) or not source.lines[line - 1].strip()):
        line -= 1  # what the text ends without is missed at the end of its last line
        column = len(source.lines[line - 1].rstrip()) + 1 if line <= len(source.lines) else 1
    for number in (line, line - 1):  # a key whose colon no space follows is missed where the next one stands
        found = _SEPARATING.finditer(source.lines[number - 1]) if 0 < number <= len(source.lines) else ()
        for match in found:
            if told := unlike_spaces(match[1]):
                return diagnostic(Place(source, number, match.start(1) + 1), (), f"not readable as YAML: {told}")
    words = " ".join(str(problem or error).split())
    if "\\t" in words or "tab" in words.lower():
        words = "a tab cannot indent; use spaces"
    elif context:
        words = f"{words} ({context})"
    return diagnostic(Place(source, line, column), (), f"not readable as YAML: {words}")


class _Builder:
    """Builds the tree of one document from events."""

    def __init__(self, source: Source, dropped: list[tuple[Path, Node]]) -> None:
        self.source = source
        self._dropped = dropped
        self.found: list[Problem] = []
        self._anchors: dict[str, tuple[Node, int] | None] = {}
        self._aliased = 0

    def document(self, events: Iterator[Any]) -> Node | None:
        """The one document of a stream; None for an empty one."""
        root: Node | None = None
        documents = 0
        for event in events:
            name = type(event).__name__
            if name == "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    self._refuse(event, (), "a second document begins; one file holds one document")
            elif name not in ("StreamStartEvent", "StreamEndEvent", "DocumentEndEvent", "CommentEvent"):
                root, _ = self._node(event, events, ())
        return root

    def _place(self, event: Any) -> Place:
        mark = event.start_mark
        return Place(self.source, mark.line + 1, mark.column + 1)

    def _refuse(self, event: Any, path: Path, message: str) -> None:
        raise _Refused(diagnostic(self._place(event), path, message))

    def _node(self, event: Any, events: Iterator[Any], path: Path) -> tuple[Node, int]:
        """The node that begins with ``event``, and how many nodes it holds."""
        name = type(event).__name__
        if name == "AliasEvent":
            return self._alias(event, path)
        if len(path) > MOST_DEEP:
            self._refuse(event, path[:3], f"nested more than {MOST_DEEP} deep")
        anchor = event.anchor
        if anchor is not None:
            self._anchors[anchor] = None
        place = self._place(event)
        if name == "ScalarEvent":
            node, size = self._scalar(event, place, path), 1
        else:
            tag = self._tag(event.tag)
            if tag not in ("", "!", "map" if name == "MappingStartEvent" else "seq"):
                self._bad_tag(place, path, event.tag)
            build = self._mapping if name == "MappingStartEvent" else self._sequence
            node, size = build(place, events, path)
        if anchor is not None:
            self._anchors[anchor] = (node, size)
        return node, size

    def _alias(self, event: Any, path: Path) -> tuple[Node, int]:
        anchor = event.anchor
        if anchor not in self._anchors:
            self._refuse(event, path, f"the alias *{anchor} has no anchor &{anchor} before it")
        known = self._anchors[anchor]
        if known is None:
            self._refuse(event, path, f"the alias *{anchor} stands inside what it stands for")
        assert known is not None
        node, size = known
        self._aliased += size
        if self._aliased > MOST_ALIASED:
            self._refuse(event, path, f"aliases expand past {MOST_ALIASED:,} nodes")
        return node, size

    def _mapping(self, place: Place, events: Iterator[Any], path: Path) -> tuple[Node, int]:
        entries: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        size = 1
        while True:
            event = next(events)
            if type(event).__name__ == "MappingEndEvent":
                return Node(place, entries, keys), size
            at = self._place(event)
            if type(event).__name__ != "ScalarEvent":
                if type(event).__name__ == "AliasEvent":
                    self._refuse(event, path, "an alias cannot be a key; write the key out")
                self._refuse(event, path, "a mapping or list cannot be a key; a name was expected")
            key = self._whole(event.value, at, path)
            self._tag_of_key(event, at, path)
            if event.anchor is not None:
                self._anchors[event.anchor] = (Node(at, key), 1)
            node, inner = self._node(next(events), events, (*path, key))
            size += inner + 1
            if key == "<<" and event.implicit[0]:
                self.found.append(diagnostic(at, path, _MERGE))
                self._dropped.append((path, node))
                continue
            if key in entries:
                first = keys[key]
                message = f"duplicate key '{key}', first given in line {first.line}"
                self.found.append(diagnostic(at, path or (key,), message))
                self._dropped.append((path, Node(at, {key: node}, {key: at})))
                continue
            entries[key] = node
            keys[key] = at

    def _sequence(self, place: Place, events: Iterator[Any], path: Path) -> tuple[Node, int]:
        items: list[Node] = []
        size = 1
        while True:
            event = next(events)
            if type(event).__name__ == "SequenceEndEvent":
                return Node(place, items), size
            node, inner = self._node(event, events, (*path, str(len(items))))
            size += inner
            items.append(node)

    def _whole(self, text: str, place: Place, path: Path) -> str:
        """Text without halves of characters, which an escape can write and nothing can print."""
        if text.isascii() or not (half := _HALF.search(text)):
            return text
        message = f"U+{ord(half[0]):04X} is half of a character; write the character itself"
        self.found.append(diagnostic(place, path, message))
        return _HALF.sub("\ufffd", text)

    def _scalar(self, event: Any, place: Place, path: Path) -> Node:
        tag = self._tag(event.tag)
        text = self._whole(event.value, place, path)
        if tag == "":
            if event.implicit[0]:
                return Node(place, core_scalar(text), text=text)
            return Node(place, text)
        if tag in ("!", "str"):
            return Node(place, text)
        if tag not in _SCALAR_TAGS:
            self._bad_tag(place, path, event.tag)
            return Node(place, text)
        value = core_scalar(text)
        if tag == "float" and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if _name_of(value) != tag:
            message = f"'{text}' does not read as {tag}, which the tag !!{tag} says"
            self.found.append(diagnostic(place, path, message))
        return Node(place, value)

    def _tag_of_key(self, event: Any, place: Place, path: Path) -> None:
        if self._tag(event.tag) not in ("", "!", "str"):
            self._bad_tag(place, path, event.tag)

    @staticmethod
    def _tag(tag: Any) -> str:
        text = "" if tag is None else str(tag)
        return text.removeprefix(_CORE)

    def _bad_tag(self, place: Place, path: Path, tag: Any) -> None:
        text = str(tag)
        shown = "!!" + text.removeprefix(_CORE) if text.startswith(_CORE) else text
        message = f"the tag {shown} is refused; a file holds text, numbers, lists and mappings only"
        self.found.append(diagnostic(place, path, message))


def _name_of(value: object) -> str:
    names = {bool: "bool", int: "int", float: "float", str: "str"}
    return "null" if value is None else names[type(value)]
