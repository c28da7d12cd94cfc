"""The Python door: the same numbers as the command line, frozen values, and nothing that was not asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from click.testing import CliRunner

import relsim
from relsim.cli import main

pd = pytest.importorskip("pandas")

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
OSAKA, FIRST = str(EXAMPLES / "osaka.yaml"), str(EXAMPLES / "first.yaml")
TEXT = (EXAMPLES / "osaka.yaml").read_text(encoding="utf-8")


def printed(*words: str) -> str:
    """What a command prints."""
    ran = CliRunner().invoke(main, list(words))
    assert ran.exit_code == 0, ran.output
    return ran.stdout


@pytest.fixture(scope="module")
def forecast() -> relsim.Forecast:
    return relsim.load(FIRST).run(paths=600, seed=3)


def test_importing_is_light() -> None:
    code = "import sys, relsim; print(*(m for m in sys.modules if m.split('.')[0] in sys.argv[1].split()))"
    heavy = "numpy numba scipy matplotlib duckdb pandas pydantic ruamel click rich"
    ran = subprocess.run([sys.executable, "-c", code, heavy], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []


def test_a_public_function_stays_one_beside_its_room() -> None:
    """Whatever was imported before; and what stands in the room is found where it is looked for."""
    code = """
import relsim.compare.news as news
import relsim, relsim.track, relsim.drivers.design
from relsim.compare import plan_news
assert relsim.compare.news is news and relsim.compare.plan_news is plan_news
print(relsim.compare.__name__, relsim.compare.__module__, relsim.compare.__doc__[:8], relsim.drivers, relsim.track)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("compare relsim.api.comparison Simulate <function drivers")
    assert "<function track" in ran.stdout


def test_a_run_is_that_of_the_command(tmp_path: Path) -> None:
    words = ("--paths", "600", "--seed", "3", "--set", "events/incident/rate=1 per year", "--no-figures", "--json")
    wanted = printed("run", FIRST, *words, "--out", str(tmp_path / "command"))
    settings = {"events/incident/rate": "1 per year"}
    found = relsim.load(FIRST, settings=settings).run(paths=600, seed=3)
    assert found.to_json() == wanted
    assert found.to_dict() == json.loads(wanted)
    found.save(tmp_path / "door", figures=False)
    for name in ("forecast.json", "scenario.yaml", "hub.csv"):
        assert (tmp_path / "door" / name).read_bytes() == (tmp_path / "command" / name).read_bytes(), name
    again, of_command = relsim.open(tmp_path / "door"), relsim.open(tmp_path / "command")
    pd.testing.assert_frame_equal(again.paths, found.paths)
    pd.testing.assert_frame_equal(again.paths, of_command.paths)
    assert (again.finished.draws().theta == of_command.finished.draws().theta).all()


def test_a_variant_and_its_weights_are_those_of_the_command(tmp_path: Path) -> None:
    layer = tmp_path / "more.yaml"
    layer.write_text("relsim: 1\nevents: {incident: {rate: 2 to 4 per year}}\n", encoding="utf-8")
    wanted = printed(
        *("run", FIRST, "--variant", "no_meeting", "--weights", str(layer), "--paths", "300", "--median-weights"),
        *("--out", str(tmp_path / "run"), "--no-figures", "--json"),
    )
    scenario = relsim.load(FIRST, variant="no_meeting", weights=[layer])
    assert scenario.run(paths=300, median_weights=True).to_json() == wanted
    mapping = {"relsim": 1, "events": {"incident": {"rate": "2 to 4 per year"}}}
    beside = relsim.load(FIRST, weights=[mapping]).variant("no_meeting")
    assert beside.run(paths=300, median_weights=True).to_json() == wanted


def test_a_comparison_is_that_of_the_command(tmp_path: Path) -> None:
    words = ("--given", "osaka", "--paths", "600", "--no-figures", "--json")
    wanted = printed("compare", FIRST, "--variants", "all", *words, "--out", str(tmp_path / "compared"))
    scenario = relsim.load(FIRST)
    found = relsim.compare(scenario, scenario.variant("no_meeting"), given="osaka", paths=600)
    assert found.to_json() == wanted
    assert relsim.compare(FIRST, variants=["no_meeting"], given=["osaka"], paths=600).to_json() == wanted
    assert found.to_dict() == json.loads(wanted)


