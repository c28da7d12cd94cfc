"""``relsim import --all-pairs``: each pair's table is the one that an import of this pair alone makes."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from import_case import NAMES, Act, icews, invoke, write
from test_import_large import CODE, MOST

from relsim.ingest.countries import display_names
from relsim.ingest.event_table import read_events

CODED = ("112", "040", "042", "043", "190", "051", "138", "0211")
CODES = {"us": "USA", "ru": "RUS", "cn": "CHN", "de": "DEU", "fr": "FRA"}
OTHERS = {"de": "Germany", "fr": "France"}
DAYS = 90


def source(path: Path, parties: tuple[str, ...] = tuple(CODES), rows: int = 3000) -> Counter[str]:
    """Ten days without a row, stories told again, numbers used again, both sides of talks; rows of each pair."""
    draw = random.Random(5)
    acts, found = [], Counter[str]()
    for n in range(rows):
        a, b = draw.choices(parties, weights=[2**-k for k in range(len(parties))], k=2)
        day = draw.choice([d for d in range(DAYS) if not 40 <= d < 50])
        act = Act(
            str(date(2019, 1, 1) + timedelta(day)), draw.choice(CODED), a, b,
            actor=draw.choice(["", "Army", "Head"]), target=draw.choice(["", "Army", "Head"]),
            story=str(draw.randrange(400)), id=str(draw.randrange(2700)) if draw.random() < 0.3 else f"n{n}",
        )  # fmt: skip
        acts += [act] * draw.choice([1, 1, 1, 2])
    lines = icews(acts)
    for short, name in OTHERS.items():
        lines = [line.replace(f"\t{short}\t", f"\t{name}\t") for line in lines]
    for act in acts:
        if act.by != act.toward:
            found["-".join(sorted([CODES[act.by], CODES[act.toward]]))] += 1
    write(path, lines)
    return found


def folder_of(*words: object) -> dict[str, Any]:
    done = invoke("import", *words, "--json")
    assert done.exit_code == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["rows"] == found["kept"] + sum(found["dropped"].values())
    return found


@pytest.mark.parametrize("parties", [tuple(CODES), ("us", "ru", "cn"), ("us", "ru")])
@pytest.mark.parametrize("scenario", [None, "record", "bilateral"])
def test_a_pair_has_what_its_own_import_gives(scenario: str | None, parties: tuple[str, ...], tmp_path: Path) -> None:
    """Table and coverage, to the byte."""
    expected = source(tmp_path / "x.tab", parties)
    least = sorted(expected.values())[len(expected) // 3]
    of = ("--scenario", scenario) if scenario else ("--fold", "04")
    how = ("--all-pairs", "--min-rows", least, "--out", tmp_path / "p")
    found = folder_of(tmp_path / "x.tab", "--as", "icews", *of, *how)
    enough = {pair: rows for pair, rows in sorted(expected.items()) if rows >= least}
    assert {pair["pair"]: pair["rows"] for pair in found["pairs"]} == enough
    assert sum(pair["kept"] for pair in found["pairs"]) == found["kept"]
    few = sum(expected.values()) - sum(enough.values())
    assert found["dropped"].get("a pair of countries with too few rows", 0) == few
    assert json.loads((tmp_path / "p" / "index.json").read_text(encoding="utf-8")) == found
    names = {"index.json", "manifest.json"}
    for pair in found["pairs"]:
        a, b = pair["pair"].split("-")
        sides = ("--parties", f"a={a},b={b}") if scenario else ("--countries", f"{a},{b}")
        own = ("import", tmp_path / "x.tab", "--as", "icews", *of, *sides, "--out", tmp_path / "one.csv", "--force")
        if not pair["kept"]:
            assert "no event is left" in invoke(*own).stderr
            continue
        alone = folder_of(*own[1:])
        assert (alone["kept"], alone["events"]) == (pair["kept"], pair["events"])
        assert (alone["covers"], len(alone["missing"])) == (pair["covers"], pair["missing"])
        for name in ("{}.csv", "{}.csv.json"):
            names.add(name.format(pair["pair"]))
            mine = (tmp_path / "p" / name.format(pair["pair"])).read_bytes()
            assert mine == (tmp_path / name.format("one")).read_bytes(), pair
    assert {file.name for file in (tmp_path / "p").iterdir()} == names


def test_days_are_missing_for_all_rows_of_the_source(tmp_path: Path) -> None:
    """A pair that is quiet for weeks while others are told of has no gap; what is missing is missing for each."""
    acts = [Act(str(date(2019, 1, 1) + timedelta(d)), "112", a, b) for d in range(60) if d != 30
            for a, b in (("us", "cn"), ("cn", "us"), ("us", "cn")) for _ in range(30)]  # fmt: skip
    acts += [Act("2019-01-02", "112", "us", "ru"), Act("2019-02-20", "112", "ru", "us")]
    write(tmp_path / "x.tab", icews(acts))
    folder_of(tmp_path / "x.tab", "--as", "icews", "--all-pairs", "--out", tmp_path / "p")
    for pair in ("CHN-USA", "RUS-USA"):
        coverage = read_events(tmp_path / "p" / f"{pair}.csv").coverage
        assert coverage is not None
        assert (coverage.first, coverage.last) == (date(2019, 1, 1), date(2019, 3, 1))
        assert coverage.missing == (date(2019, 1, 31),)


def test_a_pair_without_an_event_has_a_line_and_no_table(tmp_path: Path) -> None:
    write(tmp_path / "x.tab", icews([Act("2019-01-01", "112"), Act("2019-01-02", "999", "us", "cn")]))
    of = ("--scenario", "record", "--all-pairs", "--out", tmp_path / "p")
    found = folder_of(tmp_path / "x.tab", "--as", "icews", *of)
    assert {p["pair"]: (p["file"], p["rows"], p["kept"]) for p in found["pairs"]} == {
        "CHN-USA": (None, 1, 0), "RUS-USA": ("RUS-USA.csv", 1, 1),
    }  # fmt: skip
    assert not (tmp_path / "p" / "CHN-USA.csv").exists()


def test_countries_may_be_chosen_and_actors_mapped(tmp_path: Path) -> None:
    acts = [Act("2019-01-01", "112"), Act("2019-01-02", "112", "us", "cn"), Act("2019-01-03", "112", actor="Gazprom")]
    write(tmp_path / "x.tab", icews(acts))
    (tmp_path / "map.csv").write_text("actor,country\nGazprom,China\n", encoding="utf-8")
    words = ("--all-pairs", "--countries", "ru,China", "--map", tmp_path / "map.csv", "--out", tmp_path / "p")
    found = folder_of(tmp_path / "x.tab", "--as", "icews", *words)
    assert [(pair["pair"], pair["rows"]) for pair in found["pairs"]] == [("CHN-RUS", 1)]
    assert found["dropped"] == {"a country that is no party": 2}


def test_names_are_names_and_only_its_own_folder_is_replaced(tmp_path: Path) -> None:
    source(tmp_path / "x.tab", rows=300)
    out = tmp_path / "p[1]*"
    words = (tmp_path / "x.tab", "--as", "icews", "--all-pairs", "--out", out)
    first = folder_of(*words)
    again = invoke("import", *words)
    assert again.exit_code == 2
    assert "--force" in again.stderr
    folder_of(*words, "--min-rows", "20", "--force")
    kept = {file.stem for file in out.glob("*.csv")}
    assert kept < {pair["pair"] for pair in first["pairs"]}
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    refused = invoke("import", *words, "--force")
    assert refused.exit_code == 2
    assert "mine.txt" in refused.stderr
    assert {file.stem for file in out.glob("*.csv")} == kept


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--all-pairs", "--min-rows", "100000", "--out", "p"), "no pair of countries has 100,000 rows; the most,"),
        (("--all-pairs", "--parties", "us,ru", "--out", "p"), "--all-pairs goes without --parties"),
        (("--all-pairs", "--out", "p.csv"), "--all-pairs writes a folder"),
        (("--min-rows", "3", "--out", "p.csv"), "--min-rows goes with --all-pairs"),
        (("--all-pairs", "--min-rows", "0", "--out", "p"), "--min-rows"),
        (("--all-pairs", "--scenario", "three.yaml", "--out", "p"), "of two parties; it has us, ru, cn"),
        (("--all-pairs", "--countries", "us,rusia", "--out", "p"), "is no country"),
    ],
)
def test_wrong_words_leave_nothing(
    words: tuple[str, ...], expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("x.tab"), icews([Act("2019-01-01", "112")]))
    parties = ", ".join(f"{name}: {NAMES[name]}" for name in ("us", "ru", "cn"))
    Path("three.yaml").write_text(
        f"relsim: 1\nwindow: {{start: 2019-06-01, end: 2019-06-30}}\nparties: {{{parties}}}\n"
        "variables: {tone: {half_life: 2 weeks}}\nevents: {accusation: {rate: 1 per year, codes: {cameo: ['11']}}}\n"
        "quantities: {n: {count: accusation}}\n",
        encoding="utf-8",
    )
    found = invoke("import", "x.tab", "--as", "icews", *words)
    assert found.exit_code == 2, found.output
    assert expected in found.stderr
    assert sorted(file.name for file in tmp_path.iterdir()) == ["three.yaml", "x.tab"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from Linux's /proc")
def test_many_pairs_take_no_more_memory(tmp_path: Path) -> None:
    """600,000 rows of 190 pairs, each with the rows that were written."""
    draw = random.Random(2)
    pairs = [*combinations(sorted({*display_names()})[:20], 2)]
    expected = Counter[str]()
    with (tmp_path / "x.csv").open("w", encoding="utf-8") as stream:
        stream.write("date,event,by,toward,text\n")
        for n in range(600_000):
            a, b = draw.choice(pairs)
            expected[f"{a}-{b}"] += 1
            a, b = (a, b) if draw.random() < 0.5 else (b, a)
            day = date(2010, 1, 1) + timedelta(n // 200)
            stream.write(f"{day},{draw.choice(['112', '040', '190', '051'])},{a},{b},{'x' * 100}\n")
    words = ["import", str(tmp_path / "x.csv"), "--as", "csv", "--all-pairs", "--min-rows", "100", "--json",
             "--scenario", "record", "--rows", "--repeats", "keep", "--out", str(tmp_path / "p")]  # fmt: skip
    ran = subprocess.run([sys.executable, "-c", CODE, *words], capture_output=True, text=True, check=True)
    found = json.loads(ran.stdout)
    assert {pair["pair"]: pair["kept"] for pair in found["pairs"]} == expected
    assert int(ran.stderr.splitlines()[-1]) < MOST
