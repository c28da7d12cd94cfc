"""A change of files and folders that is seen whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from relsim.errors import InputError, RelsimError, RunError
from relsim.files.ending import settling
from relsim.files.leftovers import PLAN, RenameStep, Torn, carry_out, clear, identity, plan_text, temporary
from relsim.files.places import followed, keep_mode, place_new, sync, sync_folder, unwritable

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What a write may meet that does not say of which file."""

_OPEN: dict[Path, int] = {}
"""Temporary folders of this process, and the handles that keep them locked."""


@dataclass
class _Member:
    target: Path
    """Where it shall stand, links followed."""
    named: Path
    """As the user named it."""
    staged: Path | None
    """Where it is written; None where the target is removed."""
    replace: bool
    """Whether what stands there is replaced."""
    free: bool = False
    """Whether the first of NAME, NAME-2, NAME-3 … that is free is taken instead."""


class Writing:
    """One change: files and folders are written beside their places and get their names together at the end.

    A context manager. Left by an exception, it leaves everything as it was. When the process is killed, the next one
    that comes to the folder (``clear``) finds all of it new, or all of it old.

    >>> with Writing(Path("table.csv")) as change:  # doctest: +SKIP
    ...     change.file(Path("table.csv")).write_text(rows)
    ...     change.file(Path("table.csv.json")).write_text(coverage)

    Parameters
    ----------
    first : Path
        The file or folder beside which all is written; what messages name. Its folder is made if it is missing.

    Raises
    ------
    InputError
        If the place cannot be written to.
    RunError
        If the disk is full, or fails.
    """

    def __init__(self, first: Path) -> None:
        self._named = first
        self._first = followed(first)
        self._members: list[_Member] = []
        self._spread: list[tuple[Path, Path]] = []
        self._staged = 0
        self._settled = self._torn = False
        self._made: list[Path] = []
        self._home = self._first.parent
        self._folder: Path | None = None
        self._others: dict[int, Path] = {}

    def __enter__(self) -> Writing:
        try:
            with settling():
                self._made = [parent for parent in (self._home, *self._home.parents) if not parent.exists()]
                self._home.mkdir(parents=True, exist_ok=True)
                clear(self._home)
                self._folder, handle = temporary(self._home, self._first.name)
                _OPEN[self._folder] = handle
        except FileExistsError:  # a parent is a file
            raise unwritable(self._named, OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))) from None
        except OSError as error:
            self._unmake()
            raise unwritable(self._named, error) from None
        except BaseException:
            self._discard()
            self._unmake()
            raise
        return self

    def file(self, target: Path, *, replace: bool = True) -> Path:
        """Where to write what shall stand in a file's place; it keeps the mode of what stood there.

        Parameters
        ----------
        replace : whether a file that exists is replaced, or refused
        """
        real = followed(target)
        if real.exists() and not real.is_file():
            raise InputError(f"{target}: is a {'folder' if real.is_dir() else 'device'}; a file was expected")
        if real.exists() and not os.access(real, os.W_OK):
            raise InputError(f"{target}: cannot be written: {os.strerror(errno.EACCES)}")
        return self._stage(real, target, replace) / target.name

    def folder(self, target: Path, *, replace: bool = True, free: bool = False) -> Path:
        """A new folder to fill, which shall stand in a folder's place.

        Parameters
        ----------
        replace : whether a folder that exists is replaced, or refused
        free : whether it gets the first of the names NAME, NAME-2, NAME-3 … that is free
        """
        staged = self._stage(followed(target), target, replace, free) / target.name
        try:
            staged.mkdir()
        except OSError as error:
            raise unwritable(target, error) from None
        return staged

    def into(self, folder: Path) -> Path:
        """A new folder to fill, whose files shall stand in another folder, each in the place of its namesake."""
        staged = self._stage(folder, folder, True) / folder.name
        self._members.pop()
        staged.mkdir()
        self._spread.append((staged, folder))
        return staged

    def scratch(self) -> Path:
        """A folder for what is needed on the way and removed at the end."""
        self._staged += 1
        assert self._folder is not None
        place = self._folder / str(self._staged)
        place.mkdir()
        return place

    def remove(self, target: Path) -> None:
        """Remove a file when all else gets its name."""
        self._members.append(_Member(followed(target), target, None, True))

    def content(self) -> dict[Path, Path | None]:
        """Every file by its name: where it is written until it gets it; None where it is removed."""
        for staged, folder in self._spread:
            for file in sorted(file for file in staged.rglob("*") if file.is_file()):
                target = folder / file.relative_to(staged)
                self._members.append(_Member(followed(target), target, file, True))
        self._spread.clear()
        return {member.named: member.staged for member in self._members}

    @property
    def places(self) -> list[Path]:
        """Where files and folders stand afterwards, as the user named them, in the order in which they were asked."""
        return [member.named for member in self._members]

    def _stage(self, real: Path, named: Path, replace: bool, free: bool = False) -> Path:
        self._staged += 1
        try:
            place = self._beside(real) / str(self._staged)
            place.mkdir()
        except OSError as error:
            raise unwritable(named, error) from None
        self._members.append(_Member(real, named, place / named.name, replace, free))
        return place

    def _beside(self, target: Path) -> Path:
        """The temporary folder on the disk of a target: names change within one disk alone."""
        assert self._folder is not None, "files are written within 'with'"
        parent = next(parent for parent in target.absolute().parents if parent.exists())
        disk = os.stat(parent).st_dev
        if disk == os.stat(self._folder).st_dev:
            return self._folder
        if disk not in self._others:
            with settling():
                clear(parent)
                self._others[disk], handle = temporary(parent, target.name)
                _OPEN[self._others[disk]] = handle
        return self._others[disk]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with settling():
            try:
                if kind is None:
                    self.settle()
            finally:
                self._discard()
                self._unmake()
        if error is not None and (said := self._said(error)) is not None:
            raise said from None

    def settle(self) -> None:
        """Bring the change about now; else it is at the end of the block."""
        if self._settled:
            return
        self._settled = True
        try:
            with settling():
                self._bring_about()
        except OSError as error:
            raise unwritable(self._named_of(error), error) from None

    def _bring_about(self) -> None:
        """Sync what was written, and rename it."""
        assert self._folder is not None
        self.content()
        members = [m for m in self._members if m.staged is None or m.staged.exists()]
        if not members:
            return
        for member in members:
            if member.staged is not None:
                keep_mode(member.target, member.staged)
                sync(member.staged)
        steps = [self._step(number, member) for number, member in enumerate(members)]
        alone = steps[0] if len(steps) == 1 else None
        if alone is not None and members[0].free:
            _place_free(members[0])
        elif alone is not None and not members[0].replace:
            place_new(Path(steps[0].new), members[0].target)
        else:
            if alone is None or os.path.isdir(alone.target):
                self._write_plan(steps)
            try:
                carry_out(steps)
            except Torn:
                self._torn = True
                raise
            except OSError:
                (self._folder / PLAN).unlink(missing_ok=True)
                raise
        try:
            for home in {member.target.parent for member in members}:
                sync_folder(home)
        except OSError as error:
            raise RunError(
                f"{self._named}: is written, but the disk does not confirm it: {error.strerror or error}"
            ) from None

    def _step(self, number: int, member: _Member) -> RenameStep:
        assert self._folder is not None
        new = "" if member.staged is None else str(member.staged.absolute())
        aside = self._beside(member.target).absolute() / f"{number}-old"
        target = member.target.absolute()
        return RenameStep(new, str(target), str(aside), identity(new) if new else None, identity(target))

    def _write_plan(self, steps: list[RenameStep]) -> None:
        assert self._folder is not None
        draft = self._folder / "plan"
        draft.write_text(plan_text(steps), encoding="utf-8")
        sync(draft)
        os.rename(draft, self._folder / PLAN)
        sync_folder(self._folder)

    def _discard(self) -> None:
        for folder in (self._folder, *self._others.values()):
            if folder is None:
                continue
            if self._torn:
                os.close(_OPEN.pop(folder))
            else:
                _remove(folder)

    def _unmake(self) -> None:
        """Remove the folders that were made and are empty."""
        for parent in self._made:
            with suppress(OSError):
                parent.rmdir()

    def _named_of(self, error: OSError) -> Path:
        """The place that an error in writing is about, as the user named it."""
        staged = [(m.staged or m.target, m.named) for m in self._members] + self._spread
        for name in (error.filename, error.filename2):
            for place, named in staged:
                if isinstance(name, str) and Path(name).absolute().is_relative_to(place.absolute()):
                    return named / Path(name).absolute().relative_to(place.absolute())
        return self._named

    def _said(self, error: BaseException) -> RelsimError | None:
        """What is said of an error met while writing, if it is one of writing."""
        assert self._folder is not None
        within = str(self._folder)
        if isinstance(error, OSError):
            about = str(error.filename or "")
            nameless = error.filename is None and (error.errno is None or error.errno in _FULL)
            return unwritable(self._named_of(error), error) if within in about or nameless else None
        duckdb = sys.modules.get("duckdb")
        if duckdb is not None and isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException):
            text = str(error).splitlines()[0]
            full = "space left" in text or "max_temp_directory_size" in text
            if within in text or full:
                reason = os.strerror(errno.ENOSPC) if full else text.rpartition(": ")[2]
                return RunError(f"{self._named}: cannot be written: {reason}")
        return None


