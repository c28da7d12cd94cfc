"""Files that histories name, put in their place in the tree. Floor 3."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path as FilePath

from relsim.compose.layers import Files, located
from relsim.compose.merge import Merge
from relsim.compose.nodes import Node, Path, Place, Source, diagnostic
from relsim.compose.reader import MOST_BYTES
from relsim.errors import InputError, Problem
from relsim.ingest.coverage import About, about, beside
from relsim.ingest.source_columns import cells_of
from relsim.ingest.table import COLUMNS, Row, column_of, rows_of
from relsim.ingest.text import lines_of
from relsim.spec import Chronicle, check

_COLUMN_KEYS = {"date": "on"}
_TABLES = (".csv", ".parquet")


def read_chronicle(path: str) -> Chronicle:
    """A chronicle by itself.

    Raises
    ------
    InputError
        With one diagnostic for each fault of the file.
    """
    files = Files()
    if not FilePath(path).is_file():
        raise InputError(f"{path}: {'is a folder' if FilePath(path).is_dir() else 'the file does not exist'}")
    _, document = Histories(files).chronicle(path, path)
    if document is None or files.found:
        raise InputError(files.found)
    return document


class Histories:
    """Chronicles and tables, each read once."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._read: dict[str, Node | None] = {}
        self.left_out: dict[str, Problem] = {}
        """Warnings about rows of event tables past the last day that a history may tell of, by history."""
        self.filed: set[str] = set()
        """Names of the histories that are files of their own."""

    def attach(self, root: Node, merge: Merge) -> Node:
        """The tree with the content of every history's file in place of its name."""
        histories = root.get("history")
        if histories is None or histories.mapping is None:
            return root
        entries = dict(histories.mapping)
        edge = _last_observed(root)
        for name, history in histories.mapping.items():
            node = history.get("file")
            if node is None or not isinstance(node.value, str):
                continue
            content = self._content(node, ("history", name, "file"))
            if content is not None:
                self.filed.add(name)
                content = _without_rows(content, merge, node)
                if node.value.endswith(_TABLES):
                    content = _since(content, _day(history.get("from")))
                if node.value.endswith(_TABLES) and edge is not None:
                    content = self._until(content, edge, name, node)
                entries[name] = _inline(history, content)
        whole = dict(root.mapping or {})
        whole["history"] = Node(histories.place, entries, histories.keys)
        return Node(root.place, whole, root.keys)

    def _until(self, table: Node, edge: date, name: str, file: Node) -> Node:
        """An event table's rows up to a day: a table grows, and the same file serves many an ``as_of``."""
        events = table.mapping["events"] if table.mapping else table
        rows = list(events.items or ())
        kept = [row for row in rows if not (on := row.get("on")) or str(on.value) <= edge.isoformat()]
        if len(kept) == len(rows):
            return table
        message = f"{len(rows) - len(kept):,} rows of the table lie after {edge}, where the record ends; left out"
        found = diagnostic(file.place, ("history", name, "file"), message)
        self.left_out[name] = replace(found, severity="warning")
        return Node(table.place, {**(table.mapping or {}), "events": Node(events.place, kept)}, table.keys)

    def _content(self, node: Node, path: Path) -> Node | None:
        before = len(self._files.found)
        found = self._files.beside(str(node.value), node.place.source, node, path)
        if found is None:
            if self._files.found[before] in self._files.found[:before]:
                self._files.found.pop()
            return None
        name, location = found
        if location not in self._read:
            self._read[location] = self._load(name, location)
        return self._read[location]

    def _load(self, name: str, location: str) -> Node | None:
        if name.endswith(_TABLES):
            return self._table(name, location)
        root, document = self.chronicle(name, location)
        return root if document is not None else None

    def chronicle(self, name: str, location: str) -> tuple[Node | None, Chronicle | None]:
        """The tree of a chronicle's file and what it says; None where it is at fault."""
        layer = self._files.layer(name, location)
        if layer is None:
            return None, None
        document, problems = check(Chronicle, layer.root.plain())
        self._files.found += [_place(layer.root, f) for f in problems]
        return layer.root, document

    def _table(self, name: str, location: str) -> Node | None:
        file = FilePath(location)
        try:
            source = self._source(name, file)
            rows = list(rows_of(file, name))
            said = about(file)
            self._register(f"{name}.json", beside(file))
        except InputError as error:
            self._files.found += error.problems
            return None
        root = self._checked(Node(Place(source, 1, 1), {"events": _events(source, rows)}, {}))
        return root and Node(root.place, {**(root.mapping or {}), **_coverage(source, said)}, root.keys)

    def _source(self, name: str, file: FilePath) -> Source:
        """A table among the files read, with its lines where it has any."""
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        lines: list[str] = []
        if file.suffix == ".csv":
            size = file.stat().st_size
            if size > MOST_BYTES:
                message = f"the file has {size / 2**20:.1f} MiB; tables over 5 MiB are read as Parquet only"
                raise InputError([Problem.at(name, 1, 1, "", message)])
            lines = lines_of(file, name)
        source = self._files.sources[name] = Source(name, tuple(lines), str(file), digest)
        return source

    def _register(self, name: str, file: FilePath) -> None:
        """Count a file that stands beside a table among those read."""
        if file.is_file():
            self._files.sources[name] = Source(name, (), str(file), hashlib.sha256(file.read_bytes()).hexdigest())

    def _checked(self, root: Node) -> Node | None:
        document, problems = check(Chronicle, root.plain())
        self._files.found += [_place(root, f) for f in problems]
        return root if document is not None else None


