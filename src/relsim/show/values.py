"""What is shown, before it is drawn: tables of typed cells, paragraphs and lists. Floor 6; standard library only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

NONE = "-"
"""What stands in a cell that has no value."""
Kind = Literal["text", "number", "share", "date"]


@dataclass(frozen=True)
class Shown:
    """A number, a share or a day, and how it is read.

    Attributes
    ----------
    value : a share lies between 0 and 1; None where there is none
    """

    value: float | date | None
    text: str


@dataclass(frozen=True)
class Between:
    """A range, and how it is read."""

    low: float | None
    high: float | None
    text: str


Cell = str | Shown | Between


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    kind : ``text`` stands to the left and may be broken, all else to the right and in one piece
    unit : of its numbers, where the title does not say it
    ranges : whether cells are ranges: where numbers are numbers, a column for either end
    strong : whether a reader looks here first
    """

    title: str
    kind: Kind = "text"
    unit: str = ""
    ranges: bool = False
    strong: bool = False

    @property
    def right(self) -> bool:
        """Whether cells stand to the right."""
        return self.kind != "text"


@dataclass(frozen=True)
class Table:
    """Rows of typed cells; the first column names the rows.

    Attributes
    ----------
    lead, notes : sentences above and below it
    headed : whether the columns' titles are drawn where columns are
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    lead: str = ""
    headed: bool = True

    def without_empty(self) -> Table:
        """The table without columns in which nothing stands."""
        kept = [i for i in range(len(self.columns)) if i == 0 or any(text_of(row[i]) for row in self.rows)]
        return replace(
            self,
            columns=tuple(self.columns[i] for i in kept),
            rows=tuple(tuple(row[i] for i in kept) for row in self.rows),
        )


@dataclass(frozen=True)
class Prose:
    """A paragraph, under its title where it has one; line ends are kept."""

    text: str
    title: str = ""


@dataclass(frozen=True)
class Heading:
    """What the blocks up to the next heading are about."""

    text: str


@dataclass(frozen=True)
class Items:
    """A list; its title may be empty.

    Attributes
    ----------
    marks : what stands before each item, a dash unless given
    """

    title: str
    items: tuple[str, ...]
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verbatim:
    """Lines to be copied into a file; they are never broken."""

    text: str


Block = Table | Prose | Heading | Items | Verbatim


def table(
    title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], notes: Iterable[str] = (), lead: str = ""
) -> Table:
    """A table of any sequences; empty notes are left out."""
    return Table(title, tuple(columns), tuple(map(tuple, rows)), tuple(filter(None, notes)), lead)


def number(title: str, unit: str = "", *, ranges: bool = False) -> Column:
    """A column of numbers."""
    return Column(title, "number", unit, ranges)


def share(title: str, *, ranges: bool = False, strong: bool = False) -> Column:
    """A column of probabilities or shares."""
    return Column(title, "share", "", ranges, strong)


def day(title: str) -> Column:
    """A column of days."""
    return Column(title, "date")


def text_of(cell: Cell) -> str:
    """How a cell is read."""
    return cell if isinstance(cell, str) else cell.text


def counted(number: int, noun: str) -> str:
    """A number of things: ``1 path``, ``2,000 paths``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def whole(count: int) -> Shown:
    """A count: ``2,000``."""
    return Shown(count, f"{count:,}")


def count_or_none(count: int | None) -> Shown:
    """A count, or that there is none."""
    return Shown(None, NONE) if count is None else whole(count)


def on(date: date | None) -> Shown:
    """A day: ``2019-06-28``."""
    return Shown(date, NONE if date is None else date.isoformat())


def written(value: float | None, form: str) -> Shown:
    """A number in a form of ``format``, with a true minus; of a value between 0 and 1 ``.0%`` makes ``12 %``."""
    if value is None:
        return Shown(None, NONE)
    text = format(value, form).replace("%", " %").replace("-", "−")
    zero = not text.strip("−+0., %")
    return Shown(value, text.lstrip("−") if zero else text)
