"""Everything that commands write or print as JSON is as its published schema says: no key more, none less."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from relsim.cli import main
from relsim.result.schema import RESULTS, schema_of
from relsim.result.typed import read_json

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples"
SCHEMAS = ROOT / "docs" / "reference" / "schemas"
RESOLUTION = """\
relsim: 1
resolution:
  summit: {value: true, on: 2019-06-28, source: a newspaper}
  sanctions: {value: false, source: a register}
  setback: {void: true, reason: nobody can say, source: a register}
"""


WEEKLY = """
relsim: 1
window: {start: 2019-03-01, end: 2019-03-30}
run: {paths: 2048}
variables: {x: {half_life: 8 days}}
events: {a: {rate: 0.01 to 0.03 per day}}
calendar: {vote: {on: 2019-03-28, probability: 0.2, odds_if: {a: {odds_ratio: 30}}}}
history: {h: {covers: {from: 2019-03-01, to: 2019-03-22}, types: [a], events: [{on: 2019-03-16, event: a}]}}
outcomes: {vote: {happens: vote}}
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Texts of every kind, from every command that makes one."""
    folder = tmp_path_factory.mktemp("schemas")
    found: dict[str, list[str]] = {name: [] for name in RESULTS}
    (folder / "resolution.yaml").write_text(RESOLUTION, encoding="utf-8")
    other = (EXAMPLES / "osaka.yaml").read_text(encoding="utf-8").replace("probability: 0.5 to 0.7", "probability: 0.2")
    (folder / "other.yaml").write_text(other, encoding="utf-8")

    def call(line: str, status: int = 0) -> str:
        words = [word.replace("@", f"{EXAMPLES}{os.sep}") for word in line.split()]
        ran = CliRunner().invoke(main, words)
        assert ran.exit_code == status, f"{line}\n{ran.stderr}"
        return ran.stdout

    def kept(kind: str, *files: str) -> None:
        for file in files:
            found[kind].append(Path(file).read_text(encoding="utf-8"))

    here = Path.cwd()
    os.chdir(folder)
    try:
        call("run @osaka.yaml --paths 2560 --out run --no-figures")
        found["forecast"].append(call("run @osaka.yaml --paths 300 --median-weights --no-figures --json"))
        call("compare @osaka.yaml other.yaml --paths 1280 --given summit --no-figures --out compared")
        call("drivers run --no-figures --check --events --paths 256")
        kept("drivers", "run/drivers.json")
        for design in ("sobol", "morris"):
            call(f"drivers run --no-figures --design {design} --samples 4 --paths 128 --only */rate")
            kept("drivers", "run/drivers.json")
        call("run @osaka.yaml --paths 7680 --out wide --no-figures")
        call("drivers wide --no-figures --discover sanctions")
        kept("drivers", "wide/drivers.json")
        call("watch run --no-figures --made-paths 256")
        kept("watch", "run/watch.json")
        call("story run --outcome setback --count 1 --futures 128 --no-figures")
        call("story run --path 3 --futures 0 --no-figures")
        kept("forecast", "run/forecast.json")
        kept("comparison", "compared/comparison.json")
        found["stories"] += [file.read_text(encoding="utf-8") for file in Path("run/stories").glob("*.json")]
        tune = "tune @osaka.yaml --paths 8192 --out t.yaml --force --json --target"
        found["tuning"] += [call(f"{tune} summit=0.6±0.02"), call(f"{tune} summit=0.9±0.02", status=1)]
        fit = "fit @fit.yaml --events @fit.csv"
        call(f"{fit} --out weights.yaml --no-figures")
        kept("fit", "weights-fit/fit.json")
        found["fit-evaluation"].append(call(f"{fit} --evaluate --json"))
        call(
            "backtest @fit.yaml --events @fit.csv --from 2018-06-01 --every 60d --refit 1000d --paths 256 "
            "--baselines climatology,persistence --out back --no-figures"
        )
        kept("backtest", "back/backtest.json")
        (folder / "weekly.yaml").write_text(WEEKLY, encoding="utf-8")
        found["track"].append(call("track weekly.yaml --no-figures --json", status=3))
        asked = "title=Question,closes=Deadline,answer=Answer"
        found["questions"].append(
            call(f"questions import @asked/questions.csv --from csv --map {asked} --out q.yaml --json")
        )
        found["scores"].append(call("score run --resolution resolution.yaml --json"))
        found["import"].append(call("import @icews.tab --as icews --parties us,ru --out acts.csv --json"))
        call("import @icews.tab --as icews --all-pairs --out pairs")
        kept("import", "pairs/index.json")
        found["event-record"].append(call("events acts.csv --no-figures --json"))
        found["checkup"].append(call("doctor @icews.tab acts.csv --json"))
    finally:
        os.chdir(here)
    return found


@pytest.mark.parametrize("kind", RESULTS)
def test_what_is_written_is_as_its_schema_says(kind: str, written: dict[str, list[str]]) -> None:
    validator = Draft202012Validator(schema_of(RESULTS[kind]))
    assert written[kind]
    for text in written[kind]:
        problems = [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(json.loads(text))]
        assert not problems, "\n".join(problems[:10])


@pytest.mark.parametrize("kind", RESULTS)
def test_what_is_written_is_read_back_as_it_was(kind: str, written: dict[str, list[str]]) -> None:
    for text in written[kind]:
        value = read_json(RESULTS[kind], text)
        again = getattr(value, "to_json", None)
        assert again is None or again().rstrip() == text.rstrip()


@pytest.mark.parametrize("kind", RESULTS)
def test_unknown_and_missing_keys_are_refused(kind: str, written: dict[str, list[str]]) -> None:
    """In every object of the result, by the schema and by the reader alike."""
    schema = schema_of(RESULTS[kind])
    validator = Draft202012Validator(schema)
    text = max(written[kind], key=len)
    number = 0
    for damaged in (*_each(text, _more), *_each(text, _less)):
        number += 1
        assert not validator.is_valid(damaged)
        with pytest.raises(ValueError, match=r"unknown key|is missing"):
            read_json(RESULTS[kind], json.dumps(damaged))
    assert number > 1


def _more(content: dict[str, Any], kind: Any) -> bool:
    content["told"] = 1
    return True


def _less(content: dict[str, Any], kind: Any) -> bool:
    first = next((field.name.removesuffix("_") for field in fields(kind) if not _optional(field)), None)
    if first is None:
        return False
    del content[first]
    return True


def _optional(field: Any) -> bool:
    from dataclasses import MISSING

    return field.default is not MISSING


def _each(text: str, damage: Callable[[dict[str, Any], Any], bool]) -> Iterator[Any]:
    """The result damaged once for every dataclass that it holds, at the first place where it stands."""
    kind = next(kind for kind in RESULTS.values() if _fits(kind, text))
    whole = json.loads(text)
    done: set[str] = set()
    for path, held in _places(whole, kind, ()):
        if held.__name__ in done:
            continue
        done.add(held.__name__)
        copy = deepcopy(whole)
        inner = copy
        for key in path:
            inner = inner[key]
        if damage(inner, held):
            yield copy


def _fits(kind: type, text: str) -> bool:
    try:
        read_json(kind, text)
    except ValueError:
        return False
    return True


def _places(value: Any, kind: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if value is None:
        return
    if is_dataclass(kind) and isinstance(kind, type):
        yield path, kind
        hints = get_type_hints(kind)
        for name, hint in hints.items():
            key = name.removesuffix("_")
            if key in value:
                yield from _places(value[key], hint, (*path, key))
        return
    inner = [one for one in get_args(kind) if one is not type(None) and one is not Ellipsis]
    if isinstance(value, dict) and len(inner) == 2:
        for key, item in value.items():
            yield from _places(item, inner[1], (*path, key))
    elif isinstance(value, list) and inner:
        for number, item in enumerate(value[:3]):
            yield from _places(item, inner[min(number, len(inner) - 1)], (*path, number))
    elif len(inner) == 1:
        yield from _places(value, inner[0], path)


def test_schemas_are_valid_and_published_as_they_are() -> None:
    """``python docs/reference/make.py`` writes them anew."""
    for name, kind in RESULTS.items():
        schema = schema_of(kind)
        Draft202012Validator.check_schema(schema)
        assert json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8")) == schema
    assert {file.stem for file in SCHEMAS.iterdir()} == set(RESULTS)


def test_no_two_parts_of_a_schema_share_a_name() -> None:
    """A name in ``$defs`` is a class's own."""
    names: dict[str, type] = {}

    def walk(kind: Any) -> None:
        if is_dataclass(kind) and isinstance(kind, type):
            if kind.__name__ in names:
                assert names[kind.__name__] is kind
                return
            names[kind.__name__] = kind
            for hint in get_type_hints(kind).values():
                walk(hint)
        for one in get_args(kind):
            walk(one)

    for kind in RESULTS.values():
        walk(kind)
    assert len(names) > 40


def test_every_schema_is_linked() -> None:
    page = (ROOT / "docs" / "reference" / "outputs.md").read_text(encoding="utf-8")
    assert [name for name in RESULTS if f"(schemas/{name}.json)" not in page] == []
