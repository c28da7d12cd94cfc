"""The same questions asked again as the record grows, and what moved them. Floor 5; imports ``compare``, ``engine``.

Each point is a simulation of the scenario with its record cut after one day; all points run on the same paths, so that
a move from one to the next is paired. Rooms: ``days`` (on which days), ``moves`` (one point, and its move from the one
before), ``kept`` (points that are not made twice), ``series`` (points → what a track reports).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from relsim.compare import cut_after
from relsim.compare.record_entries import past_otherwise
from relsim.engine.parts import RunBlocks
from relsim.model import Model
from relsim.model.record import observe
from relsim.result.track import Alert, Track, TrackPoint
from relsim.track.days import days_of, last_covered
from relsim.track.kept import Keeping, KeptInMemory, PointPaths
from relsim.track.moves import PointModel, Runner
from relsim.track.series import ALERT, series_of

__all__ = ["ALERT", "Keeping", "KeptInMemory", "PointPaths", "Tracked", "days_of", "last_covered", "track"]

_SHOWN = 3
"""Late rows that a warning names."""


@dataclass(frozen=True)
class Tracked:
    """A track, and what is to be said of its making.

    Attributes
    ----------
    new : days of the points that this call computed
    alerts : those of them that are alerts, by outcome
    warnings : that the record tells otherwise of old days than when these were forecast
    """

    track: Track
    new: tuple[date, ...]
    alerts: tuple[tuple[str, Alert], ...]
    warnings: tuple[str, ...]


def track(
    model: Model,
    days: Sequence[date],
    *,
    kept: Keeping | None = None,
    alert: float = ALERT,
    median_weights: bool = False,
    run_blocks: RunBlocks | None = None,
    progress: Callable[[int], None] | None = None,
) -> Tracked:
    """Ask a scenario's questions as of each of several days, and say what moved them.

    Parameters
    ----------
    model : of the scenario with all of its record; paths, draws and seed are the scenario's
    days : rising, as ``days_of`` gives them
    kept : points made before, which are not made again, and where new ones are put; in memory without
    alert : points of a hundred beyond which a clear move is an alert
    median_weights, run_blocks : as in ``engine.simulate``
    progress : called with the number of points that stand

    Raises
    ------
    DocumentError
        If more than 1 % of the draws of the weights are no valid model.
    """
    keeping = kept or KeptInMemory()
    runner = Runner(model.scenario, median_weights, run_blocks)
    points: list[TrackPoint] = []
    new: list[date] = []
    warnings: list[str] = []
    standing: PointModel | None = None
    latest: date | None = None
    for number, day in enumerate(days):
        before = days[number - 1] if number else None
        point = keeping.point(day)
        if point is not None and point.after == before:
            standing, latest = None, day
        else:
            previous = None
            if before is not None:
                previous = standing or runner.again(before, keeping.lived(before))
            standing = runner.fresh(day) if point is None else runner.again(day, keeping.lived(day))
            made = runner.point(standing, previous)
            if point is None:
                new.append(day)
            else:
                latest = day
            keeping.keep(made, standing.lived)
            point = made
        points.append(point)
        if progress is not None:
            progress(number + 1)
    if latest is not None and (late := _late(model, latest, keeping.lived(latest))):
        warnings.append(late)
    found = series_of({name: o.title for name, o in model.scenario.outcomes.items()}, points, alert)
    raised = [(name, one) for name, o in found.outcomes.items() for one in o.alerts if one.date in new]
    return Tracked(found, tuple(new), tuple(raised), tuple(warnings))


def _late(model: Model, day: date, then: PointPaths) -> str:
    """That the record of days up to a kept point is not what it was when the point was made; empty where it is."""
    axes = model.axes
    now = observe(cut_after(model.scenario, day), axes)
    said = past_otherwise(model.scenario, axes, then.observed, now)
    if not said:
        return ""
    more = f" and {len(said) - _SHOWN} more" if len(said) > _SHOWN else ""
    return (
        f"the record has grown late rows of days up to {day}: {'; '.join(said[:_SHOWN])}{more}; points made before "
        "stand as they were"
    )