def _since(table: Node, first: date | None) -> Node:
    """An event table's rows from a day on, so that of a long one no more is looked at than is asked for."""
    events = table.mapping["events"] if table.mapping else table
    if first is None or events.items is None:
        return table
    kept = [row for row in events.items if not (on := row.get("on")) or str(on.value) >= first.isoformat()]
    return Node(table.place, {**(table.mapping or {}), "events": Node(events.place, kept)}, table.keys)


def _day(node: Node | None) -> date | None:
    try:
        return date.fromisoformat(str(node.value)) if node is not None else None
    except ValueError:
        return None


def _last_observed(root: Node) -> date | None:
    """The last day that a history may tell of, where the window says so readably."""
    window = root.get("window")
    found: dict[str, date] = {}
    for key in ("start", "as_of"):
        node = window.get(key) if window is not None and window.mapping is not None else None
        if node is not None:
            try:
                found[key] = date.fromisoformat(str(node.value))
            except ValueError:
                return None
    if found.get("start", date.min) == date.min:
        return None
    return max(found.get("as_of", date.min), found["start"] - timedelta(days=1))


def _events(source: Source, rows: list[Row]) -> Node:
    header = [cell.lower() for cell in cells_of(source.lines[0])[0]] if source.lines else []
    items = []
    for row in rows:
        line = row.line if source.lines else 0
        entries = {}
        for name in COLUMNS:
            if (value := _written(row, name)) is not None:
                column = column_of(source.lines[line - 1], row.cells, header.index(name)) if line else 0
                entries[_COLUMN_KEYS.get(name, name)] = Node(Place(source, line, column), value)
        items.append(Node(Place(source, line, 1), entries))
    return Node(Place(source, 1, 1), items)


def _written(row: Row, name: str) -> str | int | None:
    """A column's value as a chronicle writes it."""
    if name == "date":
        return row.day.isoformat()
    found: str | int | None = getattr(row, name) if name != "count" else row.count
    return found


def _coverage(source: Source, said: About) -> dict[str, Node]:
    """What the table says of the days it covers, as a history's keys; those that the scenario states go before."""
    if said.coverage is None or said.scheme is not None:
        return {}
    at = Place(source, 1, 1)
    covers = {"from": said.coverage.first, "to": said.coverage.last}
    return {
        "covers": Node(at, {key: Node(at, day.isoformat()) for key, day in covers.items()}),
        "types": Node(at, [Node(at, name) for name in said.coverage.types]),
        "missing": Node(at, [Node(at, day.isoformat()) for day in said.coverage.missing]),
    }


def _without_rows(content: Node, merge: Merge, file: Node) -> Node:
    """A history's content without rows that speak of what a layer over it removes."""
    rows = content.get("events")
    if rows is None or (left := merge.rows_left(file, rows)) is rows:
        return content
    return Node(content.place, {**(content.mapping or {}), "events": left}, content.keys)


def _inline(history: Node, content: Node) -> Node:
    """A history with a file's content instead of its name; events of both, the file's first."""
    entries = dict(content.mapping or {})
    entries.pop("relsim", None)
    keys = dict(content.keys)
    for key, node in (history.mapping or {}).items():
        if key == "file":
            continue
        if key == "events" and (inner := entries.get("events")) is not None:
            node = Node(inner.place, [*(inner.items or ()), *(node.items or ())])
        entries[key] = node
        keys[key] = history.keys.get(key, history.place)
    entries.setdefault("events", Node(history.place, []))
    return Node(history.place, entries, keys)


def _place(root: Node, fault: Problem) -> Problem:
    place, shown = located(root, tuple(fault.path.split("/")) if fault.path else (), fault.key)
    return diagnostic(place, shown, fault.message, fault.hint)
