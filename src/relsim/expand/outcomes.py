"""Outcomes and quantities. Floor 3."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from relsim.errors import Problem, suggestion
from relsim.expand.names import Names, Scope
from relsim.expand.sections import Parts, label, members
from relsim.quantity import Quantity
from relsim.scenario import (
    All,
    AnyOf,
    BaseRate,
    Change,
    Count,
    Days,
    First,
    Happens,
    InForce,
    InGrade,
    Level,
    Measure,
    Nothing,
    Outcome,
    Predicate,
    Reading,
    Refer,
    Sequence,
    Stays,
)
from relsim.spec import outcomes as asked
from relsim.spec.base_rates import Counted, InTable

_LEVELS = ("variables", "indices")
_HAPPEN = ("events", "calendar")


@dataclass
class Questions:
    """Turns questions of the document into predicates and measures over a window."""

    names: Names
    start: date
    end: date
    grades: Mapping[str, float]

    def outcomes(self, parts: Parts) -> dict[str, Outcome]:
        """Outcomes by name, members for those with ``each``."""
        out = {}
        for member, view in members(self.names, "outcomes", parts):
            path, part = view.layers[-1]
            predicate = self.predicate(part, member.at, path, top=True)
            if predicate is None:
                continue
            said = part if not isinstance(part, str) else None
            title = said.title if said else None
            out[member.name] = Outcome(
                name=member.name,
                title=label(self.names, member, title),
                predicate=predicate,
                criteria=said.criteria if said else None,
                source=said.source if said else None,
                void_if=said.void_if if said else None,
                base_rate=_base_rate(said.base_rate) if said and said.base_rate is not None else None,
                crowd=said.crowd.central() if said and said.crowd is not None else None,
                built_in=bool(said and said.built_in),
            )
        self._cycles(out, parts)
        return out

    def measures(self, parts: Parts) -> dict[str, Measure]:
        """Quantities by name."""
        out = {}
        for member, view in members(self.names, "quantities", parts):
            path, part = view.layers[-1]
            of = self._measure(part, member.at, path)
            if of is not None:
                out[member.name] = Measure(member.name, label(self.names, member, part.title), of, bool(part.built_in))
        return out

    def same_titles(self, outcomes: Mapping[str, Outcome]) -> list[Problem]:
        """A warning for each outcome that bears the title of an earlier one."""
        first: dict[str, str] = {}
        found = []
        for name, outcome in outcomes.items():
            if (other := first.setdefault(" ".join(outcome.title.casefold().split()), name)) != name:
                message = f"has the title of '{name}' too, \"{outcome.title}\"; readers cannot distinguish the two"
                found.append(Problem(f"outcomes/{other.split('.')[0]}", message))
        return found

    def predicate(self, part: Any, scope: Scope, path: str, top: bool = False) -> Predicate | None:
        """One predicate; None where it is at fault."""
        if isinstance(part, str):
            name = self.names.one(part, ("outcomes",), scope, path)
            return Refer(name) if name else None
        if part.each and not top:
            self.names.problems.add(f"{path}/each", "'each' stands with the outcome itself, not inside it", True)
        match part:
            case asked.All(all=inner) | asked.AnyOf(any=inner) | asked.NoneOf(none=inner):
                key = _form(part, ("all", "any", "none"))
                read = [self.predicate(p, scope, f"{path}/{key}/{i}") for i, p in enumerate(inner)]
                found = tuple(p for p in read if p is not None)
                if len(found) < len(read):
                    return None
                return All(found) if key == "all" else AnyOf(found) if key == "any" else Nothing(found)
            case asked.Not():
                denied = self.predicate(part.not_, scope, f"{path}/not")
                return None if denied is None else Nothing((denied,))
            case asked.Happens():
                return self._happens(part, scope, path)
            case asked.InForce():
                found_names = self.names.find(part.in_force, ("conditions",), scope, f"{path}/in_force").names
                first, last = self._stretch(part, path)
                on = self._day(part.on, f"{path}/on")
                return InForce(found_names, on, part.for_, first, last) if found_names else None
            case asked.Sequence():
                steps = [
                    self.names.find(s, _HAPPEN, scope, f"{path}/sequence/{i}").names
                    for i, s in enumerate(part.sequence)
                ]
                first, last = self._stretch(part, path)
                return Sequence(tuple(steps), part.within, first, last) if all(steps) else None
            case _:
                return self._level(part, scope, path)

    def _happens(self, part: asked.Happens, scope: Scope, path: str) -> Happens | None:
        found = self.names.find(part.happens, _HAPPEN, scope, f"{path}/happens").names
        first, last = self._stretch(part, path)
        at_least = part.at_least if part.at_least is not None else 1 if part.at_most is None else 0
        return Happens(found, at_least, part.at_most, part.within, first, last) if found else None

    def _level(self, part: Any, scope: Scope, path: str) -> Predicate | None:
        key = _form(part, ("value", "change", "grade", "stays"))
        name = self.names.one(getattr(part, key), _LEVELS, scope, f"{path}/{key}")
        match part:
            case asked.Value():
                over, first, last = self._over(part, path)
                return Level(name, over, first, last, part.above, part.below) if name else None
            case asked.Change():
                start = self._day(part.from_ or self.start, f"{path}/from")
                end_key = "by" if part.by else "to"
                end = self._day(part.by or part.to or self.end, f"{path}/{end_key}")
                return Change(name, start, end, part.above, part.below) if name else None
            case asked.InGrade():
                on = self._day(part.on, f"{path}/on")
                if part.is_ not in self.grades:
                    hint = suggestion(part.is_, self.grades)
                    self.names.problems.add(f"{path}/is", f"unknown grade '{part.is_}'", hint=hint)
                    return None
                bounds = list(self.grades.items())
                i = [g for g, _ in bounds].index(part.is_)
                low = bounds[i - 1][1] if i else None
                high = bounds[i][1] if i + 1 < len(bounds) else None
                return InGrade(name, part.is_, low, high, on) if name else None
        first, last = self._stretch(part, path)
        return Stays(name, part.above, part.below, part.for_, first, last) if name else None

    def _measure(self, part: Any, scope: Scope, path: str) -> Count | Reading | Days | First | None:
        match part:
            case asked.CountOf():
                found = self.names.find(part.count, _HAPPEN, scope, f"{path}/count").names
                first, last = self._stretch(part, path)
                return Count(found, first, last) if found else None
            case asked.Reading():
                name = self.names.one(part.value, _LEVELS, scope, f"{path}/value")
                over, on, last_on = self._over(part, path)
                return Reading(name, over, on, last_on) if name else None
            case asked.DaysOf():
                name = self.names.one(part.days, _LEVELS, scope, f"{path}/days")
                first, last = self._stretch(part, path)
                return Days(name, part.above, part.below, first, last) if name else None
        outcome = self.names.one(part.first, ("outcomes",), scope, f"{path}/first")
        return First(outcome) if outcome else None

    def _day(self, on: date | str | None, path: str) -> date | None:
        """A date of the window; None for ``start``, the day before the first."""
        if on is None or isinstance(on, str):
            return None
        if not self.start <= on <= self.end:
            message = f"{on} lies outside the window, {self.start} to {self.end}"
            self.names.problems.add(path, message)
        return on

    def _stretch(self, part: asked.Stretch, path: str) -> tuple[date, date]:
        last_key = "by" if part.by else "to"
        first, last = part.from_ or self.start, part.last or self.end
        self._day(part.from_, f"{path}/from")
        self._day(part.last, f"{path}/{last_key}")
        return first, last

    def _over(self, part: asked.Over, path: str) -> tuple[str, date | None, date | None]:
        over, first, last = part.over
        if over == "on":
            return over, self._day(first, f"{path}/on"), None
        key = f"{path}/{over}_over"
        return over, self._day(first, f"{key}/0"), self._day(last, f"{key}/1")

    def _cycles(self, outcomes: Mapping[str, Outcome], parts: Parts) -> None:
        """Outcomes that refer to one another in a circle."""
        refers: dict[str, list[tuple[str, str]]] = {
            name: list(_references(parts[name], f"outcomes/{name}")) for name in parts if "." not in name
        }
        done: set[str] = set()

        def visit(name: str, trail: list[tuple[str, str]]) -> None:
            for target, path in refers.get(name, []):
                target = target.split(".")[0]
                on_trail = [n for n, _ in trail]
                if target == name or target in on_trail:
                    i = on_trail.index(target) if target in on_trail else len(trail)
                    circle = [*trail[i:], (name, path)]
                    loop = " → ".join([n for n, _ in circle] + [target])
                    if not done & {p for _, p in circle}:
                        done.update(p for _, p in circle)
                        paths = [p for _, p in circle]
                        self.names.problems.add(paths[0], f"outcomes refer in a circle: {loop}", also=tuple(paths[1:]))
                elif target not in seen:
                    visit(target, [*trail, (name, path)])
            seen.add(name)

        seen: set[str] = set()
        for name in refers:
            if name not in seen:
                visit(name, [])


def _form(part: Any, forms: tuple[str, ...]) -> str:
    """The key that names a question's form."""
    return next(form for form in forms if form in type(part).model_fields)


def _references(part: Any, path: str) -> list[tuple[str, str]]:
    """(outcome, path) of every outcome that a predicate names."""
    if isinstance(part, str):
        return [(part, path)]
    for key in ("all", "any", "none"):
        if key in type(part).model_fields:
            return [r for i, p in enumerate(getattr(part, key)) for r in _references(p, f"{path}/{key}/{i}")]
    if isinstance(part, asked.Not):
        return _references(part.not_, f"{path}/not")
    return []


def _base_rate(stated: Quantity | Counted | InTable) -> BaseRate | None:
    """A base rate with its interval; None where a table is yet to be counted, in a layer without a window."""
    if isinstance(stated, InTable):
        return None
    if isinstance(stated, Counted):
        k, n = stated.count, stated.of
        from relsim.estimates import jeffreys  # numpy, which a file without base rates needs not wait for

        return BaseRate((k + 0.5) / (n + 1), *jeffreys(k, n), k, n, stated.source)
    return BaseRate(stated.central(), source=stated.source)
