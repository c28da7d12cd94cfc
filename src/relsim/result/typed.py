"""JSON that relsim wrote, read back as the dataclasses it was written from: every key and every type. Floor 2."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from relsim.result.json_text import key_of

T = TypeVar("T")

_GREATEST = 1e300
"""No number that is written is greater."""


def read_json(kind: type[T], text: str) -> T:
    """A file's text as what it was written from; what was no number is NaN.

    Raises
    ------
    ValueError
        With the place and what was expected there, where a key is missing or unknown or a value is of another type.
    """
    try:
        value: T = _record(kind)(plain_json(text), "")
    except RecursionError:
        raise ValueError("is nested too deep") from None
    return value


def plain_json(text: str) -> Any:
    """JSON without what only Python takes for JSON.

    Raises
    ------
    ValueError
        If it is none.
    """
    try:
        return json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("is nested too deep") from None


def _no_constant(text: str) -> Any:
    raise ValueError(f"found {text}; a number was expected")


Reader = Callable[[Any, str], Any]


@cache
def _reader(kind: Any) -> Reader:
    """What reads a value of a type; takes the value and its place."""
    origin, arguments = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return _record(kind)
    if origin is UnionType:
        (some,) = (_reader(one) for one in arguments if one is not NoneType)
        return lambda value, place: None if value is None else some(value, place)
    if origin is tuple and arguments[-1] is not Ellipsis:
        return _fixed([_reader(one) for one in arguments])
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(_reader(arguments[1]))
    if origin is not None:
        return _series if arguments[0] is float else _tuple(_reader(arguments[0]))
    simple: dict[Any, Reader] = {float: _number, int: _whole, str: _text, bool: _truth, date: _date}
    return simple[kind]


def _record(kind: Any) -> Reader:
    hints = get_type_hints(kind)
    names = {key_of(field.name): field for field in fields(kind)}

    def read(value: Any, place: str) -> Any:
        found = _object(value, place)
        for name in found:
            if name not in names:
                raise ValueError(f"{_under(place, name)}: unknown key")
        for name, field in names.items():
            if name not in found and field.default is MISSING:
                raise ValueError(f"{_under(place, name)}: is missing")
        return kind(
            **{
                names[name].name: _reader(hints[names[name].name])(item, _under(place, name))
                for name, item in found.items()
            }
        )

    return read


def _mapping(of: Reader) -> Reader:
    return lambda value, place: {name: of(item, _under(place, name)) for name, item in _object(value, place).items()}


def _tuple(of: Reader) -> Reader:
    return lambda value, place: tuple(
        of(item, _under(place, str(number))) for number, item in enumerate(_list(value, place))
    )


def _fixed(of: list[Reader]) -> Reader:
    """Several values, each of a type of its own."""

    def read(value: Any, place: str) -> Any:
        if len(_list(value, place)) != len(of):
            raise _wrong(value, place, f"a list of {len(of)}")
        return tuple(one(item, _under(place, str(number))) for number, (one, item) in enumerate(zip(of, value)))

    return read


def _series(value: Any, place: str) -> tuple[float, ...]:
    """Many numbers: one look tells whether all are."""
    if set(map(type, _list(value, place))) <= {float} and math.isfinite(sum(value)):
        return tuple(value)
    return tuple(_number(item, _under(place, str(number))) for number, item in enumerate(value))


def _number(value: Any, place: str) -> float:
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _GREATEST:
        raise _wrong(value, place, "a number")
    return value


def _whole(value: Any, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not abs(value) < 2**64:
        raise _wrong(value, place, "a whole number")
    return value


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise _wrong(value, place, "a text")
    return value


def _truth(value: Any, place: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(value, place, "true or false")
    return value


def _date(value: Any, place: str) -> date:
    try:
        return date.fromisoformat(_text(value, place))
    except ValueError:
        raise _wrong(value, place, "a date") from None


def _object(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(value, place, "an object")
    return value


def _list(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise _wrong(value, place, "a list")
    return value


def _under(place: str, name: str) -> str:
    return f"{place}/{name}" if place else name


def _wrong(value: Any, place: str, expected: str) -> ValueError:
    try:
        shown = json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError):
        shown = "a number of thousands of digits"
    shown = shown if len(shown) <= 40 else f"{shown[:40]}…"
    return ValueError(f"{place + ': ' if place else ''}found {shown}; {expected} was expected")
