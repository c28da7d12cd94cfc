# ruff: noqa: E501
"""The scenario that ``relsim new`` writes. Floor 7."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path

from relsim.api.pair_rates import notes_of, pair_rates_of
from relsim.api.progress import SILENT, Progress
from relsim.errors import InputError
from relsim.ingest.countries import PairSide, two_sides

HALF_A_YEAR = 183
_ISSUES = ("trade", "security")

_TEXT = """\
# yaml-language-server: $schema=relsim.schema.json
# A starting scenario for relsim: change what you know better.
# `relsim validate FILE` checks it, `relsim show FILE` prints it with everything that it inherits,
# `relsim run FILE` makes the forecast. The first line lets an editor complete and check the file as you type:
# once in this folder, `relsim schema > relsim.schema.json`.
relsim: 1
title: {title}
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
  tone.{a}: {{baseline: {{value: -1, source: judgement}}}}     # how {say_a} speaks to and treats {say_b}, -9 to 9
  tone.{b}: {{baseline: {{value: -1, source: judgement}}}}
  gap.security: {{baseline: {{value: 5, source: judgement}}}}  # 0: one position; 9: positions that exclude each other

{rates}
calendar:
  leaders_at_conference:
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
  leaders_at_conference: {{title: The leaders meet at the conference, happens: leaders_at_conference, criteria: a meeting in person that both sides announce}}
  better: {{title: Relations better at the end than at the start, change: relations, from: start, above: 0}}
  agreement_after_meeting: {{title: An agreement follows the conference, sequence: [leaders_at_conference, agreement], within: 90 days}}

quantities:
  relations_at_end: {{title: Relations on the last day, value: relations, on: {end}}}

variants:
  no_meeting: {{title: The meeting is called off, interventions: {{off: {{cancel: leaders_at_conference}}}}}}
"""

_JUDGED = """\
# How often each side does what; the model's own numbers stand where nothing is said. `relsim rates TABLE --parties {a},{b}`
# counts it from event data.
events:
  accusation: {{rate: {{value: 2 to 5 per month, source: judgement}}}}     # of each side; one alone: accusation.{a}
"""


def starting_scenario(
    parties: str,
    start: date | None = None,
    end: date | None = None,
    events: Path | None = None,
    progress: Progress = SILENT,
) -> str:
    """Text of a scenario of two parties.

    Parameters
    ----------
    start, end : the window; today where silent, and half a year
    events : table or chronicle from which the rates of the two are counted; without it the model's own stand
    progress : told what a reader should know of the counting

    Raises
    ------
    InputError
        If ``parties`` does not name two parties, or the window runs backwards.
    """
    a, b = sides = two_sides(parties)
    for side in sides:
        if side.name in _ISSUES:
            raise InputError(
                f"--parties: '{side.name}' is an issue of the scenario that is written; choose another name"
            )
    first = start or date.today()
    last = end or first + timedelta(days=HALF_A_YEAR)
    if last <= first:
        raise InputError(f"--to: {last} does not lie after {first}, the first day")
    return _TEXT.format(
        a=a.name,
        b=b.name,
        say_a=a.label,
        say_b=b.label,
        title=_scalar(f"{a.label} and {b.label}"),
        label_a=_scalar(a.label),
        label_b=_scalar(b.label),
        drop="".join(f"{n}: null, " for n in ("a", "b") if n not in (a.name, b.name)),
        start=first,
        end=last,
        meeting=first + timedelta(days=min(60, (last - first).days // 2)),
        observed=first - timedelta(days=20),
        rates=_JUDGED.format(a=a.name, b=b.name) if events is None else _counted(events, sides, progress),
    )


def _counted(events: Path, sides: tuple[PairSide, PairSide], progress: Progress) -> str:
    """The section of events, with the rates that a record gives."""
    from relsim.rates import layer_text

    inputs, found = pair_rates_of(events, sides, "bilateral")
    for note in notes_of(found):
        progress.say(note)
    return layer_text(found, inputs.loaded, "Check them, and replace what you know better.").replace(
        "relsim: 1\n", "", 1
    )


def _scalar(text: str) -> str:
    """A text as YAML writes it."""
    if re.fullmatch(r"[A-Za-z][\w '()&-]*", text) and text.lower() not in ("null", "true", "false"):
        return text
    return json.dumps(text, ensure_ascii=False)
