"""A file kept for one process while it is read and written."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PATIENCE = 2.0
"""Seconds of waiting before it is said what for."""
_PAUSE = 0.02


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Wait until no other process is in here for a file of the same folder.

    The lock is that of the folder, since the file itself is exchanged when it is written, and nothing is left beside
    it. It ends with the process, however that ends. Where a folder cannot be locked, a file ``.NAME.lock`` stands
    beside the file.
    """
    home = Path(os.path.realpath(file)).parent
    handle = _locked(file, home)
    try:
        yield
    finally:
        os.close(handle)


def _locked(file: Path, home: Path) -> int:
    with suppress(OSError):
        handle = os.open(home, os.O_RDONLY)
        try:
            _wait(handle, file)
            return handle
        except BaseException:
            os.close(handle)
            raise
    handle = os.open(home / f".{file.name}.lock", os.O_RDWR | os.O_CREAT, 0o666)
    try:
        _wait(handle, file)
    except BaseException:
        os.close(handle)
        raise
    return handle


def _wait(handle: int, file: Path) -> None:
    begun, said = time.monotonic(), False
    while not take(handle):
        if not said and time.monotonic() - begun > _PATIENCE:
            said = True
            print(f"Waiting for {file}, which another process is writing.", file=sys.stderr)
        time.sleep(_PAUSE)


@contextmanager
def shared(folder: Path) -> Iterator[Callable[[], bool]]:
    """Work in a folder beside other processes; gives a function that tells whether no other is left.

    Where a folder cannot be locked that is never told.
    """
    handle = None
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        take(handle, shared=True)
    try:
        yield lambda: handle is not None and take(handle)
    finally:
        if handle is not None:
            os.close(handle)


def take(handle: int, *, shared: bool = False) -> bool:
    """Lock an open file, unless another process has it; False where one has.

    Parameters
    ----------
    shared : whether others may have it so at once

    Raises
    ------
    OSError
        If it cannot be locked at all.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
