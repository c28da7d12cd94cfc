"""Two names exchanged in one step, where the system can."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_RENAME_SWAP = 2


@cache
def _call() -> Any:
    """``renameat2`` of Linux or ``renamex_np`` of macOS; None elsewhere."""
    if sys.platform not in ("linux", "darwin"):
        return None
    library = ctypes.CDLL(None, use_errno=True)
    return getattr(library, "renameat2" if sys.platform == "linux" else "renamex_np", None)


def exchange(one: Path, other: Path) -> bool:
    """Exchange what two names of one file system stand for; whether it was done."""
    call = _call()
    if call is None:
        return False
    names = os.fsencode(one), os.fsencode(other)
    if sys.platform == "linux":
        return bool(call(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)
    return bool(call(*names, _RENAME_SWAP) == 0)
