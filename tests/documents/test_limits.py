# ruff: noqa: E501
"""What cannot be meant is refused with its place, every fault at once; nothing that a file holds breaks a message."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from relsim.cli import main
from relsim.compose import LoadedScenario, load
from relsim.errors import InputError, Problem, in_one_line

BASE = """\
relsim: 1
window: {start: 2019-05-15, end: 2019-06-30}
parties: {us: United States, ru: Russia}
variables: {tone: {each: party, half_life: 2 weeks}}
events: {talks: {rate: 1 per week, effects: {tone: 0.1}}}
outcomes: {x: {happens: talks}}
"""


def loaded(folder: Path, text: str, **options: object) -> LoadedScenario:
    (folder / "t.yaml").write_text(text, encoding="utf-8")
    return load(folder / "t.yaml", **options)  # type: ignore[arg-type]


def refused(folder: Path, text: str, **options: object) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        loaded(folder, text, **options)
    return list(caught.value.problems)


HUGE = "1" + "0" * 308
NINES = "9" * 309


@pytest.mark.parametrize(
    "setting",
    [
        *(f"events/talks/at_most={n}" for n in (1_000_001, 3_000_000_000, NINES, 0, -1)),
        *(f"run/paths={n}" for n in (10**9 + 1, NINES, 0)),
        *(f"run/seed={n}" for n in (2**64, NINES, -1)),
        *(f"scale/limit={n}" for n in (HUGE, NINES, "1e300", "0", ".inf", ".nan")),
        *(f"events/talks/rate={n} per day" for n in ("1000001", "3e20", HUGE, NINES, "1e-300")),
        *(f"events/talks/rate={n}" for n in ("1 to 1e30 per week", "1e-200 to 1 per week", "3 ± 1e10 per week")),
        *(f"variables/tone/half_life={n}" for n in ("3000 years", "1e-9 days", f"{NINES} days", "1 day to 1e9 years")),
        *(f"variables/tone/baseline={n}" for n in ("1e7", NINES, "-1e7", "0 ± 1e9", "0 to 1e9")),
        "variables/tone/baseline={normal: {mean: 0, sd: 1e300}}",
        "variables/tone/half_life={lognormal: {median: 2, sigma: 500}, unit: weeks}",
        "events/talks/rate={lognormal: {median: 1e12, sigma: 1}, unit: per day}",
        *(f"outcomes/x={{happens: talks, at_least: {n}}}" for n in (1_000_001, NINES)),
        *(f"outcomes/x={{value: tone.us, above: {n}, on: 2019-06-01}}" for n in ("1e7", NINES)),
        *(f"outcomes/x={{happens: talks, within: {n}}}" for n in ("3000 years", f"{NINES} days")),
        *(f"window/start={d}" for d in ("0001-01-01", "1799-12-31", "2201-01-01", "9999-12-31", "0219-05-15")),
        "conditions/" + "c" * 65 + "={begins: talks}",
        "events/" + "e" * 65 + "/rate=1 per year",
        "parties/" + "p" * 65 + "=Long",
        "variables/tone/range=[0, 1e10]",
    ],
)
def test_what_is_out_of_range_is_refused_in_one_line_with_its_place(tmp_path: Path, setting: str) -> None:
    found = refused(tmp_path, BASE, settings=[setting])
    assert len(found) == 1
    lines = str(found[0]).splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("--set:1:")
    assert len(lines[0]) < 300


@pytest.mark.parametrize(
    "setting", ["events/talks/at_most=1000000", "run/paths=1000000000", "conditions/" + "c" * 64 + "={begins: talks}"]
)
def test_what_lies_at_its_limit_is_taken(tmp_path: Path, setting: str) -> None:
    assert loaded(tmp_path, BASE, settings=[setting]).scenario is not None


@pytest.mark.parametrize(
    ("day", "meant"),
    [("0219-05-01", "2019-05-01"), ("1019-05-01", "2019-05-01"), ("2109-05-01", ""), ("9201-05-01", "")],
)
def test_the_likely_slip_of_a_year_is_told(tmp_path: Path, day: str, meant: str) -> None:
    text = BASE + f"history: {{h: {{events: [{{on: {day}, event: talks}}]}}}}\n"
    found = refused(tmp_path, text)
    assert len(found) == 1
    if meant:
        assert found[0].hint == f"did you mean {meant}?"


def test_a_record_that_begins_more_than_fifty_years_before_the_window(tmp_path: Path) -> None:
    rows = "date,event\n" + "".join(f"{year}-03-01,talks\n" for year in range(1950, 2019))
    (tmp_path / "long.csv").write_text(rows, encoding="utf-8")
    (found,) = refused(tmp_path, BASE + "history: {h: {file: long.csv}}\n")
    assert "1950-03-01 lies more than 50 years before the window" in found.message
    assert "from: 1969-01-01" in found.hint
    kept = loaded(tmp_path, BASE + "history: {h: {file: long.csv, from: 1990-01-01}}\n").scenario
    assert kept is not None
    assert min(event.on.year for event in kept.history["h"].events) == 1990
    assert refused(tmp_path, BASE + "history: {h: {file: long.csv, from: 1910-01-01}}\n")
    span = "covers: {from: 1910-01-01, to: 2019-05-14}"
    (found,) = refused(tmp_path, BASE + f"history: {{h: {{{span}, events: []}}}}\n")
    assert found.path == "history.h.covers.from"
    cut = loaded(tmp_path, BASE + f"history: {{h: {{from: 2000-01-01, {span}, events: []}}}}\n").scenario
    assert cut is not None
    assert str(cut.history["h"].covers[0]) == "2000-01-01"  # type: ignore[index]


def test_a_window_of_centuries(tmp_path: Path) -> None:
    (found,) = refused(tmp_path, BASE, settings=["window/start=1900-01-01"])
    assert "119 years" in found.message


# every fault at once


def test_an_unknown_key_hides_no_name(tmp_path: Path) -> None:
    text = (
        BASE.replace("half_life: 2 weeks", "half_life: 2 weeks, spred: 1, pull: {heat: 1}")
        .replace("effects: {tone: 0.1}", "efects: {nothing: 1}, requires: [nobody]")
        .replace("{happens: talks}", "{happens: tolks, titel: x}")
        + "evnts: {spat: {rate: 1 per year}}\ncalendar: {c: {on: 2019-06-01, probabilty: 0.5, event: spat, unless: [ghost]}}\n"
    )
    said = [d.message.split(";")[0] for d in refused(tmp_path, text)]
    assert sorted(said) == sorted(
        [
            "unknown key 'spred'",
            "unknown name 'heat'",
            "unknown key 'efects'",
            "unknown name 'nobody'",
            "unknown key 'titel'",
            "unknown name 'tolks'",
            "unknown key 'evnts'",
            "unknown key 'probabilty'",
            "unknown name 'ghost'",
        ]
    )


@pytest.mark.parametrize(
    "text",
    [
        BASE.replace("parties:", "partys:"),
        BASE.replace("variables:", "variable:") + "indices: {i: {weights: {tone: 1}}}\n",
        BASE.replace("{each: party, half", "{eech: party, half") + "indices: {i: {weights: {tone.us: 1}}}\n",
        BASE.replace("half_life: 2", "half_lief: 2"),
        BASE.replace("outcomes:", "outcoms:"),
        BASE.replace("start: 2019", "strat: 2019"),
        BASE.replace("happens: talks", "hapens: talks"),
    ],
)
def test_what_follows_from_an_unknown_key_is_not_told(tmp_path: Path, text: str) -> None:
    found = refused(tmp_path, text)
    assert len(found) == 1, found
    assert "unknown key" in found[0].message


def test_a_duplicate_key_hides_no_name(tmp_path: Path) -> None:
    text = BASE.replace("{happens: talks}}", "{happens: ghost}, x: {happens: talks}}")
    said = [d.message.split(",")[0].split(";")[0] for d in refused(tmp_path, text)]
    assert said == ["unknown name 'ghost'", "duplicate key 'x'"] or said == [
        "duplicate key 'x'",
        "unknown name 'ghost'",
    ]
    twice = BASE + "events: {spat: {rate: 1 per year}}\noutcomes: {y: {happens: spat}}\n"
    assert all("duplicate key" in d.message for d in refused(tmp_path, twice))


# merge keys, settings, layers


@pytest.mark.parametrize(
    "text",
    [
        BASE.replace("{rate: 1 per week, effects", "&base {rate: 1 per week, effects")
        + "conditions: {c: {<<: *base, begins: talks}}\n",
        BASE + "x: &a {title: x}\n".replace("x: &a", "scale: &a").replace("title: x", "limit: 9") + "<<: *a\n",
        BASE + "variants: {v: {<<: {title: b}}}\n",
        BASE.replace("us: United States", "<<: {us: United States}"),
    ],
)
def test_merge_keys_are_answered(tmp_path: Path, text: str) -> None:
    found = [d for d in refused(tmp_path, text) if "merge keys" in d.message]
    assert len(found) == 1
    for word in ("'extends'", "'each'", "alias"):
        assert word in found[0].message


def test_a_quoted_merge_key_is_an_unknown_key(tmp_path: Path) -> None:
    (found,) = refused(tmp_path, BASE + '"<<": {}\n')
    assert found.message == "unknown key '<<'"


@pytest.mark.parametrize(
    ("setting", "meant"),
    [
        ("events.talks.rate=5 per year", "events/talks/rate"),
        ("events/talks.rate=5 per year", "events/talks/rate"),
        ("events.talks.effects.tone.us=1", "events/talks/effects/tone.us"),
        ("variables.tone.us.baseline=1", "variables/tone.us/baseline"),
        ("run.paths=10", "run/paths"),
        ("outcomes.x={happens: talks}", "outcomes/x"),
        ("conditions.cold.while.rates.talks=2", "conditions/cold/while/rates/talks"),
    ],
)
def test_dots_in_a_setting_are_answered_with_slashes(tmp_path: Path, setting: str, meant: str) -> None:
    (found,) = refused(tmp_path, BASE, settings=[setting])
    assert found.hint == f"did you mean '{meant}'?"


def test_dots_of_members_are_no_fault(tmp_path: Path) -> None:
    settings = ["variables/tone.us/baseline=1", "events/talks/effects/tone.us=1"]
    assert loaded(tmp_path, BASE, settings=settings).scenario is not None


def test_a_file_is_laid_once_where_it_is_needed_first(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "a.yaml").write_text(
        "relsim: 1\nextends: base.yaml\nevents: {talks: {rate: 2 per week}}\n", encoding="utf-8"
    )
    (tmp_path / "b.yaml").write_text("relsim: 1\nextends: ./base.yaml\n", encoding="utf-8")
    found = loaded(tmp_path, "relsim: 1\nextends: [a.yaml, b.yaml]\n")
    assert found.tree["events"]["talks"]["rate"] == "2 per week"  # type: ignore[index]


def test_files_that_extend_two_each_are_read_in_no_time(tmp_path: Path) -> None:
    (tmp_path / "f0.yaml").write_text(BASE, encoding="utf-8")
    for i in range(1, 60):
        (tmp_path / f"f{i}.yaml").write_text(
            f"relsim: 1\nextends: [f{i - 1}.yaml, ./f{i - 1}.yaml]\n", encoding="utf-8"
        )
    assert loaded(tmp_path, "relsim: 1\nextends: f59.yaml\n").scenario is not None


def test_extends_goes_sixty_four_deep(tmp_path: Path) -> None:
    (tmp_path / "f0.yaml").write_text(BASE, encoding="utf-8")
    for i in range(1, 200):
        (tmp_path / f"f{i}.yaml").write_text(f"relsim: 1\nextends: f{i - 1}.yaml\n", encoding="utf-8")
    assert loaded(tmp_path, "relsim: 1\nextends: f62.yaml\n").scenario is not None
    (found,) = refused(tmp_path, "relsim: 1\nextends: f199.yaml\n")
    assert "at most 64" in found.message


# text

ODD = [
    "\n",
    "\r",
    "\r\n",
    "\x1b[2J",
    "\x1b]0;t\x07",
    "\x85",
    "\u2028",
    "\u2029",
    "\x00",
    "\x9b31m",
    "\u202e",
    "\u2066",
    "\x7f",
]
SEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@pytest.mark.parametrize("odd", ODD, ids=ascii)
@pytest.mark.parametrize("where", ["window", "name", "key", "title", "event", "rate", "grade"])
def test_a_value_breaks_no_message(tmp_path: Path, odd: str, where: str) -> None:
    value = '"a' + "".join(f"\\u{ord(c):04x}" for c in odd) + 'b"'
    text = {
        "window": BASE.replace("end: 2019-06-30", f"end: {value}"),
        "name": BASE.replace("{talks:", f"{{{value}: {{rate: 1 per week}}, talks:"),
        "key": BASE + f"{value}: 1\n",
        "title": BASE.replace("{happens: talks}", f"{{happens: gone, title: {value}}}"),
        "event": BASE.replace("happens: talks", f"happens: {value}"),
        "rate": BASE.replace("rate: 1 per week", f"rate: {value}"),
        "grade": BASE.replace("{happens: talks}", f"{{grade: tone.us, is: {value}, on: 2019-06-01}}"),
    }[where]
    found = refused(tmp_path, text)
    assert len(found) == 1
    assert len(str(found[0]).split("\n")) == 3
    assert not SEEN.search(str(found[0]))


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_no_control_character_reaches_a_terminal(tmp_path: Path, odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    value = '"a' + "".join(f"\\u{ord(c):04x}" for c in odd) + 'b"'
    text = BASE.replace("{happens: talks}", f"{{happens: talks, title: {value}, criteria: {value}}}").replace(
        "window:", f"title: {value}\nwindow:"
    )
    text = text.replace("us: United States", f"us: {value}").replace(
        "rate: 1 per week", f"rate: {{value: 1 per week, source: {value}}}, label: {value}"
    )
    (tmp_path / "t.yaml").write_text(text, encoding="utf-8")
    for command in (
        ["validate", "t.yaml"],
        ["show", "t.yaml"],
        ["show", "t.yaml", "--origins"],
        ["weights", "table", "t.yaml"],
    ):
        done = CliRunner().invoke(main, command)
        assert done.exit_code == 0, done.output
        assert not SEEN.search(done.output), command
    assert load("t.yaml").scenario.title == in_one_line("a" + odd + "b")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text", [BASE + 'title: "a\\ud800b"\n', BASE + '"\\udfff": 1\n', BASE.replace("2019-06-30", '"\\ud800"')]
)
def test_half_a_character_is_refused(tmp_path: Path, text: str) -> None:
    found = refused(tmp_path, text)
    assert "half of a character" in "".join(d.message for d in found)
    assert all(str(d).encode() for d in found)


@pytest.mark.parametrize(
    ("space", "name"),
    [("\u00a0", "no-break space"), ("\u202f", "no-break space"), ("\u3000", "no plain space"), ("\u200b", "invisible")],
)
def test_what_looks_like_a_space_is_named(tmp_path: Path, space: str, name: str) -> None:
    for text in (
        BASE.replace("each: party", f"each:{space} party").replace(f"each:{space} party", f"each{space}: party"),
        BASE.replace("2019-06-30", f"2019-06-30{space}"),
        BASE.replace("{happens: talks}", f"{{happens: talks{space}}}"),
        BASE.replace("events:", f"{space}events:"),
    ):
        found = refused(tmp_path, text)
        assert any(name in d.hint and f"U+{ord(space):04X}" in d.hint for d in found), [str(d) for d in found]
