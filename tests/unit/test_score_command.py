"""``relsim score`` and ``relsim ledger`` as a user meets them."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from relsim.cli import main
from relsim.errors import CONTROLS
from relsim.ledger import LedgerLine, append, read
from relsim.result.saved import SavedRun
from relsim.scoring.question_scores import number_score

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
    assert "95 % intervals over 3 questions as if independent, which those of one scenario are not" in text


def test_a_run_without_resolution_has_no_score(run: Path) -> None:
    result = call("score", str(run))
    assert result.exit_code == 0
    assert "Nothing to score" in result.stdout


def test_a_question_asked_by_several_runs_counts_once(run: Path) -> None:
    """Runs of one day share the question's days equally; neither skill nor interval grows with them."""
    others = [run.parent / f"seed{seed}" for seed in (21, 22)]
    for seed, folder in zip((21, 22), others):
        call("run", str(run.parent / "scenario.yaml"), "--seed", str(seed), "--no-figures", "--out", str(folder))
    runs = [str(folder) for folder in (run, *others)]
    single = [json.loads(call("score", folder, *came(run), "--json").stdout) for folder in runs]
    found = json.loads(call("score", *runs, *came(run), "--json").stdout)
    total = found["total"]
    assert (total["n"], total["true"], total["runs"], total["episodes"], total["resampled"]) == (
        3,
        2,
        3,
        1,
        "questions",
    )
    for i, question in enumerate(found["questions"]):
        assert question["runs"] == ["run", "seed21", "seed22"]
        for key in ("brier", "log", "probability"):
            assert question[key] == pytest.approx(sum(one["questions"][i][key] for one in single) / 3)
    assert found["numbers"][0]["crps"] == pytest.approx(sum(one["numbers"][0]["crps"] for one in single) / 3)
    assert [len(found[key]) for key in ("forecasts", "numbers", "void")] == [9, 1, 1]
    assert found["void_rate"] == single[0]["void_rate"]
    widths = [one["total"]["brier"]["high"] - one["total"]["brier"]["low"] for one in (*single, found)]
    assert min(widths[:3]) - 1e-9 <= widths[3] <= max(widths[:3]) + 1e-9
    text = " ".join(call("score", *runs, *came(run)).stdout.split())
    assert "3 questions resolved, 2 of them true" in text
    assert "9 forecasts: a question counts once" in text
    assert re.search(r"They meet 3 × ", text)


def test_one_question_has_no_interval_under_any_number_of_seeds(run: Path) -> None:
    again = run.parent / "again"
    call("run", str(run.parent / "scenario.yaml"), "--seed", "9", "--no-figures", "--out", str(again))
    one = json.loads(call("score", str(run), *came(run), "--outcome", "met", "--json").stdout)["total"]
    two = json.loads(call("score", str(run), str(again), *came(run), "--outcome", "met", "--json").stdout)["total"]
    for total in (one, two):
        assert total["n"] == 1
        assert total["resampled"] is None
        for part in (total["brier"], total["log"], total["coin"], total["base_rate"]):
            assert part["low"] is part["high"] is None
    assert two["z"] == pytest.approx(one["z"], rel=0.2)
    assert "one question has no interval" in call("score", str(run), *came(run), "--outcome", "met").stdout


def test_a_variant_asks_the_same_question(run: Path, tmp_path: Path) -> None:
    file = tmp_path / "two.yaml"
    file.write_text(
        SCENARIO + "variants:\n  warm: {title: Warmer, calendar: {meeting: {probability: 0.9}}}\n", encoding="utf-8"
    )
    for variant in ((), ("--variant", "warm")):
        out = tmp_path / ("warm" if variant else "base")
        assert call("run", str(file), *variant, "--no-figures", "--out", str(out)).exit_code == 0
    found = json.loads(call("score", str(tmp_path / "base"), str(tmp_path / "warm"), *came(run), "--json").stdout)
    met = next(q for q in found["questions"] if q["name"] == "met")
    assert met["runs"] == ["base", "warm"]
    assert met["probability"] == pytest.approx(0.75, abs=0.06)


