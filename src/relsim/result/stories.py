"""Paths told as stories, and their JSON. Floor 2; standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from relsim.result.forecast import Daily
from relsim.result.json_text import json_lines
from relsim.result.typed import read_json

TYPICAL, NEAR_MISS, CHOSEN = "typical", "near miss", "chosen"
"""Why a story is told: the outcome came true in a usual way; it nearly did; its number was asked for."""


@dataclass(frozen=True)
class ChancePoint:
    """Probability of the outcome given the path up to the end of a day.

    Attributes
    ----------
    on : the day; the day before the window stands for "before anything is known"
    probability : share of the futures that go on from there on which the outcome comes true
    standard_error : of that share; 0 where it is certain
    """

    on: date
    probability: float
    standard_error: float


@dataclass(frozen=True)
class TurningPoint:
    """A stretch of days over which the outcome's chance moved much.

    Attributes
    ----------
    first, last : its days; the same where the move is known to the day
    before, after : the chance at the end of the day before ``first`` and at the end of ``last``
    text : what the day turned on; "" for several days, and where nothing stands out
    """

    first: date
    last: date
    before: float
    after: float
    text: str


@dataclass(frozen=True)
class StoryLine:
    """One line of a timeline.

    Attributes
    ----------
    on : day, or first day of a stretch
    until : last day of the stretch; None for a single day
    kind : ``start``, ``event``, ``entry``, ``not`` (a calendar entry that did not happen), ``condition``,
        ``grade``, ``usual`` (many events in one line), ``turn`` (the chance moved and no single thing did it),
        ``outcome`` or ``end``
    marked : whether it belongs to a turning point
    """

    on: date
    until: date | None
    text: str
    kind: str
    marked: bool


@dataclass(frozen=True)
class Story:
    """One path.

    Attributes
    ----------
    path, draw : its number in the run, from 0, and that of its draw of the weights
    category : ``typical``, ``near miss`` or ``chosen``
    came_true, on : whether the outcome came true, and the day on which that was certain; None without an outcome
    share : how typical: share of such paths that are nearest to this one among those told; None where chosen
    missing : for a path on which it did not come true, what was missing for it
    chance : the outcome's chance along the path, under the path's own weights; empty without an outcome
    outcomes : every outcome of the run to the day on which it became certain on this path, or None
    counts : events of each type in the window
    levels : by day: what the outcome compares, then each index (each variable where there is none)
    """

    path: int
    draw: int
    category: str
    came_true: bool | None
    on: date | None
    share: float | None
    summary: str
    missing: str | None
    chance: tuple[ChancePoint, ...]
    turning_points: tuple[TurningPoint, ...]
    lines: tuple[StoryLine, ...]
    outcomes: Mapping[str, date | None]
    counts: Mapping[str, int]
    levels: Mapping[str, Daily]


@dataclass(frozen=True)
class Stories:
    """Stories of one run, about one outcome, or about no outcome in particular.

    Attributes
    ----------
    probability, count_true : the outcome's share and number of paths in the run; None without an outcome
    n_clustered : paths on which it came true that the typical ones were chosen among and speak for
    n_searched, n_near : paths searched for near misses, and the closest of them that the near misses speak for
    futures : paths that go on from each day of a ``chance``
    notes : what a reader should know beside: too few paths, what was sampled
    dates : days of the window
    """

    relsim: str
    scenario: str
    variant: str | None
    paths: int
    seed: int
    outcome: str | None
    title: str | None
    probability: float | None
    count_true: int | None
    n_clustered: int
    n_searched: int
    n_near: int
    futures: int
    notes: tuple[str, ...]
    dates: tuple[date, ...]
    typical: tuple[Story, ...]
    near_misses: tuple[Story, ...]
    chosen: tuple[Story, ...]

    @property
    def stories(self) -> tuple[Story, ...]:
        """All of them, the typical first."""
        return (*self.typical, *self.near_misses, *self.chosen)

    def to_json(self) -> str:
        """The text of a file of ``stories/``: the same stories give the same bytes."""
        return json_lines(self)

    @classmethod
    def from_json(cls, text: str) -> Stories:
        """The stories of a file of ``stories/``.

        Raises
        ------
        ValueError
            With the place of what it cannot be.
        """
        return read_json(cls, text)
