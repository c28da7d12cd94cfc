"""The built-in model behaves as its sources say: the tests of good sense of its description.

Each compares paired runs of the same seed, so that chance cancels; the tolerances are those of the description
(tone about +1.5, +0.7 and 0.0 points after 7, 30 and 90 days; half a point; 15 %), plus five standard errors.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

import numpy as np
import pytest

from relsim.compose import load
from relsim.engine import record, simulate
from relsim.model import build
from relsim.scenario import Scenario
from relsim.steady_state import settle
from relsim.summary import summarise

PATHS = 4096

TEXT = """
relsim: 1
extends: bilateral
window: {start: 2019-01-01, end: 2019-06-29}
parties: {us: United States, ru: Russia, a: null, b: null}
quantities: {calls: {count: call}}
"""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    file = tmp_path_factory.mktemp("sense") / "default.yaml"
    file.write_text(textwrap.dedent(TEXT))
    loaded = load(file)
    assert loaded.scenario is not None
    assert not loaded.warnings
    return loaded.scenario


def response(scenario: Scenario, event: str, tmp_path: Path) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Mean move of each variable and index, and its standard error, n days after a forced event on day 1."""
    file = tmp_path / "forced.yaml"
    file.write_text(TEXT + f"interventions: {{act: {{on: 2019-01-01, event: {event}}}}}\n")
    forced = load(file).scenario
    assert forced is not None
    plain, moved = (record(build(s), paths=PATHS, seed=1, median_weights=True) for s in (scenario, forced))
    difference = moved.states - plain.states
    levels = build(scenario).axes.levels
    return (
        {name: difference[:, :, i].mean(axis=0) for name, i in levels.items()},
        {name: difference[:, :, i].std(axis=0, ddof=1) / PATHS**0.5 for name, i in levels.items()},
    )


def test_a_summit_warms_the_tone_and_leaves_nothing(scenario: Scenario, tmp_path: Path) -> None:
    mean, error = response(scenario, "summit", tmp_path)
    for party in ("us", "ru"):
        tone, doubt = mean[f"tone.{party}"], 5 * error[f"tone.{party}"]
        assert abs(tone[7] - 1.5) < 0.5 + doubt[7]
        assert abs(tone[30] - 0.7) < 0.3 + doubt[30]
        assert abs(tone[90]) < 0.15 + doubt[90]
        assert mean[f"room.{party}"][90] < 0
    assert abs(mean["relations"][90]) < 0.1 + 5 * error["relations"][90]


def test_minor_sanctions_sting_and_pass(scenario: Scenario, tmp_path: Path) -> None:
    mean, error = response(scenario, "sanctions_minor.us", tmp_path)
    assert abs(mean["tone.ru"][1] + 0.5) < 0.2 + 5 * error["tone.ru"][1]
    assert abs(mean["tone.ru"][90]) < 0.1 + 5 * error["tone.ru"][90]


def test_left_alone_it_stays(scenario: Scenario) -> None:
    for s in settle(scenario, seed=1):
        allowed = 0.15 * s.stated if s.is_rate else 0.5
        assert abs(s.settles - s.stated) <= allowed + 5 * s.standard_error, s


def test_good_atmosphere_no_results_is_a_state_it_can_be_in(scenario: Scenario, tmp_path: Path) -> None:
    """Some paths end a quarter with a warm tone, no agreement and gaps as wide as before; some do not."""
    recorded = record(build(scenario), paths=PATHS, seed=2)
    axes = build(scenario).axes
    agreements = [i for name, i in axes.events.items() if name.startswith("agreement")]
    none = recorded.counts[:, :, agreements].sum(axis=(1, 2)) == 0
    warm = np.mean([recorded.states[:, -30:, axes.variables[f"tone.{p}"]].mean(axis=1) for p in ("us", "ru")], axis=0)
    baseline = float(build(scenario).at_medians().baseline[0, axes.variables["tone.us"]])
    share = np.mean(none & (warm > baseline + 0.5))
    assert 0.02 < share < 0.5


def test_no_default_outcome_is_out_of_reach(scenario: Scenario) -> None:
    assert scenario.outcomes
    forecast = summarise(scenario, simulate(build(scenario), paths=20_000, seed=3))
    assert not [warning for warning in forecast.warnings if "no path came near" in warning]
    for outcome in forecast.outcomes.values():
        assert 0 < outcome.probability < 1