def test_a_forecast_counts_on_the_days_it_stood(run: Path, tmp_path: Path) -> None:
    """Two runs of ``met``, settled on 10 February: one from 1 January, one that knew all of January. The first stands
    alone on 31 days, both on 10; a third, which knew the day itself, says nothing.
    """
    runs = {"first": "", "second": "as_of: 2019-01-31, ", "third": "as_of: 2019-02-10, "}
    scores = {}
    for name, text in runs.items():
        file = tmp_path / f"{name}.yaml"
        body = SCENARIO.replace("{start: 2019-01-01,", f"{{{text}start: 2019-01-01,")
        if text:
            body += "history: {seen: {covers: {from: 2018-12-01, to: 2019-02-28}, types: [summit], events: []}}\n"
        if name == "third":
            body = body.replace("events: []", "events: [{on: 2019-02-10, event: summit}]")
        file.write_text(body, encoding="utf-8")
        done = call("run", str(file), "--no-figures", "--out", str(tmp_path / name))
        assert done.exit_code == 0, done.stderr
        found = json.loads(call("score", str(tmp_path / name), *came(run), "--outcome", "met", "--json").stdout)
        scores[name] = found["forecasts"][0]["brier"]
        assert (found["total"] is None) == (name == "third")
    words = ["score", *(str(tmp_path / name) for name in runs), *came(run), "--outcome", "met"]
    found = json.loads(call(*words, "--json").stdout)
    assert [f["share"] for f in found["forecasts"]] == pytest.approx([36 / 41, 5 / 41, 0])
    (question,) = found["questions"]
    assert question["days"] == 41
    assert question["runs"] == ["first", "second"]
    assert question["brier"] == pytest.approx((36 * scores["first"] + 5 * scores["second"]) / 41)
    assert "1 forecast left out, which knew the day of the answer." in call(*words).stdout


def test_one_question_has_one_answer(run: Path, tmp_path: Path) -> None:
    file = tmp_path / "scenario.yaml"
    for name, value in (("a", "true"), ("b", "false")):
        file.write_text(f"{SCENARIO}resolution: {{met: {{value: {value}}}}}\n", encoding="utf-8")
        call("run", str(file), "--no-figures", "--out", str(tmp_path / name))
    result = call("score", str(tmp_path / "a"), str(tmp_path / "b"))
    assert result.exit_code == 2
    assert "'met', due 2019-02-10, is one question and has two answers: true in a, false in b" in result.stderr


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
    assert call("ledger", *on, "--today", "2018-12-31", "add", str(run)).exit_code == 0
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
        (",0.4,,,,", ",0.4,,,", "found 18 cells; 19 were expected, as in the first line"),
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


def entered(run: Path, file: Path, today: str = "2018-12-31") -> list[str]:
    on = ["--ledger", str(file)]
    assert call("ledger", *on, "--today", today, "add", str(run)).exit_code == 0
    return on


@pytest.mark.parametrize("answer", ["yes", "YES", "True", "true"])
def test_what_came_true_is_written_by_a_command(run: Path, tmp_path: Path, answer: str) -> None:
    on = entered(run, tmp_path / "ledger.csv")
    call("ledger", *on, "--today", "2018-12-31", "add", *[str(again) for again in [_renamed(run, tmp_path / "other")]])
    done = call("ledger", *on, "resolve", "met", answer, "--on", "2019-02-10", "--source", "the readout")
    assert done.exit_code == 0
    assert "They meet: yes, in 2 lines of" in done.stdout
    lines = [line for line in read(tmp_path / "ledger.csv") if line.outcome == "met"]
    assert [(x.resolved, x.on, x.source) for x in lines] == [("yes", date(2019, 2, 10), "the readout")] * 2
    again = call("ledger", *on, "resolve", "met", "no")
    assert again.exit_code == 2
    assert "'met' has its answer, yes on 2019-02-10" in again.stderr


