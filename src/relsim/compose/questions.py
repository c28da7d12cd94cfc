"""Whose question each is, and which come first. Floor 3.

A reader's own questions lead: those that the file that is run states, or its variant or a setting, in file order;
what is inherited follows. Questions of a built-in model bear a mark, so that they are known as such when the resolved
document is run again.
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
        first = [name for body in stated if (part := body.get(section)) is not None for name in part.mapping or ()]
        names = dict.fromkeys([*(name for name in first if name in node.mapping), *node.mapping])
        entries[section] = Node(node.place, {name: _marked(node.mapping[name]) for name in names}, node.keys)
    return Node(root.place, entries, root.keys)


def _marked(item: Node) -> Node:
    source = item.place.source
    if source.name not in BUILT_IN or source.location != built_in(source.name) or item.mapping is None:
        return item
    return Node(item.place, {**item.mapping, MARK: Node(item.place, True)}, {**item.keys, MARK: item.place})
