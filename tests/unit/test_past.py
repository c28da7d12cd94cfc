"""The days before the window: exact against a closed form, and the last one is where the simulation starts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from relsim.compose import load
from relsim.model import build
from relsim.model.past import replayed_days
from relsim.plots import pasts_of

SCENARIO = """
relsim: 1
title: past
window: {start: 2019-02-01, end: 2019-02-10}
parties: {a: A, b: B}
variables: {x: {baseline: 2, half_life: 8 days}, y: {baseline: -1, half_life: 4 days}}
indices: {mood: {weights: {x: 0.25, y: 0.75}}}
events: {up: {effects: {x: 1}}, down: {effects: {y: -2}}}
quantities: {ups: {count: up}}
"""
HISTORY = "history: {mine: {events: [{on: 2019-01-12, event: down}, {on: 2019-01-20, event: up}]}}\n"


def model_of(text: str, folder: Path):
    file = folder / "scenario.yaml"
    file.write_text(text, encoding="utf-8")
    scenario = load(str(file), whole=True).scenario
    assert scenario is not None
    return build(scenario)


def test_each_day_is_the_decay_of_what_was_observed(tmp_path: Path) -> None:
    """A unit effect moves by its share of the way to the bound at the baseline and decays by half a half-life."""
    replayed = replayed_days(model_of(SCENARIO + HISTORY, tmp_path))
    assert replayed.dates == tuple(date(2019, 1, day) for day in range(12, 32))
    days = np.arange(12, 32)
    x = np.where(days >= 20, 2 + 2.0 ** (-(days - 20) / 8), 2.0)
    y = -1 - 2 * 2.0 ** (-(days - 12) / 4)
    want = np.column_stack([x, y, 0.25 * x + 0.75 * y])
    assert np.allclose(replayed.levels, want, atol=1e-12)


def test_the_last_day_is_where_the_simulation_starts() -> None:
    folder = Path(__file__).resolve().parents[2] / "scenarios" / "osaka_2019"
    scenario = load(str(folder / "scenario.yaml"), whole=True).scenario
    assert scenario is not None
    model = build(scenario)
    replayed = replayed_days(model)
    start = model.at_medians().start[0]
    assert replayed.dates[-1] == date(2019, 5, 14)
    assert np.array_equal(replayed.levels[-1, : len(start)], start)
    pasts = pasts_of(model)
    weights = {name: w.share * w.quantity.central() for name, w in scenario.indices["relations"].weights.items()}
    mixed = sum(weight * np.array(pasts[name].values) for name, weight in weights.items())
    assert pasts["relations"].values == pytest.approx(list(mixed), abs=1e-12)


def test_without_history_there_is_no_past(tmp_path: Path) -> None:
    model = model_of(SCENARIO, tmp_path)
    assert replayed_days(model).levels.shape == (0, 3)
    assert pasts_of(model) == {}
