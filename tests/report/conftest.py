"""Reports of a small run and a small comparison whose every title tries to be markup, and a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from relsim.cli import main
from relsim.compose import Loaded, load
from relsim.result import Forecast
from relsim.result.comparison import Comparison

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "first.yaml"
HOSTILE = """<script>window.pwned=1</script></script><img src=x onerror="window.pwned=1"> & 'q' "Q" %{x} 5 % $a$"""
"""What a title may hold and must not do."""
VARIANTS = """
  forced: {title: 'THEY <b>DO</b> MEET', interventions: {on: {force: osaka}}}
"""


def hostile(folder: Path) -> Path:
    """The example with titles, labels, notes and sources that would be markup, scripts or templates."""
    text = EXAMPLE.read_text(encoding="utf-8")
    quoted = "'" + HOSTILE.replace("'", "''") + "'"
    for old in ("Will the presidents meet in Osaka?", "The presidents meet in Osaka", "one clear case since 2014"):
        assert old in text
        text = text.replace(old, quoted)
    text = text.replace("note: Pompeo in Sochi", f"note: {quoted}")
    file = folder / "hostile.yaml"
    file.write_text(text + VARIANTS.strip("\n") + "\n", encoding="utf-8")
    return file


def relsim(*words: str) -> None:
    result = CliRunner().invoke(main, list(words), prog_name="relsim")
    assert result.exit_code == 0, result.stderr


@dataclass(frozen=True)
class RunPage:
    """A run's report, and the numbers that it tells."""

    file: Path
    forecast: Forecast
    loaded: Loaded


@dataclass(frozen=True)
class ComparisonPage:
    """A comparison's report, and the numbers that it tells."""

    file: Path
    comparison: Comparison


@pytest.fixture(scope="session")
def run_page(tmp_path_factory: pytest.TempPathFactory) -> RunPage:
    folder = tmp_path_factory.mktemp("run")
    file = hostile(folder)
    relsim("run", str(file), "--paths", "2688", "--report", "--no-figures", "--out", str(folder / "out"))
    forecast = Forecast.from_json((folder / "out" / "forecast.json").read_text(encoding="utf-8"))
    return RunPage(folder / "out" / "report.html", forecast, load(file, whole=True))


@pytest.fixture(scope="session")
def comparison_page(tmp_path_factory: pytest.TempPathFactory) -> ComparisonPage:
    folder = tmp_path_factory.mktemp("comparison")
    words = ["--variants", "all", "--given", "osaka", "--paths", "512", "--report", "--no-figures"]
    relsim("compare", str(hostile(folder)), *words, "--out", str(folder / "out"))
    comparison = Comparison.from_json((folder / "out" / "comparison.json").read_text(encoding="utf-8"))
    return ComparisonPage(folder / "out" / "report.html", comparison)


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """A headless Chromium; tests that need one are skipped where there is none."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra `test`)")
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium on this machine: the report is not tried in a browser")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
