"""From simulated paths to the forecast: probabilities, intervals, first dates, quantiles.

Floor 4; imports ``estimates``, ``outcomes``, ``result``. Reads a finished simulation through ``Simulated``
and never changes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from relsim import __version__
from relsim.estimates import Estimate, mean, probability
from relsim.model.axes import Axes
from relsim.outcomes import NEVER, Program, compile_outcomes, out_of_reach, told_by
from relsim.result.forecast import (
    QUANTILES,
    ConditionForecast,
    Cumulative,
    EntryForecast,
    EventForecast,
    FirstDate,
    Forecast,
    IndexForecast,
    Joint,
    OutcomeForecast,
    QuantityForecast,
    SeriesForecast,
)
from relsim.result.saved import FinishedRun
from relsim.scenario import Outcome, Scenario

Array = NDArray[np.float64]

BLOCK = 128
"""Paths of a block: block b runs under draw b mod draws."""
_CHUNK = 1 << 16


class CalendarTally(Protocol):
    """What came of the calendar, entries in file order."""

    @property
    def stated(self) -> Array: ...

    @property
    def probability(self) -> Array: ...

    @property
    def moved_by(self) -> Sequence[Mapping[str, float]]: ...


class Simulated(Protocol):
    """A finished simulation, as far as the summary reads it.

    Axes: paths P, outcomes O, quantities Q, series S (variables, then indices), indices I, grades G,
    conditions C, events K, level tests L, days T; quantiles are those of ``QUANTILES``.
    """

    @property
    def paths(self) -> int: ...

    @property
    def draws(self) -> int:
        """Draws of the weights that were used; 1 where all are certain."""
        ...

    @property
    def seed(self) -> int: ...

    @property
    def weight_names(self) -> Sequence[str]:
        """Uncertain weights; empty where all are certain or held at their medians."""
        ...

    @property
    def days(self) -> NDArray[np.int32]:
        """(P, O) day on which each outcome became certain, or NEVER."""
        ...

    @property
    def values(self) -> Array:
        """(P, Q), NaN where undefined."""
        ...

    @property
    def reached(self) -> Array:
        """(L, 2) least and greatest value read at each level test of the outcomes."""
        ...

    @property
    def fan_mean(self) -> Array:
        """(S, T)."""
        ...

    @property
    def fan_quantiles(self) -> Array:
        """(S, T, 9)."""
        ...

    @property
    def grade_probability(self) -> Array:
        """(I, G, T)."""
        ...

    @property
    def condition_probability(self) -> Array:
        """(C, T)."""
        ...

    @property
    def count_mean(self) -> Array:
        """(K,)."""
        ...

    @property
    def count_quantiles(self) -> Array:
        """(K, 9)."""
        ...

    @property
    def calendar(self) -> CalendarTally: ...

    @property
    def warnings(self) -> Sequence[str]: ...


def summarise(scenario: Scenario, simulation: Simulated) -> Forecast:
    """Every number of the forecast."""
    axes = Axes.of(scenario)
    dates = tuple(axes.date(day) for day in range(1, axes.days + 1))
    draws = _Draws.of(simulation)
    program = compile_outcomes(scenario, axes)
    outcomes = outcome_forecasts(scenario, simulation, axes, program)
    joint = _joint(simulation.days)
    ever = np.diag(joint)
    given = np.divide(joint, ever, out=np.full_like(joint, np.nan), where=ever > 0)
    hits = np.rint(ever * simulation.paths).astype(int).tolist()
    return Forecast(
        relsim=__version__,
        scenario=scenario.title,
        variant=scenario.variant,
        start=scenario.start,
        end=scenario.end,
        paths=simulation.paths,
        draws=simulation.draws,
        seed=simulation.seed,
        outcomes=outcomes,
        quantities={
            name: replace(_quantity(simulation.values[:, i], draws), built_in=measure.built_in)
            for i, (name, measure) in enumerate(scenario.quantities.items())
        },
        joint=Joint(tuple(scenario.outcomes), _rows(joint)),
        given=tuple(tuple(None if np.isnan(p) else p for p in row) for row in given.tolist()),
        variables={
            name: SeriesForecast(_points(simulation.fan_mean[i]), _keyed(simulation.fan_quantiles[i]))
            for name, i in axes.variables.items()
        },
        indices=_indices(scenario, simulation, axes),
        dates=dates,
        events={
            name: EventForecast(float(simulation.count_mean[i]), _by_quantile(simulation.count_quantiles[i]))
            for name, i in axes.events.items()
        },
        calendar={
            name: EntryForecast(
                float(simulation.calendar.stated[i]),
                float(simulation.calendar.probability[i]),
                {cause: float(by) for cause, by in simulation.calendar.moved_by[i].items()},
            )
            for name, i in axes.entries.items()
        },
        conditions={
            name: ConditionForecast(_row(simulation.condition_probability[i])) for name, i in axes.conditions.items()
        },
        warnings=(
            *simulation.warnings,
            *out_of_reach(program, simulation.reached, hits),
        ),
        as_of=scenario.as_of,
    )


class Answered(Protocol):
    """What came true on each of a simulation's paths, as far as the forecasts of outcomes read it."""

    @property
    def paths(self) -> int: ...

    @property
    def draws(self) -> int: ...

    @property
    def weight_names(self) -> Sequence[str]: ...

    @property
    def days(self) -> NDArray[np.int32]: ...


