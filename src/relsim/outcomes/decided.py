"""Outcomes that a record already decides. Floor 3."""

from __future__ import annotations

from relsim.outcomes.program import Chain, Combined, Counted, Node, Program, Referred


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
        case Counted() | Chain():
            return node.last <= day
        case Combined(_, members):
            return all(_told(member, day, told) for member in members)
        case Referred(outcome):
            return outcome in told
        case _:
            return False
