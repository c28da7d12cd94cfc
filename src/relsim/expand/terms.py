"""Clauses of ``requires``, ``unless`` and ``odds_if``. Floor 3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relsim.expand.names import Names, Scope
from relsim.expand.views import View
from relsim.scenario import Number, Odds, Term

_KINDS = {"events": "event", "calendar": "entry", "conditions": "condition"}
_EMPTY = View(())


def terms(names: Names, scope: Scope, view: View, field: str) -> tuple[Term, ...]:
    """Clauses of an item's ``requires`` or ``unless``."""
    out = [term(names, scope, name, clause, path, key) for name, clause, path, key in _clauses(view, field)]
    return tuple(t for t in out if t is not None)


def odds(names: Names, scope: Scope, view: View) -> tuple[Odds, ...]:
    """Clauses of an item's ``odds_if`` with their odds ratios."""
    out = []
    for name, clause, path, key in _clauses(view, "odds_if"):
        found = term(names, scope, name, clause, path, key)
        ratio = clause.number("odds_ratio")
        if ratio is None:
            names.problems.add(path, "'odds_ratio' is missing")
        elif found is not None:
            out.append(Odds(found, ratio))
    return tuple(out)


def _clauses(view: View, field: str) -> Iterator[tuple[str, View, str, bool]]:
    """(name, clause, path, whether the name is a key) of each clause."""
    whole = view.whole(field)
    if whole is None:
        for name, clause in view.entries(field).items():
            yield name, clause, clause.path, True
        return
    value, path = whole
    if isinstance(value, str):
        yield value, _EMPTY, path, False
        return
    for i, item in enumerate(value):
        if isinstance(item, str):
            yield item, _EMPTY, f"{path}/{i}", False
        else:
            for name, clause in item.items():
                yield name, View(((f"{path}/{i}/{name}", clause),)), f"{path}/{i}/{name}", True


def term(names: Names, scope: Scope, name: str, clause: View, path: str, key: bool) -> Term | None:
    """One clause; None where it is at fault."""
    said: dict[str, Any] = {}
    for field in ("within", "since", "at_least", "above", "below", "negated"):
        value, at = clause.get(field, "not" if field == "negated" else field) if clause.layers else (None, "")
        if value is not None:
            said[field] = (value, at)
    level = "above" in said or "below" in said
    if level:
        found = names.find(name, ("variables", "indices"), scope, path, key)
    else:
        found = names.find(name, ("events", "calendar", "conditions"), scope, path, key, _wanted(names, name))
    if not found.judged or not found.members:
        return None
    kind = "level" if level else _KINDS[found.members[0].section]
    refused = {
        "level": ("within", "since", "at_least"),
        "condition": ("within", "since", "at_least"),
        "entry": ("at_least",),
    }
    for field in refused.get(kind, ()):
        if field in said and not (field == "at_least" and said[field][0] == 1):
            what = {
                "level": "a level",
                "condition": "a condition, which is in force or not",
                "entry": "a calendar entry",
            }
            names.problems.add(said[field][1], f"'{field}' does not go with {what[kind]}", True)
            return None
    numbers: dict[str, Number] = {f: Number(*said[f]) for f in ("above", "below") if f in said}
    within = said["within"][0] if "within" in said else None
    since = said["since"][0] if "since" in said else None
    at_least = said["at_least"][0] if "at_least" in said else 1
    negated = bool(said["negated"][0]) if "negated" in said else False
    return Term(
        kind=kind,
        names=found.names,
        text=_text(name, scope, found.names, within, since, at_least, numbers, negated),
        within=within,
        since=since,
        at_least=at_least,
        above=numbers.get("above"),
        below=numbers.get("below"),
        negated=negated,
    )


def _wanted(names: Names, name: str) -> str:
    root = name.split(".")[0]
    if any(root in names.items.get(s, {}) for s in ("variables", "indices")):
        return "an event, calendar entry or condition (or 'above' or 'below' beside it)"
    return "an event, calendar entry or condition"


def _text(
    name: str,
    scope: Scope,
    members: tuple[str, ...],
    within: int | None,
    since: object,
    at_least: int,
    numbers: dict[str, Number],
    negated: bool,
) -> str:
    """The clause as a reader would say it."""
    words = [members[0] if len(members) == 1 else name]
    if at_least > 1:
        words.append(f"at least {at_least} times")
    if within is not None:
        words.append(f"within {within} day{'s' * (within != 1)}")
    if since is not None:
        words.append(f"since {since}")
    words += [f"{f} {n.quantity.text}" for f, n in numbers.items()]
    return ("not " if negated else "") + " ".join(words)
