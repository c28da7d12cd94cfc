"""What a run found, in sentences. Floor 6."""

from __future__ import annotations

import math

from relsim.plots.style import percent, say
from relsim.result import Forecast, said
from relsim.result.forecast import OutcomeForecast
from relsim.result.rounding import ranged
from relsim.scenario import Event, Happens, Outcome, Scenario

HEADLINES = 5
"""Questions on the first page: the first of the file."""
_LARGEST = 10
"""Largest denominator of a fraction in words."""
_NOTABLE = 0.05
"""Change of a probability, told by a piece of news, from which on it is worth a sentence."""
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
    """The range across weights as it is quoted, or why there is none."""
    if outcome.weights_low is None or outcome.weights_high is None:
        return "no weight in doubt"
    return f"{ranged(outcome.weights_low, outcome.weights_high)} depending on the weights"


def lead(forecast: Forecast) -> str:
    """The one sentence that a reader takes away, on the first question of the file."""
    if not forecast.outcomes:
        return "The file asks no question with a probability; what it measures stands below."
    outcome = next(iter(forecast.outcomes.values()))
    words = in_words(outcome.probability)
    return (
        f"On the assumptions of this file, “{outcome.title}” has a probability of {said(outcome)}"
        + (f", {words}" if words else "")
        + (
            f"; between {ranged(outcome.weights_low, outcome.weights_high)} depending on which of its doubtful numbers "
            "one believes."
            if outcome.weights_low is not None
            else "; none of its numbers carries a doubt."
        )
    )


def news(forecast: Forecast) -> list[str]:
    """What hearing of other outcomes would say about the first: the greatest rise and the greatest fall."""
    names = list(forecast.outcomes)
    if len(names) < 2:
        return []
    first = forecast.outcomes[names[0]]
    told = []
    for j, name in enumerate(names[1:], 1):
        other = forecast.outcomes[name]
        given = forecast.given[0][j]
        enough = other.probability * forecast.paths >= LEAST_PATHS
        if given is None or not enough or other.probability > 0.98 or abs(given - first.probability) < _NOTABLE:
            continue
        if given in (0.0, 1.0):
            continue  # one is part of the other: no news
        told.append((given - first.probability, other.title, given))
    chosen = [max(told), min(told)] if told else []
    sentences = []
    for change, title, given in dict.fromkeys(chosen):
        way = "rises" if change > 0 else "falls"
        sentences.append(
            f"If one hears that “{title}” has come true, “{first.title}” {way} from {said(first)} to {percent(given)}."
        )
    return sentences


def reference(scenario: Scenario, outcome: Outcome) -> tuple[str, str]:
    """What to hold a probability against, and its source: a number that the file states about the same thing.

    For a calendar entry its stated probability; for events at least one in the stretch asked about if they came
    at their usual rate and by chance alone, 1 - exp(-rate × days); otherwise nothing.
    """
    asked = outcome.predicate
    stated = next((t for t in (outcome.criteria, outcome.source) if t and "base rate" in t.lower()), None)
    if stated is not None:
        return "base rate", stated
    if not isinstance(asked, Happens) or asked.at_least != 1 or asked.at_most is not None or asked.within is not None:
        return "", ""
    if len(asked.names) == 1 and asked.names[0] in scenario.calendar:
        number = scenario.calendar[asked.names[0]].probability
        return f"stated {percent(number.quantity.central())}", number.quantity.source or ""
    if all(name in scenario.events for name in asked.names):
        events = [scenario.events[name] for name in asked.names]
        days = (asked.last - asked.first).days + 1
        usual = 1 - math.exp(-days * sum(map(_usual, events)))
        sources = dict.fromkeys(event.rate.quantity.source for event in events if event.rate.quantity.source)
        return f"{percent(usual)} at the usual rate", "; ".join(sources) if len(sources) <= 2 else ""
    return "", ""


def _usual(event: Event) -> float:
    """Usual events per day."""
    return event.rate.share * event.rate.quantity.central()


def half_by(outcome: OutcomeForecast) -> str:
    """The date by which half of the paths on which it came true had it."""
    return "-" if outcome.first_date.p50 is None else say(outcome.first_date.p50, year=True)
