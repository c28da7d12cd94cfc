"""What the report says, and what it is made of, read as text."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import math
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from reported import EXAMPLE, ComparisonPage, RunPage, hostile, opened, words

from relsim.cli import main
from relsim.model import build
from relsim.page import Provenance
from relsim.page import run_page as page_of
from relsim.page.assumptions import assumptions_of
from relsim.page.sentences import in_words, reference
from relsim.result import rounded as percent
from relsim.result import said
from relsim.result.drivers import Drivers
from relsim.scenario import Happens

QUESTIONS = ("osaka", "sanctions", "mood", "fruit", "agreement", "major_sanctions", "incident")


class Reader(HTMLParser):
    """Tags as they open and close, scripts, and what would be fetched."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.ids += [known["id"]] if known.get("id") else []
        self.addresses += [str(known[key]) for key in ("src", "href", "action", "data") if key in known]
        if tag == "script":
            self.scripts.append((known, ""))
        if tag not in ("meta", "input", "br", "col"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            attributes, before = self.scripts[-1]
            self.scripts[-1] = attributes, before + data


def read(file: Path) -> Reader:
    reader = Reader()
    reader.feed(file.read_text(encoding="utf-8"))
    reader.close()
    assert reader.open == []
    return reader


@pytest.fixture(params=["run", "comparison"])
def file(request: pytest.FixtureRequest) -> Path:
    page: RunPage | ComparisonPage = request.getfixturevalue(f"{request.param}_page")
    return page.file


def test_a_page_is_whole_and_fetches_nothing(file: Path) -> None:
    reader = read(file)
    assert all(address.startswith("#") for address in reader.addresses)
    assert {address[1:] for address in reader.addresses} <= set(reader.ids)
    assert len(reader.ids) == len(set(reader.ids))
    text = file.read_text(encoding="utf-8")
    assert len(re.findall(r"\* plotly\.js v\d", text)) == 1
    assert "@import" not in text.split("</style>")[0]
    assert "url(" not in text.split("</style>")[0]


def test_only_the_two_scripts_of_the_page_may_run(file: Path) -> None:
    reader = read(file)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', file.read_text(encoding="utf-8"))
    assert policy is not None
    allowed = set(re.findall(r"'sha256-([^']+)'", html.unescape(policy[1])))
    run = [script for attributes, script in reader.scripts if attributes.get("type") != "application/json"]
    assert {base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in run} == allowed
    assert len(run) == 2


def data_of(file: Path) -> dict[str, object]:
    """What a page carries, by the name of the file that holds it in full."""
    held = {}
    for attributes, script in read(file).scripts:
        if attributes.get("type") == "application/json":
            assert not set("<>&") & set(script)
            held[str(attributes["data-file"])] = json.loads(script)
    return held


def test_a_run_carries_its_files(run_page: RunPage) -> None:
    data = data_of(run_page.file)
    assert set(data) == {"forecast.json", "page.json", "drivers.json", "stories/osaka.json"}
    saved = json.loads((run_page.file.parent / "forecast.json").read_text(encoding="utf-8"))
    held = data["forecast.json"]
    assert isinstance(held, dict)
    assert set(held) == set(saved)
    for name, outcome in saved["outcomes"].items():
        daily = outcome.pop("cumulative"), held["outcomes"][name].pop("cumulative")
        assert held["outcomes"][name] == outcome
        assert daily[1]["probability"] == pytest.approx(daily[0]["probability"], abs=5.1e-5)
    assert held["quantities"] == saved["quantities"]
    assert held["calendar"] == saved["calendar"]
    median = [f["indices"]["relations"]["quantiles"]["0.5"] for f in (held, saved)]
    assert median[0] == pytest.approx(median[1], abs=5.1e-5)


def test_a_comparison_carries_its_file(comparison_page: ComparisonPage) -> None:
    data = data_of(comparison_page.file)
    assert set(data) == {"comparison.json", "page.json"}
    saved = json.loads((comparison_page.file.parent / "comparison.json").read_text(encoding="utf-8"))
    held = data["comparison.json"]
    assert isinstance(held, dict)
    assert {name: c["outcomes"] for name, c in held["contrasts"].items()} == {
        name: c["outcomes"] for name, c in saved["contrasts"].items()
    }


def test_beyond_the_library_a_page_is_small(file: Path) -> None:
    from relsim.page.document import plotly

    assert file.stat().st_size - len(plotly().encode()) < 1_500_000


def test_a_run_says_its_numbers(chromium: Any, run_page: RunPage) -> None:
    text = words(chromium, run_page.file)
    forecast = run_page.forecast
    for outcome in forecast.outcomes.values():
        assert f"{' '.join(outcome.title.split())}" in text
        assert said(outcome) in text
    titles = [" ".join(outcome.title.split()) for outcome in forecast.outcomes.values()]
    for i, row in enumerate(forecast.given):
        for j, p in enumerate(row):
            if i != j and p is not None:
                assert f"“{titles[i]}” did on {percent(p)} of them" in text
                assert f"Where “{titles[j]}” came true" in text
    for digest in run_page.loaded.files.values():
        assert digest in text
    assert "relsim run" in text
    assert "Hearing that something happened is not making it happen." in text
    for name, entry in forecast.calendar.items():
        label = run_page.loaded.scenario.calendar[name].label or name
        assert f"{' '.join(label.split())}" in text
        assert percent(entry.probability) in text


def test_drivers_and_stories_are_told(chromium: Any, run_page: RunPage) -> None:
    data = data_of(run_page.file)
    text = words(chromium, run_page.file)
    drivers, stories = Drivers.from_json(json.dumps(data["drivers.json"])), data["stories/osaka.json"]
    assert isinstance(stories, dict)
    told = [w for w in drivers.outcomes["osaka"].weights if w.significant][:5]
    assert told
    for weight in told:
        assert f"{100 * weight.at_low.value:.0f} % at {weight.at_low.text}" in text
        assert f"Written: {drivers.weights[weight.weight].as_written}" in text
    for sentence in drivers.outcomes["osaka"].sentences:
        assert " ".join(sentence.split()) in text
    assert "A typical path (number" in text
    assert "A near miss (number" in text
    for story in (*stories["typical"], *stories["near_misses"]):
        for line in story["lines"]:
            assert " ".join(line["text"].split()) in text


def test_what_to_watch_stands_on_the_page_where_it_was_asked_for(chromium: Any, tmp_path: Path) -> None:
    import relsim
    from relsim.result.watchlist import Watchlist

    example = EXAMPLE.parent / "osaka.yaml"
    command = ["run", str(example), "--paths", "4096", "--no-figures", "--out", str(tmp_path / "out")]
    assert CliRunner().invoke(main, command, prog_name="relsim").exit_code == 0
    assert CliRunner().invoke(main, ["watch", str(tmp_path / "out")], prog_name="relsim").exit_code == 0
    page = relsim.open(tmp_path / "out").report(tmp_path / "page.html")
    text = words(chromium, page)
    found = Watchlist.from_json((tmp_path / "out" / "watch.json").read_text(encoding="utf-8"))
    told = {name: o.telling(30) for name, o in found.outcomes.items()}
    assert sum(map(len, told.values())) >= 2
    for name, observations in told.items():
        for seen in observations[:5]:
            assert f"{found.outcomes[name].title}: " in text
            assert seen.name.replace("_", " ") in text
            if seen.if_seen is not None:
                assert percent(seen.if_seen.value).lstrip("<>") in text
    (tmp_path / "out" / "watch.json").unlink()
    assert "What would move it" not in words(chromium, relsim.open(tmp_path / "out").report(tmp_path / "page.html"))


def test_past_accuracy_stands_where_a_ledger_has_any(
    chromium: Any, run_page: RunPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three answers, 0.8 and 0.6 of what came true, 0.1 of what did not: Brier (0.04 + 0.16 + 0.01) / 3."""
    head = "run,scenario,outcome,title,known_to,due,added,late,probability,paths,base_rate,resolved,on"
    rows = [
        "a,S,x,X,2019-01-01,2019-02-01,2019-01-01,,0.8,1000,0.5,yes,2019-01-20",
        "a,S,y,Y,2019-01-01,2019-02-01,2019-01-01,,0.6,1000,,yes,2019-01-20",
        "a,S,z,Z,2019-01-01,2019-02-01,2019-01-01,,0.1,1000,0.2,no,",
        "a,S,open,Open,2019-01-01,2019-02-01,2019-01-01,,0.3,1000,,,",
    ]
    (tmp_path / "ledger.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    command = ["run", str(EXAMPLE), "--paths", "128", "--report", "--no-figures", "--out", "out"]
    ran = CliRunner().invoke(main, command, prog_name="relsim")
    assert ran.exit_code == 0, ran.stderr
    text = words(chromium, tmp_path / "out" / "report.html")
    assert "Past accuracy: 3 resolved questions in ledger.csv, mean Brier score 0.070" in text
    assert "on the 2 of them with a base rate 0.025 against the base rate’s 0.145" in text
    assert "Past accuracy" not in words(chromium, run_page.file)


def test_a_ledger_that_cannot_be_read_does_not_cost_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ledger.csv").write_text("run,outcome\nx,y,z,w\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    command = ["run", str(EXAMPLE), "--paths", "128", "--report", "--no-figures", "--out", "out"]
    ran = CliRunner().invoke(main, command, prog_name="relsim")
    assert ran.exit_code == 0, ran.stderr
    assert "ledger.csv" in ran.stderr
    assert (tmp_path / "out" / "report.html").exists()


def test_every_doubtful_number_stands_with_its_source(chromium: Any, run_page: RunPage) -> None:
    loaded = run_page.loaded
    assert loaded.scenario is not None
    found = {"/".join(item.path): item for item in assumptions_of(loaded.scenario, loaded.origins)}
    weights = build(loaded.scenario).weights
    assert len(weights) > 50
    for weight in weights:
        item = found[weight.path]
        assert not item.certain
        assert item.source == weight.quantity.source
        assert item.origin is not None
    text = words(chromium, run_page.file)
    bare = sum(item.source is None for item in found.values())
    assert bare > 0
    assert text.count("no source") >= bare
    assert f"{len(found):,} numbers, of which" in text
    own = {path for path, item in found.items() if item.origin and item.origin.startswith(loaded.name)}
    assert "calendar/osaka/probability" in own
    assert "events/threat/rate" not in own


def test_a_median_and_range_are_in_the_unit_written(run_page: RunPage) -> None:
    """A 90 % range that was written comes out again, its median the geometric mean (a lognormal)."""
    loaded = run_page.loaded
    assert loaded.scenario is not None
    found = {"/".join(item.path): item for item in assumptions_of(loaded.scenario, loaded.origins)}
    rate = found["events/incident/rate"]
    assert rate.written == "0.15 to 0.8 per year"
    assert rate.doubt == f"{math.sqrt(0.15 * 0.8):.3g} (0.15 to 0.8), lognormal"


def test_what_to_compare_with_is_the_files_own_number(run_page: RunPage) -> None:
    scenario = run_page.loaded.scenario
    assert scenario is not None
    assert reference(scenario, "osaka")[0] == "stated 60 %"
    asked = scenario.outcomes["sanctions"].predicate
    assert isinstance(asked, Happens)
    rate = scenario.events["sanctions_minor.us"].rate.quantity.central()
    usual = 1 - math.exp(-rate * ((asked.last - asked.first).days + 1))
    assert reference(scenario, "sanctions")[0] == f"{percent(usual)} at the usual rate"
    assert reference(scenario, "mood") == ("", "")


SOMETHING_ELSE = """\
relsim: 1
window: {start: 2019-01-01, end: 2019-03-31}
variables: {x: {half_life: 10 days}}
conditions: {season: {begins: [free], lasts: 10 days}}
events:
  free: {rate: 2 per year}
  needs: {rate: 2 per year, requires: [{free: {within: 30 days}}]}
  barred: {rate: 2 per year, unless: [season]}
  few: {rate: 2 per year, at_most: 1}
  dated: {rate: 2 per year}
calendar:
  talks: {on: 2019-02-01, probability: 0.6, event: dated}
  round: {on: 2019-03-01, probability: 0.3}
  gated: {on: 2019-03-01, probability: 0.3, requires: [talks]}
  then: {after: [talks], delay: 5 days, probability: 0.9}
outcomes:
  free: {happens: free}
  needs: {happens: needs}
  barred: {happens: barred}
  few: {happens: few}
  many: {happens: free, at_least: 2}
  dated: {happens: dated}
  round: {happens: round}
  early: {happens: round, by: 2019-02-28}
  gated: {happens: gated}
  then: {happens: then}
  known: {happens: needs, base_rate: 0.4}
"""


@pytest.mark.parametrize("as_of", ["", "as_of: 2019-01-15, "])
def test_nothing_is_compared_with_what_is_another_thing(tmp_path: Path, as_of: str) -> None:
    from relsim.compose import load

    file = tmp_path / "s.yaml"
    file.write_text(SOMETHING_ELSE.replace("{start", f"{{{as_of}start"), encoding="utf-8")
    scenario = load(file).scenario
    assert scenario is not None
    told = {name: reference(scenario, name)[0] for name in scenario.outcomes}
    usual = "" if as_of else f"{percent(1 - math.exp(-2 / 365.25 * 90))} at the usual rate"
    expected = {"free": usual, "round": "stated 30 %", "known": "base rate 40 %"}
    assert told == {name: expected.get(name, "") for name in scenario.outcomes}


@pytest.mark.parametrize(
    ("probability", "said_so"),
    [
        (0.5, "about 1 in 2"),
        (0.61, "about 3 in 5"),
        (0.25, "about 1 in 4"),
        (0.66, "about 2 in 3"),
        (0.03, "about 1 in 33"),
        (0.001, ""),
        (0.97, ""),
    ],
)
def test_a_probability_in_words(probability: float, said_so: str) -> None:
    assert in_words(probability) == said_so


def test_no_two_of_twenty_five_lines_look_alike(chromium: Any, tmp_path: Path) -> None:
    names = [f"q{i}" for i in range(25)]
    asked = ", ".join(f"{name}: {{happens: act, at_least: {i + 1}}}" for i, name in enumerate(names))
    file = tmp_path / "many.yaml"
    file.write_text(BARE.replace("{seen: {happens: act}}", f"{{{asked}}}"), encoding="utf-8")
    command = ["run", str(file), "--report", "--no-figures", "--out", str(tmp_path / "out")]
    assert CliRunner().invoke(main, command, prog_name="relsim").exit_code == 0
    with opened(chromium, tmp_path / "out" / "report.html") as (page, wrong):
        lines = page.evaluate("document.getElementById('by-when').data.map(t => [t.line.color, t.line.dash])")
        assert wrong == []
    assert len({tuple(line) for line in lines}) == 25
    assert all(a[0] != b[0] and a[1] != b[1] for a, b in pairwise(lines))


def test_the_same_arguments_give_the_same_bytes(run_page: RunPage) -> None:
    loaded = run_page.loaded
    assert loaded.scenario is not None
    provenance = Provenance(["relsim", "run", "x.yaml"], loaded.files, loaded.origins, loaded.name)
    first, second = (page_of(run_page.forecast, loaded.scenario, provenance) for _ in range(2))
    assert first == second
    assert 'data-file="stories/' not in first
    assert 'data-file="drivers.json"' not in first


def test_the_same_command_gives_the_same_report(tmp_path: Path) -> None:
    file = hostile(tmp_path)
    texts = []
    for name, workers in (("a", "1"), ("b", "2")):
        words = ["run", str(file), "--paths", "256", "--workers", workers, "--report", "--no-figures"]
        ran = CliRunner().invoke(main, [*words, "--out", str(tmp_path / name)], prog_name="relsim")
        assert ran.exit_code == 0, ran.stderr
        texts.append((tmp_path / name / "report.html").read_bytes())
    assert texts[0] == texts[1]


def test_a_comparison_tells_made_from_found(chromium: Any, comparison_page: ComparisonPage) -> None:
    text = words(chromium, comparison_page.file)
    comparison = comparison_page.comparison
    assert text.count("Found, not made.") == sum(c.kind == "condition" for c in comparison.contrasts.values()) == 1
    assert text.count("Made to be so, on every path.") == len(comparison.scenarios) - 1
    for contrast in comparison.contrasts.values():
        for outcome in contrast.outcomes.values():
            assert " ".join(outcome.sentence.split()) in text


@pytest.mark.parametrize(
    "extra",
    [
        ["--median-weights"],
        ["--draws", "1"],
        [word for name in QUESTIONS for word in ("--set", f"outcomes/{name}=null")],
        ["--paths", "1"],
    ],
    ids=["medians", "one draw", "no questions", "one path"],
)
def test_a_report_of_an_odd_run(chromium: Any, extra: list[str], tmp_path: Path) -> None:
    command = [
        "run",
        str(EXAMPLE),
        "--paths",
        "128",
        "--report",
        "--no-figures",
        "--out",
        str(tmp_path / "out"),
        *extra,
    ]
    ran = CliRunner().invoke(main, command, prog_name="relsim")
    assert ran.exit_code == 0, ran.stderr
    read(tmp_path / "out" / "report.html")
    assert "How to make it again" in words(chromium, tmp_path / "out" / "report.html")


BARE = """\
relsim: 1
title: Bare
window: {start: 2020-01-01, end: 2020-01-20}
run: {paths: 128, seed: 1}
variables: {mood: {baseline: 1, half_life: 5 days, spread: 1}}
events: {act: {rate: 1 per week}}
outcomes: {seen: {happens: act}}
"""
"""No index, no calendar, no history, no doubt, one question without a title."""


def test_a_report_of_the_barest_scenario(chromium: Any, tmp_path: Path) -> None:
    (tmp_path / "bare.yaml").write_text(BARE, encoding="utf-8")
    command = ["run", str(tmp_path / "bare.yaml"), "--report", "--no-figures", "--out", str(tmp_path / "out")]
    ran = CliRunner().invoke(main, command, prog_name="relsim")
    assert ran.exit_code == 0, ran.stderr
    text = words(chromium, tmp_path / "out" / "report.html")
    for head in ("Where it goes", "By when", "What it assumes"):
        assert head in text
    assert "none of its numbers is uncertain" in text


@pytest.mark.parametrize("command", ["run", "compare"])
def test_without_plotly_one_line_says_so_before_anything_runs(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relsim.page.document.find_spec", lambda name: None)
    words = [command, str(EXAMPLE), "--report", "--out", str(tmp_path / "out")]
    ran = CliRunner().invoke(main, words, prog_name="relsim")
    assert ran.exit_code == 2
    assert ran.stderr == "--report needs plotly: pip install 'relsim[report]'\n"
    assert not (tmp_path / "out").exists()


def test_a_run_without_the_option_writes_no_report(tmp_path: Path) -> None:
    words = ["run", str(EXAMPLE), "--paths", "128", "--no-figures", "--out", str(tmp_path / "out")]
    assert CliRunner().invoke(main, words, prog_name="relsim").exit_code == 0
    assert not (tmp_path / "out" / "report.html").exists()
