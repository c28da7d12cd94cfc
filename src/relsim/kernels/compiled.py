"""How kernels are compiled. Holds the decorators; imports numba only.

``kernel`` marks a function called from Python (cached on disk, releases the GIL); ``inline`` marks a helper that
must melt into its caller so that the loop over paths vectorises, ``plain`` any other helper, ``counted`` one that
allocates. No fast-math anywhere: contraction would make results depend on the chip.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])

LANES = 128
"""Paths in a block; the inner loop of every kernel runs over them."""

_INNER: dict[str, Any] = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Functions called from kernels only need no way in from Python; without it they compile much faster."""

BORROWED: dict[str, Any] = {"_nrt": False}
"""Rows are borrowed from the caller and no reference to them is counted: the atomic instruction for every row that
a helper looks at took a quarter of the time. Such a helper can neither allocate nor return an array."""

inline = njit(forceinline=True, **_INNER, **BORROWED)
plain = njit(**_INNER, **BORROWED)
counted = njit(**_INNER)


def _sources_stamp() -> str:
    """Digest of all kernel sources: numba's own stamp sees only the file of the function itself."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


_STAMP = _sources_stamp()


def kernel(function: F) -> F:
    """Compile a kernel, with a disk cache that any change in this folder renews."""
    dispatcher: Any = njit(cache=True, nogil=True, error_model="numpy")(function)
    cache_file = getattr(getattr(dispatcher, "_cache", None), "_cache_file", None)
    if cache_file is not None and hasattr(cache_file, "_source_stamp"):
        cache_file._source_stamp = _STAMP
    return dispatcher  # type: ignore[no-any-return]


def is_cached() -> bool:
    """Whether the day loop, as it stands, has been compiled on this machine before."""
    from relsim.kernels.block import advance_block

    cache_file = getattr(getattr(advance_block, "_cache", None), "_cache_file", None)
    load_index = getattr(cache_file, "_load_index", None)
    return load_index is None or bool(load_index())
