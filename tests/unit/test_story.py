"""Stories: paths replayed, the chance along them, the typical ones chosen. Five standard errors; seeds fixed."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from oracle.five import share_agrees
from oracle.scenes import scene

from relsim.engine import Job, advance, simulate
from relsim.engine.blocks import new_tally
from relsim.model import build
from relsim.outcomes import NEVER, evaluate
from relsim.story.chance import Futures, chances, lengths
from relsim.story.medoids import distances, medoids
from relsim.story.replay import Rerun

WINDOW = "window: {start: 2019-01-01, end: 2019-02-09}\n"
RICH = (
    WINDOW
    + """
variables: {x: {baseline: 0, half_life: 12 days, spread: 1, initial: -1 to 1.5}}
conditions:
  tense: {begins: [quarrel], ends: [talks], lasts: 3 to 12 days, while: {rates: {quarrel: 1.8}}}
  mourning: {initially: true, lasts: 5 to 25 days, while: {baseline: {x: -1}}}
events:
  quarrel: {rate: 2 per month, effects: {x: -0.8}, rate_ratio: {x: 0.7},
            excited_by: {quarrel: {events: 0.2, half_life: 4 days}}}
  talks: {rate: 1 per month, effects: {x: 0.6}}
calendar:
  vote: {between: [2019-01-05, 2019-02-04], probability: 0.6, odds_ratio: {x: 1.4}, effects: {x: 1.0}}
  answer: {after: [vote], delay: 2 to 14 days, probability: 0.7, event: talks}
outcomes:
  both: {all: [{happens: answer}, {value: x, above: -0.4, mean_over: [2019-02-01, 2019-02-09]}]}
  early: {happens: quarrel, at_least: 2, by: 2019-01-20}
  calm: {none: [{in_force: tense, for: 6 days}]}
"""
)
DOUBT = RICH.replace("quarrel: {rate: 2 per month", "quarrel: {rate: 1 to 4 per month")


def rerun_of(text: str, *, paths: int, seed: int = 3, draws: int | None = None) -> Rerun:
    drawn = f", draws: {draws}" if draws else ""
    scenario = scene(f"run: {{paths: {paths}, seed: {seed}{drawn}}}\n" + text)
    return Rerun.of(build(scenario), median_weights=False)


def run_of(rerun: Rerun):
    s = rerun.model.scenario
    kept = []
    done = simulate(rerun.model, paths=s.paths, seed=s.seed, draws=s.draws, sink=lambda part: kept.append(part.counts))
    return done, np.concatenate(kept, axis=1)


def test_a_path_told_alone_is_the_path_of_the_run():
    rerun = rerun_of(DOUBT, paths=700, draws=4)
    run, counts = run_of(rerun)
    for number in (0, 127, 128, 333, 699):
        path = rerun.path(number)
        np.testing.assert_array_equal(path.outcomes, run.days[number])
        np.testing.assert_array_equal(path.counts.sum(0), counts[:, number])
        assert path.draw == (number // 128) % 4


def test_a_path_goes_on_from_its_saved_states_as_it_went():
    """Under the run's own random numbers, and with nothing drawn anew, the rest of the path is the same."""
    rerun = rerun_of(DOUBT, paths=256, draws=2)
    job, days = rerun.job, rerun.job.structure.days
    path = rerun.path(171)
    for day in (1, 7, 18, 33):
        futures = Futures(rerun, path, "both", 128)
        state, record = futures.state, futures.record
        futures._resume(day, np.random.default_rng(0))
        state.until[:] = path.until[day][:, None]
        state.due[:] = path.due[day][:, None]
        advance(job, 1, 128, day + 1, days, state, record, new_tally(job))
        lane = 171 - 128
        np.testing.assert_array_equal(record.states[:, :, lane], path.states)
        np.testing.assert_array_equal(record.counts[:, :, lane], path.counts)
        np.testing.assert_array_equal(state.happened[:, lane], path.happened[-1])


