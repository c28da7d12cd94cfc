"""Compiled outcomes against the plain reference, on random records."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from outcome_reference import Path, certain, measured

from relsim.model.axes import Axes
from relsim.outcomes import NEVER, compile_outcomes, evaluate
from relsim.scenario import (
    All,
    AnyOf,
    Change,
    Count,
    Days,
    First,
    Happens,
    InForce,
    InGrade,
    Level,
    Measure,
    Nothing,
    Outcome,
    Reading,
    Refer,
    Scenario,
    Sequence,
    Stays,
)

START = date(2020, 2, 25)
DAYS = 12
END = START + timedelta(days=DAYS - 1)
LANES = 128
LAST_POSSIBLE = {"talks": START + timedelta(days=5), "summit": None}
"""A summit follows on something else, on any day of the window."""
LEVELS = ("x", "y", "mix")
EVENTS = ("e.us", "e.ru", "f")
ENTRIES = ("talks", "summit")
CONDITIONS = ("c", "d")
# Levels that float32 holds exactly, and some that it does not: 0.1 in float32 lies above 0.1 in float64.
POINTS = (-1.0, -0.7, -0.1, 0.0, 0.1, 0.3, 0.5, 1.0)


def scenario(outcomes, quantities=()):
    nothing = dict.fromkeys
    return Scenario(
        title="random",
        variant=None,
        start=START,
        end=END,
        paths=128,
        seed=1,
        draws=None,
        max_per_day=50,
        parties={},
        issues={},
        limit=9,
        grades={},
        variables=nothing(("x", "y")),
        correlation={},
        conditions=nothing(CONDITIONS),
        indices=nothing(("mix",)),
        events=nothing(EVENTS),
        calendar={name: SimpleNamespace(last=last) for name, last in LAST_POSSIBLE.items()},
        history={},
        interventions={},
        outcomes={name: Outcome(name, name, p, None, None, None) for name, p in outcomes.items()},
        quantities={name: Measure(name, name, of) for name, of in quantities},
    )


days = st.integers(0, DAYS - 1).map(lambda n: START + timedelta(days=n))
stretches = st.one_of(st.just((START, END)), st.tuples(days, days).map(sorted))
point = st.sampled_from(POINTS)
bands = st.one_of(
    st.tuples(point, st.none()),
    st.tuples(st.none(), point),
    st.tuples(point, point).map(lambda p: tuple(sorted(p))),
)
level = st.sampled_from(LEVELS)
some_names = st.lists(st.sampled_from(EVENTS + ENTRIES), min_size=1, max_size=3, unique=True).map(tuple)
some_conditions = st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=2, unique=True).map(tuple)
day_or_start = st.one_of(st.none(), days)


@st.composite
def happens(draw):
    at_least, at_most = draw(st.sampled_from([(1, None), (2, None), (5, None), (0, 0), (0, 3), (1, 2), (2, 6)]))
    first, last = draw(stretches)
    within = draw(st.one_of(st.none(), st.integers(1, DAYS + 3)))
    return Happens(draw(some_names), at_least, at_most, within, first, last)


@st.composite
def in_force(draw):
    first, last = draw(stretches)
    on, length = draw(st.one_of(st.tuples(days, st.none()), st.tuples(st.none(), st.integers(1, 5))))
    return InForce(draw(some_conditions), on, length, first, last)


def level_reading(kind, *tail):
    on = st.tuples(day_or_start).map(lambda d: ("on", d[0], d[0]))
    over = st.tuples(st.sampled_from(["mean", "highest", "lowest"]), stretches).map(lambda p: (p[0], *p[1]))
    return st.tuples(level, st.one_of(on, over), *tail).map(lambda p: kind(p[0], *p[1], *(x for t in p[2:] for x in t)))


changes = st.tuples(level, day_or_start, days, bands).map(lambda p: Change(p[0], p[1], p[2], *p[3]))
grades = st.tuples(level, bands, days).map(lambda p: InGrade(p[0], "g", *p[1], p[2]))
stays = st.tuples(level, bands, st.integers(1, 4), stretches).map(lambda p: Stays(p[0], *p[1], p[2], *p[3]))
sequences = st.tuples(
    st.lists(some_names, min_size=1, max_size=4).map(tuple),
    st.one_of(st.none(), st.integers(1, 6)),
    stretches,
).map(lambda p: Sequence(p[0], p[1], *p[2]))
LEAVES = {
    "happens": happens(),
    "in_force": in_force(),
    "level": level_reading(Level, bands),
    "change": changes,
    "grade": grades,
    "stays": stays,
    "sequence": sequences,
}
leaves = st.one_of(*LEAVES.values(), st.just(Refer("other")))
predicates = st.recursive(
    leaves,
    lambda members: st.tuples(
        st.sampled_from([All, AnyOf, Nothing]), st.lists(members, min_size=1, max_size=3).map(tuple)
    ).map(lambda p: p[0](p[1])),
    max_leaves=5,
)
inside_days = st.tuples(level, bands, stretches).map(lambda p: Days(p[0], *p[1], *p[2]))
counts_of = st.tuples(some_names, stretches).map(lambda p: Count(p[0], *p[1]))
measures = st.one_of(counts_of, level_reading(Reading), inside_days, st.just(First("tested")))


def record(seed, busy):
    rng = np.random.default_rng(seed)
    states = rng.choice(np.array(POINTS, np.float32), size=(DAYS + 1, len(LEVELS), LANES))
    counts = rng.poisson(busy, size=(DAYS, len(EVENTS), LANES)).astype(np.uint16)
    in_force = (rng.random((DAYS, len(CONDITIONS), LANES)) < 0.6).astype(np.uint8)
    happened = rng.integers(0, DAYS + 1, size=(len(ENTRIES), LANES)).astype(np.int32)
    return states, counts, in_force, happened


def path_of(states, counts, in_force, happened, lane, outcomes):
    on = [START + timedelta(days=t) for t in range(-1, DAYS)]
    return Path(
        start=START,
        end=END,
        levels={name: {day: float(states[t, s, lane]) for t, day in enumerate(on)} for s, name in enumerate(LEVELS)},
        events={name: {on[t + 1]: int(counts[t, k, lane]) for t in range(DAYS)} for k, name in enumerate(EVENTS)},
        entries={name: on[happened[e, lane]] if happened[e, lane] else None for e, name in enumerate(ENTRIES)},
        in_force={name: {on[t + 1] for t in range(DAYS) if in_force[t, c, lane]} for c, name in enumerate(CONDITIONS)},
        outcomes=outcomes,
        last_possible={name: last or END for name, last in LAST_POSSIBLE.items()},
    )


def day_number(day):
    return NEVER if day is None else (day - START).days + 1


@pytest.mark.parametrize("kind", [*LEAVES, "combined"])
@settings(max_examples=150, deadline=None, derandomize=True, phases=[Phase.generate, Phase.shrink])
@given(data=st.data(), seed=st.integers(0, 2**32 - 1), busy=st.sampled_from([0.02, 0.2, 1.0]))
def test_outcomes_agree_with_the_reference(kind, data, seed, busy):
    predicate = data.draw(predicates if kind == "combined" else LEAVES[kind])
    other = Happens(("f",), 1, None, None, START, END)
    case = scenario({"tested": predicate, "other": other})
    arrays = record(seed, busy)
    found = evaluate(compile_outcomes(case, Axes.of(case)), *arrays, LANES)
    for lane in range(0, LANES, 4):
        path = path_of(*arrays, lane, case.outcomes)
        expected = [day_number(certain(path, outcome.predicate)) for outcome in case.outcomes.values()]
        assert found.days[:, lane].tolist() == expected


@settings(max_examples=200, deadline=None, derandomize=True)
@given(measures, st.integers(0, 2**32 - 1), st.sampled_from([0.05, 1.0]))
def test_quantities_agree_with_the_reference(of, seed, busy):
    tested = Happens(("e.us", "talks"), 2, None, None, START, END)
    case = scenario({"tested": tested}, [("q", of)])
    arrays = record(seed, busy)
    found = evaluate(compile_outcomes(case, Axes.of(case)), *arrays, LANES)
    for lane in range(0, LANES, 4):
        value = measured(path_of(*arrays, lane, case.outcomes), case.quantities["q"])
        if value is None:
            assert np.isnan(found.values[0, lane])
        else:
            assert found.values[0, lane] == value
