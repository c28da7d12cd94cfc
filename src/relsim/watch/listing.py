"""From counts to the list: each thing with its probabilities, its worth and what making it changes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from relsim.estimates import clustered_error
from relsim.estimates.paired import likeness, probability_difference
from relsim.estimates.shares import PathShares, shares
from relsim.model import Model
from relsim.outcomes import Program
from relsim.result.watchlist import (
    ENTRY,
    LEVEL,
    DatedMovement,
    MadeChange,
    Observation,
    ProbabilityIf,
    WatchedOutcome,
    Watchlist,
)
from relsim.watch.counting import SeenCounts
from relsim.watch.dates import movements
from relsim.watch.made import Flips
from relsim.watch.sights import Sights
from relsim.watch.worth import worth

_FAN = 0.05, 0.95
"""A grade's bound is looked at where the fan of the days reaches it."""


@dataclass(frozen=True)
class WatchListing:
    """What was counted, of one run.

    Attributes
    ----------
    made : row among the flips, by kind, name and place among the lengths
    uncertain : whether the draws of the parameters differ
    """

    model: Model
    program: Program
    sights: Sights
    counted: SeenCounts
    made: Mapping[tuple[str, str, int], int]
    flips: Flips
    uncertain: bool

    def whole(self) -> Watchlist:
        """The list of all outcomes, and the calendar."""
        c = self.counted
        paths, size = c.paths[:, None, None, None], int(c.paths.sum())
        seen = c.seen[..., None]
        hits = c.hits[:, None, None, :]
        if_seen = shares(c.both, seen, uncertain=self.uncertain)
        if_not = shares(hits - c.both, paths - seen, uncertain=self.uncertain)
        cells, of_cells = np.stack([seen, paths - seen], axis=1), np.stack([c.both, hits - c.both], axis=1)
        value = worth(cells, of_cells, uncertain=self.uncertain)
        share = c.seen.sum(axis=0) / size
        outcomes = {}
        alike = self._alike()
        for o, (name, outcome) in enumerate(self.model.scenario.outcomes.items()):
            found = [
                Observation(
                    thing,
                    kind,
                    self.sights.lengths[w],
                    float(share[w, i]),
                    _given(if_seen, (w, i, o)),
                    _given(if_not, (w, i, o)),
                    self._made((kind, thing, w), o, alike[o]),
                    _number(value.movement[w, i, o]),
                    _number(value.brier_fall[w, i, o]),
                )
                for w, i, kind, thing in self._rows()
            ]
            found.sort(key=lambda one: -math.inf if one.expected_brier_fall is None else -one.expected_brier_fall)
            outcomes[name] = WatchedOutcome(outcome.title, int(c.hits[:, o].sum()) / size, tuple(found))
        return Watchlist(outcomes, tuple(self._calendar()))

    def _rows(self) -> Iterator[tuple[int, int, str, str]]:
        """Places of what can be seen within each length, with kind and name."""
        above = self.counted.above / int(self.counted.paths.sum())
        rising = above[0] <= 0.5
        names, levels = self.sights.names, self.sights.levels
        first_rising = len(names) - 2 * len(levels)
        for w, last in enumerate(self.sights.last):
            if last < self.sights.first:
                continue
            within = above[1 : last - self.sights.first + 2]
            reached = np.any((within >= _FAN[0]) & (within <= _FAN[1]), axis=0)
            for i, (kind, name) in enumerate(names):
                if kind == LEVEL:
                    level = (i - first_rising) % len(levels)
                    if (i < first_rising + len(levels)) != rising[level]:
                        continue
                    if not (levels[level].own or reached[level]):
                        continue
                if kind == ENTRY and name not in self.sights.entries:
                    continue
                yield w, i, kind, name

    def _made(self, key: tuple[str, str, int], outcome: int, alike: float) -> MadeChange | None:
        if key not in self.made:
            return None
        row, f = self.made[key], self.flips
        found = probability_difference(
            f.gained[row, :, outcome], f.lost[row, :, outcome], f.paths, uncertain=self.uncertain, alike=alike
        )
        assert found.value is not None
        return MadeChange(found.value, found.low, found.high)

    def _alike(self) -> list[float]:
        """Of each outcome, the correlation of the paths of one draw."""
        paths, hits = self.counted.paths, self.counted.hits
        n, draws = int(paths.sum()), len(paths)
        found = []
        for k in hits.T:
            p = int(k.sum()) / n
            known = self.uncertain and draws > 1 and 0 < p < 1
            found.append(likeness(clustered_error(k / paths, paths, p), p, n, draws) if known else 0.0)
        return found

    def _calendar(self) -> Iterator[DatedMovement]:
        axes, names = self.model.axes, list(self.model.scenario.outcomes)
        decided = [self.program.due[name] for name in names]
        for day, moved in movements(self.counted, self.sights.first, axes.days, decided, uncertain=self.uncertain):
            yield DatedMovement(axes.date(day), dict(zip(names, map(_number, moved.tolist()), strict=True)))


def _given(found: PathShares, place: tuple[int, int, int]) -> ProbabilityIf | None:
    if math.isnan(found.value[place]):
        return None
    return ProbabilityIf(float(found.value[place]), _number(found.low[place]), _number(found.high[place]))


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
