"""POLECAT event files: PLOVER events with header. Floor 3.

Halterman et al. 2023, POLECAT weekly data, on Harvard Dataverse. An event's code is its type,
and after a colon its mode where it has one: ``ACCUSE``, ``CONSULT:visit``.
"""

from __future__ import annotations

from relsim.ingest.source_columns import Layout, LayoutError, cells_of, columns, key

_ROLES = {
    "date": "Event Date",
    "event": "Event Type",
    "mode": "Event Mode",
    "by": "Actor Country",
    "toward": "Recipient Country",
    "by_actor": "Actor Name",
    "toward_actor": "Recipient Name",
    "id": "Event ID",
}


def layout(line: str) -> Layout:
    """What the first line of a file says.

    Raises
    ------
    LayoutError
    """
    cells, delimiter = cells_of(line)
    if not any(key(cell) == "eventtype" for cell in cells):
        raise LayoutError(
            f"expected the header of POLECAT (Event ID, Event Date, Event Type, …), found {len(cells)} columns"
        )
    at = columns(cells, _ROLES, ("date", "event", "by", "toward"))
    return Layout("POLECAT", len(cells), "plover", at, tuple(cells), delimiter)
