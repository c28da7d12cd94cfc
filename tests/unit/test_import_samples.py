"""Import of genuine event data, which stand beside the repository and are no part of it.

Expected counts are made here with the csv module alone.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from pathlib import Path

import pytest
from import_case import counts, report, write

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="genuine event data (../shared/data) are not here")

RAW = DATA / "samples" / "icews_raw_USA-RUS_2018-10_2019-03.tab.gz"
COUNTED = DATA / "events" / "icews_2018_2019_USA-RUS.csv.gz"
TWO_DAYS = DATA / "samples" / "icews_events_2018-06-01_02_sample.tab"
GDELT = DATA / "samples" / "gdelt_v2_events_2020-11-13_15.csv.gz"
SPAN = ("2018-11-01", "2019-03-25")
"""Where the counted table holds every row of the raw one."""
CRIMEA = {
    ("2018-11-06", "100", "us", "ru"): 1,
    ("2018-11-09", "163", "us", "ru"): 4,
    ("2018-11-30", "054", "us", "ru"): 1,
    ("2019-03-14", "016", "ru", "us"): 1,
}
"""ICEWS's own column puts Crimea with Russia, the counted table with Ukraine."""
FIRMS = {
    ("2018-12-12", "130", "ru", "us"): 1,
    ("2018-12-18", "0214", "ru", "us"): 1,
    ("2019-02-21", "010", "ru", "us"): 1,
    ("2019-03-05", "020", "ru", "us"): 1,
}
"""Acts toward Google and Microsoft, American in the counted table; the raw one, cut by ICEWS's column, lacks them."""


def counted() -> Counter[tuple[str, ...]]:
    names = {"USA": "us", "RUS": "ru"}
    found: Counter[tuple[str, ...]] = Counter()
    with gzip.open(COUNTED, "rt", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            if SPAN[0] <= row["date"] <= SPAN[1]:
                key = (row["date"], row["cameo_code"], names[row["source_country"]], names[row["target_country"]])
                found[key] += int(row["n"])
    return found


def within(table: Counter[tuple[str, ...]]) -> Counter[tuple[str, ...]]:
    return Counter({key: n for key, n in table.items() if SPAN[0] <= key[0] <= SPAN[1]})


def test_raw_icews_gives_the_counted_table_but_for_eleven_rows_that_are_known(tmp_path: Path) -> None:
    found = report(RAW, "--as", "icews", "--parties", "us,ru", "--out", tmp_path / "t.csv")
    assert (found["rows"], found["kept"], found["dropped"]) == (4037, 4037, {})
    mine, theirs = within(counts(tmp_path / "t.csv")), counted()
    assert mine - theirs == CRIMEA
    assert theirs - mine == FIRMS
    assert sum(theirs.values()) == 3035


def test_a_map_takes_the_difference_away(tmp_path: Path) -> None:
    write(tmp_path / "m.csv", ["actor,country", "Crimea,Ukraine", "Healthcare Facility (Crimea),Ukraine"])
    report(RAW, "--as", "icews", "--parties", "us,ru", "--map", tmp_path / "m.csv", "--out", tmp_path / "t.csv")
    mine, theirs = within(counts(tmp_path / "t.csv")), counted()
    assert mine - theirs == {}
    assert theirs - mine == FIRMS


def test_two_days_of_the_whole_world(tmp_path: Path) -> None:
    found = report(TWO_DAYS, "--as", "icews", "--out", tmp_path / "t.csv")
    with TWO_DAYS.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    blank = [row for row in rows if "NA" in (row["Source Country"], row["Target Country"])]
    inner = [row for row in rows if row not in blank and row["Source Country"] == row["Target Country"]]
    assert found["rows"] == len(rows) == 3705
    assert found["dropped"] == {
        "an actor without a country": len(blank),
        "both sides are one party": len(inner),
    }
    expected = Counter((row["Event Date"], row["CAMEO Code"]) for row in rows if row not in blank and row not in inner)
    mine: Counter[tuple[str, ...]] = Counter()
    for (day, code, _, _), n in counts(tmp_path / "t.csv").items():
        mine[(day, code)] += n
    assert mine == expected
    pair = ("United States", "North Korea")
    there = [row for row in rows if (row["Source Country"], row["Target Country"]) == pair]
    between = Counter((row["Event Date"], row["CAMEO Code"]) for row in there)
    directed = {key[:2]: n for key, n in counts(tmp_path / "t.csv").items() if key[2:] == ("USA", "PRK")}
    assert directed == between


def test_gdelt_as_published_and_with_a_header(tmp_path: Path) -> None:
    with gzip.open(GDELT, "rt", encoding="utf-8", newline="") as stream:
        header, *rows = list(csv.reader(stream))
    at = {name: i for i, name in enumerate(header)}
    bare = write(tmp_path / "20201113.export.CSV", ["\t".join(row) for row in rows])
    expected: Counter[tuple[str, ...]] = Counter()
    sides = {"CHN": "cn", "USA": "us"}
    for row in rows:
        a, b = (sides.get(row[at[f"Actor{n}CountryCode"]]) for n in (1, 2))
        if a and b and a != b:
            day = row[at["SQLDATE"]]
            expected[(f"{day[:4]}-{day[4:6]}-{day[6:]}", row[at["EventCode"]], a, b)] += 1
    for source in (bare, GDELT):
        found = report(source, "--as", "gdelt", "--parties", "us,cn", "--out", tmp_path / "t.csv")
        assert counts(tmp_path / "t.csv") == expected
        assert found["rows"] == len(rows) == 9354
    assert sum(expected.values()) > 50


def test_acts_of_the_built_in_model_are_those_that_its_page_tells(tmp_path: Path) -> None:
    """The table in docs/explanation/bilateral.md, per year of 449 days' record."""
    with gzip.open(COUNTED, "rt", encoding="utf-8") as packed:
        (tmp_path / "ur.csv").write_text(packed.read(), encoding="utf-8")
    columns = "event=cameo_code,by=source_country,toward=target_country,by_actor=source_actor,toward_actor=target_actor"
    model = ("--scenario", "bilateral", "--parties", "us,ru")
    found = report(tmp_path / "ur.csv", "--as", "csv", "--columns", columns, *model, "--out", tmp_path / "t.csv")
    page = (Path(__file__).resolve().parents[2] / "docs" / "explanation" / "bilateral.md").read_text(encoding="utf-8")
    for event in {c["event"] for c in found["counts"]}:  # type: ignore[attr-defined]
        mine = {c["by"]: c for c in found["counts"] if c["event"] == event}  # type: ignore[attr-defined]
        name, order = (f"{event} (both)", (None,)) if None in mine else (event, ("us", "ru"))
        line = next(line for line in page.splitlines() if line.startswith(f"| {name} |"))
        cells = [cell.strip() for cell in line.replace("\\|", "/").split("|")]
        for cell, kind in ((cells[3], "events"), (cells[4], "rows")):
            told = [int(n) for n in cell.split("/")]
            assert told == [round(365.25 / 449 * mine[by][kind]) if by in mine else 0 for by in order], (event, kind)
