"""Reports of a small run and a small comparison whose every title tries to be markup."""

from __future__ import annotations

import pytest
from reported import ComparisonPage, RunPage, hostile, relsim

from relsim.compose import load
from relsim.result import Forecast
from relsim.result.comparison import Comparison


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
