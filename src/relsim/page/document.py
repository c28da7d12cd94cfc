"""The whole page: data, style and scripts in one file, and nothing that is fetched. Floor 6."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

from relsim.errors import InputError

SCRIPTS = ("dom", "chart", "fan", "curves", "overlays", "drivers", "stories", "run", "compared", "track")
"""Files of ``js/`` in the order in which they are read; ``report`` or the controls follow."""
_SERIES = 4
"""Decimals of a daily series: more than can be seen."""


def need_plotly() -> None:
    """Refuse to go on where plotly is not installed.

    Raises
    ------
    InputError
    """
    if find_spec("plotly") is None:
        raise InputError("--report needs plotly: pip install 'relsim[report]'")


def document(title: str, data: Mapping[str, Any], plain: str) -> str:
    """A complete HTML file.

    The policy in its head forbids every request and every script but the two that are in it, known by their digests:
    were a text of the scenario ever taken for a script, it would not run.

    Parameters
    ----------
    data : what the page is drawn from, by the name of the file that holds it in full
    plain : text for those whose browser runs no scripts
    """
    scripts = [plotly(), script("report")]
    digests = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)
    parts = {
        "policy": html.escape(
            f"default-src 'none'; script-src {digests}; style-src 'unsafe-inline'; img-src data: blob:; "
            "base-uri 'none'; form-action 'none'"
        ),
        "title": html.escape(title, quote=False),
        "style": resource("page.css"),
        "plain": html.escape(plain, quote=False),
        "data": "\n".join(
            f'<script type="application/json" data-file="{html.escape(name)}">{_json(value)}</script>'
            for name, value in data.items()
        ),
        "plotly": scripts[0],
        "page": scripts[1],
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], resource("page.html"))


def script(*last: str) -> str:
    """The page's own scripts as one, whose names stay inside it."""
    texts = [resource(f"js/{name}.js") for name in (*SCRIPTS, *last)]
    return '"use strict";\n(() => {\n' + "\n".join(texts) + "})();\n"


def plotly() -> str:
    """plotly.js as it comes with plotly."""
    from plotly.offline import get_plotlyjs

    text: str = get_plotlyjs()
    return text.replace("\r\n", "\n").replace("</script", "<\\/script")


def resource(name: str) -> str:
    """A file of this room."""
    return files("relsim.page").joinpath(name).read_text(encoding="utf-8")


def lean(result: dict[str, Any]) -> dict[str, Any]:
    """A forecast's JSON with daily series as precise as can be seen, and the window's dates once."""
    short: dict[str, Any] = rounded(result)
    for outcome in short["outcomes"].values():
        if outcome["cumulative"]["dates"] == short["dates"]:
            del outcome["cumulative"]["dates"]
    return short


def rounded(value: Any) -> Any:
    """JSON's values with series of numbers as precise as can be seen."""
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    if not isinstance(value, list | tuple):
        return value
    if all(inner is None or isinstance(inner, float) for inner in value):
        return [None if inner is None else round(inner, _SERIES) + 0.0 for inner in value]
    return [rounded(inner) for inner in value]


def _json(value: Any) -> str:
    """JSON that may stand inside a script element; the same value gives the same bytes."""
    written = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "&<>\u2028\u2029":
        written = written.replace(character, f"\\u{ord(character):04x}")
    return written
