"""Information criteria of a fit. Floor 4; imports ``likelihood``, ``posterior``."""

from __future__ import annotations

import numpy as np

from relsim.fit.likelihood import Likelihood
from relsim.fit.posterior import Posterior
from relsim.kernels.log_mass import log_masses
from relsim.result.fit import Criteria

_DRAWS = 256


def criteria_of(likelihood: Likelihood, posterior: Posterior, seed: int = 1) -> Criteria:
    """Criteria at the mode, and over draws of the posterior."""
    z = posterior.sample(_DRAWS, seed)
    density, variance = 0.0, 0.0
    seen = likelihood.days
    with likelihood.run(posterior.scores.theta(z)) as run:
        for days, rates in run.rates():
            pointwise = np.empty_like(rates)
            log_masses(seen.counts[days], seen.left[days], rates, run.overdispersion, pointwise)
            pointwise = pointwise[seen.scored[days]]
            top = pointwise.max(axis=1, keepdims=True)
            density += float((top[:, 0] + np.log(np.exp(pointwise - top).mean(axis=1))).sum())
            variance += float(pointwise.var(axis=1, ddof=1).sum())
    value, size, counts = posterior.mode.slope.value, posterior.mode.z.size, int(likelihood.scored.sum())
    return Criteria(
        log_likelihood=value,
        aic=-2 * value + 2 * size,
        bic=-2 * value + size * float(np.log(counts)),
        waic=-2 * (density - variance),
        effective_weights=variance,
        counts=counts,
    )
