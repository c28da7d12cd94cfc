"""Scores against the crowd and the base rates, and past calibration: against independent computations."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from scipy import optimize

from relsim.cli import main
from relsim.scoring.recalibrating import PRIOR, Recalibration, recalibration_of

HEAD = "run,scenario,outcome,title,known_to,due,added,late,probability,paths,base_rate,resolved,on,crowd"
PATHS = 1000


def relsim(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


def ledger(tmp_path: Path, scenarios: int = 12, each: int = 4, seed: int = 3) -> tuple[Path, list[dict[str, object]]]:
    """A ledger of resolved questions, some of them void or without a crowd, and the same as plain rows."""
    rng = random.Random(seed)
    rows: list[dict[str, object]] = []
    for s in range(scenarios):
        for q in range(each):
            p, crowd = round(rng.uniform(0.02, 0.98), 3), round(rng.uniform(0.02, 0.98), 3)
            rows.append(
                {
                    "run": f"run{s}",
                    "scenario": f"Scenario {s}",
                    "outcome": f"q{q}",
                    "title": f"Event number {10 * s + q} of kind {rng.randrange(10**6)} {rng.randrange(10**6)}",
                    "known_to": "2019-01-01",
                    "due": "2019-03-01",
                    "added": "2019-01-02",
                    "late": "",
                    "probability": p,
                    "paths": PATHS,
                    "base_rate": round(rng.uniform(0.1, 0.9), 3) if q != 1 else "",
                    "resolved": "void" if q == 3 and s % 4 == 0 else "yes" if rng.random() < p else "no",
                    "on": "",
                    "crowd": crowd if q != 2 else "",
                }
            )
    return written(tmp_path, rows), rows


def written(tmp_path: Path, rows: list[dict[str, object]]) -> Path:
    file = tmp_path / "ledger.csv"
    file.write_text(
        "\n".join([HEAD, *(",".join(str(row[key]) for key in HEAD.split(",")) for row in rows)]), encoding="utf-8"
    )
    return file


@pytest.mark.parametrize(("reference", "key"), [("crowd", "crowd"), ("base", "base_rate")])
def test_paired_differences_are_those_of_an_independent_computation(tmp_path: Path, reference: str, key: str) -> None:
    file, rows = ledger(tmp_path)
    found = json.loads(relsim("score", file, "--against", reference, "--json").stdout)["against"]
    kept = [row for row in rows if row["resolved"] != "void" and row[key] != ""]
    came = [row["resolved"] == "yes" for row in kept]
    brier = [
        (float(row["probability"]) - y) ** 2 - (float(row[key]) - y) ** 2  # type: ignore[arg-type]
        for row, y in zip(kept, came, strict=True)
    ]

    def log(p: float, y: bool) -> float:
        return -math.log(p if y else 1 - p)

    logs = []
    for row, y in zip(kept, came, strict=True):
        p = float(row["probability"])  # type: ignore[arg-type]
        logs.append(log((PATHS * p + 0.5) / (PATHS + 1), y) - log(float(row[key]), y))  # type: ignore[arg-type]
    assert (found["n"], found["true"]) == (len(kept), sum(came))
    assert found["void"] == sum(row["resolved"] == "void" for row in rows)
    assert found["without"] == len(rows) - found["void"] - len(kept)
    assert (found["episodes"], found["near_copies"]) == (12, 0)
    for name, away in (("brier", brier), ("log", logs)):
        one = found[name]
        assert one["difference"] == pytest.approx(np.mean(away), abs=1e-12)
        assert one["difference"] == pytest.approx(one["own"] - one["reference"], abs=1e-12)
        # The bootstrap over clusters is close to the t interval of the cluster sums.
        for kind, labels in (("question", list(range(len(away)))), ("episode", [row["scenario"] for row in kept])):
            groups = sorted(set(labels), key=str)
            sums = np.array([sum(a for a, g in zip(away, labels) if g == group) for group in groups])
            sizes = np.array([labels.count(group) for group in groups])
            spread = sums - sizes * np.mean(away)
            error = math.sqrt((spread**2).sum() * len(groups) / (len(groups) - 1)) / len(away)
            half = 0.5 * (one[f"{kind}_high"] - one[f"{kind}_low"])
            assert half == pytest.approx(2.1 * error, rel=0.2), (name, kind)


def test_near_copies_count_as_one_for_the_interval(tmp_path: Path) -> None:
    _, rows = ledger(tmp_path, scenarios=3)
    kept = [row for row in rows if row["crowd"] != "" and row["resolved"] != "void"]
    copies = [dict(row, scenario=f"{row['scenario']} again", run=f"{row['run']}b") for row in kept]
    once = json.loads(relsim("score", written(tmp_path, kept), "--against", "crowd", "--json").stdout)["against"]
    file = written(tmp_path, [*kept, *copies])
    twice = json.loads(relsim("score", file, "--against", "crowd", "--json").stdout)["against"]
    assert (once["near_copies"], twice["near_copies"]) == (0, len(kept))
    assert twice["brier"]["difference"] == pytest.approx(once["brier"]["difference"])
    for end in ("question_low", "question_high"):
        assert twice["brier"][end] == pytest.approx(once["brier"][end])
    said = " ".join(relsim("score", file, "--against", "crowd").stdout.split())
    assert f"{2 * len(kept)} questions" in said
    assert f"{len(kept)} near copies" in said


def test_a_crowd_in_the_document(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(
        "relsim: 1\ntitle: S\nwindow: {start: 2019-01-01, end: 2019-02-10}\nrun: {paths: 256}\n"
        "variables: {x: {half_life: 8 days}}\nevents: {a: {rate: 0.02 per day}}\n"
        "outcomes:\n  one: {happens: a, crowd: 0.4}\n  two: {happens: a, by: 2019-01-15, crowd: 0.9}\n"
        "  three: {happens: a, at_least: 2}\n"
        "resolution: {one: {value: true}, two: {value: false}, three: {void: true, reason: none}}\n",
        encoding="utf-8",
    )
    assert relsim("run", file, "--no-figures", "--out", tmp_path / "run").exit_code == 0
    found = json.loads(relsim("score", tmp_path / "run", "--against", "crowd", "--json").stdout)["against"]
    assert (found["n"], found["void"], found["episodes"]) == (2, 1, 1)
    assert found["brier"]["reference"] == pytest.approx((0.36 + 0.81) / 2)
    assert found["log"]["reference"] == pytest.approx((-math.log(0.4) - math.log(0.1)) / 2)
    assert (found["brier"]["episode_low"], found["brier"]["episode_high"]) == (None, None)
    ran = relsim("score", tmp_path / "run", "--against", "base")
    assert ran.exit_code == 2
    assert "none of 2 resolved questions states its 'base_rate'" in ran.stderr
    added = tmp_path / "ledger.csv"
    assert relsim("ledger", "--ledger", added, "add", tmp_path / "run").exit_code == 0
    assert added.read_text(encoding="utf-8").splitlines()[1].endswith(",0.4")


@pytest.mark.parametrize("form", ["png", "svg"])
def test_the_calibration_figure(tmp_path: Path, form: str) -> None:
    file, _ = ledger(tmp_path)
    out = tmp_path / f"c.{form}"
    assert relsim("score", file, "--against", "crowd", "--figure", out).exit_code == 0
    assert out.stat().st_size > 5000
    assert relsim("score", file, "--figure", out).exit_code == 2
    assert relsim("score", file, "--figure", tmp_path / "c.gif").exit_code == 2


def test_recalibration_is_the_greatest_posterior() -> None:
    """Found here by a search over a fine grid and without derivatives."""
    rng = np.random.default_rng(5)
    truth = rng.uniform(0.02, 0.98, 200)
    came = (rng.random(200) < truth).astype(float)
    odds = np.log(truth / (1 - truth))
    said = 1 / (1 + np.exp(-(1.8 * odds + 0.6)))
    weight = rng.uniform(0.5, 1.5, 200)
    found = recalibration_of(said, came, weight)

    def loss(x: np.ndarray) -> float:
        p = 1 / (1 + np.exp(-(x[0] + x[1] * np.log(said / (1 - said)))))
        fit = -(weight * np.where(came == 1, np.log(p), np.log(1 - p))).sum()
        return float(fit + (x[0] ** 2 + math.log(x[1]) ** 2) / (2 * PRIOR**2))

    best = optimize.brute(loss, ((-2, 2), (0.1, 3)), Ns=80, finish=optimize.fmin)
    assert (found.shift, found.scale) == (pytest.approx(best[0], abs=1e-3), pytest.approx(best[1], abs=1e-3))
    assert found.scale < 0.8, "they were too sure"


def test_nothing_seen_changes_nothing_much() -> None:
    found = recalibration_of(np.array([0.3]), np.array([0.0]), np.array([1.0]))
    assert abs(found.of(0.3) - 0.3) < 0.05
    assert Recalibration(0.7, 1.3).of(0) == 0
    assert Recalibration(0.7, 1.3).of(1) == 1
    assert Recalibration(0, 1).of(0.37) == pytest.approx(0.37)


SCENARIO = """\
relsim: 1
title: S
window: {start: 2019-01-01, end: 2019-02-10}
run: {paths: 256}
variables: {x: {half_life: 8 days}}
events: {a: {rate: 0.02 per day}}
outcomes: {met: {title: They meet, happens: a}}
"""


def test_recalibration_is_learnt_and_shown_beside(tmp_path: Path) -> None:
    file, rows = ledger(tmp_path)
    layer = tmp_path / "past.yaml"
    assert relsim("score", file, "--recalibrate", layer).exit_code == 0
    n = sum(row["resolved"] != "void" for row in rows)
    assert f"questions: {n}" in layer.read_text(encoding="utf-8")
    (tmp_path / "s.yaml").write_text(SCENARIO, encoding="utf-8")
    run = ("run", tmp_path / "s.yaml", "--no-figures")
    plain = relsim(*run, "--json", "--out", tmp_path / "plain")
    beside = relsim(*run, "--json", "--recalibration", layer, "--out", tmp_path / "beside")
    assert beside.exit_code == 0, beside.stderr
    assert plain.stdout == beside.stdout
    shown = " ".join(relsim(*run, "--recalibration", layer, "--out", tmp_path / "shown").stdout.split())
    assert "PAST CALIBRATION forecast recalibrated They meet" in shown
    assert f"As {n} resolved questions ask for" in shown
    assert "PAST CALIBRATION" not in relsim(*run, "--out", tmp_path / "without").stdout


def test_few_questions_say_too_little(tmp_path: Path) -> None:
    _, rows = ledger(tmp_path)
    kept = [row for row in rows if row["resolved"] != "void"]
    for number, status in ((29, 2), (30, 0)):
        out = tmp_path / f"{number}.yaml"
        ran = relsim("score", written(tmp_path, kept[:number]), "--recalibrate", out)
        assert ran.exit_code == status, ran.stderr
        assert out.exists() is (status == 0)
        if status:
            assert "29 resolved questions say too little; at least 30 were expected" in ran.stderr


def test_a_layer_without_calibration_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "w.yaml").write_text("relsim: 1\nevents: {a: {rate: 0.03 per day}}\n", encoding="utf-8")
    out = tmp_path / "run"
    ran = relsim("run", tmp_path / "s.yaml", "--recalibration", tmp_path / "w.yaml", "--out", out)
    assert ran.exit_code == 2
    assert "no 'recalibration' with shift, scale and questions in it" in ran.stderr
    assert not out.exists()
