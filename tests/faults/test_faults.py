"""No end of a command loses a file or leaves half of one: signals, kills and full disks at every operation on files."""

from __future__ import annotations

import hashlib
import json
import random
import re
import shutil
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from faults.conftest import Runner

from relsim.ledger import read

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
FIT = [str(EXAMPLES / "fit.yaml"), "--events", str(EXAMPLES / "fit.csv")]
ICEWS = str(EXAMPLES / "icews.tab")
RUN = ["run", "s.yaml", "--paths", "256"]
BACKTEST = ["backtest", *FIT, "--from", "2018-06-01", "--every", "120d", "--refit", "never", "--paths", "128",
            "--baselines", "climatology", "--workers", "1"]  # fmt: skip

COMMANDS: dict[str, list[str]] = {
    "new": ["new", "made.yaml"],
    "run": [*RUN, "--no-figures"],
    "run named": [*RUN, "--no-figures", "--out", "made"],
    "run replaced": [*RUN, "--seed", "2", "--no-figures", "--out", "r", "--force"],
    "run with figures": [*RUN, "--out", "made"],
    "run with a report": [*RUN, "--no-figures", "--report", "--out", "r", "--force"],
    "compare": ["compare", "s.yaml", "--variants", "all", "--paths", "256", "--no-figures", "--out", "c", "--force"],
    "drivers": ["drivers", "r", "--no-figures"],
    "story": ["story", "r", "--path", "3", "--futures", "0"],
    "plot": ["plot", "r", "--format", "svg"],
    "plot elsewhere": ["plot", "r", "--out", "figures"],
    "import": ["import", ICEWS, "--as", "icews", "--parties", "us,ru", "--out", "t.csv", "--force"],
    "import to parquet": ["import", ICEWS, "--as", "icews", "--parties", "us,ru", "--out", "t.parquet"],
    "events": ["events", "t.csv", "--out", "record"],
    "rates": ["rates", "t.csv", "--parties", "us,ru", "--out", "rates.yaml"],
    "fit": ["fit", *FIT, "--out", "w.yaml", "--no-figures", "--force"],
    "tune": ["tune", "s.yaml", "--target", "meet=0.3", "--paths", "8192", "--out", "tuned.yaml", "--force"],
    "backtest": [*BACKTEST, "--no-figures", "--out", "b", "--force"],
    "ledger add": ["ledger", "add", "r2"],
    "ledger begun": ["ledger", "--ledger", "records/begun.csv", "add", "r2"],
}
SCENARIO = """relsim: 1
title: A short one
window: {start: 2019-01-01, end: 2019-02-09}
parties: {us: United States, ru: Russia}
variables: {tone: {baseline: 0 to 1, half_life: 14 days, spread: 0.5}}
events: {talk: {rate: 2 to 4 per month, effects: {tone: 0.2 to 0.5}}, meet: {rate: 0.1 to 0.4 per month}}
indices: {state: {label: State, weights: {tone: 1}}}
outcomes: {meet: {title: They meet, happens: meet}}
variants: {calm: {title: Calm, events: {talk: {rate: 1 per month}}}}
"""
BEFORE = [
    [*RUN, "--no-figures", "--out", "r"],
    [*RUN, "--no-figures", "--seed", "3", "--out", "r2"],
    COMMANDS["compare"],
    ["import", ICEWS, "--as", "icews", "--parties", "us,ru", "--rows", "--out", "t.csv"],
    ["fit", *FIT, "--only", "events/talks/*", "--out", "w.yaml", "--no-figures"],
    ["backtest", *BACKTEST[1:], "--seed", "2", "--no-figures", "--out", "b"],
    ["ledger", "add", "r"],
]
"""What stands in the folder before each command."""


@pytest.fixture(scope="session")
def place(runner: Runner, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faults") / "before"
    folder.mkdir()
    (folder / "s.yaml").write_text(SCENARIO, encoding="utf-8")
    (folder / "tuned.yaml").write_text("relsim: 1\n", encoding="utf-8")
    for words in BEFORE:
        answer = runner(folder, words)
        assert answer["status"] == 0, (words, answer)
    return folder


LEFT = re.compile(r"\.relsim(/|$)")
"""What stands under a temporary name."""
STATUS = {"KILL": -signal.SIGKILL, "TERM": 128 + signal.SIGTERM, "INT": 128 + signal.SIGINT}
FAILURES = {"ENOSPC": ({1}, "No space left on device"), "EACCES": ({1, 2}, "Permission denied")}
NEXT = [["new", "next.yaml"], ["weights", "table", "r"]]
"""Commands that come to the same folders and change nothing in them but ``next.yaml``."""
KILLS = 210
FAILED = 60
SHARE = 11
"""One of so many cases is run where time is short."""

State = dict[str, str]


def state(folder: Path) -> State:
    """Digest of every file, without the times in manifests; folders too, and what an interrupted backtest keeps."""
    found = {}
    for place in sorted(folder.rglob("*")):
        name = place.relative_to(folder).as_posix()
        if place.is_dir():
            found[name + "/"] = ""
        elif place.name == "manifest.json" and not LEFT.search(name):
            content = json.loads(place.read_text(encoding="utf-8"))
            found[name] = json.dumps({key: content[key] for key in content if key not in ("started", "seconds")})
        else:
            found[name] = hashlib.sha256(place.read_bytes()).hexdigest()
    return found


def files(found: State) -> State:
    """Files alone, without what has no name yet and what a backtest goes on from."""
    kept = (name for name in found if not name.endswith("/") and name != "next.yaml")
    return {name: found[name] for name in kept if not LEFT.search(name) and not name.startswith(".backtest-")}


class Cases:
    """What each command makes of the folder, and in how many operations; found once."""

    def __init__(self, runner: Runner, place: Path) -> None:
        self._runner, self.before, self._made = runner, place, place.parent
        self._known: dict[str, tuple[int, State]] = {}

    def copy(self) -> Path:
        folder = self._made / "case"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.before, folder)
        return folder

    def whole(self, name: str) -> tuple[int, State]:
        if name not in self._known:
            folder = self.copy()
            answer = self._runner(folder, COMMANDS[name])
            assert answer["status"] == 0, answer
            self._known[name] = answer["operations"], state(folder)
        return self._known[name]


