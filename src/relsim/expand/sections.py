"""Variables, indices, conditions, events and calendar entries. Floor 3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from relsim.expand.codes import CodeBook
from relsim.expand.names import SETS_UNSURE, Member, Names, Problems, Scope
from relsim.expand.terms import odds, terms
from relsim.expand.views import View
from relsim.quantity import Kind, exactly
from relsim.scenario import Condition, Entry, Event, Excitation, Index, Number, Variable

Parts = Mapping[str, Any]
"""Items of a section, by the name they are stated under."""


def define(names: Names, section: str, parts: Parts) -> None:
    """Enter the names of a section, and judge the names that override members."""
    for name, part in parts.items():
        if "." not in name:
            names.define(section, name, getattr(part, "each", None) or ())
    items = names.items.get(section, {})
    for name, part in parts.items():
        if "." not in name:
            continue
        root = name.split(".")[0]
        path = f"{section}/{name}"
        if root in names.problems.broken or SETS_UNSURE in names.problems.broken:
            continue
        if getattr(part, "each", None):
            names.problems.add(f"{path}/each", f"'{name}' is one member; 'each' stands with '{root}'", True)
        if root not in items:
            names.find(name, (section,), {}, path, key=True)
        elif names.member(section, name) is None:
            members = ", ".join(m.name for m in items[root].members)
            hint = f"known: {members}" if members else ""
            message = (
                f"'{root}' has no member '{name}'" if items[root].each else f"'{root}' has no 'each', so no member"
            )
            found = names.find(name, (section,), {}, path, key=True) if items[root].each else None
            if found is None or found.judged:
                names.problems.add(path, message, True, hint=hint)


def members(names: Names, section: str, parts: Parts) -> Iterator[tuple[Member, View]]:
    """Every member of a section in file order, with what is stated for it."""
    for name, item in names.items.get(section, {}).items():
        for member in item.members if name in parts else ():
            layers = [(f"{section}/{name}", parts[name])]
            if member.name != name and member.name in parts:
                layers.append((f"{section}/{member.name}", parts[member.name]))
            yield member, View(tuple(layers))


def label(names: Names, member: Member, written: str | None) -> str:
    """Label of a member: the item's, with its party and issue where it has such."""
    text = written or member.root
    if not member.at or written is None:
        return text if written else member.name
    return f"{text} ({', '.join(names.labels[v] for v in member.at.values())})"


def targets(
    names: Names,
    scope: Scope,
    view: View | None,
    field: str,
    sections: tuple[str, ...] = ("variables",),
) -> dict[str, Number]:
    """Numbers by member of a mapping such as ``effects``: a member's own key beats the bare name's."""
    out: dict[str, tuple[int, Number]] = {}
    if view is None:
        return {}
    for key, entry in view.entries(field).items():
        path, quantity = entry.layers[-1]
        found = names.find(key, sections, scope, path, key=True)
        for member in found.members:
            if member.name in out and out[member.name][0] > found.rank:
                continue
            out[member.name] = (found.rank, Number(quantity, path))
    return {name: number for name, (_, number) in out.items()}


def variables(names: Names, parts: Parts, limit: float) -> dict[str, Variable]:
    """State variables."""
    out = {}
    for member, view in members(names, "variables", parts):
        low, high = view.value("range") or (-limit, limit)
        half_life = view.number("half_life")
        if half_life is None:
            names.problems.add(view.layers[0][0], "'half_life' is missing")
        pull = {}
        for key, entry in view.entries("pull").items():
            path, quantity = entry.layers[-1]
            name = names.one(key, ("variables",), member.at, path, key=True)
            if name is not None:
                pull[name] = Number(quantity, path)
        out[member.name] = Variable(
            name=member.name,
            label=label(names, member, view.value("label")),
            low=low,
            high=high,
            baseline=view.number("baseline") or _default(view, "baseline", (low + high) / 2, Kind.REAL),
            half_life=half_life or _default(view, "half_life", 1, Kind.DURATION),
            spread=view.number("spread") or _default(view, "spread", 0, Kind.NONNEGATIVE),
            initial=view.number("initial"),
            pull=pull,
            drift=view.value("drift") is not False,
        )
    return out


def _default(view: View, field: str, value: float, kind: Kind) -> Number:
    return Number(exactly(value, kind), f"{view.layers[0][0]}/{field}")


