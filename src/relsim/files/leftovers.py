"""What a killed process leaves, and how the next one settles it.

A change stands in a folder ``.NAME.PROCESS-RANDOM.relsim`` beside its place, which its process keeps locked. When all
is written, the folder receives a *plan* of the renames that bring it about; from then on it goes forward, before that
it never was.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from relsim.files.exchange import exchange
from relsim.files.locks import take

PLAN, LOCK = "plan.json", "lock"
_NAME = re.compile(r"\..*\.(\d+)-[0-9a-f]{16}\.relsim", re.DOTALL)
_LONGEST = 100
"""Characters of a file's name that its temporary folder repeats: names have an end."""

Identity = tuple[int, int]


class Torn(OSError):  # noqa: N818
    """A plan that is done in part and could not be undone: the next process goes on with it."""


@dataclass(frozen=True)
class RenameStep:
    """One rename.

    Attributes
    ----------
    new : where the new file or folder stands; empty where the old one is removed
    target : absolute name that it gets
    aside : where the old one is put
    made, found : identity of the new one, and of what had the name before
    """

    new: str
    target: str
    aside: str
    made: Identity | None
    found: Identity | None


def identity(place: str | Path) -> Identity | None:
    """Number and time of change of a file or folder; None where there is none.

    The device has no part in it: its number may be another when the machine has been down.
    """
    try:
        about = os.lstat(place)
    except OSError:
        return None
    return about.st_ino, about.st_mtime_ns


def temporary(home: Path, name: str) -> tuple[Path, int]:
    """A new locked folder in ``home``, and the handle that keeps it locked."""
    folder = home / f".{name[:_LONGEST]}.{os.getpid()}-{secrets.token_hex(8)}.relsim"
    os.mkdir(folder, 0o700)
    try:
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        os.rmdir(folder)
        raise
    with suppress(OSError):
        take(handle)
    return folder, handle


def carry_out(steps: Iterable[RenameStep]) -> None:
    """Do what a plan says, all of it or nothing.

    Raises
    ------
    OSError
        If one of the steps fails; those before it are undone.
    Torn
        If that fails, too.
    """
    done: list[RenameStep] = []
    made: list[Path] = []
    try:
        for step in steps:
            made += _missing(Path(step.target))
            _do(step)
            done.append(step)
    except OSError as error:
        try:
            for step in reversed(done):
                _undo(step)
        except OSError:
            raise Torn(error.errno, error.strerror, error.filename) from None
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()
        raise


def _missing(target: Path) -> list[Path]:
    """The folders above a target that are still to be made, the highest first."""
    return [parent for parent in reversed(target.parents) if not parent.exists()]


def _go_on(steps: Iterable[RenameStep]) -> None:
    """Do what is left of a plan that another process has begun; what somebody has changed since is left so."""
    for step in steps:
        now = identity(step.target)
        ready = bool(step.new) and identity(step.new) == step.made
        if now == step.found and (ready or not step.new):
            _do(step)
        elif ready and now is None and identity(step.aside) == step.found:
            os.rename(step.new, step.target)


def _do(step: RenameStep) -> None:
    for folder in _missing(Path(step.target)):
        folder.mkdir(exist_ok=True)
    if not os.path.lexists(step.target):
        if step.new:
            os.rename(step.new, step.target)
    elif not step.new:
        os.rename(step.target, step.aside)
    elif not os.path.isdir(step.target):
        # The old one is kept, so that a step that fails later undoes this one.
        with suppress(OSError):
            os.link(step.target, step.aside)
        os.replace(step.new, step.target)
    elif not exchange(Path(step.new), Path(step.target)):
        os.rename(step.target, step.aside)
        try:
            os.rename(step.new, step.target)
        except OSError:
            os.rename(step.aside, step.target)
            raise


def _undo(step: RenameStep) -> None:
    if step.found is None:
        if step.new:
            os.rename(step.target, step.new)
    elif not os.path.lexists(step.aside):
        if not exchange(Path(step.new), Path(step.target)):
            raise OSError
    elif os.path.isdir(step.aside):
        os.rename(step.target, step.new)
        os.rename(step.aside, step.target)
    else:
        os.replace(step.aside, step.target)


def plan_text(steps: Iterable[RenameStep]) -> str:
    """The plan as its folder holds it."""
    return json.dumps([asdict(step) for step in steps])


def clear(home: Path) -> None:
    """Bring to its end, or remove, what killed processes of this user have left in a folder.

    What cannot be removed stays; a process that still runs keeps what is its own.
    """
    try:
        left = [entry.path for entry in os.scandir(home) if _NAME.fullmatch(entry.name)]
    except OSError:
        return
    for place in map(Path, left):
        with suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
            _settle(place)


def _settle(place: Path) -> None:
    about = os.lstat(place)
    found = _NAME.fullmatch(place.name)
    if found is None or not os.path.isdir(place) or os.path.islink(place):
        return
    if sys.platform != "win32" and (about.st_uid != os.geteuid() or _runs(int(found[1]))):
        return
    handle = None
    try:
        with suppress(FileNotFoundError):
            handle = os.open(place / LOCK, os.O_RDWR)
        if handle is not None and not take(handle):
            return
        if (place / PLAN).is_file():
            steps = [_step(**item) for item in json.loads((place / PLAN).read_text(encoding="utf-8"))]
            _go_on(steps)
        shutil.rmtree(place)
    finally:
        if handle is not None:
            os.close(handle)


def _step(new: str, target: str, aside: str, made: list[int] | None, found: list[int] | None) -> RenameStep:
    """A step as JSON holds it."""
    return RenameStep(new, target, aside, (made[0], made[1]) if made else None, (found[0], found[1]) if found else None)


def _runs(process: int) -> bool:
    """Whether a process of this machine has the number; the locks tell the rest."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
