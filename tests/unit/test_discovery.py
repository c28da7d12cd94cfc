"""Boxes of parameters: a planted one is found with its support, and none where nothing is planted."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from scipy import stats

from relsim.cli import main
from relsim.drivers.discovery import LEAST_SUPPORT, LEVEL, FoundBox, found_boxes
from relsim.drivers.peeling import best_box, explained, quasi_p
from relsim.result.saved import SavedRun

PATHS = 128.0
SCENE = """
relsim: 1
title: Two keys
window: {start: 2019-01-01, end: 2019-01-31}
run: {paths: 12800, seed: 2}
variables: {x: {half_life: 10 days}}
events:
  raid: {label: A raid, rate: {uniform: {low: 0, high: 48}, unit: per year, source: a guess}}
  noise: {rate: 2 to 9 per month}
calendar:
  talks: {label: The talks, on: 2019-01-20, probability: {uniform: {low: 0.05, high: 0.95}}}
outcomes:
  both: {title: Raid and talks, all: [{happens: raid}, {happens: talks}]}
quantities: {raids: {count: raid}}
"""


def planted(seed: int, draws: int = 300, width: int = 12) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Parameters (draws, width), and an outcome that 31 % of the paths have inside a box of two of them, else 61 %."""
    random = np.random.default_rng(seed)
    theta = random.random((draws, width))
    inside = (theta[:, 3] > 0.5) & (theta[:, 7] < 0.6)
    return theta, random.binomial(128, np.where(inside, 0.31, 0.61)).astype(float), np.full(draws, PATHS)


def lower(found: list[FoundBox]) -> FoundBox:
    return next(one for one in found if one.sign == -1)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 12))])
def test_a_planted_box_is_found_with_its_support(seed: int) -> None:
    theta, hits, paths = planted(seed)
    columns, found = found_boxes(theta, hits, paths, seed)
    one = lower(found)
    place = {int(column): i for i, column in enumerate(columns)}
    assert {int(columns[w]) for w in one.box.restricted} == {3, 7}
    assert one.box.low[place[3]] == pytest.approx(0.5, abs=0.05)
    assert one.box.high[place[3]] == np.inf
    assert one.box.high[place[7]] == pytest.approx(0.6, abs=0.05)
    assert one.box.low[place[7]] == -np.inf
    assert min(one.support.values()) > 0.9
    assert one.p_value <= 0.01
    assert one.held_out == pytest.approx(0.31, abs=0.05)


@pytest.mark.parametrize("seeds", [20, pytest.param(100, marks=pytest.mark.slow)])
def test_where_nothing_is_planted_no_box_is_found(seeds: int) -> None:
    """No more seeds bring one than the stated level allows."""
    number = 0
    for seed in range(seeds):
        random = np.random.default_rng(1000 + seed)
        theta = random.random((60, 6))
        hits = random.binomial(128, random.beta(12, 12, 60)).astype(float)
        number += bool(found_boxes(theta, hits, np.full(60, PATHS), seed)[1])
    assert number <= stats.binom.isf(1e-4, seeds, LEVEL)


def test_the_greatest_box_that_chance_brings_is_no_finding() -> None:
    """Without the shuffles the search would always find something."""
    random = np.random.default_rng(5)
    theta, hits = random.random((60, 6)), random.binomial(128, 0.5, 60).astype(float)
    box = best_box(theta, hits, np.full(60, PATHS), sign=1)
    assert box.explained > 0.05
    assert found_boxes(theta, hits, np.full(60, PATHS), 5)[1] == []


def test_numbers_of_a_box_are_counted_again() -> None:
    theta, hits, paths = planted(1)
    inside = (theta[:, 3] > 0.5) & (theta[:, 7] < 0.6)
    means, s = hits / PATHS, inside.mean()
    gap = means[inside].mean() - means[~inside].mean()
    assert explained(inside, hits, paths, -1) == pytest.approx(s * (1 - s) * gap**2 / means.var())
    assert explained(inside, hits, paths, 1) == 0
    box = best_box(theta, hits, paths, sign=-1)
    around, kept = box.without(3).holds(theta), box.holds(theta)
    random = np.random.default_rng(1)
    dealt = [random.permutation(means[around])[: kept.sum()].mean() for _ in range(2000)]
    z = (means[kept].mean() - means[around].mean()) / np.std(dealt)
    assert quasi_p(box, 3, theta, hits, paths, -1) == pytest.approx(stats.norm.cdf(z), rel=0.5, abs=1e-12)


