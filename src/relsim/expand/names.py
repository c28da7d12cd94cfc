"""Names and what they stand for: sets, members, ``self`` and ``other``, bare names. Floor 3."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product

from relsim.errors import Problem, nearest

SPACES: dict[str, tuple[str, ...]] = {
    "happening": ("events", "calendar", "conditions"),
    "level": ("variables", "indices"),
    "question": ("outcomes", "quantities"),
}
"""Sections that share one name space."""

_ONE = {
    "events": "an event",
    "calendar": "a calendar entry",
    "conditions": "a condition",
    "variables": "a variable",
    "indices": "an index",
    "outcomes": "an outcome",
    "quantities": "a quantity",
}


SETS_UNSURE = "<sets>"
"""Stands among the names at fault where parties or issues may be defined that could not be read."""


class Problems:
    """Problems found, one for each place."""

    def __init__(self, broken: Iterable[str] = ()) -> None:
        self._found: dict[tuple[str, bool], Problem] = {}
        self.broken = set(broken)
        """Names whose own definition is at fault: what refers to them is not judged."""

    def add(self, path: str, message: str, key: bool = False, also: tuple[str, ...] = (), hint: str = "") -> None:
        self._found.setdefault((path, key), Problem(path, message, key, also, hint))

    @property
    def all(self) -> tuple[Problem, ...]:
        return tuple(self._found.values())


@dataclass(frozen=True)
class Member:
    """One concrete item."""

    name: str
    root: str
    section: str
    at: Mapping[str, str]
    """Its party and issue, where its item has ``each``."""


@dataclass(frozen=True)
class Item:
    """What a bare name stands for."""

    name: str
    section: str
    each: tuple[str, ...]
    members: tuple[Member, ...]


@dataclass(frozen=True)
class NamedItem:
    """What a reference means."""

    members: tuple[Member, ...] = ()
    rank: int = 0
    """How closely it names them: 0 for a bare name, more where members are named."""
    judged: bool = True
    """False where its own fault, or that of what it names, has been reported."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(m.name for m in self.members)


Scope = Mapping[str, str]
"""Party and issue of the item that speaks; empty outside an ``each`` item."""


