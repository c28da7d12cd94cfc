"""Differences in digits, as precise as their intervals allow. Floor 2."""

from __future__ import annotations

import math

from relsim.result.comparison import SURE, Difference
from relsim.result.rounding import rounded

POINTS = 100.0
"""Scale of a difference of probabilities: percentage points."""
_MOST_DECIMALS = 6
_MOST_DIGITS = 4
_MOST_MOVED = 0.1
_UNSURE_DECIMALS = 2
"""Decimals of a difference without an interval that would else read zero."""


def number(value: float, digits: int) -> str:
    """A number with a true minus, none before zero."""
    return f"{round(value, digits) + 0.0:,.{digits}f}".replace("-", "−")


def signed(value: float, digits: int) -> str:
    """A number with its sign, a true minus; zero has none."""
    text = f"{value:+,.{digits}f}".replace("-", "−")
    return text.lstrip("+−") if _is_zero(value, digits) else text


def decimals(difference: Difference, scale: float = 1.0) -> int:
    """Decimals of a difference: whole numbers for intervals of ±0.5 and wider, one more for each tenth of that.

    More where rounding would move a clear difference by more than a tenth of itself.
    """
    if not difference.value and not difference.standard_error:
        return 0
    half = _half(difference, scale)
    digits = 0 if half is None else min(_digits(2 * half), _telling(difference, scale))
    if difference.verdict in SURE and difference.value is not None:
        value = scale * difference.value
        while digits < _MOST_DECIMALS and abs(round(value, digits) - value) > _MOST_MOVED * abs(value):
            digits += 1
    return digits


def value_text(difference: Difference, scale: float = 1.0, digits: int | None = None) -> str:
    """The difference, times ``scale``: ``−7``; ``-`` where it cannot be said.

    As precise as its interval's bounds where it would else read zero.
    """
    if difference.value is None:
        return "-"
    if digits is None:
        half = _half(difference, scale)
        digits = decimals(difference, scale)
        if _is_zero(scale * difference.value, digits):
            digits = max(digits, _UNSURE_DECIMALS if half is None else _digits(half))
    return signed(scale * difference.value, digits)


def range_text(difference: Difference, scale: float = 1.0, least: int = 0) -> str:
    """Its interval, with as many decimals as show that it has a width: ``−7.6 to −6.4``; ``-`` without one.

    More where a bound of a clear difference would read zero; ``least`` at the least.
    """
    half = _half(difference, scale)
    if half is None or difference.low is None or difference.high is None:
        return "-"
    digits = max(least, min(_digits(half), _telling(difference, scale)))
    low, high = scale * difference.low, scale * difference.high
    while difference.verdict in SURE and digits < _MOST_DECIMALS and _is_zero(min(low, high, key=abs), digits):
        digits += 1
    return f"{signed(low, digits)} to {signed(high, digits)}"


def percent(probability: float, digits: int) -> str:
    """A probability beside a difference of so many decimals; a bound where it would read 0 or 100 % and is not."""
    if probability in (0, 1) or not digits:
        return rounded(probability)
    step = 10.0**-digits
    if 100 * probability < step / 2:
        return f"<{step:.{digits}f} %"
    return f">{100 - step:.{digits}f} %" if 100 * probability > 100 - step / 2 else f"{100 * probability:.{digits}f} %"


def _telling(difference: Difference, scale: float) -> int:
    """Decimals beyond which nobody reads a difference, however sure it is: of four digits."""
    value = abs(scale * (difference.value or 0.0))
    if value == 0:
        return _MOST_DECIMALS
    return min(_MOST_DECIMALS, max(0, _MOST_DIGITS - 1 - math.floor(math.log10(value))))


def _half(difference: Difference, scale: float) -> float | None:
    if difference.low is None or difference.high is None:
        return None
    return 0.5 * scale * (difference.high - difference.low)


def _digits(width: float) -> int:
    """Decimals at which a width shows."""
    return 0 if width <= 0 else min(_MOST_DECIMALS, max(0, math.ceil(-math.log10(width) - 1e-9)))


def _is_zero(value: float, digits: int) -> bool:
    return round(abs(value), digits) == 0
