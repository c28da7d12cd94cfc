"""``relsim watch``: what it prints and writes, and what it refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from oracle.scenes import scene

import relsim
from relsim.cli import main
from relsim.engine import in_threads
from relsim.model import build
from relsim.result.files import sha256
from relsim.result.watchlist import Watchlist
from relsim.watch import made_paths, watchlist

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
SCENE = """
relsim: 1
title: A small war
window: {start: 2019-01-01, end: 2019-03-01}
run: {paths: 1280, seed: 4}
parties: {us: United States, ru: Russia}
variables: {x: {half_life: 10 days, spread: 1, label: Mood}}
indices: {mood: {weights: {x: 1}, label: The mood}}
conditions:
  alarm: {label: Alarm, begins: [raid], lasts: 5 days}
  old: {initially: true, ends: [raid]}
events:
  raid: {label: A raid, rate: 1 to 3 per month, effects: {x: -2}}
  never: {rate: 0 per year}
calendar:
  talks: {label: The talks, on: 2019-01-20, probability: 0.4 to 0.6, effects: {x: 2}}
  late: {on: 2019-02-25, probability: 0.5}
  gone: {on: 2018-12-01, probability: 0.5}
  dropped: {on: 2019-02-01, probability: 0.5}
interventions: {drop: {cancel: dropped}}
outcomes:
  good: {title: All is well, value: mood, above: 1, on: 2019-03-01}
  sure: {title: Sure, any: [{happens: raid}, {none: [{happens: raid}]}]}
  raids: {title: Five raids, happens: raid, at_least: 5}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("watch")
    (folder / "scenario.yaml").write_text(SCENE, encoding="utf-8")
    made = call("run", folder / "scenario.yaml", "--out", folder / "run", "--no-figures")
    assert made.exit_code == 0, made.stderr
    return folder