@dataclass
class Names:
    """All names of a document."""

    parties: Mapping[str, str]
    issues: Mapping[str, float]
    """Salience of each issue."""
    labels: Mapping[str, str]
    """Labels of parties and issues."""
    problems: Problems
    items: dict[str, dict[str, Item]] = field(default_factory=dict)
    """Section → bare name → item."""
    _members: dict[str, dict[str, Member]] = field(default_factory=dict)

    def sets(self) -> dict[str, tuple[str, ...]]:
        return {"party": tuple(self.parties), "issue": tuple(self.issues)}

    def define(self, section: str, name: str, each: tuple[str, ...]) -> Item:
        """Enter an item and its members."""
        sets = self.sets()
        members = tuple(
            Member(".".join((name, *values)), name, section, dict(zip(each, values, strict=True)))
            for values in product(*(sets[e] for e in each))
        )
        item = Item(name, section, each, members)
        self.items.setdefault(section, {})[name] = item
        self._members.setdefault(section, {}).update({m.name: m for m in members})
        return item

    def member(self, section: str, name: str) -> Member | None:
        return self._members.get(section, {}).get(name)

    def share(self, member: Member, each: Iterable[str]) -> float:
        """Share of a member in a whole that is split over ``each``: issues by salience, parties evenly."""
        out = 1.0
        for e in each:
            if e == "party":
                out /= len(self.parties)
            else:
                out *= self.issues[member.at["issue"]] / sum(self.issues.values())
        return out

    def known(self, sections: Iterable[str]) -> list[str]:
        """Names that may be used for items of some sections, members for those that have them."""
        return [m.name for s in sections for item in self.items.get(s, {}).values() for m in item.members]

    def find(
        self,
        written: str,
        sections: tuple[str, ...],
        scope: Scope,
        path: str,
        key: bool = False,
        wanted: str = "",
    ) -> NamedItem:
        """Members that a reference names; where there are none, a fault is added."""
        root, *suffix = written.split(".")
        item = next((self.items[s][root] for s in sections if root in self.items.get(s, {})), None)
        if item is None:
            self._unknown(written, root, sections, path, key, wanted)
            return NamedItem(judged=False)
        if not suffix:
            return NamedItem(item.members, 0)
        if root in self.problems.broken or SETS_UNSURE in self.problems.broken:
            return NamedItem(judged=False)
        return self._suffixed(item, written, suffix, scope, path, key)

    def one(
        self,
        written: str,
        sections: tuple[str, ...],
        scope: Scope,
        path: str,
        key: bool = False,
        wanted: str = "",
    ) -> str | None:
        """The one member that a reference names."""
        found = self.find(written, sections, scope, path, key, wanted)
        if not found.judged or len(found.members) == 1:
            return found.members[0].name if found.members else None
        root = written.split(".")[0]
        if root in self.problems.broken or SETS_UNSURE in self.problems.broken:
            return None
        names = ", ".join(found.names)
        message = f"'{written}' stands for {len(found.members)} members, and one is needed here"
        self.problems.add(path, message, key, hint=f"name one of: {names}" if names else "")
        return None

    def _unknown(self, written: str, root: str, sections: tuple[str, ...], path: str, key: bool, wanted: str) -> None:
        if root in self.problems.broken:
            return
        wanted = wanted or " or ".join(_ONE[s] for s in sections)
        roots = [name for s in sections for name in self.items.get(s, {})]
        space = {s for sections_of in SPACES.values() if set(sections_of) & set(sections) for s in sections_of}
        for section, items in self.items.items():
            if root in items and section not in sections and (section in space or not nearest(root, roots)):
                self.problems.add(path, f"'{written}' is {_ONE[section]}; {wanted} was expected", key)
                return
        known = self.known(sections)
        near = nearest(written, known)
        near_root = nearest(root, roots)
        if near_root and (near is None or "." not in written or written.split(".")[1] in ("self", "other")):
            near = ".".join([near_root, *written.split(".")[1:]])
        shown = known if len(known) <= 12 else roots
        hint = f"did you mean '{near}'? " if near else ""
        if shown:
            hint += "known: " + ", ".join(shown[:12]) + (", …" if len(shown) > 12 else "")
        self.problems.add(path, f"unknown name '{written}'; {wanted} was expected", key, hint=hint.strip())

    def _suffixed(self, item: Item, written: str, suffix: list[str], scope: Scope, path: str, key: bool) -> NamedItem:
        def no(message: str, hint: str = "") -> NamedItem:
            self.problems.add(path, message, key, hint=hint)
            return NamedItem(judged=False)

        names = ", ".join(m.name for m in item.members)
        if not item.each:
            return no(f"'{item.name}' has no 'each', so it has no member '{written}'", f"write '{item.name}'")
        if len(suffix) > len(item.each):
            return no(f"'{written}' names more than the sets of '{item.name}'", f"known: {names}")
        fixed: dict[str, str] = {}
        rank = 0
        whole = len(suffix) == len(item.each)
        for word, own in zip(suffix, item.each, strict=False):
            sets = (own,) if whole else item.each
            if word in ("self", "other"):
                problem = self._relative(word, written, sets, scope, fixed)
                if problem:
                    return no(problem)
                rank += 1
                continue
            at = next((s for s in sets if word in self.sets()[s]), None)
            if at is None:
                near = nearest(written, [m.name for m in item.members])
                hint = (f"did you mean '{near}'? " if near else "") + (f"known: {names}" if names else "")
                return no(f"'{item.name}' has no member '{written}'", hint.strip())
            fixed[at] = word
            rank += 2
        members = tuple(m for m in item.members if all(m.at[s] == v for s, v in fixed.items()))
        return NamedItem(members, rank)

    def _relative(self, word: str, written: str, sets: tuple[str, ...], scope: Scope, fixed: dict[str, str]) -> str:
        """Fix what ``self`` or ``other`` stands for; returns what is wrong."""
        if not scope:
            return f"'{written}' stands outside an 'each' item, so there is no '{word}'"
        if word == "other":
            if "party" not in sets:
                return f"'{written}': 'other' is the other party, and this stands for issues"
            if "party" not in scope:
                return f"'{written}': the item stands for issues, so there is no other party"
            if len(self.parties) != 2:
                return f"'{written}': 'other' needs exactly two parties, and there are {len(self.parties)}"
            fixed["party"] = next(p for p in self.parties if p != scope["party"])
            for s in sets:
                if s != "party" and s in scope:
                    fixed[s] = scope[s]
            return ""
        shared = [s for s in sets if s in scope]
        if not shared:
            need = " or ".join(sets)
            return f"'{written}': the item has no {need} of its own, so there is no 'self'"
        fixed.update({s: scope[s] for s in shared})
        return ""
