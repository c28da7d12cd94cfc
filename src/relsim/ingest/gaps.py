"""Days on which a source was silent. Floor 3.

A source of the whole world has rows every day; a day without any is an outage. Of a file of few countries that cannot
be said of one quiet day, only of a silence that chance hardly explains.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

EXPECTED = 20.0
"""Rows that a silence must have kept away to be taken for an outage. Independent rows would leave so many out once in
500 million; real ones come in bursts and keep holidays, so that such a silence is doubtful, not impossible."""
AROUND = 30
"""Days on either side of a silence from which the usual number of rows is taken."""


def empty_days(spoken: Sequence[tuple[date, int]]) -> list[date]:
    """Days without a row between the first and the last with one."""
    if not spoken:
        return []
    there = {day for day, _ in spoken}
    first, last = spoken[0][0], spoken[-1][0]
    days = (first + timedelta(days=n) for n in range((last - first).days))
    return [day for day in days if day not in there]


def outages(spoken: Sequence[tuple[date, int]]) -> list[date]:
    """Days of those silences in which ``EXPECTED`` rows or more would have been usual.

    What is usual on a day is the mean of the days around it of the same kind, working day or weekend.

    Parameters
    ----------
    spoken : days with rows, rising, and how many
    """
    if not spoken:
        return []
    first = spoken[0][0]
    rows = np.zeros((spoken[-1][0] - first).days + 1)
    for day, number in spoken:
        rows[(day - first).days] = number
    weekend = (np.arange(len(rows)) + first.weekday()) % 7 >= 5
    found: list[date] = []
    for start in np.flatnonzero((rows == 0) & np.r_[True, rows[:-1] > 0]).tolist():
        length = int(np.argmax(np.r_[rows[start:], 1] > 0))
        silent = np.arange(start, start + length)
        near = np.r_[max(0, start - AROUND) : start, start + length : min(len(rows), start + length + AROUND)]
        usual = sum(
            (weekend[silent] == kind).sum() * rows[near[weekend[near] == kind]].mean()
            for kind in (False, True)
            if (weekend[near] == kind).any()
        )
        if usual >= EXPECTED:
            found += [first + timedelta(days=n) for n in silent.tolist()]
    return found
