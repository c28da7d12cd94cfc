"""One point of a track, and its move from the one before. Floor 5; imports ``compare``, ``engine``, ``summary``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from relsim.compare import cut_after, plan_news, tell_news
from relsim.compare.contrasts import Clusters
from relsim.engine import simulate
from relsim.engine.parts import RunBlocks
from relsim.estimates.paired import Contrasted, probability_difference
from relsim.model import Model, build
from relsim.outcomes import NEVER, compile_outcomes
from relsim.result.comparison import SAME, NewsPiece
from relsim.result.track import OutcomePoint, TrackedNews, TrackPoint
from relsim.scenario import Scenario
from relsim.summary import outcome_forecasts
from relsim.track.kept import PointPaths

SURE = 0.99
"""Level of the interval that a move must leave to be an alert."""


@dataclass(frozen=True)
class PointModel:
    """A point's model, as its record stood when it was made, and what came true on its paths."""

    day: date
    model: Model
    lived: PointPaths


class Runner:
    """Simulates one scenario as of several days, always on the same paths.

    Parameters
    ----------
    scenario : with all of its record
    median_weights, run_blocks : as in ``engine.simulate``
    """

    def __init__(self, scenario: Scenario, median_weights: bool, run_blocks: RunBlocks | None) -> None:
        self._scenario, self._median_weights, self._run_blocks = scenario, median_weights, run_blocks

    def fresh(self, day: date) -> PointModel:
        """Simulate as of a day."""
        model = self._model(day)
        return PointModel(day, model, self._simulated(model))

    def again(self, day: date, lived: PointPaths) -> PointModel:
        """A point that was simulated before, with the record of then."""
        return PointModel(day, replace(self._model(day), observed=lived.observed), lived)

    def point(self, now: PointModel, before: PointModel | None) -> TrackPoint:
        """The outcomes as of a day, and how each moved from the point before."""
        scenario, axes = now.model.scenario, now.model.axes
        forecasts = outcome_forecasts(scenario, now.lived, axes, compile_outcomes(scenario, axes))
        outcomes = {name: OutcomePoint(f.probability, f.weights_low, f.weights_high) for name, f in forecasts.items()}
        if before is None:
            return TrackPoint(now.day, None, outcomes)
        moves = _moves(before.lived, now.lived, list(scenario.outcomes))
        news = self._news(before, now)
        for name, one in outcomes.items():
            move = moves[name]
            outcomes[name] = replace(one, difference=move.value, low=move.low, high=move.high, news=_told(name, news))
        return TrackPoint(now.day, before.day, outcomes)

    def _model(self, day: date) -> Model:
        return build(cut_after(self._scenario, day), judge=False)

    def _simulated(self, model: Model) -> PointPaths:
        s = self._scenario
        simulation = simulate(
            model,
            paths=s.paths,
            seed=s.seed,
            draws=s.draws,
            median_weights=self._median_weights,
            run_blocks=self._run_blocks,
            fans=False,
        )
        return PointPaths(simulation.days, simulation.draws, tuple(simulation.weight_names), model.observed)

    def _news(self, before: PointModel, now: PointModel) -> tuple[NewsPiece, ...]:
        plan = plan_news(before.model, now.model, ("the point before", "the point"))
        assert not plan.not_told, plan.not_told
        if not plan.cuts:
            return ()
        between = [build(scenario, judge=False) for scenario in plan.to_simulate]
        lived = [before.lived, *map(self._simulated, between), now.lived]
        return tell_news(plan, [before.model, *between, now.model], lived, list(now.model.scenario.outcomes))


def _moves(before: PointPaths, now: PointPaths, names: list[str]) -> Mapping[str, Contrasted]:
    """Differences of the probabilities, each with its paired interval."""
    clusters = Clusters.of([before, now])
    moves = {}
    for i, name in enumerate(names):
        was, true = before.days[:, i] != NEVER, now.days[:, i] != NEVER
        counts = (clusters.count(true & ~was), clusters.count(was & ~true), clusters.count(was | True))
        moves[name] = probability_difference(*counts, uncertain=clusters.uncertain, level=SURE)
    return moves


def _told(outcome: str, pieces: tuple[NewsPiece, ...]) -> tuple[TrackedNews, ...]:
    found = [(piece, piece.outcomes[outcome].difference) for piece in pieces]
    return tuple(
        TrackedNews(piece.last, d.value, d.low, d.high, piece.sentence) for piece, d in found if d.verdict != SAME
    )
