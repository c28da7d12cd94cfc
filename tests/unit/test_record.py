"""The record of an event table: counts, mean values and gaps, against sums by hand; and the figure drawn of it."""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from import_case import Act, gdelt, icews, invoke, report, write
from matplotlib.collections import PolyCollection

from relsim.ingest.codes import root, value
from relsim.ingest.event_table import read_events
from relsim.ingest.monthly import record_of
from relsim.result.record import EventRecord, direction

GOLDSTEIN = {"112": -2.0, "018": 3.4, "057": 8.0}


def table(path: Path, acts: list[Act]) -> Path:
    """The event table of acts among acts of others on every day but those of an outage."""
    write(path.with_suffix(".tab"), icews(acts))
    report(path.with_suffix(".tab"), "--as", "icews", "--parties", "us,ru", "--out", path)
    return path


def made(folder: Path) -> tuple[Path, list[Act]]:
    """Three months of 2019 with an outage of five days over the turn from January to February."""
    draw = random.Random(11)
    acts = []
    for n in range(90):
        day = date(2019, 1, 1) + timedelta(n)
        if date(2019, 1, 29) <= day <= date(2019, 2, 2):
            continue
        acts.append(Act(day.isoformat(), "010", "cn", "us"))
        for _ in range(draw.choice([0, 0, 1, 3])):
            side, other = draw.choice([("us", "ru"), ("ru", "us")])
            acts.append(Act(day.isoformat(), draw.choice(list(GOLDSTEIN)), side, other))
    return table(folder / "t.parquet", acts), [act for act in acts if act.by != "cn"]


def test_counts_and_values_by_month(tmp_path: Path) -> None:
    path, acts = made(tmp_path)
    record = record_of(read_events(path))
    assert [(p.first.month, p.days, p.missing) for p in record.periods] == [(1, 28, 3), (2, 26, 2), (3, 31, 0)]
    by_hand = Counter((a.code, a.by, int(a.day[5:7])) for a in acts)
    for series in record.series:
        assert series.counts == tuple(by_hand[(series.event, series.by, month)] for month in (1, 2, 3))
    assert sum(s.total for s in record.series) == len(acts) == record.events
    for side, other in (("us", "ru"), ("ru", "us")):
        for i, month in enumerate((1, 2, 3)):
            values = [GOLDSTEIN[a.code] for a in acts if a.by == side and int(a.day[5:7]) == month]
            assert record.values[direction(side, other)][i] == pytest.approx(sum(values) / len(values))
    assert record.gaps == ((date(2019, 1, 29), date(2019, 2, 2)),)
    assert record.coverage_declared


def test_weeks_begin_on_monday_and_a_week_without_a_covered_day_has_no_count(tmp_path: Path) -> None:
    acts = [Act(f"2019-01-{d:02}", "010", "cn", "us") for d in range(1, 31) if not 14 <= d <= 20]
    path = table(tmp_path / "t.csv", [*acts, Act("2019-01-08", "112"), Act("2019-01-30", "112")])
    record = record_of(read_events(path), "week")
    assert [p.first.isoformat() for p in record.periods] == [
        *("2019-01-01", "2019-01-07", "2019-01-14", "2019-01-21", "2019-01-28")
    ]
    assert [p.days for p in record.periods] == [6, 7, 0, 7, 3]
    assert record.series[0].counts == (0, 1, None, 0, 1)


def test_events_told_long_after_their_day_are_left_out(tmp_path: Path) -> None:
    """GDELT dates an event by what the text says; its days are those on which it told something."""
    lines = gdelt([Act(f"2020-05-{d:02}", "112", *(("us", "ru") if d % 2 else ("us", "cn"))) for d in range(1, 11)])
    lines[4] = lines[4].replace("\t20200505\t", "\t20190505\t", 1)
    write(tmp_path / "g.csv", lines)
    report(tmp_path / "g.csv", "--as", "gdelt", "--parties", "us,ru", "--out", tmp_path / "t.csv")
    record = record_of(read_events(tmp_path / "t.csv"))
    assert (record.periods[0].first, record.periods[-1].last) == (date(2020, 5, 1), date(2020, 5, 10))
    assert (record.events, record.outside_coverage) == (4, 1)


