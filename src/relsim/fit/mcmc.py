"""The full posterior by an ensemble sampler. Floor 4; imports ``posterior``; needs emcee (extra ``mcmc``).

Affine-invariant ensemble moves (Goodman & Weare 2010, doi:10.2140/camcos.2010.5.65) mixed with differential evolution
(ter Braak & Vrugt 2008, doi:10.1007/s11222-008-9104-9), as emcee has them; a step of half the walkers fills the lanes
of a replay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from relsim.errors import RunError
from relsim.fit.likelihood import Likelihood
from relsim.fit.mode import log_posterior
from relsim.fit.normal_scores import Array
from relsim.fit.posterior import Posterior, with_draws

WALKERS = 256
_CHECK_EVERY = 100
_TIMES = 50
"""Autocorrelation times that a chain should last (Foreman-Mackey et al. 2013, doi:10.1086/670067)."""
_MOST_RHAT = 1.05
"""Walkers are short chains: 17 autocorrelation times in each half lift R-hat to 1.03 by themselves."""


@dataclass(frozen=True)
class Diagnostics:
    """How well the sampler has mixed; each (P,).

    Attributes
    ----------
    steps : taken by each walker
    acceptance : share of proposals taken
    autocorrelation : time in steps
    rhat : potential scale reduction over split walkers (Gelman et al. 2013, Bayesian Data Analysis, section 11.4)
    effective : draws that independent sampling would have needed
    """

    steps: int
    acceptance: float
    autocorrelation: Array
    rhat: Array
    effective: Array

    @property
    def converged(self) -> bool:
        """Whether the chain lasted long enough and its halves agree."""
        return bool(self.steps > _TIMES * self.autocorrelation.max() and self.rhat.max() < _MOST_RHAT)


def sample(
    likelihood: Likelihood,
    posterior: Posterior,
    *,
    steps: int,
    seed: int,
    progress: Callable[[int], None] | None = None,
) -> tuple[Posterior, Diagnostics]:
    """Sample the posterior, starting from its approximation, until it has converged or ``steps`` are taken.

    Raises
    ------
    RunError
        If emcee is not installed.
    """
    try:
        import emcee
    except ImportError:
        raise RunError("--mcmc needs emcee: pip install 'relsim[mcmc]'") from None
    scores, centre, factor = posterior.scores, posterior.mode.z, posterior.factor
    size = centre.size
    walkers = max(WALKERS, 2 * size + 2)
    start = posterior.sample(8 * walkers, seed)
    start += 1e-4 * np.random.default_rng(seed).standard_normal(start.shape) @ factor.T
    start = start[np.isfinite(log_posterior(likelihood, scores, start))][:walkers]
    if len(start) < walkers:
        raise RunError("too few draws of the approximation are valid models to start the sampler from")
    sampler = emcee.EnsembleSampler(
        walkers,
        size,
        lambda v: log_posterior(likelihood, scores, centre + v @ factor.T),
        vectorize=True,
        moves=[(emcee.moves.StretchMove(), 0.3), (emcee.moves.DEMove(), 0.6), (emcee.moves.DESnookerMove(), 0.1)],
    )
    sampler.random_state = np.random.RandomState(seed % 2**32).get_state()
    state = np.linalg.solve(factor, (start - centre).T).T
    diagnostics = None
    for done in range(_CHECK_EVERY, max(steps, _CHECK_EVERY) + 1, _CHECK_EVERY):
        state = sampler.run_mcmc(state, _CHECK_EVERY, skip_initial_state_check=True)
        diagnostics = _diagnose(sampler.get_chain(discard=done // 3), sampler.acceptance_fraction, done)
        if progress:
            progress(done)
        if diagnostics.converged:
            break
    assert diagnostics is not None
    chain = sampler.get_chain(discard=diagnostics.steps // 3, thin=max(1, int(diagnostics.autocorrelation.max() / 4)))
    z = centre + chain.reshape(-1, size) @ factor.T
    warnings = []
    if not diagnostics.converged:
        warnings.append(
            f"the sampler has not converged: {diagnostics.steps} steps, autocorrelation time up to "
            f"{diagnostics.autocorrelation.max():.0f}, R-hat up to {diagnostics.rhat.max():.3f}; give it more --steps"
        )
    return with_draws(posterior, z, float(diagnostics.effective.min()), warnings), diagnostics


def _diagnose(chain: Array, acceptance: Array, steps: int) -> Diagnostics:
    """Of a chain (steps, walkers, P) without its burn-in."""
    from emcee.autocorr import integrated_time

    time = np.maximum(np.asarray(integrated_time(chain, quiet=True, tol=0)), 1.0)
    length, walkers, _ = chain.shape
    half = length // 2
    split = np.concatenate([chain[:half], chain[half : 2 * half]], axis=1)
    within = split.var(axis=0, ddof=1).mean(axis=0)
    between = half * split.mean(axis=0).var(axis=0, ddof=1)
    rhat = np.sqrt((half - 1) / half + between / (half * within))
    return Diagnostics(steps, float(acceptance.mean()), time, rhat, length * walkers / time)
