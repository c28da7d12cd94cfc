"""A finished run, draw by draw: what each outcome and quantity came to under each draw of the weights. Floor 5."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.errors import InputError, suggestion
from relsim.estimates import variance_components
from relsim.result.paths import NEVER
from relsim.result.saved import FinishedRun

Array = NDArray[np.float64]

_CLEAR = 0.05


@dataclass(frozen=True)
class DriverTarget:
    """One outcome or quantity under the M draws on which it is defined.

    Attributes
    ----------
    rows : (M,) numbers of these draws
    means : (M,) share of paths on which the outcome came true, or the quantity's mean
    paths : (M,) paths behind each
    within : (M,) sums of squared distances of the paths from their draw's mean
    """

    name: str
    title: str
    is_outcome: bool
    rows: NDArray[np.int64]
    means: Array
    paths: NDArray[np.int64]
    within: Array

    @property
    def mean(self) -> float | None:
        """Over all paths."""
        return float((self.means * self.paths).sum() / self.paths.sum()) if self.paths.size else None


@dataclass(frozen=True)
class Spread:
    """Variance between draws and inside a draw, and whether the draws differ more than sampling noise explains."""

    between: float
    inside: float
    clear: bool

    @property
    def share(self) -> float | None:
        """Part of a path's variance that the weights explain."""
        total = max(0.0, self.between) + self.inside
        return max(0.0, self.between) / total if total > 0 else None


def targets(saved: FinishedRun, titles: Mapping[str, str], only: Sequence[str] = ()) -> list[DriverTarget]:
    """Outcomes, then quantities, in file order; with ``only``, those named. ``titles`` are the quantities'.

    Raises
    ------
    InputError
        If a name is neither.
    """
    forecast, paths = saved.forecast, saved.paths()
    known = [*forecast.outcomes, *forecast.quantities]
    for name in only:
        if name not in known:
            hint = suggestion(name, known) or f"known: {', '.join(known)}"
            raise InputError(f"{saved.place}: no outcome or quantity '{name}'; {hint}")
    found = [
        *(
            target_of(name, outcome.title, True, (paths.days[:, i] != NEVER).astype(float), paths.draw)
            for i, (name, outcome) in enumerate(forecast.outcomes.items())
        ),
        *(
            target_of(name, titles.get(name) or name, False, paths.values[:, i], paths.draw)
            for i, name in enumerate(forecast.quantities)
        ),
    ]
    return [target for target in found if not only or target.name in only]


def target_of(name: str, title: str, is_outcome: bool, values: Array, draw: NDArray[np.int32]) -> DriverTarget:
    """Sums by draw of values (P,), NaN where undefined."""
    defined = ~np.isnan(values)
    draw, values = draw[defined], values[defined]
    counts = np.bincount(draw) if draw.size else np.zeros(0, np.int64)
    rows = np.flatnonzero(counts)
    means = np.bincount(draw, values)[rows] / counts[rows] if draw.size else np.zeros(0)
    centre = np.zeros(counts.size)
    centre[rows] = means
    within = np.zeros(0)
    if draw.size:
        within = np.bincount(draw, (values - centre[draw]) ** 2)[rows].astype(np.float64)
    return DriverTarget(name, title, is_outcome, rows, means, counts[rows], within)


def spread(target: DriverTarget) -> Spread:
    """Components of the target's variance, and the F test of no difference between draws."""
    draws, n = len(target.rows), int(target.paths.sum())
    if draws < 3 or n <= draws:
        return Spread(0.0, 0.0, False)
    between, inside = variance_components(target.means, target.paths, float(target.within.sum()))
    if inside <= 0:
        return Spread(between, inside, between > 0)
    from scipy.special import fdtrc

    mean = float(target.means @ target.paths) / n
    squares = float((target.paths * (target.means - mean) ** 2).sum()) / (draws - 1)
    return Spread(between, inside, between > 0 and float(fdtrc(draws - 1, n - draws, squares / inside)) < _CLEAR)
