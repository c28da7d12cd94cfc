"""What would move the forecast of a run, and the JSON of it. Floor 2; standard library only."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from relsim.result.json_text import json_lines
from relsim.result.typed import read_json

EVENT, ENTRY, CONDITION, LEVEL = "event", "entry", "condition", "level"
"""Kinds of what can be seen."""


@dataclass(frozen=True)
class ProbabilityIf:
    """An outcome's probability given what is seen, with its 95 % interval; None where it cannot be said."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class MadeChange:
    """The change of an outcome's probability when something is made to happen, on the same paths, and its 95 %
    interval.
    """

    difference: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Observation:
    """Something that can be seen in the next days, and what seeing it, or not, says of one outcome.

    Attributes
    ----------
    name : of the event, entry or condition in the file; of a level in words: ``relations above -3``
    kind : ``event``, ``entry``, ``condition`` or ``level``
    within_days : how many days from the last one known it may take
    probability_seen : share of the paths that show it within these days
    if_seen, if_not_seen : None where no path shows it so
    if_made : None for conditions and levels, and for an entry whose day has passed
    expected_movement : mean absolute distance of the probability then from that of now
    expected_brier_fall : mean fall of the Brier score, the variance of the probability then; freed of its sampling
        bias, so that it may be below zero by chance; None where the doubt cannot be told
    """

    name: str
    kind: str
    within_days: int
    probability_seen: float
    if_seen: ProbabilityIf | None
    if_not_seen: ProbabilityIf | None
    if_made: MadeChange | None
    expected_movement: float | None
    expected_brier_fall: float | None

    @property
    def beyond_noise(self) -> bool:
        """Whether the intervals of the probability, seen and not seen, lie apart."""
        a, b = self.if_seen, self.if_not_seen
        if a is None or b is None or a.low is None or a.high is None or b.low is None or b.high is None:
            return False
        return a.low > b.high or b.low > a.high


@dataclass(frozen=True)
class WatchedOutcome:
    """One outcome, its probability now, and all that can be seen, the greatest expected fall first."""

    title: str
    probability: float
    observations: tuple[Observation, ...]

    def movement_noise(self, paths: int) -> float:
        """Expected movement that noise alone hardly exceeds: three standard errors of so many independent paths."""
        return 3 * math.sqrt(self.probability * (1 - self.probability) / paths)

    def telling(self, within: int) -> list[Observation]:
        """What moves it beyond noise within so many days, the greatest expected fall first."""
        here = [seen for seen in self.observations if seen.within_days == within]
        return [seen for seen in here if (seen.expected_brier_fall or 0) > 0 and seen.beyond_noise]


@dataclass(frozen=True)
class DatedMovement:
    """A day on which calendar entries fall due, and how far each outcome's probability is expected to move by them."""

    date: date
    expected_movement: Mapping[str, float | None]


@dataclass(frozen=True)
class Watchlist:
    """All of ``watch.json``."""

    outcomes: Mapping[str, WatchedOutcome]
    calendar: tuple[DatedMovement, ...]

    def only(self, names: Sequence[str]) -> Watchlist:
        """The list of some outcomes."""
        kept = {name: self.outcomes[name] for name in names}
        calendar = [
            DatedMovement(dated.date, {name: dated.expected_movement[name] for name in names})
            for dated in self.calendar
        ]
        return Watchlist(kept, tuple(calendar))

    def to_json(self) -> str:
        """The text of ``watch.json``: the same run gives the same bytes."""
        return json_lines(self)

    @classmethod
    def from_json(cls, text: str) -> Watchlist:
        """The watch list of a ``watch.json``.

        Raises
        ------
        ValueError
            With the place of what it cannot be.
        """
        return read_json(cls, text)
