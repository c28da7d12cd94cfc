"""``Quantity`` → a number as the file writes it: what ``parse`` reads back to the very same numbers. Floor 1."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from relsim.quantity.family import Kind, Quantity
from relsim.quantity.limits import QuantityError
from relsim.quantity.parse import DAYS_OF_UNIT, FAMILIES, parse

_SEARCHED = 2
"""Neighbouring floats tried on either side where dividing by the unit and multiplying again do not meet."""


def written(quantity: Quantity, digits: int | None = None) -> object:
    """A number as plain data: a float, a text such as ``3 per month``, or a mapping with source and note.

    Parameters
    ----------
    digits : int, optional
        Round to so many significant digits in the unit that is written. Without it what is written reads back
        to the same family with the same parameters, bit for bit; where the quantity's own unit has no such
        float, another unit is taken.

    Raises
    ------
    ValueError
        For a beta family whose scale is no unit of the format.
    """
    body = _body(quantity, digits)
    about = {key: text for key, text in (("source", quantity.source), ("note", quantity.note)) if text is not None}
    if quantity.in_all:
        return {"in_all": body, **about}
    if not about:
        return body
    return {**body, **about} if isinstance(body, dict) else {"value": body, **about}


def _body(q: Quantity, digits: int | None) -> object:
    """The number without source and note."""
    if not q.certain and _reads_back(q):
        return q.text
    unit, numbers = _in_some_unit(q, digits)
    if q.certain:
        return f"{_short(numbers[0])} {unit}" if unit else _short(numbers[0])
    with_unit = {"unit": unit} if unit else {}
    if q.family == "choice":
        items = [{"value": _short(v), "weight": _short(w)} for v, w in zip(numbers[::2], numbers[1::2], strict=True)]
        return {"choice": items, **with_unit}
    names = FAMILIES[q.family]
    return {q.family: dict(zip(names, map(_short, numbers), strict=False)), **with_unit}


def _reads_back(q: Quantity) -> bool:
    """Whether the text it was read from says the same number still."""
    try:
        again = parse(q.text, q.kind)
    except QuantityError:
        return False
    return (again.family, again.parameters) == (q.family, q.parameters)


def _in_some_unit(q: Quantity, digits: int | None) -> tuple[str, tuple[float, ...]]:
    """The first unit in which all its numbers can be written, and the numbers in it."""
    for unit, factor in _units(q):
        numbers = []
        for value, scaled in zip(q.parameters, _scaled(q), strict=True):
            number = _rounded(value / factor if scaled else value, digits)
            if digits is None:
                number = _exact(value, factor) if scaled else value
            if q.family == "beta" and scaled:
                number = 1.0 if value == factor else math.nan
            numbers.append(number)
        if not any(map(math.isnan, numbers)):
            return unit, tuple(numbers)
    raise ValueError(f"the scale {q.parameters[-1]:g} of a beta family is no unit")


def _scaled(q: Quantity) -> Iterable[bool]:
    """Which parameters have the number's unit."""
    n = len(q.parameters)
    if q.family in ("lognormal", "logit_normal"):
        return (True, False)
    if q.family == "beta":
        return (False, False, True)
    return (True, False) * (n // 2) if q.family == "choice" else (True,) * n


def _units(q: Quantity) -> Iterator[tuple[str, float]]:
    """Units to try with what one of each is in base units: as written, then as it reads best, then all."""
    if q.kind not in (Kind.RATE, Kind.DURATION) or (q.certain and q.parameters[0] == 0 and q.kind is Kind.RATE):
        yield "", 1.0
        return
    rate = q.kind is Kind.RATE
    for name in (_own(q), _best(abs(q.central()), rate), "month", "year", "week", "day"):
        if name:
            days = DAYS_OF_UNIT[name]
            yield (f"per {name}", 1 / days) if rate else (f"{name}s", days)


def best_unit(quantity: Quantity) -> tuple[str, float]:
    """The unit a number is read in, empty where it has none, and what one of it is in base units."""
    return next(_units(quantity))


def _own(q: Quantity) -> str:
    name = q.unit.split()[-1] if q.unit else ""
    return name if name in DAYS_OF_UNIT else name.removesuffix("s") if name.removesuffix("s") in DAYS_OF_UNIT else ""


def _best(size: float, rate: bool) -> str:
    """The unit in which a number of so many base units reads best."""
    if rate:
        return "day" if size >= 1 else "month" if size >= 1 / DAYS_OF_UNIT["month"] else "year"
    return "day" if size < 60 else "month" if size < 730 else "year"


def _exact(value: float, factor: float) -> float:
    """A float that times ``factor`` gives ``value``, the shortest of some; NaN where there is none near."""
    near = value / factor
    tried = [float(f"{near:.15g}"), near]
    for toward in (-math.inf, math.inf):
        at = near
        for _ in range(_SEARCHED):
            at = math.nextafter(at, toward)
            tried.append(at)
    return next((x for x in tried if x * factor == value), math.nan)


def _rounded(number: float, digits: int | None) -> float:
    return number if digits is None else float(f"{number:.{digits}g}")


def _short(number: float) -> float | int:
    return int(number) if number.is_integer() and abs(number) < 1e15 else number
