"""ICEWS event files: daily or yearly ``.tab``, with header. Floor 3.

Boschee et al., ICEWS Coded Event Data, Harvard Dataverse, doi:10.7910/DVN/28075. Columns are found by their names, so
the 20-column form, the older ones and selections of columns are all read; a file without header must have the 20.
Where a code is left out, or the column of codes, the event's text says which it is.
"""

from __future__ import annotations

from relsim.ingest.source_columns import Layout, LayoutError, cells_of, columns, key

_ROLES = {
    "date": "Event Date",
    "event": "CAMEO Code",
    "text": "Event Text",
    "by": "Source Country",
    "toward": "Target Country",
    "by_actor": "Source Name",
    "toward_actor": "Target Name",
    "id": "Event ID",
    "story": "Story ID",
}
_NEEDED = ("date", "event", "by", "toward")
_TWENTY = (
    *("Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text", "CAMEO Code"),
    *("Intensity", "Target Name", "Target Sectors", "Target Country", "Story ID", "Sentence Number", "Publisher"),
    *("City", "District", "Province", "Country", "Latitude", "Longitude"),
)


def layout(line: str) -> Layout:
    """What the first line of a file says.

    Raises
    ------
    LayoutError
    """
    cells, delimiter = cells_of(line)
    headed = any(key(cell) in ("eventdate", "cameocode", "sourcecountry") for cell in cells)
    if not headed and len(cells) != len(_TWENTY):
        raise LayoutError(f"expected the header of ICEWS (Event ID, Event Date, …) or 20 columns, found {len(cells)}")
    names = cells if headed else _TWENTY
    coded = key(_ROLES["event"]) in map(key, names)
    needed = _NEEDED if coded or key(_ROLES["text"]) not in map(key, names) else ("date", "by", "toward")
    at = columns(names, _ROLES, needed)
    form = "ICEWS" if headed else "ICEWS without header"
    return Layout(form, len(names), "cameo", at, tuple(cells) if headed else (), delimiter)
