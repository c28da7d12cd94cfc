"""An item together with the entry that overrides it for one member. Floor 3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from relsim.quantity import Quantity
from relsim.scenario import Number


@dataclass(frozen=True)
class View:
    """Parts laid over one another, lowest first, each with its path in the document."""

    layers: tuple[tuple[str, Any], ...]

    @property
    def path(self) -> str:
        """Path of the uppermost part."""
        return self.layers[-1][0]

    def get(self, name: str, key: str = "") -> tuple[Any, str]:
        """Value of a field, and its path; None and where it would stand if silent."""
        key = key or name
        for path, part in reversed(self.layers):
            value = getattr(part, name)
            if value is not None or name in part.model_fields_set:  # an explicit null removes what lies below
                return value, f"{path}/{key}"
        return None, f"{self.path}/{key}"

    def value(self, name: str) -> Any:
        return self.get(name)[0]

    def number(self, name: str) -> Number | None:
        """A number of the item."""
        value, path = self.get(name)
        return Number(value, path) if isinstance(value, Quantity) else None

    def sub(self, name: str, key: str = "") -> View | None:
        """A part of the item, merged likewise."""
        layers: list[tuple[str, Any]] = []
        for path, part in self.layers:
            value = getattr(part, name)
            if value is not None:
                layers.append((f"{path}/{key or name}", value))
            elif name in part.model_fields_set:
                layers = []
        return View(tuple(layers)) if layers else None

    def entries(self, name: str) -> dict[str, View]:
        """Entries of a mapping of names, each with all parts that state it."""
        out: dict[str, list[tuple[str, Any]]] = {}
        for path, part in self._mappings(name):
            for key, value in part.items():
                if value is None:
                    out.pop(key, None)
                    continue
                at = (f"{path}/{key}", value)
                below = out.get(key, [])
                out[key] = [*below, at] if hasattr(value, "model_fields_set") else [at]
        return {key: View(tuple(parts)) for key, parts in out.items()}

    def _mappings(self, name: str) -> list[tuple[str, dict[str, Any]]]:
        found: list[tuple[str, dict[str, Any]]] = []
        for path, part in self.layers:
            value = getattr(part, name)
            if isinstance(value, dict):
                found.append((f"{path}/{name}", value))
            elif value is not None or name in part.model_fields_set:
                found = []  # a list replaces a mapping whole, and a mapping a list
        return found

    def whole(self, name: str) -> tuple[Any, str] | None:
        """The value of a field where the uppermost statement of it is no mapping, with its path."""
        value, path = self.get(name)
        return None if value is None or isinstance(value, dict) else (value, path)
