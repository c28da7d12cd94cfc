# ruff: noqa: E501
"""The scenario that ``new`` writes. Floor 7."""

from __future__ import annotations

import re
from datetime import date, timedelta

from relsim.errors import InputError

_LABELS = {
    "us": "United States",
    "ru": "Russia",
    "cn": "China",
    "in": "India",
    "pk": "Pakistan",
    "jp": "Japan",
    "kr": "South Korea",
    "kp": "North Korea",
    "ir": "Iran",
    "il": "Israel",
    "ua": "Ukraine",
    "uk": "United Kingdom",
    "fr": "France",
    "de": "Germany",
    "tr": "Turkey",
    "sa": "Saudi Arabia",
}

_TEXT = """\
# A starting scenario for relsim: change what you know better.
# `relsim validate FILE` checks it, `relsim show FILE` prints it with everything that it inherits,
# `relsim run FILE` makes the forecast.
relsim: 1
title: {label_a} and {label_b}
extends: bilateral                  # the built-in model: tone, room at home, gaps, and some two dozen event types
window: {{start: {start}, end: {end}}}
run: {{paths: 20000, seed: 1}}

parties: {{{drop}{a}: {label_a}, {b}: {label_b}}}
issues:
  general: null                     # drop the built-in issue, and name your own
  trade: {{label: Trade, salience: 1}}
  security: {{label: Security, salience: 2}}     # weighs twice as much as trade

# What you know of this pair. Numbers carry their doubt ("3 to 6 per month" is a 90 % range) and their source.
variables:
  tone.{a}: {{baseline: {{value: -1, source: judgement}}}}     # how {label_a} speaks to and treats {label_b}, -9 to 9
  tone.{b}: {{baseline: {{value: -1, source: judgement}}}}
  gap.security: {{baseline: 5}}                       # 0: one position; 9: positions that exclude each other

events:
  accusation.{a}: {{rate: {{value: 3 to 4 per month, source: judgement}}}}

calendar:
  leaders_meet:
    label: The leaders meet at a conference
    on: {meeting}
    probability: {{value: 0.5 to 0.7, source: "judgement; better: count how often such meetings came about"}}
    odds_ratio: {{tone.{a}: 1.2, tone.{b}: 1.2}}        # times this per point of tone above its baseline
    odds_if: {{incident: {{within: 30 days, odds_ratio: 0.3}}}}
    event: summit                   # when it happens it counts as a summit, with all that follows

# What was observed before the start, by name. Uncomment and fill in:
# history:
#   mine: {{events: [{{on: {observed}, event: accusation, by: {a}, note: what was said}}]}}

outcomes:
  leaders_meet: {{title: The leaders meet, happens: leaders_meet, criteria: a meeting in person that both sides announce}}
  better: {{title: Relations better at the end than at the start, change: relations, from: start, above: 0}}
  agreement_after_meeting: {{title: An agreement follows the meeting, sequence: [leaders_meet, agreement], within: 90 days}}

quantities:
  relations_at_end: {{title: Relations on the last day, value: relations, on: {end}}}

variants:
  no_meeting: {{title: The meeting is called off, interventions: {{off: {{cancel: leaders_meet}}}}}}
"""


def starting_scenario(parties: str, start: date | None = None) -> str:
    """Text of a scenario of two parties, half a year from ``start`` (today where silent).

    Raises
    ------
    InputError
        If ``parties`` does not name two parties.
    """
    names = [name.strip() for name in parties.split(",")]
    if len(names) != 2 or names[0] == names[1] or not all(re.fullmatch(r"[a-z0-9_]+", n) for n in names):
        raise InputError(f"--parties: found '{parties}'; two different names were expected, such as us,ru")
    if {"self", "other"} & set(names):
        raise InputError(f"--parties: found '{parties}'; 'self' and 'other' are reserved")
    a, b = names
    first = start or date.today()
    return _TEXT.format(
        a=a,
        b=b,
        label_a=_LABELS.get(a, a.upper()),
        label_b=_LABELS.get(b, b.upper()),
        drop="".join(f"{n}: null, " for n in ("a", "b") if n not in names),
        start=first,
        end=first + timedelta(days=183),
        meeting=first + timedelta(days=60),
        observed=first - timedelta(days=20),
    )
