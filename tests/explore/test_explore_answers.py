"""What comes of moves, without a web: the numbers of ``relsim run``, what is kept gives them again."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from served import SCENARIO

from relsim.cli import main
from relsim.errors import DocumentError, InputError
from relsim.explore.answers import Answers, CancelledError
from relsim.explore.controls import controls_of
from relsim.explore.keeping import keep, preview, save_comparison
from relsim.explore.moves import ControlMoves
from relsim.result import Forecast

PATHS = 640
MOVES = [
    ControlMoves({"events/sanctions/rate": "9 per year"}),
    ControlMoves({"calendar/summit/probability": "0.9", "events/visit/rate": "2 per month"}),
    ControlMoves({"calendar/summit/odds_if/sanctions/odds_ratio": "1.5"}),
    ControlMoves({"variables/tone/half_life": "3 to 4 weeks"}),
    ControlMoves(entries={"summit": "happens", "round": "not"}),
    ControlMoves(off=("interventions/calm",)),
    ControlMoves(off=("history/mine",)),
    ControlMoves(off=("history/mine/1",)),
    ControlMoves(as_of="2021-03-20"),
    ControlMoves({"events/sanctions/rate": "9 per year"}, entries={"round": "happens"}, off=("history/mine/0",)),
]
WITH_VARIANT = [
    ControlMoves(variant="harsh"),
    ControlMoves({"events/sanctions/rate": "1 per month"}, variant="harsh", entries={"summit": "not"}),
]


@pytest.fixture(scope="module")
def answers(scenario: Path) -> Answers:
    return Answers(str(scenario), PATHS)


def run(folder: Path, *words: str) -> Forecast:
    out = folder / f"out{len(list(folder.glob('out*')))}"
    ran = CliRunner().invoke(main, ["run", *words, "--paths", str(PATHS), "--no-figures", "--out", str(out)])
    assert ran.exit_code == 0, ran.output + ran.stderr
    return Forecast.from_json((out / "forecast.json").read_text(encoding="utf-8"))


def agree(message: dict, forecast: Forecast) -> None:
    """The page's numbers are the run's, outcome by outcome, and so is the fan."""
    told = message["forecast"]
    assert told["seed"] == forecast.seed
    assert told["draws"] == forecast.draws
    for name, outcome in forecast.outcomes.items():
        for key in ("probability", "low", "high", "weights_low", "weights_high"):
            assert told["outcomes"][name][key] == getattr(outcome, key), (name, key)
    median = forecast.indices["relations"].quantiles["0.5"]
    assert told["indices"]["relations"]["quantiles"]["0.5"] == pytest.approx(median, abs=5.1e-5)
    assert told["quantities"]["sanctions_in_all"]["mean"] == forecast.quantities["sanctions_in_all"].mean


def test_the_baseline_is_what_run_says(answers: Answers, scenario: Path, tmp_path: Path) -> None:
    agree(answers.message(answers.baseline), run(tmp_path, str(scenario)))


def test_numbers_are_those_of_run_with_the_same_settings(answers: Answers, scenario: Path, tmp_path: Path) -> None:
    moves = ControlMoves(
        {"events/sanctions/rate": "9 per year", "calendar/summit/probability": "0.8"}, as_of="2021-03-20"
    )
    message, _ = answers.answer(moves, threading.Event())
    settings = ["events/sanctions/rate=9 per year", "calendar/summit/probability=0.8", "window/as_of=2021-03-20"]
    agree(message, run(tmp_path, str(scenario), *(word for s in settings for word in ("--set", s))))


@pytest.mark.parametrize("kind", ["weights", "variant"])
@pytest.mark.parametrize("moves", MOVES, ids=lambda moves: moves.fragment)
def test_what_is_kept_gives_the_same_numbers(answers: Answers, moves: ControlMoves, kind: str, tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    here = Answers(str(file), PATHS)
    shown = preview(here, moves, kind, "mine")
    done = keep(here, moves, kind, "mine")
    text = Path(done["file"]).read_text(encoding="utf-8")
    assert text == shown["text"]
    assert text.count("judgement, set by hand") == len(moves.numbers)
    words = [str(file), "--weights", done["file"]] if kind == "weights" else [done["file"], "--variant", "mine"]
    message, _ = here.answer(moves, threading.Event())
    agree(message, run(tmp_path, *words))


@pytest.mark.parametrize("moves", WITH_VARIANT, ids=lambda moves: moves.fragment)
def test_moves_over_a_variant_are_kept_as_one(moves: ControlMoves, tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    here = Answers(str(file), PATHS)
    with pytest.raises(InputError, match="keep them as a variant"):
        preview(here, moves, "weights", "mine")
    done = keep(here, moves, "variant", "mine")
    message, _ = here.answer(moves, threading.Event())
    agree(message, run(tmp_path, done["file"], "--variant", "mine"))


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a b", "x" * 65, ".hidden", "é", "s.yaml", "a\n"])
def test_a_name_is_a_name(answers: Answers, name: str, scenario: Path) -> None:
    before = sorted(scenario.parent.iterdir())
    with pytest.raises(InputError, match="letters, digits"):
        keep(answers, MOVES[0], "weights", name)
    assert sorted(scenario.parent.iterdir()) == before


def test_nothing_is_written_over(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    here = Answers(str(file), 128)
    for name in ("s", "gone"):
        with pytest.raises(InputError, match="exists already"):
            keep(here, MOVES[0], "weights", name)
    assert file.read_text(encoding="utf-8") == SCENARIO
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    "moves", [*MOVES, *WITH_VARIANT, ControlMoves(as_of="")], ids=lambda moves: moves.fragment or "none"
)
def test_a_fragment_holds_all_moves(moves: ControlMoves) -> None:
    assert ControlMoves.of_fragment(moves.fragment) == moves
    assert ControlMoves.of_fragment("#" + moves.fragment) == moves
    assert "127.0.0.1" not in moves.fragment


@pytest.mark.parametrize("text", ["x", "set=a", "what=1", "entry=a=perhaps", "%", "a=1;b", "off"])
def test_what_is_no_fragment_is_said_to_be_none(text: str) -> None:
    with pytest.raises(InputError):
        ControlMoves.of_fragment(text)


@pytest.mark.parametrize(
    ("moves", "said"),
    [
        (ControlMoves({"events/sanctions/rate": "9"}), "has no unit"),
        (ControlMoves({"events/sanctions/rate": "9 per moth"}), "did you mean 'per month'"),
        (ControlMoves({"calendar/summit/probability": "1.2"}), "out of range"),
        (ControlMoves({"calendar/summit/probability": "!!python/object:os.system x"}), "probability"),
        (ControlMoves({"events/nothing/rate": "1 per year"}), "no number 'events/nothing/rate'"),
        (ControlMoves(entries={"nothing": "happens"}), "no calendar entry 'nothing'"),
        (ControlMoves(off=("interventions/nothing",)), "no intervention 'nothing'"),
        (ControlMoves(off=("history/mine/9",)), "has 2 lines"),
        (ControlMoves(off=("outcomes/summit",)), "nothing that can be switched off"),
        (ControlMoves(variant="nothing"), "unknown variant"),
        (ControlMoves(as_of="2019-01-01"), "as_of"),
        (ControlMoves({"events/sanctions/effects/tone": "-40"}), "bound"),
    ],
)
def test_a_wrong_move_has_one_clear_answer(answers: Answers, moves: ControlMoves, said: str) -> None:
    with pytest.raises(InputError, match=said):
        answers.answer(moves, threading.Event())


def test_what_run_would_refuse_is_told_after_the_answer(tmp_path: Path) -> None:
    """A loop of events that grows in a third of its draws: an answer at once, and run's own refusal after it."""
    file = tmp_path / "s.yaml"
    text = SCENARIO.replace(
        "visit: {label: A visit,",
        "visit: {label: A visit, excited_by: {visit: {events: 0.2 ± 0.05, half_life: 3 days}},",
    )
    file.write_text(text, encoding="utf-8")
    here = Answers(str(file), 128)
    assert here.judged(here.baseline) is None
    moves = ControlMoves({"events/visit/excited_by/visit/events": "0.8 ± 0.3"})
    _, state = here.answer(moves, threading.Event())
    refused = here.judged(state)
    assert isinstance(refused, DocumentError)
    assert "of the draws" in str(refused)


