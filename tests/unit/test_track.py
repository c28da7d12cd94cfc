"""``relsim track`` as it is used: what it keeps, says, refuses and leaves behind."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from relsim.cli import main
from relsim.result.track import Track

SCENARIO = """\
relsim: 1
title: A vote
window: {start: 2019-03-01, end: 2019-04-10}
run: {paths: 2048, seed: 5}
variables: {x: {half_life: 8 days}}
events: {a: {rate: 0.01 to 0.03 per day}, b: {rate: 0.01 per day}}
calendar:
  vote: {on: 2019-04-05, probability: 0.2, odds_if: {a: {odds_ratio: 30}}}
outcomes:
  vote: {title: The vote is won, happens: vote}
  often: {title: A second b, happens: b, at_least: 2}
"""
RECORD = "history: {h: {file: record.csv}}\n"


def relsim(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


def record(file: Path, to: str, rows: Sequence[tuple[str, str]] = (("2019-03-16", "a"),)) -> None:
    """An event table that covers the window's days up to one."""
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["date", "event"])
        writer.writerows(row for row in rows if row[0] <= to)
    covers = {"covers": {"from": "2019-03-01", "to": to}, "types": ["a", "b"]}
    file.with_name(f"{file.name}.json").write_text(json.dumps(covers), encoding="utf-8")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "vote.yaml").write_text(SCENARIO + RECORD, encoding="utf-8")
    (tmp_path / "bare.yaml").write_text(SCENARIO, encoding="utf-8")
    record(tmp_path / "record.csv", "2019-03-31")
    return tmp_path


def track(place: Path, *more: str | Path, out: str = "weekly", file: str = "vote.yaml") -> Result:
    return relsim("track", place / file, "--every", "7d", "--no-figures", "--out", place / out, *more)


def json_of(place: Path, out: str = "weekly") -> str:
    return (place / out / "track.json").read_text(encoding="utf-8")


def test_it_asks_from_the_day_before_the_window_to_the_last_covered_day(place: Path) -> None:
    ran = track(place)
    assert ran.exit_code == 3, ran.output
    told = json.loads(json_of(place))
    assert list(told) == ["outcomes"]
    assert list(told["outcomes"]) == ["vote", "often"]
    vote = told["outcomes"]["vote"]
    assert list(vote) == ["dates", "probability", "weights_low", "weights_high", "news", "alerts"]
    assert vote["dates"] == ["2019-02-28", "2019-03-07", "2019-03-14", "2019-03-21", "2019-03-28"]
    assert {len(vote[key]) for key in ("dates", "probability", "weights_low", "weights_high")} == {5}
    assert list(vote["news"][0]) == ["date", "difference", "low", "high", "sentence"]
    assert [list(alert) for alert in vote["alerts"]] == [["date", "from", "to", "sentence"]]
    alert = vote["alerts"][0]
    assert (alert["date"], alert["from"], alert["to"]) == ("2019-03-21", vote["probability"][2], vote["probability"][3])
    assert "“The vote is won” rises from" in alert["sentence"]
    assert "moved most by 16 March: a (+" in alert["sentence"]
    assert f"alert: {alert['sentence']}" in ran.stderr
    assert told["outcomes"]["often"]["alerts"] == []
    assert Track.from_json(json_of(place)).to_json() == json_of(place)


def test_the_news_adds_up_to_the_moves(place: Path) -> None:
    track(place)
    for outcome in Track.from_json(json_of(place)).outcomes.values():
        moved = outcome.probability[-1] - outcome.probability[0]
        assert sum(one.difference for one in outcome.news) == pytest.approx(moved, abs=1e-12)
        assert any(one.date == date(2019, 3, 16) for one in outcome.news) or outcome.news


def test_each_point_is_what_a_run_as_of_its_day_gives(place: Path) -> None:
    """Nothing of a later record is in it, not even which types it looks for."""
    track(place)
    told = json.loads(json_of(place))["outcomes"]
    for i, day in enumerate(told["vote"]["dates"]):
        record(place / "record.csv", max(day, "2019-03-01"))
        known = () if day == "2019-02-28" else ("--set", f"window/as_of={day}")
        ran = relsim("run", place / "vote.yaml", *known, "--no-figures", "--json", "--out", place / day)
        assert ran.exit_code == 0, ran.output
        forecast = json.loads(ran.stdout)
        for name, series in told.items():
            own = forecast["outcomes"][name]
            for key in ("probability", "weights_low", "weights_high"):
                assert series[key][i] == own[key]


