"""GDELT event files: 1.0 (58 columns, 57 before April 2013) and 2.0 (61), headerless or re-headed. Floor 3.

Leetaru and Schrodt 2013; the GDELT event database codebook, versions 1.03 and 2.0. Countries are those of the actors
(CAMEO codes, mostly ISO 3166 alpha-3), not of the place. A row's story is its first source's address.
"""

from __future__ import annotations

from relsim.ingest.source_columns import Layout, LayoutError, cells_of, columns, key

FORMS = {61: "GDELT 2.0", 58: "GDELT 1.0", 57: "GDELT 1.0 before April 2013"}
_ADDED = {61: 59, 58: 56, 57: 56}
_STORY = {61: 60, 58: 57}
_PLACES = {"id": 0, "date": 1, "by_actor": 6, "by": 7, "toward_actor": 16, "toward": 17, "event": 26}
_ROLES = {
    "date": "SQLDATE",
    "event": "EventCode",
    "by": "Actor1CountryCode",
    "toward": "Actor2CountryCode",
    "by_actor": "Actor1Name",
    "toward_actor": "Actor2Name",
    "id": "GLOBALEVENTID",
    "story": "SOURCEURL",
    "news": "DATEADDED",
}


def layout(line: str) -> Layout:
    """What the first line of a file says.

    Raises
    ------
    LayoutError
    """
    cells, delimiter = cells_of(line)
    width = len(cells)
    if any(key(cell) == "globaleventid" for cell in cells):
        at = columns(cells, _ROLES, ("date", "event", "by", "toward"))
        return Layout("GDELT with header", width, "cameo", at, tuple(cells), delimiter)
    if width not in FORMS or delimiter != "\t":
        known = ", ".join(f"{columns} ({form})" for columns, form in FORMS.items())
        raise LayoutError(f"found {width} columns; GDELT's event files have {known}, separated by tabs")
    at = {**_PLACES, "news": _ADDED[width]} | ({"story": _STORY[width]} if width in _STORY else {})
    return Layout(FORMS[width], width, "cameo", at)
