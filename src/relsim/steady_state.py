"""Where a model settles without history, calendar and interventions. Floor 5; imports ``model``, ``engine``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from relsim.scenario import Count, Measure, Reading, Scenario

BURN_DAYS, KEPT_DAYS, PATHS = 730, 1461, 1024
"""Two years to settle, four years to average over, on as many paths."""
MOST_POINTS, MOST_SHARE = 1.0, 0.25
"""Distance from baseline, and relative distance from the stated rate, past which a warning is due."""


@dataclass(frozen=True)
class Settled:
    """Where one variable (points) or event (a year) settles, against what the file says."""

    name: str
    stated: float
    settles: float
    standard_error: float
    is_rate: bool
    usual: bool = True
    """Whether it is a part of the usual: the rate of what is held back now and then is not reached."""

    @property
    def far(self) -> bool:
        """Whether it settles so far from what the file says that a warning is due."""
        gap = abs(self.settles - self.stated)
        return self.usual and gap > (MOST_SHARE * self.stated if self.is_rate else MOST_POINTS)


def undisturbed(scenario: Scenario) -> Scenario:
    """The scenario over six years without history, calendar and interventions, measured over the last four."""
    first = scenario.start + timedelta(days=BURN_DAYS)
    end = first + timedelta(days=KEPT_DAYS - 1)
    silent = {name: replace(e, first=None, last=None, after=(), delay=None) for name, e in scenario.calendar.items()}
    levels = {f"level {v}": Measure(v, v, Reading(v, "mean", first, end)) for v in scenario.variables}
    counts = {f"count {k}": Measure(k, k, Count((k,), first, end)) for k in scenario.events}
    return replace(
        scenario,
        end=end,
        as_of=None,
        calendar=silent,
        history={},
        interventions={},
        outcomes={},
        quantities={**levels, **counts},
    )


def settle(scenario: Scenario, seed: int) -> list[Settled]:
    """Simulate where each variable and rate settles, at the medians of the weights."""
    from relsim.engine import simulate
    from relsim.model import build

    model = build(undisturbed(scenario), judge=False)
    values = simulate(model, paths=PATHS, seed=seed, median_weights=True).values
    parameters = model.at_medians()
    mean, error = values.mean(axis=0), values.std(axis=0, ddof=1) / PATHS**0.5
    out = []
    for i, name in enumerate(scenario.variables):
        out.append(Settled(name, float(parameters.baseline[0, i]), float(mean[i]), float(error[i]), False))
    years = KEPT_DAYS / 365.25
    for k, name in enumerate(scenario.events):
        i = len(scenario.variables) + k
        rate = float(parameters.rate[0, k]) * 365.25
        usual = scenario.events[name].usual
        out.append(Settled(name, rate, float(mean[i]) / years, float(error[i]) / years, True, usual))
    return out
