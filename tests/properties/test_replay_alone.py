"""The replay of one vector in plain floats and the kernel's replay of many are one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

import numpy as np
import pytest
from oracle.scenes import document, scene
from random_scenarios import document_of

from relsim.compose import load
from relsim.model import build

HISTORIES = (
    {"mine": {"covers": {"from": date(2019, 3, 1), "to": date(2019, 4, 20)}, "events": [
        {"on": date(2019, 3, 20), "event": "e0", "count": 3}, {"on": date(2019, 4, 2), "event": "e0"},
    ]}},
    {"mine": {"events": [{"on": date(2019, 3, day), "event": "e0", "count": day} for day in range(1, 31)]}},
)  # fmt: skip


@pytest.mark.parametrize("name", ["osaka", *range(12)])
def test_one_vector_replayed_in_plain_floats_is_the_kernel_s_bit_for_bit(name: str | int) -> None:
    """Under one vector the replay needs no compiler; beside others the same vector goes through the kernel."""
    if isinstance(name, int):
        scenario = scene(document({**document_of(Random(name)), "history": HISTORIES[name % 2]}))
    else:
        found = load(str(Path(__file__).resolve().parents[2] / "scenarios" / "osaka_2019" / "scenario.yaml")).scenario
        assert found is not None
        scenario = found
    model = build(scenario)
    theta = np.repeat(model.medians, 3, axis=0)
    theta[1:] = model.valid_draws(1, 2)[0]
    together = model.parameters(theta)
    assert len(model.observed.counts) > 20
    for i in range(3):
        alone = model.parameters(theta[i : i + 1])
        assert np.array_equal(alone.start[0], together.start[i])
        assert np.array_equal(alone.traces[0], together.traces[i])
