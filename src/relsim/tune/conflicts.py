"""Targets that no weights can meet together, whatever they are: seen on the paths themselves. Floor 5."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from relsim.tune.targets import Target

_ENOUGH = 30
"""Paths on which an event must have been seen before it is said to go with another always or never."""


def conflicts(targets: Sequence[Target], hits: NDArray[np.bool_]) -> dict[str, str]:
    """Why a target contradicts one stated before it, by the name of the later.

    Parameters
    ----------
    hits : (paths, T) whether each target's event came true
    """
    out: dict[str, str] = {}
    for (i, first), (j, second) in combinations(enumerate(targets), 2):
        why = _contradiction(first, second, hits[:, i], hits[:, j])
        if why and first.name not in out:
            out.setdefault(second.name, f"{why}; '{first}' was stated first and is kept")
    return out


def _contradiction(a: Target, b: Target, in_a: NDArray[np.bool_], in_b: NDArray[np.bool_]) -> str:
    """Why two targets cannot both be met; empty where paths show nothing against it."""
    n = len(in_a)
    for inner, outer, x, y in ((a, b, in_a, in_b), (b, a, in_b, in_a)):
        if x.sum() >= _ENOUGH and not (x & ~y).any() and inner.least > outer.most:
            return (
                f"on all {x.sum():,} paths with {inner.name}, {outer.name} comes true too, so that {inner.name} cannot "
                f"be the more likely of the two"
            )
    if min(in_a.sum(), in_b.sum()) >= _ENOUGH and not (in_a & in_b).any() and a.least + b.least > 1:
        return f"{a.name} and {b.name} never come true together, so that their probabilities cannot sum to more than 1"
    if max(in_a.sum(), in_b.sum()) <= n - _ENOUGH and (in_a | in_b).all() and a.most + b.most < 1:
        return f"{a.name} or {b.name} comes true on every path, so that their probabilities cannot sum to less than 1"
    return ""
