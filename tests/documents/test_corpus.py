"""Every faulty document says exactly what is wrong, and nothing else; without its fault it loads."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from corpus import FAULTS, Case, cases, checked, message

CASES = cases()
VALID = sorted((Path(__file__).parent / "valid").glob("*.yaml"))


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with the layers and tables that documents name."""
    shutil.copytree(FAULTS / "with", tmp_path / "with")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_corpus_is_large() -> None:
    assert len(CASES) >= 266


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_message(case: Case, beside: Path) -> None:
    assert message(case) == case.says


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_without_the_fault(case: Case, beside: Path) -> None:
    (beside / f"{case.name}.yaml").write_text(case.sound, encoding="utf-8")
    checked(f"{case.name}.yaml", case.mended_options)


@pytest.mark.parametrize("path", VALID, ids=lambda p: p.stem)
def test_valid_documents_load_and_resolve_to_themselves(path: Path, tmp_path: Path) -> None:
    first = checked(str(path), {})
    again = tmp_path / "resolved.yaml"
    again.write_text(first.resolved_yaml(), encoding="utf-8")
    second = checked(str(again), {})
    assert second.scenario == first.scenario
    assert second.resolved_yaml() == first.resolved_yaml()
