"""What each chart of a comparison shows: frozen values taken from a comparison, nothing drawn."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from relsim.plots.data import CumulativeCurve, Daily, FanBand, Grade, courses_of, grades_of, number
from relsim.result.comparison import CLEAR, NOISE, SAME, SMALL, Comparison, Contrast, Difference, OutcomeContrast
from relsim.result.differences import POINTS, signed, value_text
from relsim.result.forecast import Forecast, OutcomeForecast
from relsim.result.rounding import rounded, said
from relsim.scenario import Scenario

BANDS = ((0.95, "0.025", "0.975"), (0.8, "0.1", "0.9"), (0.5, "0.25", "0.75"))
OVERLAID = ("0.1", "0.9")
"""Bounds of the one band that an overlaid fan draws of each side: 80 % of the paths."""
CONDITION = "condition"
WHOLE_FROM = 10
"""Points from which on a difference is whole."""


@dataclass(frozen=True)
class ShownComparison:
    """Which comparison a figure shows."""

    title: str
    start: date
    end: date
    paths: int
    seed: int
    version: str

    @property
    def line(self) -> str:
        """The comparison's identity in one line."""
        return f"{self.title} · {self.paths:,} paths · seed {self.seed} · relsim {self.version}"


@dataclass(frozen=True)
class Side:
    """A scenario, or a condition: those paths of a scenario on which something came true.

    Attributes
    ----------
    rank : place in the comparison; 0 is the baseline
    condition : whether it is a condition
    paired : whether its paths are compared with the baseline's one by one
    since : first day on which any path differs from the baseline; None where none does, and where not paired
    """

    name: str
    label: str
    rank: int
    condition: bool = False
    paired: bool = True
    since: date | None = None


@dataclass(frozen=True)
class OverlayBand:
    """A scenario's daily median of an index, and the bounds of the middle 80 % of its paths."""

    side: Side
    dates: tuple[date, ...]
    median: Daily
    low: Daily
    high: Daily


@dataclass(frozen=True)
class Overlay:
    """An index of all scenarios on one scale, the baseline first."""

    name: str
    title: str
    unit: str
    grades: tuple[Grade, ...]
    strands: tuple[OverlayBand, ...]
    between: tuple[str, ...] = ()
    """The parties' names, for an index."""


@dataclass(frozen=True)
class Gap:
    """The daily difference of an index between a side and its counterpart.

    Attributes
    ----------
    dates : days that both have
    mean, low, high : the mean difference with its 95 % interval, not a number where it cannot be said
    bands : of the paths' own differences; none where paths are not paired
    """

    name: str
    title: str
    side: Side
    against: str
    dates: tuple[date, ...]
    mean: Daily
    low: Daily
    high: Daily
    bands: tuple[FanBand, ...]


@dataclass(frozen=True)
class DumbbellPoint:
    """One outcome's probability in the counterpart and in a side, and what is said of their difference.

    ``verdict`` is the difference's, and ``same`` also where no path differs in this outcome; ``low`` and ``high`` are
    the side's parameter range.
    """

    side: Side
    before: float
    after: float
    low: float | None
    high: float | None
    verdict: str
    text: str
    note: str
    """The difference in words: ``−0.3, within noise``, ``−0.3, small``, ``no path differs``."""


@dataclass(frozen=True)
class DumbbellRow:
    """One outcome of all sides; `baseline` is its own row, against nothing."""

    name: str
    title: str
    baseline: DumbbellPoint
    bells: tuple[DumbbellPoint, ...]


@dataclass(frozen=True)
class CurveSet:
    """One outcome's course over time in all scenarios that have it."""

    name: str
    title: str
    courses: tuple[tuple[Side, CumulativeCurve], ...]


def compared_of(comparison: Comparison) -> ShownComparison:
    """The identity of a comparison."""
    c = comparison
    baseline = c.scenarios[c.baseline]
    return ShownComparison(baseline.scenario, baseline.start, baseline.end, c.paths, c.seed, c.relsim)


def sides_of(comparison: Comparison) -> tuple[Side, ...]:
    """The baseline and what is compared with it, in order, by their titles; by their names too where titles repeat."""
    contrasts = comparison.contrasts
    titles = {comparison.baseline: comparison.scenarios[comparison.baseline].scenario}
    titles |= {name: contrast.title or in_words(name) for name, contrast in contrasts.items()}
    often = Counter(titles.values())
    labels = {name: f"{title}, {in_words(name)}" if often[title] > 1 else title for name, title in titles.items()}
    sides = [Side(comparison.baseline, f"Baseline: {labels[comparison.baseline]}", 0)]
    for contrast in comparison.contrasts.values():
        sides.append(
            Side(
                contrast.name,
                labels[contrast.name],
                len(sides),
                contrast.kind == CONDITION,
                contrast.kind != CONDITION and bool(contrast.outcomes or contrast.quantities or contrast.indices),
                contrast.first_difference,
            )
        )
    return tuple(sides)


def overlay_of(comparison: Comparison, scenarios: Mapping[str, Scenario], name: str) -> Overlay:
    """An index or variable of all scenarios that have it."""
    scenario = scenarios[comparison.baseline]
    index, variable = scenario.indices.get(name), scenario.variables.get(name)
    low, high = (variable.low, variable.high) if variable else (-scenario.limit, scenario.limit)
    label = index.label if index else scenario.short_name(name)
    strands = []
    for side in sides_of(comparison):
        forecast = comparison.scenarios.get(side.name)
        series = None if forecast is None else forecast.indices.get(name) or forecast.variables.get(name)
        if forecast is not None and series is not None:
            bounds = (series.quantiles[key] for key in ("0.5", *OVERLAID))
            strands.append(OverlayBand(side, forecast.dates, *bounds))
    unit = f"points (scale {number(low)} to {number(high)})"
    parties = tuple(filter(None, scenario.parties.values())) if index else ()
    return Overlay(name, label or name, unit, grades_of(scenario.grades), tuple(strands), parties)


