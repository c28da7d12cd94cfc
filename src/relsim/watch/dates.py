"""The movement that the calendar's entries bring, date by date. Imports ``estimates``.

On each day on which entries fall due on some path, the paths are parted by which of them happened that day. An outcome
that is decided before the day does not move any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from relsim.watch.counting import SeenCounts
from relsim.watch.worth import worth

Ints = NDArray[np.int64]


def movements(
    counted: SeenCounts, first: int, last: int, decided: Sequence[int], *, uncertain: bool
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Days from ``first`` to ``last`` on which entries fall due, and the expected movement (O,) of each outcome.

    Parameters
    ----------
    decided : (O,) last day that bears on each outcome
    """
    days = np.unique(counted.due)
    for day in days[(days >= first) & (days <= last)].tolist():
        cells, hits = _cells(counted, day)
        yield day, np.where(np.array(decided) < day, 0.0, worth(cells[:, :, None], hits, uncertain=uncertain).movement)


def _cells(counted: SeenCounts, day: int) -> tuple[Ints, Ints]:
    """(M, C) paths and (M, C, O) hits by draw and by which entries happened on the day; none in the first cell."""
    happened = counted.happened == day
    happened = happened[:, happened.any(axis=0)]
    some = np.flatnonzero(happened.any(axis=1))
    kinds, cell = happened[some][:1], np.zeros(some.size, np.int64)
    if happened.shape[1] > 1:
        kinds, cell = np.unique(happened[some], axis=0, return_inverse=True)
    cells = np.zeros((len(counted.paths), len(kinds) + 1), np.int64)
    hits = np.zeros((*cells.shape, counted.true.shape[1]), np.int64)
    place = counted.draw[some], cell.reshape(-1) + 1
    np.add.at(cells, place, 1)
    np.add.at(hits, place, counted.true[some])
    cells[:, 0] = counted.paths - cells.sum(axis=1)
    hits[:, 0] = counted.hits - hits.sum(axis=1)
    return cells, hits
