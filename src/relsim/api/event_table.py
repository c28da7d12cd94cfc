"""Observed events, with the days that a source covers: ``EventTable``. Floor 7."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from relsim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from relsim.result.imported import ImportReport

Names = str | Sequence[str]
"""Names with commas between, or a sequence of them."""


@dataclass(frozen=True, eq=False, repr=False)
class EventTable:
    """Observed events, day by day, with the days that the source covers; made by ``import_events``, or of a file.

    Parameters
    ----------
    path : path
        An event table, CSV or Parquet: ``date, event, by, toward[, issue, count]``.

    Attributes
    ----------
    report
        What became of every row, of a table that was imported; else None.

    Examples
    --------
    >>> table = relsim.EventTable("docs/examples/fit.csv")
    >>> table
    <EventTable fit.csv: 3 kinds of events, 2016-01-01 to 2018-12-31>
    """

    path: str | os.PathLike[str]
    report: ImportReport | None = None

    @property
    def counts(self) -> pd.DataFrame:
        """Events by month.

        Returns
        -------
        pandas.DataFrame
            Index ``name``, the event; a row for each month and direction: ``by``, ``toward``; ``from`` and ``to``, the
            days of the month within the table's reach; ``days``, those covered, and ``missing``, those on which the
            source was silent; ``count``, NaN where no day is covered.
        """
        from relsim.api.frames import listed
        from relsim.ingest.event_table import read_events
        from relsim.ingest.monthly import record_of

        record = record_of(read_events(Path(self.path)), "month")
        return listed(
            {
                "name": series.event,
                "by": series.by,
                "toward": series.toward,
                "from": period.first,
                "to": period.last,
                "days": period.days,
                "missing": period.missing,
                "count": count,
            }
            for series in record.series
            for period, count in zip(record.periods, series.counts)
        )

    def save(self, file: str | os.PathLike[str], *, force: bool = False) -> Path:
        """Write the table, in the form that it has.

        Parameters
        ----------
        file : path
            Where it is written: ``.parquet`` for an imported table.
        force : bool
            Whether a file that is there is replaced.

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        relsim.InputError
            If the file exists, or its name ends otherwise than the table's.
        """
        from relsim.files import Writing
        from relsim.ingest.coverage import beside

        own, target = Path(self.path), Path(file)
        if target.suffix != own.suffix:
            raise InputError(f"{target}: found '{target.suffix}'; this table is written as {own.suffix}")
        if target.exists() and not force:
            raise InputError(f"{target}: exists already; force replaces it")
        with Writing(target) as writing:
            shutil.copyfile(own, writing.file(target))
            if beside(own).is_file():
                shutil.copyfile(beside(own), writing.file(beside(target)))
        return target

    def __repr__(self) -> str:
        from relsim.ingest.event_table import read_events

        table = read_events(Path(self.path))
        covered = table.coverage
        days = f", {covered.first} to {covered.last}" if covered is not None else ""
        return f"<EventTable {Path(self.path).name}: {len(table.events)} kinds of events{days}>"


def place_of_table(table: EventTable | str | os.PathLike[str]) -> Path:
    """Where a table stands."""
    return Path(table.path if isinstance(table, EventTable) else table)


def day_of(day: date | str | None) -> date | None:
    """A date, or its text, as a date.

    Raises
    ------
    InputError
    """
    if isinstance(day, datetime):
        return day.date()
    if day is None or isinstance(day, date):
        return day
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise InputError(f"'{day}' is no date such as 2019-05-15") from None


def days_of(days: Iterable[date | str]) -> list[date]:
    """Dates, or their texts, as dates."""
    return [found for day in days if (found := day_of(day)) is not None]


def names_of(names: Names) -> list[str]:
    """Names as a list."""
    return [name.strip() for name in (names.split(",") if isinstance(names, str) else names) if name.strip()]