@pytest.fixture(scope="session")
def cases(runner: Runner, place: Path) -> Cases:
    return Cases(runner, place)


def chosen(number: int, actions: Iterable[str]) -> list[Any]:
    """So many cases spread over all commands and, as shares of the way through them, over their operations."""
    kinds = [(name, action) for name in COMMANDS for action in actions]
    rng = random.Random(12)
    return [
        pytest.param(
            *kinds[i % len(kinds)],
            rng.random(),
            marks=[] if i % SHARE == 0 else [pytest.mark.slow],
            id=f"{kinds[i % len(kinds)][0]}-{kinds[i % len(kinds)][1]}-{i}",
        )
        for i in range(number)
    ]


@pytest.mark.parametrize(("name", "action", "share"), chosen(KILLS, STATUS))
def test_a_killed_command_leaves_the_old_or_the_new(
    name: str, action: str, share: float, cases: Cases, runner: Runner
) -> None:
    operations, after = cases.whole(name)
    before = state(cases.before)
    folder = cases.copy()
    answer = runner(folder, COMMANDS[name], action, 1 + int(share * operations))
    assert answer["status"] == STATUS[action], answer
    found = state(folder)
    if action != "KILL":
        assert files(found) in (files(before), files(after))
        assert not [name for name in found if LEFT.search(name)]
        assert {f for f in found if not f.startswith(".backtest-")} in (set(before), set(after))
    for words in NEXT:
        assert runner(folder, words)["status"] == 0
    settled = files(state(folder))
    assert settled in (files(before), files(after))
    again = runner(folder, COMMANDS[name])
    if settled == files(before):
        assert again["status"] == 0, again
        assert files(state(folder)) == files(after)
    assert not [name for name in state(folder) if LEFT.search(name) or name.startswith(".backtest-")]


@pytest.mark.parametrize(("name", "action", "share"), chosen(FAILED, FAILURES))
def test_a_full_disk_is_one_line_that_names_the_file(
    name: str, action: str, share: float, cases: Cases, runner: Runner
) -> None:
    """A disk that is full, or a place that may not be written, from the n-th write on."""
    operations, after = cases.whole(name)
    folder = cases.copy()
    answer = runner(folder, COMMANDS[name], action, 1 + int(share * operations))
    if answer["status"] == 0:  # fewer writes than operations
        folder = cases.copy()
        answer = runner(folder, COMMANDS[name], action, 1 + int(share * answer["operations"]))
    if answer["status"] == 0:  # of a call that is tried, and done otherwise where it fails
        assert files(state(folder)) == files(after)
        return
    statuses, reason = FAILURES[action]
    assert answer["status"] in statuses, answer
    last = answer["said"].splitlines()[-1]
    assert reason in last
    assert ".relsim" not in answer["said"]
    assert "defect" not in answer["said"]
    assert state(folder) == (after if "does not confirm" in last else state(cases.before))


@pytest.mark.parametrize("number", [20, pytest.param(120, marks=pytest.mark.slow)])
def test_no_addition_to_a_ledger_is_lost(number: int, place: Path, tmp_path: Path, runner: Runner) -> None:
    """So many processes at once add a run each, through a link."""
    (tmp_path / "real").mkdir()
    (tmp_path / "ledger.csv").symlink_to("real/record.csv")
    for i in range(number):
        shutil.copytree(place / "r2", tmp_path / f"r{i}")
    answer = runner.together(tmp_path, [["ledger", "add", f"r{i}"] for i in range(number)])
    assert answer == [0] * number
    assert {line.run for line in read(tmp_path / "ledger.csv")} == {f"r{i}" for i in range(number)}
    assert (tmp_path / "ledger.csv").is_symlink()
    assert [file.name for file in (tmp_path / "real").iterdir()] == ["record.csv"]
