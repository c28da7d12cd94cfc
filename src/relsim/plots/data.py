"""What each chart shows, taken from a forecast and its scenario: frozen values, nothing drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from relsim.plots.style import say
from relsim.result import Forecast, rounded, said
from relsim.scenario import Entry, Scenario

if TYPE_CHECKING:
    from relsim.model import Model

Daily = tuple[float, ...]

SHARES = ((0.95, "0.025", "0.975"), (0.8, "0.1", "0.9"), (0.5, "0.25", "0.75"))
"""Bands of the fan, widest first: share of the paths inside, and the quantiles that bound them."""
LEAST_PATHS = 10
"""Paths on which an outcome came true, from which on one common date is taken for more than chance."""


@dataclass(frozen=True)
class ShownRun:
    """Which run a figure shows."""

    title: str
    variant: str | None
    start: date
    end: date
    paths: int
    draws: int
    seed: int
    version: str
    doubt: bool | None
    """Whether the weights differ between paths; None where no outcome tells."""

    @property
    def line(self) -> str:
        """The run's identity in one line."""
        variant = f"variant {self.variant} · " if self.variant else ""
        return f"{self.title} · {variant}{self.paths:,} paths · seed {self.seed} · relsim {self.version}"


@dataclass(frozen=True)
class Grade:
    """A named stretch of the scale: above `low`, up to and including `high`; None where open."""

    name: str
    low: float | None
    high: float | None


@dataclass(frozen=True)
class FanBand:
    """Daily bounds between which a share of the paths lies."""

    share: float
    low: Daily
    high: Daily


@dataclass(frozen=True)
class Past:
    """Daily values before the start, as replayed from the history."""

    dates: tuple[date, ...]
    values: Daily


@dataclass(frozen=True)
class Happening:
    """Something observed before the start; `push` is its usual effect on what is shown, in points."""

    on: date
    label: str
    push: float


@dataclass(frozen=True)
class Appointment:
    """Something dated in the window: a calendar entry with its probability, or an assumption of the
    scenario.
    """

    first: date
    last: date
    label: str
    note: str
    """What was simulated: ``60 %``, ``62 % (stated 75 %)``, ``cancelled``, ``assumed``."""
    assumed: bool = False


@dataclass(frozen=True)
class Fan:
    """A fan chart: one index or variable over the window, with what happened before and what is due."""

    name: str
    title: str
    unit: str
    start: date
    end: date
    dates: tuple[date, ...]
    median: Daily
    bands: tuple[FanBand, ...]
    grades: tuple[Grade, ...]
    past: Past | None = None
    history: tuple[Happening, ...] = ()
    calendar: tuple[Appointment, ...] = ()
    undated: tuple[str, ...] = ()
    """Calendar entries without a fixed date."""
    known_to: date | None = None
    """Last day of the window that the record tells."""
    between: tuple[str, ...] = ()
    """Names of the parties, where it is of all of them."""
    meaning: str = ""
    """What is shown, in a sentence."""


@dataclass(frozen=True)
class OutcomeBar:
    """One outcome's probability with both intervals."""

    name: str
    title: str
    probability: float
    text: str
    low: float | None
    high: float | None
    weights_low: float | None
    weights_high: float | None


@dataclass(frozen=True)
class CumulativeCurve:
    """Probability that an outcome has become certain by each date.

    `dates` rises; the value holds until the next date. `decided_on` is the date on which it came true on
    all paths on which it did, where there is one. `median` is the date by which half of these paths have
    it.
    """

    name: str
    title: str
    dates: tuple[date, ...]
    probability: Daily
    text: str
    weights_low: float | None
    weights_high: float | None
    decided_on: date | None
    median: date | None


def run_of(forecast: Forecast) -> ShownRun:
    """The identity of a forecast."""
    f = forecast
    doubt = any(o.weights_low is not None for o in f.outcomes.values()) if f.outcomes else None
    return ShownRun(f.scenario, f.variant, f.start, f.end, f.paths, f.draws, f.seed, f.relsim, doubt)


