"""Flips put to the test: the weight set where the outcome should cross, on the run's own paths. Floor 5."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from relsim.drivers.paired_runs import PathSimulator
from relsim.drivers.words import amount
from relsim.estimates import probability
from relsim.model import Model
from relsim.result.drivers import Driven, Drivers, Flip
from relsim.result.saved import FinishedRun


def checked(
    model: Model,
    saved: FinishedRun,
    found: Drivers,
    *,
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Drivers:
    """The same drivers, each flip with the probability that a simulation finds there.

    Every draw keeps its other weights. A flip whose value makes an unstable model under
    some draw stays unchecked.
    """
    outcomes, done = {}, 0
    for name, driven in found.outcomes.items():
        outcomes[name] = driven
        if driven.flip is not None and driven.flip.weight is not None:
            outcomes[name] = _checked(model, saved, name, driven, driven.flip, workers)
            done += 1
            if progress:
                progress(done)
    return replace(found, outcomes=outcomes)


def _checked(model: Model, saved: FinishedRun, name: str, driven: Driven, flip: Flip, workers: int | None) -> Driven:
    draws = saved.draws()
    theta = draws.theta.copy()
    theta[:, draws.names.index(str(flip.weight))] = flip.to
    if model.invalid(theta).size:
        said = f"{flip.sentence} Not checked: with that value some draws make an unstable model."
        return replace(driven, flip=replace(flip, sentence=said))
    lived = PathSimulator(model, theta, saved.forecast.seed).live(saved.forecast.paths, workers)
    true = lived.true[list(saved.forecast.outcomes).index(name)]
    size = len(theta)
    hits = np.bincount(lived.draw[true], minlength=size)
    estimate = probability(hits, np.bincount(lived.draw, minlength=size), uncertain=True)
    assert estimate.value is not None
    said = f"{flip.sentence} Simulated so, it is {amount(estimate.value, True)}"
    if estimate.low is not None and estimate.high is not None:
        said += f" ({100 * estimate.low:.0f} to {100 * estimate.high:.0f})"
    return replace(
        driven,
        flip=replace(
            flip, checked=estimate.value, checked_low=estimate.low, checked_high=estimate.high, sentence=f"{said}."
        ),
    )
