"""JSON Schemas of every result that is saved or printed, from the dataclasses themselves. Floor 2."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from types import NoneType, UnionType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from relsim.result.asked import QuestionsReport
from relsim.result.backtest import Backtest
from relsim.result.comparison import Comparison
from relsim.result.drivers import Drivers
from relsim.result.fit import FitEvaluation, FitReport
from relsim.result.forecast import Forecast
from relsim.result.imported import Checkup, ImportReport
from relsim.result.json_text import key_of
from relsim.result.record import EventRecord
from relsim.result.scores import Scores
from relsim.result.stories import Stories
from relsim.result.track import Track
from relsim.result.tuning import Tuning
from relsim.result.watchlist import Watchlist

DIALECT = "https://json-schema.org/draft/2020-12/schema"
RESULTS: Mapping[str, type] = {
    "forecast": Forecast,
    "comparison": Comparison,
    "drivers": Drivers,
    "stories": Stories,
    "watch": Watchlist,
    "tuning": Tuning,
    "fit": FitReport,
    "fit-evaluation": FitEvaluation,
    "backtest": Backtest,
    "scores": Scores,
    "track": Track,
    "questions": QuestionsReport,
    "import": ImportReport,
    "event-record": EventRecord,
    "checkup": Checkup,
}
"""Every result by the name of its schema."""
_SIMPLE: Mapping[Any, Mapping[str, Any]] = {
    float: {"type": "number"},
    int: {"type": "integer"},
    str: {"type": "string"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
    Any: {},
}
_ATTRIBUTE = re.compile(r"^(\w+(?:, \w+)*) : (.*(?:\n {4,}.*)*)", re.MULTILINE)


def schema_of(result: type) -> dict[str, Any]:
    """The JSON Schema of a result: every key, its type and its meaning; no other key is allowed."""
    found: dict[str, Any] = {}
    root = _object(result, found)
    return {"$schema": DIALECT, "title": result.__name__, **root, "$defs": dict(sorted(found.items()))}


def _object(kind: type, found: dict[str, Any]) -> dict[str, Any]:
    """A dataclass's schema; those of the dataclasses within it are added to ``found``."""
    hints = get_type_hints(kind, include_extras=True)
    about, meanings = _documented(kind)
    properties = {}
    for field in fields(kind):
        meaning = meanings.get(field.name)
        properties[key_of(field.name)] = {
            **_schema(hints[field.name], found),
            **({"description": meaning} if meaning else {}),
        }
    return {
        "description": about,
        "type": "object",
        "properties": properties,
        "required": [key_of(field.name) for field in fields(kind) if field.default is MISSING],
        "additionalProperties": False,
    }


def _schema(kind: Any, found: dict[str, Any]) -> dict[str, Any]:
    origin, arguments = get_origin(kind), get_args(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        if kind.__name__ not in found:
            found[kind.__name__] = {}  # so that one which holds itself ends
            found[kind.__name__] = _object(kind, found)
        return {"$ref": f"#/$defs/{kind.__name__}"}
    if origin is Annotated:
        return _or_null(_schema(arguments[0], found))
    if origin is UnionType:
        (some,) = (one for one in arguments if one is not NoneType)
        return _or_null(_schema(some, found))
    if origin is tuple and arguments[-1] is not Ellipsis:
        items = [_schema(one, found) for one in arguments]
        return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _schema(arguments[1], found)}
    if origin is not None:
        return {"type": "array", "items": _schema(arguments[0], found)}
    return dict(_SIMPLE[kind])


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    if set(schema) == {"type"}:
        return {"type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def _documented(kind: type) -> tuple[str, dict[str, str]]:
    """What a dataclass's docstring says of it, and of each attribute."""
    about, _, attributes = inspect.cleandoc(kind.__doc__ or "").partition("\nAttributes\n----------\n")
    meanings = {
        name: " ".join(text.split()).replace("``", "`")
        for names, text in _ATTRIBUTE.findall(attributes)
        for name in names.split(", ")
    }
    for name, text in _said_beside(kind):
        meanings.setdefault(name, text)
    return " ".join(about.split()).replace("``", "`"), meanings


def _said_beside(kind: type) -> list[tuple[str, str]]:
    """Attributes with a text under them in the source."""
    found = re.findall(r'^    (\w+): [^\n]+\n    """(.*?)"""', inspect.getsource(kind), re.MULTILINE | re.DOTALL)
    return [(name, " ".join(text.split()).replace("``", "`")) for name, text in found]
