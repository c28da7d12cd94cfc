"""Single steps of a change: how a place is said, synced, and given its name."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

from relsim.errors import InputError, RelsimError, RunError

_ASKED_WRONGLY = (
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENOTEMPTY,
    errno.ENAMETOOLONG, errno.ELOOP,
)  # fmt: skip
"""What lies in the place that was asked for, not in the machine."""


def unwritable(file: Path, error: OSError) -> RelsimError:
    """What is said where a file cannot be written: asked wrongly, or a failure of the machine."""
    text = f"{file}: cannot be written: {error.strerror or error}"
    return InputError(text) if error.errno in _ASKED_WRONGLY else RunError(text)


def followed(file: Path) -> Path:
    """Where a link leads; the file itself where it is none."""
    return Path(os.path.realpath(file)) if file.is_symlink() else file


def keep_mode(old: Path, new: Path) -> None:
    with suppress(FileNotFoundError):
        os.chmod(new, stat.S_IMODE(os.stat(old).st_mode))


def place_new(staged: Path, target: Path) -> None:
    """Give a file or folder a name that nothing has.

    Raises
    ------
    FileExistsError
        If something has it by now.
    """
    if staged.is_dir():
        if target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
        os.rename(staged, target)
        return
    try:
        os.link(staged, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
        os.rename(staged, target)


def sync(place: Path) -> None:
    """Have the system write a file, or a folder and all in it, to the disk."""
    if place.is_dir() and not place.is_symlink():
        for entry in os.scandir(place):
            sync(Path(entry.path))
        sync_folder(place)
        return
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """As ``_sync``, of a folder's names alone; systems that cannot are left alone."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)
