"""Points of a track → one series for each outcome, and its alerts. Floor 5; imports ``result``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from relsim.result.comparison import CLEAR, Difference
from relsim.result.differences import POINTS, decimals, percent, range_text, value_text
from relsim.result.track import Alert, OutcomePoint, Track, TrackedNews, TrackedOutcome, TrackPoint

ALERT = 5.0
"""Points of a hundred beyond which a clear move is an alert, unless told otherwise."""
YOUNG = 3
"""Points that a question has at the least before it can alert: of a young one nobody knows how it moves."""
_WHY = 2
"""Pieces of news that an alert names."""


def series_of(titles: Mapping[str, str], points: Sequence[TrackPoint], alert: float) -> Track:
    """What a track reports.

    Parameters
    ----------
    titles : of the outcomes, by name
    alert : as in ``track``
    """
    return Track({name: _outcome(name, title, points, alert) for name, title in titles.items()})


def _outcome(name: str, title: str, points: Sequence[TrackPoint], alert: float) -> TrackedOutcome:
    own = [point.outcomes[name] for point in points]
    alerts = [
        Alert(
            points[i].as_of, own[i - 1].probability, own[i].probability, _alerted(title, points[i], own[i - 1], own[i])
        )
        for i in range(YOUNG - 1, len(points))
        if _is_alert(own[i], alert)
    ]
    return TrackedOutcome(
        dates=tuple(point.as_of for point in points),
        probability=tuple(one.probability for one in own),
        weights_low=tuple(one.weights_low for one in own),
        weights_high=tuple(one.weights_high for one in own),
        news=tuple(piece for one in own for piece in one.news),
        alerts=tuple(alerts),
    )


def _is_alert(point: OutcomePoint, alert: float) -> bool:
    """Whether a move is large, and its paired interval leaves out zero."""
    if point.difference is None or point.low is None or point.high is None:
        return False
    return abs(point.difference) > alert / POINTS and (point.low > 0 or point.high < 0)


def _alerted(title: str, point: TrackPoint, before: OutcomePoint, now: OutcomePoint) -> str:
    d = Difference(now.difference, None, now.low, now.high, CLEAR, None)
    digits = decimals(d, POINTS)
    goes = "rises" if d.value is not None and d.value > 0 else "falls"
    return (
        f"{point.as_of}: “{title}” {goes} from {percent(before.probability, digits)} to "
        f"{percent(now.probability, digits)} since {point.after}: {value_text(d, POINTS, digits)} points "
        f"(99 %: {range_text(d, POINTS, digits)}){_why(now)}"
    )


def _why(point: OutcomePoint) -> str:
    """The largest pieces of news that moved it the way it went."""
    up = (point.difference or 0.0) > 0
    same_way = [one for one in point.news if one.difference and (one.difference > 0) == up]
    largest = sorted(same_way, key=lambda one: -abs(one.difference or 0.0))[:_WHY]
    if not largest:
        return "."
    return "; moved most by " + "; ".join(f"{one.sentence} ({news_text(one)})" for one in largest) + "."


def news_text(news: TrackedNews) -> str:
    """What a piece of news did, in points."""
    return value_text(Difference(news.difference, None, news.low, news.high, CLEAR, None), POINTS)
