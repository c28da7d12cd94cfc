"""Codes of CAMEO that were read as numbers somewhere: 013 became 13, or 13.0. Floor 3.

A column is judged as a whole. Once one code has provably lost its zero, and none has kept it, all have lost it; 13 is
then 013, whatever 13 itself would mean.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from relsim.errors import DataError
from relsim.ingest.codes import known

_DECIMAL = re.compile(r"(\d{1,4})\.0+", re.ASCII)


def restored(codes: Mapping[str, int], scheme: str, shown: str) -> dict[str, str]:
    """What each code of one file was before it was read as a number, where it was another.

    Parameters
    ----------
    codes : rows of each code, of any countries
    shown : how messages call the file

    Raises
    ------
    DataError
        Some codes have lost a zero and some kept it, so that of others it cannot be said.
    """
    if scheme != "cameo":
        return {}
    meanings = known(scheme)
    whole = {code: found[1] if (found := _DECIMAL.fullmatch(code)) else code for code in codes}
    lost = sorted(code for code, text in whole.items() if text not in meanings and f"0{text}" in meanings)
    changed = {code: text for code, text in whole.items() if text != code}
    if not lost:
        return changed
    kept = sorted(code for code, text in whole.items() if text.startswith("0") and text in meanings)
    doubtful = sorted(code for code, text in whole.items() if text in meanings and _may_have_lost(text, meanings))
    if kept and not doubtful:
        return changed
    if kept:
        raise DataError(
            f"{shown}: some codes have lost their leading zero ({_rows(lost, codes)}) and some kept it "
            f"({_rows(kept, codes)}), so that {_rows(doubtful, codes)} may be either; "
            "write the codes as text, with three digits at least"
        )
    return changed | {code: f"0{whole[code]}" for code in (*lost, *doubtful)}


def _may_have_lost(code: str, meanings: Mapping[str, object]) -> bool:
    return not code.startswith("0") and f"0{code}" in meanings


def _rows(codes: list[str], rows: Mapping[str, int], most: int = 4) -> str:
    """Codes with their rows: ``36 (3 rows), 42 (6)``."""
    shown = ", ".join(f"'{code}' in {rows[code]:,} rows" for code in codes[:most])
    return f"{shown} and {len(codes) - most} more" if len(codes) > most else shown
