"""A forecast: its outcomes, quantities, calendar and events. Floor 6; imports ``result``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from relsim.result import Forecast, rounded, said
from relsim.result.forecast import EntryForecast, EventForecast, QuantityForecast, marked
from relsim.result.rounding import figure, interval, parameter_range, ranged, say
from relsim.scenario import Entry, Scenario
from relsim.scoring.recalibrating import Recalibration
from relsim.show.values import (
    NONE,
    Between,
    Block,
    Cell,
    Column,
    Prose,
    Shown,
    Table,
    counted,
    day,
    number,
    on,
    share,
    table,
    written,
)

_NOTICED = 0.005
"""A cause that moved an entry by less than half a point is left out."""
_CAUSES: Mapping[str, str] = {
    "state": "where the variables stood",
    "requires": "what it requires was missing",
    "unless": "ruled out by something else",
    "opportunity": "its occasion never came",
    "scenario": "the scenario’s own intervention",
    "chance": "luck of this run",
}


def forecast_blocks(forecast: Forecast, scenario: Scenario, digits: int | None = None) -> list[Block]:
    """What ``relsim run`` prints; percentages of outcomes with so many decimals, or as many as are worth reading."""
    tables = [
        outcomes_table(forecast, digits),
        base_rates_table(forecast, scenario),
        quantities_table(forecast, scenario),
        calendar_table(forecast, scenario),
    ]
    return [head(forecast), *(shown for shown in tables if shown.rows)]


def head(forecast: Forecast) -> Prose:
    """What was asked of which run."""
    return Prose(run_line(forecast), titled(forecast.scenario, forecast.variant))


def titled(scenario: str, variant: str | None) -> str:
    """A scenario's title, and the variant."""
    return f"{scenario} ({variant})" if variant else scenario


def run_line(forecast: Forecast) -> str:
    """Days, paths, draws and seed of a run."""
    draws = f", {counted(forecast.draws, 'draw')} of the parameters" if forecast.draws > 1 else ""
    known = f"\nKnown up to {forecast.as_of}: until then the record, after it chance" if forecast.as_of else ""
    paths = counted(forecast.paths, "path")
    return f"{forecast.start} to {forecast.end}: {paths}{draws}, seed {forecast.seed}{known}"


def outcomes_table(forecast: Forecast, digits: int | None = None) -> Table:
    """Probability of each outcome, its parameter range, and when half of its paths have it.

    Parameters
    ----------
    digits : decimals; where they are given, or nothing is in doubt, the 95 % Monte Carlo interval stands there too
    """
    sampled = digits is not None or all(outcome.weights_low is None for outcome in forecast.outcomes.values())
    columns = [
        Column("Outcome"),
        share("probability", strong=True),
        share("95 % interval", ranges=True),
        share("parameter range, 5–95 %", ranges=True),
        day("median date"),
    ]
    rows = [
        (
            marked(outcome.title, outcome),
            Shown(outcome.probability, said(outcome, digits)),
            Between(outcome.low, outcome.high, interval(outcome, digits)) if sampled else "",
            ""
            if outcome.weights_low is None
            else Between(outcome.weights_low, outcome.weights_high, parameter_range(outcome, digits)),
            on(outcome.first_date.p50),
        )
        for outcome in forecast.outcomes.values()
    ]
    return table("Outcomes", columns, rows).without_empty()


def recalibrated_table(forecast: Forecast, past: Recalibration, questions: int) -> Table:
    """What past calibration makes of each probability, beside it; the forecast itself stays what it is."""
    columns = [Column("Past calibration"), share("forecast"), share("recalibrated", strong=True)]
    rows = [
        (o.title, Shown(o.probability, said(o)), Shown(p := past.of(o.probability), rounded(p)))
        for o in forecast.outcomes.values()
        if not o.built_in
    ]
    note = (
        f"As {questions} resolved questions ask for: log-odds times {past.scale:.2f}, {past.shift:+.2f}. "
        "forecast.json holds the forecasts as they are."
    ).replace("-", "−")
    return table("Past calibration", columns, rows, [note])


def base_rates_table(forecast: Forecast, scenario: Scenario) -> Table:
    """How often what is asked came true before, where that is counted, beside the forecast and never mixed into it."""
    counted_ones = {
        name: rate
        for name, outcome in scenario.outcomes.items()
        if (rate := outcome.base_rate) is not None and rate.count is not None
    }
    columns = [
        Column("Base rate"),
        Column("cases", "number"),
        share("of them"),
        share("95 % interval", ranges=True),
        share("forecast", strong=True),
    ]
    rows = [
        (
            forecast.outcomes[name].title,
            f"{rate.count} of {rate.of}",
            Shown(rate.value, rounded(rate.value)),
            Between(rate.low, rate.high, ranged(rate.low, rate.high)),
            Shown(forecast.outcomes[name].probability, said(forecast.outcomes[name])),
        )
        for name, rate in counted_ones.items()
    ]
    notes = [f"{forecast.outcomes[name].title}: {rate.source}" for name, rate in counted_ones.items() if rate.source]
    return table("Base rates", columns, rows, notes)