def test_a_newer_move_ends_an_older_one(answers: Answers) -> None:
    gone = threading.Event()
    gone.set()
    with pytest.raises(CancelledError):
        answers.answer(MOVES[0], gone)


def test_outcomes_come_before_the_daily_series_and_are_the_same(answers: Answers) -> None:
    early: list[dict] = []
    message, _ = answers.answer(MOVES[0], threading.Event(), early.append)
    assert len(early) == 1
    for name, outcome in message["forecast"]["outcomes"].items():
        assert {**early[0]["outcomes"][name], "cumulative": None} == {**outcome, "cumulative": None}
    assert early[0]["moved"] == message["moved"]


def test_what_moved_most_is_told_with_its_interval(answers: Answers) -> None:
    message, _ = answers.answer(ControlMoves(entries={"summit": "not"}), threading.Event())
    before = answers.baseline.forecast.outcomes["summit"].probability
    assert message["moved"].startswith("“The leaders meet” moves most: −")
    assert f"−{100 * before:.0f} points" in message["moved"]
    message, _ = answers.answer(ControlMoves({"calendar/round/probability": "0.3"}), threading.Event())
    assert message["moved"] == "No outcome differs from the baseline on any path."


def test_a_slider_moves_no_others_draws(answers: Answers) -> None:
    """The rate stands in a pair with the summit's probability: fixed, it leaves that one's draws as they were."""
    _, state = answers.answer(ControlMoves({"events/sanctions/rate": "5 per year"}), threading.Event())
    before, after = ({w.path: i for i, w in enumerate(run.model.weights)} for run in (answers.baseline, state))
    assert set(before) - set(after) == {"events/sanctions/rate"}
    for path, i in after.items():
        assert (state.simulation.theta[:, i] == answers.baseline.simulation.theta[:, before[path]]).all()


