"""The forecast as a plain-text table for the terminal. Floor 7; imports ``result``."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import starmap

from relsim.result import Forecast, rounded, said
from relsim.result.forecast import EntryForecast, OutcomeForecast, QuantityForecast

_WIDTH = 100
_NAME = 44
_NONE = "-"
_NOTICED = 0.005
"""A cause that moved an entry by less than half a point is left out."""


def forecast_table(forecast: Forecast) -> str:
    """Outcomes, quantities and calendar, aligned, within 100 columns; ends with a newline."""
    blocks = [_head(forecast)]
    if forecast.outcomes:
        head = ("OUTCOMES", "probability", "95 % interval", "across weights", "half by")
        blocks.append(aligned([head, *map(_outcome, forecast.outcomes.values())]))
    if forecast.quantities:
        titles = ("QUANTITIES", "mean", "5 %", "median", "95 %", "defined on")
        blocks.append(aligned([titles, *starmap(_quantity, forecast.quantities.items())]))
    if forecast.calendar:
        columns = ("CALENDAR", "stated", "came out", "moved by, in points")
        blocks.append(aligned([columns, *starmap(_entry, forecast.calendar.items())], left=(0, 3)))
    return "\n\n".join(blocks) + "\n"


def _head(forecast: Forecast) -> str:
    title = forecast.scenario if forecast.variant is None else f"{forecast.scenario} ({forecast.variant})"
    weights = f", {_counted(forecast.draws, 'draw')} of the weights" if forecast.draws > 1 else ""
    return (
        f"{title}\n{forecast.start} to {forecast.end}: "
        f"{_counted(forecast.paths, 'path')}{weights}, seed {forecast.seed}"
    )


def _outcome(outcome: OutcomeForecast) -> tuple[str, ...]:
    return (
        outcome.title,
        said(outcome),
        _range(outcome.low, outcome.high),
        _range(outcome.weights_low, outcome.weights_high),
        _NONE if outcome.first_date.p50 is None else outcome.first_date.p50.isoformat(),
    )


def _range(low: float | None, high: float | None) -> str:
    """A range in percent, with as many decimals as show that it has a width."""
    if low is None or high is None:
        return _NONE
    width = 100 * (high - low)
    if width < 0.005:
        return f"{100 * low:.0f} %"
    decimals = 0 if width >= 2 else 1 if width >= 0.2 else 2
    return f"{100 * low:.{decimals}f} to {100 * high:.{decimals}f} %"


def _quantity(name: str, quantity: QuantityForecast) -> tuple[str, ...]:
    numbers = (quantity.mean, *(quantity.quantiles[key] for key in ("0.05", "0.5", "0.95")))
    share = "" if quantity.share == 1 else _percent(quantity.share)
    return (name, *(_NONE if x is None else _figure(x, quantity.sd) for x in numbers), share)


def _figure(x: float, sd: float | None) -> str:
    """A number with the decimals that its spread over paths makes worth reading."""
    if x == int(x) and abs(x) < 1e6:
        return f"{x:.0f}"
    return f"{x:,.1f}" if sd is None or sd >= 2 else f"{x:.2f}"


def _entry(name: str, entry: EntryForecast) -> tuple[str, ...]:
    causes = sorted(
        ((cause, by) for cause, by in entry.moved_by.items() if by is not None and abs(by) >= _NOTICED),
        key=lambda item: -abs(item[1]),
    )
    moved = ", ".join(f"{cause} {100 * by:+.0f}" for cause, by in causes)
    return name, _percent(entry.stated), _percent(entry.probability), moved


def _percent(probability: float | None) -> str:
    if probability is None:
        return _NONE
    if probability in (0, 1):
        return f"{100 * probability:.0f} %"
    return rounded(probability, None, None)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def aligned(rows: Sequence[Sequence[str]], left: Sequence[int] = (0,)) -> str:
    """Rows as columns two blanks apart, numbers to the right; the first cell is cut, the last wrapped, to
    fit.
    """
    taken = sum(2 + max(len(row[i]) for row in rows) for i in range(1, len(rows[0])))
    name = max(_NAME, _WIDTH - taken)
    cells = [[_cut(row[0], name), *row[1:]] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    last = len(widths) - 1
    before = sum(widths[:last]) + 2 * last
    lines = []
    for row in cells:
        parts = [cell.ljust(widths[i]) if i in left else cell.rjust(widths[i]) for i, cell in enumerate(row)]
        if last in left and before + widths[last] > _WIDTH:
            pieces = _wrapped(row[last], max(20, _WIDTH - before))
            lines.append("  ".join([*parts[:last], pieces[0]]).rstrip())
            lines.extend(" " * before + piece for piece in pieces[1:])
        else:
            lines.append("  ".join(parts).rstrip())
    return "\n".join(lines)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def _wrapped(text: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width) or [""]
