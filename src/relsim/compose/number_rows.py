"""The numbers of a document as a reader asks for them: what each is, how sure, from where. Floor 3."""

from __future__ import annotations

from dataclasses import dataclass

from relsim.compose import LoadedScenario
from relsim.compose.layers import BUILT_IN
from relsim.compose.nodes import Node, Place
from relsim.quantity import Quantity, described, sign_undetermined
from relsim.spec import numbers_of

_CHANCE = ("lasts", "delay", "initial")
_JUDGED = (
    *("rate", "rate_ratio", "excited_by", "effects", "half_life", "spread", "overdispersion", "baseline", "pull"),
    *("probability", "odds_ratio", "odds_if", "while"),
)
"""Keys whose numbers are judgements: where there is no doubt, some was forgotten."""
_OF = {
    "effects": "effect on",
    "rate_ratio": "rate ratio of",
    "odds_ratio": "odds ratio of",
    "pull": "pull of",
    "weights": "weight of",
    "at": "meant at",
    "rates": "rate factor of",
    "baseline": "baseline shift of",
    "shift": "shift of",
    "set": "setting of",
}


@dataclass(frozen=True)
class NumberRow:
    """One number of a document.

    Attributes
    ----------
    path : keys joined by ``/``
    label : what it is, in words
    kind : ``fitted``, ``tuned``, ``elicited``, ``default`` (from a built-in model) or ``chance`` (drawn each time, so
        that it is no weight)
    place : file and line that set it
    """

    path: str
    label: str
    quantity: Quantity
    kind: str
    place: Place

    @property
    def where(self) -> str:
        """``FILE:LINE``."""
        return f"{self.place.source.name}:{self.place.line}"

    @property
    def judged(self) -> bool:
        """Whether it is a judgement, not a definition, a threshold or a thing decided."""
        keys = self.path.split("/")
        plain = self.quantity.certain and self.quantity.central() in (0, 1)
        return (
            self.kind != "chance" and keys[0] != "interventions" and not plain and any(k in _JUDGED for k in keys[2:])
        )

    @property
    def problems(self) -> tuple[str, ...]:
        """What a critic would ask about it."""
        if not self.judged:
            return ()
        out = []
        if self.quantity.certain:
            out.append("no uncertainty given")
        if self.quantity.source is None:
            out.append("no source given")
        if sign_undetermined(self.quantity):
            out.append(f"uncertainty wider than the effect, so that its sign is open: {described(self.quantity)}")
        return tuple(out)


def number_rows(loaded: LoadedScenario) -> list[NumberRow]:
    """Every number of a document that may be in doubt, in its order; certain weekdays are left out."""
    out = []
    for path, quantity in numbers_of(loaded.document):
        if "/weekdays/" in path and quantity.certain:
            continue  # a profile, not seven judgements
        place = loaded.root.find(tuple(path.split("/")))[0].place
        out.append(NumberRow(path, _label(loaded.root, path), quantity, _kind(path, quantity, place), place))
    return out


def _kind(path: str, quantity: Quantity, place: Place) -> str:
    if path.rsplit("/", 1)[-1] in _CHANCE:
        return "chance"
    said = (quantity.note or "", quantity.source or "")
    for kind in ("tuned", "fitted"):
        if any(text.startswith(kind) for text in said):
            return kind
    return "default" if place.source.name in BUILT_IN else "elicited"


def _label(root: Node, path: str) -> str:
    """The item's label and what the number is of it."""
    section, name, *keys = path.split("/")
    return f"{_name(root, section, name)}: {_what(keys)}" if keys else name


def _name(root: Node, section: str, name: str) -> str:
    """Label of an item; of an entry for one member, the general label with the member."""
    general, _, member = name.partition(".")
    for known in (name, general):
        node = root.find((section, known, "label"))[0]
        if isinstance(node.value, str):
            return node.value if known == name or not member else f"{node.value} ({member})"
    return name


def _what(keys: list[str]) -> str:
    keys = [k for k in keys if not k.isdecimal() and k not in ("in_all", "while")]
    if keys[0] == "excited_by" and len(keys) > 1:
        return f"half-life of those triggered by {keys[1]}" if keys[-1] == "half_life" else f"triggered by {keys[1]}"
    if keys[0] == "odds_if" and len(keys) > 1:
        return f"odds ratio if {keys[1]}" if keys[-1] == "odds_ratio" else f"{keys[-1]} of {keys[1]}"
    if len(keys) > 1 and keys[-2] in _OF:
        return f"{_OF[keys[-2]]} {keys[-1]}"
    return " ".join(keys).replace("half_life", "half-life").replace("_", " ")
