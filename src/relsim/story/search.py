"""One pass over a run's blocks: the paths that a story may be told of, as curves that can be compared.

Imports ``influence``, ``replay``, ``shortfall``. A path becomes one curve for each thing that bears on the outcome,
read at a few days: counts so far of what each predicate names, levels, conditions, the pushes that moved the levels,
and the calendar entries that bear on it. Each curve is scaled by its spread over the paths compared, so that all weigh
alike, and what the outcome does not name weighs half.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.kernels.compiled import LANES
from relsim.outcomes.program import NEVER, Chain, CountedEvents, Held
from relsim.story.influence import Bearing
from relsim.story.replay import Block, Rerun
from relsim.story.shortfall import PathArrays, Scales, Shortfall, scales, step_names, tally

Array = NDArray[np.float64]

SEARCHED = 20_000
"""Paths searched for near misses: the run's first ones, which are as good as any."""
GROUPED = 1_500
"""Paths that are compared with one another, at most."""
CLOSE = 0.03
"""Share of the searched paths on which it did not come true that count as close."""
_LEAST_CLOSE = 60
_PILOT = 8
"""Blocks from which the scale of levels is taken."""
_POINTS = 24
"""Days at which a curve is read, at most."""
_ASIDE = 0.5


@dataclass(frozen=True)
class StoryPaths:
    """Paths to group.

    Attributes
    ----------
    true, close : their numbers in the run, rising: a sample of those on which it came true, and those that came closest
    true_curves, close_curves : (n, F) curves, scaled
    searched, false : paths searched for near misses, and on how many of them it did not come true
    """

    true: NDArray[np.int64]
    true_curves: Array
    close: NDArray[np.int64]
    close_curves: Array
    searched: int
    false: int


@dataclass(frozen=True)
class _Kept:
    number: NDArray[np.int64]
    true: NDArray[np.bool_]
    lack: Array
    curves: NDArray[np.float32]