def call(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def test_json_file_and_file_of_the_scenario_are_the_same(folder: Path) -> None:
    printed = call("watch", folder / "run", "--json", "--no-figures")
    assert printed.exit_code == 0, printed.stderr
    assert (folder / "run" / "watch.json").read_text(encoding="utf-8") == printed.stdout
    assert call("watch", folder / "scenario.yaml", "--json").stdout == printed.stdout
    manifest = json.loads((folder / "run" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["outputs"]["watch.json"] == sha256(folder / "run" / "watch.json")
    found = json.loads(printed.stdout)
    forecast = json.loads((folder / "run" / "forecast.json").read_text(encoding="utf-8"))
    assert list(found) == ["outcomes", "calendar"]
    for name, outcome in found["outcomes"].items():
        assert list(outcome) == ["title", "probability", "observations"]
        assert outcome["probability"] == forecast["outcomes"][name]["probability"]
        falls = [seen["expected_brier_fall"] for seen in outcome["observations"]]
        assert falls == sorted(falls, reverse=True)
        assert {seen["within_days"] for seen in outcome["observations"]} == {7, 30, 60}
    assert Watchlist.from_json(printed.stdout).to_json() == printed.stdout


def test_what_stands_in_the_list(folder: Path) -> None:
    found = json.loads(call("watch", folder / "run", "--json", "--no-figures").stdout)["outcomes"]["good"]
    here = {(seen["kind"], seen["name"]): seen for seen in found["observations"] if seen["within_days"] == 30}
    names = {kind: {name for of, name in here if of == kind} for kind in ("event", "entry", "condition", "level")}
    assert names["event"] == {"raid", "never"}
    assert names["entry"] == {"talks", "late", "dropped"}
    assert names["condition"] == {"alarm", "old"}
    assert "mood above 1" in names["level"]
    assert here["condition", "old"]["probability_seen"] == 0  # in force from the start
    never, alarm, late = here["event", "never"], here["condition", "alarm"], here["entry", "late"]
    assert never["if_seen"] is None
    assert never["if_not_seen"]["value"] == found["probability"]
    assert never["expected_brier_fall"] == 0
    assert never["if_made"]["difference"] == 0
    assert alarm["if_made"] is None
    assert here["level", "mood above 1"]["if_made"] is None
    assert late["probability_seen"] == 0
    assert late["if_made"] is not None
    assert here["entry", "dropped"]["if_made"] is None
    assert here["entry", "talks"]["if_made"]["low"] > 0


def test_an_outcome_that_is_certain_moves_by_nothing(folder: Path) -> None:
    found = json.loads(call("watch", folder / "run", "--json", "--no-figures").stdout)["outcomes"]["sure"]
    assert found["probability"] == 1
    for seen in found["observations"]:
        assert seen["expected_brier_fall"] == seen["expected_movement"] == 0
        assert seen["if_seen"] is None or seen["if_seen"]["value"] == 1
    assert "Nothing of " in call("watch", folder / "run", "--outcome", "sure", "--no-figures").stdout


def test_tables_and_figure(folder: Path) -> None:
    ran = call("watch", folder / "run", "--within", "3w", "--top", "1")
    assert ran.exit_code == 0, ran.stderr
    assert "within 21 days, up to 2019-01-21" in " ".join(ran.stdout.split())
    assert "1,280 paths, 1,024 paths for what is made" in " ".join(ran.stdout.split())
    assert "All is well: " in ran.stdout
    assert "--top" in ran.stdout
    assert (folder / "run" / "figures" / "watch.png").stat().st_size > 10_000
    found = json.loads((folder / "run" / "watch.json").read_text(encoding="utf-8"))
    days = {seen["within_days"] for seen in found["outcomes"]["good"]["observations"]}
    assert days == {7, 21, 30, 60}
    only = json.loads(call("watch", folder / "run", "--outcome", "good", "--json", "--no-figures").stdout)
    assert list(only["outcomes"]) == ["good"]
    assert set(only["calendar"][0]["expected_movement"]) == {"good"}
    whole = json.loads((folder / "run" / "watch.json").read_text(encoding="utf-8"))
    assert list(whole["outcomes"]) == ["good", "sure", "raids"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["{run}", "--outcome", "god"], "no outcome 'god'; did you mean 'good'?"),
        (["{run}", "--within", "soon"], "'soon' is no number of days"),
        (["{run}", "--paths", "500"], "go with a FILE"),
        (["{run}", "--top", "0"], "--top"),
        (["{folder}/nothing.yaml"], "does not exist"),
        (["{folder}"], "is not the folder of a run"),
    ],
)
def test_what_is_refused(folder: Path, words: list[str], said: str) -> None:
    before = sorted(folder.rglob("*"))
    ran = call("watch", *(word.format(run=folder / "run", folder=folder) for word in words))
    assert ran.exit_code == 2
    assert said in ran.stderr
    assert sorted(folder.rglob("*")) == before


def test_a_file_is_watched_and_nothing_written(folder: Path) -> None:
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    ran = call("watch", folder / "scenario.yaml", "--paths", 256, "--set", "run/seed=9")
    assert ran.exit_code == 0, ran.stderr
    assert "256 paths" in ran.stdout
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before


def test_the_door_gives_the_same_numbers(folder: Path) -> None:
    printed = call("watch", folder / "run", "--json", "--no-figures").stdout
    found = relsim.watch(relsim.open(folder / "run"))
    assert found.to_json() == printed
    assert relsim.watch(relsim.load(folder / "scenario.yaml")).to_json() == printed
    assert "All is well: " in str(found)
    pytest.importorskip("pandas")
    rows = found.table.loc["good"]
    raid = rows[(rows["observation"] == "raid") & (rows["within_days"] == 30)].iloc[0]
    seen = next(s for s in found.result.outcomes["good"].observations if (s.name, s.within_days) == ("raid", 30))
    assert (raid["if_seen"], raid["if_made_low"]) == (seen.if_seen.value, seen.if_made.low)


def test_the_figure_is_drawn_again(folder: Path) -> None:
    call("watch", folder / "run", "--no-figures")
    ran = call("plot", folder / "run", "--out", folder / "drawn")
    assert ran.exit_code == 0, ran.stderr
    assert (folder / "drawn" / "watch.png").is_file()
    damaged = folder / "run" / "watch.json"
    text = damaged.read_text(encoding="utf-8")
    damaged.write_text(text.replace("null", "1"), encoding="utf-8")
    ran = call("plot", folder / "run", "--out", folder / "again")
    assert ran.exit_code == 2
    assert "watch.json" in ran.stderr
    assert not (folder / "again").exists()
    assert call("watch", folder / "run", "--no-figures").exit_code == 0
    assert damaged.read_text(encoding="utf-8") == text


def test_any_number_of_workers_gives_the_same_bytes() -> None:
    model = build(scene(SCENE))
    texts = {watchlist(model, run_blocks=in_threads(workers)).to_json() for workers in (1, 2, 5)}
    assert len(texts) == 1


def test_only_days_after_the_last_one_known_are_seen() -> None:
    """An event and an entry of the record inside the window are no news."""
    told = "[{on: 2019-01-05, event: raid}, {on: 2019-01-20, entry: talks}]"
    history = f"{{told: {{covers: {{from: 2019-01-01, to: 2019-01-25}}, events: {told}}}}}"
    text = SCENE.replace("end: 2019-03-01}", "end: 2019-03-01, as_of: 2019-01-25}", 1) + f"history: {history}\n"
    scenario = scene(text)
    found = watchlist(build(scenario))
    seen = {(s.kind, s.name): s for s in found.outcomes["raids"].observations if s.within_days == 7}
    assert ("entry", "talks") not in seen
    assert 0 < seen["event", "raid"].probability_seen < 0.9
    assert all(dated.date > date(2019, 1, 25) for dated in found.calendar)
    assert [dated.date for dated in found.calendar] == [date(2019, 2, 1), date(2019, 2, 25)]
    over = watchlist(build(replace(scenario, as_of=scenario.end)))
    assert over.calendar == ()
    assert all(not outcome.observations for outcome in over.outcomes.values())


def test_days_past_the_window_cannot_be_seen() -> None:
    """In a window of ten days 30 and 60 days are the same ten."""
    scenario = scene(SCENE)
    short = replace(
        scenario, end=scenario.start + timedelta(days=9), outcomes={"sure": scenario.outcomes["sure"]}, quantities={}
    )
    found = watchlist(build(short))
    by = {days: [s for s in found.outcomes["sure"].observations if s.within_days == days] for days in (30, 60)}
    assert [replace(s, within_days=30) for s in by[60]] == by[30]


def test_one_draw_of_uncertain_weights_tells_no_doubt() -> None:
    model = build(replace(scene(SCENE), paths=100))
    assert made_paths(model) == 100
    for seen in watchlist(model).outcomes["good"].observations:
        assert seen.expected_brier_fall is None
        assert seen.expected_movement is None
        assert seen.if_not_seen is None or seen.if_not_seen.low is None
        assert seen.if_made is None or seen.if_made.low is None
