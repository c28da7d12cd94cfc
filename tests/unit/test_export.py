"""``relsim export``: what stands in a workbook, a document and Markdown is what stands in the run."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from docx import Document

from relsim.cli import main
from relsim.show.workbook import number_format

HOSTILE = """\
relsim: 1
title: "=HYPERLINK(1)"
window: {start: 2019-01-01, end: 2019-03-31}
variables: {tone: {baseline: -2, half_life: 2 to 5 weeks}}
events:
  strike: {label: "@strike", rate: {value: 3 to 8 per year, source: "-1+1"}, effects: {tone: -1 ± 0.4}}
calendar:
  talks: {label: "+talks", on: 2019-02-01, probability: 0.5 to 0.7, effects: {tone: 2}}
outcomes:
  struck: {title: "=1+1", happens: strike}
  met: {title: "<b>[They] | meet*", happens: talks}
quantities:
  strikes: {title: "-2+3", count: strike}
variants:
  peace: {title: "Peace: [none] / of * it ? at all, and a long name", events: {strike: {rate: 0}}}
"""


def call(*words: object) -> Result:
    return CliRunner().invoke(main, list(map(str, words)))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    (folder / "s.yaml").write_text(HOSTILE, encoding="utf-8")
    done = call("run", folder / "s.yaml", "--paths", "600", "--no-figures", "--out", folder / "run")
    assert done.exit_code == 0, done.stderr
    compared = ("compare", folder / "s.yaml", "--variants", "all", "--paths", "600", "--no-figures")
    assert call(*compared, "--out", folder / "compared").exit_code == 0
    return folder


def exported(run: Path, form: str) -> Path:
    out = run.with_name(f"{run.name}.{form}")
    done = call("export", run, "--to", form, "--force")
    assert (done.exit_code, done.stdout) == (0, f"Written to {out}\n"), done.stderr
    return out


def test_numbers_of_a_workbook_are_the_forecast_s_and_texts_are_texts(place: Path) -> None:
    forecast = json.loads((place / "run" / "forecast.json").read_text(encoding="utf-8"))
    book = openpyxl.load_workbook(exported(place / "run", "xlsx"))
    assert book.sheetnames[:6] == ["About", "Outcomes", "Quantities", "Calendar", "Events in the window", "Parameters"]
    sheet = book["Outcomes"]
    heads = [cell.value for cell in sheet[1]]
    assert heads == [
        "Outcome",
        "probability",
        "95 % interval, low",
        "95 % interval, high",
        "parameter range, 5–95 %, low",
        "parameter range, 5–95 %, high",
        "median date",
    ]
    for row, outcome in zip(sheet.iter_rows(min_row=2), forecast["outcomes"].values()):
        assert row[0].value == outcome["title"]
        keys = ("probability", "low", "high", "weights_low", "weights_high")
        assert [cell.value for cell in row[1:6]] == [pytest.approx(outcome[key]) for key in keys]
        assert row[1].number_format == '0.0" "%'
        assert row[6].value == datetime.fromisoformat(outcome["first_date"]["p50"])
    texts = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert {"=1+1", "-2+3", "+talks", "@strike", "-1+1", "=HYPERLINK(1)"} <= {cell.value for cell in texts}
    for cell in texts:
        assert cell.data_type == "s"
        assert cell.value[:1] not in ("=", "+", "-", "@") or (cell.number_format == "@" and cell.quotePrefix)


def test_parameters_have_their_doubt_and_source(place: Path) -> None:
    sheet = openpyxl.load_workbook(exported(place / "run", "xlsx"))["Parameters"]
    rows = {row[0]: row for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert rows["events/strike/rate"][2:9] == (4.899, 3, 8, "per year", "elicited", "-1+1", None)
    assert all(str(row[9]).startswith("scenario.yaml:") for row in rows.values()), "no folder of this machine"


def test_a_document_reads_as_the_tables_do(place: Path) -> None:
    document = Document(str(exported(place / "run", "docx")))
    assert document.core_properties.title == "=HYPERLINK(1)"
    first = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert [row[0] for row in first] == ["Outcome", "=1+1", "<b>[They] | meet*"]
    forecast = json.loads((place / "run" / "forecast.json").read_text(encoding="utf-8"))
    assert first[1][1] == f"{100 * forecast['outcomes']['struck']['probability']:.1f} %"
    captions = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Caption"]
    assert captions
    assert len(document.inline_shapes) == len(captions)


def test_markdown_names_figures_that_stand_beside_it(place: Path) -> None:
    text = exported(place / "run", "md").read_text(encoding="utf-8")
    assert "| \\<b\\>\\[They\\] \\| meet\\* |" in text
    figures = [line.partition("](<")[2].removesuffix(">)") for line in text.splitlines() if line.startswith("![")]
    assert figures
    assert all((place / figure).is_file() for figure in figures)
    assert {f"run-figures/{file.name}" for file in (place / "run-figures").iterdir()} == set(figures)


@pytest.mark.parametrize("form", ["xlsx", "docx", "md"])
def test_a_comparison_is_exported_too(place: Path, form: str) -> None:
    out = exported(place / "compared", form)
    comparison = json.loads((place / "compared" / "comparison.json").read_text(encoding="utf-8"))
    difference = comparison["contrasts"]["peace"]["outcomes"]["struck"]["difference"]
    if form == "xlsx":
        book = openpyxl.load_workbook(out)
        assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in book.sheetnames)
        rows = {row[0]: row for row in book[book.sheetnames[1]].iter_rows(values_only=True) if row[0]}
        assert rows["=1+1"][3:6] == tuple(pytest.approx(100 * difference[key]) for key in ("value", "low", "high"))
        assert any(name.startswith("Parameters") for name in book.sheetnames)
    elif form == "docx":
        texts = [paragraph.text for paragraph in Document(str(out)).paragraphs]
        assert "Peace: [none] / of * it ? at all, and a long name (peace)" in texts
    else:
        assert "## Peace: \\[none\\] / of \\* it ? at all, and a long name (peace)" in out.read_text(encoding="utf-8")


def test_what_exists_is_kept_unless_forced(place: Path, tmp_path: Path) -> None:
    for form in ("xlsx", "md"):
        out = tmp_path / f"kept.{form}"
        out.write_text("mine")
        done = call("export", place / "run", "--out", out)
        assert (done.exit_code, done.stderr) == (2, f"{out}: exists already; --force replaces it\n")
        assert out.read_text() == "mine"
    (tmp_path / "other-figures").mkdir()
    done = call("export", place / "run", "--out", tmp_path / "other.md")
    assert (done.exit_code, done.stderr) == (2, f"{tmp_path / 'other-figures'}: exists already; --force replaces it\n")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["kept.md", "kept.xlsx", "other-figures"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--out", "x.pdf"], "x.pdf: found '.pdf'; a result is exported to .xlsx, .docx or .md"),
        (["--to", "docx", "--out", "x.md"], "x.md: found '.md', and --to docx; name a file that ends in .docx"),
        ([], "say what to write: --to xlsx, --to docx, --to md, or --out with such an end"),
    ],
)
def test_a_wrong_call_gets_one_line(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = call("export", place / "run", *words)
    assert (done.exit_code, done.stderr, done.stdout) == (2, f"{message}\n", "")
    assert not list(tmp_path.iterdir())


def test_a_bad_run_leaves_nothing(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place / "run", tmp_path / "bad")
    (tmp_path / "bad" / "forecast.json").write_text("{}")
    for run in (tmp_path / "bad", tmp_path / "none"):
        done = call("export", run, "--to", "md")
        assert done.exit_code == 2
        assert done.stderr.startswith(str(run))
        assert len(done.stderr.splitlines()) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["bad"]


def test_a_missing_library_is_named(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relsim.api.exporting.find_spec", lambda name: None)
    done = call("export", place / "run", "--out", tmp_path / "x.xlsx")
    assert (done.exit_code, done.stderr) == (2, "exporting to xlsx needs XlsxWriter: pip install 'relsim[export]'\n")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("55 %", '0" "%'),
        ("1,234.5", "#,##0.0"),
        ("~ +0.2", '"~ +"0.0;"~ −"0.0;"~ "0.0'),
        ("−3", '0;"−"0;0'),
        ("+0.35 sd", '"+"0.00" sd";"−"0.00" sd";0.00" sd"'),
        ("same", '"same"'),
        ("<1 %", '"<"0" "%;"<−"0" "%;"<"0" "%'),
    ],
)
def test_a_number_is_shown_as_it_is_read(text: str, form: str) -> None:
    assert number_format(text) == form
