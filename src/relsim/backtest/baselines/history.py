"""What a baseline is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Samples = NDArray[np.float64]
"""``(1000, S)``: draws of each series' total (of a real-valued series: mean) over the horizon, column by column;
draws of one row do not belong together."""

SAMPLES = 1000


@dataclass(frozen=True)
class PastSeries:
    """Daily series up to the day before an origin.

    Attributes
    ----------
    counts : (T, S) float64
        Daily counts of S series, or daily values of a real-valued one; NaN where a day is missing (an outage; of
        a real-valued series also a day without events). T may be any length, 0 too.
    names : S strings
        Of the series, in the order of the columns.
    first : date
        Day of the first row; the horizon begins the day after the last.
    real : S bools
        Which series are real-valued: their horizon is summed up by its mean, not its total. Empty: none.
    weights : (T, S) float64
        What each day weighs in the mean of a real-valued series, as a rule its number of events; read of those
        columns only. None: all days alike.
    reverse : S ints
        Column of the same series in the opposite direction, the own column where there is none. Empty: none has.

    Raises
    ------
    ValueError
        Where shapes disagree, or a count is negative or infinite.
    """

    counts: Array
    names: tuple[str, ...]
    first: date
    real: tuple[bool, ...] = ()
    weights: Array | None = None
    reverse: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        days, width = self.counts.shape
        if len(self.names) != width:
            raise ValueError(f"{width} series, {len(self.names)} names")
        for field, given in (("real", self.real), ("reverse", self.reverse)):
            if given and len(given) != width:
                raise ValueError(f"{width} series, {len(given)} in {field}")
        if self.reverse and not all(0 <= column < width for column in self.reverse):
            raise ValueError(f"reverse names a column outside 0 … {width - 1}")
        if self.weights is not None and self.weights.shape != (days, width):
            raise ValueError(f"counts {self.counts.shape}, weights {self.weights.shape}")
        if np.isinf(self.counts).any() or (self.counts[:, ~self.is_real] < 0).any():
            raise ValueError("a count is negative or infinite")

    @property
    def is_real(self) -> NDArray[np.bool_]:
        """``(S,)`` which series are real-valued."""
        return np.array(self.real or (False,) * len(self.names), dtype=bool)

    @property
    def origin(self) -> date:
        """First day of the horizon."""
        return self.first + timedelta(days=len(self.counts))


Baseline = Callable[[PastSeries, int, np.random.Generator], Samples]
"""From a history, a horizon in days and a generator to samples; the same generator state gives the same samples."""
