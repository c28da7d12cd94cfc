"""Whose question each is, and which come first. Floor 3.

A reader's own questions lead: those that the file that is run states, or its variant or a setting, in file order;
what is inherited follows, a built-in model's last. Questions of a built-in model bear a mark, so that they are known
as such when the resolved document is run again.
"""

from __future__ import annotations

from collections.abc import Iterable

from relsim.compose.layers import BUILT_IN, built_in
from relsim.compose.nodes import Node

SECTIONS = ("outcomes", "quantities")
MARK = "built_in"


def own_first(root: Node, own: Iterable[Node]) -> Node:
    """A merged document with its own questions first.

    Parameters
    ----------
    own : the documents and bodies of variants whose questions are the reader's own, in order
    """
    stated = list(own)
    entries = dict(root.mapping or {})
    for section in SECTIONS:
        node = entries.get(section)
        if node is None or node.mapping is None:
            continue
        items = node.mapping
        first = [name for body in stated if (part := body.get(section)) is not None for name in part.mapping or ()]
        inherited = sorted(items, key=lambda name: _is_built_in(items[name]))  # stable: each kind as it stood
        names = dict.fromkeys([*(name for name in first if name in items), *inherited])
        entries[section] = Node(node.place, {name: _marked(items[name]) for name in names}, node.keys)
    return Node(root.place, entries, root.keys)


def _is_built_in(item: Node) -> bool:
    """Whether a built-in model states it, or a resolved document says that one did."""
    source, mark = item.place.source, item.get(MARK)
    stated = source.name in BUILT_IN and source.location == built_in(source.name)
    return stated or (mark is not None and mark.value is True)


def _marked(item: Node) -> Node:
    if item.mapping is None or not _is_built_in(item):
        return item
    return Node(item.place, {**item.mapping, MARK: Node(item.place, True)}, {**item.keys, MARK: item.place})
