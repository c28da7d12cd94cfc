"""The picture as Mermaid text, which needs no program: many editors and sites draw it. Floor 6; imports ``dot``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from relsim.diagram.dot import greatest_of, loop_lines, width_of, words_of
from relsim.diagram.graph import Graph, Shape
from relsim.diagram.loops import Loop

_BRACKETS: Mapping[Shape, tuple[str, str]] = {
    "variable": ("([", "])"),
    "index": ("([", "])"),
    "event": ("(", ")"),
    "condition": ("{{", "}}"),
    "entry": ("[/", "/]"),
    "outcome": ("[", "]"),
}
_FILLS: Mapping[Shape, str] = {
    "variable": "#dbe9f6",
    "index": "#eef4fa",
    "event": "#f7f3e8",
    "condition": "#ece7f2",
    "entry": "#e9f3ea",
    "outcome": "#fde9d9",
}


def mermaid(graph: Graph, loops: Sequence[Loop]) -> str:
    """The picture as a Mermaid flowchart, its loops as comments below."""
    greatest = greatest_of(graph)
    lines = ["flowchart LR"]
    for part in graph.parts.values():
        left, right = _BRACKETS[part.shape]
        lines.append(f'  {part.name}{left}"{_escaped(part.label or part.key)}"{right}:::{part.shape}')
    for arrow in graph.arrows:
        words = f'|"{_escaped(words)}"|' if (words := words_of(arrow)) else ""
        lines.append(f"  {arrow.source} -->{words} {arrow.target}")
    lines += [f"  classDef {shape} fill:{fill},stroke:#555,color:#111" for shape, fill in _FILLS.items()]
    for i, arrow in enumerate(graph.arrows):
        dashes = "" if arrow.sourced else ",stroke-dasharray:4"
        lines.append(f"  linkStyle {i} stroke-width:{width_of(arrow, greatest):.2g}px{dashes}")
    lines += [f"  %% {' '.join(line.split())}" for line in loop_lines(loops)]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    """As text for Mermaid, by character codes where it would take it for its own language or HTML."""
    return re.sub(r"[^\w .,;:+×−–—'’%/()-]", lambda found: f"#{ord(found[0])};", " ".join(text.split()))
