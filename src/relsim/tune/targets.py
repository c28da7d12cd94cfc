"""Stated probabilities: ``osaka=0.6±0.05``, ``reset<0.05``. Floor 5; imports ``scenario``, ``quantity``."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from relsim.errors import InputError, Problem, suggestion
from relsim.scenario import Scenario

TIGHT = 0.01
"""Standard deviation, in log-odds, of a target stated without doubt: a quarter of a point at one half."""
_FORM = re.compile(r"\s*([\w.]+)\s*(=|<=?|>=?)\s*([0-9.eE+-]+?)\s*(?:(?:±|\+/-)\s*([0-9.eE+-]+))?\s*", re.ASCII)


@dataclass(frozen=True)
class Target:
    """A probability that the forecast should have.

    Attributes
    ----------
    name : of an outcome or a calendar entry
    entry : whether it is a calendar entry, whose probability is meant over all paths
    relation : ``=``, ``<`` or ``>``
    doubt : standard deviation as stated, or None
    margin : log-odds by which to aim further inside a bound, so that chance does not pass it
    """

    name: str
    entry: bool
    relation: str
    value: float
    doubt: float | None
    margin: float = 0.0

    def __str__(self) -> str:
        return f"{self.name}{self.relation}{self.value:g}" + (f"±{self.doubt:g}" if self.doubt is not None else "")

    @property
    def sigma(self) -> float:
        """Its doubt in log-odds."""
        return TIGHT if self.doubt is None else self.doubt / (self.value * (1 - self.value))

    @property
    def aim(self) -> float:
        """The log-odds aimed at; inside a bound by as much as it is tight, and the margin."""
        side = {"=": 0, "<": -1, ">": 1}[self.relation]
        return math.log(self.value / (1 - self.value)) + side * (self.sigma + self.margin)

    @property
    def least(self) -> float:
        """The lowest probability that is within what is stated."""
        return 0.0 if self.relation == "<" else self.value - (self.doubt or 0)

    @property
    def most(self) -> float:
        """The highest probability that is within what is stated."""
        return 1.0 if self.relation == ">" else self.value + (self.doubt or 0)


def read_targets(texts: Sequence[str], scenario: Scenario) -> tuple[Target, ...]:
    """Targets as the command line gives them.

    Raises
    ------
    InputError
        One diagnostic for each that cannot be read, names nothing, or is stated twice.
    """
    found: list[Problem] = []
    targets: dict[str, Target] = {}
    for text in texts:
        target = _read(text, scenario)
        if isinstance(target, str):
            found.append(Problem.at("--target", 0, 0, "", target))
        elif target.name in targets:
            found.append(Problem.at("--target", 0, 0, "", f"'{target.name}' is stated twice"))
        else:
            targets[target.name] = target
    if found:
        raise InputError(found)
    return tuple(targets.values())


def _read(text: str, scenario: Scenario) -> Target | str:
    """A target, or what is wrong with its text."""
    match = _FORM.fullmatch(text)
    if not match:
        return f"cannot read '{text}'; NAME=PROBABILITY was expected, such as osaka=0.6±0.05 or 'reset<0.05'"
    name, relation, *numbers = match.groups()
    try:
        value, doubt = (None if n is None else float(n) for n in numbers)
    except ValueError:
        return f"cannot read the numbers of '{text}'; such as osaka=0.6±0.05 was expected"
    if value is None or not 0 < value < 1:
        return f"'{text}': a probability strictly between 0 and 1 was expected, 0.6 and not 60"
    if doubt is not None and not 0 < doubt < 0.5:
        return f"'{text}': a doubt above 0 and below 0.5 was expected behind the ±"
    if doubt is not None and relation != "=":
        return f"'{text}': a bound has no ±; it is meant as it stands"
    if name in scenario.outcomes or name in scenario.calendar:
        return Target(name, name not in scenario.outcomes, relation[0], value, doubt)
    known = [*scenario.outcomes, *scenario.calendar]
    return f"'{name}' is no outcome and no calendar entry; {suggestion(name, known) or 'the scenario has none'}"
