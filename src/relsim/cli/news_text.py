"""Which news moved it, as text for the terminal. Floor 8; imports ``result``."""

from __future__ import annotations

from collections.abc import Callable

from relsim.cli.columns import aligned, counted
from relsim.result.comparison import Contrast, Difference
from relsim.result.differences import POINTS, decimals, signed
from relsim.result.news import Moved, moved_by_news

_NAME = 22


def news_table(contrast: Contrast, said: Callable[[Difference, float], str]) -> str:
    """What each piece of the record did to the outcomes that moved clearly, the largest first.

    Parameters
    ----------
    said : a difference, times a scale, in words
    """
    rows = [("WHICH NEWS MOVED IT", "difference, 95 % interval")]
    for moved in moved_by_news(contrast):
        rows.append((moved.outcome.title, said(moved.outcome.difference, POINTS)))
        rows += [(f"  {piece.sentence}", said(difference, POINTS)) for piece, difference in moved.told]
        if moved.others:
            rows.append((f"  the other {counted(len(moved.others), 'piece')}", _together(moved)))
    if len(rows) == 1:
        rows.append(("No outcome moved clearly.", ""))
    return aligned(rows, name=_NAME)


def _together(moved: Moved) -> str:
    if moved.together is None:
        return "same"
    return signed(POINTS * moved.together, max(1, decimals(moved.outcome.difference, POINTS)))
