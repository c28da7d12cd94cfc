"""What coded events mean, and their value between conflict and cooperation. Floor 3.

``cameo.csv``: the codes of CAMEO (Schrodt 2012, CAMEO Codebook 1.1b3) with the values of Goldstein's scale, as ICEWS's
column Intensity has them (Goldstein 1992, doi:10.1177/0022002792036002007). ``plover.csv``: types and modes of PLOVER
with the scores of its codebook; ACCUSE without a mode is printed there as +3, read here as −3.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from relsim.errors import nearest

SCHEMES = ("cameo", "plover")


@dataclass(frozen=True)
class Meaning:
    """A code's name and its value, −10 to 10."""

    name: str
    value: float


@cache
def known(scheme: str) -> Mapping[str, Meaning]:
    """Every code of a scheme; none for a scheme of one's own."""
    if scheme not in SCHEMES:
        return {}
    text = (files("relsim.ingest") / f"{scheme}.csv").read_text(encoding="utf-8")
    return {row["code"]: Meaning(row["name"], float(row["value"])) for row in csv.DictReader(text.splitlines())}


def by_name(scheme: str) -> Mapping[str, str]:
    """Codes by what they mean, in lower case; where a group bears the name of its part, the part's."""
    return {meaning.name.lower(): code for code, meaning in sorted(known(scheme).items())}


def like(scheme: str, code: str) -> str | None:
    """The known code that stands for this one: itself, or else what it begins with."""
    codes = known(scheme)
    if code in codes:
        return code
    if scheme == "plover":
        head = code.split(":")[0]
        return head if head in codes else None
    return next((code[:n] for n in range(len(code) - 1, 1, -1) if code[:n] in codes), None)


def value(scheme: str, code: str) -> float | None:
    """A code's value, or that of what it begins with; None where neither is known."""
    found = like(scheme, code)
    return None if found is None else known(scheme)[found].value


def meaning(scheme: str, code: str) -> str:
    """A code in words; of an unknown one the nearest there is, said to be so."""
    codes = known(scheme)
    if code in codes:
        return codes[code].name
    if (found := like(scheme, code)) is not None:
        return f"unknown; begins as {found}, {codes[found].name}"
    if f"0{code}" in codes:
        return f"unknown; {codes[f'0{code}'].name} is 0{code}: was a leading zero lost?"
    near = nearest(code, codes)
    return f"unknown; nearest is {near}, {codes[near].name}" if near else "unknown"


def root(scheme: str, code: str) -> str:
    """The group that a code belongs to, with its name: ``11 Disapprove``, ``CONSULT``."""
    if scheme != "cameo":
        return code.split(":")[0]
    codes = known(scheme)
    return f"{code[:2]} {codes[code[:2]].name}" if code[:2] in codes else code[:2]


_CAMEO_CLASSES = {
    "verbal_cooperation": range(1, 6),
    "material_cooperation": range(6, 9),
    "verbal_conflict": range(9, 14),
    "material_conflict": range(14, 21),
}
"""Roots of CAMEO by class, as GDELT's QuadClass has them (GDELT Event Codebook 2.0)."""
_PLOVER_CLASSES = {
    "verbal_cooperation": ("AGREE", "CONSULT", "SUPPORT", "CONCEDE"),
    "material_cooperation": ("COOPERATE", "AID", "RETREAT"),
    "verbal_conflict": ("REQUEST", "ACCUSE", "REJECT", "THREATEN"),
    "material_conflict": ("PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"),
}
"""Types of PLOVER by class, after its codebook; from memory, unverified."""


def quad(scheme: str, code: str) -> str | None:
    """Verbal or material, cooperation or conflict: the class of a code; None where it is not known."""
    if scheme == "cameo":
        return next((name for name, roots in _CAMEO_CLASSES.items() if code[:2] in {f"{r:02}" for r in roots}), None)
    if scheme == "plover":
        return next((name for name, types in _PLOVER_CLASSES.items() if code.split(":")[0] in types), None)
    return None
