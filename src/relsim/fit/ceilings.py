"""Days of a record on which a ceiling binds: a rate held at ``max_per_day``, an ``at_most`` that is spent. Floor 4."""

from __future__ import annotations

import numpy as np

from relsim.fit.likelihood import Likelihood
from relsim.fit.normal_scores import Array

_NOTABLE = 0.01
"""Share of an event type's days from which on a held rate is worth a sentence."""


def rates_at(likelihood: Likelihood, theta: Array) -> Array:
    """(H, K) rates of the record under one weight vector (W,)."""
    with likelihood.run(theta[None]) as run:
        return np.concatenate([part for _, part in run.rates()])[:, :, 0]


def ceilings_of(likelihood: Likelihood, rates: Array) -> list[str]:
    """A sentence for each event type whose ceiling makes days of the record say less, or nothing.

    Parameters
    ----------
    rates : (H, K)
    """
    scenario, scored = likelihood.model.scenario, likelihood.scored
    most = scenario.max_per_day
    spent = scored & (likelihood.days.left <= 0)
    held = scored & ~spent & (rates >= most * (1 - 1e-9))
    out = []
    for k, event in enumerate(scenario.events.values()):
        days = int(scored[:, k].sum())
        if days and held[:, k].sum() >= _NOTABLE * days:
            share = 100 * held[:, k].sum() / days
            out.append(
                f"{event.name}: its rate is held at max_per_day = {most:g} on {share:.0f} % of the days, which say "
                "nothing of what would raise it further"
            )
        if spent[:, k].any():
            on = likelihood.record.dates[int(np.argmax(spent[:, k]))]
            out.append(
                f"{event.name}: at_most = {event.at_most} lets none through from {on} on; {spent[:, k].sum():,} days "
                "say nothing of its rate"
            )
    return out
