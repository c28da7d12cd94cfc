"""The picture in Graphviz's language. Floor 6; imports ``graph``, ``loops``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap

from relsim.diagram.graph import Arrow, Graph, Part, Shape
from relsim.diagram.loops import Loop

LOOPS_SHOWN = 12
_LINE = 24
"""Letters of a label's line."""
_LOOKS: Mapping[Shape, str] = {
    "variable": 'shape=ellipse, style=filled, fillcolor="#dbe9f6"',
    "index": 'shape=ellipse, style=filled, fillcolor="#eef4fa", peripheries=2',
    "event": 'shape=box, style="filled,rounded", fillcolor="#f7f3e8"',
    "condition": 'shape=hexagon, style=filled, fillcolor="#ece7f2"',
    "entry": 'shape=note, style=filled, fillcolor="#e9f3ea"',
    "outcome": 'shape=box, style="filled,bold", fillcolor="#fde9d9"',
}
_ORDER: tuple[Shape, ...] = ("entry", "event", "condition", "variable", "index", "outcome")
"""Columns, left to right; an arrow that leads back to the left or stays in its column does not move them."""
_COLOURS = {1.0: "#2166ac", -1.0: "#b2182b", 0.0: "#555555"}
LEGEND = (
    "Ellipses: variables and indices; rounded boxes: events; hexagons: conditions; notes: calendar entries; "
    "bold boxes: outcomes. "
    "Blue raises, red lowers, grey opens or closes a way or does either; as thick as large among its kind; "
    "dashed: a number without a source."
)


def dot(graph: Graph, loops: Sequence[Loop] | None) -> str:
    """The picture as DOT text, with its loops below unless None; what a file says stands in it as text alone."""
    greatest = greatest_of(graph)
    below = [*wrap(LEGEND, 110), *([] if loops is None else loop_lines(loops))]
    lines = [
        "digraph model {",
        '  graph [rankdir=LR, fontname="sans-serif", fontsize=14, labelloc=b, labeljust=l, nodesep=0.15, ranksep=2.2,',
        f"    label={_left([graph.title, '', *below])}];",
        '  node [fontname="sans-serif", fontsize=11, margin="0.08,0.05"];',
        '  edge [fontname="sans-serif", fontsize=9];',
    ]
    for shape in _ORDER:
        column = [part for part in graph.parts.values() if part.shape == shape]
        nodes = [f"    {part.name} [label={_quoted(_node(part))}];" for part in column]
        lines += [f"  {{ rank=same; node [{_LOOKS[shape]}];", *nodes, "  }"]
    for arrow in graph.arrows:
        ahead = _ORDER.index(graph.parts[arrow.source].shape) < _ORDER.index(graph.parts[arrow.target].shape)
        looks = _edge(arrow, greatest) + ("" if ahead else ", constraint=false")
        lines.append(f"  {arrow.source} -> {arrow.target} [{looks}];")
    return "\n".join([*lines, "}"]) + "\n"


def greatest_of(graph: Graph) -> dict[str, float]:
    """The greatest strength of each kind of arrow, which is drawn thickest."""
    out: dict[str, float] = {}
    for arrow in graph.arrows:
        out[arrow.how] = max(out.get(arrow.how, 0.0), arrow.strength)
    return out


def width_of(arrow: Arrow, greatest: Mapping[str, float]) -> float:
    """Points of a line: 1 to 4, by strength among its kind."""
    most = greatest[arrow.how]
    return 1.0 + 3.0 * arrow.strength / most if most > 0 else 1.0


def words_of(arrow: Arrow) -> str:
    """What stands at an arrow: how much, and on whose side."""
    return f"{arrow.text} (other side)" if arrow.whose == "other" else arrow.text


def loop_lines(loops: Sequence[Loop]) -> list[str]:
    """Loops as lines of text, the strongest first."""
    if not loops:
        return ["No loops."]
    rest = len(loops) - LOOPS_SHOWN
    lines = [str(loop) for loop in loops[:LOOPS_SHOWN]]
    return ["Loops, strongest first:", *lines, *([f"and {rest} weaker"] if rest > 0 else [])]


def _node(part: Part) -> str:
    several = f" ×{len(part.members)}" if len(part.members) > 1 else ""
    named = part.label if part.short == part.label else f"{part.short}: {part.label}"
    return "\n".join(wrap(named, _LINE) or [part.key]) + several


def _edge(arrow: Arrow, greatest: Mapping[str, float]) -> str:
    looks = [f'color="{_COLOURS[arrow.sign]}"', f"penwidth={width_of(arrow, greatest):.2g}"]
    looks += [f"xlabel={_quoted(words)}"] if (words := words_of(arrow)) else []
    looks += [] if arrow.sourced else ["style=dashed"]
    looks += ["arrowhead=odot"] if arrow.how in ("requires", "unless", "ends") else []
    return ", ".join(looks)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _left(lines: Sequence[str]) -> str:
    """A label of lines set to the left."""
    return '"' + "".join(_quoted(line)[1:-1] + "\\l" for line in lines) + '"'
