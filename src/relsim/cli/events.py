"""``relsim events``: the record that an event table holds. Floor 8."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relsim.cli.check import columns_of
from relsim.errors import DataError, InputError
from relsim.files import Writing

if TYPE_CHECKING:
    from relsim.result.record import EventRecord, EventSeries

_SHOWN = 40
"""Rows of the printed table of events; counts.csv has all."""


@click.command(
    epilog="Example:\n\n\b\n"
    "  relsim import docs/examples/icews.tab --as icews --parties us,ru --out us_ru.parquet\n"
    "  relsim events us_ru.parquet --by month --out record"
)
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--by", type=click.Choice(["month", "week"]), default="month", help="Length of a period; a month.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of counts.csv and events.png; NAME-events.")
@click.option("--no-figures", is_flag=True, help="Draw no figure.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON instead of tables.")
def events(table: Path, by: str, out: Path | None, no_figures: bool, as_json: bool) -> None:
    """Chart an event table: counts by month and direction, mean value of the acts, days without data.

    Days on which the source was silent count as missing, not as quiet. Codes are grouped by their root in table and
    figure; counts.csv has each by itself. Files of the same name are replaced.
    """
    from relsim.ingest.codes import root
    from relsim.ingest.columns import read_events
    from relsim.ingest.monthly import record_of
    from relsim.result.plain import dump, plain

    read = read_events(table)
    if not len(read):
        raise DataError(f"{table}: the table holds no event")
    group = {code: root(read.scheme, code) for code in read.events} if read.scheme is not None else None
    record = record_of(read, by, group)
    folder = out or Path(f"{table.stem}-events")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: is a file; a folder was expected")
    with Writing(folder) as writing:
        made = writing.into(folder)
        _write_counts(made / "counts.csv", record_of(read, by))
        if not no_figures:
            from relsim.plots.record import save_record

            save_record(record, made / "events.png", f"The record of {table.name}")
    if as_json:
        click.echo(dump(plain(record)))
        return
    click.echo("\n\n".join([_head(record), _periods(record), _events(record), _gaps(record)]))
    click.echo(f"\nWritten to {folder}")


def _write_counts(file: Path, record: EventRecord) -> None:
    """One row for each period, event and direction; the count is empty where no day of the period is covered."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["from", "to", "days", "missing", "event", "by", "toward", "count"])
        for series in record.series:
            for period, count in zip(record.periods, series.counts):
                writer.writerow(
                    [
                        period.first,
                        period.last,
                        period.days,
                        period.missing,
                        series.event,
                        series.by,
                        series.toward,
                        count,
                    ]
                )


def _head(record: EventRecord) -> str:
    days = sum(period.days for period in record.periods)
    first, last = record.periods[0].first, record.periods[-1].last
    outside = f"; {record.outside_coverage:,} events of other days are left out" if record.outside_coverage else ""
    return f"{record.events:,} events, {first} to {last}: {days:,} days covered{outside}"


def _periods(record: EventRecord) -> str:
    """Counts and mean values of each direction by period."""
    ways = record.directions[:4]
    title = (record.by.upper(), "days", "missing", *(w.direction for w in ways))
    title += tuple(f"value {w.direction}" for w in ways if w.direction in record.values)
    rows = [title]
    for i, period in enumerate(record.periods):
        name = f"{period.first:%Y-%m}" if record.by == "month" else str(period.first)
        counts = tuple(_or_none(way.counts[i]) for way in ways)
        values = tuple(_value(record.values[w.direction][i]) for w in ways if w.direction in record.values)
        rows.append((name, str(period.days), str(period.missing or "-"), *counts, *values))
    return columns_of(rows)


def _events(record: EventRecord) -> str:
    """Each event in each direction: total, a month on average, the highest period."""
    days = max(1, sum(period.days for period in record.periods))
    chosen = sorted(record.series, key=lambda s: -s.total)[:_SHOWN]
    rows = [("EVENT", "direction", "total", "a month", "most", "in", "value")]
    for series in (s for s in record.series if s in chosen):
        most, when = _most(record, series)
        worth = _value(record.mean_value.get(str(series.event)))
        month = f"{30.44 * series.total / days:.1f}"
        rows.append((str(series.event), series.direction, f"{series.total:,}", month, most, when, worth))
    more = len(record.series) - len(chosen)
    return columns_of(rows, left=2) + (f"\nand {more} more (counts.csv)" if more > 0 else "")


def _most(record: EventRecord, series: EventSeries) -> tuple[str, str]:
    i = max(range(len(series.counts)), key=lambda k: series.counts[k] or 0)
    first = record.periods[i].first
    return f"{series.counts[i] or 0:,}", f"{first:%Y-%m}" if record.by == "month" else str(first)


def _gaps(record: EventRecord) -> str:
    if not record.gaps:
        return "No gap" + (
            "" if record.coverage_declared else " found; the table itself does not say which days it covers"
        )
    lines = [
        "GAPS"
        if record.coverage_declared
        else "GAPS (silences that chance hardly explains; the table itself says nothing)"
    ]
    lines += [f"{a} to {b}: {(b - a).days + 1} days" if a != b else f"{a}: 1 day" for a, b in record.gaps]
    return "\n".join(lines)


def _or_none(count: int | None) -> str:
    return "-" if count is None else f"{count:,}"


def _value(value: float | None) -> str:
    return "-" if value is None else f"{value:+.1f}".replace("-0.0", "+0.0").replace("-", "−")
