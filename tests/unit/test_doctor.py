"""What is odd about event data is found, with its days and numbers; what is not odd is not."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from import_case import Act, gdelt, icews, invoke, write
from PIL import Image

from relsim.ingest.doctor import examine
from relsim.ingest.gaps import cover
from relsim.ingest.shifts import change, shifts

FIRST = date(2018, 1, 1)


def checked(*arguments: object) -> Mapping[str, Any]:
    done = invoke("doctor", *arguments, "--json")
    assert done.exit_code == 0, done.stderr
    found: Mapping[str, Any] = json.loads(done.stdout)["checked"][0]
    return found


def about(found: Mapping[str, Any], what: str) -> list[str]:
    return [finding["text"] for finding in found["findings"] if finding["about"] == what]


def world(draw: random.Random, usual: list[float]) -> list[Act]:
    """Rows of five countries a day, half as many on weekends."""
    acts = []
    sides = [("us", "ru"), ("cn", "us"), ("ru", "cn"), ("Japan", "us"), ("France", "Japan")]
    for n, mean in enumerate(usual):
        day = FIRST + timedelta(n)
        number = mean * (0.5 if day.weekday() >= 5 else 1) * draw.uniform(0.8, 1.25)
        acts += [
            Act(str(day), draw.choice(["112", "042", "190"]), *draw.choice(sides), id=f"{n}-{k}", story=f"{n}-{k}")
            for k in range(round(number))
        ]
    return acts


def test_a_source_without_fault_is_said_to_be_so(tmp_path: Path) -> None:
    write(tmp_path / "x.tab", icews(world(random.Random(1), [60.0] * 200)))
    assert checked(tmp_path / "x.tab")["findings"] == []
    assert "Nothing odd was found." in invoke("doctor", tmp_path / "x.tab").stdout


def test_every_kind_of_oddity_is_told_with_its_number(tmp_path: Path) -> None:
    usual = [60.0 if n < 230 else 130.0 for n in range(400)]
    for n in (100, 101, 300):
        usual[n] = 0
    usual[150] = usual[390] = 4
    acts = world(random.Random(2), usual)
    acts += [Act(str(FIRST - timedelta(n + 10)), "112", id=f"late{n}") for n in range(20)]
    acts += [Act("2018-02-01", "77x", id="code"), Act("2018-02-01", "112", "us", "Atlantis", id="actor")]
    acts += [Act("2018-02-02", "112", id="same")] * 2
    acts += [Act("2018-02-03", "190", id="same")]
    acts += [Act("2018-02-04", "112", id=f"story{n}", story="one") for n in range(5)]
    lines = icews(acts)
    lines += [lines[0], "short\tline"]
    lines[5] = lines[5].replace("\tx\t", "\tM\xfcller\t", 1)
    (tmp_path / "x.tab").write_bytes("\n".join(lines).encode("latin-1"))
    found = checked(tmp_path / "x.tab", "--figure", tmp_path / "x.png")
    assert found["covers"] == {"from": "2018-01-01", "to": "2019-02-04"}
    days = {n: str(FIRST + timedelta(n)) for n in (100, 101, 150, 300, 390)}
    assert found["missing"] == list(days.values())
    assert [day["date"] for day in found["thin"]] == [days[150], days[390]]
    assert found["outside_coverage"] == 20
    assert found["duplicates"] == {"by_number": 1, "numbers_reused": 1, "by_story": 4}
    assert found["unknown_codes"] == {"77x": 1}
    assert [a["country"] for a in found["unknown_actors"]] == ["Atlantis"]
    (shift,) = found["level_shifts"]
    assert abs((date.fromisoformat(shift["date"]) - FIRST).days - 230) <= 7
    assert 2 < shift["after"] / shift["before"] < 2.35
    assert "lines that cannot be read: 1 of" in about(found, "lines")[0]
    assert "headers in the middle of a file: 1;" in about(found, "lines")[1]
    assert "the first is line 6 of" in about(found, "encodings")[0]
    order = [("error", "warning", "note").index(f["severity"]) for f in found["findings"]]
    assert order == sorted(order)
    with Image.open(tmp_path / "x.png") as image:
        assert image.width == 1600


def test_rows_dated_long_before_they_were_told(tmp_path: Path) -> None:
    lines = gdelt([Act(f"2020-05-{d:02}", "112") for d in range(1, 11)])
    lines[4] = lines[4].replace("\t20200505\t", "\t20100505\t", 1)
    write(tmp_path / "g.CSV", lines)
    assert about(checked(tmp_path / "g.CSV"), "dates") == [
        "rows dated before the files begin, though reported within them: 1, back to 2010-05-05"
    ]


def test_times_of_day_and_their_zones(tmp_path: Path) -> None:
    lines = ["date,event,by,toward,id", "2019-01-01T10:00:00Z,112,USA,RUS,1", "2019-01-02T23:10:00+05:30,112,USA,RUS,2"]
    write(tmp_path / "x.csv", lines)
    found = checked(tmp_path / "x.csv", "--as", "csv")
    assert found["time_zones"] == ["+05:30", "Z"]
    assert "time zones +05:30, Z" in about(found, "time zones")[0]


def test_tables_are_looked_at_one_by_one(tmp_path: Path) -> None:
    draw = random.Random(3)
    days = [FIRST + timedelta(n) for n in range(300) if not 100 <= n < 110]
    lines = ["date,event,by,toward", *(f"{d},accusation,us,ru" for d in days for _ in range(draw.randint(3, 6)))]
    write(tmp_path / "t.csv", lines)
    shown = " ".join(invoke("doctor", tmp_path / "t.csv", tmp_path / "t.csv").stdout.split())
    assert shown.count("event table, named events") == 2
    found = checked(tmp_path / "t.csv")
    assert "does not say which days it covers" in about(found, "coverage")[0]
    assert "days without events: 10 of 300, missing: 2018-04-11" in about(found, "coverage")[1]
    says = {"scheme": None, "covers": {"from": "2018-01-01", "to": "2018-12-31"}, "types": ["accusation", "threat"]}
    (tmp_path / "t.csv.json").write_text(json.dumps(says), encoding="utf-8")
    assert about(checked(tmp_path / "t.csv"), "types") == ["covered, and never seen: threat"]


@pytest.mark.parametrize(
    ("content", "arguments", "says"),
    [
        ("a,b\n1,2\n", (), "x.csv: line 1: neither an event table"),
        ("date,event\n", (), "the table holds no event"),
        ("date,event\n2019-13-01,x\n", (), "x.csv:2:1: found date '2019-13-01'"),
        ("date,event\n2019-01-01,x\n", ("--figure", "x.gif"), "a figure is a .png, .svg or .pdf"),
        ("date,event\n2019-01-01,x\n", ("--encoding", "latin-1"), "go with --as"),
    ],
)
def test_what_cannot_be_looked_at_is_one_line(
    content: str, arguments: tuple[str, ...], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.csv").write_text(content, encoding="utf-8")
    refused = invoke("doctor", "x.csv", *arguments)
    assert refused.exit_code == 2
    assert says in refused.stderr


def test_an_import_prints_its_three_worst_lines(tmp_path: Path) -> None:
    usual = [60.0] * 150
    usual[50], usual[70], usual[100] = 3, 0, 2
    acts = [*world(random.Random(4), usual), Act("2018-02-01", "77x", id="code"), Act("2017-11-01", "112", id="late")]
    write(tmp_path / "x.tab", icews(acts))
    done = invoke("import", tmp_path / "x.tab", "--as", "icews", "--parties", "us,ru", "--out", tmp_path / "t.csv")
    block = next(block for block in done.stdout.split("\n\n") if block.startswith("ODD"))
    assert sum(not line.startswith("   ") for line in block.splitlines()[1:]) == 3
    assert block.splitlines()[1].startswith(
        "!! coverage: days with far fewer rows than usual: 2 of 150, missing: 2018-02-20 (4 of some"
    )


# The test for level shifts, and the days that are covered, against what is known of made series.


def autocorrelated(draw: np.random.Generator, weeks: int, rho: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    noise = draw.normal(size=weeks + 50)
    level = np.zeros(weeks + 50)
    for week in range(1, weeks + 50):
        level[week] = rho * level[week - 1] + noise[week] * np.sqrt(1 - rho**2)
    return 0.3 * level[50:]


@pytest.mark.parametrize(("weeks", "rho", "most"), [(26, 0.0, 0.01), (26, 0.44, 0.05), (104, 0.44, 0.02)])
def test_false_alarms_of_level_shifts_are_rare(weeks: int, rho: float, most: float) -> None:
    """Autocorrelation 0.44 is that of weekly event data; the p-value is Kolmogorov's, which few weeks overstep."""
    draw, tries = np.random.default_rng(5), 1000
    alarms = sum(change(autocorrelated(draw, weeks, rho))[1] <= 0.005 for _ in range(tries))
    assert alarms / tries < most + 5 * np.sqrt(most * (1 - most) / tries)


