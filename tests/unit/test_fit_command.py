"""``relsim fit`` as a user meets it: round trip through a weights file, tables of all kinds, errors in one line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from relsim.cli import main

ROOT = Path(__file__).parents[2]
EXAMPLE, TABLE = ROOT / "docs/examples/fit.yaml", ROOT / "docs/examples/fit.csv"


def relsim(*words: object):
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def fitted(tmp_path_factory) -> Path:
    """A folder in which the example was fitted."""
    folder = tmp_path_factory.mktemp("fit")
    ran = relsim("fit", EXAMPLE, "--events", TABLE, "--out", folder / "fitted.yaml")
    assert ran.exit_code == 0, ran.output
    return folder


def test_the_weights_file_reads_back_to_the_posterior(fitted):
    """Medians and 90 % ranges of the model under the file are those of the report, but for noise and rounding."""
    from relsim.compose import load
    from relsim.model import build

    report = json.loads((fitted / "fitted-fit/fit.json").read_text())
    model = build(load(EXAMPLE, weights=[fitted / "fitted.yaml"]).scenario)
    theta = model.draw(1, 8192).theta
    place = {w.path: i for i, w in enumerate(model.weights)}
    divided = {"events/accusation/rate": "accusation.us", "events/talks/rate": "talks"}
    units = {"per month": 12 / 365.25, "per year": 1 / 365.25, "weeks": 7, "days": 1, "": 1}
    assert len(report["weights"]) == len(model.weights)
    for weight in report["weights"]:
        values = theta[:, place[weight["path"]]] / units[weight["unit"]]
        if weight["path"] in divided:
            values = values * report["noise"][divided[weight["path"]]]["divided_by"]
        found = np.quantile(values, [0.05, 0.95])
        wanted = np.array([weight["posterior"]["low"], weight["posterior"]["high"]])
        # Five standard errors of a 5 % quantile of 8,192 normals, in units of the 90 % range.
        assert (np.abs(found - wanted) < 5 * 0.0233 / 3.29 * (wanted[1] - wanted[0])).all(), weight["path"]
    assert len(model.scenario.correlation_of_weights) > 5


def test_a_run_takes_the_weights_file(fitted):
    ran = relsim("run", EXAMPLE, "--weights", fitted / "fitted.yaml", "--paths", 256, "--no-figures",
                 "--out", fitted / "run")  # fmt: skip
    assert ran.exit_code == 0, ran.output


def test_the_report_has_its_files_and_adds_up(fitted):
    folder = fitted / "fitted-fit"
    assert {p.name for p in (folder / "figures").iterdir()} == {"weights.png", "intensity.png", "checks.png"}
    report = json.loads((folder / "fit.json").read_text())
    for share in report["shares"]:
        assert share["unprompted"] + sum(share["sources"].values()) == pytest.approx(1, abs=1e-9)
    for residual in report["residuals"]:
        name = residual["event"]
        assert sum(report["intensity"][name]["observed"]) == residual["observed"]
        assert sum(report["intensity"][name]["expected"]) == pytest.approx(residual["expected"])
        assert sum(s["observed"] for s in residual["weekdays"]) == residual["observed"]
    assert sum(r["observed"] for r in report["residuals"]) == report["events"] == 255


def test_nothing_is_overwritten_unless_forced(fitted):
    ran = relsim("fit", EXAMPLE, "--events", TABLE, "--out", fitted / "fitted.yaml")
    assert ran.exit_code == 2
    assert "exists already" in ran.output


def evaluated(*words: object) -> dict:
    ran = CliRunner().invoke(main, ["fit", str(EXAMPLE), "--evaluate", "--json", *map(str, words)])
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)


def test_evaluation_takes_days_and_missing_days(tmp_path):
    whole = evaluated("--events", TABLE)
    assert whole["days"] == 1096
    assert whole["log_likelihood"] == pytest.approx(sum(e["log_likelihood"] for e in whole["events"].values()))
    part = evaluated("--events", TABLE, "--from", "2017-01-01", "--to", "2017-12-31")
    assert part["days"] == part["events"]["talks"]["days"] == 365
    silent = tmp_path / "missing.txt"
    silent.write_text("2017-03-01\n2017-03-02  \n# a comment\n")
    for missing in (f"@{silent}", "2017-03-01,2017-03-02"):
        assert evaluated("--events", TABLE, "--missing", missing)["events"]["talks"]["days"] == 1094


def test_a_layer_needs_neither_window_nor_question(tmp_path):
    """The same numbers without them; without events there is nothing to fit."""
    text = EXAMPLE.read_text()
    lines = [line for line in text.splitlines() if not line.startswith(("window:", "outcomes:", "  incident: {title"))]
    (tmp_path / "layer.yaml").write_text("\n".join(lines) + "\n")
    (tmp_path / "empty.yaml").write_text("relsim: 1\nvariables: {x: {half_life: 3 days}}\n")
    whole, layer, empty = (
        relsim("fit", file, "--events", TABLE, "--evaluate", "--json")
        for file in (EXAMPLE, tmp_path / "layer.yaml", tmp_path / "empty.yaml")
    )
    assert layer.exit_code == 0, layer.output
    assert layer.stdout == whole.stdout
    assert empty.exit_code == 2
    assert "no event is defined; at least one was expected under 'events'" in empty.output


def test_evaluation_equals_the_oracle():
    """The example's log-likelihood, as printed, against plain numpy and scipy, to 1e-8."""
    import csv
    from datetime import date

    from oracle.likelihood import log_likelihood

    from relsim.compose import load

    scenario = load(EXAMPLE).scenario
    names = list(scenario.events)
    counts = np.zeros((1096, len(names)), int)
    with TABLE.open() as stream:
        for row in csv.DictReader(stream):
            name = ".".join(filter(None, (row["event"], row["by"])))
            counts[(date.fromisoformat(row["date"]) - date(2016, 1, 1)).days, names.index(name)] += int(row["count"])

    def read(number):
        return number.share * number.quantity.central()

    expected, _ = log_likelihood(scenario, read, date(2016, 1, 1), counts, np.ones(counts.shape, bool))
    assert evaluated("--events", TABLE)["log_likelihood"] == pytest.approx(expected.sum(), rel=1e-8)


