"""A program run on one block: the day on which each outcome became certain, and each quantity. Floor 3."""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relsim.outcomes.program import (
    NEVER,
    Chain,
    Combined,
    CountedEvents,
    CountedNames,
    DayRange,
    Gauge,
    Held,
    InsideDays,
    Leveled,
    Node,
    Program,
    Referred,
    Stayed,
    Tallied,
)
from relsim.outcomes.resolution_day import last_day

Array = NDArray[np.float64]
DayArray = NDArray[np.int32]


class Evaluated(NamedTuple):
    """One block's results.

    Attributes
    ----------
    days : (outcomes, LANES) int32
        Day on which each outcome became certain, or NEVER.
    values : (quantities, LANES) float64
        NaN where undefined.
    reached : (levels, 2) float64
        Least and greatest value that any valid path read where a level is compared; blocks merge by minimum
        and maximum.
    """

    days: DayArray
    values: Array
    reached: Array


class _Block:
    """One block's arrays and the outcomes found on it so far."""

    def __init__(
        self,
        program: Program,
        states: NDArray[np.floating],
        counts: NDArray[np.uint16],
        in_force: NDArray[np.uint8],
        happened: DayArray,
        lanes: int,
    ) -> None:
        # Imported here, so that checking a file does without the compiler.
        from relsim.kernels import predicates

        self.kernels = predicates
        self.over = {
            "on": predicates.MEAN,
            "mean": predicates.MEAN,
            "highest": predicates.HIGHEST,
            "lowest": predicates.LOWEST,
        }
        self.program = program
        self.states, self.counts, self.in_force, self.happened = states, counts, in_force, happened
        self.lanes = lanes
        self.width = states.shape[2]
        self.days: dict[str, DayArray] = {}
        self.reached = np.empty((len(program.levels), 2))

    def when(self, node: Node) -> DayArray:
        """(LANES,) day on which a predicate became certain."""
        match node:
            case CountedEvents():
                return self.counted(node)
            case Held(conditions, first, last, days):
                return reduce(np.minimum, (self.held(c, first, last, days) for c in conditions))
            case Leveled():
                return self.leveled(node)
            case Stayed():
                return self.stayed(node)
            case Chain():
                return self.chain(node)
            case Combined("all", members):
                return reduce(np.maximum, (self.when(member) for member in members))
            case Combined("any", members):
                return reduce(np.minimum, (self.when(member) for member in members))
            case Combined(_, members):
                earliest = reduce(np.minimum, (self.when(member) for member in members))
                due = (last_day(member, self.program.due, self.program.entry_days) for member in members)
                return self.certain(earliest == NEVER, max(due))
            case Referred(outcome):
                return self.days[outcome]

    @staticmethod
    def certain(true: NDArray[np.bool_], day: int) -> DayArray:
        return np.where(true, np.int32(day), np.int32(NEVER))

    def counted(self, node: CountedEvents) -> DayArray:
        peak, reached = self.tally(node.names, node.first, node.last, node.within, node.at_least)
        if node.at_most is None:
            return reached
        return self.certain((peak >= node.at_least) & (peak <= node.at_most), node.last)

    def tally(
        self, names: CountedNames, first: int, last: int, within: int, at_least: int
    ) -> tuple[DayArray, DayArray]:
        peak, reached = np.empty(self.width, np.int32), np.empty(self.width, np.int32)
        self.kernels.count_days(self.counts, self.happened, *names, first, last, within, at_least, peak, reached)
        return peak, reached

    def held(self, condition: int, first: int, last: int, days: int) -> DayArray:
        reached = np.empty(self.width, np.int32)
        self.kernels.held_days(self.in_force, condition, first, last, days, reached)
        return reached

    def read(self, stretch: DayRange) -> Array:
        out = np.empty(self.width)
        self.kernels.read_level(self.states, stretch.series, self.over[stretch.over], stretch.first, stretch.last, out)
        return out

    def leveled(self, node: Leveled) -> DayArray:
        value = self.read(node.stretch)
        if node.since is not None:
            value = value - self.states[node.since, node.stretch.series]
        self.note(node.level, value, value)
        return self.certain((value > node.band.low) & (value < node.band.high), node.stretch.last)

    def stayed(self, node: Stayed) -> DayArray:
        series, _, first, last = node.stretch
        reached = np.empty(self.width, np.int32)
        least, greatest = np.empty(self.width), np.empty(self.width)
        self.kernels.stays_inside(self.states, series, *node.band, first, last, node.days, reached, least, greatest)
        self.note(node.level, least, greatest)
        return reached

    def chain(self, node: Chain) -> DayArray:
        reached = np.empty(self.width, np.int32)
        events, entries = node.names
        self.kernels.follow_steps(
            self.counts,
            self.happened,
            events,
            node.event_ptr,
            entries,
            node.entry_ptr,
            node.within,
            node.first,
            node.last,
            reached,
        )
        return reached

    def note(self, level: int, least: Array, greatest: Array) -> None:
        self.reached[level] = least[: self.lanes].min(), greatest[: self.lanes].max()

    def measure(self, gauge: Gauge) -> Array:
        match gauge:
            case Tallied(names, first, last):
                return self.tally(names, first, last, 0, 0)[0].astype(np.float64)
            case DayRange():
                return self.read(gauge)
            case InsideDays((series, _, first, last), band):
                out = np.empty(self.width)
                self.kernels.days_inside(self.states, series, *band, first, last, out)
                return out
            case Referred(outcome):
                days = self.days[outcome]
                return np.where(days == NEVER, np.nan, days)


def evaluate(
    program: Program,
    states: NDArray[np.floating],
    counts: NDArray[np.uint16],
    in_force: NDArray[np.uint8],
    happened: DayArray,
    lanes: int,
) -> Evaluated:
    """Outcomes and quantities of one block.

    Parameters
    ----------
    states : (T + 1, D + I, LANES)
        Row 0 is the day before the window; variables in file order, then indices.
    counts : (T, K, LANES)
        All events of each day.
    in_force : (T, C, LANES)
        Whether each condition is in force on the day.
    happened : (E, LANES) int32
        Day of each calendar entry, 0 where it did not happen.
    lanes : int
        Valid paths of the block; lanes past them are computed and mean nothing.
    """
    block = _Block(program, states, counts, in_force, happened, lanes)
    for name in program.order:
        block.days[name] = block.when(program.outcomes[name])
    days = np.empty((len(program.outcomes), block.width), np.int32)
    for row, name in enumerate(program.outcomes):
        days[row] = block.days[name]
    values = np.empty((len(program.quantities), block.width))
    for row, gauge in enumerate(program.quantities.values()):
        values[row] = block.measure(gauge)
    return Evaluated(days, values, block.reached)