def test_a_parameter_of_few_values_is_peeled_value_by_value() -> None:
    random = np.random.default_rng(3)
    theta = np.column_stack([random.choice([1.0, 2.0, 5.0], 200), random.random(200)])
    hits = random.binomial(128, np.where(theta[:, 0] == 5, 0.8, 0.4)).astype(float)
    found = found_boxes(theta, hits, np.full(200, PATHS), 3)[1]
    higher = next(one for one in found if one.sign == 1)
    assert higher.box.restricted == [0]
    assert higher.box.low[0] == 5


def call(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("discovery")
    (folder / "scenario.yaml").write_text(SCENE, encoding="utf-8")
    made = call("run", folder / "scenario.yaml", "--out", folder / "run", "--no-figures")
    assert made.exit_code == 0, made.stderr
    return folder / "run"


def test_boxes_in_words_and_numbers(run: Path) -> None:
    ran = call("drivers", run, "--discover", "both")
    assert ran.exit_code == 0, ran.stderr
    found = json.loads((run / "drivers.json").read_text(encoding="utf-8"))["discovery"]["both"]
    assert found["draws"] == 100
    assert found["searched"] == 3
    box = next(box for box in found["boxes"] if box["direction"] == "higher")
    rate, talks = (
        next(r for r in box["restrictions"] if r["parameter"] == path)
        for path in ("events/raid/rate", "calendar/talks/probability")
    )
    assert len(box["restrictions"]) == 2
    assert rate["above_text"] == f"{365.25 * rate['above']:.2g} per year"
    assert talks["above_text"] == f"{100 * talks['above']:.0f} %"
    assert rate["below"] is talks["below"] is None
    assert min(rate["support"], talks["support"]) >= LEAST_SUPPORT
    assert f'"A raid" comes more than {rate["above_text"]}' in box["sentence"]
    assert f'the stated probability of "The talks" is more than {talks["above_text"]}' in box["sentence"]
    assert box["sentence"] in " ".join(ran.stdout.split())
    saved = SavedRun.read(run)
    draws, paths = saved.draws(), saved.paths()
    theta = dict(zip(draws.names, draws.theta.T))
    inside = (theta["events/raid/rate"] > rate["above"]) & (theta["calendar/talks/probability"] > talks["above"])
    true, there = paths.days[:, 0] < 2**31 - 1, inside[paths.draw]
    assert box["mass"] == pytest.approx(there.mean())
    assert box["probability"] == box["density"] == pytest.approx(true[there].mean())
    assert box["elsewhere"] == pytest.approx(true[~there].mean())
    assert box["coverage"] == pytest.approx(true[there].sum() / true.sum())
    assert box["low"] < box["probability"] < box["high"]
    assert (run / "figures" / "discovery-both.png").stat().st_size > 10_000


def test_what_was_found_is_kept_and_drawn_again(run: Path) -> None:
    call("drivers", run, "--discover", "both", "--no-figures")
    before = json.loads((run / "drivers.json").read_text(encoding="utf-8"))
    assert call("drivers", run, "--no-figures").exit_code == 0
    after = json.loads((run / "drivers.json").read_text(encoding="utf-8"))
    assert after == before
    assert call("plot", run, "--out", run.parent / "drawn").exit_code == 0
    assert (run.parent / "drawn" / "discovery-both.png").is_file()


@pytest.mark.parametrize(
    ("name", "said"),
    [("bth", "did you mean 'both'?"), ("raids", "'raids' is a quantity; an outcome was expected")],
)
def test_what_is_no_outcome_is_refused(run: Path, name: str, said: str) -> None:
    ran = call("drivers", run, "--discover", name)
    assert ran.exit_code == 2
    assert said in ran.stderr


def test_too_few_draws_are_refused(run: Path) -> None:
    for words, said in (
        (["--paths", 2560], "20 draws of the parameters are too few for boxes"),
        (["--median-weights"], "one value of each number"),
    ):
        folder = run.parent / f"few{len(words)}"
        assert call("run", run.parent / "scenario.yaml", "--out", folder, "--no-figures", *words).exit_code == 0
        ran = call("drivers", folder, "--discover", "both", "--no-figures")
        assert ran.exit_code == 2
        assert said in ran.stderr
        assert not (folder / "drivers.json").exists()
