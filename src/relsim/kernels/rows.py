"""Row operations over the paths of a block, and weights that are scalars or rows.

Floor 1. In the simulation a block runs under one draw of the weights, so a weight is a scalar in the inner loop
(weights are (n,)); in the replay lanes carry different weights (weights are (n, LANES)). ``lane`` hides the
difference at compile time, so that the step is written once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

from relsim.kernels.compiled import BORROWED, LANES, inline, plain, wide

_NO, _YES = np.int32(0), np.int32(1)


def lane(w: Any, i: int) -> Any:
    """The weight of lane ``i``."""
    return w if not hasattr(w, "__len__") else w[i]


_MELTING: Any = {"forceinline": True, **BORROWED}


@overload(lane, jit_options=_MELTING)
def _lane(w, i):
    if isinstance(w, types.Array):
        return lambda w, i: w[i]
    return lambda w, i: w


@inline
def fill(out, w):
    """out = w in every lane."""
    for i in range(LANES):
        out[i] = lane(w, i)


@inline
def copy(out, x):
    """out = x."""
    for i in range(LANES):
        out[i] = x[i]


@inline
def add_product(out, w, x):
    """out += w · x."""
    for i in range(LANES):
        out[i] += lane(w, i) * x[i]


@plain
def add_rows(out, sparse, values, r, rows):
    """out += Σ_j values_j · rows[columns_j] over the entries of ``sparse`` row ``r``, up to four rows a pass."""
    wide()
    columns = sparse.col
    j = sparse.ptr[r]
    end = sparse.ptr[r + 1]
    while j + 4 <= end:
        a = values[j]
        b = values[j + 1]
        c = values[j + 2]
        d = values[j + 3]
        x = rows[columns[j]]
        y = rows[columns[j + 1]]
        z = rows[columns[j + 2]]
        u = rows[columns[j + 3]]
        for i in range(LANES):
            out[i] = out[i] + lane(a, i) * x[i] + lane(b, i) * y[i] + lane(c, i) * z[i] + lane(d, i) * u[i]
        j += 4
    if j + 3 <= end:
        a = values[j]
        b = values[j + 1]
        c = values[j + 2]
        x = rows[columns[j]]
        y = rows[columns[j + 1]]
        z = rows[columns[j + 2]]
        for i in range(LANES):
            out[i] = out[i] + lane(a, i) * x[i] + lane(b, i) * y[i] + lane(c, i) * z[i]
    elif j + 2 <= end:
        a = values[j]
        b = values[j + 1]
        x = rows[columns[j]]
        y = rows[columns[j + 1]]
        for i in range(LANES):
            out[i] = out[i] + lane(a, i) * x[i] + lane(b, i) * y[i]
    elif j < end:
        a = values[j]
        x = rows[columns[j]]
        for i in range(LANES):
            out[i] += lane(a, i) * x[i]


@inline
def any_above(row, least):
    """Whether a lane lies above ``least``."""
    some = _NO
    for i in range(LANES):
        some |= _YES if row[i] > least else _NO
    return some != _NO
