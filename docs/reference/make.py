"""Writes the reference.

``python.md`` from the docstrings of the public names, ``schema.md`` from the document's schema (``relsim.spec``) and
its ``meanings.yaml``, and the JSON Schemas of results, ``schemas/*.json``, from the dataclasses that hold them
(``relsim.result.schema``).

python docs/reference/make.py
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import python_page

from relsim.compose.schema import meanings
from relsim.result.schema import RESULTS, schema_of
from relsim.spec import json_schema

HERE = Path(__file__).parent
PAGE = HERE / "schema.md"
PYTHON = HERE / "python.md"
SCHEMAS = HERE / "schemas"

SECTIONS = {
    "Document": ("Document",),
    "window, run, pool, scale": ("Window", "Run", "Pool", "Scale"),
    "recalibration": ("PastCalibration",),
    "issues": ("Issue",),
    "variables": ("Variable", "Correlation"),
    "correlation_of_weights": ("CorrelationOfWeights",),
    "conditions": ("Condition", "Since", "While"),
    "indices": ("Index",),
    "events": ("Event", "Excitation", "Codes", "Act"),
    "requires, unless, odds_if": ("Clause", "OddsClause"),
    "calendar": ("Entry", "Otherwise"),
    "history": ("History", "Span", "Observed", "Circa", "SourceText", "Judgement"),
    "interventions": ("OneDay", "Cancel", "Force", "Multiply"),
    "outcomes": (
        *("Happens", "InForce", "Value", "Change", "InGrade", "Stays"),
        *("Sequence", "All", "AnyOf", "NoneOf", "Not"),
    ),
    "quantities": ("CountOf", "Reading", "DaysOf", "First"),
    "resolution": ("Resolution",),
}
"""Headings of the page, and the models under each."""
INNER = {"Body", "NoIntervention", "NoMeasure", "NoPredicate"}
"""Models that the page says nothing of: they serve messages, or repeat another."""
NAMED = {
    "Variable": "each of `variables`",
    "Condition": "each of `conditions`",
    "Event": "each of `events`",
    "Entry": "each of `calendar`",
    "History": "each of `history`; a chronicle's file has the same keys up to `judgements`",
    "Since": "under `initially`",
    "While": "under `while`",
    "Excitation": "under `excited_by: NAME`",
    "Codes": "under `codes`",
    "Act": "under `codes: act`",
    "Clause": "`{NAME: {…}}`",
    "OddsClause": "under `odds_if: NAME`",
    "Otherwise": "under `otherwise`",
    "Correlation": "each of `correlation`",
    "CorrelationOfWeights": "each of `correlation_of_weights`",
    "Span": "under `covers`",
    "Observed": "each of `events`",
    "Circa": "under `on`",
    "SourceText": "under `source`",
    "Judgement": "each of `judgements`",
    "OneDay": "on one day",
    "Multiply": "rates for a while",
    "Window": "`window`",
    "Run": "`run`",
    "Scale": "`scale`",
}
QUESTIONS = ("each", "title", "criteria", "source", "void_if", "base_rate", "opened", "crowd", "built_in")
HEAD = """\
# The document

