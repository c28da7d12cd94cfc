"""What a track reports, and its JSON: the same questions, asked again and again. Floor 2; standard library only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from relsim.result.json_text import dump, plain
from relsim.result.typed import read_json

TRACK = "track.json"
_MOST_NEWS = 3
"""Pieces of news that are shown of an outcome."""


@dataclass(frozen=True)
class TrackedNews:
    """What one piece of the record did to an outcome's probability, with its 95 % interval.

    Attributes
    ----------
    date : the last day of the piece; of news that stands alone, its day
    sentence : the days, and what the record tells of them
    """

    date: date
    difference: float | None
    low: float | None
    high: float | None
    sentence: str


@dataclass(frozen=True)
class Alert:
    """A move from one point to the next that is large, and that chance does not explain.

    Attributes
    ----------
    date : day of the point that moved
    from_, to : probability at the point before, and at this one
    sentence : what moved, by how much, and why
    """

    date: date
    from_: float
    to: float
    sentence: str


@dataclass(frozen=True)
class TrackedOutcome:
    """An outcome's probability on each of the days on which it was asked; all of one length but news and alerts.

    Attributes
    ----------
    dates : last days that the record told of
    weights_low, weights_high : parameter range, 5–95 %; None where all parameters are certain, or the record decided
    """

    dates: tuple[date, ...]
    probability: tuple[float, ...]
    weights_low: tuple[float | None, ...]
    weights_high: tuple[float | None, ...]
    news: tuple[TrackedNews, ...]
    alerts: tuple[Alert, ...]


@dataclass(frozen=True)
class Track:
    """Series of the outcomes of one scenario, by name."""

    outcomes: Mapping[str, TrackedOutcome]

    def to_json(self) -> str:
        """The text of ``track.json``: the same track gives the same bytes; one line for each outcome."""
        items = ",\n".join(f"  {dump(name)}: {dump(plain(item))}" for name, item in self.outcomes.items())
        return f'{{\n"outcomes": {{\n{items}\n}}\n}}\n'

    @classmethod
    def from_json(cls, text: str) -> Track:
        """The track of a ``track.json``.

        Raises
        ------
        ValueError
            With the place of what it cannot be.
        """
        return read_json(cls, text)


@dataclass(frozen=True)
class OutcomePoint:
    """An outcome at one point, and its move from the point before; None at the first, or where it cannot be said.

    Attributes
    ----------
    low, high : 99 % interval of the difference, the paths being paired
    news : what moved it, piece by piece; without the pieces that leave every path the same
    """

    probability: float
    weights_low: float | None
    weights_high: float | None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    news: tuple[TrackedNews, ...] = ()


@dataclass(frozen=True)
class TrackPoint:
    """The outcomes as of one day.

    Attributes
    ----------
    as_of : the last day that the record told of
    after : that of the point before, from which they moved; None at the first
    """

    as_of: date
    after: date | None
    outcomes: Mapping[str, OutcomePoint]

    def to_json(self) -> str:
        """The text of a kept point."""
        return dump(plain(self)) + "\n"


def leading_news(news: Sequence[TrackedNews]) -> list[TrackedNews]:
    """The largest pieces that moved an outcome clearly."""
    clear = [one for one in news if one.low is not None and one.high is not None and (one.low > 0 or one.high < 0)]
    return sorted(clear, key=lambda one: -abs(one.difference or 0.0))[:_MOST_NEWS]
