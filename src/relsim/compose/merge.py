"""Layers → one tree: what merges, what is replaced whole, what is removed. Floor 3."""

from __future__ import annotations

from collections.abc import Iterator

from relsim.compose.nodes import Node, Path, Place
from relsim.compose.removals import Removals, only_nulls
from relsim.errors import Problem, nearest
from relsim.spec import Shape


class Merge:
    """Merges layers, later over earlier; collects removals of what is not there, and what went with removals.

    Attributes
    ----------
    lost : problems of what cannot stand without what a layer removes
    notes : what went, one note for each layer that removes
    """

    def __init__(self, before: Merge | None = None) -> None:
        self.found: list[tuple[Place, Path, str, str]] = []
        self.lost: list[Problem] = []
        self.notes: list[Problem] = []
        self._went: set[Path] = set(before._went) if before else set()
        self._rows: list[tuple[Place, Removals]] = list(before._rows) if before else []

    def lay(self, low: Node | None, high: Node, shape: Shape | None) -> Node:
        """A layer laid over those below; what these say of what it removes goes with it."""
        if low is not None:
            removals = Removals(low, high)
            histories = low.get("history")
            for _, history in histories.children() if histories is not None else ():
                if (file := history.get("file")) is not None:
                    self._rows.append((file.place, removals))
            low = removals.below()
            self._went.update(removals.went)
            self.lost += removals.found
            if (note := removals.note()) is not None:
                self.notes.append(note)
        return self.over(low, high, shape)

    def rows_left(self, file: Node, rows: Node) -> Node:
        """Rows of a history's file that speak of nothing that a layer over it removes."""
        for place, removals in self._rows:
            if place == file.place:
                rows = removals.rows_left(rows)
        return rows

    def over(self, low: Node | None, high: Node, shape: Shape | None, path: Path = ()) -> Node:
        """``high`` laid over ``low``: mappings by key, all else replaced whole."""
        if shape is None or high.mapping is None:
            return high
        below = low if low is not None and low.mapping is not None else None
        entries = dict(below.mapping or {}) if below else {}
        keys = dict(below.keys) if below else {}
        for key, node in high.mapping.items():
            at = (*path, key)
            child = shape.child(key)
            if node.value is None and not (path[:1] == ("variants",) and len(path) > 1):
                if key in entries:
                    del entries[key], keys[key]
                elif self._gone_already(at):
                    pass
                elif _overrides(path) and (shape.open or key in shape.keys):
                    entries[key], keys[key] = node, high.keys[key]  # removes what the general item states
                elif shape.open or key in shape.keys:
                    self._nothing(node, at, list(entries))
                else:
                    near = nearest(key, shape.keys)
                    self.found.append(
                        (
                            high.keys[key],
                            at,
                            f"unknown key '{key}'",
                            f"did you mean '{near}'?" if near else "",
                        )
                    )
                continue
            if key not in entries and self._gone_already(at) and only_nulls(node):
                continue
            entries[key] = self.over(entries.get(key), node, child, at)
            keys[key] = high.keys[key]
        return Node(high.place, entries, keys)

    def _gone_already(self, path: Path) -> bool:
        return any(path[: i + 1] in self._went for i in range(len(path)))

    def _nothing(self, node: Node, path: Path, inherited: list[str]) -> None:
        near = nearest(path[-1], inherited)
        where = f"no '{path[-1]}' is inherited here"
        message = f"null removes an inherited entry, but {where}; a value was expected"
        self.found.append((node.place, path, message, f"did you mean '{near}'?" if near else ""))


def _overrides(path: Path) -> bool:
    """Whether a path leads into an entry that overrides one member of a set."""
    return len(path) > 1 and path[0] in _SETS and "." in path[1]


_SETS = ("variables", "conditions", "indices", "events", "calendar")


def idle_removals(root: Node) -> list[Problem]:
    """Removals, in entries that override one member, of what the general item does not state."""
    out = []
    for section in _SETS:
        node = root.get(section)
        for name, item in (node.mapping or {}).items() if node is not None else ():
            if "." not in name:
                continue
            for path in _nulls(item, ()):
                general = (section, name.split(".")[0], *path)
                if root.find(general)[1] != general:
                    message = f"null removes what '{general[1]}' states, but it states no '{path[-1]}'"
                    out.append(Problem("/".join((section, name, *path)), f"{message}; a value was expected"))
    return out


def _nulls(node: Node, path: Path) -> Iterator[Path]:
    if node.mapping is None:
        return
    for key, child in node.mapping.items():
        if child.value is None:
            yield (*path, key)
        yield from _nulls(child, (*path, key))


def without_nulls(node: Node, shape: Shape | None) -> object:
    """Plain data of a layer without its removals, to be checked on its own."""
    if shape is None or node.mapping is None:
        return node.plain()
    return {
        key: without_nulls(child, shape.child(key))
        for key, child in node.mapping.items()
        if child.value is not None or not (shape.open or key in shape.keys)
    }


def forgotten(node: Node, shape: Shape | None, path: Path = ()) -> Iterator[Path]:
    """Paths of nulls within what is replaced whole, where they remove nothing."""
    for key, child in node.children():
        inner = shape.child(key) if shape is not None and node.mapping is not None else None
        if child.value is None and shape is None:
            yield (*path, key)
        else:
            yield from forgotten(child, inner, (*path, key))
