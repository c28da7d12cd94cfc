"""The document's JSON Schema for editors: it accepts whatever ``validate`` accepts, and tells what each key means.

Floor 3. ``spec`` knows the kinds of values; what the keys mean stands in ``spec/meanings.yaml``, which the reference
page is made from too; that a mapping merged by key may remove an entry follows from the shape of the document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from relsim.compose.nodes import Source
from relsim.compose.reader import read
from relsim.spec import json_schema

Schema = dict[str, Any]

_NULL: Schema = {"type": "null"}
_WHOLE = {"OneDay", "Multiply"}
"""Models that are replaced whole, so that no null removes anything inside them."""
_UNSPOKEN = {"NoPredicate", "NoMeasure", "NoIntervention"}
"""Models that take what is at fault, to say why."""
_IN_FULL = "NumberInFull"


def meanings() -> Mapping[str, Mapping[str, str]]:
    """What each key means: model of the schema, or ``any`` → key → one line."""
    file = files("relsim.spec") / "meanings.yaml"
    root, found = read(Source("meanings.yaml"), file.read_text(encoding="utf-8"))
    if root is None or found:
        raise AssertionError(found)
    return root.plain()  # type: ignore[return-value]


def document_schema() -> Schema:
    """JSON Schema of the document, with a description for every key."""
    schema = json_schema()
    told = meanings()
    models = {"Document": schema, **schema["$defs"]}
    for name in _UNSPOKEN:
        schema["$defs"].pop(name, None)
    for name, model in models.items():
        for key, value in model.get("properties", {}).items():
            line = told.get(name, {}).get(key) or told["any"].get(key) or told["Document"].get(key, "")
            model["properties"][key] = _property(value, line, name not in _WHOLE)
        model.pop("description", None)
    schema["description"] = "A relsim document: model, weights file and scenario alike."
    schema["$defs"][_IN_FULL] = _in_full(told[_IN_FULL])
    schema["required"] = ["relsim"]
    return schema


def _property(value: Schema, line: str, removable: bool) -> Schema:
    """A key with its meaning; ``null`` removes an entry of a mapping of names."""
    out = _plain(value, removable)
    kind = out.pop("description", "")
    for noise in ("title", "default"):
        out.pop(noise, None)
    return {"description": f"{line} ({kind})" if kind and line else line or kind, **out}


def _plain(value: Schema, removable: bool) -> Schema:
    """A value's schema without what editors do not need, forms that take problems left out."""
    out: Schema = {}
    for key, inner in value.items():
        if key in ("anyOf", "oneOf"):
            forms = [_plain(form, removable) for form in inner if not _serves_messages(form)]
            out["anyOf"] = [form for form in forms if form != _NULL] + [_NULL] * (_NULL in forms)
        elif key == "additionalProperties" and isinstance(inner, dict):
            entry = _plain(inner, removable)
            out[key] = {"anyOf": [entry, _NULL]} if removable and not _is_null(entry) else entry
        elif key == "items" and isinstance(inner, dict):
            out[key] = _plain(inner, False)
        elif key not in ("discriminator", "propertyNames"):
            out[key] = inner
    if out == {"type": "object"}:
        return {"$ref": f"#/$defs/{_IN_FULL}"}
    return out


def _is_null(value: Schema) -> bool:
    return value == _NULL or any(map(_is_null, value.get("anyOf", ())))


def _serves_messages(form: Schema) -> bool:
    return str(form.get("$ref", "")).rsplit("/", 1)[-1] in _UNSPOKEN


def _in_full(lines: Mapping[str, str]) -> Schema:
    """A number written as a mapping."""
    number: Schema = {"anyOf": [{"type": "number"}, {"type": "string"}, {"$ref": f"#/$defs/{_IN_FULL}"}]}
    families = {
        "normal": ("mean", "sd"),
        "lognormal": ("median", "sigma"),
        "logit_normal": ("median", "sigma"),
        "beta": ("alpha", "beta"),
        "uniform": ("low", "high"),
        "triangular": ("low", "mode", "high"),
    }
    keys: Schema = {key: {"description": lines[key], **number} for key in ("value", "in_all")}
    for family, parts in families.items():
        inner = {part: {"description": lines[part], "type": "number"} for part in parts}
        keys[family] = _closed(lines[family], inner, list(parts))
    weight = {"description": lines["weight"], "type": "number"}
    choice = {"value": {"description": lines["value"], **number}, "weight": weight}
    choice |= {key: {"description": lines[key], "type": "string"} for key in ("source", "note")}
    keys["choice"] = {
        "description": lines["choice"],
        "type": "array",
        "minItems": 1,
        "items": _closed(lines["choice"], choice, ["value", "weight"]),
    }
    keys |= {key: {"description": lines[key], "type": "string"} for key in ("unit", "source", "note")}
    return _closed(lines["self"], keys, [])


def _closed(description: str, properties: Schema, required: list[str]) -> Schema:
    out: Schema = {"description": description, "type": "object", "additionalProperties": False}
    out["properties"] = properties
    return {**out, "required": required} if required else out


def undescribed(schema: Schema, path: str = "") -> Iterator[str]:
    """Paths of keys without a description."""
    for key, value in schema.items():
        if key == "properties":
            for name, inner in value.items():
                if not inner.get("description"):
                    yield f"{path}/{name}"
        if isinstance(value, dict):
            yield from undescribed(value, f"{path}/{key}")
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    yield from undescribed(item, f"{path}/{key}")
