"""A run's folder, written whole or not at all. Floor 2; standard library only."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType

from relsim.errors import InputError
from relsim.files import Writing, clear

MANIFEST = "manifest.json"
COMPARISON = "comparison.json"
_SHOWN = 3
"""Files that a refusal names."""


def run_name(scenario: str, variant: str | None, seed: int) -> str:
    """``<scenario>[-<variant>]-<seed>``."""
    return "-".join([scenario, *([variant] if variant else []), str(seed)])


class RunFolder:
    """A temporary folder beside the final one, exchanged with it at the end and removed on any exception.

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
        which replaces what relsim wrote and nothing else. A folder not named gets ``-2``, ``-3`` … while its
        name is taken.

    Attributes
    ----------
    path : Path
        The folder to write into; after the block, the finished one.
    writing : Writing
        The change that the folder is part of, for files that belong to it and stand elsewhere.

    Raises
    ------
    InputError
        On entering, if the folder exists or its place cannot be written to.
    """

    def __init__(self, folder: Path, *, named: bool, force: bool = False) -> None:
        self._folder, self._named, self._force = folder, named, force
        self.writing = Writing(folder)
        self.path = folder

    def __enter__(self) -> RunFolder:
        if self._named:
            refuse_folder(self._folder, self._force)
        self.writing.__enter__()
        try:
            self.path = self.writing.folder(self._folder, replace=self._force, free=not self._named)
        except BaseException as error:
            self.writing.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._named:
            try:
                refuse_folder(self._folder, self._force)
            except InputError as refused:
                self.writing.__exit__(InputError, refused, None)
                raise
        self.writing.__exit__(kind, error, trace)
        self.path = self.writing.places[0]


def refuse_folder(folder: Path, force: bool) -> None:
    """Stop where a folder may not be written, or replaced: relsim replaces only what it wrote, all of it.

    Raises
    ------
    InputError
        If it exists and ``force`` is not given, or it holds what its manifest does not list.
    """
    clear(folder.parent)
    if not folder.exists() and not folder.is_symlink():
        return
    if not force:
        raise InputError(f"{folder}: exists already; --force replaces it")
    if not folder.is_dir():
        raise InputError(f"{folder}: is not a folder that relsim wrote; --force replaces nothing else")
    clear(folder)
    held = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if not file.is_dir() or file.is_symlink()}
    if not held:
        return
    known = _listed(folder)
    if known is None:
        raise InputError(f"{folder}: is not a folder that relsim wrote; --force would destroy {_shown(sorted(held))}")
    if strange := sorted(held - known - {MANIFEST}):
        raise InputError(
            f"{folder}: holds what relsim did not write; --force would destroy {_shown(strange)}; "
            "move it elsewhere, or name another folder"
        )


def _listed(folder: Path) -> set[str] | None:
    """The files that the manifest of a folder lists; None where it is no manifest of relsim's."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return set(map(str, manifest["outputs"])) if isinstance(manifest["relsim"], str) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _shown(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
