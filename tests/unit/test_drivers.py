"""What a run hangs on: estimators against libraries, words, the designed study's restart, the command."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from oracle.scenes import scene

from relsim.cli import main
from relsim.drivers import _short_of, moments
from relsim.drivers.ends import Fifths, shape
from relsim.drivers.indices import Draw, first_order
from relsim.drivers.labels import in_words, weight_label
from relsim.drivers.leave_one_out import attribution, removals
from relsim.drivers.targets import spread, target_of
from relsim.drivers.threshold_crossing import bends, crossing, scores, value_at
from relsim.engine import simulate
from relsim.model import build
from relsim.outcomes import NEVER
from relsim.quantity import Kind, parse
from relsim.result.drivers import FALLING, RISING, TURNING, Drivers
from relsim.result.files import sha256

RNG = np.random.default_rng(11)


@pytest.fixture(autouse=True)
def _numbers_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test draws from the beginning, whatever others ran before it."""
    monkeypatch.setattr(sys.modules[__name__], "RNG", np.random.default_rng(11))


TOY = """relsim: 1
title: Toy
window: {start: 2019-01-01, end: 2019-01-03}
run: {paths: 5120, seed: 3}
parties: {us: United States, ru: Russia}
variables:
  mood: {each: party, label: Mood, baseline: {uniform: {low: -2, high: 2}}, half_life: 5 days, spread: 1, drift: off}
  b: {baseline: 0 ± 1, half_life: 5 days, spread: 1, drift: off}
events:
  jolt: {label: A jolt, rate: 20 to 40 per year, effects: {b: -1}}
calendar:
  talk: {label: They talk, on: 2019-01-02, probability: 0.5 ± 0.2, effects: {b: 2}, otherwise: {effects: {b: -2}}}
history:
  mine: {events: [{on: 2018-12-31, event: jolt, note: A slap; from memory}], covers: {from: 2018-12-01, to: 2018-12-31}}
outcomes:
  good: {title: A good year, value: b, above: 1, on: 2019-01-03}
  talks: {title: Talks, happens: talk}
quantities: {level: {title: Level at the end, value: mood.us, on: 2019-01-03}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("drivers")
    (place / "toy.yaml").write_text(TOY, encoding="utf-8")
    ran = CliRunner().invoke(main, ["run", str(place / "toy.yaml"), "--no-figures", "--out", str(place / "run")])
    assert ran.exit_code == 0, ran.stderr
    return place / "run"


def call(*arguments: object) -> tuple[int, str, str]:
    ran = CliRunner().invoke(main, ["drivers", *map(str, arguments)])
    return ran.exit_code, ran.stdout, ran.stderr


def test_delta_is_that_of_salib() -> None:
    """The same estimate, to rounding, for sizes with different numbers of classes."""
    calc_delta = pytest.importorskip("SALib.analyze.delta").calc_delta
    for n in (157, 400, 1000):
        u = RNG.random(n)
        y = RNG.binomial(128, 0.3 + 0.4 * u) / 128
        edges = np.linspace(0, n, moments.classes(n) + 1)
        expected = calc_delta(y, np.linspace(y.min(), y.max(), moments.GRID), u, edges)
        assert moments.raw_deltas(y, np.argsort(u)[None])[0] == pytest.approx(expected, rel=1e-9)


def test_a_delta_of_nothing_is_nothing() -> None:
    """Of weights without bearing one in twenty passes the bar: within five standard errors of 200."""
    y = RNG.binomial(128, 0.4, 157) / 128
    chance = moments.by_chance(y, 1)
    bar = np.quantile(chance, 0.95)
    above = (moments.raw_deltas(y, np.array([RNG.permutation(157) for _ in range(200)])) > bar).mean()
    assert above < 0.05 + 5 * np.sqrt(2 * 0.05 * 0.95 / 200)


def test_first_order_agrees_with_salibs_rbd_fast_on_ishigami() -> None:
    """Both estimate the closed form (Ishigami & Homma 1990): 0.314, 0.442, 0, from the same 2,000 points."""
    analyze = pytest.importorskip("SALib.analyze.rbd_fast").analyze
    n, paths = 2000, 64
    x = RNG.uniform(-np.pi, np.pi, (n, 3))
    f = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    values = (f[:, None] + RNG.normal(0, 1, (n, paths))).ravel()
    target = target_of("f", "f", False, values, np.repeat(np.arange(n), paths).astype(np.int32))
    found = first_order(Draw.of(x, np.full(3, -1), 1), target, spread(target))
    truth = np.array([0.3139, 0.4424, 0.0])
    assert np.all(np.abs(found.index - truth) < 5 * found.error)
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[-np.pi, np.pi]] * 3}
    assert np.all(np.abs(found.index - analyze(problem, x, f, num_resamples=2, seed=1)["S1"]) < 0.05)
    assert found.significant[:2].all()  # of one without bearing one in twenty is called significant all the same


def test_correlated_weights_keep_what_comes_by_each_other() -> None:
    """y = a + noise, b correlated 0.8 with a: knowing b alone removes 0.64, though b does nothing."""
    n = 2000
    z = RNG.normal(size=(n, 2))
    theta = np.column_stack([z[:, 0], 0.8 * z[:, 0] + 0.6 * z[:, 1]])
    values = np.repeat(theta[:, 0], 2) + RNG.normal(0, 0.5, 2 * n)
    target = target_of("y", "y", False, values, np.repeat(np.arange(n), 2).astype(np.int32))
    together = first_order(Draw.of(theta, np.zeros(2, int), 1), target, spread(target))
    assert np.all(np.abs(together.index - [1, 0.64]) < 5 * together.error)


def test_chance_alone_tells_of_a_weight_in_one_target_of_twenty() -> None:
    """40 weights, none of which matters though draws differ: within five standard errors of 5 % over 60 targets."""
    significant = 0
    theta = RNG.normal(size=(100, 40))
    draw = Draw.of(theta, np.full(40, -1), 1)
    for _ in range(60):
        values = np.repeat(RNG.normal(size=100), 4) + RNG.normal(size=400)
        target = target_of("y", "y", False, values, np.repeat(np.arange(100), 4).astype(np.int32))
        significant += first_order(draw, target, spread(target)).significant.any()
    assert significant / 60 < 0.05 + 5 * np.sqrt(0.05 * 0.95 / 60)


def test_draws_that_do_not_differ_are_said_not_to() -> None:
    hits = (RNG.random(128 * 60) < 0.3).astype(float)
    apart = spread(target_of("y", "y", True, hits, np.repeat(np.arange(60), 128).astype(np.int32)))
    assert apart.between < 0.001
    assert not apart.clear or apart.between > 0


def test_ends_and_shapes() -> None:
    x = RNG.random(500)
    noise = RNG.normal(0, 0.05, 500)
    parts = Fifths.of(x[:, None])

    def along(y: np.ndarray) -> tuple[list[float], list[float]]:
        value, error = parts.means(y[None])
        return value[0].tolist(), error[0].tolist()

    assert shape(*along(x + noise)) == RISING
    assert shape(*along(-x + noise)) == FALLING
    assert shape(*along(-((x - 0.5) ** 2) + noise / 5)) == TURNING
    value, error = along(2 * x + noise)
    assert value[0] == pytest.approx(0.2, abs=0.05)
    assert value[4] == pytest.approx(1.8, abs=0.05)
    lowest = 2 * x[x <= np.quantile(x, 0.2, method="inverted_cdf")]
    assert error[0] == pytest.approx(np.hypot(lowest.std(), 0.05) / np.sqrt(100), rel=0.1)
    two = Fifths.of((x > 0.5).astype(float)[:, None])
    assert two.middle[0, [0, 4]].tolist() == [0, 1]
    assert two.draws[0, [0, 4]].sum() == 500


def test_a_crossing_is_found_where_the_response_crosses() -> None:
    """p = Φ-like in the weight's score, so that 50 % lies at a known number of standard deviations."""
    weight = np.exp(RNG.normal(size=400))
    z = scores(weight)
    p = 1 / (1 + np.exp(-(1.2 * z - 1.2)))
    found = crossing(z, p, np.full(400, 128), 0.5, bent=False)
    assert found.deviations == pytest.approx(1.0, abs=0.05)
    assert value_at(z, weight, 1.0) == pytest.approx(np.e, rel=0.15)
    paths = np.full(400, 128)
    assert not bends(z, RNG.binomial(128, p) / 128, paths)
    level = RNG.binomial(128, p / 4) / 128
    assert bends(z, level, paths)
    none = crossing(z, level, paths, 0.9, bent=True)
    assert none.deviations is None
    assert none.reached < 0.3