def outcome_forecasts(
    scenario: Scenario, simulation: Answered, axes: Axes, program: Program
) -> dict[str, OutcomeForecast]:
    """The outcomes' part of the forecast."""
    dates = tuple(axes.date(day) for day in range(1, axes.days + 1))
    draws = _Draws.of(simulation)
    observed = axes.day(scenario.as_of) if scenario.as_of else 0
    told = told_by(program, observed)
    return {
        name: _outcome(outcome, simulation.days[:, i], draws, dates, observed=observed, told=name in told)
        for i, (name, outcome) in enumerate(scenario.outcomes.items())
    }


def conditional(scenario: Scenario, run: FinishedRun, name: str) -> dict[str, OutcomeForecast]:
    """Every outcome on the paths on which one came true; none where it never did.

    Parameters
    ----------
    name : the outcome that came true
    """
    axes = Axes.of(scenario)
    paths = run.paths()
    true = paths.days[:, list(scenario.outcomes).index(name)] != NEVER
    if not true.any():
        return {}
    uncertain = len(run.draws().names) > 0 and not run.median_weights
    draws = _Draws(uncertain, run.forecast.draws, paths.draw[true].astype(np.int64))
    observed = axes.day(scenario.as_of) if scenario.as_of else 0
    told = {*told_by(compile_outcomes(scenario, axes), observed), name}
    return {
        other: _outcome(asked, paths.days[true, i], draws, run.forecast.dates, observed=observed, told=other in told)
        for i, (other, asked) in enumerate(scenario.outcomes.items())
    }


