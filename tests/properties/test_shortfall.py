"""How far a path is from an outcome: zero where it holds and nowhere else; what is said of it, on random records."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_predicates import CONDITIONS, END, ENTRIES, EVENTS, LANES, LEAVES, LEVELS, START, predicates, record, scenario

from relsim.model.axes import Axes
from relsim.outcomes import NEVER, compile_outcomes, evaluate
from relsim.scenario import AnyOf, Happens, Level, Nothing, Sequence
from relsim.story.influence import leaves, part_of
from relsim.story.missing import missing
from relsim.story.shortfall import PathArrays, Shortfall, scales
from relsim.story.words import Words

OTHER = Happens(("f",), 1, None, None, START, END)


def labelled(names):
    return {name: SimpleNamespace(label=f"Label of {name}") for name in names}


def case_of(predicate):
    case = scenario({"tested": predicate, "other": OTHER})
    return case, compile_outcomes(case, Axes.of(case))


def paths_of(arrays):
    states, counts, in_force, happened = arrays
    return PathArrays(states, counts, in_force, happened)


def measure(program, paths):
    node = program.outcomes["tested"]
    return Shortfall(program, scales(program, tuple(leaves(program, node)), paths))


@pytest.mark.parametrize("kind", [*LEAVES, "combined"])
@settings(max_examples=50, deadline=None, derandomize=True)
@given(data=st.data(), seed=st.integers(0, 2**32 - 1), busy=st.sampled_from([0.02, 0.2, 1.0]))
def test_it_is_zero_exactly_where_the_outcome_holds(kind, data, seed, busy):
    case, program = case_of(data.draw(predicates if kind == "combined" else LEAVES[kind]))
    arrays = record(seed, busy)
    true = evaluate(program, *arrays, LANES).days[0] != NEVER
    shortfall = measure(program, paths_of(arrays))
    lack = shortfall.lack(program.outcomes["tested"], paths_of(arrays))
    np.testing.assert_array_equal(lack == 0, true)
    assert (lack >= 0).all()
    np.testing.assert_array_equal(evaluate(part_of(program, "tested"), *arrays, LANES).days[-1] != NEVER, true)
    words = Words(
        replace(
            case,
            events=labelled(EVENTS),
            calendar=labelled(ENTRIES),
            conditions=labelled(CONDITIONS),
            variables=labelled(LEVELS[:2]),
            indices=labelled(LEVELS[2:]),
        ),
        Axes.of(case),
    )
    for lane in np.flatnonzero(~true)[:3]:
        one = PathArrays(*(array[..., lane : lane + 1] for array in arrays))
        text = missing(program, words, shortfall, program.outcomes["tested"], one)
        assert text
        assert "nan" not in text
        assert " inf" not in text


def by_hand(predicate, *, level=None, days=(), entry=0):
    """Lack of a predicate on a path whose index stands still, with one event ``f`` on each of some days."""
    _, program = case_of(predicate)
    paths = PathArrays(
        np.full((13, 3, 1), 0.0 if level is None else level, np.float32),
        np.zeros((12, 3, 1), np.uint16),
        np.zeros((12, 2, 1), np.uint8),
        np.full((2, 1), entry, np.int32),
    )
    for day in days:
        paths.counts[day - 1, 2, 0] += 1
    scale = {leaf.level: 2.0 for leaf in leaves(program, program.outcomes["tested"]) if hasattr(leaf, "level")}
    return float(Shortfall(program, scale).lack(program.outcomes["tested"], paths)[0])


def on(day):
    return START + (day - 1) * (END - START) / 11


def test_the_measure_by_hand():
    """One event too few 1; a date missed by d days d/30; a level by its standard deviations; a step of three 1/3."""
    assert by_hand(Happens(("f",), 3, None, None, START, END), days=(2, 5)) == 1
    assert by_hand(Happens(("f",), 1, None, None, START, on(6)), days=(9,)) == pytest.approx(3 / 30)
    assert by_hand(Happens(("f",), 1, None, None, on(6), END), days=(2,)) == pytest.approx(4 / 30)
    assert by_hand(Happens(("f",), 1, None, 3, START, END)) == 1
    assert by_hand(Level("mix", "mean", START, END, 3.0, None), level=0.5) == pytest.approx(2.5 / 2)
    assert by_hand(Level("mix", "on", END, END, None, 0.0), level=0.5) == pytest.approx(0.5 / 2)
    assert by_hand(Sequence((("f",), ("f",), ("e.us",)), None, START, END), days=(2, 5)) == pytest.approx(1 / 3)
    assert by_hand(Sequence((("f",), ("f",)), 2, START, END), days=(2, 9)) == pytest.approx(5 / 30)
    never = Nothing((Happens(("f",), 1, None, None, START, on(6)),))
    assert by_hand(never, days=(5,)) == pytest.approx(2 / 30)
    either = AnyOf((Happens(("e.us",), 1, None, None, START, END), Level("mix", "on", END, END, 1.0, None)))
    assert by_hand(either, level=0.5) == pytest.approx(0.25)
