"""Other people's questions in, a run's own out: every row accounted for, no text obeyed."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from relsim.cli import main

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "questions"
needs_forms = pytest.mark.skipif(not SHARED.is_dir(), reason="the rows of public question sets are not at hand")
EXAMPLE = ROOT / "docs" / "examples" / "asked" / "questions.csv"
MAP = "title=Question,criteria=Details,opens=Opened,closes=Deadline,source=Link,crowd=Crowd,answer=Answer,id=No"


def relsim(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


def taken(tmp_path: Path, file: Path, form: str, *more: str | Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Document and report of an import."""
    out = tmp_path / "questions.yaml"
    ran = relsim("questions", "import", file, "--from", form, "--out", out, "--force", "--json", *more)
    assert ran.exit_code == 0, ran.stderr
    report = json.loads(ran.stdout)
    assert report["read"] == len(report["kept"]) + sum(map(len, report["dropped"].values()))
    document = yaml.safe_load(out.read_text(encoding="utf-8"))
    assert list(document["outcomes"]) == report["kept"]
    return document, report


@needs_forms
def test_forecastbench_as_published(tmp_path: Path) -> None:
    file = SHARED / "form_forecastbench_questions.json"
    answers = SHARED / "form_forecastbench_resolutions.json"
    document, report = taken(tmp_path, file, "forecastbench", "--answers", answers)
    asked = json.loads(file.read_text(encoding="utf-8"))["questions"]
    came = {r["id"]: r for r in json.loads(answers.read_text(encoding="utf-8"))["resolutions"]}
    assert report["read"] == len(asked) == 14
    assert report["with_crowd"] == report["with_answer"] == 14
    for stub, one in zip(document["outcomes"].items(), asked, strict=True):
        name, outcome = stub
        assert outcome["title"] == " ".join(one["question"].split())
        assert outcome["source"] == one["url"]
        assert str(outcome["opened"]) == one["market_info_open_datetime"][:10]
        assert str(outcome["by"]) == one["market_info_close_datetime"][:10]
        assert outcome["crowd"]["value"] == float(one["freeze_datetime_value"])
        assert document["resolution"][name]["value"] is (came[one["id"]]["resolved_to"] == 1.0)


@needs_forms
def test_good_judgment_as_published(tmp_path: Path) -> None:
    file = SHARED / "form_gjp_ifps.csv"
    document, report = taken(tmp_path, file, "gjp")
    rows = list(csv.DictReader(io.StringIO(file.read_bytes().decode("latin-1"))))
    binary = [row for row in rows if row["options"].strip() == "(a) Yes, (b) No"]
    assert report["read"] == len(rows) == 30
    assert len(report["kept"]) == len(binary) == 25
    assert len(report["dropped"]["other answers than yes and no"]) == 5
    for name, row in zip(document["outcomes"], binary, strict=True):
        came = document["resolution"][name]
        if row["q_status"] == "voided":
            assert came["void"] is True
        else:
            assert came["value"] is (row["outcome"] == "a")
    first = document["outcomes"][report["kept"][0]]
    assert (str(first["opened"]), str(first["by"])) == ("2011-09-01", "2011-12-31")


def post(number: int, **question: Any) -> dict[str, Any]:
    """A post of Metaculus's API, as its public documentation has it."""
    asked = {
        "type": "binary",
        "title": f"Question {number}",
        "resolution_criteria": "If so.",
        "fine_print": "",
        "open_time": "2026-01-05T12:00:00Z",
        "scheduled_close_time": "2026-06-30T23:59:00Z",
        "actual_resolve_time": None,
        "resolution": None,
        "aggregations": {"recency_weighted": {"history": [{"centers": [0.31]}, {"centers": [0.7]}], "latest": None}},
        **question,
    }
    return {"id": number, "title": asked["title"], "question": asked}


