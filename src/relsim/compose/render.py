"""Nodes → YAML text, for ``show`` and the run's ``scenario.yaml``. Floor 3.

Other readers of YAML, those of its version 1.1 above all, take more words for truth, numbers and dates than relsim:
what they would is quoted, so that they read the same text. A date where a date belongs stands bare.
"""

from __future__ import annotations

import json
import re

from relsim.compose.nodes import Node
from relsim.compose.reader import core_scalar

_WIDTH = 110
_SAFE = re.compile(r"[A-Za-z_][^\x00-\x1f\x7f-\x9f\ufeff\u2028\u2029]*")
_PLAIN = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?|true|false|null")
_MISTAKEN = re.compile(
    r"y|n|yes|no|on|off|true|false|null|~|=|<<|[-+]?[0-9][0-9_,.:]*|[-+]?0[box][0-9a-f_]+|[-+]?[0-9_]*\.?[0-9_]*(e[-+]?[0-9]+)?"
    r"|[-+]?\.(inf|nan)|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ Tt].*)?",
    re.IGNORECASE,
)
"""What some reader of YAML takes for truth, nothing, a number or a date."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATED = {
    *("start", "end", "as_of", "review", "on", "between", "since", "circa", "opened", "from", "to", "by", "missing"),
    *("mean_over", "highest_over", "lowest_over"),
}
"""Keys that dates stand under."""


def text_of(node: Node, origins: bool = False) -> str:
    """A document as YAML; with ``origins`` each value is followed by the file and line that set it."""
    lines: list[tuple[str, str]] = []
    _block(node, 0, lines, origins)
    if not origins:
        return "\n".join(line for line, _ in lines) + "\n"
    width = min(90, max((len(line) for line, note in lines if note and len(line) <= 90), default=0))
    return "\n".join(f"{line.ljust(width)}  # {note}" if note else line for line, note in lines) + "\n"


def _origin(node: Node) -> str:
    return f"{node.place.source.name}:{node.place.line}" if node.place.line else node.place.source.name


def _block(node: Node, indent: int, lines: list[tuple[str, str]], origins: bool, within: str = "") -> None:
    pad = "  " * indent
    if node.mapping:
        for key, child in node.mapping.items():
            head = f"{pad}{_scalar(key, None)}:"
            _entry(head, child, indent, lines, origins, key)
    elif node.items:
        for child in node.items:
            _entry(f"{pad}-", child, indent, lines, origins, within)


def _entry(head: str, child: Node, indent: int, lines: list[tuple[str, str]], origins: bool, within: str) -> None:
    """A line, or more, for what stands under ``within``, the innermost key."""
    inner = child.mapping or child.items
    single = not inner or (_shallow(child) and _one_origin(child, origins))
    if single or not inner:
        flow = _flow(child, within)
        if not inner or len(head) + len(flow) + 1 <= _WIDTH:
            lines.append((f"{head} {flow}", _origin(child)))
            return
    lines.append((head, ""))
    _block(child, indent + 1, lines, origins, within)


def _shallow(node: Node) -> bool:
    """Whether a mapping or list reads well in one line: no deeper than a number's own mapping."""
    return all(not any(c.mapping or c.items for _, c in child.children()) for _, child in node.children())


def _one_origin(node: Node, origins: bool) -> bool:
    return not origins or len({_origin(n) for n in _leaves(node)}) <= 1


def _leaves(node: Node) -> list[Node]:
    children = [c for _, c in node.children()]
    return [leaf for c in children for leaf in _leaves(c)] if children else [node]


def _flow(node: Node, within: str) -> str:
    if isinstance(node.value, dict):
        return "{" + ", ".join(f"{_scalar(k, None)}: {_flow(n, k)}" for k, n in node.value.items()) + "}"
    if isinstance(node.value, list):
        return "[" + ", ".join(_flow(item, within) for item in node.value) + "]"
    if isinstance(node.value, str) and within in _DATED and _DATE.fullmatch(node.value):
        return node.value
    return _scalar(node.value, node.text)


def _scalar(value: object, text: str | None) -> str:
    if not isinstance(value, str):
        if text is not None and _PLAIN.fullmatch(text):
            return text
        return _number(value) if isinstance(value, float) else json.dumps(value)
    if _unquoted(value):
        return value
    return _escaped(value)


def _number(value: float) -> str:
    """A number that no reader takes for text: YAML 1.1 wants a point before an exponent."""
    digits, e, power = json.dumps(value).partition("e")
    return f"{digits}.0e{power}" if e and "." not in digits else f"{digits}{e}{power}"


def _escaped(value: str) -> str:
    # YAML reads JSON's escapes; characters beyond the basic plane and odd ones must not stand raw.
    return "".join(
        c if c.isprintable() and c != "\ufeff" else json.dumps(c)[1:-1] for c in json.dumps(value, ensure_ascii=False)
    )


def _unquoted(value: str) -> bool:
    if not value or core_scalar(value) != value or value != value.strip() or _MISTAKEN.fullmatch(value):
        return False
    if not (_SAFE.fullmatch(value) or (value[0].isdigit() and value.isprintable())):
        return value[:1] == "-" and len(value) > 1 and value[1].isdigit() and _tame(value)
    return _tame(value)


def _tame(value: str) -> bool:
    return value.isprintable() and not re.search(r"[?,\[\]{}#:&*!|>'\"%@`\\]", value)
