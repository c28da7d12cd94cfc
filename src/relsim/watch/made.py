"""What changes when something is made to happen: the same paths, with an event more or an entry forced.

An event is made on the middle day of those in which it may be seen, an entry whenever it falls due. Such a world
differs from the run's own by one line of the kernel's plan, so that nothing is built anew. Imports ``engine``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from relsim.engine import Job, advance, begin
from relsim.engine.blocks import new_record, new_state, new_tally
from relsim.engine.parts import Range, RunBlocks
from relsim.kernels.compiled import LANES
from relsim.kernels.layout import ACT_EVENT, CANCELLED, FORCED
from relsim.model import Model
from relsim.outcomes import NEVER, Program, evaluate
from relsim.result.watchlist import ENTRY, EVENT
from relsim.watch.sights import Sights

Ints = NDArray[np.int64]

FEWEST_BLOCKS = 8
"""Blocks of 128 paths that each thing is made on at least, if the run has them: as many draws of the weights."""
_SHARE = 8
"""All that is made takes this many times the run's own paths, if that is more."""


@dataclass(frozen=True)
class MadeThing:
    """Something made to happen.

    Attributes
    ----------
    event : its row, on ``day``; -1 where an entry is forced
    entry : its row, else -1
    """

    event: int
    entry: int
    day: int

    def job(self, job: Job) -> Job:
        """The run with it."""
        s, w = job.structure, job.weights
        if self.event < 0:
            fate = s.calendar.fate.copy()
            fate[self.entry] = FORCED
            return replace(job, structure=s._replace(calendar=s.calendar._replace(fate=fate)))
        plan = s.plan._replace(
            act_day=_appended(s.plan.act_day, self.day),
            act_kind=_appended(s.plan.act_kind, ACT_EVENT),
            act_target=_appended(s.plan.act_target, self.event),
        )
        unread = np.zeros((len(w.plan.act_value), 1), w.plan.act_value.dtype)
        values = np.ascontiguousarray(np.hstack([w.plan.act_value, unread]))
        weights = w._replace(plan=w.plan._replace(act_value=values))
        return replace(job, structure=s._replace(plan=plan), weights=weights)


def makeable(model: Model, sights: Sights) -> dict[tuple[str, str, int], MadeThing]:
    """What can be made to happen, by kind, name and place among the lengths."""
    fate = model.structure.calendar.fate
    entries = {name: MadeThing(-1, e, 0) for name, e in model.axes.entries.items() if fate[e] != CANCELLED}
    things: dict[tuple[str, str, int], MadeThing] = {}
    for w, last in enumerate(sights.last):
        if last < sights.first:
            continue
        middle = sights.first + (last - sights.first) // 2
        things |= {(EVENT, name, w): MadeThing(k, -1, middle) for name, k in model.axes.events.items()}
        things |= {(ENTRY, name, w): entries[name] for name in sights.entries if name in entries}
    return things


@dataclass(frozen=True)
class Flips:
    """Paths that flip when each of J things is made, by draw, of O outcomes.

    Attributes
    ----------
    paths : (M,) paths on which each was made
    gained, lost : (J, M, O) of them, those on which an outcome came true then alone, or only without
    """

    paths: Ints
    gained: Ints
    lost: Ints


def chosen_blocks(paths: int, things: int, wanted: int | None = None) -> list[int]:
    """Blocks of a run on which things are made, spread over it.

    Parameters
    ----------
    wanted : paths to make each thing on, instead of what the number of things allows
    """
    blocks = -(-paths // LANES)
    number = -(-wanted // LANES) if wanted else max(FEWEST_BLOCKS, _SHARE * blocks // max(things, 1))
    return sorted({round(at) for at in np.linspace(0, blocks - 1, min(number, blocks)).tolist()})


def flips(
    job: Job,
    program: Program,
    things: Sequence[MadeThing],
    blocks: Sequence[int],
    *,
    paths: int,
    run_blocks: RunBlocks,
    progress: Callable[[int], None] | None = None,
) -> Flips:
    """Simulate some blocks of a run as they are, and with each thing made.

    Parameters
    ----------
    progress : callable, optional
        Called with the number of blocks done.
    """
    draws = [job.draw_of(block) for block in blocks]
    program = replace(program, quantities={})
    rows = {draw: row for row, draw in enumerate(dict.fromkeys(draws))}
    size = np.zeros(len(rows), np.int64)
    changed = np.zeros((2, len(things), len(rows), len(program.outcomes)), np.int64)
    parts = [Range(block, block + 1, paths) for block in blocks]
    for done, (part, found) in enumerate(zip(parts, run_blocks(partial(_flipped, job, program, things), parts))):
        size[rows[draws[done]]] += part.size
        changed[:, :, rows[draws[done]]] += found
        if progress:
            progress(done + 1)
    return Flips(size, changed[0], changed[1])


def _flipped(job: Job, program: Program, things: Sequence[MadeThing], part: Range) -> Ints:
    """(2, J, O) paths of a block that each thing makes true, and untrue."""
    state, record, tally = new_state(job), new_record(job), new_tally(job)

    def true(of: Job) -> NDArray[np.bool_]:
        begin(of, part.first, state, record)
        advance(of, part.first, part.size, 1, of.structure.days, state, record, tally)
        days = evaluate(program, record.states, record.counts, record.in_force, state.happened, part.size).days
        found: NDArray[np.bool_] = days[:, : part.size] != NEVER
        return found

    before = true(job)
    after = np.array([true(thing.job(job)) for thing in things], bool).reshape(-1, *before.shape)
    return np.stack([(after & ~before).sum(axis=2), (before & ~after).sum(axis=2)])


def _appended(row: NDArray[np.int32], value: int) -> NDArray[np.int32]:
    return np.append(row, np.int32(value)).astype(np.int32)
