"""Percentages as precise as their doubt allows, and days. Floor 2."""

from __future__ import annotations

import math
from datetime import date

from relsim.result.forecast import OutcomeForecast

_STEPS = ((0.5, 1.0), (0.05, 0.1))
"""Half-width of the interval from which on, and step, in percentage points."""
_FINEST = 0.01
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def rounded(probability: float, low: float | None = None, high: float | None = None) -> str:
    """A probability in percent, no more precise than its interval; the one way in which it is said.

    What came true on every path reads ``100 %``, on none ``0 %``; how sure that is, the interval says. Else the step
    is 1 point for intervals of ±0.5 and wider, ten times finer for each tenth of that. What would round to 0 or 100 is
    ``<1 %`` or ``>99 %``, unless the interval reaches further: then as many digits are given as tell it from them.

    Parameters
    ----------
    probability, low, high : float
        Between 0 and 1; without an interval the step is 1 point.
    """
    value = 100 * probability
    if probability in (0, 1):
        return f"{value:.0f} %"
    if low is None or high is None:
        return "<1 %" if value < 1 else ">99 %" if value > 99 else f"{value:.0f} %"
    half = 50 * (high - low)
    step = next((step for least, step in _STEPS if half >= least), _FINEST)
    if 0 < half < 1 and 1 <= value <= 99:
        step = max(step, 0.1)
    nearest = round(value / step) * step
    if nearest <= 0 or nearest >= 100:
        if 100 * high <= 1 or 100 * low >= 99:
            return "<1 %" if nearest <= 0 else ">99 %"
        while nearest <= 0 or nearest >= 100:
            step /= 10
            nearest = round(value / step) * step
    return f"{nearest:.{max(0, round(-math.log10(step)))}f} %" if step < 1 else f"{nearest:.0f} %"


def said(outcome: OutcomeForecast, digits: int | None = None) -> str:
    """An outcome's percentage: whole where its parameter range is wider than a point, else as precise as both intervals
    allow; with as many decimals as ``digits`` where given.
    """
    if digits is not None:
        return f"{100 * outcome.probability:.{digits}f} %"
    if is_wide(outcome):
        return _whole(outcome.probability)
    lows = [bound for bound in (outcome.low, outcome.weights_low) if bound is not None]
    highs = [bound for bound in (outcome.high, outcome.weights_high) if bound is not None]
    return rounded(outcome.probability, min(lows, default=None), max(highs, default=None))


def _whole(probability: float) -> str:
    """In whole percent; what would round to 0 or 100 and is not reads ``<1 %`` or ``>99 %``."""
    text = f"{100 * probability:.0f} %"
    if probability in (0, 1) or text not in ("0 %", "100 %"):
        return text
    return "<1 %" if probability < 0.5 else ">99 %"


def is_wide(outcome: OutcomeForecast) -> bool:
    """Whether the parameter range is wider than a percentage point."""
    return outcome.weights_low is not None and (outcome.weights_high or 0.0) - outcome.weights_low > 0.01


def interval(outcome: OutcomeForecast, digits: int | None = None) -> str:
    """An outcome's 95 % Monte Carlo interval, in whole percent where its parameter range is wider than a point."""
    return ranged(outcome.low, outcome.high, 0 if digits is None and is_wide(outcome) else digits)


def parameter_range(outcome: OutcomeForecast, digits: int | None = None) -> str:
    """An outcome's parameter range, 5–95 %."""
    return ranged(outcome.weights_low, outcome.weights_high, digits)


def ranged(low: float | None, high: float | None, digits: int | None = None) -> str:
    """A range of probabilities in percent, with as many decimals as show that it has a width unless ``digits`` says how
    many; ``-`` without one.
    """
    if low is None or high is None:
        return "-"
    width = 100 * (high - low)
    if digits is None:
        digits = 0 if width > 1 or width < 0.005 else 1 if width >= 0.2 else 2
    first, last = f"{100 * low:.{digits}f}", f"{100 * high:.{digits}f}"
    return f"{first} %" if first == last else f"{first} to {last} %"


def figure(x: float, sd: float | None) -> str:
    """A number with the decimals that its spread over paths makes worth reading."""
    if x == int(x) and abs(x) < 1e6:
        return f"{x:.0f}".replace("-", "−")
    return (f"{x:,.1f}" if sd is None or sd >= 2 else f"{x:.2f}").replace("-", "−")


def say(day: date, *, year: bool = False) -> str:
    """A day as it is read: ``28 Jun`` or ``28 Jun 2019``."""
    return f"{day.day} {MONTHS[day.month - 1]}" + (f" {day.year}" if year else "")
