"""Simulated records to fit: what calibration and coverage are judged on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from oracle.scenes import scene

SMALL = """
window: {start: 2017-01-02, end: 2018-12-31}
variables: {x: {baseline: 0, half_life: 10 days}}
events:
  a: {rate: 3 to 7 per month, excited_by: {a: {events: 0.15 to 0.45, half_life: 1 to 5 days}}}
"""
MIDDLE = """
window: {start: 2014-01-01, end: 2018-12-31}
variables: {x: {baseline: 0, half_life: 8 to 25 days}}
events:
  a:
    rate: 3 to 8 per month
    rate_ratio: {x: 0.85 ± 0.1}
    excited_by: {a: {events: 0.1 to 0.3, half_life: 2 to 10 days}}
    effects: {x: -0.5 ± 0.15}
    overdispersion: 0.1 to 0.6
  b:
    rate: 2 to 6 per month
    excited_by: {a: {events: 0.05 to 0.25, half_life: 2 to 10 days}}
    effects: {x: 0.3 ± 0.1}
    weekdays: [1.1, 1.1, 1.1, 1.1, 1.1, 0.6 to 0.9, 0.6 to 0.9]
"""
LARGE = """
window: {start: 2009-01-01, end: 2018-12-31}
parties: {us: United States, ru: Russia}
variables:
  tone: {each: party, baseline: -1 ± 0.5, half_life: 1 to 4 weeks, pull: {tone.other: 0.01 ± 0.005}}
  gap: {range: [0, 9], baseline: 5, half_life: 1 to 3 years}
conditions:
  sanctions:
    begins: [sanction]
    lasts: 30 days
    while: {baseline: {tone: -0.8 ± 0.3}, rates: {accusation: 1.3 ± 0.15}}
events:
  accusation:
    each: party
    rate: 3 to 7 per month
    rate_ratio: {tone.self: 0.85 ± 0.07}
    excited_by:
      accusation.other: {events: 0.1 to 0.3, half_life: 1 to 5 days}
      incident: {events: 0.5 to 2, half_life: 2 to 8 days}
    effects: {tone.other: -0.4 ± 0.12, tone.self: -0.1 ± 0.05}
    weekdays: [1.1, 1.1, 1.1, 1.1, 1.1, 0.5 to 1, 0.5 to 1]
    overdispersion: 0.05 to 0.4
  talks:
    rate: 1 to 4 per month
    rate_ratio: {tone: 1.1 ± 0.05, gap: 0.95 ± 0.05}
    effects: {tone: 0.3 ± 0.1, gap: -0.05 ± 0.02}
  sanction: {rate: 1 to 4 per year, rate_ratio: {tone.us: 0.9 ± 0.08}, effects: {tone: -0.6 ± 0.2, gap: 0.05 ± 0.02}}
  incident:
    rate: 0.5 to 2 per year
    effects: {tone: -1.2 ± 0.4}
    excited_by: {sanction: {events: 0.02 to 0.1, half_life: 1 to 3 weeks}}
quantities: {at_end: {value: gap, on: 2018-12-31}}
"""


@dataclass
class Replicates:
    """Of n simulated records; P fitted weights.

    Attributes
    ----------
    paths : of the weights
    rank : (n, P) posterior probability of a value below the true one
    low, high, true : (n, P) 90 % interval and truth
    methods : of each fit
    """

    paths: tuple[str, ...]
    rank: np.ndarray
    low: np.ndarray
    high: np.ndarray
    true: np.ndarray
    methods: list[str]


def replicates(text: str, n: int, seed: int, draws: int = 4096) -> Replicates:
    """Draw weights from their priors, simulate a record under them, and fit it; n times."""
    from relsim.engine import record
    from relsim.fit.daily_record import DailyRecord
    from relsim.fit.likelihood import Likelihood
    from relsim.fit.noise import noise_factor
    from relsim.fit.normal_scores import scores_of
    from relsim.fit.posterior import posterior_of
    from relsim.fit.weights_file import interval, written_posterior
    from relsim.model import build

    model = build(scene(text))
    scores = scores_of(model)
    truth = model.draw(seed, n).theta
    out = Replicates(scores.paths, *(np.empty((n, scores.free.size)) for _ in range(4)), [])
    for i in range(n):
        counts = record(model, paths=1, seed=seed + 1 + i, parameters=model.parameters(truth[i : i + 1])).counts[0]
        likelihood = Likelihood(model, DailyRecord(model.scenario.start, counts, np.ones(counts.shape, bool)))
        posterior = posterior_of(likelihood, scores, draws=draws, seed=i)
        values = posterior.theta()[:, scores.free]
        out.true[i] = truth[i, scores.free]
        out.rank[i] = posterior.weight @ (values < out.true[i])
        factor = noise_factor(model, scores.theta(posterior.mode.z[None]))
        written = written_posterior(posterior, factor, "")
        bounds = [interval(written.numbers[path]) for path in scores.paths]
        out.low[i], out.high[i] = np.array(bounds).T
        out.methods.append(posterior.method)
    return out
