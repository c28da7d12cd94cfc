# ruff: noqa: E501
"""The JSON Schema accepts whatever `validate` accepts, and tells what each key means; other YAML readers read alike."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from relsim.cli import main
from relsim.compose import load
from relsim.compose.nodes import Source
from relsim.compose.reader import read
from relsim.compose.schema import document_schema, undescribed
from relsim.errors import InputError

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path
    for folder in ("scenarios", "src/relsim/models", "tests/documents/valid", "tests/documents/faults/with")
    for path in (ROOT / folder).rglob("*.yaml")
)


@cache
def validator() -> Any:
    schema = document_schema()
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def plain(text: str) -> Any:
    root, found = read(Source("text"), text)
    assert root is not None
    assert not found
    return root.plain()


def faults(data: Any) -> list[str]:
    return [f"{list(e.absolute_path)}: {e.message[:100]}" for e in validator().iter_errors(data)]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_what_validates_passes(path: Path) -> None:
    try:
        load(path)
    except InputError:
        pytest.skip("does not validate, or is a chronicle")
    assert not faults(plain(path.read_text(encoding="utf-8")))
    assert not faults(plain(load(path).shown_yaml()))


def test_what_new_writes_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["new", "new.yaml", "--parties", "us,ru"]).exit_code == 0
    assert not faults(plain((tmp_path / "new.yaml").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "text",
    [
        "parties: {a: null}",
        "issues: {general: null}",
        "variables: {room: null, tone: {pull: {gap: null}, spread: null}}",
        "conditions: {c: null, d: {while: null, ends: null}, e: {while: {rates: {x: null}}}}",
        "indices: {relations: null, standing: {weights: {tone: null}}}",
        "events: {e: {rate: null, excited_by: {f: null}, effects: {tone: null}, requires: {f: null}, codes: {cameo: null}}}",
        "calendar: {c: {odds_if: {f: null}, unless: null, odds_ratio: null, otherwise: {event: null}}}",
        "history: {h: null}",
        "interventions: {i: null}",
        "outcomes: {o: null}",
        "quantities: null",
        "resolution: {o: null}",
        "variants: {v: {outcomes: {o: null}, window: {as_of: null}}, w: null}",
        "scale: {grades: {tense: null}}",
        "extends: null",
        "correlation: null",
    ],
)
def test_removals_pass(text: str) -> None:
    assert not faults(plain(f"relsim: 1\n{text}\n"))


@pytest.mark.parametrize(
    "text",
    [
        "eventz: {}",
        "events: {e: {rat: 3}}",
        "events: {e: {rate: {value: 3, sauce: x}}}",
        "outcomes: {o: {happens: e, at_leest: 2}}",
        "outcomes: {o: {}}",
        "window: {start: 15 May}",
        "run: {paths: many}",
    ],
)
def test_what_is_wrong_does_not(text: str) -> None:
    assert faults(plain(f"relsim: 1\n{text}\n"))


def test_a_file_without_its_format_does_not() -> None:
    assert faults({"title": "x"})


def test_every_key_is_described() -> None:
    assert not list(undescribed(document_schema()))
    assert json.loads(CliRunner().invoke(main, ["schema"]).stdout) == document_schema()


def undated(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: undated(value) for key, value in data.items()}
    if isinstance(data, list):
        return [undated(value) for value in data]
    return data.isoformat() if isinstance(data, date) else data


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_another_reader_reads_what_show_prints(path: Path) -> None:
    try:
        loaded = load(path)
    except InputError:
        pytest.skip("does not validate, or is a chronicle")
    text = loaded.shown_yaml()
    assert undated(yaml.safe_load(text)) == plain(text)


WORDS = [
    *(
        "yes",
        "No",
        "ON",
        "off",
        "y",
        "N",
        "true",
        "Null",
        "~",
        "=",
        "<<",
        "1:30",
        "190:20:30",
        "2021-05-05",
        "2021-5-5",
    ),
    *(
        "2001-12-14t21:59:43.10-05:00",
        "2001-12-14 21:59:43",
        "0x1F",
        "0o17",
        "017",
        "0b11",
        "1_000",
        "1,000",
        "+1",
        "-.5",
    ),
    *(
        ".5",
        "1e3",
        "1.5e3",
        "1.",
        "-.inf",
        ".NaN",
        "- dash",
        "? x",
        ": y",
        "#z",
        "a: b",
        "a #b",
        " a",
        "a ",
        "%x",
        "@x",
        "`x`",
    ),
    *(
        "!x",
        "&x",
        "*x",
        "|",
        ">",
        "[",
        "]",
        "{",
        "}",
        ",",
        "",
        "é",
        "±3",
        "12 days",
        "3 to 4 per month",
        "a\nb",
        "a\u2028b",
    ),
]


@pytest.mark.parametrize("word", WORDS)
def test_words_are_the_same_text_for_all_readers(word: str, tmp_path: Path) -> None:
    body = {"relsim": 1, "title": word, "parties": {"no": word}, "issues": {"on": {"label": word}}}
    body["outcomes"] = {"x": {"title": word, "criteria": word, "value": "tone", "above": 0, "on": "2021-01-02"}}
    (tmp_path / "w.yaml").write_text(json.dumps(body), encoding="utf-8")
    text = load(tmp_path / "w.yaml").shown_yaml()
    shown = undated(yaml.safe_load(text))
    assert shown == body == plain(text)
