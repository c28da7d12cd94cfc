"""``hub.csv``: the forecast in hubverse model-output columns, for exchange. Floor 2; standard library only.

Task columns ``origin_date`` (the day before the first day), ``target``, ``target_date`` and ``horizon``
(days), then ``output_type``, ``output_type_id``, ``value``. An outcome is a ``pmf`` over true and false, a
quantity a ``mean`` and nine ``quantile`` rows at the window's last day; variables and indices have nine
``quantile`` rows for every day. Format: https://docs.hubverse.io/en/latest/user-guide/model-output.html
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from relsim.result.forecast import Forecast

COLUMNS = ("origin_date", "target", "target_date", "horizon", "output_type", "output_type_id", "value")

_Row = tuple[str, str, int, str, str, float]


def write_hub(file: Path, forecast: Forecast) -> None:
    """Write the rows of a forecast."""
    origin = (forecast.start - timedelta(days=1)).isoformat()
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for target, day, horizon, kind, key, value in (*_whole(forecast), *_daily(forecast)):
            writer.writerow((origin, target, day, horizon, kind, key, repr(value)))


def _whole(forecast: Forecast) -> Iterator[_Row]:
    """Outcomes and quantities: statements about the whole window."""
    day, horizon = forecast.end.isoformat(), len(forecast.dates)
    for name, outcome in forecast.outcomes.items():
        yield f"outcome {name}", day, horizon, "pmf", "true", outcome.probability
        yield f"outcome {name}", day, horizon, "pmf", "false", 1 - outcome.probability
    for name, quantity in forecast.quantities.items():
        if quantity.mean is not None:
            yield f"quantity {name}", day, horizon, "mean", "NA", quantity.mean
        for key, value in quantity.quantiles.items():
            if value is not None:
                yield f"quantity {name}", day, horizon, "quantile", key, value


def _daily(forecast: Forecast) -> Iterator[_Row]:
    days = [day.isoformat() for day in forecast.dates]
    for kind, section in (("variable", forecast.variables), ("index", forecast.indices)):
        for name, series in section.items():
            for key, values in series.quantiles.items():
                for horizon, (day, value) in enumerate(zip(days, values, strict=True), start=1):
                    yield f"{kind} {name}", day, horizon, "quantile", key, value
