"""Doubts that belong together: the correlations of weights as a Gaussian copula. Floor 3; imports ``scenario``.

The uniforms of a correlated group become standard normals, are mixed by the Cholesky factor of the group's
correlation matrix, and become uniforms again, so that each weight keeps its own family (Nelsen 2006,
doi:10.1007/0-387-28678-0). A weight in no pair keeps its uniforms bit for bit. A number in no doubt keeps its place in
its group: the uniform that it would be drawn from is mixed into those of the others, whose draws stay what they were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.errors import Problem, nearest
from relsim.quantiles import normal_scores
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
    sources : (n,) numbers of the uniforms that are mixed: the members', and those of the fixed numbers among them
    factor : (m, n) the members' rows of the lower Cholesky factor of the group's correlation matrix
    """

    members: NDArray[np.int64]
    sources: NDArray[np.int64]
    factor: Array


@dataclass(frozen=True)
class Copula:
    """All groups, and the paths of the fixed numbers whose uniforms follow those of the weights."""

    groups: tuple[Group, ...] = ()
    fixed: tuple[str, ...] = ()


def correlated(u: Array, copula: Copula) -> Array:
    """Independent uniforms (draws, weights and fixed) → uniforms (draws, weights) with the copula's dependence."""
    if not copula.groups:
        return u
    from scipy.special import ndtr

    out = u[:, : u.shape[1] - len(copula.fixed)].copy()
    for group in copula.groups:
        mixed = ndtr(normal_scores(u[:, group.sources]) @ group.factor.T)
        out[:, group.members] = np.clip(mixed, _SMALLEST, 1 - _SMALLEST)
    return out


def standard_normals(u: Array) -> Array:
    """Uniforms as standard normals."""
    return normal_scores(u)


def copula_of(
    pairs: Sequence[WeightCorrelation], weights: Sequence[str], numbers: Sequence[str]
) -> tuple[Copula, list[Problem]]:
    """Groups of correlated weights, and what is wrong with the pairs.

    Parameters
    ----------
    weights : paths of the numbers in doubt
    numbers : paths of all numbers, in an order that does not hang on which are in doubt
    """
    faults: list[Problem] = []
    order = {path: i for i, path in enumerate(numbers)}
    stated: dict[tuple[int, int], tuple[float, str]] = {}
    for i, pair in enumerate(pairs):
        at = f"correlation_of_weights/{i}"
        members = _members(pair.between, order, weights, f"{at}/between", faults)
        if members is None:
            continue
        if members in stated:
            message = f"{pair.between[0]} and {pair.between[1]} are correlated twice"
            faults.append(Problem(f"{at}/between", message, also=(stated[members][1],)))
            continue
        stated[members] = pair.value, f"{at}/value"
    doubted = set(weights)
    uniforms = {path: i for i, path in enumerate(weights)}
    groups = []
    for linked in _linked(list(stated)):
        matrix = np.eye(len(linked))
        where = {number: i for i, number in enumerate(linked)}
        for (a, b), (value, _) in stated.items():
            if a in where:
                matrix[where[a], where[b]] = matrix[where[b], where[a]] = value
        paths = [numbers[number] for number in linked]
        if np.linalg.eigvalsh(matrix)[0] < _LEAST_EIGENVALUE:
            own = [place for (a, _), (_, place) in stated.items() if a in where]
            message = f"no doubts can be correlated so: the matrix of {', '.join(paths)} is not positive definite"
            faults.append(Problem(own[0], message, also=tuple(own[1:])))
            continue
        drawn = np.array([path in doubted for path in paths])
        if drawn.any():
            sources = np.array([uniforms.setdefault(path, len(uniforms)) for path in paths], np.int64)
            factor = np.asarray(np.linalg.cholesky(matrix), float)
            groups.append(Group(sources[drawn], sources, factor[drawn]))
    return Copula(tuple(groups), tuple(uniforms)[len(weights) :]), faults


def _members(
    between: Sequence[str], order: Mapping[str, int], weights: Sequence[str], at: str, faults: list[Problem]
) -> tuple[int, int] | None:
    """Places of a pair's numbers, rising; None, with a fault, where there is no such pair."""
    if len(between) != 2:
        faults.append(Problem(at, f"found {len(between)}; two numbers of the file were expected"))
        return None
    for j, path in enumerate(between):
        if path not in order:
            near = nearest(path, weights)
            hint = f"did you mean '{near}'?" if near else "a path is written as for --set: events/accusation/rate"
            faults.append(Problem(f"{at}/{j}", f"'{path}' is no uncertain number of this file", hint=hint))
    if any(path not in order for path in between):
        return None
    a, b = sorted(order[path] for path in between)
    if a == b:
        faults.append(Problem(f"{at}/1", f"'{between[1]}' is correlated with itself; two numbers were expected"))
        return None
    return a, b


def _linked(pairs: list[tuple[int, int]]) -> list[list[int]]:
    """Numbers linked by pairs, each group rising."""
    groups: list[set[int]] = []
    for a, b in pairs:
        touched = [g for g in groups if a in g or b in g]
        groups = [g for g in groups if g not in touched] + [set().union(*touched, {a, b})]
    return sorted(sorted(g) for g in groups)
