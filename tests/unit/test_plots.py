"""Figures: what is drawn, where it stands, that no text covers another, and that the bytes repeat."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import matplotlib as mpl
import pytest
from drawn import overlaps, words
from plots_case import (
    CALENDAR,
    END,
    EVENTS,
    HISTORY,
    OUTCOMES,
    START,
    dates_of,
    make_forecast,
    make_index,
    make_scenario,
)

from relsim.plots import Format, cumulative_page, fan_page, figures, outcomes_page
from relsim.plots.cumulative import highest
from relsim.plots.data import Past, chances_of, courses_of, fan_of, run_of, tenths
from relsim.plots.fan import view
from relsim.plots.frame import foot
from relsim.plots.style import (
    SMALL,
    WIDTH,
    at,
    date_ticks,
    house_style,
    sheet,
    shorten,
    spread_out,
    width_of,
    wrap,
)
from relsim.plots.timeline import due, observed
from relsim.result import Forecast
from relsim.result.differences import number
from relsim.scenario import Intervention, Scenario

Case = tuple[Scenario, Forecast]


def base() -> Case:
    scenario = make_scenario()
    return scenario, make_forecast(scenario)


def variant() -> Case:
    scenario = make_scenario(
        interventions={
            "no_osaka": Intervention("no_osaka", cancel="osaka_meeting"),
            "crash": Intervention("crash", on=date(2019, 6, 10), event="incident"),
            "quiet_summer": Intervention("quiet_summer", first=date(2019, 7, 1), last=date(2019, 8, 31)),
        }
    )
    return scenario, make_forecast(scenario, variant="no_meeting", outcomes=[OUTCOMES[i] for i in (0, 4, 5, 6, 8)])


def bare() -> Case:
    scenario = make_scenario(history=[], calendar=[])
    return scenario, make_forecast(scenario, outcomes=OUTCOMES[:1], doubt=False)


def short() -> Case:
    scenario = make_scenario(end=START + timedelta(9), calendar=CALENDAR[:1])
    return scenario, make_forecast(scenario, outcomes=OUTCOMES[:3])


def long() -> Case:
    scenario = make_scenario(end=date(2024, 5, 14))
    return scenario, make_forecast(scenario, outcomes=OUTCOMES[:7])


def wordy() -> Case:
    label = "A very long label of a calendar entry that goes on and on until it reaches the end of the line"
    calendar = [(f"c{i}", label, str(START + timedelta(7 * i)), None, 0.5, 0.5) for i in range(25)]
    scenario = make_scenario(title="A title too long for two lines, and $5 is not $10; " * 5, calendar=calendar)
    outcomes = [(f"o{i}", "What counts as it, at length, $ and all, " * 6, 0.3 + i / 10, "rise") for i in range(6)]
    return scenario, make_forecast(scenario, outcomes=outcomes)


def certain() -> Case:
    scenario = make_scenario(history=HISTORY[:3])
    outcomes = [
        ("z", "Never", 0.0, "rise"),
        ("o", "Always", 1.0, "early"),
        ("c", "At the end", 1.0, "on 2019-12-31"),
    ]
    flat = {"relations": make_index(scenario.days, level=8.9, spread=0, end=8.9)}
    return scenario, make_forecast(scenario, outcomes=outcomes, indices=flat)


def many() -> Case:
    scenario = make_scenario(calendar=CALENDAR[:3])
    outcomes = [
        (f"o{i}", f"Outcome {i} " + "with words " * (i % 6), i / 21, ("rise", "late")[i % 2]) for i in range(22)
    ]
    return scenario, make_forecast(scenario, outcomes=outcomes)


def small() -> Case:
    scenario = make_scenario(calendar=CALENDAR[:3])
    outcomes = [(f"o{i}", f"A rare thing of a long name, number {i}, " * 2, 0.001 + i / 100, "rise") for i in range(5)]
    return scenario, make_forecast(scenario, outcomes=outcomes)


def tiny(outcomes: int = 1) -> Case:
    scenario = make_scenario(end=START + timedelta(29), history=HISTORY[-3:], calendar=CALENDAR[:2])
    return scenario, make_forecast(scenario, outcomes=OUTCOMES[4 : 4 + outcomes], variant="no_meeting")


CASES = (base, variant, bare, short, long, wordy, certain, many, small)


def replayed() -> Past:
    days = dates_of(START - timedelta(60), START - timedelta(1))
    return Past(days, tuple(-2.5 - 0.4 * i / 60 for i in range(60)))


@pytest.fixture(autouse=True)
def _style() -> object:
    with house_style():
        yield


@pytest.mark.parametrize("case", CASES)
def test_no_text_covers_another_in_a_fan(case: Callable[[], Case]) -> None:
    scenario, forecast = case()
    assert overlaps(fan_page(fan_of(forecast, scenario, "relations"), run_of(forecast))) == []


@pytest.mark.parametrize("case", [base, short, bare])
def test_no_text_covers_another_beside_a_replayed_past(case: Callable[[], Case]) -> None:
    scenario, forecast = case()
    figure = fan_page(fan_of(forecast, scenario, "relations", replayed()), run_of(forecast))
    assert overlaps(figure) == []
    assert words(figure, "past")


@pytest.mark.parametrize("case", [base, bare, wordy, certain, many, small])
def test_no_text_covers_another_in_the_outcomes(case: Callable[[], Case]) -> None:
    _, forecast = case()
    assert overlaps(outcomes_page(chances_of(forecast), run_of(forecast))) == []


@pytest.mark.parametrize("case", CASES)
def test_no_text_covers_another_in_the_courses(case: Callable[[], Case]) -> None:
    _, forecast = case()
    assert overlaps(cumulative_page(courses_of(forecast), run_of(forecast))) == []


def test_fan_names_bands_grades_and_median() -> None:
    scenario, forecast = base()
    figure = fan_page(fan_of(forecast, scenario, "relations"), run_of(forecast))
    assert sorted(words(figure, "band")) == ["50 %", "80 %", "95 %"]
    assert [word.split("\n")[0] for word in words(figure, "grade")] == ["tense", "discordant", "normal"]
    assert words(figure, "median") == ["median −2.8"]
    assert "−6 to −3" in words(figure, "grade")[0]
    assert figure.axes[0].get_ylabel() == "points (scale −9 to 9)"


def test_fan_axis_follows_the_data_but_not_noise() -> None:
    scenario, forecast = base()
    low, high = fan_page(fan_of(forecast, scenario, "relations"), run_of(forecast)).axes[0].get_ylim()
    bands = forecast.indices["relations"].quantiles
    assert low < min(bands["0.025"]) < max(bands["0.975"]) < high
    assert high - low < 8
    scenario, forecast = certain()
    low, high = fan_page(fan_of(forecast, scenario, "relations"), run_of(forecast)).axes[0].get_ylim()
    assert low < 8.9 < high
    assert high - low >= 1


def test_marks_stand_at_their_dates() -> None:
    scenario, forecast = base()
    figure = fan_page(fan_of(forecast, scenario, "relations"), run_of(forecast))
    chart = figure.axes[0]
    shown = {at(date.fromisoformat(on)) for on, _, _ in HISTORY if at(date.fromisoformat(on)) >= chart.get_xlim()[0]}
    marks = [line for line in chart.lines if line.get_gid() == "history"]
    assert {x for line in marks for x in line.get_xdata()} == shown
    raising = next(line for line in marks if line.get_marker() == "^")
    assert at(date(2019, 5, 6)) in raising.get_xdata()
    assert at(date(2019, 5, 10)) not in raising.get_xdata()
    upright = {line.get_xdata()[0] for line in chart.lines if line.get_color() == "#a34a00"}
    assert upright == {at(date.fromisoformat(first)) for _, _, first, last, _, _ in CALENDAR if last is None}
    assert any(line.get_xdata()[0] == at(START) - 0.5 for line in chart.lines)


def fan_words(case: Case, gid: str, past: Past | None = None) -> list[str]:
    scenario, forecast = case
    return words(fan_page(fan_of(forecast, scenario, "relations", past), run_of(forecast)), gid)


def test_calendar_says_what_was_simulated_and_what_was_stated() -> None:
    labels, simulated = fan_words(base(), "due"), fan_words(base(), "simulated")
    assert len(labels) == len(simulated) == len(CALENDAR)
    said = dict(zip(labels, simulated))
    assert said["28 Jun · Presidents hold a formal bilateral meeting at"] == "62 % (stated 75 %)"
    assert said["2 Aug · INF treaty ends"] == "97 %"
    assert any(label.startswith("20 May – 30 Nov · Second round") for label in labels)


def test_a_number_of_the_list_stands_at_its_day_or_at_the_end_of_its_bar() -> None:
    scenario, forecast = base()
    figure = fan_page(fan_of(forecast, scenario, "relations"), run_of(forecast))
    strip = figure.axes[1]
    entries = sorted((first, last or first) for _, _, first, last, _, _ in CALENDAR)
    numbers = [str(i + 1) for i in range(len(entries))]
    assert sorted(words(figure, "place"), key=int) == words(figure, "number") == numbers
    leaders = {line.get_xdata()[0] for line in strip.lines if line.get_gid() == "leader"}
    assert leaders == {at(date.fromisoformat(first)) for first, last in entries if first == last}
    stretches = [tuple(line.get_xdata()) for line in strip.lines if line.get_gid() == "stretch"]
    assert stretches == [(at(date(2019, 5, 20)) - 0.5, at(date(2019, 11, 30)) + 0.5)]


def test_a_variants_assumptions_are_marked_as_such() -> None:
    scenario, forecast = variant()
    page = fan_page(fan_of(forecast, scenario, "relations"), run_of(forecast))
    said = dict(zip(words(page, "due"), words(page, "simulated")))
    assert any(label.startswith("28 Jun · ") and note == "cancelled" for label, note in said.items())
    assert said["10 Jun · Serious incident"] == "assumed"
    assert said["1 Jul – 31 Aug · Quiet summer"] == "assumed"
    assert any("variant no_meeting" in word for word in words(page, "page"))


def test_a_fan_says_whose_relations_and_of_what_its_index_is_made() -> None:
    page = fan_words(base(), "page")
    assert any(text.startswith("US–Russian relations, United States and Russia, 15 May") for text in page)
    assert "0.4 × mean tone (tone of us)." in page
    scenario, forecast = base()
    alone = fan_of(replace(forecast, variables={"tone.us": make_index(scenario.days)}), scenario, "tone.us")
    assert (alone.title, alone.between) == ("Tone of us of the United States", ())


def test_every_observed_event_is_named_marked_or_counted() -> None:
    scenario, forecast = base()
    data = fan_of(forecast, scenario, "relations")
    shown = observed(data, view(data, 8.0)[0], 4.5, 2.6)
    assert 5 <= len(shown.entries) <= 12
    assert shown.height <= 2.6
    assert len(data.history) == len({(on, event) for on, event, _ in HISTORY})
    unnamed = len(data.history) - 2 - len(shown.entries)
    assert " ".join(shown.remark) == f"+ {unnamed} more marked at the foot; + 2 earlier, from 16 Jul 2018"
    assert any("2 × Refusal or demand," in " ".join(entry.lines) for entry in shown.entries)


@pytest.mark.parametrize("past", [False, True])
def test_labels_are_broken_before_they_are_cut(past: bool) -> None:
    lines = [fan_words(base(), gid, replayed() if past else None) for gid in ("due", "past", "rest")]
    assert all(lines)
    assert not [line for found in lines for line in found if "…" in line]


def test_entries_without_room_are_counted() -> None:
    scenario, forecast = wordy()
    shown = due(fan_of(forecast, scenario, "relations"), 5.0)
    assert len(shown.entries) == 24
    assert shown.remark == ("+ 1 more",)


def test_history_counts_a_day_by_the_fullest_source() -> None:
    scenario, forecast = base()
    other = {**scenario.history, "again": scenario.history["made_up"]}
    doubled = Scenario(**{**vars(scenario), "history": other})
    assert fan_of(forecast, doubled, "relations").history == fan_of(forecast, scenario, "relations").history


def test_outcomes_are_sorted_with_both_intervals() -> None:
    _, forecast = base()
    data = chances_of(forecast)
    figure = outcomes_page(data, run_of(forecast))
    chart = figure.axes[-1]
    dots = [line.get_xdata()[0] for line in chart.lines if line.get_gid() == "probability"]
    assert dots == sorted(dots, reverse=True)
    assert len(dots) == len(OUTCOMES)
    thick = {tuple(line.get_xdata()) for line in chart.lines if line.get_gid() == "monte carlo"}
    thin = {tuple(line.get_xdata()) for line in chart.lines if line.get_gid() == "weights"}
    o = forecast.outcomes["sailors"]
    assert (100 * o.low, 100 * o.high) in thick
    assert (100 * o.weights_low, 100 * o.weights_high) in thin
    explained = " ".join(words(figure, "page"))
    assert "95 % Monte Carlo interval" in explained
    assert "parameter range, 5–95 %" in explained


def test_without_uncertain_weights_no_range_is_drawn_or_promised() -> None:
    scenario, forecast = bare()
    figure = outcomes_page(chances_of(forecast), run_of(forecast))
    assert not [line for line in figure.axes[-1].lines if line.get_gid() == "weights"]
    assert "no parameter range: every parameter is certain in this run" in words(figure, "page")
    fan = fan_page(fan_of(forecast, scenario, "relations"), run_of(forecast))
    assert any("chance alone" in word for word in words(fan, "page"))


def test_percentages_are_as_precise_as_the_wider_doubt() -> None:
    scenario = make_scenario()
    sharp = make_forecast(scenario, outcomes=[("a", "A", 0.6234, "rise")], doubt=False, paths=1_000_000)
    assert chances_of(sharp)[0].text == "62.3 %"
    vague = make_forecast(scenario, outcomes=[("a", "A", 0.6234, "rise")], paths=1_000_000)
    assert "." not in chances_of(vague)[0].text
    said = {chance.name: chance.text for chance in chances_of(base()[1])}
    assert said["new_start"] == "1 %"
    assert said["never"] == "0 %"


def test_outcomes_decided_on_one_date_are_points() -> None:
    _, forecast = base()
    courses = {course.name: course for course in courses_of(forecast)}
    assert courses["worse"].decided_on == END
    assert courses["osaka"].decided_on == date(2019, 6, 28)
    assert courses["sailors"].decided_on is None
    figure = cumulative_page(tuple(courses.values()), run_of(forecast))
    dots = [line.get_xdata()[0] for ax in figure.axes for line in ax.lines if line.get_gid() == "decided"]
    assert sorted(dots) == sorted(at(course.decided_on) for course in courses.values() if course.decided_on)
    assert "all on 31 Dec 2019" in words(figure, "note")


def test_one_path_on_one_date_is_not_taken_for_a_rule() -> None:
    scenario = make_scenario()
    forecast = make_forecast(scenario, outcomes=[("rare", "Rare", 1 / 20000, "on 2019-07-01")])
    assert courses_of(forecast)[0].decided_on is None


def test_few_outcomes_share_a_panel_and_many_get_their_own() -> None:
    _, five = variant()
    assert len(cumulative_page(courses_of(five), run_of(five)).axes) == 1
    _, eleven = base()
    assert len(cumulative_page(courses_of(eleven), run_of(eleven)).axes) == 11


def test_small_probabilities_get_a_smaller_scale() -> None:
    assert highest(courses_of(small()[1])) == 10
    assert highest(courses_of(base()[1])) == 100


@pytest.mark.parametrize(
    ("format", "outcomes", "names"),
    [
        ("png", 1, ["fan-relations", "outcomes", "cumulative"]),
        ("svg", 0, ["fan-relations"]),
        ("pdf", 0, ["fan-relations"]),
    ],
)
def test_the_same_forecast_gives_the_same_bytes(
    format: Format, outcomes: int, names: list[str], tmp_path: Path
) -> None:
    scenario, forecast = tiny(outcomes)
    first = figures(forecast, scenario, tmp_path / "a", format)
    second = figures(forecast, scenario, tmp_path / "b", format)
    assert [path.name for path in first] == [f"{name}.{format}" for name in names]
    for one, two in zip(first, second):
        assert one.read_bytes() == two.read_bytes()


def test_files_say_which_run_they_show(tmp_path: Path) -> None:
    scenario, forecast = tiny()
    for path in [
        *figures(forecast, scenario, tmp_path, "png"),
        *figures(forecast, scenario, tmp_path, "svg"),
    ]:
        content = path.read_bytes()
        assert b"seed 20190515" in content
        assert b"no_meeting" in content
        assert b"20,000 paths" in content
        assert b"relsim 0.1.0" in content


def test_two_indices_two_fans_and_none_the_variables(tmp_path: Path) -> None:
    short = {"end": START + timedelta(20), "calendar": [], "history": []}
    scenario = make_scenario(indices=("relations", "mood"), **short)
    forecast = make_forecast(scenario, outcomes=[])
    assert [path.name for path in figures(forecast, scenario, tmp_path)] == [
        "fan-relations.png",
        "fan-mood.png",
    ]
    scenario = make_scenario(indices=(), **short)
    forecast = make_forecast(scenario, outcomes=[])
    forecast = Forecast(**{**vars(forecast), "variables": {"tone.us": make_index(scenario.days)}})
    assert [path.name for path in figures(forecast, scenario, tmp_path)] == ["fan-tone.us.png"]


def test_a_record_that_reaches_into_the_window_has_a_line_of_its_own() -> None:
    scenario, forecast = tiny(0)
    for as_of, expected in (
        (None, ["forecast starts"]),
        (START + timedelta(2), ["window starts", "known up to 17 May"]),
    ):
        known = replace(forecast, as_of=as_of)
        figure = fan_page(fan_of(known, scenario, "relations"), run_of(known))
        said = [text.get_text() for text in figure.axes[0].texts if text.get_gid() in ("start", "known")]
        assert said == expected


def test_the_readers_settings_are_neither_used_nor_changed(tmp_path: Path) -> None:
    scenario, forecast = tiny(0)
    before = figures(forecast, scenario, tmp_path / "a")
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red"}):
        after = figures(forecast, scenario, tmp_path / "b")
        assert mpl.rcParams["font.size"] == 30
    assert [path.read_bytes() for path in before] == [path.read_bytes() for path in after]


def test_a_history_event_that_no_type_knows_still_shows() -> None:
    scenario, forecast = base()
    known = {name: event for name, event in scenario.events.items() if name != "visit"}
    data = fan_of(forecast, Scenario(**{**vars(scenario), "events": known}), "relations")
    assert "visit: Sochi" in [event.label for event in data.history]
    assert len(EVENTS) == len(known) + 1


def test_text_is_cut_and_broken_to_fit() -> None:
    text = "The presidents hold a formal bilateral meeting at the summit"
    assert shorten(text, 10, 20) == text
    cut = shorten(text, 10, 1.5)
    assert cut.endswith("…")
    assert width_of(cut, 10) <= 1.5
    lines = wrap(text, 10, 1.5, 2)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert " ".join(wrap(text, 10, 1.5, 9)) == text


def test_labels_are_spread_without_losing_their_order() -> None:
    places = spread_out([0, 1, 1.5, 50, 99], [10, 10, 10, 10, 10], 0, 100)
    assert places == pytest.approx([5, 15, 25, 50, 95])
    assert spread_out([10, 40], [4, 4], 0, 100) == [10, 40]


@pytest.mark.parametrize(
    ("first", "last", "room", "labels"),
    [
        (date(2019, 5, 15), date(2019, 5, 19), 6, ["15 May\n2019", "16 May", "17 May", "18 May", "19 May"]),
        (date(2019, 12, 1), date(2020, 1, 1), 2, ["2 Dec\n2019", "16 Dec", "30 Dec"]),
        (date(2019, 10, 15), date(2020, 3, 31), 6, ["Nov\n2019", "Dec", "Jan\n2020", "Feb", "Mar"]),
        (date(2019, 5, 15), date(2024, 5, 14), 2.5, ["2020", "2021", "2022", "2023", "2024"]),
    ],
)
def test_ticks_of_dates(first: date, last: date, room: float, labels: list[str]) -> None:
    ticks, said = date_ticks(first, last, room)
    assert said == labels
    assert all(first <= day <= last for day in ticks)


def test_matplotlib_waits_until_a_figure_is_wanted() -> None:
    code = "import sys, relsim, relsim.result, relsim.scenario; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_long_title_leaves_the_rest_of_the_identity_at_the_foot() -> None:
    shown = replace(run_of(make_forecast(make_scenario())), title="A title without end " * 12)
    figure = sheet()
    foot(figure, shown)
    (text,) = (t.get_text() for t in figure.texts)
    assert text.startswith("A title without end")
    assert text.endswith(shown.line.removeprefix(shown.title))
    assert width_of(text, SMALL) <= WIDTH


@pytest.mark.parametrize(("value", "text"), [(-0.04, "0.0"), (-0.06, "−0.1"), (2.0, "2.0")])
def test_zero_has_no_sign(value: float, text: str) -> None:
    assert tenths(value) == text
    assert number(value, 1) == text
