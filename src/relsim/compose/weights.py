"""Numbers → the text of a weights file: an ordinary layer that holds only what differs. Floor 3.

A layer merges key by key down to what is replaced whole: a number, an intervention, a list. For a number inside
such a whole (``events/x/excited_by/0/y/events``) the whole is written, with the document's own other parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relsim.compose.nodes import Node, node_of
from relsim.compose.render import text_of
from relsim.errors import suggestion
from relsim.quantity import Quantity, written
from relsim.spec import Document, Shape, shape_of

_CORRELATIONS = "correlation_of_weights"


def weights_text(
    root: Node,
    numbers: Mapping[str, Quantity],
    correlations: Mapping[tuple[str, str], float] | None = None,
    *,
    heading: str = "",
    digits: int | None = None,
) -> str:
    """A weights file that sets ``numbers`` in the document that it is laid over.

    Parameters
    ----------
    root : the document (``Loaded.root``)
    numbers : by path in the file, keys joined by ``/``; their ``source`` and ``note`` are written too
    correlations : of pairs of ``numbers``; pairs of the document that are not both among ``numbers`` are carried
        over, since a list is replaced whole. None leaves the document's as they are.
    heading : comment at the top of the file
    digits : significant digits; without it the file gives exactly these numbers

    Raises
    ------
    KeyError
        If a path leads into a list or an item that the document does not have.
    """
    data: dict[str, Any] = {"relsim": 1}
    wholes: dict[tuple[str, ...], object] = {}
    for path, quantity in numbers.items():
        _put(data, wholes, root, path, written(quantity, digits))
    if correlations is not None:
        pairs: list[object] = [{"between": list(pair), "value": value} for pair, value in correlations.items()]
        pairs += _others(root, set(numbers))
        if pairs or root.get(_CORRELATIONS) is not None:
            data[_CORRELATIONS] = pairs
    return layer_text(data, heading=heading)


def layer_text(data: Mapping[str, Any], *, heading: str = "") -> str:
    """The text of a document, sections in the format's order, under a comment."""
    shape = shape_of(Document)
    assert shape is not None
    ordered = {key: data[key] for key in shape.keys if key in data}
    comment = "".join(f"# {line}".rstrip() + "\n" for line in heading.splitlines())
    return comment + text_of(node_of({"relsim": 1} | ordered))


def settings_of_numbers(root: Node, numbers: Mapping[str, Quantity]) -> dict[str, object]:
    """Values that set ``numbers`` in a document, by the paths down to which layers merge.

    Raises
    ------
    KeyError
        If a path leads into a list or an item that the document does not have.
    """
    values: dict[str, object] = {}
    for path, quantity in numbers.items():
        keys = tuple(path.split("/"))
        depth = _mergeable(root, keys)
        whole = "/".join(keys[:depth])
        data: dict[str, Any] = {}
        wholes: dict[tuple[str, ...], object] = {keys[:depth]: values[whole]} if whole in values else {}
        _put(data, wholes, root, path, written(quantity))
        if depth == len(keys):
            for key in keys[:-1]:
                data = data[key]
            values[whole] = data[keys[-1]]
        else:
            values[whole] = wholes[keys[:depth]]
    return values


def _put(data: dict[str, Any], wholes: dict[tuple[str, ...], object], root: Node, path: str, value: object) -> None:
    """Set the number at a path, merged as far as layers merge, and as part of its whole from there on."""
    keys = tuple(path.split("/"))
    depth = _mergeable(root, keys)
    target: Any = data
    for key in keys[: depth - 1]:
        target = target.setdefault(key, {})
    if depth == len(keys):
        target[keys[-1]] = value
        return
    whole = keys[:depth]
    if whole not in wholes:
        node, found = root.find(whole)
        if found != whole:
            raise KeyError(_missing(node, path, found, whole))
        wholes[whole] = target[whole[-1]] = node.plain()
    inner: Any = wholes[whole]
    for i, key in enumerate(keys[depth:], depth):
        at: Any = int(key) if isinstance(inner, list) else key
        if i == len(keys) - 1:
            inner[at] = value
        elif isinstance(inner, list) or at in inner:
            inner = inner[at]
        else:
            raise KeyError(_missing(root.find(whole)[0], path, keys[:i], keys))


def _mergeable(root: Node, keys: tuple[str, ...]) -> int:
    """How many keys of a path layers merge by; the value behind the last of them is replaced whole."""
    shape: Shape | None = shape_of(Document)
    node: Node | None = root
    for depth, key in enumerate(keys):
        if shape is None or (node is not None and node.items is not None):
            return depth
        shape = shape.child(key)
        node = node.get(key) if node is not None else None
    return len(keys)


def _missing(node: Node, path: str, found: tuple[str, ...], wanted: tuple[str, ...]) -> str:
    near = suggestion(wanted[len(found)], list(node.keys)) if len(found) < len(wanted) else ""
    return f"the document has no '{path}'" + (f"; {near}" if near else "")


def _others(root: Node, numbers: set[str]) -> list[object]:
    """Pairs of the document that are not both among the numbers written."""
    node = root.get(_CORRELATIONS)
    pairs: Any = node.plain() if node is not None else []
    return [pair for pair in pairs if not set(pair["between"]) <= numbers]
