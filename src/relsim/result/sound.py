"""Whether a forecast that was read can be one: its lists are as long as its window, its probabilities between 0 and 1.

Floor 2. Nothing that a damaged file says is used as a length, an index or a divisor before it has passed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from relsim.result.forecast import QUANTILES, Forecast

_KEYS = {f"{p:g}" for p in QUANTILES}


def check_forecast(forecast: Forecast) -> None:
    """Refuse what no run can have written.

    Raises
    ------
    ValueError
        With the place and what was expected there.
    """
    f = forecast
    _true(f.end >= f.start, "end", "lies before the start")
    days = (f.end - f.start).days + 1
    _true(len(f.dates) == days, "dates", f"{days} days were expected, from {f.start} to {f.end}")
    _days("dates", f.dates, f)
    _true(1 <= f.paths <= 10**9, "paths", "a number of paths was expected")
    _true(1 <= f.draws <= f.paths, "draws", "a number of draws was expected, no more than paths")
    _true(0 <= f.seed < 2**64, "seed", "0 to 2^64 - 1 was expected")
    for name, outcome in f.outcomes.items():
        at = f"outcomes/{name}"
        _share(f"{at}/probability", outcome.probability)
        for key in ("low", "high", "weights_low", "weights_high"):
            _share(f"{at}/{key}", getattr(outcome, key))
        _days(f"{at}/cumulative/dates", outcome.cumulative.dates, f)
        _shares(f"{at}/cumulative/probability", outcome.cumulative.probability, days)
        for day in vars(outcome.first_date).values():
            _true(day is None or f.start <= day <= f.end, f"{at}/first_date", "a day of the window was expected")
    for name, quantity in f.quantities.items():
        _share(f"quantities/{name}/share", quantity.share)
        _quantiles(f"quantities/{name}", quantity.quantiles)
    names = tuple(f.outcomes)
    _true(f.joint.outcomes == names, "joint/outcomes", "the names of the outcomes were expected")
    for at, table in (("joint/probability", f.joint.probability), ("given", f.given)):
        _true(len(table) == len(names), at, f"{len(names)} rows were expected")
        for row in table:
            _shares(at, row, len(names))
    for kind, series in (("variables", f.variables), ("indices", f.indices)):
        for name, one in series.items():
            at = f"{kind}/{name}"
            _quantiles(at, one.quantiles)
            for values in (one.mean, *one.quantiles.values()):
                _true(len(values) == days, at, f"{days} days were expected")
                _true(all(value == value for value in values), at, "numbers were expected")
    for name, index in f.indices.items():
        for grade, chances in index.grades.items():
            _shares(f"indices/{name}/grades/{grade}", chances, days)
    for name, event in f.events.items():
        _true(event.mean_count >= 0, f"events/{name}/mean_count", "0 or more was expected")
        _quantiles(f"events/{name}", event.quantiles)
    for name, entry in f.calendar.items():
        _share(f"calendar/{name}/stated", entry.stated)
        _share(f"calendar/{name}/probability", entry.probability)
    for name, condition in f.conditions.items():
        _shares(f"conditions/{name}", condition.probability, days)


def _true(condition: bool, place: str, message: str) -> None:
    if not condition:
        raise ValueError(f"{place}: {message}")


def _days(place: str, found: tuple[date, ...], forecast: Forecast) -> None:
    first = forecast.start
    same = len(found) == len(forecast.dates) and all(day == first + timedelta(i) for i, day in enumerate(found))
    _true(same, place, f"every day from {first} to {forecast.end} was expected")


def _share(place: str, value: float | None) -> None:
    _true(value is None or 0 <= value <= 1, place, "0 to 1 was expected")


def _shares(place: str, values: Iterable[float | None], number: int) -> None:
    found = list(values)
    _true(len(found) == number, place, f"{number} numbers were expected")
    _true(all(value is None or 0 <= value <= 1 for value in found), place, "numbers from 0 to 1 were expected")


def _quantiles(place: str, found: Mapping[str, object]) -> None:
    _true(set(found) == _KEYS, f"{place}/quantiles", f"{', '.join(sorted(_KEYS))} were expected")
