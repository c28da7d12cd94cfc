"""``relsim compare`` as it is used: what it reads, refuses, prints and leaves behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from relsim.cli import main
from relsim.result.comparison import Comparison
from relsim.result.files import sha256
from relsim.result.forecast import Forecast

SCENARIO = """\
relsim: 1
title: A short one
window: {start: 2019-01-01, end: 2019-02-10}
run: {paths: 300, seed: 5}
variables: {x: {half_life: 10 days, spread: 1}}
indices: {mood: {weights: {x: 1}}}
events: {a: {rate: 0.01 to 0.05 per day, effects: {x: 1}}}
calendar: {meet: {on: 2019-01-20, probability: 0.4, odds_ratio: {x: 2}, event: a}}
outcomes: {met: {title: They meet, happens: meet}, acts: {title: Something is done, happens: a}}
quantities: {level: {value: x, on: 2019-02-10}}
variants:
  no_meeting: {title: No meeting, interventions: {off: {cancel: meet}}}
  meeting: {title: A meeting, interventions: {on: {force: meet}}}
"""


def relsim(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compare")
    (folder / "short.yaml").write_text(SCENARIO, encoding="utf-8")
    for name, options in {"base": [], "no": ["--variant", "no_meeting"], "more": ["--paths", "400"]}.items():
        ran = relsim("run", folder / "short.yaml", *options, "--no-figures", "--out", folder / name)
        assert ran.exit_code == 0, ran.stderr
    return folder


@pytest.fixture(scope="module")
def variants(place: Path) -> Result:
    return relsim(
        *("compare", place / "short.yaml", "--variants", "all", "--given", "met"),
        *("--no-figures", "--out", place / "whole"),
    )


def test_variants_are_compared_with_the_file(place: Path, variants: Result) -> None:
    assert variants.exit_code == 0, variants.stderr
    text = (place / "whole" / "comparison.json").read_text(encoding="utf-8")
    comparison = Comparison.from_json(text)
    assert comparison.to_json() == text
    assert list(comparison.scenarios) == ["short", "no_meeting", "meeting"]
    assert list(comparison.contrasts) == ["no_meeting", "meeting", "given met"]
    assert comparison.contrasts["no_meeting"].title == "No meeting"
    assert comparison.contrasts["no_meeting"].outcomes["met"].other == 0
    assert comparison.contrasts["meeting"].outcomes["met"].other == 1


def test_the_folder_is_complete(place: Path, variants: Result) -> None:
    folder = place / "whole"
    written = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    assert written == {
        "comparison.json",
        "manifest.json",
        *(f"scenarios/{name}.yaml" for name in ("short", "no_meeting", "meeting")),
    }
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["comparison"] == ["short", "no_meeting", "meeting"]
    assert set(manifest["outputs"]) == written - {"manifest.json"}
    again = relsim("run", folder / "scenarios" / "meeting.yaml", "--no-figures", "--json", "--out", place / "again")
    saved = Comparison.from_json((folder / "comparison.json").read_text(encoding="utf-8")).scenarios["meeting"]
    assert Forecast.from_json(again.stdout).outcomes == saved.outcomes


def test_the_tables_fit_a_terminal_and_say_what_is_what(variants: Result) -> None:
    assert max(map(len, variants.stdout.splitlines()[:-1])) <= 100
    for text in (
        "── No meeting (no_meeting) ──",
        "The first day on which any path differs is 2019-01-20.",
        "With “No meeting”, “They meet” falls from",
        "── Where “They meet” came true ──",
        "Found, not made:",
        "The last column is “A meeting”, where it is made to happen.",
        "NOT COMPARED\n- outcome 'met' is the condition itself",
    ):
        assert text in " ".join(variants.stdout.split("\n")) or text in variants.stdout


def test_workers_change_no_byte(place: Path, variants: Result) -> None:
    for workers in (1, 2):
        ran = relsim(
            *("compare", place / "short.yaml", "--variants", "all", "--given", "met", "--json", "--no-figures"),
            *("--workers", workers, "--out", place / f"workers-{workers}"),
        )
        assert ran.stdout == (place / "whole" / "comparison.json").read_text(encoding="utf-8")


def test_finished_runs_are_the_very_runs(place: Path) -> None:
    ran = relsim("compare", place / "base", place / "no", "--no-figures", "--json", "--out", place / "runs")
    assert ran.exit_code == 0, ran.stderr
    assert ran.stderr == ""
    comparison = Comparison.from_json(ran.stdout)
    for name in ("base", "no"):
        saved = (place / name / "forecast.json").read_text(encoding="utf-8")
        assert comparison.scenarios[name].to_json() == saved
    assert comparison.contrasts["no"].title == "A short one: no_meeting"


def test_a_run_that_comes_out_otherwise_is_warned_of(place: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(place / "no", tmp_path / "no")
    text = (tmp_path / "no" / "scenario.yaml").read_text(encoding="utf-8")
    assert "probability: 0.4" in text
    (tmp_path / "no" / "scenario.yaml").write_text(text.replace("interventions:", "x-interventions:"), encoding="utf-8")
    ran = relsim("compare", tmp_path / "no", place / "base", "--out", tmp_path / "out")
    assert ran.exit_code == 2
    assert "scenario.yaml: is not what was written" in ran.stderr
    mended = text.replace("cancel: meet", "force: meet")
    (tmp_path / "no" / "scenario.yaml").write_text(mended, encoding="utf-8")
    manifest = (tmp_path / "no" / "manifest.json").read_text(encoding="utf-8")
    old, new = sha256(place / "no" / "scenario.yaml"), sha256(tmp_path / "no" / "scenario.yaml")
    (tmp_path / "no" / "manifest.json").write_text(manifest.replace(old, new), encoding="utf-8")
    ran = relsim("compare", place / "base", tmp_path / "no", "--no-figures", "--out", tmp_path / "out")
    assert ran.exit_code == 0
    assert "simulated again it gives another forecast than its forecast.json, first in outcome 'met'" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["base", "more"], "the runs 'base' and 'more' differ in paths (300 and 400)"),
        (["base"], "alone is nothing to compare"),
        (["short.yaml", "base", "--variants", "all"], "variants are compared of one file"),
        (["base", "--variants", "all"], "has no variants; a finished run keeps none"),
        (["short.yaml", "--variants", "meating"], "has no variant 'meating'; did you mean 'meeting'?"),
        (["short.yaml", "--variants", "all", "--baseline", "nobody"], "no scenario is called 'nobody'"),
        (["short.yaml", "--variants", "all", "--given", "meet"], "has no outcome 'meet'; did you mean 'met'?"),
        (["nothing.yaml", "short.yaml"], "nothing.yaml: the file does not exist"),
        (["short.yaml", "--variants", "all", "--out", "base"], "exists already; --force replaces it"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_one_line(
    place: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(place)
    before = sorted(place.rglob("*"))
    ran = relsim("compare", *arguments)
    assert ran.exit_code == 2
    assert message in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert ran.stdout == ""
    assert sorted(place.rglob("*")) == before


def test_a_fault_of_a_variant_and_a_comparison_taken_for_a_run_are_said_to_be(
    place: Path, variants: Result, tmp_path: Path
) -> None:
    file = tmp_path / "short.yaml"
    file.write_text(SCENARIO + "  brief: {window: {end: 2019-01-30}}\n", encoding="utf-8")
    ran = relsim("compare", file, "--variants", "brief", "--out", tmp_path / "out")
    assert ran.exit_code == 2
    assert "2019-02-10 lies outside the window, 2019-01-01 to 2019-01-30 (with variant 'brief')" in ran.stderr
    ran = relsim("compare", place / "base", place / "whole")
    assert ran.exit_code == 2
    assert "whole: is the folder of a comparison" in ran.stderr


def test_a_scenario_without_outcomes_is_compared_with_figures_and_report(tmp_path: Path) -> None:
    (tmp_path / "bare.yaml").write_text(
        "relsim: 1\nwindow: {start: 2019-01-01, end: 2019-01-10}\nvariables: {x: {half_life: 10 days, spread: 1}}\n"
        "quantities: {q: {value: x, on: 2019-01-10}}\n"
        "variants: {v: {interventions: {s: {on: 2019-01-05, shift: {x: 1}}}}}\n",
        encoding="utf-8",
    )
    options = ["--variants", "v", "--paths", "1", "--report", "--out"]
    ran = relsim("compare", tmp_path / "bare.yaml", *options, tmp_path / "bare")
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert (tmp_path / "bare" / "report.html").is_file()


def test_options_settle_what_runs_do_not_agree_on(place: Path, tmp_path: Path) -> None:
    out = ["--no-figures", "--json", "--out", tmp_path / "out"]
    ran = relsim("compare", place / "base", place / "more", "--paths", "128", *out)
    assert ran.exit_code == 0
    comparison = Comparison.from_json(ran.stdout)
    assert comparison.paths == 128
    assert comparison.contrasts["more"].outcomes["met"].difference.verdict == "same"


def test_the_baseline_may_be_a_variant_and_the_size_is_the_files(place: Path, tmp_path: Path) -> None:
    (tmp_path / "longer.yaml").write_text(
        SCENARIO.replace("paths: 300", "paths: 500").replace("0.01 to", "0.02 to"), encoding="utf-8"
    )
    ran = relsim("compare", place / "short.yaml", tmp_path / "longer.yaml", "--no-figures", "--out", tmp_path / "a")
    assert ran.exit_code == 0
    assert "'longer' says paths: 500; all run as 'short' does, paths: 300" in ran.stderr
    assert "── A short one (longer) ──" in ran.stdout
    ran = relsim(
        *("compare", place / "short.yaml", "--variants", "meeting", "--baseline", "meeting", "--json"),
        *("--no-figures", "--out", tmp_path / "b"),
    )
    assert Comparison.from_json(ran.stdout).baseline == "meeting"
    assert list(Comparison.from_json(ran.stdout).contrasts) == ["short"]


AGAIN = """\
relsim: 1
extends: short.yaml
window: {as_of: 2019-01-22}
history:
  news:
    covers: {from: 2019-01-01, to: 2019-01-22}
    events: [{on: 2019-01-12, event: a, note: a first act}]
