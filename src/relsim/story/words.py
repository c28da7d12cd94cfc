"""Days, levels and names as a reader says them. Imports ``scenario``, ``model``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from relsim.model import Axes
from relsim.outcomes.program import CountedNames
from relsim.scenario import Scenario

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_MOST_NAMED = 3


def number(value: float, decimals: int = 1) -> str:
    """A number with a true minus sign, and no minus zero."""
    text = f"{value:.{decimals}f}"
    return f"{float(text) + 0.0:.{decimals}f}".replace("-", "−")


def listed(items: Iterable[str], last: str = "and") -> str:
    """``a, b and c``."""
    words = list(items)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


@dataclass(frozen=True)
class Words:
    """Names of one scenario."""

    scenario: Scenario
    axes: Axes

    def day(self, on: date) -> str:
        """``14 June``, with the year where the window holds more than one."""
        year = f" {on.year}" if self.scenario.start.year != self.scenario.end.year else ""
        return f"{on.day} {_MONTHS[on.month - 1]}{year}"

    def date(self, day: int) -> str:
        """A day of the window by its number."""
        return self.day(self.axes.date(day))

    def event(self, k: int) -> str:
        """An event type's label; that of a party's own begins with the party: ``Russia: Warm words``."""
        label = self.label(k)
        return next(
            (
                f"{party}: {label.removesuffix(f' ({party})')}"
                for party in self.scenario.parties.values()
                if label.endswith(f" ({party})")
            ),
            label,
        )

    def label(self, k: int) -> str:
        """An event type's label as it stands."""
        return list(self.scenario.events.values())[k].label

    def entry(self, e: int) -> str:
        """A calendar entry's label."""
        return list(self.scenario.calendar.values())[e].label

    def condition(self, c: int) -> str:
        """A condition's label."""
        return list(self.scenario.conditions.values())[c].label

    def series(self, s: int) -> str:
        """The short name of a variable, or an index's label."""
        names = [self.scenario.short_name(name) for name in self.scenario.variables]
        return [*names, *(index.label for index in self.scenario.indices.values())][s]

    def grade(self, value: float) -> str:
        """The scale's word for a level; "" where the scenario has none."""
        grades = self.scenario.grades
        return next((name for name, top in grades.items() if value <= top), list(grades)[-1] if grades else "").replace(
            "_", " "
        )

    def names(self, names: CountedNames) -> str:
        """Events and entries counted together, in quotation marks; members of a set by what they share."""
        labels = [self.label(k) for k in names.events] + [self.entry(e) for e in names.entries]
        common = list(dict.fromkeys(label.split(" (")[0] for label in labels))
        shown = labels if len(labels) == 1 else common
        quoted = [f"“{label}”" for label in shown[:_MOST_NAMED]]
        if len(shown) > _MOST_NAMED:
            quoted.append(f"{len(shown) - _MOST_NAMED} other kinds")
        return listed(quoted, "or")
