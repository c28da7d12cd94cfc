"""``hub.csv``: the forecast in hubverse model-output columns, for exchange. Floor 2; standard library only.

Task columns ``origin_date`` (the day before the first day), ``target``, ``target_date`` and ``horizon``
(days), then ``output_type``, ``output_type_id``, ``value``. An outcome is a ``pmf`` over true and false, a
quantity a ``mean`` and nine ``quantile`` rows at the window's last day; variables and indices have nine
``quantile`` rows for every day. Format: https://docs.hubverse.io/en/latest/user-guide/model-output.html
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain
from pathlib import Path

from relsim.result.forecast import Forecast

COLUMNS = ("origin_date", "target", "target_date", "horizon", "output_type", "output_type_id", "value")


def write_hub(file: Path, forecast: Forecast) -> None:
    """Write the rows of a forecast."""
    origin = (forecast.start - timedelta(days=1)).isoformat()
    with file.open("w", newline="\n", encoding="utf-8") as stream:
        stream.write(",".join(COLUMNS) + "\n")
        # Names have neither commas nor quotes.
        stream.writelines(f"{origin},{row}\n" for row in chain(_whole(forecast), _daily(forecast)))


def _whole(forecast: Forecast) -> Iterator[str]:
    """Outcomes and quantities: statements about the whole window."""
    when = f"{forecast.end.isoformat()},{len(forecast.dates)}"
    for name, outcome in forecast.outcomes.items():
        yield f"outcome {name},{when},pmf,true,{outcome.probability!r}"
        yield f"outcome {name},{when},pmf,false,{1 - outcome.probability!r}"
    for name, quantity in forecast.quantities.items():
        if quantity.mean is not None:
            yield f"quantity {name},{when},mean,NA,{quantity.mean!r}"
        for key, value in quantity.quantiles.items():
            if value is not None:
                yield f"quantity {name},{when},quantile,{key},{value!r}"


def _daily(forecast: Forecast) -> Iterator[str]:
    whens = [f"{day.isoformat()},{horizon}" for horizon, day in enumerate(forecast.dates, start=1)]
    for kind, section in (("variable", forecast.variables), ("index", forecast.indices)):
        for name, series in section.items():
            for key, values in series.quantiles.items():
                for when, value in zip(whens, values, strict=True):
                    yield f"{kind} {name},{when},quantile,{key},{value!r}"
