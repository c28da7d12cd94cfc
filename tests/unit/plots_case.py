"""A made-up run, shaped like a real one, to draw figures of: no simulation, closed curves only."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta

from relsim.quantity import Kind
from relsim.quantity.parse import exactly
from relsim.result import Forecast
from relsim.result.forecast import Cumulative, EntryForecast, FirstDate, IndexForecast, Joint, OutcomeForecast
from relsim.scenario import (
    Count,
    Entry,
    Event,
    Happens,
    History,
    Index,
    Intervention,
    Measure,
    Number,
    Observed,
    Outcome,
    Scenario,
    Variable,
)

START, END = date(2019, 5, 15), date(2019, 12, 31)
GRADES = {
    "confrontational": -6.0,
    "tense": -3.0,
    "discordant": 0.0,
    "normal": 3.0,
    "good": 6.0,
    "friendly": 9.0,
}
NORMAL = {"0.025": -1.96, "0.05": -1.645, "0.1": -1.282, "0.25": -0.674, "0.5": 0.0}
NORMAL |= {f"{1 - float(key):g}": -value for key, value in NORMAL.items()}

EVENTS = {
    "accusation.us": ("Public accusation", {"tone.ru": -0.3}),
    "accusation.ru": ("Public accusation", {"tone.us": -0.3}),
    "threat.ru": ("Threat", {"tone.us": -0.8}),
    "threat.us": ("Threat", {"tone.ru": -0.8}),
    "refusal.us": ("Refusal or demand", {"tone.ru": -0.6}),
    "refusal.ru": ("Refusal or demand", {"tone.us": -0.6}),
    "warm_words.us": ("Warm words", {"tone.ru": 0.5}),
    "warm_words.ru": ("Warm words", {"tone.us": 0.5}),
    "snub.us": ("Snub", {"tone.ru": -0.7}),
    "visit": ("Visit", {"tone.us": 0.4, "tone.ru": 0.4}),
    "call": ("Call", {"tone.us": 0.2, "tone.ru": 0.2}),
    "talks": ("Talks", {"tone.us": 0.15, "tone.ru": 0.15}),
    "summit": ("Summit", {"tone.us": 1.2, "tone.ru": 1.2}),
    "incident": ("Serious incident", {"tone.us": -1.5, "tone.ru": -1.5}),
}
HISTORY = [
    ("2018-07-16", "summit", "Helsinki"),
    ("2018-11-25", "incident", "Kerch Strait"),
    ("2019-04-17", "talks", "Hill in Moscow"),
    ("2019-04-30", "accusation.us", "over Caracas"),
    ("2019-05-01", "call", "foreign ministers"),
    ("2019-05-01", "accusation.us", "Havana and Caracas, a long remark that nobody can read in a figure"),
    ("2019-05-01", "accusation.us", ""),
    ("2019-05-01", "accusation.ru", ""),
    ("2019-05-01", "threat.ru", "warns against intervention"),
    ("2019-05-01", "threat.us", "relations will suffer"),
    ("2019-05-03", "call", "presidents, over an hour"),
    ("2019-05-03", "warm_words.us", "very productive"),
    ("2019-05-06", "accusation.us", "Arctic"),
    ("2019-05-06", "visit", "Rovaniemi"),
    ("2019-05-06", "warm_words.us", ""),
    ("2019-05-13", "snub.us", "Moscow leg dropped"),
    *[("2019-05-14", event, "") for event in ("warm_words.ru", "warm_words.us", "refusal.us", "refusal.ru")],
    *[("2019-05-14", event, "") for event in ("accusation.ru", "threat.us", "refusal.us", "accusation.us")],
    ("2019-05-14", "visit", "Sochi"),
    ("2019-05-10", "accusation.ru", ""),
    ("2019-05-11", "accusation.us", ""),
    ("2019-05-12", "talks", ""),
    ("2019-04-22", "accusation.us", ""),
    ("2019-04-25", "warm_words.ru", ""),
]
CALENDAR = [
    ("tribunal", "Tribunal at Hamburg orders the sailors' release", "2019-05-25", None, 0.85, 0.85),
    ("spief", "St Petersburg forum", "2019-06-06", None, 0.25, 0.24),
    (
        "second_round",
        "Second round of sanctions under the chemical weapons act",
        "2019-05-20",
        "2019-11-30",
        0.55,
        0.54,
    ),
    (
        "osaka_meeting",
        "Presidents hold a formal bilateral meeting at the Osaka G20",
        "2019-06-28",
        None,
        0.75,
        0.624,
    ),
    ("osaka_brief", "Only a word in passing", "2019-06-29", None, 0.85, 0.33),
    ("inf_ends", "INF treaty ends", "2019-08-02", None, 0.97, 0.97),
    ("g7", "Trump asks for Russia's return to the G7", "2019-08-25", None, 0.35, 0.34),
    ("unga", "Foreign ministers meet at the UN", "2019-09-26", None, 0.85, 0.86),
    ("vote", "Ukrainian parliamentary election", "2019-10-27", None, 0.95, 0.95),
    ("apec", "Presidents meet at APEC in Santiago", "2019-11-16", None, 0.4, 0.36),
    ("normandy", "Normandy summit in Paris", "2019-12-09", None, 0.3, 0.31),
    ("nato", "NATO leaders meet near London", "2019-12-03", None, 0.99, 0.993),
]
OUTCOMES = [
    (
        "osaka",
        "The presidents meet in Osaka, in a sit-down of any length that both sides announce",
        0.62,
        "on 2019-06-28",
    ),
    ("any", "They meet in Osaka in any form", 0.972, "on 2019-06-28"),
    ("reset", "A reset: relations stay above −2 for 60 days and two agreements are signed", 0.021, "late"),
    ("new_start", "New START extension agreed by the end of 2019", 0.0098, "rise"),
    ("sanctions", "New US sanctions by 31 August", 0.91, "early"),
    ("sailors", "The 24 Ukrainian sailors freed by year end", 0.44, "rise"),
    ("deal", "A signed arms-control, counter-terrorism or Venezuela agreement between the two", 0.17, "rise"),
    ("incident", "A serious incident between the two", 0.55, "rise"),
    ("worse", "Relations worse at year end than at start", 0.38, "on 2019-12-31"),
    ("no_incident", "No serious incident and no new sanctions", 0.06, "on 2019-12-31"),
    ("never", "Venezuela traded for Ukraine", 0.0, "rise"),
]


def num(value: float, kind: Kind = Kind.REAL) -> Number:
    return Number(exactly(value, kind), "made/up")


def dates_of(start: date, end: date) -> tuple[date, ...]:
    return tuple(start + timedelta(i) for i in range((end - start).days + 1))


def make_scenario(
    *,
    start: date = START,
    end: date = END,
    history: list[tuple[str, str, str]] | None = None,
    calendar: list[tuple[str, str, str, str | None, float, float]] | None = None,
    interventions: Mapping[str, Intervention] | None = None,
    indices: tuple[str, ...] = ("relations",),
    titles: Mapping[str, str] | None = None,
    title: str = "After Sochi, will they meet in Osaka and does it matter?",
) -> Scenario:
    zero, one = num(0.0, Kind.RATE), num(1.0)
    seen = tuple(
        Observed(date.fromisoformat(on), event, 1, note)
        for on, event, note in (HISTORY if history is None else history)
    )
    entries = {
        name: Entry(
            name,
            label,
            date.fromisoformat(first),
            date.fromisoformat(last or first),
            (),
            None,
            num(p, Kind.PROBABILITY),
            {},
            {},
            (),
            (),
            (),
            None,
            {},
            None,
            {},
        )
        for name, label, first, last, p, _ in (CALENDAR if calendar is None else calendar)
    }
    variables = {
        f"tone.{party}": Variable(f"tone.{party}", f"Tone of {party}", -9, 9, one, one, one, None, {}, True)
        for party in ("us", "ru")
    }
    labels = {"relations": "US–Russian relations"}
    return Scenario(
        title=title,
        variant=None,
        start=start,
        end=end,
        paths=20000,
        seed=20190515,
        draws=None,
        max_per_day=50,
        parties={"us": "United States", "ru": "Russia"},
        issues={},
        limit=9.0,
        grades=GRADES,
        variables=variables,
        correlation={},
        conditions={},
        indices={n: Index(n, labels.get(n, n), {"tone.us": num(0.2), "tone.ru": num(0.2)}) for n in indices},
        events={
            name: Event(
                name,
                label,
                zero,
                {},
                (),
                {key: num(w) for key, w in effects.items()},
                zero,
                None,
                None,
                False,
                (),
                (),
                True,
                None,
            )
            for name, (label, effects) in EVENTS.items()
        },
        calendar=entries,
        history={"made_up": History("made_up", seen, None, (), frozenset())} if seen else {},
        interventions=interventions or {},
        outcomes={
            name: Outcome(name, title, Happens(("visit",), 1, None, None, start, end), None, None, None)
            for name, title in (titles or {}).items()
        },
        quantities={"visits": Measure("visits", "Visits", Count(("visit",), start, end))},
    )


def make_index(days: int, *, level: float = -2.9, spread: float = 1.1, end: float = -2.7) -> IndexForecast:
    sd = [0.15 + spread * math.sqrt(1 - 2 ** (-2 * t / 40)) for t in range(days)] if spread else [0.0] * days
    mean = tuple(level + (end - level) * (1 - 2 ** (-t / 60)) + 0.12 * spread * math.sin(t / 14) for t in range(days))
    quantiles = {key: tuple(m + z * s for m, s in zip(mean, sd)) for key, z in sorted(NORMAL.items())}
    return IndexForecast(mean, quantiles, {})


def make_outcome(
    title: str, p: float, shape: str, days: tuple[date, ...], *, doubt: bool = True, paths: int = 20000
) -> OutcomeForecast:
    n = len(days)
    if shape.startswith("on "):
        on = min(date.fromisoformat(shape[3:]), days[-1])
        curve = tuple(p if day >= on else 0.0 for day in days)
    elif shape == "late":
        curve = tuple(p * max(0.0, (t - 0.4 * n) / (0.6 * n - 1)) ** 2 if n > 1 else p for t in range(n))
    else:
        half = n * (0.15 if shape == "early" else 0.6)
        curve = tuple(p * (1 - 2 ** (-(t + 1) / half)) / (1 - 2 ** (-n / half)) for t in range(n))
    reached = [
        next((day for day, value in zip(days, curve) if p and value >= share * p), None) for share in (0.1, 0.5, 0.9)
    ]
    error = math.sqrt(p * (1 - p) / paths) * (2 if doubt else 1)
    low, high = max(0.0, p - 2 * error), min(1.0, p + 2 * error + (4 / paths if p == 0 else 0.0))
    if p == 1:
        low = 1 - 4 / paths
    wide = 1.8 * p * (1 - p)
    weights = (max(0.0, p - wide * 0.4), min(1.0, p + wide * 0.5)) if doubt else (None, None)
    return OutcomeForecast(
        title,
        p,
        error,
        low,
        high,
        *weights,
        0.1 if doubt else 0.0,
        FirstDate(*reached),
        Cumulative(days, curve),
    )


def make_forecast(
    scenario: Scenario,
    *,
    outcomes: list[tuple[str, str, float, str]] | None = None,
    doubt: bool = True,
    variant: str | None = None,
    indices: Mapping[str, IndexForecast] | None = None,
    paths: int = 20000,
) -> Forecast:
    days = dates_of(scenario.start, scenario.end)
    chosen = OUTCOMES if outcomes is None else outcomes
    made_up = {row[0]: row for row in CALENDAR}
    calendar = {}
    for name, entry in scenario.calendar.items():
        stated = entry.probability.quantity.central()
        calendar[name] = EntryForecast(stated, made_up[name][5] if name in made_up else stated, {})
    return Forecast(
        relsim="0.1.0",
        scenario=scenario.title,
        variant=variant,
        start=scenario.start,
        end=scenario.end,
        paths=paths,
        draws=157,
        seed=scenario.seed,
        outcomes={
            name: make_outcome(title, p, shape, days, doubt=doubt, paths=paths) for name, title, p, shape in chosen
        },
        quantities={},
        joint=Joint((), ()),
        given=(),
        variables={},
        indices=indices if indices is not None else {name: make_index(len(days)) for name in scenario.indices},
        dates=days,
        events={},
        calendar=calendar,
        conditions={},
        warnings=(),
    )
