"""The model as a picture: parts, arrows, loops and their gains, and text that stays text."""

from __future__ import annotations

import json
import math
import shutil
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

import relsim
from relsim.cli import main
from relsim.diagram.graph import Graph, graph_of
from relsim.diagram.loops import Loop, loops_of
from relsim.diagram.mermaid import mermaid
from relsim.model import Model

OSAKA = Path(__file__).parents[2] / "scenarios" / "osaka_2019" / "scenario.yaml"
TEXT = """
relsim: 1
title: T
window: {start: 2019-01-01, end: 2019-03-31}
parties: {us: United States, ru: Russia}
variables:
  tone: {each: party, label: Tone, half_life: 10 days, pull: {tone.other: 0.01}}
  calm: {half_life: 20 days}
conditions:
  crisis: {begins: incident, lasts: 30 days, while: {rates: {accusation: 2}, baseline: {calm: -0.5}}}
events:
  accusation:
    each: party
    rate: 0.2 per day
    rate_ratio: {tone.self: {value: 0.8, source: a study}}
    excited_by: {accusation.other: {events: 0.3, half_life: 3 days}}
    effects: {tone.other: -0.5}
  incident: {rate: 0.01 per day, rate_ratio: {calm: 0.5}, effects: {calm: -2}}
calendar:
  meeting: {on: 2019-02-01, probability: 0.5, odds_ratio: {calm: 1.3}, unless: [crisis], effects: {calm: 1}}
outcomes:
  met: {title: They meet, happens: meeting}
  many: {title: Ten accusations, happens: accusation, at_least: 10}
"""


def drawn(text: str = TEXT) -> tuple[Model, Graph, dict[tuple[str, ...], Loop]]:
    model = relsim.load(text=text).inputs.model
    graph = graph_of(model.scenario)
    return model, graph, {loop.parts: loop for loop in loops_of(model, graph)}


def test_members_of_a_set_are_one_part_and_arrows_say_whose():
    _, graph, _ = drawn()
    assert graph.parts["variable_tone"].members == ("tone.us", "tone.ru")
    found = {(a.source, a.target, a.how): a for a in graph.arrows}
    answer = found["variable_tone", "event_accusation", "rate ratio"]
    assert (answer.whose, answer.text, answer.sign, answer.sourced) == ("own", "× 0.8", -1, True)
    effect = found["event_accusation", "variable_tone", "effect"]
    assert (effect.whose, effect.text, effect.sign, effect.sourced) == ("other", "−0.5", -1, False)
    assert found["event_accusation", "event_accusation", "excitation"].text == "0.3 more, half-life 3 days"
    assert found["condition_crisis", "entry_meeting", "unless"].text == "not if"
    assert found["entry_meeting", "outcome_met", "asks"].sizes is None


def forgotten(half_life: float, taken_back: float = 0.0) -> float:
    """What a day forgets of a deviation, with what usual events take back of it."""
    return 1 - 2 ** (-1 / half_life) * (1 - taken_back)


TONE = forgotten(10, 0.2 * 0.5 / 9)
CALM = forgotten(20, 0.01 * 2 / 9)


def test_gains_are_the_closed_forms():
    """r = R (1 − a); r ln ρ there, effect over what a day forgets back; a condition lasts T, incidents come at R."""
    _, _, loops = drawn()
    assert loops["accusation",].gain == pytest.approx(0.3, rel=1e-6)
    assert loops["Tone", "accusation"].gain == pytest.approx(0.2 * 0.7 * math.log(0.8) * -0.5 / TONE, rel=1e-6)
    assert loops["Tone",].gain == pytest.approx(0.01 / TONE, rel=1e-6)
    assert loops["calm", "incident"].gain == pytest.approx(0.01 * math.log(0.5) * -2 / CALM, rel=1e-6)
    crisis = 0.01 * math.log(0.5) * 30 * math.exp(-0.3) * -0.5
    assert loops["calm", "incident", "crisis"].gain == pytest.approx(crisis, rel=1e-6)
    assert all((loop.gain > 0) == ("reinforcing" in str(loop)) for loop in loops.values())


