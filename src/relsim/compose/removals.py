"""What goes with a removed entry: all that the layers below say of it. Floor 3.

Before a layer is laid over those below, whatever these say of what it removes is taken out of them, and what cannot
be without it goes too, until nothing more goes. What the layer itself says anew is left to it.
"""

from __future__ import annotations

from collections.abc import Iterator

from relsim.compose.mentions import SPACES, Gone, asks_of, row_is_gone, stripped
from relsim.compose.nodes import Node, Path, Place, diagnostic, dotted
from relsim.errors import Problem

_SETS = {"party": "parties", "issue": "issues"}
_SPOKEN = ("variables", "conditions", "indices", "events", "calendar", "interventions", "history")
_ASKED = ("outcomes", "quantities")


class Removals:
    """Takes out of a tree what it says of the entries that a layer removes.

    Attributes
    ----------
    went : paths of what went, items and parts of items
    found : what can neither stay nor go
    """

    def __init__(self, low: Node, high: Node) -> None:
        self.went: list[Path] = []
        self.found: list[Problem] = []
        self._low, self._high = low, high
        self._nulls = list(_removed(low, high))
        self._names: dict[str, set[str]] = {space: set() for space in (*SPACES.values(), "grade")}
        for section, name in self._nulls:
            self._names[SPACES.get(section, "grade")].add(name)
        self._empty = self._emptied()

    def below(self) -> Node:
        """The tree without what goes; what the layer itself removes is still there."""
        if not self._nulls:
            return self._low
        tree = self._swept(self._low, self._high, self._names, ())
        variants = tree.get("variants")
        if variants is not None and variants.mapping is not None:
            own = self._high.get("variants")
            bodies = {}
            for name, body in variants.mapping.items():
                names = {space: set(gone) for space, gone in self._names.items()}
                bodies[name] = self._swept(body, own and own.get(name), names, ("variants", name))
            tree = _with(tree, "variants", Node(variants.place, bodies, variants.keys))
        for section in ("correlation", "correlation_of_weights"):
            tree = self._uncorrelated(tree, section)
        return tree

    def rows_left(self, rows: Node) -> Node:
        """Rows of a file that a layer below names, without those that speak of what went."""
        gone = _gone(self._names)
        return Node(rows.place, [row for row in rows.items or () if not row_is_gone(row, gone)])

    def note(self) -> Problem | None:
        """One note that lists what went."""
        if not self.went:
            return None
        whole = [path for path in self.went if len(path) == (4 if path[0] == "variants" else 2)]
        parts = [path for path in self.went if path not in whole]
        said = [", ".join(map(dotted, whole)), "parts of others: " * bool(parts) + ", ".join(map(dotted, parts))]
        removed = ", ".join(dotted((section, name)) for section, name in self._nulls if section not in _SETS.values())
        what = f"gone with {removed or ', '.join(map(dotted, self._nulls))}"
        return diagnostic(self._place(), (), f"{what}: {'; '.join(filter(None, said))}", severity="note")

    def _place(self) -> Place:
        """Of the first removal in the file; of one that is no member of a set, if there is such."""
        items = [path for path in self._nulls if path[0] not in _SETS.values()] or self._nulls
        nulls = [self._high.find(path)[0].place for path in items]
        return min(nulls, key=lambda place: (place.line, place.column))

    def _emptied(self) -> frozenset[str]:
        """``party`` or ``issue`` where the layer leaves a set without members."""
        out = []
        for each, section in _SETS.items():
            had = self._low.get(section)
            mine = self._high.get(section)
            left = set((had.mapping if had is not None else None) or ()) - self._names["member"]
            added = (
                {n for n, node in (mine.mapping or {}).items() if node.value is not None} if mine is not None else set()
            )
            if any(s == section for s, _ in self._nulls) and not left | added:
                out.append(each)
        return frozenset(out)

    def _swept(self, low: Node, high: Node | None, names: dict[str, set[str]], at: Path) -> Node:
        """A document, or a variant's body, without what goes; enters the names that go with it."""
        while True:
            before = sum(map(len, names.values()))
            went, found = len(self.went), len(self.found)
            tree = low
            for section, node in (low.mapping or {}).items():
                own = high.get(section) if high is not None else None
                if node.mapping is not None and not (own is not None and own.mapping is None):
                    tree = _with(tree, section, self._section(section, node, own, names, at))
            if sum(map(len, names.values())) == before:
                return tree
            del self.went[went:], self.found[found:]

    def _section(self, section: str, node: Node, own: Node | None, names: dict[str, set[str]], at: Path) -> Node:
        gone = _gone(names)
        space = "question" if section == "resolution" else SPACES.get(section, "")
        entries: dict[str, Node] = {}
        for name, item in (node.mapping or {}).items():
            path = (*at, section, name)
            mine = own.get(name) if own is not None else None
            whole = mine is not None and (mine.mapping is None or section in (*_ASKED, "interventions"))
            if whole or (not at and (section, name) in self._nulls):
                entries[name] = item
            elif (section == "resolution" or "." in name or at) and gone(name, space):
                self.went.append(path)
            elif section in _ASKED and (asks_of(section, item, gone) or self._memberless(item)):
                self._goes(path, mine, space, names)
            elif section in _SPOKEN:
                left = self._item(section, item, mine, names, path)
                if left is not None:
                    entries[name] = left
            else:
                entries[name] = item
        return Node(node.place, entries, {n: node.keys[n] for n in entries})

    def _memberless(self, item: Node) -> bool:
        each = item.get("each")
        said = [] if each is None else [n.value for n in each.items] if each.items is not None else [each.value]
        return bool(self._empty.intersection(map(str, said)))

    def _item(self, section: str, item: Node, mine: Node | None, names: dict[str, set[str]], path: Path) -> Node | None:
        """An item without what it says of what is gone; None where it goes."""
        if self._memberless(item):
            self._goes(path, mine, SPACES.get(section, ""), names)
            return None
        out = stripped(section, item, mine, _gone(names))
        if out.needs is not None:
            if "." in path[-1] and len(path) == 2:
                self._lost((*path, *out.needs), "names what is removed, and one member cannot go without the others")
                return out.node
            self._goes(path, mine, SPACES.get(section, ""), names)
            return None
        for part in out.denies:
            self._lost((*path, *part), "counts where what is removed has not happened, and would always count")
        self.went += [(*path, *part) for part in out.parts]
        return out.node

    def _goes(self, path: Path, mine: Node | None, space: str, names: dict[str, set[str]]) -> None:
        self.went.append(path)
        if space and "." not in path[-1]:
            names[space].add(path[-1])
        if mine is not None and not only_nulls(mine):
            message = (
                f"'{path[-1]}' goes with what is removed, since it cannot be without it; nothing is left to change"
            )
            hint = "restate what it depends on, or remove it too"
            self.found.append(diagnostic(mine.place, path, message, hint))

    def _lost(self, path: Path, message: str) -> None:
        node, _ = self._low.find(path)
        said = f"{dotted(path)} ({node.place.source.name}:{node.place.line}) {message}; restate it, or remove it too"
        self.found.append(diagnostic(self._place(), (), said))

    def _uncorrelated(self, tree: Node, section: str) -> Node:
        """Correlations of variables that are there, and of numbers that stand where they stood."""
        node, own = tree.get(section), self._high.get(section)
        if node is None or node.items is None or own is not None:
            return tree
        gone = _gone(self._names)

        def left(name: object) -> bool:
            if section == "correlation":
                return not gone(name, "level")
            path = tuple(str(name).split("/"))
            if len(path) > 1 and (SPACES.get(path[0]) and gone(path[1], SPACES[path[0]])):
                return False
            return tree.find(path)[0].plain() == self._low.find(path)[0].plain()

        kept = []
        for i, item in enumerate(node.items):
            between = item.get("between")
            if all(left(name.value) for name in (between.items if between is not None else None) or ()):
                kept.append(item)
            else:
                self.went.append((section, str(i), "between"))
        return tree if len(kept) == len(node.items) else _with(tree, section, Node(node.place, kept))


