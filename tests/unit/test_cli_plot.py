"""``relsim plot``: the figures that a run or a comparison drew, drawn again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from relsim.api.template import starting_scenario
from relsim.cli import main

RUN_FIGURES = ["fan-relations.png", "outcomes.png", "cumulative.png"]


def relsim(*words: object) -> Result:
    return CliRunner().invoke(main, list(map(str, words)))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario, its run with figures, and a comparison of its variants."""
    folder = tmp_path_factory.mktemp("plot")
    (folder / "scenario.yaml").write_text(starting_scenario("us,ru"), encoding="utf-8")
    size = ("--paths", 256, "--seed", 5)
    assert relsim("run", folder / "scenario.yaml", *size, "--out", folder / "run").exit_code == 0
    words = ("compare", folder / "scenario.yaml", "--variants", "all", *size, "--out", folder / "both")
    ran = relsim(*words)
    assert ran.exit_code == 0, ran.stderr
    return folder


def test_a_run_draws_the_same_figures_again(place: Path, tmp_path: Path) -> None:
    ran = relsim("plot", place / "run", "--out", tmp_path / "figures")
    assert ran.exit_code == 0, ran.stderr
    assert ran.stdout.splitlines() == [str(tmp_path / "figures" / name) for name in RUN_FIGURES]
    for name in RUN_FIGURES:
        assert (tmp_path / "figures" / name).read_bytes() == (place / "run" / "figures" / name).read_bytes()


def test_a_comparison_draws_the_same_figures_again(place: Path, tmp_path: Path) -> None:
    ran = relsim("plot", place / "both", "--out", tmp_path)
    assert ran.exit_code == 0, ran.stderr
    drawn = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert drawn == {file.name: file.read_bytes() for file in (place / "both" / "figures").iterdir()}
    assert {"fans-relations.png", "outcomes.png", "cumulative.png"} <= set(drawn)


def test_figures_go_into_each_runs_own_folder(place: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        shutil.copytree(place / "run", tmp_path / name)
        shutil.rmtree(tmp_path / name / "figures")
    ran = relsim("plot", tmp_path / "one", tmp_path / "two", "--format", "svg")
    assert ran.exit_code == 0, ran.stderr
    for name in ("one", "two"):
        found = sorted(file.name for file in (tmp_path / name / "figures").iterdir())
        assert found == ["cumulative.svg", "fan-relations.svg", "outcomes.svg"]
        assert b"seed 5" in (tmp_path / name / "figures" / "outcomes.svg").read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere"], "nowhere: does not exist"),
        (["run", "nowhere"], "nowhere: does not exist"),
        (["run", "run", "--out", "there"], "two runs would both write to 'run'"),
        (["."], "is not the folder of a run"),
        (["run", "--format", "gif"], "'gif' is not one of 'png', 'svg', 'pdf'"),
        (["broken"], "comparison.json: is not what was written"),
        (["alone"], ".yaml is missing; compare the scenarios again"),
    ],
)
def test_what_is_no_run_gets_one_clear_line_and_leaves_nothing(
    words: list[str], said: str, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(place / "run", "run", ignore=shutil.ignore_patterns("figures"))
    for name in ("broken", "alone"):
        shutil.copytree(place / "both", name)
    Path("broken/comparison.json").write_text("{}", encoding="utf-8")
    shutil.rmtree("alone/scenarios")
    before = sorted(map(str, Path().rglob("*")))
    ran = relsim("plot", *words)
    assert ran.exit_code == 2
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
    assert sorted(map(str, Path().rglob("*"))) == before