def test_a_text_and_a_mapping_need_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    wanted = relsim.load(OSAKA).run(paths=300).to_json()
    assert relsim.load(text=TEXT).run(paths=300).to_json() == wanted
    from relsim.compose import load

    tree = load(OSAKA).root.plain()
    assert relsim.load(tree).run(paths=300).to_json() == wanted
    assert relsim.load(text=tree).run(paths=300).to_json() == wanted
    assert list(tmp_path.iterdir()) == []


def test_a_text_and_its_parts_save_a_run_that_opens(tmp_path: Path) -> None:
    found = relsim.load(text=TEXT).run(paths=300)
    relsim.open(found.save(tmp_path / "run", figures=False))
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text(encoding="utf-8"))
    assert list(manifest["inputs"]) == ["<text>"]
    with pytest.raises(relsim.InputError, match="exists already"):
        found.save(tmp_path / "run")
    found.save(tmp_path / "run", figures=True, force=True)
    assert (tmp_path / "run" / "figures" / "outcomes.png").is_file()


def test_frames_hold_the_numbers_of_the_json(forecast: relsim.Forecast) -> None:
    body = forecast.to_dict()
    outcomes = forecast.outcomes
    assert outcomes.index.name == "name"
    assert list(outcomes.columns[:7]) == [
        *("title", "probability", "low", "high", "weights_low", "weights_high", "median_date")
    ]
    for name, outcome in body["outcomes"].items():
        for key in ("title", "probability", "low", "high", "weights_low", "weights_high"):
            assert outcomes.loc[name, key] == outcome[key], (name, key)
        assert str(outcomes.loc[name, "median_date"])[:10] == outcome["first_date"]["p50"]
    for name, quantity in body["quantities"].items():
        assert forecast.quantities.loc[name, "mean"] == quantity["mean"]
        assert forecast.quantities.loc[name, "97.5"] == quantity["quantiles"]["0.975"]
    for name, event in body["events"].items():
        assert forecast.events.loc[name, "mean_count"] == event["mean_count"]
    for name, entry in body["calendar"].items():
        row = forecast.calendar.loc[name].to_dict()
        moved = {f"moved_by.{cause}": by for cause, by in entry["moved_by"].items()}
        assert row == {"stated": entry["stated"], "simulated": entry["probability"], **moved}
    daily = forecast.daily("relations")
    assert daily["mean"].tolist() == body["indices"]["relations"]["mean"]
    assert daily["2.5"].tolist() == body["indices"]["relations"]["quantiles"]["0.025"]
    assert [str(day)[:10] for day in daily.index] == body["dates"]
    assert set(forecast.parameters.index) == set(forecast.finished.draws().names)


def test_paths_and_what_is_found_where_one_came_true(forecast: relsim.Forecast) -> None:
    paths, body = forecast.paths, forecast.to_dict()
    names = body["joint"]["outcomes"]
    assert paths.index.name == "path"
    assert len(paths) == 600
    for name, event in body["events"].items():
        assert paths[f"count.{name}"].mean() == pytest.approx(event["mean_count"], abs=1e-12)
    for j, name in enumerate(names):
        assert paths[f"outcome.{name}"].mean() == pytest.approx(body["outcomes"][name]["probability"], abs=1e-12)
        given = forecast.given(name)
        for i, other in enumerate(names):
            assert given.loc[other, "probability"] == pytest.approx(body["given"][i][j], abs=1e-12)
        assert given.loc[name, "low"] == 1


def test_values_are_frozen(forecast: relsim.Forecast) -> None:
    scenario = relsim.load(OSAKA)
    for value in (scenario, forecast):
        with pytest.raises(FrozenInstanceError):
            value._inputs = None
    changed = scenario.set("events/sanctions/rate", "12 per year")
    before, after = scenario.run(paths=300), changed.run(paths=300)
    assert before.to_json() == relsim.load(OSAKA).run(paths=300).to_json()
    assert after.outcomes.loc["sanctions", "probability"] > before.outcomes.loc["sanctions", "probability"]
    assert relsim.load(OSAKA).set("run/paths", 200).run().result.paths == 200


