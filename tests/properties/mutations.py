# ruff: noqa: E501
"""Documents made wrong at random: the valid corpus with a few parts of each changed, as hands and programs change them.

Every document is a text, the same for the same seed. What is asked of it: it is refused with places, or it runs.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from relsim.compose import load
from relsim.compose.nodes import Source
from relsim.compose.reader import read

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests/documents/valid"
NUMBERS: tuple[Any, ...] = (
    *(0, 1, -1, 2, 0.5, -0.3, 1e-9, 1e6, 1e300, -1e300, 10**18, 10**308, 3000000000, 0.999999, 1.5, 100),
    *("3 per month", "0.2 to 5 per year", "1 per day", "3e20 per month", "2 weeks", "1 to 9 days", "999 years", "1 day"),
    *("-1 to 1", "0.1 ± 0.05", "0 ± 1e9", "1e-300 to 1e300", "50 %", "nan", "3 per fortnight", "3\u00a0per month"),
)
DATES = (
    *("2019-05-15", "2019-06-01", "2019-02-30", "0001-01-01", "9999-12-31", "1799-12-31", "2200-12-31", "start", "2019-5-1"),
    *("2019-12-31", "2018-12-31", "2019-01-01", "1969-05-15", "0219-05-15"),
)
TEXTS = ("", " ", "x" * 70, "a\nb", "\x1b[2J", "\u2028", "\u202e", "self", "other", "tone.self", "tone.us", "a.b.c", "Ünïcode", "no", "<<")
ODD: tuple[Any, ...] = (None, True, False, [], {}, [[]], {"value": 1}, {"normal": {"mean": 0, "sd": 1}}, [None], {"x": None})

Node = Any


def _places(data: Node, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        yield from _places(value, (*path, key))


def _at(data: Node, path: tuple[Any, ...]) -> Node:
    for key in path:
        data = data[key]
    return data


def _words(data: Node) -> list[str]:
    found = [str(key) for path in _places(data) for key in path[-1:] if isinstance(key, str)]
    return found + [value for path in _places(data) if isinstance(value := _at(data, path), str)]


def _replaced(value: Callable[[random.Random, Node], Any]) -> Callable[[random.Random, Node], None]:
    def change(rng: random.Random, data: Node) -> None:
        path = rng.choice(list(_places(data)))
        _at(data, path[:-1])[path[-1]] = value(rng, data)

    return change


def _scalar(rng: random.Random, data: Node) -> None:
    """A scalar for another of its own kind, which is the likelier to be taken."""
    paths = [p for p in _places(data) if not isinstance(_at(data, p), dict | list)]
    if not paths:
        return
    path = rng.choice(paths)
    old = _at(data, path)
    dated = isinstance(old, str) and old[:2] in ("19", "20") and old.count("-") == 2
    new = rng.choice(DATES if dated else NUMBERS if isinstance(old, int | float) or " " in str(old) else _words(data))
    _at(data, path[:-1])[path[-1]] = new


def _dropped(rng: random.Random, data: Node) -> None:
    path = rng.choice(list(_places(data)))
    del _at(data, path[:-1])[path[-1]]


def _renamed(rng: random.Random, data: Node) -> None:
    paths = [p for p in _places(data) if isinstance(p[-1], str)]
    if not paths:
        return
    path = rng.choice(paths)
    holder, key = _at(data, path[:-1]), path[-1]
    letter = rng.randrange(len(key) + 1)
    new = rng.choice([key[:letter] + key[letter + 1 :], key[:letter] + "x" + key[letter:], rng.choice(_words(data)), "k" * 70])
    holder[new] = holder.pop(key)


def _moved(rng: random.Random, data: Node) -> None:
    """A part of the document copied to where another stands."""
    paths = list(_places(data))
    here, there = rng.choice(paths), rng.choice(paths)
    copied = json.loads(json.dumps(_at(data, here)))
    _at(data, there[:-1])[there[-1]] = copied


def _asked(rng: random.Random, data: Node) -> None:
    """One outcome more, of whatever the document speaks of."""
    words = _words(data)
    name, day = rng.choice(words), rng.choice(DATES)
    form = rng.choice(
        [
            {"happens": name, "at_least": rng.choice((0, 1, 3, 10**6, 10**7))},
            {"value": name, "above": rng.choice((0, -3, 1e5)), "on": day},
            {"in_force": name, "for": "3 days"},
            {"change": name, "from": "start", "above": 0},
            {"stays": name, "below": 0, "for": "1 week"},
            {"sequence": [name, rng.choice(words)], "within": "1 month"},
            {"none": [{"happens": name}, name]},
            {"not": name},
        ]
    )
    if isinstance(data.setdefault("outcomes", {}), dict):
        data["outcomes"]["asked"] = form


CHANGES = (
    _scalar,
    _scalar,
    _scalar,
    _dropped,
    _dropped,
    _renamed,
    _moved,
    _asked,
    _replaced(lambda rng, _: rng.choice(NUMBERS)),
    _replaced(lambda rng, _: rng.choice(TEXTS)),
    _replaced(lambda rng, _: rng.choice(ODD)),
    _replaced(lambda rng, _: rng.choice(DATES)),
    _replaced(lambda rng, data: rng.choice(_words(data))),
)


@cache
def _sources() -> tuple[str, ...]:
    out = []
    for path in sorted(CORPUS.glob("*.yaml")):
        root, _ = read(Source(path.name), load(path).resolved_yaml())
        assert root is not None
        out.append(json.dumps(root.plain()))
    inherits = {
        "relsim": 1,
        "extends": "bilateral",
        "window": {"start": "2019-05-15", "end": "2019-06-30"},
        "parties": {"us": "United States", "ru": "Russia", "a": None, "b": None},
        "issues": {"general": None, "arms": {"label": "Arms", "salience": 2}},
        "events": {"scandal": None, "accusation.us": {"rate": "3 per month"}, "spat": {"rate": "1 per week", "effects": {"tone": -0.1}}},
        "outcomes": {"spats": {"title": "Spats", "happens": "spat", "at_least": 3}, "summit": None},
        "quantities": {"n": {"count": "spat"}},
        "variants": {"calm": {"events": {"spat": None}, "outcomes": {"spats": None}}},
    }
    return (*out, json.dumps(inherits), json.dumps(inherits))


def mutated(seed: int) -> str:
    """A document with one to four parts changed; JSON, which is YAML."""
    rng = random.Random(seed)
    data = json.loads(rng.choice(_sources()))
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
        if data:
            rng.choice(CHANGES)(rng, data)
    return json.dumps(data, indent=1, ensure_ascii=rng.random() < 0.5)