def test_a_table_that_says_nothing_of_its_days_has_gaps_where_chance_hardly_explains_them(tmp_path: Path) -> None:
    draw = random.Random(3)
    days = [date(2019, 1, 1) + timedelta(n) for n in range(120) if not 50 <= n < 58 and n != 80]
    lines = ["date,event,by,toward", *(f"{d},accusation,us,ru" for d in days for _ in range(draw.randint(3, 6)))]
    record = record_of(read_events(write(tmp_path / "t.csv", lines)))
    assert record.gaps == ((date(2019, 2, 20), date(2019, 2, 27)),)
    assert not record.coverage_declared
    assert record.values == {"us → ru": (None,) * 4}  # names of one's own have no value


def test_codes_are_grouped_by_root() -> None:
    assert root("cameo", "1121") == "11 Disapprove"
    assert root("plover", "CONSULT:visit") == "CONSULT"


def test_the_command_prints_and_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path, acts = made(tmp_path)
    done = invoke("events", path.name)
    assert done.exit_code == 0, done.stderr
    assert f"{len(acts)} events, 2019-01-01 to 2019-03-31: 85 days covered" in done.stdout
    assert "2019-01-29 to 2019-02-02: 5 days" in done.stdout
    assert done.stdout.rstrip().endswith("Written to t-events")
    with (tmp_path / "t-events" / "counts.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    found = Counter({(r["event"], r["by"], int(r["from"][5:7])): int(r["count"]) for r in rows})
    assert +found == Counter((a.code, a.by, int(a.day[5:7])) for a in acts)
    assert (tmp_path / "t-events" / "events.png").read_bytes().startswith(b"\x89PNG")
    read = json.loads(invoke("events", path.name, "--json", "--no-figures").stdout)
    assert read["gaps"] == [["2019-01-29", "2019-02-02"]]
    assert invoke("events", "none.parquet").exit_code == 2
    write(tmp_path / "empty.csv", ["date,event,by,toward"])
    refused = invoke("events", "empty.csv")
    assert (refused.exit_code, refused.stderr) == (2, "empty.csv: the table holds no event\n")


# The figure.


def many(folder: Path, events: int, ways: list[tuple[str, str]]) -> EventRecord:
    draw = random.Random(events)
    lines = ["date,event,by,toward"]
    for n in range(400):
        for k in range(events):
            if draw.random() < 0.2:
                by, toward = draw.choice(ways)
                lines.append(f"{date(2018, 3, 10) + timedelta(n)},event_of_kind_{k},{by},{toward}")
    return record_of(read_events(write(folder / "many.csv", lines)))


@pytest.mark.parametrize("events", [1, 2, 9, 30])
def test_the_figure_has_a_panel_for_each_event(events: int, tmp_path: Path) -> None:
    from relsim.plots.record import record_figure
    from relsim.plots.style import house_style

    record = many(tmp_path, events, [("us", "ru"), ("ru", "us"), ("", "")])
    with house_style():
        figure = record_figure(record, "A record")
    titles = [text.get_text() for ax in figure.axes for text in ax.texts if text.get_gid() == "title"]
    assert sorted(titles) == sorted(f"event_of_kind_{k}" for k in range(events))
    heights = [
        [round(abs(path.get_extents().y1 - path.get_extents().y0)) for path in c.get_paths()]
        for ax in figure.axes
        if any(text.get_text() == "event_of_kind_0" for text in ax.texts)
        for c in ax.collections
        if isinstance(c, PolyCollection)
    ]
    mine = sum(series.total for series in record.series if series.event == "event_of_kind_0")
    assert sum(map(sum, heights)) == mine  # the bars hold every event


def test_with_many_directions_the_busiest_are_lines(tmp_path: Path) -> None:
    from relsim.plots.record import MOST_LINES, record_figure
    from relsim.plots.style import house_style

    record = many(tmp_path, 3, [(a, b) for a in "abcd" for b in "abcd" if a != b])
    with house_style():
        figure = record_figure(record, "A record")
    panels = [ax for ax in figure.axes if any(text.get_gid() == "title" for text in ax.texts)]
    assert len(panels) == 3
    assert all(len(ax.lines) == MOST_LINES for ax in panels)


def test_values_stand_in_the_table_of_named_events(tmp_path: Path) -> None:
    write(tmp_path / "x.tab", icews([Act("2019-01-01", "112"), Act("2019-01-02", "1124")]))
    arguments = ("--as", "icews", "--scenario", "bilateral", "--parties", "us,ru", "--rows")
    report(tmp_path / "x.tab", *arguments, "--out", tmp_path / "t.parquet")
    worth = (value("cameo", "112") or 0) / 2 + (value("cameo", "1124") or 0) / 2
    assert read_events(tmp_path / "t.parquet").values == {"accusation": pytest.approx(worth)}
