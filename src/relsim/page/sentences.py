"""What a run found, in sentences. Floor 6."""

from __future__ import annotations

import math
from collections.abc import Collection

from relsim.result import Forecast, said
from relsim.result.forecast import OutcomeForecast
from relsim.result.rounding import parameter_range, ranged, rounded
from relsim.scenario import BaseRate, Entry, Event, Happens, Scenario

_LARGEST = 10
"""Largest denominator of a fraction in words."""
_NOTABLE = 0.05
"""Change of a probability, told by a piece of news, from which on it is worth a sentence."""
_MOST_NEWS = 3
LEAST_PATHS = 100
"""Paths from which on a share of them is told in a sentence."""


def in_words(probability: float) -> str:
    """A probability as a fraction that can be pictured: ``about 3 in 5``; empty where none is near.

    The fraction with the smallest denominator that lies within a tenth of the rarer side's probability and 2.5 points.
    """
    rarer = min(probability, 1 - probability)
    if rarer < 0.5 / _LARGEST:
        return f"about 1 in {round(1 / probability)}" if 0.005 < probability < 0.5 else ""
    allowed = min(0.025, 0.1 * rarer)
    for denominator in range(2, _LARGEST + 1):
        numerator = round(probability * denominator)
        if 0 < numerator < denominator and abs(numerator / denominator - probability) <= allowed:
            return f"about {numerator} in {denominator}"
    return f"about 1 in {round(1 / probability)}" if probability < 0.5 else ""


def across(outcome: OutcomeForecast) -> str:
    """The parameter range as it is quoted, or why there is none."""
    if outcome.weights_low is None or outcome.weights_high is None:
        return "no uncertain parameter"
    return f"{parameter_range(outcome)} depending on the parameters"


def lead(forecast: Forecast) -> str:
    """The one sentence that a reader takes away, on the first question of the file."""
    if not forecast.outcomes:
        return "The file asks no question with a probability; what it measures stands below."
    outcome = next((o for o in forecast.outcomes.values() if not o.built_in), next(iter(forecast.outcomes.values())))
    words = in_words(outcome.probability)
    return (
        f"On the assumptions of this file, “{outcome.title}” has a probability of {said(outcome)}"
        + (f", {words}" if words else "")
        + (
            f"; {parameter_range(outcome)} depending on which of its doubtful numbers one believes."
            if outcome.weights_low is not None
            else "; none of its numbers is uncertain."
        )
    )


def news(forecast: Forecast) -> list[str]:
    """What hearing of one outcome says about another that comes later: the pairs that move most.

    Left out are pairs of which one is part of the other, or rules it out, and news that rests on few paths.
    """
    outcomes = list(forecast.outcomes.values())
    told = []
    for i, row in enumerate(outcomes):
        for j, column in enumerate(outcomes):
            p, back = forecast.given[i][j], forecast.given[j][i]
            if p is None or back is None or p in (0.0, 1.0) or back == 1.0 or not _comes_first(column, row):
                continue
            if column.probability * forecast.paths >= LEAST_PATHS and abs(p - row.probability) >= _NOTABLE:
                told.append((-abs(p - row.probability), i, j, p))
    sentences = []
    for _, i, j, p in sorted(told)[:_MOST_NEWS]:
        given, row = outcomes[j].title, outcomes[i]
        way = "rises" if p > row.probability else "falls"
        sentences.append(
            f"If one learns that “{given}” has come true, “{row.title}” {way} from {said(row)} to {rounded(p)}."
        )
    return sentences


def _comes_first(news: OutcomeForecast, later: OutcomeForecast) -> bool:
    """Whether the news is usually there before the other outcome is certain."""
    first, then = news.first_date.p50, later.first_date.p50
    return first is not None and then is not None and first < then


def base_rate_text(rate: BaseRate) -> str:
    """A base rate in words: ``39 % (5 of 13; 17 to 65 %)``."""
    if rate.count is None:
        return rounded(rate.value)
    return f"{rounded(rate.value)} ({rate.count} of {rate.of}; {ranged(rate.low, rate.high)})"


def reference(scenario: Scenario, name: str) -> tuple[str, str]:
    """What to hold a probability against, and its source: a number that the file states about the same thing.

    The outcome's base rate where it has one; for a calendar entry its stated probability; for events at least one in
    the stretch asked about if they came at their usual rate and by chance alone, 1 - exp(-rate × days); else nothing.
    Nothing too where that would be another thing: what ``requires``, ``unless`` or ``at_most`` hold back has no usual
    rate over the stretch, an entry that hangs on others none of its own, what the calendar or an intervention brings
    comes on top of the rate, and of a stretch that is partly observed only the rest is forecast.
    """
    outcome = scenario.outcomes.get(name)
    if outcome is None:
        return "", ""
    asked = outcome.predicate
    if outcome.base_rate is not None:
        return f"base rate {base_rate_text(outcome.base_rate)}", outcome.base_rate.source or ""
    if not isinstance(asked, Happens) or asked.at_least != 1 or asked.at_most is not None or asked.within is not None:
        return "", ""
    if len(asked.names) == 1 and asked.names[0] in scenario.calendar:
        entry = scenario.calendar[asked.names[0]]
        number = entry.probability
        if entry.after or _held_back(entry) or not _covers(asked, entry):
            return "", ""
        return f"stated {rounded(number.quantity.central())}", number.quantity.source or ""
    if all(name in scenario.events for name in asked.names):
        events = [scenario.events[name] for name in asked.names]
        if any(map(_held_back, events)) or _brought(scenario, asked.names):
            return "", ""
        if scenario.as_of is not None and scenario.as_of >= asked.first:
            return "", ""
        days = (asked.last - asked.first).days + 1
        usual = 1 - math.exp(-days * sum(map(_usual, events)))
        sources = dict.fromkeys(event.rate.quantity.source for event in events if event.rate.quantity.source)
        return f"{rounded(usual)} at the usual rate", "; ".join(sources) if len(sources) <= 2 else ""
    return "", ""


def _held_back(what: Event | Entry) -> bool:
    """Whether something else decides if it can happen, or how often."""
    return bool(what.requires or what.unless) or (isinstance(what, Event) and what.at_most is not None)


def _covers(asked: Happens, entry: Entry) -> bool:
    """Whether a question is of every day on which an entry may happen."""
    return (
        entry.first is not None and entry.last is not None and asked.first <= entry.first and entry.last <= asked.last
    )


def _brought(scenario: Scenario, names: Collection[str]) -> bool:
    """Whether the calendar or an intervention brings an event as well."""
    entries = scenario.calendar.values()
    acts = scenario.interventions.values()
    return any(e.event in names or e.otherwise_event in names for e in entries) or any(a.event in names for a in acts)


def _usual(event: Event) -> float:
    """Usual events per day."""
    return event.rate.share * event.rate.quantity.central()
