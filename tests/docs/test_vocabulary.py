"""One word for each thing: what results, help, messages and pages called otherwise once stands in none of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from relsim.cli import main
from relsim.result.schema import RESULTS, schema_of

ROOT = Path(__file__).resolve().parents[2]
OLD_KEYS = {
    "backtest": {"came", "said", "over_best", "over_one", "positive_over_one"},
    "drivers": {"told", "sum_of_told", "smallest_told", "said", "written", "bend", "chance"},
    "stories": {"told_as", "lacking", "grouped", "searched", "close"},
    "fit": {"learned", "unheard"},
    "import": {"mended", "first_mended", "guessed", "quiet", "strangers"},
    "event-record": {"worth", "stated", "outside"},
    "tuning": {"alone", "by", "why"},
    "checkup": {"mended", "guessed", "quiet", "strangers"},
}
NEW_KEYS = {
    "backtest": {"observed", "forecast_mean", "skill_vs_best", "skill_vs_single"},
    "drivers": {"significant", "sum_significant", "detection_limit", "text", "as_written", "sigma", "p_value"},
    "stories": {"category", "missing", "n_clustered", "n_searched", "n_near"},
    "fit": {"shrinkage", "unidentified"},
    "import": {"repaired_lines", "coverage_inferred", "empty_days", "unknown_actors"},
    "event-record": {"mean_value", "coverage_declared", "outside_coverage"},
    "tuning": {"cost_alone_sd", "shift_sd", "reason"},
    "forecast": {"weights_low", "weights_high", "variance_weights", "moved_by", "stated", "first_date"},
}
OLD_WORDS = re.compile(
    r"half by\b|across (the )?weights|moved by, in points|\bcame out\s+moved|\blay a weights file|fit alone|"
    r"more than the file's if|shall stand|ended unasked|no valid model|--learned|"
    r"\b(told|heard|lived|lacking|lacked)\b|\bworlds\b|"
    r"\b(brings?|brought|bringing)\s+(it |them )?on\b|\bhangs?\s+on\b",
    re.IGNORECASE,
)


def keys(schema: Any) -> Iterator[str]:
    """Every key that a result may have, at any depth."""
    if isinstance(schema, dict):
        yield from schema.get("properties", ())
        for part in schema.values():
            yield from keys(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from keys(part)


@pytest.mark.parametrize("kind", RESULTS)
def test_results_have_the_keys_of_now(kind: str) -> None:
    found = set(keys(schema_of(RESULTS[kind])))
    assert not found & OLD_KEYS.get(kind, set())
    assert NEW_KEYS.get(kind, set()) <= found


def commands(group: click.Group, name: str = "relsim") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for key in group.list_commands(context):
        command = group.get_command(context, key)
        assert command is not None
        yield f"{name} {key}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {key}")


@pytest.mark.parametrize(("name", "command"), list(commands(main)), ids=lambda x: x if isinstance(x, str) else "")
def test_help_has_the_words_of_now(name: str, command: click.Command) -> None:
    text = command.get_help(click.Context(command, info_name=name, terminal_width=10_000))
    assert not OLD_WORDS.findall(text), OLD_WORDS.search(text)


def messages() -> Iterator[tuple[str, str]]:
    """Texts of the code that are no docstrings, and where they stand."""
    for file in sorted((ROOT / "src" / "relsim").rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        beside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in beside:
                yield f"{file.relative_to(ROOT)}:{node.lineno}", node.value


def test_messages_have_the_words_of_now() -> None:
    found = [f"{place}: {text}" for place, text in messages() if " " in text and OLD_WORDS.search(text)]
    assert not found, "\n".join(found)


PAGES = [
    *(page for page in sorted((ROOT / "docs").rglob("*.md")) if "_build" not in page.parts),
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "src/relsim/spec/meanings.yaml")),
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_have_the_words_of_now(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    found = [f"{number}: {line}" for number, line in enumerate(lines, 1) if OLD_WORDS.search(line)]
    assert not found, "\n".join(found)


def test_the_glossary_has_every_new_word() -> None:
    page = (ROOT / "docs" / "reference" / "glossary.md").read_text(encoding="utf-8").lower()
    for word in sorted(set().union(*NEW_KEYS.values()) - {"text", "as_written", "reason", "first_date", "moved_by"}):
        assert word in page or word.replace("_", " ") in page, word