def indices(names: Names, parts: Parts) -> dict[str, Index]:
    """Linear combinations; the weight of a bare name is split over its members."""
    out = {}
    for member, view in members(names, "indices", parts):
        if not view.entries("weights"):
            names.problems.add(view.layers[0][0], "'weights' is missing")

        weights: dict[str, tuple[int, Number]] = {}
        for key, entry in view.entries("weights").items():
            path, quantity = entry.layers[-1]
            found = names.find(key, ("variables",), member.at, path, key=True)
            total = sum(names.share(m, m.at) for m in found.members)
            for m in found.members:
                part = names.share(m, m.at) / total if len(found.members) > 1 else 1.0
                if m.name not in weights or weights[m.name][0] <= found.rank:
                    weights[m.name] = (found.rank, Number(quantity, path, part))
        out[member.name] = Index(
            member.name,
            label(names, member, view.value("label")),
            {name: number for name, (_, number) in weights.items()},
        )
    return out


def _triggers(names: Names, scope: Scope, view: View, field: str, sections: tuple[str, ...]) -> tuple[str, ...]:
    value, path = view.get(field)
    if value is None:
        return ()
    out: dict[str, None] = {}
    written = [(value, path)] if isinstance(value, str) else [(v, f"{path}/{i}") for i, v in enumerate(value)]
    for name, at in written:
        out |= dict.fromkeys(names.find(name, sections, scope, at).names)
    return tuple(out)


def conditions(names: Names, parts: Parts, start: date) -> dict[str, Condition]:
    """Standing states of the world; what is in force ``initially`` began before ``start``."""
    out = {}
    for member, view in members(names, "conditions", parts):
        happening = ("events", "calendar")
        initially, path = view.get("initially")
        since = None if initially is None or isinstance(initially, bool) else initially.since
        if since is not None and since >= start:
            message = f"{since} lies in the window; a day before {start}, since when it is in force, was expected"
            names.problems.add(f"{path}/since", message)
        holding = view.sub("while_", "while")
        out[member.name] = Condition(
            name=member.name,
            label=label(names, member, view.value("label")),
            begins=_triggers(names, member.at, view, "begins", happening),
            ends=_triggers(names, member.at, view, "ends", happening),
            lasts=view.number("lasts"),
            initially=bool(initially),
            since=since,
            baseline=targets(names, member.at, holding, "baseline"),
            rates=targets(names, member.at, holding, "rates", ("events",)),
        )
    return out


def events(names: Names, parts: Parts) -> dict[str, Event]:
    """Event types."""
    out = {}
    codes = CodeBook(names.problems)
    for member, view in members(names, "events", parts):
        rate = view.number("rate") or _default(view, "rate", 0, Kind.RATE)
        weekdays, weekdays_path = view.get("weekdays")
        if view.value("ever") and view.value("at_most") is None:
            names.problems.add(view.get("ever")[1], "'ever' goes with 'at_most', which is missing", True)
        requires = terms(names, member.at, view, "requires")
        unless = terms(names, member.at, view, "unless")
        usual = view.value("usual")
        out[member.name] = Event(
            name=member.name,
            label=label(names, member, view.value("label")),
            rate=_in_all(names, member, rate),
            rate_ratio=targets(names, member.at, view, "rate_ratio"),
            excited_by=_excitations(names, member, view),
            effects=targets(names, member.at, view, "effects"),
            overdispersion=view.number("overdispersion") or _default(view, "overdispersion", 0, Kind.NONNEGATIVE),
            weekdays=tuple(Number(q, f"{weekdays_path}/{i}") for i, q in enumerate(weekdays)) if weekdays else None,
            at_most=view.value("at_most"),
            ever=bool(view.value("ever")),
            requires=requires,
            unless=unless,
            usual=usual if usual is not None else not (requires or unless or view.value("at_most")),
            codes=codes.read(member.name, member.at.get("party"), view),
        )
    return out


def _in_all(names: Names, member: Member, number: Number) -> Number:
    if not number.quantity.in_all:
        return number
    return Number(number.quantity, number.path, names.share(member, member.at))


def _excitations(names: Names, member: Member, view: View) -> tuple[Excitation, ...]:
    whole = view.whole("excited_by")
    if whole is None:
        return tuple(_kernels(names, member, list(view.entries("excited_by").items())))
    value, path = whole
    out: list[Excitation] = []
    for i, item in enumerate(value):
        out += _kernels(names, member, [(n, View(((f"{path}/{i}/{n}", part),))) for n, part in item.items()])
    return tuple(out)