def gaps_of(comparison: Comparison, name: str, title: str) -> tuple[Gap, ...]:
    """The differences of one index, a side each."""
    gaps = []
    labels = {side.name: f"“{side.label}”" for side in sides_of(comparison)} | {comparison.baseline: "the baseline"}
    for side, contrast in _contrasts(comparison):
        series = contrast.indices.get(name)
        if series is None or not series.mean:
            continue
        bands = tuple(
            FanBand(share, _numbers(series.quantiles[a]), _numbers(series.quantiles[b]))
            for share, a, b in BANDS
            if a in series.quantiles and b in series.quantiles
        )
        days = len(series.mean)
        unknown = (math.nan,) * days
        mean, low, high = (_numbers(s) or unknown for s in (series.mean, series.low, series.high))
        gaps.append(Gap(name, title, side, labels[contrast.against], comparison.dates[:days], mean, low, high, bands))
    return tuple(gaps)


def bells_of(comparison: Comparison) -> tuple[DumbbellRow, ...]:
    """Every outcome with its differences: those that clearly change first, by the size of the change."""
    baseline = comparison.scenarios[comparison.baseline]
    titles = {name: o.title for name, o in baseline.outcomes.items()}
    contrasts = comparison.contrasts.values()
    for contrast in contrasts:
        titles |= {name: o.title for name, o in contrast.outcomes.items() if name not in titles}
    rows = []
    for name, title in titles.items():
        bells = [
            _bell(side, contrast.outcomes[name], outcome_in(comparison, side.name, name))
            for side, contrast in _contrasts(comparison)
            if name in contrast.outcomes
        ]
        found = [bell for bell in bells if bell is not None]
        if found:
            before, side, own = found[0].before, sides_of(comparison)[0], baseline.outcomes.get(name)
            alone = DumbbellPoint(side, before, before, *_range(own), SAME, said(own) if own else rounded(before), "")
            rows.append(DumbbellRow(name, title or in_words(name), alone, tuple(found)))
    return tuple(sorted(rows, key=_change, reverse=True))


def course_sets_of(comparison: Comparison) -> tuple[CurveSet, ...]:
    """The courses of every outcome, in the order of `bells_of`, then what no contrast has."""
    forecasts = [(side, f) for side in sides_of(comparison) if (f := comparison.scenarios.get(side.name))]
    courses = {side.name: {course.name: course for course in courses_of(f)} for side, f in forecasts}
    titles = {name: o.title for _, f in reversed(forecasts) for name, o in f.outcomes.items()}
    order = [row.name for row in bells_of(comparison)]
    order += [name for name in titles if name not in order]
    return tuple(
        CurveSet(
            name,
            titles[name] or in_words(name),
            tuple((side, courses[side.name][name]) for side, _ in forecasts if name in courses[side.name]),
        )
        for name in order
        if name in titles
    )


def in_words(name: str) -> str:
    """A name of a file as words."""
    return name.replace("_", " ")


def _contrasts(comparison: Comparison) -> list[tuple[Side, Contrast]]:
    return list(zip(sides_of(comparison)[1:], comparison.contrasts.values()))


def outcome_in(comparison: Comparison, side: str, name: str) -> OutcomeForecast | None:
    """An outcome's forecast in a side; None for a condition and where the side lacks it."""
    forecast = comparison.scenarios.get(side)
    return forecast.outcomes.get(name) if forecast else None


def _range(outcome: OutcomeForecast | None) -> tuple[float | None, float | None]:
    return (outcome.weights_low, outcome.weights_high) if outcome else (None, None)


def _bell(side: Side, contrast: OutcomeContrast, outcome: OutcomeForecast | None) -> DumbbellPoint | None:
    if contrast.baseline is None or contrast.other is None:
        return None
    d = contrast.difference
    verdict = SAME if contrast.gained == contrast.lost == 0 else d.verdict
    text = said(outcome) if outcome else rounded(contrast.other)
    note = "no path differs" if verdict == SAME else _note(d)
    return DumbbellPoint(side, contrast.baseline, contrast.other, *_range(outcome), verdict, text, note)


def _note(difference: Difference) -> str:
    if difference.value is None or difference.low is None or difference.high is None:
        return f"{value_text(difference, POINTS)}, without interval"
    if difference.verdict in (NOISE, SMALL):
        return f"{value_text(difference, POINTS)}, {difference.verdict}"
    value, low, high = (POINTS * x for x in (difference.value, difference.low, difference.high))
    digits = 0 if abs(value) >= WHOLE_FROM else 1 if abs(value) >= 0.1 else 2
    return f"{signed(value, digits)} ({signed(low, digits)} to {signed(high, digits)})"


def _change(row: DumbbellRow) -> tuple[bool, float]:
    clear = [abs(bell.after - bell.before) for bell in row.bells if bell.verdict == CLEAR]
    return bool(clear), max(clear, default=max(abs(bell.after - bell.before) for bell in row.bells))


def _numbers(series: Daily) -> Daily:
    """Null as not a number."""
    return tuple(math.nan if value is None else value for value in series)


def indices_of(forecast: Forecast, most: int) -> list[str]:
    """What fans are drawn of: the indices; for a scenario without, its first variables."""
    return list(forecast.indices) or list(forecast.variables)[:most]
