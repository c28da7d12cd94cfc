"""Which of several forecasts of one question count on which days. Floor 1."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray


def days_standing(known_to: Sequence[date], settled: date) -> tuple[NDArray[np.float64], int]:
    """Each forecast's share of the days on which a question stood open, and how many these are.

    A forecast stands from the day after ``known_to`` to the day on which the question is settled, that day included;
    a day is shared equally by the forecasts that stand on it. A mean over days of the daily mean of scores is then the
    mean with these shares. All are 0, and no day counts, where every forecast knew the day of settlement.

    Parameters
    ----------
    known_to : (n,) last day that each forecast knew of
    settled : the day on which the question was settled, or was due
    """
    known = np.array([day.toordinal() for day in known_to])
    days = np.arange(known.min() + 1, settled.toordinal() + 1)
    if not len(days):
        return np.zeros(len(known)), 0
    standing = known[:, None] < days
    return (standing / standing.sum(axis=0)).mean(axis=1), len(days)