def test_a_level_shift_is_found_where_it_is() -> None:
    draw = np.random.default_rng(6)
    found = 0
    for _ in range(200):
        level = autocorrelated(draw, 104, 0.44) + np.where(np.arange(104) < 60, 0, np.log(2))
        where, p = change(level)
        found += p <= 0.005 and abs(where - 60) <= 3
    assert found > 180


def test_shifts_know_of_weekends_and_missing_days() -> None:
    draw = np.random.default_rng(8)
    rows, missing = {}, []
    for n in range(7 * 80):
        day = FIRST + timedelta(n)
        usual = (40 if day.weekday() < 5 else 6) * (1 if n < 7 * 40 else 1.8)
        rows[day] = int(draw.poisson(usual))
        if n % 9 == 0:
            missing.append(day)
            rows.pop(day)
    (shift,) = shifts(rows, FIRST, FIRST + timedelta(7 * 80 - 1), missing)
    assert abs((shift.on - FIRST).days - 280) <= 7
    assert 1.6 < shift.ratio < 2.0


@pytest.mark.parametrize("seed", range(5))
def test_no_day_is_thin_in_a_source_that_grows_and_keeps_weekends(seed: int) -> None:
    """Growth of a hundred times over twenty years, a jump to four times as much, weekends of a third."""
    draw = np.random.default_rng(seed)
    spoken = []
    for n in range(7300):
        day = FIRST + timedelta(n)
        usual = 100 * 100 ** (n / 7300) * (4 if n > 5000 else 1) * (0.33 if day.weekday() >= 5 else 1)
        spoken.append((day, 1 + int(draw.poisson(usual * draw.lognormal(0, 0.2)))))
    found = cover(spoken, whole_world=True)
    assert (found.first, found.last, found.missing) == (spoken[0][0], spoken[-1][0], ())