def test_a_type_that_first_occurs_later_was_not_looked_for_before(place: Path) -> None:
    """Without a list of types, a history is complete for those that occur in it; at each point, in it so far."""
    lines = "events: [{on: 2019-03-16, event: a}, {on: 2019-03-18, event: b}]"
    covers = "covers: {from: 2019-03-01, to: 2019-03-31}"
    (place / "vote.yaml").write_text(SCENARIO + f"history: {{h: {{{covers}, {lines}}}}}\n", encoding="utf-8")
    track(place)
    told = json.loads(json_of(place))["outcomes"]
    (place / "vote.yaml").write_text(
        SCENARIO.replace("end: 2019-04-10", "end: 2019-04-10, as_of: 2019-03-14")
        + "history: {h: {covers: {from: 2019-03-01, to: 2019-03-14}, events: []}}\n",
        encoding="utf-8",
    )
    ran = relsim("run", place / "vote.yaml", "--no-figures", "--json", "--out", place / "once")
    assert told["often"]["probability"][2] == json.loads(ran.stdout)["outcomes"]["often"]["probability"]


def test_weekly_calls_and_one_call_give_the_same_bytes(place: Path) -> None:
    track(place, out="whole")
    for to in ("2019-03-07", "2019-03-12", "2019-03-21", "2019-03-31"):
        record(place / "record.csv", to)
        last = track(place)
    assert json_of(place) == json_of(place, "whole")
    assert "5 points, 1 of them new" in last.stdout
    for file in sorted((place / "whole" / "points").iterdir()):
        assert file.read_bytes() == (place / "weekly" / "points" / file.name).read_bytes(), file.name


