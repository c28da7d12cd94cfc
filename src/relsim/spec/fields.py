"""Kinds of values in the document: numbers with doubt, dates, whole days, names. Floor 2."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field, PlainValidator, StrictBool, StrictStr, WithJsonSchema
from pydantic_core import PydanticCustomError

from relsim.errors import in_one_line, seen
from relsim.events import EARLIEST, LATEST, is_believed, likely
from relsim.quantity import MOST_POINTS, Kind, Quantity, QuantityError, parse

_NAME = re.compile(r"[a-z0-9_]+")
_MEMBER = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_RESERVED = {"self", "other"}
_LONGEST = 64
"""Letters of a name."""


def fault(message: str, at: tuple[str | int, ...] = (), hint: str = "", key: bool = False) -> PydanticCustomError:
    """An error with its own words; ``at`` are keys within the value it is raised for."""
    return PydanticCustomError("fault", "{message}", {"message": message, "at": at, "hint": hint, "key": key})


def _number(kind: Kind, in_all: bool = False) -> Callable[[object], Quantity]:
    def read(value: object) -> Quantity:
        try:
            return parse(value, kind, in_all=in_all)
        except QuantityError as error:
            raise fault(error.message, error.at, error.hint, error.key) from None

    return read


def _factor(value: object) -> Quantity:
    """A factor of a rate: above 0, or 0 without doubt."""
    try:
        quantity = parse(value, Kind.NONNEGATIVE)
        if quantity.certain and quantity.central() == 0:
            return quantity
    except QuantityError:
        pass  # said better where a ratio is expected
    return _number(Kind.POSITIVE)(value)


def _schema(text: str) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}, {"type": "object"}], "description": text})


Rate = Annotated[Quantity, PlainValidator(_number(Kind.RATE, True)), _schema("a rate, such as '3 to 6 per month'")]
Excess = Annotated[Quantity, PlainValidator(_number(Kind.NONNEGATIVE, True)), _schema("extra events in all, 0 or more")]
Duration = Annotated[Quantity, PlainValidator(_number(Kind.DURATION)), _schema("a duration, such as '2 to 3 weeks'")]
Probability = Annotated[Quantity, PlainValidator(_number(Kind.PROBABILITY)), _schema("a probability, 0 to 1")]
Ratio = Annotated[Quantity, PlainValidator(_number(Kind.POSITIVE)), _schema("a ratio above 0")]
Factor = Annotated[Quantity, PlainValidator(_factor), _schema("a factor above 0, or 0: none while it is in force")]
Amount = Annotated[Quantity, PlainValidator(_number(Kind.NONNEGATIVE)), _schema("a number, 0 or more")]
Real = Annotated[Quantity, PlainValidator(_number(Kind.REAL)), _schema("a number, such as '-0.5 ± 0.2'")]


def _plain_number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        if isinstance(value, str | dict):
            _number(Kind.REAL)(value)  # says what is wrong where it is no number at all
            raise fault(f"found {seen(value)}; one plain number was expected here, without doubt")
        raise fault(f"found {seen(value)}; a number was expected")
    if not abs(value) <= MOST_POINTS:  # false for what is no number, too
        raise fault(
            f"{seen(value)} is out of range; a number from {-MOST_POINTS:,.0f} to {MOST_POINTS:,.0f} was expected"
        )
    return float(value)


_ANSWERS = {"yes": "true", "true": "true", "no": "false", "false": "false"}


def _answer(value: object) -> bool | float:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _plain_number(value)
    meant = _ANSWERS.get(value.strip().lower(), "") if isinstance(value, str) else ""
    if meant:
        raise fault(f"found {seen(value)}; true or false was expected", hint=f"did you mean {meant}?")
    raise fault(f"found {seen(value)}; true or false was expected, or of a quantity a plain number")


def _whole(least: int, most: int = 10**6) -> Callable[[object], int]:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise fault(f"found {seen(value)}; a whole number, {least} or more, was expected")
        if value > most:
            raise fault(f"{seen(value)} is out of range; a whole number from {least} to {most:,} was expected")
        return value

    return read


def _days(value: object) -> int:
    quantity = _number(Kind.DURATION)(value)
    if not quantity.certain:
        raise fault(f"found {seen(value)}; one duration was expected here, without doubt")
    return max(1, math.ceil(quantity.central() - 1e-9))


def read_date(value: object) -> date:
    """A date written 2019-05-15."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise fault(f"found {seen(value)}; a date was expected, such as 2019-05-15")
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise fault(f"{value} is not in the calendar: {error}") from None
    if not is_believed(day):
        message = f"{value} is out of range; a day from {EARLIEST} to {LATEST} was expected"
        raise fault(message, hint=likely(day))
    return day


def _date_or_start(value: object) -> date | str:
    if value == "start":
        return "start"
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise fault(f"found {seen(value)}; a date was expected, such as 2019-05-15, or 'start'")
    return read_date(value)


def _judge_length(value: str) -> None:
    for word in value.split("."):
        if len(word) > _LONGEST:
            raise fault(f"'{word[:20]}…' has {len(word)} letters; a name has at most {_LONGEST}", key=True)


