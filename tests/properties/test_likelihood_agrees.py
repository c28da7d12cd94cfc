"""The likelihood of random records under random scenarios equals the oracle's, to 1e-8 relative.

The two share no code: the engine's is the compiled step, the oracle's is numpy and scipy.stats. Records are paths of
the scenario itself with some days and types not covered, so that ceilings, gates and conditions are met.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random

import numpy as np
import pytest
from oracle.likelihood import log_likelihood
from oracle.scenes import document, scene
from random_scenarios import document_of

RELATIVE = 1e-8


def compare(seed: int) -> int:
    """Compare one scenario, at the medians and at two draws; returns how many counts were evidence."""
    from relsim.engine import record
    from relsim.fit.daily_record import DailyRecord
    from relsim.fit.likelihood import Likelihood
    from relsim.model import build

    sections = document_of(Random(seed))
    sections.pop("history", None)
    scenario = scene(document(sections))
    model = build(scenario)
    rng = np.random.default_rng(seed)
    counts = record(model, paths=1, seed=seed, median_weights=True).counts[0]
    covered = (rng.random(counts.shape) < 0.9) & (rng.random(counts.shape[1]) < 0.8)
    first = scenario.start + timedelta(days=int(rng.integers(-60, 1)))
    theta = np.concatenate([model.medians, model.draw(seed, 2).theta])
    likelihood = Likelihood(model, DailyRecord(first, counts, covered), workers=1)
    found = likelihood.by_event(theta)
    with likelihood.run(theta) as run:
        lam = np.concatenate([rates for _, rates in run.rates()])
    for i, values in enumerate(theta):
        by_path = dict(zip((w.path for w in model.weights), values, strict=True))

        def read(number, by_path=by_path):
            quantity = number.quantity
            return number.share * (quantity.central() if quantity.certain else by_path[number.path])

        expected, rates = log_likelihood(scenario, read, first, counts, covered)
        np.testing.assert_allclose(lam[:, :, i], rates, rtol=RELATIVE, atol=1e-12)
        np.testing.assert_allclose(found[i], expected, rtol=RELATIVE, atol=1e-9)
    return int(likelihood.scored.sum())


def test_sixty_random_scenarios():
    """Seeds 0 … 59; not for want of evidence."""
    assert sum(compare(seed) for seed in range(60)) > 3000


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 600))
def test_more_random_scenarios(seed):
    compare(seed)