"""


def test_a_longer_record_tells_which_news_moved_it(place: Path) -> None:
    (place / "again.yaml").write_text(AGAIN, encoding="utf-8")
    files = place / "short.yaml", place / "again.yaml"
    ran = relsim("compare", *files, "--no-figures", "--report", "--paths", "2000", "--out", place / "news")
    assert ran.exit_code == 0, ran.stderr
    assert max(map(len, ran.stdout.splitlines()[:-1])) <= 100
    for text in (
        "Known up to 2019-01-22, the baseline up to 2018-12-31.",
        "WHICH NEWS MOVED IT",
        "  20 January: “meet” did not happen",
        "- 12 January: a (a first act)",
        "- 13 to 19 January: nothing of what the record covers happened",
    ):
        assert text in ran.stdout
    comparison = Comparison.from_json((place / "news" / "comparison.json").read_text(encoding="utf-8"))
    assert comparison.scenarios["again"].as_of is not None
    assert len(comparison.contrasts["again"].news) == 5
    page = (place / "news" / "report.html").read_text(encoding="utf-8")
    assert "Which news moved it" in page
    assert "20 January: “meet” did not happen" in page
    without = relsim("compare", *files, "--no-figures", "--no-news", "--paths", "300", "--out", place / "no-news")
    assert without.exit_code == 0
    assert "NEWS" not in without.stdout


def test_the_record_that_knows_more_is_no_baseline_for_news(place: Path) -> None:
    (place / "again.yaml").write_text(AGAIN, encoding="utf-8")
    ran = relsim("compare", place / "again.yaml", place / "short.yaml", "--no-figures", "--out", place / "back")
    assert ran.exit_code == 0
    assert "as the baseline stands the one that knows less" in " ".join(ran.stdout.split())
    assert "WHICH NEWS" not in ran.stdout


def test_a_run_says_up_to_which_day_it_knows(place: Path) -> None:
    (place / "again.yaml").write_text(AGAIN, encoding="utf-8")
    ran = relsim("run", place / "again.yaml", "--paths", "300", "--out", place / "known")
    assert ran.exit_code == 0, ran.stderr
    assert "Known up to 2019-01-22" in ran.stdout
    text = (place / "known" / "forecast.json").read_text(encoding="utf-8")
    assert json.loads(text)["as_of"] == "2019-01-22"
    assert Forecast.from_json(text).to_json() == text
    assert "as_of" not in json.loads((place / "base" / "forecast.json").read_text(encoding="utf-8"))


CHANGES = """
relsim: 1
title: One entry a hair likelier, one event a hair more often
window: {start: 2019-01-01, end: 2019-03-31}
run: {paths: 20000, seed: 1}
variables: {x: {half_life: 10 days}}
events: {b: {rate: 2 per year}}
calendar: {a: {on: 2019-02-01, probability: 0.5}}
outcomes: {met: {happens: a}, never: {happens: b, at_least: 40}, done: {happens: b}}
quantities: {n: {count: b}}
variants:
  hair: {calendar: {a: {probability: 0.503}}}
  more: {calendar: {a: {probability: 0.53}}, events: {b: {rate: 2.004 per year}}}
