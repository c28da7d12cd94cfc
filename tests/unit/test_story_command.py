"""``relsim story`` as a user meets it, and the timeline that it prints."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner

from relsim.cli import main
from relsim.result.saved import SavedRun
from relsim.result.stories import ChancePoint, Stories, Story, StoryLine, TurningPoint

SCENARIO = """relsim: 1
title: A vote
window: {start: 2019-01-01, end: 2019-02-19}
run: {paths: 300, seed: 4}
parties: {a: Aland, b: Beland}
scale: {grades: {cold: -1, cool: 0, warm: 9}}
variables: {mood: {label: Mood, half_life: 10 days, spread: 0.8, baseline: 1 ± 0.3}}
indices: {relations: {label: Relations, weights: {mood: 1}}}
events:
  quarrel: {each: party, label: Quarrel, rate: 2 per month, effects: {mood: -0.7}}
  treaty: {label: Treaty, rate: 1 per year, effects: {mood: 2}}
calendar:
  vote: {label: The vote is won, on: 2019-01-20, probability: 0.5}
  feast: {label: The feast, on: 2019-02-01, probability: 1}
outcomes:
  won: {title: The vote is won, happens: vote}
  warm:
    title: A warm winter
    all: [{happens: vote}, {value: relations, above: 1.2, mean_over: [2019-02-01, 2019-02-19]}]
  never: {title: It never is, value: relations, above: 8.9, on: 2019-02-19}
  always: {title: It always is, value: relations, above: -8.9, on: 2019-02-19}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("story")
    (place / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    ran = call("run", str(place / "scenario.yaml"), "--no-figures", "--out", str(place / "run"))
    assert ran.exit_code == 0, ran.stderr
    return place / "run"


def call(*arguments: str):
    return CliRunner().invoke(main, list(arguments), prog_name="relsim")


def told(folder: Path, *options: str) -> Stories:
    ran = call("story", str(folder), "--json", "--futures", "128", "--no-figures", *options)
    assert ran.exit_code == 0, ran.stderr
    return Stories.from_json(ran.stdout)


def test_typical_paths_and_near_misses_are_what_the_run_says(folder: Path) -> None:
    stories = told(folder, "--outcome", "warm", "--count", "2")
    paths = SavedRun.read(folder).paths()
    column = list(stories.typical[0].outcomes).index("warm")
    true = paths.days[:, column] < 10_000
    assert stories.count_true == true.sum() == stories.n_clustered
    assert len(stories.typical) == len(stories.near_misses) == 2
    assert sum(s.share or 0 for s in stories.typical) == pytest.approx(1)
    for story in stories.stories:
        assert story.came_true == true[story.path]
        assert story.draw == paths.draw[story.path]
        assert list(story.counts.values()) == paths.counts[story.path].tolist()
        assert story.chance[-1].probability == float(story.came_true)
        assert 4 <= len(story.lines) <= 24
        assert [line.on for line in story.lines if line.kind != "usual"] == sorted(
            line.on for line in story.lines if line.kind != "usual"
        )
    for story in stories.near_misses:
        assert story.missing is not None
        assert "all but one of 2 parts held" in story.missing


def test_the_turning_point_is_the_day_of_the_vote(folder: Path) -> None:
    for story in told(folder, "--outcome", "won", "--count", "1").stories:
        (point,) = story.turning_points
        assert point.first == point.last
        assert point.first.isoformat() == "2019-01-20"
        assert point.after == float(bool(story.came_true))
        (line,) = (line for line in story.lines if line.marked)
        assert "The vote is won" in line.text
        assert ("rises" if story.came_true else "falls") in line.text


def test_the_same_stories_whatever_the_threads(folder: Path) -> None:
    one, two = (told(folder, "--outcome", "warm", "--workers", n) for n in ("1", "2"))
    assert one == two


def test_any_path_is_told_by_its_number(folder: Path) -> None:
    plain = told(folder, "--path", "7").chosen[0]
    asked = told(folder, "--path", "7", "--outcome", "won").chosen[0]
    assert plain.path == asked.path == 7
    assert plain.counts == asked.counts
    assert plain.outcomes == asked.outcomes
    assert plain.levels["relations"] == asked.levels["relations"]
    assert plain.came_true is None
    assert not plain.chance
    assert any(line.text == "It has come true: It always is" for line in plain.lines)
    assert asked.came_true == (asked.outcomes["won"] is not None)


def test_no_story_of_what_never_came_true(folder: Path) -> None:
    stories = told(folder, "--outcome", "never", "--count", "2")
    assert not stories.typical
    assert len(stories.near_misses) == 2
    assert stories.notes[0].startswith("It came true on none of 300 paths")
    assert "Relations stood at" in (stories.near_misses[0].missing or "")


def test_no_near_miss_of_what_always_did(folder: Path) -> None:
    stories = told(folder, "--outcome", "always", "--count", "2")
    assert len(stories.typical) == 2
    assert not stories.near_misses
    assert stories.notes == ("It came true on all of 300 paths: there is no near miss.",)


def test_text_figures_and_json_are_left_in_the_run(folder: Path) -> None:
    ran = call("story", str(folder), "--outcome", "won", "--count", "1", "--futures", "128")
    assert ran.exit_code == 0, ran.stderr
    assert "TYPICAL 1 of 1: path" in ran.stdout
    assert "NEAR MISS 1 of 1: path" in ran.stdout
    assert max(map(len, ran.stdout.splitlines()[:-1])) <= 100
    assert {f.name for f in (folder / "figures").iterdir()} >= {"story-won-true-1.png", "story-won-near-1.png"}
    written = Stories.from_json((folder / "stories" / "won.json").read_text(encoding="utf-8"))
    assert written.outcome == "won"
    before = (folder / "figures" / "story-won-true-1.png").read_bytes()
    assert call("story", str(folder), "--outcome", "won", "--count", "1", "--futures", "128").exit_code == 0
    assert (folder / "figures" / "story-won-true-1.png").read_bytes() == before


def test_without_futures_there_is_no_chance(folder: Path) -> None:
    ran = call("story", str(folder), "--outcome", "won", "--count", "1", "--futures", "0", "--json")
    assert ran.exit_code == 0, ran.stderr
    assert json.loads(ran.stdout)["typical"][0]["chance"] == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--outcome", "wonn"], "has no outcome 'wonn'; did you mean 'won'?"),
        (["--path", "300"], "has no path 300; its 300 paths are numbered 0 to 299"),
        ([], "say which outcome with --outcome, or which path with --path; outcomes: won, warm, never, always"),
    ],
)
def test_what_cannot_be_told_is_said(folder: Path, options: list[str], message: str) -> None:
    before = sorted(folder.rglob("*"))
    ran = call("story", str(folder), *options)
    assert ran.exit_code == 2
    assert message in ran.stderr
    assert ran.stdout == ""
    assert sorted(folder.rglob("*")) == before


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    ran = call("story", str(tmp_path / "nowhere"), "--outcome", "won")
    assert ran.exit_code == 2
    assert "does not exist" in ran.stderr


def test_every_field_of_a_story_is_told_of() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "outputs.md").read_text(encoding="utf-8")
    for kind in (Stories, Story, ChancePoint, TurningPoint, StoryLine):
        for field in fields(kind):
            assert f"`{field.name}`" in page, field.name