def test_a_level_that_falls_for_good_is_no_thin_day() -> None:
    spoken = [(FIRST + timedelta(n), 2000 if n < 100 else 250) for n in range(300)]
    found = cover(spoken, whole_world=True)
    assert (found.first, found.last, found.missing) == (spoken[0][0], spoken[-1][0], ())
    lone = [(day, n if day != FIRST + timedelta(40) else 300) for day, n in spoken]
    assert cover(lone, whole_world=True).missing == (FIRST + timedelta(40),)


def test_rows_of_years_ago_stretch_no_cover() -> None:
    old = [(FIRST - timedelta(7 * n), 3) for n in range(500, 0, -1)]
    found = cover([*old, *((FIRST + timedelta(n), 6000) for n in range(3))], whole_world=True)
    assert (found.first, found.last, found.missing) == (FIRST, FIRST + timedelta(2), ())
    assert sum(n for _, n in found.outside) == 1500


def test_of_a_pair_a_stray_row_beyond_a_silence_stretches_no_cover() -> None:
    draw = np.random.default_rng(9)
    spoken = [(FIRST - timedelta(14), 1), *((FIRST + timedelta(n), 1 + int(draw.poisson(20))) for n in range(150))]
    found = cover(spoken, whole_world=False)
    assert (found.first, found.last) == (FIRST, FIRST + timedelta(149))
    burst = [(FIRST + timedelta(n), 400 if 60 <= n < 75 else 1 + int(draw.poisson(4))) for n in range(150)]
    assert cover(burst, whole_world=False).missing == ()


def test_what_is_examined_from_python(tmp_path: Path) -> None:
    write(tmp_path / "x.tab", icews(world(random.Random(1), [60.0] * 30)))
    (checkup,) = examine([tmp_path / "x.tab"])
    assert checkup.rows == sum(checkup.daily.values())
