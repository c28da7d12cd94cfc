"""The files of the library of scenarios, as tests read them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from relsim.compose import load
from relsim.scenario import Scenario

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "scenarios"
FILES = sorted((SCENARIOS / "library").glob("*_20*.yaml"))
EVERY_FILE = pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)


@cache
def written(file: Path) -> dict[str, Any]:
    """What stands in the file itself."""
    found: dict[str, Any] = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    return found


@cache
def scenario(file: Path) -> Scenario:
    made = load(str(file), whole=True).scenario
    assert made is not None
    return made
