"""What would move a forecast, counted again by brute force over the paths of random scenarios."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import numpy as np
import pytest
from oracle.scenes import document, scene
from random_scenarios import START, document_of
from test_news_without_bearing import questions

from relsim.engine import record, simulate
from relsim.model import build
from relsim.outcomes import NEVER
from relsim.result.watchlist import CONDITION, ENTRY, EVENT, Watchlist
from relsim.scenario import Intervention
from relsim.watch import WITHIN, watchlist

PATHS = 700
"""Six draws of the weights, the last of fewer paths."""


def drawn(number: int):
    written = document_of(Random(number))
    scenario = scene(document({**written, "outcomes": questions(written)}))
    return replace(scenario, paths=PATHS, seed=number)


def shown(model, name: str, kind: str, first: int, last: int) -> np.ndarray:
    """(paths,) whether something is seen on days ``first`` to ``last``, path by path, day by day."""
    s = model.scenario
    path = record(model, paths=s.paths, seed=s.seed, draws=s.draws)
    days = range(first, last + 1)
    if kind == EVENT:
        return np.array([any(counts[day - 1, model.axes.events[name]] for day in days) for counts in path.counts])
    if kind == ENTRY:
        return np.array([happened[model.axes.entries[name]] in days for happened in path.happened])
    if kind == CONDITION:
        column = path.in_force[:, :, model.axes.conditions[name]]
        condition = s.conditions[name]
        begun = model.structure.conditions.begun[model.axes.conditions[name]]
        before = begun < 0 or (condition.initially and begun == 0)
        return np.array([any(row[d - 1] and not (row[d - 2] if d > 1 else before) for d in days) for row in column])
    series, way, value = name.rsplit(" ", 2)
    levels = path.states[:, first : last + 1, model.axes.levels[series]]
    return (levels > float(value)).any(axis=1) if way == "above" else (levels < float(value)).any(axis=1)


def freed(seen: np.ndarray, true: np.ndarray, groups: np.ndarray) -> float:
    """s (1 − s) (p1 − p0)² by the jackknife, group by group."""

    def plain(kept: np.ndarray) -> float:
        s, y = seen[kept], true[kept]
        return sum(part.mean() * (y[part].mean() - y.mean()) ** 2 for part in (s, ~s) if part.any())

    if min(len(set(groups[seen])), len(set(groups[~seen]))) < 2:
        return np.nan
    names, sizes = np.unique(groups, return_counts=True)
    without = [(1 - n / len(seen)) * plain(groups != name) for name, n in zip(names, sizes)]
    return len(names) * plain(np.ones(len(seen), bool)) - sum(without)


@pytest.mark.parametrize("number", range(24))
def test_brute_force_agrees(number: int) -> None:
    scenario = drawn(number)
    model = build(scenario)
    s = model.scenario
    found = watchlist(model)
    true = simulate(model, paths=PATHS, seed=s.seed, draws=s.draws, fans=False).days != NEVER
    first = max(1, (s.known_to - s.start).days + 2)
    draw = np.arange(PATHS) // 128 if model.weights else np.arange(PATHS)
    kinds = set()
    for o, (name, outcome) in enumerate(found.outcomes.items()):
        assert outcome.probability == true[:, o].mean()
        for i, seen in enumerate(outcome.observations):
            last = min(first + seen.within_days - 1, s.days)
            where = shown(model, seen.name, seen.kind, first, last) if i % 5 == 0 else None
            if where is None:
                continue
            kinds.add(seen.kind)
            assert seen.probability_seen == pytest.approx(where.mean(), abs=1e-12), (name, seen)
            for part, told in ((where, seen.if_seen), (~where, seen.if_not_seen)):
                assert (told is None) == (not part.any())
                assert told is None or told.value == pytest.approx(true[part, o].mean(), abs=1e-12)
            if model.weights:
                expected = freed(where, true[:, o], draw)
                if not np.isnan(expected):
                    assert seen.expected_brier_fall == pytest.approx(expected, abs=1e-12)
    assert {EVENT} <= kinds
    total_probability(found)


def total_probability(found: Watchlist) -> None:
    """P(seen) P(outcome | seen) + P(not seen) P(outcome | not seen) is the forecast."""
    for outcome in found.outcomes.values():
        for seen in outcome.observations:
            parts = ((seen.probability_seen, seen.if_seen), (1 - seen.probability_seen, seen.if_not_seen))
            expected = sum(share * told.value for share, told in parts if told is not None)
            assert expected == pytest.approx(outcome.probability, abs=1e-12)


def test_paths_that_are_independent_are_left_out_one_by_one() -> None:
    model = build(drawn(next(n for n in range(50) if not build(drawn(n)).weights)))
    s = model.scenario
    true = simulate(model, paths=PATHS, seed=s.seed, fans=False).days != NEVER
    first = max(1, (s.known_to - s.start).days + 2)
    checked = 0
    for o, outcome in enumerate(watchlist(model).outcomes.values()):
        for seen in outcome.observations[:6]:
            where = shown(model, seen.name, seen.kind, first, min(first + seen.within_days - 1, s.days))
            expected = freed(where, true[:, o], np.arange(PATHS))
            if not np.isnan(expected):
                assert seen.expected_brier_fall == pytest.approx(expected, abs=1e-9)
                checked += 1
    assert checked > 5


@pytest.mark.parametrize("number", range(0, 24, 3))
def test_made_is_the_file_with_the_intervention(number: int) -> None:
    """Built anew with an event on the middle day or an entry forced, the same paths flip."""
    scenario = drawn(number)
    model = build(scenario)
    found = watchlist(model)
    first = max(1, (scenario.known_to - scenario.start).days + 2)

    def true(interventions: dict[str, Intervention]) -> np.ndarray:
        other = build(replace(scenario, interventions={**scenario.interventions, **interventions}), judge=False)
        return simulate(other, paths=PATHS, seed=scenario.seed, draws=scenario.draws, fans=False).days != NEVER

    before = true({})
    for name in [*scenario.events, *scenario.calendar]:
        for within in WITHIN:
            middle = first + (min(first + within - 1, scenario.days) - first) // 2
            on = START + timedelta(days=middle - 1)
            event = Intervention("made", on=on, event=name)
            made = {"made": event if name in scenario.events else Intervention("made", force=name)}
            after = true(made)
            for o, outcome in enumerate(found.outcomes.values()):
                seen = [s for s in outcome.observations if s.name == name and s.within_days == within]
                assert len(seen) == 1 or name in scenario.calendar
                if seen and seen[0].if_made is not None:
                    change = after[:, o].mean() - before[:, o].mean()
                    assert seen[0].if_made.difference == pytest.approx(change, abs=1e-12), (name, within)
