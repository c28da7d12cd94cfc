"""Any table with a header, by a list of its columns: ``date=Day,event=Code,by=Actor1,toward=Actor2``. Floor 3."""

from __future__ import annotations

from collections.abc import Mapping

from relsim.errors import InputError, suggestion
from relsim.ingest.source_columns import Layout, LayoutError, cells_of, columns

ROLES = ("date", "event", "by", "toward", "count", "id", "story", "by_actor", "toward_actor")
NEEDED = ("date", "event", "by", "toward")


def named(text: str | None) -> dict[str, str]:
    """The columns that ``--columns`` names, by role; unnamed needed ones are called as their role.

    Raises
    ------
    InputError
    """
    names = {role: role for role in (*NEEDED, "count")} if text is None else {role: role for role in NEEDED}
    for part in (text or "").split(",") if text else ():
        role, equals, name = (word.strip() for word in part.partition("="))
        if not equals or not name:
            raise InputError(f"--columns: found '{part}'; ROLE=COLUMN was expected, such as date=Day,event=Code")
        if role not in ROLES:
            raise InputError(f"--columns: unknown '{role}'; {suggestion(role, ROLES)}")
        names[role] = name
    return names


def layout(line: str, names: Mapping[str, str], scheme: str) -> Layout:
    """What the header says of the columns named.

    Raises
    ------
    LayoutError
    """
    cells, delimiter = cells_of(line)
    optional = ("count",) if names.get("count") == "count" else ()
    try:
        at = columns(cells, names, [role for role in names if role not in optional])
    except LayoutError as error:
        raise LayoutError(f"{error}\n    say which columns to read: --columns date=…,event=…,by=…,toward=…") from None
    return Layout("table", len(cells), scheme, at, tuple(cells), delimiter)
