"""The library of scenarios: each file says what a reader needs, runs, and knows its day and no later."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from library_case import EVERY_FILE, FILES, ROOT, SCENARIOS, scenario, written

from relsim.cli import main
from relsim.compose import load
from relsim.score import due_days

ASKED_ELSEWHERE = ROOT.parent / "shared" / "questions" / "real_2026.json"
"""The questions as others put them; no part of the project."""


def numbers_without_source(node: object, at: str = "") -> Iterator[str]:
    """Places of rates, probabilities, effects and the like that no source stands beside."""
    kinds = {"rate", "probability", "half_life", "odds_ratio", "lasts", "events", "share"}
    nested = {"effects", "rates", "rate_ratio", "odds_ratio"}
    if not isinstance(node, Mapping):
        return
    for key, value in node.items():
        place = f"{at}/{key}"
        if key in nested and isinstance(value, Mapping) and "value" not in value:
            yield from (f"{place}/{k}" for k, v in value.items() if isinstance(v, str | float))
        elif key in kinds and isinstance(value, str | float) and place.count("/") > 1:
            yield place
        else:
            yield from numbers_without_source(value, place)


def test_there_are_pairs_enough() -> None:
    pairs = {frozenset(scenario(file).parties.values()) for file in FILES}
    assert len(pairs) >= 8
    assert all(len(pair) == 2 for pair in pairs)


@EVERY_FILE
def test_a_file_says_who_answers_for_it_and_until_when(file: Path) -> None:
    found = written(file)
    start, end = found["window"]["start"], found["window"]["end"]
    assert found["owner"] == "relsim"
    assert start <= found["review"] <= end
    assert not [d for d in load(str(file), whole=True).warnings if d.path == "review"]


@EVERY_FILE
def test_a_question_says_what_settles_it_who_says_so_and_by_when(file: Path) -> None:
    due = due_days(scenario(file))
    assert scenario(file).outcomes
    for name, outcome in scenario(file).outcomes.items():
        assert outcome.title
        assert outcome.criteria
        assert outcome.source
        assert outcome.base_rate is not None
        assert written(file)["window"]["start"] <= due[name] <= written(file)["window"]["end"]
        assert "'by':" in str(written(file)["outcomes"][name])


@EVERY_FILE
def test_a_number_has_its_source_beside_it(file: Path) -> None:
    sections = ("variables", "conditions", "events", "calendar")
    assert not [at for s in sections for at in numbers_without_source(written(file).get(s, {}), s)]


@EVERY_FILE
def test_what_if_is_asked_at_least_twice(file: Path) -> None:
    variants = load(str(file), whole=True).document.variants or {}
    assert len(variants) >= 2
    for name in variants:
        assert load(str(file), variant=name, whole=True).scenario != scenario(file)


@EVERY_FILE
def test_validate_finds_nothing_to_warn_of(file: Path) -> None:
    done = CliRunner().invoke(main, ["validate", str(file)])
    assert done.exit_code == 0, done.stderr
    assert "warning:" not in done.stderr


@EVERY_FILE
def test_every_way_of_asking_runs(file: Path, tmp_path: Path) -> None:
    names = [None, *(load(str(file), whole=True).document.variants or {})]
    for name in names:
        chosen = ["--variant", name] if name else []
        done = CliRunner().invoke(
            main, ["run", str(file), *chosen, "--paths", "128", "--no-figures", "--out", str(tmp_path / str(name))]
        )
        assert done.exit_code == 0, done.stderr


@EVERY_FILE
def test_the_list_of_scenarios_tells_of_the_file(file: Path) -> None:
    lines = (SCENARIOS / "README.md").read_text(encoding="utf-8").splitlines()
    (row,) = (line for line in lines if f"](library/{file.name})" in line)
    of = scenario(file)
    for said in (of.title, *of.parties.values(), str(of.start), str(of.end), str(written(file)["review"])):
        assert said in row


@pytest.mark.skipif(not ASKED_ELSEWHERE.exists(), reason="the questions as others put them are not at hand")
def test_each_question_of_others_is_answered_as_of_its_day_in_words_of_its_own() -> None:
    texts = {file: file.read_text(encoding="utf-8") for file in FILES}
    for question in json.loads(ASKED_ELSEWHERE.read_text(encoding="utf-8")):
        address = re.sub(r"^https?://(www\.)?", "", question["url"])
        day = question["freeze_datetime"][:10]
        (file,) = (f for f, text in texts.items() if f"# {address}, as of {day}" in text)
        assert scenario(file).known_to == date.fromisoformat(day)
        theirs = words(f"{question['question']} {question['background']} {question['market_info_resolution_criteria']}")
        copied = {theirs[i : i + 9] for i in range(len(theirs) - 8)}
        for outcome in scenario(file).outcomes.values():
            ours = words(outcome.criteria or "")
            assert not copied & {ours[i : i + 9] for i in range(len(ours) - 8)}


def words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z0-9]+", text.lower()))
