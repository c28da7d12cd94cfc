"""``relsim backtest --events DIR``: many tables in bounded memory, resumable, the faulty ones told by name."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from backtest_case import SCENARIO, forecasts, rows, write_case
from click.testing import CliRunner, Result
from test_import_large import CODE

from relsim.backtest import forecast
from relsim.cli import main
from relsim.errors import RunError

HOW = ("--from", "2018-06-01", "--to", "2018-07-07", "--every", "18d", "--horizon", "10d", "--refit", "45d",
       "--paths", "128", "--baselines", "climatology", "--no-figures")  # fmt: skip
NAMES = ("backtest.json", "forecasts.parquet", "members.parquet")


def write_tables(folder: Path, number: int, first: int = 1) -> None:
    """Tables ``t1``, ``t2`` …, each drawn for itself."""
    folder.mkdir(exist_ok=True)
    for n in range(first, first + number):
        write_case(folder, rows(n))
        for end in ("csv", "csv.json"):
            (folder / f"us_ru.{end}").rename(folder / f"t{n}.{end}")
    (folder / "scenario.yaml").rename(folder.parent / "scenario.yaml")


def call(folder: Path, *events: Path, out: str = "out", how: tuple[str, ...] = HOW, workers: int = 1) -> Result:
    named = [word for path in events for word in ("--events", str(path))]
    words = ["backtest", str(folder / "scenario.yaml"), *named, *how, "--workers", str(workers)]
    return CliRunner().invoke(main, [*words, "--out", str(folder / out)], prog_name="relsim")


def content(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in NAMES}


def tables_of(folder: Path) -> list[str]:
    found: dict[str, Any] = json.loads((folder / "backtest.json").read_text(encoding="utf-8"))
    return list(found["tables"])


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many[1]*")
    write_tables(folder / "tables", 4)
    found = call(folder, folder / "tables")
    assert found.exit_code == 0, found.output
    return folder


def test_a_folder_is_all_its_tables(case: Path, tmp_path: Path) -> None:
    """What is said of each is what is said of it alone."""
    assert tables_of(case / "out") == ["t1", "t2", "t3", "t4"]
    together = forecasts(case / "out")
    assert [row["forecast"] for row in together] == list(range(len(together)))
    for name in ("t2", "t4"):
        found = call(case, case / "tables" / f"{name}.csv", out=f"alone-{name}")
        assert found.exit_code == 0, found.output
        alone = forecasts(case / f"alone-{name}")
        own = [row for row in together if row["table"] == name]
        assert len(own) == len(alone) > 0
        for mine, its in zip(own, alone):
            assert {**mine, "forecast": 0} == {**its, "forecast": 0}
    with duckdb.connect() as connection:
        path = str(case / "out" / "members.parquet").replace("[", "[[]").replace("*", "[*]")
        order = connection.execute("SELECT forecast FROM read_parquet(?)", [path]).fetchall()
    assert order == sorted(order)


def test_files_and_folders_may_be_mixed(case: Path, tmp_path: Path) -> None:
    write_tables(tmp_path / "more", 1, first=7)
    (tmp_path / "more" / "index.json").write_text("{}", encoding="utf-8")
    (tmp_path / "more" / "notes.txt").write_text("of mine", encoding="utf-8")
    how = (*HOW[:2], "--to", "2018-06-01", *HOW[4:])
    found = call(tmp_path, case / "tables" / "t3.csv", tmp_path / "more", case / "tables" / "t1.csv", how=how)
    assert found.exit_code == 0, found.output
    assert tables_of(tmp_path / "out") == ["t3", "t7", "t1"]
    assert "ignored: notes.txt" in found.stderr
    twice = call(tmp_path, tmp_path / "more", tmp_path / "more" / "t7.csv", out="again")
    assert twice.exit_code == 2
    assert "have one name" in twice.stderr


def test_workers_change_nothing(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relsim.backtest.work._PATIENCE", 0.0)
    assert call(case, case / "tables", out="two", workers=2).exit_code == 0
    assert content(case / "two") == content(case / "out")


def test_finished_tables_are_kept_and_known_by_their_content(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an interruption in the third table one of the first is changed: it alone is made again."""
    write_tables(tmp_path / "tables", 4)
    made, real = [], forecast.forecast

    def breaks(asked: Any, known: Any, *rest: Any) -> Any:
        made.append(known.counts.sum())
        if len(made) == 8:
            raise KeyboardInterrupt
        return real(asked, known, *rest)

    monkeypatch.setattr("relsim.backtest.work.forecast", breaks)
    broken = call(tmp_path, tmp_path / "tables")
    assert broken.exit_code == 130
    assert not (tmp_path / "out").exists()
    write_case(tmp_path / "tables", rows(9))
    for end in ("csv", "csv.json"):
        (tmp_path / "tables" / f"us_ru.{end}").replace(tmp_path / "tables" / f"t1.{end}")
    (tmp_path / "tables" / "scenario.yaml").unlink()
    assert call(tmp_path, tmp_path / "tables").exit_code == 0
    origins = 3
    assert len(made) == 8 + origins + (4 * origins - 7), "of the first table all again, of the rest what was missing"
    assert not [place for place in tmp_path.iterdir() if place.name.startswith(".backtest")]
    same = [[row for row in forecasts(folder / "out") if row["table"] != "t1"] for folder in (case, tmp_path)]
    assert [{**row, "forecast": 0} for row in same[0]] == [{**row, "forecast": 0} for row in same[1]]


