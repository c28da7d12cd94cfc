"""Past accuracy, as a page states it. Floor 6."""

from __future__ import annotations

from dataclasses import dataclass

from relsim.ledger import Standing


@dataclass(frozen=True)
class PastAccuracy:
    """How good the forecasts of a ledger were.

    Attributes
    ----------
    file : the ledger's name
    n : questions resolved
    brier : their mean Brier score
    compared : how many of them have a base rate
    compared_brier, reference : mean Brier score on these, and the base rates'; None where there are none
    """

    file: str
    n: int
    brier: float
    compared: int
    compared_brier: float | None
    reference: float | None


def past_accuracy(file: str, state: Standing) -> PastAccuracy | None:
    """The record as it stands; None where nothing has resolved."""
    total = state.total
    if total is None:
        return None
    base = total.base_rate
    return PastAccuracy(
        file,
        total.n,
        total.brier.mean,
        base.n if base else 0,
        base.brier if base else None,
        base.reference if base else None,
    )
