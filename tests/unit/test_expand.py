# ruff: noqa: E501
"""Sets, members, self and other, bare names, overrides; and defaults."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from relsim import scenario as s
from relsim.compose import load
from relsim.errors import InputError

HEAD = """\
relsim: 1
window: {start: 2019-01-01, end: 2019-12-31}
parties: {us: United States, ru: Russia}
issues: {arms: {label: Arms, salience: 3}, trade: Trade}
variables:
  tone: {each: party, label: Tone, half_life: 10 days}
  gap: {each: issue, range: [0, 9], half_life: 10 days}
  position: {each: [party, issue], half_life: 10 days}
  alone: {half_life: 10 days}
outcomes: {nothing: {value: alone, above: 1, on: 2019-12-31}}
"""


def made(tmp_path: Path, text: str) -> s.Scenario:
    path = tmp_path / "f.yaml"
    head = HEAD.replace("outcomes:", "#") if "\noutcomes:" in text else HEAD
    path.write_text(head + text, encoding="utf-8")
    scenario = load(path).scenario
    assert scenario is not None
    return scenario


def refused(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(InputError) as error:
        made(tmp_path, text)
    return [d.message for d in error.value.problems]


def values(numbers: object) -> dict[str, float]:
    return {name: n.quantity.central() * n.share for name, n in numbers.items()}  # type: ignore[attr-defined]


def test_defaults(tmp_path: Path) -> None:
    scenario = made(tmp_path, "events: {quiet: {}}\n")
    assert (scenario.title, scenario.paths, scenario.seed, scenario.draws, scenario.max_per_day) == (
        "f",
        20000,
        1,
        None,
        50,
    )
    assert scenario.limit == 9
    assert list(scenario.grades.values()) == [-6, -3, 0, 3, 6, 9]
    gap = scenario.variables["gap.arms"]
    assert (gap.low, gap.high, gap.baseline.quantity.central(), gap.spread.quantity.central()) == (
        0,
        9,
        4.5,
        0,
    )
    assert (gap.initial, gap.drift, gap.pull) == (None, True, {})
    assert scenario.variables["tone.us"].baseline.quantity.central() == 0
    assert scenario.events["quiet"].rate.quantity.central() == 0
    assert scenario.days == 365


def test_grades_follow_another_limit_in_proportion(tmp_path: Path) -> None:
    assert list(made(tmp_path, "scale: {limit: 3}\n").grades.values()) == [-2, -1, 0, 1, 2, 3]


def test_members_stand_in_the_order_of_their_sets(tmp_path: Path) -> None:
    names = list(made(tmp_path, "").variables)
    assert names == [
        "tone.us", "tone.ru", "gap.arms", "gap.trade",
        "position.us.arms", "position.us.trade", "position.ru.arms", "position.ru.trade", "alone",
    ]  # fmt: skip


def test_labels_of_members_name_them(tmp_path: Path) -> None:
    scenario = made(tmp_path, "")
    assert scenario.variables["tone.us"].label == "Tone (United States)"
    assert scenario.variables["gap.arms"].label == "gap.arms"
    assert scenario.issues == {"arms": "Arms", "trade": "Trade"}


def test_self_and_other(tmp_path: Path) -> None:
    events = made(
        tmp_path,
        "events:\n"
        "  act: {each: party, effects: {tone.other: -1, tone.self: 0.5, position.self: 2}}\n"
        "  deal: {each: [party, issue], effects: {position.self: 1, position.other: 0.5, tone.self: 0.1, gap.self: 0.2}}\n"
        "  swap: {each: issue, effects: {position.self: 1}}\n",
    ).events
    assert values(events["act.us"].effects) == {
        "tone.ru": -1, "tone.us": 0.5, "position.us.arms": 2, "position.us.trade": 2,
    }  # fmt: skip
    assert values(events["deal.ru.trade"].effects) == {
        "position.ru.trade": 1, "position.us.trade": 0.5, "tone.ru": 0.1, "gap.trade": 0.2,
    }  # fmt: skip
    assert list(events["swap.arms"].effects) == ["position.us.arms", "position.ru.arms"]


def test_a_bare_name_means_every_member_and_its_own_key_beats_it(tmp_path: Path) -> None:
    effects = (
        made(tmp_path, "events: {e: {effects: {tone.us: 2, tone: 1, position.us: 3, position: 4}}}\n")
        .events["e"]
        .effects
    )
    assert values(effects) == {
        "tone.us": 2, "tone.ru": 1,
        "position.us.arms": 3, "position.us.trade": 3, "position.ru.arms": 4, "position.ru.trade": 4,
    }  # fmt: skip
    assert effects["tone.ru"].path == "events/e/effects/tone"


def test_members_share_one_weight(tmp_path: Path) -> None:
    events = made(tmp_path, "events: {e: {each: party, rate: 1 to 2 per year}, e.us: {rate: 2 to 3 per year}}\n").events
    assert events["e.ru"].rate.path == "events/e/rate"
    assert events["e.us"].rate.path == "events/e.us/rate"


def test_an_override_changes_what_it_states_and_removes_by_null(tmp_path: Path) -> None:
    events = made(
        tmp_path,
        "events:\n"
        "  e: {each: party, rate: 1 per year, at_most: 3, effects: {tone.self: 1, tone.other: 2}, excited_by: {e.other: {events: 0.1, half_life: 1 day}}}\n"
        "  e.us: {effects: {tone.other: 5, tone.us: null, tone.self: null}, at_most: null, excited_by: {e.other: {events: 0.3}}}\n"
        "  e.ru: {excited_by: null}\n".replace("tone.us: null, ", ""),
    ).events
    assert values(events["e.us"].effects) == {"tone.ru": 5}
    assert events["e.us"].at_most is None
    assert events["e.ru"].at_most == 3
    (x,) = events["e.us"].excited_by
    assert (x.source, x.amount.quantity.central(), x.half_life.quantity.central()) == ("e.ru", 0.3, 1)
    assert (x.amount.path, x.half_life.path) == (
        "events/e.us/excited_by/e.other/events",
        "events/e/excited_by/e.other/half_life",
    )
    assert events["e.ru"].excited_by == ()


def test_an_override_may_stand_in_another_layer(tmp_path: Path) -> None:
    (tmp_path / "low.yaml").write_text("relsim: 1\nevents: {e.us: {rate: 9 per year}}\n")
    events = made(tmp_path, "extends: low.yaml\nevents: {e: {each: party, rate: 1 per year}}\n").events
    assert values({"r": events["e.us"].rate})["r"] == pytest.approx(9 / 365.25)


def test_in_all_is_split_by_salience_and_evenly(tmp_path: Path) -> None:
    events = made(
        tmp_path,
        "events:\n"
        "  s: {rate: 1 per year}\n"
        "  i: {each: issue, rate: {in_all: 4 per year}, excited_by: {s: {events: {in_all: 0.4}, half_life: 1 day}}}\n"
        "  p: {each: [party, issue], rate: {in_all: {value: 8 per year, source: x}}, excited_by: {s: {in_all: 0.8, half_life: 1 day}}}\n",
    ).events
    assert (events["i.arms"].rate.share, events["i.trade"].rate.share) == (0.75, 0.25)
    assert events["i.arms"].excited_by[0].amount.share == 0.75
    assert events["p.us.arms"].rate.share == 0.375
    assert events["p.us.trade"].excited_by[0].amount.share == 0.125
    assert events["i.arms"].rate.path == "events/i/rate"


def test_a_share_is_brought_on_by_the_members_without_kernels_of_their_own(tmp_path: Path) -> None:
    events = made(
        tmp_path,
        "events:\n"
        "  p: {each: party, rate: 1 per year}\n"
        "  all: {rate: 9 per year, excited_by: {p: {share: 0.3, half_life: 1 day}}}\n"
        "  one: {rate: 9 per year, excited_by: {p: {share: 0.3, half_life: 1 day}, p.us: {events: 0.3, half_life: 1 day}}}\n",
    ).events
    assert [(x.source, x.among) for x in events["all"].excited_by] == [
        ("p.us", ("p.us", "p.ru")),
        ("p.ru", ("p.us", "p.ru")),
    ]
    assert [(x.source, x.among) for x in events["one"].excited_by] == [("p.us", None), ("p.ru", ("p.ru",))]


def test_sources_joined_by_a_plus_bring_on_together(tmp_path: Path) -> None:
    events = made(
        tmp_path,
        "events:\n"
        "  p: {each: party, rate: 1 per year, excited_by: {p.other + q: {share: 0.3, half_life: 1 day}}}\n"
        "  q: {rate: 9 per year, excited_by: {p.us+p.us: {events: 0.3, half_life: 1 day}}}\n",
    ).events
    assert [(x.source, x.among) for x in events["p.us"].excited_by] == [("p.ru", ("p.ru", "q")), ("q", ("p.ru", "q"))]
    assert [(x.source, x.among) for x in events["q"].excited_by] == [("p.us", None)]


def test_index_weights_of_bare_names_are_split(tmp_path: Path) -> None:
    indices = made(
        tmp_path,
        "indices: {x: {weights: {tone: 1, gap: 1, position: 1}}, y: {each: party, weights: {tone.self: 1, position.self: 4}}}\n",
    ).indices
    weights = values(indices["x"].weights)
    assert (weights["tone.us"], weights["gap.arms"], weights["position.us.trade"]) == (0.5, 0.75, 0.125)
    assert sum(weights.values()) == pytest.approx(3)
    assert values(indices["y.ru"].weights) == {"tone.ru": 1, "position.ru.arms": 3, "position.ru.trade": 1}


def test_excitation_of_a_bare_source_and_of_lists(tmp_path: Path) -> None:
    events = made(
        tmp_path,
        "events:\n"
        "  a: {each: party}\n"
        "  b: {excited_by: {a: {events: 0.1, half_life: 1 day}, a.us: [{events: 0.2, half_life: 2 days}, {events: 0.3, half_life: 3 days}]}}\n"
        "  c: {excited_by: [{a.us: {events: 0.1, half_life: 1 day}}, {a: {events: 0.2, half_life: 2 days}}]}\n",
    ).events
    seen = [(x.source, x.amount.quantity.central()) for x in events["b"].excited_by]
    assert sorted(seen) == [("a.ru", 0.1), ("a.us", 0.2), ("a.us", 0.3)]
    assert [x.source for x in events["c"].excited_by] == ["a.us", "a.us", "a.ru"]
    assert events["b"].excited_by[1].amount.path in (
        "events/b/excited_by/a.us/0/events", "events/b/excited_by/a/events", "events/b/excited_by/a.us/1/events",
    )  # fmt: skip


def test_terms(tmp_path: Path) -> None:
    scenario = made(
        tmp_path,
        "conditions: {c: {each: party, begins: [a.self], lasts: 1 week}}\n"
        "events: {a: {each: party}, b: {requires: [a, {c.us: {not: true}}, {tone: {above: 1}}], unless: {a.ru: {within: 1.5 days, at_least: 2}}}}\n"
        "calendar: {e: {on: 2019-02-01, probability: 0.5, odds_if: {a: {since: 2019-01-15, odds_ratio: 2}, d: {not: true, odds_ratio: 3}}}, d: {between: [2019-01-05, 2019-01-09], probability: 1, requires: c}}\n",
    )
    b = scenario.events["b"]
    assert [(t.kind, t.names, t.negated) for t in b.requires] == [
        ("event", ("a.us", "a.ru"), False), ("condition", ("c.us",), True), ("level", ("tone.us", "tone.ru"), False),
    ]  # fmt: skip
    (unless,) = b.unless
    assert (unless.within, unless.at_least, unless.text) == (2, 2, "a.ru at least 2 times within 2 days")
    entry = scenario.calendar["e"]
    assert [o.term.kind for o in entry.odds_if] == ["event", "entry"]
    assert entry.odds_if[0].term.since == date(2019, 1, 15)
    assert entry.odds_if[1].ratio.path == "calendar/e/odds_if/d/odds_ratio"
    assert scenario.calendar["d"].requires[0].names == ("c.us", "c.ru")
    assert scenario.conditions["c.ru"].begins == ("a.ru",)


def test_outcomes_of_every_form(tmp_path: Path) -> None:
    outcomes = made(
        tmp_path,
        "indices: {x: {weights: {tone: 1}}}\nconditions: {c: {begins: a}}\nevents: {a: {each: party}}\ncalendar: {e: {on: 2019-02-01, probability: 0.5}}\n"
        "outcomes:\n"
        "  o1: {happens: a}\n  o2: {happens: e, at_most: 0, to: 2019-03-01}\n  o3: {happens: a.us, within: 2 weeks, at_least: 2}\n"
        "  o4: {in_force: c, on: 2019-02-02}\n  o5: {in_force: c, for: 2 months}\n"
        "  o6: {value: x, above: 1, on: start}\n  o7: {value: x, below: 1, mean_over: [2019-02-01, 2019-02-03]}\n"
        "  o8: {change: x, from: start, above: 0}\n  o9: {grade: x, is: friendly, on: 2019-02-01}\n  o10: {grade: x, is: tense, on: start}\n"
        "  o11: {stays: x, below: 0, for: 1 week, by: 2019-06-01}\n  o12: {sequence: [e, a], within: 10 days}\n"
        "  o13: {all: [o1, {any: [o2, {not: o3}]}, {none: [o4]}]}\n  o14: o1\n  o15: {each: party, title: Acts, happens: a.self}\n",
    ).outcomes
    start, end = date(2019, 1, 1), date(2019, 12, 31)
    p = {name: o.predicate for name, o in outcomes.items()}
    assert p["o1"] == s.Happens(("a.us", "a.ru"), 1, None, None, start, end)
    assert p["o2"] == s.Happens(("e",), 0, 0, None, start, date(2019, 3, 1))
    assert p["o3"] == s.Happens(("a.us",), 2, None, 14, start, end)
    assert p["o4"] == s.InForce(("c",), date(2019, 2, 2), None, start, end)
    assert p["o5"] == s.InForce(("c",), None, 61, start, end)
    assert p["o6"] == s.Level("x", "on", None, None, 1, None)
    assert p["o7"] == s.Level("x", "mean", date(2019, 2, 1), date(2019, 2, 3), None, 1)
    assert p["o8"] == s.Change("x", None, end, 0, None)
    assert p["o9"] == s.InGrade("x", "friendly", 6, None, date(2019, 2, 1))
    assert p["o10"] == s.InGrade("x", "tense", -6, -3, None)
    assert p["o11"] == s.Stays("x", None, 0, 7, start, date(2019, 6, 1))
    assert p["o12"] == s.Sequence((("e",), ("a.us", "a.ru")), 10, start, end)
    assert p["o13"] == s.All(
        (s.Refer("o1"), s.AnyOf((s.Refer("o2"), s.Nothing((s.Refer("o3"),)))), s.Nothing((s.Refer("o4"),)))
    )
    assert p["o14"] == s.Refer("o1")
    assert p["o15.ru"] == s.Happens(("a.ru",), 1, None, None, start, end)
    assert outcomes["o15.ru"].title == "Acts (Russia)"


def test_history_picks_members_by_party_and_issue(tmp_path: Path) -> None:
    history = made(
        tmp_path,
        "events: {a: {each: party}, d: {each: [issue, party]}, i: {each: issue}, n: {}}\n"
        "history:\n"
        "  h: {covers: {from: 2018-12-01, to: 2019-02-01}, missing: [2018-12-25], types: [n, a], events: [{on: 2018-12-02, event: a, by: us, toward: ru, issue: anything}, "
        "{on: 2018-12-03, event: d, by: ru, issue: arms, count: 2}, {on: {circa: 2018-12-04}, event: i.trade}]}\n",
    ).history["h"]
    assert [(e.on.day, e.event, e.count) for e in history.events] == [
        (2, "a.us", 1),
        (3, "d.arms.ru", 2),
        (4, "i.trade", 1),
    ]
    assert history.types == ("a.us", "d.arms.ru", "i.trade", "n", "a.ru")
    assert history.covers == (date(2018, 12, 1), date(2018, 12, 31))
    assert history.missing == {date(2018, 12, 25)}


def test_what_lies_outside_the_window_is_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text(
        HEAD + "events: {a: {}}\ncalendar: {e: {on: 2020-02-01, probability: 0.5}}\n"
        "interventions: {x: {on: 2018-01-01, event: a}, y: {from: 2020-01-01, to: 2020-02-01, rates: {a: 2}}, z: {rates: {a: 2}}}\n"
    )
    loaded = load(path)
    assert loaded.scenario is not None
    assert list(loaded.scenario.interventions) == ["z"]
    assert [w.path for w in loaded.warnings] == [
        "calendar.e",
        "interventions.x.on",
        "interventions.y.from",
    ] or len(loaded.warnings) == 3


def test_one_fault_of_a_set_is_reported_once(tmp_path: Path) -> None:
    assert refused(tmp_path, "events: {a: {each: party, effects: {tune.self: 1}}}\n") == [
        "unknown name 'tune.self'; a variable was expected"
    ]


def test_other_needs_two_parties(tmp_path: Path) -> None:
    text = "events: {a: {each: party, effects: {tone.other: 1}}}\n"
    path = tmp_path / "f.yaml"
    path.write_text(HEAD.replace("ru: Russia", "ru: Russia, cn: China") + text)
    with pytest.raises(InputError, match="exactly two parties"):
        load(path)


def test_an_event_table_is_a_history(tmp_path: Path) -> None:
    import duckdb

    columns = "DATE '2018-12-01' AS date, 'a' AS event, 'us' AS by, 'ru' AS toward, NULL AS issue, 2 AS count"
    duckdb.sql(f"COPY (SELECT {columns}) TO '{tmp_path}/t.parquet' (FORMAT parquet)")
    (tmp_path / "t.csv").write_text("date,event,by,toward\n2018-12-02,a,ru,us\n\n")
    history = made(
        tmp_path,
        "events: {a: {each: party}}\nhistory: {p: {file: t.parquet}, c: {file: t.csv, covers: {from: 2018-12-01, to: 2018-12-31}}}\n",
    ).history
    assert history["p"].events == (s.Observed(date(2018, 12, 1), "a.us", 2, ""),)
    assert history["c"].events == (s.Observed(date(2018, 12, 2), "a.ru", 1, ""),)
    assert history["c"].types == ("a.ru",)


def test_a_forgotten_value_is_no_default(tmp_path: Path) -> None:
    assert refused(tmp_path, "quantities: {q: {count: a, by: }}\nevents: {a: {}}\n") == [
        "found nothing; a value was expected"
    ]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("", "the file is empty"),
        ("date,event\n2018-12-01\n", "found 1 cells; 2 were expected"),
        ("event,by\na,us\n", "the column 'date' is missing"),
        ("date,date\n", "'event' is missing"),
        ("date,event,event\n", "stands twice"),
        ('date,event\n2018-12-01,"a\n', "found a quote that does not fit"),
        ("date,event\n2018-12-01,b\n", "unknown name 'b'"),
        ("date,event,count\n2018-12-01,a,2.5\n", "a whole count from 1"),
    ],
)
def test_faulty_tables(tmp_path: Path, rows: str, says: str) -> None:
    (tmp_path / "t.csv").write_text(rows)
    (found,) = refused(tmp_path, "events: {a: {}}\nhistory: {h: {file: t.csv}}\n")
    assert says in found