def fan_of(forecast: Forecast, scenario: Scenario, name: str, past: Past | None = None) -> Fan:
    """The fan chart of an index or variable."""
    series = forecast.indices[name] if name in forecast.indices else forecast.variables[name]
    index = scenario.indices.get(name)
    variable = scenario.variables.get(name)
    if index is not None:
        label, low, high = index.label, -scenario.limit, scenario.limit
        moved = {key: weight.share * weight.quantity.central() for key, weight in index.weights.items()}
    else:
        label, low, high = scenario.short_name(name), *((variable.low, variable.high) if variable else (0.0, 0.0))
        moved = {name: 1.0}
    return Fan(
        name=name,
        title=label or name,
        unit=f"points (scale {number(low)} to {number(high)})",
        start=forecast.start,
        end=forecast.end,
        dates=forecast.dates,
        median=series.quantiles["0.5"],
        bands=tuple(FanBand(share, series.quantiles[a], series.quantiles[b]) for share, a, b in SHARES),
        grades=grades_of(scenario.grades),
        past=past,
        history=_history(scenario, moved),
        calendar=_calendar(forecast, scenario),
        undated=tuple(
            f"{entry.label or entry.name}: {_came_out(forecast, scenario, entry)}"
            for entry in scenario.calendar.values()
            if entry.first is None
        ),
        known_to=forecast.as_of,
        between=tuple(filter(None, scenario.parties.values())) if index else (),
        meaning=meaning_of(scenario, name),
    )


def meaning_of(scenario: Scenario, name: str) -> str:
    """What an index is made of, or a variable's label where its title is a shorter name."""
    index = scenario.indices.get(name)
    if index is None:
        told = scenario.unowned(name)
        return f"{told}." if told and told not in scenario.short_name(name) else ""
    parts: dict[str, float] = {}
    members = Counter(key.split(".")[0] for key in index.weights)
    for key, weight in index.weights.items():
        root = key.split(".")[0]
        parts[root] = parts.get(root, 0.0) + weight.share * weight.quantity.central()
    said = ""
    for root, value in parts.items():
        label = scenario.unowned(root) or ""
        mean = "mean " if members[root] > 1 else ""
        explained = f" ({label[:1].lower()}{label[1:]})" if len(label) > len(root) else ""
        sign = (" − " if value < 0 else " + ") if said else "−" * (value < 0)
        said += f"{sign}{number(round(abs(value), 3))} × {mean}{root.replace('_', ' ')}{explained}"
    return f"{said}."


def pasts_of(model: Model) -> dict[str, Past]:
    """What the replay makes of the days before the window, for each index and variable; empty without history."""
    from relsim.model.past import replayed_days

    replayed = replayed_days(model)
    if not replayed.dates:
        return {}
    levels = replayed.levels.T.tolist()
    return {name: Past(replayed.dates, tuple(levels[i])) for name, i in model.axes.levels.items()}


def chances_of(forecast: Forecast) -> tuple[OutcomeBar, ...]:
    """All outcomes, the likeliest first."""
    chances = [
        OutcomeBar(
            name,
            o.title or name,
            o.probability,
            said(forecast.outcomes[name]),
            o.low,
            o.high,
            o.weights_low,
            o.weights_high,
        )
        for name, o in forecast.outcomes.items()
    ]
    return tuple(sorted(chances, key=lambda chance: -chance.probability))


def courses_of(forecast: Forecast) -> tuple[CumulativeCurve, ...]:
    """The course over time of every outcome, the likeliest first."""
    courses = []
    for name, o in forecast.outcomes.items():
        dates, values = o.cumulative.dates, o.cumulative.probability
        steps = [day for day, value, before in zip(dates, values, (0.0, *values)) if value > before]
        decided = steps[0] if len(steps) == 1 and o.probability * forecast.paths >= LEAST_PATHS else None
        text = said(forecast.outcomes[name])
        median = None if decided else o.first_date.p50
        courses.append(
            CumulativeCurve(name, o.title or name, dates, values, text, o.weights_low, o.weights_high, decided, median)
        )
    return tuple(sorted(courses, key=lambda course: -(course.probability or (0.0,))[-1]))


def number(value: float) -> str:
    """A number with a true minus sign, as short as it can be."""
    return f"{value:g}".replace("-", "−")