One document type: model, weights file, scenario. YAML 1.2, read by one loader; every mapping merges by key over the
layers below (`extends`, the file, `--weights`, `--variant`, `--set`), and `key: null` removes what a layer below
states, with [all that it says of it](../how-to/write-a-scenario.md#remove-what-you-inherit). An unknown key is an
error. [Write a scenario](../how-to/write-a-scenario.md) shows all of it at work;
`relsim schema` prints this page's source as JSON Schema, for editors.

A **number** is written plain, as a range `a to b` (5 to 95 %), as `m ± s` (mean and standard deviation), as
`{value, source, note}`, or in full as a family; rates and durations have a unit. See
[weights and doubt](../how-to/weights-and-doubt.md#numbers).

This page is written by `docs/reference/make.py`.
"""


def page() -> str:
    """The text of ``schema.md``."""
    schema = json_schema()
    models = {"Document": schema, **schema["$defs"]}
    told = meanings()
    _complete(models, told)
    parts = [HEAD]
    for heading, names in SECTIONS.items():
        parts.append(f"## {heading}\n")
        if heading in ("outcomes", "quantities"):
            common = ", ".join(f"`{key}`" for key in QUESTIONS)
            parts.append(f"Each of the forms below may also have {common}.\n")
            if heading == "outcomes":
                parts.append("Where an outcome is expected, the name of another may stand.\n")
        for name in names:
            if len(names) > 1:
                parts.append(f"**{_caption(name, models[name])}**\n")
            parts.append("\n".join(_table(name, models, told, heading)) + "\n")
    return "\n".join(parts)


def _caption(name: str, model: Mapping[str, Any]) -> str:
    if name in NAMED:
        return NAMED[name][0].upper() + NAMED[name][1:]
    forms = [key for key in model.get("required", ()) if key not in ("on", "is", "for")]
    return f"`{forms[0]}`" if forms else name


def _table(name: str, models: Mapping[str, Any], meanings: Mapping[str, Any], heading: str) -> Iterator[str]:
    yield "| key | value | meaning |"
    yield "|---|---|---|"
    keys = models[name]["properties"]
    first = (*models[name].get("required", ()), "relsim", "extends")
    for key in sorted(keys, key=lambda k: k not in first):
        value = keys[key]
        if heading in ("outcomes", "quantities") and key in QUESTIONS:
            continue
        meaning = meanings.get(name, {}).get(key) or meanings["any"][key]
        yield f"| `{key}` | {_kind(value, models)} | {meaning} |"


def _kind(value: Mapping[str, Any], models: Mapping[str, Any]) -> str:
    """What may stand there, in words."""
    options = [v for v in value.get("anyOf", value.get("oneOf", [])) if v.get("type") != "null"]
    if "description" in value and "$ref" not in value:
        return str(value["description"])
    if "$ref" in value:
        return _of(value["$ref"].rsplit("/", 1)[1])
    if options:
        return " or ".join(dict.fromkeys(kind for v in options if (kind := _kind(v, models))))
    if "enum" in value:
        return ", ".join(f"`{v}`" for v in value["enum"] if not isinstance(v, bool))
    if "const" in value:
        return f"`{value['const']}`"
    kind = value.get("type")
    if kind == "array":
        pair = value.get("maxItems") == 2 and "enum" not in value["items"]
        return "[first, last]" if pair else "a list"
    if kind == "object":
        inner = value.get("additionalProperties")
        return f"{{name: {_kind(inner, models)}}}" if isinstance(inner, dict) else "a mapping"
    if kind == "integer":
        return f"a whole number, {value.get('minimum', 0)} or more"
    return {"string": "text", "number": "a plain number", "boolean": "true or false"}.get(str(kind), "any")


def _of(name: str) -> str:
    """A model as a kind of value, with the heading that tells of it."""
    heading = next((h for h, names in SECTIONS.items() if name in names), None)
    if heading is None:
        return "a document's sections" if name == "Body" else ""
    anchor = heading.replace(", ", "-").replace(" ", "-")
    shown = {
        "outcomes": "an outcome",
        "quantities": "a quantity",
        "interventions": "an intervention",
    }.get(heading, "see")
    return f"[{shown}](#{anchor})" if shown != "see" else f"[a mapping](#{anchor})"


def _complete(models: Mapping[str, Any], meanings: Mapping[str, Any]) -> None:
    """Refuse keys without a meaning, and meanings without a key."""
    told = {name for names in SECTIONS.values() for name in names}
    if missing := set(models) - told - INNER:
        raise SystemExit(f"no heading tells of {', '.join(sorted(missing))}")
    for name in told:
        for key in models[name]["properties"]:
            if key not in meanings.get(name, {}) and key not in meanings["any"]:
                raise SystemExit(f"meanings.yaml: {name}: no line for '{key}'")
    for name, keys in meanings.items():
        for key in keys if name in models else ():
            if key not in models[name]["properties"]:
                raise SystemExit(f"meanings.yaml: {name}: the schema has no '{key}'")


def schemas() -> dict[str, str]:
    """The text of each file of ``schemas/``, by its name."""
    return {
        f"{name}.json": json.dumps(schema_of(kind), indent=1, ensure_ascii=False) + "\n"
        for name, kind in RESULTS.items()
    }


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    PYTHON.write_text(python_page.page(), encoding="utf-8")
    SCHEMAS.mkdir(exist_ok=True)
    for old in SCHEMAS.iterdir():
        old.unlink()
    for name, text in schemas().items():
        (SCHEMAS / name).write_text(text, encoding="utf-8")
