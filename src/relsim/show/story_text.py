"""Paths told, day by day. Floor 6; imports ``result``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from relsim.result.rounding import say
from relsim.result.stories import Stories, Story, StoryLine
from relsim.show.forecast_tables import titled
from relsim.show.values import Block, Cell, Column, Heading, Prose, Shown, Table, counted, table


def story_blocks(stories: Stories) -> Iterator[Block]:
    """What ``relsim story`` prints."""
    yield Prose("\n".join([*_share(stories), *stories.notes]), titled(stories.scenario, stories.variant))
    year = stories.dates[0].year != stories.dates[-1].year
    for kind, told in (("TYPICAL", stories.typical), ("NEAR MISS", stories.near_misses), ("PATH", stories.chosen)):
        for i, one in enumerate(told):
            place = f"{kind} {one.path:,}" if kind == "PATH" else f"{kind} {i + 1} of {len(told)}: path {one.path:,}"
            yield Heading(place)
            told_of = [one.summary, f"Missing: {one.missing}." if one.missing else ""]
            if any(told_of):
                yield Prose(" ".join(filter(None, told_of)))
            yield _lines(one, year)
    if any(line.marked for one in stories.stories for line in one.lines):
        yield Prose("* turning point: the outcome's chance moved most")


def _share(stories: Stories) -> Iterator[str]:
    if stories.title is not None and stories.count_true is not None:
        share = f", {100 * stories.count_true / stories.paths:.3g} %" if stories.count_true else ""
        yield f"“{stories.title}” came true on {stories.count_true:,} of {counted(stories.paths, 'path')}{share}."
    elif stories.title is not None:
        yield f"“{stories.title}”"


def _lines(told: Story, year: bool) -> Table:
    """A row for each thing that happened, turning points marked."""
    rows: list[tuple[Cell, ...]] = [
        (Shown(line.on, f"{'* ' * line.marked}{_stretch(line, year)}"), line.text) for line in told.lines
    ]
    return replace(table("", [Column("day", "date"), Column("what")], rows), headed=False)


def _stretch(line: StoryLine, year: bool) -> str:
    """``14 Jun``, ``1 Jul – 30 Sep``; with the year where it is not the same throughout."""
    days = [line.on] if line.until is None else [line.on, line.until]
    return " – ".join(say(day, year=year) for day in days)
