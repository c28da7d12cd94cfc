"""A served scenario, and a browser for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from served import SCENARIO, Served, serving


@pytest.fixture(scope="session")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("explored") / "s.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def served(scenario: Path) -> Iterator[Served]:
    for name in ("starlette", "uvicorn", "websockets"):
        pytest.importorskip(name)
    with serving(scenario.parent) as it:
        yield it
