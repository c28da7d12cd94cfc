"""The forecast: every number a run reports, and its JSON. Floor 2; standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from relsim.result.json_text import dump, plain
from relsim.result.typed import read_json

QUANTILES = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
"""Probabilities of every reported quantile."""

Daily = tuple[float, ...]
"""One number for each day of the window, the first at the end of day one."""


@dataclass(frozen=True)
class FirstDate:
    """Dates by which a tenth, half and nine tenths of the paths on which it came true had it; None where
    none did.
    """

    p10: date | None
    p50: date | None
    p90: date | None


@dataclass(frozen=True)
class Cumulative:
    """Probability that the outcome is certain by the end of each day."""

    dates: tuple[date, ...]
    probability: Daily


@dataclass(frozen=True)
class OutcomeForecast:
    """``low`` and ``high``: 95 % Monte Carlo interval; ``weights_low`` and ``weights_high``: parameter range."""

    title: str
    probability: float
    standard_error: float | None
    low: float | None
    high: float | None
    weights_low: float | None
    weights_high: float | None
    variance_weights: float | None
    first_date: FirstDate
    cumulative: Cumulative
    built_in: bool = False
    """Whether a built-in model asks it, not the scenario."""

    @property
    def known(self) -> bool:
        """Whether the record has decided it, so that its interval has no width."""
        return self.low == self.high == self.probability


@dataclass(frozen=True)
class QuantityForecast:
    """Over the paths on which the quantity is defined; ``share`` says on how many of all that is."""

    mean: float | None
    standard_error: float | None
    sd: float | None
    share: float
    quantiles: Mapping[str, float | None]
    built_in: bool = False
    """Whether a built-in model asks it, not the scenario."""


@dataclass(frozen=True)
class Joint:
    """Probability that row and column both come true."""

    outcomes: tuple[str, ...]
    probability: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class SeriesForecast:
    """Daily mean and quantiles of a variable."""

    mean: Daily
    quantiles: Mapping[str, Daily]


@dataclass(frozen=True)
class IndexForecast:
    """Daily mean and quantiles of an index, and the daily probability of each grade."""

    mean: Daily
    quantiles: Mapping[str, Daily]
    grades: Mapping[str, Daily]


@dataclass(frozen=True)
class EventForecast:
    """Number of events of a type in the window."""

    mean_count: float
    quantiles: Mapping[str, float]


@dataclass(frozen=True)
class EntryForecast:
    """A calendar entry's probability as stated and as simulated, and what moved it, in probability."""

    stated: float | None
    probability: float | None
    moved_by: Mapping[str, float | None]


@dataclass(frozen=True)
class ConditionForecast:
    """Daily probability that a condition is in force."""

    probability: Daily


@dataclass(frozen=True)
class Forecast:
    """All that a run reports, in the order of ``forecast.json``."""

    relsim: str
    scenario: str
    variant: str | None
    start: date
    end: date
    paths: int
    draws: int
    seed: int
    outcomes: Mapping[str, OutcomeForecast]
    quantities: Mapping[str, QuantityForecast]
    joint: Joint
    given: tuple[tuple[float | None, ...], ...]
    """P(row given column); None where the column never came true."""
    variables: Mapping[str, SeriesForecast]
    indices: Mapping[str, IndexForecast]
    dates: tuple[date, ...]
    events: Mapping[str, EventForecast]
    calendar: Mapping[str, EntryForecast]
    conditions: Mapping[str, ConditionForecast]
    warnings: tuple[str, ...]
    as_of: date | None = None
    """Last day of the window that the record tells; None where it ends before the window."""

    @property
    def known_to(self) -> date:
        """The last day that the record tells of."""
        return self.as_of or self.start - timedelta(days=1)

    def to_json(self) -> str:
        """The text of ``forecast.json``: the same forecast gives the same bytes. One line per item of a
        section.
        """
        sections = []
        for name, value in plain(self).items():
            if name == "as_of" and value is None:
                continue
            if name in ("outcomes", "quantities"):
                value = {key: _own_unmarked(item) for key, item in value.items()}
            if isinstance(value, dict) and value and name != "joint":
                items = ",\n".join(f"  {dump(key)}: {dump(item)}" for key, item in value.items())
                sections.append(f"{dump(name)}: {{\n{items}\n}}")
            else:
                sections.append(f"{dump(name)}: {dump(value)}")
        return "{\n" + ",\n".join(sections) + "\n}\n"

    @classmethod
    def from_json(cls, text: str) -> Forecast:
        """The forecast of a ``forecast.json``.

        Raises
        ------
        ValueError
            With the place of what it cannot be.
        """
        return read_json(cls, text)


def marked(title: str, question: OutcomeForecast | QuantityForecast | None) -> str:
    """A question's title as tables list it: one of a built-in model is marked, so that no reader takes it for his."""
    return f"built-in: {title}" if question is not None and question.built_in else title


def _own_unmarked(item: dict[str, Any]) -> dict[str, Any]:
    """A question as JSON holds it: the mark of a built-in model's stands only where it is one."""
    return {key: value for key, value in item.items() if key != "built_in" or value}
