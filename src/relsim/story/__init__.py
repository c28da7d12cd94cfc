"""Stories behind a number: typical paths of a run, near misses, and any path by its number. Floor 5.

``build_stories`` is the door. Rooms: ``replay`` (the run's paths again), ``influence`` (what bears on an outcome),
``shortfall`` (how far paths are from it), ``search`` (one pass over the run), ``medoids`` (typical paths),
``chance`` (the outcome's chance along a path), ``timeline`` (the lines), ``turning`` (the turning points), ``missing``
(what was missing), ``words`` (how days, levels and names are said).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import numpy as np
from numpy.typing import NDArray

from relsim.kernels.compiled import LANES
from relsim.model import Model
from relsim.outcomes.program import NEVER
from relsim.result import Forecast, rounded
from relsim.result.saved import FinishedRun
from relsim.result.stories import CHOSEN, NEAR_MISS, TYPICAL, ChancePoint, Stories, Story, StoryLine
from relsim.story.chance import Chance, Futures, chances
from relsim.story.influence import bearing
from relsim.story.medoids import distances, medoids
from relsim.story.missing import missing
from relsim.story.replay import ReplayedPath, Rerun
from relsim.story.search import GROUPED, StoryPaths, scale_of, search
from relsim.story.shortfall import Shortfall
from relsim.story.timeline import ScoredLine, Teller, in_order, shortened
from relsim.story.turning import with_turning_points
from relsim.story.words import Words

__all__ = ["POINTS", "build_stories"]

POINTS = 36
"""Days on which the chance along a path is found, at most."""


def build_stories(
    saved: FinishedRun,
    model: Model,
    *,
    outcome: str | None,
    count: int,
    paths: Sequence[int] = (),
    futures: int,
    workers: int,
    progress: Callable[[float], None],
) -> Stories:
    """Tell stories of a finished run.

    Parameters
    ----------
    model : Model
        Of the run's own document.
    outcome : str or None
        What the stories are about; None tells ``paths`` whatever came of them.
    count : int
        Typical paths and near misses, each; of no effect where ``paths`` are given.
    paths : numbers of the paths to tell instead
    futures : int
        Paths that go on from each day to find the chance; 0 leaves it out.
    progress : callable
        Called with the share of the work that is done.
    """
    rerun = Rerun.of(model, median_weights=saved.median_weights)
    told = _Telling(saved.forecast, rerun, outcome, futures, workers)
    if paths or outcome is None:
        chosen: list[tuple[int, str, float | None]] = [(path, CHOSEN, None) for path in paths]
        return told.stories(chosen=tuple(told.all(chosen, workers, progress)))
    column = list(rerun.program.outcomes).index(outcome)
    days = saved.paths().days[:, column]
    found = search(rerun, outcome, told.about, told.scale, days, lambda share: progress(share / 2), workers)
    typical = [(path, TYPICAL, share) for path, share in _medoids(found.true, found.true_curves, count)]
    near = [(path, NEAR_MISS, share) for path, share in _medoids(found.close, found.close_curves, count)]
    stories = told.all([*typical, *near], workers, lambda share: progress((1 + share) / 2))
    return told.stories(
        days=days,
        found=found,
        typical=tuple(stories[: len(typical)]),
        near_misses=tuple(stories[len(typical) :]),
        count=count,
    )


def _medoids(paths: NDArray[np.int64], curves: NDArray[np.float64], count: int) -> list[tuple[int, float]]:
    """Path numbers and the share of the paths that are nearest to each."""
    if not len(paths):
        return []
    chosen, nearest = medoids(distances(curves), count)
    shares = np.bincount(nearest, minlength=len(chosen)) / len(paths)
    return [(int(paths[row]), float(share)) for row, share in zip(chosen, shares, strict=True)]


class _Telling:
    """What all stories of one command share."""

    def __init__(self, forecast: Forecast, rerun: Rerun, outcome: str | None, futures: int, workers: int) -> None:
        model = rerun.model
        self.forecast, self.rerun, self.outcome, self.futures = forecast, rerun, outcome, futures
        self.about = bearing(model, rerun.program, [] if outcome is None else [outcome])
        self.scale = scale_of(rerun, self.about, workers)
        self.words = Words(model.scenario, model.axes)
        told = tuple(model.scenario.outcomes) if outcome is None else (outcome,)
        self.teller = Teller(model, forecast, self.about, self.words, told)

    def all(
        self, chosen: Sequence[tuple[int, str, float | None]], workers: int, progress: Callable[[float], None]
    ) -> list[Story]:
        """Tell some paths, each by its number, why it is told and its share."""
        stories = []
        with ThreadPoolExecutor(workers) as pool:
            for story in pool.map(lambda one: self.story(*one), chosen):
                stories.append(story)
                progress(len(stories) / len(chosen))
        return stories

    def story(self, number: int, category: str, share: float | None) -> Story:
        """Replay a path and tell it."""
        path = self.rerun.path(number)
        axes, scenario = self.rerun.model.axes, self.rerun.model.scenario
        outcomes = {
            name: None if day == NEVER else axes.date(int(day))
            for name, day in zip(self.rerun.program.outcomes, path.outcomes, strict=True)
        }
        told = self.teller.lines(path)
        course: list[Chance] = []
        lacked = None
        if self.outcome is not None:
            if outcomes[self.outcome] is None:
                lacked = self._missing(path)
                told = in_order([*told, self._not_true(lacked)])
            if self.futures:
                futures = Futures(self.rerun, path, self.outcome, self.futures)
                course = chances(futures, self.teller.happenings(path), POINTS)
        told, points = with_turning_points(self.teller, path, told, course)
        names = list(axes.levels)
        levels = dict.fromkeys([*(names[s] for s in self.teller.series), *(axes.indices or axes.variables)])
        on = None if self.outcome is None else outcomes[self.outcome]
        return Story(
            path=number,
            draw=path.draw,
            category=category,
            came_true=None if self.outcome is None else on is not None,
            on=on,
            share=share,
            summary=self._summary(category, share, course, on),
            missing=lacked,
            chance=tuple(ChancePoint(axes.date(c.day), c.probability, c.standard_error) for c in course),
            turning_points=tuple(points),
            lines=tuple(one.line for one in shortened(told)),
            outcomes=outcomes,
            counts=dict(zip(scenario.events, map(int, path.counts.sum(0, dtype=np.int64)), strict=True)),
            levels={name: tuple(map(float, path.states[1:, axes.levels[name]])) for name in levels},
        )

    def _missing(self, path: ReplayedPath) -> str:
        program = self.rerun.program
        shortfall = Shortfall(program, self.scale)
        assert self.outcome is not None
        return missing(program, self.words, shortfall, program.outcomes[self.outcome], path.as_paths())

    def _not_true(self, lacked: str) -> ScoredLine:
        scenario = self.rerun.model.scenario
        text = f"It has not come true: {scenario.outcomes[str(self.outcome)].title}. Missing: {lacked}"
        return ScoredLine(100, StoryLine(scenario.end, None, text, "outcome", False))

    def _summary(self, category: str, share: float | None, course: Sequence[Chance], on: date | None) -> str:
        of = {TYPICAL: "the paths on which it came true", NEAR_MISS: "the paths that came closest without it"}
        said = []
        if share == 1:
            said.append(f"Of {of[category]} none is nearer to all the others.")
        elif share is not None:
            said.append(f"{rounded(share)} of {of[category]} are nearest to this one.")
        if on is not None:
            said.append(f"It came true on {self.words.day(on)}.")
        if course:
            overall = self.forecast.outcomes[str(self.outcome)].probability
            if self.forecast.draws > 1:
                said.append(
                    f"Under this path's parameters the probability was {rounded(course[0].probability)} before the "
                    f"first day "
                    f"({rounded(overall)} over all draws)."
                )
            else:
                said.append(f"Before the first day the probability was {rounded(course[0].probability)}.")
        return " ".join(said)

    def stories(
        self,
        *,
        typical: tuple[Story, ...] = (),
        near_misses: tuple[Story, ...] = (),
        chosen: tuple[Story, ...] = (),
        days: NDArray[np.int32] | None = None,
        found: StoryPaths | None = None,
        count: int = 0,
    ) -> Stories:
        """The stories with all that they have in common."""
        f, axes = self.forecast, self.rerun.model.axes
        outcome = None if self.outcome is None else f.outcomes[self.outcome]
        true = None if days is None else int((days != NEVER).sum())
        return Stories(
            relsim=f.relsim,
            scenario=f.scenario,
            variant=f.variant,
            paths=f.paths,
            seed=f.seed,
            outcome=self.outcome,
            title=None if outcome is None else outcome.title,
            probability=None if outcome is None else outcome.probability,
            count_true=true,
            n_clustered=len(found.true) if found else 0,
            n_searched=found.searched if found else 0,
            n_near=len(found.close) if found else 0,
            futures=-(-self.futures // LANES) * LANES if self.outcome is not None else 0,
            notes=tuple(_notes(f, true, found, count)) if found and true is not None else (),
            dates=tuple(axes.date(day) for day in range(1, axes.days + 1)),
            typical=typical,
            near_misses=near_misses,
            chosen=chosen,
        )


def _notes(forecast: Forecast, true: int, found: StoryPaths, count: int) -> list[str]:
    """What a reader should know of how the stories were chosen."""
    notes = []
    paths = f"{forecast.paths:,} paths"
    if true == 0:
        notes.append(f"It came true on none of {paths}: only near misses are shown.")
    elif true < count:
        notes.append(f"It came true on only {true} of {paths}: each of them is shown, and none can be called typical.")
    elif true > GROUPED:
        notes.append(f"Typical among {GROUPED:,} paths drawn from the {true:,} on which it came true.")
    if true == forecast.paths:
        notes.append(f"It came true on all of {paths}: there is no near miss.")
    elif found.searched < forecast.paths:
        notes.append(f"Near misses are from the first {found.searched:,} of {paths}.")
    return notes
