"""``relsim backtest``: what is exported carries every score, nothing of the future leaks, nothing hangs on workers."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from backtest_case import FIRST, HORIZON, HOW, LAST, MISSING, ORIGINS, call, forecasts, rows, write_case

from relsim.backtest import baselines, forecast
from relsim.backtest.base import without_dates
from relsim.backtest.plan import BacktestPlan
from relsim.backtest.study import BacktestStudy, Tables
from relsim.backtest.work import Fit
from relsim.compose import load
from relsim.fit.table_record import read_record
from relsim.ingest.event_table import read_events

Found = list[dict[str, Any]]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backtest")
    write_case(folder, rows())
    found = call(folder)
    assert found.exit_code == 0, found.output
    return folder


@pytest.fixture(scope="module")
def exported(case: Path) -> Found:
    return forecasts(case / "out")


@pytest.fixture(scope="module")
def summary(case: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((case / "out" / "backtest.json").read_text(encoding="utf-8"))
    return content


MEMBERS = {
    "accusation.us": {("accusation", "us")},
    "threat.ru": {("threat", "ru")},
    "talks": {("talks", "")},
    "verbal_conflict": {(e, p) for e in ("accusation", "threat") for p in ("us", "ru")},
    "verbal_conflict.us": {("accusation", "us"), ("threat", "us")},
}
VALUES = {"accusation": -2.0, "threat": -4.4, "talks": 3.1}


def in_horizon(origin: date) -> list[tuple[date, str, str, int]]:
    return [row for row in rows() if origin <= row[0] < origin + timedelta(days=HORIZON)]


def void(origin: date) -> bool:
    return origin <= MISSING < origin + timedelta(days=HORIZON) or origin + timedelta(days=HORIZON - 1) > LAST


def test_what_came_is_what_the_table_says(exported: Found) -> None:
    assert [origin for origin in ORIGINS if void(origin)] == [ORIGINS[3]]
    for row in exported:
        if row["kind"] == "count" and row["target"] in MEMBERS:
            count = sum(n for _, e, by, n in in_horizon(row["origin"]) if (e, by) in MEMBERS[row["target"]])
            assert row["truth"] == (None if void(row["origin"]) else count)
        if row["target"] == "value":
            events = [(VALUES[e], n) for _, e, _, n in in_horizon(row["origin"])]
            mean = sum(v * n for v, n in events) / sum(n for _, n in events) if events else None
            assert row["truth"] == (None if void(row["origin"]) or mean is None else pytest.approx(mean, abs=0.0051))
        if row["kind"] == "any" and not void(row["origin"]):
            same = next(r for r in exported if r["target"] == row["target"] and r["kind"] == "count"
                        and r["origin"] == row["origin"])  # fmt: skip
            assert row["truth"] == (same["truth"] > 0)


def test_outages_are_void_and_counted(exported: Found, summary: dict[str, Any]) -> None:
    number = sum(map(void, ORIGINS))
    assert number >= 1
    assert summary["voids"]["us_ru"]["a day without a source"] == number
    for row in exported:
        if void(row["origin"]):
            assert row["void"] == "a day without a source"
            assert row["truth"] is row["score"] is row["log_score"] is row["pit"] is None
    assert all(t["void"] == number and t["n"] == 6 - number for t in summary["targets"] if t["kind"] == "count")


def test_every_score_follows_from_the_export(exported: Found) -> None:
    """Each recomputed by its definition from members and truth."""
    seen = set()
    for row in exported:
        seen.add(row["kind"])
        sample, truth = np.array(row["sample"]), row["truth"]
        if row["kind"] in ("count", "value"):
            assert len(sample) == 1000
            assert row["mean"] == pytest.approx(sample.mean())
            for p in (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975):
                least = next(x for x in sample if (sample <= x).mean() >= p - 1e-12)
                assert row[f"q{1000 * p:03.0f}"] == least
            if truth is None:
                continue
            values, number = np.unique(sample, return_counts=True)
            pairs = number @ np.abs(values[:, None] - values[None]) @ number / 1000**2
            assert row["score"] == pytest.approx(np.abs(sample - truth).mean() - pairs / 2, abs=1e-9)
            assert row["below"] == pytest.approx((sample < truth).mean())
            assert row["up_to"] == pytest.approx((sample <= truth).mean())
            assert row["below"] <= row["pit"] <= row["up_to"]
            if row["kind"] == "count":
                k, m = (sample == truth).sum(), len({*sample.tolist(), truth})
                assert row["log_score"] == pytest.approx(-math.log((k + 0.5) / (1000 + m / 2)))
        elif truth is not None:
            p = row["probability"]
            assert row["score"] == pytest.approx((p - truth) ** 2)
            said = (1000 * p + 0.5) / 1001
            assert row["log_score"] == pytest.approx(-math.log(said if truth else 1 - said))
    assert seen == {"count", "value", "any", "high", "question"}


def test_yes_or_no_follow_from_the_counts(exported: Found) -> None:
    numbers = [row for row in exported if row["kind"] == "count"]
    counts = {(r["target"], r["origin"], r["forecaster"]): np.array(r["sample"]) for r in numbers}
    for row in exported:
        if row["kind"] in ("any", "high"):
            above = 0 if row["kind"] == "any" else row["threshold"]
            sample = counts[row["target"], row["origin"], row["forecaster"]]
            assert row["probability"] == pytest.approx((sample > above).mean())


def test_the_quartile_is_that_of_the_days_before(exported: Found) -> None:
    """Of windows after the origin none, and none with a missing day."""
    checked = 0
    for row in exported:
        if row["kind"] == "high" and row["target"] in MEMBERS and row["origin"] == ORIGINS[4]:
            first = [FIRST + timedelta(days=n) for n in range((ORIGINS[4] - FIRST).days - HORIZON + 1)]
            windows = [(d, d + timedelta(days=HORIZON)) for d in first if not 0 <= (MISSING - d).days < HORIZON]
            members = MEMBERS[row["target"]]
            counts = sorted(sum(n for at, e, by, n in rows() if a <= at < b and (e, by) in members) for a, b in windows)
            assert row["threshold"] == counts[math.ceil(0.75 * len(counts)) - 1]
            checked += 1
    assert checked == 3 * len(MEMBERS)


def test_skill_is_over_matched_origins(exported: Found, summary: dict[str, Any]) -> None:
    for target in summary["targets"]:
        if target["kind"] not in ("count", "value", "question"):
            continue
        own, other = {}, {}
        for row in exported:
            if (row["target"], row["kind"]) == (target["target"], target["kind"]) and row["score"] is not None:
                if row["forecaster"] == "relsim":
                    own[row["origin"]] = row["score"]
                elif row["forecaster"] == target["best"]:
                    other[row["origin"]] = row["score"]
        assert own.keys() == other.keys()
        assert target["skill_vs_best"]["n"] == len(own)
        if sum(other.values()) > 0:
            value = 1 - sum(own.values()) / sum(other.values())
            assert target["skill_vs_best"]["value"] == pytest.approx(value)
            assert target["skill_vs_best"]["low"] is None, "five origins tell no interval"
        assert target["score"][target["best"]] == min(s for name, s in target["score"].items() if name != "relsim")


def test_of_several_tables_one_reference_is_taken_for_each_target(tmp_path: Path) -> None:
    """That with the least score in shares of the table's mean score; recomputed from the targets' scores."""
    write_case(tmp_path, rows())
    for kept in tmp_path.glob("us_ru.*"):
        kept.rename(kept.with_name(kept.name.replace("us_ru", "first")))
    write_case(tmp_path, rows(2))
    call(tmp_path, "--events", str(tmp_path / "first.csv"))
    summary = json.loads((tmp_path / "out" / "backtest.json").read_text(encoding="utf-8"))
    assert len(summary["tables"]) == 2
    for one in summary["together"]:
        if one["kind"] != "count":
            continue
        skills = []
        for target in {t["target"] for t in summary["targets"]}:
            scores = [t["score"] for t in summary["targets"] if (t["target"], t["kind"]) == (target, "count")]
            if not scores:
                continue
            assert len(scores) == 2
            names = [name for name in scores[0] if name != "relsim"]
            shares = {n: sum(s[n] / sum(s[m] for m in names) for s in scores) for n in names}
            best = min(shares, key=shares.__getitem__)
            skills += [1 - s["relsim"] / s[best] for s in scores]
        assert one["skill_vs_single"]["value"] == pytest.approx(np.mean(skills))
        assert one["positive_vs_single"] == pytest.approx(np.mean(np.array(skills) > 0))
        assert one["skill_vs_single"]["value"] >= one["skill_vs_best"]["value"]


def test_a_fit_learns_from_the_last_days_alone(tmp_path: Path) -> None:
    """What lies before changes no fitted number; what is learnt from does."""
    write_case(tmp_path, rows())
    scenario = load(tmp_path / "scenario.yaml").scenario
    assert scenario is not None
    table = {"us_ru": tmp_path / "us_ru.csv"}
    whole = read_record(read_events(table["us_ru"]), scenario).record
    plan = BacktestPlan(date(2018, 6, 1), date(2018, 8, 30), 18, (10,), 45, 60, 256, 2, 1)
    tables = Tables(scenario, without_dates(scenario), table, plan.first, plan.horizons, {})
    for learn, days in ((60, [60, 60]), (0, [151, 205]), (190, [151, 190])):
        study = BacktestStudy(replace(plan, learn=learn), tables, tables.listed(int), {}, {"us_ru": "us_ru"})
        fits, _ = study.steps(tmp_path, tables.subject("us_ru"))
        assert [len(fit.known.counts) for fit in fits if isinstance(fit, Fit) and fit.known is not None] == days
        for fit, day in zip(fits, (date(2018, 6, 1), date(2018, 7, 25)), strict=True):
            assert isinstance(fit, Fit)
            assert fit.known is not None
            assert fit.known.first + timedelta(days=len(fit.known.counts)) == day
            first = (fit.known.first - FIRST).days
            assert (fit.known.counts == whole.counts[first : first + len(fit.known.counts)]).all()


def test_questions_move_with_the_origin(exported: Found, summary: dict[str, Any]) -> None:
    asked = {row["target"] for row in exported if row["kind"] == "question"}
    assert asked == {"talk", "silence", "many", "first_then"}
    assert set(summary["not_asked"]["us_ru"]) == {"late", "up", "met"}
    for row in exported:
        if row["kind"] == "question" and row["truth"] is not None:
            here = in_horizon(row["origin"])
            week = [r for r in here if r[1] == "talks" and r[0] < row["origin"] + timedelta(days=7)]
            accused = sum(n for _, e, by, n in here if (e, by) == ("accusation", "us"))
            us = [r[0] for r in here if r[1:3] == ("threat", "us")]
            ru = [r[0] for r in here if r[1:3] == ("threat", "ru")]
            then = any(timedelta(0) < b - a <= timedelta(days=7) for a in us for b in ru)
            came = {"talk": bool(week), "silence": not week, "many": accused >= 3, "first_then": then}
            assert row["truth"] == came[row["target"]], row


def said(found: Found, until: date) -> list[tuple[Any, ...]]:
    names = ("target", "kind", "origin", "forecaster", "mean", "probability", "threshold", "q025", "q975")
    return [(*(r[n] for n in names), tuple(r["sample"])) for r in found if r["origin"] <= until]


def test_the_future_changes_no_forecast(case: Path, exported: Found, tmp_path: Path) -> None:
    """Everything from an origin on is made otherwise: nothing said at it or before changes, later forecasts do."""
    altered = [row for row in rows() if row[0] < ORIGINS[2]]
    days = (LAST - ORIGINS[2]).days
    altered += [(ORIGINS[2] + timedelta(days=n), "threat", "ru", 3 + n % 2) for n in range(days + 1)]
    altered += [(ORIGINS[2], "accusation", "us", 40)]
    write_case(tmp_path, sorted(altered))
    assert call(tmp_path).exit_code == 0
    again = forecasts(tmp_path / "out")
    assert said(again, ORIGINS[2]) == said(exported, ORIGINS[2])
    assert said(again, ORIGINS[3])[-50:] != said(exported, ORIGINS[3])[-50:]


def test_workers_and_interruption_change_nothing(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("backtest.json", "forecasts.parquet", "members.parquet")
    alone = {name: (case / "out" / name).read_bytes() for name in names}
    monkeypatch.setattr("relsim.backtest.work._PATIENCE", 0.0)
    how = tuple("2" if before == "--workers" else word for before, word in zip(("", *HOW), HOW))
    assert call(case, "--out", str(case / "two"), how=how).exit_code == 0
    assert {name: (case / "two" / name).read_bytes() for name in alone} == alone

    pytest.importorskip("distributed")
    assert call(case, "--out", str(case / "cluster"), "--scheduler", "local", how=how).exit_code == 0
    assert {name: (case / "cluster" / name).read_bytes() for name in alone} == alone

    origins, real = [], forecast.forecast

    def breaks(asked: Any, known: Any, *rest: Any) -> Any:
        origins.append(known.last)
        if len(origins) == 4:
            raise KeyboardInterrupt
        return real(asked, known, *rest)

    monkeypatch.setattr("relsim.backtest.work.forecast", breaks)
    broken = call(case, "--out", str(case / "three"))
    assert broken.exit_code == 130
    assert "the same command goes on from here" in broken.stderr
    assert not (case / "three").exists()
    assert call(case, "--out", str(case / "three")).exit_code == 0
    assert len(origins) == 7, "three were kept; the fourth and two more were made"
    assert {name: (case / "three" / name).read_bytes() for name in alone} == alone
    assert not [p for p in case.iterdir() if p.name.startswith(".backtest")]


def test_baselines_stand_beside_the_model_on_the_same_targets(exported: Found) -> None:
    asked: dict[str, set[tuple[Any, ...]]] = {}
    for row in exported:
        if row["kind"] != "question":
            asked.setdefault(row["forecaster"], set()).add((row["target"], row["kind"], row["origin"]))
    assert set(asked) == {"relsim", "climatology", "weighted"}
    assert asked["relsim"] == asked["climatology"] == asked["weighted"]


def test_a_known_model_forecasts_its_own_law(tmp_path: Path) -> None:
    """Certain rates, never fitted: counts are Poisson (mean and P(any) by their closed forms, five standard errors)."""
    write_case(tmp_path, rows())
    certain = (
        "relsim: 1\ntitle: Certain\nwindow: {start: 2019-01-01, end: 2019-01-31}\nparties: {us: A, ru: B}\n"
        "variables: {tone: {half_life: 10 days, spread: 1}}\n"
        "events: {accusation: {each: party, rate: 0.3 per day}, talks: {rate: 0.05 per day}}\n"
        "outcomes: {talk: {happens: talks}}\n"
    )
    (tmp_path / "scenario.yaml").write_text(certain, encoding="utf-8")
    how = ("--from", "2018-06-01", "--to", "2018-06-01", "--horizon", "10d", "--horizon", "20d", "--refit", "never",
           "--paths", "8192", "--baselines", "climatology", "--no-figures", "--workers", "1")  # fmt: skip
    found = call(tmp_path, how=how)
    assert found.exit_code == 0, found.output
    checked = 0
    for row in forecasts(tmp_path / "out"):
        if row["forecaster"] == "relsim" and row["target"] in ("accusation.us", "talks"):
            law = row["horizon"] * (0.3 if row["target"] == "accusation.us" else 0.05)
            if row["kind"] == "count":
                assert abs(row["mean"] - law) < 5 * math.sqrt(law / 8192) + 0.001
                checked += 1
            if row["kind"] == "any":
                p = 1 - math.exp(-law)
                assert abs(row["probability"] - p) < 5 * math.sqrt(p * (1 - p) / 8192) + 0.001
                checked += 1
    assert checked == 8


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--baselines", "climatology,wishes"), "unknown baseline 'wishes'"),
        (("--from", "2018-01-05"), "4 days are known before the first origin"),
        (("--to", "2018-05-01"), "lies after the last"),
        (("--horizon", "soon"), "is no number of days"),
        (("--group", "hostile"), "NAME=EVENT"),
        (("--group", "hostile=accuse"), "no event matches 'accuse'"),
        (("--variant", "other"), "unknown variant"),
    ],
)
def test_wrong_words_are_told(case: Path, tmp_path: Path, words: tuple[str, str], expected: str) -> None:
    write_case(tmp_path, rows())
    found = call(tmp_path, *words)
    assert found.exit_code == 2, found.output
    assert expected in found.stderr
    assert {p.name for p in tmp_path.iterdir()} == {"scenario.yaml", "us_ru.csv", "us_ru.csv.json"}


def test_own_groups_and_json(case: Path, tmp_path: Path) -> None:
    how = tuple("2018-06-10" if before == "--to" else word for before, word in zip(("", *HOW), HOW))
    found = call(case, "--out", str(tmp_path / "out"), "--group", "hostile=accusation,threat.us", "--json", how=how)
    assert found.exit_code == 0, found.output
    content = json.loads(found.stdout)
    assert {t["target"] for t in content["targets"] if t["group"] and t["kind"] == "count"} == {"hostile"}
    assert content["forecasters"] == ["relsim", "climatology", "weighted"]
    assert set(content["forecasters"][1:]) <= set(baselines.BASELINES)
