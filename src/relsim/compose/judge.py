"""Faults → diagnostics: which faults are looked for, in which order, and where each is placed. Floor 3."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from relsim.compose.histories import Histories
from relsim.compose.layers import Files, Layer, located
from relsim.compose.merge import Merge, forgotten, idle_removals, without_nulls
from relsim.compose.nodes import Node, Path, Place, diagnostic, dotted
from relsim.errors import Diagnostic, Fault
from relsim.expand import Expanded, expand
from relsim.spec import Document, check, shape_of

_WHOLE = ("outcomes", "quantities", "interventions", "history", "correlation", "correlation_of_weights")
"""Sections whose items are judged whole: one with a fault is not judged further."""


def _path(text: str) -> Path:
    return tuple(text.split("/")) if text else ()


def place_faults(root: Node, faults: Iterable[Fault], severity: str = "error") -> list[Diagnostic]:
    """Diagnostics of faults of a tree; of a joint fault, the first of its places in the file."""
    out = []
    for fault in faults:
        paths = [_path(fault.path), *(_path(p) for p in fault.also)]
        places = [located(root, p, fault.key) for p in paths]
        first = min(range(len(places)), key=lambda i: _order(places[i][0], places[0][0]))
        place, shown = places[first]
        others = [dotted(p) for p in paths if p != paths[first]]
        message = fault.message + (f" (with {', '.join(dict.fromkeys(others))})" if others else "")
        out.append(diagnostic(place, shown, message, fault.hint, severity))
    return out


def _order(place: Place, home: Place) -> tuple[bool, int, int]:
    return place.source != home.source, place.line, place.column


class Judge:
    """Collects the diagnostics of one load."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self.found: list[Diagnostic] = []
        self._keys_at_fault = False
        self._shape = shape_of(Document)

    def layer(self, layer: Layer) -> None:
        """Judge one layer on its own: unknown keys, wrong types, numbers."""
        _, faults = check(Document, without_nulls(layer.root, self._shape))
        if layer.source.location and layer.root.get("relsim") is None:
            faults = [Fault("", "'relsim' is missing; 'relsim: 1' was expected first"), *faults]
        said = {f.path for f in faults}
        for path in map("/".join, forgotten(layer.root, self._shape)):
            if path not in said:
                faults.append(Fault(path, "found nothing; a value was expected"))
        self._keys_at_fault |= any(f.key for f in faults)
        self.found += place_faults(layer.root, faults)

    def removals(self, merge: Merge) -> None:
        """Judge removals of what is not there."""
        for place, path, message, hint in merge.found:
            key = message.startswith("unknown key")
            self._keys_at_fault = True
            self.found.append(diagnostic(place, path[:-1] or path if key else path, message, hint))
        self._keys_at_fault |= bool(merge.lost)
        self.found += merge.lost

    def _blocked(self) -> bool:
        duplicate = any("duplicate key" in d.message for d in self._files.found)
        return self._keys_at_fault or duplicate

    def tree(
        self, root: Node, title: str, variant: str | None, histories: Histories, whole: bool = False
    ) -> tuple[Document, Expanded | None] | None:
        """Judge a merged tree: names and what follows from several values."""
        if histories.faulty or self._blocked():
            return None
        idle = idle_removals(root)
        self.found += place_faults(root, idle)
        document, broken, pruned = _sound(root)
        if document is None:
            return None
        window = root.get("window")
        if window is None:
            if whole:
                message = "'window' is missing; a file that is run needs one, {start: DATE, end: DATE}"
                self.found += place_faults(root, [Fault("", message)])
            return document, None
        expanded = expand(document, title=title, variant=variant, broken=broken)
        faults = [f for f in expanded.faults if not any(_within(p, _path(f.path)) for p in pruned)]
        self.found += place_faults(root, faults)
        return document, expanded

    def variant(
        self, base: Node, below: Merge, document: Document, name: str, body: Node, histories: Histories
    ) -> None:
        """Judge a variant that was not chosen: only what lies in its body is new."""
        before = list(self.found)
        merge = Merge(below)
        tree = histories.attach(merge.lay(base, body, self._shape), merge)
        self.removals(merge)
        self._variant(tree, document, name, [k for k in body.keys if k != "title"], histories)
        inside = _span_of(body)
        new = [d for d in self.found[len(before) :] if (d.file, d.line, d.column) in inside]
        at = f"variants.{name}."
        self.found = before + [d if d.path.startswith(at) else replace(d, path=at + d.path) for d in new]

    def _variant(self, tree: Node, document: Document, name: str, touched: list[str], histories: Histories) -> None:
        if histories.faulty or self._blocked() or tree.get("window") is None:
            return
        self.found += place_faults(tree, idle_removals(tree))
        parts = Node(tree.place, {k: n for k in touched if (n := tree.get(k)) is not None}, tree.keys)
        own, broken, pruned = _sound(parts)
        if own is None:
            return
        document = document.model_copy(update={k: getattr(own, k) for k in touched if k in type(own).model_fields})
        expanded = expand(document, title=name, variant=name, broken=broken, only=touched)
        faults = [f for f in expanded.faults if not any(_within(p, _path(f.path)) for p in pruned)]
        self.found += place_faults(tree, faults)

    def sorted(self) -> list[Diagnostic]:
        """All diagnostics, each once, in the order of files and lines."""
        order = {name: i for i, name in enumerate(self._files.sources)}
        unreadable = {(d.file, d.line, d.column) for d in self._files.found}
        new = [d for d in self.found if (d.file, d.line, d.column) not in unreadable or not d.line]
        unique = {(d.file, d.line, d.column, d.message): d for d in [*self._files.found, *new]}
        return sorted(unique.values(), key=lambda d: (order.get(d.file, len(order)), d.file, d.line, d.column))


