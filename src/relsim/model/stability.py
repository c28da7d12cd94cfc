"""Whether events, pulls and the whole at baseline settle. Floor 3; imports ``numbers``, ``parameters``.

``failing`` judges many draws of the weights at once; ``verdict`` says in words what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relsim.kernels.layout import Rates, Structure, Weights
from relsim.model.numbers import Numbers
from relsim.model.parameters import Excitations, owners, sum_at
from relsim.model.weights import Array, Index

_ROUNDING = 1e-12
_AT_ONCE = 256
"""Draws whose eigenvalues are taken together."""


class Failing(NamedTuple):
    """Which draws are unstable models, and by what.

    Attributes
    ----------
    infinite : (draws,) a number too large
    loops : (draws,) events trigger ever more events, as stated
    multiplied : (draws,) they do under the scenario's rate multipliers
    pulls : (draws,) pulls overcome reversion
    shared : (draws, K) shares of an event add up to more than 1, where no loop grows
    idle : (draws, K) an event of rate 0 is brought on by others, likewise
    past : (draws, n) an effect leads past its bound: of events, entries, and what follows otherwise
    """

    infinite: NDArray[np.bool_]
    loops: NDArray[np.bool_]
    multiplied: NDArray[np.bool_]
    pulls: NDArray[np.bool_]
    shared: NDArray[np.bool_]
    idle: NDArray[np.bool_]
    past: NDArray[np.bool_]

    @property
    def any(self) -> NDArray[np.bool_]:
        """(draws,)."""
        by_kind = [part if part.ndim == 1 else part.any(axis=1) for part in self]
        return np.asarray(np.stack(by_kind).any(axis=0))


def failing(s: Structure, n: Numbers, x: Excitations, w: Weights, theta: Array) -> Failing:
    """Validator every draw ``theta`` (draws, weights) with its excitations and the kernel's values."""
    rate = n.rate.of(theta)
    past = np.hstack([m.share for m in (w.event_effects, w.entry_effects, w.otherwise_effects)]) > 1 + _ROUNDING
    finite = np.isfinite(theta).all(axis=1) & np.isfinite(x.stated).all(axis=1)
    finite &= np.isfinite(w.rates.unprompted).all(axis=1)
    stated, used = (np.where(finite[:, None], a, 0.0) for a in (x.stated, x.used))
    loops = grows(s.rates, stated, np.ones_like(rate))
    multiplied = np.zeros_like(loops)
    for factor in multipliers(s, np.where(finite[:, None], w.plan.rate_factor, 1.0)):
        if (factor > 1).any():  # a factor of at most 1 makes no loop grow
            multiplied |= grows(s.rates, used, factor)
    return Failing(
        infinite=~finite,
        loops=loops,
        multiplied=multiplied & ~loops,
        pulls=_pulls_grow(s, w),
        shared=(x.shared > rate * (1 + _ROUNDING)) & ~loops[:, None],
        idle=(rate == 0) & (x.brought > 0) & ~loops[:, None],
        past=past,
    )


def radius(matrix: Array) -> float:
    """Largest modulus of the eigenvalues of a square matrix."""
    return float(np.abs(np.linalg.eigvals(matrix)).max(initial=0.0))


def branching(rates: Rates, excite: Array) -> Array:
    """A (K, K): expected events of type row that one event of type column brings on, from one draw's a (n,)."""
    types = rates.drawn.size
    matrix = np.zeros((types, types))
    np.add.at(matrix, (owners(rates.excite), rates.trace_source[rates.excite.col]), excite)
    return matrix


def knots(rates: Rates) -> list[Index]:
    """Groups of event types that bring each other on in a circle; every loop lies within one of them."""
    reach = branching(rates, np.ones(rates.excite.col.size)) > 0
    steps = 1
    while steps < len(reach):  # paths twice as long each time
        reach |= (reach.astype(np.float32) @ reach.astype(np.float32)) > 0
        steps *= 2
    both = reach & reach.T
    return [np.flatnonzero(row) for k, row in enumerate(both) if row[k] and not row[:k].any()]


def grows(rates: Rates, excite: Array, factor: Array) -> NDArray[np.bool_]:
    """(draws,) whether events, their rates times ``factor`` (draws, K), bring on ever more: spectral radius 1 or more.

    The eigenvalues of a matrix are those of its knots; one whose rows, or columns, all sum to less than 1 has none.
    """
    out = np.zeros(len(excite), bool)
    owner, source = owners(rates.excite), rates.trace_source[rates.excite.col]
    for knot in knots(rates):
        where = np.full(rates.drawn.size, -1)
        where[knot] = np.arange(knot.size)
        inside = np.flatnonzero((where[owner] >= 0) & (where[source] >= 0))
        matrix = np.zeros((len(excite), knot.size, knot.size))
        moved = excite[:, inside] * factor[:, owner[inside]]
        np.add.at(matrix.transpose(1, 2, 0), (where[owner[inside]], where[source[inside]]), moved.T)
        open_ = np.flatnonzero(np.minimum(matrix.sum(axis=1).max(axis=1), matrix.sum(axis=2).max(axis=1)) >= 1)
        for some in np.split(open_, range(_AT_ONCE, open_.size, _AT_ONCE)):
            out[some] |= np.abs(np.linalg.eigvals(matrix[some])).max(axis=1, initial=0.0) >= 1
    return out


def multipliers(s: Structure, factor: Array) -> Iterator[Array]:
    """The scenario's rate multipliers (draws, K) of each stretch of the window in which they differ."""
    changes = [1, *s.plan.rate_from, *(s.plan.rate_to + 1)]
    days = sorted({int(d) for d in changes if 1 <= d <= s.days})
    for row in sorted({tuple(((s.plan.rate_from <= day) & (day <= s.plan.rate_to)).tolist()) for day in days}):
        out = np.ones((len(factor), s.rates.drawn.size))
        for j in np.flatnonzero(row):
            out[:, s.plan.rate_event[j]] *= factor[:, j]
        yield out


def _pulls_grow(s: Structure, w: Weights) -> NDArray[np.bool_]:
    size = s.dynamics.low.size
    out = np.zeros(len(w.dynamics.rho), bool)
    if s.dynamics.pull.col.size:
        sums = w.dynamics.rho + sum_at(np.abs(w.dynamics.pull), owners(s.dynamics.pull), size)
        for j in np.flatnonzero((sums >= 1).any(axis=1) & np.isfinite(sums).all(axis=1)):
            out[j] = radius(pull_matrix(s, w, int(j))) >= 1
    return out


def pull_matrix(s: Structure, w: Weights, draw: int) -> Array:
    """(D, D) reversion and pull of one draw."""
    matrix = np.diag(w.dynamics.rho[draw])
    np.add.at(matrix, (owners(s.dynamics.pull), s.dynamics.pull.col), w.dynamics.pull[draw])
    return matrix


def strongest_loop(matrix: Array) -> list[int]:
    """The loop that carries a non-negative matrix's largest eigenvalue, as rows: each is fed by the next."""
    values, vectors = np.linalg.eig(matrix)
    weight = np.abs(vectors[:, int(np.argmax(np.abs(values)))])
    at = int(np.argmax(weight))
    walk: list[int] = []
    while at not in walk:
        walk.append(at)
        feeds = np.abs(matrix[at]) * weight
        at = int(np.argmax(feeds)) if feeds.max() > 0 else int(np.argmax(np.abs(matrix[at])))
    return walk[walk.index(at) :]
