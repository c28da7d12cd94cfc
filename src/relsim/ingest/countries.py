"""Who an actor belongs to: spellings of countries, a user's own map, and the parties. Floor 3.

``countries.csv`` gives each country its ISO 3166 alpha-3 code, which is CAMEO's too but for the few codes under
``also``, and the names that sources use. ICEWS's own column decides where an actor belongs; a map says otherwise.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from relsim.errors import InputError, Problem, nearest
from relsim.ingest.text import lines_of

_ROLES = """
GOV MIL REB OPP PTY COP JUD SPY IMG IGO NGO NGM MNC INT UNS UAF INS SEP RAD EXT MOD AGR BUS CRM CVL DEV EDU ELI ENV HLH
HRI LAB LEG MED REF SET UIS AMN IRC GRP UNO KUR ARB PAL TAL HEZ HAM JEW MOS SHI SUN CHR CTH DOX PRO HIN BUD SIK
"""
ROLES = frozenset(_ROLES.split())
"""What may follow the country in a code of CAMEO's actors, such as USAGOV (Schrodt 2012, CAMEO Codebook 1.1b3)."""
LEFT_OUT = ""
"""Country of an actor that a map leaves out."""


@cache
def spellings() -> dict[str, str]:
    """Code of a country by every spelling known, in lower case."""
    found: dict[str, str] = {}
    for row in _rows():
        for name in (row["country"], row["short"], row["name"], *row["also"].split(";")):
            if name.strip():
                found[name.strip().lower()] = row["country"]
    return found