def _removed(low: Node, high: Node) -> Iterator[tuple[str, str]]:
    """Section and name of every entry that a layer removes and that others may speak of."""
    for section in SPACES:
        had, own = low.get(section), high.get(section)
        if had is None or had.mapping is None or own is None:
            continue
        for name in had.mapping:
            mine = own.get(name)
            if "." not in name and (own.value is None or (mine is not None and mine.value is None)):
                yield section, name
    grades = [tree.find(("scale", "grades")) for tree in (low, high)]
    if all(found == ("scale", "grades") for _, found in grades):
        for name, node in (grades[1][0].mapping or {}).items():
            if node.value is None and grades[0][0].get(name) is not None:
                yield "scale/grades", name


def _gone(names: dict[str, set[str]]) -> Gone:
    def gone(name: object, space: str) -> bool:
        if not isinstance(name, str):
            return False
        root, *suffix = name.strip().split(".")
        return root in names.get(space, ()) or any(word in names["member"] for word in suffix)

    return gone


def only_nulls(node: Node) -> bool:
    """Whether a layer does no more than remove parts of an item."""
    children = list(node.children())
    return node.value is None or (bool(children) and all(only_nulls(child) for _, child in children))


def _with(node: Node, key: str, value: Node) -> Node:
    return Node(node.place, {**(node.mapping or {}), key: value}, node.keys)
