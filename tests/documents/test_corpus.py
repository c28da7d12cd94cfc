"""Every faulty document says exactly what is wrong, and nothing else; without its fault it loads."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from corpus import INVALID, NAMES, checked, fixed, message, options

VALID = sorted((Path(__file__).parent / "valid").glob("*.yaml"))


def test_the_corpus_is_large() -> None:
    assert len(NAMES) >= 75
    assert {p.stem for p in INVALID.glob("*.txt")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_message(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(INVALID)
    assert message(name) == (INVALID / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_without_the_fault(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = (INVALID / f"{name}.yaml").read_text(encoding="utf-8")
    shutil.copytree(INVALID / "with", tmp_path / "with")
    (tmp_path / f"{name}.yaml").write_text(fixed(text), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    checked(f"{name}.yaml", **options(text, fixed=True))


@pytest.mark.parametrize("path", VALID, ids=lambda p: p.stem)
def test_valid_documents_load_and_resolve_to_themselves(path: Path, tmp_path: Path) -> None:
    first = checked(str(path))
    again = tmp_path / "resolved.yaml"
    again.write_text(first.resolved_yaml(), encoding="utf-8")
    second = checked(str(again))
    assert second.scenario == first.scenario
    assert second.resolved_yaml() == first.resolved_yaml()
