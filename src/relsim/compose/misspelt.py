"""Events that nothing can come of and whose names look like another's: a number set for a name misspelt. Floor 3."""

from __future__ import annotations

import re
from collections.abc import Iterator

from relsim.compose.nodes import Node
from relsim.errors import Problem, nearest

_WORDS = re.compile(r"\w+")


def misspelt_events(root: Node) -> list[Problem]:
    """A warning for each of a merged document: it has no label, no effects or no rate, and nothing speaks of it."""
    events = root.get("events")
    items = (events.mapping if events is not None else None) or {}
    idle = {name: near for name, item in items.items() if _is_idle(item) and (near := _near(name, items))}
    said = set(_said(root)) if idle else set()
    return [
        Problem(
            f"events/{name}", f"nothing can come of the new event '{name}'", key=True, hint=f"did you mean '{near}'?"
        )
        for name, near in idle.items()
        if name not in said
    ]


def _is_idle(item: Node) -> bool:
    return not any(item.get(key) for key in ("label", "codes")) and not (item.get("rate") and item.get("effects"))


def _near(name: str, items: dict[str, Node]) -> str | None:
    """The event that is said more of and whose name is like it; members' own entries are told apart by a dot."""
    if "." in name:
        return None
    return nearest(name, (other for other, item in items.items() if "." not in other and not _is_idle(item)))


def _said(root: Node) -> Iterator[str]:
    """The words of keys and texts, the names under which events stand left out."""
    for section, node in root.children():
        for _, item in node.children() if section == "events" else [("", node)]:
            yield from _words(item)


def _words(node: Node) -> Iterator[str]:
    if isinstance(node.value, str):
        yield from _WORDS.findall(node.value)
    for key, child in node.children():
        yield from _WORDS.findall(key)
        yield from _words(child)
