"""What a backtest is asked: when, how far ahead, against what. Floor 7."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from relsim.errors import InputError

_UNITS = {"": 1, "d": 1, "day": 1, "days": 1, "w": 7, "week": 7, "weeks": 7}


def days_in(value: int | str, zero: str = "") -> int:
    """A number of days: 14, ``14d``, ``2w``, ``30 days``.

    Parameters
    ----------
    zero : the word for 0

    Raises
    ------
    InputError
    """
    if isinstance(value, int) or (zero and value == zero):
        return 0 if value == zero else int(value)
    found = re.fullmatch(r"(\d+)\s*([a-z]*)", value.strip())
    if found is None or found[2] not in _UNITS or int(found[1]) == 0:
        more = f", or {zero}" if zero else ""
        raise InputError(f"'{value}' is no number of days; 14d, 2w or '30 days' were expected{more}")
    return int(found[1]) * _UNITS[found[2]]


@dataclass(frozen=True)
class Asked:
    """What a backtest forecasts, when, and against what.

    Attributes
    ----------
    first, last : origins; None for the middle of the record, and for the last of which it knows what came
    every, horizons : days; refit, learn : days, 0 for never and for all
    groups : names of events counted together, by the group's name
    baselines : all where None
    """

    first: date | None
    last: date | None
    every: int
    horizons: tuple[int, ...]
    refit: int
    learn: int
    paths: int
    seed: int
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    baselines: Sequence[str] | None = None


def horizons_of(values: Iterable[int | str]) -> tuple[int, ...]:
    """Numbers of days, rising."""
    return tuple(sorted({days_in(value) for value in values}))
