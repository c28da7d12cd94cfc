"""The numbers of a scenario: table, differences, and how tuning moved them. Floor 6."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from relsim.compose.changes import NumberChange
from relsim.compose.number_rows import NumberRow
from relsim.quantity import described
from relsim.result.tuning import Share, Tuning
from relsim.show.values import (
    NONE,
    Block,
    Cell,
    Column,
    Prose,
    Shown,
    Table,
    counted,
    number,
    share,
    table,
    written,
)


def parameters_table(rows: Sequence[NumberRow], *, folders: bool = True) -> Table:
    """Every number: value, 90 % range, unit, source and note, and who or what set it.

    Parameters
    ----------
    folders : whether the file that set it is named with its folder
    """
    columns = [
        Column("number"),
        Column("what"),
        *map(number, ("value", "low", "high")),
        *map(Column, ("unit", "kind", "source", "note", "set by")),
    ]
    return table("Parameters", columns, [_cells(row, folders) for row in rows])


def _cells(row: NumberRow, folders: bool) -> list[Cell]:
    d = described(row.quantity)
    source, note = row.quantity.source or "", row.quantity.note or ""
    where = row.where if folders else Path(row.where).name
    return [row.path, row.label, *map(_rounded, (d.value, d.low, d.high)), d.unit, row.kind, source, note, where]


def _rounded(x: float | None) -> Cell:
    return "" if x is None else Shown(float(f"{x:.4g}"), f"{x:.4g}".replace("-", "−"))


def parameters_at_a_glance(rows: Sequence[NumberRow]) -> Table:
    """The same for a terminal: what a reader asks first."""
    columns = [Column("number"), Column("median (90 %)"), Column("kind"), Column("set by"), Column("source")]
    cells = [(r.path, str(described(r.quantity)), r.kind, r.where, r.quantity.source or NONE) for r in rows]
    return table("Number", columns, cells)


def changes_table(found: Sequence[NumberChange]) -> Table:
    """Numbers that differ, in standard deviations of the old doubt."""
    columns = [Column("number"), Column("old"), Column("new"), number("by"), Column("set by")]
    return table("Number", columns, map(_change, found))


def _change(c: NumberChange) -> list[Cell]:
    by: Cell = c.what if c.what != "changed" else _deviations(c.by)
    row = c.new or c.old
    return [c.path, *c.said, by, row.where if row is not None else ""]


def _deviations(by: float | None) -> Shown:
    return Shown(by, NONE if by is None else f"{written(by, '+.2f').text} sd")


def tuning_blocks(report: Tuning) -> Iterator[Block]:
    """What ``relsim tune`` prints: targets before and after, and the numbers that were moved."""
    targets = [
        (r.target, written(r.before.value, ".1%"), _probability(r.after), "met" if r.met else "not met")
        for r in report.targets.values()
    ]
    reasons = [f"{r.target}: {r.reason}." for r in report.targets.values() if r.reason]
    columns = [Column("target"), share("before"), share("after (95 %)"), Column("")]
    yield table("Target", columns, targets, reasons)
    if report.moves:
        moves = [(m.path, _deviations(m.shift_sd), m.old, m.new) for m in report.moves]
        total = (
            f"{len(report.moves)} of {counted(report.movable, 'number')} that may move, {report.distance:.2f} standard "
            "deviations in all. Median and 90 % range."
        )
        yield table("Moved", [Column("number"), number("by"), Column("from"), Column("to")], moves, [total])
    else:
        yield Prose("No number was moved.")
    if any("±" not in r.target and "=" in r.target for r in report.targets.values()):
        yield Prose(f"A target without ± is meant to ±{report.standard:g} in log-odds.")


def _probability(share: Share) -> Shown:
    return Shown(share.value, f"{100 * share.value:.1f} % ({100 * share.low:.1f} to {100 * share.high:.1f})")