@pytest.mark.parametrize("outcome", ["both", "early", "calm"])
def test_before_the_first_day_the_chance_is_the_runs_probability(outcome):
    rerun = rerun_of(RICH, paths=12_800)
    run, _ = run_of(rerun)
    probability = (run.days[:, list(rerun.program.outcomes).index(outcome)] != NEVER).mean()
    chance = Futures(rerun, rerun.path(5), outcome, 12_800).chance(0)
    error = np.sqrt(2 * probability * (1 - probability) / 12_800)
    assert 0.05 < probability < 0.95
    assert abs(chance.probability - probability) < 5 * error


def test_with_doubt_it_is_the_probability_under_the_paths_own_weights():
    rerun = rerun_of(DOUBT, paths=512, draws=4)
    path = rerun.path(2 * 128 + 9)
    assert path.draw == 2
    parameters = rerun.model.parameters(rerun.job.parameters.theta[2:3])
    again = replace(rerun, job=Job.of(rerun.model, parameters, 99), number=12_800)

    def early(block):
        p = block.paths
        return evaluate(rerun.program, p.states, p.counts, p.in_force, p.happened, 128).days[1] != NEVER

    probability = np.concatenate(list(again.blocks(range(100), early, lambda _: None, 1))).mean()
    chance = Futures(rerun, path, "early", 12_800).chance(0)
    assert abs(chance.probability - probability) < 5 * np.sqrt(2 * probability * (1 - probability) / 12_800)


def test_at_the_end_it_agrees_with_the_path():
    rerun = rerun_of(RICH, paths=256)
    days = rerun.job.structure.days
    for number, outcome in itertools.product((3, 4, 5, 200), ("both", "early", "calm")):
        path = rerun.path(number)
        day = path.outcomes[list(rerun.program.outcomes).index(outcome)]
        futures = Futures(rerun, path, outcome, 128)
        assert futures.chance(days).probability == float(day != NEVER)
        if day <= days:
            assert futures.chance(int(day)).probability == 1
            assert day == 1 or futures.resolution_day < day or futures.chance(int(day) - 1).probability < 1


@pytest.mark.slow
@pytest.mark.parametrize("day", [1, 6, 14, 26, 36])
def test_the_chance_is_a_martingale(day):
    """Over paths its mean is the probability: within five standard errors of the mean over 600 paths."""
    martingale(day, 600)


def test_the_chance_is_a_martingale_on_one_day():
    martingale(14, 100)