def quantities_table(forecast: Forecast, scenario: Scenario) -> Table:
    """Mean and quantiles of the numbers that were asked for, and on how many paths they are defined."""
    columns = [Column("Quantity"), *map(number, ("mean", "5 %", "median", "95 %")), share("defined on")]
    rows = [
        (_quantity_title(name, quantity, scenario), *_spread(quantity), _defined_on(quantity.share))
        for name, quantity in forecast.quantities.items()
    ]
    return table("Quantities", columns, rows).without_empty()


def _quantity_title(name: str, quantity: QuantityForecast, scenario: Scenario) -> str:
    known = scenario.quantities.get(name)
    return marked(known.title if known and known.title else name, quantity)


def _spread(quantity: QuantityForecast) -> list[Cell]:
    numbers = (quantity.mean, *(quantity.quantiles[key] for key in ("0.05", "0.5", "0.95")))
    return [Shown(x, NONE if x is None else figure(x, quantity.sd)) for x in numbers]


def _defined_on(part: float) -> Cell:
    return "" if part == 1 else Shown(part, rounded(part))


def calendar_table(forecast: Forecast, scenario: Scenario) -> Table:
    """Stated and simulated probability of each entry, in the calendar's order, and what made the difference."""
    columns = [
        Column("Calendar entry"),
        Column("when", "date"),
        share("stated"),
        share("simulated", strong=True),
        Column("adjustment, points"),
    ]
    first = {name: entry.first or scenario.end for name, entry in scenario.calendar.items()}
    entries = sorted(forecast.calendar.items(), key=lambda item: first.get(item[0], scenario.end))
    rows = [
        (
            _label(scenario.calendar, name),
            _when(scenario.calendar.get(name), forecast.start.year != forecast.end.year),
            _probability(entry.stated),
            _probability(entry.probability),
            moved_by(entry, scenario),
        )
        for name, entry in entries
    ]
    return table("Calendar", columns, rows)


def moved_by(entry: EntryForecast, scenario: Scenario) -> str:
    """What moved an entry, the greatest first, in words where a cause has a label."""
    causes = sorted(
        ((cause, by) for cause, by in entry.moved_by.items() if by is not None and abs(by) >= _NOTICED),
        key=lambda item: -abs(item[1]),
    )
    return "; ".join(f"{_cause(cause, scenario)} {'+' if by > 0 else '−'}{100 * abs(by):.0f}" for cause, by in causes)


def _cause(cause: str, scenario: Scenario) -> str:
    if cause in _CAUSES:
        return _CAUSES[cause]
    name, _, rest = cause.partition(" ")
    known = scenario.conditions.get(name) or scenario.events.get(name) or scenario.calendar.get(name)
    return f"{known.label if known and known.label else name} {rest}".strip()


def _label(items: Mapping[str, Entry], name: str) -> str:
    known = items.get(name)
    return known.label if known and known.label else name


def _when(entry: Entry | None, year: bool) -> Cell:
    if entry is None or entry.first is None or entry.last is None:
        return NONE
    last = say(entry.last, year=year)
    if entry.first == entry.last:
        return Shown(entry.first, last)
    alike = (entry.first.year, entry.first.month) == (entry.last.year, entry.last.month)
    return f"{entry.first.day}–{last}" if alike else f"{say(entry.first, year=year)} – {last}"


def _probability(p: float | None) -> Cell:
    return Shown(p, NONE if p is None else rounded(p))


def events_table(forecast: Forecast, scenario: Scenario) -> Table:
    """How many events of each type a path has: the quickest test of a file against memory."""
    counts: Callable[[EventForecast], list[Cell]] = lambda event: [  # noqa: E731
        written(event.quantiles[key], ".0f") for key in ("0.05", "0.5", "0.95")
    ]
    rows = [
        (event_label(name, scenario), written(event.mean_count, ".1f"), *counts(event))
        for name, event in forecast.events.items()
    ]
    return table("Events in the window", [Column("Event type"), *map(number, ("mean", "5 %", "median", "95 %"))], rows)


def event_label(name: str, scenario: Scenario) -> str:
    """An event type in words: its label, and whose it is."""
    known = scenario.events.get(name)
    whose = [scenario.parties.get(part) or scenario.issues.get(part) or part for part in name.split(".")[1:]]
    return ", ".join([(known.label if known else "") or name, *whose])