def tenths(value: float) -> str:
    """A number with one decimal and a true minus sign, none before zero."""
    return f"{round(value, 1) + 0.0:.1f}".replace("-", "−")


def grades_of(bounds: Mapping[str, float]) -> tuple[Grade, ...]:
    names = list(bounds)
    lows = [None, *(bounds[name] for name in names[:-1])]
    highs = [*(bounds[name] for name in names[:-1]), None]
    return tuple(Grade(name, low, high) for name, low, high in zip(names, lows, highs))


def _labels(scenario: Scenario) -> dict[str, str]:
    """A label for each event type, with the member's party or issue where several share one."""
    shared = Counter(event.label or event.name for event in scenario.events.values())
    members = {**scenario.parties, **scenario.issues}
    result = {}
    for name, event in scenario.events.items():
        label = event.label or name
        whose = [members.get(part, part) for part in name.split(".")[1:]]
        if shared[label] > 1 and whose:
            label = f"{label}, {', '.join(whose)}"
        result[name] = label
    return result


def _history(scenario: Scenario, moved: Mapping[str, float]) -> tuple[Happening, ...]:
    """Observed events by date, equal ones of a day as one; per (day, event) the largest count any history
    gives.
    """
    counts: dict[tuple[date, str], int] = {}
    notes: dict[tuple[date, str], str] = {}
    for history in scenario.history.values():
        here: Counter[tuple[date, str]] = Counter()
        for seen in history.events:
            here[seen.on, seen.event] += seen.count
            if seen.note:
                notes.setdefault((seen.on, seen.event), seen.note)
        for key, count in here.items():
            counts[key] = max(count, counts.get(key, 0))
    labels = _labels(scenario)
    result = []
    for (on, name), count in sorted(counts.items()):
        if on >= scenario.start or count == 0:
            continue
        effects = scenario.events[name].effects if name in scenario.events else {}
        push = count * sum(
            moved.get(key, 0.0) * effect.share * effect.quantity.central() for key, effect in effects.items()
        )
        label = (f"{count} × " if count > 1 else "") + labels.get(name, name)
        note = notes.get((on, name), "")
        result.append(Happening(on, f"{label}: {note}" if note else label, push))
    return tuple(result)


def _calendar(forecast: Forecast, scenario: Scenario) -> tuple[Appointment, ...]:
    items = [
        Appointment(
            max(entry.first, scenario.start),
            min(entry.last, scenario.end),
            entry.label or entry.name,
            _came_out(forecast, scenario, entry),
        )
        for entry in scenario.calendar.values()
        if entry.first is not None
        and entry.last is not None
        and entry.last >= scenario.start
        and entry.first <= scenario.end
    ]
    labels = _labels(scenario)
    for intervention in scenario.interventions.values():
        if intervention.on is not None:
            first = last = intervention.on
        elif intervention.first is not None and intervention.last is not None:
            first, last = intervention.first, intervention.last
        else:
            continue
        if last < scenario.start or first > scenario.end:
            continue
        label = intervention.name.replace("_", " ").capitalize()
        if intervention.event:
            label = labels.get(intervention.event, intervention.event)
        items.append(Appointment(max(first, scenario.start), min(last, scenario.end), label, "assumed", assumed=True))
    return tuple(sorted(items, key=lambda item: (item.first, item.last)))


def _came_out(forecast: Forecast, scenario: Scenario, entry: Entry) -> str:
    for intervention in scenario.interventions.values():
        if intervention.cancel == entry.name:
            return "cancelled"
    for intervention in scenario.interventions.values():
        if intervention.force == entry.name:
            return "assumed to happen"
    seen = forecast.calendar.get(entry.name)
    if seen is None or seen.probability is None:
        return "no probability"
    if seen.stated is not None and abs(seen.stated - seen.probability) >= 0.02:
        return f"{rounded(seen.probability)} (stated {rounded(seen.stated)})"
    return rounded(seen.probability)


def span(first: date, last: date) -> str:
    """Two dates as a stretch: ``15 May – 31 Dec 2019``."""
    return f"{say(first, year=first.year != last.year)} – {say(last, year=True)}"


def days_before(day: date, days: float) -> date:
    """The date so many days (rounded) earlier."""
    return day - timedelta(round(days))
