"""The forecast's JSON, a run's folder, the table of paths, hub rows, rounding, and the terminal's table."""

from __future__ import annotations

import csv
import json
import math
from datetime import UTC, date, datetime

import duckdb
import numpy as np
import pytest
from forecast_case import START, USUAL, simulation, variant

from relsim.errors import InputError
from relsim.outcomes import NEVER
from relsim.result import Forecast, rounded, said
from relsim.result.files import finish_run, save_run, sha256
from relsim.result.folder import RunFolder, run_name
from relsim.result.hub import COLUMNS, write_hub
from relsim.result.paths import PathTable, write_draws
from relsim.show.console import console_text
from relsim.show.forecast_tables import forecast_blocks
from relsim.summary import summarise


@pytest.fixture
def forecast():
    return summarise(USUAL, simulation(draws=3, weights=("w",)))


# forecast.json


def test_json_has_the_keys_in_order(forecast):
    data = json.loads(forecast.to_json())
    assert list(data) == [
        "relsim",
        "scenario",
        "variant",
        "start",
        "end",
        "paths",
        "draws",
        "seed",
        "outcomes",
        "quantities",
        "joint",
        "given",
        "variables",
        "indices",
        "dates",
        "events",
        "calendar",
        "conditions",
        "warnings",
    ]
    assert list(data["outcomes"]["met"]) == [
        "title",
        "probability",
        "standard_error",
        "low",
        "high",
        "weights_low",
        "weights_high",
        "variance_weights",
        "first_date",
        "cumulative",
    ]
    assert list(data["outcomes"]["met"]["first_date"]) == ["p10", "p50", "p90"]
    assert list(data["outcomes"]["met"]["cumulative"]) == ["dates", "probability"]
    assert list(data["quantities"]["events"]) == ["mean", "standard_error", "sd", "share", "quantiles"]
    assert list(data["joint"]) == ["outcomes", "probability"]
    assert list(data["indices"]["mix"]) == ["mean", "quantiles", "grades"]
    assert list(data["events"]["e"]) == ["mean_count", "quantiles"]
    assert list(data["calendar"]["talks"]) == ["stated", "probability", "moved_by"]
    assert list(data["conditions"]["c"]) == ["probability"]
    assert data["scenario"] == "After Sochi"
    assert data["variant"] is None
    assert (data["start"], data["dates"][0]) == ("2020-02-25", "2020-02-25")
    assert data["given"][0][2] is None


def test_json_goes_there_and_back(forecast):
    text = forecast.to_json()
    again = Forecast.from_json(text)
    assert again == forecast
    assert again.to_json() == text


def test_json_knows_no_nan(forecast):
    case = simulation()
    case.fan_mean[0, 0] = math.nan
    text = summarise(USUAL, case).to_json()
    assert "NaN" not in text
    assert json.loads(text)["variables"]["x"]["mean"][0] is None


def test_same_forecast_same_bytes():
    assert summarise(USUAL, simulation()).to_json() == summarise(USUAL, simulation()).to_json()


# the folder


def files(folder):
    return sorted(p.name for p in folder.iterdir())


def test_a_run_appears_whole(tmp_path):
    target = tmp_path / "runs" / run_name("osaka", "no_meeting", 7)
    with RunFolder(target, named=False) as run:
        (run.path / "a").write_text("a")
        assert not target.exists()
        assert run.path.is_relative_to(target.parent)
    assert run.path == target == tmp_path / "runs" / "osaka-no_meeting-7"
    assert files(target) == ["a"]
    assert files(target.parent) == ["osaka-no_meeting-7"]


def test_names_taken_get_numbers(tmp_path):
    target = tmp_path / run_name("osaka", None, 7)
    for expected in ("osaka-7", "osaka-7-2", "osaka-7-3"):
        with RunFolder(target, named=False) as run:
            (run.path / "a").write_text("a")
        assert run.path.name == expected


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, SystemExit])
def test_nothing_is_left_of_a_run_that_failed(tmp_path, error):
    target = tmp_path / "runs" / "x"

    def fail():
        with RunFolder(target, named=True) as run:
            (run.path / "a").write_text("a")
            raise error

    with pytest.raises(error):
        fail()
    assert files(tmp_path) == []


def test_a_named_folder_is_refused_if_it_exists(tmp_path):
    target = tmp_path / "x"
    target.mkdir()
    with (
        pytest.raises(InputError, match="exists already; --force replaces it"),
        RunFolder(target, named=True),
    ):
        pass
    assert files(tmp_path) == ["x"]


