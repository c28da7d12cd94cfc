"""What common random numbers save when two scenarios are compared. Run: ``python -m benchmarks.pairing``.

Each change is made to the mid model; both are simulated with one seed, and the changed one with another seed too.
The gain is the variance of the unpaired difference over that of the paired one: how many times as many paths an
unpaired comparison needs.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np

from benchmarks.models import SIZES, number, scenario
from benchmarks.timing import table
from relsim.engine import record
from relsim.kernels.compiled import LANES
from relsim.model import build
from relsim.quantity import Kind
from relsim.scenario import Intervention, Scenario

PATHS = 64 * LANES


def changes(base: Scenario) -> dict[str, Scenario]:
    """The kinds of change."""
    events = dict(base.events)
    first, third = events["e0"], events["e3"]
    name, effect = next(iter(first.effects.items()))
    stronger = number(1.2 * effect.quantity.central(), Kind.REAL, effect.path)
    more = number(1.1 * third.rate.quantity.central(), Kind.RATE, third.rate.path)
    added = replace(third, name="added", excited_by=())
    late = Intervention("late", on=base.start + timedelta(base.days - 10), event="e5")
    return {
        "one event ten days before the end": replace(base, interventions={"late": late}),
        "one weight up by a fifth": replace(
            base, events={**events, "e0": replace(first, effects={**first.effects, name: stronger})}
        ),
        "an event type added": replace(base, events={**events, "added": added}),
        "one rate up by a tenth": replace(base, events={**events, "e3": replace(third, rate=more)}),
    }


def results(changed: Scenario, seed: int, types: list[str]) -> np.ndarray:
    """(paths, 2): the index on the last day, and all events of the given types."""
    model = build(changed)
    kept = record(model, paths=PATHS, seed=seed)
    columns = [model.axes.events[name] for name in types]
    return np.stack([kept.states[:, -1, -1], kept.counts[:, :, columns].sum(axis=(1, 2))], axis=1)


def main() -> None:
    base = scenario(*SIZES["mid"])
    types = list(base.events)
    same = results(base, 1, types)
    rows: list[list[object]] = []
    for name, changed in changes(base).items():
        paired = (results(changed, 1, types) - same).var(axis=0)
        unpaired = (results(changed, 2, types) - same).var(axis=0)
        rows.append([name, *(float(gain) for gain in unpaired / np.maximum(paired, 1e-30))])
    table(
        f"Pairing, mid model, {PATHS:,} paths: variance unpaired / paired",
        ["change", "index on the last day", "events in the window"],
        rows,
    )


if __name__ == "__main__":
    main()
