"""The chance of an outcome along one path: P(it comes true | what is known at the end of a day).

Imports ``engine``, ``model``. From the path's state at the end of the day many futures go on with other random
numbers, under the path's own weights, and the outcome is read from the joined record: what has happened counts.

What the simulation has settled but nobody could know is drawn anew, given that it has not come yet: the day of an
entry that may fall on any of several, and how long a condition in force still lasts. So over paths under the same
weights the chance is a martingale: its mean is, on every day, the outcome's probability. Before the first day the
state at the start is unknown too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from relsim.engine import Job, advance, begin
from relsim.engine.blocks import new_record, new_state, new_tally
from relsim.kernels.compiled import LANES
from relsim.kernels.layout import FOREVER
from relsim.outcomes import NEVER, evaluate
from relsim.story.influence import leaves, part_of, resolution_day
from relsim.story.replay import ReplayedPath, Rerun

_LEAST_MOVE = 0.03
"""A stretch over which the chance moved by less is not looked into."""
_GRID = 8
_STORY = 1
"""Sets the random numbers of futures apart from those of the run."""


@dataclass(frozen=True)
class Chance:
    """P(outcome | the path up to the end of ``day``), and its standard error."""

    day: int
    probability: float
    standard_error: float


class Futures:
    """Futures of one path, and what comes of one outcome on them.

    Parameters
    ----------
    number : int
        Futures from each day, rounded up to whole blocks of 128.
    """

    def __init__(self, rerun: Rerun, path: ReplayedPath, outcome: str, number: int) -> None:
        self.rerun, self.path = rerun, path
        self.blocks = -(-number // LANES)
        parameters = rerun.model.parameters(rerun.job.parameters.theta[path.draw : path.draw + 1])
        seed = int(np.random.SeedSequence([rerun.seed, path.number, _STORY]).generate_state(1, np.uint64)[0])
        # The same random numbers from every day: a difference between two days is then less noisy.
        job = Job.of(rerun.model, parameters, seed, rerun.job.precision)
        self.job = replace(job, pool=rerun.job.pool.along(path.number) if rerun.job.pool else None)
        self.state, self.record, self.tally = new_state(self.job), new_record(self.job), new_tally(self.job)
        self.program = part_of(rerun.program, outcome)
        self.row = list(self.program.outcomes).index(outcome)
        self.certain_on = int(path.outcomes[list(rerun.program.outcomes).index(outcome)])
        self.resolution_day = resolution_day(leaves(rerun.program, rerun.program.outcomes[outcome]))

    @property
    def number(self) -> int:
        """Futures from each day."""
        return self.blocks * LANES

    def true_from(self, day: int) -> NDArray[np.bool_]:
        """(futures,) whether the outcome comes true on futures that go on from the end of ``day``.

        Day 0 is the day before the window, when the state at the start is not known. They are simulated up to the
        last day that the outcome reads.
        """
        found = []
        random = np.random.default_rng([self.rerun.seed, self.path.number, _STORY, day])
        for block in range(self.blocks):
            if day == 0:
                begin(self.job, block, self.state, self.record)
            else:
                self._resume(day, random)
            advance(self.job, block, LANES, day + 1, self.resolution_day, self.state, self.record, self.tally)
            r = self.record
            seen = evaluate(self.program, r.states, r.counts, r.in_force, self.state.happened, LANES)
            found.append(seen.days[self.row] != NEVER)
        return np.concatenate(found)

    def chance(self, day: int) -> Chance:
        """P(outcome | the path up to the end of ``day``); exact, and for nothing, where it is certain."""
        if self.certain_on <= day:
            return Chance(day, 1.0, 0.0)
        if day >= self.resolution_day:
            return Chance(day, float(self.certain_on != NEVER), 0.0)
        share = float(self.true_from(day).mean())
        return Chance(day, share, float(np.sqrt(share * (1 - share) / self.number)))

    def _resume(self, day: int, random: np.random.Generator) -> None:
        """Put the path's state at the end of a day into every lane, and draw anew what is not yet known."""
        p, s, r = self.path, self.state, self.record
        r.states[: day + 1] = p.states[: day + 1, :, None]
        r.counts[:day] = p.counts[:day, :, None]
        r.in_force[:day] = p.in_force[:day, :, None]
        s.levels[:] = p.levels[day][:, None]
        s.traces[:] = p.traces[day][:, None]
        s.until[:] = p.until[day][:, None]
        s.due[:] = p.due[day][:, None]
        s.happened[:] = p.happened[day][:, None]
        s.resolved[:] = p.resolved[day][:, None]
        s.running[:] = p.running[:, :, None]
        conditions, calendar = self.job.structure.conditions, self.job.structure.calendar
        for c in np.flatnonzero(conditions.lasting):
            if day < p.until[day, c] < FOREVER:
                begun = int(p.begun[day, c])
                s.until[c] = begun + lengths(conditions.lasts_cdf[c], day - begun, random)
        for e in np.flatnonzero((p.due[day] > day) & (calendar.recorded <= 0)):  # a recorded day stands
            if calendar.after.ptr[e] < calendar.after.ptr[e + 1]:
                asked = int(p.asked[day, e])
                s.due[e] = asked + lengths(calendar.delay_cdf[e], day - asked, random)
            else:
                s.due[e] = random.integers(max(calendar.first[e], day + 1), calendar.last[e] + 1, LANES)


def lengths(cdf: NDArray[np.float64], past: int, random: np.random.Generator) -> NDArray[np.int64]:
    """(LANES,) whole days of a duration, given that it is longer than ``past`` days.

    ``cdf[n − 1]`` is P(duration ≤ n); a duration past the table counts as one day longer than the table.
    """
    known = float(cdf[min(past, len(cdf)) - 1]) if past > 0 else 0.0
    u = known + (1 - known) * random.random(LANES)
    return np.maximum(np.searchsorted(cdf, u, side="left") + 1, past + 1)


def chances(futures: Futures, happenings: Sequence[int], most: int) -> list[Chance]:
    """The chance along a path on at most ``most`` days, closest together where it moves.

    Begins with days evenly spaced and the first and last; then the stretch over which the chance moves most is split
    again and again, at a day on which something happened that bears on the outcome (or the day before) if there is
    one, else in the middle.
    """
    last = futures.resolution_day
    candidates = sorted({d for day in happenings for d in (day - 1, day)})
    grid = {int(d) for d in np.linspace(0, last, min(_GRID, last) + 1)} | {futures.job.structure.days}
    found = {day: futures.chance(day) for day in grid}
    while len(found) < most:
        days = sorted(found)
        moves = [(abs(found[b].probability - found[a].probability), a, b) for a, b in pairwise(days) if b - a > 1]
        move, a, b = max(moves, default=(0.0, 0, 0))
        if move < _LEAST_MOVE:
            break
        inside = [day for day in candidates if a < day < b] or range(a + 1, b)
        middle = min(inside, key=lambda day, centre=(a + b) / 2: abs(day - centre))
        found[middle] = futures.chance(middle)
    return [found[day] for day in sorted(found)]
