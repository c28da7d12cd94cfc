"""Figures of a comparison: every side is there and named, what is noise looks it, conditions look apart."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from comparison_case import FIRST, TITLES, Case, make_comparison
from drawn import overlaps, texts, words
from matplotlib.colors import to_hex

from relsim.plots import Format, comparison_figures
from relsim.plots.compared import (
    bells_of,
    compared_of,
    course_sets_of,
    gaps_of,
    overlay_of,
    sides_of,
)
from relsim.plots.comparison_pages import courses_page, difference_page, differences_page, dumbbell_page, fans_page
from relsim.plots.dumbbell import NOISE_COLOUR
from relsim.plots.sides import look_of, widths
from relsim.plots.style import at, house_style
from relsim.result.comparison import NOISE, SAME, SMALL, Comparison, IndexContrast
from relsim.scenario import Scenario

TWO, FOUR, SEVEN = ("meeting",), ("no_meeting", "meeting", "incident_june"), tuple(TITLES)


def fans(case: Case):
    comparison, scenarios = case
    return fans_page(overlay_of(comparison, scenarios, "relations"), compared_of(comparison))


def gaps(comparison: Comparison):
    return gaps_of(comparison, "relations", "US–Russian relations")


def named(figure) -> str:
    """All labels of an overlaid fan, lines of one label joined."""
    return " ".join(words(figure, "label"))


@pytest.fixture(autouse=True)
def _style() -> object:
    with house_style():
        yield


@pytest.mark.parametrize("names", [TWO, FOUR, (*FOUR, "bargain"), SEVEN], ids=len)
def test_no_text_covers_another(names: tuple[str, ...]) -> None:
    comparison, _ = case = make_comparison(names, given=("osaka",))
    shown, sides = compared_of(comparison), sides_of(comparison)
    assert overlaps(fans(case)) == []
    assert overlaps(difference_page(gaps(comparison)[0], shown)) == []
    assert overlaps(difference_page(gaps(comparison)[-1], shown)) == []
    assert overlaps(differences_page(gaps(comparison), shown)) == []
    assert overlaps(dumbbell_page(bells_of(comparison), shown)) == []
    assert overlaps(courses_page(course_sets_of(comparison), sides[:5], shown)) == []


@pytest.mark.parametrize("names", [TWO, FOUR, (*FOUR, "bargain")], ids=len)
def test_overlaid_fans_show_and_name_every_scenario(names: tuple[str, ...]) -> None:
    figure = fans(make_comparison(names, given=("osaka",)))
    assert all(title[:20] in named(figure) for title in (*(TITLES[name] for name in names), "Baseline: "))
    chart = figure.axes[0]
    medians = [line for line in chart.lines if line.get_gid() == "median"]
    assert len(medians) == 1 + len(names)
    assert len({line.get_color() for line in medians}) == len(medians)
    assert len({str(line.get_linestyle()) + str(line._dash_pattern) for line in medians}) == len(medians)
    thick = [line.get_linewidth() for line in sorted(medians, key=lambda line: line.get_zorder())]
    assert thick == sorted(thick, reverse=True)
    assert len(set(thick)) == len(thick)
    bars = [line for line in chart.lines if line.get_gid() == "bar"]
    assert len({line.get_xdata()[0] for line in bars}) == len(medians)


def test_scenarios_that_coincide_are_all_seen() -> None:
    """Pixels of each colour are found though all four lie on one line."""
    import numpy as np

    comparison, scenarios = make_comparison(FOUR, identical=True)
    figure = fans((comparison, scenarios))
    chart = figure.axes[0]
    # Without bars, labels and bands the colours come from the medians themselves.
    for artist in [*chart.texts, *chart.collections, *(x for x in chart.lines if x.get_gid() != "median")]:
        artist.remove()
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())[:, :, :3].reshape(-1, 3).astype(int)
    for side in sides_of(comparison):
        colour = to_hex(look_of(side).colour)
        want = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
        assert (np.abs(pixels - want).sum(axis=1) < 12).sum() > 100, side.name


def test_identical_scenarios_say_so() -> None:
    case = make_comparison(TWO, identical=True)
    assert "never differs" in words(fans(case), "note")
    page = difference_page(gaps(case[0])[0], compared_of(case[0]))
    assert "No path differs on any day." in words(page, "page")
    assert {bell.verdict for row in bells_of(case[0]) for bell in row.bells} == {SAME}


def test_past_five_scenarios_each_stands_beside_the_baseline() -> None:
    case = make_comparison(SEVEN)
    figure = fans(case)
    assert len(figure.axes) == len(SEVEN)
    for ax in figure.axes:
        medians = [line for line in ax.lines if line.get_gid() == "median"]
        assert [line.get_color() for line in medians] == ["#1b1b1b", "#0072b2"]
    assert len(words(figure, "title")) == len(SEVEN)


def test_the_first_day_of_difference_is_marked() -> None:
    comparison, _ = case = make_comparison(FOUR)
    marks = [line for line in fans(case).axes[0].lines if line.get_gid() == "first difference"]
    assert [line.get_xdata()[0] for line in marks] == [at(FIRST)] * len(FOUR)
    assert len({line.get_ydata()[0] for line in marks}) == len(FOUR)
    figure = difference_page(gaps(comparison)[0], compared_of(comparison))
    line = next(line for line in figure.axes[0].lines if line.get_gid() == "first difference")
    assert line.get_xdata()[0] == at(FIRST) - 0.5
    assert words(figure, "first difference") == ["first difference, 28 Jun"]


def test_the_difference_fan_has_zero_mean_interval_and_bands() -> None:
    comparison, _ = make_comparison(FOUR)
    gap = gaps(comparison)[0]
    figure = difference_page(gap, compared_of(comparison))
    chart = figure.axes[0]
    gids = [line.get_gid() for line in chart.lines] + [area.get_gid() for area in chart.collections]
    assert {"zero", "mean", "interval", "band"} <= set(gids)
    assert gids.count("band") == 3
    assert words(figure, "band") == ["50 %", "80 %", "95 %", "mean"]
    assert "Mean at its largest, 28 Jun: −0.40 (−0.42 to −0.38)" in " ".join(words(figure, "page"))
    low, high = chart.get_ylim()
    assert low < min(gap.bands[0].low) < 0 < high


def test_a_condition_is_told_apart_from_a_scenario() -> None:
    comparison, _ = make_comparison(("meeting",), given=("osaka",))
    assert [side.condition for side in sides_of(comparison)] == [False, False, True]
    figure = difference_page(gaps(comparison)[-1], compared_of(comparison))
    assert "band" not in [area.get_gid() for area in figure.axes[0].collections]
    assert "not what it would change" in " ".join(words(figure, "page"))
    figure = dumbbell_page(bells_of(comparison), compared_of(comparison))
    names = {text.get_text(): text.get_fontstyle() for text in texts(figure, "side")}
    assert next(name.split(" “")[0] for name, style in names.items() if style == "italic") == "Where"
    assert names[TITLES["meeting"]] == names["baseline"] == "normal"
    faces = {
        line.get_marker(): line.get_color() for ax in figure.axes for line in ax.lines if line.get_gid() == "after"
    }
    assert faces["D"] == "white"
    assert faces["s"] != "white"
    assert "Hollow marks are conditions" in " ".join(words(figure, "page"))
    plain, _ = make_comparison(("meeting",))
    assert "Hollow" not in " ".join(words(dumbbell_page(bells_of(plain), compared_of(plain)), "page"))


def test_what_is_within_noise_is_grey_and_called_so() -> None:
    comparison, _ = make_comparison(FOUR)
    contrast = comparison.contrasts["meeting"]
    names = list(contrast.outcomes)
    outcomes = dict(contrast.outcomes)
    for name, verdict in zip(names, (NOISE, SMALL)):
        outcomes[name] = replace(outcomes[name], difference=replace(outcomes[name].difference, verdict=verdict))
    outcomes[names[2]] = replace(outcomes[names[2]], gained=0.0, lost=0.0)
    changed = replace(comparison, contrasts={**comparison.contrasts, "meeting": replace(contrast, outcomes=outcomes)})
    figure = dumbbell_page(bells_of(changed), compared_of(changed))
    chart = figure.axes[-1]
    colours = [line.get_color() for line in chart.lines if line.get_gid() == "difference"]
    assert colours.count(NOISE_COLOUR) == 2
    notes = words(figure, "difference")
    grey = {note.split(", ")[-1] for note in notes if "(" not in note}
    assert grey == {"within noise", "small", "no path differs"}
    assert len(colours) == len(notes) - 1


def test_pale_bars_are_parameter_ranges_and_percentages_no_finer() -> None:
    comparison, _ = make_comparison(("no_meeting",))
    rows = bells_of(comparison)
    figure = dumbbell_page(rows, compared_of(comparison))
    bars = {tuple(line.get_xdata()) for line in figure.axes[-1].lines if line.get_gid() == "range"}
    for forecast in comparison.scenarios.values():
        o = forecast.outcomes[rows[0].name]
        assert (100 * o.weights_low, 100 * o.weights_high) in bars
    assert "pale: parameter range, 5–95 %" in " ".join(words(figure, "page"))
    assert not [text for text in words(figure, "percentage") if "." in text]


def test_outcomes_that_nothing_clearly_changes_stand_in_a_note() -> None:
    comparison, _ = make_comparison(("no_meeting",))
    contrast = comparison.contrasts["no_meeting"]
    small = {
        name: replace(one, difference=replace(one.difference, verdict=SMALL if i else one.difference.verdict))
        for i, (name, one) in enumerate(contrast.outcomes.items())
    }
    changed = replace(comparison, contrasts={"no_meeting": replace(contrast, outcomes=small)})
    figure = dumbbell_page(bells_of(changed), compared_of(changed))
    assert words(figure, "side") == ["baseline", TITLES["no_meeting"]]
    note = " ".join(words(figure, "rest"))
    assert note.startswith("Without a clear change: ")
    assert "The 24 Ukrainian sailors freed by year end (44 %)" in note


def test_a_side_is_named_by_its_title_and_by_its_name_where_titles_repeat() -> None:
    comparison, _ = make_comparison(FOUR)
    baseline = comparison.scenarios["baseline"].scenario
    assert [side.label for side in sides_of(comparison)] == [f"Baseline: {baseline}", *(TITLES[n] for n in FOUR)]
    twice = {name: replace(one, title=baseline) for name, one in comparison.contrasts.items()}
    labels = [side.label for side in sides_of(replace(comparison, contrasts=twice))]
    assert labels[:2] == [f"Baseline: {baseline}, baseline", f"{baseline}, no meeting"]


def test_only_the_baseline_has_a_band_and_hardly_anything_does_not_fill_the_picture() -> None:
    comparison, _ = case = make_comparison(FOUR)
    assert [area.get_gid() for area in fans(case).axes[0].collections].count("band") == 1
    gap = gaps(comparison)[0]
    little = replace(gap, mean=tuple(0.01 for _ in gap.mean), low=gap.mean, high=gap.mean, bands=())
    little = replace(little, low=little.mean, high=little.mean)
    low, high = difference_page(little, compared_of(comparison)).axes[0].get_ylim()
    assert high - low >= 1


def test_curves_have_the_mark_of_each_scenario_and_a_key() -> None:
    comparison, _ = make_comparison(FOUR)
    figure = courses_page(course_sets_of(comparison), sides_of(comparison), compared_of(comparison))
    panels = [ax for ax in figure.axes if ax.axison]
    assert len(panels) == len(comparison.scenarios["baseline"].outcomes)
    for ax in panels:
        marks = [line.get_marker() for line in ax.lines if line.get_gid() == "mark"]
        assert sorted(marks) == ["D", "^", "o", "s"]
    page = words(figure, "page")
    assert all(side.label in page for side in sides_of(comparison))


def test_a_daily_interval_that_cannot_be_said_leaves_the_mean() -> None:
    comparison, _ = make_comparison(("meeting",), given=("osaka",))
    contrast = comparison.contrasts["given osaka"]
    mean = contrast.indices["relations"].mean
    bare = {"relations": IndexContrast("Relations", mean, (), (), {})}
    changed = {**comparison.contrasts, "given osaka": replace(contrast, indices=bare)}
    gap = gaps(replace(comparison, contrasts=changed))[-1]
    assert all(math.isnan(x) for x in gap.low)
    assert overlaps(difference_page(gap, compared_of(comparison))) == []


def test_another_window_or_nothing_in_common_is_drawn_all_the_same() -> None:
    comparison, scenarios = make_comparison(FOUR)
    short = comparison.contrasts["meeting"]
    index = short.indices["relations"]
    cut = {"relations": IndexContrast("Relations", index.mean[:50], index.low[:50], index.high[:50], {})}
    unpaired = replace(
        comparison.contrasts["no_meeting"], first_difference=None, outcomes={}, quantities={}, indices={}
    )
    contrasts = {**comparison.contrasts, "meeting": replace(short, indices=cut), "no_meeting": unpaired}
    changed = replace(comparison, contrasts=contrasts)
    assert [gap.side.name for gap in gaps(changed)] == ["meeting", "incident_june"]
    assert len(gaps(changed)[0].dates) == 50
    assert "not paired with the baseline" in words(fans((changed, scenarios)), "note")


@pytest.mark.parametrize("format", ["png", "svg"])
def test_the_same_comparison_gives_the_same_bytes_and_says_what_it_is(format: Format, tmp_path: Path) -> None:
    case = make_comparison(("meeting",), given=("osaka",), outcomes=2)
    first = comparison_figures(*case, tmp_path / "a", format)
    second = comparison_figures(*case, tmp_path / "b", format)
    stems = ["fans-relations", "difference-relations-meeting", "difference-relations-given_osaka"]
    assert [path.name for path in first] == [f"{stem}.{format}" for stem in (*stems, "outcomes", "cumulative")]
    for one, two in zip(first, second):
        content = one.read_bytes()
        assert content == two.read_bytes()
        for part in (b"20,000 paths", b"seed 20190515", b"relsim 0.2.0"):
            assert part in content


def test_many_scenarios_get_small_multiples(tmp_path: Path) -> None:
    comparison, scenarios = make_comparison(SEVEN[:5], outcomes=1)
    written = [path.stem for path in comparison_figures(comparison, scenarios, tmp_path)]
    pages = [f"cumulative-{name}" for name in SEVEN[:5]]
    assert written == ["fans-relations", "differences-relations", "outcomes", *pages]


def test_names_of_sides_become_names_of_files(tmp_path: Path) -> None:
    comparison, scenarios = make_comparison(("meeting",), outcomes=1)
    name = "a/b: c"
    contrast = replace(comparison.contrasts["meeting"], name=name)
    forecasts = {"baseline": comparison.scenarios["baseline"], name: comparison.scenarios["meeting"]}
    changed = replace(comparison, scenarios=forecasts, contrasts={name: contrast})
    written = [path.name for path in comparison_figures(changed, scenarios, tmp_path)]
    assert "difference-relations-a-b-_c.png" in written


def test_lines_laid_over_each_other_grow_thinner() -> None:
    assert widths(3) == sorted(widths(3), reverse=True)
    assert min(a - b for a, b in zip(widths(5), widths(5)[1:])) > 0.5


def test_scenario_files_are_needed_for_the_baseline_only(tmp_path: Path) -> None:
    comparison, scenarios = make_comparison(("meeting",), outcomes=1)
    only: dict[str, Scenario] = {"baseline": scenarios["baseline"]}
    assert comparison_figures(comparison, only, tmp_path)
