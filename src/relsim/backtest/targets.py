"""What is forecast: counts of events and of groups of them, and their mean value. Floor 5; imports ``scenario``,
``ingest.codes``, ``events``.

Groups follow from the codes that the scenario gives its events: CAMEO's and PLOVER's four classes, each also by acting
party; and all events by each party. A group of one event, or of the same events as another, is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from relsim.errors import InputError, suggestion
from relsim.events import EventTable
from relsim.ingest.codes import quad, value
from relsim.scenario import Scenario

Array = NDArray[np.float64]

VALUE_DIGITS = 2
"""Mean values are rounded so; the scale goes from −10 to 10."""


@dataclass(frozen=True)
class Series:
    """Events counted together.

    Attributes
    ----------
    name : ``accusation.us``, ``material_conflict``, ``material_conflict.us``, ``all.us``
    kind : ``event`` or ``group``
    members : (K,) 1 for the scenario's events that belong to it
    """

    name: str
    label: str
    kind: str
    members: Array


@dataclass(frozen=True)
class MeanValue:
    """The mean conflict–cooperation value of some events; ``members`` (K,) as in ``Series``."""

    name: str
    label: str
    members: Array


@dataclass(frozen=True)
class Targets:
    """All that is forecast of one table.

    Attributes
    ----------
    types : event types that the table is complete for
    worth : (K,) value of an event of each type, −10 conflict to 10 cooperation; NaN where it is not known
    """

    types: tuple[str, ...]
    series: tuple[Series, ...]
    values: tuple[MeanValue, ...]
    worth: Array

    def totals(self, counts: Array) -> Array:
        """Counts (…, K) of event types → (…, S) of the series."""
        return np.asarray(counts @ np.array([one.members for one in self.series]).T)

    def known(self, counts: Array) -> Array:
        """(…, V) events whose value is known among counts (…, K), for each value."""
        return np.asarray(counts @ self._members.T)

    def means(self, counts: Array) -> Array:
        """(…, V) mean values of counts (…, K); NaN where no event has one."""
        weights = self._members * np.nan_to_num(self.worth)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.round(counts @ weights.T / self.known(counts), VALUE_DIGITS))

    @property
    def _members(self) -> Array:
        shape = (len(self.values), self.worth.size)
        return np.reshape([one.members for one in self.values], shape) * np.isfinite(self.worth)


def targets_of(
    scenario: Scenario, types: Sequence[str], table: EventTable, groups: Mapping[str, Sequence[str]]
) -> Targets:
    """Targets of a scenario and a table.

    Parameters
    ----------
    types : event types that the table is complete for
    groups : by name, patterns of event names; in place of the groups that codes give

    Raises
    ------
    InputError
        Where a pattern meets no event.
    """
    singles = {name: _label(scenario, name) for name in types}
    together = _own_groups(types, groups) if groups else _coded_groups(scenario, types)
    series = [Series(name, label, "event", _mask(scenario, (name,))) for name, label in singles.items()]
    taken: set[tuple[str, ...]] = {(name,) for name in types}
    for name, members in together.items():
        if members and members not in taken:
            taken.add(members)
            series.append(Series(name, _group_label(scenario, name), "group", _mask(scenario, members)))
    worth = _worth(scenario, table)
    valued = [name for name in types if np.isfinite(worth[list(scenario.events).index(name)])]
    values: list[MeanValue] = []
    seen: set[tuple[str, ...]] = set()
    for name, members in {"value": tuple(valued), **_by_party(scenario, valued, "value")}.items():
        different = {float(worth[list(scenario.events).index(event)]) for event in members}
        # Of events of one value the mean is known beforehand.
        if len(different) > 1 and members not in seen:
            seen.add(members)
            values.append(MeanValue(name, _value_label(scenario, name), _mask(scenario, members)))
    return Targets(tuple(types), tuple(series), tuple(values), worth)


def party_of(scenario: Scenario, event: str) -> str | None:
    """The acting party of a set's member: ``us`` of ``accusation.us``."""
    return next((part for part in event.split(".")[1:] if part in scenario.parties), None)


def opposite(scenario: Scenario, name: str, names: Sequence[str]) -> str:
    """The series of the other party, where there are two and it is among ``names``; else the series itself."""
    parties = list(scenario.parties)
    if len(parties) != 2:
        return name
    other = dict(zip(parties, reversed(parties), strict=True))
    turned = ".".join(other.get(part, part) if i else part for i, part in enumerate(name.split(".")))
    return turned if turned in names else name


def _coded_groups(scenario: Scenario, types: Sequence[str]) -> dict[str, tuple[str, ...]]:
    classes = {name: found for name in types if (found := _class_of(scenario, name)) is not None}
    out: dict[str, tuple[str, ...]] = {}
    for group in ("verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict"):
        members = [name for name in types if classes.get(name) == group]
        out[group] = tuple(members)
        out |= _by_party(scenario, members, group)
    return out | _by_party(scenario, types, "all")


def _by_party(scenario: Scenario, types: Sequence[str], name: str) -> dict[str, tuple[str, ...]]:
    acting = {event: party_of(scenario, event) for event in types}
    return {f"{name}.{p}": tuple(e for e in types if acting[e] == p) for p in scenario.parties}


def _class_of(scenario: Scenario, event: str) -> str | None:
    """The class of most of an event's codes, of the first one where as many speak for another."""
    codes = scenario.events[event].codes
    if codes is None:
        return None
    found = Counter(
        group for scheme, listed in codes.lists.items() for code in listed if (group := quad(scheme, code)) is not None
    )
    return found.most_common(1)[0][0] if found else None


def _own_groups(types: Sequence[str], groups: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    out = {}
    for name, patterns in groups.items():
        for pattern in patterns:
            if not any(_meets(event, pattern) for event in types):
                raise InputError(f"--group {name}: no event matches '{pattern}'\n    {suggestion(pattern, types)}")
        out[name] = tuple(event for event in types if any(_meets(event, pattern) for pattern in patterns))
    return out


def _meets(event: str, pattern: str) -> bool:
    return fnmatchcase(event, pattern) or event.startswith(f"{pattern}.")


def _worth(scenario: Scenario, table: EventTable) -> Array:
    """(K,) value of each event type: as the table says, else the mean over its codes."""
    out = np.full(len(scenario.events), np.nan)
    for k, (name, event) in enumerate(scenario.events.items()):
        said = next((table.values[n] for n in (name, name.split(".")[0]) if n in table.values), None)
        if said is None and event.codes is not None:
            coded = [value(scheme, code) for scheme, listed in event.codes.lists.items() for code in listed]
            known = [v for v in coded if v is not None]
            said = sum(known) / len(known) if known else None
        if said is not None:
            out[k] = said
    return out


def _mask(scenario: Scenario, members: Sequence[str]) -> Array:
    return np.array([float(name in members) for name in scenario.events])


def _label(scenario: Scenario, event: str) -> str:
    return scenario.events[event].label or event


def _group_label(scenario: Scenario, name: str) -> str:
    group, _, party = name.partition(".")
    words = "all events" if group == "all" else group.replace("_", " ")
    return f"{words} by {scenario.parties[party]}" if party in scenario.parties else words


def _value_label(scenario: Scenario, name: str) -> str:
    _, _, party = name.partition(".")
    return "mean value" + (f" of acts by {scenario.parties[party]}" if party else "")
