"""Puts ``tests`` on the path, so that test files can import ``oracle``; a browser, and options of the tests."""

import shutil
from collections.abc import Iterator

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz-seed", type=int, default=0, help="Seed of the first mutated document and table.")


@pytest.fixture(autouse=True)
def _a_terminal_of_a_hundred_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """What commands print does not hang on the terminal from which the tests are called."""
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """A headless Chromium; tests that need one are skipped where there is none."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra `test`)")
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium on this machine: the page is not tried in a browser")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
