"""Folders with what commands need, and the process that runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent


class Runner:
    """The process of ``runner.py``, warmed by what it has run."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "runner.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __call__(self, folder: Path, words: list[str], action: str = "count", at: int = 0) -> dict[str, Any]:
        answer: dict[str, Any] = self._asked({"folder": str(folder), "words": words, "action": action, "at": at})
        return answer

    def together(self, folder: Path, commands: list[list[str]]) -> list[int]:
        """Statuses of commands that all run at once."""
        answer: list[int] = self._asked({"folder": str(folder), "together": commands})
        return answer

    def _asked(self, case: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(case) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin is not None
        with self._process:
            self._process.stdin.close()


@pytest.fixture(scope="session")
def runner() -> Iterator[Runner]:
    started = Runner()
    yield started
    started.close()
