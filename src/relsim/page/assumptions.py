"""Every number that a forecast rests on, with its doubt, its source and its place. Floor 6."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass

from relsim.quantity import Kind, Quantity, parse
from relsim.scenario import Number, Scenario

_DOUBT: Mapping[str, str] = {
    "certain": "none",
    "normal": "normal",
    "lognormal": "lognormal",
    "logit_normal": "on the scale of log odds",
    "beta": "beta",
    "uniform": "uniform",
    "triangular": "triangular",
    "choice": "a choice",
}


@dataclass(frozen=True)
class Assumption:
    """One number of the file.

    Attributes
    ----------
    path : keys from the root
    written : as in the file, with its unit
    doubt : median and 90 % range in the unit written, and the family; ``none`` of a certain number
    source, note : as in the file
    origin : ``FILE:LINE`` where it is known
    certain : whether it carries no doubt
    """

    path: tuple[str, ...]
    written: str
    doubt: str
    source: str | None
    note: str | None
    origin: str | None
    certain: bool


def assumptions_of(scenario: Scenario, origins: Mapping[str, str]) -> list[Assumption]:
    """The numbers that a scenario's files state, in file order; what is left to defaults is not among them.

    Parameters
    ----------
    origins : ``FILE:LINE`` of each value by its path; without any, every number of the scenario is taken
    """
    places = _places(origins)
    found = []
    for path, number in numbers_of(scenario).items():
        if origins and path not in places:
            continue
        q = number.quantity
        found.append(
            Assumption(
                path=tuple(path.split("/")),
                written=f"{q.text}{' in all' if q.in_all else ''}",
                doubt=_doubt(q),
                source=q.source,
                note=q.note,
                origin=places.get(path),
                certain=q.certain,
            )
        )
    return _one_for_a_list(found)


def numbers_of(scenario: Scenario) -> dict[str, Number]:
    """Every number of a scenario by its path in the file, in file order."""
    seen: dict[str, Number] = {}
    for number in _numbers(scenario):
        seen.setdefault(number.path, number)
    return seen


def _numbers(value: object) -> Iterator[Number]:
    if isinstance(value, Number):
        yield value
    elif is_dataclass(value):
        for item in fields(value):
            yield from _numbers(getattr(value, item.name))
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _numbers(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _numbers(inner)


def _places(origins: Mapping[str, str]) -> dict[str, str]:
    """The origin of every path and of all that it begins with; a mapping's is that of its first value."""
    places: dict[str, str] = {}
    for path, origin in origins.items():
        keys = path.split("/")
        for depth in range(len(keys), 0, -1):
            places.setdefault("/".join(keys[:depth]), origin)
    return places


def _one_for_a_list(found: list[Assumption]) -> list[Assumption]:
    """Items of a list, such as seven weekdays, as one."""
    result: list[Assumption] = []
    for item in found:
        if item.path[-1].isdecimal():
            whole = item.path[:-1]
            if result and result[-1].path == whole:
                before = result[-1]
                certain = before.certain and item.certain
                result[-1] = Assumption(
                    whole,
                    f"{before.written}, {item.written}",
                    before.doubt if certain else "in part",
                    before.source,
                    before.note,
                    before.origin,
                    certain,
                )
                continue
            item = Assumption(whole, item.written, item.doubt, item.source, item.note, item.origin, item.certain)
        result.append(item)
    return result


def _doubt(q: Quantity) -> str:
    if q.certain:
        return "none"
    unit = parse(f"1 {q.unit}", q.kind).central() if q.kind in (Kind.RATE, Kind.DURATION) and q.unit else 1.0
    low, median, high = (float(x) / unit for x in q.ppf([0.05, 0.5, 0.95]))
    return f"{_figure(median)} ({_figure(low)} to {_figure(high)}), {_DOUBT[q.family]}"


def _figure(x: float) -> str:
    """Three digits, without an exponent."""
    if abs(x) >= 100:
        return f"{x:,.0f}".replace("-", "−")
    return f"{x:.3g}".replace("-", "−")
