"""The twelve G20 summits in retrospect: each file holds what was known before it, and no more."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML
from scipy.stats import binom

from relsim.cli import main

FOLDER = Path(__file__).resolve().parents[2] / "scenarios" / "g20_retrospective"
FILES = sorted(FOLDER.glob("20*.yaml"))
BEFORE_THE_FIRST = (False, True)
"""Washington, November 2008, the only G20 summit before: a word in passing."""


def module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"g20_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = found
    spec.loader.exec_module(found)
    return found


few, make = module("what_few_can_show"), module("make")


@cache
def content(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    return found


def answers_before(file: Path) -> list[tuple[bool, bool]]:
    """Formal, in any form: of the summits before, as far as known."""
    found = [BEFORE_THE_FIRST]
    for earlier in FILES[: FILES.index(file)]:
        came = content(earlier)["resolution"]
        assert content(earlier)["window"]["end"] < content(file)["window"]["start"]
        if "value" in came["formal"]:
            found.append((came["formal"]["value"], came["any_form"]["value"]))
    return found


def test_there_are_twelve_in_order() -> None:
    starts = [content(file)["window"]["start"] for file in FILES]
    assert len(FILES) == 12
    assert starts == sorted(starts)
    assert {start.year for start in starts} == {2009, 2010, 2011, 2012, 2013, 2014, 2015, 2016, 2017, 2018}
    assert sum("void" in content(file)["resolution"]["formal"] for file in FILES) == 3


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_rates_are_those_of_the_summits_before(file: Path) -> None:
    known = answers_before(file)
    n, formal, any_form = len(known), sum(f for f, _ in known), sum(a for _, a in known)
    outcomes, calendar = content(file)["outcomes"], content(file)["calendar"]
    for name, came in (("formal", formal), ("any_form", any_form)):
        stated = outcomes[name]["base_rate"]
        assert (stated["count"], stated["of"]) == (came, n)
    meeting = calendar["meeting"]["probability"]["value"]["beta"]
    assert meeting == {"alpha": formal + 0.5, "beta": n - formal + 0.5}
    passing = any_form - formal
    word = calendar["word"]["probability"]["value"]["beta"]
    assert word == {"alpha": passing + 0.5, "beta": n - formal - passing + 0.5}


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_nothing_looks_past_the_window_start(file: Path) -> None:
    """Every date and year above ``resolution`` lies before the window, but for the window and the summit's own days."""
    document = content(file)
    start, end = document["window"]["start"], document["window"]["end"]
    summit = document["calendar"]["meeting"]["between"]
    assert summit == document["calendar"]["word"]["between"]
    assert start == summit[0] - timedelta(days=45)
    assert end == summit[1]
    above = file.read_text(encoding="utf-8").split("\nresolution:")[0]
    dates = {date.fromisoformat(text) for text in re.findall(r"\d{4}-\d{2}-\d{2}", above)}
    assert {day for day in dates if day >= start} == {start, *summit}
    assert max(int(year) for year in re.findall(r"\b20\d\d\b", above)) <= end.year
    for later in FILES[FILES.index(file) + 1 :]:
        assert content(later)["outcomes"]["formal"]["title"].split(" in ")[1] not in above
    history = document["history"]["meetings"]
    assert history["covers"]["to"] == start - timedelta(days=1)
    assert all(history["covers"]["from"] <= event["on"] < start for event in history["events"])
    rupture = document.get("conditions", {}).get("rupture", {}).get("initially", False)
    assert rupture is (start > date(2014, 3, 17))
    for what in document["resolution"].values():
        assert "on" not in what or summit[0] <= what["on"] <= summit[1]


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_every_summit_runs(file: Path, tmp_path: Path) -> None:
    words = ["run", str(file), "--paths", "500", "--no-figures", "--json", "--out", str(tmp_path / "run")]
    ran = CliRunner().invoke(main, words)
    assert ran.exit_code == 0, ran.stderr
    outcomes = json.loads(ran.stdout)["outcomes"]
    assert set(outcomes) == {"formal", "any_form"}
    assert outcomes["any_form"]["probability"] >= outcomes["formal"]["probability"] > 0
    scored = CliRunner().invoke(main, ["score", str(tmp_path / "run"), "--json"])
    assert scored.exit_code == 0, scored.stderr
    found = json.loads(scored.stdout)
    assert len(found["questions"]) + len(found["void"]) == 2