def _within(path: Path, of: Path) -> bool:
    return path[: len(of)] == of


def _span_of(body: Node) -> set[tuple[str, int, int]]:
    """Places of every key and value of a body."""
    out = {(body.place.source.name, body.place.line, body.place.column)}
    out |= {(p.source.name, p.line, p.column) for p in body.keys.values()}
    for _, child in body.children():
        out |= _span_of(child)
    return out


def _sound(root: Node) -> tuple[Document | None, set[str], list[Path]]:
    """The document without its faulty parts, names whose definitions are at fault, and the paths left out."""
    data = root.plain()
    broken: set[str] = set()
    pruned: list[Path] = []
    for _ in range(50):
        document, faults = check(Document, data)
        if document is not None:
            return document, broken, pruned
        for fault in faults:
            path = _path(fault.path)
            pruned.append(path)
            _prune(data, path, broken)
    return None, broken, pruned


def _prune(data: object, path: Path, broken: set[str]) -> None:
    """Leave out the innermost entry at a path; an item itself is left empty, so that its name stays known."""
    if not isinstance(data, dict) or not path:
        return
    if len(path) >= 2 and (path[0] in _WHOLE or len(path) == 2 or "each" in path[2:3]):
        broken.add(path[1].split(".")[0])
        section = data.get(path[0])
        if isinstance(section, dict):
            item = section.get(path[1])
            if path[0] in _WHOLE or not isinstance(item, dict):
                section.pop(path[1], None)
                if path[0] in ("parties", "issues"):
                    section[path[1]] = path[1]
                elif path[0] not in _WHOLE and path[0] not in ("run", "window", "scale"):
                    section[path[1]] = {}
            else:
                item.pop(path[2] if len(path) > 2 else "", None)
            return
        data.pop(path[0], None)
        return
    node: object = data
    holder: tuple[dict[str, object], str] | None = None
    for key in path:
        if isinstance(node, dict) and key in node:
            holder = node, key
            node = node[key]
        elif isinstance(node, list) and key.isdecimal() and int(key) < len(node):
            node = node[int(key)]
        else:
            break
    if holder is not None:
        holder[0].pop(holder[1], None)
