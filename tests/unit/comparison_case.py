"""A made-up comparison, shaped like a real one, to draw figures of: no simulation, closed curves only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from plots_case import NORMAL, OUTCOMES, make_forecast, make_index, make_scenario

from relsim.result.comparison import (
    CLEAR,
    NOISE,
    SAME,
    Comparison,
    Contrast,
    Difference,
    IndexContrast,
    OutcomeContrast,
)
from relsim.scenario import Scenario

Case = tuple[Comparison, Mapping[str, Scenario]]
TITLES = {
    "no_meeting": "No meeting in Osaka",
    "meeting": "They do meet in Osaka",
    "incident_june": "A serious incident between the two on 10 June, and nothing else that was not expected",
    "bargain": "Venezuela for Ukraine",
    "scandal": "A scandal anew",
    "quiet": "A quiet summer",
}
FIRST = date(2019, 6, 28)


def difference_of(value: float, half: float) -> Difference:
    verdict = CLEAR if abs(value) > half else NOISE
    return Difference(value, half / 2, value - half, value + half, verdict, None if verdict == CLEAR else 90_000)


def outcome_contrast(title: str, before: float, change: float, half: float, *, paired: bool = True) -> OutcomeContrast:
    after = min(1.0, max(0.0, before + change))
    shares = (max(0.0, change) + 0.01, max(0.0, -change) + 0.01) if paired else (None, None)
    return OutcomeContrast(title, before, after, difference_of(after - before, half), *shares, "A sentence.")


def untouched(title: str, before: float) -> OutcomeContrast:
    return OutcomeContrast(title, before, before, difference_of(0.0, 0.001), 0.0, 0.0, "A sentence.")


def index_contrast(days: int, first: int, size: float, *, paired: bool = True) -> IndexContrast:
    mean = tuple(0.0 if t < first else size * 2 ** (-(t - first) / 30) for t in range(days))
    bands = {key: tuple(m * (1 + 0.4 * z) for m in mean) for key, z in sorted(NORMAL.items())} if paired else {}
    return IndexContrast(
        "Relations", mean, tuple(m - 0.05 * abs(m) for m in mean), tuple(m + 0.05 * abs(m) for m in mean), bands
    )


def make_comparison(
    names: tuple[str, ...] = ("no_meeting", "meeting"),
    *,
    given: tuple[str, ...] = (),
    outcomes: int = len(OUTCOMES),
    identical: bool = False,
) -> Case:
    """A baseline and the scenarios named, by turns for better and worse; outcome 5 moves within noise, the last two
    on no path.
    """
    scenario = make_scenario()
    chosen = OUTCOMES[:outcomes]
    baseline = make_forecast(scenario, outcomes=chosen)
    forecasts, contrasts = {"baseline": baseline}, {}
    first = (FIRST - scenario.start).days
    for i, name in enumerate(names):
        size = 0.0 if identical else 0.4 * (-1) ** (i + 1) * (1 + i / 3)
        moved, contrast = {}, {}
        for j, (key, title, p, shape) in enumerate(chosen):
            change = 0.0 if identical or j >= outcomes - 2 else -size * (5.3 - j) / 40
            contrast[key] = outcome_contrast(title, p, change, 0.006) if change else untouched(title, p)
            moved[key] = (key, title, contrast[key].other, shape)
        series = make_index(len(baseline.dates))
        index = index_contrast(len(baseline.dates), first, size)
        mean = tuple(a + b for a, b in zip(series.mean, index.mean))
        quantiles = {k: tuple(a + b for a, b in zip(v, index.mean)) for k, v in series.quantiles.items()}
        forecasts[name] = replace(
            make_forecast(scenario, outcomes=list(moved.values()), variant=name),
            indices={"relations": replace(series, mean=mean, quantiles=quantiles)},
        )
        if identical:
            nothing = Difference(0.0, 0.0, 0.0, 0.0, SAME, None)
            contrast = {key: replace(one, difference=nothing) for key, one in contrast.items()}
        day = None if identical else FIRST
        contrasts[name] = Contrast(
            name, "baseline", TITLES[name], "scenario", day, contrast, {}, {"relations": index}, ()
        )
    for outcome in given:
        title = {row[0]: row[1] for row in chosen}[outcome]
        contrast = {
            key: outcome_contrast(words, p, 0.02, 0.03, paired=False) for key, words, p, _ in chosen if key != outcome
        }
        contrasts[f"given {outcome}"] = Contrast(
            f"given {outcome}",
            "baseline",
            f"Where “{title}” came true",
            "condition",
            None,
            contrast,
            {},
            {"relations": index_contrast(len(baseline.dates), first - 10, 0.2, paired=False)},
            (f"outcome '{outcome}' is the condition itself",),
        )
    comparison = Comparison("0.2.0", "baseline", 20_000, 157, scenario.seed, baseline.dates, forecasts, contrasts, ())
    return comparison, dict.fromkeys(forecasts, scenario)
