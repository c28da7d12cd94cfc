"""How many events came unprompted and how many earlier events brought on. Floor 4; imports ``likelihood``.

A rate is a sum, so the parts are rates of the same replay with all but one part's weights set to zero; the state and
the traces, which the record moves, stay what they are.
"""

from __future__ import annotations

import numpy as np

from relsim.fit.likelihood import Likelihood
from relsim.fit.normal_scores import Array
from relsim.model.parameters import kernel_weights
from relsim.model.replayed import replayed_weights
from relsim.result.fit import Shares


def shares_of(likelihood: Likelihood, theta: Array) -> list[Shares]:
    """Shares of every event type that is scored, under weights (1, W)."""
    model = likelihood.model
    names = list(model.scenario.events)
    rates = model.structure.rates
    parts = 1 + len(names)
    several = np.repeat(theta, parts, axis=0)
    own = replayed_weights(kernel_weights(model.numbers, model.structure, several))
    source = rates.trace_source[rates.excite.col]
    unprompted = own.rates.unprompted.copy()
    unprompted[1:] = 0.0
    excite = own.rates.excite * (source[None, :] == np.arange(-1, len(names))[:, None])
    apart = own._replace(rates=own.rates._replace(unprompted=unprompted, excite=excite))
    expected = np.zeros((parts, len(names)))
    with likelihood.run(several, apart) as run:
        for days, found in run.rates():
            expected += np.einsum("hkn,hk->nk", found, likelihood.scored[days].astype(float))
    out = []
    for k in np.flatnonzero(likelihood.scored.any(axis=0)):
        whole = expected[:, k].sum()
        share = expected[:, k] / whole if whole > 0 else expected[:, k]
        order = sorted(range(len(names)), key=lambda j: -share[1 + j])
        out.append(
            Shares(names[k], float(share[0]), {names[j]: float(share[1 + j]) for j in order if share[1 + j] > 0})
        )
    return out
