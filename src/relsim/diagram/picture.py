"""The model as a picture, in the form asked for; SVG by Graphviz where that is installed. Floor 6."""

from __future__ import annotations

import shutil
import subprocess
from typing import Literal

from relsim.diagram.dot import dot, loop_lines
from relsim.diagram.graph import graph_of
from relsim.diagram.loops import loops_of
from relsim.diagram.mermaid import mermaid
from relsim.errors import InputError, RunError
from relsim.model import Model

Form = Literal["svg", "mermaid", "dot"]

_PATIENCE = 120
"""Seconds that Graphviz may take."""


def picture(model: Model, form: Form, outcome: str | None = None) -> str:
    """The model as a picture.

    Parameters
    ----------
    form : ``svg``, laid out by Graphviz; ``mermaid`` or ``dot``, as text
    outcome : only what this outcome hangs on

    Raises
    ------
    InputError
        The scenario has no such outcome, or Graphviz is asked for and not installed.
    RunError
        Graphviz fails.
    """
    graph = graph_of(model.scenario, outcome)
    loops = loops_of(model, graph)
    if form == "mermaid":
        return mermaid(graph, loops)
    text = dot(graph, loops)
    return _laid_out(text) if form == "svg" else text


def for_page(model: Model) -> tuple[str | None, list[str]]:
    """The picture as SVG, None where Graphviz is not installed or fails, and the loops as lines of text."""
    graph = graph_of(model.scenario)
    try:
        drawn = _laid_out(dot(graph, None))
    except (InputError, RunError):
        drawn = None
    return drawn, loop_lines(loops_of(model, graph))


def _laid_out(text: str) -> str:
    program = shutil.which("dot")
    if program is None:
        raise InputError(
            "an SVG is laid out by Graphviz, whose program 'dot' was not found: install graphviz, "
            "or take --diagram mermaid, which needs nothing"
        )
    try:
        done = subprocess.run(
            [program, "-Tsvg"], input=text.encode(), capture_output=True, timeout=_PATIENCE, check=True
        )
    except subprocess.TimeoutExpired:
        raise RunError(f"Graphviz took longer than {_PATIENCE} seconds") from None
    except subprocess.CalledProcessError as error:
        raise RunError(f"Graphviz failed: {error.stderr.decode(errors='replace').strip()}") from None
    return done.stdout.decode()
