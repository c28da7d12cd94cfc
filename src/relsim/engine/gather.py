"""The parts of one simulation, merged as they come in path order. Floor 4."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.engine.calendar import CalendarResult, calendar_result
from relsim.engine.fan import BinnedFan, Bins, ExactFan, kept_paths
from relsim.engine.parts import Part, Range, ranges
from relsim.kernels.compiled import LANES
from relsim.model import Model, Parameters
from relsim.outcomes import Program
from relsim.result.forecast import QUANTILES

Array = NDArray[np.float64]

_RANGE_BLOCKS = 16
_BINNED_RANGE_BLOCKS = 32
_RANGES = 16
"""So many ranges at least, where there are paths for them: then no worker waits long for the last one."""
_MOST_CAPPED = 0.001


@dataclass(frozen=True)
class Simulation:
    """A finished simulation; axes as in ``summary.Simulated``.

    Attributes
    ----------
    theta : (draws, W) values of the uncertain weights
    fan_mean, fan_quantiles : no series where the run was told to keep no fans
    capped : share of path-days on which a rate was held at ``max_per_day``
    """

    paths: int
    draws: int
    seed: int
    weight_names: tuple[str, ...]
    theta: Array
    days: NDArray[np.int32]
    values: Array
    reached: Array
    fan_mean: Array
    fan_quantiles: Array
    grade_probability: Array
    condition_probability: Array
    count_mean: Array
    count_quantiles: Array
    calendar: CalendarResult
    capped: float
    warnings: tuple[str, ...]


class Gathering:
    """Merges parts as they come, in path order."""

    def __init__(
        self,
        model: Model,
        program: Program,
        paths: int,
        sink: Callable[[Part], None] | None,
        progress: Callable[[int], None] | None,
        fans: bool = True,
    ) -> None:
        axes = model.axes
        series = len(axes.levels) if fans else 0
        self.model, self.paths, self.sink, self.progress, self.fans = model, paths, sink, progress, fans
        self.fan = ExactFan(axes.days, series, kept_paths(axes.days, series, paths))
        self.binned: BinnedFan | None = None
        self.days = np.empty((paths, len(program.outcomes)), np.int32)
        self.values = np.empty((paths, len(program.quantities)))
        self.histogram = np.zeros((len(axes.events), 1), np.int64)
        self.calendar: Array | None = None
        self.capped = 0
        self.reached: Array | None = None
        self.grades: NDArray[np.int64] | None = None
        self.conditions: NDArray[np.int64] | None = None

    def phases(self) -> Iterator[tuple[list[Range], Bins | None]]:
        """Ranges to run, and the bins that they count levels into.

        First the paths that are kept in full; when their parts have been taken, the rest of the run.
        """
        blocks = -(-self.paths // LANES)
        kept = -(-self.fan.paths // LANES) if self.fans else blocks
        yield ranges(0, kept, self.paths, _length(kept, _RANGE_BLOCKS)), None
        if kept < blocks:
            yield (
                ranges(kept, blocks, self.paths, _length(blocks - kept, _BINNED_RANGE_BLOCKS)),
                self._close_pilot(),
            )

    def take(self, part: Part) -> None:
        first, n = part.range.first_path, part.range.size
        self.days[first : first + n] = part.days.T
        self.values[first : first + n] = part.values.T
        if part.states is not None:
            self.fan.values[:, :, first : first + n] = part.states
        if part.fan is not None and self.binned is not None:
            self.binned.merge(part.fan)
        self._count(part.counts)
        self.capped += part.capped
        if self.calendar is None or self.reached is None or self.grades is None or self.conditions is None:
            self.calendar, self.reached = part.calendar.copy(), part.reached.copy()
            self.grades, self.conditions = part.grades, part.conditions
        else:
            self.calendar += part.calendar
            np.minimum(self.reached[:, 0], part.reached[:, 0], out=self.reached[:, 0])
            np.maximum(self.reached[:, 1], part.reached[:, 1], out=self.reached[:, 1])
            self.grades += part.grades
            self.conditions += part.conditions
        if self.sink:
            self.sink(part)
        if self.progress:
            self.progress(first + n)

    def _count(self, counts: NDArray[np.int32]) -> None:
        events, width = len(counts), max(int(counts.max(initial=0)) + 1, self.histogram.shape[1])
        if width > self.histogram.shape[1]:
            self.histogram = np.pad(self.histogram, ((0, 0), (0, width - self.histogram.shape[1])))
        cells = (counts + width * np.arange(events)[:, None]).ravel()
        self.histogram += np.bincount(cells, minlength=events * width).reshape(events, width)

    def _close_pilot(self) -> Bins:
        bins = self.fan.bins()
        self.binned = BinnedFan.of_all(bins, self.fan)
        self.fan = ExactFan(0, 0, 0)
        return bins

    def _mean_and_quantiles(self) -> tuple[Array, Array]:
        if not self.fans:
            days = self.model.axes.days
            return np.empty((0, days)), np.empty((0, days, len(QUANTILES)))
        fan = self.binned or self.fan
        return fan.mean_and_quantiles(QUANTILES, workers=os.cpu_count() or 1)

    def simulation(self, parameters: Parameters, seed: int, weight_names: tuple[str, ...]) -> Simulation:
        assert self.calendar is not None
        assert self.reached is not None
        assert self.grades is not None
        assert self.conditions is not None
        mean, quantiles = self._mean_and_quantiles()
        capped = self.capped / (self.paths * self.model.axes.days)
        warnings = []
        if capped > _MOST_CAPPED:
            warnings.append(
                f"a rate was held at max_per_day = {self.model.scenario.max_per_day:g} on {100 * capped:.1f} % of the "
                "path-days; counts and all that follows from them are too low"
            )
        return Simulation(
            paths=self.paths,
            draws=parameters.theta.shape[0],
            seed=seed,
            weight_names=weight_names,
            theta=parameters.theta,
            days=self.days,
            values=self.values,
            reached=self.reached,
            fan_mean=mean,
            fan_quantiles=quantiles,
            grade_probability=self.grades / self.paths,
            condition_probability=self.conditions / self.paths,
            count_mean=self.histogram @ np.arange(self.histogram.shape[1]) / self.paths,
            count_quantiles=_quantiles_of_counts(self.histogram, self.paths),
            calendar=calendar_result(self.model.scenario, self.calendar, self.paths, self.model.told_entries),
            capped=capped,
            warnings=tuple(warnings),
        )


def _length(blocks: int, most: int) -> int:
    return max(1, min(most, -(-blocks // _RANGES)))


def _quantiles_of_counts(histogram: NDArray[np.int64], paths: int) -> Array:
    """(K, 9) quantiles, linear between order statistics, of counts given as histograms (K, count)."""
    out = np.empty((len(histogram), len(QUANTILES)))
    position = np.array(QUANTILES) * (paths - 1)
    below = np.floor(position)
    for k, row in enumerate(histogram):
        upto = np.cumsum(row)
        low = np.searchsorted(upto, below, side="right")
        high = np.searchsorted(upto, np.minimum(below + 1, paths - 1), side="right")
        out[k] = low + (high - low) * (position - below)
    return out
