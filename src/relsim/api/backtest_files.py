"""Event tables by name, one by one or of a whole folder, and their files. Floor 7."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from relsim.api.progress import Progress
from relsim.errors import InputError

_SHOWN = 3
"""Files that a warning names."""


def tables_in(places: Iterable[Path], progress: Progress) -> dict[str, Path]:
    """Event tables by name; of a folder all that stand in it.

    Raises
    ------
    InputError
        Two have one name, or a folder holds none.
    """
    out: dict[str, Path] = {}
    for place in places:
        for path in _tables_in(place, progress) if place.is_dir() else [place]:
            name = path.name.removesuffix(".csv").removesuffix(".parquet")
            if name in out:
                raise InputError(f"--events: {out[name]} and {path} have one name, by which results are identified")
            out[name] = path
    return out


def _tables_in(folder: Path, progress: Progress) -> list[Path]:
    """The event tables of a folder, by their names; what is none and belongs to none is told of."""
    from relsim.files import clear

    clear(folder.resolve().parent)
    clear(folder)
    files = sorted(place for place in folder.iterdir() if not place.name.startswith("."))
    tables = [place for place in files if place.suffix in (".csv", ".parquet") and place.is_file()]
    if not tables:
        raise InputError(f"--events {folder}: the folder holds no event table (.csv or .parquet)")
    others = [place.name for place in files if place not in tables and place.suffix != ".json"]
    if others:
        more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
        progress.say(f"warning: {folder}: no event tables, ignored: {', '.join(others[:_SHOWN])}{more}")
    return tables


def files_of(table: Path) -> tuple[Path, Path]:
    """A table, and where its coverage stands if that is a file of its own."""
    from relsim.ingest.coverage import beside

    return table, beside(table)


def digests_of(tables: Iterable[Path]) -> dict[str, str]:
    """SHA-256 of the files of tables, by name."""
    from relsim.result.files import sha256

    files = [place for path in tables for place in files_of(path) if place.is_file()]
    return {str(place): sha256(place) for place in files}
