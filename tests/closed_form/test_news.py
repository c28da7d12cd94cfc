"""Which news moved it: the pieces add up, and in small cases each is known in closed form."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from oracle.scenes import scene
from scipy import stats

from relsim.compare import compare, plan_news
from relsim.model import build
from relsim.result.comparison import CLEAR, SAME, Comparison, Contrast

PATHS = 20_000
POISSON = """
window: {{start: 2019-03-01, end: 2019-03-30{as_of}}}
variables: {{x: {{half_life: 8 days}}}}
events: {{a: {{rate: 0.2 per day}}, b: {{rate: 0.1 per day}}}}
calendar:
  talks: {{on: 2019-03-07, probability: 0.3}}
  vote: {{on: 2019-03-25, probability: 0.4}}
  late: {{on: 2019-03-28, probability: 0.5, odds_if: {{talks: {{odds_ratio: 4}}}}}}
{history}
outcomes:
  five: {{happens: a, at_least: 5}}
  early: {{happens: a, by: 2019-03-04, at_least: 2}}
  none: {{none: [{{happens: b}}]}}
  vote: {{happens: vote}}
  late: {{happens: late}}
  talks: {{happens: talks}}
"""
RECORD = """history:
  h:
    covers: {from: 2019-03-01, to: 2019-03-10}
    types: [a, b, talks]
    events: [{on: 2019-03-03, event: a, count: 2}, {on: 2019-03-08, event: a}]
