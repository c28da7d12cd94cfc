"""Turning points: where along a path the outcome's chance moved most. Imports ``chance``, ``timeline``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

from relsim.result import rounded
from relsim.result.stories import StoryLine, TurningPoint
from relsim.story.chance import Chance
from relsim.story.replay import ReplayedPath
from relsim.story.timeline import ScoredLine, Teller, in_order, marked
from relsim.story.words import listed, number

MOST = 5
"""Turning points of a story, at most."""
_LEAST = 0.05
"""Move of the chance that makes a turning point."""
_NOISE = 4.0
"""Standard errors that a move must exceed."""


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
    """The largest clear moves, in time: those of a single day, and between them the largest rises and falls.

    Where no move reaches five points the largest clear one is given.
    """
    found: list[Step] = []
    stretch = [chances[0]] if chances else []
    for before, after in pairwise(chances):
        step = Step(before, after)
        if step.first == after.day and step.clear and abs(step.move) >= _LEAST:
            found += [*_drifts(stretch), step]
            stretch = [after]
        else:
            stretch.append(after)
    found += _drifts(stretch)
    clear = sorted((step for step in found if step.clear), key=lambda step: -abs(step.move))
    large = [step for step in clear if abs(step.move) >= _LEAST][:MOST] or clear[:1]
    return sorted(large, key=lambda step: step.before.day)


def _drifts(stretch: Sequence[Chance]) -> list[Step]:
    """The largest move within a stretch of days, and those before and after it; the shortest of equal ones."""
    if len(stretch) < 2:
        return []
    pairs = [(i, j) for i in range(len(stretch)) for j in range(i + 1, len(stretch))]
    i, j = max(pairs, key=lambda p: (abs(stretch[p[1]].probability - stretch[p[0]].probability), p[0] - p[1]))
    step = Step(stretch[i], stretch[j])
    if not step.clear:
        return []
    return [*_drifts(stretch[: i + 1]), step, *_drifts(stretch[j:])]


def with_turning_points(
    teller: Teller, path: ReplayedPath, told: Sequence[ScoredLine], chances: Sequence[Chance]
) -> tuple[list[ScoredLine], list[TurningPoint]]:
    """A timeline with its turning points marked, and the points."""
    lines = list(told)
    points = []
    for step in steps(chances):
        first, last = teller.date(step.first), teller.date(step.after.day)
        before, after = step.before.probability, step.after.probability
        moved = f"he probability {'rises' if step.move > 0 else 'falls'} from {rounded(before)} to {rounded(after)}"
        if first < last:
            text = ""
            course = _course(teller, path, step)
            line = f"Over these days {course}. T{moved}" if course else f"Over these days t{moved}"
            lines.append(ScoredLine(150, StoryLine(first, last, line, "turn", True)))
        else:
            lines, text = _one_day(teller, path, lines, step, f"T{moved}")
        points.append(TurningPoint(first, last, before, after, text))
    return in_order(lines), points


def _one_day(
    teller: Teller, path: ReplayedPath, lines: list[ScoredLine], step: Step, moved: str
) -> tuple[list[ScoredLine], str]:
    """The timeline with a turning point of a single day marked, and what the day turned on."""
    on = teller.date(step.after.day)
    here = [one for one in lines if one.line.on == on and one.bears]
    if here:
        # What it did to the chance is said once, with the line that tells most.
        most = max(here, key=lambda one: one.score)
        rest = [one for one in lines if one is not most]
        return [*rest, ScoredLine(150, marked(most.line, moved))], listed(one.line.text for one in here)
    text = teller.movers(path, step.after.day)
    # The day's own lines would say the same twice.
    rest = [x for x in lines if not (x.line.on == on and x.line.kind == "event" and x.line.text in text)]
    known = "From here on the state at the start is known" if step.before.day == 0 else ""
    course = _course(teller, path, step)
    line = ". ".join(part for part in (text, known, course, moved) if part)
    return [*rest, ScoredLine(150, StoryLine(on, None, line, "turn", True))], text


def _course(teller: Teller, path: ReplayedPath, step: Step) -> str:
    """How the levels that the outcome compares went over some days; "" where it compares none."""
    said = []
    for s in teller.about.series[:2]:
        start, end = (number(float(path.states[day, s])) for day in (step.before.day, step.after.day))
        name = teller.words.series(s)
        said.append(f"{name} goes from {start} to {end}" if start != end else f"{name} stays at {end}")
    return listed(said)
