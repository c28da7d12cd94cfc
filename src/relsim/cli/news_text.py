"""Which news moved it, as text for the terminal. Floor 7; imports ``result``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from relsim.cli.columns import aligned, counted
from relsim.result.comparison import CLEAR, SAME, Contrast, Difference, NewsPiece, OutcomeContrast
from relsim.result.differences import POINTS, decimals, signed

_NAME = 22
Said = Callable[[Difference, float], str]


def news_table(contrast: Contrast, said: Said) -> str:
    """What each piece of the record did to the outcomes that moved clearly, the largest first.

    Parameters
    ----------
    said : a difference, times a scale, in words
    """
    moved = {name: o for name, o in contrast.outcomes.items() if o.difference.verdict == CLEAR}
    rows = [("WHICH NEWS MOVED IT", "difference, 95 % interval")]
    for name, outcome in moved.items():
        rows += _outcome(name, outcome, contrast.news, said)
    if not moved:
        rows.append(("No outcome moved clearly.", ""))
    return aligned(rows, name=_NAME)


def _outcome(name: str, outcome: OutcomeContrast, pieces: Sequence[NewsPiece], said: Said) -> list[tuple[str, str]]:
    """The whole difference, the pieces that moved it clearly, and the others together."""
    did = sorted(
        ((piece.sentence, piece.outcomes[name].difference) for piece in pieces), key=lambda item: -_size(item[1])
    )
    clear = [item for item in did if item[1].verdict == CLEAR]
    others = [item for item in did if item[1].verdict != CLEAR]
    if len(others) == 1:
        clear, others = [*clear, *others], []
    rows = [(outcome.title, said(outcome.difference, POINTS))]
    rows += [(f"  {text}", said(difference, POINTS)) for text, difference in clear]
    if others:
        rows.append((f"  the other {counted(len(others), 'piece')}", _together(outcome, [d for _, d in others])))
    return rows


def _together(outcome: OutcomeContrast, differences: Sequence[Difference]) -> str:
    if all(difference.verdict == SAME for difference in differences):
        return "same"
    total = sum(difference.value or 0.0 for difference in differences)
    return signed(POINTS * total, max(1, decimals(outcome.difference, POINTS)))


def _size(difference: Difference) -> float:
    return abs(difference.value or 0.0)
