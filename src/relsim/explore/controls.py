"""What can be moved: numbers, switches, variants and the last day that the record tells. Floor 8."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from relsim.api.inputs import Inputs
from relsim.drivers.labels import weight_label
from relsim.model import Model
from relsim.page.assumptions import numbers_of
from relsim.quantity import Quantity
from relsim.quantity.write import best_unit
from relsim.result.json_text import plain

_MOST_LINES = 200
"""Lines of a history that are switched one by one; a longer one is an event table."""
_WIDE = 5.0
"""Ends of a slider of which the one is so many times the other: its scale is logarithmic."""


def controls_of(inputs: Inputs, model: Model) -> dict[str, Any]:
    """Everything that can be moved, as JSON's values, from the document without moves."""
    scenario, tree = inputs.scenario, inputs.loaded.root.plain()
    assert isinstance(tree, dict)
    bounds = {w.path: (w.low, w.high) for w in model.weights}
    return {
        "numbers": [
            {
                "path": path,
                "section": path.split("/")[0],
                "label": weight_label(path, scenario),
                "written": f"{number.quantity.text}{' in all' if number.quantity.in_all else ''}",
                "source": number.quantity.source,
                **_scale(number.quantity, *bounds.get(path, (-float("inf"), float("inf")))),
            }
            for path, number in numbers_of(scenario).items()
        ],
        "variants": [
            {"name": name, "title": str(body.get("title", name))}
            for name, body in (tree.get("variants") or {}).items()
            if body
        ],
        "entries": [
            {"name": name, "label": entry.label or name, "first": plain(entry.first), "last": plain(entry.last)}
            for name, entry in scenario.calendar.items()
        ],
        "interventions": [
            {"name": name, "label": _acts(body)} for name, body in (tree.get("interventions") or {}).items()
        ],
        "histories": [_history(name, body) for name, body in (tree.get("history") or {}).items()],
        "as_of": {
            "stated": plain(scenario.as_of),
            "first": plain(scenario.start),
            "last": plain(scenario.end - timedelta(1)),
        },
    }


def _scale(quantity: Quantity, low: float, high: float) -> dict[str, Any]:
    """A number's value, unit, and the ends of its slider: its own 95 %; no ends where it is in no doubt."""
    unit, factor = best_unit(quantity)
    if quantity.certain:
        return {"unit": unit, "value": quantity.central() / factor, "low": None, "high": None, "log": False}
    value = quantity.central(low, high) / factor
    ends = [float(x) / factor for x in quantity.ppf([0.025, 0.975], low, high)]
    return {
        "unit": unit,
        "value": value,
        "low": ends[0],
        "high": ends[1],
        "log": ends[0] > 0 and ends[1] > _WIDE * ends[0],
    }


def _acts(body: Any) -> str:
    """An intervention in a line, as the document has it."""
    return ", ".join(f"{key}: {value}" for key, value in body.items()) if isinstance(body, dict) else str(body)


def _history(name: str, body: Any) -> dict[str, Any]:
    events = body.get("events") or []
    lines = [_line(event) for event in events] if len(events) <= _MOST_LINES else []
    return {"name": name, "count": len(events), "lines": lines}


def _line(event: Any) -> str:
    on = event.get("on")
    day = on.get("circa") if isinstance(on, dict) else on
    who = " → ".join(str(event[key]) for key in ("by", "toward") if event.get(key))
    told = ", ".join(str(part) for part in (event.get("event"), who, event.get("issue")) if part)
    return f"{day}: {told}" + (f" ({event['note']})" if event.get("note") else "")
