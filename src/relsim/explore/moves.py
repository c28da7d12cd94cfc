"""What the hand has moved, as values laid over the document. Floor 8."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from relsim.compose import LoadedScenario
from relsim.compose.nodes import Source
from relsim.compose.reader import read
from relsim.compose.weights import settings_of_numbers
from relsim.errors import InputError
from relsim.quantity import Quantity, QuantityError, parse

HAPPENS, NOT = "happens", "not"
BY_HAND = "judgement, set by hand"
_PREFIX = "by_hand_"
_TEXTS = ("source", "parties", "issues", "judgements")
"""What a chronicle says beside its events."""
_MOST = 1000
"""Moves at once."""


@dataclass(frozen=True)
class ControlMoves:
    """Everything that was moved.

    Attributes
    ----------
    numbers : values as ``--set`` reads them, by the numbers' paths in the document
    variant : one of the document's variants; None for the document itself
    entries : of calendar entries, whether each is made to happen or not to
    off : what was switched off: ``interventions/NAME``, ``history/NAME`` or one of its lines, ``history/NAME/3``
    as_of : last day that the record tells, an ISO date; ``""`` for none; None as stated
    """

    numbers: Mapping[str, str] = field(default_factory=dict)
    variant: str | None = None
    entries: Mapping[str, str] = field(default_factory=dict)
    off: tuple[str, ...] = ()
    as_of: str | None = None

    def __bool__(self) -> bool:
        return bool(self.numbers or self.variant or self.entries or self.off or self.as_of is not None)

    @classmethod
    def read(cls, body: object) -> ControlMoves:
        """Moves of a message.

        Raises
        ------
        InputError
            Where it is none.
        """
        if not isinstance(body, dict) or not set(body) <= {"numbers", "variant", "entries", "off", "as_of"}:
            raise InputError("moves: found no mapping of numbers, variant, entries, off and as_of")
        numbers, entries, off = body.get("numbers", {}), body.get("entries", {}), body.get("off", [])
        variant, as_of = body.get("variant"), body.get("as_of")
        sound = (
            _texts(numbers)
            and _texts(entries)
            and isinstance(off, list)
            and all(isinstance(place, str) for place in off)
            and all(text is None or isinstance(text, str) for text in (variant, as_of))
            and set(entries.values()) <= {HAPPENS, NOT}
            and len(numbers) + len(entries) + len(off) <= _MOST
        )
        if not sound:
            raise InputError("moves: a text for each number, 'happens' or 'not' for each entry were expected")
        return cls(numbers, variant, entries, tuple(off), as_of)

    @property
    def fragment(self) -> str:
        """All moves in one line, as ``relsim explore --moves`` takes them: no address, no token."""
        pairs = [*(("set", f"{path}={value}") for path, value in self.numbers.items())]
        pairs += [("variant", self.variant)] if self.variant else []
        pairs += [("entry", f"{name}={what}") for name, what in self.entries.items()]
        pairs += [("off", place) for place in self.off]
        pairs += [("as_of", self.as_of)] if self.as_of is not None else []
        return urlencode(pairs, safe="/=")

    @classmethod
    def of_fragment(cls, text: str) -> ControlMoves:
        """The moves of a fragment.

        Raises
        ------
        InputError
            Where it is none.
        """
        body: dict[str, Any] = {"numbers": {}, "entries": {}, "off": []}
        kinds = {"set": "numbers", "entry": "entries"}
        try:
            pairs = parse_qsl(
                text.removeprefix("#"), keep_blank_values=True, strict_parsing=bool(text), errors="strict"
            )
        except (ValueError, UnicodeError):
            raise InputError(f"--moves: '{text}' is no fragment that 'Copy moves' gives") from None
        for key, value in pairs:
            name, equals, content = value.partition("=")
            if key in kinds and equals:
                body[kinds[key]][name] = content
            elif key == "off":
                body["off"].append(value)
            elif key in ("variant", "as_of"):
                body[key] = value
            else:
                raise InputError(
                    f"--moves: '{key}={value}' is no move; set, variant, entry, off and as_of were expected"
                )
        return cls.read(body)


def _texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(k, str) and isinstance(v, str) for k, v in value.items())


def values_of(moves: ControlMoves, loaded: LoadedScenario, quantities: Mapping[str, Quantity]) -> dict[str, object]:
    """What the moves lay over the document, by path: values as ``--set`` and weights files take them.

    Parameters
    ----------
    loaded : the document without the moves, under their variant
    quantities : its numbers, by path

    Raises
    ------
    InputError
        Where a move is of something that the document does not have, or a value cannot be read.
    """
    values: dict[str, object] = {}
    numbers = {path: _number(path, text, quantities) for path, text in moves.numbers.items()}
    values.update(settings_of_numbers(loaded.root, numbers))
    tree = loaded.root.plain()
    assert isinstance(tree, dict)
    acts = tree.get("interventions") or {}
    gone = {place.split("/")[1] for place in moves.off if place.startswith("interventions/")}
    for entry, what in moves.entries.items():
        if entry not in (tree.get("calendar") or {}):
            raise InputError(f"the document has no calendar entry '{entry}'")
        gone |= {name for name, act in acts.items() if entry in (act.get("force"), act.get("cancel"))}
        values[f"interventions/{_PREFIX}{entry.replace('.', '_')}"] = {"force" if what == HAPPENS else "cancel": entry}
    values.update({f"interventions/{name}": None for name in gone if _known(acts, name, "intervention")})
    values.update(_histories(moves.off, tree.get("history") or {}, loaded.filed))
    if moves.as_of is not None and (moves.as_of or "as_of" in tree["window"]):
        values["window/as_of"] = moves.as_of or None
    return values


def _number(path: str, text: str, quantities: Mapping[str, Quantity]) -> Quantity:
    """A number as written by hand, with its source."""
    known = quantities.get(path)
    if known is None:
        raise InputError(f"the document has no number '{path}'")
    source = Source(path, (text,))
    node, problems = read(source, text)
    if problems or node is None:
        raise InputError(problems or f"{path}: found nothing; a value was expected")
    try:
        found = parse(node.plain(), known.kind)
    except QuantityError as error:
        hint = f"; {error.hint}" if error.hint else ""
        raise InputError(f"{path}: {error}{hint}") from None
    return replace(found, source=BY_HAND, note=None, in_all=known.in_all)


def _known(items: Mapping[str, object], name: str, what: str) -> bool:
    if name not in items:
        raise InputError(f"the document has no {what} '{name}'")
    return True


def _histories(off: tuple[str, ...], histories: Mapping[str, Any], filed: Collection[str]) -> dict[str, object]:
    """Histories without what was switched off; one that loses lines of its own file holds the others itself."""
    values: dict[str, object] = {}
    lines: dict[str, set[int]] = {}
    for place in off:
        kind, _, rest = place.partition("/")
        name, _, line = rest.partition("/")
        if kind == "interventions":
            continue
        if kind != "history" or (line and not line.isdecimal()):
            raise InputError(f"'{place}' is nothing that can be switched off")
        _known(histories, name, "history")
        if line:
            lines.setdefault(name, set()).add(int(line))
        else:
            values[f"history/{name}"] = None
    for name, places in lines.items():
        if f"history/{name}" in values:
            continue
        events = histories[name].get("events") or []
        if not places <= set(range(len(events))):
            raise InputError(f"history '{name}' has {len(events)} lines")
        values[f"history/{name}"] = {
            **({"file": None} if name in filed else {}),
            **{key: value for key, value in histories[name].items() if key not in _TEXTS},
            "events": [event for i, event in enumerate(events) if i not in places],
        }
    return values
