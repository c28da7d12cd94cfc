"""Base rates from counts and dated tables: how they are read, counted, scored and printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from scipy import stats

from relsim.cli import main
from relsim.compose import load
from relsim.estimates import jeffreys
from relsim.scenario import BaseRate

SCENARIO = """\
relsim: 1
title: A summit
window: {{start: {start}, end: 2020-12-31}}
run: {{paths: 256}}
variables: {{x: {{half_life: 8 days}}}}
events: {{a: {{rate: 0.01 per day}}}}
outcomes: {{met: {{title: They meet, happens: a, base_rate: {rate}}}}}
resolution: {{met: {{value: true}}}}
"""
TABLE = """\
start,end,place,forum
2010-06-01,2010-06-02,Oslo,G20
2012-03-04,2012-03-04,Bern,G20
2012-05-20,2012-05-21,"Rome, again",G8
2014-05-15,2014-05-15,Wien,G20
2014-12-01,2014-12-01,Riga,G20
2016-01-10,2016-01-10,Graz,G20
2019-05-14,2019-05-14,Linz,G8
2019-06-28,2019-06-28,Osaka,G20
"""


def written(folder: Path, rate: str, start: str = "2019-05-15") -> Path:
    (folder / "t.csv").write_text(TABLE, encoding="utf-8")
    file = folder / "s.yaml"
    file.write_text(SCENARIO.format(rate=rate, start=start), encoding="utf-8")
    return file


def rate_of(file: Path) -> BaseRate:
    scenario = load(file).scenario
    assert scenario is not None
    rate = scenario.outcomes["met"].base_rate
    assert rate is not None
    return rate


def relsim(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


@pytest.mark.parametrize(("k", "n"), [(0, 1), (5, 13), (13, 13), (1, 400)])
def test_a_count_has_jeffreys_interval_and_half_a_case_on_either_side(tmp_path: Path, k: int, n: int) -> None:
    rate = rate_of(written(tmp_path, f"{{count: {k}, of: {n}, source: own list}}"))
    posterior = stats.beta(k + 0.5, n - k + 0.5)
    assert rate.value == pytest.approx((k + 0.5) / (n + 1))
    assert rate.value == pytest.approx(posterior.mean())
    assert rate.low == (0 if k == 0 else pytest.approx(posterior.ppf(0.025)))
    assert rate.high == (1 if k == n else pytest.approx(posterior.ppf(0.975)))
    assert (rate.count, rate.of, rate.source) == (k, n, "own list")


def test_jeffreys_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    n, p = 40, 0.3
    held = [low <= p <= high for low, high in (jeffreys(k, n) for k in range(n + 1))]
    coverage = sum(mass for mass, inside in zip(stats.binom.pmf(range(n + 1), n, p), held, strict=True) if inside)
    assert 0.92 < coverage < 0.98


def test_a_probability_stays_what_it_was(tmp_path: Path) -> None:
    rate = rate_of(written(tmp_path, "{value: 0.3 to 0.5, source: judgement}"))
    assert rate.value == pytest.approx(0.4, abs=0.01)
    assert (rate.low, rate.count, rate.source) == (None, None, "judgement")


def test_whole_years_before_the_window_with_a_row(tmp_path: Path) -> None:
    """Of the G20 rows: years from 15 May; that of 2014-05-15 belongs to the year it begins, and what follows the
    window's start is not read."""
    rate = rate_of(written(tmp_path, "{from: t.csv, where: {forum: G20}, window: 1 year, source: the list}"))
    # The cover is 2010-06-01 to 2019-06-28: eight whole years, 2011-05-15 to 2019-05-14.
    assert (rate.count, rate.of) == (3, 8)
    assert rate.source == (
        f"the list; 3 of 8 stretches of 1 year before 2019-05-15 have a row of {tmp_path / 't.csv'} with forum G20: "
        "2012-03-04 (line 3), 2014-05-15 (line 5), 2014-12-01 (line 6), 2016-01-10 (line 7)"
    )


@pytest.mark.parametrize(
    ("window", "start"),
    [
        ("2 years", "2019-05-15"),
        ("6 months", "2019-05-15"),
        ("90 days", "2019-05-15"),
        ("1 year", "2020-02-29"),
        ("10 weeks", "2019-05-15"),
    ],
)
def test_stretches_of_other_lengths(tmp_path: Path, window: str, start: str) -> None:
    """Each checked by going through the days one by one."""
    from datetime import date, timedelta

    from dateutil.relativedelta import relativedelta

    number, unit = window.split()
    unit = unit.rstrip("s") + "s"
    days = [date.fromisoformat(line.split(",")[0]) for line in TABLE.splitlines()[1:] if line.endswith("G20")]
    first, last, end = date(2010, 6, 1), date(2019, 6, 28), date.fromisoformat(start)
    k = n = 0
    for i in range(1000):
        begin = end - relativedelta(**{unit: int(number) * (i + 1)})
        close = end - relativedelta(**{unit: int(number) * i})
        if begin < first:
            break
        if close - timedelta(days=1) <= last:
            n, k = n + 1, k + any(begin <= day < close for day in days)
    rate = rate_of(written(tmp_path, f"{{from: t.csv, where: {{forum: G20}}, window: {window}}}", start))
    assert (rate.count, rate.of) == (k, n)
    assert n > 0


