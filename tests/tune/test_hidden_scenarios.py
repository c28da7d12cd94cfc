"""Twenty scenarios that tuning has not seen: the target is met, and what bears on nothing stays.

Met is judged by an independent run: the weights file laid over the scenario, another seed, 51,200 paths. Its estimate
lies within five standard errors of the target, those of the run and of the search together.
"""

from __future__ import annotations

import math
from pathlib import Path
from random import Random

import pytest
from scenes_to_tune import hidden

from relsim.compose import load
from relsim.compose.weights import weights_text
from relsim.engine import simulate
from relsim.model import build
from relsim.summary import summarise
from relsim.tune import read_targets, tune

ROOT = Path(__file__).resolve().parents[2]
CHECKED = 51_200


def probability(file: Path, outcome: str, weights: list[Path], paths: int, seed: int) -> tuple[float, float]:
    loaded = load(file, weights=weights, whole=True)
    assert loaded.scenario is not None
    model = build(loaded.scenario)
    found = summarise(model.scenario, simulate(model, paths=paths, seed=seed)).outcomes[outcome]
    assert found.probability is not None
    assert found.standard_error is not None
    return found.probability, found.standard_error


def meets(file: Path, outcome: str, shift: float, paths: int, seed: int, folder: Path) -> list[str]:
    """Tune an outcome by so many units of log-odds, check it by another run, and give what moved."""
    loaded = load(file, whole=True)
    assert loaded.scenario is not None
    before, _ = probability(file, outcome, [], 12_800, seed)
    assert 0 < before < 1
    wanted = round(1 / (1 + math.exp(-(math.log(before / (1 - before)) + shift))), 3)
    targets = read_targets([f"{outcome}={wanted}"], loaded.scenario)
    movable = [w.path for w in build(loaded.scenario).weights]
    tuned = tune(loaded.scenario, targets, movable=movable, paths=paths, seed=seed, progress=lambda _: None)
    path = folder / "tuned.yaml"
    path.write_text(weights_text(loaded.root, tuned.numbers), encoding="utf-8")
    after, error = probability(file, outcome, [path], CHECKED, seed + 77)
    result = tuned.report.targets[outcome]
    assert result.met, result
    both = math.hypot(error, result.after.standard_error)
    assert abs(after - wanted) < 5 * both, f"{after:.4f}, wanted {wanted}, before {before:.4f}, error {both:.4f}"
    return [m.path for m in tuned.report.moves]


@pytest.mark.parametrize("i", [0, 1])
def test_a_target_is_met(i: int, tmp_path: Path) -> None:
    text, outcome = hidden(i)
    (tmp_path / "scenario.yaml").write_text(text, encoding="utf-8")
    moves = meets(tmp_path / "scenario.yaml", outcome, (-1) ** i * 0.7, 16_384, 5 + i, tmp_path)
    assert moves
    assert not [path for path in moves if "idle" in path]


@pytest.mark.slow
@pytest.mark.parametrize("i", range(2, 17))
def test_many_targets_are_met(i: int, tmp_path: Path) -> None:
    text, outcome = hidden(i)
    (tmp_path / "scenario.yaml").write_text(text, encoding="utf-8")
    shift = Random(i).choice([-1.2, -0.8, -0.4, 0.4, 0.8, 1.2])
    moves = meets(tmp_path / "scenario.yaml", outcome, shift, 32_768, 50 + i, tmp_path)
    assert moves
    assert not [path for path in moves if "idle" in path]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "outcome", "shift"),
    [
        ("scenarios/osaka_2019/scenario.yaml", "osaka", -0.5),
        ("scenarios/osaka_2019/scenario.yaml", "sailors", 0.4),
        ("scenarios/japan_south_korea_2019/scenario.yaml", "lapse", 0.8),
    ],
)
def test_the_real_cases_are_met(file: str, outcome: str, shift: float, tmp_path: Path) -> None:
    assert meets(ROOT / file, outcome, shift, 32_768, 3, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("parties", "outcome", "shift"), [("us,ru", "incident", -0.6), ("in,pk", "summit", -0.6)])
def test_the_built_in_model_is_met(parties: str, outcome: str, shift: float, tmp_path: Path) -> None:
    from relsim.api.template import starting_scenario

    (tmp_path / "scenario.yaml").write_text(starting_scenario(parties), encoding="utf-8")
    assert meets(tmp_path / "scenario.yaml", outcome, shift, 32_768, 9, tmp_path)
