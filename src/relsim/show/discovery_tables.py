"""Boxes of parameters in which an outcome is far more, or far less, likely, as tables. Floor 6; imports ``result``."""

from __future__ import annotations

from collections.abc import Iterator

from relsim.result import rounded
from relsim.result.drivers import DiscoveredBox, Discovery, Restriction
from relsim.show.values import Block, Cell, Column, Prose, Shown, Table, counted, number, share, table, written


def discovery_blocks(found: Discovery) -> Iterator[Block]:
    """What was found of one outcome."""
    none = "" if found.boxes else " No box of parameters explains more of it than chance does."
    text = (
        f"{found.title}: {rounded(found.probability)}. The {found.searched} parameters that tell most on their own "
        f"were searched over {counted(found.draws, 'draw')}.{none}"
    )
    yield Prose(text, "WHERE IT HANGS TOGETHER")
    yield from map(box_table, found.boxes)


def box_table(box: DiscoveredBox) -> Table:
    """A box in words, and each of its restrictions with what it rests on."""
    columns = [Column("Parameter"), Column("as written"), Column("in the box"), share("comes again"), number("quasi-p")]
    what = "with it" if box.direction == "higher" else "without it"
    held_out = "" if box.held_out is None else f" On draws left out it is {rounded(box.held_out)}."
    note = (
        f"It holds {rounded(box.mass)} of all paths and {rounded(box.coverage)} of those {what} (coverage); "
        f"{rounded(box.density)} of its paths are {what} (density).{held_out} It explains {rounded(box.explained)} of "
        f"the variance between draws; p = {box.p_value:.2g}."
    )
    return table("Parameter", columns, map(_row, box.restrictions), [note], box.sentence)


def _row(row: Restriction) -> list[Cell]:
    bounds = [f"> {row.above_text}" * bool(row.above_text), f"< {row.below_text}" * bool(row.below_text)]
    sure = row.quasi_p_value < 0.001
    return [
        row.label,
        row.as_written,
        " and ".join(filter(None, bounds)),
        Shown(row.support, rounded(row.support)),
        Shown(row.quasi_p_value, "<0.001") if sure else written(row.quasi_p_value, ".2g"),
    ]
