# ruff: noqa: E501
"""Layers: what is laid over what, what merges by key, what is replaced whole, and where faults stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from relsim.compose import LoadedScenario, load
from relsim.errors import InputError, Problem

BASE = """\
relsim: 1
title: Base
window: {start: 2019-01-01, end: 2019-12-31}
parties: {us: United States, ru: Russia}
variables:
  tone: {each: party, baseline: {value: -1, source: base}, half_life: 2 weeks}
events:
  fight: {each: party, rate: {value: 3 per month, source: base}, effects: {tone.other: -0.5, tone.self: -0.1}, excited_by: {fight.other: {events: 0.1, half_life: 3 days}}, requires: [calm, {fight: {within: 3 days}}]}
  calm: {rate: 1 per year}
interventions: {lull: {on: 2019-02-01, event: calm}}
outcomes: {fights: {title: They fight, happens: fight, at_least: 3}}
variants:
  loud: {title: Loud, events: {fight: {rate: 9 per month}}, interventions: {lull: null}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def over(folder: Path, text: str, **options: object) -> LoadedScenario:
    (folder / "top.yaml").write_text("relsim: 1\nextends: base.yaml\n" + text, encoding="utf-8")
    return load("top.yaml", **options)  # type: ignore[arg-type]


def data(loaded: LoadedScenario, *path: str) -> object:
    node, found = loaded.root.find(path)
    assert found == path
    return node.plain()


def test_mappings_merge_by_key_down_to_a_number(folder: Path) -> None:
    loaded = over(folder, "events: {fight: {rate: {value: 5 per month}, effects: {tone.other: -1}}}\n")
    assert data(loaded, "events", "fight", "rate") == {"value": "5 per month"}
    assert data(loaded, "events", "fight", "effects") == {"tone.other": -1, "tone.self": -0.1}


def test_lists_outcomes_and_interventions_are_replaced_whole(folder: Path) -> None:
    loaded = over(
        folder,
        "events: {fight: {requires: [calm]}}\noutcomes: {fights: {happens: calm}}\n"
        "interventions: {lull: {on: 2019-03-01, shift: {tone: 1}}}\n",
    )
    assert data(loaded, "events", "fight", "requires") == ["calm"]
    assert data(loaded, "outcomes", "fights") == {"happens": "calm"}
    assert data(loaded, "interventions", "lull") == {"on": "2019-03-01", "shift": {"tone": 1}}


def test_excitations_merge_by_source_and_a_list_replaces(folder: Path) -> None:
    merged = over(folder, "events: {fight: {excited_by: {fight.other: {events: 0.2}}}}\n")
    assert data(merged, "events", "fight", "excited_by") == {"fight.other": {"events": 0.2, "half_life": "3 days"}}
    whole = over(folder, "events: {fight: {excited_by: [{calm: {events: 0.2, half_life: 1 day}}]}}\n")
    assert data(whole, "events", "fight", "excited_by") == [{"calm": {"events": 0.2, "half_life": "1 day"}}]


def test_null_removes_an_inherited_entry(folder: Path) -> None:
    loaded = over(folder, "events: {fight: {effects: {tone.self: null}}}\ninterventions: null\nvariants: null\n")
    assert data(loaded, "events", "fight", "effects") == {"tone.other": -0.5}
    assert loaded.scenario is not None
    assert not loaded.scenario.interventions


def test_order_of_layers(folder: Path) -> None:
    (folder / "w.yaml").write_text("relsim: 1\nevents: {fight: {rate: 4 per month}}\n")
    (folder / "second.yaml").write_text("relsim: 1\nevents: {fight: {rate: 2 per month}, calm: {rate: 7 per year}}\n")
    (folder / "top.yaml").write_text(
        "relsim: 1\nextends: [base.yaml, second.yaml]\nevents: {calm: {rate: 8 per year}}\n"
    )

    def rates(**options: object) -> tuple[object, object]:
        loaded = load("top.yaml", **options)  # type: ignore[arg-type]
        return data(loaded, "events", "fight", "rate"), data(loaded, "events", "calm", "rate")

    assert rates() == ("2 per month", "8 per year")
    assert rates(weights=["w.yaml"]) == ("4 per month", "8 per year")
    assert rates(weights=["w.yaml"], variant="loud") == ("9 per month", "8 per year")
    options = {
        "variant": "loud",
        "settings": ["events/fight/rate=1 per month", "events/fight/rate=6 per month"],
    }
    assert rates(weights=["w.yaml"], **options) == ("6 per month", "8 per year")


def test_a_variant_removes_and_keeps_the_title(folder: Path) -> None:
    loaded = load("base.yaml", variant="loud")
    assert loaded.scenario is not None
    assert not loaded.scenario.interventions
    assert loaded.scenario.title == "Base"
    assert loaded.scenario.variant == "loud"


def test_settings_are_yaml(folder: Path) -> None:
    loaded = load(
        "base.yaml",
        settings=["interventions/lull=null", "events/calm={rate: 2 per year, at_most: 1}", "title=x"],
    )
    assert loaded.scenario is not None
    assert loaded.scenario.events["calm"].at_most == 1
    assert loaded.scenario.title == "x"
    assert not loaded.scenario.interventions


def test_a_layer_without_a_window_is_no_scenario(folder: Path) -> None:
    (folder / "w.yaml").write_text("relsim: 1\nevents: {fight: {rate: 4 per month}}\n")
    assert load("w.yaml").scenario is None
    with pytest.raises(InputError, match="'window' is missing"):
        load("w.yaml", whole=True)
    assert load(Path(__file__).parents[2] / "src/relsim/models/bilateral.yaml").scenario is None


def test_origins_name_file_and_line(folder: Path) -> None:
    loaded = over(folder, "events:\n  calm: {rate: 2 per year}\n")
    assert loaded.origins["events/calm/rate"] == "top.yaml:4"
    assert loaded.origins["events/fight/rate/value"] == "base.yaml:8"
    assert "# base.yaml:3" in loaded.shown_yaml(origins=True)


def test_files_are_named_with_their_digests(folder: Path) -> None:
    import hashlib

    files = over(folder, "title: t\n").files
    assert set(files) == {"top.yaml", "base.yaml"}
    assert files["base.yaml"] == hashlib.sha256((folder / "base.yaml").read_bytes()).hexdigest()


def test_paths_are_relative_to_the_file_that_names_them(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub/mid.yaml").write_text("relsim: 1\nextends: ../base.yaml\nhistory: {h: {file: h.yaml}}\n")
    (folder / "sub/h.yaml").write_text("events: [{on: 2018-01-01, event: calm}]\n")
    (folder / "top.yaml").write_text("relsim: 1\nextends: sub/mid.yaml\n")
    scenario = load("top.yaml").scenario
    assert scenario is not None
    assert [e.event for e in scenario.history["h"].events] == ["calm"]


def test_the_same_file_may_be_extended_twice_but_not_in_a_circle(folder: Path) -> None:
    (folder / "a.yaml").write_text("relsim: 1\nextends: base.yaml\n")
    (folder / "b.yaml").write_text("relsim: 1\nextends: base.yaml\n")
    (folder / "top.yaml").write_text("relsim: 1\nextends: [a.yaml, b.yaml]\n")
    assert load("top.yaml").scenario is not None


def test_all_faults_of_all_files_in_one_go(folder: Path) -> None:
    (folder / "w.yaml").write_text("relsim: 1\nevents: {fight: {rate: 4}}\n")
    with pytest.raises(InputError) as error:
        over(
            folder,
            "run: {paths: no}\nevents: {calm: {rate: often}}\n",
            weights=["w.yaml"],
            settings=["run/seed=-1"],
        )
    places = [(d.file, d.line, d.path) for d in error.value.problems]
    assert places == [
        ("top.yaml", 3, "run.paths"),
        ("top.yaml", 4, "events.calm.rate"),
        ("w.yaml", 2, "events.fight.rate"),
        ("--set", 1, "run.seed"),
    ]


def test_references_wait_for_neither_keys_nor_numbers(folder: Path) -> None:
    with pytest.raises(InputError) as error:
        over(folder, "events: {calm: {rate: often, effects: {tune: 1}}}\n")
    assert [d.path for d in error.value.problems] == ["events.calm.rate", "events.calm.effects"]
    with pytest.raises(InputError) as error:
        over(folder, "events: {calm: {rates: 1 per year, effects: {tune: 1}}}\n")
    assert [d.message.split(";")[0] for d in error.value.problems] == ["unknown key 'rates'", "unknown name 'tune'"]
    with pytest.raises(InputError) as error:
        over(folder, "events: {calm: {rates: {tune: 1}, effects: {tone: 1}}}\n")
    assert [d.message for d in error.value.problems] == ["unknown key 'rates'"]


def test_what_follows_from_a_broken_definition_is_not_reported(folder: Path) -> None:
    with pytest.raises(InputError) as error:
        over(folder, "events: {brawl: {each: partie, rate: 1 per year}}\noutcomes: {b: {happens: brawl.us}}\n")
    assert [d.path for d in error.value.problems] == ["events.brawl.each"]


def test_a_joint_fault_stands_at_its_first_place_in_the_file(folder: Path) -> None:
    loaded = over(folder, "title: t\n")
    late, early = "events/calm/rate", "events/fight/excited_by/fight.other/events"
    (found,) = loaded.locate([Problem(late, "too much", also=(early,))])
    assert (found.file, found.line) == ("base.yaml", 8)
    assert found.message == "too much (with events.calm.rate)"


def test_a_fault_of_a_number_stands_at_its_innermost_value(folder: Path) -> None:
    loaded = over(folder, "title: t\n")
    (found,) = loaded.locate([Problem("events/fight/rate", "odd")], "warning")
    line = BASE.splitlines()[7]
    assert found.column == line.index("3 per month") + 1
    assert str(found).startswith("warning: base.yaml:8:")


@pytest.mark.parametrize("lacking", ["window", "variables", "outcomes"])
def test_what_the_file_lacks_it_lacks_whatever_is_laid_over_it(folder: Path, lacking: str) -> None:
    stated = {
        "window": "{start: 2019-01-01, end: 2019-12-31}",
        "variables": "{tone: {half_life: 2 weeks}}",
        "events": "{fight: {rate: 1 per year}}",
        "outcomes": "{fights: {happens: fight}}",
    }
    lines = ["relsim: 1", *(f"{key}: {value}" for key, value in stated.items() if key != lacking)]
    Path("top.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    Path("w.yaml").write_text("relsim: 1\n", encoding="utf-8")
    said = []
    for options in ({}, {"settings": ["run/paths=100"]}, {"weights": ["w.yaml"]}):
        with pytest.raises(InputError) as refused:
            load("top.yaml", whole=True, **options)  # type: ignore[arg-type]
        said.append(str(refused.value))
    assert said[0].startswith("top.yaml:1:1: ")
    assert said == [said[0]] * 3
