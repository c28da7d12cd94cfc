"""The days before the window as the replay of the record sees them, at the medians of the weights.

Floor 3; imports ``relsim.model``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from relsim.model import Model
from relsim.model.parameters import owners, sum_at
from relsim.model.plain_replay import replayed_levels
from relsim.model.weights import Array


@dataclass(frozen=True)
class ReplayedDays:
    """Mean state at the end of each observed day, noise off.

    Attributes
    ----------
    dates : the H days of the record, to the day before the window; none without a history
    levels : (H, D + I) variables, then indices, as in ``Axes.levels``
    """

    dates: tuple[date, ...]
    levels: Array


def replayed_days(model: Model) -> ReplayedDays:
    """Replay the record day by day; the last row is the mean state from which the simulation starts."""
    days = len(model.observed.counts)
    dates = tuple(model.axes.date(h - days + 1) for h in range(days))
    p = model.at_medians()
    variables, _ = replayed_levels(model.structure, p.weights, model.observed, p.usual, p.baseline)
    indices = model.structure.dynamics.indices
    moved = p.weights.dynamics.index * variables[:, indices.col]
    return ReplayedDays(dates, np.hstack([variables, sum_at(moved, owners(indices), len(model.axes.indices))]))
