"""What a number says: its median and 90 % range in the unit it is written in. Floor 1."""

from __future__ import annotations

from dataclasses import dataclass

from relsim.quantity.family import Kind, Quantity
from relsim.quantity.write import best_unit


@dataclass(frozen=True)
class Described:
    """A number for a reader.

    Attributes
    ----------
    value : the number, or its median
    low, high : 5th and 95th percentile; None where it is in no doubt
    unit : ``per month``, ``days``, or empty
    """

    value: float
    low: float | None
    high: float | None
    unit: str

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        if self.low is None or self.high is None:
            return f"{self.value:.3g}{unit}"
        return f"{self.value:.3g} ({self.low:.3g} to {self.high:.3g}){unit}"


def described(quantity: Quantity) -> Described:
    """Median and 90 % range of a number, truncated to its domain."""
    unit, factor = best_unit(quantity)
    value = quantity.central() / factor
    if quantity.certain:
        return Described(value, None, None, unit)
    low, high = (float(x) / factor for x in quantity.ppf([0.05, 0.95]))
    return Described(value, low, high, unit)


def sign_undetermined(quantity: Quantity) -> bool:
    """Whether the doubt is wider than the effect: the 90 % range holds both signs, or a ratio both sides of 1."""
    if quantity.certain or quantity.kind not in (Kind.REAL, Kind.POSITIVE):
        return False
    neutral = 0.0 if quantity.kind is Kind.REAL else 1.0
    low, high = quantity.ppf([0.05, 0.95])
    slack = 1e-6 * (high - low)  # a range that ends at the neutral number leaves no doubt about the sign
    return bool(low + slack < neutral < high - slack)