SETTLING = """
relsim: 1
title: T
window: {start: 2019-01-01, end: 2019-03-31}
run: {paths: 40000, seed: 3}
variables: {x: {half_life: 5 days}}
events: {a: {rate: 2 per day, rate_ratio: {x: 1.1}, effects: {x: 0.1}}}
quantities: {last: {value: x, on: 2019-03-31}}
variants: {pushed: {interventions: {PUSHES}}}
"""


def test_a_push_settles_where_the_gain_says():
    """At 1 / (1 − gain) of what it would without the loop: within five standard errors of a paired difference."""
    days = [date(2019, 1, 1) + timedelta(days=i) for i in range(90)]
    pushes = ", ".join(f"p{i}: {{on: {day}, shift: {{x: 0.01}}}}" for i, day in enumerate(days))
    scenario = relsim.load(text=SETTLING.replace("PUSHES", pushes))
    model = scenario.inputs.model
    (loop,) = loops_of(model, graph_of(model.scenario))
    found = relsim.compare(scenario, scenario.variant("pushed"), progress=False).quantities.loc["last"]
    settled = 0.01 / forgotten(5, 2 * 0.1 / 9) / (1 - loop.gain)
    assert loop.gain > 0.1
    assert abs(found.difference - settled) < 5 * found.standard_error


def test_only_what_an_outcome_hangs_on():
    graph = graph_of(relsim.load(text=TEXT).inputs.scenario, "many")
    assert set(graph.parts) == {
        "variable_tone", "event_accusation", "condition_crisis", "event_incident", "variable_calm", "entry_meeting",
        "outcome_many",
    }  # fmt: skip
    assert all({a.source, a.target} <= set(graph.parts) for a in graph.arrows)


HOSTILE = 'a "quoted" <script>alert(1)</script> \\N \\l #quot; `x` | ] } & %% end'


def test_labels_are_text_in_every_form(tmp_path: Path):
    scenario = relsim.load(text=TEXT.replace("label: Tone", f"label: {json.dumps(HOSTILE)}"))
    text = scenario.diagram("mermaid")
    assert "<script>" not in text
    assert "`" not in text
    line = next(line for line in text.splitlines() if line.startswith("  variable_tone"))
    assert line.count('"') == 2
    if shutil.which("dot"):
        tree = ElementTree.fromstring(scenario.diagram("svg"))
        assert not [element for element in tree.iter() if element.tag.endswith("script")]
        written = "".join("".join(element.itertext()) for element in tree.iter() if element.tag.endswith("}text"))
        assert "".join(HOSTILE.split()) in "".join(written.split())
    else:
        with pytest.raises(relsim.InputError, match="Graphviz"):
            scenario.diagram("svg")


def test_osaka_has_its_loops():
    model = relsim.load(OSAKA).inputs.model
    graph = graph_of(model.scenario)
    loops = loops_of(model, graph)
    assert {("Tone", "Public accusation"), ("Room", "Offer or proposal")} <= {loop.parts for loop in loops}
    assert "%% Loops, strongest first:" in mermaid(graph, loops)


def test_the_command_and_its_slips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "s.yaml"
    file.write_text(TEXT)
    shown = CliRunner().invoke(main, ["show", str(file), "--diagram", "mermaid", "--outcome", "met"])
    assert (shown.exit_code, shown.stdout.splitlines()[0]) == (0, "flowchart LR")
    assert "outcome_many" not in shown.stdout
    slip = CliRunner().invoke(main, ["show", str(file), "--diagram", "dot", "--outcome", "mett"])
    assert slip.exit_code == 2
    assert "no outcome is called 'mett'" in slip.stderr
    assert "did you mean 'met'" in slip.stderr
    assert CliRunner().invoke(main, ["show", str(file), "--outcome", "met"]).exit_code == 2
    monkeypatch.setenv("PATH", str(tmp_path))
    without = CliRunner().invoke(main, ["show", str(file), "--diagram", "svg"])
    assert without.exit_code == 2
    assert "Graphviz" in without.stderr