def _name(value: str) -> str:
    _judge_length(value)
    if not _NAME.fullmatch(value):
        raise fault(f"'{value}' is no name: lower-case letters, digits and underscores were expected", key=True)
    if value in _RESERVED:
        raise fault(f"'{value}' is reserved for sets; another name was expected", key=True)
    return value


def _member(value: str) -> str:
    _judge_length(value)
    if not _MEMBER.fullmatch(value):
        raise fault(f"'{value}' is no name: lower-case letters, digits and underscores were expected", key=True)
    if _RESERVED & set(value.split(".")):
        raise fault(f"'{value}' cannot be defined: 'self' and 'other' are reserved for sets", key=True)
    return value


def _drift(value: object) -> bool:
    if value in ("on", "off"):
        return value == "on"
    if isinstance(value, bool):
        return value
    raise fault(f"found {seen(value)}; 'on' or 'off' was expected")


def _each(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    for i, item in enumerate(items):
        if item not in ("party", "issue"):
            raise fault(
                f"found {seen(item)}; 'party' or 'issue' was expected",
                (i,) if isinstance(value, list) else (),
            )
    if not items or len(set(items)) < len(items):
        raise fault("each set is named once; 'party', 'issue' or [party, issue] was expected")
    return tuple(items)


def _span(value: object) -> tuple[date, date]:
    if not isinstance(value, list) or len(value) != 2:
        raise fault(f"found {seen(value)}; two dates were expected, [first, last]")
    for i, item in enumerate(value):
        if not isinstance(item, str) or not _DATE.fullmatch(item):
            raise fault(f"found {seen(item)}; a date was expected, such as 2019-05-15", (i,))
        try:
            read_date(item)
        except PydanticCustomError as error:
            said = error.context or {}
            raise fault(said["message"], (i,), said["hint"]) from None
    first, last = date.fromisoformat(value[0]), date.fromisoformat(value[1])
    if last < first:
        raise fault(f"runs backwards: {last} lies before {first}", (1,))
    return first, last


def _range(value: object) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise fault(f"found {seen(value)}; two numbers were expected, [lowest, highest]")
    for i, item in enumerate(value):
        if isinstance(item, bool) or not isinstance(item, int | float) or not abs(item) <= MOST_POINTS:
            wanted = f"a number from {-MOST_POINTS:,.0f} to {MOST_POINTS:,.0f} was expected"
            raise fault(f"found {seen(item)}; {wanted}", (i,))
    if not value[0] < value[1]:
        raise fault(f"runs backwards: {value[1]} is not above {value[0]}", (1,))
    return float(value[0]), float(value[1])


def _correlation(value: object) -> float:
    number = _plain_number(value)
    if not -1 < number < 1:
        raise fault(f"{value} is out of range; a correlation lies strictly between -1 and 1")
    return number


def _version(value: object) -> int:
    if isinstance(value, bool) or value != 1 or not isinstance(value, int):
        raise fault(f"found {seen(value)}; this relsim reads format 1")
    return 1


_DATE_SCHEMA = WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$", "description": "a date"})

Plain = Annotated[float, PlainValidator(_plain_number), WithJsonSchema({"type": "number"})]
Days = Annotated[int, PlainValidator(_days), WithJsonSchema({"type": "string", "description": "a certain duration"})]
Date = Annotated[date, PlainValidator(read_date), _DATE_SCHEMA]
DateOrStart = Annotated[date | str, PlainValidator(_date_or_start), WithJsonSchema({"type": "string"})]
Dates = Annotated[
    tuple[date, date],
    PlainValidator(_span),
    WithJsonSchema({"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}),
]
Range = Annotated[
    tuple[float, float],
    PlainValidator(_range),
    WithJsonSchema({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}),
]
Correlated = Annotated[float, PlainValidator(_correlation), WithJsonSchema({"type": "number"})]
Count = Annotated[int, PlainValidator(_whole(0)), WithJsonSchema({"type": "integer", "minimum": 0})]
Positive = Annotated[int, PlainValidator(_whole(1)), WithJsonSchema({"type": "integer", "minimum": 1})]
Paths = Annotated[int, PlainValidator(_whole(1, 10**9)), WithJsonSchema({"type": "integer", "minimum": 1})]
Seed = Annotated[int, PlainValidator(_whole(0, 2**64 - 1)), WithJsonSchema({"type": "integer", "minimum": 0})]
Version = Annotated[int, PlainValidator(_version), WithJsonSchema({"const": 1})]
Drift = Annotated[bool, PlainValidator(_drift), WithJsonSchema({"enum": ["on", "off", True, False]})]
Each = Annotated[
    tuple[str, ...],
    PlainValidator(_each),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": ["party", "issue"]},
                {"type": "array", "items": {"enum": ["party", "issue"]}, "minItems": 1, "maxItems": 2},
            ]
        }
    ),
]
Answer = Annotated[
    bool | float, PlainValidator(_answer), WithJsonSchema({"anyOf": [{"type": "boolean"}, {"type": "number"}]})
]
Text = Annotated[StrictStr, AfterValidator(in_one_line)]
Flag = StrictBool
Name = Annotated[str, AfterValidator(_name), Field(pattern=None)]
"""A name that is defined: one word."""
Member = Annotated[str, AfterValidator(_member)]
"""A name that is defined or overridden: ``accusation``, ``accusation.us``."""

AnyValue = Any