@cache
def _rows() -> list[dict[str, str]]:
    text = (files("relsim.ingest") / "countries.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def display_names() -> dict[str, str]:
    """What each country is called every day, by code: ``Iran``, not ``Iran, Islamic Republic of``."""
    return {row["country"]: row["name"] for row in _rows()}


@dataclass(frozen=True)
class Parties:
    """The sides between which events count: the party of each country; None for every country by itself."""

    of: Mapping[str, str] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Each party once."""
        return tuple(dict.fromkeys(self.of.values())) if self.of is not None else ()


def named_parties(written: Iterable[str], mapped: Iterable[str] = ()) -> Parties:
    """Parties as ``--parties`` names them: ``us``, or ``us=USA``, or ``eu=DEU+FRA``.

    Parameters
    ----------
    mapped : what the user's map leads to; a party named there needs no country of its own

    Raises
    ------
    InputError
        No country is known by a name, or two parties share one.
    """
    of: dict[str, str] = {}
    leads_to = set(mapped)
    for part in written:
        name, equals, members = (word.strip() for word in part.partition("="))
        of[name] = name
        if not equals and name in leads_to and name.lower() not in spellings():
            continue
        for member in members.split("+") if equals else [name]:
            _assign(of, country_of(member.strip(), "--parties"), name)
    return Parties(of)


@dataclass(frozen=True)
class PairSide:
    """One of two parties, as someone names it."""

    name: str
    """In a scenario: ``ir``."""
    label: str
    """As people say it: ``Iran``."""
    countries: tuple[str, ...]
    """Codes; none of a party that is no country."""


_RESERVED = ("self", "other", "null", "true", "false")
"""Names that mean something else in a scenario."""


def two_sides(written: str) -> tuple[PairSide, PairSide]:
    """The two parties of ``Iran,Saudi Arabia``, ``IRN,sa``, ``eu=DEU+FRA,ru`` or ``hamas=Hamas,il``, in any case.

    Raises
    ------
    InputError
        They are not two, or one is misspelt.
    """
    parts = [part.strip() for part in written.split(",")]
    if len(parts) != 2 or not all(parts) or not written.isprintable():
        raise InputError(f"--parties: found '{written}'; two different names were expected, such as us,ru")
    a, b = map(_side, parts)
    if a.name == b.name or set(a.countries) & set(b.countries):
        raise InputError(f"--parties: '{parts[0]}' and '{parts[1]}' are the same; two different names were expected")
    return a, b


def _side(written: str) -> PairSide:
    name, equals, members = (word.strip() for word in written.partition("="))
    known = {_key(spelling): code for spelling, code in spellings().items()}
    if not equals:
        code = known.get(_key(name))
        if code is None:
            return PairSide(_party_name(name), name.upper() if name.islower() else name, _no_country(name))
        short = next(row["short"] for row in _rows() if row["country"] == code)
        own = name.lower()
        return PairSide(own if re.fullmatch("[a-z]{2}", own) else short, display_names()[code], (code,))
    codes = tuple(known.get(_key(member)) or "" for member in members.split("+"))
    if all(codes):
        label = display_names()[codes[0]] if len(codes) == 1 else name.upper()
        return PairSide(_party_name(name), label, codes)
    if "+" in members or not members:
        for member in members.split("+"):
            country_of(member.strip(), "--parties")
    return PairSide(_party_name(name), members, ())


def party_names(written: Iterable[str]) -> list[str]:
    """Parties as ``--parties`` names them, those that no scenario can bear by a name it can: ``ir=IRN`` for ``IRN``."""
    known = {_key(spelling): code for spelling, code in spellings().items()}
    short = {row["country"]: row["short"] for row in _rows()}
    return [
        f"{short[code]}={code}" if not re.fullmatch("[a-z0-9_]+", name) and (code := known.get(_key(name))) else name
        for name in written
    ]


def _key(text: str) -> str:
    """A spelling as it is compared: no case, accents or full stops; ``_`` and ``-`` are blanks."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c) and c != ".")
    return " ".join(re.sub("[_-]", " ", bare).casefold().split())


def _party_name(written: str) -> str:
    name = written.lower()
    if not re.fullmatch("[a-z][a-z0-9_]*", name):
        near = _near_country(written)
        hint = f"did you mean '{near}'?" if near else "a country, or a name such as eu_3, was expected"
        raise InputError(f"--parties: '{written}' is no country that relsim knows; {hint}")
    if name in _RESERVED:
        raise InputError(f"--parties: found '{written}'; {', '.join(_RESERVED)} are reserved")
    return name


def _no_country(written: str) -> tuple[str, ...]:
    """No codes, unless the name looks like a country's misspelt: short names are taken as they are."""
    near = _near_country(written) if len(written) > 3 else None
    if near:
        raise InputError(
            f"--parties: '{written}' is no country that relsim knows; did you mean '{near}'?\n"
            f"    a party that is none is written {written.lower()}=LABEL"
        )
    return ()


def _near_country(written: str) -> str | None:
    names = {_key(name): name for row in _rows() for name in (row["name"], *row["also"].split(";")) if name.strip()}
    near = nearest(_key(written), names)
    return names[near].strip() if near else None


def countries_alone(written: Iterable[str]) -> Parties:
    """Each of the countries named as a party by its code.

    Raises
    ------
    InputError
    """
    return Parties({code: code for code in (country_of(name, "--countries") for name in written)})


def scenario_parties(parties: Mapping[str, str], mapped: Iterable[str]) -> Parties:
    """The countries of a scenario's parties, by their name or else their label.

    Parameters
    ----------
    parties : label by name
    mapped : what the user's map leads to; a party named there needs no country of its own

    Raises
    ------
    InputError
        A party is no country and the map has none for it.
    """
    of: dict[str, str] = {}
    leads_to = set(mapped)
    for name, label in parties.items():
        code = spellings().get(name.lower()) or spellings().get(label.lower())
        if code is None and name not in leads_to:
            raise InputError(
                f"the party '{name}' ({label}) is no country that relsim knows; "
                f"name its countries by --parties {name}=CODE+CODE, or its actors in --map by lines 'ACTOR,{name}'"
            )
        if code is not None:
            _assign(of, code, name)
        of[name] = name
    return Parties(of)


def _assign(of: dict[str, str], code: str, party: str) -> None:
    if of.setdefault(code, party) != party:
        raise InputError(f"{code} belongs to '{of[code]}' and to '{party}'; a country has one party")


def country_of(name: str, where: str) -> str:
    """The code of a country.

    Raises
    ------
    InputError
        None is known by that name.
    """
    code = spellings().get(name.lower())
    if code is None:
        near = nearest(name.lower(), spellings())
        hint = f"did you mean '{display_names()[spellings()[near]]}'?" if near else "a code such as USA was expected"
        raise InputError(f"{where}: '{name}' is no country that relsim knows; {hint}")
    return code


def read_map(path: Path, parties: Iterable[str]) -> dict[str, str]:
    """A user's map, actor → country: a CSV file with the columns ``actor,country``.

    An actor is a name of an actor or of a country as the source writes it; a country any spelling that relsim knows,
    or a party's name; empty, the actor is left out.

    Raises
    ------
    InputError
        With file and line of every fault.
    """
    if not path.is_file():
        raise InputError(f"{path}: {'is a folder' if path.is_dir() else 'the file does not exist'}")
    known = set(parties)
    found: dict[str, str] = {}
    faults: list[Problem] = []
    lines = lines_of(path, str(path))
    rows = enumerate(csv.reader(lines), start=1)
    _, header = next(rows, (1, []))
    if [cell.strip().lower() for cell in header] != ["actor", "country"]:
        first = lines[0] if lines else ""
        raise InputError([Problem.at(str(path), 1, 1, "", "the header 'actor,country' was expected", first)])
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        message, hint = "", ""
        if len(cells) != 2 or not cells[0].strip():
            message = f"found {len(cells)} cells; an actor and a country were expected"
        else:
            actor, country = cells[0].strip(), cells[1].strip()
            code = country if country in known or not country else spellings().get(country.lower())
            if code is None:
                message = f"'{country}' is no country that relsim knows, nor a party"
                near = nearest(country.lower(), [*known, *spellings()])
                hint = f"did you mean '{near}'?" if near else "a code such as USA was expected"
            else:
                found[actor.lower()] = code
        if message:
            at = lines[number - 1].rfind(",") + 2 if hint else 1
            faults.append(Problem.at(str(path), number, at, "", message, lines[number - 1], hint))
    if faults:
        raise InputError(faults)
    return found
