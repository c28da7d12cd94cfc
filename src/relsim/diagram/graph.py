"""A scenario as parts and arrows, the members of a set drawn as one. Floor 6; imports ``scenario``."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from relsim.errors import InputError, suggestion
from relsim.quantity import described
from relsim.scenario import SHORT, Number, Scenario
from relsim.scenario.links import How, Link, Thing, links

Shape = Literal["variable", "index", "event", "condition", "entry", "outcome"]
Whose = Literal["", "own", "other"]

_RATIOS: tuple[How, ...] = ("rate ratio", "odds ratio", "odds if", "multiplies")
_OPENS: Mapping[How, float] = {"begins": 1.0, "ends": -1.0}


@dataclass(frozen=True)
class Part:
    """A part of the model: a variable, an event …; those of all members of a set are one.

    Attributes
    ----------
    key : ``accusation``, without whose it is
    short : what it is called in a sentence
    members : the names that it stands for
    """

    shape: Shape
    key: str
    label: str
    short: str
    members: tuple[str, ...]

    @property
    def name(self) -> str:
        """A name of letters, digits and underscores that no other part bears."""
        return f"{self.shape}_{self.key}"


@dataclass(frozen=True)
class Arrow:
    """One part acts on another.

    Attributes
    ----------
    whose : whether members act on themselves or on one another; empty where there are none
    sizes : how much, medians, least and greatest over members; None for what only opens or closes a way
    sign : of what it does to what it leads to; 0 where that is not known
    sourced : whether each of its numbers has a source
    """

    source: str
    target: str
    how: How
    whose: Whose
    sizes: tuple[float, float] | None
    sign: float
    sourced: bool
    text: str

    @property
    def strength(self) -> float:
        """How thick it is drawn, against others of its kind."""
        if self.sizes is None:
            return 0.0
        measured = [abs(math.log(x)) if self.how in _RATIOS and x > 0 else abs(x) for x in self.sizes]
        return max(measured)


@dataclass(frozen=True)
class Graph:
    """All parts and arrows of a model.

    Attributes
    ----------
    title : the scenario's
    parts : by their names
    """

    title: str
    parts: Mapping[str, Part]
    arrows: tuple[Arrow, ...]


def graph_of(scenario: Scenario, outcome: str | None = None) -> Graph:
    """The model as parts and arrows; with ``outcome`` only what that outcome hangs on.

    Raises
    ------
    InputError
        The scenario has no such outcome.
    """
    place = {thing: part for part, things in _parts(scenario) for thing in things}
    grouped: dict[tuple[str, str, How, Whose, str], list[Link]] = {}
    for link in links(scenario):
        source, target = place[link.source], place[link.target]
        key = (source.name, target.name, link.how, _whose(link), link.text if link.how == "odds if" else "")
        grouped.setdefault(key, []).append(link)
    arrows = [_arrow(*key[:4], found) for key, found in grouped.items()]
    parts = {part.name: part for part in place.values()}
    if outcome is not None:
        kept = _behind(_outcome(scenario, place, outcome), arrows)
        parts = {name: part for name, part in parts.items() if name in kept}
        arrows = [arrow for arrow in arrows if arrow.source in kept and arrow.target in kept]
    return Graph(scenario.title, parts, tuple(arrows))


def _parts(scenario: Scenario) -> Iterator[tuple[Part, list[Thing]]]:
    sections: tuple[tuple[Shape, str, Mapping[str, str]], ...] = (
        ("variable", "level", {name: item.label for name, item in scenario.variables.items()}),
        ("index", "level", {name: item.label for name, item in scenario.indices.items()}),
        ("condition", "condition", {name: item.label for name, item in scenario.conditions.items()}),
        ("event", "event", {name: item.label for name, item in scenario.events.items()}),
        ("entry", "entry", {name: item.label for name, item in scenario.calendar.items()}),
        ("outcome", "outcome", {name: item.title for name, item in scenario.outcomes.items()}),
    )
    for shape, kind, labels in sections:
        roots: dict[str, list[str]] = {}
        for name in labels:
            roots.setdefault(name.split(".")[0], []).append(name)
        for key, members in roots.items():
            label = key if labels[members[0]] in ("", members[0]) else labels[members[0]]
            if len(members) > 1:
                label = _unowned(label, members[0], scenario)
            short = key.replace("_", " ").capitalize() if shape == "variable" and len(label) > SHORT else label
            yield Part(shape, key, label, short, tuple(members)), [(kind, name) for name in members]  # type: ignore[misc]


def _unowned(label: str, name: str, scenario: Scenario) -> str:
    for suffix in name.split(".")[1:]:
        label = label.removesuffix(f" ({scenario.parties.get(suffix) or scenario.issues.get(suffix) or suffix})")
    return label


def _whose(link: Link) -> Whose:
    one, other = (set(name.split(".")[1:]) for _, name in (link.source, link.target))
    if not one or not other:
        return ""
    return "own" if one & other else "other"


def _arrow(source: str, target: str, how: How, whose: Whose, found: list[Link]) -> Arrow:
    numbers = [link.number for link in found if link.number is not None]
    values = [_value(number) for number in numbers]
    sizes = (min(values), max(values)) if values else None
    return Arrow(
        source,
        target,
        how,
        whose,
        sizes,
        _sign(how, values),
        all(number.quantity.source is not None for number in numbers),
        _text(how, found, sizes),
    )


def _value(number: Number) -> float:
    return number.share * number.quantity.central()


def _sign(how: How, values: list[float]) -> float:
    if how in _OPENS:
        return _OPENS[how]
    neutral = 1.0 if how in _RATIOS else 0.0
    signs = {math.copysign(1, value - neutral) for value in values if value != neutral}
    return signs.pop() if len(signs) == 1 else 0.0


def _text(how: How, found: list[Link], sizes: tuple[float, float] | None) -> str:
    clauses = {link.text.removeprefix(link.source[1]).strip() for link in found}
    clause = f" {clauses.pop()}" if len(clauses) == 1 else ""
    if sizes is None:
        return {"requires": f"needs{clause}", "unless": f"not if{clause}", "asks": ""}.get(how, how).rstrip()
    low, high = sizes
    if how == "share":
        size = f"{_range(100 * low, 100 * high)} %"
    elif how in _RATIOS:
        size = f"× {_range(low, high)}"
    elif how == "excitation":
        size = f"{_range(low, high)} more"
    else:
        size = _range(low, high, signed=how != "weight")
    memories = {described(link.half_life.quantity) for link in found if link.half_life is not None}
    memory = f", half-life {(one := memories.pop()).value:.3g} {one.unit}" if len(memories) == 1 else ""
    behind = {"odds ratio": "odds ", "odds if": "odds ", "otherwise": "if not: "}.get(how, "")
    return f"{behind}{size}{memory}{clause if how == 'odds if' else ''}".rstrip()


def _range(low: float, high: float, signed: bool = False) -> str:
    one, other = (f"{x:{'+' if signed else ''}.2g}".replace("-", "−") for x in (low, high))
    return one if one == other else f"{one} to {other}"


def _outcome(scenario: Scenario, place: Mapping[Thing, Part], name: str) -> str:
    if name not in scenario.outcomes:
        raise InputError(f"--outcome: no outcome is called '{name}'; {suggestion(name, scenario.outcomes)}")
    return place["outcome", name].name


def _behind(start: str, arrows: Iterable[Arrow]) -> set[str]:
    """What leads to a part, however far back."""
    into: dict[str, set[str]] = {}
    for arrow in arrows:
        into.setdefault(arrow.target, set()).add(arrow.source)
    found, waiting = {start}, [start]
    while waiting:
        for source in into.get(waiting.pop(), set()) - found:
            found.add(source)
            waiting.append(source)
    return found