def test_values_and_labels_in_words() -> None:
    scenario = scene(TOY)
    assert weight_label("events/jolt/rate", scenario) == 'how often "A jolt" comes'
    assert weight_label("variables/mood/baseline", scenario) == 'the usual level of "Mood"'
    assert weight_label("variables/mood.us/baseline", scenario) == 'the usual level of "Mood of the United States"'
    assert weight_label("calendar/talk/probability", scenario) == 'the stated probability of "They talk"'
    assert weight_label("no/such/place", scenario) == "no/such/place"
    assert in_words(20 / 365.25, parse("10 to 40 per year", Kind.RATE)) == "20 per year"
    assert in_words(21.0, parse("2 to 4 weeks", Kind.DURATION)) == "3 weeks"
    assert in_words(0.425, parse("0.4 ± 0.1", Kind.PROBABILITY)) == "42 %"
    assert in_words(-0.35, parse("-0.3 ± 0.1", Kind.REAL)) == "−0.35"


def test_every_weight_of_the_built_in_model_has_a_name(tmp_path: Path) -> None:
    from relsim.compose import load

    root = Path(__file__).resolve().parents[2]
    loaded = load(root / "scenarios" / "osaka_2019" / "scenario.yaml", whole=True)
    assert loaded.scenario is not None
    model = build(loaded.scenario)
    labels = [weight_label(w.path, model.scenario) for w in model.weights]
    assert len(labels) > 100
    assert not [label for label in labels if "/" in label]


