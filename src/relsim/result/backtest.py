"""What a backtest found, and its JSON. Floor 2; imports ``scoring``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

from relsim.result.json_text import dump, plain
from relsim.scoring.reliability import Reliability
from relsim.scoring.skill import Skill

MANY = 20
"""Tables up to which each target is told and drawn by itself."""


@dataclass(frozen=True)
class IntervalCoverage:
    """Share of what came inside a central part of the forecasts.

    Attributes
    ----------
    level : 0.5, 0.8 or 0.95
    closed : inside the closed interval of quantiles, which for counts holds more than it says
    pit : of the randomised PIT in the central part, which right forecasts of counts too bring to ``level``
    """

    level: float
    closed: float
    pit: float


@dataclass(frozen=True)
class TargetScore:
    """One target of one table in one horizon.

    Attributes
    ----------
    table, horizon, target, kind : kind is count, value, any, high or question
    label : in words
    group : whether it sums up other targets
    n, void : origins at which it resolved, and at which it did not
    observed : mean of what came; None where nothing resolved
    forecast_mean : mean of the model's forecasts
    score : by forecaster, on the same origins: mean CRPS of a number, Brier score of a yes or no
    log : by forecaster, mean log score
    skill : by reference
    best : the reference with the least mean score; None where there is none to compare with
    skill_vs_best : skill over it
    coverage : numbers only
    pit : p-value that the PIT is uniform; numbers only, None for fewer than eight origins
    """

    table: str
    horizon: int
    target: str
    kind: str
    label: str
    group: bool
    n: int
    void: int
    observed: float | None
    forecast_mean: float | None
    score: Mapping[str, float]
    log: Mapping[str, float]
    skill: Mapping[str, Skill]
    best: str | None
    skill_vs_best: Skill | None
    coverage: tuple[IntervalCoverage, ...]
    pit: float | None


@dataclass(frozen=True)
class TargetGroup:
    """All targets of one kind in one horizon.

    Attributes
    ----------
    targets, n, void : targets, questions resolved and void over all of them
    skill : over each reference; of numbers the mean over targets of their skills, of yes or no that of all Brier
        scores together
    skill_vs_best : the same over the best reference of each target
    positive : share of targets with a positive skill over their best reference; None without any
    skill_vs_single, positive_vs_single : the same over one reference for each target in all tables, that with the
        least score there; None with one table
    coverage, pit_histogram, pit : numbers only; ten bars that sum to 1; p-value over all targets
    reliability : of yes or no only
    """

    kind: str
    horizon: int
    targets: int
    n: int
    void: int
    skill: Mapping[str, Skill]
    skill_vs_best: Skill
    positive: float | None
    skill_vs_single: Skill | None
    positive_vs_single: float | None
    coverage: tuple[IntervalCoverage, ...]
    pit_histogram: tuple[float, ...]
    pit: float | None
    reliability: Reliability | None


@dataclass(frozen=True)
class Ratio:
    """A ratio with its 95 % interval; None where nothing can be said."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class SkillSpread:
    """The skills of several targets; None where no target has one.

    Attributes
    ----------
    geometric_mean : 1 less the geometric mean of score / reference's score
    positive : share of targets whose skill is above 0
    """

    mean: Skill
    median: float | None
    geometric_mean: float | None
    positive: float | None


@dataclass(frozen=True)
class Volume:
    """Counts of targets that have so many rows a month, over the origins that are scored.

    Attributes
    ----------
    rows_from, rows_to : rows observed a month, the lower bound included; None: no upper bound
    targets, n : targets, and questions resolved over all of them
    observed, forecast_mean : means over the horizon, of all questions
    skill_vs_best : over the best reference of each target
    skill_vs_single : over one reference for each target in all tables; None with one table
    coverage, pit_histogram, pit : as of all targets together
    """

    horizon: int
    rows_from: float
    rows_to: float | None
    targets: int
    n: int
    observed: float
    forecast_mean: float
    forecast_over_observed: Ratio
    skill_vs_best: SkillSpread
    skill_vs_single: SkillSpread | None
    coverage: tuple[IntervalCoverage, ...]
    pit_histogram: tuple[float, ...]
    pit: float | None


@dataclass(frozen=True)
class ForecastCourse:
    """A count and its forecasts over time, for the figure: one value for each origin."""

    table: str
    horizon: int
    target: str
    label: str
    observed: tuple[float, ...]
    """NaN where void."""
    median: tuple[float, ...]
    bands: Mapping[str, tuple[tuple[float, ...], tuple[float, ...]]]
    """``50``, ``80``, ``95``: low and high."""


@dataclass(frozen=True)
class Backtest:
    """Everything that ``relsim backtest`` reports.

    Attributes
    ----------
    origins : first days of the horizons; fitted : those at which the model was fitted anew
    forecasters : the model first
    tables : by name the days of its record: first, last, and how many are missing
    voids : by table and reason, origins times horizons
    not_asked : by table and outcome of the file, why it is not asked
    by_volume : counts by rows a month: each class that has targets, all that are not rare, all
    courses : none of more than ``MANY`` tables
    """

    relsim: str
    scenario: str
    seed: int
    paths: int
    draws: int
    every: int
    horizons: tuple[int, ...]
    refit: int
    learn: int
    origins: tuple[date, ...]
    fitted: tuple[date, ...]
    forecasters: tuple[str, ...]
    tables: Mapping[str, tuple[date, date, int]]
    voids: Mapping[str, Mapping[str, int]]
    not_asked: Mapping[str, Mapping[str, str]]
    together: tuple[TargetGroup, ...]
    by_volume: tuple[Volume, ...]
    targets: Sequence[TargetScore]
    courses: Sequence[ForecastCourse]
    warnings: tuple[str, ...]

    def to_json(self) -> str:
        """The text of ``backtest.json``."""
        return "".join(self.pieces())

    def pieces(self) -> Iterator[str]:
        """JSON on one line, piece by piece: of many tables the whole is long."""
        yield "{"
        for n, field in enumerate(fields(self)):
            value = getattr(self, field.name)
            yield f"{', ' if n else ''}{dump(field.name)}: "
            if isinstance(value, Sequence) and not isinstance(value, str | tuple):
                yield "["
                for k, item in enumerate(value):
                    yield f"{', ' if k else ''}{dump(plain(item))}"
                yield "]"
            else:
                yield dump(plain(value))
        yield "}\n"
