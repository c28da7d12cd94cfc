"""Which coded event is which event of a scenario. Floor 3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from relsim.errors import InputError
from relsim.scenario import Event, Scenario


@dataclass(frozen=True)
class Rule:
    """Codes that begin with ``prefix`` and are done by ``by`` are ``event``."""

    prefix: str
    event: str
    """The event's general name: ``accusation`` for ``accusation.us``."""
    by: str | None
    """None where the event is of no party's own: an act of both."""
    of_issue: bool
    """Whether it stands for one event per issue, of which no coded source can tell."""
    rows: int | None
    """Rows on one day that make an act; None where every row counts."""
    apart: int
    """Days since the last such day below which a day goes on with the same act."""


@dataclass(frozen=True)
class Rules:
    """All rules of a scenario for one coding scheme."""

    scheme: str
    rules: tuple[Rule, ...]

    def find(self, code: str, by: str) -> Rule | None:
        """The rule with the longest beginning of the code, among those open to the party."""
        fitting = [rule for rule in self.rules if rule.by in (None, by) and code.startswith(rule.prefix)]
        return max(fitting, key=lambda rule: len(rule.prefix), default=None)

    @property
    def events(self) -> tuple[str, ...]:
        """Names of all events that a row can become."""
        return tuple(dict.fromkeys(rule.event for rule in self.rules if not rule.of_issue))


def rules_of(scenario: Scenario, scheme: str) -> Rules:
    """What ``codes`` of a scenario's events say of a scheme.

    Raises
    ------
    InputError
        No event has codes of it.
    """
    rules = tuple(
        rule for event in scenario.events.values() for rule in _rules(event, scheme, scenario.parties, scenario.issues)
    )
    if not rules:
        others = sorted({s for event in scenario.events.values() for s in event.codes or () if s != "act"})
        has = f"; the file has codes of {', '.join(others)}" if others else ""
        raise InputError(f"no event of '{scenario.title}' has codes of {scheme} (codes: {{{scheme}: […]}}){has}")
    return Rules(scheme, rules)


def _rules(event: Event, scheme: str, parties: Mapping[str, str], issues: Mapping[str, object]) -> list[Rule]:
    codes = event.codes or {}
    prefixes = codes.get(scheme) or ()
    act = codes.get("act")
    general, *members = event.name.split(".")
    by = next((member for member in members if member in parties), None)
    of_issue = any(member in issues for member in members)
    rows, apart = None, 1
    if isinstance(act, Mapping):
        rows, apart = int(act.get("rows", 1)), int(act.get("apart", 1))
    assert isinstance(prefixes, Sequence)
    return [Rule(str(prefix), general, by, of_issue, rows, apart) for prefix in prefixes]
