"""What a comparison of scenarios reports, and its JSON. Floor 2; standard library only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from relsim.result.forecast import Daily, Forecast
from relsim.result.json_text import dump, plain
from relsim.result.typed import read_json

SAME, NOISE, SMALL, CLEAR = "same", "within noise", "small", "clear"
"""Verdicts on a difference: exactly zero on every path; its interval holds zero; its interval does not, and the
difference is of an outcome and smaller than is worth telling; or it is not."""
SURE = (SMALL, CLEAR)
"""Verdicts on what chance does not explain."""
IGNORE = 0.5
"""Points below which a difference of an outcome is small, unless told otherwise."""


@dataclass(frozen=True)
class Difference:
    """The other scenario less the baseline, with its 95 % interval; None where it cannot be said.

    Attributes
    ----------
    verdict : ``same``, ``within noise``, ``small`` or ``clear``
    paths_needed : paths that would tell a difference of this size from noise; None unless within noise
    """

    value: float | None
    standard_error: float | None
    low: float | None
    high: float | None
    verdict: str
    paths_needed: int | None


@dataclass(frozen=True)
class OutcomeContrast:
    """One outcome in both scenarios.

    Attributes
    ----------
    baseline, other : probability in each
    gained, lost : share of the paths on which it came true in the other alone, in the baseline alone; None
        where paths are not paired (a condition, not a scenario)
    """

    title: str
    baseline: float | None
    other: float | None
    difference: Difference
    gained: float | None
    lost: float | None
    sentence: str


@dataclass(frozen=True)
class QuantityContrast:
    """One quantity in both scenarios: means, and the difference over the ``share`` of paths that have both."""

    title: str
    baseline: float | None
    other: float | None
    difference: Difference
    share: float
    sentence: str


@dataclass(frozen=True)
class IndexContrast:
    """Daily difference of an index: mean, its 95 % interval, and quantiles of the paths' own differences.

    ``quantiles`` is empty where paths are not paired.
    """

    label: str
    mean: Daily
    low: Daily
    high: Daily
    quantiles: Mapping[str, Daily]


@dataclass(frozen=True)
class NewsMove:
    """What a piece of the record did to an outcome: its probability with it, less that without it."""

    probability: float
    difference: Difference


@dataclass(frozen=True)
class NewsPiece:
    """Successive days of a record, and what they did to each outcome; all pieces together are the whole difference.

    Attributes
    ----------
    first : its first day; None where the later record tells the past otherwise, up to the day ``last``
    listed : what the record says of these days, a phrase each
    sentence : the days and what is listed, the latter shortened where it is much
    """

    first: date | None
    last: date
    listed: tuple[str, ...]
    sentence: str
    outcomes: Mapping[str, NewsMove]


@dataclass(frozen=True)
class Contrast:
    """One scenario against the baseline.

    Attributes
    ----------
    name, against : names of the two among ``Comparison.scenarios``
    kind : ``scenario`` (the same paths in two worlds: what would change) or ``condition`` (some paths of one
        world: what is found where it happened)
    first_difference : first day on which any path differs; None where none does, and for a condition
    not_compared : what one of the two lacks or means otherwise, a sentence each
    news : where the two differ in the record alone and this one's reaches further: what each piece of it did, in
        the calendar's order
    """

    name: str
    against: str
    title: str
    kind: str
    first_difference: date | None
    outcomes: Mapping[str, OutcomeContrast]
    quantities: Mapping[str, QuantityContrast]
    indices: Mapping[str, IndexContrast]
    not_compared: tuple[str, ...]
    news: tuple[NewsPiece, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """Scenarios laid side by side, all on the same random numbers.

    Attributes
    ----------
    scenarios : forecasts by name, the baseline first
    contrasts : each scenario, and each condition, against its counterpart, by name
    dates : days of the baseline's window
    ignore : points below which a clear difference of an outcome is small
    """

    relsim: str
    baseline: str
    paths: int
    draws: int
    seed: int
    dates: tuple[date, ...]
    scenarios: Mapping[str, Forecast]
    contrasts: Mapping[str, Contrast]
    warnings: tuple[str, ...]
    ignore: float = IGNORE

    def to_json(self) -> str:
        """The text of ``comparison.json``: the same comparison gives the same bytes."""
        body = plain(self)
        body["scenarios"] = {name: json.loads(f.to_json()) for name, f in self.scenarios.items()}
        return "{\n" + ",\n".join(f"{dump(key)}: {dump(value)}" for key, value in body.items()) + "\n}\n"

    @classmethod
    def from_json(cls, text: str) -> Comparison:
        """The comparison of a ``comparison.json``.

        Raises
        ------
        ValueError
            With the place of what it cannot be.
        """
        return read_json(cls, text)
