"""The ledger of the library holds what its files give, and up to which day each knew; the page tells the same."""

from __future__ import annotations

import csv
import json
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from library_case import EVERY_FILE, FILES, ROOT, SCENARIOS, scenario

from relsim.cli import main
from relsim.score import due_days


@cache
def ledger() -> dict[tuple[str, str], dict[str, str]]:
    """The ledger's lines by run and outcome."""
    with (SCENARIOS / "ledger.csv").open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    found = {(line["run"], line["outcome"]): line for line in lines}
    assert len(found) == len(lines)
    return found


@EVERY_FILE
def test_the_ledger_holds_what_the_file_gives(file: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["run", str(file), "--no-figures", "--json", "--out", str(tmp_path / "run")])
    assert done.exit_code == 0, done.stderr
    forecast = json.loads(done.stdout)
    asked = {name for run, name in ledger() if run == file.stem}
    assert asked == set(forecast["outcomes"])
    for name in asked:
        line, found = ledger()[file.stem, name], forecast["outcomes"][name]
        # The same seed gives the same paths; on another processor a few of them may round otherwise.
        assert float(line["probability"]) == pytest.approx(found["probability"], abs=5 / forecast["paths"])
        assert line["scenario"] == forecast["scenario"]
        assert int(line["paths"]) == forecast["paths"]


def test_each_line_says_up_to_which_day_it_knew_and_that_it_is_late() -> None:
    assert {run for run, _ in ledger()} == {file.stem for file in FILES}
    for (run, outcome), line in ledger().items():
        asked = scenario(SCENARIOS / "library" / f"{run}.yaml")
        known_to, due, added = (date.fromisoformat(line[column]) for column in ("known_to", "due", "added"))
        assert known_to == asked.known_to
        assert due == due_days(asked)[outcome]
        assert known_to < due < added
        assert line["late"] == "late"


def test_the_page_tells_what_the_ledger_holds() -> None:
    page = (ROOT / "docs" / "explanation" / "library.md").read_text(encoding="utf-8")
    for (run, _), line in ledger().items():
        (row,) = (r for r in page.splitlines() if f"| {line['title']} |" in r)
        low, high = (round(100 * float(line[key])) for key in ("weights_low", "weights_high"))
        probability = 100 * float(line["probability"])
        shown = f"{probability:.0f} %" if probability >= 1 else f"{probability:.1f} %"
        assert f"| {shown} | {low}–{high} % |" in row, (run, shown, low, high)
        assert line["known_to"] in row
        assert line["due"] in row
        assert f"library/{run}.yaml)" in row
