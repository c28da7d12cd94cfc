"""What the report says, and what it is made of, read as text."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import math
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import EXAMPLE, ComparisonPage, RunPage, hostile

from relsim.cli import main
from relsim.model import build
from relsim.report import Provenance, run_report
from relsim.report.assumptions import assumptions_of
from relsim.report.charts import look
from relsim.report.sentences import in_words, reference
from relsim.result import rounded as percent
from relsim.result import said
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


def words(file: Path) -> str:
    """The text of a page, without scripts and style, blanks joined."""
    text = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", file.read_text(encoding="utf-8"), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).replace("\xa0", " ").split())


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


def test_data_of_charts_is_json_that_cannot_close_its_element(file: Path) -> None:
    data = [script for attributes, script in read(file).scripts if attributes.get("type") == "application/json"]
    assert len(data) >= 2
    for script in data:
        assert not set("<>&") & set(script)
        body = json.loads(script)
        assert {"data", "layout", "widths", "reading"} == set(body)
        named = " ".join(str(trace.get("hovertemplate", "")) for trace in body["data"])
        assert "%{x} 5" not in named


def test_a_run_says_its_numbers(run_page: RunPage) -> None:
    text = words(run_page.file)
    forecast = run_page.forecast
    for outcome in forecast.outcomes.values():
        assert f"{' '.join(outcome.title.split())}" in text
        assert said(outcome) in text
    cells = html.unescape(
        "\n".join(re.findall(r'<td[^>]* title="[^>]*>[^<]*', run_page.file.read_text(encoding="utf-8")))
    )
    titles = [" ".join(outcome.title.split()) for outcome in forecast.outcomes.values()]
    for i, row in enumerate(forecast.given):
        for j, p in enumerate(row):
            if i != j and p is not None:
                assert f"“{titles[i]}” did on {percent(p)} of them" in cells
                assert f"Where “{titles[j]}” came true" in cells
    for digest in run_page.loaded.files.values():
        assert digest in text
    assert "relsim run" in text
    assert "Hearing that something happened is not making it happen." in text


def test_every_doubtful_number_stands_with_its_source(run_page: RunPage) -> None:
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
    text = words(run_page.file)
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


def test_no_two_of_twenty_five_lines_look_alike() -> None:
    assert len({look(i) for i in range(25)}) == 25
    assert all(a[0] != b[0] and a[1] != b[1] for a, b in ((look(i), look(i + 1)) for i in range(24)))


def test_the_same_arguments_give_the_same_bytes(run_page: RunPage) -> None:
    loaded = run_page.loaded
    assert loaded.scenario is not None
    provenance = Provenance(["relsim", "run", "x.yaml"], loaded.files, loaded.origins, loaded.name)
    first, second = (run_report(run_page.forecast, loaded.scenario, provenance) for _ in range(2))
    assert first == second
    assert "How it may go" not in first
    assert "What it hangs on" not in first


def test_the_same_command_gives_the_same_report(tmp_path: Path) -> None:
    file = hostile(tmp_path)
    texts = []
    for name, workers in (("a", "1"), ("b", "2")):
        words = ["run", str(file), "--paths", "256", "--workers", workers, "--report", "--no-figures"]
        ran = CliRunner().invoke(main, [*words, "--out", str(tmp_path / name)], prog_name="relsim")
        assert ran.exit_code == 0, ran.stderr
        texts.append((tmp_path / name / "report.html").read_bytes())
    assert texts[0] == texts[1]


def test_a_comparison_tells_made_from_found(comparison_page: ComparisonPage) -> None:
    text = words(comparison_page.file)
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
def test_a_report_of_an_odd_run(extra: list[str], tmp_path: Path) -> None:
    words = ["run", str(EXAMPLE), "--paths", "128", "--report", "--no-figures", "--out", str(tmp_path / "out"), *extra]
    ran = CliRunner().invoke(main, words, prog_name="relsim")
    assert ran.exit_code == 0, ran.stderr
    read(tmp_path / "out" / "report.html")


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


def test_a_report_of_the_barest_scenario(tmp_path: Path) -> None:
    (tmp_path / "bare.yaml").write_text(BARE, encoding="utf-8")
    words = ["run", str(tmp_path / "bare.yaml"), "--report", "--no-figures", "--out", str(tmp_path / "out")]
    ran = CliRunner().invoke(main, words, prog_name="relsim")
    assert ran.exit_code == 0, ran.stderr
    page = tmp_path / "out" / "report.html"
    assert {"fan", "when", "assumptions"} <= set(read(page).ids)
    assert "none of its numbers carries a doubt" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["run", "compare"])
def test_without_plotly_one_line_says_so_before_anything_runs(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relsim.report.charts.find_spec", lambda name: None)
    words = [command, str(EXAMPLE), "--report", "--out", str(tmp_path / "out")]
    ran = CliRunner().invoke(main, words, prog_name="relsim")
    assert ran.exit_code == 2
    assert ran.stderr == "--report needs plotly: pip install 'relsim[report]'\n"
    assert not (tmp_path / "out").exists()


def test_a_run_without_the_option_writes_no_report(tmp_path: Path) -> None:
    words = ["run", str(EXAMPLE), "--paths", "128", "--no-figures", "--out", str(tmp_path / "out")]
    assert CliRunner().invoke(main, words, prog_name="relsim").exit_code == 0
    assert not (tmp_path / "out" / "report.html").exists()
