"""Faults → diagnostics: which problems are looked for, in which order, and where each is placed. Floor 3."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from relsim.compose.histories import Histories
from relsim.compose.layers import Files, Layer, located
from relsim.compose.merge import Merge, forgotten, idle_removals, without_nulls
from relsim.compose.nodes import Node, Path, Place, diagnostic, dotted
from relsim.errors import Problem, nearest
from relsim.expand import Expanded, expand
from relsim.expand.names import SETS_UNSURE
from relsim.scenario import Scenario
from relsim.spec import Document, check, shape_of

_WHOLE = ("outcomes", "quantities", "interventions", "history", "correlation", "correlation_of_weights")
"""Sections whose items are judged whole: one with a fault is not judged further."""


def _path(text: str) -> Path:
    return tuple(text.split("/")) if text else ()


def placed(root: Node, problems: Iterable[Problem], severity: str = "error") -> list[Problem]:
    """Diagnostics of problems of a tree; of a joint fault, the first of its places in the file."""
    out = []
    for fault in problems:
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


class Validator:
    """Collects the diagnostics of one load."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self.found: list[Problem] = []
        self._lost = False
        self._nothing: list[Path] = []
        """Paths of removals of what is not there."""
        self._shape = shape_of(Document)

    def layer(self, layer: Layer) -> None:
        """Judge one layer on its own: unknown keys, wrong types, numbers."""
        _, problems = check(Document, without_nulls(layer.root, self._shape))
        if layer.source.location and layer.root.get("relsim") is None:
            problems = [Problem("", "'relsim' is missing; 'relsim: 1' was expected first"), *problems]
        said = {f.path for f in problems}
        for path in map("/".join, forgotten(layer.root, self._shape)):
            if path not in said:
                problems.append(Problem(path, "found nothing; a value was expected"))
        self.found += placed(layer.root, problems)

    def removals(self, merge: Merge) -> None:
        """Validator removals of what is not there."""
        for place, path, message, hint in merge.found:
            key = message.startswith("unknown key")
            self.found.append(diagnostic(place, path[:-1] or path if key else path, message, hint))
            self._nothing.append(path)
        self._lost |= bool(merge.lost)
        self.found += merge.lost

    def tree(
        self, root: Node, title: str, variant: str | None, histories: Histories, whole: bool = False
    ) -> tuple[Document, Expanded | None] | None:
        """Judge a merged tree: names and what follows from several values."""
        if self._lost:
            return None
        idle = idle_removals(root)
        self.found += placed(root, idle)
        document, broken, pruned = _sound(root, self._files.dropped)
        if document is None:
            return None
        window = root.get("window")
        if window is None:
            if whole:
                message = "'window' is missing; a file that is run needs one, {start: DATE, end: DATE}"
                self.found += placed(root, [Problem("", message)])
            return document, None
        expanded = expand(document, title=title, variant=variant, broken=broken)
        self.found += placed(root, self._own(expanded.problems, pruned))
        return document, expanded

    def _own(self, problems: Iterable[Problem], pruned: list[Path]) -> list[Problem]:
        """Faults that do not follow from what was left out."""

        def follows(fault: Problem, left_out: Path) -> bool:
            path = _path(fault.path)
            missing = " is missing" in fault.message and len(left_out) > 1 and _within(path, left_out[:-1])
            return missing or _within(left_out, path)

        return [f for f in problems if not any(follows(f, p) for p in (*pruned, *self._nothing))]

    def sibling(
        self, tree: Node, merge: Merge, title: str, variant: str | None, body: Node | None, histories: Histories
    ) -> Scenario | None:
        """Judge a variant that was not chosen, or the file without one: only what is new is told, and of which."""
        before, lost, nothing = list(self.found), self._lost, list(self._nothing)
        known = {(d.file, d.line, d.column, d.message) for d in before}
        self.removals(merge)
        result = self.tree(tree, title, variant, histories)
        inside = _span_of(body) if body is not None else set()
        at = f"variants.{variant}."
        self.found, found = before, self.found[len(before) :]
        self._lost, self._nothing = lost, nothing
        for d in found:
            if (d.file, d.line, d.column, d.message) in known:
                continue
            if (d.file, d.line, d.column) in inside:
                self.found.append(d if d.path.startswith(at) else replace(d, path=at + d.path))
            else:
                of = f"with variant '{variant}'" if variant else "without a variant"
                self.found.append(replace(d, message=f"{d.message} ({of})"))
        return result[1].scenario if result is not None and result[1] is not None else None

    def sorted(self) -> list[Problem]:
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


def _sound(root: Node, dropped: list[tuple[Path, Node]]) -> tuple[Document | None, set[str], list[Path]]:
    """The document without its faulty parts, names whose definitions are at fault, and the paths left out."""
    data = root.plain()
    broken: set[str] = set()
    pruned: list[Path] = []
    for path, node in dropped:
        pruned.append((*path, ""))
        _unsure(path, node.plain(), broken)
    for _ in range(50):
        document, problems = check(Document, data)
        if document is not None:
            return document, broken, pruned
        for fault in problems:
            path = _path(fault.path)
            pruned.append(path)
            if fault.key and fault.message.startswith("unknown key"):
                _unsure(path[:-1], _leave_out(data, path), broken, path[-1])
            else:
                _prune(data, path, broken)
    return None, broken, pruned


def _unsure(path: Path, stated: object, broken: set[str], key: str = "") -> None:
    """Enter the names that may be defined by what is not read: ``stated``, that stands in the mapping at a path."""
    if len(path) >= 2:
        if not key or nearest(key, ("each",)):
            broken.add(path[1].split(".")[0])
        return
    inner = stated if not key and not path else {key: stated}
    if path:
        inner = {path[0]: stated if isinstance(stated, dict) and not key else {key: None}}
    for section, names in inner.items() if isinstance(inner, dict) else ():
        if nearest(section, ("parties", "issues")):
            broken.add(SETS_UNSURE)
        broken.update(str(name).split(".")[0] for name in (names if isinstance(names, dict) else ()))


def _leave_out(data: object, path: Path) -> object:
    """Take out of the data what stands at a path, and return it."""
    for key in path[:-1]:
        if isinstance(data, dict):
            data = data.get(key)
        elif isinstance(data, list) and key.isdecimal() and int(key) < len(data):
            data = data[int(key)]
    return data.pop(path[-1], None) if isinstance(data, dict) else None


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
                elif path[0] not in _WHOLE and path[0] not in ("run", "pool", "window", "scale"):
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
