"""A small scenario and a synthetic simulation of it, for tests of outcomes, summary, result and table."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np

from relsim.outcomes import NEVER
from relsim.scenario import (
    Count,
    First,
    Happens,
    Level,
    Measure,
    Outcome,
    Scenario,
)

START = date(2020, 2, 25)
DAYS = 10
END = START + timedelta(days=DAYS - 1)
GRADES = {"bad": 0.0, "good": 9.0}


def scenario(outcomes, quantities=None):
    return Scenario(
        title="After Sochi",
        variant=None,
        start=START,
        end=END,
        paths=1000,
        seed=7,
        draws=None,
        max_per_day=50,
        parties={},
        issues={},
        limit=9,
        grades=GRADES,
        variables={"x": None},
        correlation={},
        conditions={"c": None},
        indices={"mix": None},
        events={"e": None},
        calendar={"talks": SimpleNamespace(first=None, last=None, label="")},
        history={},
        interventions={},
        outcomes={name: Outcome(name, f"Title of {name}", p, None, None, None) for name, p in outcomes.items()},
        quantities={name: Measure(name, name, of) for name, of in (quantities or {}).items()},
    )


MET = Happens(("talks",), 1, None, None, START, END)
USUAL = scenario(
    {
        "met": MET,
        "warm": Level("mix", "on", END, END, 0.0, None),
        "never": Level("mix", "on", END, END, 8.0, None),
    },
    {"events": Count(("e",), START, END), "first_met": First("met")},
)


@dataclass
class CalendarCase:
    stated: np.ndarray = field(default_factory=lambda: np.array([0.75]))
    probability: np.ndarray = field(default_factory=lambda: np.array([0.625]))
    moved_by: tuple = ({"state": -0.1, "incident within 14 days": -0.025, "odd": 0.0},)


@dataclass
class Case:
    """A simulation in the shape that ``summarise`` reads."""

    paths: int
    draws: int
    seed: int
    weight_names: tuple
    days: np.ndarray
    values: np.ndarray
    reached: np.ndarray
    fan_mean: np.ndarray
    fan_quantiles: np.ndarray
    grade_probability: np.ndarray
    condition_probability: np.ndarray
    count_mean: np.ndarray
    count_quantiles: np.ndarray
    calendar: CalendarCase
    warnings: tuple


def simulation(paths=1000, draws=1, weights=(), seed=7):
    rng = np.random.default_rng(seed)
    met = np.where(rng.random(paths) < 0.5, rng.integers(1, DAYS + 1, paths), NEVER)
    warm = np.where(rng.random(paths) < 0.3, DAYS, NEVER)
    days = np.stack([met, warm, np.full(paths, NEVER)], axis=1).astype(np.int32)
    values = np.stack([rng.poisson(3, paths), np.where(met == NEVER, np.nan, met)], axis=1).astype(float)
    grades = rng.random((1, 2, DAYS))
    return Case(
        paths=paths,
        draws=draws,
        seed=seed,
        weight_names=weights,
        days=days,
        values=values,
        reached=np.array([[-3.0, 2.0], [-3.0, 2.0]]),
        fan_mean=rng.normal(size=(2, DAYS)),
        fan_quantiles=np.sort(rng.normal(size=(2, DAYS, 9)), axis=2),
        grade_probability=grades / grades.sum(axis=1, keepdims=True),
        condition_probability=rng.random((1, DAYS)),
        count_mean=np.array([3.0]),
        count_quantiles=np.arange(9.0)[None, :],
        calendar=CalendarCase(),
        warnings=("a warning of the run",),
    )


def variant(name):
    return replace(USUAL, variant=name)
