"""How a document nests: which keys are known where, which mappings merge by key. Floor 2."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel


@dataclass(frozen=True)
class Shape:
    """A mapping that merges by key.

    A value that has no shape (a number, an outcome, a quantity, an intervention, a list) is replaced whole.
    """

    model: type[BaseModel] | None = None
    """Fixed keys; None where any name may stand."""
    entry: object = None
    """Annotation of the values of a mapping of names."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Known keys; empty where any name may stand."""
        return _aliases(self.model) if self.model else ()

    @property
    def open(self) -> bool:
        """Whether keys beyond the known ones may stand."""
        return self.model is None or self.model.model_config.get("extra") == "allow"

    def child(self, key: str) -> Shape | None:
        """Shape of an entry; None where it is replaced whole."""
        if self.model is None:
            return shape_of(self.entry)
        return _fields(self.model).get(key)


@cache
def _aliases(model: type[BaseModel]) -> tuple[str, ...]:
    return tuple(field.alias or name for name, field in model.model_fields.items())


@cache
def _fields(model: type[BaseModel]) -> dict[str, Shape | None]:
    return {field.alias or name: shape_of(field.annotation) for name, field in model.model_fields.items()}


def shape_of(annotation: object) -> Shape | None:
    """Shape of what an annotation allows; of a choice, the one mapping among its members."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return shape_of(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        found = [s for member in typing.get_args(annotation) if (s := shape_of(member)) is not None]
        return found[0] if len(found) == 1 else None
    if origin is dict:
        return Shape(entry=typing.get_args(annotation)[1])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Shape(model=annotation)
    return None