def _kernels(names: Names, member: Member, given: list[tuple[str, View]]) -> list[Excitation]:
    """Excitations of one mapping of source events."""
    out: dict[str, tuple[int, list[Excitation]]] = {}
    for source, entry in given:
        found = [names.find(name.strip(), ("events",), member.at, entry.path, key=True) for name in source.split("+")]
        top = entry.layers[-1][1]
        parts = [View(((f"{entry.path}/{i}", p),)) for i, p in enumerate(top)] if isinstance(top, list) else [entry]
        kernels = []
        for part in parts:
            amount, half_life = _amount(names, member, part), part.number("half_life")
            missing = [n for n, v in (("events", amount), ("half_life", half_life)) if v is None]
            if missing:
                names.problems.add(part.path, f"'{missing[0]}' is missing; {{events, half_life}} was expected")
            elif amount is not None and half_life is not None:
                kernels.append(Excitation(source, amount, half_life, () if part.number("share") is not None else None))
        for one in found:
            for m in one.members:
                if m.name not in out or out[m.name][0] <= one.rank:
                    out[m.name] = (one.rank, kernels)
    return [_of_member(x, name, out) for name, (_, kernels) in out.items() for x in kernels]


def _amount(names: Names, member: Member, part: View) -> Number | None:
    """The one of ``events``, ``in_all`` and ``share`` that is given."""
    given = {key: number for key in ("events", "in_all", "share") if (number := part.number(key)) is not None}
    if not given:
        return None
    first, *others = given
    for key in others:
        names.problems.add(given[key].path, f"'{key}' does not go with '{first}'; one of them was expected", True)
    if first == "in_all":
        return Number(given[first].quantity, given[first].path, names.share(member, member.at))
    return _in_all(names, member, given[first])


def _of_member(x: Excitation, name: str, kernels: Mapping[str, tuple[int, list[Excitation]]]) -> Excitation:
    """A kernel as that of one member of its source; a share is brought on by all members that have no kernels of
    their own.
    """
    if x.among is None:
        return replace(x, source=name)
    return replace(x, source=name, among=tuple(n for n, (_, theirs) in kernels.items() if x in theirs))


def calendar(names: Names, parts: Parts) -> dict[str, Entry]:
    """Calendar entries."""
    out = {}
    for member, view in members(names, "calendar", parts):
        _dated(names.problems, view)
        probability = view.number("probability")
        if probability is None:
            names.problems.add(view.layers[0][0], "'probability' is missing")
        on, between = view.value("on"), view.value("between")
        first, last = (on, on) if on else between or (None, None)
        otherwise = view.sub("otherwise")
        event, event_path = view.get("event")
        other, other_path = otherwise.get("event") if otherwise else (None, "")
        scope = member.at
        out[member.name] = Entry(
            name=member.name,
            label=label(names, member, view.value("label")),
            first=first,
            last=last,
            after=_triggers(names, scope, view, "after", ("events", "calendar", "conditions")),
            delay=view.number("delay"),
            probability=probability or _default(view, "probability", 0.5, Kind.PROBABILITY),
            at=targets(names, scope, view, "at"),
            odds_ratio=targets(names, scope, view, "odds_ratio"),
            odds_if=odds(names, scope, view),
            requires=terms(names, scope, view, "requires"),
            unless=terms(names, scope, view, "unless"),
            event=names.one(event, ("events",), scope, event_path) if event else None,
            effects=targets(names, scope, view, "effects"),
            otherwise_event=names.one(other, ("events",), scope, other_path) if other else None,
            otherwise_effects=targets(names, scope, otherwise, "effects"),
        )
    return out


def _dated(problems: Problems, view: View) -> None:
    """Validator that there is exactly one of ``on``, ``between``, ``after`` with ``delay``."""
    given = [n for n in ("on", "between", "after") if view.value(n) is not None]
    if not given:
        delay, path = view.get("delay")
        if delay is not None:
            problems.add(path, "'delay' goes with 'after', which is missing", True)
        else:
            problems.add(view.layers[0][0], "has no date: 'on', 'between' or 'after' with 'delay' was expected")
        return
    if len(given) > 1:
        path = view.get(given[1])[1]
        problems.add(path, f"'{given[1]}' does not go with '{given[0]}'; one of them was expected", True)
        return
    delay, path = view.get("delay")
    if given == ["after"] and delay is None:
        problems.add(view.layers[0][0], "'delay' is missing beside 'after'")
        return
    if given != ["after"] and delay is not None:
        problems.add(path, f"'delay' goes with 'after', not with '{given[0]}'", True)
