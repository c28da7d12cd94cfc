# ruff: noqa: E501
"""Documents made wrong at random: valid ones with a few parts of each changed, as hands and programs change them.

Every document is the bytes of a file, the same for the same seed.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from fuzz.pieces import piece

from relsim.api.template import starting_scenario
from relsim.compose import load
from relsim.compose.nodes import Source
from relsim.compose.reader import read

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests/documents/valid"
LIBRARY = ROOT / "scenarios/library"
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


def _removed(rng: random.Random, data: Node) -> None:
    """A null where something stands, or may be inherited."""
    paths = [p for p in _places(data) if isinstance(p[-1], str)]
    if paths:
        path = rng.choice(paths)
        holder = _at(data, path[:-1])
        holder[path[-1] if rng.random() < 0.7 else rng.choice(INHERITED)] = None


def _swapped(rng: random.Random, data: Node) -> None:
    """Two parts of one mapping or list in each other's place."""
    holders = [h for p in [(), *_places(data)] if isinstance(h := _at(data, p), dict | list) and len(h) > 1]
    if holders:
        holder = rng.choice(holders)
        a, b = rng.sample(list(holder) if isinstance(holder, dict) else range(len(holder)), 2)
        holder[a], holder[b] = holder[b], holder[a]


def _nested(rng: random.Random, data: Node) -> None:
    """A part within so many lists or mappings."""
    path = rng.choice(list(_places(data)))
    inner = _at(data, path)
    for _ in range(rng.choice((1, 3, 30, 95, 120, 3000))):
        inner = [inner] if rng.random() < 0.5 else {"all": [inner]} if "outcomes" in path else {"value": inner}
    _at(data, path[:-1])[path[-1]] = inner


def _added(rng: random.Random, data: Node) -> None:
    """A piece of the format that the document may not have, about what it has."""
    _merge(data, piece(rng, data))


def _merge(data: Node, more: Node) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(data.get(key), dict):
            _merge(data[key], value)
        elif isinstance(value, list) and isinstance(data.get(key), list) and key != "extends":
            data[key] += value
        else:
            data[key] = value


CHANGES = (
    *(_scalar, _scalar, _scalar),
    *(_dropped, _dropped, _renamed, _removed, _swapped, _moved, _asked),
    *(_added, _added, _added, _added),
    _replaced(lambda rng, _: rng.choice(NUMBERS)),
    _replaced(lambda rng, _: rng.choice(TEXTS)),
    _replaced(lambda rng, _: rng.choice(ODD)),
    _replaced(lambda rng, _: rng.choice(DATES)),
    _replaced(lambda rng, data: rng.choice(_words(data))),
)
GENTLE = (_scalar, _dropped, _added, _added, _added, _added)
"""Changes that often leave a document valid."""
INHERITED = ("tone", "gap", "room", "accusation", "summit", "incident", "threat", "relations", "a", "general", "scandal", "events")


@cache
def _sources() -> tuple[tuple[int, str], ...]:
    """Documents as JSON, and how often each is taken."""
    out = [(3, _plain(path.name, load(path).resolved_yaml())) for path in sorted(CORPUS.glob("*.yaml"))]
    for path in (*sorted(LIBRARY.glob("*.yaml")), ROOT / "docs/examples/fit.yaml", ROOT / "docs/examples/first.yaml"):
        text = re.sub(r"[a-z0-9_/]+\.yaml", lambda found, at=path.parent: f"{at}/{found[0]}", path.read_text(encoding="utf-8"))  # type: ignore[misc]
        out.append((1, _plain(path.name, text)))
    out.append((2, _plain("new", starting_scenario("us,ru"))))
    out.append((1, _plain("osaka", load(ROOT / "scenarios/osaka_2019/with_record.yaml").resolved_yaml())))
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
    return (*out, (4, json.dumps(inherits)))


def _plain(name: str, text: str) -> str:
    root, _ = read(Source(name), text)
    assert root is not None
    return json.dumps(root.plain())


