"""A file's outcomes as questions that can be asked from any origin. Floor 5; imports ``scenario``, ``outcomes``.

Dates move with the origin; what reaches to the end of the file's window reaches to the end of the longest horizon.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relsim.model import Axes
from relsim.outcomes import NEVER, Program, compile_outcomes, evaluate, told_by
from relsim.outcomes.program import Chain, Combined, CountedEvents, Node, Referred
from relsim.scenario import Outcome, Refer, Scenario

Array = NDArray[np.float64]


def askable(scenario: Scenario, types: Iterable[str], horizon: int) -> tuple[dict[str, Outcome], dict[str, str]]:
    """Outcomes that a table of event ``types`` can settle, as in the file, and why the others are not asked."""
    program = compile_outcomes(scenario, Axes.of(scenario))
    counted = told_by(program, program.days)
    place = tuple(scenario.events)
    kept: dict[str, Outcome] = {}
    refused: dict[str, str] = {}
    for name in program.order:
        node = program.outcomes[name]
        events, entries = _read(node, program)
        strange = sorted({place[k] for k in events} - set(types))
        if name not in counted or entries:
            refused[name] = "depends on more than events, which no table resolves"
        elif strange:
            refused[name] = f"the table is not known to hold '{strange[0]}'"
        elif (latest := _latest(scenario.outcomes[name].predicate, scenario.end)) is not None and (
            latest - scenario.start
        ).days >= horizon:
            refused[name] = f"reaches past the horizon: --horizon {(latest - scenario.start).days + 1}d asks it"
        elif missing := [other for other in _referred(node) if other in refused]:
            refused[name] = f"depends on '{missing[0]}', which is not asked"
        else:
            kept[name] = scenario.outcomes[name]
    order = list(scenario.outcomes)
    return {n: kept[n] for n in order if n in kept}, {n: refused[n] for n in order if n in refused}


def shifted(scenario: Scenario, outcomes: dict[str, Outcome], origin: date, horizon: int) -> dict[str, Outcome]:
    """Outcomes of a file asked from an origin."""
    by = origin - scenario.start
    end = origin + timedelta(days=horizon - 1)

    def moved(value: Any) -> Any:
        if isinstance(value, date):
            return end if value == scenario.end else value + by
        if isinstance(value, tuple):
            return tuple(moved(item) for item in value)
        if hasattr(value, "__dataclass_fields__"):
            return replace(value, **{f.name: moved(getattr(value, f.name)) for f in fields(value)})
        return value

    return {name: replace(outcome, predicate=moved(outcome.predicate)) for name, outcome in outcomes.items()}


def came_true(scenario: Scenario, windows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(Q, W) whether a scenario's outcomes came true in windows of observed counts (W, T, K).

    Only outcomes of events alone may be asked; all else is taken as if it never was.
    """
    from relsim.kernels.compiled import LANES

    program = compile_outcomes(scenario, Axes.of(scenario))
    size, days, types = windows.shape
    levels = len(scenario.variables) + len(scenario.indices)
    states = np.zeros((days + 1, levels, LANES), np.float32)
    in_force = np.zeros((days, len(scenario.conditions), LANES), np.uint8)
    happened = np.zeros((len(scenario.calendar), LANES), np.int32)
    out = np.zeros((len(program.outcomes), size), bool)
    for first in range(0, size, LANES):
        lanes = min(LANES, size - first)
        counts = np.zeros((days, types, LANES), np.uint16)
        counts[:, :, :lanes] = windows[first : first + lanes].transpose(1, 2, 0)
        found = evaluate(program, states, counts, in_force, happened, lanes)
        out[:, first : first + lanes] = found.days[:, :lanes] != NEVER
    return out


def _read(node: Node, program: Program) -> tuple[set[int], bool]:
    """Events that a predicate counts, and whether it counts calendar entries."""
    match node:
        case CountedEvents() | Chain():
            return set(node.names.events.tolist()), bool(node.names.entries.size)
        case Combined(_, members):
            found = [_read(member, program) for member in members]
            return set().union(*(events for events, _ in found)), any(entries for _, entries in found)
        case Referred(outcome):
            return _read(program.outcomes[outcome], program)
        case _:
            return set(), False


def _referred(node: Node) -> list[str]:
    match node:
        case Referred(outcome):
            return [outcome]
        case Combined(_, members):
            return [name for member in members for name in _referred(member)]
        case _:
            return []


def _latest(value: Any, end: date) -> date | None:
    """The latest date of a predicate that is not the window's end."""
    if isinstance(value, date):
        return None if value == end else value
    if isinstance(value, tuple):
        inner = list(value)
    elif hasattr(value, "__dataclass_fields__") and not isinstance(value, Refer):
        inner = [getattr(value, f.name) for f in fields(value)]
    else:
        inner = []
    return max((found for item in inner if (found := _latest(item, end)) is not None), default=None)
