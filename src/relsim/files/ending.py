"""How a command ends when it is told to: TERM as Ctrl-C, and nothing torn in the middle."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

PATIENCE = 3.0
"""Seconds in which a command told to end may end by itself; a compiled call hears nothing until it returns."""

_told: int | None = None
_settling = 0
_raised = False


def told() -> int | None:
    """The signal that told the command to end, if one did."""
    return _told


def _hear(number: int, frame: FrameType | None) -> None:
    global _told
    if _told is None:
        _told = number
    if not _settling:
        _raise()


def _raise() -> None:
    global _raised
    if not _raised:
        _raised = True
        raise KeyboardInterrupt


@contextmanager
def settling() -> Iterator[None]:
    """What is begun in here comes to its end before the command does."""
    global _settling
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _settling += 1
    try:
        yield
    finally:
        _settling -= 1
        if _told is not None and not _settling:
            _raise()


@contextmanager
def hearing(last: Callable[[], None]) -> Iterator[None]:
    """Raise ``KeyboardInterrupt`` for TERM too, once; ``told`` says which it was.

    Parameters
    ----------
    last : removes what is being written; called at the end, or in another thread before the process is ended
        because it did not end by itself
    """
    global _told, _raised
    _told, _raised = None, False
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {}
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, _hear)
    try:
        with _watched(tuple(before), last):
            yield
    finally:
        last()
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _watched(heard: tuple[int, ...], last: Callable[[], None]) -> Iterator[None]:
    """Have another thread end the process where the main one does not hear a signal."""
    if sys.platform == "win32":  # where a signal wakes no pipe
        yield
        return
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    woken = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    ended = threading.Event()
    watch = threading.Thread(target=_watch, args=(reader, ended, heard, last), daemon=True)
    watch.start()
    try:
        yield
    finally:
        ended.set()
        signal.set_wakeup_fd(woken)
        os.close(writer)  # at which the watch reads the end
        watch.join()
        os.close(reader)


def _watch(reader: int, ended: threading.Event, heard: tuple[int, ...], last: Callable[[], None]) -> None:
    """End the process where a signal came and the main thread did not hear it in time."""
    while byte := os.read(reader, 1):
        if byte[0] not in heard:
            continue
        if not ended.wait(PATIENCE):
            with suppress(Exception):
                last()
            os._exit(128 + byte[0])
