"""What one path lacked of an outcome, in words. Imports ``shortfall``, ``words``."""

from __future__ import annotations

import numpy as np

from relsim.outcomes.program import (
    Band,
    Chain,
    Combined,
    CountedEvents,
    DayRange,
    Held,
    Leveled,
    Node,
    Program,
    Referred,
    Stayed,
)
from relsim.story.shortfall import PathArrays, Shortfall, days_over, read, rolling, runs, step_names, steps_done, tally
from relsim.story.words import Words, listed, number


def missing(program: Program, words: Words, shortfall: Shortfall, node: Node, path: PathArrays) -> str:
    """What was missing for a predicate to hold on a path: ``all but …: relations averaged −3.8, above −3.5 was asked``.

    Parameters
    ----------
    path : the only one of some paths; the predicate does not hold on it
    """
    return _Missing(program, words, shortfall, path).why(node)


class _Missing:
    def __init__(self, program: Program, words: Words, shortfall: Shortfall, path: PathArrays) -> None:
        self.program, self.words, self.shortfall, self.path = program, words, shortfall, path

    def lack(self, node: Node) -> float:
        return float(self.shortfall.lack(node, self.path)[0])

    def why(self, node: Node) -> str:
        """Why a predicate does not hold."""
        match node:
            case Referred(outcome):
                return self.why(self.program.outcomes[outcome])
            case Combined("all", members):
                failed = [member for member in members if self.lack(member) > 0]
                reasons = listed(map(self.why, failed))
                held = len(members) - len(failed)
                if len(failed) == 1 and held:
                    return f"all but one of {len(members)} parts held: {reasons}"
                return f"{held} of {len(members)} parts held: {reasons}" if held else reasons
            case Combined("any", members):
                nearest = min(members, key=self.lack)
                others = f" (of {len(members)} ways the nearest)" if len(members) > 1 else ""
                return self.why(nearest) + others
            case Combined(_, members):
                found = listed(self.still(member) for member in members if self.lack(member) == 0)
                return f"{found}, which rules it out"
            case CountedEvents():
                return self.count(node)
            case Held():
                longest = max(int(self.run(c, node)) for c in node.conditions)
                names = listed((f"“{self.words.condition(c)}”" for c in node.conditions), "or")
                if node.days == 1:
                    return f"{names} was not in force {self.when(node.first, node.last)}"
                return f"{names} was in force for {longest} days in a row at most, {node.days} were asked"
            case Leveled():
                return f"{self.reading(node)}, {asked(node.band)} was asked"
            case Stayed():
                return self.stay(node)
            case Chain():
                return self.chain(node)

    def still(self, node: Node) -> str:
        """That a predicate holds, which it should not."""
        match node:
            case Referred(outcome):
                return self.still(self.program.outcomes[outcome])
            case Combined("all", members):
                return listed(map(self.still, members))
            case Combined("any", members):
                return listed(self.still(member) for member in members if self.lack(member) == 0)
            case Combined(_, members):
                return listed(map(self.why, members))
            case CountedEvents():
                total = tally(self.path, node.names, node.first, node.last)[:, 0]
                first = self.words.date(node.first + int(np.argmax(np.cumsum(total) >= node.at_least)))
                names, most = self.words.names(node.names), int(total.sum())
                if most == 0:
                    return f"no {names} came {self.when(node.first, node.last)}"
                times = f"came {self.times(most)}, " if most > 1 else "came "
                return f"{names} {times}on {first}" if most == 1 else f"{names} {times}first on {first}"
            case Held():
                return f"“{self.words.condition(node.conditions[0])}” was in force {self.when(node.first, node.last)}"
            case Leveled():
                return f"{self.reading(node)}, {asked(node.band)}"
            case Stayed(stretch, days, band, _):
                return f"{self.words.series(stretch.series)} stayed {asked(band)} for {days} days"
            case Chain():
                return "the sequence was completed"

    def run(self, condition: int, node: Held) -> int:
        return int(runs(self.path.in_force[node.first - 1 : node.last, condition] != 0)[0])

    @staticmethod
    def times(count: int) -> str:
        return {0: "not once", 1: "once", 2: "twice"}.get(count, f"{count} times")

    def when(self, first: int, last: int) -> str:
        if first == last:
            return f"on {self.words.date(first)}"
        if first == 1 and last == self.path.days:
            return "in the window"
        if first == 1:
            return f"by {self.words.date(last)}"
        return f"from {self.words.date(first)} to {self.words.date(last)}"

    def count(self, node: CountedEvents) -> str:
        daily = tally(self.path, node.names, 1, self.path.days)
        inside = daily[node.first - 1 : node.last]
        peak = int(rolling(inside, node.within).max() if node.within else inside.sum())
        names, within = self.words.names(node.names), f" within {node.within} days" if node.within else ""
        stretch = self.when(node.first, node.last)
        if node.at_most is not None and peak > node.at_most:
            return f"{names} came {self.times(peak)}{within} {stretch}, at most {node.at_most} allowed"
        text = (
            f"{names} did not come {stretch}"
            if peak == 0 and node.at_least == 1
            else f"{names} came {self.times(peak)}{within} {stretch}, {node.at_least} asked for"
        )
        outside = np.flatnonzero(daily[:, 0]) + 1
        after, before = outside[outside > node.last], outside[outside < node.first]
        if not node.within and node.at_least == 1 and peak == 0 and outside.size:
            day = int(after[0]) if after.size else int(before[-1])
            return f"{text}, but on {self.words.date(day)}"
        return text

    def reading(self, node: Leveled) -> str:
        value = float(read(self.path, node)[0])
        name = self.words.series(node.stretch.series)
        _, over, first, last = node.stretch
        shown = number(value, decimals(value, node.band))
        if node.since is not None:
            return f"{name} changed by {shown} from {self.words.date(node.since)} to {self.words.date(last)}"
        if first == last:
            return f"{name} stood at {shown} on {self.words.date(last)}"
        verb = {"mean": "averaged", "highest": "was at its highest", "lowest": "was at its lowest"}[over]
        return f"{name} {verb} {shown} {self.when(first, last)}"

    def stay(self, node: Stayed) -> str:
        stretch: DayRange = node.stretch
        x = self.path.states[stretch.first : stretch.last + 1, stretch.series].astype(float)
        longest = int(runs((x > node.band.low) & (x < node.band.high))[0])
        name = self.words.series(stretch.series)
        if longest == 0:
            nearest = float(x.max() if np.isfinite(node.band.low) else x.min())
            reached = number(nearest, decimals(nearest, node.band))
            return f"{name} came no nearer than {reached}; {asked(node.band)} for {node.days} days was asked"
        return f"{name} stayed {asked(node.band)} for {longest} days in a row at most, {node.days} were asked"

    def chain(self, node: Chain) -> str:
        done, steps = int(steps_done(node, self.path)[0]), len(node.event_ptr) - 1
        over = float(days_over(node, self.path)[0])
        if np.isfinite(over):
            days = "a day" if over == 1 else f"{over:.0f} days"
            every = "both" if steps == 2 else f"all {steps}"
            return f"{every} steps came, but {days} too late: within {node.within} days was asked"
        missing = self.words.names(step_names(node, done))
        if not done:
            return f"the first of {steps} steps, {missing}, did not come"
        came = f"{done} of {steps} steps came" if done > 1 else f"the first of {steps} steps came"
        within = f" within {node.within} days" if node.within else " after it"
        return f"{came}, but {missing} did not come{within}"


def asked(band: Band) -> str:
    """``above −3.5``, ``below 2``, ``between 1 and 2``."""
    low, high = (f"{x:g}".replace("-", "−") for x in band)
    if not np.isfinite(band.low):
        return f"below {high}"
    return f"above {low}" if not np.isfinite(band.high) else f"between {low} and {high}"


def decimals(value: float, band: Band) -> int:
    """As many decimals as show on which side of the band a value lies."""
    for places in (1, 2, 3):
        if all(float(f"{value:.{places}f}") != round(bound, places) for bound in band if np.isfinite(bound)):
            return places
    return 4
