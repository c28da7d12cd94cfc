"""Event tables as columns: what is read is what a reader by hand finds."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from relsim.errors import DataError, InputError
from relsim.events import Coverage
from relsim.ingest.coverage import About, about, beside
from relsim.ingest.event_table import read_events

HEADER = ["date", "event", "by", "toward", "count"]


def written(path: Path, rows: list[list[str]], header: list[str] = HEADER) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def test_columns_hold_what_the_file_does(tmp_path: Path) -> None:
    rows = [
        ["2019-01-02", "112", "us", "ru", "2"],
        ["2019-01-01", "018", "ru", "us", ""],
        ["2019-01-02", "summit", "", "", "1"],
    ]
    table = read_events(written(tmp_path / "t.csv", rows))
    assert table.events == ("018", "112", "summit")  # leading zeros are kept
    assert table.parties == ("ru", "us")
    assert table.day.tolist() == [date(2019, 1, d).toordinal() for d in (1, 2, 2)]
    assert table.event.tolist() == [0, 1, 2]
    assert table.by.tolist() == [0, 1, -1]
    assert table.toward.tolist() == [1, 0, -1]
    assert table.count.tolist() == [1, 2, 1]
    assert table.issue.tolist() == [-1, -1, -1]
    assert all(column.dtype == np.int64 for column in (table.day, table.event, table.by, table.count))
    assert table.coverage is None
    assert len(table) == 3


@pytest.mark.parametrize(
    ("rows", "header", "says"),
    [
        ([["2019-02-30", "x"]], ["date", "event"], "found date '2019-02-30'"),
        ([["2019-02-03", ""]], ["date", "event"], "event ''"),
        ([["2019-02-03", "x", "0"]], ["date", "event", "count"], "count '0'"),
        (
            [["2019-02-03", "x", "2"], ["2019-02-04", "x", "1.5"]],
            ["date", "event", "count"],
            "t.csv:3:14: found count '1.5'",
        ),
        ([["2019-02-03", "x", "1000001"]], ["date", "event", "count"], "from 1 to 1,000,000"),
        ([["2019-02-03", "x", "9" * 30]], ["date", "event", "count"], "count '999"),
        ([["infinity", "x"]], ["date", "event"], "found date 'infinity'"),
        (
            [["2019-02-03", "x"]],
            ["date", "evnt"],
            "t.csv:1:6: unknown column 'evnt'\n    date,evnt\n         ^ did you mean 'event'?",
        ),
        ([["2019-02-03", "x"]], ["date", "by"], "the column 'event' is missing"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, rows: list[list[str]], header: list[str], says: str) -> None:
    with pytest.raises(DataError, match=r"t\.csv") as caught:
        read_events(written(tmp_path / "t.csv", rows, header))
    assert says in str(caught.value)


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_events(tmp_path / "none.csv")
    (tmp_path / "t.txt").write_text("date,event\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"a \.csv or a \.parquet file"):
        read_events(tmp_path / "t.txt")


def test_an_empty_file_is_said_to_be_empty(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"")
    with pytest.raises(DataError, match="the file is empty; columns date, event"):
        read_events(tmp_path / "t.csv")


def test_coverage_stands_beside_a_csv_table(tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", [["2019-01-02", "112", "us", "ru", "2"]])
    coverage = Coverage(date(2019, 1, 1), date(2019, 1, 9), tuple(date(2019, 1, d) for d in (3, 4, 7)), ("112",))
    beside(path).write_text(About(coverage, "cameo").to_json(), encoding="utf-8")
    assert about(path) == About(coverage, "cameo")
    assert read_events(path).coverage == coverage
    assert coverage.days == 6
    assert coverage.gaps() == [(date(2019, 1, 3), date(2019, 1, 4)), (date(2019, 1, 7), date(2019, 1, 7))]
    backwards = About(Coverage(date(2019, 1, 9), date(2019, 1, 1))).to_json()
    for text, why in (("{", "property name"), ("[]", "an object was expected"), (backwards, "it runs backwards")):
        beside(path).write_text(text, encoding="utf-8")
        with pytest.raises(DataError, match=rf"t\.csv\.json: what the table says .* not readable: .*{why}"):
            read_events(path)
