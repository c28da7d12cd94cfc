"""Doubts that belong together: the correlations of weights as a Gaussian copula. Floor 3; imports ``scenario``.

The uniforms of a correlated group become standard normals, are mixed by the Cholesky factor of the group's
correlation matrix, and become uniforms again, so that each weight keeps its own family (Nelsen 2006,
doi:10.1007/0-387-28678-0). A weight in no pair keeps its uniforms bit for bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.errors import Fault, nearest
from relsim.scenario import WeightCorrelation

Array = NDArray[np.float64]

_SMALLEST = 2.0**-53
"""Uniforms keep so far from 0 and 1, where inverse distribution functions are infinite."""
_LEAST_EIGENVALUE = 1e-10


@dataclass(frozen=True)
class Group:
    """Correlated weights.

    Attributes
    ----------
    members : (m,) numbers of the weights, rising
    factor : (m, m) lower Cholesky factor of their correlation matrix
    """

    members: NDArray[np.int64]
    factor: Array


Copula = tuple[Group, ...]


def correlated(u: Array, copula: Copula) -> Array:
    """Independent uniforms (draws, weights) → uniforms with the copula's dependence."""
    if not copula:
        return u
    from scipy.special import ndtr, ndtri

    out = u.copy()
    for group in copula:
        mixed = ndtr(ndtri(u[:, group.members]) @ group.factor.T)
        out[:, group.members] = np.clip(mixed, _SMALLEST, 1 - _SMALLEST)
    return out


def standard_normals(u: Array) -> Array:
    """Uniforms as standard normals."""
    from scipy.special import ndtri

    return np.asarray(ndtri(u))


def copula_of(
    pairs: Sequence[WeightCorrelation], weights: Sequence[str], certain: Sequence[str]
) -> tuple[Copula, list[Fault]]:
    """Groups of correlated weights, and what is wrong with the pairs.

    Parameters
    ----------
    weights, certain : paths of the numbers in doubt, and of the others
    """
    faults: list[Fault] = []
    stated: dict[tuple[int, int], tuple[float, str]] = {}
    for i, pair in enumerate(pairs):
        at = f"correlation_of_weights/{i}"
        members = _members(pair.between, weights, certain, f"{at}/between", faults)
        if members is None:
            continue
        if members in stated:
            message = f"{pair.between[0]} and {pair.between[1]} are correlated twice"
            faults.append(Fault(f"{at}/between", message, also=(stated[members][1],)))
            continue
        stated[members] = pair.value, f"{at}/value"
    groups = []
    for members_of_group in _linked(list(stated)):
        matrix = np.eye(len(members_of_group))
        where = {w: i for i, w in enumerate(members_of_group)}
        for (a, b), (value, _) in stated.items():
            if a in where:
                matrix[where[a], where[b]] = matrix[where[b], where[a]] = value
        if np.linalg.eigvalsh(matrix)[0] < _LEAST_EIGENVALUE:
            own = [place for (a, _), (_, place) in stated.items() if a in where]
            names = ", ".join(weights[w] for w in members_of_group)
            message = f"no doubts can be correlated so: the matrix of {names} is not positive definite"
            faults.append(Fault(own[0], message, also=tuple(own[1:])))
            continue
        groups.append(Group(np.array(members_of_group, np.int64), np.asarray(np.linalg.cholesky(matrix), float)))
    return tuple(groups), faults


def _members(
    between: Sequence[str], weights: Sequence[str], certain: Sequence[str], at: str, faults: list[Fault]
) -> tuple[int, int] | None:
    """Numbers of a pair's weights, rising; None, with a fault, where there is no such pair."""
    if len(between) != 2:
        faults.append(Fault(at, f"found {len(between)}; two numbers of the file were expected"))
        return None
    found = []
    for j, path in enumerate(between):
        if path in weights:
            found.append(weights.index(path))
        elif path in certain:
            message = f"'{path}' is in no doubt, so it cannot be correlated; give it a range, or take the pair out"
            faults.append(Fault(f"{at}/{j}", message))
        else:
            near = nearest(path, weights)
            hint = f"did you mean '{near}'?" if near else "a path is written as for --set: events/accusation/rate"
            faults.append(Fault(f"{at}/{j}", f"'{path}' is no number in doubt of this file", hint=hint))
    if len(found) < 2:
        return None
    a, b = sorted(found)
    if a == b:
        faults.append(Fault(f"{at}/1", f"'{between[1]}' is correlated with itself; two numbers were expected"))
        return None
    return a, b


def _linked(pairs: list[tuple[int, int]]) -> list[list[int]]:
    """Weights linked by pairs, each group rising."""
    groups: list[set[int]] = []
    for a, b in pairs:
        touched = [g for g in groups if a in g or b in g]
        groups = [g for g in groups if g not in touched] + [set().union(*touched, {a, b})]
    return sorted(sorted(g) for g in groups)