def test_every_faulty_table_is_told_by_name_and_nothing_is_left(tmp_path: Path) -> None:
    write_tables(tmp_path / "tables", 5)
    (tmp_path / "tables" / "t2.csv").write_text("date,event,by,count\n2018-01-01,threat,us,2\n2018-02-30,threat,us,1\n")
    (tmp_path / "tables" / "t4.csv").write_text("date,event,by,count\n2018-01-01,wishes,us,2\n")
    (tmp_path / "tables" / "t5.csv.json").write_text("{")
    before = {place.name for place in tmp_path.rglob("*")}
    found = call(tmp_path, tmp_path / "tables")
    assert found.exit_code == 2
    assert "t2.csv:3:1: found date '2018-02-30'" in found.stderr
    assert "t4.csv: no row of the table is an event of the scenario" in found.stderr
    assert "t5.csv.json: what the table says of its coverage is not readable" in found.stderr
    assert "t1" not in found.stderr
    assert {place.name for place in tmp_path.rglob("*")} == before


def test_every_table_that_cannot_be_fitted_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tables(tmp_path / "tables", 4)
    real = forecast.fitted_weights

    def fails(base: Any, known: Any, draws: int, seed: int) -> Any:
        if int(known.counts.sum()) % 2 == 0:
            raise RunError(f"of {int(known.counts.sum())} events nothing can be learnt")
        return real(base, known, draws, seed)

    monkeypatch.setattr("relsim.backtest.work.fitted_weights", fails)
    found = call(tmp_path, tmp_path / "tables")
    known = {n: sum(count for day, _, _, count in rows(n) if day < date(2018, 6, 1)) for n in range(1, 5)}
    unfit = [n for n, total in known.items() if total % 2 == 0]
    assert len(unfit) > 1
    assert found.exit_code == 1
    for n in unfit:
        assert f"t{n}: of {known[n]} events nothing can be learnt" in found.stderr
    assert not (tmp_path / "out").exists()
    for n in unfit:
        for end in ("csv", "csv.json"):
            (tmp_path / "tables" / f"t{n}.{end}").unlink()
    assert call(tmp_path, tmp_path / "tables").exit_code == 0
    assert {place.name for place in tmp_path.iterdir()} == {"tables", "scenario.yaml", "out"}


@pytest.mark.parametrize("what", ["empty", "sources"])
def test_a_folder_without_a_table_is_refused(what: str, tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "tables").mkdir()
    if what == "sources":
        (tmp_path / "tables" / "x.csv.gz").write_bytes(b"")
    found = call(tmp_path, tmp_path / "tables")
    assert found.exit_code == 2
    assert "the folder holds no event table" in found.stderr


def write_records(folder: Path, number: int) -> None:
    """Tables of the built-in model for records, 450 days each, from quiet to busy."""
    folder.mkdir()
    kinds = {"verbal_cooperation": 1.0, "material_cooperation": 0.1, "verbal_conflict": 0.5, "material_conflict": 0.2}
    first = date(2018, 1, 1)
    covers = {"from": str(first), "to": str(first + timedelta(449))}
    about = json.dumps({"scheme": None, "values": {}, "covers": covers, "missing": [], "types": list(kinds)})
    for n in range(number):
        rng = np.random.default_rng(n)
        counts = rng.poisson([rate * (1 + n % 7) for rate in kinds.values() for _ in "ab"], (450, 8))
        lines = ["date,event,by,toward,count"]
        for day, column in zip(*np.nonzero(counts)):
            by, toward = "ab" if column % 2 == 0 else "ba"
            event = list(kinds)[column // 2]
            lines.append(f"{first + timedelta(int(day))},{event},{by},{toward},{counts[day, column]}")
        (folder / f"p{n:03}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (folder / f"p{n:03}.csv.json").write_text(about, encoding="utf-8")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from Linux's /proc")
def test_memory_does_not_grow_with_the_number_of_tables(tmp_path: Path) -> None:
    """200 tables take at most a tenth more than 20, the processes' common libraries included."""
    write_records(tmp_path / "many", 200)
    (tmp_path / "few").mkdir()
    for n in range(20):
        for end in ("csv", "csv.json"):
            (tmp_path / "few" / f"p{n:03}.{end}").hardlink_to(tmp_path / "many" / f"p{n:03}.{end}")
    peak = {}
    for name, number in (("few", 20), ("many", 200)):
        words = ["backtest", "record", "--events", str(tmp_path / name), "--from", "2018-09-01", "--every", "60d",
                 "--refit", "never", "--paths", "128", "--baselines", "climatology,weighted", "--no-figures",
                 "--workers", "1", "--out", str(tmp_path / f"out-{name}")]  # fmt: skip
        ran = subprocess.run([sys.executable, "-c", CODE, *words], capture_output=True, text=True, check=True)
        peak[name] = int(ran.stderr.splitlines()[-1])
        assert len(tables_of(tmp_path / f"out-{name}")) == number
    assert peak["many"] < 1.1 * peak["few"]
