"""Which coded event is which event of a scenario. Floor 3."""

from __future__ import annotations

from dataclasses import dataclass

from relsim.errors import InputError
from relsim.scenario import Act, Event, Scenario


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
    act: Act | None
    """How rows make an act; None where every row counts."""


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
    rules = tuple(rule for event in scenario.events.values() for rule in _rules(event, scheme, scenario))
    if not rules:
        others = sorted({name for event in scenario.events.values() if event.codes for name in event.codes.lists})
        has = f"; the file has codes of {', '.join(others)}" if others else ""
        raise InputError(f"no event of '{scenario.title}' has codes of {scheme} (codes: {{{scheme}: […]}}){has}")
    return Rules(scheme, rules)


def _rules(event: Event, scheme: str, scenario: Scenario) -> list[Rule]:
    if event.codes is None:
        return []
    general, *members = event.name.split(".")
    by = next((member for member in members if member in scenario.parties), None)
    of_issue = any(member in scenario.issues for member in members)
    codes = event.codes.lists.get(scheme, ())
    return [Rule(code, general, by, of_issue, event.codes.act) for code in codes]
