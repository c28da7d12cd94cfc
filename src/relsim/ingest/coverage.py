"""What an event table says of itself: coverage and coding scheme. Floor 3.

In a Parquet file it is the metadata entry ``relsim``, beside a CSV file ``NAME.csv.json``; both hold the same JSON:
``{"scheme": "cameo" or null, "values": {EVENT: mean}, "covers": {"from", "to"}, "missing": [...], "types": [...]}``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from relsim.errors import DataError
from relsim.events import Coverage
from relsim.files import clear
from relsim.parquet import literal

KEY = "relsim"


@dataclass(frozen=True)
class About:
    """Coverage of a table, and what its events are worth."""

    coverage: Coverage | None = None
    scheme: str | None = None
    """Of which the events are codes; None for named events."""
    values: Mapping[str, float] = field(default_factory=dict)
    """Mean value between conflict and cooperation of the rows behind each event."""

    def to_json(self) -> str:
        """One line, the same for the same content."""
        content: dict[str, Any] = {"scheme": self.scheme, "values": dict(self.values)}
        if self.coverage is not None:
            content["covers"] = {"from": self.coverage.first.isoformat(), "to": self.coverage.last.isoformat()}
            content["missing"] = [day.isoformat() for day in self.coverage.missing]
            content["types"] = list(self.coverage.types)
        return json.dumps(content, ensure_ascii=False)


def beside(table: Path) -> Path:
    """The file beside a CSV table that holds what a Parquet table has inside."""
    return table.with_name(f"{table.name}.json")


def about(table: Path) -> About:
    """What a table says of itself; nothing where it says nothing.

    Raises
    ------
    DataError
        Where it is unreadable.
    """
    if table.suffix == ".parquet":
        text = _from_parquet(table)
    else:
        file = beside(table)
        clear(table.parent)
        text = file.read_bytes() if file.is_file() else None
    return About() if text is None else _read(text, table)


def _from_parquet(table: Path) -> bytes | None:
    import duckdb

    try:
        with duckdb.connect() as connection:
            found = connection.execute(
                "SELECT value FROM parquet_kv_metadata(?) WHERE key = ?::BLOB", [literal(table), KEY]
            ).fetchone()
    except duckdb.Error as error:
        raise DataError(f"{table}: not readable as Parquet: {str(error).splitlines()[0]}") from None
    return None if found is None else bytes(found[0])


def _read(text: bytes, table: Path) -> About:
    try:
        content = json.loads(text)
        if not isinstance(content, dict):
            raise ValueError("an object was expected")  # as JSON calls {…}
        covers = content.get("covers")
        coverage = None
        if covers is not None:
            coverage = Coverage(
                date.fromisoformat(covers["from"]),
                date.fromisoformat(covers["to"]),
                tuple(sorted(map(date.fromisoformat, content.get("missing", [])))),
                tuple(content.get("types", [])),
            )
            if coverage.last < coverage.first:
                raise ValueError(f"it runs backwards, from {coverage.first} to {coverage.last}")
        values = {str(event): float(value) for event, value in content.get("values", {}).items()}
        return About(coverage, content.get("scheme"), values)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        where = table if table.suffix == ".parquet" else beside(table)
        raise DataError(f"{where}: what the table says of its coverage is not readable: {error}") from None