def test_controls_hold_every_number_and_every_switch(answers: Answers) -> None:
    known = controls_of(answers.base, answers.baseline.model)
    numbers = {n["path"]: n for n in known["numbers"]}
    assert set(numbers) >= {w.path for w in answers.baseline.model.weights}
    rate = numbers["events/sanctions/rate"]
    assert rate["unit"] == "per year"
    assert rate["source"] == "own list"
    # Written as a 90 % range, lognormal: 95 % reaches 1.96/1.645 as far on the log scale.
    assert rate["low"] == pytest.approx(24**0.5 * (3 / 24**0.5) ** (1.959964 / 1.644854), rel=1e-5)
    assert rate["value"] == pytest.approx(24**0.5, rel=1e-6)
    assert numbers["events/visit/rate"]["low"] is None
    assert [e["name"] for e in known["entries"]] == ["summit", "round"]
    assert [h["lines"] for h in known["histories"]] == [["2021-02-10: sanctions", "2021-02-20: visit (a dinner)"]]
    assert [v["name"] for v in known["variants"]] == ["harsh"]
    assert [i["name"] for i in known["interventions"]] == ["calm"]
    json.dumps(known, allow_nan=False)


def test_those_that_matter_come_first(tmp_path: Path) -> None:
    """The summit hangs on its stated probability above all, in a file that asks for the summit first."""
    file = tmp_path / "s.yaml"
    file.write_text(
        SCENARIO.split("correlation_of_weights")[0] + "outcomes: {summit: {happens: summit}}\n", encoding="utf-8"
    )
    assert Answers(str(file), 128 * 60).order(threading.Event())[0] == "calendar/summit/probability"


def test_a_comparison_is_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from relsim.result.comparison import Comparison

    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.yaml").write_text(SCENARIO, encoding="utf-8")
    here = Answers("s.yaml", PATHS)
    done = save_comparison(here, MOVES[0])
    folder = tmp_path / done["folder"]
    found = Comparison.from_json((folder / "comparison.json").read_text(encoding="utf-8"))
    (contrast,) = found.contrasts.values()
    message, _ = here.answer(MOVES[0], threading.Event())
    assert contrast.outcomes["sanctions"].other == message["forecast"]["outcomes"]["sanctions"]["probability"]
    assert (folder / "report.html").exists()


def test_the_last_good_answer_stays_where_the_file_breaks(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    here = Answers(str(file), 128)
    before = here.baseline
    file.write_text(SCENARIO.replace("rate: 6 per year", "rate: 6 per yaer"), encoding="utf-8")
    with pytest.raises(DocumentError) as error:
        here.again()
    validated = CliRunner().invoke(main, ["validate", str(file)])
    assert str(error.value) in validated.stderr
    assert here.baseline is before
    with pytest.raises(DocumentError, match="per yaer"):
        here.answer(MOVES[0], threading.Event())
    file.write_text(SCENARIO, encoding="utf-8")
    here.answer(MOVES[0], threading.Event())