def martingale(day: int, number: int) -> None:
    rerun = rerun_of(RICH, paths=51_200)
    run, _ = run_of(rerun)
    paths = [rerun.path(51_200 // number * i) for i in range(number)]
    for row, outcome in enumerate(rerun.program.outcomes):
        found = np.array([Futures(rerun, path, outcome, 128).chance(day).probability for path in paths])
        probability = (run.days[:, row] != NEVER).mean()
        error = np.hypot(found.std(ddof=1) / np.sqrt(number), np.sqrt(probability * (1 - probability) / 51_200))
        assert abs(found.mean() - probability) < 5 * error, outcome


HIDDEN = (
    WINDOW
    + """
variables: {x: {half_life: 9 days, spread: 1}}
events: {start: {}}
conditions:
  old: {initially: true, lasts: 10 to 30 days}
  new: {begins: [start], lasts: 10 to 30 days}
calendar:
  some_day: {between: [2019-01-01, 2019-02-09], probability: 1}
  reply: {after: [start], delay: 10 to 30 days, probability: 1}
interventions: {go: {on: 2019-01-03, event: start}}
outcomes:
  by_the_twentieth: {happens: some_day, by: 2019-01-20}
  reply_by_the_twentieth: {happens: reply, by: 2019-01-20}
  old_on_the_twentieth: {in_force: old, on: 2019-01-20}
  new_on_the_twentieth: {in_force: new, on: 2019-01-20}
"""
)


def test_what_nobody_could_know_is_drawn_anew_given_what_is_known():
    """At the end of day 8 everything still lies ahead. The entry's day: uniform over days 9 … 40, so 12/32 by day 20.
    Lengths: from their distribution, given that they are longer than so far.
    """
    rerun = rerun_of(HIDDEN, paths=1280)
    s = rerun.job.structure
    names = list(rerun.model.axes.conditions)
    path = next(
        path
        for path in map(rerun.path, range(100))
        if path.due[8, 0] > 8 and path.due[8, 1] > 8 and (path.until[8] > 8).all()
    )
    n = 12_800

    def hits(outcome: str) -> int:
        return int(Futures(rerun, path, outcome, n).true_from(8).sum())

    share_agrees(hits("by_the_twentieth"), n, 12 / 32)
    delay = s.calendar.delay_cdf[1]
    assert path.asked[8, 1] == 3
    share_agrees(hits("reply_by_the_twentieth"), n, (delay[20 - 3 - 1] - delay[8 - 3 - 1]) / (1 - delay[8 - 3 - 1]))
    for name, begun in (("old", int(s.conditions.begun[names.index("old")])), ("new", 3)):
        lasts = s.conditions.lasts_cdf[names.index(name)]
        assert path.begun[8, names.index(name)] == begun
        beyond, so_far = 1 - lasts[20 - begun - 2], 1 - lasts[8 - begun - 1]
        share_agrees(hits(f"{name}_on_the_twentieth"), n, beyond / so_far)


def test_a_length_is_longer_than_what_has_passed():
    cdf = np.cumsum([0.1, 0.2, 0.3, 0.2, 0.1])
    random = np.random.default_rng(1)
    drawn = np.concatenate([lengths(cdf, 2, random) for _ in range(100)])
    assert drawn.min() == 3
    for n, p in ((3, 0.3), (4, 0.2), (5, 0.1), (6, 0.1)):
        share_agrees((drawn == n).sum(), drawn.size, p / 0.7)


def test_a_condition_begun_anew_counts_from_that_day():
    """Begun on days 3 and 6: at the end of day 8 it has lasted two days, not five."""
    text = HIDDEN.replace("go: {on", "again: {on: 2019-01-06, event: start}, go: {on")
    path = rerun_of(text, paths=128).path(7)
    assert path.begun[5, 1] == 3
    assert path.begun[8, 1] == 6


def test_the_days_of_a_chance_close_in_on_the_turn():
    """An even chance until day 20 settles it: 1/2 up to day 19, then 0 or 1, found without looking at every day."""
    text = (
        WINDOW
        + "variables: {x: {half_life: 9 days, spread: 1}}\ncalendar: {vote: {on: 2019-01-20, probability: 0.5}}\n"
    )
    rerun = rerun_of(text + "outcomes: {won: {happens: vote}}\n", paths=128)
    futures = Futures(rerun, rerun.path(2), "won", 1024)
    course = {c.day: c.probability for c in chances(futures, [], 36)}
    assert {0, 19, 20, 40} <= set(course)
    assert len(course) < 20
    for day, chance in course.items():
        if day < 20:
            share_agrees(round(1024 * chance), 1024, 0.5)
        else:
            assert chance == float(rerun.path(2).outcomes[0] == 20)


def test_medoids_are_the_best_of_all_on_what_can_be_tried_out():
    random = np.random.default_rng(5)
    for k in (1, 2, 3):
        centres = random.normal(size=(k, 4)) * 20
        points = np.concatenate([c + random.normal(size=(n, 4)) for c, n in zip(centres, (9, 5, 4))])
        distance = distances(points)
        np.testing.assert_allclose(distance, np.linalg.norm(points[:, None] - points[None], axis=2), atol=1e-6)
        chosen, nearest = medoids(distance, k)
        best = min(distance[:, c].min(1).sum() for c in itertools.combinations(range(len(points)), k))
        assert distance[:, chosen].min(1).sum() == pytest.approx(best)
        np.testing.assert_array_equal(distance[:, chosen].min(1), distance[np.arange(len(points)), chosen[nearest]])
        followers = np.bincount(nearest)
        assert (np.diff(followers) <= 0).all()


def test_fewer_points_than_medoids_and_equal_points():
    chosen, nearest = medoids(np.zeros((2, 2)), 3)
    assert sorted(chosen) == [0, 1]
    assert sorted(nearest) == [0, 1]
