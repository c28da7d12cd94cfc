"""``relsim events``: the record that an event table holds. Floor 8."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relsim.cli.progress import waiting
from relsim.cli.terminal import print_blocks
from relsim.errors import DataError, InputError
from relsim.files import Writing

if TYPE_CHECKING:
    from relsim.result.record import EventRecord


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
    from relsim.ingest.event_table import read_events
    from relsim.ingest.monthly import record_of
    from relsim.result.json_text import dump, plain
    from relsim.show.event_tables import record_blocks

    with waiting(f"Reading {table}"):
        read = read_events(table)
    if not len(read):
        raise DataError(f"{table}: the table holds no event")
    group = {code: root(read.scheme, code) for code in read.events} if read.scheme is not None else None
    record = record_of(read, by, group)
    folder = out or Path(f"{table.stem}-events")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: is a file; a folder was expected")
    if as_json:
        click.echo(dump(plain(record)))
    else:
        print_blocks(*record_blocks(record))
    with Writing(folder) as writing:
        made = writing.into(folder)
        _write_counts(made / "counts.csv", record_of(read, by))
        if not no_figures:
            with waiting("Drawing the figure"):
                from relsim.plots.record import save_record

                save_record(record, made / "events.png", f"The record of {table.name}")
    if not as_json:
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
