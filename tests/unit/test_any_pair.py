"""The built-in model travels: its tests of good sense on eight pairs, and random pairs with rates far apart.

The tolerances are those of the same tests on its own pair (``test_good_sense``).
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from eight_pairs import PAIRS, START, pair_text

from relsim.compose import load
from relsim.engine import record, simulate
from relsim.model import build
from relsim.scenario import Scenario
from relsim.steady_state import settle, undisturbed
from relsim.summary import summarise

PATHS = 1024
YEAR = 365.25


def scenario_of(text: str, folder: Path) -> Scenario:
    file = folder / "pair.yaml"
    file.write_text(text)
    scenario = load(file).scenario
    assert scenario is not None
    return scenario


def response(text: str, event: str, folder: Path) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Mean move of each variable and index, and its standard error, n days after a forced event on day 1."""
    plain = scenario_of(text, folder)
    forced = scenario_of(text + f"interventions: {{act: {{on: {START}, event: {event}}}}}\n", folder)
    before, after = (record(build(s), paths=PATHS, seed=1, median_weights=True).states for s in (plain, forced))
    mean, error = (after - before).mean(axis=0), (after - before).std(axis=0, ddof=1) / PATHS**0.5
    levels = build(plain).axes.levels
    return {name: mean[:, i] for name, i in levels.items()}, {name: error[:, i] for name, i in levels.items()}


@pytest.mark.parametrize("pair", PAIRS)
def test_a_summit_warms_the_tone_and_leaves_nothing(pair: str, tmp_path: Path) -> None:
    mean, error = response(pair_text(pair), "summit", tmp_path)
    for party in ("one", "two"):
        tone, doubt = mean[f"tone.{party}"], 5 * error[f"tone.{party}"]
        assert abs(tone[7] - 1.5) < 0.5 + doubt[7]
        assert abs(tone[30] - 0.7) < 0.3 + doubt[30]
        assert abs(tone[90]) < 0.15 + doubt[90]
        assert mean[f"room.{party}"][90] < 0
    assert abs(mean["relations"][90]) < 0.1 + 5 * error["relations"][90]


@pytest.mark.parametrize("pair", PAIRS)
def test_minor_sanctions_sting_and_pass(pair: str, tmp_path: Path) -> None:
    mean, error = response(pair_text(pair), "sanctions_minor.one", tmp_path)
    assert abs(mean["tone.two"][1] + 0.5) < 0.2 + 5 * error["tone.two"][1]
    assert abs(mean["tone.two"][90]) < 0.1 + 5 * error["tone.two"][90]


@pytest.mark.parametrize("pair", PAIRS)
def test_left_alone_it_stays(pair: str, tmp_path: Path) -> None:
    years = 4
    for s in settle(scenario_of(pair_text(pair), tmp_path), seed=1):
        # Of an event this rare hardly one is seen: then the spread over paths says nothing of the mean's error.
        rare = (s.stated / (years * PATHS)) ** 0.5 if s.is_rate else 0.0
        allowed = 0.15 * s.stated if s.is_rate else 0.5
        assert abs(s.settles - s.stated) <= allowed + 5 * max(s.standard_error, rare), s


@pytest.mark.parametrize("pair", PAIRS)
def test_no_default_outcome_is_out_of_reach(pair: str, tmp_path: Path) -> None:
    scenario = scenario_of(pair_text(pair, 120), tmp_path)
    forecast = summarise(scenario, simulate(build(scenario), paths=8192, seed=3))
    assert not [warning for warning in forecast.warnings if "no path came near" in warning]
    assert len(forecast.outcomes) == 6
    for outcome in forecast.outcomes.values():
        assert 0 < outcome.probability < 1


def random_text(seed: int) -> str:
    """A pair whose rates lie up to a factor of 32 above or below the built-in model's, each by itself."""
    rng = np.random.default_rng(seed)
    lines = pair_text("Japan and China", 365).splitlines()[:4]
    tones = ", ".join(f"tone.{p}: {{baseline: {rng.uniform(-5, 4):.2f}}}" for p in ("one", "two"))
    lines.append(f"variables: {{{tones}, gap: {{baseline: {rng.uniform(2, 7):.2f}}}}}")
    lines += ["quantities: {calls: {count: call}}", "events:"]
    model = load("bilateral", settings=["window/start=2024-01-01", "window/end=2024-12-31"]).scenario
    assert model is not None
    for name, event in model.events.items():
        general, _, member = name.partition(".")
        usual = event.rate.quantity.central() * YEAR * 10 ** rng.uniform(-1.5, 1.5)
        written = f"{usual / 1.7:.4g} to {usual * 1.7:.4g} per year"
        if member == "general":
            written = f"{{in_all: {written}}}"
            name = general
        if usual:
            name = {"a": f"{general}.one", "b": f"{general}.two"}.get(member, name)
            lines.append(f"  {name}: {{rate: {written}}}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("seed", range(12))
def test_a_random_pair_is_not_refused_and_keeps_its_rates(seed: int, tmp_path: Path) -> None:
    scenario = scenario_of(random_text(seed), tmp_path)
    model = build(undisturbed(scenario))
    usual = model.at_medians().usual[0] * YEAR
    counts = simulate(model, paths=256, seed=seed, median_weights=True).values.mean(axis=0)[len(scenario.variables) :]
    stated = usual > 0
    ratios = counts[stated] / (usual[stated] * 1461 / YEAR)
    assert usual[stated].max() / usual[stated].min() > 1000
    assert abs(np.median(ratios) - 1) < 0.25
    build(scenario).draw(1, 128)


HELD_BACK = """
  open_door: {{label: A door opens, rate: 0.2 per year}}
  deal: {{label: A deal, rate: {rate} per year, {held}, effects: {{gap: -1.2, tone: 0.8}}}}
"""


@pytest.mark.parametrize(
    "held", ["at_most: 1", "requires: [{open_door: {within: 60 days}}]", "unless: [{call: {within: 300 days}}]"]
)
def test_a_good_event_held_back_widens_no_gap_by_its_rate(held: str, tmp_path: Path) -> None:
    pair = "Russia and the United Kingdom"
    ends = []
    for rate in (0.1, 1, 8):
        scenario = scenario_of(pair_text(pair, 365) + HELD_BACK.format(rate=rate, held=held), tmp_path)
        states = record(build(scenario), paths=PATHS, seed=4, median_weights=True).states
        ends.append(states[:, -1, build(scenario).axes.levels["gap.general"]])
    for fewer, more in pairwise(ends):
        difference = more - fewer
        assert difference.mean() < 5 * difference.std(ddof=1) / PATHS**0.5 + 1e-9
