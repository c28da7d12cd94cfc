"""What can be seen in the next days, and on which paths of a block it is. Imports ``model``, ``outcomes``.

Seen means: an event at least once; an entry happened; a condition that was not in force begun; a level passed at the
end of a day. The levels are the outcomes' own and, for indices, the bounds of the grades. Which way a level may be
passed hangs on where the series stands at the end of the last day known, so that both ways are looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.kernels.layout import Record, State
from relsim.model import Axes, Model
from relsim.outcomes import Program
from relsim.result.watchlist import CONDITION, ENTRY, EVENT, LEVEL

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class WatchedLevel:
    """A level of a series.

    Attributes
    ----------
    row : of the series among the states
    at_least : whether the level itself counts as above it
    own : whether an outcome names it
    """

    series: str
    row: int
    value: float
    at_least: bool
    own: bool

    def name(self, *, rising: bool) -> str:
        """What it is to pass it, in words."""
        return f"{self.series} {'above' if rising else 'below'} {self.value:g}"


@dataclass(frozen=True)
class Sights:
    """What can be seen of a run.

    Attributes
    ----------
    first : first day that nobody knows yet
    lengths : days that may pass, rising
    last : for each of them the last day, none past the window
    entries : calendar entries that may still happen
    in_force : (C,) conditions in force on the day before the window
    """

    axes: Axes
    first: int
    lengths: tuple[int, ...]
    last: tuple[int, ...]
    levels: tuple[WatchedLevel, ...]
    entries: frozenset[str]
    in_force: Bools

    @classmethod
    def of(cls, model: Model, program: Program, lengths: Sequence[int]) -> Sights:
        """What can be seen in so many days after those that the run knows."""
        axes, scenario = model.axes, model.scenario
        first = max(1, axes.day(scenario.known_to) + 1)
        lengths = tuple(sorted(set(lengths)))
        begun = model.structure.conditions.begun
        initially = np.array([c.initially for c in scenario.conditions.values()], bool)
        in_force = (begun < 0) | (initially & (begun <= 0))
        last = tuple(min(first + length - 1, axes.days) for length in lengths)
        return cls(axes, first, lengths, last, _levels(model, program), _open_entries(model, first), in_force)

    @property
    def names(self) -> list[tuple[str, str]]:
        """Kind and name of the N things, each level twice: passed upwards, then passed downwards."""
        axes = self.axes
        rising = [(LEVEL, level.name(rising=True)) for level in self.levels]
        falling = [(LEVEL, level.name(rising=False)) for level in self.levels]
        kinds = ((EVENT, axes.events), (ENTRY, axes.entries), (CONDITION, axes.conditions))
        return [*((kind, name) for kind, names in kinds for name in names), *rising, *falling]

    def above(self, record: Record, lanes: int) -> Bools:
        """(days + 1, L, lanes) whether each level lies below its series, from the last day known on."""
        days = slice(self.first - 1, max(self.last, default=self.first - 1) + 1)
        values = record.states[days, [level.row for level in self.levels], :lanes].astype(np.float64)
        bounds = np.array([level.value for level in self.levels])[:, None]
        at_least = np.array([level.at_least for level in self.levels], bool)[:, None]
        found: Bools = np.where(at_least, values >= bounds, values > bounds)
        return found

    def seen(self, record: Record, state: State, above: Bools, lanes: int) -> Bools:
        """(W, N, lanes) what each path shows within each length; ``above`` as of the same block."""
        first = self.first
        before = record.in_force[first - 2, :, :lanes] > 0 if first > 1 else self.in_force[:, None]
        happened = state.happened[:, :lanes]
        out = np.empty((len(self.last), len(self.names), lanes), bool)
        for w, last in enumerate(self.last):
            force = record.in_force[first - 1 : last, :, :lanes] > 0
            begun = np.concatenate([np.broadcast_to(before, force.shape[1:])[None], force])
            passed = above[1 : last - first + 2]
            out[w] = np.concatenate(
                [
                    record.counts[first - 1 : last, :, :lanes].any(axis=0),
                    (happened >= first) & (happened <= last),
                    (begun[1:] & ~begun[:-1]).any(axis=0),
                    passed.any(axis=0),
                    ~passed.all(axis=0),
                ]
            )
        return out


def _levels(model: Model, program: Program) -> tuple[WatchedLevel, ...]:
    """The outcomes' own levels in file order, then the bounds of the grades; each once."""
    axes = model.axes
    series = axes.levels
    found: dict[tuple[str, float], WatchedLevel] = {}

    def add(name: str, value: float, at_least: bool, own: bool) -> None:
        if np.isfinite(value):
            found.setdefault((name, value), WatchedLevel(name, series[name], float(value), at_least, own))

    for test in program.levels:
        if test.subject in series:  # the change since a day is no level
            add(test.subject, test.band.low, False, True)
            add(test.subject, test.band.high, True, True)
    for name in axes.indices:
        for bound in model.scenario.grades.values():
            add(name, bound, False, False)
    return tuple(found.values())


def _open_entries(model: Model, first: int) -> frozenset[str]:
    """Entries of which the record does not tell that they happened, and whose date has not passed."""
    calendar = model.structure.calendar
    hanging = np.diff(calendar.after.ptr) > 0
    still = (calendar.recorded == 0) & (hanging | (calendar.last >= first))
    return frozenset(name for name, e in model.axes.entries.items() if still[e])