def test_taking_out_leaves_nothing_of_it() -> None:
    """Each world lacks just what was taken out, and its numbers are those of a simulation of that world."""
    model = build(scene(TOY))
    taken = {t.key: t for t in removals(model.scenario)}
    assert set(taken) == {"history/mine/events/0", "calendar/talk", "events/jolt"}
    assert taken["history/mine/events/0"].label == "2018-12-31: A slap"
    assert taken["history/mine/events/0"].scenario.history["mine"].covers is not None
    found = attribution(model, paths=2560, seed=3, draws=None, median_weights=False)
    rows = {row.key: row for row in found.outcomes["talks"]}
    base = simulate(model, paths=2560, seed=3)
    share = float((base.days[:, 1] != NEVER).mean())
    assert rows["calendar/talk"].change == pytest.approx(-share)
    assert rows["events/jolt"].change == 0
    assert rows["history/mine/events/0"].change == 0
    other = build(taken["events/jolt"].scenario)
    without = simulate(other, paths=2560, seed=3)
    np.testing.assert_array_equal(without.count_mean, [0.0])
    expected = float((without.days[:, 0] != NEVER).mean() - (base.days[:, 0] != NEVER).mean())
    good = {row.key: row for row in found.outcomes["good"]}
    assert good["events/jolt"].change == pytest.approx(expected)
    assert good["events/jolt"].clear
    assert expected > 0


def test_a_calendar_entry_taken_out_has_no_otherwise() -> None:
    """b ends where it would without the entry: neither +2 nor −2."""
    text = TOY.replace("probability: 0.5 ± 0.2", "probability: 0.5").replace("0 ± 1", "0")
    model = build(scene(text))
    world = next(t for t in removals(model.scenario) if t.key == "calendar/talk").scenario
    never = text.replace("probability: 0.5", "probability: 0").replace(", otherwise: {effects: {b: -2}}", "")
    plain = build(scene(never))
    a, b = (simulate(m, paths=1280, seed=5) for m in (build(world), plain))
    np.testing.assert_array_equal(a.days[:, 0], b.days[:, 0])


def test_the_command_reads_a_run(folder: Path) -> None:
    status, text, _ = call(folder)
    assert status == 0
    assert '"Talks" depends most on the stated probability of "They talk"' in text
    assert '"Level at the end" depends most on the usual level of "Mood"' in text
    assert (folder / "figures" / "drivers-good.png").stat().st_size > 10_000
    status, text, _ = call(folder, "--json", "--no-figures", "--outcome", "talks")
    found = Drivers.from_json(text)
    assert list(found.outcomes) == ["talks"]
    assert found.to_json() == text
    flip = found.outcomes["talks"].flip
    assert flip is not None
    assert flip.weight == "calendar/talk/probability"
    assert flip.to == pytest.approx(0.5, abs=0.06)
    kept = json.loads((folder / "drivers.json").read_text(encoding="utf-8"))
    assert list(kept["outcomes"]) == ["good", "talks"]