def run_with(target, content, force=False):
    with RunFolder(target, named=True, force=force) as run:
        (run.path / "a").write_text(content)
        (run.path / "manifest.json").write_text('{"relsim": "0", "outputs": {"a": null}}')


def test_force_replaces_an_earlier_run(tmp_path):
    run_with(tmp_path / "x", "old")
    run_with(tmp_path / "x", "new", force=True)
    assert (tmp_path / "x" / "a").read_text() == "new"
    assert files(tmp_path) == ["x"]


def test_force_keeps_the_earlier_run_if_the_new_one_fails(tmp_path):
    run_with(tmp_path / "x", "old")
    with pytest.raises(KeyboardInterrupt), RunFolder(tmp_path / "x", named=True, force=True):
        raise KeyboardInterrupt
    assert (tmp_path / "x" / "a").read_text() == "old"
    assert files(tmp_path) == ["x"]


def test_force_replaces_nothing_but_runs(tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("keep me")
    (tmp_path / "file").write_text("keep me")
    for name in ("letters", "file"):
        with pytest.raises(InputError, match="is not a folder that relsim wrote"):
            run_with(tmp_path / name, "new", force=True)
    assert (tmp_path / "letters" / "dear.txt").read_text() == "keep me"


def test_a_place_that_is_no_folder_is_an_input_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        run_with(tmp_path / "file" / "x", "")


def test_save_run_writes_the_files_and_their_digests(tmp_path, forecast):
    save_run(
        tmp_path,
        forecast,
        scenario="relsim: 1\n",
        weights=("events/e/rate",),
        theta=np.array([[0.1], [0.2], [0.3]]),
    )
    (tmp_path / "report.html").write_text("beside it")
    finish_run(
        tmp_path,
        forecast,
        median_weights=False,
        command=["relsim", "run"],
        files={"a.yaml": "00"},
        started=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        seconds=1.23456,
    )
    assert files(tmp_path) == [
        "draws.parquet",
        "forecast.json",
        "hub.csv",
        "manifest.json",
        "report.html",
        "scenario.yaml",
    ]
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["outputs"]["report.html"] == sha256(tmp_path / "report.html")
    assert manifest["outputs"]["forecast.json"] == sha256(tmp_path / "forecast.json")
    assert (manifest["seed"], manifest["inputs"], manifest["seconds"]) == (7, {"a.yaml": "00"}, 1.235)
    assert manifest["started"] == "2026-01-02T03:04:05+00:00"
    rows = duckdb.sql(f"SELECT * FROM '{tmp_path / 'draws.parquet'}'")
    assert (rows.columns, rows.fetchall()) == (["draw", "events/e/rate"], [(0, 0.1), (1, 0.2), (2, 0.3)])


# paths.parquet


def write_paths(file, days, values, counts, draw, chunk):
    with PathTable(file, start=START, outcomes=["met", "a.us"], quantities=["q"], events=["e"]) as table:
        for first in range(0, len(draw), chunk):
            part = slice(first, first + chunk)
            table.add(first, days[:, part], values[:, part], counts[:, part], draw[part])


@pytest.mark.parametrize(("paths", "chunk"), [(5, 2), (70_000, 16_384), (70_000, 70_000)])
def test_paths_are_written_in_order(tmp_path, paths, chunk):
    folder = tmp_path / "a [1] b's*"
    folder.mkdir()
    rng = np.random.default_rng(0)
    days = np.where(rng.random((2, paths)) < 0.5, rng.integers(0, 9, (2, paths)), NEVER).astype(np.int32)
    values = np.where(rng.random((1, paths)) < 0.5, rng.normal(size=(1, paths)), np.nan)
    counts = rng.poisson(2, (1, paths))
    write_paths(folder / "paths.parquet", days, values, counts, np.arange(paths) // 128 % 7, chunk)
    assert files(folder) == ["paths.parquet"]
    connection = duckdb.connect()
    file = str(folder / "paths.parquet").replace("[", "[[]").replace("*", "[*]").replace("'", "''")
    table = connection.sql(f"SELECT * FROM read_parquet('{file}')")
    names = ["path", "draw", "outcome.met", "date.met", "outcome.a.us", "date.a.us", "quantity.q", "count.e"]
    assert table.columns == names
    assert [str(kind) for kind in table.types[2:4]] == ["BOOLEAN", "DATE"]
    columns = list(zip(*table.fetchall(), strict=True))
    assert columns[0] == tuple(range(paths))
    assert columns[1] == tuple((np.arange(paths) // 128 % 7).tolist())
    assert columns[2] == tuple((days[0] != NEVER).tolist())
    assert [None if d is None else (d - START).days + 1 for d in columns[5]] == [
        None if d == NEVER else d for d in days[1].tolist()
    ]
    assert [math.nan if q is None else q for q in columns[6]] == pytest.approx(values[0].tolist(), nan_ok=True)
    assert columns[7] == tuple(counts[0].tolist())


def test_paths_out_of_order_are_refused(tmp_path):
    none = np.zeros((2, 3), np.int32), np.zeros((1, 3)), np.zeros((1, 3), int), np.zeros(3, int)
    with (
        pytest.raises(ValueError, match="expected path 0, got 3"),
        PathTable(tmp_path / "p", start=START, outcomes="ab", quantities="q", events="e") as table,
    ):
        table.add(3, *none)
    assert files(tmp_path) == []


def test_no_weights_still_make_a_table_of_draws(tmp_path):
    write_draws(tmp_path / "d.parquet", (), np.empty((1, 0)))
    assert duckdb.sql(f"SELECT * FROM '{tmp_path / 'd.parquet'}'").fetchall() == [(0,)]


@pytest.mark.slow
def test_a_million_paths_take_little_memory(tmp_path):
    """90 columns, in a process of its own; the peak counts duckdb itself."""
    import subprocess
    import sys

    code = f"""
import resource, sys, time
from datetime import date
from pathlib import Path
import numpy as np
from relsim.result.paths import PathTable
rng, n = np.random.default_rng(0), 16384
days = np.where(rng.random((10, n)) < 0.3, rng.integers(1, 231, (10, n)), 2**31 - 1).astype(np.int32)
values, counts = rng.normal(size=(8, n)), rng.poisson(3, (60, n)).astype(np.int32)
draw = np.arange(n, dtype=np.int32) // 128
names = [[f"{{kind}}{{i}}" for i in range(k)] for kind, k in (("o", 10), ("q", 8), ("e", 60))]
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with PathTable(Path({str(tmp_path)!r}) / "p", start=date(2020, 1, 1), outcomes=names[0], quantities=names[1],
               events=names[2]) as table:
    for first in range(0, 1_000_000, n):
        m = min(n, 1_000_000 - first)
        table.add(first, days[:, :m], values[:, :m], counts[:, :m], draw[:m])
after = resource.getrusage(resource.RUSAGE_SELF)
print(after.ru_maxrss - before, after.ru_utime)
"""
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    # duckdb's own progress bar would stand here too, in front of what a run prints.
    kilobytes, seconds = map(float, out.split())
    assert kilobytes < 200_000
    assert seconds < 30


# hub.csv


def test_hub_rows(tmp_path, forecast):
    write_hub(tmp_path / "hub.csv", forecast)
    with (tmp_path / "hub.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == COLUMNS
    met = [row for row in rows if row["target"] == "outcome met"]
    assert [row["output_type_id"] for row in met] == ["true", "false"]
    assert sum(float(row["value"]) for row in met) == pytest.approx(1)
    assert {(row["origin_date"], row["target_date"], row["horizon"]) for row in met} == {
        ("2020-02-24", "2020-03-05", "10")
    }
    mix = [row for row in rows if row["target"] == "index mix" and row["horizon"] == "1"]
    assert {row["target_date"] for row in mix} == {"2020-02-25"}
    assert [float(row["value"]) for row in mix] == [q[0] for q in forecast.indices["mix"].quantiles.values()]
    assert {row["output_type"] for row in mix} == {"quantile"}
    means = [row for row in rows if row["output_type"] == "mean"]
    assert {row["output_type_id"] for row in means} == {"NA"}


# what is said


@pytest.mark.parametrize(
    ("probability", "low", "high", "said"),
    [
        (0.634, 0.624, 0.644, "63 %"),
        (0.634, 0.632, 0.636, "63.4 %"),
        (0.634, 0.574, 0.694, "63 %"),
        (0.634, 0.45, 0.8, "63 %"),
        (0.634, None, None, "63 %"),
        (0.0, 0.0, 0.0002, "0 %"),
        (0.0, 0.0, 0.09, "0 %"),
        (0.003, 0.001, 0.009, "0.3 %"),
        (0.002, 0.0, 0.011, "0.2 %"),
        (0.00231, 0.0022, 0.0024, "0.23 %"),
        (1.0, 0.9998, 1.0, "100 %"),
        (1.0, 0.91, 1.0, "100 %"),
        (0.0004, 0.0002, 0.009, "<1 %"),
        (0.9996, 0.991, 0.9998, ">99 %"),
        (0.004, None, None, "<1 %"),
        (0.996, None, None, ">99 %"),
        (0.996, 0.991, 0.999, "99.6 %"),
        (0.998, 0.985, 1.0, "99.8 %"),
        (0.5, 0.49999, 0.50001, "50.0 %"),
    ],
)
def test_rounding(probability, low, high, said):
    assert rounded(probability, low, high) == said


def test_what_is_said_lies_in_the_interval():
    rng = np.random.default_rng(0)
    for p, half in zip(rng.random(2000), 10 ** rng.uniform(-3, -0.5, 2000), strict=True):
        low, high = max(0.0, p - half), min(1.0, p + half)
        said = rounded(p, low, high)
        number = float(said.strip("<> %")) / 100
        if said[0] == "<":
            assert number == 0.01 >= high - 1e-9
        elif said[0] == ">":
            assert number == 0.99 <= low + 1e-9
        else:
            assert low - 0.0005 <= number <= high + 0.0005


def printed(forecast, of=USUAL, width=100):
    return console_text(forecast_blocks(forecast, of), width)


def test_table(forecast):
    lines = printed(forecast).splitlines()
    assert all(len(line) <= 100 for line in lines)
    assert lines[0] == "After Sochi"
    assert lines[1] == "2020-02-25 to 2020-03-05: 1,000 paths, 3 draws of the parameters, seed 7"
    assert any(line.startswith("Title of met") and line.endswith("2020-03-01") for line in lines)
    talks = next(line for line in lines if line.startswith("talks"))
    assert talks.split(maxsplit=6)[1:6] == ["-", "75", "%", "62", "%"]
    assert talks.endswith("where the variables stood −10; incident within 14 days −2")
    assert any(line.startswith("first_met") for line in lines)


def test_long_titles_and_many_causes_are_wrapped_and_nothing_is_lost(forecast):
    from dataclasses import replace

    long = summarise(variant("no_meeting"), simulation())
    met = replace(long.outcomes["met"], title="A " + "very " * 20 + "long title")
    entry = replace(long.calendar["talks"], moved_by={f"incident.{i} within 30 days": 0.1 for i in range(8)})
    changed = replace(long, outcomes={"met": met}, calendar={"talks": entry})
    text = printed(changed)
    assert text.startswith("After Sochi (no_meeting)\n2020-02-25 to 2020-03-05: 1,000 paths, seed 7\n")
    assert text.count("very") == 20
    assert text.count("within") == 8
    for width in (40, 80, 100):
        assert all(len(line) <= width for line in printed(changed, width=width).splitlines())


def test_dates_of_the_case():
    assert date(2020, 2, 25) == START


@pytest.mark.parametrize(
    ("probability", "interval", "parameters", "text"),
    [
        (0.614, (0.612, 0.616), (0.5, 0.7), "61 %"),
        (0.614, (0.612, 0.616), (0.608, 0.6181), "61 %"),
        (0.614, (0.612, 0.616), (0.609, 0.6185), "61.4 %"),
        (0.614, (0.612, 0.616), (None, None), "61.4 %"),
        (0.004, (0.003, 0.005), (0.001, 0.02), "<1 %"),
        (0.997, (0.996, 0.998), (0.95, 0.999), ">99 %"),
        (0.0, (0.0, 0.001), (0.0, 0.02), "0 %"),
    ],
)
def test_percentages_are_whole_where_the_parameter_range_is_wider_than_a_point(
    forecast, probability, interval, parameters, text
):
    from dataclasses import replace

    low, high = interval
    first = next(iter(forecast.outcomes.values()))
    one = replace(
        first, probability=probability, low=low, high=high, weights_low=parameters[0], weights_high=parameters[1]
    )
    assert said(one) == text


def test_digits_give_percentages_more_decimals(forecast):
    from relsim.show.console import console_text
    from relsim.show.forecast_tables import outcomes_table

    one = next(iter(forecast.outcomes.values()))
    text = console_text([outcomes_table(forecast, 3)])
    assert f"{100 * one.probability:.3f} %" in " ".join(text.split())
    assert ".000 %" not in console_text([outcomes_table(forecast)])