def scale_of(rerun: Rerun, about: Bearing, workers: int) -> Scales:
    """Spread over paths of the levels that the outcome compares, from the run's first paths."""

    def copied(block: Block) -> PathArrays:
        p, n = block.paths, block.lanes
        return PathArrays(
            p.states[:, :, :n].copy(),
            p.counts[:, :0, :n].copy(),
            p.in_force[:, :0, :n].copy(),
            p.happened[:0, :n].copy(),
        )

    numbers = range(min(_PILOT, -(-rerun.number // LANES)))
    parts = list(rerun.blocks(numbers, copied, lambda _: None, workers))
    paths = PathArrays(
        *(np.concatenate([getattr(p, name) for p in parts], axis=-1) for name in PathArrays.__dataclass_fields__)
    )
    return scales(rerun.program, about.leaves, paths)


def search(
    rerun: Rerun,
    outcome: str,
    about: Bearing,
    scale: Scales,
    days: NDArray[np.int32],
    progress: Callable[[float], None],
    workers: int,
) -> StoryPaths:
    """Look through the run for paths on which an outcome came true, or nearly did.

    Parameters
    ----------
    days : (P,) day on which the outcome became certain on each path of the run, or ``NEVER``
    """
    random = np.random.default_rng([rerun.seed, len(days)])
    true = np.flatnonzero(days != NEVER)
    if len(true) > GROUPED:
        true = np.sort(random.choice(true, GROUPED, replace=False))
    wanted = np.zeros(rerun.number, bool)
    wanted[true] = True
    searched = min(rerun.number, SEARCHED)
    blocks = sorted({*range(-(-searched // LANES)), *(true // LANES).tolist()})
    shortfall = Shortfall(rerun.program, scale)
    node = rerun.program.outcomes[outcome]
    curves = Curves(rerun, about)

    def work(block: Block) -> _Kept:
        number = np.arange(block.first_path, block.first_path + block.lanes)
        true_here = days[number] != NEVER
        keep = np.flatnonzero(wanted[number] | (~true_here & (number < searched)))
        lack = shortfall.lack(node, block.paths)[keep]
        return _Kept(number[keep], true_here[keep], lack, curves.of(block.paths)[keep])

    kept = list(rerun.blocks(blocks, work, lambda done: progress(done / len(blocks)), workers))
    number, came, lack, rows = (
        np.concatenate([getattr(k, name) for k in kept]) for name in ("number", "true", "lack", "curves")
    )
    false = np.flatnonzero(~came)
    most = min(GROUPED, max(_LEAST_CLOSE, round(CLOSE * len(false))))
    # Ties, as between all paths that lack one event, are broken by lot.
    order = np.lexsort((random.random(len(false)), lack[false]))
    close = np.sort(false[order[:most]])
    close = close[np.isfinite(lack[close])]
    yes = np.flatnonzero(came)
    return StoryPaths(
        number[yes], curves.scaled(rows[yes]), number[close], curves.scaled(rows[close]), searched, len(false)
    )


class Curves:
    """Turns paths into rows of numbers: curve after curve, each read at the same days."""

    def __init__(self, rerun: Rerun, about: Bearing) -> None:
        self.about = about
        days = rerun.job.structure.days
        axes = rerun.model.axes
        self.days = np.unique(np.linspace(1, days, min(_POINTS, days)).round().astype(int))
        others = [i for i in (list(axes.indices.values()) or list(axes.variables.values())) if i not in about.series]
        self.series = [(i, 1.0) for i in about.series] + [(i, _ASIDE) for i in others]
        moving = np.flatnonzero(about.push)
        self.pushes = [moving[about.push[moving] > 0], moving[about.push[moving] < 0]] if about.series else []
        entries = about.entries | about.related_entries | set(np.flatnonzero(about.entry_push).tolist())
        self.entries = sorted(entries)
        conditions = about.related_conditions - about.conditions
        self.conditions = sorted(conditions)

    def of(self, paths: PathArrays) -> NDArray[np.float32]:
        """(n, curves · days)."""
        rows = np.stack(list(self._curves(paths)))
        return np.ascontiguousarray(rows.transpose(2, 0, 1).reshape(paths.number, -1), np.float32)

    def scaled(self, rows: NDArray[np.float32]) -> Array:
        """Rows with every curve divided by its spread over them, and weighed; a curve without spread is left out."""
        if not len(rows):
            return rows.astype(np.float64)
        curves = rows.reshape(len(rows), -1, len(self.days)).astype(np.float64)
        curves -= curves.mean(axis=0)
        spread = np.sqrt((curves**2).mean(axis=(0, 2)))
        with np.errstate(divide="ignore"):
            factor = np.where(spread > 1e-9, self._weights() / (spread * np.sqrt(len(self.days))), 0.0)
        return (curves * factor[None, :, None]).reshape(len(rows), -1)

    def _weights(self) -> Array:
        named = sum(isinstance(leaf, CountedEvents | Held) for leaf in self.about.leaves)
        steps = sum(len(leaf.event_ptr) - 1 for leaf in self.about.leaves if isinstance(leaf, Chain))
        aside = len(self.pushes) + len(self.entries) + len(self.conditions)
        return np.array([1.0] * (named + steps) + [weight for _, weight in self.series] + [_ASIDE] * aside)

    def _curves(self, paths: PathArrays) -> Iterator[Array]:
        """(days, n) curves in the order of the weights."""
        at = self.days - 1
        held = [leaf for leaf in self.about.leaves if isinstance(leaf, Held)]
        for leaf in self.about.leaves:
            if isinstance(leaf, CountedEvents):
                yield np.cumsum(tally(paths, leaf.names, 1, paths.days), axis=0)[at]
        for leaf in held:
            yield np.cumsum((paths.in_force[:, list(leaf.conditions)] != 0).any(axis=1), axis=0)[at]
        for leaf in self.about.leaves:
            if isinstance(leaf, Chain):
                for step in range(len(leaf.event_ptr) - 1):
                    yield np.cumsum(tally(paths, step_names(leaf, step), 1, paths.days), axis=0)[at]
        for series, _ in self.series:
            yield paths.states[self.days, series].astype(np.float64)
        for moving in self.pushes:
            daily = np.einsum("tkn,k->tn", paths.counts[:, moving].astype(np.float64), self.about.push[moving])
            yield np.cumsum(daily, axis=0)[at]
        for entry in self.entries:
            on = paths.happened[entry][None, :]
            yield ((on > 0) & (on <= self.days[:, None])).astype(np.float64)
        for condition in self.conditions:
            yield np.cumsum(paths.in_force[:, condition] != 0, axis=0)[at].astype(np.float64)