needs_tables = pytest.mark.skipif(not make.TABLES.is_dir(), reason="the tables of leaders' meetings are not at hand")


@needs_tables
def test_the_files_are_what_the_tables_say() -> None:
    summits, meetings = make.read()
    for i, summit in enumerate(summits):
        if summit.start.year >= 2009:
            written = make.text(summit, summits[:i], meetings, "template.yaml")
            assert (FOLDER / make.file_name(summit)).read_text(encoding="utf-8") == written


@needs_tables
def test_later_rows_change_no_earlier_file() -> None:
    """Answers turned round and meetings taken out from each window on: nothing above its resolution moves."""
    summits, meetings = make.read()
    for i, summit in enumerate(summits):
        if summit.start.year >= 2009:
            turned = replace(summit, met="brief" if summit.met == "formal" else "formal", on=None)
            past = [m for m in meetings if m.start < summit.opens]
            above = [
                make.text(s, summits[:i], found, "template.yaml").split("\nresolution:")[0]
                for s, found in ((summit, meetings), (turned, past))
            ]
            assert above[0] == above[1]


@needs_tables
def test_the_template_has_the_odds_ratio_of_the_years_before() -> None:
    stated = content(FOLDER / "template.yaml")["calendar"]["meeting"]["odds_if"]["summit"]["odds_ratio"]["value"]
    median, sigma = make.recent_odds_ratio()
    assert stated["lognormal"] == {"median": round(median, 2), "sigma": round(sigma, 2)}


def test_make_writes_nothing_without_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make, "TABLES", tmp_path / "none")
    monkeypatch.setattr("sys.argv", ["make.py", "--unknown-as-no", str(tmp_path / "out")])
    with pytest.raises(SystemExit, match="nothing written"):
        make.main()
    assert not (tmp_path / "out").exists()


def test_all_answers_are_the_binomial() -> None:
    """One probability p for all of n questions against one base rate q < p: the skill is negative where fewer than
    n (p + q)/2 come true.
    """
    n, p, q = 9, 0.6, 0.45
    skill, chance = few.all_answers(np.full(n, p), np.full(n, q))
    assert chance.sum() == pytest.approx(1)
    exact = binom.cdf(np.ceil(n * (p + q) / 2) - 1, n, p)
    assert chance[skill < -1e-12].sum() == pytest.approx(exact)


def test_sampled_answers_agree_with_all_answers() -> None:
    """Answers drawn from nine forecasts: the share of negative skills, within five standard errors of the exact one."""
    p, q = np.linspace(0.2, 0.7, 9), np.linspace(0.5, 0.3, 9)
    skill, chance = few.all_answers(p, q)
    exact = chance[skill < 0].sum()
    came = (np.random.default_rng(2).random((20_000, 9)) < p).astype(float)
    share = (few.skills(p, q, came) < 0).mean()
    assert abs(share - exact) < 5 * np.sqrt(exact * (1 - exact) / 20_000)


def test_the_running_base_rate_knows_what_came_before() -> None:
    assert few.running_base_rate(np.array([1.0, 0.0, 1.0, 1.0])).tolist() == [1 / 2, 3 / 4, 1 / 2, 5 / 8]


def test_the_perfect_forecaster_expects_p_of_one_less_p() -> None:
    """Mean Brier score of right probabilities, beta with mean m and variance v: m (1 − m) − v; five standard errors."""
    p, came = few.answered(12, 0.45, 0.2)
    scores = ((p - came) ** 2).mean(axis=1)
    assert abs(scores.mean() - (0.45 * 0.55 - 0.04)) < 5 * scores.std() / np.sqrt(len(scores))
