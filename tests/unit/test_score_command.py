"""``relsim score`` and ``relsim ledger`` as a user meets them."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from relsim.cli import main
from relsim.ledger import read
from relsim.result.saved import SavedRun
from relsim.scoring.questions import number_score

SCENARIO = """\
relsim: 1
title: A small one
window: {start: 2019-01-01, end: 2019-03-31}
run: {paths: 800, seed: 3}
variables: {x: {half_life: 10 days, spread: 1}}
events: {visit: {rate: 2 per month}, summit: {rate: 0}}
calendar: {meeting: {on: 2019-02-10, probability: 0.6, event: summit}}
outcomes:
  met: {title: They meet, happens: meeting, base_rate: {value: 0.4, source: four of ten}}
  soon: {happens: visit, by: 2019-01-31}
  many: {happens: visit, at_least: 12}
  up: {value: x, above: 0, on: 2019-03-31}
quantities: {visits: {count: visit}}
"""
CAME = """\
relsim: 1
resolution:
  met: {value: true, on: 2019-02-10, source: the readout}
  soon: {value: true, on: 2019-01-09}
  many: {value: false}
  up: {void: true, reason: nobody measures x}
  visits: {value: 7}
"""


def call(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), prog_name="relsim")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("scored")
    (place / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    (place / "came.yaml").write_text(CAME, encoding="utf-8")
    assert call("run", str(place / "scenario.yaml"), "--no-figures", "--out", str(place / "run")).exit_code == 0
    return place / "run"


def came(run: Path) -> list[str]:
    return ["--resolution", str(run.parent / "came.yaml")]


def test_scores_are_those_of_the_forecast(run: Path) -> None:
    found = json.loads(call("score", str(run), *came(run), "--json").stdout)
    saved = SavedRun.read(run)
    p = {name: o.probability for name, o in saved.forecast.outcomes.items()}
    by_name = {q["name"]: q for q in found["questions"]}
    assert set(by_name) == {"met", "soon", "many"}
    assert by_name["met"]["brier"] == pytest.approx((1 - p["met"]) ** 2)
    assert by_name["many"]["brier"] == pytest.approx(p["many"] ** 2)
    assert by_name["met"]["base_brier"] == pytest.approx(0.36)
    # The meeting has one day: up to it nobody is ahead, from it on the score is (1 − p)² on 50 days.
    assert by_name["met"]["date_score"] == pytest.approx(50 * (1 - p["met"]) ** 2)
    assert found["numbers"][0]["crps"] == pytest.approx(number_score(saved.paths().values[:, 0], 7.0))
    assert [q["name"] for q in found["void"]] == ["up"]
    assert found["void_rate"] == pytest.approx(1 / 5)
    total = found["total"]
    assert total["brier"]["mean"] == pytest.approx(sum(q["brier"] for q in found["questions"]) / 3)
    assert total["base_rate"]["n"] == 1
    assert total["base_rate"]["skill"] == pytest.approx(1 - (1 - p["met"]) ** 2 / 0.36)


def test_the_text_says_what_it_rests_on(run: Path) -> None:
    text = " ".join(call("score", str(run), *came(run)).stdout.split())
    assert "3 questions resolved, 2 of them true; 1 question void (20 % of those settled), 0 not resolved." in text
    assert "nobody measures x" in text
    assert "as if independent: they are not" in text


def test_a_run_without_resolution_has_no_score(run: Path) -> None:
    result = call("score", str(run))
    assert result.exit_code == 0
    assert "Nothing to score" in result.stdout


def test_several_runs_are_scored_together(run: Path) -> None:
    again = run.parent / "again"
    call("run", str(run.parent / "scenario.yaml"), "--seed", "9", "--no-figures", "--out", str(again))
    found = json.loads(call("score", str(run), str(again), *came(run), "--json").stdout)
    assert found["total"]["n"] == 6
    assert found["total"]["runs"] == 2


def test_the_skill_of_several_runs_has_an_interval(run: Path) -> None:
    """Three runs of one scenario: resampled whole, so that each resample mixes three skills; the least and the
    greatest of them bound the interval.
    """
    others = [run.parent / f"seed{seed}" for seed in (21, 22)]
    for seed, folder in zip((21, 22), others):
        call("run", str(run.parent / "scenario.yaml"), "--seed", str(seed), "--no-figures", "--out", str(folder))
    runs = [str(folder) for folder in (run, *others)]
    total = json.loads(call("score", *runs, *came(run), "--json").stdout)["total"]
    single = [json.loads(call("score", folder, *came(run), "--json").stdout)["total"]["base_rate"] for folder in runs]
    assert all(one["low"] is one["high"] is None for one in single)
    skills = [one["skill"] for one in single]
    assert total["base_rate"]["low"] == pytest.approx(min(skills))
    assert total["base_rate"]["high"] == pytest.approx(max(skills))
    line = " ".join(call("score", *runs, *came(run)).stdout.split())
    assert re.search(r"skill \+\d+ % \(\+\d+ to \+\d+ %\)", line)


def test_single_outcomes_are_scored_alone(run: Path) -> None:
    found = json.loads(call("score", str(run), *came(run), "--outcome", "met", "--json").stdout)
    assert [q["name"] for q in found["questions"]] == ["met"]
    assert found["numbers"] == found["void"] == found["unresolved"] == []
    assert found["total"]["n"] == 1
    result = call("score", str(run), *came(run), "--outcome", "mett")
    assert result.exit_code == 2
    assert "no run asks 'mett'; did you mean 'met'?" in result.stderr


def test_a_resolution_of_other_questions_is_refused(run: Path, tmp_path: Path) -> None:
    file = tmp_path / "other.yaml"
    file.write_text("relsim: 1\nresolution: {mett: {value: true}}\n", encoding="utf-8")
    result = call("score", str(run), "--resolution", str(file))
    assert result.exit_code == 2
    assert "unknown outcome or quantity 'mett'" in result.stderr
    assert "did you mean 'met'?" in result.stderr


def test_the_ledger_from_entry_to_score(run: Path, tmp_path: Path) -> None:
    file = tmp_path / "record" / "ledger.csv"
    on = ["--ledger", str(file)]
    assert call("ledger", *on, "add", str(run)).exit_code == 0
    assert [line.due for line in read(file)] == [
        date(2019, 2, 10),
        date(2019, 1, 31),
        date(2019, 3, 31),
        date(2019, 3, 31),
    ]
    state = json.loads(call("ledger", *on, "--today", "2019-02-11", "--json").stdout)
    assert [len(state[k]) for k in ("open", "due", "resolved", "void")] == [2, 2, 0, 0]
    text = file.read_text(encoding="utf-8").splitlines()
    assert text[1].endswith(",0.4,,,,")
    text[1] = text[1].replace(",0.4,,,,", ",0.4,yes,2019-02-10,the readout,")
    text[3] = text[3][: -len(",,,,")] + ",void,,,nobody asked"
    file.write_text("\n".join(text) + "\n", encoding="utf-8")
    state = json.loads(call("ledger", *on, "--today", "2019-02-11", "--json").stdout)
    assert [len(state[k]) for k in ("open", "due", "resolved", "void")] == [1, 1, 1, 1]
    p = SavedRun.read(run).forecast.outcomes["met"].probability
    assert state["total"]["brier"]["mean"] == pytest.approx((1 - p) ** 2, abs=1e-5)
    assert state["void_rate"] == 0.5
    assert "write in" in call("ledger", *on, "--today", "2019-02-11").stdout


def test_a_forecast_is_entered_once(run: Path, tmp_path: Path) -> None:
    on = ["--ledger", str(tmp_path / "ledger.csv")]
    call("ledger", *on, "add", str(run))
    before = (tmp_path / "ledger.csv").read_bytes()
    result = call("ledger", *on, "add", str(run))
    assert result.exit_code == 2
    assert "has 'run' already" in result.stderr
    assert (tmp_path / "ledger.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (",0.4,,,,", ",0.4,maybe,,,", ": resolved: found 'maybe'; yes, no, void or nothing was expected"),
        ("2019-02-10,", "10 Feb,", ": due: found '10 Feb'; a date was expected, such as 2019-06-28"),
        ("probability,", "probabilty,", "unknown column 'probabilty'"),
        (",0.4,,,,", ",0.4,,,", "found 16 cells; 17 were expected, as in the first line"),
    ],
)
def test_a_slip_in_the_ledger_is_told(run: Path, tmp_path: Path, old: str, new: str, said: str) -> None:
    file = tmp_path / "ledger.csv"
    call("ledger", "--ledger", str(file), "add", str(run))
    text = file.read_text(encoding="utf-8")
    assert old in text
    faulty = text.replace(old, new, 1)
    file.write_text(faulty, encoding="utf-8")
    result = call("ledger", "--ledger", str(file))
    assert result.exit_code == 2
    assert said in result.stderr
    if "'" in said:
        cell = said.split("'")[1]
        line = next(i for i, x in enumerate(faulty.splitlines()) if cell in x)
        assert f"{file}:{line + 1}:{faulty.splitlines()[line].index(cell) + 1}: " in result.stderr


def test_no_ledger_yet(tmp_path: Path) -> None:
    result = call("ledger", "--ledger", str(tmp_path / "none.csv"))
    assert result.exit_code == 2
    assert "'relsim ledger add RUN' begins it" in result.stderr
