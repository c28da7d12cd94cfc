"""Random scenarios whose outcomes are to be tuned; each holds numbers that bear on nothing that is asked.

``hidden(i)`` is the text of scenario i and the outcome to tune. Everything named ``idle`` is cut off from it.
"""

from __future__ import annotations

from random import Random

IDLE = """
  idle_event:
    rate: {a:.3g} to {b:.3g} per month
    effects: {{idle: -0.5 ± 0.2}}
    excited_by: {{idle_event: {{events: 0.1 to 0.3, half_life: 3 to 6 days}}}}
"""


def _sized(r: Random, low: float, high: float, wide: float) -> str:
    centre = r.uniform(low, high)
    return f"{centre / wide:.3g} to {centre * wide:.3g}"


def hidden(i: int) -> tuple[str, str]:
    """Text of a scenario and the outcome to tune."""
    r = Random(1000 + i)
    form = ("meeting", "first", "level", "both", "chain")[i % 5]
    days = r.choice(["2019-03-01", "2019-03-20", "2019-04-10"])
    text = f"""relsim: 1
window: {{start: 2019-01-01, end: {days}}}
parties: {{us: United States, ru: Russia}}
variables:
  tone:
    each: party
    baseline: {r.uniform(-2, 1):.2f} ± 0.6
    half_life: {_sized(r, 10, 25, 1.5)} days
    spread: {_sized(r, 0.4, 1, 1.3)}
  idle: {{baseline: 0 ± 1, half_life: 5 to 20 days, spread: 0.5 to 1}}
events:
  accusation:
    each: party
    rate: {_sized(r, 2, 6, 1.5)} per month
    rate_ratio: {{tone.self: {r.uniform(0.8, 0.9):.2f} ± 0.05}}
    excited_by: {{accusation.other: {{events: 0.2 to 0.4, half_life: 2 to 5 days}}}}
    effects: {{tone.other: -{r.uniform(0.3, 0.6):.2f} ± 0.15}}
  incident: {{rate: {_sized(r, 1, 3, 1.8)} per year, effects: {{tone: -1 ± 0.4}}}}
  offer: {{rate: {_sized(r, 2, 5, 1.5)} per year, rate_ratio: {{tone.us: 1.15 ± 0.05}}, effects: {{tone: 0.4 ± 0.2}}}}
{IDLE.format(a=r.uniform(1, 2), b=r.uniform(3, 5)).strip(chr(10))}
calendar:
  meeting:
    on: 2019-02-15
    probability: {r.uniform(0.3, 0.7):.2f} ± 0.12
    odds_ratio: {{tone.us: 1.3 ± 0.1, tone.ru: 1.2 ± 0.1}}
    odds_if: {{incident: {{within: 30 days, odds_ratio: 0.2 to 0.6}}}}
  idle_day: {{on: 2019-02-20, probability: 0.5 ± 0.2, odds_ratio: {{idle: 1.1 to 1.5}}}}
outcomes:
  meeting: {{happens: meeting}}
  first: {{happens: incident}}
  level: {{value: tone.us, above: -1.0123, on: {days}}}
  both: {{all: [{{happens: meeting}}, {{none: [{{happens: incident}}]}}]}}
  chain: {{any: [{{happens: offer, at_least: 2}}, {{sequence: [offer, meeting], within: 40 days}}]}}
"""
    return text, form
