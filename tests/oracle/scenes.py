"""Small scenarios for tests, written as the YAML that a user would write."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from relsim.scenario import Scenario


def scene(text: str, **how: bool) -> Scenario:
    """Load a scenario from YAML text; the format line and one quantity are added where missing."""
    from relsim.compose import load

    if "relsim:" not in text:
        text = "relsim: 1\n" + text
    if "outcomes:" not in text and "quantities:" not in text:
        text += f"\nquantities: {{at_end: {{value: x, on: {last_day(text)}}}}}\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.yaml"
        path.write_text(text)
        scenario = load(path, **how).scenario
    assert scenario is not None
    return scenario


def last_day(text: str) -> str:
    """The window's end, as written in flow style."""
    return text.split("end:", 1)[1].split("}", 1)[0].split(",", 1)[0].strip()


def written(value: object) -> str:
    """Plain data as YAML in flow style; strings stay plain where they can (dates, ``3 per month``)."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(written(v) for v in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(value, ".10g")
    if isinstance(value, (int, date)):
        return str(value)
    return str(value)


def document(sections: dict[str, object]) -> str:
    """A whole document, one section a line."""
    return "\n".join(f"{name}: {written(value)}" for name, value in sections.items())
