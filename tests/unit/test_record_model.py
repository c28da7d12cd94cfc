"""The built-in model for machine-coded records: every code has its place, and it is fitted and tried by its name."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from backtest_case import forecasts
from click.testing import CliRunner, Result

from relsim.cli import main
from relsim.compose import load
from relsim.ingest.codes import known, quad
from relsim.ingest.rules import rules_of
from relsim.model import build
from relsim.scenario import Scenario

CLASSES = ("verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict")
FIRST, DAYS = date(2017, 1, 1), 400


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    found = load("record", settings=("window/start=2019-01-01", "window/end=2019-01-30"))
    assert found.scenario is not None
    assert not found.warnings
    return found.scenario


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Events at steady rates, a burst of conflict in the second autumn."""
    rng = np.random.default_rng(4)
    lines = ["date,event,by,toward,count"]
    for n in range(DAYS):
        for name, rate in zip(CLASSES, (2.0, 0.1, 0.8, 0.3), strict=True):
            for by, toward in ("ab", "ba"):
                burst = 3 if "conflict" in name and 250 < n < 300 else 1
                if count := rng.poisson(rate * burst):
                    lines.append(f"{FIRST + timedelta(days=n)},{name},{by},{toward},{count}")
    folder = tmp_path_factory.mktemp("record")
    (folder / "ab.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    about = {"covers": {"from": str(FIRST), "to": str(FIRST + timedelta(days=DAYS - 1))}, "types": list(CLASSES)}
    (folder / "ab.csv.json").write_text(json.dumps(about), encoding="utf-8")
    return folder / "ab.csv"


def relsim(*arguments: str) -> Result:
    found = CliRunner().invoke(main, list(arguments), prog_name="relsim")
    assert found.exit_code == 0, found.output
    return found


@pytest.mark.parametrize("scheme", ["cameo", "plover"])
def test_every_code_is_an_event_of_its_class(scenario: Scenario, scheme: str) -> None:
    rules = rules_of(scenario, scheme)
    for code in known(scheme):
        group = quad(scheme, code)
        for by in "ab":
            rule = rules.find(code, by)
            assert (rule.event if rule is not None else None) == group, code


def test_shares_leave_something_unprompted(scenario: Scenario) -> None:
    """The same part of every event's usual number, whatever the rates."""
    model = build(scenario)
    drawn = model.draw(1, 50)
    unprompted = drawn.weights.rates.unprompted / drawn.usual
    assert drawn.usual.std(axis=0).min() > 0
    assert unprompted.min() > 0.05
    assert np.ptp(unprompted, axis=0).max() < 1e-9


def test_it_is_shown_and_checked_by_its_name() -> None:
    assert "verbal_conflict:" in relsim("show", "record").output
    assert "valid" in relsim("validate", "record").output


def test_it_is_fitted_by_its_name_and_forecasts_on(table: Path, tmp_path: Path) -> None:
    """A scenario that extends it runs on the fitted weights, and expects about what the table has."""
    out = tmp_path / "fitted.yaml"
    relsim("fit", "record", "--events", str(table), "--out", str(out), "--no-figures")
    (tmp_path / "s.yaml").write_text(
        "relsim: 1\nextends: record\nwindow: {start: 2018-02-05, end: 2018-03-06}\nrun: {paths: 512}\n"
        "parties: {a: United States, b: Russia}\n"
        f"history: {{rows: {{file: {table}}}}}\n"
        "outcomes: {many: {title: Ten acts of conflict, happens: material_conflict, at_least: 10}}\n",
        encoding="utf-8",
    )
    found = relsim("run", str(tmp_path / "s.yaml"), "--weights", str(out), "--json", "--no-figures",
                   "--out", str(tmp_path / "run"))  # fmt: skip
    content = json.loads(found.stdout)
    for name, rate in (("verbal_cooperation", 2.0), ("verbal_conflict", 0.8)):
        assert content["quantities"][name]["mean"] == pytest.approx(2 * 30 * rate, rel=0.35)
    assert 0.5 < content["outcomes"]["many"]["probability"] < 1


def test_it_is_tried_by_its_name(table: Path, tmp_path: Path) -> None:
    relsim("backtest", "record", "--events", str(table), "--from", "2017-09-01", "--every", "40d", "--refit", "90d",
           "--learn", "200d", "--paths", "256", "--baselines", "climatology", "--no-figures", "--workers", "1",
           "--out", str(tmp_path / "out"))  # fmt: skip
    content = json.loads((tmp_path / "out" / "backtest.json").read_text(encoding="utf-8"))
    counts = {t["target"] for t in content["targets"] if t["kind"] == "count"}
    assert counts >= {f"{name}.{party}" for name in CLASSES for party in "ab"} | {*CLASSES, "all.a", "all.b"}
    assert content["learn"] == 200
    assert "value" in {t["kind"] for t in content["targets"]}


def test_a_pooled_forecast_stands_beside_its_parts(table: Path, tmp_path: Path) -> None:
    """Half of what is said is each part's; parts are no baselines, and the experts are not asked twice."""
    relsim("backtest", "record", "--events", str(table), "--from", "2017-12-01", "--every", "20d", "--refit", "never",
           "--paths", "1024", "--baselines", "climatology,experts", "--no-figures", "--workers", "1",
           "--out", str(tmp_path / "out"))  # fmt: skip
    content = json.loads((tmp_path / "out" / "backtest.json").read_text(encoding="utf-8"))
    assert content["forecasters"] == ["relsim", "paths", "experts", "climatology"]
    assert {t["best"] for t in content["targets"] if t["kind"] == "count"} == {"climatology"}
    checked = 0
    said: dict[tuple[object, ...], dict[str, float]] = {}
    for row in forecasts(tmp_path / "out"):
        number = row["mean"] if row["kind"] == "count" else row["probability"]
        if row["kind"] in ("count", "any", "high"):
            said.setdefault((row["target"], row["kind"], row["origin"]), {})[row["forecaster"]] = number
    for (_, kind, _), numbers in said.items():
        middle = (numbers["paths"] + numbers["experts"]) / 2
        # A thousand members stand for 1,024 paths, and for 512.
        assert numbers["relsim"] == pytest.approx(middle, rel=0.02, abs=0.002), kind
        checked += 1
    assert checked == 14 * 3 * len(content["origins"])
    volumes = {(one["rows_from"], one["rows_to"]): one for one in content["by_volume"]}
    assert sum(one["targets"] for bounds, one in volumes.items() if bounds in BOUNDED) == 14


BOUNDED = {(0, 0.5), (0.5, 6), (6, 60), (60, None)}
"""Classes of rows a month, the whole left out."""