@dataclass(frozen=True)
class _Draws:
    """The draw of every path, for sums by draw."""

    uncertain: bool
    number: int
    of_path: NDArray[np.int64]

    @classmethod
    def of(cls, simulation: Answered) -> _Draws:
        """The draws of all paths of a simulation."""
        blocks = np.arange(-(-simulation.paths // BLOCK))
        of_path = np.repeat(blocks % simulation.draws, BLOCK)[: simulation.paths]
        return cls(len(simulation.weight_names) > 0, simulation.draws, of_path)

    def count(self, where: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(self.of_path[where], minlength=self.number)

    def sums(self, values: Array, where: NDArray[np.bool_]) -> Array:
        return np.bincount(self.of_path[where], values[where], self.number).astype(np.float64)


def _outcome(
    asked: Outcome, days: NDArray[np.int32], draws: _Draws, dates: tuple[date, ...], *, observed: int, told: bool
) -> OutcomeForecast:
    """One outcome; ``told`` where nothing past the observed days bears on it."""
    true = days != NEVER
    estimate = probability(draws.count(true), draws.count(np.ones_like(true)), uncertain=draws.uncertain)
    if (estimate.value in (0, 1) and told) or days.max() <= observed:
        estimate = _known(estimate)
    by_day = np.bincount(days[true], minlength=len(dates) + 1).cumsum()
    hits = int(by_day[-1])
    certain_by = tuple((by_day[1:] / len(days)).tolist())

    def by(share: float) -> date | None:
        """First date by which that share of the hits had come true."""
        if hits == 0:
            return None
        day = int(np.searchsorted(by_day, share * hits - 1e-9))
        return date.fromordinal(dates[0].toordinal() + day - 1)

    return OutcomeForecast(
        title=asked.title,
        probability=_number(estimate.value),
        standard_error=estimate.standard_error,
        low=estimate.low,
        high=estimate.high,
        weights_low=estimate.weights_low,
        weights_high=estimate.weights_high,
        variance_weights=estimate.variance_weights,
        first_date=FirstDate(by(0.1), by(0.5), by(0.9)),
        cumulative=Cumulative(dates, certain_by),
        built_in=asked.built_in,
    )


def _known(estimate: Estimate) -> Estimate:
    """What the record has decided is in no doubt."""
    p = estimate.value
    return Estimate(p, 0.0, p, p, None, None, None)


def _quantity(values: Array, draws: _Draws) -> QuantityForecast:
    defined = ~np.isnan(values)
    estimate = _mean(values, defined, draws)
    kept = values if defined.all() else values[defined]
    none = np.full(len(QUANTILES), np.nan)
    quantiles = np.quantile(kept, QUANTILES) if len(kept) else none
    return QuantityForecast(
        mean=estimate.value,
        standard_error=estimate.standard_error,
        sd=float(kept.std(ddof=1)) if len(kept) > 1 else None,
        share=len(kept) / len(values),
        quantiles={key: None if np.isnan(x) else x for key, x in _by_quantile(quantiles).items()},
    )


def _mean(values: Array, defined: NDArray[np.bool_], draws: _Draws) -> Estimate:
    paths = draws.count(defined)
    sums = draws.sums(values, defined)
    means = np.divide(sums, paths, out=np.zeros_like(sums), where=paths > 0)
    squares = means[draws.of_path]  # in place: at a million paths every copy counts
    squares -= values
    squares *= squares
    return mean(sums, draws.sums(squares, defined), paths, uncertain=draws.uncertain)


def _joint(days: NDArray[np.int32]) -> Array:
    """(O, O) share of paths on which row and column both came true."""
    paths, outcomes = days.shape
    both: Array = np.zeros((outcomes, outcomes))
    for start in range(0, paths, _CHUNK):
        true = (days[start : start + _CHUNK] != NEVER).astype(np.float64)
        both += true.T @ true
    return np.asarray(both / paths)


def _indices(scenario: Scenario, simulation: Simulated, axes: Axes) -> dict[str, IndexForecast]:
    return {
        name: IndexForecast(
            _points(simulation.fan_mean[series]),
            _keyed(simulation.fan_quantiles[series]),
            {grade: _row(simulation.grade_probability[i, g]) for g, grade in enumerate(scenario.grades)},
        )
        for i, (name, series) in enumerate(axes.indices.items())
    }


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _row(values: Array) -> tuple[float, ...]:
    return tuple(values.tolist())


def _points(values: Array) -> tuple[float, ...]:
    """Levels to a millionth of a point, the precision of the state."""
    return _row(np.round(values, 6) + 0.0)


def _rows(values: Array) -> tuple[tuple[float, ...], ...]:
    return tuple(map(_row, values))


def _keyed(quantiles: Array) -> dict[str, tuple[float, ...]]:
    """(T, 9) to one daily row per probability."""
    return {repr(q): _points(quantiles[:, i]) for i, q in enumerate(QUANTILES)}


def _by_quantile(quantiles: Array) -> dict[str, float]:
    return {repr(q): float(quantiles[i]) for i, q in enumerate(QUANTILES)}
