"""A finished run read back is the run that was made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import relsim
from relsim.api.template import starting_scenario
from relsim.cli import main
from relsim.engine import simulate
from relsim.errors import InputError
from relsim.result.saved import SavedRun


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("saved")
    (place / "scenario.yaml").write_text(starting_scenario("us,ru"), encoding="utf-8")
    options = ["--paths", "600", "--seed", "5", "--no-figures", "--out", str(place / "run")]
    ran = CliRunner().invoke(main, ["run", str(place / "scenario.yaml"), *options])
    assert ran.exit_code == 0, ran.stderr
    return place / "run"


def test_a_run_simulated_again_has_the_same_paths(folder: Path) -> None:
    run = relsim.open(folder)
    model, scenario = run.inputs.model, run.inputs.scenario
    again = simulate(model, paths=scenario.paths, seed=scenario.seed, draws=scenario.draws)
    saved, draws = run.finished.paths(), run.finished.draws()
    np.testing.assert_array_equal(saved.days, again.days)
    np.testing.assert_array_equal(saved.values, again.values)
    np.testing.assert_array_equal(draws.theta, again.theta)
    assert draws.names == again.weight_names
    assert saved.draw.max() == again.draws - 1


def test_a_run_states_whether_it_ran_under_the_medians(folder: Path) -> None:
    assert not SavedRun.read(folder).median_weights


def test_what_is_no_run_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        SavedRun.read(tmp_path / "nowhere")
    with pytest.raises(InputError, match="is not the folder of a run"):
        SavedRun.read(tmp_path)
