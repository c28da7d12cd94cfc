"""Turning points: where along a path the outcome's chance moved most. Imports ``chance``, ``timeline``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

from relsim.result.stories import Line, TurningPoint
from relsim.story.chance import Chance
from relsim.story.replay import Replayed
from relsim.story.timeline import RELATED, Teller, Told, in_order, marked
from relsim.story.words import listed, number, percent

MOST = 5
"""Turning points of a story, at most."""
_LEAST = 0.05
"""Move of the chance that makes a turning point."""
_NOISE = 4.0
"""Standard errors that a move must exceed."""
_ENTRY = 60.0
"""How much is told by a calendar entry or more: what a single day can have turned on."""
_DOING = ("entry", "not", "event", "condition")


@dataclass(frozen=True)
class Step:
    """The chance at the end of two days."""

    before: Chance
    after: Chance

    @property
    def move(self) -> float:
        """By how much it moved."""
        return self.after.probability - self.before.probability

    @property
    def clear(self) -> bool:
        """Whether it moved by more than chance."""
        return abs(self.move) > _NOISE * hypot(self.before.standard_error, self.after.standard_error)

    @property
    def first(self) -> int:
        """First day of the stretch."""
        return self.before.day + 1


def steps(chances: Sequence[Chance]) -> list[Step]:
    """The largest clear moves, in time; stretches of several days that follow one another the same way are one.

    Where no move reaches five points the largest clear one is given.
    """
    moves: list[Step] = []
    for before, after in pairwise(chances):
        step = Step(before, after)
        joins = moves and moves[-1].move * step.move > 0 and min(_length(moves[-1]), _length(step)) > 1
        if joins:
            moves[-1] = Step(moves[-1].before, after)
        else:
            moves.append(step)
    clear = sorted((m for m in moves if m.clear), key=lambda m: -abs(m.move))
    large = [m for m in clear if abs(m.move) >= _LEAST][:MOST] or clear[:1]
    return sorted(large, key=lambda m: m.before.day)


def _length(step: Step) -> int:
    return step.after.day - step.before.day


def with_turning_points(
    teller: Teller, path: Replayed, told: Sequence[Told], chances: Sequence[Chance]
) -> tuple[list[Told], list[TurningPoint]]:
    """A timeline with its turning points marked, and the points."""
    lines = list(told)
    points = []
    for step in steps(chances):
        first, last = teller.date(step.first), teller.date(step.after.day)
        before, after = step.before.probability, step.after.probability
        moved = f"The chance {'rises' if step.move > 0 else 'falls'} from {percent(before)} to {percent(after)}"
        single = first == last
        here = [
            i
            for i, one in enumerate(lines)
            if first <= one.line.on <= last and one.line.kind in _DOING and one.score >= (_ENTRY if single else RELATED)
        ]
        text = listed(lines[i].line.text for i in here)
        if here:
            # What it did to the chance is said once, with the line that tells most.
            most = max(here, key=lambda i: lines[i].score)
            lines[most] = Told(150, marked(lines[most].line, moved))
        else:
            text = teller.movers(path, step.after.day) if single else "Time passes"
            course = _course(teller, path, step) if single or teller.about.series else ""
            # The day's own lines would say the same twice.
            lines = [
                x
                for x in lines
                if not (single and x.line.on == first and x.line.kind == "event" and x.line.text in text)
            ]
            told_as = ". ".join(part for part in (text, course, moved) if part)
            lines.append(Told(150, Line(first, None if single else last, told_as, "turn", True)))
        points.append(TurningPoint(first, last, before, after, text))
    return in_order(lines), points


def _course(teller: Teller, path: Replayed, step: Step) -> str:
    """How the watched levels went over some days."""
    said = []
    for s in teller.series[:2]:
        start, end = (number(float(path.states[day, s])) for day in (step.before.day, step.after.day))
        name = teller.words.series(s)
        said.append(f"{name} goes from {start} to {end}" if start != end else f"{name} stays at {end}")
    return listed(said) if said else "Nothing in particular"
