"""A run's folder, written whole or not at all. Floor 2; standard library only."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from relsim.errors import InputError

MANIFEST = "manifest.json"
COMPARISON = "comparison.json"


def run_name(scenario: str, variant: str | None, seed: int) -> str:
    """``<scenario>[-<variant>]-<seed>``."""
    return "-".join([scenario, *([variant] if variant else []), str(seed)])


class RunFolder:
    """A temporary folder beside the final one, renamed to it at the end and removed on any exception.

    >>> with RunFolder(Path("runs/osaka-1"), named=False) as run:  # doctest: +SKIP
    ...     (run.path / "forecast.json").write_text(forecast.to_json())
    >>> run.path  # doctest: +SKIP
    PosixPath('runs/osaka-1')

    Parameters
    ----------
    folder : Path
        Where the run shall stand.
    named : bool
        Whether the user named the folder (``--out``). Then it is refused if it exists, unless ``force``,
        which replaces an earlier run and nothing else. A folder not named gets ``-2``, ``-3`` … while its
        name is taken.

    Attributes
    ----------
    path : Path
        The folder to write into; after the block, the finished one.

    Raises
    ------
    InputError
        On entering, if the folder exists or its place cannot be written to.
    """

    def __init__(self, folder: Path, *, named: bool, force: bool = False) -> None:
        self._folder, self._named, self._force = folder, named, force
        self._made: list[Path] = []
        self.path = folder

    def __enter__(self) -> RunFolder:
        if self._named:
            _refuse(self._folder, self._force)
        place = self._folder.parent
        try:
            self._made = [parent for parent in (place, *place.parents) if not parent.exists()]
            place.mkdir(parents=True, exist_ok=True)
            self.path = Path(tempfile.mkdtemp(prefix=f".{self._folder.name}.", dir=place))
            self.path.chmod(place.stat().st_mode & 0o777)
        except OSError as error:
            raise InputError(f"{self._folder}: cannot be written: {error.strerror}") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.path = self._settle()
        finally:
            if self.path != self._folder and self.path.name.startswith("."):
                self._discard()

    def _settle(self) -> Path:
        if not self._named:
            return _rename_to_free(self.path, self._folder)
        _refuse(self._folder, self._force)
        if not self._folder.exists():
            os.rename(self.path, self._folder)
            return self._folder
        old = Path(tempfile.mkdtemp(prefix=f".{self._folder.name}.old.", dir=self._folder.parent))
        os.replace(self._folder, old)
        try:
            os.rename(self.path, self._folder)
        except BaseException:
            os.replace(old, self._folder)
            raise
        shutil.rmtree(old, ignore_errors=True)
        return self._folder

    def _discard(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        for parent in self._made:
            with suppress(OSError):
                parent.rmdir()


def _refuse(folder: Path, force: bool) -> None:
    if not folder.exists():
        return
    if not force:
        raise InputError(f"{folder}: exists already; --force replaces it")
    if not folder.is_dir() or (any(folder.iterdir()) and not (folder / MANIFEST).exists()):
        raise InputError(f"{folder}: is not the folder of a run; --force replaces nothing else")


def _rename_to_free(temporary: Path, folder: Path) -> Path:
    """Rename to the first of ``folder``, ``folder-2``, ``folder-3`` … that is free."""
    number = 1
    while True:
        free = folder if number == 1 else folder.with_name(f"{folder.name}-{number}")
        number += 1
        if free.exists():
            continue
        try:
            os.rename(temporary, free)
        except OSError:
            # Taken by another run in this very moment: try the next; anything else is an error.
            if not free.exists():
                raise
            continue
        return free