def _renamed(run: Path, to: Path) -> Path:
    import shutil

    shutil.copytree(run, to)
    return to


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mett", "yes"], "asks no 'mett'; did you mean 'met'?"),
        (["met", "maybe"], "found 'maybe'; yes, no or void was expected"),
        (["met", "7"], "found '7'; yes, no or void was expected"),
        (["met", "yes", "--on", "2019-02-11"], "--on 2019-02-11 lies after 2019-02-10"),
        (["met", "no", "--on", "2999-01-01"], "--on 2999-01-01 lies ahead of today"),
        (["met", "yes", "--run", "rum"], "no run 'rum' asks 'met'; did you mean 'run'?"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(run: Path, tmp_path: Path, words: list[str], said: str) -> None:
    file = tmp_path / "ledger.csv"
    on = entered(run, file)
    before = file.read_bytes()
    result = call("ledger", *on, "resolve", *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert file.read_bytes() == before


def test_a_name_of_several_questions_needs_its_run(run: Path, tmp_path: Path) -> None:
    file = tmp_path / "ledger.csv"
    on = entered(run, file)
    text = file.read_text(encoding="utf-8")
    line = next(x for x in text.splitlines() if ",met," in x)
    file.write_text(
        text + line.replace("run,", "later,", 1).replace("2019-02-10", "2019-03-10") + "\n", encoding="utf-8"
    )
    result = call("ledger", *on, "resolve", "met", "no")
    assert result.exit_code == 2
    assert "2 questions named 'met'; name a run of the one: due 2019-02-10 (--run run), due 2019-03-10" in result.stderr
    assert call("ledger", *on, "resolve", "met", "no", "--run", "later").exit_code == 0
    assert [x.resolved for x in read(file) if x.outcome == "met"] == ["", "no"]
    assert call("ledger", *on, "resolve", "met", "FALSE").exit_code == 0, "one is left: it is the one meant"


def test_a_line_entered_after_its_day_is_late(run: Path, tmp_path: Path) -> None:
    """Entered on 1 March: two questions were due by then, two are open; of those settled late ones are not scored."""
    file = tmp_path / "ledger.csv"
    on = entered(run, file, "2019-03-01")
    assert [line.late for line in read(file)] == [True, True, False, False]
    assert "4 questions entered in" in call("ledger", "--ledger", str(tmp_path / "l2.csv"), "add", str(run)).stdout
    call("ledger", *on, "resolve", "met", "yes", "--on", "2019-02-10")
    call("ledger", *on, "resolve", "many", "no")
    state = json.loads(call("ledger", *on, "--json").stdout)
    assert [q["name"] for q in state["questions"]] == ["many"]
    assert (state["total"]["n"], state["late"], state["resolved"][0]["late"]) == (1, 1, True)
    text = call("ledger", *on).stdout
    assert "1 line entered after the day of the question left out" in text
    late = json.loads(call("ledger", *on, "--late", "--json").stdout)
    assert (late["total"]["n"], late["late"]) == (2, 0)
    unmarked = file.read_text(encoding="utf-8").replace("2019-03-01,late,", "2019-03-01,,")
    file.write_text(unmarked, encoding="utf-8")
    assert [line.late for line in read(file)] == [True, True, False, False], "the dates say so, whatever the mark"


COUNTED = """\
relsim: 1
window: {start: 2019-01-01, end: 2019-03-31}
variables: {x: {half_life: 10 days}}
events: {visit: {rate: 2 per month}}
outcomes: {came: {happens: visit}}
quantities:
  count: {count: visit}
  days: {days: x, above: 0, from: 2019-03-01}
  first: {first: came}
  level: {value: x, on: 2019-03-31}
"""


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("count: {value: -1}", "found -1; a count, a whole number, 0 or more, was expected"),
        ("count: {value: 0.5}", "found 0.5; a count, a whole number, 0 or more, was expected"),
        ("count: {value: 'seven'}", "found 'seven'; true or false was expected, or of a quantity a plain number"),
        ("days: {value: 32}", "found 32; a number of days, a whole number from 0 to 31, was expected"),
        ("days: {value: 1.5}", "found 1.5; a number of days, a whole number from 0 to 31, was expected"),
        ("first: {value: 0}", "found 0; a number of days, a whole number, 1 or more, was expected"),
        ("came: {value: No}", "found 'No'; true or false was expected"),
        ("came: {value: 'TRUE'}", "found 'TRUE'; true or false was expected"),
        ("came: {value: [true]}", "found a list; true or false was expected"),
        ("count: {value: 7}", None),
        ("count: {value: 0.0}", None),
        ("days: {value: 31}", None),
        ("first: {value: 1}", None),
        ("level: {value: -2.5}", None),
        ("came: {value: True}", None),
        ("came: {value: FALSE}", None),
    ],
)
def test_what_cannot_have_come_is_refused_in_one_message(tmp_path: Path, value: str, said: str | None) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(f"{COUNTED}resolution:\n  {value}\n", encoding="utf-8")
    result = call("validate", str(file))
    assert result.exit_code == (2 if said else 0), result.stderr
    errors = [line for line in result.stderr.splitlines() if line.startswith(str(file))]
    if said is None:
        assert not errors
        return
    (only,) = errors
    name = value.split(":")[0]
    assert only.startswith(f"{file}:12:")
    assert f": resolution.{name}.value: {said}" in only


RUN_BY_SPREADSHEETS = [
    "=cmd|' /C calc'!A0",
    "+1", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "'=1", "''-1", "=1,\"x\"\nnext", "=\x1b[31mred",
]  # fmt: skip


