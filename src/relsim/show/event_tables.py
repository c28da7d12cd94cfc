"""Event data: what a table holds, what is odd about it, what an import kept. Floor 6."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from relsim.ingest.doctor import SourceCheckup
from relsim.result.imported import Finding, ImportReport
from relsim.result.record import EventRecord, EventSeries, Period
from relsim.show.values import (
    NONE,
    Block,
    Cell,
    Column,
    Items,
    Prose,
    Shown,
    Table,
    count_or_none,
    counted,
    number,
    table,
    whole,
    written,
)

_EVENTS = 40
"""Rows of the printed table of events; counts.csv has all."""
_WAYS = 4
_WORST = 3
"""Findings of an import, the worst."""
_SHOWN = 12
"""Codes, actors, days and pairs printed of an import; the report of --json has more."""
_MARK = {"error": "!!", "warning": "! ", "note": "  "}


def record_blocks(record: EventRecord) -> list[Block]:
    """What ``relsim events`` prints."""
    days = sum(period.days for period in record.periods)
    first, last = record.periods[0].first, record.periods[-1].last
    outside = f"; {record.outside_coverage:,} events of other days are left out" if record.outside_coverage else ""
    head = Prose(f"{record.events:,} events, {first} to {last}: {days:,} days covered{outside}")
    return [head, _periods(record), _events(record, days), _gaps(record)]


def _periods(record: EventRecord) -> Table:
    """Counts and mean values of each direction by period."""
    ways = record.directions[:_WAYS]
    valued = [record.values[way.direction] for way in ways if way.direction in record.values]
    columns = [
        Column(record.by),
        *map(number, ("days", "missing", *(way.direction for way in ways))),
        *(number(f"value {way.direction}") for way in ways if way.direction in record.values),
    ]
    rows: list[tuple[Cell, ...]] = [
        (
            _period(record, period),
            whole(period.days),
            count_or_none(period.missing or None),
            *(count_or_none(way.counts[i]) for way in ways),
            *(written(values[i], "+.1f") for values in valued),
        )
        for i, period in enumerate(record.periods)
    ]
    return table(record.by, columns, rows)


def _period(record: EventRecord, period: Period) -> str:
    return f"{period.first:%Y-%m}" if record.by == "month" else str(period.first)


def _events(record: EventRecord, days: int) -> Table:
    """Each event in each direction: total, a month on average, the highest period."""
    columns = [
        Column("Event"),
        Column("direction"),
        *map(number, ("total", "a month", "most")),
        Column("in", "date"),
        number("value"),
    ]
    chosen = sorted(record.series, key=lambda series: -series.total)[:_EVENTS]
    rows = [
        (
            str(series.event),
            series.direction,
            whole(series.total),
            written(30.44 * series.total / max(1, days), ".1f"),
            *_most(record, series),
            written(record.mean_value.get(str(series.event)), "+.1f"),
        )
        for series in record.series
        if series in chosen
    ]
    more = len(record.series) - len(chosen)
    return table("Event", columns, rows, [f"and {more} more (counts.csv)" * (more > 0)])


def _most(record: EventRecord, series: EventSeries) -> tuple[Cell, Cell]:
    i = max(range(len(series.counts)), key=lambda k: series.counts[k] or 0)
    return whole(series.counts[i] or 0), _period(record, record.periods[i])


def _gaps(record: EventRecord) -> Block:
    if not record.gaps:
        found = "" if record.coverage_declared else " found; the table itself does not say which days it covers"
        return Prose(f"No gap{found}")
    silences = " (silences that chance hardly explains; the table itself says nothing)"
    gaps = (f"{a} to {b}: {(b - a).days + 1} days" if a != b else f"{a}: 1 day" for a, b in record.gaps)
    return Items(f"GAPS{'' if record.coverage_declared else silences}", tuple(gaps))


def checkup_blocks(checkup: SourceCheckup) -> list[Block]:
    """What ``relsim doctor`` prints of one table or source."""
    covered = checkup.covered
    days = (covered.last - covered.first).days + 1
    head = (
        f"{checkup.name}: {checkup.form}, {checkup.rows:,} rows\n"
        f"{covered.first} to {covered.last}: {days:,} days, {len(covered.missing):,} of them missing"
    )
    if not checkup.findings:
        return [Prose(f"{head}\nNothing odd was found.")]
    return [Prose(head), _findings("", checkup.findings)]


def _findings(title: str, findings: Sequence[Finding]) -> Items:
    """A line each, marked by how bad it is."""
    texts = tuple(f"{finding.about}: {finding.text}" for finding in findings)
    return Items(title, texts, tuple(_MARK[finding.severity] for finding in findings))


def import_blocks(report: ImportReport, out: Path, named: bool) -> Iterator[Block]:
    """What ``relsim import`` prints: where every row went.

    Parameters
    ----------
    named : whether codes became a scenario's events
    """
    yield Prose(f"{' and '.join(report.form)}: {report.rows:,} rows in {counted(len(report.files), 'file')}")
    rows = [("kept", whole(report.kept))]
    rows += [(f"dropped: {reason}", whole(n)) for reason, n in report.dropped.items()]
    yield table("Rows", [Column("rows"), number("")], [*rows, ("read", whole(report.rows))])
    if report.unreadable:
        yield Items("UNREADABLE", tuple(f"{u.file}: {u.message}" for u in report.unreadable))
    if report.repaired_lines:
        yield Prose(_repaired(report))
    if report.restored_codes:
        given = ", ".join(f"{code} → {whole}" for code, whole in sorted(report.restored_codes.items())[:_SHOWN])
        yield Prose(f"CODES HAD LOST THEIR LEADING ZERO, as numbers do; given back: {given}")
    if named:
        columns = [Column("event"), Column("by"), Column("toward"), *map(number, ("rows", "kept", "events"))]
        counts = [
            (c.event, c.by or "both", c.toward or "", whole(c.rows), whole(c.kept), whole(c.events))
            for c in report.counts
        ]
        yield table("Event", columns, counts)
    strange = [c for c in report.codes if (c.event is None if named else not c.known)]
    if strange:
        title = "Code of no event" if named else "Unknown code"
        yield _first(title, "meaning", [(c.code, whole(c.rows), c.meaning) for c in strange])
    if report.unknown_actors:
        actors = [(a.actor or NONE, whole(a.rows), a.country or NONE) for a in report.unknown_actors]
        yield _first("Actor without country", "written", actors)
    if report.pairs:
        yield _pairs(report)
    yield Prose("\n".join(_coverage(report)), "HISTORY, as the table itself says it")
    if odd := [finding for finding in report.findings if finding.severity != "note"][:_WORST]:
        yield _findings("ODD (more with relsim doctor)", odd)
    tables = sum(bool(pair.kept) for pair in report.pairs)
    what = f"{report.events:,} events of {tables:,} pairs" if report.pairs else f"{report.events:,} events"
    yield Prose(f"{what} written to {out}")


def _first(title: str, last: str, rows: Sequence[tuple[str, Shown, str]]) -> Table:
    more = len(rows) - _SHOWN
    note = f"and {more} more (--json)" * (more > 0)
    return table(title, [Column("code"), number("rows"), Column(last)], rows[:_SHOWN], [note])


def _pairs(report: ImportReport) -> Table:
    most = sorted(report.pairs, key=lambda pair: (-pair.rows, pair.pair))
    more = len(most) - _SHOWN
    rows: list[tuple[Cell, ...]] = [
        (pair.pair, *map(whole, (pair.rows, pair.kept, pair.events))) for pair in most[:_SHOWN]
    ]
    columns = [Column("pair"), *map(number, ("rows", "kept", "events"))]
    return table("Pair", columns, rows, [f"and {more:,} more (index.json)" * (more > 0)])


def _repaired(report: ImportReport) -> str:
    at = report.first_repaired
    first = f"the first is line {at.line} of {at.file}" if at else ""
    return (
        f"{report.repaired_lines:,} lines had bytes that are no UTF-8, each read as �; {first}. "
        "If the file is in Latin-1 or Windows-1252: --encoding latin-1, --encoding cp1252"
    )


def _coverage(report: ImportReport) -> Iterator[str]:
    """Coverage as a history states it."""
    yield f"covers: {{from: {report.covers.from_}, to: {report.covers.to}}}"
    yield f"missing: [{_days(report.missing)}]"
    if report.coverage_inferred:
        yield "The source holds these parties only: missing are silences that chance hardly explains."
    if report.thin:
        thin = ", ".join(f"{day.date} ({day.rows:,} of some {day.usual:,})" for day in report.thin[:_SHOWN])
        yield f"Missing though the source has rows, far fewer than usual: {thin}"
    if report.outside_coverage:
        yield f"{report.outside_coverage:,} events of days before or after: reported late, and no evidence"
    if report.types:
        yield f"types: [{', '.join(report.types)}]"
    if report.types_not_covered:
        yield (
            f"Not covered, as no row has a code of theirs: {', '.join(report.types_not_covered)} (--covers-all, if the "
            "source would have reported them)"
        )
    if report.empty_days:
        yield f"Taken for quiet, though the source has no row at all: {_days(report.empty_days)}"


def _days(days: Sequence[date]) -> str:
    """Dates, of many the first ones and how many more."""
    shown = ", ".join(map(str, days[:_SHOWN]))
    return f"{shown}, and {len(days) - _SHOWN} more" if len(days) > _SHOWN else shown
