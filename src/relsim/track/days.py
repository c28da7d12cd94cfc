"""On which days a track asks. Floor 5; standard library only."""

from __future__ import annotations

from datetime import date, timedelta

from relsim.errors import InputError
from relsim.scenario import Scenario

MOST = 1000
"""Points of a track; more is taken for a slip."""


def last_covered(scenario: Scenario) -> date | None:
    """The last day of the window that a history covers; without any, the last on which one tells of something."""
    before = scenario.start - timedelta(days=1)
    covered = [h.covers[1] for h in scenario.history.values() if h.covers is not None]
    told = [e.on for h in scenario.history.values() for e in h.events]
    told += [on for h in scenario.history.values() for _, on in h.entries]
    for days in (covered, told):
        if days and max(days) > before:
            return min(max(days), scenario.end)
    return None


def days_of(scenario: Scenario, every: int, first: date | None = None, last: date | None = None) -> tuple[date, ...]:
    """Last known days of the points: from the first on, every so many days, up to the last.

    Parameters
    ----------
    scenario : with all of its record, read to the window's end
    every : days from one point to the next
    first : the day before the window unless given
    last : the last day that a history covers unless given

    Raises
    ------
    InputError
        If there is no such day.
    """
    before = scenario.start - timedelta(days=1)
    begin = first or before
    for name, day in (("--from", first), ("--to", last)):
        if day is not None and not before <= day <= scenario.end:
            raise InputError(
                f"{name} {day}: lies outside the days of which a forecast may know, {before} (the day before the "
                f"window) to {scenario.end}"
            )
    end = last or last_covered(scenario)
    if end is None:
        raise InputError(
            f"no history reaches past {before}, the day before the window, so that there is nothing to ask again: "
            "name a record with --events, or the last day with --to"
        )
    if end < begin:
        whose = "--to" if last is not None else "the last day that a history covers"
        raise InputError(f"--from {begin}: lies after {end}, {whose}")
    number = (end - begin).days // every + 1
    if number > MOST:
        raise InputError(f"{number:,} points from {begin} to {end}; at most {MOST:,} were expected: a longer --every")
    return tuple(begin + timedelta(days=n * every) for n in range(number))
