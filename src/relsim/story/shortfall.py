"""How far paths are from an outcome, by the outcome's own predicate. Imports ``outcomes``.

One measure for all predicates: 0 where it holds, 1 for one event too few, a date missed by a month, or a level missed
by one standard deviation (over paths, of the value that is compared).

- counts: events missing (or too many), or days by which they fell outside the stretch, a month each, if that is less;
- levels, changes, grades: distance from the band in standard deviations;
- levels that should stay: over all runs of days of the length asked for, the least of their worst distance;
- conditions: share of the days in a row that is missing;
- sequences: share of the steps that is missing, or days by which they lay too far apart, a month each, if that is less;
- ``all``: sum over its members; ``any``: the least of them;
- ``none`` and ``not``: sum, over the members that do hold, of how far each is from not holding, measured alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.outcomes.program import (
    Chain,
    Combined,
    CountedEvents,
    CountedNames,
    Held,
    Leveled,
    Node,
    Program,
    Referred,
    Stayed,
)

Array = NDArray[np.float64]
Scales = dict[int, float]

MONTH = 30.0
"""Days by which a date is missed that weigh as much as one event."""
_LEAST = 1e-6
"""Of what fails by nothing but a strict comparison."""


@dataclass(frozen=True)
class PathArrays:
    """Some paths, axes as in a block's record: states (T + 1, S, n), counts (T, K, n), in_force (T, C, n),
    happened (E, n).
    """

    states: NDArray[np.floating]
    counts: NDArray[np.integer]
    in_force: NDArray[np.integer]
    happened: NDArray[np.integer]

    @property
    def number(self) -> int:
        """How many paths."""
        return int(self.states.shape[2])

    @property
    def days(self) -> int:
        """Length of the window."""
        return int(self.counts.shape[0])


def tally(paths: PathArrays, names: CountedNames, first: int, last: int) -> Array:
    """(days of the stretch, n) events and entries counted together, by day."""
    daily: Array = paths.counts[first - 1 : last, names.events].sum(1).astype(np.float64)
    days = np.arange(first, last + 1)[:, None]
    for entry in names.entries:
        daily += paths.happened[entry][None, :] == days
    return daily


def read(paths: PathArrays, node: Leveled) -> Array:
    """(n,) the value that a level test compares."""
    series, over, first, last = node.stretch
    rows: Array = paths.states[first : last + 1, series].astype(np.float64)
    value: Array = {"highest": rows.max, "lowest": rows.min}.get(over, rows.mean)(axis=0)
    return value if node.since is None else value - paths.states[node.since, series]


def scales(program: Program, nodes: tuple[Node, ...], paths: PathArrays) -> Scales:
    """Standard deviation over paths of what each level test compares, by its number."""
    out: Scales = {}
    for node in nodes:
        if isinstance(node, Leveled):
            out[node.level] = float(read(paths, node).std()) or 1.0
        elif isinstance(node, Stayed):
            series, _, first, last = node.stretch
            out[node.level] = float(paths.states[first : last + 1, series].std(axis=1).mean()) or 1.0
    return out


class Shortfall:
    """Measures paths against the predicates of a program."""

    def __init__(self, program: Program, scale: Scales) -> None:
        self.program, self.scale = program, scale

    def lack(self, node: Node, paths: PathArrays) -> Array:
        """(n,) distance from holding; 0 where it holds."""
        return self._signed(node, paths)[0]

    def _signed(self, node: Node, paths: PathArrays) -> tuple[Array, Array]:
        """Distance from holding and from not holding; one of the two is 0."""
        match node:
            case Combined("all", members):
                parts = [self._signed(member, paths) for member in members]
                return sum_of([a for a, _ in parts]), least_of([b for _, b in parts])
            case Combined("any", members):
                parts = [self._signed(member, paths) for member in members]
                return least_of([a for a, _ in parts]), sum_of([b for _, b in parts])
            case Combined(_, members):
                parts = [self._signed(member, paths) for member in members]
                return sum_of([b for _, b in parts]), least_of([a for a, _ in parts])
            case Referred(outcome):
                return self._signed(self.program.outcomes[outcome], paths)
            case CountedEvents():
                return self._counted(node, paths)
            case Held():
                return _held(node, paths)
            case Leveled():
                return self._leveled(node, paths)
            case Stayed():
                return self._stayed(node, paths)
            case Chain():
                return _chain(node, paths)

    def _counted(self, node: CountedEvents, paths: PathArrays) -> tuple[Array, Array]:
        everywhere = tally(paths, node.names, 1, paths.days)
        inside = everywhere[node.first - 1 : node.last]
        peak = rolling(inside, node.within).max(axis=0) if node.within else inside.sum(0)
        missing = np.maximum(node.at_least - peak, 0)
        spare = np.maximum(peak - node.at_least + 1, 0)
        if not node.within and node.at_most is None:
            missing = np.minimum(missing, _days_outside(everywhere, node) / MONTH)
            spare = np.minimum(spare, _days_inside(inside, node.at_least) / MONTH)
        if node.at_most is None:
            return split(peak >= node.at_least, missing, spare)
        excess = np.maximum(peak - node.at_most, 0)
        room = np.maximum(node.at_most - peak + 1, 0)
        true = (peak >= node.at_least) & (peak <= node.at_most)
        leave = np.minimum(spare, room) if node.at_least > 0 else room
        return split(true, missing + excess, leave)

    def _leveled(self, node: Leveled, paths: PathArrays) -> tuple[Array, Array]:
        value, (low, high) = read(paths, node), node.band
        true = (value > low) & (value < high)
        far = np.maximum(np.maximum(low - value, value - high), 0)
        deep = np.maximum(np.minimum(value - low, high - value), 0)
        return split(true, far / self.scale[node.level], deep / self.scale[node.level])

    def _stayed(self, node: Stayed, paths: PathArrays) -> tuple[Array, Array]:
        series, _, first, last = node.stretch
        if last - first + 1 < node.days:
            return split(np.zeros(paths.number, bool), np.full(paths.number, np.inf), np.zeros(paths.number))
        x: Array = paths.states[first : last + 1, series].astype(np.float64)
        low, high = node.band
        # How far outside each day is, negative inside; a run of days is as good as its worst day.
        outside = np.maximum(low - x, x - high)
        windows = np.lib.stride_tricks.sliding_window_view(outside, node.days, axis=0)
        best = windows.max(axis=-1).min(axis=0)
        return split(best < 0, np.maximum(best, 0) / self.scale[node.level], -best / self.scale[node.level])


def split(true: NDArray[np.bool_], lack: Array, excess: Array) -> tuple[Array, Array]:
    """Both distances, each 0 on the side where the paths are and positive on the other."""
    return np.where(true, 0.0, np.maximum(lack, _LEAST)), np.where(true, np.maximum(excess, _LEAST), 0.0)


def sum_of(parts: list[Array]) -> Array:
    """Sum of several distances."""
    return np.sum(parts, axis=0)  # type: ignore[no-any-return]


def least_of(parts: list[Array]) -> Array:
    """Least of several distances."""
    return np.min(parts, axis=0)  # type: ignore[no-any-return]


def rolling(daily: Array, within: int) -> Array:
    """Sums over the last ``within`` days, for each day of (days, n)."""
    total = np.cumsum(daily, axis=0)
    total[within:] -= total[:-within].copy()
    return total


def runs(true: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(n,) longest run of days in a row of (days, n)."""
    longest = run = np.zeros(true.shape[1], np.int64)
    for row in true:
        run = np.where(row, run + 1, 0)
        longest = np.maximum(longest, run)
    return longest


