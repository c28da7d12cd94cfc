"""When outcomes are decided: by a record that reaches far enough, at the latest by their last day. Floor 3."""

from __future__ import annotations

from collections.abc import Sequence

from relsim.outcomes.program import Chain, Combined, CountedEvents, Held, Leveled, Node, Program, Referred, Stayed


def told_by(program: Program, day: int) -> frozenset[str]:
    """Outcomes that hang on nothing but events and entries up to ``day``: a record that far decides them.

    What reads a level is left out: no record tells a state, so that its noise stays in doubt.
    """
    told: set[str] = set()
    for name in program.order:
        if _told(program.outcomes[name], day, told):
            told.add(name)
    return frozenset(told)


def _told(node: Node, day: int, told: set[str]) -> bool:
    match node:
        case CountedEvents() | Chain():
            return node.last <= day
        case Combined(_, members):
            return all(_told(member, day, told) for member in members)
        case Referred(outcome):
            return outcome in told
        case _:
            return False


def last_days(program: Program, entry_days: Sequence[int] | None = None) -> dict[str, int]:
    """The last day of the window that bears on each outcome: the day after it, the question is due.

    Parameters
    ----------
    entry_days : last day on which each calendar entry may happen, if not that of the program
    """
    days: dict[str, int] = {}
    for name in program.order:
        days[name] = last_day(program.outcomes[name], days, program.entry_days if entry_days is None else entry_days)
    return {name: days[name] for name in program.outcomes}


def last_day(node: Node, days: dict[str, int], entry_days: Sequence[int]) -> int:
    """The last day of the window that bears on a predicate, given those of the outcomes it refers to."""
    match node:
        case CountedEvents(names) if not len(names.events):
            latest: int = max(entry_days[e] for e in names.entries)
            return min(latest, node.last)
        case CountedEvents() | Chain() | Held():
            return node.last
        case Leveled() | Stayed():
            return node.stretch.last
        case Combined(_, members):
            return max(last_day(member, days, entry_days) for member in members)
        case Referred(outcome):
            return days[outcome]
