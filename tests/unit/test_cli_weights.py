"""``relsim weights`` and ``relsim tune`` as a user meets them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from relsim.cli import main

SCENARIO = """relsim: 1
window: {start: 2019-01-01, end: 2019-01-20}
parties: {us: United States, ru: Russia}
variables: {x: {half_life: {value: 5 to 9 days, source: a count}, spread: 0.5}}
events:
  push: {each: party, label: A push, rate: 3 to 6 per month, effects: {x: {value: 0.1 ± 0.5, source: judgement}}}
  push.ru: {rate: {value: 1 to 2 per month, source: "own list | unverified"}}
calendar:
  a: {on: 2019-01-10, label: They meet, probability: {value: 0.3 to 0.7, source: judgement, note: fitted to nothing}}
  b: {on: 2019-01-12, probability: 0.4 to 0.8}
outcomes: {a: {title: They meet, happens: a}, b: {happens: b}}
variants: {firm: {calendar: {a: {probability: 0.4 to 0.5}}}}
"""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.yaml").write_text(SCENARIO, encoding="utf-8")
    return tmp_path


def relsim(*words: str) -> Result:
    return CliRunner().invoke(main, words, prog_name="relsim")


def test_table_as_csv(files: Path) -> None:
    rows = {
        row["number"]: row
        for row in csv.DictReader(io.StringIO(relsim("weights", "table", "s.yaml", "--format", "csv").stdout))
    }
    rate = rows["events/push.ru/rate"]
    assert (rate["what"], rate["unit"], rate["low"], rate["high"]) == ("A push (ru): rate", "per month", "1", "2")
    assert (rate["source"], rate["set by"], rate["kind"]) == ("own list | unverified", "s.yaml:7", "elicited")
    assert rows["calendar/a/probability"]["kind"] == "fitted"
    assert rows["variables/x/spread"]["low"] == ""


def test_table_as_markdown_escapes_what_would_end_a_cell(files: Path) -> None:
    lines = relsim("weights", "table", "s.yaml", "--format", "markdown").stdout.splitlines()
    assert lines[0].startswith("| number | what | value |")
    assert any("own list \\| unverified" in line for line in lines)


def test_check_names_file_and_line(files: Path) -> None:
    lines = relsim("weights", "check", "s.yaml").stdout.splitlines()
    assert lines == [
        "s.yaml:4: variables/x/spread: no uncertainty given; no source given",
        "s.yaml:6: events/push/rate: no source given",
        "s.yaml:6: events/push/effects/x: uncertainty wider than the effect, so that its sign is open: 0.1 (-0.722 "
        "to 0.922)",
        "s.yaml:10: calendar/b/probability: no source given",
        "7 numbers are judgements; 1 with no uncertainty given, 3 with no source given, "
        "1 with uncertainty wider than the effect, so that its sign is open.",
    ]


def test_diff_lays_a_layer_over_the_scenario(files: Path) -> None:
    layer = "relsim: 1\nevents: {push: {rate: 6 to 12 per month, effects: {x: null}}, push.us: {rate: 1 per month}}\n"
    (files / "w.yaml").write_text(layer, encoding="utf-8")
    found = {c["path"]: c for c in json.loads(relsim("weights", "diff", "s.yaml", "w.yaml", "--json").stdout)}
    assert {path: c["what"] for path, c in found.items()} == {
        "events/push/rate": "changed",
        "events/push.us/rate": "added",
        "events/push/effects/x": "gone",
    }
    # Twice the rate, in units of ln 2 / (2 · 1.645).
    assert found["events/push/rate"]["by"] == pytest.approx(2 * 1.6448536, rel=1e-6)
    assert relsim("weights", "diff", "s.yaml", "s.yaml").stdout == "No number differs.\n"


def test_a_missing_file_is_named(files: Path) -> None:
    ran = relsim("weights", "table", "nothing.yaml")
    assert (ran.exit_code, ran.stderr) == (2, "nothing.yaml: the file does not exist\n")


def test_tune_writes_what_run_then_gives(files: Path) -> None:
    ran = relsim("tune", "s.yaml", "--target", "a=0.6", "--paths", "12800", "--out", "w.yaml", "--json")
    assert ran.exit_code == 0, ran.stderr
    report = json.loads(ran.stdout)
    assert [m["path"] for m in report["moves"]] == ["calendar/a/probability"]
    text = (files / "w.yaml").read_text(encoding="utf-8")
    assert text.startswith("# Weights of s.yaml, tuned so that\n#   a=0.6\nrelsim: 1\n")
    assert 'note: "tuned: +' in text
    assert "before that fitted to nothing" in text
    again = relsim("run", "s.yaml", "--weights", "w.yaml", "--paths", "12800", "--no-figures", "--out", "r", "--json")
    assert json.loads(again.stdout)["outcomes"]["a"]["probability"] == report["targets"]["a"]["after"]["value"]
    assert relsim("weights", "table", "r", "--format", "csv").stdout.count("tuned") == 2  # its kind, and its note


def test_tune_says_what_cannot_be_met_and_exits_with_one(files: Path) -> None:
    ran = relsim("tune", "s.yaml", "--target", "a=0.6", "--only", "calendar/b", "--paths", "8192", "--out", "w.yaml")
    assert ran.exit_code == 1
    assert "a=0.6: no parameter that may move has a detectable effect on it." in ran.stdout
    assert ran.stdout.endswith("Nothing written.\n")
    assert not (files / "w.yaml").exists()


def test_targets_that_hold_already_leave_a_file_without_a_number(files: Path) -> None:
    """A script that lays the tuned file over finds one, whatever tune found to do."""
    ran = relsim("tune", "s.yaml", "--target", "a<0.9", "--paths", "8192", "--out", "w.yaml")
    assert ran.exit_code == 0, ran.stderr
    assert ran.stdout.endswith("No number was moved.\n\nWritten to w.yaml; lay it over with --weights.\n")
    text = (files / "w.yaml").read_text(encoding="utf-8")
    assert text == "# Weights of s.yaml, tuned so that\n#   a<0.9\nrelsim: 1\n"
    plain, over = (
        relsim("run", "s.yaml", *words, "--paths", "300", "--no-figures", "--out", f"r{len(words)}", "--json")
        for words in ((), ("--weights", "w.yaml"))
    )
    assert over.exit_code == 0, over.stderr
    assert plain.stdout == over.stdout


def test_numbers_that_the_variant_sets_do_not_move(files: Path) -> None:
    given = ("tune", "s.yaml", "--target", "a=0.6", "--paths", "8192", "--out", "w.yaml", "--variant", "firm")
    ran = relsim(*given)
    assert ran.exit_code == 1
    assert not (files / "w.yaml").exists()
    held = relsim(*given, "--only", "calendar/a")
    assert (held.exit_code, held.stderr) == (
        2,
        "nothing is left that could move: the options hold every uncertain number\n",
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--only", "calendar/aa"), "--only calendar/aa: no number has this path; did you mean 'calendar/a'?"),
        (("--keep", "variables/x/spread"), "--keep variables/x/spread: no number under it is uncertain, so none moves"),
        (("--target", "c=0.5"), "--target: 'c' is no outcome and no calendar entry; known: a, b"),
        (("--out", ".", "--force"), ". is a folder; the name of a weights file was expected"),
        (("--out", "no/w.yaml"), "no/w.yaml cannot be written: the folder no does not exist"),
        (("--target", "b=0.5", "--out", "s.yaml"), "s.yaml exists; choose another name or give --force"),
    ],
)
def test_usage(files: Path, given: tuple[str, ...], said: str) -> None:
    ran = relsim("tune", "s.yaml", "--target", "a=0.6", "--out", "w.yaml", *given)
    assert ran.exit_code == 2
    assert ran.stderr.startswith(said)
    assert not (files / "w.yaml").exists()