"""


def poisson(as_of: str = "", history: str = "") -> str:
    return POISSON.format(as_of=as_of and f", as_of: {as_of}", history=history)


EARLIER, LATER = poisson(), poisson("2019-03-10", RECORD)


def told(one: str, other: str, paths: int = PATHS, seed: int = 3) -> Comparison:
    models = {"one": build(scene(one)), "other": build(scene(other))}
    plan = plan_news(*models.values(), ("one", "other"))
    titles = {"one": "One", "other": "Other"}
    return compare(models, titles=titles, paths=paths, seed=seed, news={"other": plan})


@pytest.fixture(scope="module")
def contrast() -> Contrast:
    return told(EARLIER, LATER).contrasts["other"]


def at_least(n: int, mean: float) -> float:
    return float(stats.poisson.sf(n - 1, mean))


def test_the_pieces_are_the_days_with_news_and_what_lies_between(contrast: Contrast) -> None:
    assert [piece.sentence for piece in contrast.news] == [
        "1 to 2 March: nothing of what the record covers happened",
        "3 March: a, 2 times",
        "4 to 6 March: nothing of what the record covers happened",
        "7 March: “talks” did not happen",
        "8 March: a",
        "9 to 10 March: nothing of what the record covers happened",
    ]
    days = [day for p in contrast.news for day in range(p.first.toordinal(), p.last.toordinal() + 1)]
    assert days == list(range(date(2019, 3, 1).toordinal(), date(2019, 3, 10).toordinal() + 1))


def test_the_pieces_add_up_to_the_whole(contrast: Contrast) -> None:
    for name, outcome in contrast.outcomes.items():
        parts = [Fraction(round(piece.outcomes[name].difference.value * PATHS), PATHS) for piece in contrast.news]
        assert sum(parts) == Fraction(round(outcome.difference.value * PATHS), PATHS)
        assert contrast.news[-1].outcomes[name].probability == outcome.other


def test_poisson_counts_are_taken_as_seen(contrast: Contrast) -> None:
    """P(N ≥ n | k seen up to day s) is that of n − k or more at the rate of the days left, after every piece."""
    for piece in contrast.news:
        elapsed = piece.last.day
        seen = 2 * (elapsed >= 3) + (elapsed >= 8)
        expected = {
            "five": at_least(5 - seen, 0.2 * (30 - elapsed)),
            "early": 1.0 if elapsed >= 3 else at_least(2, 0.2 * (4 - elapsed)),
            "none": float(np.exp(-0.1 * (30 - elapsed))),
            "vote": 0.4,
            "late": 0.5 if elapsed >= 7 else 0.3 * 0.8 + 0.7 * 0.5,
            "talks": 0.0 if elapsed >= 7 else 0.3,
        }
        for name, p in expected.items():
            error = np.sqrt(p * (1 - p) / PATHS)
            assert abs(piece.outcomes[name].probability - p) <= 5 * error, (piece.sentence, name)


def test_a_piece_without_bearing_moves_nothing(contrast: Contrast) -> None:
    """Nobody waits for the vote, and what decided an outcome lies behind: exactly zero, and known to be."""
    verdicts = {name: [p.outcomes[name].difference.verdict for p in contrast.news] for name in contrast.outcomes}
    assert verdicts["vote"] == [SAME] * 6
    assert verdicts["early"] == ["clear", "clear", SAME, SAME, SAME, SAME]
    assert verdicts["late"] == [SAME, SAME, SAME, CLEAR, SAME, SAME]
    assert verdicts["talks"] == [SAME, SAME, SAME, CLEAR, SAME, SAME]
    for piece in contrast.news:
        for move in piece.outcomes.values():
            if move.difference.verdict == SAME:
                assert (move.difference.value, move.difference.low, move.difference.high) == (0, 0, 0)


def test_what_the_news_decided_is_known() -> None:
    comparison = told(EARLIER, LATER, paths=2_000)
    outcome = comparison.contrasts["other"].outcomes["early"]
    assert comparison.scenarios["other"].outcomes["early"].known
    assert not comparison.scenarios["one"].outcomes["early"].known
    assert "to 100 %" in outcome.sentence
    assert comparison.scenarios["other"].as_of == date(2019, 3, 10)


def test_two_records_that_reach_into_the_window() -> None:
    """From one week to the next: only the days between are told, and the cut is the earlier scenario itself."""
    earlier = poisson("2019-03-05", RECORD.replace(", {on: 2019-03-08, event: a}", ""))
    pieces = told(earlier, LATER, paths=1_000).contrasts["other"].news
    assert [(piece.first.day, piece.last.day) for piece in pieces] == [(6, 6), (7, 7), (8, 8), (9, 10)]


def test_a_corrected_past_is_a_piece_of_its_own() -> None:
    """The later record has one event less on 3 March: P(N ≥ 5 | 2 seen) falls to P(N ≥ 5 | 1 seen)."""
    earlier = poisson("2019-03-05", RECORD.replace(", {on: 2019-03-08, event: a}", ""))
    first, *others = told(earlier, LATER.replace("count: 2", "count: 1")).contrasts["other"].news
    assert first.first is None
    assert first.last == date(2019, 3, 5)
    assert first.sentence == "up to 5 March: 2019-03-03: a, 1 instead of 2"
    assert [piece.first.day for piece in others] == [6, 7, 8, 9]
    expected = at_least(4, 0.2 * 25) - at_least(3, 0.2 * 25)
    difference = first.outcomes["five"].difference
    assert difference.verdict == CLEAR
    assert abs(difference.value - expected) <= 5 * difference.standard_error
    assert first.outcomes["vote"].difference.verdict == SAME


LONG = """
window: {{start: 2019-03-01, end: 2019-05-30{as_of}}}
variables: {{x: {{half_life: 8 days}}}}
events: {{a: {{rate: 1 per day}}, rare: {{rate: 1 per year}}}}
{history}
outcomes: {{many: {{happens: a, at_least: 95}}, rare: {{happens: rare}}}}
"""


def test_of_many_days_the_most_surprising_stand_alone() -> None:
    days = [f"{{on: 2019-03-{d:02}, event: a, count: {5 if d == 9 else 1}}}" for d in range(1, 31)]
    events = ", ".join([*days, "{on: 2019-03-20, event: rare}"])
    history = f"history: {{h: {{covers: {{from: 2019-03-01, to: 2019-03-30}}, events: [{events}]}}}}"
    later = LONG.format(as_of=", as_of: 2019-03-30", history=history)
    plan = plan_news(build(scene(LONG.format(as_of="", history=""))), build(scene(later)), ("one", "other"))
    assert len(plan.cuts) == 12
    alone = {cut.first.day for cut in plan.cuts if cut.first == cut.last}
    assert {9, 20} <= alone
    assert [cut.first.toordinal() for cut in plan.cuts[1:]] == [cut.last.toordinal() + 1 for cut in plan.cuts[:-1]]
    joined = max(plan.cuts, key=lambda cut: len(cut.listed))
    assert len(joined.listed) == (joined.last - joined.first).days + (
        2 if joined.first.day <= 20 <= joined.last.day else 1
    )
    assert f"and {len(joined.listed) - 3} more" in joined.sentence


@pytest.mark.parametrize(
    ("one", "other", "message"),
    [
        (EARLIER, LATER.replace("start: 2019-03-01", "start: 2019-03-02"), "also in start"),
        (EARLIER, LATER.replace("0.1 per day", "0.3 per day"), "also in events"),
        (LATER, EARLIER, "“other” knows up to 2019-02-28, “one” up to 2019-03-10"),
    ],
)
def test_what_cannot_be_taken_apart_says_why(one: str, other: str, message: str) -> None:
    contrast = told(one, other, paths=200).contrasts["other"]
    assert contrast.news == ()
    assert message in contrast.not_compared[-1]


def test_without_a_longer_record_there_is_no_news() -> None:
    contrast = told(EARLIER, EARLIER.replace("0.1 per day", "0.3 per day"), paths=200).contrasts["other"]
    assert contrast.news == ()
    assert contrast.not_compared == ()


def test_it_is_written_and_read_back(contrast: Contrast) -> None:
    comparison = told(EARLIER, LATER, paths=500)
    text = comparison.to_json()
    assert Comparison.from_json(text).to_json() == text
    assert Comparison.from_json(text).contrasts["other"].news == comparison.contrasts["other"].news
