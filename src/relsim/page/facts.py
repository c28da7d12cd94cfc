"""What a page says beside a forecast's own numbers: titles, wording, what to compare with, dates, sources. Floor 6."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from relsim.page.sentences import across, in_words, lead, news, reference
from relsim.plots.compared import indices_of
from relsim.plots.data import Past, fan_of
from relsim.result import Forecast, said
from relsim.result.forecast import OutcomeForecast
from relsim.result.json_text import plain
from relsim.result.rounding import figure, interval, parameter_range
from relsim.scenario import Scenario

MOST_VARIABLES = 8
"""Fans of variables, for a scenario without indices."""
_SERIES = ("dates", "median", "bands")
"""What a chart takes from the forecast."""


@dataclass(frozen=True)
class Provenance:
    """Where a forecast comes from.

    Attributes
    ----------
    command : words of a command line that makes it again
    files : SHA-256 of every file read, by name
    origins : ``FILE:LINE`` of each value of the document by its path; empty where not known
    main : name of the scenario's own file among them; None where not known
    """

    command: Sequence[str]
    files: Mapping[str, str]
    origins: Mapping[str, str]
    main: str | None


def facts_of(forecast: Forecast, scenario: Scenario, past: Mapping[str, Past]) -> dict[str, Any]:
    """What stands beside ``forecast.json`` wherever it is drawn, as JSON's values.

    Parameters
    ----------
    past : values of indices before the start, drawn left of the start line
    """
    return {
        "lead": lead(forecast),
        "news": news(forecast),
        "outcomes": {name: wording(outcome, scenario, name) for name, outcome in forecast.outcomes.items()},
        "quantities": {name: _quantity(forecast, scenario, name) for name in forecast.quantities},
        "charts": {
            name: {
                key: value
                for key, value in plain(fan_of(forecast, scenario, name, past.get(name))).items()
                if key not in _SERIES
            }
            for name in indices_of(forecast, MOST_VARIABLES)
        },
        "calendar": {
            name: {"label": entry.label or name, "first": plain(entry.first), "last": plain(entry.last)}
            for name, entry in scenario.calendar.items()
        },
        "causes": {cause: _cause(cause, scenario) for entry in forecast.calendar.values() for cause in entry.moved_by},
        "events": {name: _event(scenario, name) for name in forecast.events},
    }


def settled_of(scenario: Scenario) -> dict[str, Any]:
    """By what test each question will be settled."""
    return {
        name: {"title": o.title or name, "criteria": o.criteria, "source": o.source, "void_if": o.void_if}
        for name, o in scenario.outcomes.items()
    }


def wording(outcome: OutcomeForecast, scenario: Scenario, name: str) -> dict[str, str]:
    """An outcome's numbers as they are said, and what to compare them with."""
    compare, source = reference(scenario, name)
    return {
        "probability": said(outcome),
        "fraction": in_words(outcome.probability),
        "across": across(outcome),
        "range": parameter_range(outcome),
        "interval": interval(outcome),
        "compare": compare,
        "compare_source": source,
    }


def _quantity(forecast: Forecast, scenario: Scenario, name: str) -> dict[str, Any]:
    quantity, known = forecast.quantities[name], scenario.quantities.get(name)
    numbers = (quantity.mean, *(quantity.quantiles[key] for key in ("0.05", "0.5", "0.95")))
    return {
        "title": known.title if known and known.title not in ("", name) else name.replace("_", " "),
        "figures": ["-" if x is None else figure(x, quantity.sd).replace("-", "−") for x in numbers],
    }


def _event(scenario: Scenario, name: str) -> str:
    known = scenario.events.get(name)
    label = (known.label if known else "") or name
    whose = [scenario.parties.get(part) or scenario.issues.get(part) or part for part in name.split(".")[1:]]
    return ", ".join([label, *whose])


_CAUSES: Mapping[str, str] = {
    "state": "where the variables stood",
    "requires": "what it requires was missing",
    "unless": "ruled out by something else",
    "opportunity": "its occasion never came",
    "scenario": "the scenario’s own intervention",
    "chance": "luck of this run",
}


def _cause(cause: str, scenario: Scenario) -> str:
    if cause in _CAUSES:
        return _CAUSES[cause]
    name, _, rest = cause.partition(" ")
    known = scenario.conditions.get(name) or scenario.events.get(name) or scenario.calendar.get(name)
    label = known.label if known and known.label else name
    return f"{label} {rest}".strip()
