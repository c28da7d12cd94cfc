"""Which pieces of a record are worth telling of an outcome. Floor 2; standard library only."""

from __future__ import annotations

from dataclasses import dataclass

from relsim.result.comparison import CLEAR, SAME, Contrast, Difference, NewsPiece, OutcomeContrast

Moves = tuple[tuple[NewsPiece, Difference], ...]


@dataclass(frozen=True)
class Moved:
    """An outcome that moved clearly, and what moved it.

    Attributes
    ----------
    told : pieces that moved it clearly, the largest first, and the last one where only one is left beside them
    others : the other pieces, which are told together
    """

    outcome: OutcomeContrast
    told: Moves
    others: Moves

    @property
    def together(self) -> float | None:
        """What the others did together; None where each left every path the same."""
        if all(difference.verdict == SAME for _, difference in self.others):
            return None
        return sum(difference.value or 0.0 for _, difference in self.others)


def moved_by_news(contrast: Contrast) -> tuple[Moved, ...]:
    """The outcomes that moved clearly, in the file's order."""
    return tuple(
        _moved(contrast, name, outcome)
        for name, outcome in contrast.outcomes.items()
        if outcome.difference.verdict == CLEAR
    )


def _moved(contrast: Contrast, name: str, outcome: OutcomeContrast) -> Moved:
    did = [(piece, piece.outcomes[name].difference) for piece in contrast.news]
    did.sort(key=lambda item: -abs(item[1].value or 0.0))
    told = [item for item in did if item[1].verdict == CLEAR]
    others = [item for item in did if item[1].verdict != CLEAR]
    if len(others) == 1:
        told, others = [*told, *others], []
    return Moved(outcome, tuple(told), tuple(others))