"""


@pytest.mark.parametrize(
    ("ignore", "hair", "more"), [(None, "small", "small"), ("0.1", "clear", "small"), ("0", "clear", "clear")]
)
def test_what_is_clear_and_smaller_than_is_ignored_is_small(
    tmp_path: Path, ignore: str | None, hair: str, more: str
) -> None:
    """0.3 points of a meeting, and some hundredths of an event, on paired paths; quantities are never small."""
    (tmp_path / "s.yaml").write_text(CHANGES, encoding="utf-8")
    words = [] if ignore is None else ["--ignore", ignore]
    out = tmp_path / "out"
    ran = relsim("compare", tmp_path / "s.yaml", "--variants", "all", *words, "--report", "--out", out)
    assert ran.exit_code == 0, ran.stderr
    text = (out / "comparison.json").read_text(encoding="utf-8")
    comparison = Comparison.from_json(text)
    assert comparison.to_json() == text
    assert comparison.ignore == float(ignore or 0.5)
    one, two = (comparison.contrasts[name] for name in ("hair", "more"))
    assert one.outcomes["met"].difference.verdict == hair
    assert two.outcomes["done"].difference.verdict == more
    assert two.outcomes["met"].difference.verdict == "clear"
    assert one.outcomes["never"].difference.verdict != "small"
    assert two.quantities["n"].difference.verdict == "clear"
    for contrast in (one, two):
        for outcome in contrast.outcomes.values():
            d = outcome.difference
            assert (d.verdict == "small") == (
                d.low is not None
                and d.high is not None
                and d.low * d.high > 0
                and abs(d.value) < comparison.ignore / 100
            )
    page = (out / "report.html").read_text(encoding="utf-8")
    assert ("small: clear of noise, and less than" in ran.stdout) == ("small" in (hair, more))
    assert ('"verdict":"small"' in page) == ("small" in (hair, more))
    assert ("hardly rises" in one.outcomes["met"].sentence) == (hair == "small")
    assert f'"ignore":{comparison.ignore}' in page
