"""What two scenarios can be compared on, and a sentence for each thing on which they cannot. Floor 5."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from relsim.scenario import First, Number, Refer, Scenario


@dataclass(frozen=True)
class Comparable:
    """Names of outcomes, quantities and indices that mean the same in both, and what does not, a sentence each."""

    outcomes: tuple[str, ...]
    quantities: tuple[str, ...]
    indices: tuple[str, ...]
    not_compared: tuple[str, ...]


def comparable(baseline: Scenario, other: Scenario, names: tuple[str, str]) -> Comparable:
    """Lay two scenarios' questions side by side.

    Paths pair where both windows begin on the same day; then what bears the same name is compared if it asks the same:
    the same events, levels and dates, other outcomes and indices that it refers to included.

    Parameters
    ----------
    names : of the baseline and of the other, for the sentences
    """
    here, there = names
    if baseline.start != other.start:
        sentence = (
            f"“{there}” begins on {other.start} and “{here}” on {baseline.start}: their paths are not the same "
            "futures, and nothing is compared"
        )
        return Comparable((), (), (), (sentence,))
    said = []
    if baseline.end != other.end:
        said.append(
            f"“{here}” ends on {baseline.end} and “{there}” on {other.end}: daily differences are those of the days "
            "that both have"
        )
    if set(baseline.parties) != set(other.parties):
        said.append(
            f"the parties are {_listed(baseline.parties)} in “{here}” and {_listed(other.parties)} in “{there}”: what "
            "bears the same name is taken to be the same"
        )
    outcomes, quantities, indices = (
        _alike(kind, baseline, other, names) for kind in ("outcomes", "quantities", "indices")
    )
    said += [*outcomes[1], *quantities[1], *indices[1]]
    return Comparable(outcomes[0], quantities[0], indices[0], tuple(said))


_SINGULAR = {"outcomes": "outcome", "quantities": "quantity", "indices": "index"}


def _alike(kind: str, baseline: Scenario, other: Scenario, names: tuple[str, str]) -> tuple[tuple[str, ...], list[str]]:
    here, there = names
    a, b = getattr(baseline, kind), getattr(other, kind)
    same, said = [], []
    for name in a:
        what = f"{_SINGULAR[kind]} '{name}'"
        if name not in b:
            said.append(f"{what} is not in “{there}”")
        elif (reason := _reason(kind, name, baseline, other)) is None:
            same.append(name)
        else:
            said.append(f"{what} {reason} in “{there}” than in “{here}”")
    said += [f"{_SINGULAR[kind]} '{name}' is in “{there}” alone" for name in b if name not in a]
    return tuple(same), said


def _reason(kind: str, name: str, baseline: Scenario, other: Scenario) -> str | None:
    """How one question differs, or None where it does not."""
    a, b = _meaning_of(kind, name, baseline), _meaning_of(kind, name, other)
    if a == b:
        return None
    if kind == "indices":
        return "weighs its variables otherwise"
    if _without(a, date) == _without(b, date):
        return "is asked over other dates"
    if _without(a, float) == _without(b, float):
        return "asks for another level"
    return "is defined otherwise"


def _meaning_of(kind: str, name: str, scenario: Scenario) -> Any:
    if kind == "indices":
        return _index(name, scenario)
    asked = scenario.outcomes[name].predicate if kind == "outcomes" else scenario.quantities[name].of
    return _meaning(asked, scenario)


def _meaning(asked: Any, scenario: Scenario) -> Any:
    """A predicate or measure as nested tuples, what it refers to put in its place."""
    if isinstance(asked, Refer | First):
        return type(asked).__name__, _meaning(scenario.outcomes[asked.outcome].predicate, scenario)
    if isinstance(asked, tuple):
        return tuple(_meaning(item, scenario) for item in asked)
    if not hasattr(asked, "__dataclass_fields__"):
        return float(asked) if isinstance(asked, int) and not isinstance(asked, bool) else asked
    parts = {field.name: getattr(asked, field.name) for field in fields(asked)}
    level = _series(parts["name"], scenario) if "name" in parts else None
    return type(asked).__name__, level, *(_meaning(item, scenario) for item in parts.values())


def _series(name: str, scenario: Scenario) -> Any:
    return _index(name, scenario) if name in scenario.indices else _range(name, scenario)


def _index(name: str, scenario: Scenario) -> Any:
    weights: Mapping[str, Number] = scenario.indices[name].weights
    return tuple(
        (of, n.quantity.family, n.quantity.parameters, n.share, _range(of, scenario))
        for of, n in sorted(weights.items())
    )


def _range(name: str, scenario: Scenario) -> Any:
    return scenario.variables[name].low, scenario.variables[name].high


def _without(meaning: Any, kind: type) -> Any:
    """A meaning with everything of one type left open."""
    if isinstance(meaning, tuple):
        return tuple(_without(item, kind) for item in meaning)
    return kind if isinstance(meaning, kind) else meaning


def _listed(names: Mapping[str, str]) -> str:
    return ", ".join(names)
