"""Rates that reproduce what was counted, where events come evenly. Floor 4; imports ``likelihood``, ``posterior``.

A model of much excitation, fitted to events of which none follows on another, expects too many on the days after one
and too few on quiet days, and the quiet days decide: its likelihood takes rates too high. And the replay that a run
starts from begins, and fills gaps, with the R that was divided for unseen noise. How far either counts is told by the
record itself: by the posterior probability e, even odds beforehand, that its events came at constant rates (those of
the model's weekdays and gates, without excitation) and not as the model's excitation has them. Rates are then moved by
the e-th power of what makes the replay, its unprompted part raised by the noise, expect at the end of the record the
mean μ of what was counted. The noise is that of so many days, as a run's begins with its record.

The last day's expectation is told from that of all scored days t. Where events come at μ a trace with factor q has
by its start and by gaps strayed from μ by (R − μ) g(t), with g(0) = 1 and g(t) = q g(t − 1), on uncovered days
q g(t − 1) + 1 − q; so Σ_t λ_k(t) is to be Σ_t N_k(t) + Σ_traces a (R − μ) Σ_t (g(t) − g(T)).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from relsim.experts import PRIOR_EVENTS
from relsim.fit.likelihood import Likelihood
from relsim.fit.noise import NoiseFactor, rate_corrections, unprompted_factor
from relsim.fit.normal_scores import Array
from relsim.fit.posterior import Posterior
from relsim.kernels.compiled import LANES
from relsim.kernels.layout import ReplayedWeights
from relsim.model.parameters import kernel_weights, owners
from relsim.model.replayed import replayed_weights

_ROUNDS = 30
"""Of the search for rates: each leaves about two thirds of the error."""
_STEP = 1.0
"""No round moves the logarithm of a rate farther."""
_NOTHING = 1e-6
"""Probability below which rates stay as they are."""
_FARTHEST = float(np.log(4))
"""Nor do all of them: counts past a ceiling are out of reach of any rate."""


def evenly_corrected(factor: NoiseFactor, likelihood: Likelihood, posterior: Posterior, seed: int = 1) -> NoiseFactor:
    """The factors by which rates are divided, with what evenly coming events ask for.

    Parameters
    ----------
    factor : NoiseFactor
        Of the noise alone; where none acts on a rate, it stays as it is.
    likelihood : Likelihood
    posterior : Posterior
    seed : of the draws of the posterior over which rates are averaged
    """
    n, scores = likelihood.model.numbers, posterior.scores
    place = {int(weight): p for p, weight in enumerate(scores.free)}
    seen = likelihood.scored.any(axis=0) & (factor.unprompted > 1 + 1e-9)
    events = [int(k) for k in np.flatnonzero(seen) if int(n.rate.weight[k]) in place]
    if not events:
        return factor
    even = evenness(likelihood, posterior, events)
    if even < _NOTHING:
        return factor
    moved = _moved(factor, likelihood, posterior, events, seed)
    told = 1 - np.clip((posterior.factor @ posterior.factor.T).diagonal(), 0, 1)
    rate = factor.rate.copy()
    for k in events:
        weight = int(n.rate.weight[k])
        rate[k] *= np.exp(-even * told[place[weight]] * moved[weight])
    return replace(factor, rate=rate)


def evenness(likelihood: Likelihood, posterior: Posterior, events: list[int]) -> float:
    """Posterior probability, even odds beforehand, that these events came at constant rates.

    Either likelihood at its greatest: of the model at the mode, of constant rates at what was counted.
    """
    theta = posterior.scores.theta(posterior.mode.z[None])
    own = replayed_weights(kernel_weights(likelihood.model.numbers, likelihood.model.structure, theta))
    rates = own.rates
    flat = own._replace(
        rates=rates._replace(excite=np.zeros_like(rates.excite), unprompted=np.ascontiguousarray(rates.usual))
    )
    level = _counted(likelihood) / np.maximum(_expected(likelihood, theta, flat), 1e-9)
    flat = flat._replace(rates=flat.rates._replace(unprompted=flat.rates.unprompted * level))
    logs = []
    for weights in (own, flat):
        with likelihood.run(theta, weights) as run:
            run.finish()
            logs.append(run.totals()[0, events].sum())
    if not np.isfinite(logs).all():  # counts that neither can explain
        return 0.0
    return float(1 / (1 + np.exp(np.clip(logs[0] - logs[1], -700, 700))))


def _moved(factor: NoiseFactor, likelihood: Likelihood, posterior: Posterior, events: list[int], seed: int) -> Array:
    """(W,) by how much the logarithms of fitted rates are to move."""
    model, scores = likelihood.model, posterior.scores
    n, excite = model.numbers, model.structure.rates.excite
    theta = scores.theta(posterior.sample(LANES, seed))
    for weight, divisor in rate_corrections(model, factor).items():
        if weight in scores.free:
            theta[:, weight] /= divisor
    noise = unprompted_factor(model, scores.theta(posterior.mode.z[None]), len(likelihood.record.counts))
    counted, days = _counted(likelihood), np.maximum(likelihood.scored.sum(axis=0), 1)
    owner, source = owners(excite), model.structure.rates.trace_source[excite.col]
    strayed = None
    moved = np.zeros(theta.shape[1])
    for _ in range(_ROUNDS):
        own = replayed_weights(kernel_weights(n, model.structure, theta))
        if strayed is None:
            strayed = _strayed(likelihood, own.rates.decay.mean(axis=0))
        raised = own._replace(rates=own.rates._replace(unprompted=own.rates.unprompted * noise))
        away = (own.rates.usual - counted / days)[:, source] * own.rates.excite * strayed[excite.col, owner]
        asked = counted + np.bincount(owner, away.mean(axis=0), len(counted))
        missing = np.log(np.maximum(asked, 1e-3) / np.maximum(_expected(likelihood, theta, raised), 1e-9))
        for weight in {int(n.rate.weight[k]) for k in events}:
            step = np.clip(np.mean([missing[k] for k in events if n.rate.weight[k] == weight]), -_STEP, _STEP)
            step = np.clip(moved[weight] + step, -_FARTHEST, _FARTHEST) - moved[weight]
            theta[:, weight] *= np.exp(step)
            moved[weight] += step
    return moved


def _counted(likelihood: Likelihood) -> Array:
    """(K,) events on scored days; where there was none, what is known beforehand."""
    return np.asarray(np.maximum(np.where(likelihood.scored, likelihood.days.counts, 0).sum(axis=0), PRIOR_EVENTS))


def _expected(likelihood: Likelihood, theta: Array, weights: ReplayedWeights) -> Array:
    """(K,) Σ λ over scored days, the mean over vectors (n, W)."""
    scored = likelihood.scored
    out = np.zeros(scored.shape[1])
    with likelihood.run(theta, weights) as run:
        for days, rates in run.rates():
            out += np.where(scored[days, :, None], rates, 0).sum(axis=0).mean(axis=1)
    return out


def _strayed(likelihood: Likelihood, decay: Array) -> Array:
    """(G, K) Σ over an event's scored days of g(t) − g(T), of traces with factors ``decay`` (G,)."""
    source = likelihood.model.structure.rates.trace_source
    covered: NDArray[np.bool_] = np.asarray(likelihood.record.covered)[:, source]
    g = np.empty(covered.shape)
    before = np.ones(len(decay))
    for t, seen in enumerate(covered):
        g[t] = before  # what the day's rates read
        before = decay * before + np.where(seen, 0, 1 - decay)
    return np.asarray((g - before).T @ likelihood.scored)
