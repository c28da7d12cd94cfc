"""Results as JSON: one way for every file that relsim writes. Floor 2; standard library only."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Annotated, Any

from relsim.errors import CONTROLS

Undefined = Annotated[float, "null where undefined"]
"""A number that may be none: NaN or infinite inside, null in JSON."""
_ESCAPED = re.compile(f"[{''.join(chr(c) for c in CONTROLS if c >= 32)}]")
"""Control characters that JSON lets stand as they are; they occur in texts alone."""


def plain(value: Any) -> Any:
    """What json writes: dataclasses as mappings, dates in ISO form, null for what is not a number."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, tuple) and value and isinstance(value[0], float) and None not in value:
        # A daily series: one sum tells whether all are numbers.
        return value if math.isfinite(sum(value)) else [plain(item) for item in value]
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "__dataclass_fields__"):
        return {key_of(field.name): plain(getattr(value, field.name)) for field in fields(value)}
    return value


def key_of(name: str) -> str:
    """The key of a dataclass's field: a name that Python keeps for itself has an underscore behind it (``from_``)."""
    return name.removesuffix("_")


def json_lines(value: Any) -> str:
    """A dataclass as JSON, one line for each field; the same value gives the same bytes."""
    return "{\n" + ",\n".join(f"{dump(key)}: {dump(item)}" for key, item in plain(value).items()) + "\n}\n"


def dump(value: Any) -> str:
    """JSON on one line; the same value gives the same bytes."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