@pytest.mark.parametrize("text", [*RUN_BY_SPREADSHEETS, "'t Hooft", "a = b", "5-3", "plain", "two\nlines", "a\rb"])
def test_no_cell_is_run_and_all_are_read_back(text: str, tmp_path: Path) -> None:
    """What a spreadsheet would take for a formula begins with an apostrophe, and comes back as it was."""
    file = tmp_path / "ledger.csv"
    line = LedgerLine(
        run="r", outcome="o", title=text, scenario="s", known_to=date(2019, 1, 1), due=date(2019, 2, 1),
        added=date(2019, 1, 2), probability=0.25, low=None, high=None, weights_low=None, weights_high=None,
        paths=128, base_rate=None, resolved="", on=None, source=text, note="", late=False,
    )  # fmt: skip
    append(file, [line])
    cells = next(csv.DictReader(io.StringIO(file.read_bytes().decode(), newline="")))
    for name in ("title", "source"):
        assert not cells[name].lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert read(file) == [line]
    append(file, [replace(line, run="r2")])
    assert read(file) == [line, replace(line, run="r2")]
    shown = call("ledger", "--ledger", str(file), "--today", "2019-01-03")
    assert not set(shown.output) & set(map(chr, CONTROLS))


def test_the_ledger_keeps_its_mode_and_links(run: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "ledger.csv").symlink_to("real/record.csv")
    on = ["--ledger", str(tmp_path / "ledger.csv")]
    assert call("ledger", *on, "add", str(run)).exit_code == 0
    (tmp_path / "real" / "record.csv").chmod(0o640)
    assert call("ledger", *on, "resolve", "met", "yes", "--on", "2019-02-10").exit_code == 0
    assert (tmp_path / "ledger.csv").is_symlink()
    assert (tmp_path / "real" / "record.csv").stat().st_mode & 0o777 == 0o640
    assert [line.resolved for line in read(tmp_path / "ledger.csv") if line.outcome == "met"] == ["yes"]


def test_a_ledger_saved_by_a_spreadsheet_is_read(run: Path, tmp_path: Path) -> None:
    """With a byte-order mark and CRLF."""
    file = tmp_path / "ledger.csv"
    assert call("ledger", "--ledger", str(file), "add", str(run)).exit_code == 0
    before = read(file)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert read(file) == before
    file.write_text('run,outcome,due,probability,paths\n"' + "x" * 200_000 + '",o,2019-01-01,0.5,100\n')
    result = call("ledger", "--ledger", str(file))
    assert result.exit_code == 2
    assert "cannot be read as CSV" in result.stderr


def test_a_ledger_of_the_least_columns_counts_a_question_once(tmp_path: Path) -> None:
    """Written by hand: no scenario, no title, no day that a forecast knew; answers in any case, given once."""
    file = tmp_path / "ledger.csv"
    rows = ["a,x,2020-05-01,0.7,1000,Yes", "b,x,2020-05-01,0.9,1000,", "c,x,2020-05-01,0.8,1000,TRUE"]
    rows += ["d,y,2020-05-01,0.2,1000,No", "e,z,2030-05-01,0.2,1000,"]
    file.write_text("\n".join(["run,outcome,due,probability,paths,resolved", *rows]) + "\n", encoding="utf-8")
    on = ["--ledger", str(file)]
    state = json.loads(call("ledger", *on, "--today", "2021-01-01", "--json").stdout)
    assert [(q["name"], len(q["runs"]), q["days"]) for q in state["questions"]] == [("x", 3, 1), ("y", 1, 1)]
    assert state["questions"][0]["brier"] == pytest.approx((0.3**2 + 0.1**2 + 0.2**2) / 3)
    assert state["total"]["resampled"] == "questions"
    done = call("ledger", *on, "resolve", "z", "VOID", "--note", "never held")
    assert done.stdout == f"z: void, in 1 line of {file}\n"
    state = json.loads(call("ledger", *on, "--today", "2021-01-01", "--json").stdout)
    assert state["void_rate"] == pytest.approx(1 / 3)
    file.write_text(
        file.read_text(encoding="utf-8").replace(
            "c,,x,,,2020-05-01,,,0.8,,,,,1000,,yes", "c,,x,,,2020-05-01,,,0.8,,,,,1000,,no"
        ),
        encoding="utf-8",
    )
    result = call("ledger", *on)
    assert result.exit_code == 2
    assert f"{file}: 'x', due 2020-05-01, is one question and has two answers: true in a, false in c" in result.stderr