def write(file: Path, content: str | bytes, *, replace: bool = True) -> None:
    """Write a file whole or not at all; texts in UTF-8, lines ended as they are.

    Raises
    ------
    InputError, RunError
        As ``Writing`` does; with ``replace`` false also if the file exists.
    """
    with Writing(file) as change:
        place = change.file(file, replace=replace)
        place.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for what is needed on the way to no file: among the system's temporary ones, removed at the end.

    Raises
    ------
    InputError, RunError
        If none can be made.
    """
    home = Path(tempfile.gettempdir())
    try:
        with settling():
            clear(home)
            folder, _OPEN[folder] = temporary(home, "relsim")
    except OSError as error:
        raise unwritable(home, error) from None
    try:
        yield folder
    finally:
        with settling():
            _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a temporary folder of this process."""
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError, KeyError):
        os.close(_OPEN.pop(folder))


def abandon() -> None:
    """Remove what this process is writing: it is about to be ended."""
    for folder in list(_OPEN):
        if not (folder / PLAN).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _place_free(member: _Member) -> None:
    """Give a folder the first of the names NAME, NAME-2, NAME-3 … that is free."""
    assert member.staged is not None
    first, named, number = member.target, member.named, 1
    while True:
        try:
            place_new(member.staged, member.target)
            return
        except OSError as error:
            if error.errno not in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR) or not member.target.exists():
                raise
        number += 1
        member.target, member.named = (place.with_name(f"{place.name}-{number}") for place in (first, named))
