"""Correlations of noises. Floor 3."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from relsim.expand.names import Names


def correlations(names: Names, parts: Sequence[Any]) -> dict[tuple[str, str], float]:
    """Correlation by pair of variables; a fault where no noises can be so correlated."""
    out: dict[tuple[str, str], float] = {}
    paths: dict[tuple[str, str], str] = {}
    for i, part in enumerate(parts):
        path = f"correlation/{i}"
        if len(part.between) != 2:
            names.problems.add(f"{path}/between", f"found {len(part.between)} names; two variables were expected")
            continue
        pair = [names.one(n, ("variables",), {}, f"{path}/between/{j}") for j, n in enumerate(part.between)]
        a, b = pair
        if a is None or b is None:
            continue
        if a == b:
            names.problems.add(f"{path}/between/1", f"'{a}' is correlated with itself; two variables were expected")
            continue
        known = next((p for p in ((a, b), (b, a)) if p in out), None)
        if known:
            names.problems.add(f"{path}/between", f"{a} and {b} are correlated twice", also=(paths[known],))
            continue
        out[a, b], paths[a, b] = part.value, f"{path}/value"
    for group in _groups(list(out)):
        if not _positive_definite(group, out):
            at = [paths[p] for p in out if p[0] in group]
            message = f"no noises can be correlated so: the matrix of {', '.join(group)} is not positive definite"
            names.problems.add(at[0], message, also=tuple(at[1:]))
    return out


def _groups(pairs: list[tuple[str, str]]) -> list[list[str]]:
    """Variables linked by correlations."""
    groups: list[list[str]] = []
    for a, b in pairs:
        linked = [g for g in groups if a in g or b in g]
        merged = list(dict.fromkeys([*(n for g in linked for n in g), a, b]))
        groups = [g for g in groups if g not in linked] + [merged]
    return groups


def _positive_definite(group: list[str], value: dict[tuple[str, str], float]) -> bool:
    """Whether a Cholesky factor exists."""
    n = len(group)
    factor = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            a, b = group[i], group[j]
            given = 1.0 if i == j else value.get((a, b), value.get((b, a), 0.0))
            rest = given - sum(factor[i][k] * factor[j][k] for k in range(j))
            if i == j:
                if rest <= 1e-10:
                    return False
                factor[i][i] = math.sqrt(rest)
            else:
                factor[i][j] = rest / factor[j][j]
    return True