def mutated(seed: int) -> bytes:
    """A document with one to four parts changed; every eighth with its text changed too."""
    rng = random.Random(seed)
    sources = _sources()
    data = json.loads(rng.choices([text for _, text in sources], [often for often, _ in sources])[0])
    gently = rng.random() < 0.6
    for _ in range(1 if gently else rng.choice((1, 2, 2, 3, 4))):
        if data:
            rng.choice(GENTLE if gently else CHANGES)(rng, data)
    text = json.dumps(data, indent=1, ensure_ascii=rng.random() < 0.5) if rng.random() < 0.3 else in_blocks(data) + "\n"
    return garbled(rng, text) if rng.random() < 0.125 else text.encode(errors="surrogatepass")


def in_blocks(data: Node, indent: int = 0) -> str:
    """Block YAML of plain data; scalars as JSON writes them, which is YAML."""
    if indent > 60 or not data or not isinstance(data, dict | list):
        return json.dumps(data, ensure_ascii=False)
    pad = "\n" + " " * indent
    lines = []
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        head = "-" if isinstance(data, list) else (key if _BARE.fullmatch(key) else json.dumps(key)) + ":"
        lines.append(f"{pad}{head} {in_blocks(value, indent + 1)}")
    return "".join(lines)


_BARE = re.compile(r"[a-z][a-z0-9_.]*")


def garbled(rng: random.Random, text: str) -> bytes:
    """A text cut, repeated, broken or coded otherwise."""
    at = rng.randrange(len(text) + 1)
    lines = text.split("\n")
    line = rng.randrange(len(lines))
    odd = rng.choice("\t\0\r\x0b\x1b\x85\u00a0\u2028\u200b\ufeff\ud800\U0001f600:-{}[]&*!|>%@`'\"#,?~")
    form = rng.choice(("cut", "odd", "odd", "odd", "repeated", "lost", "shifted", "moved", "alias", "anchor", "merge", "tag", "marker", "coded", "bytes", "ends"))
    if form == "cut":
        text = text[:at]
    elif form == "odd":
        text = text[:at] + odd * rng.choice((1, 1, 2, 40)) + text[at:]
    elif form == "repeated":
        text = "\n".join(lines[: line + 1] + lines[line:])
    elif form == "lost":
        text = "\n".join(lines[:line] + lines[line + rng.choice((1, 2, 9)) :])
    elif form == "shifted":
        text = "\n".join([*lines[:line], rng.choice((" ", "\t", "  ")) + lines[line], *lines[line + 1 :]])
    elif form == "moved":
        text = "\n".join([*lines[line:], *lines[:line]])
    elif form == "alias":
        text = "\n".join([*lines[:line], re.sub(r": .*", rng.choice((": *a", ": &a {b: *a}", ": &a [*a]")), lines[line]), *lines[line + 1:]])
    elif form == "anchor":
        bomb = "".join(f"\na{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10) if n else 1}]" for n in range(rng.choice((2, 5, 9))))
        text = text.rstrip("\n") + bomb + "\n"
    elif form == "merge":
        text = "\n".join([*lines[:line], re.match(" *", lines[line])[0] + "<<: {x: 1}", *lines[line:]])  # type: ignore[index]
    elif form == "tag":
        text = text.replace(": ", rng.choice((": !!float ", ": !x ", ": !!python/object ", ": !!str ", ": !!set ")), 1)
    elif form == "marker":
        text = "\n".join([*lines[:line], rng.choice(("---", "...", "%YAML 1.1", "? x", "- x", "# x", "[")), *lines[line:]])
    elif form == "ends":
        text = text.replace("\n", rng.choice(("\r\n", "\r", "\n\n", "\n\r")))
    else:
        coded = text.encode(rng.choice(("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "cp1252", "utf-7")), errors="replace")
        if form == "bytes":
            at = rng.randrange(len(coded) + 1)
            return coded[:at] + bytes(rng.randrange(256) for _ in range(3)) + coded[at:]
        return coded
    return text.encode(errors="surrogatepass")
