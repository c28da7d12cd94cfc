"""Results as data frames. Floor 7; the only module that knows pandas, which it imports when a frame is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from relsim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from relsim.compose import LoadedScenario
    from relsim.result.comparison import Contrast, Difference
    from relsim.result.forecast import Forecast, IndexForecast, OutcomeForecast, SeriesForecast
    from relsim.result.saved import Paths


def frame(rows: Mapping[str, Mapping[str, Any]], columns: Sequence[str] = (), index: str = "name") -> pd.DataFrame:
    """Rows by name as a data frame.

    Parameters
    ----------
    columns : in this order, and there even without any row; further ones follow as they come
    index : name of the index

    Raises
    ------
    InputError
        If pandas is not installed.
    """
    pd = _pandas()
    found = dict.fromkeys([*columns, *(key for row in rows.values() for key in row)])
    data = {key: _column(pd, [row.get(key) for row in rows.values()]) for key in found}
    return pd.DataFrame(data, index=pd.Index(list(rows), name=index, dtype="object"))


def listed(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows with their ``name`` among them, which need not be unique, as a data frame."""
    pd = _pandas()
    found = [dict(row) for row in rows]
    keys = dict.fromkeys(["name", *(key for row in found for key in row)])
    return pd.DataFrame({key: _column(pd, [row.get(key) for row in found]) for key in keys}).set_index("name")


def _pandas() -> Any:
    try:
        import pandas as pd
    except ImportError:
        raise InputError("data frames need pandas: pip install 'relsim[frames]'") from None
    return pd


def _column(pd: Any, values: Sequence[Any]) -> Any:
    """Dates as dates, numbers as numbers, None as what is missing of either."""
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, date) for value in known):
        return pd.to_datetime(list(values))
    if len(known) < len(values) and all(isinstance(value, int | float) for value in known):
        return [float("nan") if value is None else value for value in values]
    return list(values)


def outcomes(found: Mapping[str, OutcomeForecast]) -> pd.DataFrame:
    """Outcomes, a row each."""
    return frame({name: _outcome(outcome) for name, outcome in found.items()}, _OUTCOME)


_OUTCOME = (
    *("title", "probability", "low", "high", "weights_low", "weights_high", "median_date", "p10_date", "p90_date"),
    *("standard_error", "variance_weights", "built_in"),
)


def _outcome(outcome: OutcomeForecast) -> dict[str, Any]:
    dates = outcome.first_date
    known = {"median_date": dates.p50, "p10_date": dates.p10, "p90_date": dates.p90}
    return {key: known[key] if key in known else getattr(outcome, key) for key in _OUTCOME}


def quantities(forecast: Forecast, titles: Mapping[str, str]) -> pd.DataFrame:
    """Quantities, a row each."""
    keys = ("mean", "standard_error", "sd", "share")
    rows = {
        name: {"title": titles.get(name, name), **{key: getattr(q, key) for key in keys}, **percent(q.quantiles)}
        for name, q in forecast.quantities.items()
    }
    return frame(rows, ("title", *keys))


def events(forecast: Forecast) -> pd.DataFrame:
    """Counts of events in the window, a row for each type."""
    rows = {name: {"mean_count": e.mean_count, **percent(e.quantiles)} for name, e in forecast.events.items()}
    return frame(rows, ("mean_count",))


def calendar(forecast: Forecast) -> pd.DataFrame:
    """Entries of the calendar, a row each, with a column for each cause that moved one."""
    rows = {
        name: {
            "stated": entry.stated,
            "simulated": entry.probability,
            **{f"moved_by.{cause}": by for cause, by in entry.moved_by.items()},
        }
        for name, entry in forecast.calendar.items()
    }
    return frame(rows, ("stated", "simulated"))


def percent(quantiles: Mapping[str, Any]) -> dict[str, Any]:
    """Quantiles by their per cent: ``2.5`` for ``0.025``."""
    return {f"{100 * float(key):g}": value for key, value in quantiles.items()}


def daily(dates: Sequence[date], series: SeriesForecast | IndexForecast) -> pd.DataFrame:
    """A day a row: mean and quantiles, and the probability of each grade of an index."""
    grades = {f"grade.{name}": values for name, values in getattr(series, "grades", {}).items()}
    return by_date(dates, {"mean": series.mean, **percent(series.quantiles), **grades})


def by_date(dates: Sequence[date], columns: Mapping[str, Sequence[float]]) -> pd.DataFrame:
    """A day a row."""
    pd = _pandas()
    data = {key: list(values) for key, values in columns.items()}
    return pd.DataFrame(data, index=pd.DatetimeIndex(list(dates), name="date"))


def paths(forecast: Forecast, found: Paths) -> pd.DataFrame:
    """A path a row, the columns of ``paths.parquet``."""
    from relsim.result.paths import NEVER

    pd = _pandas()
    columns: dict[str, Any] = {"draw": found.draw}
    before = np.datetime64(forecast.start, "D") - 1
    for i, name in enumerate(forecast.outcomes):
        days = found.days[:, i]
        true = days != NEVER
        columns[f"outcome.{name}"] = true
        dates = np.where(true, before + np.where(true, days, 0), np.datetime64("NaT", "D"))
        columns[f"date.{name}"] = dates.astype("datetime64[s]")
    for i, name in enumerate(forecast.quantities):
        columns[f"quantity.{name}"] = found.values[:, i]
    for i, name in enumerate(forecast.events):
        columns[f"count.{name}"] = found.counts[:, i]
    return pd.DataFrame(columns, index=pd.RangeIndex(len(found.draw), name="path"))


def parameters(loaded: LoadedScenario, names: Iterable[str]) -> pd.DataFrame:
    """Uncertain numbers of a document, a row each: median and 90 % range in the unit they are written in.

    Parameters
    ----------
    names : those wanted, by their paths
    """
    from relsim.compose.number_rows import number_rows
    from relsim.quantity import described

    wanted = set(names)
    rows = {}
    for row in number_rows(loaded):
        if row.path in wanted:
            d = described(row.quantity)
            rows[row.path] = {
                "label": row.label,
                "median": d.value,
                "low": d.low,
                "high": d.high,
                "unit": d.unit,
                "kind": row.kind,
                "source": row.quantity.source,
                "note": row.quantity.note,
                "set_by": row.where,
            }
    return frame(rows, ("label", "median", "low", "high", "unit", "kind", "source", "note", "set_by"))


def contrasts(found: Mapping[str, Contrast], section: str) -> pd.DataFrame:
    """Differences of outcomes or quantities, a row for each name in each scenario.

    Parameters
    ----------
    section : ``outcomes`` or ``quantities``
    """
    pd = _pandas()
    rows = [
        {"name": name, "scenario": other, **_flat(contrast)}
        for other, of in found.items()
        for name, contrast in getattr(of, section).items()
    ]
    columns = ["name", "scenario", "title", "baseline", "other", "difference", "low", "high", "verdict"]
    wanted = list(dict.fromkeys([*columns, *(key for row in rows for key in row)]))
    return pd.DataFrame(rows, columns=wanted).set_index("name")


def _flat(contrast: Any) -> dict[str, Any]:
    """A contrast with its difference's fields beside its own."""
    out: dict[str, Any] = {}
    for field in fields(contrast):
        value = getattr(contrast, field.name)
        out |= _difference(value) if is_dataclass(value) and field.name == "difference" else {field.name: value}
    return out


def _difference(found: Any) -> dict[str, Any]:
    difference: Difference = found
    keys = ("standard_error", "low", "high", "verdict", "paths_needed")
    return {"difference": difference.value, **{key: getattr(difference, key) for key in keys}}