def _days_outside(everywhere: Array, node: CountedEvents) -> Array:
    """(n,) by how many days the stretch would have to be longer, at its end or at its beginning; inf where that
    does not help.
    """
    days = len(everywhere)
    late = np.cumsum(everywhere[node.first - 1 :], axis=0) >= node.at_least
    early = np.cumsum(everywhere[: node.last][::-1], axis=0) >= node.at_least
    by_end = np.where(late.any(0), late.argmax(0) + node.first - node.last, np.inf)
    by_start = np.where(early.any(0), node.first - (node.last - early.argmax(0)), np.inf)
    assert days >= node.last
    return np.maximum(np.minimum(by_end, by_start), 0)


def _days_inside(inside: Array, at_least: int) -> Array:
    """(n,) by how many days the stretch would have to be shorter at its end for the count not to be reached."""
    reached = np.cumsum(inside, axis=0) >= at_least
    return np.where(reached.any(0), len(inside) - reached.argmax(0), np.inf)


def _held(node: Held, paths: PathArrays) -> tuple[Array, Array]:
    longest = np.max([runs(paths.in_force[node.first - 1 : node.last, c] != 0) for c in node.conditions], axis=0)
    true = longest >= node.days
    return split(true, 1 - longest / node.days, (longest - node.days + 1) / node.days)


def _chain(node: Chain, paths: PathArrays) -> tuple[Array, Array]:
    done = steps_done(node, paths)
    steps = len(node.event_ptr) - 1
    lack = np.minimum((steps - done) / steps, days_over(node, paths) / MONTH)
    return split(done == steps, lack, np.full(paths.number, 1 / steps))


def steps_done(node: Chain, paths: PathArrays, over: NDArray[np.int64] | int = 0) -> NDArray[np.int64]:
    """(n,) the most steps of a sequence that followed one another in time, with ``over`` more days between two."""
    steps = len(node.event_ptr) - 1
    daily = [tally(paths, step_names(node, j), node.first, node.last) > 0 for j in range(steps)]
    latest = np.zeros((steps, paths.number), np.int64)
    done = np.zeros(paths.number, np.int64)
    for i in range(node.last - node.first + 1):
        day = node.first + i
        earliest = np.maximum(day - node.within - over, 1) if node.within else 1
        for j in range(steps - 1, -1, -1):
            follows = daily[j][i] & (latest[j - 1] >= earliest if j else True)
            latest[j] = np.where(follows, day, latest[j])
            done = np.where(follows, np.maximum(done, j + 1), done)
    return done


def days_over(node: Chain, paths: PathArrays) -> Array:
    """(n,) the least number of days, a month at most, by which two steps of a sequence lay too far apart; inf where
    a month more would not have done.
    """
    steps = len(node.event_ptr) - 1
    low, high = np.zeros(paths.number, np.int64), np.full(paths.number, int(MONTH))
    if not node.within:
        return np.full(paths.number, np.inf)
    never = steps_done(node, paths, high) < steps
    while (high - low > 1).any():
        middle = (low + high) // 2
        enough = steps_done(node, paths, middle) == steps
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.where(never, np.inf, high)


def step_names(node: Chain, step: int) -> CountedNames:
    """What counts as one step of a sequence."""
    return CountedNames(
        node.names.events[node.event_ptr[step] : node.event_ptr[step + 1]],
        node.names.entries[node.entry_ptr[step] : node.entry_ptr[step + 1]],
    )
