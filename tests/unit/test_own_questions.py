"""A reader's own questions lead; those of a built-in model come last and are marked, wherever questions are listed."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest
import yaml
from click.testing import CliRunner

from relsim.cli import main
from relsim.compose import load

TEXT = """\
relsim: 1
title: Own questions
extends: [middle.yaml]
window: {start: 2021-01-01, end: 2021-01-31}
outcomes:
  war: {title: They fight, happens: incident, at_least: 3}
  agreement: {title: A treaty, happens: agreement}
  calls: {title: They call, happens: call}
quantities: {n_calls: {count: call}}
variants:
  second:
    outcomes:
      colder: {title: Much colder, change: relations, from: start, below: -2}
      late: {happens: call, from: 2021-01-20}
"""
MIDDLE = """\
relsim: 1
extends: bilateral
outcomes: {middle: {title: From the middle, happens: talks}}
"""
OWN, INHERITED = ["war", "agreement", "calls"], ["middle", "summit", "major_sanctions", "incident", "warmer", "colder"]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "middle.yaml").write_text(MIDDLE, encoding="utf-8")
    (tmp_path / "own.yaml").write_text(TEXT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "own.yaml"


def test_own_questions_lead_in_file_order(file: Path) -> None:
    scenario = load(file).scenario
    assert scenario is not None
    assert list(scenario.outcomes) == OWN + INHERITED
    assert list(scenario.quantities) == ["n_calls", "accusations"]
    assert [n for n, o in scenario.outcomes.items() if o.built_in] == INHERITED[1:]
    assert not scenario.outcomes["agreement"].built_in


def test_questions_of_the_variant_are_own_too(file: Path) -> None:
    scenario = load(file, variant="second", settings=["outcomes/set={happens: talks}"]).scenario
    assert scenario is not None
    assert list(scenario.outcomes)[:6] == [*OWN, "colder", "late", "set"]
    assert not scenario.outcomes["colder"].built_in


def test_the_resolved_document_keeps_order_and_mark(file: Path) -> None:
    first = load(file)
    Path("again.yaml").write_text(first.resolved_yaml(), encoding="utf-8")
    second = load("again.yaml")
    assert second.scenario == first.scenario
    assert list(second.scenario.outcomes) == OWN + INHERITED  # type: ignore[union-attr]
    assert second.resolved_yaml() == first.resolved_yaml()
    shown = yaml.safe_load(CliRunner().invoke(main, ["show", "own.yaml"]).stdout)
    assert shown["outcomes"]["summit"]["built_in"] is True
    assert "built_in" not in shown["outcomes"]["agreement"]


def test_two_outcomes_of_one_title_are_warned_of(file: Path) -> None:
    assert not load(file).warnings
    for title in ("The leaders meet", "the leaders  meet "):
        file.write_text(TEXT.replace("They call", title), encoding="utf-8")
        (warning,) = load(file).warnings
        assert warning.line == 8
        assert "'summit'" in warning.message


def test_what_extends_a_resolved_document_has_its_built_in_questions_last(file: Path) -> None:
    resolved = load(file).resolved_yaml()
    Path("resolved.yaml").write_text(resolved, encoding="utf-8")
    file.write_text("relsim: 1\nextends: resolved.yaml\noutcomes: {new: {happens: talks}}\n", encoding="utf-8")
    scenario = load(file).scenario
    assert scenario is not None
    assert list(scenario.outcomes) == ["new", *OWN, *INHERITED]


@pytest.fixture
def run(file: Path) -> Path:
    done = CliRunner().invoke(main, ["run", "own.yaml", "--paths", "200", "--no-figures", "--out", "run"])
    assert done.exit_code == 0, done.output
    (file.parent / "table.txt").write_text(done.stdout, encoding="utf-8")
    return file.parent / "run"


def test_wherever_questions_are_listed(run: Path) -> None:
    forecast = json.loads((run / "forecast.json").read_text(encoding="utf-8"))
    assert list(forecast["outcomes"]) == OWN + INHERITED
    assert [n for n, o in forecast["outcomes"].items() if o.get("built_in")] == INHERITED[1:]
    assert "built_in" not in forecast["outcomes"]["war"]
    assert forecast["quantities"]["accusations"]["built_in"] is True
    assert forecast["joint"]["outcomes"] == OWN + INHERITED
    with (run / "hub.csv").open(encoding="utf-8") as stream:
        targets = list(dict.fromkeys(row["target"] for row in csv.DictReader(stream)))
    assert [t.split()[1] for t in targets if t.startswith("outcome")] == OWN + INHERITED
    described = duckdb.sql(f"DESCRIBE SELECT * FROM read_parquet('{run / 'paths.parquet'}')").fetchall()
    columns = [row[0] for row in described]
    assert [c.removeprefix("outcome.") for c in columns if c.startswith("outcome.")] == OWN + INHERITED
    table = (run.parent / "table.txt").read_text(encoding="utf-8").splitlines()
    rows = [line for line in table if line.startswith(("They", "A treaty", "built-in", "From the"))]
    assert rows[0].startswith("They fight")
    assert sum(row.startswith("built-in: ") for row in rows) == 6

    again = CliRunner().invoke(main, ["run", "run/scenario.yaml", "--no-figures", "--out", "again"])
    assert again.exit_code == 0, again.output
    assert (run.parent / "again/forecast.json").read_bytes() == (run / "forecast.json").read_bytes()


def test_the_ledger_leaves_out_what_was_not_asked(run: Path) -> None:
    runner = CliRunner()
    assert "4 questions entered" in runner.invoke(main, ["ledger", "--ledger", "l.csv", "add", "run"]).output
    everything = runner.invoke(main, ["ledger", "--ledger", "m.csv", "add", "run", "--built-in"]).output
    assert "9 questions entered" in everything
