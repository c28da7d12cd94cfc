"""What came of each calendar entry's stated probability, and what moved it. Floor 4; imports ``scenario``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.scenario import Entry, Scenario

Array = NDArray[np.float64]


_ROUNDING = 1e-6
"""Below this a move is float32's rounding."""


@dataclass(frozen=True)
class CalendarResult:
    """Entries in file order.

    Attributes
    ----------
    stated : (E,) mean probability as written
    probability : (E,) share of all paths on which the entry happened
    moved_by : one mapping per entry; its values sum to ``probability − stated``
    """

    stated: Array
    probability: Array
    moved_by: tuple[dict[str, float], ...]


def calendar_result(scenario: Scenario, tally: Array, paths: int, told: Collection[str] = ()) -> CalendarResult:
    """Split ``probability − stated`` by what moved it, from sums over paths (E, stages).

    The stages are taken one after another: no opportunity, state, each ``odds_if`` in file order, ``requires``,
    ``unless``, and last the difference between the paths' probabilities and what was drawn (``chance``), what the
    scenario decided (``scenario``), or what the record tells (``record``) of the entries ``told``.
    """
    interventions = scenario.interventions.values()
    decided = {i.force for i in interventions} | {i.cancel for i in interventions}
    share = tally / paths
    entries = list(scenario.calendar.values())
    happened = np.array([share[e, len(entry.odds_if) + 5] for e, entry in enumerate(entries)], float)
    last = dict.fromkeys(told, "record") | {name: "scenario" for name in decided if name is not None}
    moved = tuple(_moved_by(entry, share[e], last.get(entry.name, "chance")) for e, entry in enumerate(entries))
    return CalendarResult(share[:, 0].copy(), happened, moved)


def _moved_by(entry: Entry, share: Array, last: str) -> dict[str, float]:
    causes = ["opportunity", "state", *(o.term.text for o in entry.odds_if), "requires", "unless"]
    causes.append(last)
    always = {"state", last} | {o.term.text for o in entry.odds_if}
    always |= {"requires"} if entry.requires else set()
    always |= {"unless"} if entry.unless else set()
    moved: dict[str, float] = {}
    for stage, cause in enumerate(causes):
        by = float(share[stage + 1] - share[stage])
        if cause in always or abs(by) > _ROUNDING:
            moved[cause] = moved.get(cause, 0.0) + by
    return moved
