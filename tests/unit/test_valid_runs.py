"""What `validate` calls valid, every command completes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from relsim.cli import main

VALID = sorted((Path(__file__).parents[1] / "documents/valid").glob("*.yaml"))
RECORDED_LATE = """\
relsim: 1
window: {start: 2019-05-15, end: 2019-06-30, as_of: 2019-05-31}
variables: {tone: {half_life: 2 weeks}}
events: {summit: {rate: 1 per year, effects: {tone: 1}}}
calendar:
  word: {on: 2019-05-20, probability: 0.5, event: summit}
  visit: {between: [2019-05-18, 2019-05-22], probability: 0.5, event: summit}
history:
  line: {events: [{on: %s, event: summit, entry: word}, {on: 2019-05-25, event: summit, entry: visit}]}
outcomes: {met: {happens: summit, at_least: 3}}
"""


def completes(*command: str) -> None:
    done = CliRunner().invoke(main, [str(part) for part in command])
    assert done.exit_code == 0, done.output


def all_of(file: Path, outcome: str) -> None:
    completes("validate", str(file))
    completes("run", str(file), "--paths", "200", "--report", "--no-figures", "--out", "run")
    completes("story", "run", "--outcome", outcome, "--count", "2")
    completes("drivers", "run")
    completes("compare", str(file), str(file), "--paths", "200", "--report", "--no-figures", "--out", "compared")


@pytest.mark.parametrize("day", ["2019-05-16", "2019-05-21", "2019-05-30"])
def test_an_entry_that_the_record_tells_of_on_another_day(
    day: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.yaml").write_text(RECORDED_LATE % day, encoding="utf-8")
    all_of(tmp_path / "s.yaml", "met")


@pytest.mark.parametrize("path", VALID, ids=lambda p: p.stem)
def test_the_corpus(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from relsim.compose import load

    scenario = load(path).scenario
    if scenario is None or not scenario.outcomes:
        pytest.skip("asks nothing with a probability")
    monkeypatch.chdir(tmp_path)
    all_of(path, next(iter(scenario.outcomes)))
