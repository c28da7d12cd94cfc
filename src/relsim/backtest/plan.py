"""When forecasts are made, for how long, and when the model is fitted anew. Floor 5; standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class BacktestPlan:
    """What a backtest does.

    Attributes
    ----------
    first, last : no origin before the one nor after the other
    every : days from one origin to the next
    horizons : days forecast, rising; the origin is the first of them
    refit : days after which the model is fitted anew; 0 never fits: the file's own numbers
    learn : most days that a fit learns from; 0 where it learns from all
    paths, draws : of each forecast
    """

    first: date
    last: date
    every: int
    horizons: tuple[int, ...]
    refit: int
    learn: int
    paths: int
    draws: int
    seed: int

    @property
    def origins(self) -> tuple[date, ...]:
        """First days of the horizons, rising."""
        number = (self.last - self.first).days // self.every + 1
        return tuple(self.first + timedelta(days=n * self.every) for n in range(number))

    @property
    def fitted(self) -> dict[date, date]:
        """Origin → the origin at which the weights that it uses were fitted."""
        out: dict[date, date] = {}
        latest = self.first
        for origin in self.origins:
            if (origin - latest).days >= self.refit:
                latest = origin
            out[origin] = latest
        return out
