"""The forecast as a plain-text table for the terminal. Floor 8; imports ``result``."""

from __future__ import annotations

from itertools import starmap

from relsim.cli.columns import aligned, counted, heading
from relsim.result import Forecast, rounded, said
from relsim.result.forecast import EntryForecast, OutcomeForecast, QuantityForecast, marked
from relsim.result.rounding import figure, ranged

_NONE = "-"
_NOTICED = 0.005
"""A cause that moved an entry by less than half a point is left out."""


def forecast_table(forecast: Forecast) -> str:
    """Outcomes, quantities and calendar, aligned, within 100 columns; ends with a newline."""
    blocks = [_head(forecast)]
    if forecast.outcomes:
        head = ("OUTCOMES", "probability", "95 % interval", "parameter range", "median date")
        blocks.append(aligned([head, *map(_outcome, forecast.outcomes.values())], name=42))
    if forecast.quantities:
        titles = ("QUANTITIES", "mean", "5 %", "median", "95 %", "defined on")
        blocks.append(aligned([titles, *starmap(_quantity, forecast.quantities.items())]))
    if forecast.calendar:
        columns = ("CALENDAR", "stated", "simulated", "adjustment, points")
        blocks.append(aligned([columns, *starmap(_entry, forecast.calendar.items())], left=(0, 3)))
    return "\n\n".join(blocks) + "\n"


def _head(forecast: Forecast) -> str:
    title = heading(forecast.scenario, forecast.variant)
    weights = f", {counted(forecast.draws, 'draw')} of the weights" if forecast.draws > 1 else ""
    known = f"\nKnown up to {forecast.as_of}: until then the record, after it chance" if forecast.as_of else ""
    return (
        f"{title}\n{forecast.start} to {forecast.end}: "
        f"{counted(forecast.paths, 'path')}{weights}, seed {forecast.seed}{known}"
    )


def _outcome(outcome: OutcomeForecast) -> tuple[str, ...]:
    return (
        marked(outcome.title, outcome),
        said(outcome),
        ranged(outcome.low, outcome.high),
        ranged(outcome.weights_low, outcome.weights_high),
        _NONE if outcome.first_date.p50 is None else outcome.first_date.p50.isoformat(),
    )


def _quantity(name: str, quantity: QuantityForecast) -> tuple[str, ...]:
    numbers = (quantity.mean, *(quantity.quantiles[key] for key in ("0.05", "0.5", "0.95")))
    share = "" if quantity.share == 1 else _percent(quantity.share)
    return (marked(name, quantity), *(_NONE if x is None else figure(x, quantity.sd) for x in numbers), share)


def _entry(name: str, entry: EntryForecast) -> tuple[str, ...]:
    causes = sorted(
        ((cause, by) for cause, by in entry.moved_by.items() if by is not None and abs(by) >= _NOTICED),
        key=lambda item: -abs(item[1]),
    )
    moved = ", ".join(f"{cause} {100 * by:+.0f}" for cause, by in causes)
    return name, _percent(entry.stated), _percent(entry.probability), moved


def _percent(probability: float | None) -> str:
    return _NONE if probability is None else rounded(probability)