def test_metaculus_posts(tmp_path: Path) -> None:
    posts = [
        post(1, resolution="yes", actual_resolve_time="2026-05-01T00:00:00Z"),
        post(2, resolution="no"),
        post(3, resolution="annulled"),
        post(4),
        post(5, type="numeric"),
        post(6, scheduled_close_time=None),
        {"id": 7, "title": "A notebook", "notebook": {}},
        {
            "id": 8,
            "title": "A group",
            "group_of_questions": {"questions": [post(81)["question"] | {"id": 81, "aggregations": None}]},
        },
    ]
    file = tmp_path / "posts.json"
    file.write_text(json.dumps({"count": 8, "next": None, "results": posts}), encoding="utf-8")
    document, report = taken(tmp_path, file, "metaculus")
    assert report["read"] == 8
    assert report["dropped"] == {
        "other answers than yes and no": ["5"],
        "no closing date": ["6"],
        "no question of its own (a notebook or a conditional pair)": ["7"],
    }
    outcomes, came = document["outcomes"], document["resolution"]
    assert outcomes["question_1"]["crowd"] == 0.31
    assert outcomes["question_1"]["source"] == "https://www.metaculus.com/questions/1/"
    assert str(outcomes["question_1"]["opened"]) == "2026-01-05"
    assert str(outcomes["question_1"]["by"]) == "2026-06-30"
    assert (came["question_1"]["value"], str(came["question_1"]["on"])) == (True, "2026-05-01")
    assert came["question_2"]["value"] is False
    assert came["question_3"]["void"] is True
    assert set(came) == {"question_1", "question_2", "question_3"}


def test_metaculus_export(tmp_path: Path) -> None:
    head = "Question ID,Question URL,Question Title,Label,Question Type,Open Time,Scheduled Close Time,Resolution"
    lines = [
        "11,https://m/11/,Will it?,,binary,2026-01-05 10:00:00+00:00,2026-03-01 10:00:00+00:00,yes",
        "12,https://m/12/,How many?,,numeric,2026-01-05 10:00:00+00:00,2026-03-01 10:00:00+00:00,7",
    ]
    file = tmp_path / "question_data.csv"
    file.write_text("\n".join([f"{head},Resolution Known Time", *(f"{line}," for line in lines)]), encoding="utf-8")
    document, report = taken(tmp_path, file, "metaculus")
    assert report["dropped"] == {"other answers than yes and no": ["12"]}
    assert document["resolution"]["it"]["value"] is True


def test_any_csv_with_a_map(tmp_path: Path) -> None:
    document, report = taken(tmp_path, EXAMPLE, "csv", "--map", MAP)
    assert report["dropped"] == {"an answer that is neither yes nor no": ["3"]}
    names = report["kept"]
    assert [document["outcomes"][name].get("crowd") for name in names] == [0.62, 0.9, 0.45]
    assert list(document["resolution"]) == names[:2]


def test_stubs_are_completed_and_then_valid(tmp_path: Path) -> None:
    _, report = taken(tmp_path, EXAMPLE, "csv", "--map", MAP)
    out = tmp_path / "questions.yaml"
    ran = relsim("validate", out)
    assert ran.exit_code == 2
    for name in report["kept"]:
        assert f"outcomes.{name}: says no outcome; one of happens, in_force, value" in ran.stderr
    assert ran.stderr.count("says no outcome") == 3
    text = out.read_text(encoding="utf-8").replace("    criteria:", "    happens: a\n    criteria:")
    frame = "window: {start: 2019-05-15, end: 2019-12-31}\nvariables: {x: {half_life: 8 days}}\n"
    out.write_text(text + frame + "events: {a: {rate: 0.01 per day}}\n", encoding="utf-8")
    ran = relsim("validate", out)
    assert ran.exit_code == 0, ran.stderr


ODD = 'title,when,crowd\n"=HYPERLINK(""http://x"")",2026-01-01,\n'


@pytest.mark.parametrize(
    ("text", "kept", "reason"),
    [
        (ODD, 1, None),
        ("title,when,crowd\n\x1b[31mRed\x07 alert,2026-01-01,\n", 1, None),
        ("title,when,crowd\n!!python/object:os.system {},2026-01-01,\n", 1, None),
        ('title,when,crowd\nok,2026-01-01,\n"' + "x" * 300_000 + '",2026-01-01,\n', 1, "a text of more than 20,000"),
        ("title,when,crowd\nok,2026-01-01,\nshort\n", 1, "not the 3 cells of the first line"),
        ("title,when,crowd\nok,2026-01-01,\n,2026-01-01,\n", 1, "no text of the question"),
        ("title,when,crowd\nok,2026-01-01,\nx,2026-13-01,\n", 1, "a date that cannot be read"),
        ("title,when,crowd\nok,2026-01-01,\nx,1026-01-01,\n", 1, "a date that cannot be meant"),
        ("title,when,crowd\nok,2026-01-01,\nx,,\n", 1, "no closing date"),
        ("title,when,crowd\nok,2026-01-01,\nx,2026-01-01,1.5\n", 1, "a crowd's probability that is none"),
        ("title,when,crowd\nok,2026-01-01,\nok,2026-01-01,\n", 2, None),
    ],
)
def test_odd_rows(tmp_path: Path, text: str, kept: int, reason: str | None) -> None:
    file = tmp_path / "odd.csv"
    file.write_text(text, encoding="utf-8")
    document, report = taken(tmp_path, file, "csv", "--map", "title=title,closes=when,crowd=crowd")
    assert len(report["kept"]) == kept == len(set(report["kept"]))
    assert [key[: len(reason)] for key in report["dropped"]] == ([reason] if reason else [])
    written = (tmp_path / "questions.yaml").read_text(encoding="utf-8")
    assert all(c.isprintable() or c == "\n" for c in written)
    if text is ODD:
        assert next(iter(document["outcomes"].values()))["title"] == '=HYPERLINK("http://x")'


