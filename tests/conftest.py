"""Puts ``tests`` on the path, so that test files can import ``oracle``; options of the tests."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz-seed", type=int, default=0, help="Seed of the first mutated document and table.")


@pytest.fixture(autouse=True)
def _a_terminal_of_a_hundred_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """What commands print does not hang on the terminal from which the tests are called."""
    monkeypatch.setenv("COLUMNS", "100")
