"""How often such a thing came true before: a probability, a count, or a table to count in. Floor 2."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from relsim.errors import seen, suggestion
from relsim.quantity import Kind, Quantity, QuantityError, parse
from relsim.spec.fields import fault

_COUNT = ("count", "of")
_TABLE = ("from", "where", "window")
_MOST = 10**6
_WINDOW = re.compile(r"(\d{1,4}) (day|week|month|year)s?")


@dataclass(frozen=True)
class Counted:
    """It came true in ``count`` cases of ``of``."""

    count: int
    of: int
    source: str | None = None


@dataclass(frozen=True)
class InTable:
    """To be counted: whole stretches of a length before the window, and those with a row.

    Attributes
    ----------
    table : a file with a line for each case, and its date
    where : column and value that a row has to have
    window : number and unit of a stretch: (1, "year")
    """

    table: str
    where: tuple[tuple[str, str], ...]
    window: tuple[int, str]
    source: str | None = None


def _base_rate(value: Any) -> Quantity | Counted | InTable:
    if not isinstance(value, dict) or not {*_COUNT, *_TABLE} & set(value):
        try:
            return parse(value, Kind.PROBABILITY)
        except QuantityError as error:
            raise fault(error.message, error.at, error.hint, error.key) from None
    known = _COUNT if set(_COUNT) & set(value) else _TABLE
    for key in value:
        if key not in (*known, "source"):
            hint = suggestion(key, (*known, "source"))
            raise fault(f"unknown key '{key}'; {', '.join(known)} and source were expected", (key,), hint, key=True)
    for key in known:
        if key not in value and key != "where":
            raise fault(f"'{key}' is missing")
    source = value.get("source")
    if source is not None and not isinstance(source, str):
        raise fault(f"found {seen(source)}; a text was expected", ("source",))
    return _counted(value, source) if known is _COUNT else _in_table(value, source)


def read_base_rate(value: object) -> Quantity | Counted | InTable | None:
    """A base rate of plain data; None where it is none, which ``check`` says of the document."""
    try:
        return _base_rate(value)
    except PydanticCustomError:
        return None


def _counted(value: dict[str, Any], source: str | None) -> Counted:
    for key, least in (("count", 0), ("of", 1)):
        number = value[key]
        if isinstance(number, bool) or not isinstance(number, int) or not least <= number <= _MOST:
            raise fault(f"found {seen(number)}; a whole number from {least} to {_MOST:,} was expected", (key,))
    if value["count"] > value["of"]:
        raise fault(f"{value['count']} of {value['of']} is more than all", ("count",))
    return Counted(value["count"], value["of"], source)


def _in_table(value: dict[str, Any], source: str | None) -> InTable:
    if not isinstance(value["from"], str) or not value["from"].strip():
        raise fault(f"found {seen(value['from'])}; the name of a table was expected, such as summits.csv", ("from",))
    where = value.get("where") or {}
    if not isinstance(where, dict):
        raise fault(f"found {seen(where)}; column and value were expected, {{forum: G20}}", ("where",))
    for column, wanted in where.items():
        if isinstance(wanted, bool | dict | list) or wanted is None:
            raise fault(f"found {seen(wanted)}; the value of a cell was expected", ("where", column))
    found = _WINDOW.fullmatch(value["window"].strip()) if isinstance(value["window"], str) else None
    if found is None or int(found[1]) == 0:
        raise fault(f"found {seen(value['window'])}; a length was expected, such as 1 year or 90 days", ("window",))
    cells = tuple((str(column), str(wanted).strip()) for column, wanted in where.items())
    return InTable(value["from"], cells, (int(found[1]), found[2]), source)


_WHOLE = {"type": "integer", "minimum": 0, "maximum": _MOST}
_TEXT = {"type": "string"}
_SOURCE = {**_TEXT, "description": "where it comes from"}
BaseRate = Annotated[
    Quantity | Counted | InTable,
    PlainValidator(_base_rate),
    WithJsonSchema(
        {
            "description": "a probability, {count, of, source}, or {from, where, window, source}",
            "anyOf": [
                {"type": "number"},
                {"type": "string"},
                {
                    "type": "object",
                    "description": "cases in which it came true, of all",
                    "properties": {
                        "count": {**_WHOLE, "description": "cases in which it came true"},
                        "of": {**_WHOLE, "minimum": 1, "description": "all cases"},
                        "source": _SOURCE,
                    },
                    "required": ["count", "of"],
                    "additionalProperties": False,
                },
                {
                    "type": "object",
                    "description": "whole stretches before the window, and those with a row in a table",
                    "properties": {
                        "from": {**_TEXT, "description": "CSV table with a date in each row"},
                        "where": {"type": "object", "description": "column: value"},
                        "window": {**_TEXT, "description": "length of a stretch: 1 year, 6 months, 90 days"},
                        "source": _SOURCE,
                    },
                    "required": ["from", "window"],
                    "additionalProperties": False,
                },
                {"type": "object", "description": "a probability with its doubt"},
            ],
        }
    ),
]
"""How often such a thing came true before."""