def test_a_flip_that_is_checked_is_near_the_threshold(folder: Path) -> None:
    """Set to the value found, the entry comes true on half of the paths: five standard errors, and the fit's own."""
    status, text, _ = call(folder, "--check", "--json", "--no-figures", "--outcome", "talks", "--threshold", "0.6")
    assert status == 0
    flip = Drivers.from_json(text).outcomes["talks"].flip
    assert flip is not None
    assert flip.checked == pytest.approx(0.6, abs=0.05)


def test_an_interrupted_study_goes_on(folder: Path) -> None:
    """A study torn in the middle of a line ends with the very same numbers, on any number of threads."""
    pytest.importorskip("SALib")
    study = ("--design", "sobol", "--samples", "4", "--only", "calendar/*", "--only", "variables/b/*")
    status, whole, errors = call(folder, *study, "--json", "--no-figures", "--workers", "1")
    assert status == 0
    assert "2 parameters, 16 points of 256 paths: 4,096 paths in all" in errors
    (points,) = (folder / "drivers-design").glob("sobol-*/points.csv")
    lines = points.read_text(encoding="utf-8")
    points.write_text(lines[: len(lines) // 2], encoding="utf-8")
    status, again, errors = call(folder, *study, "--json", "--no-figures", "--workers", "2")
    assert "Going on after" in errors
    assert again == whole
    assert points.read_text(encoding="utf-8") == lines


def test_morris_ranks_what_matters_first(folder: Path) -> None:
    pytest.importorskip("SALib")
    status, text, _ = call(folder, "--design", "morris", "--samples", "6", "--json", "--no-figures")
    assert status == 0
    design = Drivers.from_json(text).design
    assert design is not None
    first = design.outcomes["talks"][0]
    assert first.weight == "calendar/talk/probability"
    assert all(row.effect == 0 for row in design.outcomes["talks"][1:])


def test_wrong_use_is_said_in_a_line(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert call(tmp_path / "nowhere")[0] == 2
    status, _, errors = call(folder, "--outcome", "godo")
    assert status == 2
    assert "did you mean 'good'?" in errors
    assert call(folder, "--samples", "8")[0] == 2
    status, _, errors = call(folder, "--design", "sobol", "--only", "event/*")
    assert status == 2
    assert "no uncertain parameter matches" in errors
    monkeypatch.setitem(__import__("sys").modules, "SALib.sample.sobol", None)
    status, _, errors = call(folder, "--design", "sobol", "--no-figures")
    assert status == 1
    assert errors.splitlines()[-1] == "relsim: --design needs SALib: pip install 'relsim[sensitivity]'"


def test_a_run_of_few_draws_says_that_it_cannot_tell(folder: Path) -> None:
    toy = folder.parent / "toy.yaml"
    for name, options in (("few", ["--paths", "640"]), ("medians", ["--median-weights", "--paths", "640"])):
        ran = CliRunner().invoke(main, ["run", str(toy), *options, "--no-figures", "--out", str(folder.parent / name)])
        assert ran.exit_code == 0
        status, text, errors = call(folder.parent / name)
        assert status == 0
        assert ("too few" if name == "few" else "medians") in errors
        assert "hangs most" not in text


def test_an_outcome_at_the_threshold_is_said_to_stand_there(folder: Path) -> None:
    share = json.loads((folder / "forecast.json").read_text(encoding="utf-8"))["outcomes"]["talks"]["probability"]
    status, text, _ = call(folder, "--outcome", "talks", "--threshold", str(round(share, 3)), "--no-figures")
    assert status == 0
    assert "as it is" in text


def test_a_scenario_without_events_has_nothing_to_take_out(folder: Path) -> None:
    bare = folder.parent / "bare.yaml"
    bare.write_text(
        "relsim: 1\nwindow: {start: 2019-01-01, end: 2019-01-03}\n"
        "variables: {x: {baseline: 1, half_life: 5 days, spread: 1}}\n"
        "outcomes: {up: {value: x, above: 1, on: 2019-01-03}}\n",
        encoding="utf-8",
    )
    made = CliRunner().invoke(
        main, ["run", str(bare), "--paths", "300", "--no-figures", "--out", str(bare.with_name("bare"))]
    )
    assert made.exit_code == 0
    status, _, errors = call(bare.with_name("bare"), "--events")
    assert status == 2
    assert "no history, calendar or event to take out" in errors
    status, _, errors = call(bare.with_name("bare"), "--no-figures")
    assert status == 0
    assert "no number of the scenario is uncertain" in errors
    status, _, errors = call(bare.with_name("bare"), "--design", "sobol", "--only", "*")
    assert status == 2
    assert "nothing to vary" in errors


def test_what_changes_alike_on_every_path_or_leaves_nothing_is_said(tmp_path: Path) -> None:
    sure = TOY.replace("talk: {", "fair: {label: A fair, on: 2019-01-02, probability: 1}\n  talk: {")
    sure = sure.replace("outcomes:", "outcomes:\n  held: {title: It is held, happens: fair}", 1)
    sure = sure.replace("quantities: {", "quantities: {wait: {title: The wait, first: held}, ")
    (tmp_path / "sure.yaml").write_text(sure, encoding="utf-8")
    ran = CliRunner().invoke(main, ["run", str(tmp_path / "sure.yaml"), "--no-figures", "--out", str(tmp_path / "run")])
    assert ran.exit_code == 0, ran.stderr
    status, text, errors = call(tmp_path / "run", "--events", "--paths", 1024, "--no-figures")
    assert status == 0, errors
    assert '"It is held" came true on every path, whatever the parameters.' in text
    without = text[text.index("WITHOUT") :].split("\n\n")
    held = next(block for block in without if block.startswith("It is held"))
    assert "−100 (−100 to" in held
    assert "A fair (off the calendar)" in held
    wait = next(block for block in without if block.startswith("The wait"))
    assert "no path has it  A fair (off the calendar)" in wait
    assert "Of 3 others none makes a difference beyond noise." in wait


@pytest.mark.parametrize(("reached", "said"), [(0.42, "42 %"), (0.496, "49.6 %"), (0.034, "3.4 %")])
def test_what_falls_short_of_a_threshold_does_not_read_as_if_it_stood_there(reached: float, said: str) -> None:
    assert _short_of(reached, 0.5) == said


def test_a_weight_that_may_only_tell_of_another_is_said_to(tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text(
        "relsim: 1\nwindow: {start: 2019-01-01, end: 2019-01-03}\nrun: {paths: 7680, seed: 7}\n"
        "variables: {x: {half_life: 5 days}}\n"
        "calendar: {a: {on: 2019-01-02, probability: 0.4 ± 0.1}, b: {on: 2019-01-02, probability: 0.5 ± 0.1}}\n"
        "outcomes: {it: {happens: a}}\n"
        "correlation_of_weights: [{between: [calendar/a/probability, calendar/b/probability], value: 0.8}]\n",
        encoding="utf-8",
    )
    ran = CliRunner().invoke(main, ["run", str(tmp_path / "two.yaml"), "--no-figures", "--out", str(tmp_path / "run")])
    assert ran.exit_code == 0, ran.stderr
    status, text, _ = call(tmp_path / "run", "--no-figures", "--json")
    assert status == 0
    read = Drivers.from_json(text).outcomes["it"]
    assert [s.weight for s in read.weights] == ["calendar/a/probability", "calendar/b/probability"]
    assert read.sentences[1].endswith("(in part, it may be, by what it is correlated with).")


def test_drivers_of_another_version_are_refused_in_one_message_and_written_anew(folder: Path, tmp_path: Path) -> None:
    run = shutil.copytree(folder, tmp_path / "run")
    assert call(run, "--no-figures")[0] == 0
    file = run / "drivers.json"
    was = file.read_text(encoding="utf-8")
    file.write_text(was.replace('"significant"', '"told"'), encoding="utf-8")
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    manifest["outputs"]["drivers.json"] = sha256(file)
    (run / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    plotted = CliRunner().invoke(main, ["plot", str(run), "--out", str(tmp_path / "figures")])
    assert plotted.exit_code == 2
    assert plotted.stderr.count("\n") == 1
    assert "told: unknown key; it was changed, or another version of relsim wrote it" in plotted.stderr
    assert call(run, "--no-figures")[0] == 0
    assert file.read_text(encoding="utf-8") == was