def test_a_table_without_coverage_is_complete_for_what_occurs(tmp_path):
    table = tmp_path / "plain.csv"
    table.write_text("date,event,by\n2018-01-01,accusation,us\n2018-03-01,talks,\n2018-02-01,parade,us\n")
    ran = relsim("fit", EXAMPLE, "--events", table, "--evaluate", "--json")
    found = json.loads(ran.stdout)
    assert list(found["events"]) == ["accusation.us", "talks"]
    assert found["days"] == 60
    assert "does not say what it covers" in ran.stderr
    assert "parade by us (1)" in ran.stderr
    more = evaluated("--events", table, "--types", "incident")
    assert more["events"]["incident"] == {"log_likelihood": pytest.approx(-60 * 0.7745966692414834 / 365.25),
                                          "days": 60, "observed": 0}  # fmt: skip


def test_a_type_left_aside_is_no_evidence():
    found = evaluated("--events", TABLE, "--without", "accusation")
    assert list(found["events"]) == ["talks", "incident"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--evaluate", "--events", "no.csv"), "no.csv"),
        (("--events", TABLE), "--out"),
        (("--evaluate", "--events", TABLE, "--missing", "tomorrow"), "'tomorrow' is neither a date"),
        (("--evaluate", "--events", TABLE, "--types", "acusation"), "did you mean 'accusation"),
        (("--evaluate", "--events", TABLE, "--from", "2030-01-01", "--to", "2030-02-01"), "no event of the scenario"),
        (("--out", "x.yaml", "--events", TABLE, "--only", "events/acusation/rate"), "did you mean 'events/accusation"),
        (("--out", "x.yaml", "--events", TABLE, "--fix", "*"), "nothing to fit"),
        (("--out", TABLE / "x.yaml", "--events", TABLE), "Not a directory"),
        (("--out", "x.yaml", "--report", ROOT / "docs", "--events", TABLE), "docs: exists already"),
    ],
)
def test_wrong_input_is_told_in_a_line(words, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = relsim("fit", EXAMPLE, *words)
    assert ran.exit_code == 2, ran.output
    assert said in ran.output
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "the table holds no event"),
        (["2018-01-03,word,us,1"], "no row of the table is an event of the scenario"),
        (["2018-01-03,accusation,us,700000", "2018-01-03,accusation,us,700000"], "1,400,000 events 'accusation.us' on"),
        (["1818-01-03,accusation,us,1", "2018-01-03,accusation,us,1"], "more than a hundred years"),
    ],
)
def test_a_table_that_is_a_mistake_is_told_in_a_line(rows, said, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("\n".join(["date,event,by,count", *rows]) + "\n")
    ran = relsim("fit", EXAMPLE, "--events", table, "--evaluate")
    assert ran.exit_code == 2, ran.output
    assert said in ran.output
    assert ran.output == ran.output.rstrip() + "\n"


def test_a_table_covered_and_wholly_quiet_is_evidence(tmp_path):
    """The log-likelihood of no event at all is the less, the longer it was quiet; of no covered day there is none."""
    table = tmp_path / "table.csv"
    table.write_text("date,event,by,count\n")
    about = {"scheme": None, "values": {}, "covers": {"from": "2016-01-01", "to": "2016-12-31"}, "missing": []}
    found = {}
    for types in (["talks"], ["talks", "incident"]):
        (tmp_path / "table.csv.json").write_text(json.dumps({**about, "types": types}))
        for last in ("2016-01-31", "2016-12-31"):
            ran = relsim("fit", EXAMPLE, "--events", table, "--evaluate", "--to", last, "--json")
            assert ran.exit_code == 0, ran.output
            found[len(types), last] = json.loads(ran.stdout)["log_likelihood"]
    assert 0 > found[1, "2016-01-31"] > found[1, "2016-12-31"] > found[2, "2016-12-31"]
    ran = relsim("fit", EXAMPLE, "--events", table, "--evaluate", "--from", "2030-01-01", "--to", "2030-02-01")
    assert (ran.exit_code, "the table has no event of the scenario" in ran.output) == (2, True)


def test_days_that_the_table_does_not_cover_are_told_of():
    ran = relsim("fit", EXAMPLE, "--events", TABLE, "--evaluate", "--from", "2015-12-01")
    assert "the table covers 2016-01-01 … 2018-12-31; days before and after are no evidence" in ran.stderr


def test_counts_beyond_all_reason_warn_in_words_alone(tmp_path, recwarn):
    """Weights far out in their priors' tails overflow; they are unstable models, and nothing else is said of it."""
    table = tmp_path / "table.csv"
    rows = ["2018-01-03,accusation,us,100000", "2018-01-04,accusation,us,100000", "2018-02-03,talks,,1"]
    table.write_text("\n".join(["date,event,by,count", *rows]) + "\n")
    ran = relsim("fit", EXAMPLE, "--events", table, "--out", tmp_path / "fitted.yaml", "--no-figures")
    assert ran.exit_code == 0, ran.output
    assert not [w for w in recwarn if issubclass(w.category, RuntimeWarning)]


def test_what_the_scenario_rules_out_is_named(tmp_path):
    """An event whose rate is 0 happened: evaluation says −∞ (null) and where, fitting stops."""
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text(EXAMPLE.read_text().replace("incident: {rate: 0.3 to 2 per year,", "incident: {rate: 0,"))
    ran = relsim("fit", scenario, "--events", TABLE, "--evaluate", "--json")
    found = json.loads(ran.stdout)
    assert found["log_likelihood"] is None
    assert "'incident' happened on 2018-10-2" in found["impossible"][0]
    ran = relsim("fit", scenario, "--events", TABLE, "--out", tmp_path / "out.yaml")
    assert ran.exit_code == 1
    assert "'incident' happened on" in ran.output
    assert not (tmp_path / "out.yaml").exists()


def test_the_same_fit_gives_the_same_bytes_on_any_number_of_threads(fitted, tmp_path):
    ran = relsim("fit", EXAMPLE, "--events", TABLE, "--out", tmp_path / "again.yaml", "--workers", 1, "--no-figures")
    assert ran.exit_code == 0
    assert (tmp_path / "again-fit/fit.json").read_bytes() == (fitted / "fitted-fit/fit.json").read_bytes()
    assert (tmp_path / "again.yaml").read_text() == (fitted / "fitted.yaml").read_text()


CEILINGS = """\
relsim: 1
window: {start: 2019-01-01, end: 2019-03-31}
variables: {x: {half_life: 10 days}}
events: {a: {rate: 2 to 5 per month}, b: {rate: 1 to 3 per month, at_most: 2, ever: true}}
outcomes: {a: {happens: a}}
"""
ROWS = ["2018-01-05,a", "2018-02-05,a", "2018-02-07,b", "2018-02-08,b", "2018-03-05,a"]


def with_ceilings(folder: Path, rows: list[str] = ROWS) -> None:
    (folder / "s.yaml").write_text(CEILINGS, encoding="utf-8")
    (folder / "t.csv").write_text("\n".join(["date,event", *rows]) + "\n", encoding="utf-8")
    about = {"scheme": None, "values": {}, "covers": {"from": "2018-01-01", "to": "2018-06-30"}, "missing": []}
    (folder / "t.csv.json").write_text(json.dumps({**about, "types": ["a", "b"]}), encoding="utf-8")


def test_what_a_ceiling_does_to_the_record_is_said(tmp_path, monkeypatch):
    """Held at a tenth of the least rate nothing is left to hear; the ceilings are told before that is."""
    monkeypatch.chdir(tmp_path)
    with_ceilings(tmp_path)
    words = ("fit", "s.yaml", "--events", "t.csv", "--out", "w.yaml", "--no-figures")
    ran = relsim(*words, "--set", "run/max_per_day=0.01")
    assert ran.exit_code == 1
    spent = "b: at_most = 2 lets none through from 2018-02-09 on; 142 days say nothing of its rate"
    told = ran.stderr.index("a: its rate is held at max_per_day = 0.01 on 100 % of the days")
    assert told < ran.stderr.index(spent) < ran.stderr.index("the record has nothing to say")
    assert not (tmp_path / "w.yaml").exists()
    ran = relsim(*words)
    assert ran.exit_code == 0, ran.stderr
    assert f"warning: {spent}" in ran.stderr
    assert "max_per_day" not in ran.stderr


def test_days_after_a_spent_ceiling_tell_nothing_of_the_rate(tmp_path, monkeypatch):
    """Half a year or a month and a half: b's posterior is the same, since after the second b none can come."""
    monkeypatch.chdir(tmp_path)
    with_ceilings(tmp_path)
    found = []
    for last in ("2018-02-08", "2018-06-30"):
        ran = relsim("fit", "s.yaml", "--events", "t.csv", "--only", "events/b/*", "--to", last, "--json",
                     "--out", f"{last}.yaml", "--no-figures")  # fmt: skip
        assert ran.exit_code == 0, ran.stderr
        found.append(json.loads(ran.stdout)["weights"][0]["posterior"]["median"])
    assert found[0] == pytest.approx(found[1], rel=1e-3)


def test_a_quiet_table_is_fitted_to(tmp_path, monkeypatch):
    """Half a covered year without an event pulls both rates down."""
    monkeypatch.chdir(tmp_path)
    with_ceilings(tmp_path, [])
    ran = relsim("fit", "s.yaml", "--events", "t.csv", "--out", "w.yaml", "--no-figures", "--json")
    assert ran.exit_code == 0, ran.stderr
    weights = json.loads(ran.stdout)["weights"]
    assert [w["path"] for w in weights] == ["events/a/rate", "events/b/rate"]
    assert all(w["posterior"]["high"] < w["prior"]["median"] for w in weights)


def test_what_would_not_run_is_not_said_to_be_written(tmp_path, monkeypatch):
    """The file that was to be written is the one named, and neither it nor the report is left."""
    from relsim.api import fitted

    monkeypatch.chdir(tmp_path)
    with_ceilings(tmp_path)
    monkeypatch.setattr(fitted, "_text", lambda inputs, found: "relsim: 1\nevents: {a: {rate: -1 per month}}\n")
    ran = relsim("fit", "s.yaml", "--events", "t.csv", "--out", "w.yaml", "--no-figures")
    assert ran.exit_code == 2
    assert "w.yaml:2:20: events.a.rate: " in ran.stderr
    assert "Written" not in ran.output
    assert sorted(p.name for p in tmp_path.iterdir()) == ["s.yaml", "t.csv", "t.csv.json"]


def test_the_written_file_is_drawn_from_as_a_run_does(tmp_path, monkeypatch):
    """A doubt of which one draw in six is an unstable model: what a run refuses is not written."""
    from relsim.api import fitted

    monkeypatch.chdir(tmp_path)
    with_ceilings(tmp_path)
    text = "relsim: 1\nrun: {paths: 20000}\nevents: {a: {excited_by: {a: {events: 0.7 ± 0.3, half_life: 2 days}}}}\n"
    monkeypatch.setattr(fitted, "_text", lambda inputs, found: text)
    ran = relsim("fit", "s.yaml", "--events", "t.csv", "--out", "w.yaml", "--no-figures")
    assert ran.exit_code == 2
    assert "w.yaml:3:39: events.a.excited_by.a.events: " in ran.stderr
    assert "branching ratio" in ran.stderr
    assert "Written" not in ran.output
    assert not list(tmp_path.glob("w*"))
