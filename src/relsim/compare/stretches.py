"""Days cut into pieces: what is salient stands alone, the days between are joined. Floor 5; standard library only."""

from __future__ import annotations

from collections.abc import Mapping, Set


def stretches(days: range, surprise: Mapping[int, float], most: int) -> list[tuple[int, int]]:
    """First and last days of at most ``most`` pieces, in order; together they are all the days.

    Days with news stand alone as long as there is room, the most surprising first; all days between two of them make
    one piece, those with news for which there was no room included.

    Parameters
    ----------
    surprise : days with news, and how surprising each is
    """
    alone: set[int] = set()
    for day in sorted(surprise, key=lambda day: (-surprise[day], day)):
        if day in days and len(_pieces(days, alone | {day})) <= most:
            alone.add(day)
    return _pieces(days, alone)


def _pieces(days: range, alone: Set[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for day in days:
        joins = found and day not in alone and found[-1][0] not in alone
        if joins:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