def test_what_is_interrupted_goes_on_from_there(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import relsim.track.moves as moves

    track(place, out="whole")
    simulate, done = moves.simulate, []

    def interrupted(*arguments: object, **options: object) -> object:
        done.append(1)
        if len(done) == 4:
            raise KeyboardInterrupt
        return simulate(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(moves, "simulate", interrupted)
    assert track(place).exit_code == 130
    made = len(list((place / "weekly" / "points").glob("*.json")))
    assert 0 < made < 5
    again = track(place)
    assert f"5 points, {5 - made} of them new" in again.stdout
    assert json_of(place) == json_of(place, "whole")


def test_points_that_stand_are_not_simulated_again(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import relsim.track.moves as moves

    track(place)
    before = json_of(place)
    monkeypatch.setattr(moves, "simulate", None)
    ran = track(place)
    assert ran.exit_code == 0, ran.output  # no point of this call is an alert
    assert "5 points, 0 of them new" in ran.stdout
    assert json_of(place) == before
    assert json.loads(before)["outcomes"]["vote"]["alerts"]


def test_threads_change_no_byte(place: Path) -> None:
    for workers in ("1", "2", "3"):
        track(place, "--workers", workers, out=workers)
    assert json_of(place, "1") == json_of(place, "2") == json_of(place, "3")


def test_a_young_question_is_silent(place: Path) -> None:
    ran = track(place, "--from", "2019-03-14", "--to", "2019-03-21")
    assert ran.exit_code == 0, ran.output
    told = json.loads(json_of(place))["outcomes"]["vote"]
    assert told["probability"][1] - told["probability"][0] > 0.1
    assert told["alerts"] == []


@pytest.mark.parametrize(("points", "status"), [("5", 3), ("99", 0)])
def test_only_what_exceeds_the_threshold_alerts(place: Path, points: str, status: int) -> None:
    assert track(place, "--alert", points).exit_code == status


def test_a_move_within_noise_is_no_alert(place: Path) -> None:
    """Sixteen paths move by many points, and prove nothing."""
    ran = track(place, "--paths", "16", "--alert", "0", "--set", "events/a/rate=0.03 per day", "--to", "2019-03-14")
    moves = json.loads(json_of(place))["outcomes"]
    assert any(a != b for o in moves.values() for a, b in zip(o["probability"][1:], o["probability"][2:]))
    assert ran.exit_code == 0, ran.stderr


def test_late_rows_are_said_and_old_points_stand(place: Path) -> None:
    record(place / "record.csv", "2019-03-21")
    track(place)
    before = json.loads(json_of(place))["outcomes"]["often"]
    record(place / "record.csv", "2019-03-31", [("2019-03-16", "a"), ("2019-03-10", "b"), ("2019-03-12", "b")])
    ran = track(place)
    assert "warning: the record has grown late rows of days up to 2019-03-21" in ran.stderr
    assert "2019-03-10: b, 1 instead of 0; 2019-03-12: b, 1 instead of 0" in ran.stderr
    after = json.loads(json_of(place))["outcomes"]["often"]
    assert after["probability"][:-1] == before["probability"]
    assert after["probability"][-1] == 1
    late = [one for one in after["news"] if one["sentence"].startswith("up to 21 March: ")]
    assert len(late) == 1
    assert late[0]["difference"] > 0.3
    assert sum(one["difference"] for one in after["news"]) == pytest.approx(1 - after["probability"][0], abs=1e-12)
    assert "warning: the record has grown" not in track(place).stderr
    assert json.loads(json_of(place))["outcomes"]["often"] == after


def test_late_rows_are_said_where_no_point_is_new(place: Path) -> None:
    track(place)
    before = json_of(place)
    record(place / "record.csv", "2019-03-31", [("2019-03-16", "a"), ("2019-03-10", "b")])
    ran = track(place)
    assert "late rows of days up to 2019-03-28: 2019-03-10: b, 1 instead of 0; points made before stand" in ran.stderr
    assert json_of(place) == before


def test_a_table_named_beside_the_file(place: Path) -> None:
    track(place, out="own")
    track(place, "--events", place / "record.csv", file="bare.yaml", out="beside")
    own, beside = (Track.from_json(json_of(place, out)) for out in ("own", "beside"))
    assert own == beside


def test_another_rhythm_keeps_the_points_it_can(place: Path) -> None:
    track(place, out="whole")
    track(place, "--every", "14d")
    ran = track(place)
    assert "5 points, 2 of them new" in ran.stdout
    assert json_of(place) == json_of(place, "whole")


def test_another_question_is_refused_and_begun_anew_when_forced(place: Path) -> None:
    track(place)
    before = json_of(place)
    ran = track(place, "--paths", "1024")
    assert ran.exit_code == 2
    assert "holds the track of another question" in ran.stderr
    assert json_of(place) == before
    assert track(place, "--paths", "1024", "--force").exit_code in (0, 3)
    assert json_of(place) != before


def test_a_folder_of_something_else_is_left_alone(place: Path) -> None:
    (place / "weekly").mkdir()
    (place / "weekly" / "diary.txt").write_text("mine", encoding="utf-8")
    for force in ([], ["--force"]):
        ran = track(place, *force)
        assert ran.exit_code == 2
        assert (place / "weekly" / "diary.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["2019-03-07.json", "2019-03-07.npz"])
def test_a_damaged_point_is_one_message(place: Path, name: str) -> None:
    track(place)
    file = place / "weekly" / "points" / name
    file.write_bytes(file.read_bytes()[:-9])
    ran = track(place)
    assert ran.exit_code == 2
    assert name in ran.stderr
    assert "Traceback" not in ran.stderr
    file.unlink()
    assert track(place).exit_code == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--every", "0d"], "is no number of days"),
        (["--every", "week"], "is no number of days"),
        (["--every", "-7d"], "is no number of days"),
        (["--from", "2019-03-20", "--to", "2019-03-10"], "--from 2019-03-20: lies after 2019-03-10, --to"),
        (["--from", "2019-04-05"], "--from 2019-04-05: lies after 2019-03-31, the last day that a history covers"),
        (["--from", "2019-02-01"], "--from 2019-02-01: lies outside the days"),
        (["--to", "2020-01-01"], "--to 2020-01-01: lies outside the days"),
        (["--from", "yesterday"], "does not match the format"),
        (["--alert", "-1"], "not in the range"),
        (["--events", "nowhere.csv"], "does not exist"),
    ],
)
def test_what_cannot_be_asked_is_refused(place: Path, options: list[str], said: str) -> None:
    ran = track(place, *options)
    assert ran.exit_code == 2
    assert said in " ".join(ran.stderr.split())
    assert not (place / "weekly").exists()


def test_without_a_record_there_is_nothing_to_ask_again(place: Path) -> None:
    ran = track(place, file="bare.yaml")
    assert ran.exit_code == 2
    assert "no history reaches past 2019-02-28" in ran.stderr
    assert not (place / "weekly").exists()


def test_a_scenario_without_outcomes_is_refused(place: Path) -> None:
    text = (place / "vote.yaml").read_text(encoding="utf-8")
    head, _, rest = text.partition("outcomes:")
    (place / "vote.yaml").write_text(
        head + "quantities: {n: {count: a}}\n" + rest[rest.index("history") :], encoding="utf-8"
    )
    ran = track(place)
    assert ran.exit_code == 2
    assert "asks no question" in ran.stderr


def test_json_report_and_figure(place: Path) -> None:
    ran = relsim("track", place / "vote.yaml", "--out", place / "weekly", "--json", "--report")
    assert ran.exit_code == 3, ran.output
    assert ran.stdout == json_of(place)
    assert (place / "weekly" / "figures" / "track.png").read_bytes().startswith(b"\x89PNG")
    page = (place / "weekly" / "report.html").read_text(encoding="utf-8")
    assert "The vote is won" in page
    assert "16 March: a" in page
    manifest = json.loads((place / "weekly" / "manifest.json").read_text(encoding="utf-8"))
    held = {f.relative_to(place / "weekly").as_posix() for f in (place / "weekly").rglob("*") if f.is_file()}
    assert set(manifest["outputs"]) == held - {"manifest.json"}
    assert any(name.endswith("record.csv") for name in manifest["inputs"])


def test_the_default_folder_is_resumed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    shutil.rmtree("runs", ignore_errors=True)
    for new in (5, 0):
        ran = relsim("track", "vote.yaml", "--no-figures")
        assert f"5 points, {new} of them new; written to {Path('runs') / 'track-vote-5'}" in ran.stdout
    assert date(2019, 2, 28) + timedelta(days=28) == date(2019, 3, 28)
