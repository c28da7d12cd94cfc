"""What a weight is, in words, from its path in the file and the scenario's labels. Floor 5; imports ``scenario``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from relsim.quantity import Kind, Quantity, parse
from relsim.scenario import Scenario


class _Labelled(Protocol):
    @property
    def label(self) -> str: ...


def weight_label(path: str, scenario: Scenario) -> str:
    """A noun phrase: ``how often "Public accusation" comes``; the path itself where it has no better name."""
    say = _Names(scenario)
    match path.split("/"):
        case ["events", e, "rate"]:
            return f"how often {say.event(e)} comes"
        case ["events", e, "rate_ratio", v]:
            return f"how the rate of {say.event(e)} changes with {say.level(v)}"
        case ["events", e, "excited_by", s, "events"]:
            return f"how many of {say.event(e)} follow on {say.event(s)}"
        case ["events", e, "excited_by", s, "share"]:
            return f"what share of {say.event(e)} follows on {say.event(s)}"
        case ["events", e, "excited_by", s, "half_life"]:
            return f"how long {say.event(s)} keeps triggering {say.event(e)}"
        case ["events", e, "effects", v]:
            return f"how far {say.event(e)} moves {say.level(v)}"
        case ["events", e, "overdispersion"]:
            return f"how unevenly {say.event(e)} comes"
        case ["calendar", c, "probability"]:
            return f"the stated probability of {say.entry(c)}"
        case ["calendar", c, "odds_ratio", v]:
            return f"how the odds of {say.entry(c)} change with {say.level(v)}"
        case ["calendar", c, "odds_if", *_, t, "odds_ratio"]:
            return f"how far {say.any(t)} changes the odds of {say.entry(c)}"
        case ["calendar", c, "at", v]:
            return f"the {say.level(v)} at which the probability of {say.entry(c)} is meant"
        case ["calendar", c, "effects", v]:
            return f"how far {say.entry(c)} moves {say.level(v)}"
        case ["calendar", c, "otherwise", "effects", v]:
            return f"how far it moves {say.level(v)} when {say.entry(c)} does not happen"
        case ["conditions", c, "while", "baseline", v]:
            return f"how far {say.condition(c)} shifts the usual {say.level(v)}"
        case ["conditions", c, "while", "rates", e]:
            return f"how {say.condition(c)} changes the rate of {say.event(e)}"
        case ["variables", v, "baseline"]:
            return f"the usual level of {say.level(v)}"
        case ["variables", v, "half_life"]:
            return f"how long {say.level(v)} takes to return half-way"
        case ["variables", v, "spread"]:
            return f"how much {say.level(v)} varies of itself"
        case ["variables", v, "pull", u]:
            return f"how strongly {say.level(u)} pulls {say.level(v)}"
        case ["indices", i, *_, v]:
            return f"the weight of {say.level(v)} in {say.level(i)}"
        case ["interventions", i, "rates", e]:
            return f"how {i} changes the rate of {say.event(e)}"
        case ["interventions", i, ("shift" | "set"), v]:
            return f"how far {i} moves {say.level(v)}"
    return path


def item_label(section: str, name: str, scenario: Scenario) -> str:
    """Label of an event or calendar entry without quotation marks."""
    say = _Names(scenario)
    return (say.event(name) if section == "events" else say.entry(name)).strip('"')


def in_words(value: float, quantity: Quantity) -> str:
    """A weight's value in the unit that the file writes it in: ``0.5 per year``, ``33 %``."""
    if quantity.kind is Kind.PROBABILITY:
        return f"{100 * value:.0f} %" if 0.01 <= value <= 0.99 else f"{100 * value:.1f} %"
    if quantity.kind is Kind.RATE:
        unit = quantity.unit or "per year"
        return f"{_digits(value / parse(f'1 {unit}', quantity.kind).central())} {unit}"
    if quantity.kind is Kind.DURATION:
        unit = quantity.unit or "days"
        return f"{_digits(value / parse(f'1 {unit}', quantity.kind).central())} {unit}"
    return _digits(value)


def _digits(value: float) -> str:
    """Two digits that count, three from 100 on."""
    return (f"{value:.0f}" if abs(value) >= 10 else f"{value:.2g}").replace("-", "−")


class _Names:
    """Labels of names as the file writes them, before sets are expanded."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._members = {**scenario.parties, **scenario.issues}

    def event(self, name: str) -> str:
        return " or ".join(self._quoted(one.strip(), self._scenario.events) for one in name.split("+"))

    def entry(self, name: str) -> str:
        return self._quoted(name, self._scenario.calendar)

    def condition(self, name: str) -> str:
        return self._quoted(name, self._scenario.conditions)

    def level(self, name: str) -> str:
        known = name in self._scenario.indices or self._scenario.unowned(name) is None
        return self._quoted(name, self._scenario.indices) if known else f'"{self._scenario.short_name(name)}"'

    def any(self, name: str) -> str:
        s = self._scenario
        if name not in s.indices and s.unowned(name) is not None:
            return self.level(name)
        return self._quoted(name, {**s.indices, **s.conditions, **s.events, **s.calendar})

    def _quoted(self, name: str, items: Mapping[str, _Labelled]) -> str:
        if name in items:
            return f'"{items[name].label}"'
        root, *suffixes = name.split(".")
        member = next((key for key in items if key.split(".")[0] == root), None)
        if member is None:
            return f'"{name}"'
        label = items[member].label
        for suffix in member.split(".")[1:]:
            label = label.replace(f" ({self._members.get(suffix) or suffix})", "")
        sides = {"self": "own side", "other": "other side"}
        known = [sides.get(s) or self._members.get(s) or s for s in suffixes]
        return f'"{label}' + (f' ({", ".join(known)})"' if known else '"')
