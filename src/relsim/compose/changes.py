"""Which numbers differ between two documents, and by how much of the old doubt. Floor 3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from relsim.compose.number_rows import NumberRow
from relsim.quantity import described


@dataclass(frozen=True)
class NumberChange:
    """One number that differs; ``old`` or ``new`` is None where there is none.

    Attributes
    ----------
    by : from the old median to the new, in standard deviations of the old doubt; None where there was no doubt
    """

    path: str
    old: NumberRow | None
    new: NumberRow | None
    by: float | None

    @property
    def what(self) -> str:
        """``added``, ``gone`` or ``changed``."""
        return "added" if self.old is None else "gone" if self.new is None else "changed"

    @property
    def said(self) -> tuple[str, str]:
        """Old and new as a reader would say them; a dash for none."""
        return tuple("-" if row is None else str(described(row.quantity)) for row in (self.old, self.new))  # type: ignore[return-value]


def changes(old: Sequence[NumberRow], new: Sequence[NumberRow]) -> list[NumberChange]:
    """Numbers that differ in their family or its parameters, the most changed first, then those added and gone."""
    before, after = {row.path: row for row in old}, {row.path: row for row in new}
    out = []
    for path in dict.fromkeys([*before, *after]):
        a, b = before.get(path), after.get(path)
        if a and b and (a.quantity.family, a.quantity.parameters) == (b.quantity.family, b.quantity.parameters):
            continue
        by = a.quantity.standing(b.quantity.central()) if a and b and not a.quantity.certain else None
        out.append(NumberChange(path, a, b, by))
    order = ("changed", "added", "gone")
    return sorted(out, key=lambda c: (order.index(c.what), -abs(c.by or 0)))
