"""Models to measure on: small, mid and big, made without files.

Every event type reads four variables and is excited by three event types; it moves four variables. Every variable
is pulled by one other, and noises are correlated in pairs. So couplings per variable and per event type do not grow
with the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from relsim.model import Model, build
from relsim.quantity import Kind, Quantity
from relsim.scenario import Entry, Event, Excitation, Index, Number, Scenario, Variable

SIZES = {"small": (8, 12, 45), "mid": (12, 20, 90), "big": (20, 30, 365)}
"""Variables, event types, days."""

COUPLINGS, EXCITERS, ENTRIES = 4, 3, 5
START = date(2021, 1, 4)
LIMIT = 9.0


def number(value: float, kind: Kind, path: str) -> Number:
    """A certain number."""
    return Number(Quantity("certain", (float(value),), kind, f"{value:g}"), path)


def numbers(values: Mapping[str, float], kind: Kind, path: str) -> dict[str, Number]:
    """Certain numbers by name."""
    return {name: number(value, kind, f"{path}/{name}") for name, value in values.items()}


def scenario(variables: int, events: int, days: int, *, seed: int = 7) -> Scenario:
    """A scenario of the given size; the same seed gives the same numbers."""
    rng = np.random.default_rng(seed)
    names = [f"x{d}" for d in range(variables)]
    types = [f"e{k}" for k in range(events)]
    rate = np.geomspace(0.25, 0.0005, events)
    last = days - 1
    at = sorted(rng.choice(np.arange(1, last), ENTRIES, replace=False))
    return Scenario(
        title=f"{variables} variables, {events} event types, {days} days",
        variant=None,
        start=START,
        end=START + timedelta(last),
        paths=1000,
        seed=1,
        draws=None,
        max_per_day=50.0,
        parties={},
        issues={},
        limit=LIMIT,
        grades={"low": -3.0, "middle": 3.0, "high": LIMIT},
        variables={name: _variable(rng, names, d) for d, name in enumerate(names)},
        correlation={(names[d], names[d + 1]): 0.4 for d in range(0, variables - 1, 2)},
        conditions={},
        indices={"whole": Index("whole", "", numbers(dict.fromkeys(names, 1 / variables), Kind.REAL, "whole"))},
        events={name: _event(rng, names, types, rate, k) for k, name in enumerate(types)},
        calendar={f"c{e}": _entry(rng, names, f"c{e}", START + timedelta(int(on))) for e, on in enumerate(at)},
        history={},
        interventions={},
        outcomes={},
        quantities={},
    )


def _variable(rng: np.random.Generator, names: Sequence[str], d: int) -> Variable:
    path = f"variables/{names[d]}"
    return Variable(
        name=names[d],
        label="",
        low=-LIMIT,
        high=LIMIT,
        baseline=number(rng.uniform(-2, 2), Kind.REAL, f"{path}/baseline"),
        half_life=number(rng.uniform(8, 40), Kind.DURATION, f"{path}/half_life"),
        spread=number(rng.uniform(0.5, 1.5), Kind.NONNEGATIVE, f"{path}/spread"),
        initial=None,
        pull=numbers({names[(d + 1) % len(names)]: 0.005}, Kind.REAL, f"{path}/pull"),
        drift=True,
    )


def _event(rng: np.random.Generator, names: Sequence[str], types: Sequence[str], rate: np.ndarray, k: int) -> Event:
    path = f"events/{types[k]}"
    others = [j for j in range(len(types)) if j != k]
    read = rng.choice(names, COUPLINGS, replace=False)
    moved = rng.choice(names, COUPLINGS, replace=False)
    size = 0.3 + 0.7 * k / len(types)
    return Event(
        name=types[k],
        label="",
        rate=number(rate[k], Kind.RATE, f"{path}/rate"),
        rate_ratio=numbers({str(n): np.exp(rng.normal(0, 0.08)) for n in read}, Kind.POSITIVE, f"{path}/rate_ratio"),
        excited_by=tuple(
            Excitation(
                types[j],
                number(min(0.08 * rate[k] / rate[j], 0.3), Kind.NONNEGATIVE, f"{path}/excited_by/{i}/events"),
                number(2 + j % 10, Kind.DURATION, f"{path}/excited_by/{i}/half_life"),
            )
            for i, j in enumerate(rng.choice(others, EXCITERS, replace=False))
        ),
        effects=numbers({str(n): size * rng.uniform(-1, 1) for n in moved}, Kind.REAL, f"{path}/effects"),
        overdispersion=number(0, Kind.NONNEGATIVE, f"{path}/overdispersion"),
        weekdays=None,
        at_most=None,
        ever=False,
        usual=True,
        requires=(),
        unless=(),
        codes=None,
    )


def _entry(rng: np.random.Generator, names: Sequence[str], name: str, on: date) -> Entry:
    path = f"calendar/{name}"
    odds = {str(n): np.exp(rng.normal(0, 0.1)) for n in rng.choice(names, COUPLINGS, replace=False)}
    effects = {str(n): rng.uniform(-1, 1) for n in rng.choice(names, COUPLINGS, replace=False)}
    return Entry(
        name=name,
        label="",
        first=on,
        last=on,
        after=(),
        delay=None,
        probability=number(rng.uniform(0.2, 0.8), Kind.PROBABILITY, f"{path}/probability"),
        at={},
        odds_ratio=numbers(odds, Kind.POSITIVE, f"{path}/odds_ratio"),
        odds_if=(),
        requires=(),
        unless=(),
        event=None,
        effects=numbers(effects, Kind.REAL, f"{path}/effects"),
        otherwise_event=None,
        otherwise_effects={},
    )


def model(size: str) -> Model:
    """The model of a named size."""
    return build(scenario(*SIZES[size]))