def test_a_later_setting_lies_over_an_earlier_one() -> None:
    scenario = relsim.load(OSAKA, settings={"events/sanctions/rate": "12 per year"})
    twice = scenario.set("events/sanctions", {"rate": "1 per year"}).set("events/sanctions/rate", "2 per year")
    once = relsim.load(OSAKA, settings={"events/sanctions/rate": "2 per year"})
    assert twice.run(paths=200).to_json() == once.run(paths=200).to_json()


def test_a_file_that_changed_meanwhile_is_told(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(TEXT, encoding="utf-8")
    scenario = relsim.load(file)
    file.write_text(TEXT.replace("3 to 8 per year", "4 to 8 per year"), encoding="utf-8")
    with pytest.raises(relsim.InputError, match=r"mine\.yaml: has changed since it was read"):
        scenario.set("run/seed", 2)


def test_problems_have_their_place() -> None:
    with pytest.raises(relsim.DocumentError) as caught:
        relsim.load(text=TEXT.replace("3 to 8 per year", "3 to 8 per yaer").replace("tone: 2}", "tune: 2}"))
    first, second = sorted(caught.value.problems, key=lambda problem: problem.line)
    assert (first.file, first.line, first.path) == ("<text>", 5, "events.sanctions.rate")
    assert first.column == TEXT.splitlines()[4].index("3 to 8") + 1
    assert first.hint == "did you mean 'per year'?"
    assert second.path.startswith("calendar.summit.effects")
    assert isinstance(caught.value, relsim.InputError)
    with pytest.raises(relsim.DocumentError, match=r"settings:1:11: run\.paths"):
        relsim.load(OSAKA).run(paths=0)
    with pytest.raises(relsim.InputError, match="does not exist"):
        relsim.load("nowhere.yaml")
    with pytest.raises(relsim.InputError, match="one of the two"):
        relsim.load()
    with pytest.raises(relsim.InputError, match="<mapping>: window: found set"):
        relsim.load({"relsim": 1, "window": {1}})


def test_a_layer_is_read_and_not_run(tmp_path: Path) -> None:
    layer = relsim.load("bilateral")
    assert "layer" in repr(layer)
    with pytest.raises(relsim.DocumentError, match="'window' is missing"):
        layer.run()
    given = {"window/start": "2020-01-01", "window/end": "2020-03-31"}
    assert relsim.load("bilateral", settings=given).run(paths=128).result.paths == 128


def test_names_that_are_not_there(forecast: relsim.Forecast, tmp_path: Path) -> None:
    with pytest.raises(relsim.InputError, match="did you mean 'relations'"):
        forecast.daily("relation")
    with pytest.raises(relsim.InputError, match="did you mean 'osaka'"):
        forecast.given("osak")
    with pytest.raises(relsim.InputError, match="did you mean 'relations'"):
        forecast.plot.fan("relatons")
    with pytest.raises(relsim.InputError, match="did you mean 'no_meeting'"):
        relsim.load(FIRST).variant("no_meting")
    with pytest.raises(relsim.InputError, match="is nothing to compare"):
        relsim.compare(relsim.load(FIRST))
    with pytest.raises(relsim.InputError, match="does not exist"):
        relsim.open(tmp_path / "nowhere")


def test_figures_are_drawn_alone_or_on_axes(forecast: relsim.Forecast) -> None:
    from matplotlib.figure import Figure

    for draw in (lambda **on: forecast.plot.fan("relations", **on), forecast.plot.outcomes, forecast.plot.cumulative):
        figure = draw()
        assert isinstance(figure, Figure)
        own = Figure(figsize=(8, 5))
        ax = own.subplots()
        assert draw(ax=ax) is own
        assert ax.has_data()
    html = forecast._repr_html_()
    assert "The presidents meet in Osaka" in html
    assert '<img width="800" src="data:image/png;base64,iVBOR' in html


def test_without_pandas_a_line_names_the_extra(forecast: relsim.Forecast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    for ask in (lambda: forecast.outcomes, lambda: forecast.paths, lambda: forecast.daily("relations")):
        with pytest.raises(relsim.InputError, match=r"pip install 'relsim\[frames\]'"):
            ask()
    assert forecast.to_dict()["paths"] == 600
    assert "<table" in forecast._repr_html_()


def test_a_bar_appears_in_a_notebook_and_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As IPython shows it: a display of its own, replaced, and emptied at the end."""
    from types import ModuleType, SimpleNamespace

    from relsim.api import progress

    drawn: list[str] = []

    def display(html: str, display_id: bool) -> SimpleNamespace:
        drawn.append(html)
        return SimpleNamespace(update=drawn.append)

    shell, shown = ModuleType("IPython"), ModuleType("IPython.display")
    shell.get_ipython = lambda: SimpleNamespace(kernel=object())
    shown.HTML, shown.display = str, display
    monkeypatch.setitem(sys.modules, "IPython", shell)
    monkeypatch.setitem(sys.modules, "IPython.display", shown)
    monkeypatch.setattr(progress, "PATIENCE", -1.0)
    monkeypatch.setattr(progress, "_STEP", -1.0)
    relsim.load(OSAKA).run(paths=4096)
    assert drawn[0].startswith('<progress value="0" max="4096">')
    assert "Simulating: " in drawn[1]
    assert drawn[-1] == ""
    drawn.clear()
    relsim.load(OSAKA).run(paths=4096, progress=False)
    assert drawn == []


def test_nothing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    relsim.load(OSAKA).run(paths=300)
    assert capsys.readouterr() == ("", "")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the command line with enough draws to ask what it hangs on."""
    folder = tmp_path_factory.mktemp("runs") / "osaka"
    printed("run", OSAKA, "--paths", "4096", "--seed", "5", "--no-figures", "--out", str(folder))
    return folder


def test_drivers_are_those_of_the_command(saved: Path) -> None:
    wanted = printed("drivers", str(saved), "--check", "--events", "--paths", "512", "--no-figures", "--json")
    held = relsim.load(OSAKA).run(paths=4096, seed=5)
    found = relsim.drivers(held, check=True, events=True, paths=512)
    assert found.to_json() == wanted
    assert relsim.drivers(relsim.open(saved), check=True, events=True, paths=512).to_json() == wanted
    first = found.table.loc["summit"].iloc[0]
    assert first["parameter"] == "calendar/summit/probability"
    assert first["first_order"] == found.result.outcomes["summit"].weights[0].first_order
    assert "The presidents meet in Osaka" in str(found)
    assert "<table" in found._repr_html_()


def test_a_design_leaves_nothing_behind(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("SALib")
    monkeypatch.chdir(tmp_path)
    forecast = relsim.open(saved)
    before = sorted(saved.rglob("*"))
    found = relsim.drivers(forecast, design="morris", samples=4, only="events/*/rate", paths=256)
    assert sorted(saved.rglob("*")) == before
    assert list(tmp_path.iterdir()) == []
    words = ("--design", "morris", "--samples", "4", "--only", "events/*/rate", "--paths", "256", "--no-figures")
    assert found.to_json() == printed("drivers", str(saved), *words, "--json")
    with pytest.raises(relsim.InputError, match="design: found 'sobel'; sobol or morris"):
        relsim.drivers(forecast, design="sobel")


def test_stories_are_those_of_the_command(saved: Path) -> None:
    words = ("--outcome", "setback", "--count", "1", "--futures", "128", "--no-figures", "--json")
    wanted = printed("story", str(saved), *words)
    held = relsim.load(OSAKA).run(paths=4096, seed=5)
    found = relsim.stories(held, "setback", count=1, futures=128)
    assert found.to_json() == wanted
    assert set(found.table.index) == {"typical", "near miss"}
    assert relsim.stories(held, paths=7, futures=0).result.chosen[0].path == 7
    with pytest.raises(relsim.InputError, match="did you mean 'setback'"):
        relsim.stories(held, "setbak")
    with pytest.raises(relsim.InputError, match="has no path 4096"):
        relsim.stories(held, paths=[4096])


def test_a_comparison_is_saved_and_opened(tmp_path: Path) -> None:
    printed("compare", FIRST, "--variants", "all", "--paths", "300", "--no-figures", "--out", str(tmp_path / "command"))
    found = relsim.compare(FIRST, variants="all", paths=300)
    found.save(tmp_path / "door", figures=False)
    for name in ("comparison.json", "scenarios/first.yaml", "scenarios/no_meeting.yaml"):
        assert (tmp_path / "door" / name).read_bytes() == (tmp_path / "command" / name).read_bytes(), name
    again = relsim.open(tmp_path / "door")
    assert isinstance(again, relsim.Comparison)
    assert again.to_json() == found.to_json()
    pd.testing.assert_frame_equal(again.outcomes, found.outcomes)
    manifest = json.loads((tmp_path / "door" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["command"] == ["relsim", "compare", FIRST, "--variants", "all", "--paths", "300"]


def test_runs_are_compared_as_the_command_does(saved: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    words = ("--set", "events/sanctions/rate=12 per year", "--paths", "4096", "--seed", "5", "--no-figures")
    printed("run", OSAKA, *words, "--out", str(other))
    compared = tmp_path / "compared"
    wanted = printed("compare", str(saved), str(other), "--no-figures", "--json", "--out", str(compared))
    assert relsim.compare(saved, other).to_json() == wanted
    assert relsim.compare(relsim.open(saved), relsim.open(other)).to_json() == wanted


FIT, FIT_TABLE = str(EXAMPLES / "fit.yaml"), str(EXAMPLES / "fit.csv")


def test_a_fit_is_that_of_the_command(tmp_path: Path) -> None:
    out = tmp_path / "fitted.yaml"
    wanted = printed("fit", FIT, "--events", FIT_TABLE, "--out", str(out), "--seed", "2", "--no-figures", "--json")
    found = relsim.fit(relsim.load(FIT), FIT_TABLE, seed=2)
    assert found.to_json() == wanted
    assert found.text == out.read_text(encoding="utf-8")
    assert list(found.table.index) == [weight.path for weight in found.result.weights]
    saved = found.save(tmp_path / "mine.yaml")
    wanted = relsim.load(FIT, weights=[saved]).run(paths=256).to_json()
    assert found.scenario.run(paths=256).to_json() == wanted
    with pytest.raises(relsim.InputError, match="exists already"):
        found.save(saved)


def test_a_fit_says_what_it_cannot_use() -> None:
    scenario = relsim.load(FIT)
    with pytest.raises(relsim.InputError, match=r"fit\.csv: "):
        relsim.fit(scenario, FIT_TABLE, first="2030-01-01")
    with pytest.raises(relsim.InputError, match="'2030-13-01' is no date"):
        relsim.fit(scenario, FIT_TABLE, first="2030-13-01")


def test_tuning_is_that_of_the_command(tmp_path: Path) -> None:
    out = tmp_path / "tuned.yaml"
    words = ("--target", "summit=0.7", "--target", "setback<0.2", "--paths", "8192", "--json")
    wanted = CliRunner().invoke(main, ["tune", OSAKA, *words, "--out", str(out)])
    found = relsim.tune(relsim.load(OSAKA), {"summit": 0.7, "setback": "<0.2"}, paths=8192)
    assert found.to_json() == wanted.stdout
    assert wanted.exit_code == (0 if found.result.met else 1)
    assert found.text == out.read_text(encoding="utf-8")
    assert list(found.table.index) == [move.path for move in found.result.moves]
    with pytest.raises(relsim.InputError, match="did you mean 'summit'"):
        relsim.tune(relsim.load(OSAKA), {"sumit": 0.7}, paths=8192)


def test_what_a_setting_holds_is_not_tuned() -> None:
    held = relsim.load(OSAKA).set("calendar/summit/probability", "0.5 to 0.7")
    found = relsim.tune(held, {"summit": 0.7}, paths=8192)
    assert "calendar/summit/probability" not in found.table.index


def test_a_backtest_is_that_of_the_command(tmp_path: Path) -> None:
    words = ("--events", FIT_TABLE, "--from", "2018-06-01", "--every", "90d", "--refit", "never", "--paths", "256")
    more = ("--baselines", "climatology,weighted", "--no-figures", "--json", "--out", str(tmp_path / "out"))
    wanted = printed("backtest", FIT, *words, *more)
    options = {"first": "2018-06-01", "every": "90d", "refit": "never", "paths": 256}
    found = relsim.backtest(relsim.load(FIT), FIT_TABLE, **options, baselines=["climatology", "weighted"])
    assert found.to_json() == wanted
    target = found.result.targets[0]
    assert found.table.loc[target.target, "score.relsim"].tolist()[0] == target.score["relsim"]
    with pytest.raises(relsim.InputError, match="'soon' is no number of days"):
        relsim.backtest(relsim.load(FIT), FIT_TABLE, every="soon")


def test_scores_are_those_of_the_command(saved: Path, tmp_path: Path) -> None:
    came = tmp_path / "came.yaml"
    came.write_text(
        "relsim: 1\nresolution: {summit: {value: true, on: 2019-06-28}, sanctions: {value: false}}\n", encoding="utf-8"
    )
    wanted = printed("score", str(saved), "--resolution", str(came), "--json")
    found = relsim.score(saved, resolution=came)
    assert found.to_json() == wanted
    assert relsim.score([relsim.open(saved)], resolution=came).to_json() == wanted
    assert found.table.loc["summit", "came_true"]
    stated = {"title": "New sanctions", "happens": "sanctions", "base_rate": {"count": 5, "of": 13, "source": "a list"}}
    asked = relsim.load(OSAKA, settings={"outcomes/sanctions": stated}).run(paths=256)
    beside = relsim.score(asked, resolution=came, against="base").result.against
    assert (beside.n, beside.reference) == (1, "base")
    with pytest.raises(relsim.InputError, match="states its 'base_rate'"):
        relsim.score(saved, resolution=came, against="base")
    with pytest.raises(relsim.InputError, match="against: found 'all'; crowd or base"):
        relsim.score(saved, against="all")


def test_a_ledger_is_that_of_the_command(saved: Path, tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.csv", tmp_path / "theirs.csv"
    printed("ledger", "--ledger", str(theirs), "--today", "2019-05-14", "add", str(saved))
    relsim.Ledger(ours).add(saved, today="2019-05-14")
    assert ours.read_text(encoding="utf-8") == theirs.read_text(encoding="utf-8")
    held = relsim.load(OSAKA).run(paths=4096, seed=5)
    assert [line.outcome for line in relsim.Ledger(tmp_path / "held.csv").add(held, today="2019-05-14")] == [
        *("summit", "sanctions", "setback")
    ]
    assert set(relsim.Ledger(ours).lines.index) == {"summit", "sanctions", "setback"}


def test_imported_events_are_those_of_the_command(tmp_path: Path) -> None:
    source, out = str(EXAMPLES / "icews.tab"), tmp_path / "us_ru.parquet"
    wanted = printed("import", source, "--as", "icews", "--parties", "us,ru", "--out", str(out), "--json")
    table = relsim.import_events(source, form="icews", parties=("us", "ru"))
    assert table.report.to_json() == wanted
    assert table.counts["count"].sum() == json.loads(wanted)["events"] - json.loads(wanted)["outside_coverage"]
    kept = table.save(tmp_path / "kept.parquet")
    rates = relsim.rates(table, parties=("us", "ru"))
    assert rates.to_json() == printed("rates", str(out), "--parties", "us,ru", "--json").replace("us_ru", "events")
    assert relsim.rates(kept, parties="us,ru").text.replace("kept", "us_ru") == printed(
        *("rates", str(out), "--parties", "us,ru")
    )
    with pytest.raises(relsim.InputError, match="form: found 'icewz'"):
        relsim.import_events(source, form="icewz")


JUNE = str(EXAMPLES.parents[1] / "scenarios" / "osaka_2019" / "june.yaml")


def test_a_track_is_that_of_the_command(tmp_path: Path) -> None:
    words = ("--every", "14d", "--paths", "256", "--no-figures", "--json", "--out", str(tmp_path / "weekly"))
    wanted = CliRunner().invoke(main, ["track", JUNE, *words])
    assert wanted.exit_code in (0, 3), wanted.output
    found = relsim.track(relsim.load(JUNE, settings={"run/paths": 256}), every="2w")
    assert found.to_json() == wanted.stdout
    points = found.table.loc["osaka"]
    assert points["probability"].tolist() == list(found.result.outcomes["osaka"].probability)
    with pytest.raises(relsim.InputError, match="is no number of days"):
        relsim.track(relsim.load(JUNE), every="weekly")