def test_what_a_table_declares_that_it_covers(tmp_path: Path) -> None:
    file = written(tmp_path, "{from: t.csv, window: 1 year}")
    covers = {"covers": {"from": "2005-01-01", "to": "2019-05-14"}}
    (tmp_path / "t.csv.json").write_text(json.dumps(covers), encoding="utf-8")
    rate = rate_of(file)
    assert (rate.count, rate.of) == (6, 14)


def test_the_resolved_document_holds_the_count(tmp_path: Path) -> None:
    loaded = load(written(tmp_path, "{from: t.csv, where: {forum: G20}, window: 1 year}"))
    (tmp_path / "elsewhere").mkdir()
    alone = tmp_path / "elsewhere" / "alone.yaml"
    alone.write_text(loaded.resolved_yaml(), encoding="utf-8")
    assert loaded.scenario is not None
    assert rate_of(alone) == loaded.scenario.outcomes["met"].base_rate
    assert str(tmp_path / "t.csv") in loaded.files


def test_it_is_printed_beside_the_forecast_and_scored(tmp_path: Path) -> None:
    file = written(tmp_path, "{from: t.csv, where: {forum: G20}, window: 1 year}")
    ran = relsim("run", file, "--no-figures", "--out", tmp_path / "run")
    assert ran.exit_code == 0, ran.output
    said = " ".join(ran.stdout.split())
    assert "BASE RATES cases of them 95 % interval forecast They meet 3 of 8 39 % 12 to 71 %" in said
    assert "2014-12-01 (line 6)" in said
    plain = written(tmp_path, "0.1")
    other = relsim("run", plain, "--no-figures", "--out", tmp_path / "other")
    forecasts = [json.loads((tmp_path / name / "forecast.json").read_text()) for name in ("run", "other")]
    assert forecasts[0] == forecasts[1], "never mixed into it"
    assert "BASE RATES" not in other.stdout
    scores = json.loads(relsim("score", tmp_path / "run", "--json").stdout)
    assert scores["questions"][0]["base_rate"] == pytest.approx(3.5 / 9)


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        ("{count: 5}", "'of' is missing"),
        ("{count: 5, of: 3}", "5 of 3 is more than all"),
        ("{count: -1, of: 3}", "a whole number from 0"),
        ("{count: 1.5, of: 3}", "a whole number from 0"),
        ("{count: 0, of: 0}", "a whole number from 1"),
        ("{count: 1, of: 3, window: 1 year}", "unknown key 'window'"),
        ("{from: t.csv}", "'window' is missing"),
        ("{from: t.csv, window: 1 fortnight}", "a length was expected, such as 1 year"),
        ("{from: t.csv, window: 0 days}", "a length was expected"),
        ("{from: none.csv, window: 1 year}", "none.csv does not exist"),
        ("{from: t.csv, where: {form: G20}, window: 1 year}", "the table has no column 'form'"),
        ("{from: t.csv, window: 20 years}", "no whole stretch of 20 years before 2019-05-15 lies within"),
        ("{from: t.csv, where: G20, window: 1 year}", "column and value were expected"),
        ("1.5", "out of range"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(tmp_path: Path, rate: str, said: str) -> None:
    ran = relsim("validate", written(tmp_path, rate))
    assert ran.exit_code == 2
    assert said in ran.stderr, ran.stderr
    assert "s.yaml:7:" in ran.stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2010-6-1,2010-06-02,Oslo,G20", "t.csv:2:1"),
        ("2010-06-01,2010-06-02,Oslo", "found 3 cells; 4 were expected"),
        ("someday,2010-06-02,Oslo,G20", "found 'someday'; a date was expected"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(tmp_path: Path, line: str, said: str) -> None:
    file = written(tmp_path, "{from: t.csv, window: 1 year}")
    (tmp_path / "t.csv").write_text(TABLE.replace("2010-06-01,2010-06-02,Oslo,G20", line), encoding="utf-8")
    ran = relsim("validate", file)
    assert ran.exit_code == 2
    assert said in ran.stderr


def test_a_value_that_no_row_has_is_warned_of(tmp_path: Path) -> None:
    ran = relsim("validate", written(tmp_path, "{from: t.csv, where: {forum: G-20}, window: 1 year}"))
    assert ran.exit_code == 0
    assert "no row of" in ran.stderr
    assert rate_of(tmp_path / "s.yaml").low == 0
