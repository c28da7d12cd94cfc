"""What a message says would mend a model does: laid over the file, it is valid."""

from __future__ import annotations

import pytest

from relsim.api.inputs import build_model
from relsim.compose import load
from relsim.errors import InputError

HEAD = """
relsim: 1
window: {start: 2019-01-01, end: 2019-04-10}
parties: {us: United States, ru: Russia}
variables: {x: {half_life: 10 days}}
quantities: {x_at_end: {value: x, on: 2019-04-10}}
events:
  a: {rate: 1 per day}
"""
FAULTY = {
    "a loop of itself": "  b: {rate: 1 per day, excited_by: {b: {events: 1.2, half_life: 2 days}}}",
    "loops of two sides": """
  b:
    each: party
    rate: 1 per day
    excited_by: {b.self: {share: 0.6, half_life: 2 days}, b.other: {share: 0.6, half_life: 2 days}}
""",
    "two loops": """
  b: {rate: 1 per day, excited_by: {c: {events: 2, half_life: 2 days}}}
  c: {rate: 1 per day, excited_by: {b: {events: 1, half_life: 2 days}}}
  d: {rate: 1 per day, excited_by: {d: {events: 1.5 to 1.8, half_life: 2 days}}}
""",
    "shares of more than all": """
  b: {rate: 1 per day, excited_by: {a: {share: 0.8, half_life: 2 days}, c + d: {share: 0.4, half_life: 2 days}}}
  c: {rate: 2 per day}
  d: {rate: 1 per year}
""",
    "shares in a list": """
  b: {rate: 1 per day, excited_by: [{a: {share: 0.8, half_life: 2 days}}, {a: {share: 0.4, half_life: 9 days}}]}
""",
    "rates of 0": """
  b: {excited_by: {a: {events: 0.1, half_life: 2 days}}}
  c: {each: party, rate: 0 per year, excited_by: {a: {events: 0.1, half_life: 2 days}}}
""",
}


@pytest.mark.parametrize("name", FAULTY)
@pytest.mark.parametrize("choice", [0, -1])
def test_the_lines_of_the_message_mend_it(name, choice, tmp_path):
    file, mend = tmp_path / "s.yaml", tmp_path / "mend.yaml"
    file.write_text(HEAD + FAULTY[name].strip("\n") + "\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        build_model(load(file))
    layers = []
    for i, diagnostic in enumerate(error.value.problems):
        assert diagnostic.hint.startswith("events: {")
        lines = diagnostic.hint.split(", or ")[choice]
        layer = mend.with_name(f"mend{i}.yaml")
        layer.write_text(f"relsim: 1\n{lines}\n", encoding="utf-8")
        layers.append(layer)
    build_model(load(file, weights=layers))


def test_each_loop_and_each_event_is_told_at_once(tmp_path):
    file = tmp_path / "s.yaml"
    for name, expected in (("two loops", 2), ("rates of 0", 2)):
        file.write_text(HEAD + FAULTY[name].strip("\n") + "\n", encoding="utf-8")
        with pytest.raises(InputError) as error:
            build_model(load(file))
        assert len(error.value.problems) == expected
