"""Puts ``tests`` on the path, so that test files can import ``oracle``; options of the tests."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz-seed", type=int, default=0, help="Seed of the first mutated document and table.")
