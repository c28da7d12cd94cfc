"""Where a document speaks of its own names, and how one is taken out of what speaks of it. Floor 3."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from relsim.compose.nodes import Node, Path, Place

SPACES = {
    **dict.fromkeys(("parties", "issues"), "member"),
    **dict.fromkeys(("variables", "indices"), "level"),
    **dict.fromkeys(("events", "calendar", "conditions"), "happening"),
    **dict.fromkeys(("outcomes", "quantities"), "question"),
}
"""Sections that define names, and the name space of each."""

Gone = Callable[[object, str], bool]
"""Whether a name of a space is gone."""

_CLAUSES = (("requires",), ("unless",))
_MENTIONS: dict[str, tuple[tuple[Path, str, str], ...]] = {
    "variables": ((("pull",), "keys", "level"),),
    "conditions": (
        (("begins",), "names", "happening"),
        (("ends",), "names", "happening"),
        (("while", "baseline"), "keys", "level"),
        (("while", "rates"), "keys", "happening"),
    ),
    "indices": ((("weights",), "keys", "level"),),
    "events": (
        (("rate_ratio",), "keys", "level"),
        (("excited_by",), "keys", "happening"),
        (("effects",), "keys", "level"),
        *((path, "clauses", "happening") for path in _CLAUSES),
    ),
    "calendar": (
        (("after",), "names", "happening"),
        (("at",), "keys", "level"),
        (("odds_ratio",), "keys", "level"),
        (("odds_if",), "clauses", "happening"),
        *((path, "clauses", "happening") for path in _CLAUSES),
        (("event",), "name", "happening"),
        (("effects",), "keys", "level"),
        (("otherwise", "event"), "name", "happening"),
        (("otherwise", "effects"), "keys", "level"),
    ),
    "interventions": (
        *(((key,), "name", "happening") for key in ("event", "cancel", "force")),
        *(((key,), "keys", "level") for key in ("shift", "set")),
        (("rates",), "keys", "happening"),
    ),
    "history": ((("types",), "names", "happening"), (("events",), "rows", "happening")),
}
"""By section: where in an item names stand, in which form, and of which space."""
_NEEDED = {
    ("conditions", "begins"),
    ("calendar", "after"),
    ("indices", "weights"),
    *(("interventions", key) for key in ("event", "cancel", "force", "shift", "set", "rates")),
}
"""Parts without which an item goes, once nothing is left of them."""
_ASKED = {
    **dict.fromkeys(("happens", "count", "in_force", "sequence"), "happening"),
    **dict.fromkeys(("value", "change", "grade", "stays", "days"), "level"),
    **dict.fromkeys(("all", "any", "none", "not", "first"), "question"),
    "is": "grade",
}


@dataclass
class Stripped:
    """An item without what it says of names that are gone.

    Attributes
    ----------
    parts : paths, within the item, of what was taken out
    needs : the path of what it cannot be without, and has lost
    denies : paths of clauses that hold where what is gone has *not* happened
    """

    node: Node
    parts: list[Path] = field(default_factory=list)
    needs: Path | None = None
    denies: list[Path] = field(default_factory=list)


def asks_of(section: str, item: Node, gone: Gone) -> bool:
    """Whether an outcome or a quantity names anything that is gone."""
    return any(gone(name, space) for name, space in _asked(item, "question" if section == "outcomes" else ""))


def _asked(node: Node, space: str) -> Iterator[tuple[object, str]]:
    if node.mapping is not None:
        for key, child in node.mapping.items():
            if key in _ASKED:
                yield from _asked(child, _ASKED[key])
    elif node.items is not None:
        for child in node.items:
            yield from _asked(child, space)
    elif space:
        yield node.value, space


def stripped(section: str, item: Node, own: Node | None, gone: Gone) -> Stripped:
    """An item without what it says of names that are gone, save where ``own``, laid over it, says it anew."""
    out = Stripped(item)
    for path, form, space in _MENTIONS.get(section, ()):
        there, found = out.node.find(path)
        if found != path or _said_anew(own, path):
            continue
        mine = own.find(path)[0] if own is not None and own.find(path)[1] == path else None
        left = _FORMS[form](there, mine, space, gone, path, out)
        if left is there:
            continue
        if left is None and (section, path[0]) in _NEEDED and not (path == ("begins",) and _holds(item, own)):
            out.needs = out.needs or path
        out.node = _set(out.node, path, left)
    return out


def _holds(item: Node, own: Node | None) -> bool:
    """Whether a condition is in force from the start, so that it need not begin."""
    node = (own.get("initially") if own is not None else None) or item.get("initially")
    return node is not None and bool(node.value)


def _said_anew(own: Node | None, path: Path) -> bool:
    """Whether a layer replaces or takes away what stands at a path."""
    for key in path:
        own = own.get(key) if own is not None else None
        if own is None:
            return False
        if own.mapping is None:
            return True
    return False


def _set(node: Node, path: Path, value: Node | None) -> Node:
    """The same tree with another value at a path; None leaves it out."""
    entries, keys = dict(node.mapping or {}), dict(node.keys)
    inner = _set(entries[path[0]], path[1:], value) if len(path) > 1 else value
    if inner is None:
        del entries[path[0]], keys[path[0]]
    else:
        entries[path[0]] = inner
    return Node(node.place, entries, keys)


def _name(node: Node, own: Node | None, space: str, gone: Gone, at: Path, out: Stripped) -> Node | None:
    if not gone(node.value, space):
        return node
    out.parts.append(at)
    return None


def _names(node: Node, own: Node | None, space: str, gone: Gone, at: Path, out: Stripped) -> Node | None:
    if node.items is None:
        return _name(node, own, space, gone, at, out)
    kept = [item for item in node.items if not gone(item.value, space)]
    if len(kept) == len(node.items):
        return node
    out.parts.append(at)
    return Node(node.place, kept) if kept else None


def _keys(node: Node, own: Node | None, space: str, gone: Gone, at: Path, out: Stripped) -> Node | None:
    """A mapping by names, or a list of such; of names joined by ``+``, those that are left."""
    if node.items is not None:
        items = [_keys(item, None, space, gone, (*at, str(i)), out) for i, item in enumerate(node.items)]
        if all(a is b for a, b in zip(items, node.items, strict=True)):
            return node
        kept = [item for item in items if item is not None]
        return Node(node.place, kept) if kept else None
    entries: dict[str, Node] = {}
    keys: dict[str, Place] = {}
    for key, child in (node.mapping or {}).items():
        left = [name for name in key.split("+") if not gone(name, space)]
        mine = own.get(key) if own is not None else None
        if len(left) < key.count("+") + 1 and not (mine is not None and mine.mapping is None):
            out.parts.append((*at, key))
            key, place = "+".join(left).strip(), node.keys[key]
        else:
            place = node.keys[key]
        if key:
            entries[key], keys[key] = child, place
    if list(entries) == list(node.mapping or {}):
        return node
    return Node(node.place, entries, keys) if entries else None


def _clauses(node: Node, own: Node | None, space: str, gone: Gone, at: Path, out: Stripped) -> Node | None:
    """Clauses of ``requires``, ``unless`` or ``odds_if``, in any of their forms."""

    def judged(name: object, clause: Node | None, path: Path) -> bool:
        """Whether a clause stays."""
        level = clause is not None and (clause.get("above") or clause.get("below")) is not None
        if not gone(name, "level" if level else space):
            return True
        denied = clause is not None and (said := clause.get("not")) is not None and bool(said.value)
        if at == ("requires",) and not denied:
            out.needs = out.needs or path
        elif at != ("requires",) and denied:
            out.denies.append(path)
        out.parts.append(path)
        return False

    if node.mapping is not None:
        entries = {
            name: clause
            for name, clause in node.mapping.items()
            if (own is not None and (mine := own.get(name)) is not None and mine.mapping is None)
            or judged(name, clause, (*at, name))
        }
        if len(entries) == len(node.mapping):
            return node
        return Node(node.place, entries, {n: node.keys[n] for n in entries}) if entries else None
    if node.items is None:
        return node if judged(node.value, None, at) else None
    kept = []
    for i, item in enumerate(node.items):
        pairs = list(item.mapping.items()) if item.mapping is not None else [(item.value, None)]
        left = [judged(name, clause, (*at, str(i))) for name, clause in pairs]
        if all(left):
            kept.append(item)
    if len(kept) == len(node.items):
        return node
    return Node(node.place, kept) if kept else None


def _rows(node: Node, own: Node | None, space: str, gone: Gone, at: Path, out: Stripped) -> Node | None:
    """Observed events: those that name nothing that is gone."""
    kept = [row for row in node.items or () if not row_is_gone(row, gone)]
    if node.items is None or len(kept) == len(node.items):
        return node
    out.parts.append(at)
    return Node(node.place, kept)


def row_is_gone(row: Node, gone: Gone) -> bool:
    """Whether an observed event names an event, an entry or a member that is gone."""
    asked = (
        ("event", "happening"),
        ("entry", "happening"),
        ("by", "member"),
        ("toward", "member"),
        ("issue", "member"),
    )
    return any((cell := row.get(key)) is not None and gone(cell.value, space) for key, space in asked)


_FORMS = {"name": _name, "names": _names, "keys": _keys, "clauses": _clauses, "rows": _rows}
