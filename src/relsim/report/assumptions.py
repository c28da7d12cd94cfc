"""Every number that a forecast rests on, with its doubt, its source and its place. Floor 6."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from itertools import groupby

from relsim.quantity import Kind, Quantity, parse
from relsim.scenario import Number, Scenario
from relsim.show.hypertext import Html, details, element, paragraph, table, together
from relsim.show.values import Column

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
    seen: dict[str, Number] = {}
    for number in _numbers(scenario):
        seen.setdefault(number.path, number)
    places = _places(origins)
    found = []
    for path, number in seen.items():
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


_COLUMNS = (Column("Number"), Column("As written"), Column("Median (90 % range), doubt"), Column("Source"))


def assumptions_section(found: Sequence[Assumption], main: str | None) -> Html:
    """What the scenario itself states first, then what it inherits, by section; what has no source is marked.

    Parameters
    ----------
    main : name of the scenario's own file; None where origins are not known
    """
    doubtful = [item for item in found if not item.certain]
    bare = [item for item in doubtful if item.source is None]
    certain_bare = sum(item.certain and item.source is None for item in found)
    said = (
        f"{len(found):,} numbers, of which {len(doubtful):,} carry a doubt. "
        f"Without a source: {len(bare):,} of those in doubt, {certain_bare:,} of the others (marked below)."
    )
    groups: list[tuple[str, list[Assumption]]] = []
    for item in found:
        file = item.origin.rpartition(":")[0] if item.origin else None
        title = "Stated in this scenario" if main is None or file == main else f"Taken from {file}"
        known = next((members for name, members in groups if name == title), None)
        if known is None:
            groups.append((title, [item]))
        else:
            known.append(item)
    groups.sort(key=lambda group: group[0] != "Stated in this scenario")
    parts: list[str] = [
        paragraph(said),
        paragraph(
            "Groups open with a click; what is open is printed. ",
            element("button", {"type": "button", "data-open": "assumptions"}, "Open all"),
        ),
    ]
    for title, members in groups:
        parts.append(element("h3", {}, f"{title} ({len(members):,})"))
        for section, inner in groupby(members, key=lambda item: item.path[0]):
            rows = list(inner)
            shown = table(f"{section}: numbers", _COLUMNS, map(_row, rows), stacked=True, quiet=True)
            parts.append(details(f"{section} ({len(rows):,})", shown, kind="assumptions"))
    return together(parts)


def _row(item: Assumption) -> list[str]:
    source: str = item.source or element("span", {"class": "absent"}, "no source")
    if item.note:
        source = together([source, element("span", {"class": "note"}, f" Note: {item.note}")])
    place = [element("span", {"class": "beside"}, item.origin)] if item.origin else []
    written = item.written.replace("-", "−") if item.written.startswith("-") else item.written
    return [together([" · ".join(item.path[1:]), *place]), written, item.doubt, source]
