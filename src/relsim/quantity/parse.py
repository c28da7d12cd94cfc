"""A number as the file writes it → ``Quantity``. Floor 1."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from relsim.errors import in_one_line, nearest, seen, suggestion
from relsim.quantity.family import Kind, Quantity
from relsim.quantity.limits import EXAMPLE, WHAT, QuantityError, judged, judged_parameters, shown

DAYS_OF_UNIT = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}
_Z95 = 1.6448536269514722
_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_RANGE = re.compile(rf"({_NUMBER})(?:\s+([^\d\s].*?))?\s+to\s+({_NUMBER})(?:\s+(\D.*))?", re.ASCII)
_DOUBT = re.compile(rf"({_NUMBER})\s*(?:±|\+/-)\s*({_NUMBER})(?:\s+(\D.*))?", re.ASCII)
_PLAIN = re.compile(rf"({_NUMBER})(?:\s+(\D.*))?", re.ASCII)

FAMILIES: dict[str, tuple[str, ...]] = {
    "normal": ("mean", "sd"),
    "lognormal": ("median", "sigma"),
    "logit_normal": ("median", "sigma"),
    "beta": ("alpha", "beta"),
    "uniform": ("low", "high"),
    "triangular": ("low", "mode", "high"),
}


def exactly(value: float, kind: Kind) -> Quantity:
    """A certain number in base units, as a default is."""
    return Quantity("certain", (float(value),), kind, f"{value:g}")


def parse(value: object, kind: Kind, *, in_all: bool = False) -> Quantity:
    """Read a number.

    Parameters
    ----------
    value : int, float, text or mapping, as the file holds it
    kind : what is expected here
    in_all : whether ``{in_all: …}`` may stand here

    Raises
    ------
    QuantityError
        With what was seen and what was expected.
    """
    if isinstance(value, Mapping):
        return _from_mapping(value, kind, in_all)
    if isinstance(value, str):
        return _from_text(value, kind)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise QuantityError(f"found {seen(value)}; {EXAMPLE[kind]}")
    return _from_number(value, kind)


def _from_number(value: int | float, kind: Kind) -> Quantity:
    text = str(value)
    if kind in (Kind.RATE, Kind.DURATION) and not (kind is Kind.RATE and value == 0):
        raise QuantityError(f"{text} has no unit; {EXAMPLE[kind]}")
    return _certain(_finite(text), kind, text, "")


@lru_cache(maxsize=4096)
def _from_text(text: str, kind: Kind) -> Quantity:
    clean = " ".join(text.split())
    if clean.endswith("%"):
        raise QuantityError(f"'{text}' is in per cent; {EXAMPLE[kind]}")
    if match := _RANGE.fullmatch(clean):
        a, first_unit, b, unit = match.groups()
        if first_unit and not unit:
            raise QuantityError(f"'{text}' has a unit behind its first number alone; it stands behind the second")
        factor = _factor(unit, kind, text)
        first = _factor(first_unit, kind, text) if first_unit else factor
        return _range(_finite(a) * first, _finite(b) * factor, kind, text, unit or "")
    if match := _DOUBT.fullmatch(clean):
        m, s, unit = match.groups()
        factor = _factor(unit, kind, text)
        return _moments(_finite(m) * factor, _finite(s) * factor, kind, text, unit or "")
    if match := _PLAIN.fullmatch(clean):
        number, unit = match.groups()
        if unit is None and (kind not in (Kind.RATE, Kind.DURATION)):
            raise QuantityError(f"'{text}' is text, not a number: leave out the quotes")
        return _certain(_finite(number) * _factor(unit, kind, text), kind, text, unit or "")
    raise QuantityError(f"cannot read '{text}'; {EXAMPLE[kind]}")


def _finite(text: str) -> float:
    value = float(text) if len(text) < 400 else math.inf
    if not math.isfinite(value):
        raise QuantityError(f"'{text[:20]}' is not a finite number")
    return value


def _factor(unit: str | None, kind: Kind, text: str) -> float:
    """What one of the written unit is in base units."""
    if unit is None:
        if kind in (Kind.RATE, Kind.DURATION):
            raise QuantityError(f"'{text}' has no unit; {EXAMPLE[kind]}")
        return 1.0
    words = unit.split()
    rate = words[0] == "per"
    name = " ".join(words[1:] if rate else words)
    singular = name if name in DAYS_OF_UNIT else name[:-1] if name.endswith("s") and not rate else ""
    days = DAYS_OF_UNIT.get(singular)
    if days is None:
        plural = [f"{d}s" for d in DAYS_OF_UNIT]
        known = [f"per {d}" for d in DAYS_OF_UNIT] if kind is Kind.RATE else [*DAYS_OF_UNIT, *plural]
        if kind not in (Kind.RATE, Kind.DURATION):
            raise QuantityError(f"cannot read '{text}'; {EXAMPLE[kind]}")
        shown = known if kind is Kind.RATE else plural
        near = nearest(unit, known)
        hint = f"did you mean '{near}'?" if near else ""
        raise QuantityError(f"unknown unit '{unit}'; expected {', '.join(shown[:-1])} or {shown[-1]}", hint=hint)
    if kind not in (Kind.RATE, Kind.DURATION):
        raise QuantityError(f"'{text}' has a unit, {WHAT[kind]} has none; {EXAMPLE[kind]}")
    if rate != (kind is Kind.RATE):
        raise QuantityError(f"'{text}' is {'a rate' if rate else 'a duration'}; {EXAMPLE[kind]}")
    return 1 / days if rate else days


def _certain(value: float, kind: Kind, text: str, unit: str) -> Quantity:
    low, high = kind.domain
    strict = kind in (Kind.DURATION, Kind.POSITIVE)
    if value > high or value < low or (strict and value == 0):
        raise QuantityError(f"{shown(text)} is out of range; {EXAMPLE[kind]}")
    return Quantity("certain", (judged(value, kind, text),), kind, text, unit)


def _range(a: float, b: float, kind: Kind, text: str, unit: str) -> Quantity:
    """5th and 95th percentile."""
    if not a < b:
        raise QuantityError(f"'{text}' runs backwards; the lower number comes first")
    for end in (a, b):
        judged(end, kind, text)
    if kind is Kind.REAL:
        return Quantity("normal", ((a + b) / 2, (b - a) / (2 * _Z95)), kind, text, unit)
    if a <= 0:
        raise QuantityError(f"'{text}' must begin above 0: {WHAT[kind].removesuffix(' above 0')} in doubt is positive")
    if kind is Kind.PROBABILITY:
        if b >= 1:
            raise QuantityError(f"'{text}' must end below 1: it is a probability")
        low, high = math.log(a / (1 - a)), math.log(b / (1 - b))
        return Quantity(
            "logit_normal",
            (1 / (1 + math.exp(-(low + high) / 2)), (high - low) / (2 * _Z95)),
            kind,
            text,
            unit,
        )
    return Quantity("lognormal", (math.sqrt(a) * math.sqrt(b), math.log(b / a) / (2 * _Z95)), kind, text, unit)


def _moments(m: float, s: float, kind: Kind, text: str, unit: str) -> Quantity:
    """Mean and standard deviation."""
    if s <= 0:
        raise QuantityError(f"'{text}' needs a standard deviation above 0 behind the ±")
    judged(m, kind, text)
    judged(max(s, abs(m)), kind, text)
    if kind is Kind.REAL:
        return Quantity("normal", (m, s), kind, text, unit)
    if m <= 0:
        raise QuantityError(
            f"'{text}' needs a mean above 0: {WHAT[kind].removesuffix(' above 0')} in doubt is positive"
        )
    if kind is Kind.PROBABILITY:
        if m >= 1 or s * s >= m * (1 - m):
            raise QuantityError(
                f"'{text}' is no probability: the mean must lie between 0 and 1 and the standard deviation "
                "below √(m(1 − m))"
            )
        both = m * (1 - m) / (s * s) - 1
        return Quantity("beta", (m * both, (1 - m) * both, 1.0), kind, text, unit)
    ratio = s / m
    sigma = math.sqrt(math.log1p(ratio * ratio))
    return Quantity("lognormal", (m * math.exp(-sigma * sigma / 2), sigma), kind, text, unit)


def _from_mapping(value: Mapping[object, object], kind: Kind, in_all: bool) -> Quantity:
    names = ("value", *FAMILIES, "choice", *(("in_all",) if in_all else ()))
    known = (*names, "unit", "source", "note")
    for key in value:
        if key not in known:
            if key == "in_all":
                raise QuantityError("in_all stands only for a rate or for excitation", ("in_all",), key=True)
            raise QuantityError(f"unknown key '{key}'", (str(key),), suggestion(str(key), known, len(known)), key=True)
    given = [n for n in names if n in value]
    if len(given) != 1:
        what = "none" if not given else " and ".join(given)
        raise QuantityError(f"found {what}; one of {', '.join(names)} was expected")
    for text_key in ("source", "note"):
        text = value.get(text_key, "")
        if not isinstance(text, str):
            raise QuantityError(
                f"found {seen(text)}; text was expected (in quotes if it looks like a number)", (text_key,)
            )
    source, note = value.get("source"), value.get("note")
    form = given[0]
    unit = value.get("unit")
    if "unit" in value and not isinstance(unit, str):
        raise QuantityError(f"found {seen(unit)}; a unit was expected, such as 'per month' or 'days'", ("unit",))
    body = value[form]
    if form in ("value", "in_all"):
        quantity = _from_value(body, unit, kind, form, in_all)
    else:
        quantity = _in_full(form, body, _written_unit(unit, form, kind), kind, str(unit) if unit else "")
    return replace(
        quantity,
        source=in_one_line(source) if isinstance(source, str) else quantity.source,
        note=in_one_line(note) if isinstance(note, str) else quantity.note,
    )


def _from_value(body: object, unit: object, kind: Kind, form: str, in_all: bool) -> Quantity:
    nested = isinstance(body, Mapping)
    if nested and form == "value" and "value" in body:  # type: ignore[operator]
        raise QuantityError("a value inside a value; write it once", ("value", "value"), key=True)
    if unit is not None and isinstance(body, int | float) and not isinstance(body, bool):
        factor = _written_unit(unit, form, kind)
        quantity = _certain(_finite(str(body)) * factor, kind, f"{body} {unit}", str(unit))
    elif unit is not None:
        raise QuantityError("the unit is written behind the number itself", ("unit",), key=True)
    else:
        try:
            quantity = parse(body, kind, in_all=in_all and form == "value")
        except QuantityError as error:
            raise error.inside(form) from None
    return replace(quantity, in_all=True) if form == "in_all" else quantity


def _written_unit(unit: object, form: str, kind: Kind) -> float:
    if unit is None:
        if kind in (Kind.RATE, Kind.DURATION) and form != "choice":
            unit_example = "per month" if kind is Kind.RATE else "days"
            raise QuantityError(f"the unit is missing; {WHAT[kind]} needs one, such as 'unit: {unit_example}'")
        return 1.0
    try:
        return _factor(" ".join(str(unit).split()) or "?", kind, str(unit))
    except QuantityError as error:
        raise error.inside("unit") from None


def _in_full(form: str, body: object, factor: float, kind: Kind, unit: str) -> Quantity:
    """A family written out; ``factor`` turns its numbers into base units."""
    if form == "choice":
        quantity = _choice(body, factor, kind, unit)
    else:
        names = FAMILIES[form]
        p = dict(zip(names, _parameters(form, body), strict=True))
        text = f"{form} {', '.join(f'{v:g}' for v in p.values())}" + (f" {unit}" if unit else "")
        _check_parameters(form, p)
        judged_parameters(form, p, factor, kind)
        if form == "logit_normal":
            _check_logit_normal(p, kind)
        if form == "beta":
            numbers: tuple[float, ...] = (p["alpha"], p["beta"], factor)
        elif form in ("lognormal", "logit_normal"):
            numbers = (p["median"] * factor, p["sigma"])
        else:
            numbers = tuple(v * factor for v in p.values())
        quantity = Quantity(form, numbers, kind, text, unit)
    mass = quantity.mass()
    if mass < 0.5:
        raise QuantityError(
            f"'{quantity.text}' has {100 * mass:.0f} % of its mass where {WHAT[kind]} may lie; "
            "at least half was expected",
            (form,),
        )
    return quantity


def _parameters(form: str, body: object) -> list[float]:
    names = FAMILIES[form]
    if not isinstance(body, Mapping):
        raise QuantityError(f"found {seen(body)}; expected {{{', '.join(names)}}}", (form,))
    for key in body:
        if key not in names:
            raise QuantityError(f"unknown key '{key}'", (form, str(key)), suggestion(str(key), names), key=True)
    for name in names:
        if name not in body:
            raise QuantityError(f"'{name}' is missing; expected {{{', '.join(names)}}}", (form,))
    return [_bare(body[name], (form, name)) for name in names]


def _bare(value: object, at: tuple[str | int, ...]) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise QuantityError(f"found {seen(value)}; a plain number was expected (the unit goes under 'unit')", at)
    try:
        return _finite(str(value))
    except QuantityError as error:
        raise error.inside(*at) from None


def _check_parameters(form: str, p: Mapping[str, float]) -> None:
    for name in ("sd", "sigma", "median", "alpha", "beta"):
        if name in p and p[name] <= 0:
            raise QuantityError(f"{p[name]:g} is out of range; '{name}' must be above 0", (form, name))
    if "low" in p and not p["low"] < p["high"]:
        raise QuantityError(f"{p['high']:g} is not above 'low', {p['low']:g}", (form, "high"))
    if "mode" in p and not p["low"] <= p["mode"] <= p["high"]:
        raise QuantityError(f"{p['mode']:g} does not lie between {p['low']:g} and {p['high']:g}", (form, "mode"))


def _check_logit_normal(p: Mapping[str, float], kind: Kind) -> None:
    if kind is not Kind.PROBABILITY:
        raise QuantityError(f"logit_normal is for a probability; {WHAT[kind]} was expected here", ("logit_normal",))
    if p["median"] >= 1:
        raise QuantityError(f"{p['median']:g} is out of range; 'median' must be below 1", ("logit_normal", "median"))


def _choice(body: object, factor: float, kind: Kind, unit: str) -> Quantity:
    if not isinstance(body, list) or not body:
        raise QuantityError(f"found {seen(body)}; expected a list of {{value, weight}}", ("choice",))
    pairs: list[tuple[float, float]] = []
    texts = []
    for i, item in enumerate(body):
        at = ("choice", i)
        if not isinstance(item, Mapping):
            raise QuantityError(f"found {seen(item)}; expected {{value, weight}}", at)
        for key in item:
            if key not in ("value", "weight", "source", "note"):
                raise QuantityError(
                    f"unknown key '{key}'", (*at, str(key)), suggestion(str(key), ("value", "weight")), True
                )
        for name in ("value", "weight"):
            if name not in item:
                raise QuantityError(f"'{name}' is missing; expected {{value, weight}}", at)
        weight = _bare(item["weight"], (*at, "weight"))
        if weight <= 0:
            raise QuantityError(f"{weight:g} is out of range; a weight must be above 0", (*at, "weight"))
        pairs.append((_choice_value(item["value"], factor, kind, unit, (*at, "value")), weight))
        texts.append(f"{item['value']} ({weight:g})")
    total = sum(w for _, w in pairs)
    if abs(total - 1) < 1e-12:
        total = 1.0  # normalised already: taken as written, so that a number written and read stays the same
    parameters = tuple(x for v, w in sorted(pairs) for x in (v, w / total))
    return Quantity("choice", parameters, kind, " or ".join(texts) + (f" {unit}" if unit else ""), unit)


def _choice_value(value: object, factor: float, kind: Kind, unit: str, at: tuple[str | int, ...]) -> float:
    try:
        if unit:
            return _certain(_bare(value, ()) * factor, kind, str(value), "").parameters[0]
        quantity = parse(value, kind)
    except QuantityError as error:
        raise error.inside(*at) from None
    if not quantity.certain:
        raise QuantityError(f"found {seen(value)}; a choice is between certain values", at)
    return quantity.parameters[0]
