"""What is comparable is compared, what is not is named, and nothing is silently dropped."""

from __future__ import annotations

import pytest
from oracle.scenes import scene

from relsim.compare import compare
from relsim.compare.comparable import comparable
from relsim.model import build

BASE = """
window: {start: 2019-01-01, end: 2019-02-28}
parties: {us: United States, ru: Russia}
variables: {x: {half_life: 10 days, spread: 0.5}, y: {half_life: 20 days}}
indices: {mood: {weights: {x: 1, y: 1}}, pure: {weights: {y: 1}}}
events: {a: {rate: 0.1 per day, effects: {y: 1}}, b: {rate: 0.2 per day}}
outcomes:
  some: {happens: a, by: 2019-02-10}
  ever: {happens: a}
  high: {value: mood, above: 1, on: 2019-02-10}
  calm: {none: [some]}
quantities: {acts: {count: a, to: 2019-02-10}, wait: {first: some}}
"""


def against(changed: str, names=("one", "other")):
    return comparable(scene(BASE), scene(changed), names)


def test_the_same_questions_are_all_compared() -> None:
    found = against(BASE + "interventions: {i: {on: 2019-01-10, event: a}}\n")
    assert found.outcomes == ("some", "ever", "high", "calm")
    assert found.quantities == ("acts", "wait")
    assert found.indices == ("mood", "pure")
    assert found.not_compared == ()


def test_what_text_says_of_an_outcome_is_no_definition() -> None:
    text = "some: {title: Some, criteria: as the press has it, happens: a, by: 2019-02-10}"
    assert against(BASE.replace("some: {happens: a, by: 2019-02-10}", text)).not_compared == ()


@pytest.mark.parametrize(
    ("old", "new", "sentences"),
    [
        (
            "some: {happens: a, by: 2019-02-10}",
            "some: {happens: a, by: 2019-02-11}",
            [
                "outcome 'some' is asked over other dates in “other” than in “one”",
                "outcome 'calm' is asked over other dates in “other” than in “one”",
                "quantity 'wait' is asked over other dates in “other” than in “one”",
            ],
        ),
        (
            "above: 1",
            "above: 1.5",
            ["outcome 'high' asks for another level in “other” than in “one”"],
        ),
        (
            "ever: {happens: a}",
            "ever: {happens: b}",
            ["outcome 'ever' is defined otherwise in “other” than in “one”"],
        ),
        (
            "mood: {weights: {x: 1, y: 1}}",
            "mood: {weights: {x: 1, y: 3}}",
            [
                "outcome 'high' asks for another level in “other” than in “one”",
                "index 'mood' weighs its variables otherwise in “other” than in “one”",
            ],
        ),
        ("  ever: {happens: a}\n", "", ["outcome 'ever' is not in “other”"]),
        (
            "  ever: {happens: a}\n",
            "  ever: {happens: a}\n  two: {happens: b}\n",
            ["outcome 'two' is in “other” alone"],
        ),
        (
            "us: United States",
            "cn: China",
            ["the parties are us, ru in “one” and cn, ru in “other”: what bears the same name is taken to be the same"],
        ),
    ],
)
def test_what_differs_is_named(old: str, new: str, sentences: list[str]) -> None:
    found = against(BASE.replace(old, new))
    assert list(found.not_compared) == sentences
    named = {word for sentence in sentences for word in sentence.split("'")[1::2]}
    assert named.isdisjoint({*found.outcomes, *found.quantities, *found.indices})
    assert {*found.outcomes, *found.quantities, *found.indices} | named >= {
        "some",
        "high",
        "calm",
        "acts",
        "wait",
        "mood",
    }


def test_a_longer_window_is_paired_over_the_days_that_both_have() -> None:
    longer = BASE.replace("end: 2019-02-28", "end: 2019-03-10")
    models = {"one": build(scene(BASE)), "other": build(scene(longer))}
    contrast = compare(models, titles={"one": "One", "other": "Other"}, paths=200, seed=1).contrasts["other"]
    assert contrast.not_compared == (
        "“one” ends on 2019-02-28 and “other” on 2019-03-10: daily differences are those of the days that both have",
        "outcome 'ever' is asked over other dates in “other” than in “one”",
    )
    assert set(contrast.outcomes) == {"some", "high", "calm"}
    assert contrast.first_difference is None
    assert len(contrast.indices["mood"].mean) == 59


def test_a_window_that_begins_elsewhere_is_not_compared_at_all() -> None:
    later = BASE.replace("start: 2019-01-01", "start: 2019-01-02")
    models = {"one": build(scene(BASE)), "other": build(scene(later))}
    comparison = compare(models, titles={"one": "One", "other": "Other"}, paths=200, seed=1)
    contrast = comparison.contrasts["other"]
    assert contrast.not_compared == (
        "“other” begins on 2019-01-02 and “one” on 2019-01-01: their paths are not the same futures, and nothing is "
        "compared",
    )
    assert not contrast.outcomes
    assert not contrast.quantities
    assert not contrast.indices
    assert set(comparison.scenarios) == {"one", "other"}
