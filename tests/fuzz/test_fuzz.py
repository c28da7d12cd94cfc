"""Nothing in a document or a table ends in a defect, hangs, is refused without a place, or gets by ``validate`` alone.

A finding names the seed of its document or table, which stays in the folder that it names too.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from fuzz import documents, judged, tables

from relsim.cli import main

BLOCK = 250
SHARE, DOCUMENTS, TABLES = 2, 40, 4
"""Blocks in which documents are always asked for, and with ``-m slow`` documents and tables."""


@pytest.fixture(scope="module", autouse=True)
def _compiled(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing is compiled on any document's time."""
    folder = tmp_path_factory.mktemp("compiled")
    for n, path in enumerate(sorted(documents.CORPUS.glob("*.yaml"))):
        words = ["run", str(path), *map(str, judged.FEW), "--report", "--out", f"{folder}/{n}"]
        main(words, standalone_mode=False)
    words = ["fit", str(tables.MODEL), "--events", str(tables.EXAMPLES / "fit.csv"), "--evaluate"]
    main(words, standalone_mode=False)


def _slow(blocks: int, quick: int) -> list[object]:
    return [pytest.param(n, marks=pytest.mark.slow) if n >= quick else n for n in range(blocks)]


@pytest.mark.parametrize("block", _slow(DOCUMENTS, SHARE))
def test_documents(block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.chdir(tmp_path)
    first = request.config.getoption("--fuzz-seed") + BLOCK * block
    found = {seed: judged.judged(seed, tmp_path) for seed in range(first, first + BLOCK)}
    assert not {seed: wrong for seed, (_, wrong) in found.items() if wrong}
    verdicts = Counter(verdict for verdict, _ in found.values())
    assert min(verdicts["valid"], verdicts["refused"]) > BLOCK / 10, verdicts


@pytest.mark.parametrize("block", _slow(TABLES, 0))
def test_tables(block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.chdir(tmp_path)
    first = request.config.getoption("--fuzz-seed") + BLOCK * block
    found = {seed: tables.judged(seed, tmp_path) for seed in range(first, first + BLOCK)}
    assert not {seed: wrong for seed, (_, wrong) in found.items() if wrong}
    taken = sum(verdict.endswith("taken") for verdict, _ in found.values())
    assert BLOCK / 20 < taken < BLOCK, Counter(verdict for verdict, _ in found.values())
