"""Names of files as DuckDB takes them. Floor 1.

DuckDB reads a file's name as a pattern: ``t[1].parquet`` would be ``t1.parquet``. A name is a name.
"""

from __future__ import annotations

from pathlib import Path


def literal(path: Path | str) -> str:
    """The pattern that fits a file's name and no other."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))
