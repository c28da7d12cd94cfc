"""The model cut to what the targets need, and its paths at moved weights. Floor 5; imports ``model``, ``engine``.

All is on common random numbers: path i under draw j is the same path, but for what the moved weights change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray

from relsim.engine import in_threads
from relsim.engine.blocks import Job
from relsim.engine.parts import ranges, simulate_range
from relsim.kernels.compiled import LANES
from relsim.model import Model, build
from relsim.outcomes import Program, compile_outcomes
from relsim.quantity import Quantity
from relsim.result.paths import NEVER
from relsim.scenario import (
    All,
    AnyOf,
    Change,
    Entry,
    Happens,
    InForce,
    InGrade,
    Level,
    Nothing,
    Outcome,
    Predicate,
    Refer,
    Scenario,
    Sequence,
    Stays,
)
from relsim.tune.targets import Target

Array = NDArray[np.float64]

_RANGE_BLOCKS = 8


@dataclass(frozen=True)
class Sample:
    """Paths of one evaluation: B blocks, each under its own draw; T targets; W weights.

    Attributes
    ----------
    hits : (B, 128, T) whether each target's event came true
    normals : (B, W) standard normals that the draws were made from, before any move
    attempts : (B,) how often each draw was drawn anew
    """

    hits: NDArray[np.bool_]
    normals: Array
    attempts: NDArray[np.int64]

    @property
    def means(self) -> Array:
        """(B, T) share of each block's paths."""
        return np.asarray(self.hits.mean(axis=1))


@dataclass(frozen=True)
class TargetModel:
    """What is asked of the model: the targets' events, in their order, and nothing else."""

    model: Model
    program: Program
    targets: tuple[str, ...]

    @classmethod
    def of(cls, scenario: Scenario, targets: Iterable[Target]) -> TargetModel:
        """Cut a scenario to the targets' events and to the days that they need."""
        wanted: dict[str, Outcome] = {}
        for t in targets:
            if t.entry:
                happens = Happens((t.name,), 1, None, None, scenario.start, scenario.end)
                wanted[t.name] = Outcome(t.name, t.name, happens, None, None, None)
            else:
                _with_references(t.name, scenario, wanted)
        cut = {n: replace(o, predicate=_cut(o.predicate, scenario)) for n, o in wanted.items()}
        end = max(_last(o.predicate) or scenario.start for o in cut.values())
        acts = {n: i for n, i in scenario.interventions.items() if (i.on or i.first or scenario.start) <= end}
        asked = replace(scenario, end=end, outcomes=cut, quantities={}, interventions=acts)
        model = build(asked, judge=False)
        return cls(model, compile_outcomes(model.scenario, model.axes), tuple(t.name for t in targets))

    def sample(self, quantities: Mapping[str, Quantity], *, blocks: int, seed: int) -> Sample:
        """Simulate blocks under draws of the weights, some of them moved.

        Raises
        ------
        DocumentError
            If the moved weights make an unstable model.
        """
        model = self.model.with_weights(quantities)
        theta, attempts = model.valid_draws(seed, blocks)
        job = Job.of(model, model.parameters(theta), seed)
        work = partial(simulate_range, job, self.program, None)
        parts = in_threads()(work, ranges(0, blocks, blocks * LANES, _RANGE_BLOCKS))
        rows = [list(self.program.outcomes).index(name) for name in self.targets]
        days = np.concatenate([part.days[rows] for part in parts], axis=1)
        hits = (days != NEVER).T.reshape(blocks, LANES, len(rows))
        return Sample(hits, model.normals(seed, attempts), attempts)


def _with_references(name: str, scenario: Scenario, into: dict[str, Outcome]) -> None:
    if name in into:
        return
    into[name] = scenario.outcomes[name]
    for other in _references(scenario.outcomes[name].predicate):
        _with_references(other, scenario, into)


def _references(predicate: Predicate) -> list[str]:
    if isinstance(predicate, Refer):
        return [predicate.outcome]
    if isinstance(predicate, All | AnyOf | Nothing):
        return [name for member in predicate.members for name in _references(member)]
    return []


def _cut(predicate: Predicate, scenario: Scenario) -> Predicate:
    """The same question; of entries that have a date, no later than that."""
    if isinstance(predicate, All | AnyOf | Nothing):
        return replace(predicate, members=tuple(_cut(m, scenario) for m in predicate.members))
    if isinstance(predicate, Happens) and predicate.at_most is None:
        entries = [scenario.calendar.get(name) for name in predicate.names]
        dates = [_entry_date(entry) for entry in entries]
        known = [d for d in dates if d is not None]
        if known and len(known) == len(dates):
            return replace(predicate, last=max(predicate.first, min(predicate.last, max(known))))
    return predicate


def _entry_date(entry: Entry | None) -> date | None:
    return entry.last if entry is not None else None


def _last(predicate: Predicate) -> date | None:
    """Last day that a question needs; None where it refers to another or needs the start alone."""
    match predicate:
        case Happens() | Sequence() | Stays():
            return predicate.last
        case InForce():
            return predicate.on or predicate.last
        case Level():
            return predicate.first if predicate.over == "on" else predicate.last
        case Change():
            return max((d for d in (predicate.start, predicate.end) if d is not None), default=None)
        case InGrade():
            return predicate.on
        case All() | AnyOf() | Nothing():
            return max((d for m in predicate.members if (d := _last(m)) is not None), default=None)
        case Refer():
            return None