@pytest.mark.parametrize(
    ("form", "text", "more", "said"),
    [
        ("forecastbench", "{", [], "not readable as JSON"),
        ("forecastbench", "[]", [], "no 'questions' in it"),
        ("gjp", "a,b\n1,2\n", [], "the column 'ifp_id' is missing"),
        ("metaculus", '{"x": 1}', [], "no posts in it"),
        ("csv", "a,b\n1,2\n", [], "--map: 'title' is missing"),
        ("csv", "a,b\n1,2\n", ["--map", "title=a"], "--map: 'closes' is missing"),
        ("csv", "a,b\n1,2\n", ["--map", "title=a,closes=c"], "the column 'c' is missing"),
        ("csv", "a,b\n1,2\n", ["--map", "titel=a,closes=b"], "unknown field 'titel'"),
        ("csv", "a,b\n1,x\n", ["--map", "title=a,closes=b"], "no question that can be taken of 1 read"),
        ("gjp", "a,b\n1,2\n", ["--map", "title=a"], "--map"),
    ],
)
def test_what_is_not_of_the_form_is_refused(tmp_path: Path, form: str, text: str, more: list[str], said: str) -> None:
    file = tmp_path / "file.txt"
    file.write_text(text, encoding="utf-8")
    ran = relsim("questions", "import", file, "--from", form, "--out", tmp_path / "q.yaml", *more)
    assert ran.exit_code == 2
    assert said in ran.stderr
    assert not (tmp_path / "q.yaml").exists()


def test_a_document_is_not_replaced_unasked(tmp_path: Path) -> None:
    (tmp_path / "q.yaml").write_text("mine", encoding="utf-8")
    ran = relsim("questions", "import", EXAMPLE, "--from", "csv", "--map", MAP, "--out", tmp_path / "q.yaml")
    assert ran.exit_code == 2
    assert (tmp_path / "q.yaml").read_text(encoding="utf-8") == "mine"


def test_export_of_a_run(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(
        "relsim: 1\ntitle: S\nwindow: {start: 2019-01-01, end: 2019-02-10}\nrun: {paths: 256}\n"
        "variables: {x: {half_life: 8 days}}\nevents: {a: {rate: 0.02 per day}}\n"
        'outcomes: {met: {title: "=cmd()|A1", happens: a, by: 2019-01-20, source: "@link", crowd: 0.4}}\n',
        encoding="utf-8",
    )
    assert relsim("run", tmp_path / "s.yaml", "--no-figures", "--out", tmp_path / "run").exit_code == 0
    p = json.loads((tmp_path / "run" / "forecast.json").read_text())["outcomes"]["met"]["probability"]
    text = relsim("questions", "export", tmp_path / "run", "--to", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert (rows[0]["title"], rows[0]["source"]) == ("'=cmd()|A1", "'@link")
    assert (float(rows[0]["probability"]), rows[0]["due"]) == (pytest.approx(p, rel=1e-5), "2019-01-20")
    out = tmp_path / "q.json"
    assert relsim("questions", "export", tmp_path / "run", "--to", "json", "--out", out).exit_code == 0
    told = json.loads(out.read_text(encoding="utf-8"))
    assert (told[0]["probability"], told[0]["crowd"], told[0]["title"]) == (p, 0.4, "=cmd()|A1")
    assert relsim("questions", "export", tmp_path / "run", "--to", "json", "--out", out).exit_code == 2
